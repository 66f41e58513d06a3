"""Each kind of exported file holds the year's figures: written, read back and compared."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import import_module
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import Workbook, load_workbook
from pptx import Presentation
from pypdf import PdfReader
from typer.testing import CliRunner

from fou.access import Person, Role
from fou.cli import app, plan_json
from fou.demo import load
from fou.errors import Refused
from fou.exports import KINDS, REPORTS, Asked, file_name, write
from fou.exports.report import INVENTED, Report, describe
from fou.exports.typesetting import MISSING
from fou.imports.examining import examine
from fou.imports.posting import post
from fou.money import OPEN_TEXT, format_number
from fou.plan import year_plan, years
from fou.store import Database

ADMIN = Person("Handläggare", Role.ADMIN)
PROJECTS_2013 = {
    "Utvärdering: evidensbaserad praktik inom den sociala barn- och ungdomsvården": 600_000,
    "Implementeringsstrategi och förbättringskunskap för evidensbaserad praktik": 770_000,
    "Kontaktperson/kontaktfamilj med skolstödjande uppdrag": 210_000,
    "Utvärdering av sociala insatsgrupper 20–29 år": 730_000,
}
OPEN_2014 = {
    "Utvärdering: evidensbaserad praktik inom den sociala barn- och ungdomsvården",
    "Kontaktperson/kontaktfamilj med skolstödjande uppdrag",
    "Utvärdering av sociala insatsgrupper 20–29 år",
    "Effekter för barnen som kommer till Barnahus",
    "Utvärdering av pilotprojekt om samverkan skola–socialtjänst",
    "Utvärdering av bedömningsinstrument inom ekonomiskt bistånd",
}
LONG = "Mycket långt namn " + "ö" * 10_000
HEBREW = "מחקר בעבודה סוציאלית"
HOSTILE = [
    "=1+1",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "</w:t> & ]]>",
    LONG,
    HEBREW,
    "Łukasz Jović",
    "#let x = 1 *fet* $m$ <etikett> @ref `rå` \\ slut",
    "Glad 😀 forskning 研究",
]
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
#: Signs that the PDF's typefaces lack.
UNSHOWN = "😀研究"


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database.open(tmp_path_factory.mktemp("documents") / "fou.duckdb")
    load.load_documents(database, ADMIN)
    yield database
    database.close()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """2030: one granted project per hostile title, of 1000 kr, 2000 kr …"""
    folder = tmp_path_factory.mktemp("hostile")
    book = Workbook()
    budget = book.active
    assert budget is not None
    budget.title = "Budget"
    funders, areas, projects = (book.create_sheet(name) for name in ("Finansiärer", "Områden", "Projekt"))
    rows: list[tuple[Any, list[list[Any]]]] = [
        (funders, [["Finansiär", "Slag"], ["Kommunen", "kommun"]]),
        (areas, [["Område"], ["=2+2"]]),
        (projects, [["Kod", "Projekt"], *([f"P{n}", title] for n, title in enumerate(HOSTILE, 1))]),
        (
            budget,
            [
                ["Slag", "Projekt", "Finansiär", 2030],
                *(["beviljat", f"P{n}", "Kommunen", n * 1000] for n in range(1, len(HOSTILE) + 1)),
            ],
        ),
    ]
    for sheet, lines in rows:
        for row, line in enumerate(lines, 1):
            for column, value in enumerate(line, 1):
                cell = sheet.cell(row, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    book.save(folder / "elak.xlsx")
    database = Database.open(folder / "fou.duckdb")
    examined = examine(database, folder / "elak.xlsx", "elak.xlsx")
    assert not examined.checked.has_errors, examined.findings
    post(database, ADMIN, examined)
    yield database
    database.close()


@cache
def described(database: Database, year: int, name: str) -> Report:
    with database.read() as reader:
        return describe(reader, Asked(name, year))


@cache
def content(database: Database, kind: str, year: int, name: str = "portfoljrapport") -> bytes:
    """Rendered once for all tests: none of them changes its database."""
    made: bytes = import_module(f"fou.exports.{kind.replace('-', '_')}").render(described(database, year, name))
    return made


def rendered(database: Database, kind: str, year: int, name: str = "portfoljrapport") -> BytesIO:
    return BytesIO(content(database, kind, year, name))


def excel(database: Database, year: int, values: bool = True) -> Any:
    return workbook(database, year, values)


@cache
def workbook(database: Database, year: int, values: bool) -> Any:
    return load_workbook(rendered(database, "excel", year), data_only=values)


def sheet_rows(sheet: Any) -> list[dict[str, Any]]:
    heads, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def word_tables(database: Database, year: int) -> list[tuple[str, list[dict[str, str]]]]:
    """(heading above the table, its rows by head); read from the XML, which is ten times as fast."""
    heading, found = "", []
    for part in Document(rendered(database, "word", year)).element.body:
        if part.tag == qn("w:tbl"):
            rows = [[word_text(cell) for cell in row.findall(qn("w:tc"))] for row in part.findall(qn("w:tr"))]
            found.append((heading, [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]))
        elif part.tag == qn("w:p") and part.style is not None and part.style.startswith("Heading"):
            heading = word_text(part)
    return found


def word_text(element: Any) -> str:
    parts = element.iter(qn("w:t"), qn("w:br"))
    return "".join("\n" if part.tag == qn("w:br") else part.text or "" for part in parts)


def word_projects(database: Database, year: int) -> dict[str, dict[str, str]]:
    """Title → the project's row."""
    return {
        row["Projekt och ansvarig"].split("\n")[0]: row
        for _, rows in word_tables(database, year)
        for row in rows
        if row.get("Projekt och ansvarig", "Summa") != "Summa"
    }


def slides(database: Database, year: int, name: str = "portfoljrapport") -> list[Any]:
    return list(Presentation(rendered(database, "powerpoint", year, name)).slides)


def slide_rows(found: list[Any], title: str) -> list[dict[str, str]]:
    """The rows, by head, of every slide whose title begins so."""
    rows = []
    for slide in found:
        for shape in slide.shapes:
            if shape.has_table and slide.shapes.title.text.startswith(title):
                heads, *lines = [
                    ["".join(text.text or "" for text in cell.iter(f"{DRAWING}t")) for cell in row.tc_lst]
                    for row in shape.table._tbl.tr_lst
                ]
                rows += [dict(zip(heads, line, strict=True)) for line in lines]
    return rows


def pdf(database: Database, year: int, name: str = "portfoljrapport") -> PdfReader:
    return PdfReader(rendered(database, "pdf", year, name))


def pdf_text(database: Database, year: int, name: str = "portfoljrapport") -> str:
    """All text, any kind of space between words as one plain space."""
    text = " ".join(page.extract_text() for page in pdf(database, year, name).pages)
    return " ".join(text.replace("\u200b", "").split())


def open_data(database: Database, year: int) -> dict[str, list[dict[str, str]]]:
    with ZipFile(rendered(database, "open-data", year)) as archive:
        return {
            name: list(csv.DictReader(StringIO(archive.read(name).decode("utf-8-sig"), newline=""), delimiter=";"))
            for name in archive.namelist()
            if name.endswith(".csv")
        }


def plain(amount: Decimal) -> str:
    return format_number(amount).replace("\u00a0", " ")


def number(text: object) -> Decimal:
    """An amount as a file shows it; what is not stated or not set is 0."""
    kept = str(text or 0).replace("\u00a0", "").replace("\u2212", "-").replace(",", ".")
    return Decimal(0) if kept in ("–", OPEN_TEXT, "Summa") else Decimal(kept)


# 2013: the frame and the four projects


def test_excel_holds_the_frame_and_the_four_projects_as_numbers(documents: Database) -> None:
    book = excel(documents, 2013)
    room = {row["Post"]: row["Belopp, kr"] for row in sheet_rows(book["Ram och utrymme"])}
    projects = {row["Projekt"]: row["Föreslaget, kr"] for row in sheet_rows(book["Projekt"]) if row["Kod"] != "Summa"}
    assert room["Ram"] == 2_310_000
    assert projects == PROJECTS_2013


def test_an_excel_sum_is_a_formula_that_also_holds_its_value(documents: Database) -> None:
    place = [cell.coordinate for cell in excel(documents, 2013)["Projekt"][6] if cell.value == 2_310_000]
    assert len(place) == 1
    formula = excel(documents, 2013, values=False)["Projekt"][place[0]].value
    assert formula == "=SUBTOTAL(109,Fou_projekt[Föreslaget, kr])"


def test_each_excel_sheet_is_a_table_with_a_frozen_head(documents: Database) -> None:
    sheets = excel(documents, 2013).worksheets[1:]
    assert [(len(sheet.tables), sheet.freeze_panes) for sheet in sheets] == [(1, "A2")] * len(sheets)


def test_word_holds_the_frame_and_the_four_projects_with_who_leads_and_when(documents: Database) -> None:
    tables = dict(word_tables(documents, 2013))
    found = word_projects(documents, 2013)
    assert tables["Förslagen för 2013 tar hela ramen"][0]["Ram, kr"] == "2\u00a0310\u00a0000"
    assert {title: number(found[title]["Föreslaget, kr"]) for title in PROJECTS_2013} == PROJECTS_2013
    row = found["Kontaktperson/kontaktfamilj med skolstödjande uppdrag"]
    assert "Bo Vinnerljung, Stockholms universitet" in row["Projekt och ansvarig"]
    assert row["Tid och läge"] == "från 2013\nföreslaget"


def test_words_tables_have_heads_that_repeat_and_its_language_is_swedish(documents: Database) -> None:
    document = Document(rendered(documents, "word", 2013))
    heads = [table._tbl.tr_lst[0].xpath("./w:trPr/w:tblHeader") for table in document.tables]
    languages = set(document.styles.element.xpath("//w:lang/@w:val"))
    assert heads
    assert all(heads)
    assert languages == {"sv-SE"}


def test_words_pictures_say_what_they_show(documents: Database) -> None:
    document = Document(rendered(documents, "word", 2013))
    texts = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    wanted = [part.chart.sentence for part in described(documents, 2013, "portfoljrapport").sections if part.chart]
    assert texts == wanted


def test_the_slides_charts_are_real_ones_with_the_areas_and_the_frame(documents: Database) -> None:
    charts = [shape.chart for slide in slides(documents, 2013) for shape in slide.shapes if shape.has_chart]
    room, areas = ({s.name: list(s.values) for plot in chart.plots for s in plot.series} for chart in charts)
    assert room["Ram"][0] == 2_310_000
    assert room["Föreslaget"][0] == 2_310_000
    assert areas == {"Föreslaget": [810_000, 770_000, 730_000]}
    assert [label.split(":")[0] for label in charts[1].plots[0].categories] == [
        "Social barn- och ungdomsvård",
        "Implementering och evidensbaserad praktik",
        "Brottsförebyggande arbete",
    ]


def test_the_parts_of_a_slides_chart_have_patterns_of_their_own(example: Database) -> None:
    chart = next(shape.chart for slide in slides(example, 2026) for shape in slide.shapes if shape.has_chart)
    looks = [
        (series._element.xpath("./c:spPr/a:pattFill/@prst"), series._element.xpath("./c:spPr/a:solidFill"))
        for series in chart.plots[0].series
    ]
    patterns = [pattern[0] if pattern else "solid" if solid else "none" for pattern, solid in looks]
    assert len(patterns) > 3
    assert len(set(patterns)) == len(patterns)


def test_every_slide_has_a_title_and_its_sentence_in_the_notes(documents: Database) -> None:
    report = described(documents, 2013, "arsoversikt")
    found = slides(documents, 2013, "arsoversikt")
    assert [slide.shapes.title.text for slide in found] == [report.title, *(part.title for part in report.sections)]
    for slide, sentence in zip(found, [report.summary, *(part.sentence for part in report.sections)], strict=True):
        assert sentence in slide.notes_slide.notes_text_frame.text


def test_the_pdf_holds_the_frame_and_the_four_projects_as_text(documents: Database) -> None:
    text = pdf_text(documents, 2013)
    assert "Ram 2 310 000 kr" in text
    assert [title for title in PROJECTS_2013 if title not in text] == []
    assert [amount for amount in ("600 000", "770 000", "210 000", "730 000") if amount not in text] == []


def test_open_data_hold_the_frame_and_the_four_projects_as_plain_numbers(documents: Database) -> None:
    files = open_data(documents, 2013)
    assert files["utrymme.csv"][0] == {"post": "Ram", "belopp_sek": "2310000"}
    assert {row["projekt"]: int(row["proposed_sek"]) for row in files["projekt.csv"]} == PROJECTS_2013


def test_every_column_of_open_data_is_described(documents: Database) -> None:
    files = open_data(documents, 2013)
    described = {(row["fil"], row["kolumn"]) for row in files.pop("kolumner.csv") if row["beskrivning"]}
    with ZipFile(rendered(documents, "open-data", 2013)) as archive:
        for name in files:
            head = archive.read(name).decode("utf-8-sig").splitlines()[0].split(";")
            assert {(name, column) for column in head} <= described


def test_open_data_have_the_same_files_and_columns_each_year(documents: Database) -> None:
    assert open_data(documents, 2013)["kolumner.csv"] == open_data(documents, 2019)["kolumner.csv"]


# 2014: the call, and the six amounts that are not set


def test_excel_holds_the_call_and_names_the_six(documents: Database) -> None:
    book = excel(documents, 2014)
    assert sheet_rows(book["Utlysningar"])[0]["Föreslaget, kr"] == 2_000_000
    assert {(row["Vad"], row["Belopp, kr"]) for row in sheet_rows(book["Ej fastställt"])} == {
        (title, OPEN_TEXT) for title in OPEN_2014
    }


def test_word_holds_the_call_and_names_the_six(documents: Database) -> None:
    tables = dict(word_tables(documents, 2014))
    open_items = tables["6 åtaganden har inget fastställt belopp 2014"]
    assert "2\u00a0000\u00a0000" in [row.get("Föreslaget, kr") for rows in tables.values() for row in rows]
    assert {(row["Vad"], row["Belopp, kr"]) for row in open_items} == {(title, OPEN_TEXT) for title in OPEN_2014}


def test_powerpoint_holds_the_call_and_names_the_six(documents: Database) -> None:
    found = slides(documents, 2014)
    assert slide_rows(found, "2\u00a0000\u00a0000\u00a0kr är föreslaget till 1 utlysning")[0]["Kod"]
    assert {(row["Vad"], row["Belopp, kr"]) for row in slide_rows(found, "6 åtaganden har inget")} == {
        (title, OPEN_TEXT) for title in OPEN_2014
    }


@pytest.mark.parametrize("name", REPORTS)
def test_the_pdf_holds_the_call_and_names_the_six(documents: Database, name: str) -> None:
    text = pdf_text(documents, 2014, name)
    named = text[text.index("6 åtaganden har inget fastställt belopp") :].replace("/ ", "/")
    assert "utlysningen Lokala utvecklingsmedel 2014" in text
    assert "2 000 000" in text
    assert [title for title in OPEN_2014 if title not in named] == []


def test_open_data_hold_the_call_and_leave_the_six_amounts_empty(documents: Database) -> None:
    files = open_data(documents, 2014)
    assert files["utlysningar.csv"][0]["proposed_sek"] == "2000000"
    assert {(row["vad"], row["belopp_sek"]) for row in files["ej_faststallda.csv"]} == {
        (title, "") for title in OPEN_2014
    }
    assert sum(row["faststallt"] == "nej" for row in files["underlag.csv"]) == 6


def test_what_is_not_set_is_nowhere_a_zero(documents: Database) -> None:
    rows = [
        *(list(row.values()) for row in sheet_rows(excel(documents, 2014)["Projekt"])),
        *(list(row.values()) for row in word_projects(documents, 2014).values()),
        *(list(row.values()) for row in slide_rows(slides(documents, 2014), "6 projekt")),
        *(list(row.values()) for row in open_data(documents, 2014)["projekt.csv"]),
    ]
    assert len(rows) > 6 + 6 + 6 + 6
    assert not [row for row in rows if any(str(cell) in ("0", "0,00", "0.0", "0\u00a0kr") for cell in row)]


def test_the_sum_of_projects_none_of_which_is_set_is_not_set_either(documents: Database) -> None:
    total = sheet_rows(excel(documents, 2014)["Projekt"])[-1]
    assert (total["Kod"], total["Föreslaget, kr"]) == ("Summa", OPEN_TEXT)


def test_every_statement_of_the_year_stands_with_its_source(documents: Database) -> None:
    rows = open_data(documents, 2013)["underlag.csv"]
    assert [re.sub(r"\d+$", "", row["kalla"]) for row in rows] == ["documents.xlsx › Budget › J"] * 5


# The same in every format, every year


@pytest.mark.parametrize("data", ["documents", "example"])
def test_every_format_agrees_with_plan_as_json_to_the_krona_in_every_year(
    data: str, request: pytest.FixtureRequest
) -> None:
    """Excel and open data by area, Word by project area and call, the one page by what it says of frame and sums."""
    database: Database = request.getfixturevalue(data)
    with database.read() as reader:
        expected = {year: plan_json(reader, year_plan(reader, year)) for year in years(reader)}
    names = {kind: column for kind, column in KIND_COLUMNS.items() if kind != "frame"}
    wrong = []
    for year, plan in expected.items():
        # One sheet only, as reading the whole workbook takes as long as writing it.
        summed = sheet_rows(load_workbook(rendered(database, "excel", year), True, data_only=True)["Områden"])
        total = next((row for row in summed if row["Område"] == "Summa"), {})
        in_word: dict[str, Decimal] = dict.fromkeys(names, Decimal(0))
        for row in (row for _, rows in word_tables(database, year) for row in rows):
            if row.get("Projekt och ansvarig") == "Summa" or (row.get("Kod") == "Summa" and "Utlysning" in row):
                for kind, column in names.items():
                    in_word[kind] += number(row.get(column))
        on_slides = {kind: Decimal(0) for kind in names}
        for row in [*slide_rows(slides(database, year), f"{len(plan['projects'])} projekt har belopp")]:
            for kind, column in names.items():
                on_slides[kind] += number(row.get(column))
        files = open_data(database, year)
        calls = {kind: sum(number(row[f"{kind}_sek"]) for row in files["utlysningar.csv"]) for kind in names}
        for kind, column in names.items():
            if number(total.get(column)).quantize(Decimal("0.01")) != plan[kind]:
                wrong.append((year, "excel", kind))
            if sum(number(row[f"{kind}_sek"]) for row in files["omraden.csv"]) != plan[kind]:
                wrong.append((year, "open data", kind))
            if kind in SHOWN and in_word[kind] != sum(row[kind] for row in plan["projects"]) + calls[kind]:
                wrong.append((year, "word", kind))
            if kind in SHOWN and on_slides[kind] != sum(row[kind] for row in plan["projects"]):
                wrong.append((year, "powerpoint", kind))
    assert wrong == []


KIND_COLUMNS = {
    "frame": "Ram, kr", "planned": "Plan, kr", "requested": "Sökt, kr", "proposed": "Föreslaget, kr",
    "reserved": "Avsatt, kr", "granted": "Beviljat, kr", "paid": "Utbetalt, kr", "spent": "Utfall, kr",
    "returned": "Återfört, kr", "forecast": "Prognos, kr",
}  # fmt: skip
#: The kinds that stand on a page or slide, the others in Excel and open data.
SHOWN = ("proposed", "reserved", "granted", "paid")


@pytest.mark.parametrize("data", ["documents", "example"])
def test_the_year_is_always_on_one_page_with_its_frame_and_what_is_free(
    data: str, request: pytest.FixtureRequest
) -> None:
    database: Database = request.getfixturevalue(data)
    with database.read() as reader:
        expected = {year: plan_json(reader, year_plan(reader, year)) for year in years(reader)}
    wrong = []
    for year, plan in expected.items():
        text = pdf_text(database, year, "arsoversikt")
        if len(pdf(database, year, "arsoversikt").pages) != 1:
            wrong.append((year, "more than a page"))
        wanted = [plan["frame"], plan["free"] if not plan["proposed"] else None, plan["granted"] or None]
        wrong += [(year, str(a)) for a in wanted if a is not None and plain(a.quantize(Decimal(1))) not in text]
    assert wrong == []


# What each report carries


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_says_when_it_was_made_of_what_and_where_the_same_is_seen(documents: Database, kind: str) -> None:
    text = READ_TEXT[kind](documents, 2013)
    report = described(documents, 2013, "portfoljrapport")
    assert re.fullmatch(r"post 1:[0-9a-f]{16}", report.version)
    assert [line for line in (*report.foot, "/portfolj?ar=2013") if line not in text] == []


def test_a_report_as_of_a_day_says_so_and_links_to_that_day(documents: Database) -> None:
    asked = Asked("arsoversikt", 2013, money="egna", as_of=date(2030, 5, 1), base="https://fou.example.se/")
    with documents.read() as reader:
        report = describe(reader, asked)
    assert "Visar det som var registrerat 1 maj 2030." in report.foot
    assert "Gäller bara kommunens egna medel." in report.foot
    assert report.link == "https://fou.example.se/?ar=2013&medel=egna&per=2030-05-01"
    assert file_name("pdf", asked) == "arsoversikt-2013-per-2030-05-01.pdf"


# PDF/UA


def tags(document: PdfReader) -> dict[str, list[Any]]:
    """Every structure element by its type."""
    found: dict[str, list[Any]] = {}
    waiting = [document.root_object["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, list):
            waiting += element
        elif isinstance(element, dict) and not {"/MCID", "/Obj"} & element.keys():
            found.setdefault(str(element.get("/S")), []).append(element)
            waiting += [element["/K"]] if "/K" in element and not isinstance(element["/K"], int) else []
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_the_pdf_is_tagged_for_those_who_cannot_see(example: Database, name: str) -> None:
    document = pdf(example, 2026, name)
    root, found = document.root_object, tags(document)
    report = described(example, 2026, name)
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith("sv")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata is not None
    assert document.metadata.title == report.title
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()
    assert len(found["/H1"]) == 1
    assert len(found["/H2"]) > 3
    assert found["/TH"]
    assert found["/TD"]
    drawn = {part.chart.sentence for part in report.sections if part.chart and part.chart.drawing}
    assert {str(figure["/Alt"]) for figure in found["/Figure"]} <= drawn
    assert len(found["/Figure"]) == 2  # the areas are a table on this page


# Conditions, and the invented municipality


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database.open(tmp_path_factory.mktemp("example") / "fou.duckdb")
    load.load_example(database, ADMIN)
    yield database
    database.close()


READ_TEXT: dict[str, Callable[[Database, int], str]] = {
    "excel": lambda database, year: " ".join(
        str(cell) for sheet in excel(database, year) for row in sheet.iter_rows(values_only=True) for cell in row
    ),
    "word": lambda database, year: " ".join(
        paragraph.text for paragraph in Document(rendered(database, "word", year)).paragraphs
    ),
    "powerpoint": lambda database, year: " ".join(
        shape.text_frame.text for slide in slides(database, year) for shape in slide.shapes if shape.has_text_frame
    ),
    "pdf": pdf_text,
    "open-data": lambda database, year: (
        ZipFile(rendered(database, "open-data", year)).read("las-mig.txt").decode("utf-8-sig")
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_invented_municipality_is_marked_as_such(example: Database, kind: str) -> None:
    assert f"Exempelkommunen ({INVENTED})" in READ_TEXT[kind](example, 2026)


@pytest.mark.parametrize("kind", KINDS)
def test_a_real_organisation_is_not_marked_as_invented(documents: Database, kind: str) -> None:
    text = READ_TEXT[kind](documents, 2013)
    assert "Stockholms stad med flera" in text
    assert INVENTED not in text


def test_conditional_amounts_stand_apart_with_their_condition(example: Database) -> None:
    rows = open_data(example, 2026)["pa_villkor.csv"]
    assert [row["belopp_sek"] for row in rows] == ["215000", "280000"]
    assert all(row["villkor"].startswith("under förutsättning") for row in rows)
    assert "495 000 kr är utlovat på villkor 2026" in pdf_text(example, 2026, "arsoversikt")


def test_ore_are_kept_in_the_tables(example: Database) -> None:
    total = sheet_rows(excel(example, 2026)["Finansiärer"])[-1]
    assert (total["Finansiär"], total["Beviljat, kr"]) == ("Summa", 12_236_092.23)
    assert "12 236 092,23" in pdf_text(example, 2026)


# Hostile titles


def test_excel_keeps_hostile_titles_as_text(hostile: Database) -> None:
    sheet = excel(hostile, 2030, values=False)["Projekt"]
    cells = [sheet.cell(row, 2) for row in range(2, 2 + len(HOSTILE))]
    assert {cell.value for cell in cells} == set(HOSTILE)
    assert {cell.data_type for cell in cells} == {"s"}


def test_word_keeps_hostile_titles_as_text(hostile: Database) -> None:
    assert set(word_projects(hostile, 2030)) == set(HOSTILE)


def test_powerpoint_cuts_a_long_title_and_keeps_it_whole_in_the_notes(hostile: Database) -> None:
    found = slides(hostile, 2030)
    shown = {row["Projekt och ansvarig"] for row in slide_rows(found, f"{len(HOSTILE)} projekt")}
    assert set(HOSTILE) - shown == {LONG}
    assert any(LONG in slide.notes_slide.notes_text_frame.text for slide in found)


def test_the_pdf_keeps_hostile_titles_as_text(hostile: Database) -> None:
    text = pdf_text(hostile, 2030)
    short = [re.sub(f"[{UNSHOWN}]", MISSING, title) for title in HOSTILE if title not in (LONG, HEBREW)]
    assert [title for title in short if title not in text] == []
    # Words from right to left may be read back in the order in which they are drawn.
    assert HEBREW in text or HEBREW[::-1] in text or all(word in text for word in HEBREW.split())
    assert text.count("ö") >= 10_000
    assert "□ står för ett tecken som typsnittet saknar" in text
    assert len(pdf(hostile, 2030, "arsoversikt").pages) == 1


def test_open_data_make_a_formula_harmless_and_keep_the_rest(hostile: Database) -> None:
    harmless = {"=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)"}
    found = {row["projekt"] for row in open_data(hostile, 2030)["projekt.csv"]}
    assert found == {harmless.get(title, title) for title in HOSTILE}


# Refusals, and the cost of starting


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_written_once_and_not_over(documents: Database, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"plan{KINDS[kind]}"
    with documents.read() as reader:
        write(reader, kind, Asked("arsoversikt", 2013), path)
        written = path.read_bytes()
        with pytest.raises(Refused, match="finns redan"):
            write(reader, kind, Asked("arsoversikt", 2014), path)
    assert path.read_bytes() == written


def test_a_missing_folder_is_refused(documents: Database, tmp_path: Path) -> None:
    with documents.read() as reader, pytest.raises(Refused, match=r"Mappen .* finns inte"):
        write(reader, "pdf", Asked("arsoversikt", 2013), tmp_path / "saknas" / "plan.pdf")


def test_a_year_that_holds_nothing_is_refused_and_leaves_no_file(documents: Database, tmp_path: Path) -> None:
    with documents.read() as reader, pytest.raises(Refused, match="inga uppgifter om 1999"):
        write(reader, "pdf", Asked("arsoversikt", 1999), tmp_path / "plan.pdf")
    assert not list(tmp_path.iterdir())


def test_the_command_writes_the_report_that_is_asked_for(
    documents: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    documents.backup(ADMIN, tmp_path / "fou.duckdb")
    monkeypatch.setenv("FOU_DATABASE", str(tmp_path / "fou.duckdb"))
    for name in ("portfoljrapport", "arsoversikt"):
        target = tmp_path / f"{name}.pdf"
        words = ["export", "pdf", "--year", "2013", "--to", str(target), "--report", name, "--as-of", "2099-12-31"]
        assert CliRunner().invoke(app, words).exit_code == 0
    assert len(PdfReader(tmp_path / "arsoversikt.pdf").pages) == 1
    assert len(PdfReader(tmp_path / "portfoljrapport.pdf").pages) > 2
    assert CliRunner().invoke(app, [*words[:6], "--report", "annan"]).exit_code == 2


def test_importing_the_exports_loads_no_writers_library() -> None:
    heavy = "docx", "pptx", "xlsxwriter", "typst", "plotly"
    code = f"import fou.exports, sys; print([name for name in {heavy} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
