"""Changing facts and amounts, reading in a budget, and undoing: every write, and what others see of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1.element_tree import TextArea, TextInput

from fou import ledger
from fou.model import Project
from fou.ui import pages, state
from tests.pages.conftest import ADMIN, Visit, changed_documents, unescaped

pytestmark = pytest.mark.usefixtures("each_file_is_read_once")

LEAD, PERFORMER, TITLE = "lead", "performer", "title"


@pytest.fixture(autouse=True)
def _documents(use: Callable[[str], None]) -> None:
    use("documents")


def project(code: str = "S-EBP") -> Project:
    with state.database().read() as reader:
        return reader.records(Project, "WHERE code = $code", code=code)[0]


def field(shown: Visit, name: str) -> TextInput | TextArea:
    """The form's field for one fact of S-EBP."""
    key = f"falt-{project().id}-{name}"
    return shown.at.text_area(key=key) if name == "summary" else shown.at.text_input(key=key)


def fill_in(shown: Visit, **facts: str) -> Visit:
    """Type facts into the form and save them."""
    for name, value in facts.items():
        field(shown, name).set_value(value)
    return shown.press("Spara uppgifterna")


def correct(
    shown: Visit, amount: str, why: str = "Socialnämndens beslut, § 7", entry: str = "2013 föreslaget"
) -> Visit:
    """Correct the amount of S-EBP whose name begins with `entry`."""
    choice = shown.at.selectbox(key=f"ratta-{project().id}")
    choice.select(next(option for option in choice.options if option.startswith(entry)))
    shown.at.text_input(key=f"ratta-till-{project().id}").set_value(amount)
    shown.at.text_input(key=f"ratta-skal-{project().id}").set_value(why)
    return shown.press("Rätta beloppet")


@pytest.fixture
def editor(visit: Callable[..., Visit]) -> Callable[[], Visit]:
    """Open the page of S-EBP with its forms; each call is another person's session."""
    return lambda: visit(pages.PROJECT, kod="S-EBP").open("andra")


# --- Facts --------------------------------------------------------------------------------------------------


def test_a_new_lead_is_shown_among_the_facts(editor: Callable[[], Visit]) -> None:
    assert ["Ansvarig", "Astrid Ek"] in fill_in(editor(), lead="Astrid Ek").rows("Uppgift")


def test_a_new_lead_stands_in_the_projects_history_with_what_was_there_before(editor: Callable[[], Visit]) -> None:
    before = project().lead
    shown = fill_in(editor(), lead="Astrid Ek").open("projektets-andringar")
    assert shown.rows("När")[0][1:] == ["Handläggare", "ändring, post 2", f"Ansvarig: {before or 'tomt'} → Astrid Ek"]


def test_saving_what_is_unchanged_writes_nothing(editor: Callable[[], Visit]) -> None:
    fill_in(editor())
    with state.database().read() as reader:
        assert [batch.id for batch in ledger.history(reader)] == [1]


def test_a_project_cannot_lose_its_title(editor: Callable[[], Visit]) -> None:
    assert "Projektet måste ha en titel." in [error.value for error in fill_in(editor(), title=" ").at.error]


def test_two_people_may_save_one_after_the_other(editor: Callable[[], Visit]) -> None:
    shown = editor()
    fill_in(fill_in(shown, lead="Astrid Ek"), performer="Karlstads universitet")
    assert (project().lead, project().performer) == ("Astrid Ek", "Karlstads universitet")


@pytest.fixture
def second(editor: Callable[[], Visit]) -> Visit:
    """Somebody who saves the same form as somebody else just did: the lead, and what the first had left alone."""
    first, second = editor(), editor()
    fill_in(first, lead="Astrid Ek", performer="Karlstads universitet")
    return fill_in(second, lead="Bo Alm", keywords="barn")


def test_the_second_to_save_is_told_who_was_first(second: Visit) -> None:
    assert "Handläggare har ändrat samma uppgift" in second.text


def test_the_second_to_save_is_told_what_now_stands_there(second: Visit) -> None:
    assert "Astrid Ek" in second.at.error[0].value


def test_what_the_first_saved_stands(second: Visit) -> None:
    assert project().lead == "Astrid Ek"


def test_what_the_second_typed_is_still_in_the_form(second: Visit) -> None:
    assert (field(second, "lead").value, field(second, "keywords").value) == ("Bo Alm", "barn")


def test_the_seconds_form_shows_what_the_first_changed_elsewhere(second: Visit) -> None:
    assert field(second, "performer").value == "Karlstads universitet"


def test_the_second_may_save_anyway_and_overwrites_only_what_they_typed(second: Visit) -> None:
    second.press("Spara uppgifterna")
    now = project()
    assert (now.lead, now.keywords, now.performer) == ("Bo Alm", "barn", "Karlstads universitet")


def test_the_form_shows_what_holds_when_it_is_opened_again(editor: Callable[[], Visit]) -> None:
    first, second = editor(), editor()
    second.at.session_state["andra"] = False
    second.run()
    fill_in(first, lead="Astrid Ek")
    assert field(second.open("andra"), "lead").value == "Astrid Ek"


# --- Amounts ------------------------------------------------------------------------------------------------


def test_a_corrected_amount_changes_the_sum_on_the_overview(editor: Callable[[], Visit]) -> None:
    correct(editor(), "650 000")
    assert editor().go(pages.OVERVIEW, ar="2013").metrics["Föreslaget"] == "2 360 000 kr"


def test_a_corrected_amount_is_told_against_the_frame(editor: Callable[[], Visit]) -> None:
    correct(editor(), "650 000")
    assert "Förslagen för 2013 går 50 000 kr över ramen" in editor().go(pages.OVERVIEW, ar="2013").text


def test_the_old_amount_stays_among_the_sources_as_replaced(editor: Callable[[], Visit]) -> None:
    rows = correct(editor(), "650 000").open("projektets-kallor").rows("År")
    found = {row[2]: row[5] for row in rows if row[0] == "2013"}
    assert (found["600 000"], found["650 000"]) == ("ersatt", "gäller")


def test_the_new_amount_carries_who_corrected_it_and_why(editor: Callable[[], Visit]) -> None:
    rows = correct(editor(), "650 000").open("projektets-kallor").rows("År")
    assert "ändrat: Socialnämndens beslut, § 7" in [row[7] for row in rows]


def test_an_open_commitment_can_get_its_amount(editor: Callable[[], Visit]) -> None:
    shown = correct(editor(), "400 000", entry="2014 föreslaget")
    assert "1 000 000 kr är föreslaget för 2013 och 2014." in shown.text


def test_an_amount_can_be_made_open_again_and_is_then_no_0(editor: Callable[[], Visit]) -> None:
    shown = correct(editor(), "ej fastställt")
    assert "För 2013 och 2014 finns åtaganden vars belopp inte är fastställda." in shown.text


@pytest.mark.parametrize("amount", ["mycket", "1.234", "100 euro", "1e9", "", "<b>1</b>"])
def test_an_amount_that_cannot_be_read_is_refused(editor: Callable[[], Visit], amount: str) -> None:
    shown = correct(editor(), amount)
    assert (len(shown.at.error), state.database().version) == (1, (0, 1))


def test_what_was_typed_stays_when_something_is_missing(editor: Callable[[], Visit]) -> None:
    shown = correct(editor(), "650 000", why="")
    assert shown.at.text_input(key=f"ratta-till-{project().id}").value == "650 000"


def test_the_form_is_empty_after_a_correction(editor: Callable[[], Visit]) -> None:
    shown = correct(editor(), "650 000")
    assert shown.at.text_input(key=f"ratta-till-{project().id}").value == ""


@pytest.fixture
def second_to_correct(editor: Callable[[], Visit]) -> Visit:
    """Somebody who corrects the same amount as somebody else just did."""
    first, second = editor(), editor()
    correct(first, "650 000")
    return correct(second, "700 000")


def test_the_second_to_correct_an_amount_is_told_who_was_first(second_to_correct: Visit) -> None:
    assert [error.value.startswith("Handläggare har") for error in second_to_correct.at.error] == [True]


def test_the_second_to_correct_an_amount_loses_nothing_of_what_was_typed(second_to_correct: Visit) -> None:
    assert second_to_correct.at.text_input(key=f"ratta-till-{project().id}").value == "700 000"


def test_the_second_to_correct_an_amount_changes_nothing(second_to_correct: Visit) -> None:
    assert second_to_correct.go(pages.OVERVIEW, ar="2013").metrics["Föreslaget"] == "2 360 000 kr"


def test_the_second_may_then_correct_what_the_first_wrote(second_to_correct: Visit) -> None:
    correct(second_to_correct, "700 000")
    assert second_to_correct.go(pages.OVERVIEW, ar="2013").metrics["Föreslaget"] == "2 410 000 kr"


# --- Undoing ------------------------------------------------------------------------------------------------


def undo_on_administration(shown: Visit, batch: int) -> Visit:
    shown.go(pages.ADMINISTRATION)
    choice = next(box for box in shown.at.selectbox if box.label == "Ångra en post")
    choice.select(next(option for option in choice.options if option.startswith(f"Post {batch}:")))
    shown.run()
    return shown.press("Ångra")


def test_undoing_a_correction_brings_the_old_sum_back(editor: Callable[[], Visit]) -> None:
    shown = undo_on_administration(correct(editor(), "650 000"), 2)
    assert shown.go(pages.OVERVIEW, ar="2013").metrics["Föreslaget"] == "2 310 000 kr"


def test_undoing_is_confirmed_with_the_number_of_the_new_post(editor: Callable[[], Visit]) -> None:
    shown = undo_on_administration(correct(editor(), "650 000"), 2)
    assert "Post 2 är ångrad (post 3)." in [said.value for said in shown.at.success]


def test_what_is_undone_stays_in_the_history(editor: Callable[[], Visit]) -> None:
    shown = undo_on_administration(correct(editor(), "650 000"), 2)
    assert [(row[0], row[-1]) for row in shown.rows("Post")] == [
        ("3", "gäller"), ("2", "ångrad genom post 3"), ("1", "gäller"),
    ]  # fmt: skip


def test_what_is_undone_cannot_be_chosen_again(editor: Callable[[], Visit]) -> None:
    shown = undo_on_administration(correct(editor(), "650 000"), 2)
    choice = next(box for box in shown.at.selectbox if box.label == "Ångra en post")
    assert [option.split(":")[0] for option in choice.options] == ["Post 3", "Post 1"]


def test_undoing_under_a_later_change_is_refused_with_the_later_post(editor: Callable[[], Visit]) -> None:
    shown = correct(correct(editor(), "650 000"), "700 000")
    assert "post 3" in undo_on_administration(shown, 2).at.error[0].value


def test_undoing_a_changed_fact_brings_the_old_one_back(editor: Callable[[], Visit]) -> None:
    before = project().lead
    undo_on_administration(fill_in(editor(), lead="Astrid Ek"), 2)
    assert project().lead == before


def test_the_whole_is_found_in_order_after_changes_and_undoing(editor: Callable[[], Visit]) -> None:
    shown = undo_on_administration(correct(editor(), "650 000"), 2)
    assert "Databasen är hel: alla kontroller stämmer." in shown.press("Kontrollera databasen").text


# --- Reading in a budget ------------------------------------------------------------------------------------


@pytest.fixture
def importer(visit: Callable[..., Visit]) -> Callable[..., Visit]:
    """Open the page Import and choose a file."""

    def choose(content: bytes, name: str = "budget2013.xlsx") -> Visit:
        shown = visit(pages.IMPORT)
        shown.at.get("file_uploader")[0].upload(name, content)
        return shown.run()

    return choose


@pytest.fixture
def imported(importer: Callable[..., Visit]) -> Visit:
    """Somebody who has read in a workbook where one amount is another."""
    return importer(changed_documents(J3=650_000)).press("Läs in")


def test_a_changed_amount_is_shown_with_before_after_and_cell(importer: Callable[..., Visit]) -> None:
    (row,) = importer(changed_documents(J3=650_000)).rows("År")
    assert (row[0], row[1], row[4], row[5], row[6]) == ("2013", "föreslaget", "600 000", "650 000", "Budget › J3")


def test_what_a_file_would_change_is_summed_up(importer: Callable[..., Visit]) -> None:
    assert "1 ändrat belopp. 25 belopp är oförändrade." in importer(changed_documents(J3=650_000)).text


def test_looking_at_a_file_writes_nothing(importer: Callable[..., Visit]) -> None:
    importer(changed_documents(J3=650_000))
    assert state.database().version == (0, 1)


def test_a_file_that_says_nothing_new_offers_nothing_to_read_in(importer: Callable[..., Visit]) -> None:
    shown = importer(changed_documents())
    assert (
        "Filen säger inget som inte redan står i databasen." in shown.text,
        "Läs in" in [button.label for button in shown.at.button],
    ) == (True, False)


def test_reading_in_is_confirmed_with_its_number(imported: Visit) -> None:
    assert "budget2013.xlsx är inläst som post 2." in imported.text


def test_what_was_read_in_is_seen_on_the_overview(imported: Visit) -> None:
    assert imported.go(pages.OVERVIEW, ar="2013").metrics["Föreslaget"] == "2 360 000 kr"


def test_what_was_read_in_stands_among_earlier_imports(imported: Visit) -> None:
    told = [row[4].split(" · ")[0] for row in imported.rows("Post")]
    assert told == ["Läste in budget2013.xlsx", "Läste in documents.xlsx"]


def test_an_earlier_import_is_told_with_the_hash_of_its_file(imported: Visit) -> None:
    with state.database().read() as reader:
        digest = reader.value("SELECT sha256 FROM batch WHERE id = 2")
    assert f"SHA-256 {digest[:12]}…" in imported.rows("Post")[0][4]


def test_an_import_is_undone_on_the_spot(imported: Visit) -> None:
    imported.press("Ångra post 2")
    assert imported.go(pages.OVERVIEW, ar="2013").metrics["Föreslaget"] == "2 310 000 kr"


def test_undoing_an_import_on_the_spot_is_confirmed(imported: Visit) -> None:
    assert "Post 2 är ångrad (post 3)." in imported.press("Ångra post 2").text


@pytest.fixture
def overtaken(importer: Callable[..., Visit]) -> Visit:
    """Somebody who reads a file in after somebody else has changed the same amount."""
    shown = importer(changed_documents(J3=650_000))
    with state.database().read() as reader:
        entry = ledger.statements(reader, "kind = 'proposed' AND amount = 600000")[0]
    ledger.correct(state.database(), ADMIN, entry.id, entry.amount + 1, "Bättre vetande")
    return shown.press("Läs in")


def test_a_file_is_not_read_in_over_what_somebody_changed_since_the_difference_was_seen(overtaken: Visit) -> None:
    assert state.database().version == (0, 2)


def test_who_changed_the_database_meanwhile_is_told(overtaken: Visit) -> None:
    assert "Anna har ändrat i databasen sedan du såg skillnaden" in overtaken.at.error[0].value


def test_the_new_difference_is_shown_at_once(overtaken: Visit) -> None:
    assert overtaken.rows("År")[0][4:6] == ["600 001", "650 000"]


def test_the_file_can_be_read_in_once_the_new_difference_was_seen(overtaken: Visit) -> None:
    assert "budget2013.xlsx är inläst som post 3." in overtaken.press("Läs in").text


BAD_CELLS = [
    ("J3", "sexhundratusen", "Budget › J3"),
    ("F3", "hittepå", "Budget › F3"),
    ("E3", "Okänd finansiär", "Budget › E3"),
    ("A3", "FINNS-INTE", "Budget › A3"),
]


@pytest.mark.parametrize(("cell", "value", "place"), BAD_CELLS, ids=[cell for cell, *_ in BAD_CELLS])
def test_an_error_in_a_file_is_told_with_its_cell(
    importer: Callable[..., Visit], cell: str, value: str, place: str
) -> None:
    assert f"{place}. Här står: {value}. Väntat:" in importer(changed_documents(**{cell: value})).text


def test_a_file_with_errors_cannot_be_read_in(importer: Callable[..., Visit]) -> None:
    shown = importer(changed_documents(J3="sexhundratusen"))
    assert (
        "1 sak måste rättas eller besvaras innan filen kan läsas in" in shown.text,
        [unescaped(button.label) for button in shown.at.button if not button.disabled],
    ) == (True, ["1. budget2013.xlsx", "2. Så läses filen", "3. Kontroll"])


@pytest.mark.parametrize("content", [b"", b"inte en arbetsbok", b"PK\x03\x04trasig"], ids=["empty", "text", "broken"])
def test_a_file_that_is_no_workbook_is_told_so(importer: Callable[..., Visit], content: bytes) -> None:
    shown = importer(content)
    assert ([*shown.at.exception], "måste rättas eller besvaras" in shown.text) == ([], True)


def test_a_budget_is_read_into_an_empty_database(use: Callable[[str], None], importer: Callable[..., Visit]) -> None:
    use("empty")
    shown = importer(changed_documents()).press("Läs in")
    assert shown.go(pages.OVERVIEW).metrics["Ram"] == "2 310 000 kr"


# --- Backup -------------------------------------------------------------------------------------------------


def test_a_backup_brings_back_what_was_changed_since(
    visit: Callable[..., Visit], editor: Callable[[], Visit], tmp_path_factory: pytest.TempPathFactory
) -> None:
    backup = tmp_path_factory.mktemp("backup") / "kopia.duckdb"
    visit()
    state.database().backup(ADMIN, backup)
    shown = correct(editor(), "650 000").go(pages.ADMINISTRATION)
    shown.at.get("file_uploader")[0].upload("kopia.duckdb", backup.read_bytes())
    shown.run().press("Återställ från filen")
    assert visit(ar="2013").metrics["Föreslaget"] == "2 310 000 kr"


def test_a_file_that_is_no_backup_is_refused(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.ADMINISTRATION)
    shown.at.get("file_uploader")[0].upload("kopia.duckdb", b"inte en databas")
    assert [len(shown.run().press("Återställ från filen").at.error), state.database().version] == [1, (0, 1)]
