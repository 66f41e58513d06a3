"""Suggestions for a scenario: what the rules are asked, what comes back into it, and what nobody is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from fou import conflicts, scenarios, suggesting
from fou.access import Action, Person, Role
from fou.allocation import AreaLimits, Lock, Problem, Rule, Why
from fou.assessing import Judgement, open_scores, save
from fou.boards import board, compare
from fou.calling import SetAside, save_money, set_aside
from fou.errors import Refused
from fou.ledger import Entry, undo
from fou.matters import Matter, Scope, matters
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
def assessed(new_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A call with 500 000 kr and three applications of 200 000 kr, of which Berit has judged A and B."""
    path = Path(shutil.copy(new_file, tmp_path_factory.mktemp("assessed") / "fou.duckdb"))
    database = Database.open(path)
    council(database)
    for number, title in list(zip(assessed_call(database, *SCORES), SCORES, strict=True))[:2]:
        for ground, value in enumerate(SCORES[title], 1):
            save(database, PEOPLE.berit, number, ground, Judgement(value))
    database.close()
    return path


@pytest.fixture(scope="module")
def judged(assessed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, judged alike by all and opened."""
    path = Path(shutil.copy(assessed, tmp_path_factory.mktemp("judged") / "fou.duckdb"))
    database = Database(path, duckdb.connect(str(path)))
    with database.read() as reader:
        rows = matters(reader, ANNA, Scope(2026, call(database).id)).rows
    for number, title in ((one.applied.proposal.id, one.title) for one in rows if one.applied):
        for person in (PEOPLE.berit, PEOPLE.carl, PEOPLE.dora):
            for ground, value in enumerate(SCORES[title], 1):
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


def suggested_in(database: Database, about: int) -> tuple[tuple[str, ...], Mapping[int, int], Decimal]:
    """What the cut tells and gives, and what would be free in the first year with it."""
    with database.read() as reader:
        found = suggesting.suggest(reader, ANNA, about, Rule.CUT)
    scenarios.apply_suggestion(database, ANNA, about, found.given, found.years, "cut")
    with database.read() as reader:
        first = board(reader, ANNA, about).room[0]
    return found.suggestion.told, found.given, first.free_after if first.free_after is not None else -first.over


def test_a_years_suggestion_has_room_whatever_is_set_aside_or_said_already(database: Database) -> None:
    a, b, c = (project(database, title) for title in "ABC")

    def stated(kind: Kind, year: int, about: int, amount: int, condition: str | None = None) -> Entry:
        unset = int(not amount)
        return Entry(kind, year, 1, about, amount=Decimal(amount), open=unset, condition=condition, source="x")

    asked, kept = Kind.PROPOSED, Kind.RESERVED
    cases: dict[int, tuple[list[Entry], dict[int, int]]] = {
        # What hangs on a condition is no money to give.
        2030: ([stated(kept, 2030, a, 400, "om"), stated(asked, 2030, a, 900), stated(asked, 2030, b, 900)],
               {a: 500, b: 500}),
        # A smaller grant would leave the rest of it set aside.
        2040: ([stated(kept, 2040, a, 800), stated(asked, 2040, b, 900), stated(asked, 2040, c, 300)],
               {a: 800, b: 150, c: 50}),
        # What no amount is asked for stands as the council has it.
        2050: ([stated(asked, 2050, a, 0), stated(asked, 2050, b, 900), stated(asked, 2050, c, 300)],
               {b: 375, c: 125}),
    }  # fmt: skip
    for year, (entries, given) in cases.items():
        with database.write(ANNA, Action.EDIT, "Plan") as work:
            work.post([Entry(Kind.FRAME, year, 1, amount=Decimal(1000), source="x"), *entries])
        about = scenarios.create(database, ANNA, Scope(year), "Året")
        if a not in given:
            scenarios.set_line(database, ANNA, about, Wish(a, None, year, "grant", 500), None)
        told, found, left = suggested_in(database, about)
        assert (found, left) == (given, 0)
        assert ("skärs inte" in told[-1]) is (year == 2040)


def test_more_than_there_is_in_one_of_the_years_is_told(database: Database) -> None:
    number = call(database).id
    with database.read() as reader:
        seen = set_aside(reader, number)
    save_money(
        database, ANNA, number, [SetAside(2026, Decimal(300_000)), SetAside(2027, Decimal(200_000))], seen
    )  # fmt: skip
    told, given, left = suggested_in(database, new(database))
    assert (sum(given.values()), left) == (500_000, -200_000)
    assert told[-1].startswith("År för år ryms det inte: 2026 fattas 200 000 kr")


def test_the_part_of_a_least_amount_that_is_counted_is_said_once(database: Database) -> None:
    number = new(database)
    with database.read() as reader:
        asked = suggesting.asked(reader, ANNA, number)

    def twice(matter: Matter) -> Matter:
        """As much again for a later year, and half of it all as the least."""
        if matter.applied is None:
            return matter
        applied = replace(matter.applied, proposal=replace(matter.applied.proposal, least=200_000))
        return replace(matter, applied=applied, asked=(*matter.asked, (2040, matter.asked[0][1])))

    rows = tuple(replace(row, matter=twice(row.matter)) for row in asked.board.rows)
    wider = replace(asked, board=replace(asked.board, rows=rows))
    assert {one.least for one in wider.problem(Rule.CUT).proposals} == {100_000}
    said = "Ett lägsta belopp för flera år räknas bara med den del som faller på 2026"
    told = [[text for text in one.suggest(Rule.CUT).suggestion.told if said in text] for one in (asked, wider)]
    assert (told[0], len(told[1])) == ([], 1)


def replayed(database: Database, asked: Problem, answers: Mapping[int, Why], rule: Rule) -> int:
    """Do through the services exactly what each sentence says of the money, and a krona less; how many there were."""
    number = call(database).id
    scope, tried = Scope(2026, number), 0
    for project_id, answer in answers.items():
        for change in answer.changes:
            if change.what != "frame":
                continue
            tried += 1
            one = 1 if change.by > 0 else -1
            for by, turned in ((int(change.by), True), (int(change.by) - one, False)):
                with database.write(ANNA, Action.EDIT, "Andra pengar") as work:
                    work.post([Entry(Kind.RESERVED, 2026, 1, call=number, amount=Decimal(by), source="x")])
                    batch = work.batch
                with database.read() as reader:
                    found = suggesting.suggest(reader, ANNA, scope, rule)
                assert found.problem.frame == asked.frame + by
                assert bool(found.given[project_id]) is (answer.inside is not turned)
                undo(database, ANNA, batch)
    return tried


@pytest.mark.parametrize("rule", [Rule.RANK, Rule.BEST])
def test_so_many_kronor_more_or_less_change_what_the_sentence_says(database: Database, rule: Rule) -> None:
    scope = Scope(2026, call(database).id)
    with database.read() as reader:
        asked = suggesting.problem(reader, ANNA, scope, rule)
        answers = suggesting.why(reader, ANNA, scope, rule)
    assert "Med 100\u00a0000\u00a0kr mer i ramen kommer den med." in answers[project(database, "C")].told
    assert replayed(database, asked, answers, rule) == {Rule.RANK: 3, Rule.BEST: 1}[rule]


def test_so_many_points_more_bring_it_in_and_fewer_do_not(assessed: Path, tmp_path: Path) -> None:
    # C gets more from its judge: it is in from just the step that the sentence says.
    scores: dict[tuple[int, int], Fraction] = {}
    inside: dict[Rule, dict[tuple[int, int], bool]] = {Rule.RANK: {}, Rule.BEST: {}}
    needed: dict[Rule, Fraction] = {}
    for values in ((1, 2), (3, 3), (3, 5)):
        path = Path(shutil.copy(assessed, tmp_path / f"{values[0]}{values[1]}.duckdb"))
        database = Database(path, duckdb.connect(str(path)))
        scope, c = Scope(2026, call(database).id), project(database, "C")
        with database.read() as reader:
            rows = matters(reader, ANNA, scope).rows
        number = next(one.applied.proposal.id for one in rows if one.applied and one.title == "C")
        for ground, value in enumerate(values, 1):
            save(database, PEOPLE.berit, number, ground, Judgement(value))
        open_scores(database, ANNA, call(database).id)
        with database.read() as reader:
            for rule, found in inside.items():
                scores[values] = Fraction(suggesting.problem(reader, ANNA, scope, rule).of(c).score or 0)
                found[values] = bool(suggesting.suggest(reader, ANNA, scope, rule).given[c])
                if values == (1, 2):
                    why = suggesting.why(reader, ANNA, scope, rule)[c]
                    needed[rule] = next(Fraction(one.by) for one in why.changes if one.what == "points")
        database.close()
    for rule, found in inside.items():
        assert found == {values: score - scores[1, 2] >= needed[rule] for values, score in scores.items()}
        assert list(found.values()) == [False, False, True]


def test_a_wider_area_or_one_more_new_brings_it_in_and_a_krona_less_does_not(database: Database) -> None:
    number = new(database)
    c, area = project(database, "C"), "Barn och unga"
    tight = Limits({area: AreaLimits(0, 450_000)}, 2)
    with database.write(ANNA, Action.EDIT, "Mer pengar") as work:
        work.post(
            [Entry(Kind.RESERVED, 2026, 1, call=call(database).id, amount=Decimal(500_000), source="x")]
        )  # fmt: skip
    with database.read() as reader:

        def inside(limits: Limits) -> bool:
            return bool(suggesting.suggest(reader, ANNA, number, Rule.BEST, limits).given[c])

        only_area, only_new = Limits(tight.areas), Limits({}, 2)
        by_area, by_new = (suggesting.why(reader, ANNA, number, Rule.BEST, one)[c] for one in (only_area, only_new))
        (wider,) = (int(one.by) for one in by_area.changes if one.what == "most")
        (newer,) = (int(one.by) for one in by_new.changes if one.what == "new")
        assert inside(Limits({area: AreaLimits(0, 450_000 + wider)}))
        assert not inside(Limits({area: AreaLimits(0, 450_000 + wider - 1)}))
        assert inside(Limits({}, 2 + newer))
        assert not inside(Limits({}, 2 + newer - 1))
    assert (wider, newer) == (150_000, 1)


def test_a_suggestion_goes_into_a_copy_in_one_batch(database: Database) -> None:
    number = new(database)
    with database.read() as reader:
        found = suggesting.suggest(reader, ANNA, number, Rule.CUT)
    made = scenarios.copy_with_suggestion(database, ANNA, number, "Osthyvel", found.given, found.years, "osthyvel")
    with database.read() as reader:
        assert {one.project: one.amount for one in scenarios.lines_of(reader, made)} == found.given
        assert scenarios.lines_of(reader, number) == ()
        assert scenarios.scenario_of(reader, made).note == "osthyvel"
        batch = scenarios.begun_in(reader, made)
    assert batch is not None
    undo(database, ANNA, batch)
    with database.read() as reader:
        assert scenarios.begun_in(reader, made) == batch
        with pytest.raises(Refused, match="finns inte"):
            scenarios.scenario_of(reader, made)


def test_a_gain_that_cannot_be_counted_is_no_gain_and_no_loss(database: Database) -> None:
    a, b, c = (project(database, title) for title in "ABC")
    one, two = new(database), new(database)
    for number, wishes in (
        (
            one,
            (Wish(a, None, 2026, "grant", 100_000), Wish(b, None, 2026, "grant", 50_000), Wish(c, None, 2026, "out")),
        ),
        (two, (Wish(a, None, 2026, "reserve"), Wish(b, None, 2026, "grant", 50_000, "om det behövs"))),
    ):
        for wish in wishes:
            scenarios.set_line(database, ANNA, number, wish, None)
    with database.read() as reader:
        found = compare(reader, ANNA, [one, two])
    assert [row.gains for row in found.rows[:3]] == [(0, None), (0, None), (0, 0)]
    assert [row.differs for row in found.rows[:3]] == [(False, True)] * 3
    assert (found.winners(1), found.losers(1)) == ((), ())
