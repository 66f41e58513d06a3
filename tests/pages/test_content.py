"""What the pages show of the documents' portfolio, of the invented municipality and of an empty database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fou import plan
from fou.model import Project
from fou.ui import pages, show, state
from tests.pages.conftest import ADMIN, PAGES, Visit

DOCUMENTS_PROJECTS = (
    "S-EBP", "S-IMPL", "S-KONT", "S-INSATS", "S-BARNAHUS", "S-SKOLA", "S-EKB", "S-INSATS-F", "S-BARNAHUS-F",
    "S-REG", "S-ESF", "ORE-DELAK", "UPP-WW", "KRO-TILLIT", "KRO-STOD", "KRO-CC", "SOR-FOLJ", "SOR-NPF", "SOR-HJUL",
    "SOR-FAM",
)  # fmt: skip
OPEN_2014 = {
    "Utvärdering: evidensbaserad praktik inom den sociala barn- och ungdomsvården",
    "Kontaktperson/kontaktfamilj med skolstödjande uppdrag",
    "Utvärdering av sociala insatsgrupper 20–29 år",
    "Effekter för barnen som kommer till Barnahus",
    "Utvärdering av pilotprojekt om samverkan skola–socialtjänst",
    "Utvärdering av bedömningsinstrument inom ekonomiskt bistånd",
}


@pytest.mark.parametrize("database", ["documents", "example", "empty"])
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_page_shows_without_an_error(
    look: Callable[..., None], visit: Callable[..., Visit], database: str, page: Path
) -> None:
    look(database)
    at = visit(page).at
    assert [*at.exception, *at.error] == []


# --- The documents' portfolio -------------------------------------------------------------------------------


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize("page", [pages.OVERVIEW, pages.PLAN], ids=["Översikt", "FoU-plan"])
def test_the_plan_of_2013_shares_out_the_whole_frame(visit: Callable[..., Visit], page: Path) -> None:
    assert visit(page, ar="2013").metrics == {
        "Ram": "2 310 000 kr",
        "Föreslaget": "2 310 000 kr",
        "Kvar om förslagen beviljas": "0 kr",
    }


@pytest.mark.usefixtures("documents")
def test_the_page_opens_with_the_latest_year_that_has_a_frame(visit: Callable[..., Visit]) -> None:
    assert visit().at.selectbox(key="ar").value == "2013"


@pytest.mark.usefixtures("documents")
def test_the_plans_lines_of_2013_are_the_four_projects_of_the_document(visit: Callable[..., Visit]) -> None:
    lines = visit(pages.PLAN, ar="2013").rows("Projekt eller utlysning")
    assert sorted(line[1] for line in lines) == ["210 000", "600 000", "730 000", "770 000"]


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize("page", [pages.OVERVIEW, pages.PLAN], ids=["Översikt", "FoU-plan"])
def test_the_frame_of_2014_is_not_set_and_six_commitments_have_no_amount(
    visit: Callable[..., Visit], page: Path
) -> None:
    assert visit(page, ar="2014").metrics == {
        "Ram": "ej fastställd",
        "Föreslaget": "2 000 000 kr",
        "Åtaganden utan belopp": "6",
    }


@pytest.mark.usefixtures("documents")
def test_the_plan_of_2014_lists_the_commitments_without_an_amount_by_name(visit: Callable[..., Visit]) -> None:
    text = visit(pages.PLAN, ar="2014").text
    lines = [line for line in text.split("\n") if line.startswith("- ")]
    assert {line[2:].split(" – belopp ej fastställt")[0] for line in lines} == OPEN_2014


@pytest.mark.usefixtures("documents")
def test_the_plan_of_2014_shows_the_call_with_its_four_grounds_for_priority(visit: Callable[..., Visit]) -> None:
    text = visit(pages.PLAN, ar="2014").text
    assert "Utlysning: Lokala utvecklingsmedel 2014" in text
    grounds = text.split("Prioriteringsgrunder")[1].split("\n")
    assert [line.split(".")[0] for line in grounds if line[:1].isdigit()] == ["1", "2", "3", "4"]


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize("page", [pages.OVERVIEW, pages.PLAN], ids=["Översikt", "FoU-plan"])
def test_what_is_not_set_is_nowhere_0_kr(visit: Callable[..., Visit], page: Path) -> None:
    assert " 0 kr" not in visit(page, ar="2014").text


@pytest.mark.usefixtures("documents")
def test_the_plans_lines_say_in_words_what_is_not_set(visit: Callable[..., Visit]) -> None:
    lines = visit(pages.PLAN, ar="2014").rows("Projekt eller utlysning")
    assert {line[0] for line in lines if line[1] == "ej fastställt"} == OPEN_2014


@pytest.mark.usefixtures("documents")
def test_every_amount_of_the_plan_can_be_seen_with_the_cell_that_it_stands_in(visit: Callable[..., Visit]) -> None:
    sources = visit(pages.PLAN, ar="2013").open("kallor").rows("Slag")
    assert "documents.xlsx › Budget › J3" in [row[7] for row in sources]


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize("code", DOCUMENTS_PROJECTS)
def test_each_project_of_the_documents_has_its_page(visit: Callable[..., Visit], code: str) -> None:
    shown = visit(pages.PROJECT, kod=code)
    with state.database().read() as reader:
        title = reader.records(Project, "WHERE code = $code", code=code)[0].title
    assert (shown.title, list(shown.at.exception)) == (title, [])


@pytest.mark.usefixtures("documents")
def test_a_projects_page_shows_its_money_and_what_is_not_set(visit: Callable[..., Visit]) -> None:
    assert (
        "600 000 kr är föreslaget för 2013. För 2014 finns åtaganden vars belopp inte är fastställda."
        in visit(pages.PROJECT, kod="S-EBP").text
    )


@pytest.mark.usefixtures("documents")
def test_a_projects_page_leads_to_what_came_before_it(visit: Callable[..., Visit]) -> None:
    links = [link.value for link in visit(pages.PROJECT, kod="S-BARNAHUS").at.page_link]
    assert "Förstudie för utvärdering av Barnahus" in links


@pytest.mark.usefixtures("documents")
def test_the_portfolio_counts_all_projects_and_their_money(visit: Callable[..., Visit]) -> None:
    assert "4 958 000 kr är beviljat i allt. 2 310 000 kr är föreslaget i allt." in visit(pages.PORTFOLIO).text


@pytest.mark.usefixtures("documents")
def test_the_portfolios_table_leaves_an_unknown_amount_empty(visit: Callable[..., Visit]) -> None:
    frame = visit(pages.PORTFOLIO).at.dataframe[0].value
    assert frame.loc[frame["Utan belopp"] > 0, "Föreslaget (kr)"].dropna().min() > 0


@pytest.mark.usefixtures("documents")
def test_the_portfolio_is_searched_in_titles_whatever_the_case(visit: Callable[..., Visit]) -> None:
    found = visit(pages.PORTFOLIO).go(pages.PORTFOLIO, sok="BARNAHUS").at.dataframe[0].value
    assert "Effekter för barnen som kommer till Barnahus" in list(found["Projekt"])


@pytest.mark.usefixtures("documents")
def test_real_data_carry_no_mark_of_being_invented(visit: Callable[..., Visit]) -> None:
    assert "Påhittad" not in visit().text


@pytest.mark.usefixtures("documents")
def test_every_chart_has_its_figures_as_a_table(visit: Callable[..., Visit]) -> None:
    shown = visit(ar="2013").below("utrymme", show.AS_TABLE)
    assert shown.rows("År")[0][:2] == ["2013", "2 310 000"]


@pytest.mark.usefixtures("documents")
def test_every_chart_says_how_it_is_counted(visit: Callable[..., Visit]) -> None:
    shown = visit(ar="2013").below("utrymme", show.COUNTED)
    assert "Definition. Fritt = ram − beviljat − avsatt + återfört" in shown.text


# --- The invented municipality ------------------------------------------------------------------------------


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_invented_data_are_marked_as_invented_on_every_page(visit: Callable[..., Visit], page: Path) -> None:
    assert "Påhittad exempelkommun" in visit(page).text


@pytest.mark.usefixtures("example")
def test_the_example_has_sixty_eight_projects(visit: Callable[..., Visit]) -> None:
    assert "68 projekt:" in visit(pages.PORTFOLIO).text


@pytest.mark.usefixtures("example")
def test_the_portfolio_shows_fifty_projects_and_the_rest_on_the_next_page(visit: Callable[..., Visit]) -> None:
    first, second = (set(visit(pages.PORTFOLIO, sida=n).at.dataframe[0].value["Projekt"]) for n in "12")
    assert (len(first), len(second), first & second) == (50, 18, set())


@pytest.mark.usefixtures("example")
def test_each_year_of_the_example_adds_up_to_its_frame(visit: Callable[..., Visit]) -> None:
    years = [int(year) for year in visit().at.selectbox(key="ar").options]
    with state.database().read() as reader:
        rooms = [room for room in plan.rooms(reader, years[0], years[-1]) if room.free is not None]
    assert [room.year for room in rooms if room.taken + (room.free or 0) != room.frame] == []


@pytest.mark.usefixtures("example")
def test_every_year_of_the_example_can_be_shown(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.PLAN)
    broken = []
    for year in shown.at.selectbox(key="ar").options:
        shown.at.selectbox(key="ar").select(year).run()
        broken += [(year, error.value) for error in shown.at.exception]
    assert broken == []


@pytest.mark.usefixtures("example")
def test_every_project_of_the_example_can_be_shown(visit: Callable[..., Visit]) -> None:
    shown = visit(pages.PROJECT)
    with state.database().read() as reader:
        projects = reader.records(Project)
    broken = [project.code for project in projects if shown.go(pages.PROJECT, kod=project.code).at.exception]
    assert broken == []


# --- An empty database --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [pages.OVERVIEW, pages.PLAN, pages.PORTFOLIO, pages.PROJECT])
def test_an_empty_database_says_what_to_do_next(
    look: Callable[..., None], visit: Callable[..., Visit], page: Path
) -> None:
    look("empty")
    assert "Läs in en budget från Excel" in [link.value for link in visit(page).at.page_link]


@pytest.mark.parametrize(
    ("button", "says"),
    [("Källdokumentens portfölj", "2 310 000 kr"), ("Påhittade Exempelkommunen", "Påhittad exempelkommun")],
)
def test_an_empty_database_can_be_filled_with_an_example(
    use: Callable[..., None], visit: Callable[..., Visit], button: str, says: str
) -> None:
    use("empty")
    shown = visit()
    next(found for found in shown.at.button if found.label == button).click()
    assert says in shown.run().text


def test_a_reader_of_an_empty_database_is_offered_nothing_to_write(
    look: Callable[..., None], visit: Callable[..., Visit]
) -> None:
    look("empty")
    shown = visit(jag="Läsare")
    assert (list(shown.at.button), list(shown.at.page_link)) == ([], [])


def test_an_empty_history_says_where_to_begin(look: Callable[..., None], visit: Callable[..., Visit]) -> None:
    look("empty")
    assert "Börja på sidan Import" in visit(pages.ADMINISTRATION).text


# --- Text that users have written ---------------------------------------------------------------------------

EVIL = "<b>Fet</b> **stjärna** :red[röd] [länk](http://x.se) $a^2$ `kod` | rör # rubrik ![bild](x.png) :smile:"


@pytest.fixture
def evil(use: Callable[..., None]) -> None:
    """The documents' portfolio, where somebody has written markup in one project's facts."""
    use("documents")
    with state.database().write(ADMIN, "edit", "Skrev märkspråk") as work:
        project = work.records(Project, "WHERE code = 'S-EBP'")[0]
        work.update(Project, project.id, {"title": EVIL, "lead": EVIL, "summary": EVIL})


@pytest.mark.usefixtures("evil")
def test_markup_in_a_title_is_text_in_the_heading(visit: Callable[..., Visit]) -> None:
    written = visit(pages.PROJECT, kod="S-EBP").at.title[0].value
    assert [mark for mark in "<*[`$|#!" if mark in written.replace(f"\\{mark}", "")] == []


@pytest.mark.usefixtures("evil")
def test_a_title_with_markup_is_shown_in_full(visit: Callable[..., Visit]) -> None:
    assert visit(pages.PROJECT, kod="S-EBP").title == EVIL.replace("**", "")


@pytest.mark.usefixtures("evil")
def test_a_pipe_in_a_title_does_not_break_the_plans_table(visit: Callable[..., Visit]) -> None:
    lines = visit(pages.PLAN, ar="2013").rows("Projekt eller utlysning")
    assert {len(line) for line in lines} == {3}


@pytest.mark.usefixtures("evil")
@pytest.mark.parametrize("page", [pages.OVERVIEW, pages.PLAN, pages.PORTFOLIO, pages.PROJECT])
def test_no_page_lets_markup_that_users_have_written_through(visit: Callable[..., Visit], page: Path) -> None:
    shown = visit(page, ar="2013", kod="S-EBP")
    written = [str(found.value) for kind in ("title", "markdown", "caption", "table") for found in shown.at.get(kind)]
    assert [text for text in written if "<b>" in text or " **stjärna" in text or ":red[" in text] == []
