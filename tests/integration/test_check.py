"""`check` names each thing that can be wrong in a database, and nothing in a sound one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from fou.access import Action, Person, Role
from fou.check import RULES, Failure, check
from fou.ledger import correct, undo
from fou.model import Area, Entry, EventKind, Funder, Kind, Project
from fou.snapshot import Carried, Decided, DecidedMatter, Line, digest, freeze_decided
from fou.store import Database

#: Each way to tamper with the database, and the rules that must notice it.
#: A recommendation with the hash of one that is empty, and a decision that posted entry 99.
RECOMMENDED = (
    "INSERT INTO scenario (id, code, year, name) VALUES (1, 'S', 2014, 'S'); "
    "INSERT INTO recommendation (id, code, scenario, made, state, frozen, apart, hash, head) "
    f"VALUES (1, 'R', 1, DATE '2014-01-01', 'made', '{{}}', 'x', '{digest('', 'x')}', 1)"
)
DECIDED = freeze_decided(
    Decided(1, None, (DecidedMatter(1, None, "P", "P", (Carried(Line(2014, "grant", 5), (), 99),)),))
)[0]
TAMPERING = {
    "the words of a batch are changed": (
        "UPDATE batch SET note = 'Något annat' WHERE id = 3",
        {"batches_fit_the_chain"},
    ),
    "what an event tells is changed": (
        "UPDATE event SET actor = 'Bo'",
        {"events_fit_the_chain"},
    ),
    "an entry is deleted": (
        "DELETE FROM entry WHERE id = 2",
        {"batches_are_whole", "numbers_have_no_gaps"},
    ),
    "an amount is changed": (
        "UPDATE entry SET amount = amount + 1 WHERE id = 2",
        {"batches_are_whole"},
    ),
    "two amounts are changed so that the batch's sum is the same": (
        "UPDATE entry SET amount = amount + CASE id WHEN 1 THEN 1 ELSE -1 END WHERE id IN (1, 2)",
        {"turns_match_what_they_turn", "sums_agree"},
    ),
    "an amount of a batch that is undone is changed, with the batch's sum": (
        "UPDATE entry SET amount = 999 WHERE id = 6; UPDATE batch SET total = 999 WHERE id = 4",
        {"turns_match_what_they_turn", "undone_batches_net_to_nothing"},
    ),
    "a batch's sum is changed": (
        "UPDATE batch SET total = total + 1 WHERE id = 2",
        {"batches_are_whole"},
    ),
    "a batch is deleted": (
        "DELETE FROM batch WHERE id = 2",
        {"numbers_have_no_gaps", "everything_belongs_to_a_batch"},
    ),
    "a batch is deleted with all that belongs to it": (
        "DELETE FROM batch WHERE id = 3; DELETE FROM entry WHERE batch = 3; DELETE FROM change WHERE batch = 3",
        {"numbers_have_no_gaps"},
    ),
    "a batch is dated before the one before it": (
        "UPDATE batch SET posted = TIMESTAMP '2001-01-01' WHERE id = 3",
        {"batches_follow_in_time"},
    ),
    "a batch undoes one that never was": (
        "UPDATE batch SET undoes = 77 WHERE id = 3",
        {"undoing_points_back"},
    ),
    "a batch undoes a later one": (
        "UPDATE batch SET undoes = 5 WHERE id = 3",
        {"undoing_points_back"},
    ),
    "a batch is said to undo another than it does": (
        "UPDATE batch SET undoes = 2 WHERE id = 5",
        {"undone_batches_net_to_nothing"},
    ),
    "an entry has a kind that does not exist": (
        "UPDATE entry SET kind = 'hoped' WHERE id = 2",
        {"entries_are_well_formed"},
    ),
    "an entry has a basis that does not exist": (
        "UPDATE entry SET basis = 'guessed' WHERE id = 2",
        {"entries_are_well_formed"},
    ),
    "an entry has an impossible year": (
        "UPDATE entry SET year = 25 WHERE id = 2",
        {"entries_are_well_formed"},
    ),
    "an entry has no source": (
        "UPDATE entry SET source = '' WHERE id = 2",
        {"entries_are_well_formed"},
    ),
    "an open entry has an amount": (
        "UPDATE entry SET open = 1 WHERE id = 2",
        {"entries_are_well_formed"},
    ),
    "a statement is less than open": (
        "UPDATE entry SET open = -1, amount = 0 WHERE id = 2",
        {"entries_are_well_formed"},
    ),
    "an entry is about a project that does not exist": (
        "UPDATE entry SET project = 77 WHERE id = 2",
        {"entries_refer_to_what_exists"},
    ),
    "an entry is of a funder that does not exist": (
        "UPDATE entry SET funder = 77 WHERE id = 2",
        {"entries_refer_to_what_exists"},
    ),
    "an entry takes back one that does not exist": (
        "UPDATE entry SET reverses = 77 WHERE id = 2",
        {"turns_match_what_they_turn"},
    ),
    "an entry takes back another than it says": (
        "UPDATE entry SET reverses = 2 WHERE id = 4",
        {"turns_match_what_they_turn"},
    ),
    "a record refers to one that does not exist": (
        "UPDATE project SET area = 77 WHERE id = 1",
        {"records_refer_to_what_exists", "changes_replay_to_today"},
    ),
    "two records have the same key": (
        "UPDATE project SET code = 'A'",
        {"keys_are_unique", "changes_replay_to_today"},
    ),
    "a remembered name means something of another sort": (
        "INSERT INTO alias (id, record, label, area) VALUES (1, 'project', 'projekt a', 1)",
        {"remembered_names_mean_one_thing", "changes_replay_to_today"},
    ),
    "a remembered name means two things": (
        "INSERT INTO alias (id, record, label, project, area) VALUES (1, 'project', 'projekt a', 1, 1)",
        {"remembered_names_mean_one_thing", "changes_replay_to_today"},
    ),
    "a remembered name means nothing": (
        "INSERT INTO alias (id, record, label) VALUES (1, 'project', 'projekt a')",
        {"remembered_names_mean_one_thing", "changes_replay_to_today"},
    ),
    "a call closes before it opens": (
        "INSERT INTO call (id, code, name, year, state, opens, closes) "
        "VALUES (1, 'U', 'U', 2014, 'open', DATE '2014-02-01', DATE '2014-01-01')",
        {"call_dates_follow", "changes_replay_to_today"},
    ),
    "a score is by no criterion of its call": (
        "INSERT INTO proposal (id, code, call, project) VALUES (1, 'A', 1, 1); "
        "INSERT INTO score (id, proposal, member, criterion, value) VALUES (1, 1, 1, 7, 3)",
        {"scores_fit_their_criteria", "changes_replay_to_today"},
    ),
    "an application is moved to nowhere": (
        "INSERT INTO proposal (id, code, call, project, state) VALUES (1, 'A', 1, 1, 'moved')",
        {"moved_applications_are_somewhere", "changes_replay_to_today"},
    ),
    "an application's costs are not what it asks for": (
        "INSERT INTO proposal (id, code, call, project) VALUES (1, 'A', 1, 1); "
        "INSERT INTO proposal_cost VALUES (1, 1, 2014, 'salaries', 'requested', 5); "
        "INSERT INTO entry (id, batch, kind, year, funder, project, amount, open, basis, source) "
        "VALUES (99, 1, 'requested', 2014, 1, 1, 100, 0, 'stated', 'x')",
        {"costs_are_what_is_requested"},
    ),
    "a scenario's line is about nothing": (
        "INSERT INTO scenario (id, code, year, name) VALUES (1, 'S', 2014, 'S'); "
        "INSERT INTO scenario_line (id, scenario, year, choice) VALUES (1, 1, 2014, 'reserve')",
        {"scenario_lines_say_one_thing", "changes_replay_to_today"},
    ),
    "a meeting shows another year's scenario": (
        "INSERT INTO scenario (id, code, year, name) VALUES (1, 'S', 2014, 'S'); "
        "INSERT INTO meeting (id, code, name, year, state, scenario) VALUES (1, 'M', 'M', 2015, 'open', 1)",
        {"scenarios_on_the_wall_are_the_meetings", "changes_replay_to_today"},
    ),
    "a recommendation is not what was frozen": (
        RECOMMENDED.format("{}"),
        {"recommendations_are_as_frozen", "changes_replay_to_today"},
    ),
    "a decision speaks of an amount that never was": (
        f"{RECOMMENDED.format('')}; INSERT INTO resolution (id, recommendation, number, verdict, board, decided, "
        f"reference, frozen, hash) VALUES (1, 1, 1, 'approved', 'N', DATE '2014-01-01', 'd', '{DECIDED}', "
        f"'{digest(DECIDED)}')",
        {"decisions_are_in_the_ledger", "changes_replay_to_today"},
    ),
    "an application that asks for nothing any more has costs": (
        "INSERT INTO proposal (id, code, call, project) VALUES (1, 'A', 1, 1); "
        "INSERT INTO proposal_cost VALUES (1, 1, 2014, 'salaries', 'requested', 5)",
        {"costs_are_what_is_requested"},
    ),
    "a withdrawn application still asks for money": (
        "INSERT INTO proposal (id, code, call, project, state) VALUES (1, 'A', 1, 1, 'withdrawn'); "
        "INSERT INTO entry (id, batch, kind, year, funder, project, call, amount, open, basis, source) "
        "VALUES (99, 1, 'requested', 2014, 1, 1, 1, 100, 0, 'stated', 'x')",
        {"nothing_is_asked_for_what_is_out"},
    ),
    "a plan's version shows a batch that never was": (
        "INSERT INTO plan_version (id, year, number, head) VALUES (1, 2014, 1, 99)",
        {"plan_versions_can_be_read", "changes_replay_to_today"},
    ),
    "a record is changed past the log": (
        "UPDATE project SET title = 'Något annat' WHERE id = 1",
        {"changes_replay_to_today"},
    ),
    "a record is deleted past the log": (
        "DELETE FROM area WHERE id = 2",
        {"changes_replay_to_today"},
    ),
    "a record is added past the log": (
        "INSERT INTO area (id, name) VALUES (77, 'Ny')",
        {"changes_replay_to_today"},
    ),
    "the log's last value is altered": (
        "UPDATE change SET after = replace(after, 'Ny titel', 'Annan') WHERE batch = 6",
        {"changes_replay_to_today"},
    ),
    "the log's earlier value is altered": (
        "UPDATE change SET before = replace(before, 'Projekt A', 'Annat') WHERE batch = 6",
        {"changes_replay_to_today"},
    ),
    "the log cannot be read": (
        "UPDATE change SET after = '{' WHERE batch = 6",
        {"changes_replay_to_today"},
    ),
    "the log is of another sort of record": (
        "UPDATE change SET record = 'area' WHERE batch = 6",
        {"changes_replay_to_today"},
    ),
    "the log is of a record that Fou does not have": (
        "UPDATE change SET record = 'dragon' WHERE batch = 6",
        {"changes_replay_to_today"},
    ),
    "a change is deleted": (
        "DELETE FROM change WHERE batch = 6",
        {"batches_are_whole", "changes_replay_to_today"},
    ),
    "a change belongs to a batch that does not exist": (
        "UPDATE change SET batch = 77 WHERE batch = 6",
        {"batches_are_whole", "everything_belongs_to_a_batch"},
    ),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with a correction (batch 3), an undone batch (4, by 5) and a changed title (6)."""
    admin = Person("Anna", Role.ADMIN)
    database = Database.open(tmp_path_factory.mktemp("written") / "fou.duckdb")
    with database.write(admin, Action.EDIT, "Början") as work:
        area = work.create(Area, name="Barn")
        work.create(Area, name="Tom")
        staden = work.create(Funder, name="Staden", kind="municipality")
        a, b = (work.create(Project, code=code, title=f"Projekt {code}", area=area) for code in "AB")
    with database.write(admin, Action.EDIT, "Plan") as work:
        work.post(
            Entry(Kind.PLANNED, 2025, staden, project, amount=Decimal(100), source="budget › B2")
            for project in (a, b, b)
        )
    correct(database, admin, 1, Decimal(80), "fel")
    with database.write(admin, Action.EDIT, "Beviljat") as work:
        work.post([Entry(Kind.GRANTED, 2025, staden, a, amount=Decimal(50), source="beslut")])
        batch = work.batch
    undo(database, admin, batch)
    with database.write(admin, Action.EDIT, "Titel") as work:
        work.update(Project, a, {"title": "Ny titel"})
    database.log(EventKind.SIGNED_IN, "Anna")
    yield database
    database.close()


@pytest.fixture
def failures(written: Database) -> Callable[[str], list[Failure]]:
    """Tamper past the one door, and tell what is noticed. A reading is a transaction that is never committed."""

    def tamper(sql: str) -> list[Failure]:
        with written.read() as reader:
            reader.rows(sql)
            return check(reader)

    return tamper


@pytest.fixture
def broken_rules(failures: Callable[[str], list[Failure]]) -> Callable[[str], set[str]]:
    """The rules that notice a tampering."""
    return lambda sql: {failure.rule for failure in failures(sql)}


def test_a_sound_database_has_no_failures(broken_rules: Callable[[str], set[str]]) -> None:
    assert broken_rules("SELECT 1") == set()


@pytest.mark.parametrize(("sql", "rules"), TAMPERING.values(), ids=TAMPERING.keys())
def test_tampering_is_noticed(broken_rules: Callable[[str], set[str]], sql: str, rules: set[str]) -> None:
    assert rules <= broken_rules(sql)


def test_every_rule_notices_something() -> None:
    noticed = set().union(*(rules for _, rules in TAMPERING.values()))
    assert noticed == {rule.__name__.lstrip("_") for rule in RULES}


def test_a_failure_says_what_is_wrong_in_swedish(failures: Callable[[str], list[Failure]]) -> None:
    messages = [failure.message for failure in failures("DELETE FROM entry WHERE id = 2")]
    assert "Post 2 är inte hel: 2 av 3 belopp, 0 av 0 ändringar, summa 200.00 mot 300.00." in messages
