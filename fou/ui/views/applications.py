"""What a call's list of applications shows, and an application's own page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from fou.application_draft import by_type
from fou.applications import CHANGES, TAKES, Cost, Form, Supplement, filled, lacking_in, supplements
from fou.areas import AreaNames
from fou.calls import Applied, CallPage, Sum, call_of, call_page, units_of
from fou.charts.chart import Cell, Table
from fou.charts.projects import period_text
from fou.lacking import CONTACT, Lack
from fou.model import PROPOSAL_STATES, Area, Call, Proposal
from fou.money import OPEN_TEXT, UNITS, format_sek
from fou.search import fold
from fou.store import Reader
from fou.store.sight import HOLDS
from fou.swedish import count, format_date, join_words

#: What a project is that an application says it of.
_KIND = {True: "fortsättning", False: "nytt", None: None}
_YES = {True: "ja", False: "nej", None: None}
#: The states of calls whose applications can be changed, and of those that take more.
CHANGEABLE, OPEN_TO = CHANGES, TAKES


@dataclass(frozen=True, slots=True)
class Listing:
    """The applications that match: their titles by code in the table's order, and the table itself."""

    titles: dict[str, str]
    table: pa.Table
    sentence: str


@dataclass(frozen=True, slots=True)
class Application:
    """One application with what its page says. ``costs`` is None when no money is applied for.

    ``before`` and ``after`` are the codes beside it in the list, ``came_from`` and ``went_to`` those of the same
    application in other calls.
    """

    call: Call
    applied: Applied
    form: Form
    sentence: str
    facts: tuple[tuple[str, str | None], ...]
    costs: Table | None
    lacks: tuple[Lack, ...]
    supplements: tuple[Supplement, ...]
    before: str | None
    after: str | None
    came_from: str | None
    went_to: str | None
    money: tuple[tuple[int, Sum], ...]

    @property
    def state(self) -> str:
        """A key of PROPOSAL_STATES."""
        return self.applied.proposal.state or "received"

    @property
    def can_change(self) -> bool:
        """Whether it is in its call and the call has not come too far."""
        return self.applied.active and self.call.state in CHANGEABLE


@dataclass(frozen=True, slots=True)
class Choices:
    """What a form is filled in from: the areas by id, and the units that are known."""

    areas: dict[int, str]
    units: tuple[str, ...]


def title(reader: Reader, code: str) -> str | None:
    """The application's name, None when there is none with this code."""
    found = reader.row(
        "SELECT project.title FROM proposal JOIN project ON project.id = proposal.project "
        "WHERE LOWER(proposal.code) = LOWER($code)",
        code=code,
    )
    return found[0] if found else None


def listing(reader: Reader, code: str, text: str, unit: str, in_conflict: frozenset[int]) -> Listing:
    """The call's applications that have every word of ``text``; those of ``in_conflict`` are marked so."""
    page = call_page(reader, code)
    assert page is not None
    lacks = lacking_in(reader, page)
    moved = _codes(reader, [one.proposal.moved_to for one in page.applications])
    words = fold(text).split()
    found = [one for one in page.applications if all(word in _words(one) for word in words)]
    rows = [_row(one, lacks.get(one.proposal.id, ()), moved, unit, one.proposal.id in in_conflict) for one in found]
    # A column that says nothing is left out.
    used = [name for name in (rows[0] if rows else {}) if any(row[name] is not None for row in rows)]
    return Listing(
        {one.proposal.code: one.project.title for one in found},
        pa.Table.from_pylist([{name: row[name] for name in used} for row in rows]),
        _told(page, lacks, found),
    )


def conflicts_of(reader: Reader, call: int, member: int) -> frozenset[int]:
    """The applications of a call that a member is in conflict of interest over."""
    rows = reader.rows(
        "SELECT conflict.proposal FROM conflict JOIN proposal ON proposal.id = conflict.proposal "
        f"WHERE proposal.call = $call AND conflict.member = $member AND {HOLDS}",
        call=call,
        member=member,
    )
    return frozenset(number for (number,) in rows)


def application(reader: Reader, code: str, unit: str, contacts: bool) -> Application | None:
    """The application with this code, None when there is none. ``contacts``: whoever reads may see whom to ask."""
    found = reader.records(Proposal, "WHERE LOWER(code) = LOWER($code)", code=code)
    if not found:
        return None
    proposal = found[0]
    page = call_page(reader, call_of(reader, proposal.call).code)
    assert page is not None
    own = {one.proposal.id: one for one in page.applications}
    codes = [one.proposal.code for one in page.applications]
    applied, at = own[proposal.id], codes.index(proposal.code)
    others = _codes(reader, [proposal.moved_to])
    lacks = lacking_in(reader, page).get(proposal.id, ())
    return Application(
        call=page.call,
        applied=applied,
        form=filled(proposal, applied.project, applied.costs),
        sentence=_sentence(applied, page.call, unit),
        facts=_facts(applied, page.call),
        costs=_costs(applied),
        lacks=tuple(lack for lack in lacks if contacts or lack.field != CONTACT),
        supplements=supplements(reader, proposal.id),
        before=codes[at - 1] if at else None,
        after=codes[at + 1] if at + 1 < len(codes) else None,
        came_from=reader.value("SELECT code FROM proposal WHERE moved_to = $id", id=proposal.id),
        went_to=others.get(proposal.moved_to or 0),
        money=page.money,
    )


def choices(reader: Reader, year: int, area: int | None) -> Choices:
    """What a form for a call of this year is filled in from; ``area`` is among the areas also when it is an old one."""
    there = {found.id: found.name for found in AreaNames(reader).in_force(year)}
    if area is not None and area not in there:
        there |= {found.id: found.name for found in reader.records(Area, "WHERE id = $id", id=area)}
    names = reader.rows(
        "SELECT applicants FROM proposal UNION SELECT units FROM project UNION SELECT performer FROM project "
        "UNION SELECT unit FROM member"
    )
    units = {unit for (text,) in names for unit in units_of(text)}
    return Choices(there, tuple(sorted(units, key=fold)))


def calls_to_move_to(reader: Reader, call: int) -> dict[int, str]:
    """The other calls that take applications, by id."""
    rows = reader.records(Call, "WHERE id <> $id ORDER BY year DESC, code", id=call)
    return {one.id: f"{one.name} ({one.code})" for one in rows if one.state in OPEN_TO}


def batch_of(reader: Reader, code: str) -> int | None:
    """The batch that brought in the application with this code."""
    found: int | None = reader.value(
        "SELECT MIN(batch) FROM change WHERE record = 'proposal' AND before IS NULL AND (after ->> 'code') = $code",
        code=code,
    )
    return found


def state_said(state: str) -> str:
    """A state (a key of PROPOSAL_STATES) with its verb: ``är komplett``, ``väntar på komplettering``."""
    return PROPOSAL_STATES[state] if state == "incomplete" else f"är {PROPOSAL_STATES[state]}"


def _words(one: Applied) -> str:
    about = one.proposal, one.project
    parts = [about[0].code, about[0].reference, about[0].applicants, *one.units, one.area]
    parts += [about[1].title, about[1].lead, about[1].performer]
    return fold(" ".join(part for part in parts if part))


def _row(one: Applied, lacks: Sequence[Lack], moved: dict[int, str], unit: str, conflict: bool) -> dict[str, Any]:
    proposal = one.proposal
    state = PROPOSAL_STATES[proposal.state or "received"]
    if proposal.moved_to in moved:
        state += f" till {moved[proposal.moved_to]}"
    return {
        "Kod": proposal.code,
        "Projekt": one.project.title,
        "Sökande": ", ".join(one.units) or None,
        f"Söker ({unit})": None if one.requested.open or not one.by_year else one.requested.amount / UNITS[unit],
        f"Minst ({unit})": None if proposal.least is None else Decimal(proposal.least) / UNITS[unit],
        "Läge": state,
        "Saknas": None if proposal.state == "complete" else _lacking(lacks),
        "Jäv": "du deltar inte" if conflict else None,
        "Gemensam": _YES[proposal.joint],
        "Slag": _KIND[proposal.continuing],
        "Område": one.area,
        "Inkom": proposal.received.isoformat() if proposal.received else None,
    }


def _lacking(lacks: Sequence[Lack]) -> str | None:
    """In a few words what must be there before the application can be assessed."""
    blocking = [lack for lack in lacks if lack.blocks]
    words = [lack.what.removesuffix(" saknas.").lower() for lack in blocking if lack.field]
    others = len(blocking) - len(words)
    return ", ".join([*words, *([f"{others} som inte stämmer"] if others else [])]) or None


def _told(page: CallPage, lacks: dict[int, tuple[Lack, ...]], found: Sequence[Applied]) -> str:
    """How many there are, how many of them match, and how many wait for something."""
    active = [one for one in page.applications if one.active]
    parts = [count(len(active), "ansökan", "ansökningar")]
    joint = sum(bool(one.proposal.joint) for one in active)
    if joint:
        parts.append(f"varav {count(joint, 'gemensam', 'gemensamma')}")
    out = len(page.applications) - len(active)
    said = ", ".join(parts) + (f", och {out} som är ute ur utlysningen" if out else "") + "."
    waiting = sum(
        one.proposal.state != "complete" and any(lack.blocks for lack in lacks.get(one.proposal.id, ()))
        for one in active
    )
    if waiting:
        said += f" {waiting} saknar något som behövs för bedömningen."
    if len(found) < len(page.applications):
        said += f" {len(found)} av {len(page.applications)} visas."
    return said


def _sentence(one: Applied, call: Call, unit: str) -> str:
    state = state_said(one.proposal.state or "received")
    who = join_words(one.units) or "Okänd sökande"
    if not one.active:
        return f"{who}. Ansökan {state} och prövas inte i {call.name}."
    if not one.by_year:
        return f"{who}. Sökt belopp saknas. Ansökan {state}."
    asked = OPEN_TEXT if one.requested.open else format_sek(one.requested.amount, unit)
    years = [year for year, _ in one.by_year]
    when = f"{years[0]}" if len(years) == 1 else f"{years[0]}–{years[-1]}"
    least = one.proposal.least
    floor = f" och klarar sig med {format_sek(least, unit)}" if least is not None else ""
    verb = "söker tillsammans" if len(one.units) > 1 else "söker"
    return f"{who} {verb} {asked} för {when}{floor}. Ansökan {state}."


def _facts(one: Applied, call: Call) -> tuple[tuple[str, str | None], ...]:
    proposal, project = one.proposal, one.project
    return (
        ("Kod", proposal.code), ("Utlysning", f"{call.name} ({call.code})"), ("Sökande", ", ".join(one.units) or None),
        ("Utförare", project.performer), ("Ansvarig", project.lead), ("Område", one.area),
        ("Tid", period_text(project.starts, project.ends, None) if project.starts or project.ends else None),
        ("Gemensam ansökan", _YES[proposal.joint]), ("Projektet är", _KIND[proposal.continuing]),
        ("Inkom", format_date(proposal.received) if proposal.received else None),
        ("Diarienummer", proposal.reference), ("Kontakt", proposal.contact),
        ("Lägsta belopp", None if proposal.least is None else format_sek(proposal.least)),
        ("Källa", proposal.source),
    )  # fmt: skip


def _costs(one: Applied) -> Table | None:
    """The costs by type and year; of an application that says only what it asks for, that."""
    if one.costs:
        return by_type(Cost(cost.year, cost.cost_type, cost.payer, cost.amount) for cost in one.costs)
    if not one.by_year:
        return None
    rows: list[tuple[Cell, ...]] = [(str(year), OPEN_TEXT if s.open else s.amount) for year, s in one.by_year]
    if len(rows) > 1:
        rows.append(("Summa", OPEN_TEXT if one.requested.open else one.requested.amount))
    return Table(("År", "Sökt"), tuple(rows))


def _codes(reader: Reader, numbers: Sequence[int | None]) -> dict[int, str]:
    wanted = [number for number in numbers if number is not None]
    if not wanted:
        return {}
    return dict(reader.rows("SELECT id, code FROM proposal WHERE id IN (SELECT UNNEST($ids))", ids=wanted))
