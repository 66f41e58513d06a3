"""What each role can read: nothing that is not theirs is in any table, at any date, whoever asks which question."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fou.ui.views
from fou import boards, ledger, meetings, planning, portfolio, scenarios, search, suggesting
from fou.access import Action, Person, Role
from fou.allocation import Rule
from fou.charts.calls import By
from fou.errors import Forbidden, Refused
from fou.exports import Asked, holds
from fou.exports.report import describe
from fou.matters import Scope
from fou.model import (
    RECORDS,
    Account,
    Alias,
    Area,
    Attendance,
    Call,
    Conflict,
    Criterion,
    Entry,
    EventKind,
    Funder,
    ImportLayout,
    Kind,
    Meeting,
    Member,
    Project,
    Proposal,
    Recommendation,
    Scenario,
    ScenarioLine,
    Score,
)
from fou.plan_lines import Line, draft_rows, lines, plan_of
from fou.planning import Decided, LineEdit
from fou.snapshot import Line as Said
from fou.snapshot import Matter, Snapshot, freeze
from fou.sources import Behind, count_sources_of, sources_of, year_sources
from fou.store import Database, Reader
from fou.store import sight as sights
from fou.store.sight import EVERYTHING, Sight, chains, in_conflict, members_apart, sight_of
from fou.ui.head import about
from fou.ui.views import (
    applications,
    assessing,
    calls,
    comparing,
    distributing,
    followup,
    meeting,
    meeting_day,
    overview,
    plan,
    project,
    ranking,
    recommending,
)
from fou.ui.views import portfolio as views
from fou.whose import funders

#: In every text that only some may see, and the amount that stands only in drafts.
SECRET, AMOUNT = "HEMLIG", Decimal("987654.00")
ANNA = Person(f"{SECRET} Anna", Role.ADMIN)
TODAY = date(2026, 3, 2)
DECIDED = Decided("Nämnden", date(2025, 1, 8), "SN 2025/1", True)
BERIT, CARL = 1, 2

READER = sight_of(Person("x", Role.VIEWER))
MEMBER = sight_of(Person("Carl", Role.MEMBER, CARL))
IN_CONFLICT = sight_of(Person("Berit", Role.MEMBER, BERIT))


def edit(database: Database, year: int, what: Callable[[Line], bool], amount: Decimal) -> None:
    with database.read() as reader:
        found = [row.line for row in draft_rows(reader, year) if what(row.line)]
    planning.save_lines(database, ANNA, year, [LineEdit(line, amount) for line in found])


def save_text(database: Database, year: int, text: str) -> None:
    with database.read() as reader:
        seen = plan_of(reader, year)
    assert seen is not None
    planning.save_texts(database, ANNA, year, {"title": seen.title, "text": text}, seen.state, seen)


def fill(database: Database) -> None:
    """A council with scores and conflicts, a decided plan under revision, a draft of the next, calls being written."""
    with database.write(ANNA, Action.IMPORT, f"Läste in något för {SECRET}", file="budget.xlsx") as work:
        funder = work.create(Funder, name="Kommunen", kind="municipality")
        area = work.create(Area, name="Skola")
        codes = [work.create(Project, code=code, title=f"Projekt {code}", area=area) for code in ("A", "B")]
        for name, role in (("Berit", "member"), ("Carl", "member"), ("Dora", "admin")):
            number = work.create(Member, name=f"{SECRET} {name}", email=f"{SECRET}.{name}@kommun.se", role=role)
            work.create(Account, provider="entra", subject=f"{SECRET}{name}", member=number, email=SECRET)
        call = work.create(Call, code="U1", name="Utlysning 1", year=2025, state="decided")
        for position in (1, 2):
            work.create(Criterion, call=call, position=position, name=f"Grund {position}", scale=5)
        for code, project_id in zip(("ANS-A", "ANS-B"), codes, strict=True):
            proposal = work.create(Proposal, code=code, call=call, project=project_id)
            for member in (BERIT, CARL, 3):
                for position in (1, 2):
                    work.create(Score, proposal=proposal, member=member, criterion=position, value=4)
        work.create(Conflict, proposal=1, member=BERIT, reason=SECRET, declared=TODAY)
        scenario = work.create(Scenario, code="S", call=call, year=2025, name=SECRET)
        work.create(ScenarioLine, scenario=scenario, project=codes[0], year=2025, choice="grant", amount=7)
        meeting = work.create(Meeting, code="M", name=SECRET, call=call, year=2025, agenda=SECRET, state="closed")
        work.create(Attendance, meeting=meeting, member=CARL, name=f"{SECRET} Carl", role="member", present=True)
        matter = Matter(codes[0], None, "A", SECRET, "ANS-A", lines=(Said(2025, "grant", 7),), conflicts=(SECRET,))
        frozen = freeze(
            Snapshot(
                SECRET, "R", SECRET, 2025, "U1", "Utlysning 1", None, TODAY, SECRET, (), (), (matter,), 0, SECRET
            )
        )  # fmt: skip
        work.create(
            Recommendation, code="R", scenario=scenario, meeting=meeting, made=TODAY, state="made", frozen=frozen.open,
            apart=frozen.apart, hash=frozen.hash, head=0,
        )  # fmt: skip
        work.create_many(Alias, [{"record": "project", "label": SECRET, "project": 1}])
        work.create(ImportLayout, signature="s", name=SECRET, choices=f'{{"x": "{SECRET}"}}')
        work.post(
            [
                Entry(Kind.FRAME, 2026, funder, amount=Decimal(900), source="Mål och budget"),
                Entry(Kind.GRANTED, 2025, funder, codes[0], amount=Decimal(100), source=f"ändrat av {ANNA.name}: § 4"),
                Entry(Kind.PAID, 2025, funder, codes[0], amount=Decimal(50), source="budget.xlsx › Budget › D7"),
                Entry(Kind.GRANTED, 2025, funder, codes[1], open=1, source=f"FoU-plan 2025, skriven av {ANNA.name}"),
                Entry(Kind.FORECAST, 2025, funder, codes[0], amount=Decimal(90), source="prognos"),
                Entry(Kind.SPENT, 2025, funder, codes[0], amount=Decimal(80), source="utfall"),
            ]
        )
        work.create(Call, code="U2", name="Utlysning 2", year=2025, state="draft", text=SECRET)
        work.create(Criterion, call=2, position=1, name=SECRET)
        work.create(Call, code=f"{SECRET}3", name=f"{SECRET} 3", year=2026, state="draft", text=SECRET)
    planning.create_plan(database, ANNA, 2025, False)
    # What the first draft said before it was decided, and what a revision says that is not decided yet.
    edit(database, 2025, lambda line: line.kind is Kind.FRAME or line.area_id is not None, AMOUNT)
    edit(database, 2025, lambda line: line.kind is Kind.FRAME, Decimal(500))
    edit(database, 2025, lambda line: line.area_id is not None, Decimal(300))
    edit(database, 2025, lambda line: line.name == "Utlysning 2", Decimal(70))
    save_text(database, 2025, "Beslutad text")
    planning.decide(database, ANNA, 2025, DECIDED, TODAY, database.version[1])
    planning.begin_revision(database, ANNA, 2025)
    edit(database, 2025, lambda line: line.kind is Kind.FRAME or line.area_id is not None, AMOUNT)
    planning.cancel_revision(database, ANNA, 2025)
    planning.begin_revision(database, ANNA, 2025)
    edit(database, 2025, lambda line: line.kind is Kind.FRAME or line.area_id is not None, AMOUNT)
    save_text(database, 2025, SECRET)
    save_text(database, 2025, f"{SECRET} igen")
    planning.create_plan(database, ANNA, 2026, True)
    edit(database, 2026, lambda line: line.kind is Kind.FRAME or line.area_id is not None, AMOUNT)
    save_text(database, 2026, SECRET)
    with database.read() as reader:
        paid = ledger.statements(reader, "kind = 'paid'")[0]
    ledger.correct(database, ANNA, paid.id, Decimal(60), "nytt besked")
    database.log(EventKind.SIGNED_IN, ANNA.name, SECRET)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database.open(tmp_path_factory.mktemp("sight") / "fou.duckdb")
    fill(database)
    yield database
    database.close()


@contextmanager
def changed(database: Database, sight: Sight, head: int | None, *statements: str, **values: object) -> Iterator[Reader]:
    """What a reader sees once somebody has changed the stored rows, which nobody else ever sees."""
    cursor = database._connection.cursor()
    try:
        cursor.execute("BEGIN TRANSACTION")
        for statement in statements:
            cursor.execute(statement, {name: value for name, value in values.items() if f"${name}" in statement})
        yield Reader(cursor, head, sight)
    finally:
        cursor.execute("ROLLBACK")
        cursor.close()


def table_names(database: Database) -> list[str]:
    with database.read() as reader:
        return [name for (name,) in reader.rows("SELECT table_name FROM duckdb_tables() ORDER BY table_name")]


def all_of_it(reader: Reader, names: list[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table: whatever a page asks, its answer follows from these."""
    return {name: sorted(reader.rows(f"SELECT * FROM {name}"), key=repr) for name in names}


def moments(database: Database) -> list[int | None]:
    return [None, *range(database.version[1] + 1)]


# --- Nothing is there ---------------------------------------------------------------------------------------


def test_the_public_sees_what_a_reader_does() -> None:
    assert sight_of(Person("x", Role.PUBLIC)) == READER


def test_a_reader_finds_no_secret_in_any_table_at_any_date(database: Database) -> None:
    names = table_names(database)
    for head in moments(database):
        with database.read(head, READER) as reader:
            found = all_of_it(reader, names)
        for name, rows in found.items():
            assert SECRET not in repr(rows), (name, head)
            assert str(AMOUNT) not in repr(rows), (name, head)
        for name in (*sights.HISTORY, *sights.SCORES, *sights.COUNCIL, *sights.ACCOUNTS, *sights.LOG):
            assert found[name] == [], name


def test_an_administrator_finds_all_of_it(database: Database) -> None:
    with database.read(None, sight_of(ANNA)) as reader:
        found = all_of_it(reader, table_names(database))
        assert [name for name in ("event", "account", "score", "plan", "call", "entry") if not found[name]] == []
        assert repr(found).count(SECRET) > 50
        assert reader.rows("SELECT view_name FROM duckdb_views() WHERE NOT internal") == []


def test_reading_as_an_administrator_lays_nothing_over_the_tables() -> None:
    assert sight_of(ANNA) == EVERYTHING


@pytest.mark.parametrize("head", [None, 1, 30])
def test_a_member_sees_names_and_drafts_but_no_address(database: Database, head: int | None) -> None:
    with database.read(head, MEMBER) as reader:
        found = all_of_it(reader, table_names(database))
    assert f"{SECRET} Berit" in repr(found["member"])
    assert "@" not in repr({name: rows for name, rows in found.items() if name != "batch"})
    assert found["account"] == found["event"] == []
    assert repr(found["batch"]).count(ANNA.name) > 0


def test_a_member_in_conflict_sees_the_scores_of_other_proposals_only(database: Database) -> None:
    for head in moments(database)[:3]:
        for sight, proposals in ((MEMBER, {1, 2}), (IN_CONFLICT, {2})):
            with database.read(head, sight) as reader:
                seen = {number for (number,) in reader.rows("SELECT DISTINCT proposal FROM score")}
                images = reader.rows("SELECT DISTINCT after ->> 'proposal' FROM change WHERE record = 'score'")
            assert seen == (proposals if head != 0 else set())
            assert {int(number) for (number,) in images} == seen


def test_a_conflict_declared_today_holds_for_yesterday_too(database: Database) -> None:
    sight = replace(IN_CONFLICT, member=CARL)
    declare = "INSERT INTO conflict (id, proposal, member) VALUES (99, 2, $member)"
    with changed(database, sight, 1, declare, member=CARL) as reader:
        assert reader.rows("SELECT DISTINCT proposal FROM score") == [(1,)]


def test_only_members_in_conflict_need_a_reading_of_their_own(database: Database) -> None:
    with database.read() as reader:
        assert members_apart(reader) == {BERIT}


_MOVED = "UPDATE proposal SET state = 'moved', moved_to = 2 WHERE id = 1"


def test_a_conflict_follows_a_moved_application_both_ways(database: Database) -> None:
    turned = "UPDATE proposal SET moved_to = 1 WHERE id = 2"
    for moved in (_MOVED, turned):
        for head in (None, 1):
            with changed(database, IN_CONFLICT, head, moved) as reader:
                assert reader.rows("SELECT * FROM score") == []
                assert reader.rows("SELECT * FROM change WHERE record = 'score'") == []
    with changed(database, MEMBER, None, _MOVED) as reader:
        assert reader.value("SELECT COUNT(*) FROM score") == 12


@pytest.mark.parametrize(
    ("first", "second", "hidden"),
    [
        ("declared", "dismissed", {1}),  # what was decided with the conflict stays so
        ("dismissed", "declared", {1, 2}),
        ("dismissed", "dismissed", set()),
        ("declared", None, {1, 2}),
        (None, "proposed", {1, 2}),
    ],
)
def test_where_the_calls_differ_the_latest_holds_for_all(
    database: Database, first: str | None, second: str | None, hidden: set[int]
) -> None:
    says = [
        f"INSERT INTO conflict (id, proposal, member, state) VALUES ({90 + number}, {number}, {CARL}, '{state}')"
        for number, state in ((1, first), (2, second))
        if state
    ]
    with changed(database, MEMBER, None, _MOVED, *says) as reader:
        assert in_conflict(reader, CARL) == hidden
        assert {number for (number,) in reader.rows("SELECT proposal FROM score")} == {1, 2} - hidden


def test_a_chain_of_moves_is_in_the_order_of_the_moves(database: Database) -> None:
    add = "INSERT INTO proposal (id, code, call, project, moved_to) VALUES (7, 'x', 1, 1, 1)"
    with changed(database, EVERYTHING, None, _MOVED, add) as reader:
        assert chains(reader) == [[7, 1, 2]]


# --- What is there is right ---------------------------------------------------------------------------------


def test_of_a_plan_under_revision_a_reader_sees_what_was_decided(database: Database) -> None:
    with database.read(None, READER) as reader:
        seen = plan_of(reader, 2025)
        assert seen is not None
        assert (seen.state, seen.text) == ("decided", "Beslutad text")
        assert {(line.name, line.amount) for line in lines(reader, 2025)} == {
            ("Skola", Decimal(300)), ("Utlysning 2", Decimal(70)),
        }  # fmt: skip
        assert [e.amount for e in ledger.statements(reader, "year = 2025 AND kind = 'frame'")] == [Decimal(500)]
    with database.read() as reader:
        assert {line.amount for line in lines(reader, 2025)} == {AMOUNT, Decimal(70)}


def test_of_a_draft_a_reader_sees_nothing_but_the_frame_that_was_known_before(database: Database) -> None:
    with database.read(None, READER) as reader:
        assert plan_of(reader, 2026) is None
        assert lines(reader, 2026) == ()
        assert [e.amount for e in ledger.statements(reader, "year = 2026")] == [Decimal(900)]


def test_a_call_under_preparation_has_a_name_only_where_a_decided_plan_speaks_of_it(database: Database) -> None:
    with database.read(None, READER) as reader:
        assert [(call.name, call.text) for call in reader.records(Call, "ORDER BY id")] == [
            ("Utlysning 1", None), ("Utlysning 2", None),
        ]  # fmt: skip


def test_sources_keep_why_and_lose_who(database: Database) -> None:
    with database.read(None, READER) as reader:
        found = {entry.source for entry in ledger.entries(reader)}
        assert {"ändrat: § 4", "FoU-plan 2025", "ändrat: nytt besked", "budget.xlsx › Budget › D7"} <= found
        assert {batch.actor for batch in ledger.history(reader)} == {sights.SOMEBODY}


def test_new_sources_hold_no_name(database: Database) -> None:
    with database.read() as reader:
        named = reader.rows("SELECT DISTINCT batch FROM entry WHERE CONTAINS(source, $name)", name=ANNA.name)
    assert named == [(1,)]  # those that the test itself wrote as they were once written


# --- Nothing shows, whatever it is --------------------------------------------------------------------------

#: Each changes something that a reader must not notice.
_READERS_MISS = (
    "UPDATE score SET value = $number % 6, cannot_judge = $yes",
    "DELETE FROM score WHERE id % 7 = $number % 7",
    "UPDATE conflict SET reason = $text, member = 1 + $number % 3",
    "UPDATE member SET name = $text, email = $text, unit = $text",
    "UPDATE account SET subject = $text, email = $text",
    "UPDATE alias SET label = $text",
    "UPDATE import_layout SET choices = $text",
    "UPDATE event SET actor = $text, note = $text",
    "UPDATE scenario SET name = $text, note = $text",
    "UPDATE scenario_line SET amount = $number, condition = $text",
    "UPDATE meeting SET agenda = $text, place = $text",
    "UPDATE attendance SET name = $text, present = $yes, role = $text",
    "UPDATE recommendation SET frozen = $text, apart = $text, dissent = $text",
    f"UPDATE entry SET source = REPLACE(source, '{ANNA.name}', $text)",
    "UPDATE batch SET actor = $text, note = $text, salt = $text, entries = $number, total = $number",
    f"UPDATE entry SET amount = $number WHERE amount = {AMOUNT}",
    f"UPDATE entry SET amount = -$number WHERE amount = -{AMOUNT}",
    f"UPDATE plan SET text = $text WHERE text LIKE '{SECRET}%'",
    f"UPDATE call SET text = $text WHERE text = '{SECRET}'",
    f"UPDATE call SET code = $text, name = $text WHERE name = '{SECRET} 3'",
    f"UPDATE criterion SET name = $text WHERE name = '{SECRET}'",
    # What the log of changes says of the same; the text is inside JSON there.
    f"UPDATE change SET before = REPLACE(before, '{SECRET}', $number || 'x') WHERE record <> 'plan_version'",
    f"UPDATE change SET after = REPLACE(after, '{SECRET}', $number || 'x')",
)
_MEMBERS_MISS = (
    "UPDATE member SET email = $text",
    "UPDATE account SET subject = $text",
    "UPDATE event SET note = $text",
    "UPDATE change SET after = NULL, before = NULL WHERE record = 'account'",
)
_CONFLICTED_MISS = (
    "UPDATE score SET value = $number % 6, cannot_judge = $yes WHERE proposal = 1",
    "DELETE FROM score WHERE proposal = 1 AND id % 3 = $number % 3",
    "INSERT INTO conflict (id, proposal, member, reason) VALUES (98, 1, 3, $text)",
    "UPDATE recommendation SET apart = $text",
)


@pytest.mark.parametrize(
    ("sight", "missed"),
    [(READER, _READERS_MISS), (MEMBER, _MEMBERS_MISS), (IN_CONFLICT, _CONFLICTED_MISS)],
    ids=["reader", "member", "in conflict"],
)
@settings(max_examples=8, deadline=None)
@given(text=st.text(min_size=1, max_size=12), number=st.integers(1, 9_999), yes=st.booleans(), data=st.data())
def test_what_one_may_not_see_changes_nothing_that_one_sees(
    database: Database, sight: Sight, missed: tuple[str, ...], text: str, number: int, yes: bool, data: st.DataObject
) -> None:
    text = text.replace("\x00", "")
    head = data.draw(st.sampled_from([None, 1, 8, database.version[1]]))
    names = table_names(database)
    with database.read(head, sight) as reader:
        before = all_of_it(reader, names)
    with changed(database, sight, head, *missed, text=text, number=number, yes=yes) as reader:
        assert all_of_it(reader, names) == before


def test_every_change_is_one_that_an_administrator_notices(database: Database) -> None:
    names = table_names(database)
    with database.read() as reader:
        before = all_of_it(reader, names)
    for statement in {*_READERS_MISS, *_MEMBERS_MISS, *_CONFLICTED_MISS}:
        with changed(database, EVERYTHING, None, statement, text="nytt", number=7, yes=True) as reader:
            assert all_of_it(reader, names) != before, statement


# --- No table, no column and no page's question is forgotten ------------------------------------------------


def test_every_table_is_either_for_all_or_limited(database: Database) -> None:
    limited = {"batch", "entry", *sights.HISTORY, *sights.SCORES, *sights.ACCOUNTS, *sights.LOG, *sights.DRAFTS,
               *sights.COUNCIL}  # fmt: skip
    assert sorted({*sights.OPEN, *limited}) == table_names(database)
    assert limited.isdisjoint(sights.OPEN)
    assert {record.TABLE for record in RECORDS} <= {*sights.OPEN, *limited}


@pytest.mark.parametrize("head", [None, 3])
@pytest.mark.parametrize("sight", [READER, MEMBER, IN_CONFLICT], ids=["reader", "member", "in conflict"])
def test_every_table_keeps_its_columns(database: Database, sight: Sight, head: int | None) -> None:
    def columns_of(reader: Reader) -> dict[str, list[tuple[Any, ...]]]:
        return {name: [row[:2] for row in reader.rows(f"DESCRIBE SELECT * FROM {name}")] for name in names}

    names = table_names(database)
    with database.read(None) as reader:
        stored = columns_of(reader)
    with database.read(head, sight) as reader:
        assert columns_of(reader) == stored


FIGURES = get_args(portfolio.Figure)
#: Whom the ranking is read for: the services refuse readers, and what they lack is not in their tables either.
RANKED_FOR = Person("Berit", Role.MEMBER, BERIT)
#: What the council's meeting is about.
OF_CALL = Scope(2025, 1)
#: Every question that a page of everybody's asks, with arguments: function → what it is asked.
ASKED: dict[Callable[..., Any], Callable[[Reader], object]] = {
    about: lambda r: about(r, 2026),
    overview.overview: lambda r: [overview.overview(r, year, "alla", "kr").lead for year in (2025, 2026)],
    overview.day_before_latest: overview.day_before_latest,
    overview.since: lambda r: overview.since(r, 1, TODAY, 2025, "alla", "kr"),
    plan.plan_page: lambda r: [str(plan.plan_page(r, year, "alla", "kr", 60).lines) for year in (2025, 2026)],
    plan.version_lines: lambda r: plan.version_lines(r, 2025, "alla"),
    plan.draft_page: lambda r: plan.draft_page(r, 2026, ("A",)),
    followup.follow_up_page: lambda r: followup.follow_up_page(r, 2025, "alla", "kr", TODAY).worst,
    project.project_view: lambda r: [str(portfolio.project_page(r, code, TODAY)) for code in ("A", "B")],
    views.choices: views.choices,
    views.hits: lambda r: views.hits(r, search.index(r), "projekt"),
    views.matching: lambda r: views.matching(r, portfolio.Filter(), "kr", base(r)),
    views.listing: lambda r: views.listing(r, portfolio.Filter(), "kr", base(r), "Namn", 1).table.to_pylist(),
    views.along_time: lambda r: views.along_time(r, portfolio.Filter(), "kr", base(r)).sentence,
    views.areas: lambda r: views.areas(r, portfolio.Filter(), "kr", base(r)).sentence,
    views.sought: lambda r: [chart.sentence for chart in views.sought(r, portfolio.Filter(), "kr", base(r))],
    views.payments: lambda r: views.payments(r, portfolio.Filter(), "kr", base(r)).sentence,
    views.dates: lambda r: views.dates(r, portfolio.Filter(), base(r)),
    views.sources: lambda r: [
        views.sources(r, one, portfolio.Filter(), base(r), None) for one in get_args(portfolio.Figure)
    ],
    views.count_sources: lambda r: [
        views.count_sources(r, one, portfolio.Filter(), base(r)) for one in get_args(portfolio.Figure)
    ],
    views.sizes: lambda r: views.sizes(r, portfolio.Filter(), "kr", base(r)).sentence,
    search.index: lambda r: search.find(search.index(r), "projekt"),
    portfolio.read_base: lambda r: base(r).amounts["granted"].tolist(),
    portfolio.project_title: lambda r: portfolio.project_title(r, "A"),
    portfolio.project_titles: lambda r: portfolio.project_titles(r, ("A", "B")),
    ledger.history: ledger.history,
    funders: funders,
    year_sources: lambda r: [year_sources(r, year) for year in (2025, 2026)],
    sources_of: lambda r: sources_of(r, Behind((2025, 2026))),
    count_sources_of: lambda r: count_sources_of(r, Behind((2025, 2026))),
    holds: lambda r: [holds(r, year) for year in (2025, 2026)],
    calls.call_list: lambda r: calls.call_list(r, "kr", TODAY),
    calls.call_head: lambda r: [calls.call_head(r, code, "kr", TODAY) for code in ("U1", "U2")],
    calls.to_copy: calls.to_copy,
    calls.left_to_judge: lambda r: unless_refused(lambda: calls.left_to_judge(r, RANKED_FOR)),
    applications.title: lambda r: applications.title(r, "ANS-A"),
    applications.listing: lambda r: str(applications.listing(r, "U1", "", "kr", frozenset())),
    applications.conflicts_of: lambda r: applications.conflicts_of(r, 1, BERIT),
    applications.application: lambda r: [applications.application(r, code, "kr", False) for code in ("ANS-A", "ANS-B")],
    applications.choices: lambda r: applications.choices(r, 2025, None),
    applications.calls_to_move_to: lambda r: applications.calls_to_move_to(r, 1),
    applications.batch_of: lambda r: applications.batch_of(r, "ANS-A"),
    assessing.my_view: lambda r: unless_refused(lambda: assessing.my_view(r, RANKED_FOR, 1)),
    assessing.council_view: lambda r: unless_refused(lambda: assessing.council_view(r, RANKED_FOR, 1)),
    assessing.conflicts_view: lambda r: assessing.conflicts_view(r, 1),
    ranking.ranking_page: lambda r: ranking.ranking_page(r, RANKED_FOR, 1, "kr"),
    ranking.listing: lambda r: ranking.listing(r, RANKED_FOR, 1, "kr", ranking.Chosen(), ()),
    ranking.criteria: lambda r: ranking.criteria(r, RANKED_FOR, 1, ranking.Chosen()),
    ranking.grounds: lambda r: ranking.grounds(r, RANKED_FOR, 1),
    ranking.asked: lambda r: [ranking.asked(r, by, "", "kr") for by in get_args(By)],
    ranking.asked_names: lambda r: [ranking.asked_names(r, by) for by in ("area", "applicant")],
    meeting.agenda: lambda r: meeting.agenda(r, RANKED_FOR),
    meeting.hand: lambda r: [meeting.hand(r, RANKED_FOR, "U1", None), meeting.hand(r, RANKED_FOR, None, 2025)],
    distributing.stands: lambda r: unless_refused(lambda: distributing.stands(r, RANKED_FOR, 1)),
    boards.given: lambda r: unless_refused(lambda: boards.given(r, RANKED_FOR, OF_CALL)),
    comparing.side_by_side: lambda r: unless_refused(lambda: comparing.side_by_side(r, RANKED_FOR, (1,), ("S",), "kr")),
    comparing.history: lambda r: unless_refused(lambda: comparing.history(r, RANKED_FOR, 1, 9)),
    meeting_day.day: lambda r: unless_refused(lambda: meeting_day.day(r, RANKED_FOR, OF_CALL, 1)),
    recommending.choices: lambda r: recommending.choices(r, RANKED_FOR, OF_CALL),
    recommending.ready: lambda r: unless_refused(lambda: recommending.ready(r, RANKED_FOR, OF_CALL, 1, None, TODAY)),
    recommending.recommendation: lambda r: unless_refused(lambda: recommending.recommendation(r, RANKED_FOR, 1)),
    recommending.foreseen: lambda r: unless_refused(lambda: recommending.foreseen(r, RANKED_FOR, 1, "approved", ())),
    scenarios.scenarios: lambda r: scenarios.scenarios(r, RANKED_FOR, OF_CALL, True),
    meetings.meeting_page: lambda r: unless_refused(lambda: meetings.meeting_page(r, RANKED_FOR, 1)),
    suggesting.asked: lambda r: unless_refused(lambda: suggesting.asked(r, RANKED_FOR, 1).why(Rule.RANK)),
    describe: lambda r: [str(describe(r, Asked(name, 2025)).tables) for name in ("arsoversikt", "portfoljrapport")],
}


def unless_refused(ask: Callable[[], object]) -> object:
    """The answer; None for those who may not ask, or for whom there is nothing."""
    try:
        return ask()
    except (Forbidden, Refused):
        return None


def base(reader: Reader) -> portfolio.Base:
    return portfolio.read_base(reader, "alla", None, None, TODAY)


@pytest.mark.parametrize("sight", [READER, IN_CONFLICT], ids=["reader", "in conflict"])
def test_every_page_has_an_answer_for_everybody_and_no_secret_in_the_readers(database: Database, sight: Sight) -> None:
    with database.read(None, sight) as reader:
        found = {f"{ask.__module__}.{ask.__qualname__}": repr(answer(reader)) for ask, answer in ASKED.items()}
    if sight == READER:
        # Not just its first figures, which a moment of the history may hold too.
        leaks = [name for name, said in found.items() if SECRET in said or re.search(r"(?<!\d)987\s?654", said)]
        assert leaks == []
    else:
        assert SECRET in found["fou.ledger.history"]


def test_every_view_that_a_page_reads_is_asked_here() -> None:
    modules = [f"fou.ui.views.{module.name}" for module in pkgutil.iter_modules(fou.ui.views.__path__)]
    there = {
        function
        for module in modules
        for function in vars(__import__(module, fromlist=["x"])).values()
        if inspect.isfunction(function)
        and function.__module__ == module
        and not function.__name__.startswith("_")
        and "reader" in inspect.signature(function).parameters
    }
    assert {function.__qualname__ for function in there - set(ASKED)} == set()


#: Where everything is read, whoever looks, and why that is right. Everywhere else reads go through the view.
EVERYTHING_IS_READ = {
    "fou/ui/head.py": "the choice of who one is, in local mode",
    "fou/ui/empty.py": "whether there is anything at all",
    "fou/ui/scenario_managing.py": "the code of the scenario that one has just made",
    "fou/ui/plan_rows.py": "the rows of a draft, for those who may write in it",
    "fou/ui/administration.py": "the check of the whole, for those who may take a copy of it",
    "fou/ui/server.py": "whether the database answers",
    "fou/ui/warm.py": "what is read ahead, and shown to nobody but those who may see it all",
    "pages/projekt.py": "a project's title",
}


def test_pages_read_through_the_view() -> None:
    root = Path(__file__).parents[2]
    found = set()
    for file in [*sorted((root / "pages").glob("*.py")), *sorted((root / "fou/ui").glob("*.py"))]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("state.read", "state.database().read"):
                found.add(file.relative_to(root).as_posix())
    assert found == set(EVERYTHING_IS_READ)


def test_a_view_that_hides_is_laid_over_one_cursor_only(database: Database) -> None:
    with database.read(None, READER) as reader, database.read() as everything:
        assert reader.value("SELECT COUNT(*) FROM score") == 0
        assert everything.value("SELECT COUNT(*) FROM score") == 12


def test_a_database_under_any_name_can_be_limited(tmp_path: Path) -> None:
    Database.open(tmp_path / "fou.duckdb").close()
    path = (tmp_path / "fou.duckdb").rename(tmp_path / 'fou "x" call.duckdb')
    database = Database(path, duckdb.connect(str(path)))
    with database.read(0, READER) as reader:
        assert reader.records(Call) == []
    database.close()
