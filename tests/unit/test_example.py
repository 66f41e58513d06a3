"""The invented municipality keeps the rules of the budget template at every size."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fou import model
from fou.demo.amounts import spread_by_month
from fou.demo.example import example_tables
from fou.imports.template.layout import BUDGET_HEADS, BUDGET_SHEET, OPEN_WORD, SHEET_BY_TABLE, SHEETS, Takes
from fou.imports.template.tables import workbook_from

OWN = "Exempelkommunen, socialnämnden"
CLOSED_YEARS = range(2019, 2025)
sizes = settings(max_examples=12, deadline=None)


@pytest.fixture(scope="module")
def tables():
    return example_tables()


def keys(sheet, table):
    heads = [c.head for field in sheet.record.KEY for c in sheet.columns if c.field == field]
    return [tuple(row[head] for head in heads) for row in table]


def names_of(tables, table):
    """What a reference to the table may say."""
    sheet = SHEET_BY_TABLE[table]
    return {key[0] for key in keys(sheet, tables[sheet.name])}


def broken_cells(tables) -> Iterator[tuple[str, str, object]]:
    """Cells of the record sheets that the template does not take."""
    for sheet in SHEETS:
        for column in sheet.columns:
            allowed = names_of(tables, column.to) if column.to else set((column.choices or {}).values())
            for row in tables[sheet.name]:
                value = row.get(column.head)
                empty = value is None or value == ""
                if column.required if empty else not takes(column.takes, value, allowed):
                    yield sheet.name, column.head, value


def takes(what, value, allowed):
    match what:
        case Takes.TEXT:
            return isinstance(value, str) and value == value.strip()
        case Takes.INTEGER:
            return type(value) is int
        case Takes.YEAR:
            return type(value) is int and 1990 <= value <= 2100
        case Takes.DATE:
            return isinstance(value, date)
        case Takes.PARTIAL_DATE:
            return re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", value) is not None
        case Takes.YES_NO:
            return isinstance(value, bool)
        case _:
            return value in allowed


def amounts(tables, kind=None, funder=OWN):
    """(row, year, value) of the budget lines of a kind and a funder (None: all)."""
    return [
        (row, year, value)
        for row in tables[BUDGET_SHEET]
        if (kind is None or row["Slag"] == kind) and (funder is None or row["Finansiär"] == funder)
        for year, value in row.items()
        if isinstance(year, int)
    ]


def total(tables, kind, year):
    return sum((v for _, y, v in amounts(tables, kind) if y == year and v != OPEN_WORD), Decimal(0))


def free(tables, year):
    return (
        total(tables, "ram", year)
        - total(tables, "beviljat", year)
        - total(tables, "avsatt", year)
        + total(tables, "återfört", year)
    )


def test_the_same_call_gives_the_same_tables():
    assert example_tables(75) == example_tables(75)


@pytest.mark.parametrize("count", [1, 7, 60, 61, 500])
def test_there_are_exactly_as_many_projects_as_asked_for(count):
    assert len(example_tables(count)["Projekt"]) == count


def test_no_projects_at_all_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        example_tables(0)


@sizes
@given(st.integers(10, 300))
def test_every_cell_is_one_that_the_template_takes_and_every_reference_exists(count):
    assert list(broken_cells(example_tables(count))) == []


@sizes
@given(st.integers(10, 300))
def test_no_sheet_has_two_records_with_the_same_key(count):
    tables = example_tables(count)
    twice = {s.name: [k for k, n in Counter(keys(s, tables[s.name])).items() if n > 1] for s in SHEETS}
    assert not any(twice.values())


@sizes
@given(st.integers(10, 300))
def test_no_two_budget_lines_say_the_same_thing(count):
    heads = ("Projekt", "Utlysning", "Område", "Finansiär", "Slag", "Villkor")
    lines = Counter(tuple(row.get(head) for head in heads) for row in example_tables(count)[BUDGET_SHEET])
    assert max(lines.values()) == 1


@sizes
@given(st.integers(10, 300))
def test_budget_lines_refer_to_what_exists(count):
    tables = example_tables(count)
    allowed = {
        "Projekt": names_of(tables, "project"),
        "Utlysning": names_of(tables, "call"),
        "Område": names_of(tables, "area"),
        "Finansiär": names_of(tables, "funder"),
        "Slag": set(model.KIND_NAMES.values()),
        "Grund": set(model.BASIS_NAMES.values()),
    }
    for row in tables[BUDGET_SHEET]:
        assert {head for head in allowed if row.get(head) and row[head] not in allowed[head]} == set()
        assert {head for head in row if isinstance(head, str)} <= set(BUDGET_HEADS)


@sizes
@given(st.integers(10, 300))
def test_amounts_are_positive_with_at_most_two_decimals_or_open(count):
    values = [v for _, _, v in amounts(example_tables(count), funder=None) if v != OPEN_WORD]
    assert all(v > 0 and Decimal(v).as_tuple().exponent >= -2 for v in values)


@sizes
@given(st.integers(10, 300))
def test_every_closed_year_has_room_left(count):
    tables = example_tables(count)
    assert [year for year in CLOSED_YEARS if free(tables, year) < 0] == []


@sizes
@given(st.integers(10, 300))
def test_plan_lines_add_up_to_at_most_the_frame(count):
    tables = example_tables(count)
    years = range(2019, 2027)
    assert [year for year in years if total(tables, "plan", year) > total(tables, "ram", year)] == []


@sizes
@given(st.integers(10, 300))
def test_nothing_is_both_granted_and_reserved_for_the_same_project_and_year(count):
    tables = example_tables(count)
    granted = {(row["Projekt"], year) for row, year, _ in amounts(tables, "beviljat")}
    reserved = {(row["Projekt"], year) for row, year, _ in amounts(tables, "avsatt") if row.get("Projekt")}
    assert granted & reserved == set()


@sizes
@given(st.integers(10, 300))
def test_a_member_with_a_conflict_of_interest_has_no_score(count):
    tables = example_tables(count)
    conflicts = {(row["Ansökan"], row["Ledamot"]) for row in tables["Jäv"]}
    assert conflicts
    assert not conflicts & {(row["Ansökan"], row["Ledamot"]) for row in tables["Bedömningar"]}


@sizes
@given(st.integers(10, 300))
def test_scores_are_within_the_scale_of_their_criterion_or_cannot_be_judged(count):
    tables = example_tables(count)
    scale = {(row["Utlysning"], row["Nr"]): row["Högsta värde"] for row in tables["Prioriteringsgrunder"]}
    call = {row["Kod"]: row["Utlysning"] for row in tables["Ansökningar"]}
    for row in tables["Bedömningar"]:
        unable = row["Kan inte bedöma"] is True
        assert unable == (row["Värde"] is None)
        assert unable or 0 <= row["Värde"] <= scale[call[row["Ansökan"]], row["Grund nr"]]


def test_every_proposal_is_scored_by_five_to_seven_members(tables):
    judges = defaultdict(set)
    for row in tables["Bedömningar"]:
        judges[row["Ansökan"]].add(row["Ledamot"])
    assert {len(judges[row["Kod"]]) for row in tables["Ansökningar"]} == {5, 6, 7}


def test_titles_differ_in_a_large_municipality():
    titles = [row["Projekt"] for row in example_tables(3000)["Projekt"]]
    assert len(set(titles)) == 3000


def test_one_area_is_renamed_in_2023_and_lives_on_under_its_new_name(tables):
    renamed = [row for row in tables["Områden"] if row.get("Ersätts av")]
    old, new = renamed[0]["Område"], renamed[0]["Ersätts av"]
    starts = defaultdict(set)
    for row in tables["Projekt"]:
        starts[row["Område"]].add(row["Start"][:4])
    assert len(renamed) == 1
    assert renamed[0]["Sista år"] == 2022
    assert max(starts[old]) <= "2022" < min(starts[new])


def test_planned_lines_use_the_name_that_the_area_has_in_the_year(tables):
    years = defaultdict(set)
    for row, year, _ in amounts(tables, "plan"):
        if row["Område"]:
            years[row["Område"]].add(year)
    spans = {row["Område"]: (row["Första år"], row.get("Sista år") or 2026) for row in tables["Områden"]}
    assert years == {area: set(range(first, last + 1)) for area, (first, last) in spans.items()}


def test_one_year_is_nearly_full_and_one_has_clearly_unused_money(tables):
    share = {year: free(tables, year) / total(tables, "ram", year) for year in CLOSED_YEARS}
    assert share[2021] < Decimal("0.02")
    assert share[2023] > Decimal("0.2")


def test_the_frame_grows_every_year_from_six_to_nine_million(tables):
    frame = [total(tables, "ram", year) for year in range(2019, 2027)]
    assert frame == sorted(set(frame))
    assert 6_000_000 <= frame[0] < frame[-1] <= 9_000_000


def test_what_is_returned_is_what_was_paid_and_not_spent(tables):
    back = {row["Projekt"]: value for row, _, value in amounts(tables, "återfört")}
    left = defaultdict(Decimal)
    for kind, sign in (("utbetalt", 1), ("utfall", -1)):
        for row, _, value in amounts(tables, kind):
            left[row["Projekt"]] += sign * value
    assert back
    assert back == {code: left[code] for code in back}


def test_open_commitments_lie_in_coming_years(tables):
    assert {year for _, year, value in amounts(tables, None, None) if value == OPEN_WORD} == {2027, 2028}


def test_commitments_reach_to_2028(tables):
    assert max(year for _, year, value in amounts(tables, "avsatt") if value != OPEN_WORD) == 2028


def test_some_commitments_are_conditional(tables):
    conditional = [row for row in tables[BUDGET_SHEET] if row.get("Villkor")]
    assert all(row["Villkor"].startswith("under förutsättning att ") for row in conditional)
    assert {row["Slag"] for row in conditional} == {"beviljat", "avsatt"}


def test_a_grant_known_only_as_a_whole_is_spread_and_comes_from_another_funder(tables):
    spread = [row for row in tables[BUDGET_SHEET] if row.get("Grund") == "fördelat"]
    assert spread
    assert OWN not in {row["Finansiär"] for row in spread}


def test_a_grant_spread_by_month_adds_up_exactly():
    years = spread_by_month(4_000_001, date(2019, 7, 1), date(2022, 6, 30))
    assert years == {2019: 666_667, 2020: 1_333_334, 2021: 1_333_333, 2022: 666_667}
    assert sum(years.values()) == 4_000_001


def test_some_outcomes_have_ore(tables):
    assert any(value != int(value) for _, _, value in amounts(tables, "utfall"))


def test_some_forecasts_are_close_and_some_far_off(tables):
    spent = {(row["Projekt"], year): value for row, year, value in amounts(tables, "utfall") if year < 2025}
    forecast = {(row["Projekt"], year): value for row, year, value in amounts(tables, "prognos")}
    errors = [abs(forecast[key] - value) / value for key, value in spent.items()]
    assert min(errors) < Decimal("0.03")
    assert max(errors) > Decimal("0.3")


def test_some_reports_are_late_and_some_are_missing(tables):
    due = [(row["Ska lämnas"], row["Lämnad"]) for row in tables["Rapporter"]]
    assert any(received and received > day for day, received in due)
    assert any(received is None and day < date(2026, 11, 1) for day, received in due)


def test_nothing_has_been_received_or_assessed_after_the_day_it_is_in_the_example(tables):
    today = date(2026, 11, 16)
    days = [row["Lämnad"] for row in tables["Rapporter"]] + [row["Inkom"] for row in tables["Ansökningar"]]
    assert max(day for day in days if day) <= today


@pytest.mark.parametrize(("call", "opened", "count"), [("U2027", False, 6), ("S2027", True, 8)])
def test_two_calls_have_proposals_and_no_decisions_and_one_of_them_is_opened(tables, call, opened, count):
    (row,) = [row for row in tables["Utlysningar"] if row["Kod"] == call]
    assert (row["Läge"], row["Bedömningar öppnade"]) == ("under bedömning", opened)
    waiting = {row["Projekt"] for row in tables["Ansökningar"] if row["Utlysning"] == call}
    assert len(waiting) == count
    assert not waiting & {row["Projekt"] for row in tables["Beslut"]}


def granted_by(tables):
    """Whole SEK by scenario, year and choice, without conditions."""
    found = defaultdict(int)
    for row in tables["Scenariorader"]:
        if not row.get("Villkor"):
            found[row["Scenario"], row["År"], row["Val"]] += row.get("Belopp") or 0
    return found


@sizes
@given(st.integers(10, 300))
def test_no_scenario_gives_more_than_is_set_aside_for_the_call_at_any_size(count):
    tables = example_tables(count)
    pot = {year: v for row, year, v in amounts(tables, "avsatt") if row.get("Utlysning") == "S2027"}
    over = {key: n for key, n in granted_by(tables).items() if key[2] == "bevilja" and n > pot[key[1]]}
    assert (len(pot), over) == (2, {})


def test_the_council_has_three_scenarios_that_differ_and_a_member_one_of_their_own(tables):
    owners = {row["Scenario"]: row["Ledamot"] for row in tables["Scenarier"]}
    assert [who is None for who in owners.values()] == [True, True, True, False]
    chosen = defaultdict(set)
    for row in tables["Scenariorader"]:
        if row["Val"] == "bevilja":
            chosen[row["Scenario"]].add((row["Projekt"], row["År"], row["Belopp"]))
    assert len({frozenset(one) for one in chosen.values()}) == 4
    assert len(chosen["S2027-S1"]) < len(chosen["S2027-S3"])
    away = {row["Ansökan"] for row in tables["Jäv"] if row["Ledamot"] in owners.values()}
    assert not away & {row["Kod"] for row in tables["Ansökningar"] if row["Utlysning"] == "S2027"}


def test_the_council_is_called_to_a_meeting_on_each_of_the_two_calls(tables):
    assert {(row["Utlysning"], row["Läge"]) for row in tables["Möten"]} == {
        ("S2027", "planerat"),
        ("U2027", "planerat"),
    }
    called = Counter((row["Möte"], row["Roll"]) for row in tables["Närvaro"])
    assert set(called.values()) == {1, 6}


def test_the_board_grants_rejects_and_defers(tables):
    outcomes = {row["Utfall"] for row in tables["Beslut"] if row["Slag"] == "beslut"}
    assert outcomes == {"beviljas", "avslås", "bordläggs"}


def test_chains_go_from_pilot_study_by_study_and_follow_up_to_spread(tables):
    later = {row["Tidigare projekt"]: row["Senare projekt"] for row in tables["Kopplingar"]}
    first = next(code for code in later if code not in later.values())
    title = {row["Kod"]: row["Projekt"] for row in tables["Projekt"]}
    chain = [first]
    while chain[-1] in later:
        chain.append(later[chain[-1]])
    begins = [title[code].split(":")[0] for code in (chain[0], *chain[2:])]
    assert begins == ["Förstudie", "Uppföljning", "Spridning"]


def test_every_source_says_that_it_is_made_up(tables):
    sources = {row["Källa"] for table in tables.values() for row in table if "Källa" in row}
    assert {said for said in sources if not said.startswith("Exempelkommunen (påhittad)")} == set()


def test_ten_times_the_projects_give_ten_times_the_rows():
    small, large = example_tables(68), example_tables(680)
    fixed = {
        "Om", "Finansiärer", "Områden", "Planer", "Utlysningar", "Prioriteringsgrunder", "Ledamöter", "Scenarier",
        "Möten", "Närvaro",
    }  # fmt: skip
    growth = {name: len(large[name]) / len(small[name]) for name in small if small[name]}
    assert {name for name, times in growth.items() if times == 1} == fixed
    assert {name for name, times in growth.items() if name not in fixed and not 8.5 < times < 11.5} == set()


def test_the_tables_become_a_workbook_with_every_sheet_of_the_template(tables):
    workbook = workbook_from(tables)
    assert {sheet.name for sheet in workbook.sheets} == {*(sheet.name for sheet in SHEETS), BUDGET_SHEET}
