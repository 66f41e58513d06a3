"""What is wrong or odd in the file: grouped by how much it matters, in the person's own rows, and her file back."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from fou.charts.chart import Table
from fou.errors import ImportRefused
from fou.imports.examining import Examined
from fou.imports.files.annotate import marks_of
from fou.imports.files.cells import Sheet, Workbook, column_number
from fou.imports.files.limited import annotate_file
from fou.imports.findings import SEVERITY_NAMES, Finding, Severity
from fou.swedish import count
from fou.ui import show
from fou.ui.head import View
from fou.ui.importing.current import FILE_KINDS, MOST_MEGABYTES, Current, drafts, set_choice, start
from fou.ui.importing.grid import grid
from fou.ui.text import ended, plain

_FIRST = 3
_MOST_ROWS = 200
#: How much of the sheet is shown around a cell: rows above and below, columns to the left and right.
_ROWS, _COLUMNS = 1, 3
_ICONS = {
    Severity.ERROR: ":material/error:",
    Severity.WARNING: ":material/warning:",
    Severity.NOTE: ":material/info:",
}
_PLURALS = {Severity.ERROR: "fel", Severity.WARNING: "varningar", Severity.NOTE: "upplysningar"}
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def findings(held: Current, found: Examined, *severities: Severity) -> None:
    """What is found of each severity, with its first three in the sheet and the rest on request."""
    for severity in severities:
        # What agrees is told among the control totals.
        mine = [f for f in found.findings if f.severity is severity and f.kind != "total_agrees"]
        if not mine:
            continue
        one = SEVERITY_NAMES[severity].lower()
        st.markdown(f"{_ICONS[severity]} **{plain(count(len(mine), one, _PLURALS[severity]).capitalize())}**")
        if severity is Severity.NOTE:
            show.table(_table(mine[:_FIRST]))
        else:
            for number, finding in enumerate(mine[:_FIRST]):
                _one(held, finding, f"{severity}-{number}")
        if len(mine) > _FIRST:
            rest = st.expander(f"Visa alla {len(mine)}", key=f"alla-{severity}", on_change="rerun")
            if rest.open:
                with rest:
                    show.table(_table(mine[:_MOST_ROWS]))
                    if len(mine) > _MOST_ROWS:
                        st.caption(f"De första {_MOST_ROWS}. Rätta dem först och läs in filen igen.")


def mended_file(held: Current, found: Examined, view: View) -> None:
    """Where to choose the file again once it is mended: what was chosen and answered stays."""
    if not found.checked.has_errors:
        return
    upload = st.file_uploader(
        "Har du rättat filen? Välj den här. Dina val och svar är kvar.", type=FILE_KINDS,
        max_upload_size=MOST_MEGABYTES, key=f"rattad-{held.draft.id}",
    )  # fmt: skip
    if upload is not None:
        start(upload, view.person, held)


def marked_file(held: Current, found: Examined) -> None:
    """The person's own workbook back, with what is wrong marked in it."""
    wrong = [finding for finding in found.findings if finding.severity is not Severity.NOTE]
    if not wrong or held.read is None or not isinstance(held.read, Workbook):
        return
    stem, _, kind = held.draft.file.rpartition(".")
    kind = kind.lower() if kind.lower() in ("xlsx", "xlsm") else "xlsx"

    def marked() -> bytes:
        try:
            return annotate_file(drafts().data(held.draft), held.draft.file, marks_of(wrong))
        except ImportRefused as refused:
            # The download has begun, so it can only say so in its name; the findings themselves stand on the page.
            raise RuntimeError(str(refused)) from refused

    st.download_button(
        "Hämta din fil med felen markerade", marked, f"{stem} med markeringar.{kind}", _XLSX,
        icon=":material/download:", on_click="ignore", key="markerad",
    )  # fmt: skip
    st.caption("Cellerna är färgade och har en kommentar om vad som är fel. Allt annat i filen är orört.")


def summary(found: Examined) -> None:
    """Whether the file can be read in, in one line."""
    numbers = {severity: sum(f.severity is severity for f in found.findings) for severity in Severity}
    if numbers[Severity.ERROR]:
        text = count(numbers[Severity.ERROR], "sak måste rättas eller besvaras", "saker måste rättas eller besvaras")
        st.error(f"{text} innan filen kan läsas in. Ingenting är ändrat.", icon=":material/error:")
    elif numbers[Severity.WARNING]:
        text = count(numbers[Severity.WARNING], "sak att titta på", "saker att titta på")
        st.warning(f"Filen kan läsas in. Det finns {text} först.", icon=":material/warning:")
    else:
        st.success("Inga fel i filen.", icon=":material/check_circle:")


def _one(held: Current, finding: Finding, key: str) -> None:
    """One finding in words, with the rows around it."""
    with st.container(border=True, key=f"fynd-{key}"):
        stands = f"Här står: {finding.found}. Väntat: {ended(finding.expected)}"
        st.markdown(f"**{plain(finding.place)}.** {plain(stands)}  \n{plain(finding.help)}")
        sheet = _sheet(held, finding.sheet)
        at = _CELL.fullmatch(finding.cell)
        if sheet is not None and at:
            _around(sheet, int(at[2]), column_number(at[1]))


def _around(sheet: Sheet, row: int, column: int) -> None:
    near = [number for number, _ in sheet.rows if row - 40 < number < row + 40]
    before = [number for number in near if number < row][-_ROWS:]
    after = [number for number in near if number > row][:_ROWS]
    rows = [*before, row, *after]
    cells = dict(sheet.rows)
    filled = {number for shown in rows for number in cells.get(shown, {})} | {column}
    columns = sorted(number for number in filled if abs(number - column) <= _COLUMNS)
    first = min(filled)
    if first not in columns:  # what the row is about stands to the left
        columns = [first, *columns]
    grid(sheet, rows, columns, marked=(row, column))


def _sheet(held: Current, name: str) -> Sheet | None:
    if not isinstance(held.read, Workbook):
        return None
    return next((sheet for sheet in held.read.sheets if sheet.name == name), None)


def _table(found: Sequence[Finding]) -> Table:
    return Table(
        ("Var", "Där står", "Väntat", "Gör så här"),
        tuple((f.place, f.found, f.expected, f.help) for f in found),
    )


def decisions(held: Current, found: Examined) -> None:
    """What need not be mended in the file, but can be decided here."""
    kinds = {finding.kind for finding in found.findings if finding.severity is not Severity.NOTE}
    for kind, path, value, label in (
        ("total_differs", "trust_rows", True, "Raderna gäller, fast summorna i filen inte stämmer"),
        ("duplicate", "duplicates", "sum", "Lägg ihop belopp som står flera gånger"),
        ("duplicate_column", "duplicates", "sum", "Lägg ihop belopp som står flera gånger"),
        ("decimals", "round", True, "Avrunda till hela ören"),
    ):
        chosen = held.choices.get(path) == value
        if (kind in kinds or chosen) and held.read is not None and found.understood is not None:
            if kind == "duplicate_column" and "duplicate" in kinds:
                continue
            # A key for each state: a decision that fell away with a mended file must not go on looking made.
            key = f"beslut-{path}-{held.draft.id[:6]}-{chosen}"
            st.checkbox(label, chosen, key=key, on_change=_decide, args=(path, None if chosen else value))


def _decide(path: str, value: object) -> None:
    set_choice((path,), value)


def control_totals(found: Examined, view: View) -> None:
    """The sums that the file states itself, beside what its rows come to."""
    totals = found.understood.totals if found.understood else []
    if not totals:
        return
    agreeing = sum(bool(total.agrees) for total in totals)
    if agreeing == len(totals):
        text = f"{count(agreeing, 'summa i filen stämmer', 'summor i filen stämmer')} med raderna."
    else:
        text = f"{agreeing} av {count(len(totals), 'summa', 'summor')} i filen stämmer med raderna"
        unknown = sum(total.agrees is None for total in totals)
        text += f", {unknown} går inte att kontrollera." if unknown else "."
    st.markdown(f":material/functions: **{plain(text)}**")
    listed = st.expander("Visa summorna", key="summor", on_change="rerun")
    if listed.open:
        with listed:
            words = {True: "stämmer", False: "stämmer inte", None: "går inte att kontrollera än"}
            rows = [
                (f"{t.sheet} › {t.cell}", t.label, t.stated, t.computed, words[t.agrees])
                for t in sorted(totals, key=lambda total: bool(total.agrees))[:_MOST_ROWS]
            ]
            show.table(Table(("Cell", "Rad", "I filen", "Raderna ger", "Kontroll"), tuple(rows)), view.unit)
