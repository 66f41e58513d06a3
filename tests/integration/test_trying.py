"""Trying amounts: what people type, what the page shows while they do, and that it is what is then written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fou import boards, ledger, meetings, scenarios
from fou.access import Action, Person, Role
from fou.boards import Board, Given, YearRoom, board
from fou.errors import Forbidden, Refused, SaveConflict
from fou.matters import Scope
from fou.meetings import MeetingForm
from fou.model import Proposal, Scenario
from fou.money import NO_BREAK_SPACE, parse_sek
from fou.scenarios import Wish, as_line, said_anew, scope_of
from fou.store import Database
from fou.trying import typed
from fou.ui import heard
from fou.ui.room_bar import markup
from fou.ui.views import distributing as views
from tests.integration.rounds import ANNA, assessed_call, call, council

CARL = Person("Carl", Role.MEMBER, 2)


@pytest.fixture(scope="module")
def made(new_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A call under assessment with three applications, one for more years, and an empty scenario."""
    path = Path(shutil.copy(new_file, tmp_path_factory.mktemp("trying") / "fou.duckdb"))
    database = Database.open(path)
    council(database)
    assessed_call(database, "A", "B & <b>C</b>")
    scenarios.create(database, ANNA, Scope(2026, call(database).id), "Första")
    database.close()
    return path


@pytest.fixture
def database(made: Path, tmp_path: Path) -> Iterator[Database]:
    path = Path(shutil.copy(made, tmp_path / "fou.duckdb"))
    found = Database(path, duckdb.connect(str(path)))
    yield found
    found.close()


@pytest.fixture(scope="module")
def one_database(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One for all examples of a property."""
    path = Path(shutil.copy(made, tmp_path_factory.mktemp("tries") / "fou.duckdb"))
    found = Database(path, duckdb.connect(str(path)))
    yield found
    found.close()


def wall(database: Database, person: Person = ANNA) -> views.OnTheWall:
    with database.read() as reader:
        stands = views.stands(reader, person, 1)
        return views.OnTheWall(stands, boards.given(reader, person, scope_of(stands.scenario), stands.keys))


def read_board(database: Database) -> Board:
    with database.read() as reader:
        return board(reader, ANNA, 1)


def say(database: Database, text: str, year: int = 2026) -> Wish:
    """Type this for the first application, and keep it."""
    known = wall(database)
    matter = known.given.matters.rows[0]
    own = [line for line in known.lines if (line.project, line.call) == matter.key]
    wish = typed(matter, year, text, own, known.given.matters.years)
    seen = next((line for line in own if line.year == year), None)
    scenarios.set_line(database, ANNA, 1, wish, seen)
    return wish


@pytest.mark.parametrize(
    ("text", "choice", "amount"),
    [
        ("150 000", "grant", 150_000), ("150\u00a0000", "grant", 150_000), ("150tkr", "grant", 150_000),
        ("0,15 mnkr", "grant", 150_000), ("?", "reserve", None), ("belopp ej fastställt", "reserve", None),
        ("0", "out", None), ("", None, None), ("   ", None, None),
    ],
)  # fmt: skip
def test_what_is_typed_is_read_as_people_write_it(
    database: Database, text: str, choice: str | None, amount: int | None
) -> None:
    wish = say(database, text)

    assert (wish.choice, wish.amount) == (choice, amount)


@pytest.mark.parametrize("text", ["sexhundra", "12,50", "1.234", "-5", "100 EUR", "9" * 30, "2 000 000 001"])
def test_what_is_no_amount_is_refused_and_nothing_is_changed(database: Database, text: str) -> None:
    say(database, "100 000")

    with pytest.raises(Refused):
        say(database, text)

    assert read_board(database).total.granted == 100_000


def test_a_later_year_is_set_aside_and_a_nought_there_leaves_the_rest(database: Database) -> None:
    say(database, "100 000")
    assert say(database, "50 000", 2027).choice == "reserve"

    assert say(database, "0", 2027).choice is None

    assert [as_line(line).choice for line in wall(database).lines] == ["grant"]


def test_an_amount_that_is_set_aside_stays_so_when_it_is_changed(database: Database) -> None:
    matter = wall(database).given.matters.rows[0]
    scenarios.set_line(database, ANNA, 1, Wish(*matter.key, 2026, "reserve", 40_000, "om det går"), None)

    wish = say(database, "45 000")

    assert (wish.choice, wish.amount, wish.condition) == ("reserve", 45_000, "om det går")


CHOICES = st.one_of(
    st.tuples(st.just("grant"), st.integers(1, 300_000), st.none()),
    st.tuples(st.just("reserve"), st.one_of(st.none(), st.integers(1, 300_000)), st.sampled_from([None, "om"])),
    st.tuples(st.sampled_from(["out", None]), st.none(), st.none()),
)
WISHES = st.lists(st.tuples(st.integers(0, 1), st.sampled_from([2026, 2027]), CHOICES), min_size=1, max_size=4)


@settings(max_examples=15, deadline=None)
@given(said=WISHES)
def test_what_is_shown_while_one_types_is_what_is_then_written(one_database: Database, said: list[object]) -> None:
    for at, year, (choice, amount, condition) in said:  # type: ignore[misc]
        known = wall(one_database)
        matter = known.given.matters.rows[at]
        wish = Wish(*matter.key, year, choice, amount, condition)
        shown = known.board(said_anew(known.lines, 1, [wish]))
        seen = next((line for line in known.lines if (line.project, line.call, line.year) == (*matter.key, year)), None)

        scenarios.set_line(one_database, ANNA, 1, wish, seen)

        written = read_board(one_database)
        assert (written.total, written.room, written.areas) == (shown.total, shown.room, shown.areas)
        assert [(row.matter.key, row.said) for row in written.rows] == [
            (row.matter.key, row.said) for row in shown.rows
        ]


def test_a_step_back_is_refused_when_somebody_has_gone_on(database: Database) -> None:
    say(database, "100 000")
    matter = wall(database).given.matters.rows[0]
    before = tuple(map(as_line, wall(database).lines))
    scenarios.take_whole(database, ANNA, 1, matter.key)
    after = tuple(map(as_line, wall(database).lines))

    scenarios.put_back(database, ANNA, 1, matter.key, before, after)
    assert tuple(map(as_line, wall(database).lines)) == before

    with pytest.raises(SaveConflict, match="Någon annan"):
        scenarios.put_back(database, ANNA, 1, matter.key, (), after)
    with pytest.raises(Forbidden):
        scenarios.put_back(database, CARL, 1, matter.key, (), before)
    assert tuple(map(as_line, wall(database).lines)) == before


class Texts(HTMLParser):
    """The texts of a page's part, and the lengths that are drawn in it."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.lengths: list[float] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        style = dict(attrs).get("style") or ""
        if style.startswith("width:"):
            self.lengths.append(float(style.removeprefix("width:").removesuffix("%")))


def figures(room: YearRoom) -> dict[str, Decimal]:
    return {name: parse_sek(text) for name, text in views.room_text(room, "kr") if text != "ej beslutad"}


def test_the_room_adds_up_in_figures_and_in_lengths(database: Database) -> None:
    for text in ("1", "100 000", "499 999", "500 000", "700 000"):
        say(database, text)
        found = read_board(database)
        room = next(room for room in found.room if room.year == 2026)
        told = figures(room)

        left = told.get("Kvar", 0) - told.get("Över det avsatta", 0)
        assert told["Avsatt"] - told["Förslaget"] == left

        page = Texts()
        page.feed(markup(found.room, {2026}, "kr"))
        assert sum(page.lengths) == pytest.approx(100, abs=0.1)


def test_a_year_that_only_a_condition_reaches_into_is_in_view() -> None:
    zero = Decimal(0)
    later = YearRoom(2028, None, zero, zero, views.Said("reserve", conditional=100), zero, None, None, None, None)
    untouched = YearRoom(2029, None, zero, zero, views.Said("out"), zero, None, None, None, None)
    page = markup([later, untouched], {2026}, "kr")
    assert "<h2>2028</h2>" in page
    assert f"Dessutom 100{NO_BREAK_SPACE}kr med villkor." in page
    assert "2029" not in page


def test_the_frame_is_told_beside_what_is_set_aside() -> None:
    here, pot = views.Said("grant", 100), Decimal(200)
    room = YearRoom(
        2026, Decimal(1000), Decimal(500), Decimal(200), here, Decimal(100), pot, Decimal(100), Decimal(300),
        Decimal(300),
    )  # fmt: skip
    told = views.also(room, "kr").replace(NO_BREAK_SPACE, " ")
    assert told == "Ram 1 000 kr, intecknat 600 kr, fritt 300 kr."
    without = replace(room, frame=None, free=None, free_after=None)
    assert views.also(without, "kr") == "Ramen är inte fastställd."


def test_the_year_of_a_frame_adds_up_also_when_there_is_too_little() -> None:
    for free in (Decimal(300), Decimal(0), Decimal(-50)):
        here = views.Said("grant", 100)
        room = YearRoom(2026, Decimal(1000), Decimal(500), Decimal(100), here, Decimal(0), None, None, Decimal(1), free)

        told = figures(room)

        left = told.get("Fritt", 0) - told.get("Fattas", 0)
        assert told["Ram"] == told["Intecknat"] + told["Förslaget"] + left
        assert sum(views.parts(room)) == max(Decimal(1000), Decimal(1000) - free)


def test_the_table_says_what_stands_and_nothing_of_a_conflict(database: Database) -> None:
    matter = wall(database).given.matters.rows[0]
    scenarios.set_line(database, ANNA, 1, Wish(*matter.key, 2026, "reserve", None, "om lokalen finns"), None)
    known = wall(database)

    row = views.table(known.board(), ())["rows"][0]

    assert row["cells"][0]["text"] == "?"
    assert row["cells"][0]["notes"] == ["avsätts, belopp ej fastställt", "om lokalen finns"]
    typing = heard.typing({"typing": {"row": row["id"], "year": 2026, "scenario": 1}})
    assert typing is not None
    assert typing.key == matter.key


def queue(token: object, *did: object) -> list[heard.Did]:
    return list(heard.anew({"token": token, "queue": list(did)}))


WHOLE: dict[str, object] = {"n": 1, "scenario": 1, "do": "whole", "row": "p1", "year": None}


def test_what_a_browser_says_again_is_done_once_and_in_its_order() -> None:
    second = {**WHOLE, "n": 2, "do": "amount", "year": 2026, "text": "1", "seen": ["grant", 5, None]}

    assert [did.what for did in queue("one", WHOLE)] == ["whole"]
    assert [(did.what, did.cell) for did in queue("one", WHOLE, second)] == [("amount", "p1-2026")]
    assert queue("one", WHOLE, second) == []
    assert heard.answered({"token": "one"}) == 2
    assert [did.what for did in queue("another", WHOLE)] == ["whole"]


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.text(max_size=8), st.floats(),
    st.sampled_from(["p1", "c2", "p", "p-1", "p²", "whole", "amount", "condition", "grant"]),
    st.lists(st.one_of(st.none(), st.integers(), st.sampled_from(["grant", "out", "x"])), max_size=4),
)  # fmt: skip
NAMES = ["n", "scenario", "do", "row", "year", "text", "seen"]


@settings(max_examples=200, deadline=None)
@given(
    token=JUNK,
    did=st.one_of(
        JUNK, st.dictionaries(st.sampled_from(NAMES), JUNK), st.fixed_dictionaries(dict.fromkeys(NAMES, JUNK))
    ),
)
def test_what_makes_no_sense_is_passed_over(token: object, did: object) -> None:
    for one in [*queue(token, did), heard.typing({"typing": did})]:
        if one is not None:
            assert one.what in (*heard.WITH_MATTER, *heard.WITH_YEAR)
            assert 0 <= one.scenario < 2**31
            assert 0 <= one.year < 2**31
            assert len(one.text) <= 600
    assert heard.answered(did) >= 0


def test_who_may_edit_is_told_without_trying(database: Database) -> None:
    with database.read() as reader:
        assert scenarios.may_edit(reader, ANNA, 1)
        assert not scenarios.may_edit(reader, CARL, 1)
        assert not scenarios.may_edit(reader, Person("Läsare", Role.VIEWER), 1)
        assert not scenarios.may_edit(reader, ANNA, 999)
        assert reader.records(Scenario)[0].owner is None


def test_a_nought_in_what_is_no_year_is_refused_before_anything_is_counted(database: Database) -> None:
    with pytest.raises(Refused, match="Skriv ett år"):
        say(database, "0", 2_000_000_000)


def test_an_amount_that_the_applicant_cannot_do_with_is_marked(database: Database) -> None:
    with database.write(ANNA, Action.EDIT, "Minsta belopp") as work:
        work.update(Proposal, 1, {"least": 180_000}, None, "x")

    def least(text: str) -> tuple[object, object]:
        say(database, text)
        found = wall(database)
        (row, *_) = views.table(found.board(), found.given.committed)["rows"]
        return row["least"], row["short"]

    assert least("179999") == (f"för lite: minst 180{NO_BREAK_SPACE}000", True)
    assert least("180000") == (f"minst 180{NO_BREAK_SPACE}000", False)


def test_what_a_board_rests_on_is_not_read_again_when_only_scenarios_have_changed(database: Database) -> None:
    def rests_on() -> Given:
        with database.read() as reader:
            return boards.given(reader, ANNA, Scope(2026, call(database).id))

    before, version, beside = rests_on(), database.version, database.version_beside_scenarios
    say(database, "150000")
    scenarios.leave_out(database, ANNA, 1, wall(database).given.matters.rows[1].key)
    copy = scenarios.copy(database, ANNA, 1, "Ett till")
    with database.read() as reader:
        copied = scenarios.scenario_of(reader, copy)
    scenarios.rename(database, ANNA, copied, "Ännu ett", "")
    scenarios.put_away(database, ANNA, copy)

    assert database.version[1] == version[1] + 5
    assert database.version_beside_scenarios == beside
    assert rests_on() == before

    meetings.create(database, ANNA, Scope(2026, call(database).id), MeetingForm("Mötet"))
    assert database.version_beside_scenarios == database.version
    ledger.undo(database, ANNA, database.version[1])
    assert database.version_beside_scenarios == database.version
    say(database, "160000")
    assert database.version_beside_scenarios == (database.version[0], database.version[1] - 1)
