"""What is read of calls: the list, one call, the ranking, requested against granted, and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from fou import applications, standings
from fou.access import Action, Person, Role
from fou.assessing import Judgement, open_scores, save
from fou.calls import Sum, call_page, calls, units_of
from fou.charts.svg import svg
from fou.cli import app
from fou.conflicts import declare
from fou.demo.load import load_example
from fou.errors import Forbidden
from fou.ledger import grant
from fou.model import Entry, Kind
from fou.ranking import Zone
from fou.store import Database, Reader
from fou.store.sight import sight_of
from fou.ui.views import ranking as views
from tests.integration.rounds import ANNA, CLOSED, Council, assessed_call, council


@pytest.fixture(scope="module")
def round_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Council]]:
    """An opened call: A is judged best, B and C alike, D by nobody, E is withdrawn; Dora is in conflict over A."""
    database = Database.open(tmp_path_factory.mktemp("calls") / "fou.duckdb")
    people = council(database)
    a, b, c, _, e = assessed_call(database, "A", "B", "C", "D", "E")
    for person in (people.berit, people.carl):
        for proposal, value in ((a, 5), (b, 3), (c, 3), (e, 5)):
            save(database, person, proposal, 1, Judgement(value))
            save(database, person, proposal, 2, Judgement(value))
    save(database, people.dora, a, 1, Judgement(0))
    declare(database, people.dora, a, 3, "Granne", CLOSED)
    applications.withdraw(database, ANNA, e, "Ångrade sig")
    with database.write(ANNA, Action.DECIDE, "Beviljade") as work:
        funder, project = work.rows("SELECT funder, project FROM entry WHERE kind = 'requested' ORDER BY id LIMIT 1")[0]
        grant(work, Entry(Kind.GRANTED, 2026, funder, project, amount=Decimal(150_000), source="SN 2025/1"))
    open_scores(database, people.berit, 1)
    yield database, people
    database.close()


def test_the_list_counts_what_is_left_in_each_call(round_of: tuple[Database, Council]) -> None:
    database, _ = round_of
    with database.read() as reader:
        (row,) = calls(reader)
    assert (row.applications, row.joint, row.requested) == (4, 0, Sum(Decimal(800_000)))
    assert (row.money, row.granted) == (Sum(Decimal(500_000)), Sum(Decimal(150_000)))


def test_a_call_has_its_grounds_money_and_applications_with_those_out_last(round_of: tuple[Database, Council]) -> None:
    database, _ = round_of
    with database.read() as reader:
        page = call_page(reader, "LUM-2026")
        assert call_page(reader, "nej") is None
    assert page is not None
    assert [one.name for one in page.criteria] == ["Nytta", "Kvalitet"]
    assert (page.money, page.next_step) == (((2026, Sum(Decimal(500_000))),), "decided")
    assert [one.proposal.code[-2:] for one in page.applications] == ["01", "02", "03", "04", "05"]
    assert [one.active for one in page.applications] == [True] * 4 + [False]


def test_the_ranking_leaves_out_conflicts_and_those_withdrawn_and_says_ties(round_of: tuple[Database, Council]) -> None:
    database, people = round_of
    with database.read(None, sight_of(people.berit)) as reader:
        found = standings.standings(reader, people.berit, 1)
    places = [(row.applied.project.title, row.ranked.place.number if row.ranked.place else None) for row in found.rows]
    assert places == [("A", 1), ("B", 2), ("C", 2), ("D", None)]
    first, second, _, last = (row.ranked for row in found.rows)
    assert (first.judges, first.conflicted, last.judges) == (2, 1, 0)
    assert second.place is not None
    assert (second.place.tied, second.place.money.cumulated, second.place.money.zone) == (
        (3,), Decimal(600_000), Zone.ZONE,
    )  # fmt: skip
    assert (found.frame, found.years, found.conflicts) == (Decimal(500_000), (2026,), ())
    with database.read(None, sight_of(people.dora)) as reader:
        own = standings.standings(reader, people.dora, 1)
    assert [row.applied.project.title for row in own.rows] == ["B", "C", "D"]
    assert [one.project.title for one in own.conflicts] == ["A"]


def test_filters_leave_the_places_as_they_are(round_of: tuple[Database, Council]) -> None:
    database, _ = round_of
    with database.read() as reader:
        rows = standings.standings(reader, ANNA, 1).rows
    (found,) = standings.only(rows, area="Barn och unga", unit="Enhet B", continuing=False)
    assert found.ranked.place is not None
    assert found.ranked.place.number == 2
    assert standings.only(rows, continuing=True) == ()


def test_who_may_not_see_scores_gets_no_ranking(round_of: tuple[Database, Council]) -> None:
    database, _ = round_of
    reader_only = Person("x", Role.VIEWER)
    with database.read(None, sight_of(reader_only)) as reader:
        for service in (standings.standings, standings.grounds_met):
            with pytest.raises(Forbidden, match="Som läsare kan du inte"):
                service(reader, reader_only, 1)


def test_requested_against_granted_by_area_and_applicant(round_of: tuple[Database, Council]) -> None:
    database, _ = round_of
    with database.read() as reader:
        whole, area = standings.asked_by_area(reader)
        units = standings.asked_by_applicant(reader)
        left = standings.asked_left_out(reader)
        assert [one.projects for one in standings.asked_in_all(reader)] == [4, 4]
    assert (area.year, area.name, area.projects, area.granted_projects) == (2026, "Barn och unga", 4, 1)
    assert (area.requested, area.granted) == (Sum(Decimal(800_000)), Sum(Decimal(150_000)))
    assert replace(whole, year=2026) == area
    assert (left.out, left.unstated, left.conditional_projects, left.other_projects) == (1, 0, 0, 0)
    assert [(one.name, int(one.granted.amount)) for one in units if one.year is not None] == [
        ("Enhet A", 150_000), ("Enhet B", 0), ("Enhet C", 0), ("Enhet D", 0),
    ]  # fmt: skip
    assert units_of("Enhet A; Enhet B, Enhet A\nEnhet C") == ("Enhet A", "Enhet B", "Enhet C")


def test_how_the_grounds_were_met_by_what_was_granted(round_of: tuple[Database, Council]) -> None:
    database, people = round_of
    with database.read() as reader:
        benefit, quality = standings.grounds_met(reader, ANNA, 1)
        own = standings.grounds_met(reader, people.dora, 1)
    assert (benefit.granted_mean, benefit.granted, benefit.others) == (100, 1, 2)
    assert benefit.others_mean == pytest.approx(60)
    assert quality.granted_mean == pytest.approx(100 * 4 / 6)
    assert (own[0].granted_mean, own[0].granted) == (None, 0)


def test_the_command_line_lists_shows_and_ranks(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path_factory.mktemp("cli") / "fou.duckdb"
    database = Database.open(path)
    load_example(database, ANNA, 20)
    with database.read() as reader:
        name, code, own = reader.rows(
            "SELECT member.name, call.code, proposal.code FROM conflict JOIN member ON member.id = conflict.member "
            "JOIN proposal ON proposal.id = conflict.proposal JOIN call ON call.id = proposal.call "
            "WHERE call.state = 'decided' ORDER BY conflict.id LIMIT 1"
        )[0]
    database.close()
    monkeypatch.setenv("FOU_DATABASE", str(path))

    def run(*arguments: str) -> object:
        done = CliRunner().invoke(app, ["call", *arguments, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.output)

    listed = run("list")
    assert isinstance(listed, list)
    assert code in [row["code"] for row in listed]
    shown, ranked, seen = run("show", code), run("rank", code), run("rank", code, "--member", name)
    assert isinstance(shown, dict)
    assert isinstance(ranked, dict)
    assert isinstance(seen, dict)
    assert {row["code"] for row in ranked["rows"]} == {row["code"] for row in shown["applications"]}
    assert seen["conflicts"] == [own]
    assert own not in [row["code"] for row in seen["rows"]]
    assert "fel" not in CliRunner().invoke(app, ["call", "rank", code]).output
    refused = CliRunner().invoke(app, ["call", "show", "nej"])
    assert refused.exit_code == 1
    assert "Det finns ingen utlysning med koden nej" in str(refused.exception)


# --- What a page makes of it ------------------------------------------------------------------------------------


@contextmanager
def changed(database: Database, person: Person, *statements: str, **values: object) -> Iterator[Reader]:
    """What the person sees once somebody has changed the stored rows, which nobody else ever sees."""
    cursor = database._connection.cursor()
    try:
        cursor.execute("BEGIN TRANSACTION")
        for statement in statements:
            cursor.execute(statement, {name: value for name, value in values.items() if f"${name}" in statement})
        yield Reader(cursor, None, sight_of(person))
    finally:
        cursor.execute("ROLLBACK")
        cursor.close()


def pages(reader: Reader, person: Person) -> dict[str, str]:
    """All that the page of a ranking shows and lets one download: sentences, lists, tables, figures."""
    page, grounds = views.ranking_page(reader, person, 1, "kr"), views.grounds(reader, person, 1)
    everything = views.Chosen()
    found = {
        "page": repr(page),
        "grounds": repr(grounds),
        "list": repr(views.listing(reader, person, 1, "kr", everything, (("ar", "2026"),))),
        "one area": repr(views.listing(reader, person, 1, "kr", views.Chosen("Barn och unga", continuing=False), ())),
        "criteria": repr(views.criteria(reader, person, 1, everything)),
        "asked": repr(views.asked(reader, "applicant", "", "kr")),
    }
    for chart in (page.places, page.money, grounds):
        found[f"{chart.name} csv"] = repr(chart.table.csv())
        if chart.drawing is not None:
            found[f"{chart.name} svg"] = svg(chart.drawing, chart.title, chart.sentence)
    return found


#: What is said of A, which Dora is in conflict over: it is judged best, and she must not learn it.
_MISSED = (
    "UPDATE score SET value = $value, cannot_judge = $yes WHERE proposal = 1 AND id % 2 = $odd",
    "DELETE FROM score WHERE proposal = 1 AND id % 3 = $value % 3",
    "INSERT INTO score (id, proposal, member, criterion, value) VALUES (900, 1, 3, 2, 1 + $value)",
)


@settings(max_examples=5)
@given(value=st.integers(1, 5), yes=st.booleans(), odd=st.integers(0, 1), used=st.integers(1, 3))
def test_a_member_in_conflict_learns_nothing_from_the_pages_sentences_lists_and_figures(
    round_of: tuple[Database, Council], value: int, yes: bool, odd: int, used: int
) -> None:
    database, people = round_of
    with database.read(None, sight_of(people.dora)) as reader:
        before = pages(reader, people.dora)
    values = {"value": value, "yes": yes, "odd": odd}
    with changed(database, people.dora, *_MISSED[:used], **values) as reader:
        assert pages(reader, people.dora) == before


def test_what_the_member_in_conflict_misses_the_others_pages_show(round_of: tuple[Database, Council]) -> None:
    database, people = round_of
    with database.read(None, sight_of(people.carl)) as reader:
        before = pages(reader, people.carl)
    with changed(database, people.carl, *_MISSED, value=1, yes=False, odd=0) as reader:
        after = pages(reader, people.carl)
    shown = ("page", "list", "one area", "criteria", "platser svg", "pengarna svg")
    assert [name for name in shown if before[name] == after[name]] == []


def test_of_an_application_in_conflict_the_list_has_the_name_and_nothing_else(
    round_of: tuple[Database, Council],
) -> None:
    database, people = round_of
    with database.read(None, sight_of(people.dora)) as reader:
        table, number = views.listing(reader, people.dora, 1, "kr", views.Chosen(), ())
        page = views.ranking_page(reader, people.dora, 1, "kr")
    assert table.split("\n")[-1] == "|–|Jäv\\: du ser inte bedömningen|A (LUM\\-2026\\-01)|–|–|–|–|–|–|"
    assert number == 4
    assert page.sentence.replace("\u00a0", " ") == (
        "Alla två platser står fast. 500 000 kr räcker säkert till alla två."
    )
    assert "Du är jävig i en ansökan: den är inte med i platserna, summorna och figurerna." in page.more
    drawn = repr([page.places, page.money])
    assert "LUM-2026-01" not in drawn


def test_a_requested_amount_that_is_not_set_is_counted_beside_the_sums(round_of: tuple[Database, Council]) -> None:
    database, people = round_of
    unset = "UPDATE entry SET amount = 0, open = 1 WHERE kind = 'requested' AND project = 2"
    with changed(database, people.carl, unset) as reader:
        assert {one.requested for one in standings.asked_by_area(reader)} == {Sum(Decimal(600_000), 1)}
        page = views.ranking_page(reader, people.carl, 1, "kr")
    assert "För en ansökan är beloppet inte fastställt" in page.more
    assert "belopp ej fastställt" in repr(page.places.table)


def test_the_years_of_an_application_that_are_set_count_when_another_is_not(
    round_of: tuple[Database, Council],
) -> None:
    database, people = round_of
    more = (
        "INSERT INTO entry BY NAME SELECT * REPLACE (9000 AS id, 0 AS amount, 1 AS open) FROM entry "
        "WHERE kind = 'requested' AND project = 1"
    )
    with changed(database, people.carl, more) as reader:
        found = standings.standings(reader, people.carl, 1)
        table, _ = views.listing(reader, people.carl, 1, "kr", views.Chosen(), ())
    first = found.rows[0]
    assert first.ranked.place is not None
    assert first.requested == Sum(Decimal(200_000), 1)
    money = first.ranked.place.money
    assert (money.cumulated, money.cumulated_open, money.least, money.most) == (200_000, 1, 200_000, None)
    assert table.split("\n")[2].replace("\u00a0", " ").split("|")[7:9] == ["minst 200 000"] * 2


def test_what_is_granted_on_a_condition_is_still_in_what_is_set_aside_for_the_call(
    round_of: tuple[Database, Council],
) -> None:
    database, people = round_of
    grants = (
        "INSERT INTO entry BY NAME SELECT * REPLACE (9000 + project AS id, 'granted' AS kind, 'Om' AS condition) "
        "FROM entry WHERE kind = 'requested' AND project < 3"
    )
    with changed(database, people.carl, grants) as reader:
        (row,) = calls(reader)
        page = call_page(reader, "LUM-2026")
        frame = standings.standings(reader, people.carl, 1).frame
    assert page is not None
    assert (row.money, page.money, frame) == (Sum(Decimal(500_000)), ((2026, Sum(Decimal(500_000))),), 500_000)


def test_blanks_lower_no_mean_and_the_rows_order_never_matters(round_of: tuple[Database, Council]) -> None:
    database, people = round_of
    blank = (
        "INSERT INTO score (id, proposal, member, criterion, cannot_judge) "
        "SELECT 900 + p * 10 + c, p, 3, c, p = 2 FROM RANGE(2, 4) AS one(p), RANGE(1, 3) AS two(c)"
    )
    shown = []
    for statements in ((), (blank,), ("UPDATE score SET id = 1000 - id",)):
        with changed(database, people.carl, *statements) as reader:
            page = views.ranking_page(reader, people.carl, 1, "kr")
            shown.append((page.sentence, page.places.drawing, page.money.drawing, page.money.table))
    assert shown[0] == shown[1] == shown[2]


def test_as_of_an_earlier_date_a_later_conflict_hides_as_much_and_closed_scores_stay_closed(
    round_of: tuple[Database, Council],
) -> None:
    database, people = round_of
    head = database.version[1]
    hidden = "INSERT INTO conflict (id, proposal, member, state) VALUES (99, 2, 2, 'declared')"
    for statement, titles, closed in (
        (hidden, ["B"], None),
        ("UPDATE call SET scores_open = FALSE", [], "Bedömningarna är inte öppnade än."),
    ):
        cursor = database._connection.cursor()
        try:
            cursor.execute("BEGIN TRANSACTION")
            cursor.execute(statement)
            found = standings.standings(Reader(cursor, head, sight_of(people.carl)), people.carl, 1)
        finally:
            cursor.execute("ROLLBACK")
            cursor.close()
        assert ([one.project.title for one in found.conflicts], found.closed) == (titles, closed)
