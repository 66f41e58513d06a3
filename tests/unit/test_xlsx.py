"""Reading workbooks: what the cells give, and every kind of file that is refused."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import quoteattr

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from fou.errors import ImportRefused
from fou.imports.files.cells import Broken, Sheet, Value, cell_address, column_letters
from fou.imports.files.limits import Limits
from fou.imports.files.stored import day_of
from fou.imports.files.xlsx import read_workbook
from fou.imports.findings import Finding

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
BUDGET_PART = "xl/worksheets/sheet1.xml"

# Workbooks made by hand ------------------------------------------------------------------------------------


def relations(*types_and_targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{type_}" Target="{target}"/>'
        for number, (type_, target) in enumerate(types_and_targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{listed}</Relationships>'


def worksheet(rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def parts_of(rows: str = "", strings: str = "", sheet: str = '<sheet name="Budget" sheetId="1" r:id="r1"/>',
             properties: str = "") -> dict[str, str]:  # fmt: skip
    """The parts of a workbook with the one sheet Budget, each as its text."""
    return {
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}'
        f"<sheets>{sheet}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        BUDGET_PART: worksheet(rows),
    }


def zipped(parts: dict[str, str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for path, text in parts.items():
            archive.writestr(path, text)
    return buffer.getvalue()


def zipped_with_long_part(path: str, pieces: Iterable[bytes]) -> bytes:
    """A workbook of which one part is written piece by piece, so that it may be very long."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for other, text in parts_of().items():
            if other != path:
                archive.writestr(other, text)
        with archive.open(path, "w") as part:
            for piece in pieces:
                part.write(piece)
    return buffer.getvalue()


def compound(stream: str, contents: bytes = b"") -> bytes:
    """A compound file, as old Excel and encryption write them, with one stream."""
    name = stream.encode("utf-16-le")
    record = name.ljust(64, b"\0") + struct.pack("<H", len(name) + 2) + bytes(62)
    return (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + contents).ljust(512, b"\0") + record


def cells_of(rows: str, strings: str = "") -> dict[str, Value]:
    """The cells of the sheet, by address."""
    (sheet,) = read_workbook(zipped(parts_of(rows, strings))).sheets
    return {cell_address(row, column): value for row, cells in sheet.rows for column, value in cells.items()}


def cell(xml: str, strings: str = "") -> Value | None:
    """What the cell A1 with this XML gives; None if it is absent."""
    return cells_of(f'<row r="1">{xml}</row>', strings).get("A1")


def refusal(source: bytes | Path, limits: Limits | None = None) -> Finding:
    """The one finding that the file is refused with."""
    with pytest.raises(ImportRefused) as refused:
        read_workbook(source, "budget.xlsx", limits or Limits())
    (finding,) = refused.value.findings
    return finding


# What cells give -------------------------------------------------------------------------------------------


def test_a_workbook_from_openpyxl_gives_its_cells_by_row_and_column(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Budget"
    book.active["A1"], book.active["D7"] = "Projekt", 2310000.5
    book.save(tmp_path / "budget.xlsx")

    (sheet,) = read_workbook(tmp_path / "budget.xlsx").sheets

    assert (sheet.name, sheet.rows) == ("Budget", [(1, {1: "Projekt"}), (7, {4: Decimal("2310000.5")})])


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("2310000", "2310000"),
        ("0.30000000000000004", "0.3"),
        ("1234567.8900000001", "1234567.89"),
        ("12345678901234567", "12345678901234600"),
        ("1E+20", "100000000000000000000"),
        ("1.5E-3", "0.0015"),
        ("-0", "0"),
        ("007", "7"),
        (" 5 ", "5"),
    ],
)
def test_a_number_has_the_digits_that_excel_shows(stored: str, read: str) -> None:
    assert str(cell(f'<c r="A1"><v>{stored}</v></c>')) == read


@pytest.mark.parametrize("stored", ["nan", "inf", "1E+999", "1_000", "0x10", "fem"])
def test_a_number_that_is_none_is_broken(stored: str) -> None:
    assert cell(f'<c r="A1"><v>{stored}</v></c>') == Broken("error", stored)


def test_a_shared_text_is_looked_up() -> None:
    assert cell('<c r="A1" t="s"><v>1</v></c>', "<si><t>a</t></si><si><t>b</t></si>") == "b"


def test_the_runs_of_a_rich_text_are_joined() -> None:
    assert cell('<c r="A1" t="s"><v>0</v></c>', "<si><r><t>För</t></r><r><t>studie</t></r></si>") == "Förstudie"


def test_phonetic_runs_are_left_out() -> None:
    assert cell('<c r="A1" t="s"><v>0</v></c>', '<si><t>bas</t><rPh sb="0" eb="1"><t>ljud</t></rPh></si>') == "bas"


def test_an_inline_text_is_read() -> None:
    assert cell('<c r="A1" t="inlineStr"><is><r><t>a </t></r><r><t>b</t></r></is></c>') == "a b"


def test_blanks_around_a_text_are_kept() -> None:
    assert cell('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>') == " a "


@pytest.mark.parametrize(
    "xml",
    [
        '<c r="A1" s="3"/>',
        '<c r="A1"><v></v></c>',
        '<c r="A1" t="inlineStr"><is><t> \u00a0\n</t></is></c>',
        '<c r="A1" t="s"><v>0</v></c>',
        '<c r="A1" t="str"><f>IF(B1,B1,"")</f><v></v></c>',
    ],
)
def test_a_cell_with_nothing_to_see_is_absent(xml: str) -> None:
    assert cell(xml, "<si><t>  </t></si>") is None


@pytest.mark.parametrize(("stored", "value"), [("1", True), ("0", False)])
def test_a_truth_value_is_read(stored: str, value: bool) -> None:
    assert cell(f'<c r="A1" t="b"><v>{stored}</v></c>') is value


def test_a_date_stored_as_text_is_a_date() -> None:
    assert cell('<c r="A1" t="d"><v>2014-10-01T00:00:00</v></c>') == date(2014, 10, 1)


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("yyyy-mm-dd", date(2013, 5, 1)),
        ("d mmmm yyyy", date(2013, 5, 1)),
        ("#,##0", Decimal(41395)),
        ('#,##0 "kr"', Decimal(41395)),
        ('0" dagar"', Decimal(41395)),
        ("[Red]0.00", Decimal(41395)),
        ("h:mm", Decimal(41395)),
    ],
)
def test_a_number_that_is_shown_as_a_day_is_that_day(code: str, read: Value) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = 41395
    book.active["A1"].number_format = code
    buffer = BytesIO()
    book.save(buffer)

    (sheet,) = read_workbook(buffer.getvalue()).sheets

    assert sheet.rows == [(1, {1: read})]


def test_an_error_is_broken() -> None:
    assert cell('<c r="A1" t="e"><f>B1</f><v>#REF!</v></c>') == Broken("error", "#REF!")


def test_a_calculated_formula_gives_its_value() -> None:
    assert cell('<c r="A1"><f>B1+C1</f><v>5</v></c>') == Decimal(5)


def test_a_formula_that_was_never_calculated_is_broken() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "=B1+C1"
    buffer = BytesIO()
    book.save(buffer)

    (sheet,) = read_workbook(buffer.getvalue()).sheets

    assert sheet.rows == [(1, {1: Broken("formula", "=B1+C1")})]


def test_a_shared_formula_without_value_tells_where_the_formula_stands() -> None:
    cells = cells_of(
        '<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:A2">B1*2</f><v>4</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/></c></row>'
    )
    assert cells["A2"] == Broken("formula", "samma formel som i A1")


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("a_x000D_&#10;b", "a\nb"),
        ("a_x000a_b", "a\nb"),
        ("_x005F_x000D_", "_x000D_"),
        ("_xD83D__xDE00_", "\U0001f600"),
        ("a_xD83D_b", "ab"),
        ("a_x0000_b_x0007_", "ab"),
        ("a\u0085b", "ab"),
        ("min_xyz_fil", "min_xyz_fil"),
    ],
)
def test_escapes_are_resolved_and_control_characters_dropped(stored: str, read: str) -> None:
    assert cell(f'<c r="A1" t="inlineStr"><is><t>{stored}</t></is></c>') == read


def test_rows_and_cells_without_addresses_follow_each_other() -> None:
    cells = cells_of("<row><c><v>1</v></c><c/><c><v>3</v></c></row><row><c><v>4</v></c></row>")
    assert cells == {"A1": Decimal(1), "C1": Decimal(3), "A2": Decimal(4)}


def test_prefixed_tags_of_the_strict_format_are_read() -> None:
    parts = parts_of()
    parts[BUDGET_PART] = (
        '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>'
        '<x:row r="2"><x:c r="B2"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    (sheet,) = read_workbook(zipped(parts)).sheets
    assert sheet.rows == [(2, {2: Decimal(7)})]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_read_and_flagged(state: str) -> None:
    sheet = f'<sheet name="Gömt" sheetId="1" state="{state}" r:id="r1"/>'
    (read,) = read_workbook(zipped(parts_of(sheet=sheet))).sheets
    assert (read.name, read.hidden) == ("Gömt", True)


@pytest.mark.parametrize(("properties", "from_1904"), [('<workbookPr date1904="1"/>', True), ("<workbookPr/>", False)])
def test_the_epoch_of_the_dates_is_told(properties: str, from_1904: bool) -> None:
    assert read_workbook(zipped(parts_of(properties=properties))).date1904 is from_1904


def test_a_sheet_with_only_a_chart_is_left_out() -> None:
    parts = parts_of(sheet='<sheet name="Budget" sheetId="1" r:id="r1"/><sheet name="Diagram" sheetId="2" r:id="r2"/>')
    parts["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml"), ("chartsheet", "chartsheets/sheet1.xml")
    )
    assert [sheet.name for sheet in read_workbook(zipped(parts)).sheets] == ["Budget"]


def test_a_part_may_be_named_from_the_root_and_in_other_case() -> None:
    parts = parts_of('<row r="1"><c r="A1"><v>1</v></c></row>')
    parts["xl/_rels/workbook.xml.rels"] = relations(("worksheet", "/xl/Worksheets/Sheet1.xml"))
    (sheet,) = read_workbook(zipped(parts)).sheets
    assert sheet.rows == [(1, {1: Decimal(1)})]


@pytest.mark.parametrize(("column", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (16384, "XFD")])
def test_columns_are_named_as_in_excel(column: int, letters: str) -> None:
    assert column_letters(column) == letters


# What else a sheet tells -----------------------------------------------------------------------------------


def sheet_of(rows: str, before: str = "", after: str = "", formats: tuple[str, ...] = ()) -> Sheet:
    """The sheet with these rows and what stands before and after them; style 1 has the first of the formats."""
    parts = parts_of()
    parts[BUDGET_PART] = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    codes = "".join(f'<numFmt numFmtId="{n}" formatCode={quoteattr(code)}/>' for n, code in enumerate(formats, 164))
    styles = "".join(f'<xf numFmtId="{n}"/>' for n in (0, *range(164, 164 + len(formats))))
    parts["xl/styles.xml"] = (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>'
    )
    parts["xl/_rels/workbook.xml.rels"] = relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"))
    (sheet,) = read_workbook(zipped(parts)).sheets
    return sheet


@pytest.mark.parametrize("how", ['hidden="1"', 'hidden="true"', 'ht="0" customHeight="1"'])
def test_a_hidden_row_is_read_and_told(how: str) -> None:
    sheet = sheet_of(f'<row r="3" {how}><c r="A3"><v>1</v></c></row>')
    assert (sheet.rows, sheet.hidden_rows) == ([(3, {1: Decimal(1)})], {3})


@pytest.mark.parametrize("how", ['hidden="0"', 'ht="15"', 'outlineLevel="1" collapsed="1"'])
def test_a_row_that_can_be_seen_is_not_hidden(how: str) -> None:
    assert sheet_of(f'<row r="3" {how}><c r="A3"><v>1</v></c></row>').hidden_rows == frozenset()


def test_a_hidden_row_with_nothing_in_it_does_not_matter() -> None:
    assert sheet_of('<row r="3" hidden="1"><c r="A3"/></row>').hidden_rows == frozenset()


@pytest.mark.parametrize("how", ['hidden="1"', 'width="0" customWidth="1"'])
def test_hidden_columns_are_told(how: str) -> None:
    cols = f'<cols><col min="1" max="1" width="9"/><col min="3" max="5" {how}/></cols>'
    assert sheet_of("", before=cols).hidden_columns == {3, 4, 5}


def test_hidden_columns_end_where_columns_are_read() -> None:
    cols = '<cols><col min="199" max="16384" hidden="1"/></cols>'
    assert sheet_of("", before=cols).hidden_columns == {199, 200}


def test_merged_cells_are_told() -> None:
    merged = '<mergeCells><mergeCell ref="A1:D1"/><mergeCell ref="B2:B3"/><mergeCell ref="C3"/></mergeCells>'
    assert sheet_of("", after=merged).merged == ((1, 1, 1, 4), (2, 2, 3, 2))


def test_merged_cells_end_where_cells_are_read() -> None:
    merged = '<mergeCells><mergeCell ref="A1:XFD1048576"/><mergeCell ref="XFC1:XFD1"/></mergeCells>'
    assert sheet_of("", after=merged).merged == ((1, 1, 400_000, 200),)


def test_more_merged_cells_than_allowed_are_refused() -> None:
    parts = parts_of()
    areas = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 5))
    parts[BUDGET_PART] = f'<worksheet xmlns="{MAIN}"><sheetData/><mergeCells>{areas}</mergeCells></worksheet>'
    assert refusal(zipped(parts), Limits(max_merged=3)).kind == "too_many_merged"


def test_the_format_of_a_number_is_told_when_it_has_a_unit() -> None:
    rows = '<row r="2"><c r="A2" s="1"><v>5</v></c><c r="B2"><v>5</v></c><c r="C2" s="2"><v>5</v></c></row>'
    assert sheet_of(rows, formats=('0,,"mnkr"', "0.00")).formats == {(2, 1): '0,,"mnkr"'}


def test_the_format_of_a_text_says_nothing() -> None:
    rows = '<row r="2"><c r="A2" s="1" t="str"><v>fem</v></c></row>'
    assert sheet_of(rows, formats=('0,,"mnkr"',)).formats == {}


def test_a_calculated_number_has_a_format_too() -> None:
    rows = '<row r="2"><c r="A2" s="1"><f>B2*2</f><v>5</v></c></row>'
    assert sheet_of(rows, formats=("0%",)).formats == {(2, 1): "0%"}


def test_a_cell_without_style_has_the_first_one() -> None:
    parts = parts_of('<row r="1"><c r="A1"><v>5</v></c></row>')
    parts["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="9"/></cellXfs></styleSheet>'
    parts["xl/_rels/workbook.xml.rels"] = relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"))
    (sheet,) = read_workbook(zipped(parts)).sheets
    assert sheet.formats == {(1, 1): "0%"}


def test_sums_are_told_and_have_their_values() -> None:
    sheet = sheet_of('<row r="9"><c r="B9"><f>SUM(B2:B8)</f><v>5</v></c><c r="C9"><f>B9*2</f><v>10</v></c></row>')
    assert (sheet.sums, sheet.rows) == ({(9, 2): "SUM(B2:B8)"}, [(9, {2: Decimal(5), 3: Decimal(10)})])


def test_a_sum_that_was_never_calculated_is_told_and_broken() -> None:
    sheet = sheet_of('<row r="9"><c r="B9"><f>SUBTOTAL(9,B2:B8)</f></c></row>')
    assert sheet.sums == {(9, 2): "SUBTOTAL(9,B2:B8)"}
    assert sheet.rows == [(9, {2: Broken("formula", "=SUBTOTAL(9,B2:B8)")})]


def test_a_shared_sum_is_told_as_it_reads_in_each_cell() -> None:
    sheet = sheet_of(
        '<row r="9"><c r="B9"><f t="shared" si="0" ref="B9:D9">SUM(B2:B8)</f><v>5</v></c>'
        '<c r="D9"><f t="shared" si="0"/><v>6</v></c></row>'
    )
    assert sheet.sums == {(9, 2): "SUM(B2:B8)", (9, 4): "SUM(D2:D8)"}


def test_a_formula_longer_than_any_in_excel_is_not_kept() -> None:
    sheet = sheet_of(f'<row r="1"><c r="A1"><f>SUM({"A1," * 3000}A1)</f><v>5</v></c></row>')
    assert (sheet.sums, sheet.rows) == ({}, [(1, {1: Decimal(5)})])


@pytest.mark.parametrize("date1904", [False, True])
@pytest.mark.parametrize(
    "number", ["1", "1.5", "59", "59.9", "60", "61", "366", "41395", "41395.9999999999", "2950000.25"]
)
def test_days_are_counted_as_openpyxl_counts_them(number: str, date1904: bool) -> None:
    expected = from_excel(float(number), CALENDAR_MAC_1904 if date1904 else CALENDAR_WINDOWS_1900)
    assert day_of(Decimal(number), date1904) == expected.date()


@pytest.mark.parametrize("number", ["-1", "0", "0.5", "2958466", "1E+20"])
def test_a_number_that_excel_shows_no_day_for_has_none(number: str) -> None:
    assert day_of(Decimal(number)) is None


def with_blank_rows(number: int) -> bytes:
    """A workbook with 5 in A1, and so many blank formatted rows below."""
    before, _, after = worksheet("|").encode().partition(b"|")

    def pieces() -> Iterable[bytes]:
        yield before + b'<row r="1"><c r="A1"><v>5</v></c></row>'
        for start in range(2, number + 2, 1000):
            yield b"".join(b'<row r="%d" s="1"/>' % row for row in range(start, start + 1000))
        yield after

    return zipped_with_long_part(BUDGET_PART, pieces())


def test_a_million_blank_rows_are_passed() -> None:
    (sheet,) = read_workbook(with_blank_rows(1_000_000)).sheets
    assert sheet.rows == [(1, {1: Decimal(5)})]


def test_blank_rows_take_no_memory() -> None:
    data = with_blank_rows(50_000)
    tracemalloc.start()
    read_workbook(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


# Files that are no workbooks -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (b"", "empty_file", "0 byte"),
        (compound("Workbook"), "old_format", ".xls"),
        (compound("EncryptedPackage"), "password", "lösenord"),
        (compound("WordDocument"), "other_document", "Word"),
        ("Projekt;Belopp\nP1;5\nÅ;6".encode("cp1252"), "text", "CSV"),
        ("Projekt\tBelopp".encode("utf-16"), "text", "CSV"),
        (b"\xef\xbb\xbfProjekt;Belopp", "text", "CSV"),
        (b"\n<html><body><table><tr><td>5</td></tr></table>", "html", "HTML"),
        (b"<table border=1><tr><td>5", "html", "HTML"),
        (b'<?xml?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
         "xml_2003", "2003"),
        (b"%PDF-1.7\n\xb5\xed", "pdf", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_a_workbook", "annat slag"),
        (zipped({"mimetype": "application/vnd.oasis", "content.xml": "<a/>"}), "open_document", ".ods"),
        (zipped({"_rels/.rels": relations(("officeDocument", "xl/workbook.bin")), "xl/workbook.bin": "x"}),
         "binary_workbook", ".xlsb"),
        (zipped({"_rels/.rels": relations(("officeDocument", "word/document.xml")), "word/document.xml": ""}),
         "other_document", "Word"),
        (zipped({"bild.png": "x"}), "not_a_workbook", "zip"),
    ],
)  # fmt: skip
def test_another_kind_of_file_is_called_what_it_is(data: bytes, kind: str, words: str) -> None:
    finding = refusal(data)
    assert finding.kind == kind
    assert words in finding.found


def test_an_old_workbook_that_speaks_of_encryption_is_not_taken_for_encrypted() -> None:
    assert refusal(compound("Workbook", "om EncryptedPackage\0".encode("utf-16-le"))).kind == "old_format"


def test_a_workbook_with_a_password_says_how_to_take_it_away() -> None:
    assert "Kryptera med lösenord, töm rutan" in refusal(compound("EncryptedPackage")).help


def test_the_refusal_names_the_file_in_swedish() -> None:
    with pytest.raises(ImportRefused, match=r"^budget\.xlsx är tom\.$"):
        read_workbook(b"", "budget.xlsx")


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "saknas.xlsx").kind == "unreadable_file"


def test_a_zip_file_with_a_password_is_refused() -> None:
    data = bytearray(zipped(parts_of()))
    flags = data.rindex(b"PK\x01\x02") + 8
    data[flags] |= 1
    assert refusal(bytes(data)).kind == "password"


# Damaged workbooks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_file_that_was_cut_off_is_damaged(kept: float) -> None:
    data = zipped(parts_of())
    assert refusal(data[: int(len(data) * kept)]).kind == "damaged_file"


@pytest.mark.parametrize("missing", ["_rels/.rels", "xl/workbook.xml", "xl/sharedStrings.xml", BUDGET_PART])
def test_a_missing_part_is_damage(missing: str) -> None:
    parts = parts_of()
    del parts[missing]
    parts["xl/styles.xml"] = "<a/>"
    assert refusal(zipped(parts)).kind == "damaged_file"


def test_a_missing_sheet_is_named() -> None:
    parts = parts_of()
    del parts[BUDGET_PART]
    assert refusal(zipped(parts)).sheet == "Budget"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_is_there_twice_is_damage() -> None:
    buffer = BytesIO(zipped(parts_of('<row r="1"><c r="A1"><v>1</v></c></row>')))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(BUDGET_PART, worksheet('<row r="1"><c r="A1"><v>2</v></c></row>'))
    assert "två gånger" in refusal(buffer.getvalue()).found


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"/><row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="B1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="1"><c r="a1"><v>1</v></c></row>',
        '<row r="1"><c r="1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="ett"/>',
        '<row r="1"><c r="A1"><v>1</v></row>',
        "&nbsp;",
        "<a>" * 200 + "</a>" * 200,
        '<row r="1">' + "<c>" * 200 + "</c>" * 200 + "</row>",
    ],
)
def test_cells_that_contradict_each_other_are_damage(rows: str) -> None:
    assert refusal(zipped(parts_of(rows))).kind == "damaged_file"


def test_two_sheets_with_the_same_contents_part_are_damage() -> None:
    sheet = '<sheet name="A" sheetId="1" r:id="r1"/><sheet name="B" sheetId="2" r:id="r1"/>'
    assert refusal(zipped(parts_of(sheet=sheet))).sheet == "B"


def test_a_garbled_part_is_damage() -> None:
    data = bytearray(zipped(parts_of("<row/>" * 500)))
    start = data.index(BUDGET_PART.encode()) + len(BUDGET_PART)
    data[start : start + 20] = bytes(20)
    assert refusal(bytes(data)).kind == "damaged_file"


def test_a_packing_method_that_excel_does_not_use_is_refused() -> None:
    assert refusal(zipped(parts_of(), zipfile.ZIP_LZMA)).kind == "damaged_file"


@pytest.mark.parametrize("step", range(7))
def test_a_file_with_any_byte_changed_is_read_or_refused(step: int) -> None:
    data = zipped(parts_of('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', "<si><t>a</t></si>"))
    outcomes = set()
    for position in range(step, len(data), 7):
        changed = bytearray(data)
        changed[position] ^= 0xFF
        try:
            outcomes.add(type(read_workbook(bytes(changed))).__name__)
        except ImportRefused:
            outcomes.add("refused")
    assert outcomes <= {"Workbook", "refused"}


# Hostile and oversized workbooks ---------------------------------------------------------------------------


def external_entity() -> str:
    return '<!DOCTYPE a [<!ENTITY secret SYSTEM "file:///etc/hostname">]>' + worksheet(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&secret;</t></is></c></row>'
    )


def billion_laughs() -> str:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f"<!DOCTYPE a [{entities}]>" + worksheet('<row r="1"><c r="A1"><v>&a9;</v></c></row>')


def external_document_type() -> str:
    return f'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">{worksheet("")}'


@pytest.mark.parametrize("hostile", [external_entity(), billion_laughs(), external_document_type()])
@pytest.mark.parametrize("path", list(parts_of()))
def test_document_types_and_entities_are_refused_in_every_part(hostile: str, path: str) -> None:
    parts = parts_of()
    parts[path] = hostile
    assert refusal(zipped(parts)).kind == "forbidden_xml"


def test_a_zip_bomb_is_stopped_while_it_unpacks() -> None:
    bomb = zipped_with_long_part(BUDGET_PART, (b" " * 1_000_000 for _ in range(300)))
    tracemalloc.start()
    finding = refusal(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert finding.kind == "zip_bomb"
    assert peak < 10_000_000


def test_unpacked_bytes_are_limited_in_all_parts_together() -> None:
    parts = parts_of(rows="\n" * 600, strings="\n" * 600)
    assert refusal(zipped(parts), Limits(max_unpacked_bytes=2000)).kind == "zip_bomb"


def with_claimed_size(data: bytes, path: str, claimed: int, crc: int | None = None) -> bytes:
    """The zip file with another unpacked size (and checksum) in the directory's record of a part."""
    changed = bytearray(data)
    record = changed.rindex(path.encode()) - 46
    assert changed[record : record + 4] == b"PK\x01\x02"
    struct.pack_into("<I", changed, record + 24, claimed)
    if crc is not None:
        struct.pack_into("<I", changed, record + 16, crc)
    return bytes(changed)


def test_a_part_larger_than_it_claims_is_not_unpacked_beyond_its_claim() -> None:
    sheet = worksheet('<row r="1"><c r="A1"><v>1</v></c></row>')
    parts = parts_of()
    parts[BUDGET_PART] = sheet + " " * 30_000_000 + "<!-- more -->"
    small = with_claimed_size(zipped(parts), BUDGET_PART, len(sheet), zlib.crc32(sheet.encode()))
    (read,) = read_workbook(small).sheets
    assert read.rows == [(1, {1: Decimal(1)})]


def test_a_part_cut_short_by_its_claim_is_damage() -> None:
    parts = parts_of('<row r="1"><c r="A1"><v>1</v></c></row>')
    assert refusal(with_claimed_size(zipped(parts), BUDGET_PART, 100)).kind == "damaged_file"


def test_a_part_that_claims_too_much_is_refused_before_it_is_unpacked() -> None:
    assert refusal(with_claimed_size(zipped(parts_of()), BUDGET_PART, 0xFFFFFFF0)).kind == "zip_bomb"


def test_a_tag_without_end_is_refused() -> None:
    pieces = [b'<worksheet a="', *[b"x" * 500_000] * 6, b'"/>']
    assert "lång tagg" in refusal(zipped_with_long_part(BUDGET_PART, pieces)).found


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    assert refusal(zipped(parts_of()), Limits(max_file_bytes=100)).kind == "too_large"


def test_a_lone_cell_far_away_is_told_by_its_address() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    finding = refusal(zipped(parts_of(rows)))
    assert (finding.kind, finding.place) == ("far_cell", "Budget \u203a XFD1048576")


def test_a_lone_cell_far_down_is_told_by_its_address() -> None:
    assert refusal(zipped(parts_of('<row r="1048576"><c r="B1048576"><v>1</v></c></row>'))).cell == "B1048576"


def test_a_blank_cell_far_away_does_not_matter() -> None:
    assert cells_of('<row r="1048576"><c r="XFD1048576" s="1"/></row>') == {}


def test_the_last_column_is_read() -> None:
    assert cells_of('<row r="1"><c r="GR1"><v>1</v></c></row>') == {"GR1": Decimal(1)}


def test_the_column_after_the_last_is_refused() -> None:
    assert refusal(zipped(parts_of('<row r="1"><c r="GS1"><v>1</v></c></row>'))).cell == "GS1"


def test_as_many_rows_as_allowed_are_read() -> None:
    rows = "<row><c><v>1</v></c></row>" * 3 + "<row/>"
    (sheet,) = read_workbook(zipped(parts_of(rows)), limits=Limits(max_rows=3)).sheets
    assert len(sheet.rows) == 3


def test_one_row_more_than_allowed_is_refused() -> None:
    rows = "<row><c><v>1</v></c></row>" * 4
    assert refusal(zipped(parts_of(rows)), Limits(max_rows=3)).kind == "too_many_rows"


def test_more_cells_than_allowed_are_refused() -> None:
    rows = "<row><c><v>1</v></c><c><v>1</v></c></row>" * 3
    assert refusal(zipped(parts_of(rows)), Limits(max_cells=5)).kind == "too_many_cells"


def test_more_text_than_allowed_is_refused() -> None:
    rows = '<row><c t="str"><v>hundra</v></c><c t="str"><v>tecken</v></c></row>'
    assert refusal(zipped(parts_of(rows)), Limits(max_text=10)).kind == "too_large"


def test_more_sheets_than_allowed_are_refused() -> None:
    sheets = "".join(f'<sheet name="Blad {n}" sheetId="{n}" r:id="r1"/>' for n in range(1, 102))
    assert "101 blad" in refusal(zipped(parts_of(sheet=sheets))).found


def test_more_parts_than_allowed_are_refused() -> None:
    parts = parts_of() | {f"media/{number}": "" for number in range(30)}
    assert refusal(zipped(parts), Limits(max_parts=20)).kind == "too_large"
