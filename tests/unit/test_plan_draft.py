"""A draft's sums and mistakes as it is typed, a plan's decision in words, and its areas beside last year's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fou.charts.plan_versions import decision_sentence, difference_sentence, difference_table
from fou.charts.tables import against_last_year
from fou.figures import Figures
from fou.model import Kind, Plan, PlanVersion
from fou.plan import AreaRow, Room, YearPlan
from fou.plan_draft import amount_text, cell_text, read_draft
from fou.plan_lines import AREA, FRAME, PROJECT, DraftRow, Line

ZERO = Decimal(0)


def line(name: str, amount: int | None, what: str = AREA, area: str = "", is_open: bool = False) -> Line:
    kind = Kind.FRAME if what == FRAME else Kind.PLANNED
    return Line(
        f"{what} {name}", kind, what, name, area or name, None, None, None, 1, "Staden",
        None if amount is None and not is_open else 1, None if amount is None else Decimal(amount), is_open,
    )  # fmt: skip


ROWS = tuple(
    DraftRow(found, None, None)
    for found in (line("Ram", 1_000, FRAME, " "), line("Barn", 600), line("Boende", None), line("Äldre", 100))
)


def typed(unit: str = "kr", **texts: str) -> dict[str, str]:
    return {next(row.line.key for row in ROWS if row.line.name == name): text for name, text in texts.items()}


def test_the_sums_are_those_of_what_is_typed() -> None:
    draft = read_draft(ROWS, typed(Barn="650", Boende="50"), "kr")
    assert (draft.frame, draft.planned, draft.left) == (1_000, 800, 200)


def test_an_amount_that_is_not_set_is_counted_and_not_summed() -> None:
    draft = read_draft(ROWS, typed(Barn="ej fastställt"), "kr")
    assert (draft.planned, draft.open) == (100, 1)


def test_an_emptied_cell_takes_the_line_out() -> None:
    draft = read_draft(ROWS, typed(Barn=""), "kr")
    assert (draft.planned, [(edit.amount, edit.open) for edit in draft.edits]) == (100, [(None, False)])


def test_an_amount_is_read_in_the_unit_that_is_shown_unless_it_has_its_own() -> None:
    draft = read_draft(ROWS, typed(Barn="2", Boende="5 kr"), "tkr")
    assert draft.planned == 2_105


@pytest.mark.parametrize("text", ["mycket", "-5", "1.234", "10 EUR"])
def test_what_is_no_amount_names_its_row_and_counts_as_it_was(text: str) -> None:
    draft = read_draft(ROWS, typed(Barn=text), "kr")
    assert (draft.planned, draft.edits, [problem.split(":")[0] for problem in draft.problems]) == (700, (), ["Barn"])


def test_what_is_typed_as_it_was_is_no_change() -> None:
    assert read_draft(ROWS, typed(Barn="600 kr"), "kr").edits == ()


def test_each_area_stands_beside_last_year() -> None:
    draft = read_draft(ROWS, {}, "kr", [("Barn", Decimal(500)), ("Gammalt", Decimal(9))])
    assert (draft.areas, draft.change) == (
        (("Barn", 600, 500), ("Boende", None, None), ("Gammalt", None, 9), ("Äldre", 100, None)), 191,
    )  # fmt: skip


def test_an_area_with_lines_of_its_projects_too_is_named() -> None:
    rows = (*ROWS, DraftRow(line("Läxhjälp", 5, PROJECT, "Barn"), None, None))
    assert read_draft(rows, {}, "kr").both == ("Barn",)


@pytest.mark.parametrize("unit", ["kr", "tkr", "mnkr"])
@pytest.mark.parametrize("amount", ["0", "1", "1234567.89", "600000", "0.01"])
def test_a_cell_can_be_typed_back_exactly(amount: str, unit: str) -> None:
    found = line("Barn", None)
    text = amount_text(Decimal(amount), unit)
    draft = read_draft([DraftRow(found, None, None)], {found.key: text}, unit)
    assert (draft.planned, draft.problems) == (Decimal(amount), ())


def test_a_cell_says_that_an_amount_is_not_set() -> None:
    assert [cell_text(line("Barn", None, is_open=is_open), "kr") for is_open in (True, False)] == ["ej fastställt", ""]


# --- The decision -------------------------------------------------------------------------------------------


def plan(state: str) -> Plan:
    return Plan(1, 2014, "FoU-plan 2014", state, "Socialnämnden", None, None, None, None, None, None)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("draft", "FoU-planen för 2014 är ett utkast och inte beslutad."),
        ("proposed", "FoU-planen för 2014 är ett förslag till Socialnämnden och inte beslutad."),
        ("decided", "FoU-planen för 2014 beslutades av Socialnämnden. Datum är inte angivet i källan."),
    ],
)
def test_the_decision_is_told_without_guessing(state: str, says: str) -> None:
    assert decision_sentence(2014, plan(state), ()) == says


def test_a_revision_under_way_says_which_version_it_will_be() -> None:
    version = PlanVersion(1, 2014, 1, 5, "Socialnämnden", None, None, None, None)
    assert decision_sentence(2014, plan("revision"), (version,)).endswith("raderna här är utkastet till version 2.")


NAMES = ("Version 1", "Version 2")


def test_the_difference_between_versions_is_told_by_line_and_area() -> None:
    before = (line("Barn", 600), line("Läxhjälp", 50, PROJECT, "Barn"), line("Boende", 10))
    after = (line("Barn", 700), line("Läxhjälp", 50, PROJECT, "Barn"), line("Äldre", None, is_open=True))
    assert difference_table(before, after, NAMES).rows == (
        ("Barn", 600, 700, 100),
        ("Läxhjälp", 50, 50, 0),
        ("Barn, summa", 650, 750, 100),
        ("Boende", 10, None, -10),
        ("Äldre", None, "ej fastställt", None),
        ("Hela planen", 660, 750, 90),
    )


def test_the_difference_between_versions_is_summed_up_in_a_sentence() -> None:
    said = difference_sentence((line("Barn", 600), line("Boende", 10)), (line("Barn", 700),), NAMES, "kr")
    assert said.replace("\u00a0", " ") == "Version 2 är 90 kr större än version 1: 1 ändrad rad och 1 borttagen rad."


def test_versions_with_the_same_lines_are_said_to_have_them() -> None:
    assert difference_sentence((line("Barn", 1),), (line("Barn", 1),), NAMES, "kr") == (
        "Version 2 har samma rader som version 1."
    )


# --- Beside last year ---------------------------------------------------------------------------------------


def year(number: int, **areas: int) -> YearPlan:
    rows = tuple(AreaRow(name, Figures({Kind.PLANNED: Decimal(amount)})) for name, amount in areas.items())
    room = Room(number, None, ZERO, ZERO, ZERO, ZERO, None, ZERO, 0)
    whole = Figures({Kind.PLANNED: Decimal(sum(areas.values()))})
    return YearPlan(number, None, room, whole, rows, rows, (), (), (), (), 0)


def test_areas_that_were_merged_are_added_up_and_named() -> None:
    became = {"Barn": "Familj", "Unga": "Familj"}
    table = against_last_year(year(2014, Familj=700, Boende=5), year(2013, Barn=200, Unga=300, Boende=9), became)
    assert table.rows == (
        ("Familj (tidigare Barn och Unga)", 500, 700, 200),
        ("Boende", 9, 5, -4),
        ("Summa", 509, 705, 196),
    )
