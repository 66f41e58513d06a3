"""A call from draft to decision, and the applications in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from fou import applications, calling, conflicts, ledger
from fou.access import Action, Person, Role
from fou.applications import Cost
from fou.assessing import open_scores
from fou.calling import GROUNDS as READY
from fou.calling import Ground, SetAside
from fou.calls import call_page, criteria_of, requested_of
from fou.check import check
from fou.errors import AlreadyThere, Forbidden, Refused, SaveConflict
from fou.model import Call, Kind, Member, Proposal, Score, columns
from fou.store import Database, chain
from fou.store.sight import sight_of
from fou.store.work import to_json
from tests.integration.rounds import (
    ANNA,
    ASSESSED,
    CLOSED,
    CLOSES,
    DECIDES,
    FORM,
    IN_TIME,
    OPENS,
    apply,
    assessed_call,
    call,
    council,
    form,
    is_whole,
    new_call,
    open_call,
)

BO = Person("Bo", Role.ADMIN)


def requested(database: Database, number: int) -> dict[int, Decimal]:
    with database.read() as reader:
        proposals = reader.records(Proposal, "WHERE id = $id", id=number)
        found = requested_of(reader, proposals)[number]
    return {entry.year: entry.amount for entry in found}


def reserved(database: Database) -> list[tuple[int, Decimal]]:
    with database.read() as reader:
        return [(e.year, e.amount) for e in ledger.statements(reader, "kind = 'reserved'")]


# Calls


def test_a_call_goes_from_draft_to_decision_one_step_at_a_time(database: Database) -> None:
    council(database)
    assessed_call(database, "A")
    assert call(database).state == "assessment"
    with database.write(ANNA, Action.OPEN_SCORES, "Öppnade") as work:
        work.update(Call, 1, {"scores_open": True})
    calling.move_on(database, ANNA, call(database), DECIDES)
    assert call(database).state == "decided"
    with pytest.raises(Refused, match="är beslutad och kan inte ändras"):
        calling.edit(database, ANNA, call(database), FORM)
    assert is_whole(database)


def test_a_draft_is_not_opened_before_it_is_whole_and_its_day_has_come(database: Database) -> None:
    council(database)
    calling.create(database, ANNA, "U", replace(FORM, text=None, closes=None, assessed=None, decides=None))
    with pytest.raises(Refused) as refused:
        calling.move_on(database, ANNA, call(database, "U"), date(2025, 8, 1))
    for word in ("en text", "sista ansökningsdag", "minst en prioriteringsgrund", "pengar", "1 september 2025"):
        assert word in str(refused.value)
    new_call(database)
    with pytest.raises(Refused, match="har redan varit"):
        calling.move_on(database, ANNA, call(database), CLOSED)


def test_each_later_step_waits_for_its_day_and_for_what_belongs_to_it(database: Database) -> None:
    council(database)
    open_call(database)
    with pytest.raises(Refused, match="går ut 15 oktober 2025"):
        calling.move_on(database, ANNA, call(database), CLOSES)
    number = apply(database, "A", summary=None)
    calling.move_on(database, ANNA, call(database), CLOSED)
    with pytest.raises(Refused, match="LUM-2026-01 saknar uppgifter"):
        calling.move_on(database, ANNA, call(database), CLOSED)
    applications.mark(database, ANNA, number, "complete")
    calling.move_on(database, ANNA, call(database), CLOSED)
    with pytest.raises(Refused, match=r"inte öppnade.*planerat till 1 december 2025"):
        calling.move_on(database, ANNA, call(database), ASSESSED)


def test_two_people_moving_a_call_at_once_move_it_one_step(database: Database) -> None:
    council(database)
    seen = new_call(database)
    calling.move_on(database, ANNA, seen, OPENS)
    with pytest.raises(SaveConflict, match="Anna har ändrat utlysningen"):
        calling.move_on(database, BO, seen, OPENS)
    calling.move_back(database, ANNA, call(database))
    assert call(database).state == "draft"


def test_dates_that_contradict_each_other_are_refused(database: Database) -> None:
    with pytest.raises(Refused, match=r"Sista ansökningsdag \(15 oktober 2025\) ligger efter Bedöms senast"):
        calling.create(database, ANNA, "U", replace(FORM, assessed=date(2025, 10, 1)))
    with pytest.raises(Refused, match=r"Öppnar .* ligger efter Beslut planerat"):
        calling.create(database, ANNA, "U", replace(FORM, closes=None, assessed=None, decides=date(2025, 1, 1)))
    wrong = replace(FORM, opens=date(2025, 11, 20), decides=date(2025, 10, 20))
    with pytest.raises(Refused) as refused:
        calling.create(database, ANNA, "U", wrong)
    assert str(refused.value) == (
        "Datumen motsäger varandra: Öppnar (20 november 2025) ligger efter Sista ansökningsdag (15 oktober 2025), "
        "Bedöms senast (10 november 2025) och Beslut planerat (20 oktober 2025). Bedöms senast (10 november 2025) "
        "ligger efter Beslut planerat (20 oktober 2025). Rätta dem så att de kommer i ordning."
    )


@pytest.mark.parametrize(
    ("ground", "said"),
    [
        (Ground(" "), "namn"), (Ground("A", 0), "vikten"), (Ground("A", 1, 5, 5), "lägsta värdet"),
        (Ground("A", 1, -1, 5), "lägsta värdet"),
    ],
)  # fmt: skip
def test_a_ground_needs_a_name_a_weight_and_a_scale(database: Database, ground: Ground, said: str) -> None:
    with pytest.raises(Refused, match=said):
        calling.create(database, ANNA, "U", FORM, [ground])


def test_the_documents_grounds_and_other_swedish_scales_are_ready(database: Database) -> None:
    council(database)
    for number, grounds in enumerate(READY.values()):
        calling.create(database, ANNA, f"U{number}", FORM, grounds)
    assert len(READY["Lokala utvecklingsmedel 2014"]) == 4
    assert all(ground.guidance for grounds in READY.values() for ground in grounds)


def test_last_years_call_is_copied_in_one_act(database: Database) -> None:
    council(database)
    open_call(database)
    before = database.version[1]
    code = calling.copy_call(database, ANNA, call(database).id)
    assert database.version[1] == before + 1
    copied, old = call(database, code), call(database)
    assert (code, copied.name, copied.year) == ("LUM-2027", "Lokala utvecklingsmedel 2027", 2027)
    assert (copied.opens, copied.decides) == (date(2026, 9, 1), date(2026, 12, 1))
    assert (copied.state, copied.copied_from, copied.text) == ("draft", old.id, old.text)
    with database.read() as reader:
        said = [
            [(c.position, c.name, c.weight, c.lowest, c.scale, c.guidance) for c in criteria_of(reader, number)]
            for number in (old.id, copied.id)
        ]
    assert said[0] == said[1]
    assert calling.copy_call(database, ANNA, old.id) == "LUM-2027-2"


@pytest.mark.parametrize(
    ("code", "name", "copied"),
    [
        ("U2027", "Medel 2026–2027", ("U2028", "Medel 2027–2028")), ("VAR 26", "Vårens", ("VAR 27", "Vårens 2027")),
        ("VAR27", "Medel 2027", ("VAR28", "Medel 2028")), ("LUM-04", "Medel", ("LUM-04-2027", "Medel 2027")),
        ("NYA-1", "Medel 2026", ("NYA-1-2027", "Medel 2027")),
    ],
)  # fmt: skip
def test_the_year_that_a_code_or_a_name_ends_in_is_counted_up(
    database: Database, code: str, name: str, copied: tuple[str, str]
) -> None:
    council(database)
    calling.create(database, ANNA, code, replace(FORM, name=name))
    new = call(database, calling.copy_call(database, ANNA, 1))
    assert (new.code, new.name) == copied


def test_the_assessment_begins_with_complete_applications_in_the_same_batch(database: Database) -> None:
    council(database)
    open_call(database)
    numbers = [apply(database, title) for title in ("A", "B")]
    applications.withdraw(database, ANNA, numbers[1], "Ångrade sig")
    calling.move_on(database, ANNA, call(database), CLOSED)

    def states() -> list[str | None]:
        with database.read() as reader:
            return [one.state for one in reader.records(Proposal, "ORDER BY id")]

    assert states() == ["received", "withdrawn"]
    batch = calling.move_on(database, ANNA, call(database), CLOSED)
    assert states() == ["complete", "withdrawn"]
    ledger.undo(database, ANNA, batch)
    assert (states(), call(database).state) == (["received", "withdrawn"], "closed")
    assert is_whole(database)


def test_a_proposed_conflict_is_settled_before_the_decision(database: Database) -> None:
    people = council(database)
    open_call(database)
    apply(database, "A", applicants="Vuxenenheten")  # where Berit works
    gone = apply(database, "B", applicants="Boendeenheten")  # where Carl works
    for _ in range(2):
        calling.move_on(database, ANNA, call(database), CLOSED)

    def left() -> tuple[str, ...]:
        with database.read() as reader:
            return calling.left_to_do(reader, call(database), DECIDES)

    assert left()[0] == "2 föreslagna jäv ska bekräftas eller avfärdas, se Jäv."
    applications.withdraw(database, ANNA, gone, "Ångrade sig")
    assert left()[0] == "1 föreslaget jäv ska bekräftas eller avfärdas, se Jäv."
    open_scores(database, people.berit, 1)
    with pytest.raises(Refused, match=r"^1 föreslaget jäv ska bekräftas eller avfärdas, se Jäv\.$"):
        calling.move_on(database, ANNA, call(database), DECIDES)
    conflicts.declare(database, ANNA, 1, 1, "Chef där", CLOSED)
    assert left() == ()


def test_a_leap_day_is_moved_to_the_day_before(database: Database) -> None:
    council(database)
    form = replace(FORM, opens=date(2028, 2, 29), closes=date(2028, 3, 1), assessed=None, decides=None, year=2028)
    calling.create(database, ANNA, "X", form)
    assert call(database, calling.copy_call(database, ANNA, 1)).opens == date(2029, 2, 28)


def test_money_set_aside_is_corrected_by_counter_entries(database: Database) -> None:
    council(database)
    found = new_call(database)
    seen = [SetAside(2026, Decimal(500_000))]
    wanted = [SetAside(2026, Decimal(400_000)), SetAside(2027, None)]
    calling.save_money(database, ANNA, found.id, wanted, seen)
    assert reserved(database) == [(2026, Decimal(400_000)), (2027, Decimal(0))]
    with database.read() as reader:
        assert calling.set_aside(reader, found.id) == tuple(wanted)
        assert len(ledger.entries(reader, "kind = 'reserved'")) == 4
    assert calling.save_money(database, ANNA, found.id, wanted, wanted) is None
    with pytest.raises(SaveConflict, match="Nu är avsatt 2026: 400"):
        calling.save_money(database, BO, found.id, [], seen)
    with pytest.raises(Refused, match="större än noll"):
        calling.save_money(database, ANNA, found.id, [SetAside(2026, Decimal(-1))], wanted)
    assert is_whole(database)


def test_when_a_call_is_open_only_the_guidance_of_its_grounds_can_change(database: Database) -> None:
    council(database)
    found = open_call(database)
    with database.read() as reader:
        seen = criteria_of(reader, found.id)
    same = [Ground(c.name, c.weight or 1, c.lowest or 0, c.scale or 5, "Ny vägledning") for c in seen]
    assert calling.save_grounds(database, ANNA, found.id, same, seen) is not None
    with pytest.raises(SaveConflict, match="Anna har ändrat prioriteringsgrunderna"):
        calling.save_grounds(database, BO, found.id, [replace(one, guidance="Annan") for one in same], seen)
    with database.read() as reader:
        now = criteria_of(reader, found.id)
    with pytest.raises(Refused, match="bara vägledningen"):
        calling.save_grounds(database, ANNA, found.id, [replace(same[0], weight=3), same[1]], now)
    with pytest.raises(Refused, match="året kan inte ändras"):
        calling.edit(database, ANNA, found, replace(FORM, year=2027))


def test_only_an_administrator_writes_calls_and_applications(database: Database) -> None:
    people = council(database)
    found = open_call(database)
    for act in (
        lambda: calling.copy_call(database, people.berit, found.id),
        lambda: calling.move_on(database, people.berit, found, CLOSED),
        lambda: applications.enter(database, people.berit, found.id, form("A"), IN_TIME),
    ):
        with pytest.raises(Forbidden):
            act()


# Applications


def test_an_application_and_what_it_asks_for_stand_in_the_ledger(database: Database) -> None:
    council(database)
    open_call(database)
    number = apply(database, "A", costs=(
        Cost(2026, "salaries", "requested", 150_000), Cost(2026, "travel", "requested", 25_000),
        Cost(2027, "salaries", "requested", 90_000), Cost(2026, "other", "co_funding", 70_000),
    ))  # fmt: skip
    assert requested(database, number) == {2026: Decimal(175_000), 2027: Decimal(90_000)}
    with database.read() as reader:
        (later,) = applications.lacking(reader, number)
        assert (later.what, later.blocks) == (
            "Ansökan söker 90\xa0000\xa0kr för 2027, när utlysningen inte har några pengar.", False,
        )  # fmt: skip
        page = call_page(reader, "lum-2026")
        assert page is not None
        assert page.applications[0].requested.amount == 265_000
    assert is_whole(database)


def test_a_supplement_shows_what_was_changed(database: Database) -> None:
    council(database)
    open_call(database)
    number = apply(database, "A", least=100_000)
    with database.read() as reader:
        seen = applications.form_of(reader, number)
    costs = (Cost(2026, "salaries", "requested", 180_000),)
    changed = replace(seen, summary="Längre.", costs=costs)
    assert applications.change(database, ANNA, number, seen, changed, IN_TIME, "Sökanden kompletterade") is not None
    with database.read() as reader:
        (found,) = applications.supplements(reader, number)
    assert (found.actor, found.note) == ("Anna", "Sökanden kompletterade")
    assert set(found.changes) == {
        ("Sammanfattning", "En sammanfattning.", "Längre."),
        ("2026, löner, sökt", "200\xa0000\xa0kr", "180\xa0000\xa0kr"),
        ("2026, övrigt, medfinansiering", "50\xa0000\xa0kr", "inget"),
    }  # fmt: skip
    assert requested(database, number) == {2026: Decimal(180_000)}
    with database.read() as reader:
        assert len(ledger.entries(reader, "kind = 'requested'")) == 3
    assert applications.change(database, ANNA, number, changed, changed, IN_TIME) is None
    ledger.undo(database, ANNA, found.batch)
    assert requested(database, number) == {2026: Decimal(200_000)}
    assert is_whole(database)


def test_two_who_change_the_same_application_at_once_lose_nothing(database: Database) -> None:
    council(database)
    open_call(database)
    number = apply(database, "A")
    with database.read() as reader:
        seen = applications.form_of(reader, number)
    applications.change(database, ANNA, number, seen, replace(seen, summary="Annas"), IN_TIME)
    applications.change(database, BO, number, seen, replace(seen, lead="Bos"), IN_TIME)
    with pytest.raises(SaveConflict, match="Anna har ändrat samma uppgift"):
        applications.change(database, BO, number, seen, replace(seen, summary="Bos"), IN_TIME)
    costs = (Cost(2026, "salaries", "requested", 1),)
    applications.change(database, ANNA, number, seen, replace(seen, costs=costs), IN_TIME)
    with pytest.raises(SaveConflict, match="ändrat kostnaderna"):
        applications.change(database, BO, number, seen, replace(seen, costs=()), IN_TIME)
    with database.read() as reader:
        now = applications.form_of(reader, number)
    assert (now.summary, now.lead, now.costs) == ("Annas", "Bos", costs)


def test_what_an_application_lacks_and_what_does_not_fit_is_told(database: Database) -> None:
    council(database)
    open_call(database)
    calling.edit(database, ANNA, call(database), replace(FORM, closes=date(2025, 10, 20)))
    late = date(2025, 11, 1)
    said = form(
        "A", 900_000, summary=None, area=None, applicants="Enhet A", joint=True, reference=None, received=late,
        least=950_000, ends="2025-12",
    )  # fmt: skip
    applications.enter(database, ANNA, 1, said, late)
    with database.read() as reader:
        found = {lack.text: lack.blocks for lack in applications.lacking(reader, 1)}
        page = call_page(reader, "LUM-2026")
        assert page is not None
        assert {lack.text: lack.blocks for lack in applications.lacking_in(reader, page)[1]} == found
    told = " ".join(found)
    for words in (
        "Sammanfattning saknas", "Område saknas", "Diarienummer saknas", "gemensam men har en enda sökande",
        "efter sista ansökningsdag 20 oktober 2025", "utlysningen har 500\xa0000\xa0kr", "är större än det sökta",
        "Pengar söks för 2026, när projektet inte pågår",
    ):  # fmt: skip
        assert words in told
    assert not next(blocks for text, blocks in found.items() if "utlysningen har" in text)


def test_the_same_application_twice_is_told_unless_it_is_another(database: Database) -> None:
    council(database)
    found = open_call(database)
    apply(database, "A")
    with pytest.raises(Refused, match="LUM-2026-01 har redan diarienumret"):
        applications.enter(database, ANNA, found.id, form("A"), IN_TIME, again=True)
    other = form("a", reference="SN 2", applicants="Enhet A")
    with pytest.raises(AlreadyThere, match=r"LUM-2026-01 .* ser ut att vara samma ansökan") as told:
        applications.enter(database, ANNA, found.id, other, IN_TIME)
    assert (told.value.code, told.value.same_number) == ("LUM-2026-01", False)
    assert applications.enter(database, ANNA, found.id, other, IN_TIME, again=True) == "LUM-2026-02"
    with database.read() as reader:
        seen = applications.form_of(reader, 2)
    assert applications.change(database, ANNA, 2, seen, replace(seen, summary="Annan."), IN_TIME) is not None
    with pytest.raises(AlreadyThere, match="har redan diarienumret SN 2025/A"):
        applications.change(database, ANNA, 2, seen, replace(seen, reference="sn 2025 / a"), IN_TIME)


def test_the_same_application_is_known_however_it_is_written_and_in_whatever_call(database: Database) -> None:
    council(database)
    open_call(database)
    apply(database, "Hem, ljuva hem", applicants="Enhet A; Enhet B", reference="1")
    calling.create(database, ANNA, "U", FORM, READY["Nej, delvis, ja"], [SetAside(2026, Decimal(9))])
    calling.move_on(database, ANNA, call(database, "U"), OPENS)
    again = form("hem ljuva  hem", applicants="Enhet B, enhet a", reference="2")
    with pytest.raises(AlreadyThere, match="samma ansökan"):
        applications.enter(database, ANNA, 2, again, IN_TIME)
    with pytest.raises(AlreadyThere, match="samma ansökan"):
        applications.enter(database, ANNA, 2, replace(again, applicants=None), IN_TIME)
    assert applications.enter(database, ANNA, 2, replace(again, applicants="Enhet C"), IN_TIME) == "U-01"


def test_money_for_years_that_the_call_has_none_for_is_told(database: Database) -> None:
    council(database)
    open_call(database)
    costs = (Cost(2026, "salaries", "requested", 300_000), Cost(2027, "salaries", "requested", 300_000))
    number = apply(database, "A", costs=costs, applicants="Enhet A, Enhet B")
    with database.read() as reader:
        assert [(lack.what, lack.blocks) for lack in applications.lacking(reader, number)] == [
            ("Ansökan har 2 sökande men är inte märkt som gemensam.", False),
            ("Ansökan söker 300\xa0000\xa0kr för 2027, när utlysningen inte har några pengar.", False),
        ]


def test_an_amount_that_was_corrected_stands_when_something_else_is_supplemented(database: Database) -> None:
    council(database)
    open_call(database)
    number = apply(database, "A")
    with database.read() as reader:
        (entry,) = ledger.statements(reader, "kind = 'requested'")
        seen = applications.form_of(reader, number)
    ledger.correct(database, ANNA, entry.id, Decimal(150_000), "Skrivfel i ansökan")
    applications.change(database, ANNA, number, seen, replace(seen, summary="Längre."), IN_TIME)
    assert requested(database, number) == {2026: Decimal(150_000)}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"starts": "2027", "ends": "2026-05"}, "motsäger varandra"), ({"starts": "någon gång"}, "Skriv ett år"),
        ({"costs": (Cost(2026, "löner", "requested", 1),)}, "listorna"),
        ({"costs": (Cost(2026, "salaries", "requested", 0),)}, "större än noll"),
        ({"costs": (Cost(2026, "salaries", "requested", 1),) * 2}, "står två gånger"), ({"least": -1}, "lägsta"),
        ({"received": date(2025, 10, 2)}, "2 oktober 2025: den dagen har inte varit"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_what_to_do(database: Database, more: dict[str, object], said: str) -> None:
    council(database)
    found = open_call(database)
    with pytest.raises(Refused, match=said):
        applications.enter(database, ANNA, found.id, form("A", **more), IN_TIME)


def test_a_withdrawn_application_asks_for_nothing_and_stays(database: Database) -> None:
    council(database)
    open_call(database)
    number = apply(database, "A")
    applications.withdraw(database, ANNA, number, "Sökanden ångrade sig")
    assert requested(database, number) == {}
    with database.read() as reader:
        assert ledger.statements(reader, "kind = 'requested'") == []
        page = call_page(reader, "LUM-2026")
        assert page is not None
        assert [one.active for one in page.applications] == [False]
    with pytest.raises(Refused, match="återkallad och kan inte ändras"):
        applications.mark(database, ANNA, number, "complete")
    assert is_whole(database)


def test_a_moved_application_takes_its_money_and_conflicts_along(database: Database) -> None:
    council(database)
    open_call(database)
    number = apply(database, "A", applicants="Vuxenenheten")
    calling.create(database, ANNA, "LUM-2027", replace(FORM, year=2026), READY["Nej, delvis, ja"],
                   [SetAside(2026, Decimal(9))])  # fmt: skip
    with pytest.raises(Refused, match="är ett utkast"):
        applications.move(database, ANNA, number, 2, IN_TIME)
    calling.move_on(database, ANNA, call(database, "LUM-2027"), OPENS)
    code = applications.move(database, ANNA, number, 2, IN_TIME)
    with database.read() as reader:
        old, new = reader.records(Proposal, "ORDER BY id")
        conflicts = reader.rows("SELECT proposal, member, state FROM conflict ORDER BY proposal")
        calls = {entry.call for entry in ledger.statements(reader, "kind = 'requested'")}
    assert (old.state, old.moved_to, new.code, new.call) == ("moved", new.id, code, 2)
    assert (requested(database, old.id), requested(database, new.id)) == ({}, {2026: Decimal(200_000)})
    assert conflicts == [(old.id, 1, "proposed"), (new.id, 1, "proposed")]
    assert calls == {2}
    assert is_whole(database)


def test_only_administrators_see_whom_to_ask(database: Database) -> None:
    people = council(database)
    open_call(database)
    number = apply(database, "A")
    applications.mark(database, ANNA, number, "complete")
    for person in (people.berit, Person("x", Role.VIEWER)):
        for head in (None, database.version[1]):
            with database.read(head, sight_of(person)) as reader:
                found = reader.rows("SELECT contact FROM proposal") + reader.rows("SELECT * FROM change")
                assert "@" not in str(found)
                assert reader.value("SELECT COUNT(*) FROM proposal") == 1


# Older files


def test_a_file_of_version_4_is_migrated_whole_and_what_it_holds_can_be_undone(tmp_path: Path) -> None:
    old = {
        Member: {"id": 1, "name": "Berit", "email": None, "role": "member", "unit": None},
        Call: {"id": 1, "code": "U", "name": "U", "year": 2020, "opens": None, "closes": None, "state": "decided",
               "text": None, "source": None},
        Score: {"id": 1, "proposal": 1, "member": 1, "criterion": 1, "value": 3, "cannot_judge": None},
    }  # fmt: skip
    path = tmp_path / "fou.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(Path(__file__).with_name("schema_version_4.sql").read_text("utf-8"))
        connection.execute("INSERT INTO meta VALUES ('fou', 4, 0, $start, 0, $start, 0)", {"start": chain.START})
        connection.execute(
            "INSERT INTO batch VALUES (1, TIMESTAMP '2025-01-01', 'Anna', 'edit', 'x', NULL, NULL, NULL, 0, 2, 0, '', "
            "'')"
        )
        for position, record in enumerate((Member, Call)):
            values = old[record]
            places = ", ".join(f"${name}" for name in values)
            connection.execute(f"INSERT INTO {record.TABLE} ({', '.join(values)}) VALUES ({places})", values)
            connection.execute(
                "INSERT INTO change VALUES (1, $position, $record, 1, NULL, $after, NULL, '')",
                {"position": position, "record": record.TABLE, "after": to_json(values)},
            )
        chain.seal_all(connection)
    database = Database.open(path)
    assert is_whole(database)
    with database.read(1) as reader:
        assert [one.scores_open for one in reader.records(Call)] == [None]
    with database.write(ANNA, Action.EDIT, "Ändrade") as work:
        work.update(Call, 1, {"rules": "Högst tre år."})
    assert is_whole(database)
    ledger.undo(database, ANNA, 2)
    ledger.undo(database, ANNA, 1)
    with database.read() as reader:
        assert (reader.records(Member), reader.records(Call), check(reader)) == ([], [], [])
    assert set(columns(Score)) - set(old[Score]) == {"comment"}
    database.close()


def test_kinds_of_entries_that_a_round_writes(database: Database) -> None:
    council(database)
    assessed_call(database, "A", "B")
    with database.read() as reader:
        assert {entry.kind for entry in ledger.entries(reader)} == {Kind.RESERVED, Kind.REQUESTED}
