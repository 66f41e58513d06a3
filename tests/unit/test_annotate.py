"""Marking people's own workbooks: what is put in, what must stay as it was, and the way back."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from fou.errors import ImportRefused
from fou.imports.files.annotate import Mark, annotate, annotated_table, marks_of
from fou.imports.files.cells import Broken, Sheet, Workbook, cell_address
from fou.imports.files.xlsx import read_workbook
from fou.imports.findings import Finding, Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
#: The order of a worksheet's elements, ISO/IEC 29500-1, 18.3.1.99.
WORKSHEET_ORDER = [
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins",
    "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors",
    "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls",
    "webPublishItems", "tableParts", "extLst",
]  # fmt: skip
SHEET_PART = "xl/worksheets/sheet1.xml"

# Workbooks to mark -----------------------------------------------------------------------------------------


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(data))


def budget(**cells: object) -> bytes:
    """A workbook with the one sheet Budget and these cells."""
    book = openpyxl.Workbook()
    book.active.title = "Budget"
    for address, value in cells.items():
        book.active[address] = value
    return saved(book)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(content: Mapping[str, str | bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in content.items():
            archive.writestr(path, text)
    return buffer.getvalue()


def with_part(data: bytes, path: str, content: str | bytes) -> bytes:
    return zipped({**parts(data), path: content})


def relations(*listed: tuple[str, str], base: str = OFFICE) -> str:
    each = "".join(
        f'<Relationship Id="r{number}" Type="{base}/{type_}" Target="{target}"/>'
        for number, (type_, target) in enumerate(listed, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{each}</Relationships>'


def by_hand(sheet: str | bytes, main: str = MAIN, office: str = OFFICE, target: str = "worksheets/sheet1.xml") -> bytes:
    """A workbook with the one sheet Budget, no styles, and nothing that is not needed."""
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            '<Override PartName="/xl/worksheets/sheet1.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml"), base=office),
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="Budget" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(("worksheet", target), base=office),
            SHEET_PART: sheet,
        }
    )


def worksheet(inside: str) -> str:
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{inside}</worksheet>'


def picture() -> bytes:
    """A PNG of one red point."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">2I5B", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")
    )


def rich_workbook() -> bytes:
    """Everything that openpyxl would lose or change: charts, pictures, tables, rules, lists, stored values."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("Budget")
        head = book.add_format({"bold": True, "bg_color": "#1F4E79", "font_color": "white", "border": 1})
        money = book.add_format({"num_format": "#,##0.00", "align": "right"})
        sheet.write_row("A1", ["Projekt", "Belopp", "Summa"], head)
        for row, amount in enumerate([100, 250, 400], 1):
            sheet.write(row, 0, f"P-{row}")
            sheet.write(row, 1, amount, money)
            sheet.write_formula(row, 2, f"=B{row + 1}*2", money, amount * 2)
        sheet.add_table("E1:F3", {"columns": [{"header": "Kod"}, {"header": "Namn"}]})
        sheet.conditional_format("B2:B4", {"type": "data_bar"})
        sheet.conditional_format("A2:A4", {"type": "cell", "criteria": "==", "value": '"P-1"', "format": head})
        sheet.data_validation("A2:A4", {"validate": "list", "source": ["P-1", "P-2"]})
        sheet.merge_range("A8:C9", "Anteckning", head)
        sheet.freeze_panes(1, 0)
        sheet.protect()
        sheet.set_header("&L&G", {"image_left": "bild.png", "image_data_left": BytesIO(picture())})
        sheet.insert_image("H2", "bild.png", {"image_data": BytesIO(picture())})
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Budget!$B$2:$B$4"})
        sheet.insert_chart("H10", chart)
        sheet.write_comment("B2", "Kontrollerat av Eva", {"author": "Eva"})
        whole = book.add_chart({"type": "pie"})
        whole.add_series({"values": "=Budget!$B$2:$B$4"})
        book.add_chartsheet("Diagram").set_chart(whole)
        book.add_worksheet("Annat").write("A1", "orört")
        book.define_name("Belopp", "=Budget!$B$2:$B$4")
    return buffer.getvalue()


def mark(
    cell: str = "B2", text: str = "Fel: här står tolv.", severity: Severity = ERROR, sheet: str = "Budget"
) -> Mark:
    return Mark(sheet, cell, severity, text)


def marked(data: bytes, *marks: Mark) -> bytes:
    return annotate(data, "budget.xlsx", marks)


def comments(sheet: Worksheet) -> dict[str, tuple[str, str]]:
    """The author and text of each comment by cell."""
    return {
        cell.coordinate: (cell.comment.author, cell.comment.text)
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def said(data: bytes, sheet: str = "Budget") -> dict[str, str]:
    return {address: text for address, (_, text) in comments(opened(data)[sheet]).items()}


def colour(data: bytes, address: str, sheet: str = "Budget") -> str | None:
    """The fill of a cell as red, green and blue; None without fill."""
    fill = opened(data)[sheet][address].fill
    return fill.fgColor.rgb[2:] if fill.fill_type == "solid" else None


def hue(data: bytes, address: str) -> str:
    """What a person would call the fill of a cell."""
    shown = colour(data, address)
    if shown is None:
        return "none"
    red, green, blue = (int(shown[place : place + 2], 16) for place in (0, 2, 4))
    if blue > red:
        return "blue"
    return "amber" if green - blue > 40 else "red"


def children(data: bytes, path: str = SHEET_PART) -> list[str]:
    return [each.tag.rpartition("}")[2] for each in ElementTree.fromstring(parts(data)[path])]


def addresses(data: bytes) -> list[str]:
    """The cells in the order in which they are written."""
    return re.findall(r'<(?:\w+:)?c [^>]*?r="([A-Z]+[0-9]+)"', parts(data)[SHEET_PART].decode("latin-1"))


# What findings say -----------------------------------------------------------------------------------------


def finding(severity: Severity = ERROR, cell: str = "D7", found: str = "tolv", expected: str = "ett tal",
            help: str = "Skriv ett tal.") -> Finding:  # fmt: skip
    return Finding(severity, "Budget", cell, found, expected, help, "text")


def test_a_finding_says_what_stood_there_what_was_expected_and_what_to_do() -> None:
    assert marks_of([finding()]) == [
        Mark("Budget", "D7", ERROR, "Fel: här står tolv. Väntat: ett tal. Gör så här: Skriv ett tal.")
    ]


def test_an_empty_cell_is_said_to_be_empty() -> None:
    (made,) = marks_of([finding(found="tom cell")])
    assert made.text.startswith("Fel: cellen är tom. Väntat:")


def test_what_is_missing_does_not_stand_here() -> None:
    (made,) = marks_of([finding(found="kolumnen Slag saknas")])
    assert made.text.startswith("Fel: kolumnen Slag saknas. Väntat:")


def test_a_finding_on_a_whole_sheet_does_not_say_here() -> None:
    (made,) = marks_of([finding(cell="", found="dolt blad", severity=WARNING)])
    assert made.text.startswith("Varning: dolt blad. Väntat:")


def test_what_a_finding_does_not_say_is_left_out() -> None:
    (made,) = marks_of([finding(expected="", help="")])
    assert made.text == "Fel: här står tolv."


def test_findings_in_one_cell_are_one_mark_with_the_worst_first() -> None:
    (made,) = marks_of([finding(NOTE, found="a"), finding(ERROR, found="b"), finding(WARNING, found="c")])
    words = re.findall(r"(\w+): här står (\w)\.", made.text)
    assert (made.severity, words) == (ERROR, [("Fel", "b"), ("Varning", "c"), ("Upplysning", "a")])


# Colours ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("severity", "expected"), [(ERROR, "red"), (WARNING, "amber"), (NOTE, "blue")])
def test_the_fill_tells_how_severe_it_is(severity: Severity, expected: str) -> None:
    assert hue(marked(budget(B2=12), mark(severity=severity)), "B2") == expected


@pytest.mark.parametrize(("severity", "word"), [(ERROR, "Fel"), (WARNING, "Varning"), (NOTE, "Upplysning")])
def test_the_comment_says_how_severe_it_is_even_if_the_text_does_not(severity: Severity, word: str) -> None:
    assert said(marked(budget(B2=12), mark(text="Felaktigt.", severity=severity))) == {"B2": f"{word}: Felaktigt."}


def test_a_cell_keeps_everything_but_its_fill() -> None:
    book = openpyxl.Workbook()
    book.active.title = "Budget"
    cell = book.active["B2"]
    cell.value, cell.number_format = 12, "#,##0 kr"
    cell.font, cell.alignment = Font("Arial", 14, italic=True), Alignment("center", wrap_text=True)
    cell.border = Border(left=Side("double"))

    before, after = (opened(data)["Budget"]["B2"] for data in (saved(book), marked(saved(book), mark())))

    kept = ("value", "number_format", "font", "alignment", "border", "protection", "has_style")
    assert [repr(getattr(after, name)) for name in kept] == [repr(getattr(before, name)) for name in kept]


def luminance(rgb: str) -> float:
    parts_ = [int(rgb[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts_)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("font", ["000000", "FFFFFF"])
def test_the_text_stays_readable_on_the_fill(severity: Severity, font: str) -> None:
    book = opened(budget(B2=12))
    book["Budget"]["B2"].font = Font(color=font)
    book["Budget"]["B2"].fill = PatternFill("solid", fgColor="1F4E79" if font == "FFFFFF" else "FFFFFF")

    shown = colour(marked(saved(book), mark(severity=severity)), "B2") or ""

    lighter, darker = sorted((luminance(shown), luminance(font)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 7


def test_a_cell_with_two_marks_has_the_colour_of_the_worse() -> None:
    both = marked(budget(B2=12), mark(severity=NOTE), mark(severity=ERROR, text="Fel: b."))
    assert hue(both, "B2") == "red"


def test_a_cell_with_two_marks_has_one_comment_with_both() -> None:
    both = marked(budget(B2=12), mark(text="En sak.", severity=NOTE), mark(text="En annan."))
    assert said(both) == {"B2": "Fel: En annan.\n\nUpplysning: En sak."}


def test_cells_without_marks_keep_their_style() -> None:
    before = budget(A1="Projekt", B2=12, C3=13)
    unmarked = re.findall(rb'<c r="(?:A1|C3)"[^>]*>', parts(before)[SHEET_PART])
    assert re.findall(rb'<c r="(?:A1|C3)"[^>]*>', parts(marked(before, mark()))[SHEET_PART]) == unmarked


def test_a_workbook_that_can_take_no_more_styles_gets_its_comments() -> None:
    before = budget(B2=12)
    styles = parts(before)["xl/styles.xml"].decode()
    many = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>' * 64_000
    full = with_part(before, "xl/styles.xml", styles.replace("</cellXfs>", f"{many}</cellXfs>"))

    after = marked(full, mark(), mark("Z99"))

    assert parts(after)["xl/styles.xml"] == parts(full)["xl/styles.xml"]
    assert re.findall(rb'ref="(\w+)"', parts(after)["xl/comments1.xml"]) == [b"B2", b"Z99"]


# Where comments go -----------------------------------------------------------------------------------------


def test_comments_are_by_fou() -> None:
    assert comments(opened(marked(budget(B2=12), mark()))["Budget"]) == {"B2": ("Fou", "Fel: här står tolv.")}


def test_a_mark_on_a_sheet_is_a_comment_in_its_first_cell_without_colour() -> None:
    after = marked(budget(A1="Projekt"), mark(""))
    assert (said(after), hue(after, "A1")) == ({"A1": "Fel: här står tolv."}, "none")


def test_a_mark_on_a_sheet_and_one_on_its_first_cell_are_one_comment() -> None:
    after = marked(budget(A1="Projekt"), mark("", "Dolt blad.", WARNING), mark("A1", "Fel rubrik.", NOTE))
    assert (said(after), hue(after, "A1")) == ({"A1": "Varning: Dolt blad.\n\nUpplysning: Fel rubrik."}, "blue")


def test_a_mark_on_the_file_goes_to_the_first_sheet_that_people_see() -> None:
    book = openpyxl.Workbook()
    book.active.title, book.active.sheet_state = "Dolt", "hidden"
    book.create_sheet("Synligt")

    after = marked(saved(book), mark("", sheet=""))

    assert (said(after, "Dolt"), said(after, "Synligt")) == ({}, {"A1": "Fel: här står tolv."})


def test_a_mark_on_a_sheet_that_is_not_there_says_which() -> None:
    assert said(marked(budget(), mark("B2", "Fel: saknas.", sheet="Projekt"))) == {"A1": "Fel i Projekt › B2: saknas."}


@pytest.mark.parametrize("name", ["budget", "BUDGET"])
def test_a_sheet_is_found_whatever_the_case(name: str) -> None:
    assert list(said(marked(budget(B2=12), mark(sheet=name)))) == ["B2"]


@pytest.mark.parametrize(
    ("address", "cell"),
    [("b2", "B2"), ("$B$2", "B2"), ("B2:D9", "B2"), ("B", "A1"), ("ZZZZ1", "A1"), ("XFE1", "A1"), ("A1048577", "A1"),
     ("XFD1048576", "XFD1048576")],
)  # fmt: skip
def test_any_address_gets_its_comment_somewhere(address: str, cell: str) -> None:
    after = marked(by_hand(worksheet("<sheetData/>")), mark(address))
    assert f'ref="{cell}"' in parts(after)["xl/comments1.xml"].decode()


def test_a_mark_inside_a_merged_area_goes_to_its_first_cell() -> None:
    book = opened(budget(B2="rubrik"))
    book["Budget"].merge_cells("B2:D4")

    after = marked(saved(book), mark("C3"))

    assert (list(said(after)), hue(after, "B2")) == (["B2"], "red")


def test_a_comment_holds_text_as_it_is() -> None:
    text = 'Fel: här står <b> & "=SUMMA(A1)" 5 > 3 ]]>.'
    assert said(marked(budget(B2=12), mark(text=text))) == {"B2": text}


def test_control_characters_are_left_out_of_comments() -> None:
    assert said(marked(budget(B2=12), mark(text="Fel: a\x00b\x1b\ud800c\r\nd\ufffe."))) == {"B2": "Fel: abc\nd."}


def test_what_looks_like_an_escape_stays_what_it_is() -> None:
    after = marked(budget(B2=12), mark(text="Fel: _x000D_."))
    assert b"_x005F_x000D_" in parts(after)["xl/comments1.xml"]


def test_a_very_long_comment_is_cut() -> None:
    (text,) = said(marked(budget(B2=12), mark(text="Fel: " + "långt " * 10_000))).values()
    assert (len(text) <= 2_000, text[-1]) == (True, "…")


# Boxes -----------------------------------------------------------------------------------------------------


def boxes(data: bytes) -> str:
    """The drawing with the comment boxes of the only sheet that has some."""
    return next(
        content.decode() for path, content in parts(data).items() if path.endswith(".vml") and b"Note" in content
    )


def anchors(data: bytes) -> list[list[int]]:
    return [[int(number) for number in found.split(",")] for found in re.findall(r"Anchor>([^<]+)</", boxes(data))]


def test_boxes_are_hidden_until_pointed_at() -> None:
    shapes = re.findall(r"<v:shape .*?</v:shape>", boxes(marked(budget(B2=12), mark(), mark("C3"))))
    assert [("visibility:hidden" in shape, "x:Visible" in shape) for shape in shapes] == [(True, False)] * 2


def test_a_box_is_as_high_as_its_text_needs() -> None:
    short, long = (
        anchors(marked(budget(B2=12), mark(text=f"Fel: {text}")))[0] for text in ("kort.", "mycket att säga. " * 40)
    )
    assert long[6] - long[2] >= short[6] - short[2] + 8


def test_a_box_spans_as_many_narrow_and_hidden_columns_as_it_needs() -> None:
    book = opened(budget(B2=12))
    for letters in "CDEF":
        book["Budget"].column_dimensions[letters].hidden = True
    usual, narrow = (anchors(marked(data, mark()))[0] for data in (budget(B2=12), saved(book)))
    assert narrow[4] == usual[4] + 4


def test_boxes_of_two_sheets_have_different_numbers() -> None:
    book = opened(budget(B2=12))
    book.create_sheet("Annat")
    after = marked(saved(book), mark(), mark(sheet="Annat"))
    drawings = [content.decode() for path, content in parts(after).items() if path.endswith(".vml")]
    assert len({number for drawing in drawings for number in re.findall(r'id="(_x0000_s\d+)"', drawing)}) == 2


# What others wrote -----------------------------------------------------------------------------------------


def commented() -> bytes:
    """Comments by Eva in A1 and B2."""
    book = opened(budget(A1="Projekt", B2=12))
    book["Budget"]["A1"].comment = Comment("Läs detta", "Eva")
    book["Budget"]["B2"].comment = Comment("Kontrollerat", "Eva")
    return saved(book)


def test_comments_of_others_stay() -> None:
    after = comments(opened(marked(commented(), mark("C3")))["Budget"])
    assert after == {
        "A1": ("Eva", "Läs detta"), "B2": ("Eva", "Kontrollerat"), "C3": ("Fou", "Fel: här står tolv."),
    }  # fmt: skip


def test_a_comment_is_added_to_below_a_heading() -> None:
    after = comments(opened(marked(commented(), mark()))["Budget"])
    assert after["B2"] == ("Eva", "Kontrollerat\n\n––– Fou –––\nFel: här står tolv.")


def test_a_comment_that_is_added_to_gets_a_larger_box_and_no_second() -> None:
    before = rich_workbook()
    after = marked(before, mark(text="Fel: " + "mycket att säga. " * 40))
    ((*_, old_bottom, _),), ((*_, new_bottom, _),) = anchors(before), anchors(after)
    assert new_bottom >= old_bottom + 8


def test_what_was_added_to_a_comment_is_replaced_next_time() -> None:
    again = marked(marked(commented(), mark()), mark(text="Fel: nu tretton."))
    assert said(again)["B2"] == "Kontrollerat\n\n––– Fou –––\nFel: nu tretton."


def test_what_was_added_to_a_comment_goes_when_the_cell_is_mended() -> None:
    assert said(marked(marked(commented(), mark()))) == {"A1": "Läs detta", "B2": "Kontrollerat"}


def test_a_comment_in_several_runs_gets_back_its_own() -> None:
    before = commented()
    path = next(path for path in parts(before) if "comment" in path and path.endswith(".xml"))
    rich = (
        parts(before)[path]
        .decode()
        .replace("<t>Kontrollerat</t>", "<r><rPr><b/></rPr><t>Eva:</t></r><r><t> ja</t></r>")
    )
    data = with_part(before, path, rich)
    assert said(marked(marked(data, mark())))["B2"] == "Eva: ja"


def test_a_drawing_that_is_not_well_formed_is_added_to() -> None:
    before = commented()
    path = next(path for path in parts(before) if path.endswith(".vml"))
    button = (
        b'<v:shape id="knapp"><v:textbox><div>Rad<br>Rad</div></v:textbox>'
        b'<x:ClientData xmlns:x="urn:schemas-microsoft-com:office:excel" ObjectType="Button"/></v:shape>'
    )
    data = with_part(before, path, parts(before)[path].replace(b"</xml>", button + b"</xml>"))

    after = boxes(marked(data, mark("C3")))

    assert (button.decode() in after, after.count('ObjectType="Note"')) == (True, 3)


def threaded() -> bytes:
    """A conversation of Eva's in B2, as Excel stores it: with a plain comment for older programs."""
    content = parts(commented())
    sheet_relations = next(path for path in content if path.startswith("xl/worksheets/_rels"))
    thread = '<Relationship Id="t1" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" ' \
             'Target="../threadedComments/threadedComment1.xml"/></Relationships>'  # fmt: skip
    person = '<Relationship Id="p1" Type="http://schemas.microsoft.com/office/2017/10/relationships/person" ' \
             'Target="persons/person.xml"/></Relationships>'  # fmt: skip
    end = "</Relationships>"
    return zipped(
        {
            **content,
            sheet_relations: content[sheet_relations].decode().replace(end, thread),
            "xl/_rels/workbook.xml.rels": content["xl/_rels/workbook.xml.rels"].decode().replace(end, person),
            "xl/threadedComments/threadedComment1.xml": f'<ThreadedComments xmlns="{THREADS}">'
            '<threadedComment ref="B2" dT="2026-01-01T00:00:00.00" personId="{E}" id="{1}"><text>Ja?</text>'
            "</threadedComment></ThreadedComments>",
            "xl/persons/person.xml": f'<personList xmlns="{THREADS}"><person displayName="Eva" id="{{E}}" '
            'userId="eva" providerId="None"/></personList>',
        }
    )


def conversation(data: bytes) -> list[tuple[str, str]]:
    """Who said what in the conversation."""
    content = parts(data)
    persons = {
        each.get("id"): each.get("displayName") or ""
        for each in ElementTree.fromstring(content["xl/persons/person.xml"])
    }
    thread = ElementTree.fromstring(content["xl/threadedComments/threadedComment1.xml"])
    return [(persons[each.get("personId")], "".join(each.itertext())) for each in thread]


def test_a_conversation_gets_an_answer() -> None:
    assert conversation(marked(threaded(), mark())) == [("Eva", "Ja?"), ("Fou", "Fel: här står tolv.")]


def test_the_answer_is_replaced_next_time() -> None:
    again = marked(marked(threaded(), mark()), mark(text="Fel: nu tretton."))
    assert conversation(again) == [("Eva", "Ja?"), ("Fou", "Fel: nu tretton.")]


def test_the_answer_goes_when_the_cell_is_mended() -> None:
    assert conversation(marked(marked(threaded(), mark()))) == [("Eva", "Ja?")]


# Marking again ---------------------------------------------------------------------------------------------


def test_a_mended_cell_gets_its_fill_back() -> None:
    book = opened(budget(B2=12))
    book["Budget"]["B2"].fill = PatternFill("solid", fgColor="AABBCC")
    assert colour(marked(marked(saved(book), mark())), "B2") == "AABBCC"


def test_a_mended_cell_without_fill_has_none_again() -> None:
    assert colour(marked(marked(budget(B2=12), mark())), "B2") is None


def test_a_mended_cell_gets_the_tint_of_a_theme_back() -> None:
    book = opened(budget(B2=12))
    book["Budget"]["B2"].fill = PatternFill("solid", fgColor=openpyxl.styles.Color(theme=4, tint=0.7999816888943144))

    after = opened(marked(marked(saved(book), mark())))["Budget"]["B2"].fill.fgColor

    assert (after.theme, round(after.tint, 6)) == (4, 0.799982)


def test_a_mended_cell_gets_its_fill_back_though_the_file_was_saved_and_rows_moved() -> None:
    book = opened(budget(B2=12))
    book["Budget"]["B2"].fill = PatternFill("solid", fgColor="AABBCC")
    edited = opened(marked(saved(book), mark()))
    edited["Budget"]["B2"].comment = None
    edited["Budget"].insert_rows(1)

    assert colour(marked(saved(edited)), "B3") == "AABBCC"


def test_a_fill_whose_memory_another_program_has_overwritten_is_taken_out() -> None:
    book = opened(budget(B2=12))
    book["Budget"]["B2"].fill = PatternFill("solid", fgColor="AABBCC")
    after = marked(saved(book), mark())
    styles = parts(after)["xl/styles.xml"].decode().replace('<bgColor rgb="00AABBCC"/>', '<bgColor rgb="FFFFCC99"/>')

    assert colour(marked(with_part(after, "xl/styles.xml", styles)), "B2") is None


def test_marks_of_before_are_replaced() -> None:
    again = marked(marked(budget(B2=12, C3=13), mark()), mark("C3", "Varning: stort.", WARNING))
    assert (said(again), hue(again, "B2"), hue(again, "C3")) == ({"C3": "Varning: stort."}, "none", "amber")


def test_comments_whose_author_another_program_forgot_are_replaced() -> None:
    first = marked(budget(B2=12), *marks_of([finding(cell="B2")]))
    nameless = parts(first)["xl/comments1.xml"].replace(b"<author>Fou<", b"<author> <")
    assert said(marked(with_part(first, "xl/comments1.xml", nameless))) == {}


def test_a_comment_without_author_that_only_begins_like_ours_stays() -> None:
    book = opened(budget(B2=12))
    book["Budget"]["B2"].comment = Comment("Fel: fråga Eva", " ")
    assert list(said(marked(saved(book), mark("C3")))) == ["B2", "C3"]


def test_a_workbook_whose_marks_are_taken_out_has_the_parts_that_it_had() -> None:
    before = budget(B2=12)
    assert set(parts(marked(marked(before, mark())))) == set(parts(before))


def test_a_sheet_whose_marks_are_taken_out_refers_to_no_drawing() -> None:
    before = rich_workbook()
    content = parts(marked(marked(before, mark("A1", sheet="Annat"))))
    assert b"legacyDrawing" not in content["xl/worksheets/sheet2.xml"]


def test_marking_again_does_not_pile_up_comments_or_boxes() -> None:
    data = budget(B2=12)
    for _ in range(4):
        data = marked(data, mark(), mark("C3"))
    assert (boxes(data).count("</v:shape>"), parts(data)["xl/comments1.xml"].count(b"</comment>")) == (2, 2)


def test_without_marks_the_file_is_what_it_was() -> None:
    before = rich_workbook()
    assert marked(before) == before


# Everything else stays -------------------------------------------------------------------------------------


def test_parts_that_need_no_change_are_the_same_bytes() -> None:
    before = rich_workbook()
    after = parts(marked(before, mark(), mark("A7")))
    changed = {path for path, content in parts(before).items() if after[path] != content}
    assert changed == {SHEET_PART, "xl/styles.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"}


def test_no_part_is_lost() -> None:
    before = rich_workbook()
    assert set(parts(marked(before, mark(), mark("A1", sheet="Annat")))) == {
        *parts(before), "xl/comments2.xml", "xl/drawings/vmlDrawing3.vml", "xl/worksheets/_rels/sheet2.xml.rels",
    }  # fmt: skip


def test_the_sheet_is_the_same_text_but_for_the_styles_of_its_cells() -> None:
    before = rich_workbook()
    after = marked(before, mark(), mark("C3"))
    texts = [re.sub(rb'(<c r="(?:B2|C3)"[^>]*?) s="\d+"', rb"\1", parts(data)[SHEET_PART]) for data in (before, after)]
    assert texts[0] == texts[1]


def test_values_and_formulas_are_the_same() -> None:
    before = rich_workbook()
    assert read_workbook(marked(before, mark(), mark("C3"), mark("Z50"))) == read_workbook(before)


def test_formulas_that_were_never_calculated_stay_so() -> None:
    before = budget(A1="=SUM(B1:B9)", A2="=#REF!", A3="#N/A")
    after = read_workbook(marked(before, mark("A1"), mark("A2"), mark("A3")))
    assert (after, after.sheets[0].rows[0][1][1]) == (read_workbook(before), Broken("formula", "=SUM(B1:B9)"))


def test_macros_stay_and_the_file_is_still_one_with_macros() -> None:
    content = parts(budget(B2=12))
    types = content["[Content_Types].xml"].replace(
        b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
    )
    after = parts(
        marked(zipped({**content, "[Content_Types].xml": types, "xl/vbaProject.bin": b"\xd0\xcf kod"}), mark())
    )
    assert (after["xl/vbaProject.bin"], b"ms-excel.sheet.macroEnabled.main" in after["[Content_Types].xml"]) == (
        b"\xd0\xcf kod", True,
    )  # fmt: skip


def test_parts_keep_their_order_and_new_ones_come_last() -> None:
    before = rich_workbook()
    assert list(parts(marked(before, mark("A1", sheet="Annat"))))[: len(parts(before))] == list(parts(before))


def test_every_new_part_has_a_type() -> None:
    types = parts(marked(budget(B2=12), mark()))["[Content_Types].xml"].decode()
    assert ('PartName="/xl/comments1.xml"' in types, 'Extension="vml"' in types) == (True, True)


def test_the_elements_of_a_sheet_are_in_their_order() -> None:
    found = children(marked(rich_workbook(), mark("C3")))
    assert found == sorted(found, key=WORKSHEET_ORDER.index)


@pytest.mark.parametrize(
    "after",
    ['<legacyDrawingHF r:id="x"/>', '<picture r:id="x"/>', "<oleObjects/>", "<controls/>", "<tableParts/>", "<extLst/>",
     '<mc:AlternateContent xmlns:mc="urn:m"><mc:Choice Requires="x14"><controls/></mc:Choice></mc:AlternateContent>'],
)  # fmt: skip
def test_the_boxes_are_referred_to_before_what_comes_after(after: str) -> None:
    rules = '<conditionalFormatting sqref="A1"><cfRule type="dataBar"><extLst/></cfRule></conditionalFormatting>'
    data = by_hand(worksheet(f'<sheetData/>{rules}<pageMargins left="1"/><drawing r:id="d"/>{after}'))
    name = re.findall(r"\w+", after)[0]
    following = "AlternateContent" if name == "mc" else name
    assert children(marked(data, mark())) == [
        "sheetData", "conditionalFormatting", "pageMargins", "drawing", "legacyDrawing", following,
    ]  # fmt: skip


# Cells that are not there yet ------------------------------------------------------------------------------

ROWS = '<row r="3" spans="2:4"><c r="B3"><v>1</v></c><c r="D3"><v>2</v></c></row><row r="5"/><row r="7"></row>'


@pytest.mark.parametrize("cell", ["A1", "A3", "B3", "C3", "E3", "C4", "B5", "B6", "B7", "D9"])
def test_a_cell_is_put_in_its_place(cell: str) -> None:
    found = addresses(marked(by_hand(worksheet(f"<sheetData>{ROWS}</sheetData>")), mark(cell)))
    assert found == sorted({"B3", "D3", cell}, key=lambda address: (int(address[1:]), address[0]))


def test_many_cells_are_put_in_their_places() -> None:
    cells = ["A1", "C1", "A3", "C3", "E3", "F3", "A4", "B5", "C5", "A7", "A8", "B8"]
    data = by_hand(worksheet(f"<sheetData>{ROWS}</sheetData>"))
    found = addresses(marked(data, *map(mark, reversed(cells))))
    assert found == sorted({"B3", "D3", *cells}, key=lambda address: (int(address[1:]), address[0]))


def test_rows_are_in_order_after_rows_are_put_in() -> None:
    data = by_hand(worksheet(f"<sheetData>{ROWS}</sheetData>"))
    after = parts(marked(data, mark("A1"), mark("A4"), mark("A9")))[SHEET_PART].decode()
    assert re.findall(r'<row r="(\d+)"', after) == ["1", "3", "4", "5", "7", "9"]


def test_a_row_does_not_say_that_it_spans_fewer_columns_than_it_has() -> None:
    after = parts(marked(by_hand(worksheet(f"<sheetData>{ROWS}</sheetData>")), mark("F3")))[SHEET_PART]
    assert b"spans" not in after


def test_rows_and_cells_without_numbers_are_counted() -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    after = marked(by_hand(worksheet(f"<sheetData>{rows}</sheetData>")), mark("B1"), mark("C2"))
    assert re.sub(r' s="\d+"', " s", parts(after)[SHEET_PART].decode().partition("<sheetData>")[2]).startswith(
        '<row><c><v>1</v></c><c s><v>2</v></c></row><row><c><v>3</v></c><c r="C2" s/></row>'
    )


@pytest.mark.parametrize("rows", ["<sheetData/>", "<sheetData></sheetData>", "<sheetData >\n</sheetData>", ""])
def test_a_sheet_without_rows_gets_them(rows: str) -> None:
    data = by_hand(worksheet(f'<sheetFormatPr defaultRowHeight="15"/>{rows}<pageMargins left="1"/>'))
    after = marked(data, mark("B2"))
    assert (addresses(after), children(after)) == (
        ["B2"], ["sheetFormatPr", "sheetData", "pageMargins", "legacyDrawing"],
    )  # fmt: skip


def test_a_new_cell_looks_as_its_column_does() -> None:
    book = opened(budget(A1="Projekt"))
    book["Budget"].column_dimensions["D"].number_format = "#,##0 kr"
    assert opened(marked(saved(book), mark("D7")))["Budget"]["D7"].number_format == "#,##0 kr"


def test_a_new_cell_looks_as_its_row_does() -> None:
    book = opened(budget(A7="Projekt"))
    book["Budget"].column_dimensions["D"].number_format = "#,##0 kr"
    book["Budget"].row_dimensions[7].number_format = "0%"
    assert opened(marked(saved(book), mark("D7")))["Budget"]["D7"].number_format == "0%"


# Other ways to write a workbook ----------------------------------------------------------------------------

CELLS = '<row r="2"><c r="B2"><v>12</v></c></row>'


def test_a_sheet_with_prefixed_names_is_marked() -> None:
    rows = '<x:row r="2"><x:c r="B2"><x:v>12</x:v></x:c></x:row>'
    data = by_hand(f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>')
    after = marked(data, mark("B2"), mark("C2"), mark("A9"))
    assert (read_workbook(after), list(said(after)), hue(after, "C2")) == (
        read_workbook(data),
        ["B2", "C2", "A9"],
        "red",
    )


def test_a_strict_workbook_is_marked_in_its_own_terms() -> None:
    sheet = f'<worksheet xmlns="{STRICT}"><sheetData>{CELLS}</sheetData></worksheet>'
    content = parts(marked(by_hand(sheet, STRICT, OFFICE_STRICT), mark()))
    strict = [OFFICE_STRICT in content[path].decode() for path in (SHEET_PART, "xl/worksheets/_rels/sheet1.xml.rels")]
    assert (strict, STRICT in content["xl/comments1.xml"].decode()) == ([True, True], True)


def test_a_sheet_with_an_absolute_target_is_found() -> None:
    data = by_hand(worksheet(f"<sheetData>{CELLS}</sheetData>"), target="/xl/worksheets/sheet1.xml")
    assert hue(marked(data, mark()), "B2") == "red"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_a_sheet_in_another_encoding_is_marked(encoding: str) -> None:
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    cells = CELLS.replace("</row>", '<c r="C2" t="inlineStr"><is><t>å</t></is></c></row>')
    declared = f'<?xml version="1.0" encoding="{name}"?>' + worksheet(f"<sheetData>{cells}</sheetData>")
    data = by_hand(declared.encode(encoding))
    after = marked(data, mark(), mark("D2"))
    assert (read_workbook(after), addresses(after)) == (read_workbook(data), ["B2", "C2", "D2"])


def test_quoted_and_commented_text_is_not_taken_for_cells() -> None:
    rows = (
        """<!-- <c r="B2"> --><row r='2'><c r='A2' t="str"><v><![CDATA[<c r="B2">]]></v></c>"""
        """<c t='n' r='B2'  s = '0' ><v>12</v></c></row>"""
    )
    data = by_hand(worksheet(f"<sheetData>{rows}</sheetData>"))
    after = marked(data, mark())
    assert (read_workbook(after), hue(after, "B2")) == (read_workbook(data), "red")


def test_a_workbook_that_does_not_say_its_types_is_marked() -> None:
    content = parts(by_hand(worksheet(f"<sheetData>{CELLS}</sheetData>")))
    del content["[Content_Types].xml"]
    after = parts(marked(zipped(content), mark()))
    assert set(after) - set(content) >= {"xl/styles.xml", "xl/comments1.xml"}


def test_a_workbook_without_styles_gets_them() -> None:
    after = marked(by_hand(worksheet(f"<sheetData>{CELLS}</sheetData>")), mark())
    assert (hue(after, "B2"), hue(after, "A1")) == ("red", "none")


# Files that are refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        budget(B2=12)[:-30],
        zipped({"a.txt": "a"}),
        by_hand(worksheet("<sheetData>")),
        by_hand("<worksheet/>"),
        by_hand(f'<!DOCTYPE worksheet [<!ENTITY a "b">]>{worksheet("<sheetData/>")}'),
        with_part(budget(B2=12), "xl/styles.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        with_part(commented(), "xl/comments/comment1.xml", "<comments"),
    ],
    ids=[
        "empty",
        "stub",
        "cut off",
        "no workbook",
        "no end",
        "no content",
        "entities",
        "entities in styles",
        "comments",
    ],
)
def test_a_damaged_file_is_refused_with_a_finding(data: bytes) -> None:
    with pytest.raises(ImportRefused) as refused:
        marked(data, mark())
    assert [found.kind for found in refused.value.findings] == ["damaged_file"]


def test_marking_loads_no_heavy_library() -> None:
    code = "import sys, fou.imports.files.annotate; print({'pandas', 'duckdb', 'streamlit'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


# What was a text file --------------------------------------------------------------------------------------


def table(*rows: dict[int, str | Decimal | bool | date], name: str = "Budget") -> Workbook:
    return Workbook((Sheet(name, [(number, dict(cells)) for number, cells in enumerate(rows, 1)]),))


def test_a_table_has_the_same_cells_as_the_text_file() -> None:
    before = table({1: "Projekt", 2: Decimal("12.50")}, {2: date(2014, 10, 31), 3: True, 4: "0123", 5: "å\nä"})
    assert read_workbook(annotated_table(before, [])).sheets[0].rows == before.sheets[0].rows


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("a")', "+1", "-1", "@SUM(A1)", "{=1}", "http://a.se"])
def test_text_never_acts_as_a_formula_or_a_link(text: str) -> None:
    cell = opened(annotated_table(table({1: text}), [mark("A1")]))["Budget"]["A1"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_text_stays_text_when_somebody_edits_the_cell(text: str) -> None:
    assert opened(annotated_table(table({1: text}), []))["Budget"]["A1"].quotePrefix


def test_digits_that_a_number_cannot_hold_stay_text() -> None:
    long = Decimal("12345678901234567890")
    assert opened(annotated_table(table({1: long}), []))["Budget"]["A1"].value == "12345678901234567890"


def test_a_table_is_marked_as_a_workbook_is() -> None:
    after = annotated_table(table({1: "Projekt"}, {2: "tolv"}), [mark()])
    assert (said(after), hue(after, "B2")) == ({"B2": "Fel: här står tolv."}, "red")


@pytest.mark.parametrize("name", ["", "ett/två:tre?", "x" * 40, "'a'", "History"])
def test_a_table_may_have_any_name(name: str) -> None:
    book = opened(annotated_table(table({2: "tolv"}, name=name), [mark("B1", sheet=name)]))
    assert comments(book.worksheets[0]) == {"B1": ("Fou", "Fel: här står tolv.")}


# Any workbook ----------------------------------------------------------------------------------------------

PLACES = st.tuples(st.integers(1, 12), st.integers(1, 8))
VALUES = st.one_of(
    st.integers(-(10**9), 10**9), st.booleans(), st.sampled_from(["=A1+1", "=1/0", "#REF!", "text", "ej fastställt"])
)


@given(
    cells=st.dictionaries(PLACES, VALUES, max_size=25),
    filled=st.sets(PLACES, max_size=8),
    first=st.dictionaries(PLACES, st.sampled_from(Severity), max_size=12),
    second=st.dictionaries(PLACES, st.sampled_from(Severity), max_size=12),
)
@settings(max_examples=20, deadline=None)
def test_values_stay_and_each_mark_has_its_comment_also_the_second_time(
    cells: dict[tuple[int, int], int | bool | str],
    filled: set[tuple[int, int]],
    first: dict[tuple[int, int], Severity],
    second: dict[tuple[int, int], Severity],
) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Budget"
    for place, value in cells.items():
        book.active.cell(*place, value)
    for place in filled:
        book.active.cell(*place).fill = PatternFill("solid", fgColor="AABBCC")
    before = saved(book)

    once = marked(before, *(mark(cell_address(*place), severity=severity) for place, severity in first.items()))
    twice = marked(once, *(mark(cell_address(*place), severity=severity) for place, severity in second.items()))

    assert read_workbook(twice) == read_workbook(before)
    assert set(said(once)) == {cell_address(*place) for place in first}
    assert set(said(twice)) == {cell_address(*place) for place in second}
    assert {place for place in filled if colour(twice, cell_address(*place)) == "AABBCC"} == filled - set(second)
    assert all(colour(twice, cell_address(*place)) for place in second)
    assert addresses(twice) == sorted(addresses(twice), key=lambda address: (int(address[1:]), address[0]))
