"""Applications read in from Excel on the call's page: what is told, answered, shown before, and written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1.element_tree import Button

from fou import ledger
from fou.ui import pages, state
from tests.integration.application_files import BAD, blank, fill
from tests.integration.rounds import ANNA, apply, council, open_call
from tests.pages.conftest import Visit, unescaped


@pytest.fixture
def form(use: Callable[[str], None]) -> bytes:
    """The form of an open call with one application, Alfa."""
    use("empty")
    database = state.database()
    council(database)
    open_call(database)
    apply(database, "Alfa", applicants="Enhet Norr, Enhet Söder", received=None)
    return blank(database)


def opened(visit: Callable[..., Visit], jag: str = "Handläggare") -> Visit:
    shown = visit(pages.CALLS, jag=jag, utlysning="LUM-2026", **{"del": "ansokningar"})
    return shown.open("las-in-ansokningar-1")


def upload(shown: Visit, **files: bytes) -> Visit:
    for name, content in files.items():
        shown.at.get("file_uploader")[0].upload(f"{name}.xlsx", content)
    return shown.run()


def buttons(shown: Visit) -> list[str]:
    found: list[Button] = [*shown.at.button]
    return [label for one in found if (label := unescaped(one.label)).startswith("Läs in")]


def test_what_is_right_is_read_in_and_what_is_wrong_is_left_with_what_to_do(
    visit: Callable[..., Visit], form: bytes
) -> None:
    good, wrong = (
        fill(form, {"received": None}),
        fill(form, {"title": "Nattjour", "reference": "2"}, BAD["euro"].change),
    )
    asked = fill(form, {"title": "Mentorer", "reference": "3", "area": "Barn o ungdom"})
    supplement = fill(form, {"title": "Alfa", "reference": None})
    shown = upload(opened(visit), bra=good, fel=wrong, fraga=asked, alfa=supplement)
    assert [row[:2] for row in shown.rows("Fil")] == [
        ["fel.xlsx", "Ansökan › B23"], ["fraga.xlsx", "Ansökan › B8"], ["alfa.xlsx", "Ansökan › B6"],
    ]  # fmt: skip
    assert buttons(shown) == ["Läs in 1 ansökan"]
    next(one for one in shown.at.selectbox if "Barn o ungdom" in one.label).set_value(1)
    next(one for one in shown.at.radio if "Alfa" in one.label).set_value("En komplettering")
    shown.run()
    assert [row[4] for row in shown.rows("Projekt")] == ["ny", "ny", "komplettering till LUM-2026-01"]
    assert ["LUM-2026-01", "Ansvarig för projektet", "inget", "Eva Ek"] in shown.rows("Ansökan")
    shown = shown.press("Läs in 3 ansökningar")
    assert "3 ansökningar är inlästa i LUM-2026." in shown.text
    assert "Finns redan och är oförändrade: LUM-2026-01, LUM-2026-02, LUM-2026-03." in shown.text
    assert buttons(shown) == []
    with state.database().read() as reader:
        batch = ledger.history(reader)[0]
        assert (batch.kind, batch.file) == ("import", "3 filer")
        assert reader.value("SELECT COUNT(*) FROM proposal") == 3
    ledger.undo(state.database(), ANNA, batch.id)
    with state.database().read() as reader:
        assert reader.value("SELECT COUNT(*) FROM proposal") == 1


def test_amounts_that_look_like_thousands_come_in_when_they_have_been_seen(
    visit: Callable[..., Visit], form: bytes
) -> None:
    shown = upload(opened(visit), tkr=fill(form, change=BAD["thousands beside kronor"].change))
    assert [row[1] for row in shown.rows("Fil")] == ["Ansökan › B23"]
    assert "svara här ovanför" in shown.rows("Fil")[0][4]
    assert buttons(shown) == []
    next(one for one in shown.at.checkbox if "är rätt, inte tusental" in one.label).check()
    assert buttons(shown.run()) == ["Läs in 1 ansökan"]


def test_one_that_is_left_out_is_not_read_in(visit: Callable[..., Visit], form: bytes) -> None:
    shown = upload(opened(visit), ett=fill(form), tva=fill(form, {"title": "Fältarbete", "reference": "9"}))
    choice = shown.at.multiselect(key="utanfor-1-0")
    choice.select(next(option for option in choice.options if option.startswith("Fältarbete")))
    shown.run()
    assert [row[0] for row in shown.rows("Projekt")] == ["Läxhjälp i Norr"]
    shown = shown.press("Läs in 1 ansökan")
    assert "1 ansökan är inläst i LUM-2026." in shown.text
    assert shown.at.get("file_uploader")[0].value == []


@pytest.mark.usefixtures("form")
def test_only_administrators_are_offered_it(visit: Callable[..., Visit]) -> None:
    shown = opened(visit, "Berit")
    assert shown.title == "Lokala utvecklingsmedel 2026"
    assert shown.at.get("file_uploader") == []
