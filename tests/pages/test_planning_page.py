"""FoU-plan: what is decided, beside last year; and for those who may, writing, deciding and revising it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from fou import planning
from fou.access import Action
from fou.cli import plan_json
from fou.ledger import statements, take_back
from fou.model import Kind
from fou.money import format_sek
from fou.plan import year_plan
from fou.plan_lines import AREA, draft_rows
from fou.planning import LineEdit
from fou.ui import pages, state
from tests.pages.conftest import ADMIN, Visit, unescaped

YEAR = "2026"


@pytest.fixture
def plan(use: Callable[[str], None], visit: Callable[..., Visit]) -> Visit:
    """An administrator looks at the decided plan of Exempelkommunen, in a database to write in."""
    use("example")
    return visit(pages.PLAN, ar=YEAR)


@pytest.fixture
def revision(plan: Visit) -> Visit:
    """The same plan, opened for a revision, with its table of rows."""
    return plan.press("Revidera planen").open("skriv")


def offered(shown: Visit) -> list[str]:
    """The buttons and sections that the page offers, but for those that only show."""
    labels = [*(b.label for b in shown.at.button), *(unescaped(str(e.label)) for e in shown.at.get("expander"))]
    return [label for label in labels if not label.startswith("Alla belopp")]


def type_into(shown: Visit, texts: dict[int, str]) -> Visit:
    """Write in rows of the table (row number → text), as the browser sends it: the test driver has no such widget."""
    grid = next(found for found in shown.at.dataframe if found.proto.editing_mode)
    states = shown.at._tree.get_widget_states()
    states.widgets.append(
        WidgetState(
            id=grid.proto.id,
            string_value=json.dumps(
                {
                    "edited_rows": {str(row): {f"Plan {YEAR}": text} for row, text in texts.items()},
                    "added_rows": [],
                    "deleted_rows": [],
                }
            ),
        )
    )
    shown.at._run(states)
    return shown


def row_number(name: str) -> int:
    with state.database().read() as reader:
        return [row.line.name for row in draft_rows(reader, int(YEAR))].index(name)


def standing(name: str) -> int:
    with state.database().read() as reader:
        amount = next(row.line.amount for row in draft_rows(reader, int(YEAR)) if row.line.name == name)
    return int(amount or 0)


def save_as_anna(name: str) -> None:
    """Somebody else writes one krona more in a row."""
    with state.database().read() as reader:
        line = next(row.line for row in draft_rows(reader, int(YEAR)) if row.line.name == name)
    planning.save_lines(state.database(), ADMIN, int(YEAR), [LineEdit(line, line.firm + 1)])


def fill_in_decision(shown: Visit, **given: str) -> Visit:
    shown.open("besluta")
    values = {"dnr": "SN 2026/0031", "vad": "Mer till barn och unga"} | given
    for name, value in values.items():
        shown.at.text_input(key=f"beslut-{name}-{YEAR}").set_value(value)
    shown.at.date_input(key=f"beslut-datum-{YEAR}").set_value(date(2026, 2, 10))
    shown.at.radio(key=f"beslut-justering-{YEAR}").set_value("ja")
    return shown.press("Registrera beslutet")


# --- Reading ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("example")
def test_the_page_begins_with_the_decision(visit: Callable[..., Visit]) -> None:
    assert (
        "FoU-planen för 2026 beslutades av Socialnämnden 9 december 2025, diarienummer SN 2025/0043. Protokollet "
        "justerades inte omedelbart." in visit(pages.PLAN, ar=YEAR).text
    )


@pytest.mark.usefixtures("documents")
def test_a_plan_that_is_only_proposed_is_said_not_to_be_decided(visit: Callable[..., Visit]) -> None:
    assert (
        "FoU-planen för 2013 är ett förslag till Socialnämnden och inte beslutad." in visit(pages.PLAN, ar="2013").text
    )


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("year", [2019, 2023, 2026])
def test_the_large_figures_are_those_of_the_command_line(visit: Callable[..., Visit], year: int) -> None:
    metrics = visit(pages.PLAN, ar=str(year)).metrics
    with state.database().read() as reader:
        told = plan_json(reader, year_plan(reader, year))
    left = "Kvar om förslagen beviljas" if "Föreslaget" in metrics else "Fritt"
    assert (metrics["Ram"], metrics["Planerat"]) == tuple(
        format_sek(told[kind]).replace("\u00a0", " ") for kind in ("frame", "planned")
    )
    assert (left == "Fritt") <= (metrics[left] == format_sek(round(told["free"])).replace("\u00a0", " "))


@pytest.mark.usefixtures("example")
def test_the_areas_add_up_to_what_the_command_line_says(visit: Callable[..., Visit]) -> None:
    with state.database().read() as reader:
        told = plan_json(reader, year_plan(reader, int(YEAR)))
    rows = {row[0]: row[1] for row in visit(pages.PLAN, ar=YEAR).rows("Område")}
    assert rows["Summa"] == format_sek(told["planned"]).replace("\u00a0", " ").removesuffix(" kr")


@pytest.mark.usefixtures("example")
def test_an_area_that_was_renamed_is_followed_from_last_year(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.PLAN, ar="2023")
    text = next(str(found.value) for found in shown.at.markdown if "Plan 2022" in str(found.value))
    rows = [line for line in unescaped(text).split("\n") if "beroende" in line]
    assert [row.split("|")[1] for row in rows] == ["Skadligt bruk och beroende (tidigare Missbruk och beroende)"]


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("jag", ["Läsare", "Gunilla Ekdahl"])
def test_only_an_administrator_is_offered_to_write(visit: Callable[..., Visit], jag: str) -> None:
    assert offered(visit(pages.PLAN, jag=jag, ar=YEAR)) == []


def test_nothing_can_be_written_while_looking_at_an_earlier_date(revision: Visit, visit: Callable[..., Visit]) -> None:
    shown = visit(pages.PLAN, ar=YEAR, per=date.today().isoformat())
    assert [label for label in offered(shown) if not label.startswith("Planens versioner")] == []


# --- Writing ------------------------------------------------------------------------------------------------


def test_the_sums_follow_what_is_typed(revision: Visit) -> None:
    before = standing("Barn och unga")
    type_into(revision, {row_number("Barn och unga"): str(before - 100_000)})
    facts = dict(row[:2] for row in revision.rows("Uppgift"))
    assert (facts["Planerat"], facts["Kvar av ramen"], facts["Osparade ändringar"]) == (
        "8 696 000 kr", "104 000 kr", "1",
    )  # fmt: skip


def test_what_is_typed_is_saved_as_one_batch(revision: Visit) -> None:
    number = state.database().version[1]
    type_into(revision, {row_number("Barn och unga"): "1,5 mnkr", row_number("Ekonomiskt bistånd"): "ej fastställt"})
    revision.press("Spara raderna")
    assert (f"Raderna är sparade (post {number + 1})." in revision.text, standing("Barn och unga")) == (
        True, 1_500_000,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("mycket", "Barn och unga: Här står ”mycket”. Skriv ett belopp i kronor"),
        ("-5", "Ett belopp i planen kan inte vara mindre än noll."),
    ],
)
def test_what_is_no_amount_is_told_and_kept(revision: Visit, typed: str, says: str) -> None:
    type_into(revision, {row_number("Barn och unga"): typed})
    number = state.database().version[1]
    revision.press("Spara raderna")
    assert (says in revision.text, "Inget är sparat." in revision.text, state.database().version[1]) == (
        True, True, number,
    )  # fmt: skip
    assert revision.at.session_state[f"planrader-skrivet-{YEAR}"].popitem()[1] == typed


def test_the_second_to_save_is_told_and_can_save_what_they_typed(revision: Visit) -> None:
    type_into(revision, {row_number("Barn och unga"): "1 200 000"})
    save_as_anna("Barn och unga")
    revision.press("Spara raderna")
    assert "Anna har ändrat raden ”Barn och unga” medan du skrev" in revision.at.error[0].value
    revision.press("Spara raderna")
    assert standing("Barn och unga") == 1_200_000


@pytest.mark.parametrize(("theirs", "told"), [("Ekonomiskt bistånd", 0), ("Barn och unga", 1)], ids=["other", "same"])
def test_what_is_typed_is_kept_when_somebody_saves_at_that_very_moment(revision: Visit, theirs: str, told: int) -> None:
    number = row_number("Barn och unga")
    save_as_anna(theirs)
    type_into(revision, {number: "1 200 000"})
    revision.press("Spara raderna")
    assert len(revision.at.error) == told
    if told:
        revision.press("Spara raderna")
    assert standing("Barn och unga") == 1_200_000


def test_what_is_typed_is_kept_when_the_unit_is_changed(revision: Visit) -> None:
    type_into(revision, {row_number("Barn och unga"): "1 200 000"})
    revision.at.segmented_control(key="enhet").set_value("tkr")
    revision.run().press("Spara raderna")
    assert standing("Barn och unga") == 1_200_000


def test_a_row_is_added_for_a_project_by_its_code(revision: Visit) -> None:
    with state.database().read() as reader:
        code, title = reader.rows("SELECT code, title FROM project ORDER BY id")[0]
    revision.at.text_input(key=f"planrader-kod-{YEAR}").set_value(code)
    revision.press("Lägg till en rad")
    grid = next(found for found in revision.at.dataframe if found.proto.editing_mode)
    assert title in list(grid.value["Rad"])


def test_what_is_proposed_is_taken_into_the_plan(use: Callable[[str], None], visit: Callable[..., Visit]) -> None:
    use("documents")
    shown = visit(pages.PLAN, ar="2014").open("skriv")
    shown.press("Ta med det föreslagna").press("Spara raderna")
    with state.database().read() as reader:
        figures = year_plan(reader, 2014).figures
    assert (figures.firm[Kind.PLANNED], figures.open[Kind.PLANNED]) == (2_000_000, 6)


# --- Deciding and revising ----------------------------------------------------------------------------------


def test_a_revision_is_decided_and_both_versions_are_shown_side_by_side(revision: Visit) -> None:
    before = standing("Barn och unga")
    type_into(revision, {row_number("Barn och unga"): str(before + 4_000)})
    revision.press("Spara raderna")
    fill_in_decision(revision)
    assert "Version 2 av FoU-planen för 2026 beslutades av Socialnämnden 10 februari 2026" in revision.text
    revision.open("versioner")
    assert (
        "Version 2, beslutad 10 februari 2026 är 4 000 kr större än version 1, beslutad 9 december 2025: 1 ändrad rad."
        in revision.text
    )


def test_a_decision_without_its_reference_is_refused_and_what_was_typed_stays(revision: Visit) -> None:
    fill_in_decision(revision, dnr="")
    assert "Fyll i beslutets diarienummer. Det du skrev står kvar." in unescaped(revision.at.error[0].value)
    assert revision.at.text_input(key=f"beslut-vad-{YEAR}").value == "Mer till barn och unga"


def test_a_plan_is_not_decided_while_rows_are_not_saved(revision: Visit) -> None:
    type_into(revision, {row_number("Barn och unga"): "1"})
    fill_in_decision(revision)
    assert "Det finns rader som inte är sparade." in revision.text


def test_a_revision_that_is_given_up_leaves_the_decided_plan(revision: Visit) -> None:
    revision.press("Avbryt revideringen")
    assert "Revideringen är avbruten" in revision.text
    assert "FoU-planen för 2026 beslutades av Socialnämnden" in revision.text


def test_the_next_years_plan_is_begun_from_this_years(plan: Visit) -> None:
    plan.press("Kopiera planen för 2026 till 2027")
    with state.database().read() as reader:
        found = [row.line for row in draft_rows(reader, 2027) if row.line.what == AREA and row.line.entry]
    assert len(found) == 7


def test_lines_that_were_changed_without_a_decision_are_told(revision: Visit) -> None:
    fill_in_decision(revision)
    with state.database().write(ADMIN, Action.IMPORT, "Läste in en ny budget") as work:
        taken = statements(work, "kind = 'planned' AND year = 2026 AND area IS NOT NULL")[0]
        take_back(work, [(taken, "budget.xlsx › Budget › D2")])
    assert "Raderna har ändrats utan beslut." in revision.run().text


def test_texts_are_written_in_the_plan(revision: Visit) -> None:
    revision.at.text_area(key=f"plantext-{YEAR}-text").set_value("Ny inriktning mot förebyggande arbete.")
    revision.press("Spara texterna")
    assert "Ny inriktning mot förebyggande arbete." in revision.text
