"""An application as it is being written: what is read of it, and what is told where it stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from fou.application_draft import by_type, cells_of, read_costs, read_draft, sums
from fou.applications import Cost, Form
from fou.calls import Sum
from fou.charts.chart import Table
from fou.lacking import misfits
from fou.model import Call

TODAY = date(2026, 11, 22)
COSTS = (
    Cost(2026, "salaries", "co_funding", 50_000), Cost(2026, "salaries", "requested", 300_000),
    Cost(2027, "travel", "requested", 20_000),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mycket", "Här står ”mycket”. Skriv hela kronor"), ("-5", "mindre än noll"), ("1,50", "Skriv hela kronor"),
        ("3 miljarder kr", "Det största beloppet är"), ("100 euro", "svenska kronor"),
    ],
)  # fmt: skip
def test_what_is_no_cost_is_told_with_its_place(text: str, said: str) -> None:
    costs, (problem,) = read_costs({("salaries", "requested", 2026): text, ("travel", "requested", 2026): "1 tkr"})
    assert costs == (Cost(2026, "travel", "requested", 1_000),)
    assert problem.startswith("Löner, sökt 2026: ")
    assert said in problem


def test_what_is_written_is_read_as_it_was() -> None:
    assert read_costs(cells_of(COSTS)) == (COSTS, ())
    assert read_costs({("salaries", "requested", 2026): "0", ("other", "requested", 2026): " "}) == ((), ())


def test_what_cannot_be_read_is_told_by_field_and_the_rest_is_read() -> None:
    typed = {
        "title": "  ", "starts": "2027", "ends": "2026-05", "received": date(2026, 11, 23), "least": "lite",
        "lead": " Karin   Lind ", "joint": False,
    }  # fmt: skip
    draft = read_draft(typed, {}, TODAY)
    assert set(draft.problems) == {"title", "ends", "received", "least"}
    assert (draft.form.lead, draft.form.joint, draft.form.starts, draft.form.least) == (
        "Karin Lind",
        False,
        "2027",
        None,
    )
    assert read_draft({"title": "A", "received": TODAY}, {}, TODAY).problems == {}


@pytest.mark.parametrize(("amount", "is_told"), [(290, True), (9_999, True), (10_000, False)])
def test_little_money_in_all_is_asked_about_but_hinders_nothing(amount: int, is_told: bool) -> None:
    call = Call(1, "LUM-2026", "Medel", 2026, None, None, "open", *[None] * 7, copied_from=None)
    told = list(misfits(Form("A"), [(2026, Sum(Decimal(amount - 100))), (2027, Sum(Decimal(100)))], call, {}))
    assert [(lack.text.replace("\xa0", " "), lack.blocks) for lack in told] == is_told * [
        (f"Ansökan söker bara {amount:,} kr i allt. Kontrollera om beloppen är i tusental.".replace(",", " "), False)
    ]


def test_the_sums_are_by_year_and_in_all() -> None:
    def shown(table: Table) -> list[tuple[str, ...]]:
        return [tuple(cell.replace("\xa0", " ") for cell in row) for row in table.shown("kr")]

    assert shown(sums(COSTS)) == [
        ("Sökt", "300 000", "20 000", "320 000"), ("Medfinansiering", "50 000", "–", "50 000"),
        ("I allt", "350 000", "20 000", "370 000"),
    ]  # fmt: skip
    assert [row[0] for row in by_type(COSTS).rows] == [
        "Löner, sökt", "Resor, sökt", "Summa sökt", "Löner, medfinansiering", "Summa medfinansiering", "Kostnad i allt",
    ]  # fmt: skip
