"""Reading delimited text: which characters part the fields, which letters they hold, and what is refused."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from io import StringIO

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fou.errors import ImportRefused
from fou.imports.files.delimited import first_row, is_delimited, read_delimited
from fou.imports.files.limits import DEFAULT_LIMITS, Limits
from fou.imports.findings import Finding
from tests.conftest import ROOT

PLAN = [["Projekt", "2014", "2015"], ["Läxhjälp", "1,5", "2,5"], ["Öppen förskola", "3,25", "4"]]


def rows(data: bytes | str, name: str = "plan.csv") -> list[tuple[int, dict[int, object]]]:
    content = data.encode() if isinstance(data, str) else data
    return read_delimited(content, name).sheets[0].rows  # type: ignore[return-value]


def fields(data: bytes | str) -> list[list[object]]:
    """The rows that hold something, without their numbers."""
    return [list(cells.values()) for _, cells in rows(data)]


def refusal(data: bytes | str, limits: Limits = DEFAULT_LIMITS) -> Finding:
    with pytest.raises(ImportRefused) as refused:
        read_delimited(data.encode() if isinstance(data, str) else data, "plan.csv", limits)
    (finding,) = refused.value.findings
    return finding


# What parts the fields -------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_decimal_commas_do_not_part_fields(delimiter: str) -> None:
    assert fields("\n".join(delimiter.join(row) for row in PLAN)) == PLAN


def test_commas_part_fields_where_the_rows_agree_on_them() -> None:
    assert fields('Projekt,2014\nLäxhjälp,"1,5"\nFörskola; öppen,2') == [
        ["Projekt", "2014"],
        ["Läxhjälp", "1,5"],
        ["Förskola; öppen", "2"],
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,5;2,5\n3,5;4,5", [["1,5", "2,5"], ["3,5", "4,5"]]),
        ("100,200,300\n1,2,3", [["100", "200", "300"], ["1", "2", "3"]]),
        ("Belopp\n1,5\n2,5\n3,5", [["Belopp"], ["1,5"], ["2,5"], ["3,5"]]),
        ("Vård, omsorg; 5\nSkola, fritid; 6", [["Vård, omsorg", " 5"], ["Skola, fritid", " 6"]]),
        ("En kolumn\nutan mer", [["En kolumn"], ["utan mer"]]),
    ],
)
def test_commas_within_numbers_and_prose_are_told_from_those_that_part_fields(
    text: str, expected: list[list[str]]
) -> None:
    assert fields(text) == expected


def test_titles_with_commas_above_the_table_do_not_decide() -> None:
    text = "FoU-plan, förslag\nBelopp, tkr\nUtkast, maj\n\nProjekt;2014;2015\nA;1;2\nB;3;4\n"
    assert rows(text)[3:] == [
        (5, {1: "Projekt", 2: "2014", 3: "2015"}),
        (6, {1: "A", 2: "1", 3: "2"}),
        (7, {1: "B", 2: "3", 3: "4"}),
    ]


@pytest.mark.parametrize("line", ["sep=;\r\n", '"sep=;"\n', "SEP=;\n"])
def test_excels_separator_line_decides_and_is_no_row(line: str) -> None:
    assert rows(f"{line}a,b;c,d\n1,2;3,4") == [(1, {1: "a,b", 2: "c,d"}), (2, {1: "1,2", 2: "3,4"})]


# Letters, quotes and lines ---------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_swedish_letters_are_read_in_every_encoding(encoding: str) -> None:
    assert fields("Åtgärd;Ökning – 5 §\n1;2".encode(encoding)) == [["Åtgärd", "Ökning – 5 §"], ["1", "2"]]


def test_big_endian_utf_16_is_read() -> None:
    assert fields(b"\xfe\xff" + "Åtgärd;Ö".encode("utf-16-be")) == [["Åtgärd", "Ö"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read_as_one(end: str) -> None:
    assert rows(f'a;b{end}"rad 1{end}rad 2";c{end}') == [(1, {1: "a", 2: "b"}), (2, {1: "rad 1\nrad 2", 2: "c"})]


def test_quoted_fields_hold_delimiters_and_quotes() -> None:
    assert fields('a;b\n"1;2";"ett ""ord"""') == [["a", "b"], ["1;2", 'ett "ord"']]


def test_a_quote_within_an_unquoted_field_is_a_character() -> None:
    assert fields('Vara;Antal\nSkärm 19";5\nSkärm 21";6') == [["Vara", "Antal"], ['Skärm 19"', "5"], ['Skärm 21"', "6"]]


def test_text_after_a_closed_quote_is_kept() -> None:
    assert fields('a;b\n"Hej" du;1') == [["a", "b"], ["Hej du", "1"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_nuls_and_other_control_characters_are_left_out(encoding: str) -> None:
    assert fields("Proj\x00ekt;20\x0714\nA\x85;\x7f1".encode(encoding)) == [["Projekt", "2014"], ["A", "1"]]


def test_a_line_separator_of_unicode_does_not_end_a_row() -> None:
    assert fields("a;b\nett\u2028två;3") == [["a", "b"], ["ett\u2028två", "3"]]


def test_a_field_may_be_longer_than_128_kib() -> None:
    assert fields(f"a;b\n{'å' * 300_000};1")[1] == ["å" * 300_000, "1"]


def test_empty_and_blank_cells_are_absent_and_blank_rows_counted() -> None:
    assert rows("a;b;c\n;;\n\n1; ;3") == [(1, {1: "a", 2: "b", 3: "c"}), (4, {1: "1", 3: "3"})]


def test_the_sheet_is_called_as_the_file() -> None:
    assert [sheet.name for sheet in read_delimited(b"a;b", "FoU-plan 2014.csv").sheets] == ["FoU-plan 2014"]


def test_a_cell_may_hold_lines_with_delimiters() -> None:
    note = "se bilaga; sid 2\noch 3; 4"
    assert fields(f'a;b;c\n"{note}";1;2') == [["a", "b", "c"], [note, "1", "2"]]


# What is refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n ;; \n", b"\x00\x00"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data).kind == "empty_file"


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + b"a;b\n" * 99,
        b"%PDF-1.7\na;b",
        bytes(range(256)) * 20,
        b"\x89PNG\r\n\x1a\n",
        b"\n <html><body>a;b</body></html>",
        "a;b\n1;2".encode("utf-16-le"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert refusal(data).kind == "not_text"


@pytest.mark.parametrize(
    "data",
    [
        "Åtgärd;Öl;ä\n".encode() + b"\xe5;1\n",  # one letter of another encoding
        b"\xef\xbb\xbfa;b\n\xe5;1\n",
        b"a;b\n\x81\x8d;1\n",  # not in cp1252
        b"\xff\xfea",
    ],
)
def test_letters_that_cannot_be_read_are_refused(data: bytes) -> None:
    assert refusal(data).kind == "undecodable"


def test_the_line_with_letters_that_cannot_be_read_is_told() -> None:
    assert refusal("Åtgärd;Öl\nä;1\n".encode() + b"\xe5;1\n").cell == "filens rad 3"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('a;b;c\n1;2;3\n4;"5;6\n7;8;9\n', "B3"),  # open to the end
        ('a;b;c\n1;"Bröd;3\n4;"Ost";6\n', "B2"),  # closed by the next field's quote
        ('a;b;c\n1;"x;3\n4;y;6\n7;z";9\n', "B2"),  # closed by a stray quote far below
    ],
)
def test_a_quote_that_swallows_rows_is_refused_where_it_begins(text: str, cell: str) -> None:
    finding = refusal(text)
    assert (finding.kind, finding.cell) == ("open_quote", cell)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(max_file_bytes=10),
        Limits(max_rows=2),
        Limits(max_columns=1),
        Limits(max_cells=5),
    ],
)
def test_a_file_beyond_a_limit_is_refused(limits: Limits) -> None:
    assert refusal("a;b\nc;d\ne;f", limits).kind == "too_large"


def test_only_what_holds_something_counts_against_the_limits() -> None:
    assert len(read_delimited(b"a;;;;\n\n\nb;;;;", "x.csv", Limits(max_rows=2, max_columns=1)).sheets[0].rows) == 2


def test_blank_rows_do_not_go_on_without_end() -> None:
    assert refusal("a;b" + "\n" * 50 + "c;d", Limits(max_rows=10)).kind == "too_large"


# Telling text from other files -----------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"a;b\n1;2", "å\tä".encode("utf-16"), "å;ä".encode("cp1252"), b"a;b\x00\n"])
def test_text_is_known_as_text(data: bytes) -> None:
    assert is_delimited(data)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_the_first_row_is_read_without_the_rest(encoding: str) -> None:
    assert first_row(("År;Åtgärd\n" + "ö;1\n" * 60_000).encode(encoding)) == ["År", "Åtgärd"]


def test_a_file_that_cannot_be_read_has_no_first_row() -> None:
    assert first_row(b"\xef\xbb\xbf\xe5;1") == []


def test_nothing_heavy_is_imported_to_read_text() -> None:
    heavy = "{'pandas', 'duckdb', 'openpyxl', 'babel', 'pyarrow', 'streamlit'}"
    code = f"import fou.imports.files.delimited, fou.imports.swecris.reading, sys; print({heavy} & sys.modules.keys())"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "set()"


# What is written is read -----------------------------------------------------------------------------------

HEADS = st.lists(st.text("abcåäöÅÄÖ", min_size=1, max_size=5), min_size=2, max_size=6)
CELLS = st.one_of(
    st.from_regex(r"-?[0-9]{1,6},[0-9]{1,2}", fullmatch=True),
    st.text('abåäöÅ \u00a0–§"\n;,\t', max_size=12),
    st.text(
        st.characters(codec="cp1252", exclude_categories=["Cc", "Cs"]),
        max_size=12,
    ),
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    head = draw(HEADS)
    row = st.lists(CELLS, min_size=len(head), max_size=len(head))
    return [head, *draw(st.lists(row, min_size=1, max_size=8))]


@given(
    tables(),
    st.sampled_from([";", ",", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["\r\n", "\n"]),
)
def test_what_is_written_is_read(table: list[list[str]], delimiter: str, encoding: str, quoting: int, end: str) -> None:
    # Such a cell holds a row of the table, as if a quote had swallowed it: that is refused on purpose.
    assume(not any(cell.count("\n") > 1 and cell.count(delimiter) > 1 for row in table for cell in row))
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(table)  # type: ignore[arg-type]
    data = text.getvalue().encode(encoding)
    # Capital Å before § is also a letter in UTF-8: nobody can tell which it is.
    assume(encoding != "cp1252" or not re.search(rb"[\xc2-\xf4][\x80-\xbf]", data))

    read = rows(data)

    wanted = [
        (number, {i: cell for i, cell in enumerate(row, 1) if cell.strip()})
        for number, row in enumerate(table, 1)
        if any(cell.strip() for cell in row)
    ]
    assert read == wanted
