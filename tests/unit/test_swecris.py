"""Swecris: what is kept of an export, what can be chosen, which grants stand twice, and what they state."""

from __future__ import annotations

import dataclasses
import json
import pickle
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fou.errors import ImportRefused, Refused
from fou.imports.findings import Finding, Severity
from fou.imports.references import Known
from fou.imports.spreading import spread_by_month
from fou.imports.stated import Checked
from fou.imports.swecris.choosing import SwecrisChoice, choose, likely_doubles, options
from fou.imports.swecris.reading import Grant, SwecrisExport, is_swecris, read_swecris
from fou.imports.swecris.stating import funder_kind, state
from fou.model import Basis
from tests.unit.swecris_rows import COLUMNS, OLDER, person, swecris

NOTHING_KNOWN = Known()


def export(*rows: dict[str, str]) -> SwecrisExport:
    return read_swecris(swecris(*rows), "swecris.csv")


def grant(**fields: str) -> Grant:
    (only,) = export(fields).grants
    return only


def stated(
    *rows: dict[str, str], choice: SwecrisChoice = SwecrisChoice(), known: Known = NOTHING_KNOWN  # noqa: B008
) -> Checked:  # fmt: skip
    return state(export(*rows), choice, "swecris.csv", known)


def amounts(checked: Checked) -> list[tuple[int, Decimal | None, Basis]]:
    """(year, SEK or None when open, basis) of each line."""
    return [(line.subject[1], None if line.open else line.amount, line.basis) for line in checked.lines]


def found(checked: Checked, kind: str) -> list[Finding]:
    return [finding for finding in checked.findings if finding.kind == kind]


# Reading ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [COLUMNS, OLDER, COLUMNS[::-1]])
def test_columns_are_found_by_name_in_any_order(columns: tuple[str, ...]) -> None:
    (read,) = read_swecris(swecris({"Scbs": "¤¤¤ 504: Sociologi, Sociology "}, columns=columns), "s.csv").grants
    assert (read.project_id, read.amount, read.subjects) == ("2018-00123_Forte", Decimal(4958000), ("Sociologi",))


@pytest.mark.parametrize("head", [COLUMNS, OLDER])
def test_an_export_is_known_by_its_heads(head: Sequence[str]) -> None:
    assert is_swecris(head)


def test_another_table_is_no_export() -> None:
    assert not is_swecris(["Projekt", "FundingYear", "2014"])


def test_rows_are_numbered_as_excel_shows_them() -> None:
    read = export({"ProjectAbstractSv": "rad ett\nrad två\nrad tre"}, {"ProjectId": "2018-00124_Forte"})
    assert [one.row for one in read.grants] == [2, 3]


def test_the_number_is_what_stands_before_the_funder() -> None:
    assert (grant().number, grant(ProjectId="P_2018_7_Vinnova").number, grant(ProjectId="7").number) == (
        "2018-00123",
        "P_2018_7",
        "7",
    )


def test_english_stands_in_where_swedish_is_missing() -> None:
    read = grant(
        ProjectTitleSv="NULL", ProjectTitleEn="Home care", ProjectAbstractEn="About care",
        FundingOrganisationNameSv="", FundingOrganisationNameEn="Forte",
    )  # fmt: skip
    assert (read.title, read.summary, read.funder) == ("Home care", "About care", "Forte")


def test_the_text_null_is_nothing() -> None:
    read = grant(CoordinatingOrganisationNameSv="NULL", ProjectAbstractSv="NULL", TypeOfAwardDescrSv="NULL")
    assert (read.coordinator, read.summary, read.award_type) == (None, None, None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2025", "2025"),
        ("2025-03-01", "2025-03-01"),
        ("2025-03-01 12:00:00", "2025-03-01"),
        ("2025-03-01 00:00", "2025-03-01"),
        ("03/31/2025 23:34:16", "2025-03-31"),
        ("", None),
        ("NULL", None),
    ],
)
def test_dates_are_as_precise_as_the_file(written: str, read: str | None) -> None:
    assert grant(FundingStartDate=written).funding_starts == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("4958000", "4958000"), ("1234,50", "1234.50"), ("1234.5", "1234.5"), ("-500", "-500"), ("4 958 000", "4958000")],
)
def test_amounts_are_exact(written: str, read: str) -> None:
    assert grant(FundingsSek=written).amount == Decimal(read)


@pytest.mark.parametrize("written", ["", " ", "NULL"])
def test_no_amount_is_open_and_not_zero(written: str) -> None:
    assert grant(FundingsSek=written).amount is None


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("", ()),
        (
            "¤¤¤ 5: Samhällsvetenskap, Social Sciences, 504: Sociologi, Sociology, 50402: Socialt arbete, Social Work ",
            ("Sociologi", "Socialt arbete"),
        ),
        (
            "¤¤¤ 2: Teknik, Engineering, 203: Maskinteknik, Mechanical Engineering, 20307: Produktionsteknik, "
            "arbetsvetenskap och ergonomi, Production Engineering, Human Work Science and Ergonomics ",
            ("Maskinteknik", "Produktionsteknik, arbetsvetenskap och ergonomi"),
        ),
        (
            "¤¤¤ 202: Elektroteknik, Electrical Engineering, Electronic Engineering, 20202: Reglerteknik, Control "
            "¤¤¤ 202: Elektroteknik, Electrical Engineering, Electronic Engineering, 20206: Datorsystem, Computers ",
            ("Elektroteknik", "Reglerteknik", "Datorsystem"),
        ),
    ],
)
def test_subjects_keep_their_swedish_names_commas_and_all(written: str, names: tuple[str, ...]) -> None:
    assert grant(Scbs=written).subjects == names


@pytest.mark.parametrize(
    "people",
    [
        person("Eva Ek", "Principal Investigator"),
        person("Bo Al", "Co-Investigator") + person("Eva Ek", "", "Projektledare", gender="Kvinna"),
        person("Eva Ek", "", "Projektledare", orcid="0000-0001") + person("Bo Al", "Participant", "Deltagare"),
        person("NULL", "Participant") + person("Eva Ek", "PRINCIPAL INVESTIGATOR"),
    ],
)
def test_the_project_leader_is_found_among_the_people(people: str) -> None:
    assert grant(InvolvedPeople=people).leader == "Eva Ek"


@pytest.mark.parametrize(
    "people", ["", "NULL", person("Bo Al", "Participant"), "¤¤¤1¤Principal Investigator¤Bo¤Al¤Projektledare"]
)
def test_nobody_is_taken_for_the_leader_without_the_role(people: str) -> None:
    assert grant(InvolvedPeople=people).leader is None


def test_of_all_people_only_the_leaders_name_survives_the_reading() -> None:
    people = (
        person("Eva Ek", "Principal Investigator", "Projektledare", "0000-0002-1825-0097", "Kvinna")
        + person("Bo Al", "Co-Investigator", "Medsökande", "0000-0001-5109-3700", "Man")
    )  # fmt: skip
    rows = [{"InvolvedPeople": people}, {"InvolvedPeople": people, "FundingsSek": "mycket"}]

    kept = pickle.dumps(export(*rows)).decode("utf-8", "ignore")

    gone = ["Bo Al", "0000-0002", "0000-0001", "4711", "Kvinna", "Man", "Investigator", "Medsökande"]
    assert ("Eva Ek" in kept, [datum for datum in gone if datum in kept]) == (True, [])


@pytest.mark.parametrize(
    ("fields", "cell", "kind"),
    [
        ({"FundingsSek": "mycket"}, "rad 2 › FundingsSek", "text"),
        ({"FundingsSek": "1,234"}, "rad 2 › FundingsSek", "text"),
        ({"ProjectId": ""}, "rad 2 › ProjectId", "missing_value"),
        ({"FundingOrganisationNameSv": "NULL"}, "rad 2 › FundingOrganisationNameSv", "missing_value"),
        ({"FundingYear": "18"}, "rad 2 › FundingYear", "year"),
        ({"FundingStartDate": "i våras"}, "rad 2 › FundingStartDate", "date"),
        ({"FundingEndDate": "2021-02-30"}, "rad 2 › FundingEndDate", "date"),
    ],
)
def test_a_field_that_cannot_be_read_is_told_by_row_and_column(fields: dict[str, str], cell: str, kind: str) -> None:
    (unread,) = export(fields).unread
    assert [(one.severity, one.cell, one.kind) for one in unread.findings] == [(Severity.ERROR, cell, kind)]


def test_every_unreadable_field_of_a_row_is_told() -> None:
    (unread,) = export({"FundingsSek": "x", "FundingYear": "y"}).unread
    assert [one.cell for one in unread.findings] == ["rad 2 › FundingsSek", "rad 2 › FundingYear"]


@pytest.mark.parametrize("line", [b"2018-1_Forte;Kort rad\n", b";" * 40 + b"x\n"])
def test_a_row_with_another_number_of_fields_is_told_and_the_others_read(line: bytes) -> None:
    whole = swecris({}, {"ProjectId": "2018-2_Forte"})
    head, first, last = whole.splitlines(keepends=True)

    read = read_swecris(head + first + line + last, "swecris.csv")

    assert ([one.row for one in read.grants], [one.row for one in read.unread], read.rows) == ([2, 4], [3], 3)


def test_blank_rows_and_empty_fields_at_the_end_do_no_harm() -> None:
    whole = swecris({}).rstrip(b"\n")
    assert read_swecris(whole + b";;\n\n;;;\n", "swecris.csv").rows == 1


@pytest.mark.parametrize("missing", ["FundingOrganisationNameSv", "FundingYear", "ProjectTitleSv"])
def test_a_file_without_a_needed_column_is_refused(missing: str) -> None:
    columns = tuple(column for column in COLUMNS if column != missing)
    with pytest.raises(ImportRefused) as refused:
        read_swecris(swecris({}, columns=columns), "swecris.csv")
    assert [(one.kind, one.expected) for one in refused.value.findings] == [
        ("missing_column", f"en kolumn som heter {missing}")
    ]


def test_a_file_with_a_column_twice_is_refused() -> None:
    with pytest.raises(ImportRefused) as refused:
        read_swecris(swecris({}, columns=(*COLUMNS, "FundingsSek")), "swecris.csv")
    assert [one.kind for one in refused.value.findings] == ["duplicate_column"]


def test_stray_nuls_are_left_out() -> None:
    (read,) = read_swecris(swecris({}).replace(b"Hemtj", b"He\x00mtj"), "swecris.csv").grants
    assert read.title == "Hemtjänst i glesbygd"


# Choosing --------------------------------------------------------------------------------------------------

THREE = (
    {"ProjectId": "1_Forte", "ProjectAbstractSv": "Äldre på landet", "FundingsSek": "100"},
    {"ProjectId": "2_Vinnova", "FundingOrganisationNameSv": "Vinnova", "FundingYear": "2020", "FundingsSek": "200"},
    {
        "ProjectId": "3_Forte", "ProjectTitleSv": "Skolan", "CoordinatingOrganisationNameSv": "Andra högskolan",
        "Scbs": "¤¤¤ 503: Utbildningsvetenskap, Education ", "FundingYear": "2022", "FundingsSek": "",
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("choice", "numbers"),
    [
        (SwecrisChoice(), ["1", "2", "3"]),
        (SwecrisChoice(funders=("Forte",)), ["1", "3"]),
        (SwecrisChoice(coordinators=("Andra högskolan",)), ["3"]),
        (SwecrisChoice(first_year=2020), ["2", "3"]),
        (SwecrisChoice(last_year=2020), ["1", "2"]),
        (SwecrisChoice(first_year=2019, last_year=2021), ["2"]),
        (SwecrisChoice(words=("hemtjänst",)), ["1", "2"]),
        (SwecrisChoice(words=("GLESBYGD", "äldre")), ["1"]),
        (SwecrisChoice(words=("utbildning",)), ["3"]),
        (SwecrisChoice(words=("äldre", "skolan")), []),
        (SwecrisChoice(subjects=("Utbildningsvetenskap", "Sociologi")), ["3"]),
    ],
)
def test_a_choice_takes_the_grants_that_match_all_of_it(choice: SwecrisChoice, numbers: list[str]) -> None:
    assert [one.number for one in choose(export(*THREE), choice).grants] == numbers


def test_what_is_chosen_is_summed_with_what_has_no_amount_beside() -> None:
    chosen = choose(export(*THREE), SwecrisChoice())
    assert (chosen.total, chosen.open) == (Decimal(300), 1)


def test_a_grant_without_a_stated_year_is_booked_when_its_money_begins() -> None:
    only = {"FundingYear": "", "FundingStartDate": "2019-07-01"}
    assert [option.value for option in options(export(only).grants).years] == ["2019"]


def test_the_options_are_counted_and_summed() -> None:
    offered = options(export(*THREE).grants)
    assert [(one.value, one.number, one.total) for one in offered.funders] == [
        ("Forte", 2, Decimal(100)),
        ("Vinnova", 1, Decimal(200)),
    ]
    assert [one.value for one in offered.coordinators] == ["Påhittade högskolan", "Andra högskolan"]
    assert [one.value for one in offered.years] == ["2018", "2020", "2022"]
    assert [one.value for one in offered.subjects] == ["Utbildningsvetenskap"]


def test_a_choice_comes_back_from_json_as_it_was() -> None:
    choice = SwecrisChoice(
        ("Forte",), ("KTH",), 2018, None, ("äldre",), ("Sociologi",), "by_month", "count_once", "Äldre och stöd"
    )
    assert SwecrisChoice.from_json(json.loads(json.dumps(choice.as_json()))) == choice


@pytest.mark.parametrize(
    "saved",
    [{"funders": "Forte"}, {"first_year": "2018"}, {"spread": "evenly"}, {"doubles": []}, {"colour": "red"}],
)
def test_a_saved_choice_that_makes_no_sense_is_refused(saved: dict[str, object]) -> None:
    with pytest.raises(Refused):
        SwecrisChoice.from_json(saved)


# Doubles ---------------------------------------------------------------------------------------------------

TWICE = ({"ProjectId": "7_Forte"}, {"ProjectId": "8_Forte"}, {"ProjectId": "7_Formas", "ProjectTitleSv": "HEMTJÄNST  i glesbygd", "FundingOrganisationNameSv": "Formas"})  # fmt: skip  # noqa: E501


def test_one_number_title_and_amount_are_a_likely_double() -> None:
    (double,) = likely_doubles(export(*TWICE).grants)
    assert [one.row for one in double.grants] == [2, 4]
    assert (double.likely, double.total, double.once) == (True, Decimal(9916000), Decimal(4958000))


@pytest.mark.parametrize("other", [{"ProjectTitleSv": "Något annat"}, {"ProjectId": "9_Formas"}])
def test_another_title_or_number_is_no_double(other: dict[str, str]) -> None:
    assert likely_doubles(export(*TWICE[:2], TWICE[2] | other).grants) == ()


def test_the_same_project_with_other_amounts_is_shown_but_not_assumed_double() -> None:
    (double,) = likely_doubles(export(*TWICE[:2], TWICE[2] | {"FundingsSek": "42000"}).grants)
    assert (double.likely, double.total, double.once) == (False, Decimal(5000000), Decimal(5000000))


def test_doubles_within_a_project_with_several_amounts_are_told_apart() -> None:
    rows = [{"ProjectId": f"7_{funder}", "FundingsSek": sum_} for funder, sum_ in (("A", "5"), ("B", "5"), ("C", "8"))]
    assert [(d.likely, d.total, d.once) for d in likely_doubles(export(*rows).grants)] == [
        (False, Decimal(18), Decimal(13)),
        (True, Decimal(10), Decimal(5)),
    ]


def test_every_double_is_taken_with_a_warning_unless_counted_once() -> None:
    checked = stated(*TWICE)
    assert len(checked.lines) == 3
    assert [(one.severity, one.cell) for one in found(checked, "likely_double")] == [(Severity.WARNING, "rad 4")]


def test_doubles_are_counted_once_on_request_and_what_is_left_out_is_told() -> None:
    checked = stated(*TWICE, choice=SwecrisChoice(doubles="count_once"))
    assert [line.document for line in checked.lines] == ["7_Forte", "8_Forte"]
    assert ["Rad 4 (Formas) utelämnas" in one.help for one in found(checked, "left_out")] == [True]


def test_other_amounts_are_never_left_out() -> None:
    choice = SwecrisChoice(doubles="count_once")
    checked = stated(*TWICE[:2], TWICE[2] | {"FundingsSek": "42000"}, choice=choice)
    assert (len(checked.lines), len(found(checked, "same_number"))) == (3, 1)


# Spreading -------------------------------------------------------------------------------------------------


def test_a_grant_is_spread_evenly_by_month() -> None:
    assert spread_by_month(Decimal(4958000), date(2018, 12, 1), date(2021, 11, 30)) == [
        (2018, Decimal(137722)),
        (2019, Decimal(1652667)),
        (2020, Decimal(1652667)),
        (2021, Decimal(1514944)),
    ]


def test_a_grant_with_ore_is_spread_to_the_ore() -> None:
    assert spread_by_month(Decimal("100.01"), date(2020, 11, 1), date(2021, 1, 31)) == [
        (2020, Decimal("66.67")),
        (2021, Decimal("33.34")),
    ]


def test_an_end_before_the_start_cannot_be_spread_over() -> None:
    with pytest.raises(ValueError, match="before"):
        spread_by_month(Decimal(1), date(2020, 2, 1), date(2020, 1, 1))


DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
SUMS = st.decimals(Decimal("-99999999999.99"), Decimal("9999999999999.99"), places=2)


@given(st.one_of(SUMS, SUMS.map(round).map(Decimal)), DAYS, DAYS)
def test_spread_parts_sum_to_the_grant_and_are_proportional_within_the_rounding(
    total: Decimal, one: date, other: date
) -> None:
    first, last = min(one, other), max(one, other)

    parts = spread_by_month(total, first, last)

    unit = Decimal(1) if total == int(total) else Decimal("0.01")
    months = [(first.year * 12 + first.month - 1 + i) // 12 for i in range(_months(first, last))]
    assert sum(part for _, part in parts) == total
    assert [year for year, _ in parts] == sorted(set(months))
    assert all(abs(part - total * months.count(year) / len(months)) < unit + Decimal("1e-9") for year, part in parts)
    assert all(part % unit == 0 for _, part in parts)


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month + 1


# Stating ---------------------------------------------------------------------------------------------------

BY_MONTH = SwecrisChoice(spread="by_month")


def test_the_whole_grant_stands_on_its_first_year_as_stated() -> None:
    assert amounts(stated({})) == [(2018, Decimal(4958000), Basis.STATED)]


def test_the_grant_spread_by_month_is_marked_as_spread() -> None:
    assert amounts(stated({}, choice=BY_MONTH)) == [
        (2018, Decimal(137722), Basis.SPREAD),
        (2019, Decimal(1652667), Basis.SPREAD),
        (2020, Decimal(1652667), Basis.SPREAD),
        (2021, Decimal(1514944), Basis.SPREAD),
    ]


def test_years_without_days_are_spread_over_whole() -> None:
    row = {"FundingStartDate": "2018", "FundingEndDate": "2019", "FundingsSek": "2400"}
    assert [amount for _, amount, _ in amounts(stated(row, choice=BY_MONTH))] == [1200, 1200]


def test_the_projects_time_stands_in_for_that_of_the_funding() -> None:
    row = {"FundingStartDate": "", "FundingEndDate": "", "FundingsSek": "3600"}
    assert [amount for _, amount, _ in amounts(stated(row, choice=BY_MONTH))] == [100, 1200, 1200, 1100]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"FundingEndDate": "", "ProjectEndDate": ""}, "no_period"),
        ({"FundingStartDate": "2019", "FundingEndDate": "2018"}, "period"),
    ],
)
def test_a_grant_that_cannot_be_spread_stands_on_its_first_year_with_a_warning(row: dict[str, str], kind: str) -> None:
    checked = stated(row, choice=BY_MONTH)
    assert amounts(checked) == [(2018, Decimal(4958000), Basis.STATED)]
    assert [one.severity for one in found(checked, kind)] == [Severity.WARNING]


@pytest.mark.parametrize("choice", [SwecrisChoice(), BY_MONTH])
def test_a_grant_without_an_amount_is_open_on_its_first_year(choice: SwecrisChoice) -> None:
    checked = stated({"FundingsSek": ""}, choice=choice)
    assert amounts(checked) == [(2018, None, Basis.STATED)]
    assert [one.cell for one in found(checked, "open")] == ["rad 2 › FundingsSek"]


@pytest.mark.parametrize(("written", "kind"), [("-500", "negative"), ("0", "zero")])
def test_an_amount_that_is_not_above_zero_is_warned_of_and_taken(written: str, kind: str) -> None:
    checked = stated({"FundingsSek": written})
    assert [amount for _, amount, _ in amounts(checked)] == [Decimal(written)]
    assert [one.severity for one in found(checked, kind)] == [Severity.WARNING]


def test_a_line_tells_where_it_comes_from() -> None:
    (line,) = stated({}).lines
    assert (line.place, line.document) == ("swecris.csv › rad 2 › FundingsSek", "2018-00123_Forte")


def test_a_project_is_stated_with_what_the_export_says_of_it() -> None:
    row = {
        "InvolvedPeople": person("Eva Ek", "Principal Investigator"), "ProjectAbstractSv": "Om vård.",
        "Scbs": "¤¤¤ 504: Sociologi, Sociology, 50402: Socialt arbete, Social Work ",
    }  # fmt: skip
    (project,) = stated(row).records["project"]
    assert project.values == {
        "code": "2018-00123_Forte", "title": "Hemtjänst i glesbygd", "summary": "Om vård.", "lead": "Eva Ek",
        "performer": "Påhittade högskolan", "starts": "2018-12-01", "ends": "2021-11-30",
        "grant_type": "Projektbidrag", "keywords": "Sociologi; Socialt arbete", "reference": "2018-00123",
        "source": "Swecris",
    }  # fmt: skip


def test_a_known_project_keeps_its_code_and_source() -> None:
    known = Known({"project": {"2018-00123_forte": "2018-00123_FORTE"}})
    (project,) = stated({}, known=known).records["project"]
    assert (project.values["code"], "source" in project.values) == ("2018-00123_FORTE", False)


def test_a_project_that_ends_before_it_starts_is_stated_without_its_end() -> None:
    checked = stated({"ProjectEndDate": "2017-01-01"})
    assert "ends" not in checked.records["project"][0].values
    assert [one.cell for one in found(checked, "period")] == ["rad 2 › ProjectEndDate"]


def test_a_project_without_a_title_gets_its_number_with_a_warning() -> None:
    checked = stated({"ProjectTitleSv": ""})
    assert checked.records["project"][0].values["title"] == "2018-00123_Forte"
    assert len(found(checked, "no_title")) == 1


@pytest.mark.parametrize(
    ("name", "type_", "expected"),
    [
        ("Forte", "Stat, regioner, kommuner, församlingar", ("state", True)),
        ("Vetenskapsrådet", "Stat, regioner, kommuner, församlingar", ("state", True)),
        ("Statens energimyndighet", "Stat, regioner, kommuner, församlingar", ("state", True)),
        ("Rymdstyrelsen", "Stat, regioner, kommuner, församlingar", ("state", True)),
        ("Riksbankens Jubileumsfond", "Ideella föreningar och stiftelser", ("foundation", True)),
        ("EU", None, ("eu", True)),
        ("Europeiska kommissionen", "Internationell organisation", ("eu", True)),
        ("Region Skåne", "Stat, regioner, kommuner, församlingar", ("region", True)),
        ("Västra Götalandsregionen", "Stat, regioner, kommuner, församlingar", ("region", True)),
        ("Nacka kommun", "Stat, regioner, kommuner, församlingar", ("municipality", False)),
        ("Bolaget AB", "Företag", ("state", False)),
    ],
)
def test_a_new_funders_kind_comes_from_its_name_and_type(
    name: str, type_: str | None, expected: tuple[str, bool]
) -> None:
    assert funder_kind(name, type_) == expected


@pytest.mark.parametrize(("name", "kind"), [("Forte", "new_funder"), ("Bolaget AB", "unsure_funder")])
def test_a_new_funder_is_stated_once_and_told_of(name: str, kind: str) -> None:
    rows = [{"ProjectId": number, "FundingOrganisationNameSv": name} for number in ("1_X", "2_X")]
    checked = stated(*rows)
    assert [one.values for one in checked.records["funder"]] == [{"name": name, "kind": "state"}]
    assert len(found(checked, kind)) == 1


def test_what_the_database_must_still_hold_is_relied_on() -> None:
    known = Known({"funder": {"forte": "Forte"}, "area": {"äldre": "Äldre"}})
    checked = stated({}, choice=SwecrisChoice(area="ÄLDRE"), known=known)
    assert checked.relies_on == {("funder", "forte"), ("area", "äldre")}
    assert (checked.records["funder"], checked.records["project"][0].values["area"]) == ([], "ÄLDRE")


def test_an_area_that_is_not_known_is_an_error() -> None:
    assert [one.severity for one in found(stated({}, choice=SwecrisChoice(area="Okänt")), "unknown_area")] == ["error"]


def test_the_same_project_funder_and_amount_twice_is_an_error() -> None:
    checked = stated({}, {})
    assert [(one.severity, one.cell) for one in found(checked, "duplicate")] == [("error", "rad 3 › ProjectId")]
    assert found(checked, "likely_double") == []


def test_the_same_row_twice_is_mended_by_counting_once() -> None:
    checked = stated({}, {}, choice=SwecrisChoice(doubles="count_once"))
    assert (checked.has_errors, len(checked.lines), len(checked.records["project"])) == (False, 1, 1)


def test_the_same_project_and_funder_with_another_amount_is_warned_of_and_both_taken() -> None:
    checked = stated({}, {"FundingsSek": "1"})
    assert [one.severity for one in found(checked, "duplicate")] == ["warning"]
    assert (len(checked.lines), len(checked.records["project"])) == (2, 1)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"FundingYear": "", "FundingStartDate": "", "ProjectStartDate": ""}, "no_year"),
        ({"FundingYear": "1985"}, "year"),
    ],
)
def test_a_grant_on_no_year_that_can_be_posted_is_an_error(row: dict[str, str], kind: str) -> None:
    checked = stated(row)
    assert ([one.severity for one in found(checked, kind)], checked.lines) == (["error"], [])


def test_an_unreadable_row_within_the_choice_is_an_error() -> None:
    checked = stated({}, {"ProjectId": "2_Forte", "FundingsSek": "mycket"})
    assert [(one.cell, one.severity) for one in found(checked, "text")] == [("rad 3 › FundingsSek", "error")]


def test_an_unreadable_row_outside_the_choice_is_counted_in_a_note() -> None:
    rows = [{}, {"ProjectId": "2_Vinnova", "FundingOrganisationNameSv": "Vinnova", "FundingsSek": "mycket"}]
    checked = stated(*rows, choice=SwecrisChoice(funders=("Forte",)))
    assert (checked.has_errors, len(found(checked, "unread_not_chosen"))) == (False, 1)


def test_a_row_of_which_nothing_is_certain_is_an_error_whatever_is_chosen() -> None:
    read = read_swecris(swecris({}) + b"2018-1_Forte;Kort rad\n", "swecris.csv")
    checked = state(read, SwecrisChoice(funders=("Forte",)), "swecris.csv", NOTHING_KNOWN)
    assert [(one.cell, one.severity) for one in found(checked, "uneven_row")] == [("rad 3", "error")]


def test_a_choice_that_takes_nothing_is_warned_of() -> None:
    checked = stated({}, choice=SwecrisChoice(words=("finns inte",)))
    assert [one.severity for one in found(checked, "nothing_chosen")] == ["warning"]


def test_findings_say_what_stood_there_and_how_to_mend_it() -> None:
    rows = [{"FundingsSek": "0"}, {"ProjectId": "2_X", "FundingsSek": "x"}, *TWICE, {"FundingYear": ""}]
    findings = stated(*rows, choice=BY_MONTH).findings
    assert [one for one in findings if not all((one.found, one.expected, one.help, one.kind))] == []


def test_every_row_is_a_grant_or_unread() -> None:
    read = export(*THREE, {"FundingsSek": "x"}, {"ProjectId": ""})
    assert dataclasses.astuple(read)[1] == len(read.grants) + len(read.unread) == 5
