"""The template may not go round the rules of a round: its scores, its grounds, its steps and what is asked for."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import load_workbook

from fou import calling
from fou.access import Action
from fou.assessing import Judgement, open_scores, save
from fou.calls import call_page
from fou.charts.ranking import grounds_text
from fou.errors import ImportRefused
from fou.imports.examining import Examined, examine_read
from fou.imports.posting import post
from fou.imports.template.filled import filled_tables, write_filled
from fou.imports.template.tables import Table, workbook_from
from fou.model import Call, Criterion, Project, Proposal, Score
from fou.standings import Standings, standings
from fou.store import Database
from fou.store.sight import sight_of
from fou.ui import state
from fou.ui.views.calls import grounds_table
from tests.integration.rounds import ANNA, DECIDES, FORM, GROUNDS, Council, assessed_call, call, council, is_whole

ONE, TWO = "LUM-2026-01", "LUM-2026-02"
Change = Callable[[dict[str, Table]], object]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Council]:
    """A closed database: a call under assessment with two applications and three scores, and a draft of the next."""
    path = tmp_path_factory.mktemp("made") / "fou.duckdb"
    database = Database.open(path)
    people = council(database)
    one, two = assessed_call(database, "A", "B")
    save(database, people.carl, one, 1, Judgement(4, comment="Bra."))
    save(database, people.berit, one, 1, Judgement(3))
    save(database, people.dora, two, 2, Judgement(7))
    calling.create(database, ANNA, "LUM-2027", replace(FORM, name="Nästa"), GROUNDS)
    database.close()
    return path, people


@pytest.fixture
def people(made: tuple[Path, Council]) -> Council:
    return made[1]


@pytest.fixture
def held(made: tuple[Path, Council], tmp_path: Path) -> Iterator[Database]:
    path = Path(shutil.copy(made[0], tmp_path / "round.duckdb"))
    database = Database(path, duckdb.connect(str(path)))
    yield database
    database.close()


def template(database: Database) -> dict[str, Table]:
    """As the page gives it."""
    with database.read(None, replace(sight_of(ANNA), ballots=False)) as reader:
        return filled_tables(reader)


def changed(database: Database, *changes: Change) -> Examined:
    tables = template(database)
    for change in changes:
        change(tables)
    return examine_read(database, workbook_from(tables), "mall.xlsx")


def put(sheet: str, number: int, **cells: Any) -> Change:
    """Other values in a row of a sheet, heads with _ for blanks."""
    return lambda tables: tables[sheet][number].update({head.replace("_", " "): v for head, v in cells.items()})


def add(sheet: str, **cells: Any) -> Change:
    return lambda tables: tables[sheet].append({head.replace("_", " "): value for head, value in cells.items()})


def score(proposal: str, member: str, ground: int, value: int | None, cannot: str | None = None) -> Change:
    return add(
        "Bedömningar", Ansökan=proposal, Ledamot=member, Grund_nr=ground, Värde=value, Kan_inte_bedöma=cannot
    )  # fmt: skip


def refused(examined: Examined) -> list[tuple[str, str]]:
    """(kind, place) of each error; and nothing is told of what the database holds."""
    found = [finding for finding in examined.findings if finding.severity == "error"]
    assert all(finding.found and finding.expected and finding.help for finding in found)
    if found:
        assert examined.difference.is_empty
    return [(finding.kind, finding.place) for finding in found]


# Scores that are not opened --------------------------------------------------------------------------------


def test_the_filled_template_holds_no_score_that_is_not_opened(
    held: Database, people: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = held.path
    held.close()
    monkeypatch.setenv("FOU_DATABASE", str(path))
    try:
        out = BytesIO()
        with state.reading(ANNA, Action.IMPORT, ballots=False) as reader:
            write_filled(reader, out, DECIDES)
        rows = load_workbook(out)["Bedömningar"].iter_rows(min_row=2, values_only=True)
        assert [row for row in rows if any(row)] == []
        open_scores(state.database(), people.berit, call(state.database()).id)
        with state.reading(ANNA, Action.IMPORT, ballots=False) as reader:
            assert len(filled_tables(reader)["Bedömningar"]) == 3
    finally:
        state.close_database()


def test_reading_it_in_again_says_nothing_and_takes_no_score_away(held: Database) -> None:
    examined = changed(held)
    assert (examined.findings, examined.difference.is_empty) == ([], True)
    assert post(held, ANNA, changed(held, put("Projekt", 0, Nyckelord="natt"))) is not None
    with held.read() as reader:
        assert [one.value for one in reader.records(Score, "ORDER BY id")] == [4, 3, 7]


@pytest.mark.parametrize("value", [4, 1], ids=["as it stands", "another"])
def test_a_file_can_neither_change_nor_ask_for_a_score_that_is_not_opened(held: Database, value: int) -> None:
    examined = changed(held, score(ONE, "Carl", 1, value), score(ONE, "Dora", 1, 2))
    assert refused(examined) == [("scores_by_file", "Bedömningar › D2")]
    (told,) = examined.findings
    assert told.found == "2 rader om LUM-2026"
    assert "under bedömning och bedömningarna är inte öppnade. Ledamöterna bedömer själva" in told.help
    with pytest.raises(ImportRefused):
        post(held, ANNA, examined)


def test_opened_scores_are_not_changed_by_a_file_before_or_after_the_decision(held: Database, people: Council) -> None:
    open_scores(held, people.berit, call(held).id)
    assert refused(changed(held)) == []
    for _ in range(2):
        assert refused(changed(held, put("Bedömningar", 0, Värde=1))) == [("scores_by_file", "Bedömningar › D2")]
        assert refused(changed(held, score(TWO, "Carl", 1, 1))) == [("scores_by_file", "Bedömningar › D5")]
        if call(held).state == "assessment":
            calling.move_on(held, ANNA, call(held), DECIDES)


def test_the_rules_hold_for_what_has_come_since_the_file_was_looked_at(held: Database) -> None:
    with held.write(ANNA, Action.EDIT, "Gammal omgång") as work:
        number = work.create(Call, code="GAMMAL", name="Gammal", year=2019, state="decided", scores_open=True)
        work.create(Criterion, call=number, position=1, name="Nytta")
        project = work.create(Project, code="G1", title="G1")
        proposal = work.create(Proposal, code="G-1", call=number, project=project)
    # A round that was decided elsewhere may bring its scores.
    examined = changed(held, score("G-1", "Carl", 1, 5))
    assert refused(examined) == []
    with held.write(ANNA, Action.EDIT, "Någon annan") as work:
        work.create(Score, proposal=proposal, member=3, criterion=1, value=2)
    with pytest.raises(ImportRefused, match="det som den bedömdes med ändras inte"):
        post(held, ANNA, examined)


def old_round(state: str) -> list[Change]:
    """A round that the database knows nothing of."""
    return [
        add("Utlysningar", Kod="U-1", Utlysning="Tidigare", År=2020, Läge=state, Bedömningar_öppnade="ja"),
        add("Prioriteringsgrunder", Utlysning="U-1", Nr=1, Grund="Nytta"),
        add("Projekt", Kod="P-1", Projekt="Läxhjälp"),
        add("Ansökningar", Kod="U-1-01", Utlysning="U-1", Projekt="P-1"),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([score("U-1-01", "Carl", 1, 5)], []),
        ([score("U-1-01", "Carl", 1, 9)], [("off_scale", "Bedömningar › D2")]),
        ([score("U-1-01", "Carl", 1, -1)], [("off_scale", "Bedömningar › D2")]),
        ([score("U-1-01", "Carl", 77, 3)], [("unknown_ground", "Bedömningar › C2")]),
        ([score("U-1-01", "Carl", 1, 3, "ja")], [("value_and_cannot", "Bedömningar › E2")]),
    ],
)
def test_the_scores_of_a_round_decided_elsewhere_fit_its_grounds(
    held: Database, people: Council, rows: list[Change], expected: list[tuple[str, str]]
) -> None:
    examined = changed(held, *old_round("beslutad"), *rows)
    assert refused(examined) == expected
    if not expected:
        post(held, ANNA, examined)
        assert is_whole(held)
        with held.read(None, sight_of(people.carl)) as reader:
            number = reader.value("SELECT id FROM call WHERE code = 'U-1'")
            assert [row.ranked.judges for row in standings(reader, people.carl, number).rows] == [1]


def test_a_round_under_way_gets_no_scores_by_a_file(held: Database) -> None:
    examined = changed(held, *old_round("under bedömning"), score("U-1-01", "Carl", 1, 5))
    assert refused(examined) == [("scores_by_file", "Bedömningar › D2")]


def test_a_whole_database_is_moved_into_an_empty_one_with_the_round_under_way(
    held: Database, database: Database
) -> None:
    with held.read() as reader:
        everything = workbook_from(filled_tables(reader))
    examined = examine_read(database, everything, "allt.xlsx")
    assert refused(examined) == []
    post(database, ANNA, examined)
    with database.read() as reader:
        assert reader.value("SELECT COUNT(*) FROM score") == 3
    assert is_whole(database)


# Grounds and steps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (put("Prioriteringsgrunder", 1, Högsta_värde=5), [("grounds_fixed", "Prioriteringsgrunder › E3")]),
        (put("Prioriteringsgrunder", 0, Vikt=9), [("grounds_fixed", "Prioriteringsgrunder › D2")]),
        (add("Prioriteringsgrunder", Utlysning="LUM-2026", Nr=3, Grund="Ny"),
         [("grounds_fixed", "Prioriteringsgrunder › B6")]),
        (put("Prioriteringsgrunder", 0, Vägledning="Ny"), []),
        (put("Prioriteringsgrunder", 2, Högsta_värde=9, Vikt=3), []),
        (put("Prioriteringsgrunder", 2, Vikt=0), [("weight", "Prioriteringsgrunder › D4")]),
        (put("Prioriteringsgrunder", 2, Vikt=-3), [("weight", "Prioriteringsgrunder › D4")]),
        (put("Prioriteringsgrunder", 3, Lägsta_värde=7), [("scale", "Prioriteringsgrunder › E5")]),
        (put("Prioriteringsgrunder", 3, Lägsta_värde=-1), [("scale", "Prioriteringsgrunder › E5")]),
        (put("Utlysningar", 0, Läge="utkast"), [("call_state", "Utlysningar › F2")]),
        (put("Utlysningar", 0, Läge="beslutad"), [("call_state", "Utlysningar › F2")]),
        (put("Utlysningar", 0, Bedömningar_öppnade="ja"), [("scores_open", "Utlysningar › L2")]),
        (put("Ansökningar", 0, Utlysning="LUM-2027"), [("proposal_moved", "Ansökningar › B2")]),
        (put("Ansökningar", 0, Läge="flyttad"),
         [("moved_nowhere", "Ansökningar › L2"), ("out_but_asks", "Ansökningar › H2")]),
    ],
)  # fmt: skip
def test_the_grounds_and_steps_of_a_round_stand_whatever_the_file_says(
    held: Database, change: Change, expected: list[tuple[str, str]]
) -> None:
    """The first two grounds are those of the call under assessment, the last two of a draft."""
    found = refused(changed(held, change))
    assert [kind for kind, _ in found] == [kind for kind, _ in expected]
    assert found == expected


def test_a_scale_and_a_weight_that_are_not_said_are_shown_as_they_are_counted(held: Database) -> None:
    with held.write(ANNA, Action.EDIT, "Från en äldre fil") as work:
        for position, values in ((1, {"weight": 0, "scale": 3, "lowest": 3}), (2, {"weight": -2, "scale": None})):
            number = work.value("SELECT id FROM criterion WHERE call = 1 AND position = $n", n=position)
            work.update(Criterion, number, {"lowest": None, **values}, None, "äldre.xlsx")
    with held.read() as reader:
        page = call_page(reader, "LUM-2026")
    assert page is not None
    found = Standings(page.call, page.criteria, None)
    assert grounds_text(found) == "Nytta (vikt 1, 3–4); Kvalitet (vikt 1, 0–5)"
    assert [row[1:4] for row in grounds_table(page.criteria).rows] == [
        ("1", "50\u00a0%", "3–4"), ("1", "50\u00a0%", "ej vald"),
    ]  # fmt: skip


# What is asked for -----------------------------------------------------------------------------------------


def budget(project: str, amount: int) -> Change:
    """Another amount on the line of what is asked for."""

    def change(tables: dict[str, Table]) -> None:
        (row,) = [row for row in tables["Budget"] if (row["Projekt"], row["Slag"]) == (project, "sökt")]
        row[2026] = Decimal(amount)

    return change


def cost(amount: int) -> Change:
    """Other salaries of the first application, that are applied for."""

    def change(tables: dict[str, Table]) -> None:
        (row,) = [row for row in tables["Kostnader"] if (row["Ansökan"], row["Betalas av"]) == (ONE, "sökt")]
        row["Belopp"] = amount

    return change


def test_costs_and_what_is_requested_are_changed_together(held: Database) -> None:
    for changes in ([cost(999)], [budget(ONE, 999)], [cost(999), budget(ONE, 998)]):
        examined = changed(held, *changes)
        assert [kind for kind, _ in refused(examined)] == ["costs_not_requested"]
    (told,) = changed(held, cost(999)).findings
    assert (told.found, told.place) == (
        "LUM-2026-01, 2026: kostnaderna ger 999\u00a0kr, men sökt är 200\u00a0000\u00a0kr", "Kostnader › E2"
    )  # fmt: skip
    assert post(held, ANNA, changed(held, cost(999), budget(ONE, 999))) is not None
    assert is_whole(held)


def test_a_new_cost_needs_its_line_in_the_budget(held: Database) -> None:
    new = add("Kostnader", Ansökan=TWO, År=2027, Kostnadsslag="löner", Betalas_av="sökt", Belopp=77_000)
    own = add("Kostnader", Ansökan=TWO, År=2027, Kostnadsslag="löner", Betalas_av="medfinansiering", Belopp=77_000)
    assert refused(changed(held, new)) == [("costs_not_requested", "Kostnader › E6")]
    assert refused(changed(held, own)) == []


def test_who_is_withdrawn_by_a_file_asks_for_nothing(held: Database) -> None:
    withdrawn = put("Ansökningar", 1, Läge="återkallad")
    assert refused(changed(held, withdrawn)) == [("out_but_asks", "Ansökningar › H3")]
    assert post(held, ANNA, changed(held, withdrawn, budget(TWO, 0))) is not None
    assert is_whole(held)
