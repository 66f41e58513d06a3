"""What can be undone in a call's round, and what cannot: each rule, and each mistake that somebody makes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from fou import applications, calling, conflicts, undoing
from fou.access import Action, Person, Role
from fou.assessing import Judgement, open_scores, save
from fou.calls import OUT, call_page, criteria_of, is_opened
from fou.errors import Forbidden, FouError, Refused, SaveConflict, UndoRefused
from fou.ledger import statements, take_back, undo
from fou.model import Call, Conflict, Criterion, Kind, Project, Proposal, Score
from fou.standings import standings
from fou.store import Database
from tests.integration import rounds
from tests.integration.rounds import (
    ANNA,
    CLOSED,
    DECIDES,
    GROUNDS,
    IN_TIME,
    OPENS,
    apply,
    assessed_call,
    call,
    council,
    is_whole,
)

OLLE = Person("Olle", Role.ADMIN)


def refused(database: Database, number: int, says: str, person: Person = ANNA) -> None:
    """The undoing is refused with these words, and nothing is written."""
    version = database.version
    with pytest.raises(FouError, match=says) as caught:
        undo(database, person, number)
    assert isinstance(caught.value, UndoRefused | Forbidden)
    assert database.version == version
    assert is_whole(database)


def decide(database: Database) -> int:
    return calling.move_on(database, ANNA, call(database), DECIDES)


def opened(database: Database, person: Person) -> int:
    found = open_scores(database, person, call(database).id)
    assert found is not None
    return found


def judged(database: Database, person: Person, proposal: int, value: int = 4) -> int:
    found = save(database, person, proposal, 1, Judgement(value))
    assert found is not None
    return found


def declared(database: Database, person: Person, proposal: int, member: int | None) -> int:
    assert member is not None
    found = conflicts.declare(database, person, proposal, member, "granne", CLOSED)
    assert found is not None
    return found


def scores(database: Database) -> list[int | None]:
    with database.read() as reader:
        return [one.value for one in reader.records(Score, "ORDER BY id")]


def test_what_is_out_of_a_call_is_the_same_to_the_undoing_as_to_the_calls() -> None:
    assert undoing.OUT == OUT


# --- Scores --------------------------------------------------------------------------------------------------


def test_a_score_is_not_undone_once_the_scores_are_opened_or_the_call_is_decided(database: Database) -> None:
    people = council(database)
    (number,) = assessed_call(database, "A")
    said = judged(database, people.carl, number)
    carl = replace(people.carl, role=Role.ADMIN)
    opened(database, people.berit)
    refused(database, said, "öppnade och kan inte ändras. Be ordföranden stänga dem", carl)
    decide(database)
    refused(database, said, "är beslutad, och bedömningarna kan inte ändras", carl)
    assert scores(database) == [4]


def test_only_the_member_undoes_what_they_have_judged_and_undoing_that_is_no_way_round(database: Database) -> None:
    people = council(database)
    (number,) = assessed_call(database, "A")
    said = judged(database, people.carl, number)
    refused(database, said, "Den ändrar bara ledamoten själv")
    carl = replace(people.carl, role=Role.ADMIN)
    undone = undo(database, carl, said)
    assert scores(database) == []
    refused(database, undone, "Den ändrar bara ledamoten själv")
    undo(database, carl, undone)
    assert scores(database) == [4]
    declared(database, ANNA, number, carl.member)
    refused(database, said, "Du är jävig i ansökan", carl)


def test_an_import_with_a_whole_decided_call_is_undone_and_done_again(database: Database) -> None:
    people = council(database)
    with database.write(ANNA, Action.IMPORT, "Läste in en gammal utlysning") as work:
        number = work.create(Call, code="LUM-2014", name="LUM", year=2014, state="decided", scores_open=True)
        work.create(Criterion, call=number, position=1, name="Nytta", scale=5)
        project = work.create(Project, code="P1", title="A")
        proposal = work.create(Proposal, code="L-1", call=number, project=project)
        work.create(Score, proposal=proposal, member=people.carl.member, criterion=1, value=3)
        work.create(Conflict, proposal=proposal, member=people.dora.member, reason="granne")
        batch = work.batch
    undone = undo(database, replace(people.dora, role=Role.ADMIN), batch)
    assert scores(database) == []
    undo(database, ANNA, undone)
    assert scores(database) == [3]


# --- Grounds -------------------------------------------------------------------------------------------------


def test_grounds_of_a_draft_are_undone_but_not_once_the_call_is_open(database: Database) -> None:
    people = council(database)
    found = rounds.new_call(database)

    def change(ground: calling.Ground) -> int:
        with database.read() as reader:
            seen = criteria_of(reader, found.id)
        batch = calling.save_grounds(database, ANNA, found.id, (ground, GROUNDS[1]), seen)
        assert batch is not None
        return batch

    first = change(replace(GROUNDS[0], highest=8))
    undo(database, ANNA, first)
    wider = change(replace(GROUNDS[0], highest=10))
    calling.move_on(database, ANNA, call(database), OPENS)
    guided = change(replace(GROUNDS[0], highest=10, guidance="Se mallen."))
    undo(database, ANNA, guided)
    refused(database, wider, "ska vara desamma för alla som söker")
    number = apply(database, "A")
    for _ in range(2):
        calling.move_on(database, ANNA, call(database), CLOSED)
    judged(database, people.carl, number, 9)
    refused(database, wider, "ska vara desamma för alla som söker")
    opened(database, people.berit)
    with database.read() as reader:
        assert len(standings(reader, people.berit, found.id).rows) == 1


def test_a_score_off_the_scale_is_told_with_what_to_do_and_not_as_a_fault(database: Database) -> None:
    people = council(database)
    (number,) = assessed_call(database, "A")
    opened(database, people.berit)
    with database.write(ANNA, Action.IMPORT, "Läste in en äldre fil") as work:
        work.create(Score, proposal=number, member=people.carl.member, criterion=1, value=9)
    with database.read() as reader, pytest.raises(Refused, match=r"LUM-2026-01 \(”Nytta”, 0–5\).* Stäng bedömningarna"):
        standings(reader, people.berit, call(database).id)


# --- The steps of a call -------------------------------------------------------------------------------------


def test_opening_the_scores_is_undone_under_assessment_and_never_after_the_decision(database: Database) -> None:
    people = council(database)
    (number,) = assessed_call(database, "A")
    judged(database, people.carl, number)
    undone = undo(database, ANNA, opened(database, people.berit))
    assert not is_opened(call(database))
    undo(database, ANNA, undone)
    assert is_opened(call(database))
    undo(database, ANNA, undone + 1)
    last = opened(database, people.berit)
    decide(database)
    refused(database, last, "är beslutad, och bedömningarna öppnas och stängs bara medan")
    assert is_opened(call(database))


def test_each_step_of_a_call_can_be_undone_at_once_and_the_undoing_too(database: Database) -> None:
    people = council(database)
    rounds.open_call(database)
    apply(database, "A")
    closed = calling.move_on(database, ANNA, call(database), CLOSED)
    undo(database, ANNA, undo(database, ANNA, undo(database, ANNA, closed)))
    assert call(database).state == "open"
    for _ in range(2):
        begun = calling.move_on(database, ANNA, call(database), CLOSED)
    undo(database, ANNA, undo(database, ANNA, begun))
    opened(database, people.berit)
    decided = decide(database)
    undo(database, ANNA, undo(database, ANNA, decided))
    assert (call(database).state, is_opened(call(database))) == ("decided", True)


def test_a_call_goes_neither_back_nor_on_past_what_has_been_done_in_it(database: Database) -> None:
    people = council(database)
    found = rounds.new_call(database)
    went = calling.move_on(database, ANNA, found, OPENS)
    number = apply(database, "A")
    refused(database, went, "ansökningar har redan kommit in")
    back = undo(database, ANNA, calling.move_on(database, ANNA, call(database), CLOSED))
    apply(database, "B")
    refused(database, back, "För den vidare på utlysningens egen sida")
    for _ in range(2):
        begun = calling.move_on(database, ANNA, call(database), CLOSED)
    judged(database, people.carl, number)
    refused(database, begun, "ledamöter har redan bedömt")
    opened(database, people.berit)
    undone = undo(database, ANNA, decide(database))
    open_scores(database, ANNA, found.id, opened=False)
    refused(database, undone, "För den vidare")  # it would be decided with its scores closed


def test_a_decision_stands_once_something_rests_on_it(database: Database) -> None:
    people = council(database)
    (number,) = assessed_call(database, "A")
    opened(database, people.berit)
    decided = decide(database)
    with database.read() as reader:
        (asked,) = statements(reader, "kind = 'requested'")
    with database.write(ANNA, Action.DECIDE, "Beviljade") as work:
        work.post([replace(asked, kind=Kind.GRANTED, source="beslut")])
        granted = work.batch
    refused(database, decided, "mer har hänt i den sedan beslutet")
    undo(database, ANNA, granted)
    undo(database, ANNA, decided)
    assert call(database).state == "assessment"
    assert number


def test_what_a_draft_said_is_undone_but_not_once_applicants_have_read_it(database: Database) -> None:
    council(database)
    found = rounds.new_call(database)
    said = calling.edit(database, ANNA, found, replace(calling.form_of(found), rules="Högst ett år."))
    assert said is not None
    undo(database, ANNA, undo(database, ANNA, said))
    calling.move_on(database, ANNA, call(database), OPENS)
    refused(database, said, "har blivit öppen sedan dess")


def test_money_set_aside_is_not_undone_after_the_decision(database: Database) -> None:
    people = council(database)
    (_,) = assessed_call(database, "A")
    with database.read() as reader:
        seen = calling.set_aside(reader, call(database).id)
    money = [calling.SetAside(2026, Decimal(900_000))]
    more = calling.save_money(database, ANNA, call(database).id, money, seen)
    assert more is not None
    undo(database, ANNA, undo(database, ANNA, more))
    opened(database, people.berit)
    decide(database)
    refused(database, more, "är beslutad. Dess ansökningar och pengar")


# --- Conflicts of interest -----------------------------------------------------------------------------------


def test_a_conflict_declared_by_mistake_is_undone_before_the_decision_and_not_after(database: Database) -> None:
    people = council(database)
    a, b = assessed_call(database, "A", "B")
    judged(database, people.dora, a)
    undo(database, ANNA, declared(database, people.dora, b, people.dora.member))
    stands = declared(database, people.dora, a, people.dora.member)
    opened(database, people.berit)
    decide(database)
    refused(database, stands, "Jäv kan inte ändras efter beslutet")
    with database.read() as reader:
        dora = standings(reader, people.dora, call(database).id)
    assert [row.applied.proposal.id for row in dora.rows] == [b]


def test_nobody_undoes_their_own_conflict_nor_another_where_they_have_one(database: Database) -> None:
    people = council(database)
    (number,) = assessed_call(database, "A")
    dora = replace(people.dora, role=Role.ADMIN)
    own = declared(database, dora, number, dora.member)
    refused(database, own, "ditt eget jäv. Be en annan handläggare", dora)
    other = declared(database, ANNA, number, people.carl.member)
    refused(database, other, "Du är själv jävig", dora)
    undone = undo(database, ANNA, own)
    undo(database, dora, undone)  # to be in conflict again is what she may say herself
    with database.read() as reader:
        (found,) = reader.records(Conflict, "WHERE member = $id", id=dora.member)
    dismissed = conflicts.dismiss(database, ANNA, found, "inte granne")
    back = undo(database, dora, dismissed)
    refused(database, back, "ditt eget jäv", dora)


# --- Applications --------------------------------------------------------------------------------------------


def test_an_entered_application_a_withdrawal_and_a_move_are_undone_while_nothing_rests_on_them(
    database: Database,
) -> None:
    council(database)
    rounds.open_call(database)
    number = apply(database, "Boendeenheten")  # with a conflict that is proposed
    calling.create(database, ANNA, "LUM-2027", replace(rounds.FORM, name="Annan"), GROUNDS, [_money()])
    calling.move_on(database, ANNA, call(database, "LUM-2027"), OPENS)
    undo(database, ANNA, undo(database, ANNA, applications.withdraw(database, ANNA, number, "Ville inte.")))
    undo(database, ANNA, _latest(database))
    applications.move(database, ANNA, number, call(database, "LUM-2027").id, IN_TIME)
    moved = _latest(database)
    undo(database, ANNA, undo(database, ANNA, undo(database, ANNA, moved)))
    with database.read() as reader:
        assert [one.state for one in reader.records(Proposal)] == ["received"]
    assert is_whole(database)
    apply(database, "B")
    undone = undo(database, ANNA, _latest(database))
    calling.move_on(database, ANNA, call(database), CLOSED)
    last = undo(database, ANNA, undo(database, ANNA, undone))
    calling.move_on(database, ANNA, call(database), CLOSED)
    refused(database, last, "tar inte emot ansökningar")


def test_an_application_that_is_out_gets_neither_its_costs_nor_its_money_back(database: Database) -> None:
    people = council(database)
    rounds.open_call(database)
    number = apply(database, "A")
    with database.read() as reader:
        seen = applications.form_of(reader, number)
    changed = applications.change(database, ANNA, number, seen, replace(seen, costs=()), IN_TIME)
    assert changed is not None
    withdrawn = applications.withdraw(database, ANNA, number, "Ville inte.")
    refused(database, changed, "LUM-2026-01 är återkallad. Ångra återkallelsen först")
    undo(database, ANNA, withdrawn)
    undo(database, ANNA, changed)
    with database.read() as reader:
        assert [entry.amount for entry in statements(reader, "kind = 'requested'")] == [Decimal(200_000)]
    again = _latest(database)
    for _ in range(2):
        calling.move_on(database, ANNA, call(database), CLOSED)
    opened(database, people.berit)
    decide(database)
    refused(database, again, "är beslutad. Dess ansökningar och pengar")


def test_money_alone_does_not_come_back_to_an_application_that_is_out(database: Database) -> None:
    council(database)
    rounds.open_call(database)
    number = apply(database, "A")
    with database.read() as reader:
        (asked,) = statements(reader, "kind = 'requested'")
    with database.write(ANNA, Action.EDIT, "Tog bort ett belopp") as work:
        take_back(work, [(asked, "fel")])
        taken = work.batch
    applications.withdraw(database, ANNA, number, "Ville inte.")
    refused(database, taken, "är återkallad")


# --- Who did it ----------------------------------------------------------------------------------------------


def test_who_changed_a_call_is_not_who_changed_another(database: Database) -> None:
    council(database)
    seen = rounds.new_call(database)
    with database.read() as reader:
        grounds = criteria_of(reader, seen.id)
    calling.save_grounds(database, ANNA, seen.id, (replace(GROUNDS[0], weight=7), GROUNDS[1]), grounds)
    calling.create(database, OLLE, "LUM-2030", replace(rounds.FORM, name="En helt annan"), GROUNDS)
    with pytest.raises(SaveConflict, match=r"^Anna har ändrat prioriteringsgrunderna"):
        calling.save_grounds(database, OLLE, seen.id, (replace(GROUNDS[0], weight=3), GROUNDS[1]), grounds)
    calling.move_on(database, ANNA, seen, OPENS)
    with database.read() as reader:
        other = call_page(reader, "LUM-2030")
    assert other is not None
    calling.edit(database, OLLE, other.call, replace(calling.form_of(other.call), rules="Nya regler."))
    with pytest.raises(SaveConflict, match=r"^Anna har ändrat utlysningen"):
        calling.move_on(database, OLLE, seen, OPENS)


def _money() -> calling.SetAside:
    return calling.SetAside(2026, Decimal(100_000))


def _latest(database: Database) -> int:
    with database.read() as reader:
        return int(reader.value("SELECT MAX(id) FROM batch"))
