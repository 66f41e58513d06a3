"""A plan from draft to decision and its revisions: what is written, who may, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from fou import planning
from fou.access import Action, Person, Role
from fou.areas import AreaNames
from fou.check import check
from fou.errors import Forbidden, FouError, Refused, SaveConflict
from fou.ledger import history, statements, take_back, undo
from fou.model import Area, Call, Entry, Funder, Kind, Plan, Project
from fou.plan_lines import FRAME, Line, draft_rows, lines, plan_of, planned_by_area, versions
from fou.planning import Decided, LineEdit
from fou.store import Database
from tests.integration.conftest import opened_copy

BERTIL = Person("Bertil", Role.ADMIN)
TODAY = date(2014, 6, 1)
DECISION = Decided("Socialnämnden", date(2014, 2, 11), "SN 2014/0007", True)
REVISED = Decided("Socialnämnden", date(2014, 5, 13), "SN 2014/0031", False, "Mer till barn och unga")
SCHEMA_1 = Path(__file__).with_name("schema_version_1.sql")


def sek(amount: int) -> Decimal:
    return Decimal(amount)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The databases that tests get a copy of each, made once; see the fixtures below for what is in them."""
    folder = tmp_path_factory.mktemp("made")
    anna = Person("Anna", Role.ADMIN)
    paths = {}
    database = Database.open(folder / "begun.duckdb")
    for name, add in (("drafted", fill), ("decided", decide), ("revised", revise)):
        add(database, anna)
        database.backup(anna, folder / f"{name}.duckdb")
        paths[name] = folder / f"{name}.duckdb"
    database.close()
    return paths


@pytest.fixture
def copied(made: dict[str, Path], tmp_path: Path) -> Iterator[Callable[[str], Database]]:
    """A copy of a prepared database, opened."""
    opened = []

    def give(name: str) -> Database:
        opened.append(opened_copy(made[name], tmp_path / "fou.duckdb"))
        return opened[-1]

    yield give
    for database in opened:
        database.close()


@pytest.fixture
def drafted(copied: Callable[[str], Database]) -> Database:
    """A draft for 2014, after a closed plan for 2013."""
    return copied("drafted")


@pytest.fixture
def decided(copied: Callable[[str], Database]) -> Database:
    """The same plan, decided."""
    return copied("decided")


@pytest.fixture
def revised(copied: Callable[[str], Database]) -> Database:
    """A plan that was decided, then revised: 700 000 kr for children instead of 600 000 kr."""
    return copied("revised")


def fill(database: Database, admin: Person) -> None:
    """A draft for 2014 with two areas, a call and a project; two areas of 2013 have since become one."""
    with database.write(admin, Action.IMPORT, "Läste in budget.xlsx") as work:
        funder = work.create(Funder, name="Staden", kind="municipality")
        work.create(Funder, name="Forte", kind="state")
        children = work.create(Area, name="Barn och unga", first_year=2014)
        young = work.create(Area, name="Unga", last_year=2013, successor=children)
        small = work.create(Area, name="Barn", last_year=2013, successor=children)
        homes = work.create(Area, name="Boende")
        project = work.create(Project, code="P-1", title="Läxhjälp", area=children, ends="2015")
        ended = work.create(Project, code="P-0", title="Avslutad studie", area=homes, ends="2013-12")
        call = work.create(Call, code="U-13", name="Utlysningen", year=2013, state="open")
        work.create(Plan, year=2014, title="FoU-plan 2014", state="draft")
        work.create(Plan, year=2013, title="FoU-plan 2013", state="closed", board="Socialnämnden")
        source = "budget.xlsx › Budget › D2"
        work.post(
            [
                Entry(Kind.FRAME, 2014, funder, amount=sek(1_000_000), source=source),
                Entry(Kind.PLANNED, 2014, funder, area=children, amount=sek(600_000), source=source),
                Entry(Kind.PLANNED, 2014, funder, area=homes, open=1, source=source),
                Entry(Kind.PLANNED, 2013, funder, area=young, amount=sek(200_000), source=source),
                Entry(Kind.PLANNED, 2013, funder, area=small, amount=sek(100_000), source=source),
                Entry(Kind.PLANNED, 2013, funder, project=project, amount=sek(50_000), source=source),
                Entry(Kind.PLANNED, 2013, funder, project=ended, amount=sek(70_000), source=source),
                Entry(Kind.PLANNED, 2013, funder, call=call, amount=sek(80_000), source=source),
            ]
        )


def planned(database: Database, year: int = 2014, head: int | None = None) -> dict[str, object]:
    """The plan's lines by name: SEK, or "open"."""
    with database.read(head) as reader:
        return {line.name: "open" if line.open else line.amount for line in lines(reader, year)}


def row(database: Database, name: str, year: int = 2014) -> Line:
    with database.read() as reader:
        return next(found.line for found in draft_rows(reader, year) if name in (found.line.name, found.line.what))


def write(database: Database, person: Person, name: str, amount: int | None, is_open: bool = False) -> int | None:
    edit = LineEdit(row(database, name), None if amount is None else sek(amount), is_open)
    return planning.save_lines(database, person, 2014, [edit])


def state(database: Database, year: int = 2014) -> str:
    with database.read() as reader:
        found = plan_of(reader, year)
        return "" if found is None else found.state


def decide(database: Database, person: Person, decided: Decided = DECISION) -> int:
    return planning.decide(database, person, 2014, decided, TODAY, database.version[1])


def revise(database: Database, person: Person) -> None:
    planning.begin_revision(database, person, 2014)
    write(database, person, "Barn och unga", 700_000)
    decide(database, person, REVISED)


# --- Lines --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "amount", "is_open", "after"),
    [
        ("Barn och unga", 650_000, False, {"Barn och unga": 650_000, "Boende": "open"}),
        ("Barn och unga", None, True, {"Barn och unga": "open", "Boende": "open"}),
        ("Barn och unga", None, False, {"Boende": "open"}),
        ("Boende", 0, False, {"Barn och unga": 600_000, "Boende": 0}),
    ],
    ids=["another amount", "not set", "taken out", "nought is an amount"],
)
def test_a_line_of_a_draft_is_written(
    drafted: Database, admin: Person, name: str, amount: int | None, is_open: bool, after: dict[str, object]
) -> None:
    write(drafted, admin, name, amount, is_open)
    assert planned(drafted) == after


def test_the_frame_is_written_like_a_line(drafted: Database, admin: Person) -> None:
    write(drafted, admin, FRAME, 1_200_000)
    assert row(drafted, FRAME).amount == 1_200_000


def test_saving_what_is_unchanged_writes_nothing(drafted: Database, admin: Person) -> None:
    assert (write(drafted, admin, "Barn och unga", 600_000), drafted.version[1]) == (None, 1)


def test_all_lines_are_saved_as_one_batch(drafted: Database, admin: Person) -> None:
    edits = [LineEdit(row(drafted, name), sek(1)) for name in ("Barn och unga", "Boende")]
    assert planning.save_lines(drafted, admin, 2014, edits) == drafted.version[1] == 2


def test_a_written_line_can_be_undone(drafted: Database, admin: Person) -> None:
    batch = write(drafted, admin, "Barn och unga", 1)
    assert batch is not None
    undo(drafted, admin, batch)
    assert planned(drafted) == {"Barn och unga": 600_000, "Boende": "open"}


def test_a_negative_amount_is_refused_and_nothing_is_written(drafted: Database, admin: Person) -> None:
    with pytest.raises(Refused, match="Barn och unga: ett belopp i planen kan inte vara mindre än noll"):
        write(drafted, admin, "Barn och unga", -1)
    assert drafted.version[1] == 1


def test_the_second_to_write_a_line_is_told_who_was_first_and_what_stands(drafted: Database, admin: Person) -> None:
    seen = row(drafted, "Barn och unga")
    write(drafted, BERTIL, "Barn och unga", 500_000)
    with pytest.raises(SaveConflict, match=r"Bertil har ändrat raden ”Barn och unga”.*post 2.*500\s000\skr"):
        planning.save_lines(drafted, admin, 2014, [LineEdit(seen, sek(1))])


def test_two_people_cannot_both_add_the_same_line(drafted: Database, admin: Person) -> None:
    write(drafted, admin, "Boende", None)
    seen = row(drafted, "Boende")
    write(drafted, BERTIL, "Boende", 5)
    with pytest.raises(SaveConflict, match="Bertil har ändrat raden ”Boende”"):
        planning.save_lines(drafted, admin, 2014, [LineEdit(seen, sek(6))])


def test_nothing_of_what_the_second_wrote_is_saved(drafted: Database, admin: Person) -> None:
    edits = [LineEdit(row(drafted, name), sek(1)) for name in ("Boende", "Barn och unga")]
    write(drafted, BERTIL, "Barn och unga", 500_000)
    with pytest.raises(SaveConflict):
        planning.save_lines(drafted, admin, 2014, edits)
    assert planned(drafted) == {"Barn och unga": 500_000, "Boende": "open"}


def test_the_lines_of_a_decided_plan_are_refused_until_it_is_revised(decided: Database, admin: Person) -> None:
    with pytest.raises(Refused, match=r"Planen för 2014 är beslutad\. Börja en revidering"):
        write(decided, admin, "Barn och unga", 1)


def test_merged_areas_of_last_year_are_added_up_under_the_new_name(drafted: Database) -> None:
    with drafted.read() as reader:
        assert (AreaNames(reader).became(2014), dict(planned_by_area(reader, 2014))["Barn och unga"]) == (
            {"Barn": "Barn och unga", "Unga": "Barn och unga"}, 350_000,
        )  # fmt: skip


# --- Texts --------------------------------------------------------------------------------------------------


def plan_2014(database: Database) -> Plan:
    with database.read() as reader:
        found = plan_of(reader, 2014)
    assert found is not None
    return found


def test_texts_and_stage_of_a_draft_are_changed(drafted: Database, admin: Person) -> None:
    seen = plan_2014(drafted)
    planning.save_texts(drafted, admin, 2014, {"title": "Planen", "text": " Ny inriktning "}, "proposed", seen)
    after = plan_2014(drafted)
    assert (after.title, after.text, after.state) == ("Planen", "Ny inriktning", "proposed")


def test_the_second_to_change_a_text_is_told_who_was_first(drafted: Database, admin: Person) -> None:
    seen = plan_2014(drafted)
    planning.save_texts(drafted, BERTIL, 2014, {"title": "Bertils plan"}, "draft", seen)
    with pytest.raises(SaveConflict, match=r"Bertil har ändrat samma uppgift.*Bertils plan"):
        planning.save_texts(drafted, admin, 2014, {"title": "Annas plan"}, "draft", seen)


def test_a_plan_cannot_lose_its_title(drafted: Database, admin: Person) -> None:
    with pytest.raises(Refused, match="Planen måste ha en rubrik"):
        planning.save_texts(drafted, admin, 2014, {"title": " "}, "draft", plan_2014(drafted))


# --- Deciding -----------------------------------------------------------------------------------------------


def test_a_decision_is_kept_with_what_the_minutes_say(decided: Database) -> None:
    plan = plan_2014(decided)
    assert (plan.state, plan.board, plan.decided, plan.reference, plan.immediate_approval) == (
        "decided", DECISION.board, DECISION.decided, DECISION.reference, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (Decided("Socialnämnden", date(2014, 2, 11), " ", True), "Fyll i beslutets diarienummer."),
        (Decided("", None, "SN 1", True), "Fyll i vilket datum beslutet togs och vilken nämnd som beslutade."),
        (Decided("SN", date(2014, 2, 11), "SN 1", None), "om protokollet justerades omedelbart"),
        (Decided("SN", date(2014, 6, 2), "SN 1", True), "Beslutsdatumet 2 juni 2014 har inte varit än."),
        (Decided("SN", date(2012, 12, 31), "SN 1", True), "stämmer inte med planen för 2014"),
    ],
    ids=["reference", "date and board", "approval", "future", "too early"],
)
def test_an_incomplete_decision_is_refused(drafted: Database, admin: Person, wrong: Decided, says: str) -> None:
    with pytest.raises(Refused, match=says):
        decide(drafted, admin, wrong)
    assert state(drafted) == "draft"


def test_a_plan_without_lines_cannot_be_decided(drafted: Database, admin: Person) -> None:
    planning.create_plan(drafted, admin, 2015, copied=False)
    with pytest.raises(Refused, match="har inga rader att besluta om"):
        planning.decide(drafted, admin, 2015, DECISION, TODAY, drafted.version[1])


def test_nobody_decides_lines_that_they_have_not_seen(drafted: Database, admin: Person) -> None:
    seen = drafted.version[1]
    write(drafted, BERTIL, "Boende", 5)
    with pytest.raises(SaveConflict, match="Bertil har ändrat planen medan du skrev"):
        planning.decide(drafted, admin, 2014, DECISION, TODAY, seen)


def test_what_others_write_about_another_year_does_not_hinder_a_decision(drafted: Database, admin: Person) -> None:
    seen = drafted.version[1]
    planning.create_plan(drafted, BERTIL, 2015, copied=False)
    planning.decide(drafted, admin, 2014, DECISION, TODAY, seen)
    assert state(drafted) == "decided"


def test_a_decision_can_be_undone(decided: Database, admin: Person) -> None:
    undo(decided, admin, decided.version[1])
    with decided.read() as reader:
        assert (state(decided), versions(reader, 2014), check(reader)) == ("draft", (), [])


def test_the_history_calls_it_a_decision(decided: Database) -> None:
    with decided.read() as reader:
        assert (history(reader)[0].kind, history(reader)[0].note) == ("decide", "Beslut om FoU-planen för 2014")


# --- Revising -----------------------------------------------------------------------------------------------


def test_both_versions_are_kept_with_their_lines(revised: Database) -> None:
    with revised.read() as reader:
        heads = [version.head for version in versions(reader, 2014)]
    assert [planned(revised, head=head)["Barn och unga"] for head in heads] == [600_000, 700_000]


def test_each_version_is_kept_with_its_decision(revised: Database) -> None:
    with revised.read() as reader:
        kept = [(v.number, v.decided, v.reference, v.immediate_approval, v.note) for v in versions(reader, 2014)]
    assert kept == [
        (1, DECISION.decided, DECISION.reference, True, None),
        (2, REVISED.decided, REVISED.reference, False, REVISED.note),
    ]


def test_a_plan_that_was_read_in_as_decided_keeps_its_version_when_it_is_revised(
    drafted: Database, admin: Person
) -> None:
    with drafted.write(admin, Action.IMPORT, "Läste in beslutet") as work:
        work.update(Plan, plan_2014(drafted).id, {"state": "decided", "board": "SN", "decided": date(2014, 2, 11)})
    planning.begin_revision(drafted, admin, 2014)
    write(drafted, admin, "Barn och unga", 1)
    with drafted.read() as reader:
        (version,) = versions(reader, 2014)
    assert (version.decided, planned(drafted, head=version.head)["Barn och unga"]) == (date(2014, 2, 11), 600_000)


def test_a_revision_is_decided_with_what_it_changes_and_not_before_the_plan(decided: Database, admin: Person) -> None:
    planning.begin_revision(decided, admin, 2014)
    with pytest.raises(Refused, match="Fyll i vad revideringen ändrar"):
        decide(decided, admin, DECISION)
    with pytest.raises(Refused, match="är före version 1"):
        decide(decided, admin, Decided("SN", date(2014, 1, 1), "SN 9", False, "Mer"))


def test_a_revision_that_is_given_up_leaves_the_plan_as_it_was_decided(decided: Database, admin: Person) -> None:
    planning.begin_revision(decided, admin, 2014)
    write(decided, admin, "Barn och unga", 1)
    write(decided, admin, "Boende", None)
    write(decided, admin, FRAME, 2)
    planning.save_texts(decided, admin, 2014, {"title": "Ny"}, "draft", plan_2014(decided))
    planning.cancel_revision(decided, admin, 2014)
    assert (planned(decided), row(decided, FRAME).amount, plan_2014(decided).title, state(decided)) == (
        {"Barn och unga": 600_000, "Boende": "open"}, 1_000_000, "FoU-plan 2014", "decided",
    )  # fmt: skip


def test_a_line_that_stands_again_keeps_the_source_that_it_came_from(decided: Database, admin: Person) -> None:
    before = row(decided, "Barn och unga").entry
    planning.begin_revision(decided, admin, 2014)
    write(decided, admin, "Barn och unga", 1)
    planning.cancel_revision(decided, admin, 2014)
    assert row(decided, "Barn och unga").entry == before


@pytest.mark.parametrize("year", [2013, 2014])
def test_only_a_decided_plan_can_be_revised(drafted: Database, admin: Person, year: int) -> None:
    with pytest.raises(Refused, match="Bara en beslutad plan kan revideras"):
        planning.begin_revision(drafted, admin, year)


def test_the_database_is_whole_after_a_revision(revised: Database, admin: Person) -> None:
    planning.begin_revision(revised, admin, 2014)
    write(revised, admin, "Boende", 9)
    planning.cancel_revision(revised, admin, 2014)
    with revised.read() as reader:
        assert check(reader) == []


# --- A new plan ---------------------------------------------------------------------------------------------


@pytest.fixture
def fresh(drafted: Database, admin: Person) -> Database:
    """The same lines, but no plan for 2014 yet."""
    with drafted.write(admin, Action.EDIT, "Tog bort planen") as work:
        plan = plan_2014(drafted)
        work.remove_many(Plan, [{name: getattr(plan, name) for name in Plan.__dataclass_fields__}])
    for name in ("Barn och unga", "Boende"):
        with drafted.write(admin, Action.EDIT, "Tog bort raden") as work:
            line = row(drafted, name)
            take_back(work, [(e, "x") for e in statements(work, "id = $id", id=line.entry)])
    return drafted


def test_last_years_plan_is_copied_with_its_areas_followed_and_what_has_ended_left_out(
    fresh: Database, admin: Person
) -> None:
    planning.create_plan(fresh, admin, 2014, copied=True)
    assert (planned(fresh), state(fresh)) == ({"Barn och unga": 300_000, "Läxhjälp": 50_000}, "draft")


def test_an_empty_plan_has_no_lines(fresh: Database, admin: Person) -> None:
    planning.create_plan(fresh, admin, 2014, copied=False)
    assert (planned(fresh), plan_2014(fresh).board) == ({}, "Socialnämnden")


def test_a_year_has_one_plan(drafted: Database, admin: Person) -> None:
    with pytest.raises(SaveConflict, match="Det finns redan en plan för 2014"):
        planning.create_plan(drafted, admin, 2014, copied=True)


# --- Who may ------------------------------------------------------------------------------------------------

ACTS: dict[str, Callable[[Database, Person], object]] = {
    "lines": lambda database, person: write(database, person, "Boende", 1),
    "texts": lambda database, person: planning.save_texts(
        database, person, 2014, {"title": "Ny"}, "draft", plan_2014(database)
    ),
    "decide": decide,
    "create": lambda database, person: planning.create_plan(database, person, 2015, copied=True),
    "revise": lambda database, person: planning.begin_revision(database, person, 2014),
}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER])
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_only_an_administrator_writes_in_a_plan(
    drafted: Database, act: Callable[[Database, Person], object], role: Role
) -> None:
    with pytest.raises(Forbidden):
        act(drafted, Person("Vera", role))
    assert drafted.version[1] == 1


def test_a_member_cannot_give_up_a_revision(revised: Database, admin: Person) -> None:
    planning.begin_revision(revised, admin, 2014)
    with pytest.raises(Forbidden):
        planning.cancel_revision(revised, Person("Leo", Role.MEMBER), 2014)


# --- Older databases ----------------------------------------------------------------------------------------


def test_an_older_database_gets_room_for_versions(tmp_path: Path, admin: Person) -> None:
    path = tmp_path / "old.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(SCHEMA_1.read_text("utf-8"))
        connection.execute("INSERT INTO meta VALUES ('fou', 1)")
    database = Database.open(path)
    planning.create_plan(database, admin, 2014, copied=False)
    with database.read() as reader:
        assert (versions(reader, 2014), check(reader)) == ((), [])
    database.close()


def test_every_refusal_can_be_shown_to_the_person(drafted: Database, admin: Person) -> None:
    with pytest.raises(FouError, match=r"Det finns ingen plan för 2030\."):
        planning.begin_revision(drafted, admin, 2030)
