"""From the council's recommendation to the board's decision: frozen, in the ledger to the krona, corrected, undone."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fou import applications, boards, conflicts, deciding, ledger, meetings, scenarios
from fou.access import Action, Person, Role
from fou.assessing import Judgement, open_scores, save
from fou.charts.year import year_sentence
from fou.check import check
from fou.deciding import Minutes, Verified
from fou.demo.load import load_documents, load_example
from fou.errors import Forbidden, Refused, SaveConflict, UndoRefused
from fou.imports.drafts import Drafts
from fou.ledger import history, statements, undo
from fou.matters import Key, Scope, matters
from fou.meetings import MeetingForm
from fou.model import (
    Call,
    Decision,
    Entry,
    Funder,
    Kind,
    Meeting,
    Member,
    Project,
    Proposal,
    Recommendation,
    ScenarioLine,
)
from fou.plan import rooms, year_plan
from fou.privacy.places import subject_of
from fou.privacy.weeding import weed
from fou.scenarios import Wish
from fou.snapshot import Attendant, Line
from fou.store import Database
from fou.store.sight import sight_of
from fou.ui.views.recommending import recommendation as shown
from tests.integration.rounds import ANNA, CLOSED, Council, assessed_call, call, council, is_whole

PEOPLE = Council(*(Person(name, Role.MEMBER, number) for number, name in enumerate(("Berit", "Carl", "Dora"), 1)))
TODAY, BOARD_DAY, LATER = date(2025, 11, 20), date(2025, 12, 16), date(2026, 2, 3)
AFTER = date(2026, 12, 31)
EXAMPLE_DAY = date(2026, 11, 24)
YES = Minutes("approved", "Socialnämnden", BOARD_DAY, "SN 2025/77", "§ 12", True)
SET_ASIDE = 500_000


@pytest.fixture(scope="module")
def prepared(new_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A call with 500 000 kr set aside and three applications of 200 000 kr, made once."""
    path = Path(shutil.copy(new_file, tmp_path_factory.mktemp("prepared") / "fou.duckdb"))
    database = Database.open(path)
    assert council(database) == PEOPLE
    assessed_call(database, "A", "B", "C")
    database.close()
    return path


@pytest.fixture
def database(prepared: Path, tmp_path: Path) -> Iterator[Database]:
    """A copy of it for each test."""
    path = Path(shutil.copy(prepared, tmp_path / "fou.duckdb"))
    found = Database(path, duckdb.connect(str(path)))
    yield found
    found.close()


def project(database: Database, title: str) -> Key:
    with database.read() as reader:
        return reader.value("SELECT id FROM project WHERE title = $title", title=title), None


def scenario(database: Database, **amounts: int | None) -> int:
    """A scenario that grants these, and leaves out those with None."""
    number = scenarios.create(database, ANNA, Scope(2026, call(database).id), f"S{database.version[1]}")
    for title, amount in amounts.items():
        choice = "out" if amount is None else "grant"
        scenarios.set_line(database, ANNA, number, Wish(*project(database, title), 2026, choice, amount), None)
    return number


def recommended(database: Database, **amounts: int | None) -> int:
    return deciding.recommend(database, ANNA, scenario(database, **amounts), TODAY)


def sums(database: Database) -> dict[tuple[str, int | None, int | None], tuple[Decimal, int]]:
    """What stands as granted and reserved, by kind, project and call."""
    with database.read() as reader:
        rows = statements(reader, "kind IN ('granted', 'reserved')")
    found: dict[tuple[str, int | None, int | None], tuple[Decimal, int]] = {}
    for one in rows:
        about = (str(one.kind), one.project, one.call)
        amount, unset = found.get(about, (Decimal(0), 0))
        found[about] = (amount + one.amount, unset + one.open)
    return found


def pot(database: Database) -> Decimal:
    """What is set aside for the call and not granted."""
    return sums(database).get(("reserved", None, call(database).id), (Decimal(0), 0))[0]


def granted(database: Database) -> Decimal:
    return sum((amount for (kind, _, _), (amount, _) in sums(database).items() if kind == "granted"), Decimal(0))


def latest(database: Database, number: int) -> int:
    with database.read() as reader:
        found = deciding.recommendation_page(reader, ANNA, number).in_force
    assert found is not None
    return found.resolution.id


# The recommendation


def test_a_recommendation_is_frozen_with_all_that_it_rests_on(database: Database) -> None:
    with database.read() as reader:
        first = next(one for one in matters(reader, ANNA, Scope(2026, call(database).id)).rows if one.applied)
    assert first.applied is not None
    conflicts.declare(database, PEOPLE.carl, first.applied.proposal.id, PEOPLE.carl.member or 0, "Min enhet", CLOSED)
    about = scenario(database, A=150_000, B=200_000, C=None)
    meeting = meetings.create(database, ANNA, Scope(2026, call(database).id), MeetingForm("Rådet", None, "Sal 2"))
    with pytest.raises(Refused, match="inte börjat"):
        deciding.recommend(database, ANNA, about, TODAY, meeting)
    meetings.start(database, ANNA, meeting, TODAY)
    with database.read() as reader:
        called = meetings.meeting_page(reader, ANNA, meeting).attendance
    meetings.save_attendance(database, ANNA, meeting, [Attendant("Berit", "chair", True)], called)
    number = deciding.recommend(database, PEOPLE.berit, about, TODAY, meeting, "Dora ville avslå B.")
    with database.read() as reader:
        page = deciding.recommendation_page(reader, ANNA, number)
    snapshot = page.snapshot
    assert page.verified is Verified.WHOLE
    assert [(one.title, one.lines, one.conflicts) for one in snapshot.matters] == [
        ("A", (Line(2026, "grant", 150_000),), ("Carl",)), ("B", (Line(2026, "grant", 200_000),), ()),
        ("C", (Line(2026, "out"),), ()),
    ]  # fmt: skip
    assert snapshot.meeting is not None
    assert (snapshot.meeting.held, snapshot.meeting.attendance) == (TODAY, (Attendant("Berit", "chair", True),))
    assert (snapshot.dissent, snapshot.years[0].pot_left) == ("Dora ville avslå B.", 150_000)
    # What is changed afterwards changes nothing in it, and the scenario stands.
    with database.write(ANNA, Action.EDIT, "Ändrade") as work:
        work.update(Project, project(database, "A")[0] or 0, {"title": "Nytt namn"})
    with pytest.raises(Refused, match="ändras inte"):
        scenarios.leave_out(database, ANNA, about, project(database, "B"))
    with database.read() as reader:
        assert deciding.recommendation_page(reader, ANNA, number).snapshot == snapshot
        proposed = statements(reader, "kind = 'proposed'")
        (room,) = rooms(reader, 2026, 2026)
    assert [one.amount for one in proposed] == [150_000, 200_000]
    # It is to come out of what is set aside for the call, which is counted already.
    assert (room.reserved, room.proposed) == (SET_ASIDE, 0)
    assert is_whole(database)
    # Who is in conflict has all of it but the points and the others' conflicts.
    with database.read(None, sight_of(PEOPLE.carl)) as reader:
        theirs = deciding.recommendation_page(reader, PEOPLE.carl, number)
    assert (theirs.verified, {one.conflicts for one in theirs.snapshot.matters}) == (Verified.UNKNOWN, {()})
    assert [one.lines for one in theirs.snapshot.matters] == [one.lines for one in snapshot.matters]


def test_what_is_tampered_with_is_seen(database: Database) -> None:
    number = recommended(database, A=1, B=2, C=None)
    with database.read() as reader:
        (found,) = reader.records(Recommendation)
    changed = found.frozen.replace('"amount":1,', '"amount":9,')
    assert changed != found.frozen
    for text, expected in ((changed, Verified.BROKEN), (found.frozen.replace("Enhet A", "[gallrat]"), Verified.WEEDED)):
        with database.write(ANNA, Action.EDIT, "Fuskade") as work:
            work.rows("UPDATE recommendation SET frozen = $text", text=text)
            work.keep_even_if_empty()
        with database.read() as reader:
            assert deciding.verify(reader, ANNA, number) is expected
            assert ("recommendations_are_as_frozen" in {one.rule for one in check(reader)}) == (
                expected is Verified.BROKEN
            )


def test_a_name_that_is_weeded_goes_from_what_was_frozen_too(database: Database, tmp_path: Path) -> None:
    about = scenario(database, A=150_000, B=None, C=None)
    meeting = meetings.create(database, ANNA, Scope(2026, call(database).id), MeetingForm("Rådet"))
    meetings.start(database, ANNA, meeting, TODAY)
    number = deciding.recommend(database, ANNA, about, TODAY, meeting, "Dora ville avslå A.")
    with database.read() as reader:
        dora = subject_of(reader, ANNA, ["Dora"])
    weed(database, ANNA, dora, "Uppdraget är slut", Drafts(tmp_path / "drafts"), public=True)
    with database.read() as reader:
        page = deciding.recommendation_page(reader, ANNA, number)
        assert "Dora" not in page.recommendation.frozen
        assert check(reader) == []
    assert (page.verified, page.snapshot.meeting is not None) == (Verified.WEEDED, True)


def test_nothing_is_recommended_that_is_not_ready(database: Database) -> None:
    with pytest.raises(Refused, match="inte behandlade"):
        recommended(database, A=1)
    with database.write(ANNA, Action.EDIT, "Ram") as work:
        work.post([Entry(Kind.FRAME, 2026, 1, amount=Decimal(550_000), source="x")])
    with pytest.raises(Refused, match=r"2026 fattas 50\s000\skr"):
        recommended(database, A=200_000, B=200_000, C=200_000)
    own = scenarios.create(database, PEOPLE.carl, Scope(2026, call(database).id), "Carls")
    with pytest.raises(Forbidden):
        deciding.recommend(database, PEOPLE.carl, own, TODAY)
    with pytest.raises(Refused, match="en ledamots eget"):
        deciding.recommend(database, PEOPLE.berit, own, TODAY)
    recommended(database, A=200_000, B=None, C=None)
    with pytest.raises(Refused, match="väntar redan"):
        recommended(database, A=1, B=None, C=None)


# The decision


def test_an_approved_recommendation_uses_what_is_set_aside_for_the_call(database: Database) -> None:
    number = recommended(database, A=150_000, B=200_000, C=None)
    deciding.decide(database, ANNA, number, YES, AFTER)
    assert (granted(database), pot(database)) == (350_000, 150_000)
    with database.read() as reader:
        decisions = reader.records(Decision, "WHERE kind = 'decision' ORDER BY project")
        page = deciding.recommendation_page(reader, ANNA, number)
        last = history(reader)[0]
    assert [(one.outcome, one.reference, one.immediate_approval) for one in decisions] == [
        ("granted", "SN 2025/77", True), ("granted", "SN 2025/77", True), ("rejected", "SN 2025/77", True)
    ]  # fmt: skip
    assert (page.recommendation.state, page.changed, call(database).state) == ("decided", (), "decided")
    assert (last.kind, last.entries) == ("decide", 4)
    assert is_whole(database)
    with pytest.raises(Refused, match="har redan beviljats"):
        recommended(database, A=1, C=1)
    undo(database, ANNA, last.id)
    assert (granted(database), pot(database), call(database).state) == (0, SET_ASIDE, "assessment")
    assert is_whole(database)


def test_what_the_board_changes_stays_visible(database: Database) -> None:
    number = recommended(database, A=150_000, B=200_000, C=None)
    a, c = project(database, "A"), project(database, "C")
    lines = {
        a: [Line(2026, "grant", 100_000), Line(2027, "reserve")],
        c: [Line(2026, "grant", 250_000, "om huvudmannen betalar hälften")],
    }
    with pytest.raises(Refused, match="avviker"):
        deciding.decide(database, ANNA, number, YES, AFTER, lines)
    deciding.decide(database, ANNA, number, replace(YES, verdict="changed"), AFTER, lines)
    with database.read() as reader:
        page = deciding.recommendation_page(reader, ANNA, number)
        conditional = statements(reader, "condition IS NOT NULL")
    assert [one.title for one in page.changed] == ["A", "C"]
    assert page.changed[0].recommended == (Line(2026, "grant", 150_000),)
    assert [(one.kind, one.amount) for one in conditional] == [(Kind.GRANTED, 250_000)]
    # What hangs on a condition has used nothing.
    assert (pot(database), sums(database)["reserved", a[0], call(database).id]) == (200_000, (0, 1))
    assert is_whole(database)


def test_only_a_later_decision_corrects_and_by_counter_entries(database: Database) -> None:
    number = recommended(database, A=150_000, B=200_000, C=None)
    deciding.decide(database, ANNA, number, YES, AFTER)
    with database.read() as reader:
        before = {entry.id for entry in statements(reader)}
    a, b = project(database, "A"), project(database, "B")
    later = replace(YES, verdict="changed", decided=LATER, reference="SN 2026/3")
    with pytest.raises(SaveConflict, match="redan beslutat"):
        deciding.decide(database, ANNA, number, later, AFTER, {a: [Line(2026, "grant", 50_000)]})
    with pytest.raises(Refused, match="före det beslut"):
        deciding.decide(
            database, ANNA, number, replace(later, decided=date(2025, 12, 1)), AFTER,
            {a: [Line(2026, "grant", 50_000)]}, latest(database, number),
        )  # fmt: skip
    deciding.decide(
        database, ANNA, number, later, AFTER, {a: [Line(2026, "grant", 50_000)]}, latest(database, number)
    )  # fmt: skip
    assert (granted(database), pot(database)) == (250_000, 250_000)
    with database.read() as reader:
        stands = {entry.id: entry for entry in statements(reader)}
        decisions = reader.records(Decision, "WHERE kind = 'decision' AND project = $id", id=a[0])
        page = deciding.recommendation_page(reader, ANNA, number)
    # What the later decision left as it was is the very same statement.
    kept = [entry for entry in stands.values() if entry.kind is Kind.GRANTED and entry.project == b[0]]
    assert [entry.id in before for entry in kept] == [True]
    assert [one.reference for one in decisions] == ["SN 2026/3"]
    assert [one.resolution.reference for one in page.resolutions] == ["SN 2025/77", "SN 2026/3"]
    deciding.decide(
        database, ANNA, number, replace(later, verdict="rejected", reference="SN 2026/9"), AFTER, None,
        latest(database, number),
    )  # fmt: skip
    assert (granted(database), pot(database)) == (0, SET_ASIDE)
    with database.read() as reader:
        outcomes = {one.outcome for one in reader.records(Decision, "WHERE kind = 'decision'")}
    assert outcomes == {"rejected"}
    assert is_whole(database)


def test_what_is_set_aside_for_the_call_is_so_after_a_correction_too(database: Database) -> None:
    about = scenario(database, A=150_000, B=None, C=None)
    fund = (None, call(database).id)
    scenarios.set_line(database, ANNA, about, Wish(*fund, 2026, "reserve", 40_000), None)
    number = deciding.recommend(database, ANNA, about, TODAY)
    deciding.decide(database, ANNA, number, YES, AFTER)
    assert (granted(database), pot(database)) == (150_000, 40_000)
    later = replace(YES, verdict="changed", decided=LATER, reference="SN 2026/3")
    lines = {project(database, "A"): [Line(2026, "grant", 100_000)]}
    deciding.decide(database, ANNA, number, later, AFTER, lines, latest(database, number))
    assert (granted(database), pot(database)) == (100_000, 40_000)
    deciding.decide(
        database, ANNA, number, replace(later, verdict="rejected"), AFTER, None, latest(database, number)
    )  # fmt: skip
    assert (granted(database), pot(database)) == (0, SET_ASIDE)
    assert is_whole(database)


def test_another_decision_under_the_same_number_keeps_the_first(database: Database) -> None:
    a = project(database, "A")[0]
    with database.write(ANNA, Action.IMPORT, "Läste in") as work:
        work.create(Decision, project=a, kind="decision", reference="SN 2025/77", outcome="granted", decided=TODAY)
    number = recommended(database, A=150_000, B=None, C=None)
    deciding.decide(database, ANNA, number, YES, AFTER)
    with database.read() as reader:
        found = reader.records(Decision, "WHERE kind = 'decision' AND project = $id ORDER BY id", id=a)
    assert [(one.reference, one.decided) for one in found] == [
        ("SN 2025/77", TODAY), ("SN 2025/77, 16 december 2025", BOARD_DAY)
    ]  # fmt: skip
    assert is_whole(database)


def test_what_has_been_withdrawn_is_not_recommended(database: Database) -> None:
    about = scenario(database, A=150_000, B=None, C=None)
    with database.read() as reader:
        (found,) = reader.records(Proposal, "WHERE project = $id", id=project(database, "A")[0])
    applications.withdraw(database, ANNA, found.id, "Drog sig ur")
    with pytest.raises(Refused, match="återkallade"):
        deciding.recommend(database, ANNA, about, TODAY)


def test_what_has_been_used_since_is_not_corrected(database: Database) -> None:
    number = recommended(database, A=150_000, B=None, C=None)
    a = project(database, "A")
    lines = {a: [Line(2026, "grant", 150_000), Line(2027, "reserve", 90_000)]}
    deciding.decide(database, ANNA, number, replace(YES, verdict="changed"), AFTER, lines)
    with database.write(ANNA, Action.EDIT, "Beviljade") as work:
        ledger.grant(work, Entry(Kind.GRANTED, 2027, 1, a[0], call(database).id, amount=Decimal(50), source="x"))
    minutes = replace(YES, verdict="changed", decided=LATER, reference="SN 2026/3")
    with pytest.raises(Refused, match="ändrats eller använts"):
        deciding.decide(
            database, ANNA, number, minutes, AFTER, {a: [Line(2026, "grant", 1)]}, latest(database, number)
        )  # fmt: skip
    assert is_whole(database)


def test_what_is_sent_back_is_recommended_anew(database: Database) -> None:
    about = scenario(database, A=150_000, B=None, C=None)
    number = deciding.recommend(database, ANNA, about, TODAY)
    deciding.decide(database, ANNA, number, replace(YES, verdict="sent_back"), AFTER)
    assert (granted(database), pot(database)) == (0, SET_ASIDE)
    with pytest.raises(Refused, match="återremitterad"):
        deciding.decide(database, ANNA, number, YES, AFTER)
    scenarios.leave_out(database, ANNA, about, project(database, "A"))
    again = deciding.recommend(database, ANNA, about, LATER)
    deciding.decide(database, ANNA, again, replace(YES, decided=LATER), AFTER)
    with database.read() as reader:
        assert [one.state for one in deciding.recommendations(reader, ANNA)] == ["decided", "sent_back"]
        # What is proposed is what the council proposed last: nothing.
        assert statements(reader, "kind = 'proposed'") == []
    with pytest.raises(UndoRefused):
        undo(database, ANNA, database.version[1] - 1)
    assert is_whole(database)


def test_what_is_sent_back_after_it_was_approved_is_no_longer_granted(database: Database) -> None:
    number = recommended(database, A=150_000, B=200_000, C=None)
    deciding.decide(database, ANNA, number, YES, AFTER)
    minutes = replace(YES, verdict="sent_back", decided=LATER, reference="SN 2026/3")
    deciding.decide(database, ANNA, number, minutes, AFTER, None, latest(database, number))
    assert (granted(database), pot(database)) == (0, SET_ASIDE)
    with database.read() as reader:
        assert reader.records(Decision, "WHERE kind = 'decision'") == []
    undo(database, ANNA, database.version[1])
    with database.read() as reader:
        assert len(reader.records(Decision, "WHERE kind = 'decision'")) == 3
    assert (granted(database), is_whole(database)) == (350_000, True)


@pytest.mark.parametrize("verdict", ["sent_back", "rejected"])
def test_what_a_later_recommendation_has_been_granted_is_not_granted_once_more(
    database: Database, verdict: str
) -> None:
    about = scenario(database, A=150_000, B=None, C=None)
    first = deciding.recommend(database, ANNA, about, TODAY)
    batch = deciding.decide(database, ANNA, first, replace(YES, verdict=verdict), AFTER)
    again = deciding.recommend(database, ANNA, about, LATER)
    deciding.decide(database, ANNA, again, replace(YES, decided=LATER), AFTER)
    corrects: int | None = latest(database, first)
    if verdict == "sent_back":
        undo(database, ANNA, batch)
        corrects = None
    minutes = replace(YES, decided=LATER, reference="SN 2026/3")
    with pytest.raises(Refused, match="redan beviljat A medel genom beslutet om LUM-2026-R2"):
        deciding.decide(database, ANNA, first, minutes, AFTER, None, corrects)
    with database.read() as reader, pytest.raises(Refused, match="redan beviljat"):
        deciding.foresee(reader, ANNA, first, "approved")
    # Without it, the rest can be decided.
    lines = {project(database, "A"): [Line(2026, "out")]}
    deciding.decide(database, ANNA, first, replace(minutes, verdict="changed"), AFTER, lines, corrects)
    assert (granted(database), pot(database), is_whole(database)) == (150_000, 350_000, True)


def test_nothing_that_a_member_in_conflict_sees_is_in_the_order_of_rank(database: Database) -> None:
    with database.read() as reader:
        proposals = {one.project: one.id for one in reader.records(Proposal)}
    scores = {"A": (1, 2), "B": (5, 7), "C": (3, 4)}
    for title, values in scores.items():
        for ground, value in enumerate(values, 1):
            save(database, PEOPLE.berit, proposals[project(database, title)[0]], ground, Judgement(value))
    open_scores(database, ANNA, call(database).id)
    b = proposals[project(database, "B")[0]]
    conflicts.declare(database, PEOPLE.dora, b, PEOPLE.dora.member or 0, "Min syster söker", CLOSED)
    number = recommended(database, A=100_000, B=150_000, C=50_000)
    deciding.decide(database, ANNA, number, YES, AFTER)
    for person, order in ((PEOPLE.carl, "BCA"), (PEOPLE.dora, "ABC")):
        with database.read(None, sight_of(person)) as reader:
            page = deciding.recommendation_page(reader, person, number)
            granted_to = [one.project for one in statements(reader, "kind = 'granted'")]
        assert "".join(one.title for one in page.snapshot.matters) == order
        assert page.in_force is not None
        assert "".join(one.title for one in page.in_force.decided.matters) == "ABC"
        assert granted_to == sorted(granted_to)


INCOMPLETE = (
    ({"verdict": "maybe"}, "Välj vad"), ({"decided": None}, "vilket datum"), ({"board": " "}, "vilken nämnd"),
    ({"reference": ""}, "diarienummer"), ({"decided": date(2030, 1, 1)}, "inte varit"),
    ({"decided": date(2025, 11, 1)}, "före rekommendationen"),
)  # fmt: skip
ODD: tuple[tuple[list[Line], str], ...] = (
    ([Line(2026, "grant")], "med ett belopp"), ([Line(2026, "reserve", 0)], "större än noll"),
    ([Line(2026, "out", 5)], "har inget belopp"), ([], "en sak för varje år"),
    ([Line(2026, "out"), Line(2027, "reserve")], "en sak för varje år"),
    ([Line(2026, "grant", 150_000)], "Inget är ändrat"),
)  # fmt: skip


def test_minutes_that_do_not_hang_together_are_refused(database: Database) -> None:
    number = recommended(database, A=150_000, B=None, C=None)
    for wrong, told in INCOMPLETE:
        with pytest.raises(Refused, match=told):
            deciding.decide(database, ANNA, number, replace(YES, **wrong), AFTER)  # type: ignore[arg-type]
    for lines, told in ODD:
        with pytest.raises(Refused, match=told):
            deciding.decide(
                database, ANNA, number, replace(YES, verdict="changed"), AFTER, {project(database, "A"): lines}
            )  # fmt: skip
    with pytest.raises(Refused, match="en egen"):
        deciding.decide(
            database, ANNA, number, replace(YES, verdict="changed"), AFTER, {(99, None): [Line(2026, "out")]}
        )
    with pytest.raises(Refused, match="inga belopp"):
        deciding.decide(
            database, ANNA, number, replace(YES, verdict="rejected"), AFTER,
            {project(database, "A"): [Line(2026, "grant", 1)]},
        )  # fmt: skip
    assert granted(database) == 0


# The documents' memo


def test_the_documents_memo_of_2013_is_reproduced(new_file: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(new_file, tmp_path / "documents.duckdb"))
    database = Database(path, duckdb.connect(str(path)))
    load_documents(database, ANNA)
    about = Scope(2013)
    number = scenarios.create(database, ANNA, about, "Förvaltningens förslag")
    with database.read() as reader:
        found = matters(reader, ANNA, about)
    for one in found.rows:
        scenarios.take_whole(database, ANNA, number, one.key)
    made = deciding.recommend(database, ANNA, number, date(2013, 9, 20))
    with database.read() as reader:
        snapshot = deciding.recommendation_page(reader, ANNA, made).snapshot
        assert shown(reader, ANNA, made).preparation.startswith("Utvecklingsenheten vid ")
        assert (history(reader)[0].entries, statements(reader, "kind = 'granted' AND funder = 1")) == (0, [])
    now = {one.code: one.lines[0].amount for one in snapshot.matters if one.lines[0].year == 2013}
    assert now == {"S-EBP": 600_000, "S-IMPL": 770_000, "S-KONT": 210_000, "S-INSATS": 730_000}
    assert [one.code for one in snapshot.matters if any(line.open for line in one.lines)] == [
        "S-EBP", "S-KONT", "S-INSATS", "S-BARNAHUS", "S-SKOLA", "S-EKB"
    ]  # fmt: skip
    assert [one.code for one in snapshot.matters if one.continuing] == ["S-EBP", "S-IMPL"]
    assert snapshot.matters[-1].lines == (Line(2014, "reserve", 2_000_000),)
    assert [(one.year, one.here_granted, one.here_reserved, one.open, one.free_after) for one in snapshot.years] == [
        (2013, 2_310_000, 0, 0, 0), (2014, 0, 2_000_000, 6, None)
    ]  # fmt: skip
    minutes = Minutes("approved", "Socialnämnden", date(2013, 10, 22), "dnr 1", None, True)
    batch = deciding.decide(database, ANNA, made, minutes, AFTER)
    with database.read() as reader:
        this, following = rooms(reader, 2013, 2014, "egna")
        decided = reader.records(Decision, "WHERE kind = 'decision'")
        assert check(reader) == []
    assert (this.granted, this.reserved, this.free, this.proposed, this.open) == (2_310_000, 0, 0, 0, 0)
    assert (following.granted, following.reserved, following.open, following.proposed) == (0, 2_000_000, 6, 0)
    assert {one.outcome for one in decided if one.immediate_approval} == {"granted", "reserved"}
    with database.read() as reader:
        of, after = year_plan(reader, 2013), year_plan(reader, 2014)
    # What is decided is counted once, and takes the place of what was proposed in the sentences too.
    assert (after.figures.open_count, sum(row.figures.open_count for row in after.areas)) == (6, 6)
    assert year_sentence(of, "kr").startswith(
        "Socialnämnden beslutade om FoU-medlen för 2013 den 22 oktober 2013. Fyra "
    )
    assert "är avsatta till utlysningen" in year_sentence(after, "kr")
    assert "föreslås" not in year_sentence(after, "kr")
    undo(database, ANNA, batch)
    with database.read() as reader:
        this, following = rooms(reader, 2013, 2014, "egna")
    assert (this.granted, this.proposed, following.reserved, following.proposed) == (0, 2_310_000, 0, 2_000_000)
    database.close()


# The invented municipality's meeting


def test_the_meeting_that_the_example_has_planned_can_be_held_to_the_end(new_file: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(new_file, tmp_path / "example.duckdb"))
    database = Database(path, duckdb.connect(str(path)))
    load_example(database, ANNA)
    with database.read() as reader:
        (meeting,) = reader.records(Meeting, "WHERE code = 'S2027-M1'")
        (chair,) = reader.records(Member, "WHERE chair")
        found = {one.scenario.code: one for one in scenarios.scenarios(reader, ANNA, Scope(2026, meeting.call))}
        tried = {code: boards.board(reader, ANNA, one.scenario.id) for code, one in found.items()}
    assert [one.owner is None for one in found.values()] == [True, True, True, False]
    # There is room for each of the council's, and nobody is forgotten in them.
    for code in ("S2027-S1", "S2027-S2", "S2027-S3"):
        assert all(room.over == 0 for room in tried[code].room)
        assert not tried[code].not_considered
    gunilla = Person(chair.name, Role.MEMBER, chair.id)
    meetings.start(database, ANNA, meeting.id, EXAMPLE_DAY)
    made = deciding.recommend(database, gunilla, found["S2027-S1"].scenario.id, EXAMPLE_DAY, meeting.id)
    meetings.close(database, ANNA, meeting.id)
    with database.read() as reader:
        page = deciding.recommendation_page(reader, ANNA, made)
        seen = shown(reader, ANNA, made)
    # The year's plan was prepared and decided the year before: that is not how this was.
    assert seen.preparation == ""
    asked = {one.key: {amount.year for amount in one.requested} for one in page.snapshot.matters}
    assert all(row.now is not None or row.year in asked[row.key] for row in seen.rows)
    given = next(one for one in page.snapshot.matters if len(one.lines) == 3)
    less = [Line(one.year, one.choice, (one.amount or 0) // 2, one.condition) for one in given.lines]
    minutes = Minutes("changed", "Socialnämnden", date(2026, 12, 15), "SN 2026/900", "§ 130", True)
    deciding.decide(database, ANNA, made, minutes, AFTER, {given.key: less})
    with database.read() as reader:
        page = deciding.recommendation_page(reader, ANNA, made)
        assert check(reader) == []
    assert ([one.title for one in page.changed], page.verified) == ([given.title], Verified.WHOLE)
    assert len(page.snapshot.meeting.attendance if page.snapshot.meeting else ()) == 8
    database.close()


# Any order of events

PROJECTS, CALL, YEARS = (1, 2), 1, (2026, 2027)
MONEY = st.integers(1, 9).map(lambda number: number * 100)
LINE = st.one_of(
    st.builds(Line, st.sampled_from(YEARS), st.just("grant"), MONEY, st.sampled_from([None, None, "om"])),
    st.builds(Line, st.sampled_from(YEARS), st.just("reserve"), st.none() | MONEY, st.sampled_from([None, None, "om"])),
)
ABOUT = st.lists(LINE, min_size=1, max_size=2, unique_by=lambda line: line.year) | st.just([Line(2026, "out")])
SAID = st.fixed_dictionaries({(number, None): ABOUT for number in PROJECTS})
EVENTS = st.one_of(
    st.tuples(st.just("reserve"), st.sampled_from([(None, CALL), (1, None), (2, None)]), st.sampled_from(YEARS),
              st.none() | MONEY),
    st.tuples(st.just("decide"), st.sampled_from([CALL, None]), SAID, st.booleans()),
    st.tuples(st.just("correct"), st.integers(0, 9), SAID),
    st.tuples(st.just("revoke"), st.integers(0, 9)),
    st.tuples(st.just("undo"), st.integers(1, 3)),
)  # fmt: skip


def _lines(database: Database, call: int | None, said: Mapping[Key, Sequence[Line]]) -> int:
    """A scenario with these lines, as one batch."""
    number = scenarios.create(database, ANNA, Scope(2026, call), f"S{database.version[1]}")
    with database.write(ANNA, Action.TRY, "Rader") as work:
        rows = [
            {"scenario": number, "project": key[0], "call": key[1], "year": line.year, "choice": line.choice,
             "amount": line.amount, "condition": line.condition}
            for key, own in said.items() for line in own
        ]  # fmt: skip
        work.create_many(ScenarioLine, rows)
    return number


class Events:
    """What happens to a call, and what must hold of the ledger after each thing that does."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path, duckdb.connect(str(path)))
        self.decided: list[int] = []

    def happen(self, event: tuple[object, ...]) -> None:
        before = self.database.version
        try:
            getattr(self, str(event[0]))(*event[1:])
        except Refused:
            return
        assert event[0] in ("correct", "revoke", "undo") or self.database.version != before

    def reserve(self, key: Key, year: int, amount: int | None) -> None:
        with self.database.write(ANNA, Action.EDIT, "Avsatte") as work:
            work.post([Entry(Kind.RESERVED, year, 1, *key, amount=Decimal(amount or 0), open=int(amount is None),
                             source="avsatt")])  # fmt: skip

    def decide(self, call: int | None, said: Mapping[Key, Sequence[Line]], also: bool) -> None:
        about = {**said, **({(None, CALL): [Line(2026, "reserve", 400)]} if also else {})}
        number = deciding.recommend(self.database, ANNA, _lines(self.database, call, about), TODAY)
        self.decided.append(number)
        deciding.decide(self.database, ANNA, number, replace(YES, reference=f"dnr {number}"), AFTER)

    def correct(self, which: int, said: Mapping[Key, Sequence[Line]], verdict: str = "changed") -> None:
        with self.database.read() as reader:
            made = [one.id for one in deciding.recommendations(reader, ANNA) if one.state in ("decided", "rejected")]
        if made:
            number = made[which % len(made)]
            minutes = Minutes(verdict, "Nämnden", LATER, f"dnr {number} b")
            deciding.decide(self.database, ANNA, number, minutes, AFTER, said, latest(self.database, number))

    def revoke(self, which: int) -> None:
        self.correct(which, {}, "rejected")

    def undo(self, back: int) -> None:
        with self.database.read() as reader:
            batches = [one for one in history(reader) if one.undone_by is None and one.undoes is None and one.id > 1]
        if len(batches) >= back:
            undo(self.database, ANNA, batches[back - 1].id)

    def holds(self) -> None:
        """What stands is what was set aside, less what the decisions in force used of it, and what they say."""
        with self.database.read() as reader:
            stands = statements(reader, "kind IN ('granted', 'reserved')")
            made = deciding.recommendations(reader, ANNA)
            pages = [deciding.recommendation_page(reader, ANNA, one.id) for one in made]
            in_force = {one.id for one in history(reader) if one.note == "Avsatte" and one.undone_by is None}
            outside = [
                entry
                for entry in ledger.entries(reader, "source = 'avsatt' AND reverses IS NULL")
                if entry.batch in in_force
            ]
        assert all(entry.amount >= 0 and entry.open >= 0 for entry in stands)
        lines = [
            (matter, carried)
            for page in pages
            for matter in (page.in_force.decided.matters if page.in_force else ())
            for carried in matter.lines
        ]
        assert all(
            sum(one.amount for one in carried.taken) <= carried.line.firm
            for _, carried in lines
            if carried.line.choice == "grant"
        )
        # Granted is what the decisions in force say.
        grants = Counter[object]()
        for matter, carried in lines:
            if carried.line.choice == "grant":
                grants[matter.project, carried.line.year, carried.line.condition] += carried.line.amount or 0
        for entry in stands:
            if entry.kind is Kind.GRANTED:
                grants[entry.project, entry.year, entry.condition] -= int(entry.amount)
        assert not any(grants.values())
        # Reserved is what was set aside from outside and by them, less what they used.
        kept = Counter[object]()
        for entry in outside:
            kept[entry.project, entry.year, "kr"] += int(entry.amount)
            kept[entry.project, entry.year, "open"] += entry.open
        for matter, carried in lines:
            if carried.line.choice == "reserve":
                kept[matter.project, carried.line.year, "kr"] += carried.line.amount or 0
                kept[matter.project, carried.line.year, "open"] += carried.line.open
            for one in carried.taken:
                kept[one.project, one.year, "kr"] -= int(one.amount)
                kept[one.project, one.year, "open"] -= one.open
        for entry in stands:
            if entry.kind is Kind.RESERVED:
                kept[entry.project, entry.year, "kr"] -= int(entry.amount)
                kept[entry.project, entry.year, "open"] -= entry.open
        assert not any(kept.values())


@pytest.fixture(scope="module")
def bare(new_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A call that is being assessed and two projects, without applications: what the ledger does is enough."""
    path = Path(shutil.copy(new_file, tmp_path_factory.mktemp("bare") / "fou.duckdb"))
    database = Database.open(path)
    with database.write(ANNA, Action.IMPORT, "Läste in") as work:
        work.create(Funder, name="Staden", kind="municipality")
        work.create(Call, code="U", name="U", year=2026, state="assessment")
        for title in "AB":
            work.create(Project, code=title, title=title)
    database.close()
    return path


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENTS, min_size=3, max_size=5))
def test_decisions_and_reservations_net_whatever_happens(bare: Path, events: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run = Events(Path(shutil.copy(bare, folder)))
        try:
            for event in [("reserve", (None, CALL), 2026, 1000), *events]:
                run.happen(event)
                run.holds()
            assert is_whole(run.database)
        finally:
            run.database.close()
