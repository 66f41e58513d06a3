"""Files made to harm: each is read or refused within its limits, takes no memory of ours, and leaves no process.

The process that reads a file is started as the server starts it. The files are large only when unpacked: a piece
is packed once and then repeated.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from fou.errors import ImportRefused
from fou.imports.files import answers, limited
from fou.imports.files.annotate import Mark
from fou.imports.files.cells import Broken, Workbook
from fou.imports.files.limited import annotate_file, read_file
from fou.imports.findings import Finding, Severity

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at through /proc")

ROOT = Path(__file__).resolve().parents[2]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
#: How much larger we may become at any moment while a file is refused, the file itself not counted.
MOST_GROWTH = 25_000_000


# Files made by hand -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A packed part: ``middle`` stands ``times`` over in the file though it is packed once."""

    packed: bytes
    size: int
    crc: int
    claimed: int | None = None

    @classmethod
    def of(cls, start: str, middle: str = "", times: int = 0, end: str = "", claimed: int | None = None) -> Part:
        first, between, last = start.encode(), middle.encode(), end.encode()
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = packer.compress(first) + packer.flush(zlib.Z_FULL_FLUSH)
        packed += (packer.compress(between) + packer.flush(zlib.Z_FULL_FLUSH)) * times
        packed += packer.compress(last) + packer.flush()
        crc = zlib.crc32(first)
        for _ in range(times):
            crc = zlib.crc32(between, crc)
        return cls(packed, len(first) + len(between) * times + len(last), zlib.crc32(last, crc), claimed)


def zipped(parts: dict[str, Part | str]) -> bytes:
    """A zip file of the parts; a part that claims a size of its own says so in the zip64 way."""
    file, directory = b"", b""
    for path, content in parts.items():
        part = content if isinstance(content, Part) else Part.of(content)
        name, size, extra = path.encode(), part.size, b""
        if part.claimed is not None:
            size, extra = 0xFFFFFFFF, struct.pack("<HHQ", 1, 8, part.claimed)
        common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, part.crc, len(part.packed), size, len(name), len(extra))
        directory += b"PK\1\2\x14\0" + common + struct.pack("<HHHII", 0, 0, 0, 0, len(file)) + name + extra
        file += b"PK\3\4" + common + name + extra + part.packed
    count = len(parts)
    return file + directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(file), 0)


def relations(*types_and_targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{type_}" Target="{target}"/>'
        for number, (type_, target) in enumerate(types_and_targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{listed}</Relationships>'


def workbook(sheet: Part | str = "", **others: Part | str) -> bytes:
    """A workbook whose only sheet, Budget, has this part; ``strings`` and other parts may be given."""
    parts: dict[str, Part | str] = {
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        '<sheets><sheet name="Budget" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        STRINGS: others.pop("strings", f'<sst xmlns="{MAIN}"/>'),
        SHEET: sheet or worksheet("<row><c><v>5</v></c></row>"),
    }
    return zipped(parts | others)


def worksheet(rows: str) -> str:
    return f"{START}{rows}{END}"


def repeated_rows(row: str, times: int, at_once: int = 1000) -> Part:
    """A sheet with one row many times over."""
    return Part.of(START, row * at_once, times // at_once, END)


START, END = f'<worksheet xmlns="{MAIN}"><sheetData>', "</sheetData></worksheet>"
ONE_TO_TEN = "".join(f"<c><v>{number}.5</v></c>" for number in range(1, 11))


def slow_file() -> bytes:
    """A workbook that takes seconds to read."""
    return workbook(repeated_rows(f"<row>{ONE_TO_TEN}</row>", 80_000))


def stored(file: bytes) -> bytes:
    """The file packed without being made smaller."""
    packer = zlib.compressobj(0, zlib.DEFLATED, -15)
    return packer.compress(file) + packer.flush()


#: Cannot be packed, and so makes the rest of the file look less packed than it is.
PICTURE: dict[str, Part | str] = {
    "xl/media/image1.png": Part(stored(Random(1).randbytes(1_000_000)), 1_000_000, 0),
}


# What happens -----------------------------------------------------------------------------------------------


def memory(what: str) -> int:
    """How many bytes of memory we have (VmRSS), or have had at most since it was last reset (VmHWM)."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) * 1024


def processes_of(parent: int) -> set[int]:
    """The processes that a process has started and that are not gone."""
    listed: set[int] = set()
    for thread in Path(f"/proc/{parent}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            listed.update(map(int, thread.read_text().split()))
    return listed


@pytest.fixture(autouse=True)
def leaves_no_process() -> Iterator[None]:
    before = processes_of(os.getpid())
    yield
    assert processes_of(os.getpid()) <= before


def within_memory(task: Callable[[], object]) -> object:
    """Do the task, and check how much larger it made us meanwhile."""
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    result = task()
    assert memory("VmHWM") - before < MOST_GROWTH
    return result


def refusal(data: bytes, name: str = "budget.xlsx") -> Finding:
    """The one finding that the file is refused with, having taken no memory of ours."""

    def read() -> Finding:
        with pytest.raises(ImportRefused) as refused:
            read_file(data, name)
        (finding,) = refused.value.findings
        return finding

    finding = within_memory(read)
    assert isinstance(finding, Finding)
    return finding


def reading(data: bytes) -> Workbook:
    read = read_file(data, "budget.xlsx")
    assert isinstance(read, Workbook)
    return read


def wait_for(found: Callable[[], set[int]], seconds: float = 20) -> set[int]:
    """Look until something is found."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := found():
            return result
        os.sched_yield()
    pytest.fail("it did not happen in time")


# Workbooks --------------------------------------------------------------------------------------------------


def test_a_flat_zip_bomb_is_refused() -> None:
    assert refusal(workbook(Part.of(START, " " * 1_000_000, 1000, END))).kind == "zip_bomb"


def test_a_zip_bomb_of_shared_strings_is_refused() -> None:
    strings = Part.of(f'<sst xmlns="{MAIN}"><si><t>', "x" * 1_000_000, 1000, "</t></si></sst>")
    assert refusal(workbook(strings=strings)).kind == "zip_bomb"


def test_zip_files_within_zip_files_are_not_opened() -> None:
    file = zipped({"bomb": Part.of("", " " * 1_000_000, 100)})
    for _ in range(4):
        file = zipped({f"{number}.zip": Part(stored(file), len(file), zlib.crc32(file)) for number in range(3)})
    assert refusal(file).kind == "not_a_workbook"


def test_a_zip_bomb_beside_the_sheets_is_not_unpacked() -> None:
    data = workbook(**{"xl/media/image1.png": Part.of("", " " * 1_000_000, 1000)})
    (sheet,) = reading(data).sheets
    assert sheet.rows == [(1, {1: Decimal(5)})]


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY secret SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
        '<!DOCTYPE a [<!ENTITY a0 "ha">'
        + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
        + '<!ENTITY secret "&a9;">]>',
        f'<!DOCTYPE a [<!ENTITY secret "{"x" * 100_000}">]>',
    ],
    ids=["external entity", "external document type", "billion laughs", "quadratic blow-up"],
)
def test_entities_are_refused(declared: str) -> None:
    cell = f'<row><c t="inlineStr"><is><t>{"&secret;" * 1000}</t></is></c></row>'
    assert refusal(workbook(declared + worksheet(cell))).kind == "forbidden_xml"


def test_a_lone_far_cell_is_told_by_its_address() -> None:
    row = '<row r="1048576"><c r="XFD1048576"><v>5</v></c></row>'
    finding = refusal(workbook(worksheet(f"<row><c><v>5</v></c></row>{row}")))
    assert (finding.kind, finding.cell) == ("far_cell", "XFD1048576")


@pytest.mark.parametrize("claimed", [2**31, 2**32, 2**62])
def test_a_part_that_claims_gigabytes_is_refused_unread(claimed: int) -> None:
    assert refusal(workbook(Part.of(worksheet(""), claimed=claimed))).kind == "zip_bomb"


def test_a_chain_of_formulas_is_as_quick_as_other_cells() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><f>A{n - 1}+1</f></c></row>' for n in range(2, 50_001))
    (sheet,) = reading(workbook(worksheet(rows))).sheets
    assert (len(sheet.rows), sheet.rows[-1]) == (49_999, (50_000, {1: Broken("formula", "=A49999+1")}))


def test_a_formula_nested_a_thousand_deep_is_read() -> None:
    formula = "SUM(" * 1000 + "A1:A9" + ")" * 1000
    (sheet,) = reading(workbook(worksheet(f"<row><c><f>{formula}</f><v>5</v></c></row>"))).sheets
    assert sheet.sums == {(1, 1): formula}


def test_a_long_formula_that_many_cells_share_is_refused() -> None:
    master = f'<row><c><f t="shared" si="0">SUM({"A1," * 2700}A1)</f><v>5</v></c></row>'
    shared = '<row><c><f t="shared" si="0"/><v>5</v></c></row>'
    assert refusal(workbook(Part.of(START + master, shared * 1000, 100, END))).kind == "too_large"


def test_a_million_blank_formatted_rows_are_read_or_refused() -> None:
    cells = '<c s="1"/>' * 14
    row = f'<row s="1" customFormat="1" ht="15">{cells}</row>'
    assert refusal(workbook(repeated_rows(row, 1_000_000, 100_000))).kind == "zip_bomb"


def test_blank_formatted_rows_as_excel_writes_them_are_passed() -> None:
    cells = "".join(f'<c r="{column}%d" s="1"/>' for column in "ABCDEFGHIJKLMN")
    rows = "".join(f'<row r="%d" spans="1:14" ht="15">{cells}</row>' % ((n,) * 15) for n in range(2, 20_000))
    (sheet,) = reading(workbook(worksheet(f"<row><c><v>5</v></c></row>{rows}"))).sheets
    assert sheet.rows == [(1, {1: Decimal(5)})]


def test_a_million_merged_areas_are_refused() -> None:
    sheet = Part.of(f"{START}</sheetData><mergeCells>", '<mergeCell ref="A1:B2"/>' * 1000, 1000, "</mergeCells>")
    assert refusal(workbook(sheet, **PICTURE)).kind == "too_many_merged"


def test_a_million_descriptions_of_columns_are_refused() -> None:
    cols = '<col min="1" max="16384" hidden="1"/>' * 1000
    sheet = Part.of(f'<worksheet xmlns="{MAIN}"><cols>', cols, 1000, "</cols><sheetData/></worksheet>")
    assert refusal(workbook(sheet, **PICTURE)).kind == "damaged_file"


def test_ten_million_shared_strings_may_be_claimed_but_not_be_there() -> None:
    claimed = f'<sst xmlns="{MAIN}" count="10000000" uniqueCount="10000000"'
    read = reading(workbook(strings=f"{claimed}><si><t>a</t></si></sst>"))
    assert read.sheets[0].rows == [(1, {1: Decimal(5)})]
    many = Part.of(f"{claimed}>", "<si/>" * 100_000, 100, "</sst>")
    assert refusal(workbook(strings=many)).kind in ("too_large", "zip_bomb")


# Text -------------------------------------------------------------------------------------------------------


def test_a_quotation_mark_that_never_ends_is_refused() -> None:
    assert refusal(b'Projekt;"Belopp\n' + b"P-1;5\n" * 1_000_000, "budget.csv").severity == "error"


def test_quotation_marks_that_end_and_begin_everywhere_are_refused() -> None:
    assert refusal(b'a;b\n"' * 1_000_000, "budget.csv").severity == "error"


def test_nothing_but_delimiters_is_refused() -> None:
    assert refusal(b";" * 5_000_000, "budget.csv").severity == "error"


def test_rows_of_nothing_but_delimiters_are_refused() -> None:
    assert refusal(b";;;;;;;\n" * 200_000, "budget.csv").severity == "error"


# Other files ------------------------------------------------------------------------------------------------


class Harmful:
    """When unpickled, ends the process as if all were well."""

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (0,)


@pytest.mark.parametrize("protocol", range(1, 6))
def test_a_pickle_is_a_file_of_another_kind(protocol: int) -> None:
    assert refusal(pickle.dumps(Harmful(), protocol)).severity == "error"


def test_a_pickle_that_is_text_is_read_as_text() -> None:
    (sheet,) = reading(pickle.dumps(Harmful(), 0)).sheets
    assert sheet.rows[0] == (1, {1: "cposix"})


@pytest.mark.parametrize("harmful", [os._exit, subprocess.Popen, eval, Path("x"), Harmful()])
def test_an_answer_with_anything_else_in_it_than_cells_is_not_unpacked(harmful: object) -> None:
    with pytest.raises(answers.BadAnswer):
        answers.receive(BytesIO(pickle.dumps(harmful)))


@pytest.mark.parametrize("answer", [b"", b"\x80\x05", b"x" * 1000, pickle.dumps(("workbook", False, [("a", 1)]))])
def test_an_answer_that_is_none_is_not_taken_for_one(answer: bytes) -> None:
    with pytest.raises(answers.BadAnswer):
        answers.receive(BytesIO(answer))


def test_an_answer_that_never_ends_is_not_read_to_the_end() -> None:
    class Endless(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return (b"\x80\x05" if size == 2 else b"B\x40\x42\x0f\x000")[:size]  # a million bytes, thrown away

        def readinto(self, buffer: object) -> int:
            assert isinstance(buffer, memoryview)
            return len(buffer)

    def receive() -> None:
        with pytest.raises(answers.BadAnswer):
            answers.receive(Endless())

    within_memory(receive)


# The process ------------------------------------------------------------------------------------------------


def test_a_file_that_takes_too_long_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "SECONDS", 0.3)
    assert refusal(slow_file()).kind == "too_slow"


@pytest.mark.parametrize(
    ("sent", "kind"),
    [(signal.SIGKILL, "unreadable_file"), (signal.SIGSEGV, "unreadable_file"), (signal.SIGXCPU, "too_slow")],
)
def test_a_process_that_dies_is_told_of(sent: signal.Signals, kind: str) -> None:
    before = processes_of(os.getpid())
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(refusal, slow_file())
        (child,) = wait_for(lambda: processes_of(os.getpid()) - before)
        os.kill(child, sent)
        assert asked.result().kind == kind


def test_a_file_that_takes_too_much_memory_is_told_to() -> None:
    before = processes_of(os.getpid())
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(refusal, slow_file())
        (child,) = wait_for(lambda: limited_ones(processes_of(os.getpid()) - before))
        resource.prlimit(child, resource.RLIMIT_AS, (40_000_000, 40_000_000))
        assert asked.result().kind == "too_large"


def test_what_the_process_may_do_is_limited() -> None:
    before = processes_of(os.getpid())
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(refusal, slow_file())
        (child,) = wait_for(lambda: limited_ones(processes_of(os.getpid()) - before))
        limits, niceness = limits_of(child), os.getpriority(os.PRIO_PROCESS, child)
        os.kill(child, signal.SIGKILL)
        asked.result()
    assert {name: limits[name] for name in ("Max address space", "Max cpu time", "Max core file size")} == {
        "Max address space": "1610612736", "Max cpu time": "60", "Max core file size": "0",
    }  # fmt: skip
    assert niceness > os.getpriority(os.PRIO_PROCESS, 0)


def limits_of(process: int) -> dict[str, str]:
    """The limits that the system holds a process to, by name."""
    lines = Path(f"/proc/{process}/limits").read_text().splitlines()[1:]
    return {line[:26].strip(): line[26:].split()[0] for line in lines}


def limited_ones(processes: set[int]) -> set[int]:
    """Those of the processes that have set their limits."""
    return {process for process in processes if limits_of(process)["Max open files"] == "32"}


def test_no_more_than_two_files_are_read_at_a_time() -> None:
    before = processes_of(os.getpid())
    data, most = workbook(repeated_rows(f"<row>{ONE_TO_TEN}</row>", 10_000)), 0
    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(reading, data) for _ in range(5)]
        while not all(each.done() for each in asked):
            # Those in both listings were there at the same time.
            most = max(most, len((processes_of(os.getpid()) & processes_of(os.getpid())) - before))
    assert (most, [len(each.result().sheets[0].rows) for each in asked]) == (2, [10_000] * 5)


def test_nobody_who_waits_leaves_a_process_behind(tmp_path: Path) -> None:
    file = tmp_path / "budget.xlsx"
    file.write_bytes(slow_file())
    script = (
        "import sys; from pathlib import Path; from fou.imports.files.limited import read_file\n"
        "read_file(Path(sys.argv[1]).read_bytes(), 'budget.xlsx')"
    )
    with subprocess.Popen([sys.executable, "-c", script, file], cwd=ROOT) as server:
        (child,) = wait_for(lambda: limited_ones(processes_of(server.pid)))
        server.kill()
    wait_for(lambda: set() if is_running(child) else {child})


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_marking_a_file_is_limited_in_the_same_way() -> None:
    with pytest.raises(ImportRefused) as refused:
        annotate_file(
            workbook(Part.of(START, " " * 1_000_000, 1000, END)),
            "budget.xlsx",
            [Mark("Budget", "A1", Severity.ERROR, "fel")],
        )
    assert [finding.severity for finding in refused.value.findings] == ["error"]
