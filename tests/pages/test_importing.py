"""The page Import, step by step: how a file is read, what is asked, what is checked, and what comes of each answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from streamlit.testing.v1.element_tree import Button, Checkbox, Multiselect, Radio, Selectbox, TextInput

from fou import ledger
from fou.access import Person, Role
from fou.imports.drafts import Drafts, folder_of
from fou.imports.examining import examine
from fou.imports.posting import post
from fou.store import Database
from fou.ui import pages, state
from tests.integration.grids import Book, bold, book
from tests.integration.odd_budgets import ODD, plain
from tests.integration.understood import BODIL, know
from tests.pages.conftest import Visit, changed_documents, unescaped
from tests.unit.swecris_rows import person, swecris

pytestmark = pytest.mark.usefixtures("each_file_is_read_once")

FILE = "budget.xlsx"
#: How each of these is answered: by its key.
UNIT, VAT, FUNDER, HIDDEN = "val-Budget-unit", "val-Budget-vat", "val-Budget-funder", "val-Budget-hidden"
#: Marks of Markdown, HTML, formulas and tables, as names in a budget.
EVIL = "<b>Fet</b> *stjärna* :red[röd] [a](b)", "$a^2$ `kod` | # ![b](x.png) <img src=x>"


def made(fill: Callable[[Book], object]) -> bytes:
    """The workbook that `fill` writes."""
    out = BytesIO()
    with book(out) as written:
        fill(written)
    return out.getvalue()


def good(**cells: object) -> bytes:
    """Four projects and their budgets for 2013 and 2014, see `plain`, but for these cells."""
    return made(lambda written: plain(written, **cells))


def odd(name: str) -> bytes:
    """One of the odd budgets."""
    out = BytesIO()
    ODD[name].write(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the funders, projects and calls of KNOWN, where the board's is the only own money."""
    file = tmp_path_factory.mktemp("known") / "fou.duckdb"
    database = Database.open(file)
    know(database)
    database.close()
    return file


@pytest.fixture(autouse=True)
def _known(known: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a copy of it."""
    shutil.copy(known, tmp_path / "fou.duckdb")
    monkeypatch.setenv("FOU_DATABASE", str(tmp_path / "fou.duckdb"))


@pytest.fixture
def choose(visit: Callable[..., Visit]) -> Callable[..., Visit]:
    """Open the page Import and choose a file."""

    def chosen(content: bytes, name: str = FILE) -> Visit:
        shown = visit(pages.IMPORT)
        shown.at.get("file_uploader")[0].upload(name, content)
        return shown.run()

    return chosen


def step(shown: Visit) -> str:
    """The step that the bar says is shown."""
    (current,) = [button.label for button in steps(shown) if button.proto.type == "primary"]
    return unescaped(current)


def steps(shown: Visit) -> list[Button]:
    return [button for button in shown.at.button if str(button.key).startswith("steg-")]


def within_reach(shown: Visit) -> list[str]:
    """The steps that can be pressed."""
    return [unescaped(button.label) for button in steps(shown) if not button.disabled]


def select(shown: Visit, key: str, value: object) -> Visit:
    """Choose in a list."""
    box: Selectbox[object] = shown.at.selectbox(key=key)
    box.select(value)
    return shown.run()


def column(shown: Visit, number: int, what: str, value: object) -> Visit:
    """Say of a column of the sheet Budget, by its number, what its use, kind, year or unit is."""
    select(shown.open("andra-kolumn"), "kolumn-Budget", number)
    return select(shown, f"kolumn-Budget-{'ABCDE'[number - 1]}-{what}", value)


def row(shown: Visit, number: int, value: str) -> Visit:
    """Say what a row of the sheet Budget is."""
    select(shown.open("andra-rad"), "rad-Budget", number)
    return select(shown, f"rad-Budget-{number}", value)


def tick(shown: Visit, label: str) -> Visit:
    """Tick the box with this label."""
    boxes: list[Checkbox] = [*shown.at.checkbox]
    next(box for box in boxes if box.label == label).check()
    return shown.run()


def figures(shown: Visit) -> list[str]:
    """What the file would change: "2014 plan Läxhjälp 450 000"."""
    found = shown.press("4. Skillnad").rows("År")
    return [f"{year} {kind} {what.split(' · ')[-1]} {amount}" for year, kind, what, _, _, amount, _ in found]


# --- The first thing of each step ---------------------------------------------------------------------------


def test_without_a_file_only_the_first_step_is_within_reach(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.IMPORT)
    assert (step(shown), within_reach(shown)) == ("1. Välj fil", ["1. Välj fil"])


def test_the_template_can_be_had_empty_and_filled(visit: Callable[..., Visit]) -> None:
    labels = [found.label for found in visit(pages.IMPORT).at.get("download_button")]
    assert labels == ["Hämta tom budgetmall", "Hämta mallen ifylld"]


def test_a_file_in_our_own_template_goes_straight_to_the_difference(choose: Callable[..., Visit]) -> None:
    assert step(choose(changed_documents())) == "4. Skillnad"


def test_a_file_in_our_own_template_with_an_error_goes_to_the_check(choose: Callable[..., Visit]) -> None:
    assert step(choose(changed_documents(J3="sexhundratusen"))) == "3. Kontroll"


def test_any_other_layout_is_first_shown_as_it_is_read(choose: Callable[..., Visit]) -> None:
    assert step(choose(good())) == "2. Så läses filen"


def test_an_export_from_swecris_is_first_chosen_from(choose: Callable[..., Visit]) -> None:
    assert step(choose(swecris({}), "swecris.csv")) == "2. Så läses filen"


def test_a_file_that_cannot_be_read_goes_to_the_check(choose: Callable[..., Visit]) -> None:
    assert step(choose(b"PK\x03\x04trasig")) == "3. Kontroll"


def test_the_difference_is_out_of_reach_while_something_must_be_answered(choose: Callable[..., Visit]) -> None:
    assert "4. Skillnad" not in within_reach(choose(odd("no_kind_anywhere"), "x.xlsx"))


def test_the_button_below_leads_through_all_the_steps(choose: Callable[..., Visit]) -> None:
    shown = choose(good()).press("Nästa: kontroll").press("Nästa: skillnad")
    assert step(shown) == "4. Skillnad"


def test_going_back_loses_nothing(choose: Callable[..., Visit]) -> None:
    shown = select(choose(good()), FUNDER, "Forte").press("4. Skillnad").press("2. Så läses filen")
    assert shown.at.selectbox(key=FUNDER).value == "Forte"


def test_the_file_can_be_changed_for_another(choose: Callable[..., Visit]) -> None:
    assert step(choose(good()).press(f"1. {FILE}")) == "1. Välj fil"


def test_looking_at_a_file_at_every_step_writes_nothing(choose: Callable[..., Visit]) -> None:
    choose(good()).press("Nästa: kontroll").press("Nästa: skillnad")
    assert state.database().version == (0, 1)


# --- How a file is read -------------------------------------------------------------------------------------


def test_how_a_sheet_is_read_is_said_in_a_sentence(choose: Callable[..., Visit]) -> None:
    said = "Rubriker på rad 3. 4 projekt. Budget (plan) 2013 och 2014, i kronor exklusive moms, från Socialnämnden."
    assert said in choose(good()).text


def test_the_sheet_is_shown_with_what_each_column_is_read_as(choose: Callable[..., Visit]) -> None:
    shown = choose(good()).rows("Rad")
    assert shown[0] == [" ", "Kolumnen läses som", "Projektets namn", "Budget (plan) 2013", "Budget (plan) 2014"]


def test_the_sheet_is_shown_with_what_each_row_is_read_as(choose: Callable[..., Visit]) -> None:
    shown = choose(good(A8="Summa", B8=1130000, C8=1575000)).rows("Rad")
    assert [line[:3] for line in shown[2:]] == [
        ["3", "rubrik", "Projekt"], ["4", "projekt", "Läxhjälp"], ["5", "projekt", "Anhörigstöd"],
        ["6", "projekt", "Bostad först"], ["7", "projekt", "Jobbspår"], ["8", "summa", "Summa"],
    ]  # fmt: skip


def test_what_the_file_says_of_itself_is_not_asked(choose: Callable[..., Visit]) -> None:
    asked = [box.label for box in choose(good()).at.selectbox if str(box.key).startswith("val-")]
    assert asked == ["Enhet", "Moms", "Vems pengar"]


def test_nothing_is_said_to_be_unsure_that_the_heads_tell(choose: Callable[..., Visit]) -> None:
    assert "inget år" not in choose(good()).text


def test_a_file_without_a_table_is_told_so(choose: Callable[..., Visit]) -> None:
    shown = choose(odd("a_letter_instead_of_a_budget"))
    assert ([*shown.at.exception], "måste rättas" in shown.press("3. Kontroll").text) == ([], True)


AS_IT_STANDS = [
    "2013 plan Läxhjälp 440 000", "2014 plan Läxhjälp 450 000", "2013 plan Anhörigstöd 100 000",
    "2014 plan Anhörigstöd 210 000", "2013 plan Bostad först 320 000", "2014 plan Bostad först 640 000",
    "2013 plan Jobbspår 270 000", "2014 plan Jobbspår 275 000",
]  # fmt: skip
CHOICES = {
    "nothing": (lambda shown: shown, sorted(AS_IT_STANDS)),
    "the unit": (
        lambda shown: select(shown, UNIT, "tkr"), sorted(f"{line} 000" for line in AS_IT_STANDS),
    ),
    "a column's kind": (
        lambda shown: column(shown, 3, "kind", "granted"),
        sorted(line.replace("2014 plan", "2014 beviljat") for line in AS_IT_STANDS),
    ),
    "a column's year": (
        lambda shown: column(shown, 3, "year", 2016), sorted(line.replace("2014", "2016") for line in AS_IT_STANDS),
    ),
    "a column's unit": (
        lambda shown: column(shown, 3, "unit", "tkr"),
        sorted(f"{line} 000" if line.startswith("2014") else line for line in AS_IT_STANDS),
    ),
    "a column's use": (
        lambda shown: column(shown, 3, "use", "nothing"),
        sorted(line for line in AS_IT_STANDS if line.startswith("2013")),
    ),
    "a row's use": (
        lambda shown: row(shown, 6, "skip"), sorted(line for line in AS_IT_STANDS if "Bostad först" not in line),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHOICES)
def test_what_is_chosen_changes_the_figures(choose: Callable[..., Visit], what: str) -> None:
    change, expected = CHOICES[what]
    assert sorted(figures(change(choose(good())))) == expected


def test_amounts_said_to_include_vat_are_told_without_it(choose: Callable[..., Visit]) -> None:
    shown = select(choose(good(title="Budget, kr inkl. moms")), VAT, "incl")
    assert "2014 plan Läxhjälp 360 000" in figures(shown)


def test_that_amounts_include_vat_is_never_decided_by_the_file_alone(choose: Callable[..., Visit]) -> None:
    shown = choose(good(title="Budget, kr inkl. moms"))
    assert (shown.at.selectbox(key=VAT).value, "4. Skillnad" in within_reach(shown)) == (None, False)


def test_the_money_is_whose_one_says(choose: Callable[..., Visit]) -> None:
    shown = select(choose(good()), FUNDER, "Forte")
    assert {line[3] for line in shown.press("4. Skillnad").rows("År")} == {"Forte"}


def test_an_area_line_taken_for_a_project_can_be_made_an_area(choose: Callable[..., Visit]) -> None:
    shown = row(choose(good(B5=None, C5=None)), 5, "area")
    changes = shown.press("4. Skillnad").open("uppgifter-skillnad").rows("Blad")
    assert ["Områden", "Anhörigstöd"] in changes


@pytest.mark.parametrize(("answer", "left"), [("read", 8), ("skip", 6)])
def test_a_hidden_row_is_read_or_not_as_one_answers(choose: Callable[..., Visit], answer: str, left: int) -> None:
    shown = select(choose(odd("a_hidden_row")), HIDDEN, answer)
    assert len(figures(shown)) == left


def two_years(written: Book) -> None:
    for year in (2013, 2014):
        written.sheet(str(year), (f"FoU-budget {year}, kr",), (), ("Projekt", "Budget"), ("Läxhjälp", year * 100))


def test_a_sheet_can_be_left_out(choose: Callable[..., Visit]) -> None:
    shown = choose(made(two_years))
    shown.at.segmented_control(key="blad").select("2014")
    assert figures(shown.run().press("Läs inte bladet")) == ["2013 plan Läxhjälp 201 300"]


def test_a_sheet_that_was_left_out_can_be_read_after_all(choose: Callable[..., Visit]) -> None:
    shown = choose(made(two_years)).press("Läs inte bladet").press("Läs bladet")
    assert "1 projekt. Budget (plan) 2013" in shown.text


# --- Is it the same? ----------------------------------------------------------------------------------------

NATTRO, FIXAR = "Nattro på särskilt boendet", "Digital fixartjäns"


@pytest.fixture
def asked(choose: Callable[..., Visit]) -> Visit:
    """Somebody whose file has two names that are like projects in the database."""
    return choose(good(A4=NATTRO, A5=FIXAR))


def answer(shown: Visit, name: str, value: str) -> Visit:
    return select(shown, f"fraga-project-{name}", value)


def test_no_question_is_answered_by_itself(asked: Visit) -> None:
    given = [asked.at.selectbox(key=f"fraga-project-{name}").value for name in (NATTRO, FIXAR)]
    assert (given, "4. Skillnad" in within_reach(asked)) == ([None, None], False)


def test_a_question_names_what_it_is_like(asked: Visit) -> None:
    question = asked.at.selectbox(key=f"fraga-project-{NATTRO}")
    assert (unescaped(question.label), question.options[0].split(" (")[0]) == (
        f"Är ”{NATTRO}” något av detta?", "Ja, projektet F-101 · Nattro på särskilt boende",
    )  # fmt: skip


def test_questions_are_asked_again_at_the_check(asked: Visit) -> None:
    shown = asked.press("3. Kontroll")
    assert shown.at.selectbox(key=f"fraga-project-{NATTRO}").value is None


def test_yes_gives_the_amount_to_the_project_that_is_there(asked: Visit) -> None:
    shown = answer(answer(asked, NATTRO, "same:F-101"), FIXAR, "new")
    assert "F-101 · Nattro på särskilt boende" in [line[2] for line in shown.press("4. Skillnad").rows("År")]


def test_no_makes_a_new_project(asked: Visit) -> None:
    shown = answer(answer(asked, NATTRO, "same:F-101"), FIXAR, "new")
    assert f"2013 plan {FIXAR} 100 000" in figures(shown)


def test_rows_may_be_left_out_instead_of_an_answer(asked: Visit) -> None:
    shown = answer(answer(asked, NATTRO, "skip"), FIXAR, "skip")
    assert {line.split(" ", 2)[2].rsplit(" ", 2)[0] for line in figures(shown)} == {"Bostad först", "Jobbspår"}


def test_yes_to_all_answers_what_is_left(asked: Visit) -> None:
    shown = asked.press("Svara ja på alla förslag")
    assert {line[2].split(" · ")[0] for line in shown.press("4. Skillnad").rows("År")} >= {"F-101", "F-102"}


def test_yes_to_all_is_seen_in_each_answer_and_can_be_changed(asked: Visit) -> None:
    shown = asked.press("Svara ja på alla förslag")
    assert shown.at.selectbox(key=f"fraga-project-{NATTRO}").value == "same:F-101"


def test_yes_to_all_leaves_what_was_answered_before(asked: Visit) -> None:
    shown = answer(asked, FIXAR, "new")
    assert "Svara ja på alla förslag" not in [button.label for button in shown.at.button]


def test_an_answer_is_remembered_for_the_next_file(asked: Visit, choose: Callable[..., Visit]) -> None:
    asked.press("Svara ja på alla förslag").press("4. Skillnad").press("Läs in")
    shown = choose(good(A4=NATTRO, A5=FIXAR, C4=460000))
    assert [box.key for box in shown.at.selectbox if str(box.key).startswith("fraga-")] == []


NEW_FUNDER = {"heads": ("Projekt", "Finansiär", "Budget 2014"), "B4": "Kalle Kula", "B5": None, "B6": None, "B7": None}


@pytest.fixture
def unknown_funder(choose: Callable[..., Visit]) -> Visit:
    """Somebody whose file names a funder of which nobody can tell what kind it is."""
    return choose(good(**{**NEW_FUNDER, **dict.fromkeys(("B5", "B6", "B7"), "Kalle Kula")}))


def test_the_kind_of_a_new_funder_is_asked(unknown_funder: Visit) -> None:
    given = unknown_funder.at.selectbox(key="slag-Kalle Kula").value
    assert (given, "4. Skillnad" in within_reach(unknown_funder)) == (None, False)


def test_the_kind_of_a_new_funder_is_kept(unknown_funder: Visit) -> None:
    select(unknown_funder, "slag-Kalle Kula", "foundation").press("4. Skillnad").press("Läs in")
    with state.database().read() as reader:
        assert reader.value("SELECT kind FROM funder WHERE name = 'Kalle Kula'") == "foundation"


# --- The check ----------------------------------------------------------------------------------------------


def check(shown: Visit) -> Visit:
    return shown.press("3. Kontroll")


def test_what_is_wrong_is_told_with_its_cell_and_how_to_mend_it(choose: Callable[..., Visit]) -> None:
    shown = check(choose(odd("a_letter_o_in_an_amount")))
    assert "Budget › C5. Här står: 21O 000. Väntat:" in shown.text


def test_what_is_wrong_is_shown_among_the_rows_around_it(choose: Callable[..., Visit]) -> None:
    shown = check(choose(odd("a_letter_o_in_an_amount"))).rows("Rad")
    assert shown == [
        ["4", "Läxhjälp", "440 000", "450 000"],
        ["5", "Anhörigstöd", "100 000", ":red-background[21O 000]"],
        ["6", "Bostad först", "320 000", "640 000"],
    ]


def test_the_marked_file_is_offered_when_something_is_wrong(choose: Callable[..., Visit]) -> None:
    shown = check(choose(odd("a_letter_o_in_an_amount")))
    assert [found.label for found in shown.at.get("download_button")] == ["Hämta din fil med felen markerade"]


def test_of_many_errors_three_are_shown_and_the_rest_when_asked_for(choose: Callable[..., Visit]) -> None:
    shown = check(choose(good(C4="x1", C5="x2", C6="x3", B7="x4")))
    before = shown.text.count("Väntat:")
    assert (before, len(shown.open("alla-error").rows("Var"))) == (3, 4)


def test_totals_that_agree_are_told(choose: Callable[..., Visit]) -> None:
    shown = check(choose(good(A8="Summa", B8=1130000, C8=1575000)))
    assert "2 summor i filen stämmer med raderna." in shown.text


def test_each_total_is_shown_with_what_the_rows_come_to(choose: Callable[..., Visit]) -> None:
    shown = check(choose(odd("a_total_that_is_a_thousand_too_large"))).open("summor")
    assert shown.rows("Cell") == [
        ["Budget › C8", "Summa", "1 576 000", "1 575 000", "stämmer inte"],
        ["Budget › B8", "Summa", "1 130 000", "1 130 000", "stämmer"],
    ]


def test_totals_that_were_never_calculated_are_told_apart(choose: Callable[..., Visit]) -> None:
    shown = check(choose(odd("a_total_that_was_never_calculated")))
    assert "1 av 2 summor i filen stämmer med raderna, 1 går inte att kontrollera." in shown.text


DECISIONS = {
    "a_total_that_is_a_thousand_too_large": ("Raderna gäller, fast summorna i filen inte stämmer", "450 000"),
    "the_same_project_twice": ("Lägg ihop belopp som står flera gånger", "1 090 000"),
    "a_number_with_three_decimals": ("Avrunda till hela ören", "450 000"),
}


@pytest.mark.parametrize("name", DECISIONS)
def test_what_can_be_decided_stands_in_the_way_until_it_is(choose: Callable[..., Visit], name: str) -> None:
    assert "4. Skillnad" not in within_reach(check(choose(odd(name))))


@pytest.mark.parametrize("name", DECISIONS)
def test_what_is_decided_lets_the_figures_through(choose: Callable[..., Visit], name: str) -> None:
    label, amount = DECISIONS[name]
    assert f"2014 plan Läxhjälp {amount}" in figures(tick(check(choose(odd(name))), label))


def test_a_decision_can_be_taken_back(choose: Callable[..., Visit]) -> None:
    label, _ = DECISIONS["the_same_project_twice"]
    shown = tick(check(choose(odd("the_same_project_twice"))), label)
    next(box for box in shown.at.checkbox if box.label == label).uncheck()
    assert "4. Skillnad" not in within_reach(shown.run())


# --- What is missing ----------------------------------------------------------------------------------------


@pytest.fixture
def one_less(choose: Callable[..., Visit]) -> Visit:
    """Somebody who reads a budget in, and the year after one where a project is gone."""
    choose(good()).press("4. Skillnad").press("Läs in")
    return choose(good(A7=None, B7=None, C7=None)).press("4. Skillnad")


def test_what_the_file_does_not_have_stays_unless_one_says_otherwise(one_less: Visit) -> None:
    missing: Radio[str] = one_less.at.radio(key="saknas")
    assert (missing.value, missing.label.split(", ")[0]) == ("keep", "2 belopp står i databasen men inte i filen")


def test_what_the_file_does_not_have_can_be_seen(one_less: Visit) -> None:
    found = one_less.open("saknade").rows("År")
    assert [(line[0], line[2].split(" · ")[1], line[4]) for line in found] == [
        ("2013", "Jobbspår", "270 000"), ("2014", "Jobbspår", "275 000"),
    ]  # fmt: skip


def test_what_the_file_does_not_have_is_taken_away_when_one_says_so(one_less: Visit) -> None:
    one_less.at.radio(key="saknas").set_value("remove")
    one_less.run().press("Läs in")
    with state.database().read() as reader:
        assert sum(entry.amount for entry in ledger.statements(reader)) == 440_000 + 450_000 + 310_000 + 960_000


# --- Left and taken up again --------------------------------------------------------------------------------


def address(shown: Visit) -> str:
    """What the page's address calls the import."""
    found = shown.at.query_params["fil"]
    return found[0] if isinstance(found, list) else found


@pytest.fixture
def left(choose: Callable[..., Visit]) -> Visit:
    """Somebody who has answered one question, gone to the check, and closed the window."""
    return check(select(choose(good(C5="21O 000")), FUNDER, "Forte"))


def resumed(left: Visit, visit: Callable[..., Visit], **who: str) -> Visit:
    """A new session with the address of the old one."""
    return visit(**who).go(pages.IMPORT, fil=address(left))


def test_a_new_session_with_the_address_is_at_the_same_step(left: Visit, visit: Callable[..., Visit]) -> None:
    assert step(resumed(left, visit)) == "3. Kontroll"


def test_a_new_session_with_the_address_has_the_same_choices(left: Visit, visit: Callable[..., Visit]) -> None:
    shown = resumed(left, visit).press("2. Så läses filen")
    assert shown.at.selectbox(key=FUNDER).value == "Forte"


def test_a_file_that_was_left_is_offered_to_go_on_with(left: Visit, visit: Callable[..., Visit]) -> None:
    assert step(visit(pages.IMPORT).press("Fortsätt")) == "3. Kontroll"


def test_a_file_that_was_left_can_be_thrown_away(left: Visit, visit: Callable[..., Visit]) -> None:
    shown = visit(pages.IMPORT).press("Släng")
    assert "Fortsätt" not in [button.label for button in shown.at.button]


def test_a_file_that_was_thrown_away_is_not_there_by_its_address_either(
    left: Visit, visit: Callable[..., Visit]
) -> None:
    visit(pages.IMPORT).press("Släng")
    assert step(resumed(left, visit)) == "1. Välj fil"


def test_a_file_that_was_read_in_is_not_offered_again(choose: Callable[..., Visit]) -> None:
    shown = choose(good()).press("4. Skillnad").press("Läs in")
    assert "Fortsätt" not in [button.label for button in shown.at.button]


def test_somebody_who_may_not_import_sees_nothing_of_it_by_its_address(
    left: Visit, visit: Callable[..., Visit]
) -> None:
    assert FILE not in resumed(left, visit, jag="Läsare").text


def test_what_somebody_else_has_left_is_not_offered(visit: Callable[..., Visit]) -> None:
    visit()
    Drafts(folder_of(state.database().path)).start(Person("Bodil", Role.ADMIN), FILE, good())
    assert "Fortsätt" not in [button.label for button in visit(pages.IMPORT).at.button]


@pytest.mark.parametrize("fil", ["", "x", "../../fou", "A" * 22])
def test_an_address_of_no_import_opens_the_first_step(visit: Callable[..., Visit], fil: str) -> None:
    shown = visit().go(pages.IMPORT, fil=fil)
    assert ([*shown.at.exception], step(shown)) == ([], "1. Välj fil")


def test_a_choice_in_a_window_whose_import_was_ended_in_another_is_told(
    left: Visit, visit: Callable[..., Visit]
) -> None:
    visit(pages.IMPORT).press("Släng")
    shown = left.press("2. Så läses filen")
    assert ([*shown.at.exception], "i ett annat fönster" in shown.text) == ([], True)


def test_what_others_change_meanwhile_is_told_and_nothing_is_read_in(
    choose: Callable[..., Visit], visit: Callable[..., Visit]
) -> None:
    shown = choose(good()).press("4. Skillnad")
    database = state.database()
    post(database, BODIL, examine(database, good(C4=460000), "bodils.xlsx"))
    before = database.version
    assert ("Bodil har ändrat i databasen" in shown.press("Läs in").text, database.version) == (True, before)


# --- Swecris ------------------------------------------------------------------------------------------------

GRANTS = swecris(
    {"ProjectId": "2018-00123_Forte", "ProjectTitleSv": "Hemtjänst i glesbygd", "FundingsSek": "1000000"},
    {
        "ProjectId": "2016-00456_VR", "ProjectTitleSv": "Skolans ljud", "FundingsSek": "2000000",
        "FundingOrganisationNameSv": "Vetenskapsrådet", "FundingYear": "2016", "FundingStartDate": "2016-01-01",
        "FundingEndDate": "2017-12-31", "CoordinatingOrganisationNameSv": "Hittepå universitet",
        "InvolvedPeople": person("Ek, Astrid", "Principal Investigator", "Projektledare"),
    },
    {
        "ProjectId": "2016-00456_VR", "ProjectTitleSv": "Skolans ljud", "FundingsSek": "2000000",
        "FundingOrganisationNameSv": "Vetenskapsrådet", "FundingYear": "2016", "FundingStartDate": "2016-01-01",
        "FundingEndDate": "2017-12-31", "CoordinatingOrganisationNameSv": "Hittepå universitet",
    },
)  # fmt: skip


@pytest.fixture
def grants(choose: Callable[..., Visit]) -> Visit:
    """Somebody who has chosen an export of three rows, two of which are one grant."""
    return choose(GRANTS, "swecris.csv")


def test_what_one_takes_out_of_swecris_is_summed_up(grants: Visit) -> None:
    assert "Du tar 3 bidrag av 3 bidrag, tillsammans 5 000 000 kr." in grants.text


@pytest.mark.parametrize(
    ("key", "value"),
    [("funders", ["Forte"]), ("coordinators", ["Påhittade högskolan"])],
)
def test_swecris_is_filtered_by_what_stands_in_it(grants: Visit, key: str, value: list[str]) -> None:
    box: Multiselect[str] = grants.at.multiselect(key=f"swecris-{key}")
    box.set_value(value)
    assert "Du tar 1 bidrag av 3 bidrag, tillsammans 1 000 000 kr." in grants.run().text


def test_swecris_is_filtered_by_year(grants: Visit) -> None:
    assert "Du tar 1 bidrag av 3 bidrag" in select(grants, "swecris-first_year", 2017).text


def test_swecris_is_filtered_by_words(grants: Visit) -> None:
    words: TextInput = grants.at.text_input(key="swecris-words")
    words.set_value("ljud skolans")
    assert "Du tar 2 bidrag av 3 bidrag" in grants.run().text


def test_nothing_that_is_left_out_of_swecris_is_stored(grants: Visit) -> None:
    grants.at.multiselect(key="swecris-funders").set_value(["Forte"])
    grants.run().press("4. Skillnad").press("Läs in")
    with state.database().read() as reader:
        assert reader.value("SELECT COUNT(*) FROM project WHERE title = 'Skolans ljud'") == 0


def test_a_whole_grant_stands_on_its_first_year_unless_one_says_otherwise(grants: Visit) -> None:
    grants.at.multiselect(key="swecris-funders").set_value(["Forte"])
    assert figures(grants.run()) == ["2018 beviljat Hemtjänst i glesbygd 1 000 000"]


def test_a_whole_grant_can_be_spread_over_its_months(grants: Visit) -> None:
    grants.at.radio(key="swecris-spread").set_value("by_month")
    grants.at.multiselect(key="swecris-funders").set_value(["Forte"])
    years = [line[:4] for line in figures(grants.run())]
    assert years == ["2018", "2019", "2020", "2021"]


def test_grants_that_seem_to_stand_twice_are_told_with_both_sums(grants: Visit) -> None:
    assert "Med alla rader är summan 5 000 000 kr, med varje bidrag en gång 3 000 000 kr." in grants.text


def test_grants_that_seem_to_stand_twice_are_shown_side_by_side(grants: Visit) -> None:
    assert grants.open("dubbletter").rows("Titel") == [
        ["Skolans ljud", "2016-00456_VR (rad 3)", "2016-00456_VR (rad 4)", "2 000 000"]
    ]


def test_grants_that_seem_to_stand_twice_can_be_counted_once(grants: Visit) -> None:
    grants.at.radio(key="swecris-doubles").set_value("count_once")
    assert "tillsammans 3 000 000 kr." in grants.run().text


def test_what_is_left_out_of_swecris_is_not_said_to_be_missing(grants: Visit) -> None:
    grants.at.radio(key="swecris-doubles").set_value("count_once")
    grants.run().press("4. Skillnad").press("Läs in")
    grants.at.get("file_uploader")[0].upload("swecris.csv", GRANTS)
    grants.run().at.multiselect(key="swecris-coordinators").set_value(["Påhittade högskolan"])
    shown = grants.run().press("4. Skillnad")
    assert ([*shown.at.exception], "saknas" in [box.key for box in shown.at.radio]) == ([], False)


def test_what_is_chosen_out_of_swecris_is_there_in_a_new_session(grants: Visit, visit: Callable[..., Visit]) -> None:
    select(grants, "swecris-first_year", 2017)
    assert "Du tar 1 bidrag av 3 bidrag" in resumed(grants, visit).text


# --- Text out of files --------------------------------------------------------------------------------------


def test_markup_in_a_cell_is_shown_in_the_sheet_as_it_was_written(choose: Callable[..., Visit]) -> None:
    shown = choose(good(A5=EVIL[0], A6=EVIL[1])).rows("Rad")
    assert tuple(line[2] for line in shown[4:6]) == EVIL


def test_markup_in_a_head_is_shown_as_it_was_written(choose: Callable[..., Visit]) -> None:
    head = "Budget 2014 *<b>|$x$"
    assert choose(good(heads=("Projekt", "Budget 2013", head))).rows("Rad")[2][4] == head


def test_markup_in_a_wrong_cell_is_shown_as_it_was_written(choose: Callable[..., Visit]) -> None:
    assert "Här står: <b>*|$1$." in check(choose(good(C5="<b>*|$1$"))).text


def test_markup_in_the_name_of_a_file_is_shown_as_it_was_written(choose: Callable[..., Visit]) -> None:
    name = "_b_ :red[x] $a$.xlsx"
    assert unescaped(steps(choose(good(), name))[0].label) == f"1. {name}"


def test_markup_in_a_name_that_is_asked_about_is_shown_as_it_was_written(choose: Callable[..., Visit]) -> None:
    name = "Nattro på *särskilda* boenden"
    shown = choose(good(A4=name))
    assert f"Är ”{name}” något av detta?" in [unescaped(box.label) for box in shown.at.selectbox]


def test_a_bold_area_line_is_not_taken_for_a_project(choose: Callable[..., Visit]) -> None:
    def fill(written: Book) -> None:
        plain(written, A4=bold("Barn och unga"), B4=None, C4=None)

    assert "3 projekt i 1 område" in choose(made(fill)).text


# --- The mended file ----------------------------------------------------------------------------------------


def mend(shown: Visit, content: bytes) -> Visit:
    """Choose the mended file at the check."""
    shown.at.get("file_uploader")[0].upload("budget med markeringar.xlsx", content)
    return shown.run()


def test_a_mended_file_goes_on_at_the_check(left: Visit) -> None:
    shown = mend(left, good())
    assert (step(shown), "Inga fel i filen." in shown.text) == ("3. Kontroll", True)


def test_a_mended_file_keeps_what_was_chosen(left: Visit) -> None:
    assert mend(left, good()).press("2. Så läses filen").at.selectbox(key=FUNDER).value == "Forte"


def test_a_mended_file_takes_the_place_of_the_one_before(left: Visit, visit: Callable[..., Visit]) -> None:
    mend(left, good())
    assert [button.label for button in visit(pages.IMPORT).at.button].count("Fortsätt") == 1


def test_a_mended_file_with_other_columns_is_read_anew(left: Visit) -> None:
    shown = mend(left, good(heads=("Projekt", "Utfall 2013", "Budget 2014"))).press("2. Så läses filen")
    assert shown.at.selectbox(key=FUNDER).value == "Socialnämnden"


def test_a_row_that_is_another_in_the_mended_file_is_not_read_as_the_one_before(choose: Callable[..., Visit]) -> None:
    shown = check(row(choose(good(C5="21O 000")), 6, "skip"))
    assert "2014 plan Nytt 640 000" in figures(mend(shown, good(A6="Nytt")))


def test_a_decision_about_what_was_wrong_is_taken_anew_for_the_mended_file(choose: Callable[..., Visit]) -> None:
    label, _ = DECISIONS["a_total_that_is_a_thousand_too_large"]
    shown = tick(check(choose(good(C5="21O 000", A8="Summa", B8=1, C8=1))), label)
    assert "4. Skillnad" not in within_reach(mend(shown, good(A8="Summa", B8=1, C8=1)))
