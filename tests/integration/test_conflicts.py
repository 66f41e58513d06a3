"""Conflicts of interest: who declares them, and that who has one learns nothing of what the others judged."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fou import applications, assessing, calling, calls, conflicts, ledger, standings
from fou.access import Action, Person, Role
from fou.conflicts import declare, dismiss, propose
from fou.errors import Forbidden, Refused, SaveConflict
from fou.model import Conflict, Member, Score
from fou.portfolio import project_page
from fou.store import Database, Reader
from fou.store.sight import sight_of
from tests.integration.rounds import (
    ANNA,
    CLOSED,
    DECIDES,
    Council,
    apply,
    call,
    council,
    is_whole,
    open_call,
)

TODAY = date(2025, 11, 1)


def held(database: Database) -> list[tuple[int, int, str | None]]:
    with database.read() as reader:
        return reader.rows("SELECT proposal, member, state FROM conflict ORDER BY proposal, member")


@pytest.fixture(scope="module")
def opened(new_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Council]:
    """A file with an open call, made once; and the members."""
    path = Path(shutil.copy(new_file, tmp_path_factory.mktemp("opened") / "fou.duckdb"))
    database = Database(path, duckdb.connect(str(path)))
    people = council(database)
    open_call(database)
    database.close()
    return path, people


@pytest.fixture
def database(opened: tuple[Path, Council], tmp_path: Path) -> Iterator[Database]:
    """A copy of it to write in."""
    path = Path(shutil.copy(opened[0], tmp_path / "fou.duckdb"))
    database = Database(path, duckdb.connect(str(path)))
    yield database
    database.close()


@pytest.fixture
def people(opened: tuple[Path, Council]) -> Council:
    return opened[1]


def held_as_records(database: Database) -> list[Conflict]:
    with database.read() as reader:
        return reader.records(Conflict, "ORDER BY id")


def conflict(database: Database) -> Conflict:
    return held_as_records(database)[0]


def test_a_members_unit_that_applies_or_performs_is_proposed_as_a_conflict(database: Database) -> None:
    apply(database, "A", applicants="Familjehuset, vuxenenheten")
    apply(database, "B", performer="FoU-enheten och Boendeenheten")
    apply(database, "C", applicants="Vuxenenheterna")
    assert held(database) == [(1, 1, "proposed"), (2, 2, "proposed")]
    with database.read() as reader:
        assert [one.conflict.reason for one in conflicts.conflicts(reader, 1)] == [
            "Vuxenenheten är sökande", "Boendeenheten är utförare",
        ]  # fmt: skip
    assert propose(database, ANNA, 1, TODAY) is None
    with database.write(ANNA, Action.IMPORT, "Ny enhet") as work:
        work.update(Member, 3, {"unit": "Enhet B"})
    assert propose(database, ANNA, 1, TODAY) is not None
    assert held(database) == [(1, 1, "proposed"), (2, 2, "proposed"), (2, 3, "proposed")]


def test_what_is_dismissed_is_not_proposed_again_and_can_be_declared(database: Database, people: Council) -> None:
    apply(database, "A", applicants="Vuxenenheten")
    with pytest.raises(Forbidden, match="Ditt eget jäv"):
        dismiss(database, people.berit, conflict(database), "Nej")
    with pytest.raises(Forbidden, match="Bara en handläggare eller ordföranden"):
        dismiss(database, people.carl, conflict(database), "Nej")
    dismiss(database, ANNA, conflict(database), "Arbetar inte där längre")
    assert propose(database, ANNA, 1, TODAY) is None
    assert held(database) == [(1, 1, "dismissed")]
    declare(database, people.berit, 1, 1, "Har skrivit ansökan", TODAY)
    assert declare(database, people.berit, 1, 1, "Har skrivit ansökan", TODAY) is None
    assert held(database) == [(1, 1, "declared")]
    assert is_whole(database)


def test_who_may_declare_whose_conflict(database: Database, people: Council) -> None:
    apply(database, "A")
    with pytest.raises(Forbidden, match="ditt eget jäv"):
        declare(database, people.carl, 1, 3, "Granne", TODAY)
    with pytest.raises(Forbidden):
        declare(database, Person("x", Role.VIEWER), 1, 3, "Granne", TODAY)
    with pytest.raises(Refused, match="varför"):
        declare(database, people.carl, 1, 2, " ", TODAY)
    with pytest.raises(Refused, match="inte ledamot"):
        declare(database, ANNA, 1, 99, "Granne", TODAY)
    declare(database, people.carl, 1, 2, "Granne", TODAY)
    declare(database, people.berit, 1, 3, "Syskon", TODAY)  # the chair
    with database.read() as reader:
        assert [(one.member, one.by) for one in conflicts.conflicts(reader, 1)] == [("Carl", "Carl"), ("Dora", "Berit")]
    assert held(database) == [(1, 2, "declared"), (1, 3, "declared")]
    with database.read() as reader:
        who = [(batch.actor, batch.note) for batch in ledger.history(reader) if batch.kind == "declare"]
    assert who == [("Berit", "Anmälde jäv"), ("Carl", "Anmälde jäv")]


def test_who_is_in_conflict_does_not_say_who_else_is(database: Database, people: Council) -> None:
    apply(database, "A", applicants="Vuxenenheten, Boendeenheten")  # where Berit, the chair, and Carl work
    others = next(one for one in held_as_records(database) if one.member == 2)
    with pytest.raises(Forbidden, match="själv jävig"):
        declare(database, people.berit, 1, 3, "Syskon", TODAY)
    with pytest.raises(Forbidden, match="själv jävig"):
        dismiss(database, people.berit, others, "Nej")
    declare(database, people.berit, 1, 1, "Chef där", TODAY)  # one's own, all the same


def test_nothing_is_proposed_or_declared_after_the_decision(database: Database, people: Council) -> None:
    apply(database, "A")
    for _ in range(2):
        calling.move_on(database, ANNA, call(database), CLOSED)
    assessing.open_scores(database, people.berit, 1)
    calling.move_on(database, ANNA, call(database), DECIDES)
    with database.write(ANNA, Action.IMPORT, "Ny enhet") as work:
        work.update(Member, 3, {"unit": "Enhet A"})
    with pytest.raises(Refused, match="är beslutad"):
        propose(database, ANNA, 1, TODAY)
    with pytest.raises(Refused, match="är beslutad"):
        declare(database, people.carl, 1, 2, "Granne", TODAY)


def test_two_who_settle_a_conflict_at_once_settle_it_once(database: Database, people: Council) -> None:
    apply(database, "A", applicants="Boendeenheten")
    seen = conflict(database)
    declare(database, people.carl, 1, 2, "Chef där", TODAY)
    with pytest.raises(SaveConflict, match="ändrat jävet"):
        dismiss(database, ANNA, seen, "Nej")
    assert held(database) == [(1, 2, "declared")]


# --- Who is in conflict learns nothing -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def assessed(
    opened: tuple[Path, Council], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, Council]]:
    """Three applications judged by three members; Berit is in conflict over the first."""
    path, people = Path(shutil.copy(opened[0], tmp_path_factory.mktemp("jav") / "fou.duckdb")), opened[1]
    database = Database(path, duckdb.connect(str(path)))
    numbers = [apply(database, title) for title in ("A", "B", "C")]
    for _ in range(2):
        calling.move_on(database, ANNA, call(database), CLOSED)
    for at, person in enumerate((people.berit, people.carl, people.dora)):
        with database.write(person, Action.ASSESS, "Bedömde") as work:
            values = [
                {"proposal": proposal, "member": person.member, "criterion": position,
                 "value": 1 + (at + proposal) % 4, "comment": "Ord"}
                for proposal in numbers for position in (1, 2)
            ]  # fmt: skip
            work.create_many(Score, values)
    declare(database, people.berit, numbers[0], 1, "Har skrivit ansökan", CLOSED)
    yield database, people
    database.close()


@contextmanager
def changed(
    database: Database, person: Person, *statements: str, counting: bool = False, **values: object
) -> Iterator[Reader]:
    """What the person sees after these statements, which are then taken back; ``counting``: as `progress` is read."""
    seen = assessing.to_count(sight_of(person)) if counting else sight_of(person)
    cursor = database._connection.cursor()
    try:
        cursor.execute("BEGIN TRANSACTION")
        for statement in statements:
            cursor.execute(statement, {name: value for name, value in values.items() if f"${name}" in statement})
        yield Reader(cursor, None, seen)
    finally:
        cursor.execute("ROLLBACK")
        cursor.close()


def everything(reader: Reader, person: Person) -> dict[str, object]:
    """Whatever the services return to the person, refusals too."""

    def ask(function: Callable[..., Any], *arguments: Any) -> object:
        try:
            return function(reader, *arguments)
        except Forbidden as error:
            return str(error)

    found: dict[str, object] = {
        "calls": ask(calls.calls), "call": ask(calls.call_page, "LUM-2026"),
        "mine": ask(assessing.my_list, person, 1), "progress": ask(assessing.progress, person, 1),
        "ranking": ask(standings.standings, person, 1), "grounds": ask(standings.grounds_met, person, 1),
        "areas": ask(standings.asked_by_area), "applicants": ask(standings.asked_by_applicant),
        "conflicts": ask(conflicts.conflicts, 1), "history": ask(ledger.history),
        "todo": ask(applications.lacking, 1), "supplements": ask(applications.supplements, 1),
        "pages": [ask(project_page, f"LUM-2026-0{n}", TODAY) for n in (1, 2)],
    }  # fmt: skip
    for table in ("score", "conflict", "change", "batch", "proposal", "call", "entry"):
        found[table] = sorted(reader.rows(f"SELECT * FROM {table}"), key=repr)
    return found


_MISSED = (
    "UPDATE score SET value = $number % 6, comment = $text, cannot_judge = $yes WHERE proposal = 1 AND id % 2 = $odd",
    "DELETE FROM score WHERE proposal = 1 AND id % 3 = $number % 3",
    "INSERT INTO score VALUES (900, 1, 3, 9, $number % 6, $yes, $text)",
    "INSERT INTO batch SELECT 900, posted, 'Carl', 'assess', $text, file, sha256, undoes, 0, 1, 0, salt, hash "
    "FROM batch WHERE id = 1",
    "UPDATE change SET after = REPLACE(after, '\"value\": ', '\"value\": ' || $number) WHERE record = 'score' "
    "AND CAST(after ->> 'proposal' AS INTEGER) = 1",
)


@pytest.fixture(scope="module")
def unchanged(assessed: tuple[Database, Council]) -> dict[bool, dict[str, object]]:
    """What Berit gets as it is, with the scores opened and not."""
    database, people = assessed
    found = {}
    for opened in (True, False):
        with changed(database, people.berit, f"UPDATE call SET scores_open = {opened}") as reader:
            found[opened] = everything(reader, people.berit)
        with changed(database, people.berit, counting=True) as reader:
            found[opened]["counted"] = assessing.progress(reader, people.berit, 1)
    return found


@settings(max_examples=6)
@given(number=st.integers(1, 99), yes=st.booleans(), odd=st.integers(0, 1), text=st.text("abcå", max_size=5),
       opened=st.booleans())  # fmt: skip
def test_a_member_in_conflict_learns_nothing_from_anything_the_services_return(
    assessed: tuple[Database, Council],
    unchanged: dict[bool, dict[str, object]],
    number: int,
    yes: bool,
    odd: int,
    text: str,
    opened: bool,
) -> None:
    database, people = assessed
    opening = f"UPDATE call SET scores_open = {opened}"
    values = {"number": number, "yes": yes, "odd": odd, "text": text}
    with changed(database, people.berit, opening, *_MISSED, **values) as reader:
        assert everything(reader, people.berit) | {"counted": unchanged[opened]["counted"]} == unchanged[opened]
    with changed(database, people.berit, opening, *_MISSED, counting=True, **values) as reader:
        assert assessing.progress(reader, people.berit, 1) == unchanged[opened]["counted"]


def test_what_who_is_in_conflict_does_not_notice_another_member_does(assessed: tuple[Database, Council]) -> None:
    database, people = assessed
    seen = []
    for statements in ((), _MISSED):
        values = {"number": 7, "yes": True, "odd": 1, "text": "x"}
        with changed(database, people.carl, "UPDATE call SET scores_open = TRUE", *statements, **values) as reader:
            seen.append(standings.standings(reader, people.carl, 1))
    assert seen[0] != seen[1]


def test_the_ranking_of_who_is_in_conflict_leaves_the_application_out(assessed: tuple[Database, Council]) -> None:
    database, people = assessed
    with changed(database, people.berit, "UPDATE call SET scores_open = TRUE") as reader:
        found = standings.standings(reader, people.berit, 1)
        (own,) = conflicts.conflicts(reader, 1)
        assert [one.proposal.id for one in found.conflicts] == [1]
        assert {row.applied.proposal.id for row in found.rows} == {2, 3}
        assert {row.ranked.place.number for row in found.rows if row.ranked.place} <= {1, 2}
        assert (own.member, own.holds) == ("Berit", True)
    with changed(database, people.carl, "UPDATE call SET scores_open = TRUE") as reader:
        found = standings.standings(reader, people.carl, 1)
        by_id = {row.applied.proposal.id: row.ranked for row in found.rows}
        assert (by_id[1].judges, by_id[1].conflicted, by_id[2].judges) == (2, 1, 3)


def test_an_administrator_in_conflict_learns_nothing_from_the_round_either(assessed: tuple[Database, Council]) -> None:
    database, _ = assessed
    anna = Person("Berit", Role.ADMIN, 1)
    found = []
    for statements in ((), _MISSED):
        values = {"number": 7, "yes": True, "odd": 1, "text": "x"}
        with changed(database, anna, "UPDATE call SET scores_open = TRUE", *statements, **values) as reader:
            # Of what others did in the log an administrator sees who and when, never a value.
            found.append({k: v for k, v in everything(reader, anna).items() if k not in ("batch", "history")})
    assert found[0] == found[1]
