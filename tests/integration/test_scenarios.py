"""Scenarios: trying amounts, two at once, locks, suggestions, side by side, and who may see and change what."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from fou import applications, conflicts, ledger, meetings, scenarios
from fou.access import Action, Person, Role
from fou.assessing import Judgement, open_scores, save
from fou.boards import Board, board, compare
from fou.errors import Forbidden, Refused, SaveConflict, UndoRefused
from fou.imports.examining import examine_read
from fou.imports.template.filled import filled_tables
from fou.imports.template.tables import workbook_from
from fou.matters import Scope, in_conflict, matters
from fou.meetings import MeetingForm
from fou.model import Call, Conflict, Decision, Kind, Project, Proposal, Recommendation, ScenarioLine
from fou.scenarios import Wish
from fou.snapshot import Attendant, Line
from fou.store import Database, chain
from fou.store.sight import sight_of
from tests.integration.rounds import ANNA, CLOSED, Council, assessed_call, call, council, is_whole

BERTIL = Person("Bertil", Role.ADMIN)
THIS = 2026


PEOPLE = Council(*(Person(name, Role.MEMBER, number) for number, name in enumerate(("Berit", "Carl", "Dora"), 1)))


@pytest.fixture(scope="module")
def assessed(new_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a call under assessment, made once."""
    path = Path(shutil.copy(new_file, tmp_path_factory.mktemp("assessed") / "fou.duckdb"))
    database = Database.open(path)
    assert council(database) == PEOPLE
    assessed_call(database, "A", "B", "C")
    database.close()
    return path


@pytest.fixture
def database(assessed: Path, tmp_path: Path) -> Iterator[Database]:
    """A copy of it for each test."""
    path = Path(shutil.copy(assessed, tmp_path / "fou.duckdb"))
    found = Database(path, duckdb.connect(str(path)))
    yield found
    found.close()


@pytest.fixture
def people() -> Council:
    return PEOPLE


def scope(database: Database) -> Scope:
    return Scope(THIS, call(database).id)


def project(database: Database, title: str) -> int:
    with database.read() as reader:
        return int(reader.value("SELECT id FROM project WHERE title = $title", title=title))


def grant(database: Database, title: str, amount: int, **more: object) -> Wish:
    return Wish(project(database, title), None, THIS, "grant", amount, **more)  # type: ignore[arg-type]


def line(database: Database, number: int, title: str) -> ScenarioLine | None:
    about = project(database, title)
    with database.read() as reader:
        return next((one for one in scenarios.lines_of(reader, number) if one.project == about), None)


def seen(database: Database, number: int, person: Person = ANNA) -> Board:
    with database.read(None, sight_of(person)) as reader:
        return board(reader, person, number)


def said(database: Database, number: int) -> dict[str, list[Line]]:
    rows = seen(database, number).rows
    return {row.matter.title: [scenarios.as_line(one) for one in row.lines] for row in rows if row.lines}


def test_an_amount_that_is_typed_shows_everywhere_at_once(database: Database, people: Council) -> None:
    number = scenarios.create(database, ANNA, scope(database), "Ett")
    scenarios.set_line(database, ANNA, number, grant(database, "A", 150_000), None)
    scenarios.set_line(database, ANNA, number, Wish(project(database, "B"), None, 2027, "reserve"), None)
    found = seen(database, number)
    this, later = found.room
    assert (this.pot, this.pot_left, this.taken, this.reserved) == (500_000, 350_000, 150_000, 500_000)
    assert (later.year, later.here.open, found.locked_in.open) == (2027, 1, 1)
    assert (found.total.granted, found.new, found.continuing) == (150_000, 150_000, 0)
    assert [one.title for one in found.not_considered] == ["C"]
    assert scenarios.set_line(database, ANNA, number, grant(database, "A", 150_000), None) is None
    assert is_whole(database)


def test_the_room_is_what_the_ledger_would_say(database: Database, people: Council) -> None:
    with database.write(ANNA, Action.EDIT, "Ram") as work:
        work.post([ledger.Entry(Kind.FRAME, THIS, 1, amount=Decimal(800_000), source="x")])
    number = scenarios.create(database, ANNA, scope(database), "Ett")
    for title, amount in (("A", 300_000), ("B", 400_000)):
        scenarios.set_line(database, ANNA, number, grant(database, title, amount), None)
    (this,) = seen(database, number).room
    # 500 000 of it comes out of what is set aside for the call; the rest of what was free.
    assert (this.free, this.free_after, this.taken, this.pot_left) == (300_000, 100_000, 500_000, 0)


def test_applications_without_a_ranking_stand_before_what_else_has_money_set_aside(
    database: Database, people: Council
) -> None:
    """B was there before C and has money set aside of its own, and no application in the call any more."""
    with database.write(ANNA, Action.EDIT, "Avsatt") as work:
        own = ledger.Entry(Kind.RESERVED, THIS, 1, project=project(database, "B"), amount=Decimal(50_000), source="x")
        work.post([own])
    applications.withdraw(database, ANNA, 2, "Ångrade sig")
    number = scenarios.create(database, ANNA, scope(database), "Ett")
    assert [row.matter.title for row in seen(database, number).rows] == ["A", "C", "B"]


def test_two_who_change_the_same_line_lose_nothing(database: Database, people: Council) -> None:
    number = scenarios.create(database, ANNA, scope(database), "Ett")
    scenarios.set_line(database, ANNA, number, grant(database, "A", 100_000), None)
    first = line(database, number, "A")
    scenarios.set_line(database, BERTIL, number, grant(database, "A", 120_000), first)
    with pytest.raises(SaveConflict, match=r"Bertil har ändrat ”A” .*bevilja 120\s000\skr"):
        scenarios.set_line(database, ANNA, number, grant(database, "A", 90_000), first)
    with pytest.raises(SaveConflict):
        scenarios.set_line(database, ANNA, number, grant(database, "A", 90_000), None)
    # Another line is nobody else's business.
    assert scenarios.set_line(database, ANNA, number, grant(database, "B", 90_000), None)
    with database.read() as reader:
        assert [(one.who, one.code[:2], one.after) for one in scenarios.changes(reader, ANNA, number)][1][0] == "Bertil"


#: What cannot be meant, and what is said of it.
REFUSED: tuple[tuple[dict[str, object], str], ...] = (
    ({"choice": "grant", "amount": None}, "avsätt medel utan belopp"),
    ({"choice": "grant", "amount": 0}, "större än noll"),
    ({"choice": "reserve", "amount": -5}, "större än noll"),
    ({"choice": "grant", "amount": 3_000_000_000}, "högst"),
    ({"choice": "give", "amount": 1}, "välj om"),
    ({"choice": "reserve", "year": 1890}, "mellan"),
    ({"choice": "grant", "amount": 1, "project": 999}, "finns inte längre"),
    ({"choice": "grant", "amount": 1, "call": 1}, "ett projekt eller en utlysning"),
    ({"choice": "grant", "amount": 1, "call": 1, "project": None}, "är en utlysning"),
)


def test_what_cannot_be_meant_is_refused(database: Database, people: Council) -> None:
    number = scenarios.create(database, ANNA, scope(database), "Ett")
    for wish, told in REFUSED:
        values: dict[str, object] = {"project": 1, "call": None, "year": THIS, "amount": None, **wish}
        with pytest.raises(Refused, match=told):
            scenarios.set_line(database, ANNA, number, Wish(**values), None)  # type: ignore[arg-type]


def test_a_matter_is_taken_whole_left_out_or_not_considered(database: Database, people: Council) -> None:
    number = scenarios.create(database, ANNA, scope(database), "Ett")
    key = (project(database, "A"), None)
    scenarios.take_whole(database, ANNA, number, key)
    assert said(database, number) == {"A": [Line(THIS, "grant", 200_000)]}
    assert scenarios.take_whole(database, ANNA, number, key) is None
    scenarios.set_line(database, ANNA, number, Wish(key[0], None, 2027, "reserve", 1, "om det går"), None)
    scenarios.leave_out(database, ANNA, number, key)
    assert said(database, number) == {"A": [Line(THIS, "out")]}
    scenarios.set_line(database, ANNA, number, Wish(key[0], None, 2027, "reserve"), None)
    assert said(database, number) == {"A": [Line(2027, "reserve")]}
    scenarios.set_line(database, ANNA, number, Wish(key[0], None, 2027, None), line(database, number, "A"))
    assert said(database, number) == {}
    assert is_whole(database)


def test_a_line_does_not_come_back_beside_a_later_one(database: Database, people: Council) -> None:
    number = scenarios.create(database, ANNA, scope(database), "Ett")
    scenarios.set_line(database, ANNA, number, grant(database, "A", 1), None)
    away = scenarios.set_line(
        database, ANNA, number, Wish(project(database, "A"), None, THIS, None), line(database, number, "A")
    )  # fmt: skip
    scenarios.set_line(database, ANNA, number, grant(database, "A", 2), None)
    with pytest.raises(UndoRefused, match="raden i scenariot"):
        ledger.undo(database, ANNA, away or 0)
    assert is_whole(database)


def test_a_suggestion_is_one_batch_and_leaves_what_is_locked(database: Database, people: Council) -> None:
    number = scenarios.create(database, ANNA, scope(database), "Ett")
    a, b, c = (project(database, title) for title in "ABC")
    scenarios.set_line(database, ANNA, number, grant(database, "A", 77_000), None)
    scenarios.lock(database, ANNA, number, (a, None))
    batch = scenarios.apply_suggestion(database, ANNA, number, {a: 1, b: 150_001, c: 0}, (THIS,), "ner längs listan")
    stands = {"A": [Line(THIS, "grant", 77_000)], "B": [Line(THIS, "grant", 150_001)], "C": [Line(THIS, "out")]}
    assert said(database, number) == stands
    assert batch is not None
    ledger.undo(database, ANNA, batch)
    assert said(database, number) == {"A": stands["A"]}
    assert [row.locked for row in seen(database, number).rows if row.lines] == [True]


def test_an_amount_is_spread_over_the_years_to_the_krona(database: Database, people: Council) -> None:
    with database.read() as reader:
        matter = next(one for one in matters(reader, ANNA, scope(database)).rows if one.title == "A")
    assert scenarios.spread(100, matter, (THIS,)) == [(THIS, 100)]
    asked = type(matter.asked[0][1])
    spread = type(matter)(
        matter.project, None, None, None, None, tuple((year, asked(Decimal(1))) for year in (1, 2, 3)), (), ()
    )
    assert scenarios.spread(100, spread, (1, 2, 3)) == [(1, 34), (2, 33), (3, 33)]
    assert scenarios.spread(100, spread, (8, 9)) == [(8, 100)]


def test_scenarios_side_by_side_tell_who_gains_and_who_loses(database: Database, people: Council) -> None:
    one = scenarios.create(database, ANNA, scope(database), "Ett")
    scenarios.set_line(database, ANNA, one, grant(database, "A", 100_000), None)
    two = scenarios.copy(database, ANNA, one, "Två")
    with database.read() as reader:
        assert scenarios.scenario_of(reader, two).note is None  # what is said of the first is not true of it for long
    scenarios.set_line(database, ANNA, two, grant(database, "A", 80_000), line(database, two, "A"))
    scenarios.set_line(database, ANNA, two, grant(database, "B", 20_000), None)
    with database.read() as reader:
        found = compare(reader, ANNA, [one, two])
    assert [one.title for one in found.winners(1)] == ["B"]
    assert [one.title for one in found.losers(1)] == ["A"]
    assert [[said.firm for said in row.said] for row in found.rows if any(row.gains)] == [
        [100_000, 80_000],
        [0, 20_000],
    ]
    assert found.boards[1].scenario.copied_from == one


def test_a_member_tries_in_their_own_and_only_the_chair_in_the_councils(database: Database, people: Council) -> None:
    councils = scenarios.create(database, people.berit, scope(database), "Rådets")
    with pytest.raises(Forbidden, match="Kopiera det"):
        scenarios.set_line(database, people.carl, councils, grant(database, "A", 1), None)
    own = scenarios.copy(database, people.carl, councils, "Carls")
    scenarios.set_line(database, people.carl, own, grant(database, "A", 1), None)
    for other in (people.dora, people.berit):
        with pytest.raises(Forbidden):
            scenarios.set_line(database, other, own, grant(database, "B", 1), None)
    with database.read() as reader:
        listed = scenarios.scenarios(reader, people.dora, scope(database))
    assert [(one.scenario.name, one.owner, one.lines) for one in listed] == [("Rådets", None, 0), ("Carls", "Carl", 1)]
    with pytest.raises(Refused, match="redan"):
        scenarios.copy(database, people.carl, councils, "carls")
    stranger = Person("Okänd", Role.MEMBER)
    with pytest.raises(Forbidden, match="egna scenarier"):
        scenarios.create(database, stranger, scope(database), "X")


def test_a_conflict_over_an_earlier_application_is_none_in_the_next_call(database: Database, people: Council) -> None:
    about = project(database, "A")
    with database.write(ANNA, Action.IMPORT, "Läste in") as work:
        before = work.create(Call, code="LUM-2020", name="Förr", year=2020, state="decided")
        work.create(Conflict, member=3, proposal=work.create(Proposal, project=about, call=before, code="L20-1"))
    own = scenarios.create(database, people.dora, scope(database), "Doras")
    assert scenarios.set_line(database, people.dora, own, grant(database, "A", 1), None)
    with database.read(None, sight_of(people.dora)) as reader:
        assert [one.conflict for one in matters(reader, people.dora, scope(database)).rows] == [False] * 3
        assert len(in_conflict(reader, people.dora, None)) == 1


def test_a_scenario_that_is_put_away_is_kept(database: Database, people: Council) -> None:
    number = scenarios.create(database, ANNA, scope(database), "Ett")
    scenarios.put_away(database, ANNA, number)
    with database.read() as reader:
        assert scenarios.scenarios(reader, ANNA, scope(database)) == ()
        assert len(scenarios.scenarios(reader, ANNA, scope(database), put_away=True)) == 1
        found = scenarios.scenario_of(reader, number)
    with pytest.raises(Refused, match="undanlagt"):
        scenarios.set_line(database, ANNA, number, grant(database, "A", 1), None)
    other = scenarios.create(database, ANNA, scope(database), "ett")
    with pytest.raises(Refused, match="redan"):
        scenarios.put_away(database, ANNA, number, False)
    scenarios.put_away(database, ANNA, other)
    assert scenarios.put_away(database, ANNA, number, False)
    with pytest.raises(SaveConflict):
        scenarios.rename(database, ANNA, type(found)(**{**_dict(found), "name": "Annat"}), "Tredje", None)


def _dict(record: object) -> dict[str, object]:
    return {name: getattr(record, name) for name in type(record).__slots__} | {"id": record.id}  # type: ignore[attr-defined]


def test_whoever_is_in_conflict_sees_no_place_and_changes_nothing_of_it(database: Database, people: Council) -> None:
    with database.read() as reader:
        proposals = {one.title: one.applied.proposal.id for one in matters(reader, ANNA, scope(database)).rows
                     if one.applied}  # fmt: skip
    for person in (people.berit, people.carl, people.dora):
        for title, value in (("A", 5), ("B", 3), ("C", 1)):
            for ground in (1, 2):
                save(database, person, proposals[title], ground, Judgement(value))
    open_scores(database, people.berit, call(database).id)
    own = scenarios.create(database, people.carl, scope(database), "Carls")
    places = {row.matter.title: row.matter.ranked for row in seen(database, own, people.carl).rows}
    assert all(places[title] is not None for title in "ABC")
    conflicts.declare(database, people.carl, proposals["A"], people.carl.member or 0, "Min enhet", CLOSED)
    found = {row.matter.title: row.matter for row in seen(database, own, people.carl).rows}
    assert (found["A"].conflict, found["A"].ranked) == (True, None)
    assert found["B"].ranked is not None
    with pytest.raises(Forbidden, match="jävig"):
        scenarios.set_line(database, people.carl, own, grant(database, "A", 1), None)
    with pytest.raises(Forbidden, match="jävig"):
        scenarios.apply_suggestion(database, people.carl, own, {project(database, "A"): 1}, (THIS,), "x")


def test_a_reader_has_nothing_of_the_councils_work(database: Database, people: Council) -> None:
    number = scenarios.create(database, ANNA, scope(database), "Hemligt")
    scenarios.set_line(database, ANNA, number, grant(database, "A", 1), None)
    meetings.create(database, ANNA, scope(database), MeetingForm("Möte"))
    reader_ = Person("x", Role.VIEWER)
    with database.read(None, sight_of(reader_)) as reader:
        for table in ("scenario", "scenario_line", "meeting", "attendance", "recommendation", "change"):
            assert reader.rows(f"SELECT * FROM {table}") == []


@pytest.mark.parametrize(("days", "held"), [(7, 0), (-7, -7)], ids=["planned for later", "written down afterwards"])
def test_no_meeting_under_way_is_held_on_a_later_day(database: Database, days: int, held: int) -> None:
    planned = CLOSED + timedelta(days)
    number = meetings.create(database, ANNA, scope(database), MeetingForm("Rådet", planned))
    meetings.start(database, ANNA, number, CLOSED)
    with database.read() as reader:
        assert meetings.meeting_page(reader, ANNA, number).meeting.held == CLOSED + timedelta(held)


def test_a_meeting_goes_from_planned_to_ended_with_those_who_were_there(database: Database, people: Council) -> None:
    about = scope(database)
    number = meetings.create(database, ANNA, about, MeetingForm("Rådet i höst", None, "Sal 2", "1. Ramen"))
    with database.read() as reader:
        page = meetings.meeting_page(reader, ANNA, number)
    assert [(one.name, one.role, one.present) for one in page.attendance] == [
        ("Berit", "chair", None), ("Carl", "member", None), ("Dora", "member", None)
    ]  # fmt: skip
    meetings.start(database, ANNA, number, CLOSED)
    with database.read() as reader:
        assert meetings.meeting_page(reader, ANNA, number).meeting.held == CLOSED
    there = [
        Attendant("Berit", "chair", True),
        Attendant("Carl", "member", False),
        Attendant("Anna", "secretary", True),
    ]
    assert meetings.save_attendance(database, ANNA, number, there, page.attendance)
    with pytest.raises(SaveConflict):
        meetings.save_attendance(database, BERTIL, number, there[:1], page.attendance)
    assert meetings.save_attendance(database, BERTIL, number, there, page.attendance) is None
    scenario = scenarios.create(database, ANNA, about, "Ett")
    other = scenarios.create(database, ANNA, Scope(THIS), "Året")
    assert meetings.show(database, ANNA, number, scenario)
    with pytest.raises(Refused, match="något annat"):
        meetings.show(database, ANNA, number, other)
    with pytest.raises(Refused, match="visas på ett möte"):
        scenarios.put_away(database, ANNA, scenario)
    meetings.close(database, ANNA, number)
    with pytest.raises(Refused, match="avslutat"):
        meetings.save_attendance(database, ANNA, number, (), page.attendance)
    meetings.reopen(database, ANNA, number)
    with database.read() as reader:
        held = meetings.held_of(reader, number)
    assert (held.held, [one.name for one in held.attendance]) == (CLOSED, ["Berit", "Carl", "Anna"])
    assert is_whole(database)


def test_a_years_plan_has_its_own_matters(database: Database) -> None:
    with database.write(ANNA, Action.IMPORT, "Läste in") as work:
        old = work.create(Project, code="P-1", title="Pågår", starts="2024", area=1)
        new = work.create(Project, code="P-2", title="Börjar", starts="2027")
        asked = work.create(Call, code="U", name="Nästa års utlysning", year=2027, state="draft")
        work.post([
            ledger.Entry(Kind.GRANTED, 2025, 1, old, amount=Decimal(5), source="x"),
            ledger.Entry(Kind.RESERVED, THIS, 1, old, open=1, source="x"),
            ledger.Entry(Kind.PLANNED, 2027, 1, new, amount=Decimal(7), source="x"),
            ledger.Entry(Kind.PLANNED, 2027, 1, call=asked, amount=Decimal(9), source="x"),
            ledger.Entry(Kind.PLANNED, 2031, 1, call=asked, amount=Decimal(9), source="x"),
        ])  # fmt: skip
    with database.read() as reader:
        found = matters(reader, ANNA, Scope(THIS))
    assert [(one.title, one.continuing, one.key) for one in found.rows] == [
        ("Pågår", True, (old, None)), ("Börjar", False, (new, None)), ("Lokala utvecklingsmedel 2026", None, (None, 1)),
        ("Nästa års utlysning", None, (None, asked)),
    ]  # fmt: skip
    assert [year for year, _ in found.rows[0].reserved] == [THIS]
    number = scenarios.create(database, ANNA, Scope(THIS), "Året")
    for one in found.rows:
        scenarios.take_whole(database, ANNA, number, one.key)
    assert said(database, number) == {
        "Pågår": [Line(THIS, "reserve")], "Börjar": [Line(2027, "reserve", 7)],
        "Lokala utvecklingsmedel 2026": [Line(THIS, "reserve", 500_000)],
        "Nästa års utlysning": [Line(2027, "reserve", 9), Line(2031, "reserve", 9)],
    }  # fmt: skip


def test_the_filled_template_holds_scenarios_and_meetings_and_says_nothing_new(
    database: Database, people: Council, tmp_path: Path
) -> None:
    number = scenarios.create(database, ANNA, scope(database), "Ett", "En anmärkning")
    scenarios.set_line(database, ANNA, number, grant(database, "A", 1, condition="om det går"), None)
    scenarios.leave_out(database, ANNA, number, (project(database, "B"), None))
    scenarios.lock(database, ANNA, number, (project(database, "B"), None))
    scenarios.take_whole(database, ANNA, number, (None, call(database).id))
    scenarios.copy(database, people.carl, number, "Carls")
    meeting = meetings.create(database, ANNA, scope(database), MeetingForm("Rådet", CLOSED, "Sal 2", "1. Ramen"))
    meetings.show(database, ANNA, meeting, number)
    with database.read() as reader:
        tables = filled_tables(reader)
    assert [len(tables[name]) for name in ("Scenarier", "Scenariorader", "Möten", "Närvaro")] == [2, 6, 1, 3]
    found = examine_read(database, workbook_from(tables), "ifylld.xlsx")
    assert (found.findings, found.difference.is_empty) == ([], True)


def test_a_file_of_version_5_is_migrated_whole(tmp_path: Path) -> None:
    path = tmp_path / "fou.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(Path(__file__).with_name("schema_version_5.sql").read_text("utf-8"))
        connection.execute("INSERT INTO meta VALUES ('fou', 5, 0, $start, 0, $start, 0)", {"start": chain.START})
        connection.execute("INSERT INTO decision (id, project, kind, reference, outcome) VALUES (1, 1, 'x', 'd', 'x')")
    found = Database.open(path)
    with found.read() as reader:
        assert [one.recommendation for one in reader.records(Decision)] == [None]
        assert reader.records(Recommendation) == []
    found.close()
