"""What each member judges: saved one value at a time, seen by nobody else before it is opened."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from fou import applications, calling, conflicts
from fou.access import Person, Role
from fou.assessing import Judgement, MyList, my_list, open_scores, progress, save, to_count
from fou.errors import Forbidden, Refused, SaveConflict
from fou.model import Conflict, Score
from fou.portfolio import project_page
from fou.standings import standings
from fou.store import Database
from fou.store.sight import members_apart, sight_of
from tests.integration.rounds import ANNA, CLOSED, DECIDES, Council, assessed_call, call, council, is_whole


@pytest.fixture(scope="module")
def assessed(new_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Council]:
    """A file with a call with two applications under assessment, made once; and its members."""
    path = Path(shutil.copy(new_file, tmp_path_factory.mktemp("assessed") / "fou.duckdb"))
    database = Database(path, duckdb.connect(str(path)))
    people = council(database)
    assessed_call(database, "A", "B")
    database.close()
    return path, people


@pytest.fixture
def database(assessed: tuple[Path, Council], tmp_path: Path) -> Iterator[Database]:
    """A copy of it to write in."""
    path = Path(shutil.copy(assessed[0], tmp_path / "fou.duckdb"))
    database = Database(path, duckdb.connect(str(path)))
    yield database
    database.close()


@pytest.fixture
def people(assessed: tuple[Path, Council]) -> Council:
    return assessed[1]


def said(database: Database, person: Person) -> dict[tuple[int, int], Judgement]:
    with database.read(None, sight_of(person)) as reader:
        return {
            (row.applied.proposal.id, position): judged
            for row in my_list(reader, person, call(database).id).rows
            for position, judged in row.judged.items()
        }


def listed(database: Database, person: Person) -> MyList:
    with database.read(None, sight_of(person)) as reader:
        return my_list(reader, person, call(database).id)


def left(database: Database, person: Person) -> int:
    return listed(database, person).left


def test_the_next_application_is_the_next_with_something_left(database: Database, people: Council) -> None:
    def following(after: int | None) -> int | None:
        found = listed(database, people.carl).next_after(after)
        return found.applied.proposal.id if found else None

    assert [following(after) for after in (None, 1, 2)] == [1, 2, 1]
    for position in (1, 2):
        save(database, people.carl, 1, position, Judgement(cannot=True))
    assert [following(after) for after in (None, 1, 2)] == [2, 2, 2]
    conflicts.declare(database, people.carl, 2, 2, "Granne", CLOSED)
    found = listed(database, people.carl)
    assert (found.next_after(1), found.left, found.boxes) == (None, 0, 2)


def test_a_member_saves_one_value_at_a_time_and_sees_what_is_left(database: Database, people: Council) -> None:
    assert left(database, people.carl) == 4
    save(database, people.carl, 1, 1, Judgement(4))
    save(database, people.carl, 1, 2, Judgement(cannot=True, comment=" Inte mitt område. "))
    save(database, people.carl, 2, 1, Judgement(comment="Återkommer"))
    assert said(database, people.carl) == {
        (1, 1): Judgement(4), (1, 2): Judgement(None, True, "Inte mitt område."),
        (2, 1): Judgement(comment="Återkommer"),
    }  # fmt: skip
    assert left(database, people.carl) == 2  # a comment alone is no stand
    save(database, people.carl, 1, 1, Judgement())
    assert save(database, people.carl, 1, 1, Judgement()) is None
    assert left(database, people.carl) == 3
    assert (left(database, people.dora), said(database, people.dora)) == (4, {})
    assert is_whole(database)


def test_the_last_written_by_the_same_member_holds(database: Database, people: Council) -> None:
    for value in (0, 5, 3):
        save(database, people.carl, 1, 1, Judgement(value))
    assert save(database, people.carl, 1, 1, Judgement(3)) is None
    assert said(database, people.carl) == {(1, 1): Judgement(3)}


def test_a_window_that_shows_what_was_writes_only_what_is_changed_in_it(database: Database, people: Council) -> None:
    """The same member in two windows, both opened before anything was said."""
    nothing = Judgement()
    save(database, people.carl, 1, 1, Judgement(4), nothing)
    save(database, people.carl, 1, 1, Judgement(comment="Bra"), nothing)
    assert said(database, people.carl) == {(1, 1): Judgement(4, comment="Bra")}
    save(database, people.carl, 1, 1, Judgement(cannot=True), nothing)
    save(database, people.carl, 1, 1, Judgement(4), Judgement(4, comment="Bra"))
    assert said(database, people.carl) == {(1, 1): Judgement(cannot=True)}


def test_members_who_save_at_once_each_keep_their_own(database: Database, people: Council) -> None:
    def work(person: Person) -> None:
        for proposal in (1, 2):
            for position in (1, 2):
                save(database, person, proposal, position, Judgement(position + proposal))

    threads = [threading.Thread(target=work, args=[person]) for person in (people.berit, people.carl, people.dora)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as reader:
        assert len(reader.records(Score)) == 12
    assert is_whole(database)


def test_what_is_saved_is_there_after_the_server_has_stopped(database: Database, people: Council) -> None:
    save(database, people.carl, 1, 1, Judgement(5))
    copy = database.path.with_name("kopia.duckdb")
    database.backup(ANNA, copy)
    again = Database(Path(copy), duckdb.connect(str(copy)))
    assert said(again, people.carl) == {(1, 1): Judgement(5)}
    again.close()


def test_a_value_that_cannot_be_is_refused(database: Database, people: Council) -> None:
    for position, judged, text in (
        (1, Judgement(6), "från 0 till 5"), (1, Judgement(-1), "från 0 till 5"), (2, Judgement(0), "från 1 till 7"),
        (3, Judgement(1), "finns inte längre"), (1, Judgement(1, True), "antingen"),
        (1, Judgement(1, comment="x" * 2001), "2000 tecken"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=text):
            save(database, people.carl, 1, position, judged)
    with pytest.raises(Refused, match="Ansökan finns inte"):
        save(database, people.carl, 99, 1, Judgement(3))
    assert said(database, people.carl) == {}


def test_only_members_of_the_council_judge(database: Database, people: Council) -> None:
    for person in (ANNA, Person("x", Role.MEMBER), Person("x", Role.VIEWER, 2), Person("x", Role.MEMBER, 99)):
        with pytest.raises(Forbidden):
            save(database, person, 1, 1, Judgement(3))
    with database.read() as reader, pytest.raises(Forbidden, match="ledamöter"):
        my_list(reader, ANNA, 1)


def test_nothing_is_judged_before_after_or_when_it_is_out(database: Database, people: Council) -> None:
    applications.withdraw(database, ANNA, 2, "Ångrade sig")
    with pytest.raises(Refused, match="inte kvar"):
        save(database, people.carl, 2, 1, Judgement(3))
    save(database, people.carl, 1, 1, Judgement(3))
    open_scores(database, people.berit, 1)
    with pytest.raises(Refused, match="är öppnade"):
        save(database, people.carl, 1, 1, Judgement(4))
    calling.move_on(database, ANNA, call(database), DECIDES)
    with pytest.raises(Refused, match="är beslutad"):
        save(database, people.carl, 1, 1, Judgement(4))
    assert said(database, people.carl) == {(1, 1): Judgement(3)}


def test_a_call_that_is_not_assessed_yet_takes_no_scores(database: Database, people: Council) -> None:
    calling.move_back(database, ANNA, call(database))
    with pytest.raises(Refused, match="är stängd"):
        save(database, people.carl, 1, 1, Judgement(3))
    assert not listed(database, people.carl).may_save


def test_scores_are_private_until_the_chair_opens_them(database: Database, people: Council) -> None:
    for person, value in ((people.carl, 5), (people.dora, 1)):
        for proposal in (1, 2):
            save(database, person, proposal, 1, Judgement(value, comment="HEMLIGT"))
    before = database.version[1]
    with database.read(None, sight_of(people.carl)) as reader:
        assert {score.member for score in reader.records(Score)} == {people.carl.member}
        assert reader.value("SELECT COUNT(*) FROM change WHERE record = 'score'") == 2
        assert reader.value("SELECT COUNT(*) FROM batch WHERE kind = 'assess'") == 0
        assert standings(reader, people.carl, 1).closed == "Bedömningarna är inte öppnade än."
        assert members_apart(reader) >= {people.carl.member}
    with pytest.raises(Forbidden, match="ordföranden"):
        open_scores(database, people.carl, 1)
    assert open_scores(database, people.berit, 1) is not None
    assert open_scores(database, ANNA, 1) is None
    for head in (None, before):
        with database.read(head, sight_of(people.carl)) as reader:
            assert {score.member for score in reader.records(Score)} == {2, 3}
    with database.read(None, sight_of(people.carl)) as reader:
        assert [row.ranked.place.number for row in standings(reader, people.carl, 1).rows if row.ranked.place] == [1, 1]
    open_scores(database, people.berit, 1, opened=False)
    with database.read(before, sight_of(people.dora)) as reader:
        assert {score.member for score in reader.records(Score)} == {3}


def test_an_administrator_sees_how_many_have_judged_and_not_what_they_said(database: Database, people: Council) -> None:
    save(database, people.carl, 1, 1, Judgement(5))
    save(database, people.carl, 1, 2, Judgement(cannot=True))
    conflicts.declare(database, people.dora, 1, 3, "Granne till den sökande", CLOSED)
    save(database, people.dora, 2, 1, Judgement(1))
    with database.read(None, sight_of(ANNA)) as reader:
        found = {one.member: (one.done, one.boxes, one.conflicts) for one in progress(reader, ANNA, 1)}
        assert standings(reader, ANNA, 1).rows == ()
        page = project_page(reader, "LUM-2026-01", CLOSED)
        assert page is not None
        assert page.applied[0].judged == ()
    assert found == {"Berit": (0, 4, 0), "Carl": (2, 4, 0), "Dora": (1, 2, 1)}
    with database.read(None, sight_of(people.carl)) as reader, pytest.raises(Forbidden):
        progress(reader, people.carl, 1)


def test_the_chair_counts_what_is_not_opened_but_not_where_they_are_in_conflict(
    database: Database, people: Council
) -> None:
    for proposal in (1, 2):
        save(database, people.carl, proposal, 1, Judgement(5))
    conflicts.declare(database, people.berit, 2, 1, "Har skrivit den", CLOSED)
    with database.read(None, to_count(sight_of(people.berit))) as reader:
        found = {one.member: (one.done, one.boxes) for one in progress(reader, people.berit, 1)}
        assert {score.proposal for score in reader.records(Score)} == {1}
    assert found == {"Berit": (0, 2), "Carl": (1, 2), "Dora": (0, 2)}


def test_what_the_chair_counts_follows_every_box_that_is_saved(database: Database, people: Council) -> None:
    def counted() -> list[int]:
        with database.read(None, to_count(sight_of(people.berit))) as reader:
            return [one.done for one in progress(reader, people.berit, 1)]

    found = []
    for person, position in ((people.berit, 1), (people.carl, 1), (people.carl, 2), (people.dora, 2)):
        save(database, person, 1, position, Judgement(2))
        found.append(counted())
    assert found == [[1, 0, 0], [1, 1, 0], [1, 2, 0], [1, 2, 1]]
    save(database, people.carl, 1, 2, Judgement(comment="Återkommer"))
    assert counted() == [1, 1, 1]


def test_a_conflict_that_is_dismissed_lets_the_member_judge_again(database: Database, people: Council) -> None:
    conflicts.declare(database, people.carl, 1, 2, "Släkt", CLOSED)
    with pytest.raises(Forbidden, match="jävig"):
        save(database, people.carl, 1, 1, Judgement(3))
    with database.read() as reader:
        (seen,) = reader.records(Conflict)
    conflicts.dismiss(database, people.berit, seen, "Inte nära släkt")
    with pytest.raises(SaveConflict):
        conflicts.dismiss(database, ANNA, seen, "Inte nära släkt")
    assert save(database, people.carl, 1, 1, Judgement(3)) is not None
