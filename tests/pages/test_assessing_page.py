"""Min bedömning and Jäv: a member judges one box at a time, and what they cannot save is told and not lost."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import RerunData
from streamlit.testing.v1 import local_script_runner

from fou import assessing, conflicts
from fou.access import Action, Person, Role
from fou.assessing import Judgement, MyList
from fou.model import Conflict, Member, Score, as_dict
from fou.store.sight import sight_of
from fou.ui import pages, state
from tests.pages.conftest import ADMIN, Visit

#: The call of Exempelkommunen that is being assessed; the first application that Mehdi has not judged at all.
CALL, FIRST = "U2027", "A2027-006"
CHAIR, MEHDI, BIRGITTA = "Gunilla Ekdahl", "Mehdi Karimi", "Birgitta Sandström"
CANNOT = "Kan inte bedöma"


@pytest.fixture
def come(use: Callable[[str], None], visit: Callable[..., Visit]) -> Callable[..., Visit]:
    """Open a part of the call as somebody, in a database to write in: `come(MEHDI)`, `come(CHAIR, "jav")`."""
    use("example")

    def start(jag: str, part: str = "bedomning", **query: str) -> Visit:
        return visit(pages.CALLS, jag=jag, utlysning=CALL, **{"del": part}, **query)

    return start


def number_of(code: str = FIRST) -> int:
    with state.database().read() as reader:
        return int(reader.value("SELECT id FROM proposal WHERE code = $code", code=code))


def person(name: str) -> Person:
    with state.database().read() as reader:
        return Person(name, Role.MEMBER, reader.records(Member, "WHERE name = $name", name=name)[0].id)


def box(name: str, position: int = 1, code: str = FIRST) -> str:
    return f"{person(name).member}-{number_of(code)}-{position}"


def choose(shown: Visit, name: str, value: str | None, position: int = 1) -> Visit:
    shown.at.segmented_control(key=f"varde-{box(name, position)}").set_value(value)
    return shown.run()


def write(shown: Visit, name: str, text: str, position: int = 1) -> Visit:
    shown.at.text_area(key=f"skriv-{box(name, position)}").set_value(text)
    return shown.run()


def said(name: str, position: int = 1) -> Judgement | None:
    with state.database().read() as reader:
        found = reader.records(
            Score, "WHERE member = $member AND proposal = $proposal AND criterion = $position",
            member=person(name).member, proposal=number_of(), position=position,
        )  # fmt: skip
    return Judgement(found[0].value, bool(found[0].cannot_judge), found[0].comment) if found else None


def chosen(shown: Visit, name: str, position: int = 1) -> tuple[str | None, str | None]:
    place = box(name, position)
    return shown.at.segmented_control(key=f"varde-{place}").value, shown.at.text_area(key=f"skriv-{place}").value


# --- Judging ------------------------------------------------------------------------------------------------


def test_a_member_is_told_what_is_left_and_each_box_is_saved_by_itself(come: Callable[..., Visit]) -> None:
    shown = come(MEHDI)
    assert "Du har 8 av 24 rutor kvar i 3 ansökningar." in shown.text
    assert "En del hushåll lever länge på bistånd" in shown.text  # the summary, so that one need not leave
    choose(shown, MEHDI, "4")
    assert "Du har 7 av 24 rutor kvar" in shown.text
    assert "Sparat" in shown.text
    write(shown, MEHDI, "Bra upplagt. ")
    assert said(MEHDI) == Judgement(4, comment="Bra upplagt.")
    choose(shown, MEHDI, CANNOT, 2)
    choose(shown, MEHDI, None)
    assert (said(MEHDI), said(MEHDI, 2)) == (Judgement(comment="Bra upplagt."), Judgement(cannot=True))
    # Another session of the same member finds all of it; and who comes after at the same screen their own.
    assert chosen(come(MEHDI), MEHDI, 2) == (CANNOT, "")
    shown.at.session_state["jag"] = BIRGITTA
    assert (chosen(shown.run(), BIRGITTA), said(BIRGITTA)) == (("5", ""), Judgement(5))


def test_the_next_application_is_the_next_with_something_left(come: Callable[..., Visit]) -> None:
    shown = come(MEHDI).press("Nästa ansökan")
    assert "A2027-048" in shown.at.subheader[0].value.replace("\\", "")
    assert shown.at.query_params["ansokan"] == "A2027-048"
    assert "A2027-034" in come(MEHDI, ansokan="a2027-034").at.subheader[0].value.replace("\\", "")


def test_the_last_written_holds_and_the_other_window_shows_it(come: Callable[..., Visit]) -> None:
    one, other = come(MEHDI), come(MEHDI)
    choose(one, MEHDI, "4")
    write(other, MEHDI, "Från det andra fönstret")
    assert said(MEHDI) == Judgement(4, comment="Från det andra fönstret")
    assert chosen(other, MEHDI) == ("4", "Från det andra fönstret")
    choose(other, MEHDI, "2")
    assert chosen(one.run(), MEHDI) == ("2", "Från det andra fönstret")


def test_what_is_written_when_the_scores_are_opened_is_told_and_not_lost(come: Callable[..., Visit]) -> None:
    shown = come(MEHDI)
    call = page_call()
    assessing.open_scores(state.database(), ADMIN, call)
    write(shown, MEHDI, "Min långa tanke")
    assert "Bedömningarna är öppnade och kan inte ändras" in shown.text
    assert [found.value for found in shown.at.code] == ["Min långa tanke"]
    assessing.open_scores(state.database(), ADMIN, call, opened=False)
    shown.press("Försök spara igen")
    assert (said(MEHDI), [*shown.at.code]) == (Judgement(comment="Min långa tanke"), [])


def test_a_comment_that_is_not_saved_is_not_taken_for_saved_when_a_value_is(come: Callable[..., Visit]) -> None:
    shown = come(MEHDI)
    call = page_call()
    assessing.open_scores(state.database(), ADMIN, call)
    write(shown, MEHDI, "Min långa tanke")
    assessing.open_scores(state.database(), ADMIN, call, opened=False)
    shown.run()
    choose(shown, MEHDI, "4")
    assert said(MEHDI) == Judgement(4)
    assert "Kommentaren står kvar i rutan." in shown.text
    assert "Sparat" not in shown.text
    # Neither another window nor another application in between takes it away.
    write(come(MEHDI), MEHDI, "Från det andra fönstret")
    shown.press("Nästa ansökan")
    assert "Min långa tanke" in [found.value for found in shown.at.code]
    for _ in range(4):  # past those that are done
        shown.press("Föregående")
    assert chosen(shown, MEHDI) == ("4", "Min långa tanke")
    shown.press("Försök spara igen")
    assert said(MEHDI) == Judgement(4, comment="Min långa tanke")
    assert "står kvar i rutan" not in shown.text
    assert "Sparat" in shown.text


def test_a_value_and_a_comment_that_are_both_refused_are_both_kept(come: Callable[..., Visit]) -> None:
    shown = come(MEHDI)
    call = page_call()
    assessing.open_scores(state.database(), ADMIN, call)
    # Both on their way before the page is drawn again.
    shown.at.segmented_control(key=f"varde-{box(MEHDI)}").set_value("2")
    write(shown, MEHDI, "Viktigt")
    assert sorted(found.value for found in shown.at.code) == ["2", "Viktigt"]
    assessing.open_scores(state.database(), ADMIN, call, opened=False)
    shown.press("Försök spara igen").press("Försök spara igen")
    assert said(MEHDI) == Judgement(2, comment="Viktigt")
    assert chosen(shown, MEHDI) == ("2", "Viktigt")


def test_a_comment_can_not_be_written_longer_than_it_can_be_saved(come: Callable[..., Visit]) -> None:
    assert come(MEHDI).at.text_area(key=f"skriv-{box(MEHDI)}").max_chars == assessing.LONGEST_COMMENT


def test_a_conflict_that_is_declared_meanwhile_takes_the_boxes_and_leaves_what_was_typed(
    come: Callable[..., Visit],
) -> None:
    shown = come(MEHDI)
    conflicts.declare(
        state.database(), ADMIN, number_of(), person(MEHDI).member or 0, "Chef där", date(2026, 11, 20)
    )  # fmt: skip
    choose(shown, MEHDI, "3")
    assert "Du är jävig, anmält 20 november 2026: Chef där" in shown.text
    assert [found.value for found in shown.at.code] == ["3"]
    assert [*shown.at.segmented_control][-1].label == "Del av utlysningen"
    shown.press("Ta bort")
    assert [*shown.at.code] == []


def test_a_member_declares_their_own_conflict(come: Callable[..., Visit]) -> None:
    shown = choose(come(MEHDI), MEHDI, "4")
    shown.press("Anmäl att jag är jävig")
    assert "Skriv kort varför" in shown.text
    place = f"{person(MEHDI).member}-{number_of()}"
    shown.at.text_input(key=f"javig-skal-{place}").set_value("Min enhet söker")
    shown.press("Anmäl att jag är jävig")
    assert "Du är jävig i 1 ansökan." in shown.text
    assert f"varde-{place}-1" not in shown.at.session_state
    with state.database().read() as reader:
        assert [one.reason for one in reader.records(Conflict, "WHERE proposal = $id", id=number_of())] == [
            "Min enhet söker"
        ]


def test_nothing_can_be_written_when_the_call_is_seen_as_it_was(come: Callable[..., Visit]) -> None:
    shown = come(MEHDI, per=date.today().isoformat())
    labels = {button.label for button in shown.at.button}
    assert not [found for found in shown.at.text_area if str(found.key).startswith("skriv-")]
    assert "Nästa ansökan" in labels
    assert "Anmäl att jag är jävig" not in labels


# --- The council and its conflicts --------------------------------------------------------------------------


def page_call() -> int:
    with state.database().read() as reader:
        return int(reader.value("SELECT id FROM call WHERE code = $code", code=CALL))


def test_the_chair_sees_how_far_the_council_has_come_and_opens_the_scores(come: Callable[..., Visit]) -> None:
    assert "Rådets bedömning." not in come(MEHDI).text
    shown = come(CHAIR)
    assert "Rådets bedömning. 0 av 7 ledamöter är klara. 115 av 164 rutor är ifyllda." in shown.text
    assert [MEHDI, "16 av 24", "–"] in shown.rows("Ledamot")
    shown.press("Öppna dem nu")
    assert "Bedömningarna är öppnade" in come(MEHDI).text
    come("Handläggare", "rangordning").press("Stäng bedömningarna igen")
    assert "Du har 8 av 24 rutor kvar" in come(MEHDI).text


def test_an_administrator_proposes_conflicts_and_settles_them(come: Callable[..., Visit]) -> None:
    shown = come("Handläggare", "jav").press("Föreslå jäv efter ledamöternas enheter")
    before = [row for row in shown.rows("Ansökan") if row[2] == "föreslaget"]
    assert before[0][:4] == [f"{FIRST} Samarbete med arbetsgivare – en fallstudie", MEHDI, "föreslaget",
                             "Vuxenenheten är sökande"]  # fmt: skip
    shown.press("Avfärda jävet")
    assert "Skriv varför ledamoten inte är jävig." in shown.text
    with state.database().read() as reader:
        one = reader.records(Conflict, "WHERE proposal = $id", id=number_of())[0]
    shown.at.text_input(key=f"jav-varfor-1-{one.id}").set_value("Slutade där 2024")
    shown.press("Avfärda jävet")
    assert next(row[2:4] for row in shown.rows("Ansökan") if row[1] == MEHDI) == ["avfärdat", "Slutade där 2024"]
    shown.press("Bekräfta jävet")
    left = [row for row in shown.rows("Ansökan") if row[2] == "föreslaget"]
    assert len(left) == len(before) - 2


def test_conflicts_are_declared_for_others_by_who_leads_only(come: Callable[..., Visit]) -> None:
    shown = come("Handläggare", "jav").open("jav-anmal")
    shown.press("Anmäl jäv")
    assert "Välj ansökan och ledamot." in shown.text
    shown.at.selectbox(key="jav-ansokan-0").set_value(number_of())
    shown.at.selectbox(key="jav-ledamot-0").set_value(person(BIRGITTA).member)
    shown.at.text_input(key="jav-skal-0").set_value("Granne")
    shown.press("Anmäl jäv")
    assert next(row[1:4] for row in shown.rows("Ansökan")) == [BIRGITTA, "anmält", "Granne"]
    own = come(BIRGITTA, "jav").open("jav-anmal")
    assert not {"Avfärda jävet", "Föreslå jäv efter ledamöternas enheter"} & {button.label for button in own.at.button}
    assert "jav-ledamot-0" not in own.at.session_state
    assert "jav" not in come("Läsare", "jav").at.query_params["del"]


# --- What the chair is told before opening ------------------------------------------------------------------


def alone(shown: Visit, monkeypatch: pytest.MonkeyPatch, part: int = 0) -> str:
    """What a part of the page draws when it runs by itself, as in a browser: the list, or (1) the opening in it."""
    # An AppTest runs the whole page each time: what a browser asks for, and the pages that it knows, are given to it.
    name, known = list(shown.at._fragment_storage._fragments)[part], shown.at._registered_pages
    with monkeypatch.context() as patch:
        patch.setattr(PagesManager, "get_pages", lambda self: known)
        patch.setattr(local_script_runner, "RerunData", functools.partial(RerunData, fragment_id_queue=[name]))
        return shown.run().text


def test_the_chair_is_told_how_many_boxes_are_filled_in_as_they_are(
    come: Callable[..., Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = come(CHAIR)
    assert "115 av 164 rutor är ifyllda." in shown.text
    assert "49 rutor är inte ifyllda." in shown.text
    # What she and others save: the list runs by itself, and the rest of the page does not.
    row = next(row for row in assessing_view(CHAIR).rows if row.left)
    position = next(one for one in (1, 2, 3, 4) if not row.judged.get(one, Judgement()).is_done)
    assessing.save(state.database(), person(CHAIR), row.applied.proposal.id, position, Judgement(3))
    told = alone(shown, monkeypatch)
    assert ("116 av 164 rutor är ifyllda." in told, "48 rutor är inte ifyllda." in told) == (True, True)
    assert "Lokala utvecklingsmedel" not in told
    # And when the button's popover is opened, what others have saved since.
    assessing.save(state.database(), person(MEHDI), number_of(), 1, Judgement(3))
    told = alone(shown, monkeypatch, 1)
    assert ("117 av 164 rutor är ifyllda." in told, "47 rutor är inte ifyllda." in told) == (True, True)
    assert "Du har" not in told


def test_who_opens_the_scores_is_told_first_that_most_boxes_are_empty_and_of_conflicts_to_settle(
    come: Callable[..., Visit],
) -> None:
    with state.database().write(ADMIN, Action.IMPORT, "Läste in") as work:
        gone = work.records(Score, f"WHERE proposal IN (SELECT id FROM proposal WHERE call = {page_call()})")
        work.remove_many(Score, [as_dict(one) for one in gone[5:]])
        taken = {one.member for one in work.records(Conflict, "WHERE proposal = $id", id=number_of())}
        member = next(one for one in (person(MEHDI).member, person(BIRGITTA).member) if one not in taken)
        work.create(Conflict, "x", proposal=number_of(), member=member, state="proposed", reason="Enheten söker")
    told = "1 föreslaget jäv ska bekräftas eller avfärdas, se Jäv."
    chair, admin = come(CHAIR), come("Handläggare", "rangordning")
    for shown in (chair, admin):
        assert "De flesta rutor är tomma: bara 5 av 160 är ifyllda. Tomma rutor räknas inte som noll." in shown.text
        assert f"5 av 160 rutor är ifyllda. {told}" in shown.text
    assert chair.text.count(told) == 2  # once more where she opens them
    assert f"Kvar innan du kan gå vidare. {told}" in admin.text


def assessing_view(name: str) -> MyList:
    with state.database().read(None, sight_of(person(name))) as reader:
        return assessing.my_list(reader, person(name), page_call())
