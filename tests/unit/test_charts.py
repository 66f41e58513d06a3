"""Charts: what the title, the sentence, the figure and the table say must be the same thing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fou.charts.areas import plan_chart
from fou.charts.chart import Chart, Table
from fou.charts.funders import funder_chart
from fou.charts.portfolio import portfolio_sentence
from fou.charts.projects import money_chart, period_text, time_line
from fou.charts.room import room_chart
from fou.charts.tables import against_last_year, area_table, line_table, source_table
from fou.charts.year import year_sentence
from fou.figures import Figures, total
from fou.model import CALLS, Funder, Kind, Plan
from fou.money import format_sek
from fou.plan import AreaRow, CallRow, FunderArea, FunderAreas, OpenItem, ProjectRow, Room, YearPlan
from fou.portfolio import Found, Listed, TimeSpans
from fou.sources import Sourced

OUR_FUNDER = Funder(1, "Stockholms stad, socialnämnden", "municipality", None)
CHILDREN = "Social barn- och ungdomsvård"
PRACTICE = "Implementering och evidensbaserad praktik"
CRIME = "Brottsförebyggande arbete"
EVIL = "<b>fet</b> & <a href='x'>länk</a>"
TODAY = date(2026, 11, 21)


def sek(kronor: int) -> Decimal:
    return Decimal(kronor)


def money(**kinds: int | None) -> Figures:
    """Figures of firm amounts in kronor; None is a commitment whose amount is not set."""
    return Figures(
        firm={Kind(kind): sek(amount) for kind, amount in kinds.items() if amount is not None},
        open={Kind(kind): 1 for kind, amount in kinds.items() if amount is None},
    )


def room(year: int, frame: int | None, **parts: int) -> Room:
    """A year of the room bar from kronor: paid, unpaid, reserved, proposed, conditional, open."""
    taken = sum(parts.get(part, 0) for part in ("paid", "unpaid", "reserved"))
    amounts = {name: sek(parts.get(name, 0)) for name in ("paid", "unpaid", "reserved", "proposed", "conditional")}
    return Room(
        year=year,
        frame=None if frame is None else sek(frame),
        free=None if frame is None else sek(frame - taken),
        open=parts.get("open", 0),
        **amounts,
    )


#: The plan for 2013–2014: the whole of 2013's frame is proposed, and 2014's frame is not set.
ROOMS = [room(2013, 2_310_000, proposed=2_310_000), room(2014, None, proposed=2_000_000, open=6)]

AREAS_2013 = [
    AreaRow(CHILDREN, money(proposed=810_000)),
    AreaRow(PRACTICE, money(proposed=770_000)),
    AreaRow(CRIME, money(proposed=730_000)),
]
AREAS_2014 = [AreaRow(CHILDREN, money(proposed=None)), AreaRow(CALLS, money(proposed=2_000_000))]
AREAS_OF_A_PLAN = [
    AreaRow(CHILDREN, money(planned=1_000_000, granted=900_000, spent=450_000)),
    AreaRow(PRACTICE, money(planned=500_000, granted=800_000)),
    AreaRow(CRIME, money(planned=500_000)),
]


def year_plan(
    year: int,
    areas: Sequence[AreaRow],
    that_year: Room,
    calls: Sequence[CallRow] = (),
    items: Sequence[OpenItem] = (),
    projects: int = 4,
) -> YearPlan:
    figures = total(row.figures for row in areas)
    return YearPlan(
        year=year,
        plan=Plan(1, year, "FoU-plan", "proposed", None, None, None, None, None, None, None),
        room=that_year,
        figures=figures,
        areas=tuple(areas),
        framed_areas=tuple(areas),
        calls=tuple(calls),
        funders=((OUR_FUNDER, figures),),
        open_items=tuple(items),
        conditional_items=(),
        project_count=projects,
    )


def open_item(title: str) -> OpenItem:
    return OpenItem(title, title, Kind.PROPOSED, OUR_FUNDER.name, None, None, "budget.xlsx › Budget › K3", None)


def listed(title: str, standing: str, starts: str | None, ends: str | None) -> Listed:
    return Listed(title, title, CHILDREN, standing, None, None, starts, ends, None, None, None, 0, None)


def drawn(chart: Chart) -> str:
    """Everything that the figure holds, as text."""
    assert chart.figure is not None
    return json.dumps(chart.figure.to_dict(), default=str, ensure_ascii=False)


def bars(chart: Chart) -> dict[str, list[float | None]]:
    """The lengths of the figure's horizontal bars by the name in the legend."""
    assert chart.figure is not None
    traces = chart.figure.to_dict()["data"]
    return {trace["name"]: list(trace["x"]) for trace in traces if trace["type"] == "bar"}


def column(table: Table, name: str) -> list[object]:
    return [row[table.head.index(name)] for row in table.rows]


def added(cells: Sequence[object]) -> Decimal:
    return sum((cell for cell in cells if isinstance(cell, Decimal)), Decimal(0))


def said(chart: Chart) -> str:
    """All that people read of a chart, with ordinary spaces."""
    cells = [cell for row in chart.table.shown("kr") for cell in row]
    return " ".join([chart.title, chart.sentence, *cells]).replace("\u00a0", " ")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


# --- The room bar -------------------------------------------------------------------------------------------


def test_the_rooms_title_says_what_is_left_if_the_proposals_are_granted() -> None:
    assert plain(room_chart(ROOMS, "kr").title) == "Förslagen för 2013 tar hela ramen"


def test_the_rooms_sentence_gives_frame_proposals_what_is_left_and_the_years_after() -> None:
    assert plain(room_chart(ROOMS, "kr").sentence) == (
        "Av ramen på 2 310 000 kr för 2013 är inget beviljat eller avsatt. 2 310 000 kr är föreslaget; beviljas det "
        "blir 0 kr kvar. 2014: 2 000 000 kr föreslaget, 6 åtaganden utan belopp."
    )


def test_a_frame_that_is_not_set_is_said_and_never_0_kr() -> None:
    assert " 0 kr" not in said(room_chart(ROOMS[1:], "kr"))


def test_a_frame_that_is_not_set_stands_as_a_dash_in_the_rooms_table() -> None:
    assert [row[1] for row in room_chart(ROOMS, "kr").table.shown("kr")] == ["2\u00a0310\u00a0000", "–"]


def test_the_rooms_title_tells_of_proposals_beyond_the_frame() -> None:
    over = room_chart([room(2015, 1_000_000, unpaid=700_000, proposed=500_000)], "tkr")
    assert plain(over.title) == "Förslagen för 2015 går 200 tkr över ramen"


def test_the_rooms_title_tells_of_grants_beyond_the_frame() -> None:
    over = room_chart([room(2015, 1_000_000, unpaid=1_300_000)], "tkr")
    assert plain(over.title) == "2015 är intecknat 300 tkr över ramen"


def test_without_proposals_the_rooms_title_says_what_is_free() -> None:
    free = room_chart([room(2015, 1_000_000, paid=100_000, unpaid=200_000, reserved=300_000)], "mnkr")
    assert plain(free.title) == "0,4 mnkr är fritt 2015"


def test_a_later_year_of_which_nothing_is_known_gets_no_bar() -> None:
    assert column(room_chart([*ROOMS, room(2015, None)], "kr").table, "År") == ["2013", "2014"]


def test_what_is_on_a_condition_is_told_apart_from_the_rooms_sums() -> None:
    chart = room_chart([room(2015, 1_000_000, conditional=495_000)], "kr")
    assert "495 000 kr är utlovat på villkor och räknas för sig." in plain(chart.sentence)


def test_a_year_of_which_nothing_is_known_has_no_figure() -> None:
    assert room_chart([room(2015, None)], "kr").figure is None


kronor = st.integers(0, 50_000_000)
parts_of_a_room = st.fixed_dictionaries({"paid": kronor, "unpaid": kronor, "reserved": kronor, "proposed": kronor})


@given(parts_of_a_room, kronor)
def test_the_rooms_table_adds_up_to_the_frame(parts: dict[str, int], frame: int) -> None:
    table = room_chart([room(2015, frame, **parts)], "kr").table
    taken = ("Utbetalt", "Beviljat, inte utbetalt", "Avsatt", "Fritt")
    assert sum((added(column(table, name)) for name in taken), Decimal(0)) == frame


@given(parts_of_a_room, kronor)
def test_the_rooms_bar_is_as_long_as_the_frame_when_everything_has_room(parts: dict[str, int], more: int) -> None:
    frame = sum(parts.values()) + more + 1
    chart = room_chart([room(2015, frame, **parts)], "kr")
    assert sum(lengths[0] or 0 for lengths in bars(chart).values()) == pytest.approx(frame)


# --- Areas --------------------------------------------------------------------------------------------------


def test_without_a_plan_the_title_names_the_area_that_gets_most() -> None:
    assert plain(plan_chart(2013, AREAS_2013, "kr").title) == f"{CHILDREN} får mest: 810 000 kr är föreslaget"


def test_without_a_plan_the_sentence_gives_the_sum_and_the_share() -> None:
    assert plain(plan_chart(2013, AREAS_2013, "kr").sentence) == (
        f"2 310 000 kr är föreslaget 2013. {CHILDREN} får mest, 810 000 kr (35,1 %)."
    )


def test_money_for_a_call_alone_is_said_to_have_no_area_yet() -> None:
    title = plan_chart(2014, AREAS_2014, "kr").title
    assert plain(title) == "2 000 000 kr är föreslaget, inget av det till ett område än"


def test_an_area_with_an_open_commitment_only_has_a_dash_and_its_number() -> None:
    rows = plan_chart(2014, AREAS_2014, "kr").table.shown("kr")
    assert (CHILDREN, "–", "1") in rows


def test_areas_with_open_commitments_only_have_no_figure() -> None:
    assert plan_chart(2014, AREAS_2014[:1], "kr").figure is None


def test_areas_with_open_commitments_only_are_told_without_any_0_kr() -> None:
    assert "0 kr" not in said(plan_chart(2014, AREAS_2014[:1], "kr"))


def test_a_year_without_areas_says_that_there_are_no_amounts() -> None:
    assert plan_chart(2012, [], "kr").sentence == "Det finns inga belopp för 2012."


def test_against_a_plan_the_title_names_the_largest_deviation() -> None:
    title = plan_chart(2020, AREAS_OF_A_PLAN, "kr").title
    assert plain(title) == f"{CRIME} skiljer mest: 500 000 kr (100 %) under plan"


def test_against_a_plan_the_sentence_gives_both_sums() -> None:
    sentence = plan_chart(2020, AREAS_OF_A_PLAN, "kr").sentence
    assert plain(sentence).startswith("1 700 000 kr är beviljat av planens 2 000 000 kr (85 %).")


def test_money_left_in_the_plan_is_a_positive_deviation() -> None:
    assert column(plan_chart(2020, AREAS_OF_A_PLAN, "kr").table, "Avvikelse") == [500_000, -300_000, 100_000]


def test_against_a_plan_what_nothing_states_has_no_amount_in_the_table() -> None:
    assert column(plan_chart(2020, AREAS_OF_A_PLAN, "kr").table, "Utfall") == [None, None, 450_000]


area_amounts = st.lists(st.integers(0, 90_000_000), min_size=1, max_size=6)


@given(area_amounts, st.sampled_from(["kr", "tkr", "mnkr"]))
def test_the_sum_in_the_areas_sentence_is_the_sum_of_their_table(amounts: list[int], unit: str) -> None:
    chart = plan_chart(2020, [AreaRow(f"Område {i}", money(granted=a)) for i, a in enumerate(amounts)], unit)
    assert chart.sentence.startswith(format_sek(added(column(chart.table, "Beviljat")), unit))


@given(area_amounts, area_amounts)
def test_the_sums_in_the_plans_sentence_are_those_of_its_table(planned: list[int], granted: list[int]) -> None:
    pairs = list(zip(planned, granted, strict=False))
    rows = [AreaRow(f"Område {i}", money(planned=p, granted=g)) for i, (p, g) in enumerate(pairs)]
    chart = plan_chart(2020, rows, "kr")
    plan, given_ = added(column(chart.table, "Plan")), added(column(chart.table, "Beviljat"))
    assert chart.sentence.startswith(f"{format_sek(given_)} är beviljat av planens {format_sek(plan)}")


@given(area_amounts)
def test_the_areas_bars_are_as_long_as_their_amounts(amounts: list[int]) -> None:
    rows = [AreaRow(f"Område {i}", money(granted=a)) for i, a in enumerate(amounts)]
    assert sorted(x or 0 for x in bars(plan_chart(2020, rows, "kr"))["Beviljat"]) == sorted(amounts)


# --- Funders ------------------------------------------------------------------------------------------------


def funded(*parts: tuple[str, str, Decimal], passed_on: int = 0) -> FunderAreas:
    found = tuple(FunderArea(who, who == OUR_FUNDER.name, *rest) for who, *rest in parts)
    return FunderAreas(found, sek(passed_on), sek(0), 0)


FUNDED = funded(
    (OUR_FUNDER.name, CHILDREN, sek(600_000)),
    ("Forte", CHILDREN, sek(1_400_000)),
    ("Forte", PRACTICE, sek(500_000)),
)


def test_the_funders_sentence_names_the_largest_area_and_the_largest_funder() -> None:
    assert plain(funder_chart(2020, FUNDED, Kind.GRANTED, "kr").sentence) == (
        f"2 500 000 kr är beviljat 2020. {CHILDREN} får mest, 2 000 000 kr (80 %). "
        "Kommunens egna medel är 600 000 kr (24 %), andra finansiärers 1 900 000 kr (76 %)."
    )


def test_money_that_nobody_gives_to_an_area_is_a_dash_in_the_funders_table() -> None:
    shown = [tuple(map(plain, row)) for row in funder_chart(2020, FUNDED, Kind.GRANTED, "kr").table.shown("kr")]
    assert shown[1] == (PRACTICE, "–", "500 000", "0", "500 000", "500 000")


def test_money_that_is_passed_on_is_said_to_be_counted_once() -> None:
    chart = funder_chart(2020, funded(("Forte", CHILDREN, sek(500_000)), passed_on=300_000), Kind.GRANTED, "kr")
    assert "300 000 kr som står både på ett program och på dess delprojekt räknas en gång" in plain(
        chart.counted.left_out
    )


def test_without_amounts_the_funders_have_no_figure() -> None:
    assert funder_chart(2020, funded(), Kind.GRANTED, "kr").figure is None


def test_without_amounts_the_funders_say_so() -> None:
    assert funder_chart(2020, funded(), Kind.GRANTED, "kr").sentence == "Inget är beviljat 2020."


shares = st.dictionaries(
    st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["Äldre", "Barn", CALLS])),
    st.integers(1, 10_000_000),
    min_size=1,
)


@given(shares)
def test_the_funders_table_adds_up_both_ways(amounts: dict[tuple[str, str], int]) -> None:
    rows = [(funder, area, sek(amount)) for (funder, area), amount in amounts.items()]
    *areas, sums = funder_chart(2020, funded(*rows), Kind.GRANTED, "kr").table.rows
    assert [added(cells) for cells in list(zip(*areas, strict=True))[1:]] == list(sums[1:])


@given(shares)
def test_the_sum_in_the_funders_sentence_is_that_of_the_table(amounts: dict[tuple[str, str], int]) -> None:
    rows = [(funder, area, sek(amount)) for (funder, area), amount in amounts.items()]
    chart = funder_chart(2020, funded(*rows), Kind.GRANTED, "kr")
    whole = chart.table.rows[-1][-1]
    assert isinstance(whole, Decimal)
    assert chart.sentence.startswith(format_sek(whole))


# --- A project's money --------------------------------------------------------------------------------------

A_PROJECT = [(2013, money(proposed=600_000)), (2014, money(proposed=None))]


def test_a_projects_money_names_the_years_without_an_amount() -> None:
    assert plain(money_chart(A_PROJECT, "kr", "P1").sentence) == (
        "600 000 kr är föreslaget för 2013. För 2014 finns åtaganden vars belopp inte är fastställda."
    )


def test_a_projects_title_gives_the_sum_over_all_years() -> None:
    years = [(2013, money(granted=600_000)), (2014, money(granted=150_000))]
    assert plain(money_chart(years, "tkr", "P1").title) == "750 tkr beviljat i allt"


def test_a_year_without_an_amount_is_not_0_in_a_projects_table() -> None:
    assert column(money_chart(A_PROJECT, "kr", "P1").table, "Föreslaget") == [600_000, "ej fastställt"]


def test_a_year_without_an_amount_gets_words_and_no_bar() -> None:
    assert "ej fastställt" in drawn(money_chart(A_PROJECT, "kr", "P1"))


def test_a_project_with_open_commitments_only_has_no_figure() -> None:
    assert money_chart(A_PROJECT[1:], "kr", "P1").figure is None


def test_a_project_with_open_commitments_only_says_so_in_the_title() -> None:
    assert money_chart(A_PROJECT[1:], "kr", "P1").title == "Belopp ej fastställt för 2014"


def test_a_project_of_which_no_amount_is_known_says_so() -> None:
    assert money_chart([], "kr", "P1").sentence == "Källorna anger inga belopp för projektet."


@pytest.mark.parametrize("kind", Kind)
def test_a_project_may_have_money_of_any_kind(kind: Kind) -> None:
    years = [(2013, money(**{kind: 600_000}))]
    assert money_chart(years, "kr", "P1").sentence.endswith(".")


def test_what_a_project_gets_on_a_condition_stands_apart() -> None:
    years = [(2013, Figures(firm={Kind.GRANTED: sek(100)}, conditional={Kind.GRANTED: sek(40)}))]
    assert column(money_chart(years, "kr", "P1").table, "På villkor") == [40]


DRAWN = ("planned", "requested", "proposed", "reserved", "granted", "paid", "spent", "forecast", "returned")
amount_or_open = st.none() | st.integers(1, 9_000_000)
years_of_money = st.dictionaries(
    st.integers(2010, 2030),
    st.dictionaries(st.sampled_from([*DRAWN]), amount_or_open, min_size=1),
    min_size=1,
    max_size=6,
)


def project_years(drawn_years: dict[int, dict[str, int | None]]) -> list[tuple[int, Figures]]:
    return [(year, money(**kinds)) for year, kinds in sorted(drawn_years.items())]


@given(years_of_money)
def test_each_sum_in_a_projects_sentence_is_that_of_its_column(drawn_years: dict[int, dict[str, int | None]]) -> None:
    chart = money_chart(project_years(drawn_years), "kr", "P1")
    columns = [(name, column(chart.table, name)) for name in chart.table.head if name not in ("År", "Utan belopp")]
    stated = [f"{format_sek(added(c))} är {name.lower()}" for name, c in columns if added(c)]
    assert [text for text in stated if text not in chart.sentence] == []


@given(years_of_money)
def test_no_open_amount_of_a_project_is_ever_0(drawn_years: dict[int, dict[str, int | None]]) -> None:
    chart = money_chart(project_years(drawn_years), "kr", "P1")
    assert [row for row in chart.table.shown("kr") if "0" in row] == []


@given(years_of_money)
def test_no_open_amount_of_a_project_is_drawn_as_a_bar(drawn_years: dict[int, dict[str, int | None]]) -> None:
    figure = money_chart(project_years(drawn_years), "kr", "P1").figure
    heights = [] if figure is None else [y for t in figure.to_dict()["data"] if t["type"] == "bar" for y in t["y"]]
    firm = [amount for kinds in drawn_years.values() for amount in kinds.values() if amount is not None]
    assert sorted(y for y in heights if y is not None) == sorted(firm)


# --- The time line ------------------------------------------------------------------------------------------

PROJECTS = [
    listed("Barnets röst", "running", "2024", "2026-12-31"),
    listed("Skolfrånvaro", "running", "2025-10", "2029"),
    listed("Kontaktperson", "finished", "2012", "2015"),
    listed("Barnahus", "unknown", None, None),
]


def spans(*projects: Listed, running: int = 0, ending: int = 0) -> TimeSpans:
    """The projects as a filter finds them, when all of them fit."""
    dated = [project for project in projects if project.starts or project.ends]
    return TimeSpans(tuple(dated), len(projects), len(projects) - len(dated), running, ending)


EVERY_PROJECT = spans(*PROJECTS, running=2, ending=1)


def test_the_time_lines_title_counts_what_ends_this_year() -> None:
    assert plain(time_line(EVERY_PROJECT, TODAY).title) == "1 projekt slutar 2026"


def test_the_time_lines_sentence_counts_what_is_shown_what_runs_and_what_has_no_time() -> None:
    assert plain(time_line(EVERY_PROJECT, TODAY).sentence) == (
        "2 projekt pågår 21 november 2026 och 1 projekt slutar 2026. 1 projekt saknar uppgift om tid."
    )


def test_the_time_line_says_how_many_projects_do_not_fit() -> None:
    found = TimeSpans(tuple(PROJECTS[:3]), 812, 12, 300, 40)
    assert "Här visas 3 av 800 projekt med uppgift om tid" in plain(time_line(found, TODAY).sentence)


def test_what_ends_this_year_is_said_in_words_on_the_time_line() -> None:
    assert "2024–2026 · slutar i år" in drawn(time_line(EVERY_PROJECT, TODAY))


def test_projects_without_any_time_have_no_time_line() -> None:
    assert time_line(spans(PROJECTS[3]), TODAY).figure is None


def test_a_bar_of_the_time_line_ends_with_the_last_day_that_the_source_can_mean() -> None:
    figure = time_line(spans(listed("Kontaktperson", "finished", "2012", "2012")), TODAY).figure
    assert figure is not None
    assert list(figure.to_dict()["data"][0]["x"]) == [366 * 86_400_000]


@pytest.mark.parametrize(
    ("starts", "ends", "note", "text"),
    [
        ("2012", "2015", None, "2012 – 2015"),
        ("2014-10", None, None, "från oktober 2014"),
        (None, "2018-12-01", None, "till 1 december 2018"),
        ("2013", "2013", "Preliminärt", "2013, preliminärt"),
        (None, None, None, "uppgift saknas"),
    ],
)
def test_a_period_is_said_as_exactly_as_the_source_says_it(
    starts: str | None, ends: str | None, note: str | None, text: str
) -> None:
    assert period_text(starts, ends, note) == text


# --- Sentences on a year and on the portfolio ---------------------------------------------------------------


def test_the_years_sentence_says_that_the_whole_frame_is_proposed() -> None:
    assert plain(year_sentence(year_plan(2013, AREAS_2013, ROOMS[0]), "kr")) == (
        "FoU-planen för 2013 är ett förslag. Fyra projekt inom tre områden föreslås dela på 2 310 000 kr, hela ramen."
    )


def test_the_years_sentence_counts_commitments_without_an_amount_and_names_the_call() -> None:
    call = CallRow("LUM-2014", "Lokala utvecklingsmedel 2014", money(proposed=2_000_000))
    items = [open_item(f"Projekt {number}") for number in range(6)]
    year = year_plan(2014, AREAS_2014, ROOMS[1], [call], items, projects=6)
    assert plain(year_sentence(year, "kr")) == (
        "FoU-planen för 2014 är ett förslag. Sex projekt inom ett område finns med för 2014. 2 000 000 kr föreslås "
        "till utlysningen Lokala utvecklingsmedel 2014. Sex åtaganden har inget fastställt belopp."
    )


def test_the_years_sentence_counts_those_that_are_granted_and_what_is_decided_replaces_what_was_proposed() -> None:
    call = CallRow("LUM-2013", "Medel 2013", money(proposed=2_000_000, reserved=1_500_000))
    areas = [AreaRow(CHILDREN, money(granted=2_310_000))]
    year = replace(
        year_plan(2013, areas, room(2013, 2_310_000, unpaid=2_310_000), [call], projects=9),
        having={Kind.GRANTED: (4, 1)}, decision=("Socialnämnden", date(2012, 12, 18)),
    )  # fmt: skip
    assert plain(year_sentence(year, "kr")) == (
        "Socialnämnden beslutade om FoU-medlen för 2013 den 18 december 2012. Fyra projekt inom ett område har "
        "beviljats 2 310 000 kr för 2013. Ytterligare fem projekt finns med för 2013. 1 500 000 kr är avsatta till "
        "utlysningen Medel 2013."
    )


def test_a_year_without_anything_says_so() -> None:
    assert year_sentence(year_plan(2012, [], room(2012, None)), "kr") == "Det finns inga uppgifter om 2012."


def test_the_portfolios_sentence_gives_standings_and_sums() -> None:
    found = Found(9, sek(4_958_000), sek(2_310_000), 16, (("proposed", 7), ("running", 1), ("unknown", 1)))
    assert plain(portfolio_sentence(found, "tkr")) == (
        "9 projekt: 7 föreslagna, 1 pågår och 1 utan uppgift om läge. 4 958 tkr är beviljat i allt. "
        "2 310 tkr är föreslaget i allt. 16 åtaganden saknar fastställt belopp."
    )


def test_a_portfolio_of_which_no_amount_is_known_speaks_of_none() -> None:
    assert "0 kr" not in plain(portfolio_sentence(Found(1, None, None, 1, (("unknown", 1),)), "kr"))


# --- Tables -------------------------------------------------------------------------------------------------


def test_the_plans_lines_say_in_words_that_an_amount_is_not_set() -> None:
    projects = [ProjectRow("S-EBP", "Evidensbaserad praktik", CHILDREN, money(proposed=None))]
    table = line_table(year_plan(2014, AREAS_2014, ROOMS[1]), projects)
    assert table.shown("kr") == [("Evidensbaserad praktik", "ej fastställt", CHILDREN)]


@given(area_amounts)
def test_the_last_line_of_the_areas_is_their_sum(amounts: list[int]) -> None:
    areas = [AreaRow(f"Område {i}", money(granted=a)) for i, a in enumerate(amounts)]
    *rows, last = area_table(year_plan(2020, areas, room(2020, None))).rows
    assert last == ("Summa", added([row[1] for row in rows]))


def test_a_change_from_an_amount_that_is_not_set_is_not_counted() -> None:
    before = year_plan(2013, [AreaRow(CHILDREN, money(proposed=None))], room(2013, None))
    after = year_plan(2014, [AreaRow(CHILDREN, money(proposed=500_000))], room(2014, None))
    assert against_last_year(after, before).rows == ((CHILDREN, "ej fastställt", 500_000, None),)


def test_a_change_from_last_year_is_this_year_less_last_year() -> None:
    before = year_plan(2013, [AreaRow(CHILDREN, money(proposed=700_000))], room(2013, None))
    after = year_plan(2014, [AreaRow(CHILDREN, money(proposed=500_000))], room(2014, None))
    assert column(against_last_year(after, before), "Skillnad") == [-200_000]


def test_an_amount_that_is_not_set_is_named_so_among_the_sources() -> None:
    row = Sourced(
        Kind.PROPOSED, 2013, "Evidensbaserad praktik", "S-EBP", OUR_FUNDER.name, None, None, False, "K3",
        "Dokument 003", 1,
    )  # fmt: skip
    assert column(source_table([row]), "Belopp") == ["belopp ej fastställt"]


def test_a_file_of_a_table_has_whole_kronor_whatever_unit_is_shown() -> None:
    assert "2013;2310000;" in room_chart(ROOMS, "mnkr").table.csv().decode("utf-8-sig")


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless_in_the_file() -> None:
    assert Table(("Projekt",), (("=1+1",),)).csv().decode("utf-8-sig").splitlines() == ["Projekt", "'=1+1"]


# --- What users have written, inside a figure ---------------------------------------------------------------

MARKED = {
    "area": plan_chart(2013, [AreaRow(EVIL, money(granted=1))], "kr"),
    "area of a plan": plan_chart(2013, [AreaRow(EVIL, money(planned=1))], "kr"),
    "funder": funder_chart(2013, funded((EVIL, CHILDREN, sek(1))), Kind.GRANTED, "kr"),
    "funder's area": funder_chart(2013, funded((OUR_FUNDER.name, EVIL, sek(1))), Kind.GRANTED, "kr"),
    "project": time_line(spans(listed(EVIL, "running", "2024", "2026")), TODAY),
}


@pytest.mark.parametrize("chart", MARKED.values(), ids=MARKED)
def test_markup_that_users_write_is_text_in_a_figure(chart: Chart) -> None:
    assert "&lt;b&gt;fet&lt;/b&gt; &amp;" in drawn(chart)


@pytest.mark.parametrize("chart", MARKED.values(), ids=MARKED)
def test_no_link_that_users_write_comes_alive_in_a_figure(chart: Chart) -> None:
    assert "<a href" not in drawn(chart)


# --- What all charts have in common -------------------------------------------------------------------------

ALL = {
    "room": room_chart(ROOMS, "tkr"),
    "areas": plan_chart(2013, AREAS_2013, "tkr"),
    "plan": plan_chart(2020, AREAS_OF_A_PLAN, "tkr"),
    "funders": funder_chart(2020, FUNDED, Kind.GRANTED, "tkr"),
    "project": money_chart(A_PROJECT, "tkr", "P1"),
    "time": time_line(EVERY_PROJECT, TODAY),
}


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL)
def test_every_row_of_a_table_has_a_cell_for_every_head(chart: Chart) -> None:
    assert {len(row) for row in chart.table.rows} == {len(chart.table.head)}


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL)
def test_every_chart_says_what_is_counted_and_what_is_left_out(chart: Chart) -> None:
    assert all((chart.counted.definition, chart.counted.included, chart.counted.left_out))


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL)
def test_every_sentence_is_finished(chart: Chart) -> None:
    assert chart.sentence.endswith(".")
