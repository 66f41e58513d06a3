"""A round to try things on: a call with two grounds, three members of the council, and applications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fou import applications, calling
from fou.access import Action, Person, Role
from fou.applications import Cost, Form
from fou.calling import CallForm, Ground, SetAside
from fou.calls import call_page
from fou.check import check
from fou.model import Area, Call, Funder, Member
from fou.store import Database

ANNA = Person("Anna", Role.ADMIN)
OPENS, CLOSES, ASSESSED, DECIDES = date(2025, 9, 1), date(2025, 10, 15), date(2025, 11, 10), date(2025, 12, 1)
IN_TIME, CLOSED = date(2025, 10, 1), date(2025, 10, 16)
GROUNDS = (Ground("Nytta", 2, 0, 5), Ground("Kvalitet", 1, 1, 7, "1: svag. 7: enastående."))
FORM = CallForm("Lokala utvecklingsmedel 2026", 2026, OPENS, CLOSES, ASSESSED, DECIDES, "Sök medel.", "Högst tre år.")


@dataclass(frozen=True)
class Council:
    """The people: Berit is the chair and works at Vuxenenheten, Carl and Dora elsewhere."""

    berit: Person
    carl: Person
    dora: Person


def council(database: Database) -> Council:
    """Whose money, an area, and three members."""
    with database.write(ANNA, Action.IMPORT, "Läste in") as work:
        work.create(Funder, name="Socialnämnden", kind="municipality")
        work.create(Area, name="Barn och unga")
        numbers = [
            work.create(Member, name="Berit", role="member", unit="Vuxenenheten", chair=True),
            work.create(Member, name="Carl", role="member", unit="Boendeenheten"),
            work.create(Member, name="Dora", role="member"),
        ]
    return Council(*(Person(name, Role.MEMBER, n) for name, n in zip(("Berit", "Carl", "Dora"), numbers, strict=True)))


def call(database: Database, code: str = "LUM-2026") -> Call:
    with database.read() as reader:
        page = call_page(reader, code)
    assert page is not None
    return page.call


def new_call(database: Database) -> Call:
    """A draft that can be opened."""
    calling.create(database, ANNA, "LUM-2026", FORM, GROUNDS, [SetAside(2026, Decimal(500_000))])
    return call(database)


def open_call(database: Database) -> Call:
    found = new_call(database)
    calling.move_on(database, ANNA, found, OPENS)
    return call(database)


def form(title: str, amount: int = 200_000, **more: object) -> Form:
    values: dict[str, object] = {
        "applicants": f"Enhet {title}", "area": 1, "summary": "En sammanfattning.", "received": IN_TIME,
        "reference": f"SN 2025/{title}", "contact": f"{title}@kommun.se",
        "costs": (Cost(2026, "salaries", "requested", amount), Cost(2026, "other", "co_funding", 50_000)),
    }  # fmt: skip
    return Form(title, **{**values, **more})  # type: ignore[arg-type]


def apply(database: Database, title: str, amount: int = 200_000, **more: object) -> int:
    """Enter an application; return its id."""
    code = applications.enter(database, ANNA, call(database).id, form(title, amount, **more), IN_TIME)
    with database.read() as reader:
        return int(reader.value("SELECT id FROM proposal WHERE code = $code", code=code))


def assessed_call(database: Database, *titles: str) -> list[int]:
    """A call under assessment with an application for each title; return their ids."""
    open_call(database)
    numbers = [apply(database, title) for title in titles]
    for day in (CLOSED, CLOSED):
        calling.move_on(database, ANNA, call(database), day)
    return numbers


def is_whole(database: Database) -> bool:
    with database.read() as reader:
        return check(reader) == []
