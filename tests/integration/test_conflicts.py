"""Conflicts of interest: who declares them, and that who has one learns nothing of what the others judged."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fou import applications, assessing, calling, calls, conflicts, ledger, members, standings
from fou.access import Action, Person, Role
from fou.calling import SetAside
from fou.conflicts import declare, dismiss, propose
from fou.errors import Forbidden, Refused, SaveConflict
from fou.model import Call, Conflict, Member, Score
from fou.portfolio import project_page
from fou.store import Database, Reader
from fou.store.sight import sight_of
from tests.integration.rounds import (
    ANNA,
    CLOSED,
    DECIDES,
    FORM,
    GROUNDS,
    OPENS,
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


def another_call(database: Database) -> int:
    calling.create(database, ANNA, "LUM-2027", FORM, GROUNDS, [SetAside(2026, Decimal(1000))])
    other = call(database, "LUM-2027")
    calling.move_on(database, ANNA, other, OPENS)
    return other.id


def test_a_conflict_is_declared_and_dismissed_for_a_moved_application_wherever_it_is(
    database: Database, people: Council
) -> None:
    first = apply(database, "A")
    other = another_call(database)
    code = applications.move(database, ANNA, first, other, TODAY)
    with database.read() as reader:
        second = int(reader.value("SELECT id FROM proposal WHERE code = $code", code=code))
    declare(database, people.berit, second, 1, "Granne", TODAY)
    assert held(database) == [(first, 1, "declared"), (second, 1, "declared")]
    assert declare(database, people.berit, first, 1, "Granne", TODAY) is None
    with pytest.raises(Forbidden, match="själv jävig"):
        declare(database, people.berit, first, 2, "Syskon", TODAY)
    dismiss(database, ANNA, conflict(database), "Har flyttat")
    assert held(database) == [(first, 1, "dismissed"), (second, 1, "dismissed")]
    assert is_whole(database)


def test_who_is_in_conflict_over_a_moved_application_sees_no_mean_of_the_call_that_it_left(
    database: Database, people: Council
) -> None:
    first = apply(database, "A")
    other = another_call(database)
    for _ in range(2):
        calling.move_on(database, ANNA, call(database), CLOSED)
    assessing.save(database, people.carl, first, 1, assessing.Judgement(4))
    assessing.open_scores(database, people.berit, 1)
    applications.move(database, ANNA, first, other, CLOSED)
    calling.move_on(database, ANNA, call(database), DECIDES)
    with database.read() as reader:
        second = int(reader.value("SELECT moved_to FROM proposal WHERE id = $id", id=first))
        code = reader.value("SELECT code FROM project")
    declare(database, people.dora, second, 3, "Granne", CLOSED)
    assert held(database) == [(second, 3, "declared")]  # nothing is written in what is decided

    def means(person: Person) -> list[float | None]:
        with database.read(None, sight_of(person)) as reader:
            page = project_page(reader, code, TODAY)
        assert page is not None
        return [one.mean for applied in page.applied for one in applied.judged]

    assert means(people.carl) == [4.0, None]
    assert means(people.dora) == []


def test_who_cannot_judge_is_in_no_mean_on_the_project_page_whatever_value_stands_beside_it(
    database: Database, people: Council
) -> None:
    first = apply(database, "A")
    with database.write(ANNA, Action.IMPORT, "Läste in") as work:
        for member, value, cannot in ((1, 5, None), (2, 0, True), (3, None, True)):
            work.create(Score, proposal=first, member=member, criterion=1, value=value, cannot_judge=cannot)
        work.update(Call, 1, {"scores_open": True})
    with database.read() as reader:
        page = project_page(reader, reader.value("SELECT code FROM project"), TODAY)
    assert page is not None
    judged = page.applied[0].judged[0]
    assert (judged.mean, judged.judges, judged.cannot_judge) == (5.0, 1, 2)


def test_a_member_who_comes_or_changes_unit_is_proposed_in_the_calls_that_are_not_decided(
    database: Database,
) -> None:
    apply(database, "A")
    apply(database, "B", performer="Enhet A")
    applications.withdraw(database, ANNA, apply(database, "C", applicants="Enhet A"), "Ångrade sig")
    for _ in range(2):
        calling.move_on(database, ANNA, call(database), CLOSED)
    members.add(database, ANNA, members.Filled("Eva", None, "member", "Enhet A"))
    members.add(database, ANNA, members.Filled("Fia", None, "viewer", "Enhet A"))
    assert held(database) == [(1, 4, "proposed"), (2, 4, "proposed")]

    def change(number: int, **new: str) -> None:
        with database.read() as reader:
            (seen,) = reader.records(Member, "WHERE id = $id", id=number)
        filled = members.Filled(seen.name, seen.email, new.get("role", seen.role), new.get("unit", seen.unit))
        members.change(database, ANNA, seen, filled)

    change(5, role="member")
    change(3, unit="Enhet B")
    change(4, unit="Enhet B")  # what holds is not proposed again
    assert held(database) == [
        (1, 4, "proposed"), (1, 5, "proposed"), (2, 3, "proposed"), (2, 4, "proposed"), (2, 5, "proposed"),
    ]  # fmt: skip
    assert is_whole(database)


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


def test_the_ranking_leaves_out_what_was_moved_from_where_the_member_was_in_conflict(
    assessed: tuple[Database, Council],
) -> None:
    database, people = assessed
    statements = (
        "UPDATE call SET scores_open = TRUE",
        "INSERT INTO proposal (id, code, call, project, state, moved_to) VALUES (50, 'x', 9, 3, 'moved', 3)",
        "INSERT INTO conflict (id, proposal, member, state) VALUES (51, 50, 2, 'declared')",
    )
    with changed(database, people.carl, *statements) as reader:
        found = standings.standings(reader, people.carl, 1)
        assert ([one.proposal.id for one in found.conflicts], len(found.rows)) == ([3], 2)


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
