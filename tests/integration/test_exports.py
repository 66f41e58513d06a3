"""Each kind of exported file holds the year's figures: written, read back and compared."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from openpyxl import Workbook, load_workbook
from pptx import Presentation
from pypdf import PdfReader

from fou.access import Person, Role
from fou.demo import load
from fou.errors import Refused
from fou.exports import KINDS, render, write
from fou.exports.report import INVENTED, describe
from fou.imports.examining import examine
from fou.imports.posting import post
from fou.money import OPEN_TEXT
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
HOSTILE = [
    "=1+1",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "</w:t> & ]]>",
    LONG,
    "מחקר בעבודה סוציאלית",
    "Łukasz Jović",
]


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
def content(database: Database, kind: str, year: int) -> bytes:
    """Rendered once for all tests: none of them changes its database."""
    with database.read() as reader:
        return render(reader, kind, year)


def rendered(database: Database, kind: str, year: int) -> BytesIO:
    return BytesIO(content(database, kind, year))


def excel(database: Database, year: int, values: bool = True) -> Any:
    return load_workbook(rendered(database, "excel", year), data_only=values)


def sheet_rows(sheet: Any) -> list[dict[str, Any]]:
    heads, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def word_tables(database: Database, year: int) -> dict[str, list[dict[str, str]]]:
    """Heading above the table → its rows by head."""
    document = Document(rendered(database, "word", year))
    titles = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 2"]
    found = {}
    for title, table in zip(titles, document.tables, strict=True):
        heads, *rows = [[cell.text for cell in row.cells] for row in table.rows]
        found[title] = [dict(zip(heads, row, strict=True)) for row in rows]
    return found


def slides(database: Database, year: int) -> list[Any]:
    return list(Presentation(rendered(database, "powerpoint", year)).slides)


def slide_rows(found: list[Any], title: str) -> list[list[str]]:
    """The rows of every slide whose title begins so, without the heads."""
    return [
        [cell.text for cell in row.cells]
        for slide in found
        if slide.shapes.title.text.startswith(title)
        for shape in slide.shapes
        if shape.has_table
        for row in list(shape.table.rows)[1:]
    ]


def pdf_text(database: Database, year: int) -> str:
    """All text, any kind of space between words as one plain space."""
    pages = PdfReader(rendered(database, "pdf", year)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def open_data(database: Database, year: int) -> dict[str, list[dict[str, str]]]:
    with ZipFile(rendered(database, "open-data", year)) as archive:
        return {
            name: list(csv.DictReader(StringIO(archive.read(name).decode("utf-8-sig"), newline=""), delimiter=";"))
            for name in archive.namelist()
            if name.endswith(".csv")
        }


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


def test_word_holds_the_frame_and_the_four_projects(documents: Database) -> None:
    tables = word_tables(documents, 2013)
    assert tables["Ram och utrymme"][0] == {"Post": "Ram", "Belopp, kr": "2\u00a0310\u00a0000"}
    found = {row["Projekt"]: row["Föreslaget, kr"] for row in tables["Projekt"] if row["Kod"] != "Summa"}
    assert found == {title: f"{amount // 1000}\u00a0000" for title, amount in PROJECTS_2013.items()}


def test_words_tables_have_heads_that_repeat_and_its_language_is_swedish(documents: Database) -> None:
    document = Document(rendered(documents, "word", 2013))
    heads = [table._tbl.tr_lst[0].xpath("./w:trPr/w:tblHeader") for table in document.tables]
    languages = set(document.styles.element.xpath("//w:lang/@w:val"))
    assert heads
    assert all(heads)
    assert languages == {"sv-SE"}


def test_powerpoint_says_the_message_and_holds_the_four_projects(documents: Database) -> None:
    found = slides(documents, 2013)
    projects = {row[1]: row[4] for row in slide_rows(found, "Projekt 2013") if row[0] != "Summa"}
    assert found[1].shapes.title.text == "Förslagen för 2013 tar hela ramen, 2\u00a0310\u00a0000\u00a0kr"
    assert projects == {title: f"{amount // 1000}\u00a0000" for title, amount in PROJECTS_2013.items()}


def test_the_slides_chart_is_a_real_one_with_the_areas(documents: Database) -> None:
    charts = [shape.chart for slide in slides(documents, 2013) for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 1
    assert list(charts[0].plots[0].categories) == [
        "Social barn- och ungdomsvård",
        "Implementering och evidensbaserad praktik",
        "Brottsförebyggande arbete",
    ]
    assert [(s.name, list(s.values)) for s in charts[0].plots[0].series] == [
        ("Föreslaget", [810_000, 770_000, 730_000])
    ]


def test_every_slide_has_a_title_and_the_sentences_in_its_notes(documents: Database) -> None:
    for slide in slides(documents, 2013):
        assert slide.shapes.title.text
        assert "Ramen för 2013 är 2\u00a0310\u00a0000\u00a0kr" in slide.notes_slide.notes_text_frame.text


def test_the_pdf_holds_the_frame_and_the_four_projects_as_text(documents: Database) -> None:
    text = pdf_text(documents, 2013)
    assert "Ram 2 310 000" in text
    assert [title for title in PROJECTS_2013 if title not in text] == []
    assert [amount for amount in ("600 000", "770 000", "210 000", "730 000") if amount not in text] == []


def test_the_pdf_is_swedish_and_has_a_title(documents: Database) -> None:
    reader = PdfReader(rendered(documents, "pdf", 2013))
    assert reader.root_object["/Lang"] == "sv"
    assert reader.metadata is not None
    assert reader.metadata.title == "FoU-plan 2013"
    assert reader.root_object["/ViewerPreferences"]["/DisplayDocTitle"] is not None


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
    tables = word_tables(documents, 2014)
    assert tables["Utlysningar"][0]["Föreslaget, kr"] == "2\u00a0000\u00a0000"
    assert {(row["Vad"], row["Belopp, kr"]) for row in tables["Belopp som inte är fastställda"]} == {
        (title, OPEN_TEXT) for title in OPEN_2014
    }


def test_powerpoint_holds_the_call_and_names_the_six(documents: Database) -> None:
    found = slides(documents, 2014)
    assert slide_rows(found, "Utlysningar")[0][3] == "2\u00a0000\u00a0000"
    assert {(row[1], row[3]) for row in slide_rows(found, "Belopp som inte är fastställda")} == {
        (title, OPEN_TEXT) for title in OPEN_2014
    }


def test_the_pdf_holds_the_call_and_names_the_six(documents: Database) -> None:
    text = pdf_text(documents, 2014)
    named = text[text.index("Belopp som inte är fastställda") :]
    assert "Lokala utvecklingsmedel 2014 – 2 000 000" in text
    assert [title for title in OPEN_2014 if title not in named] == []
    assert named.count("belopp ej fastställt") == 6


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
        *(list(row.values()) for row in word_tables(documents, 2014)["Projekt"]),
        *slide_rows(slides(documents, 2014), "Projekt 2014"),
        *(list(row.values()) for row in open_data(documents, 2014)["projekt.csv"]),
    ]
    assert len(rows) == 7 + 7 + 7 + 6
    assert not [row for row in rows if any(str(cell) in ("0", "0,00", "0.0", "0\u00a0kr") for cell in row)]


def test_the_sum_of_projects_none_of_which_is_set_is_not_set_either(documents: Database) -> None:
    total = sheet_rows(excel(documents, 2014)["Projekt"])[-1]
    assert (total["Kod"], total["Föreslaget, kr"]) == ("Summa", OPEN_TEXT)


def test_the_year_in_words_names_what_is_not_set(documents: Database) -> None:
    with documents.read() as reader:
        report = describe(reader, 2014)
    assert report.message == ("2\u00a0000\u00a0000\u00a0kr är föreslaget för 2014, och 6 belopp är inte fastställda")
    assert "Ingen ram är angiven för 2014." in report.sentences


def test_every_statement_of_the_year_stands_with_its_source(documents: Database) -> None:
    rows = open_data(documents, 2013)["underlag.csv"]
    assert [re.sub(r"\d+$", "", row["kalla"]) for row in rows] == ["documents.xlsx › Budget › J"] * 5


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


def test_ore_are_kept(example: Database) -> None:
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
    assert {row["Projekt"] for row in word_tables(hostile, 2030)["Projekt"]} - {""} == set(HOSTILE)


def test_powerpoint_cuts_a_long_title_and_keeps_it_whole_in_the_notes(hostile: Database) -> None:
    found = slides(hostile, 2030)
    shown = {row[1] for row in slide_rows(found, "Projekt 2030")} - {""}
    assert set(HOSTILE) - shown == {LONG}
    assert any(LONG in slide.notes_slide.notes_text_frame.text for slide in found)


def test_the_pdf_keeps_hostile_titles_as_text(hostile: Database) -> None:
    text = pdf_text(hostile, 2030)
    short = [title for title in HOSTILE if title != LONG]
    assert [title for title in short if title not in text] == []
    assert text.count("ö") >= 10_000


def test_open_data_make_a_formula_harmless_and_keep_the_rest(hostile: Database) -> None:
    harmless = {"=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)"}
    found = {row["projekt"] for row in open_data(hostile, 2030)["projekt.csv"]}
    assert found == {harmless.get(title, title) for title in HOSTILE}


# Refusals, and the cost of starting


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_written_once_and_not_over(documents: Database, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"plan{KINDS[kind]}"
    with documents.read() as reader:
        write(reader, kind, 2013, path)
        written = path.read_bytes()
        with pytest.raises(Refused, match="finns redan"):
            write(reader, kind, 2014, path)
    assert path.read_bytes() == written


def test_a_missing_folder_is_refused(documents: Database, tmp_path: Path) -> None:
    with documents.read() as reader, pytest.raises(Refused, match=r"Mappen .* finns inte"):
        write(reader, "pdf", 2013, tmp_path / "saknas" / "plan.pdf")


def test_a_year_that_holds_nothing_is_refused_and_leaves_no_file(documents: Database, tmp_path: Path) -> None:
    with documents.read() as reader, pytest.raises(Refused, match="inga uppgifter om 1999"):
        write(reader, "pdf", 1999, tmp_path / "plan.pdf")
    assert not list(tmp_path.iterdir())


def test_importing_the_exports_loads_no_writers_library() -> None:
    heavy = "docx", "pptx", "xlsxwriter", "reportlab"
    code = f"import fou.exports, sys; print([name for name in {heavy} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
