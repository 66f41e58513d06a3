"""Suggestions for a scenario: what the rules are asked, what comes back into it, and what nobody is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from fou import conflicts, scenarios, suggesting
from fou.access import Action, Person, Role
from fou.allocation import AreaLimits, Lock, Rule
from fou.assessing import Judgement, open_scores, save
from fou.calling import set_aside
from fou.errors import Refused
from fou.ledger import Entry
from fou.matters import Scope, matters
from fou.model import Kind
from fou.scenarios import Wish
from fou.standings import standings
from fou.store import Database
from fou.store.sight import sight_of
from fou.suggesting import Limits
from tests.integration.rounds import ANNA, CLOSED, Council, assessed_call, call, council, is_whole

PEOPLE = Council(*(Person(name, Role.MEMBER, number) for number, name in enumerate(("Berit", "Carl", "Dora"), 1)))
SCORES = {"A": (5, 7), "B": (3, 4), "C": (1, 2)}


@pytest.fixture(scope="module")
def judged(new_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A call with 500 000 kr and three applications of 200 000 kr, judged alike by all and opened."""
    path = Path(shutil.copy(new_file, tmp_path_factory.mktemp("judged") / "fou.duckdb"))
    database = Database.open(path)
    council(database)
    for number, values in zip(assessed_call(database, *SCORES), SCORES.values(), strict=True):
        for person in (PEOPLE.berit, PEOPLE.carl, PEOPLE.dora):
            for ground, value in enumerate(values, 1):
                save(database, person, number, ground, Judgement(value))
    open_scores(database, ANNA, call(database).id)
    database.close()
    return path


@pytest.fixture
def database(judged: Path, tmp_path: Path) -> Iterator[Database]:
    path = Path(shutil.copy(judged, tmp_path / "fou.duckdb"))
    found = Database(path, duckdb.connect(str(path)))
    yield found
    found.close()


def project(database: Database, title: str) -> int:
    with database.read() as reader:
        return int(reader.value("SELECT id FROM project WHERE title = $title", title=title))


def new(database: Database) -> int:
    return scenarios.create(database, ANNA, Scope(2026, call(database).id), f"S{database.version[1]}")


def test_the_rules_are_asked_with_the_rankings_own_points(database: Database) -> None:
    number = new(database)
    with database.read() as reader:
        asked = suggesting.problem(reader, ANNA, number, Rule.RANK)
        ranking = standings(reader, ANNA, call(database).id)
        aside = set_aside(reader, call(database).id)
    assert asked.frame == aside[0].amount == 500_000
    assert {asked.of(row.applied.project.id).score for row in ranking.rows} == {
        Fraction(100), (2 * Fraction(60) + Fraction(50)) / 3, (2 * Fraction(20) + Fraction(100, 6)) / 3
    }  # fmt: skip
    for row in ranking.rows:
        score = asked.of(row.applied.project.id).score
        assert score is not None
        assert row.ranked.place is not None
        assert float(score) == pytest.approx(row.ranked.place.mean)
        assert set(asked.of(row.applied.project.id).votes.values()) == {score}


@pytest.mark.parametrize(("rule", "given"), [
    (Rule.RANK, (200_000, 200_000, 0)), (Rule.BEST, (200_000, 200_000, 0)), (Rule.SHARES, (200_000, 200_000, 0)),
    (Rule.CUT, (166_667, 166_667, 166_666)),
])  # fmt: skip
def test_what_a_rule_suggests_goes_into_the_scenario(database: Database, rule: Rule, given: tuple[int, ...]) -> None:
    number = new(database)
    with database.read() as reader:
        found = suggesting.suggest(reader, ANNA, number, rule)
    assert found.given == {project(database, title): amount for title, amount in zip("ABC", given, strict=True)}
    assert scenarios.apply_suggestion(database, ANNA, number, found.given, found.years, rule)
    with database.read() as reader:
        lines = {one.project: one.amount or 0 for one in scenarios.lines_of(reader, number)}
    assert lines == found.given
    assert is_whole(database)


def test_what_the_council_has_settled_stands(database: Database) -> None:
    number = new(database)
    a, b, c = (project(database, title) for title in "ABC")
    scenarios.set_line(database, ANNA, number, Wish(c, None, 2026, "grant", 120_000), None)
    scenarios.lock(database, ANNA, number, (c, None))
    scenarios.set_line(database, ANNA, number, Wish(None, call(database).id, 2026, "reserve", 100_000), None)
    with database.read() as reader:
        found = suggesting.suggest(reader, ANNA, number, Rule.BEST)
        new_ones = suggesting.suggest(reader, ANNA, number, Rule.BEST, Limits(most_new=2))
        area = Limits({"Barn och unga": AreaLimits(0, 200_000)})
        limited = suggesting.suggest(reader, ANNA, number, Rule.BEST, area)
        answers = suggesting.why(reader, ANNA, number, Rule.BEST)
    assert (found.problem.frame, found.problem.of(c).lock) == (400_000, Lock(120_000))
    assert found.given == {a: 200_000, b: 0}
    assert (new_ones.given, limited.given) == ({a: 200_000, b: 0}, {a: 0, b: 0})
    assert (answers[a].inside, answers[b].inside) == (True, False)
    assert answers[b].told


def test_nothing_tells_who_is_in_conflict_what_a_rule_thinks_of_it(database: Database) -> None:
    with database.read() as reader:
        rows = matters(reader, ANNA, Scope(2026, call(database).id)).rows
    proposal = next(one.applied.proposal.id for one in rows if one.applied and one.title == "A")
    carl = PEOPLE.carl
    own = scenarios.create(database, carl, Scope(2026, call(database).id), "Carls")
    conflicts.declare(database, carl, proposal, carl.member or 0, "Min enhet", CLOSED)
    with database.read(None, sight_of(carl)) as reader:
        found = suggesting.suggest(reader, carl, own, Rule.BEST)
        answers = suggesting.why(reader, carl, own, Rule.RANK)
    a = project(database, "A")
    assert (found.problem.of(a).score, found.problem.of(a).votes, found.problem.of(a).lock) == (None, {}, Lock(0))
    assert a not in found.given
    assert a not in answers
    assert scenarios.apply_suggestion(database, carl, own, found.given, found.years, "best")


def test_without_points_only_the_cut_has_something_to_go_by(database: Database) -> None:
    year = scenarios.create(database, ANNA, Scope(2026), "Året")
    with database.write(ANNA, Action.EDIT, "Plan") as work:
        work.post([Entry(Kind.PLANNED, 2026, 1, project(database, "A"), amount=Decimal(200_000), source="x")])
    with database.read() as reader:
        with pytest.raises(Refused, match="osthyveln"):
            suggesting.suggest(reader, ANNA, year, Rule.RANK)
        with pytest.raises(Refused, match="Ramen för 2026"):
            suggesting.suggest(reader, ANNA, year, Rule.CUT)
    with database.write(ANNA, Action.EDIT, "Ram") as work:
        work.post([Entry(Kind.FRAME, 2026, 1, amount=Decimal(600_000), source="x")])
    with database.read() as reader:
        found = suggesting.suggest(reader, ANNA, year, Rule.CUT)
    # 500 000 of the frame is set aside for the call.
    assert (found.problem.frame, sum(found.given.values())) == (100_000, 100_000)
