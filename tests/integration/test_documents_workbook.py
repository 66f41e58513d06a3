"""The workbook data/documents.xlsx holds what the source documents state, and nothing that they do not."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from openpyxl import load_workbook

from fou.imports.template.layout import SHEET_BY_NAME, SHEET_BY_TABLE, SHEETS, Takes

DOCUMENTS = Path(__file__).parents[2] / "data" / "documents.xlsx"
STOCKHOLM, FORTE, KAMPRAD = "Stockholms stad, socialnämnden", "Forte", "Familjen Kamprads stiftelse"
OPEN = "ej fastställt"

Rows: TypeAlias = list[dict[str | int, Any]]


@pytest.fixture(scope="module")
def sheets() -> dict[str, Rows]:
    book = load_workbook(DOCUMENTS, read_only=True)
    found: dict[str, Rows] = {}
    for sheet in book.worksheets[1:]:
        heads, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(heads, row, strict=True)) for row in rows]  # type: ignore[arg-type]
    book.close()
    return found


@pytest.fixture(scope="module")
def titles(sheets: dict[str, Rows]) -> dict[str, str]:
    return {row["Kod"]: row["Projekt"] for row in sheets["Projekt"]}


@pytest.fixture(scope="module")
def amounts(sheets: dict[str, Rows]) -> dict[tuple[Any, ...], Any]:
    """(kind, project or call, funder, year) → what stands in the cell; every filled amount cell."""
    found = {
        (row["Slag"], row["Projekt"] or row["Utlysning"], row["Finansiär"], year): row[year]
        for row in sheets["Budget"]
        for year in row
        if isinstance(year, int) and row[year] is not None
    }
    assert len(found) == sum(
        isinstance(head, int) and value is not None for row in sheets["Budget"] for head, value in row.items()
    )
    return found


def project(sheets: dict[str, Rows], code: str) -> dict[str | int, Any]:
    return next(row for row in sheets["Projekt"] if row["Kod"] == code)


def test_there_are_eight_funders_of_five_kinds(sheets: dict[str, Rows]) -> None:
    assert {row["Finansiär"]: row["Slag"] for row in sheets["Finansiärer"]} == {
        STOCKHOLM: "kommun",
        FORTE: "stat",
        KAMPRAD: "stiftelse",
        "Europeiska socialfonden": "EU",
        "Socialstyrelsen": "stat",
        "Stockholms läns landsting": "region",
        "Polismyndigheten": "stat",
        "Tidiga samordnade insatser, nationellt uppdrag": "stat",
    }


def test_the_frame_of_2013_equals_what_is_proposed_for_it(amounts: dict[tuple[Any, ...], Any]) -> None:
    assert amounts["ram", None, STOCKHOLM, 2013] == 2_310_000
    proposed = {key[1]: amount for key, amount in amounts.items() if key[0] == "föreslaget" and key[3] == 2013}
    assert proposed == {"S-EBP": 600_000, "S-IMPL": 770_000, "S-KONT": 210_000, "S-INSATS": 730_000}
    assert sum(proposed.values()) == 2_310_000


def test_six_projects_have_an_amount_not_yet_set_in_2014(
    amounts: dict[tuple[Any, ...], Any], titles: dict[str, str]
) -> None:
    assert {titles[key[1]] for key, amount in amounts.items() if key[3] == 2014 and amount == OPEN} == {
        "Utvärdering: evidensbaserad praktik inom den sociala barn- och ungdomsvården",
        "Kontaktperson/kontaktfamilj med skolstödjande uppdrag",
        "Utvärdering av sociala insatsgrupper 20–29 år",
        "Effekter för barnen som kommer till Barnahus",
        "Utvärdering av pilotprojekt om samverkan skola–socialtjänst",
        "Utvärdering av bedömningsinstrument inom ekonomiskt bistånd",
    }


def test_the_open_items_of_2014_are_proposed_from_the_citys_money(
    amounts: dict[tuple[Any, ...], Any],
) -> None:
    of_2014 = [(key[0], key[2]) for key, amount in amounts.items() if key[3] == 2014 and amount == OPEN]
    assert of_2014 == [("föreslaget", STOCKHOLM)] * 6


def test_the_call_of_2014_is_proposed_two_million(amounts: dict[tuple[Any, ...], Any]) -> None:
    assert amounts["föreslaget", "LUM-2014", STOCKHOLM, 2014] == 2_000_000


def test_the_forte_grant_is_spread_by_month_and_sums_to_the_whole(
    amounts: dict[tuple[Any, ...], Any], sheets: dict[str, Rows]
) -> None:
    grant = {key[3]: amount for key, amount in amounts.items() if key[1] == "ORE-DELAK"}
    assert grant == {2018: 137_722, 2019: 1_652_667, 2020: 1_652_667, 2021: 1_514_944}
    assert sum(grant.values()) == 4_958_000
    assert [row["Grund"] for row in sheets["Budget"] if row["Projekt"] == "ORE-DELAK"] == ["fördelat"]


@pytest.mark.parametrize(
    ("code", "funder", "years"),
    [("UPP-WW", FORTE, range(2024, 2030)), ("KRO-TILLIT", KAMPRAD, range(2019, 2023))],
)
def test_a_grant_without_an_amount_is_open_once_a_year(
    amounts: dict[tuple[Any, ...], Any], code: str, funder: str, years: range
) -> None:
    assert {key: amount for key, amount in amounts.items() if key[1] == code} == {
        ("beviljat", code, funder, year): OPEN for year in years
    }


def test_no_other_project_has_money(sheets: dict[str, Rows]) -> None:
    assert {row["Projekt"] for row in sheets["Budget"] if row["Projekt"]} == {
        "S-EBP", "S-IMPL", "S-KONT", "S-INSATS", "S-BARNAHUS", "S-SKOLA", "S-EKB",
        "ORE-DELAK", "UPP-WW", "KRO-TILLIT",
    }  # fmt: skip


def test_the_name_in_the_budget_is_the_projects_title(sheets: dict[str, Rows], titles: dict[str, str]) -> None:
    for row in sheets["Budget"]:
        assert row["Benämning"] == titles.get(row["Projekt"], row["Benämning"])


def test_barnahus_is_co_funded_by_the_region_and_the_police(sheets: dict[str, Rows]) -> None:
    summary = project(sheets, "S-BARNAHUS")["Sammanfattning"]
    assert "Stockholms läns landsting" in summary
    assert "Polismyndigheten" in summary


@pytest.mark.parametrize(
    ("code", "start", "end"),
    [
        ("S-EBP", 2012, 2015),
        ("S-IMPL", 2011, 2014),
        ("S-KONT", 2013, None),
        ("S-BARNAHUS", 2014, None),
        ("S-ESF", None, "2014-10"),
        ("S-STATSB", "2013-09", "2016-12"),
        ("ORE-DELAK", datetime(2018, 12, 1), datetime(2021, 11, 30)),
        ("UPP-WW", 2024, 2029),
        ("KRO-TILLIT", datetime(2019, 9, 1), datetime(2022, 8, 31)),
    ],
)
def test_dates_are_as_precise_as_the_source(sheets: dict[str, Rows], code: str, start: Any, end: Any) -> None:
    row = project(sheets, code)
    assert (row["Start"], row["Slut"]) == (start, end)


@pytest.mark.parametrize(
    ("code", "note"),
    [
        ("S-KONT", "Tre år från 2013"),
        ("S-INSATS", "Tre år från 2013"),
        ("S-BARNAHUS", "Från andra halvåret 2014"),
        ("S-INSATS-F", "Våren 2013"),
    ],
)
def test_what_a_date_cannot_say_is_said_in_words(sheets: dict[str, Rows], code: str, note: str) -> None:
    assert project(sheets, code)["Om tiden"] == note


@pytest.mark.parametrize(
    ("code", "lead", "performer"),
    [
        ("S-EBP", "Lisbeth Eriksson", "Linköpings universitet / FoU-Nordväst"),
        ("S-IMPL", "Lars Oscarsson", "Ersta Sköndal högskola"),
        ("S-KONT", "Bo Vinnerljung", "Stockholms universitet, institutionen för socialt arbete"),
        ("S-INSATS", "Jerzy Sarnecki", "Stockholms universitet, Kriminologiska institutionen"),
        ("S-BARNAHUS", "Anna Kaldal", "Stockholms universitet, Barnrättscentrum"),
        ("ORE-DELAK", "Maria Heimer", "Uppsala universitet"),
        ("UPP-WW", "Pia Tham, Katarina Alexius", None),
        ("S-SKOLA", None, None),
    ],
)
def test_who_leads_and_performs_is_as_stated(
    sheets: dict[str, Rows], code: str, lead: str | None, performer: str | None
) -> None:
    row = project(sheets, code)
    assert (row["Ansvarig"], row["Utförare"]) == (lead, performer)


def test_a_misspelt_name_is_noted(sheets: dict[str, Rows]) -> None:
    assert "Sernecki" in project(sheets, "S-INSATS")["Sammanfattning"]


def test_the_reference_number_belongs_to_the_register_study(sheets: dict[str, Rows]) -> None:
    numbers = {row["Kod"]: row["Diarienummer"] for row in sheets["Projekt"] if row["Diarienummer"]}
    assert numbers == {"S-REG": "3.2-0331/2012"}


def test_sub_projects_and_pilots_are_part_of_their_programmes(sheets: dict[str, Rows]) -> None:
    parents = Counter(row["Ingår i"] for row in sheets["Projekt"] if row["Ingår i"])
    assert parents == {"UPP-WW": 4, "SOR-TBB": 3}


def test_the_chains_are_those_that_the_documents_state(sheets: dict[str, Rows]) -> None:
    links = {(row["Tidigare projekt"], row["Det tidigare är"], row["Senare projekt"]) for row in sheets["Kopplingar"]}
    assert links == {
        ("S-INSATS-F", "förstudie", "S-INSATS"),
        ("S-BARNAHUS-F", "förstudie", "S-BARNAHUS"),
        ("S-REG", "studie", "S-KONT"),
        ("KRO-STOD", "forskningsstöd", "KRO-TILLIT"),
        ("KRO-TILLIT", "studie", "KRO-CC"),
    }


def test_both_plans_are_proposals_with_immediate_approval(sheets: dict[str, Rows]) -> None:
    plans = [
        (row["År"], row["Läge"], row["Omedelbar justering"], row["Beslutad"], row["Diarienummer"])
        for row in sheets["Planer"]
    ]
    assert plans == [(2013, "förslag", "ja", None, None), (2014, "förslag", "ja", None, None)]


def test_the_call_has_four_grounds_without_weights(sheets: dict[str, Rows]) -> None:
    grounds = [(row["Utlysning"], row["Nr"], row["Vikt"]) for row in sheets["Prioriteringsgrunder"]]
    assert grounds == [("LUM-2014", number, None) for number in (1, 2, 3, 4)]


def test_each_follow_up_has_its_period_and_five_questions(sheets: dict[str, Rows]) -> None:
    found = {row["Projekt"]: (row["Tid"], len(row["Frågor"].split("\n"))) for row in sheets["Uppföljningar"]}
    assert found == dict.fromkeys(("SOR-NPF", "SOR-HJUL", "SOR-FAM"), ("8 mars – 4 juni 2024", 5))


def test_there_are_81_follow_up_items_as_many_of_each_kind_as_in_the_source(sheets: dict[str, Rows]) -> None:
    kinds = ("mål", "aktivitet", "framgångsfaktor", "risk eller hinder", "förbättring")
    found = Counter((row["Uppföljning"], row["Slag"]) for row in sheets["Uppföljningspunkter"])
    assert [[found[code, kind] for kind in kinds] for code in ("FU-NPF", "FU-HJUL", "FU-FAM")] == [
        [6, 7, 5, 5, 6],
        [6, 6, 12, 6, 6],
        [7, 4, 2, 2, 1],
    ]
    assert len(sheets["Uppföljningspunkter"]) == 81


def test_follow_up_items_are_numbered_from_one_within_their_kind(sheets: dict[str, Rows]) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for row in sheets["Uppföljningspunkter"]:
        seen[row["Uppföljning"], row["Slag"]] += 1
        assert row["Nr"] == seen[row["Uppföljning"], row["Slag"]]


def test_the_outputs_are_those_listed(sheets: dict[str, Rows]) -> None:
    found = Counter((row["Projekt"], row["Slag"]) for row in sheets["Resultat"])
    assert found == {
        ("KRO-TILLIT", "seminarium"): 2,
        ("KRO-TILLIT", "projektbeskrivning"): 1,
        ("KRO-TILLIT", "kunskapsöversikt"): 1,
        ("KRO-TILLIT", "plattform"): 1,
        ("KRO-TILLIT", "forskningsnytt"): 3,
        ("KRO-TILLIT", "rapport"): 1,
        ("SOR-FOLJ", "seminarium"): 1,
        ("SOR-FOLJ", "rapport"): 1,
        ("SOR-FOLJ", "podd"): 1,
    }


def test_every_row_says_which_document_it_comes_from(sheets: dict[str, Rows]) -> None:
    for name, rows in sheets.items():
        for row in rows:
            if "Källa" in row:
                assert str(row["Källa"]).startswith("Dokument 00"), (name, row)


def test_required_cells_are_filled_and_choices_are_among_the_words(sheets: dict[str, Rows]) -> None:
    for layout in SHEETS:
        for column in layout.columns:
            values = [row.get(column.head) for row in sheets.get(layout.name, [])]
            assert not (column.required and None in values), (layout.name, column.head)
            if column.choices:
                assert {value for value in values if value} <= set(column.choices.values())


def test_references_resolve(sheets: dict[str, Rows]) -> None:
    references = [
        (name, column.head, column.to)
        for name in sheets
        if name in SHEET_BY_NAME
        for column in SHEET_BY_NAME[name].columns
        if column.takes is Takes.REFERENCE and column.to
    ]
    budget = (("Projekt", "project"), ("Utlysning", "call"), ("Område", "area"), ("Finansiär", "funder"))
    references += [("Budget", head, table) for head, table in budget]
    for name, head, table in references:
        target = SHEET_BY_TABLE[table]
        known = {row[target.columns[0].head] for row in sheets[target.name]}
        assert {row.get(head) for row in sheets[name]} - {None} <= known, (name, head)


def test_no_e_mail_address_is_held(sheets: dict[str, Rows]) -> None:
    texts = (str(value) for rows in sheets.values() for row in rows for value in row.values())
    assert not [text for text in texts if "@" in text]


def test_the_portfolio_is_not_an_invented_one(sheets: dict[str, Rows]) -> None:
    assert {row["Uppgift"]: row["Värde"] for row in sheets["Om"]} == {
        "organisation": "Stockholms stad med flera",
        "påhittad": None,
    }
