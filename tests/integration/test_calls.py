"""What is read of calls: the list, one call, the ranking, requested against granted, and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from fou import applications, standings
from fou.access import Action, Person, Role
from fou.assessing import Judgement, open_scores, save
from fou.calls import Sum, call_page, calls, units_of
from fou.cli import app
from fou.conflicts import declare
from fou.demo.load import load_example
from fou.errors import Forbidden
from fou.ledger import grant
from fou.model import Entry, Kind
from fou.ranking import Zone
from fou.store import Database
from fou.store.sight import sight_of
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
        (area,) = standings.asked_by_area(reader)
        units = standings.asked_by_applicant(reader)
    assert (area.year, area.name, area.projects, area.granted_projects) == (2026, "Barn och unga", 4, 1)
    assert (area.requested.amount, area.granted.amount) == (800_000, 150_000)
    assert [(one.name, one.granted.amount) for one in units] == [
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
