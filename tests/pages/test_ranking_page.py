"""The ranking of a call on its page, as each role sees it, and what was requested over the years."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from fou.ui import pages, show
from fou.ui.views.ranking import HIDDEN
from tests.pages.conftest import Visit, unescaped


@dataclass(frozen=True)
class Round:
    """A decided call with a conflict of interest: the application, who is in conflict, and somebody who is in none."""

    call: str
    code: str
    title: str
    conflicted: str
    other: str


@pytest.fixture(scope="session")
def decided(prepared: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Round:
    copy = tmp_path_factory.mktemp("decided") / "fou.duckdb"
    copy.write_bytes(prepared["example"].read_bytes())
    with duckdb.connect(str(copy)) as database:
        row = database.execute(
            "SELECT call.code, proposal.code, project.title, member.name, (SELECT MIN(name) FROM member "
            "WHERE role = 'member' AND id NOT IN (SELECT member FROM conflict)) FROM conflict "
            "JOIN member ON member.id = conflict.member JOIN proposal ON proposal.id = conflict.proposal "
            "JOIN project ON project.id = proposal.project JOIN call ON call.id = proposal.call "
            "WHERE call.state = 'decided' ORDER BY conflict.id LIMIT 1"
        ).fetchone()
    assert row is not None
    return Round(*row)


@pytest.fixture
def ranking(example: None, visit: Callable[..., Visit]) -> Callable[..., Visit]:
    """Open a call's ranking: `ranking("U2025", jag="Läsare", rangordning="Pengar")`."""

    def start(call: str, jag: str = "Handläggare", **query: str) -> Visit:
        shown = visit(pages.CALLS, jag, utlysning=call, **{"del": "rangordning", **query})
        assert list(shown.at.exception) == []
        return shown

    return start


def places(shown: Visit) -> dict[str, str]:
    """The list's places by application."""
    return {row[2]: row[0] for row in shown.rows("Plats")}


def test_an_administrator_reads_how_sure_the_ranking_is_and_the_list(
    ranking: Callable[..., Visit], decided: Round
) -> None:
    shown = ranking(decided.call)
    assert "står fast" in shown.text or "kan byta plats" in shown.text
    rows = shown.rows("Plats")
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert sorted(rows, key=lambda row: -float(row[3].replace(",", "."))) == rows
    assert all(row[4].split(" av ")[1].startswith("7") for row in rows)
    assert HIDDEN not in shown.text
    counted = shown.below("rangordning", show.COUNTED)
    assert "Ett tomt svar eller ”kan inte bedöma” räknas inte med och sänker inget." in counted.text


@pytest.mark.parametrize(("chosen", "title"), [("Platser", "står fast"), ("Pengar", "räcker säkert till")])
def test_each_figure_has_its_message_table_and_counting(
    ranking: Callable[..., Visit], decided: Round, chosen: str, title: str
) -> None:
    shown = ranking(decided.call, rangordning=chosen)
    assert title in unescaped(shown.at.subheader[0].value)
    name = {"Platser": "platser", "Pengar": "pengarna"}[chosen]
    opened = shown.below(name, show.AS_TABLE, show.COUNTED)
    assert len(opened.rows("Plats")) == 3
    assert "Ingår inte." in opened.text


def test_the_grounds_of_a_decided_call_are_told_with_each_applications_means(
    ranking: Callable[..., Visit], decided: Round
) -> None:
    shown = ranking(decided.call, rangordning="Grunder")
    assert "mellan beviljade och övriga" in shown.text or "beviljad" in shown.text
    assert len(shown.rows("Plats")) == 3


def test_a_member_in_conflict_sees_the_name_and_nothing_of_what_the_others_said(
    ranking: Callable[..., Visit], decided: Round
) -> None:
    # The other member has looked first: what is kept for them is not what the one in conflict gets.
    before = ranking(decided.call, decided.other)
    own = ranking(decided.call, decided.conflicted)
    name = f"{decided.title} ({decided.code})"
    assert places(before)[name] in ("1", "2", "3")
    (row,) = [row for row in own.rows("Plats") if row[2] == name]
    assert row == ["–", HIDDEN, name, *["–"] * 6]
    assert sorted(places(own).values()) == ["1", "2", "–"]
    assert "Du är jävig i en ansökan" in own.text
    for chosen in ("Platser", "Pengar", "Grunder"):
        shown = ranking(decided.call, decided.conflicted, rangordning=chosen)
        for figure in ("platser", "pengarna"):
            shown = shown.below(figure, show.AS_TABLE, show.COUNTED)
        assert decided.title not in shown.text
    assert ranking(decided.call, decided.other).rows("Plats") == before.rows("Plats")


def test_a_reader_sees_no_ranking(ranking: Callable[..., Visit], decided: Round) -> None:
    shown = ranking(decided.call, "Läsare")
    assert "står fast" not in shown.text
    assert "Poäng" not in shown.text
    assert all("Spridning" not in one.value for one in shown.at.markdown)


@pytest.mark.parametrize("who", ["Handläggare", "Gunilla Ekdahl"])
def test_before_the_scores_are_opened_it_says_who_opens_them(ranking: Callable[..., Visit], who: str) -> None:
    shown = ranking("U2027", who)
    assert "Bedömningarna är inte öppnade. Rangordningen syns när ordföranden" in shown.text
    assert "eller en handläggare har öppnat dem" in shown.text
    with pytest.raises(AssertionError, match="no table"):
        shown.rows("Plats")


def test_filters_leave_the_places_as_they_are_and_say_so(ranking: Callable[..., Visit], decided: Round) -> None:
    shown = ranking(decided.call)
    everyone = places(shown)
    unit = shown.at.selectbox(key="rang-sokande")
    unit.select(unit.options[0])
    shown.run()
    left = places(shown)
    assert 0 < len(left) < len(everyone)
    assert left.items() <= everyone.items()
    assert f"Visar {len(left)} av 3 ansökningar. Platser och summor är de i hela listan." in shown.text


def test_an_application_is_opened_from_the_ranking(ranking: Callable[..., Visit], decided: Round) -> None:
    shown = ranking(decided.call)
    next(one for one in shown.at.selectbox if one.label == "Öppna en ansökan").select(decided.code)
    assert shown.run().at.query_params["kod"] == decided.code


@pytest.mark.usefixtures("example")
def test_requested_against_granted_is_told_over_the_years_by_area_and_by_applicant(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.CALLS, "Läsare").open("utlysningar-over-aren")
    assert "projekt som sökte har beviljats" in shown.text
    for chosen, title in (("Områden", "Mest är sökt inom"), ("Sökande", "Mest är sökt av")):
        shown.at.segmented_control(key="sokt-efter").set_value(chosen)
        assert title in shown.run().text
    box = shown.at.selectbox(key="sokt-applicant")
    box.select(box.options[0])
    assert f"{box.options[0]}: " in shown.run().text
    assert len(shown.below("sokt-belopp", show.AS_TABLE).rows("År")) > 0
