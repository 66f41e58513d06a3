"""How the file is read: the guesses shown in the person's own sheet, with how sure they are, and what to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from fou.imports.sheets.describing import KINDS, describe
from fou.imports.sheets.guesses import SURENESS_NAMES, Guess, Sureness
from fou.imports.sheets.layout import ColumnGuess
from fou.imports.sheets.rows import Row, RowUse
from fou.imports.sheets.understanding import SheetFound, Understanding
from fou.imports.sheets.words import SCALES, USE_NAMES, Use
from fou.imports.template.layout import FIRST_YEAR, LAST_YEAR
from fou.model import KIND_NAMES
from fou.ui.head import View
from fou.ui.importing.current import set_choice
from fou.ui.importing.grid import grid
from fou.ui.importing.questions import questions
from fou.ui.text import ended, plain
from fou.whose import funders

_ROW_NAMES = {
    RowUse.PROJECT: "projekt",
    RowUse.AREA: "område",
    RowUse.TOTAL: "summa",
    RowUse.FRAME: "ram",
    RowUse.PART: "läses inte",
    RowUse.REST: "läses inte",
    RowUse.HEAD: "rubrik",
    RowUse.NOTE: "text",
    RowUse.SKIP: "läses inte",
}
_ROW_CHOICES = {"project": "Projekt eller belopp", "area": "Område", "total": "Summa", "skip": "Läses inte"}
_NOW = {RowUse.PROJECT: "project", RowUse.FRAME: "project", RowUse.AREA: "area", RowUse.TOTAL: "total"}
_UNITS = {"kr": "kronor", "tkr": "tkr (tusental)", "mnkr": "mnkr (miljoner)", "mdkr": "mdkr (miljarder)"}
_MOST_ROWS, _MOST_COLUMNS = 14, 14
#: Among so many of the sheet's first rows the head can be chosen, and so high it may be.
_HEAD_AMONG, _HIGHEST_HEAD = 60, 3


def reading(understood: Understanding, view: View) -> None:
    """One sheet at a time: what it says in a sentence, the few choices that matter, and the sheet itself."""
    found = _pick(understood)
    if found is None:
        st.error(
            "Fou hittar ingen tabell med projekt och belopp i filen. Se kontrollen för vad som väntas.",
            icon=":material/error:",
        )
        return
    st.markdown(f"**{plain(describe(found))}**")
    if not found.layout.read.value:
        _button_to_read(found, True)
        return
    _whole(found, view)
    questions(understood)
    with st.container(horizontal=True, gap="small"):
        columns = st.expander("Ändra en kolumn", key="andra-kolumn", on_change="rerun", type="compact")
        rows = st.expander("Ändra en rad", key="andra-rad", on_change="rerun", type="compact")
    if columns.open:
        with columns:
            _column(found, view)
    if rows.open:
        with rows:
            _row(found)
            _head(found)
    _sheet(found)
    if len([sheet for sheet in understood.sheets if sheet.layout.read.value]) > 1:
        _button_to_read(found, False)


def _pick(understood: Understanding) -> SheetFound | None:
    if not understood.sheets:
        return None
    names = [found.layout.name for found in understood.sheets]
    if len(names) == 1:
        return understood.sheets[0]
    read = [found.layout.name for found in understood.sheets if found.layout.read.value]
    chosen = st.segmented_control(
        f"Blad i filen ({len(read)} av {len(names)} läses)",
        names,
        default=(read or names)[0],
        required=True,
        key="blad",
    )
    return next((found for found in understood.sheets if found.layout.name == chosen), understood.sheets[0])


def _button_to_read(found: SheetFound, read: bool) -> None:
    st.button(
        "Läs bladet" if read else "Läs inte bladet",
        on_click=set_choice,
        args=(("sheets", found.layout.name, "read"), read),
        key=f"las-bladet-{found.layout.name}-{read}",
    )


def _sheet(found: SheetFound) -> None:
    """The sheet's title, head and first rows, with what each column and row is read as."""
    layout = found.layout
    by_number = {row.number: row for row in found.rows}
    first, last = layout.head
    above = [number for number, _ in found.sheet.rows if number < first][-3:]
    head = [number for number, _ in found.sheet.rows if first <= number <= last]
    below = [row.number for row in found.rows][: _MOST_ROWS - len(above) - len(head)]
    ending = [row.number for row in found.rows if row.use is RowUse.TOTAL][-1:]
    rows = list(dict.fromkeys([*above, *head, *below, *ending]))
    numbers = [column.number for column in layout.columns][:_MOST_COLUMNS]
    extra = [
        number for number in range(1, min(numbers, default=1)) if any(number in row.cells for row in found.rows[:40])
    ]
    beside = dict.fromkeys(head, "rubrik") | {
        number: _row_name(by_number[number]) for number in rows if number in by_number
    }
    grid(
        found.sheet, rows, [*extra, *numbers],
        above={column.number: _column_name(column, found) for column in layout.columns}, beside=beside,
    )  # fmt: skip
    unsure = [column for column in layout.columns if column.sureness is Sureness.UNSURE]
    text = f"De första raderna av {len(found.rows)}, som Fou läser dem."
    if unsure:
        text += f" Osäkert: {', '.join(column.letters for column in unsure)}."
    if len(layout.columns) > _MOST_COLUMNS:
        text += f" {len(layout.columns) - _MOST_COLUMNS} kolumner till visas inte här."
    st.caption(text)


def _row_name(row: Row) -> str:
    name = _ROW_NAMES[row.use]
    return f"{name}?" if row.sureness is Sureness.UNSURE else name


def _column_name(column: ColumnGuess, found: SheetFound) -> str:
    """``Beviljat 2014, tkr (troligt)``."""
    if column.use is Use.NOTHING:
        return "läses inte" + ("?" if column.sureness is Sureness.UNSURE else "")
    if column.use is not Use.AMOUNT:
        name = USE_NAMES[column.use].split(" (")[0]
    else:
        layout = found.layout
        kind = column.kind or layout.kind.value
        year = column.year or (None if layout.numbers(Use.YEAR) else layout.year.value)
        parts = [KINDS[kind].capitalize() if kind else "Belopp", str(year or ""), column.funder or ""]
        name = " ".join(part for part in parts if part)
        if column.unit and column.unit != layout.unit.value:
            name += f", {column.unit}"
        if kind is None and not layout.numbers(Use.KIND):
            name = f"{name}: vilket slag?"
    return f"{name} ({SURENESS_NAMES[column.sureness]})" if column.sureness < Sureness.SURE else name


def _whole(found: SheetFound, view: View) -> None:
    """What holds for the whole sheet; what its columns already say is not asked."""
    layout = found.layout
    amounts = [column for column in layout.columns if column.use is Use.AMOUNT]
    asks_funder = any(column.funder is None for column in amounts) and not layout.numbers(Use.FUNDER)
    asks_kind = any(column.kind is None for column in amounts) and not layout.numbers(Use.KIND)
    asks_year = any(column.year is None for column in amounts) and not layout.numbers(Use.YEAR)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if not amounts or any(column.unit is None for column in amounts):
            _choice(found, "unit", "Enhet", list(SCALES), layout.unit.value, _UNITS.__getitem__, 190)
        _choice(
            found, "vat", "Moms", ["excl", "incl"], layout.vat.value,
            {"excl": "exklusive moms", "incl": "inklusive, räkna om"}.__getitem__, 190,
            asked=layout.vat.value == "incl" and layout.vat.sureness is Sureness.UNSURE,
        )  # fmt: skip
        if asks_funder:
            _funder(found, view)
        if asks_kind:
            kinds = [str(kind) for kind in KIND_NAMES]
            _choice(
                found, "kind", "Beloppen är", kinds, layout.kind.value and str(layout.kind.value),
                lambda kind: KINDS[kind].capitalize(), 160,
            )  # fmt: skip
        if asks_year:
            years = list(range(2040, FIRST_YEAR - 1, -1))
            _choice(found, "year", "År", years, layout.year.value, str, 110)
        if layout.sign.value == "turned" or layout.sign.sureness > Sureness.SURE:
            _choice(
                found, "sign", "Minustecken", ["turned", "as_is"], layout.sign.value,
                {"turned": "kostnader skrivs med minus", "as_is": "behåll som de står"}.__getitem__, 230,
            )  # fmt: skip
        if found.sheet.hidden_rows or found.sheet.hidden_columns:
            _choice(
                found, "hidden", "Dolda rader och kolumner", ["read", "skip"], layout.hidden.value,
                {"read": "läses in", "skip": "hoppas över"}.__getitem__, 200,
            )  # fmt: skip
    st.caption(plain(_how_sure(found)))


def _how_sure(found: SheetFound) -> str:
    """``Enhet: säkert (”tkr” står ovanför tabellen). Vems pengar: troligt (…).`` What is unsure comes first."""
    layout = found.layout
    amounts = [column for column in layout.columns if column.use is Use.AMOUNT]
    guesses: list[tuple[str, Guess[Any]]] = [("Enhet", layout.unit), ("Moms", layout.vat)]
    if any(column.funder is None for column in amounts) and not layout.numbers(Use.FUNDER):
        guesses.append(("Vems pengar", layout.funder))
    if any(column.kind is None for column in amounts) and not layout.numbers(Use.KIND):
        guesses.append(("Beloppen är", layout.kind))
    if any(column.year is None for column in amounts) and not layout.numbers(Use.YEAR):
        guesses.append(("År", layout.year))
    if layout.sign.value == "turned":
        guesses.append(("Minustecken", layout.sign))
    said = []
    for name, guess in sorted(guesses, key=lambda pair: pair[1].sureness):
        sure = SURENESS_NAMES[guess.sureness]
        said.append(f"{name}: {sure}." if guess.why == sure else f"{name}: {sure}, {ended(guess.why)}")
    return " ".join(said)


def _choice(
    found: SheetFound, name: str, label: str, options: Sequence[Any], value: Any, shown: Any, width: int,
    asked: bool = False,
) -> None:  # fmt: skip
    key = f"val-{found.layout.name}-{name}"

    def chosen() -> None:
        set_choice(("sheets", found.layout.name, name), st.session_state[key])

    st.selectbox(
        label, options, index=None if asked or value not in options else options.index(value), format_func=shown,
        key=key, on_change=chosen, width=width, placeholder="Välj",
    )  # fmt: skip


def _funder(found: SheetFound, view: View) -> None:
    known = [funder.name for funder in view.read(funders)]
    value = found.layout.funder.value
    options = known if value is None or value in known else [value, *known]
    key = f"val-{found.layout.name}-funder"

    def chosen() -> None:
        set_choice(("sheets", found.layout.name, "funder"), st.session_state[key])

    st.selectbox(
        "Vems pengar", options, index=options.index(value) if value is not None else None, key=key, on_change=chosen,
        width=280, placeholder="Välj eller skriv en ny", accept_new_options=True,
    )  # fmt: skip


def _column(found: SheetFound, view: View) -> None:
    """One column: what it is, and for amounts their kind and year."""
    layout = found.layout
    order = sorted(layout.columns, key=lambda column: (column.sureness is not Sureness.UNSURE, column.number))
    names = {column.number: f"{column.letters}: {column.head or 'utan rubrik'}" for column in order}
    number = st.selectbox("Kolumn", list(names), format_func=names.__getitem__, key=f"kolumn-{layout.name}")
    column = next(column for column in layout.columns if column.number == number)
    said = "Läses inte" if column.use is Use.NOTHING else f"Läses som {_column_name(column, found)}"
    st.caption(plain(f"{said}: {ended(column.why)}"))
    path = ("sheets", layout.name, "columns", column.letters)
    key = f"kolumn-{layout.name}-{column.letters}"

    def chosen() -> None:
        use = st.session_state[f"{key}-use"]
        own: dict[str, Any] = {"use": str(use)}
        if use == Use.AMOUNT:
            for name, value in (
                ("kind", column.kind and str(column.kind)),
                ("year", column.year),
                ("unit", column.unit),
            ):
                value = st.session_state.get(f"{key}-{name}", value)
                if value:
                    own[name] = value
            if column.funder:
                own["funder"] = column.funder
        set_choice(path, own)

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        uses = list(USE_NAMES)
        st.selectbox(
            "Kolumnen är", uses, index=uses.index(column.use), format_func=USE_NAMES.__getitem__,
            key=f"{key}-use", on_change=chosen, width=260,
        )  # fmt: skip
        if column.use is Use.AMOUNT:
            kinds = [str(kind) for kind in KIND_NAMES]
            kind = column.kind or layout.kind.value
            st.selectbox(
                "Slag", kinds, index=kinds.index(kind) if kind else None,
                format_func=lambda kind: KINDS[kind].capitalize(), key=f"{key}-kind", on_change=chosen, width=170,
                placeholder="Välj",
            )  # fmt: skip
            years = list(range(min(2040, LAST_YEAR), FIRST_YEAR - 1, -1))
            year = column.year or layout.year.value
            st.selectbox(
                "År", years, index=years.index(year) if year in years else None, key=f"{key}-year", on_change=chosen,
                width=110, placeholder="Välj",
            )  # fmt: skip
            units = list(SCALES)
            st.selectbox(
                "Enhet", units, index=units.index(column.unit or layout.unit.value), format_func=_UNITS.__getitem__,
                key=f"{key}-unit", on_change=chosen, width=170,
            )  # fmt: skip


def _row(found: SheetFound) -> None:
    """One row: what it is. Those that are unsure come first."""
    layout = found.layout
    order = sorted(found.rows, key=lambda row: (row.sureness is not Sureness.UNSURE, row.number))[:2000]
    names = {row.number: f"Rad {row.number}: {row.label or 'utan namn'} ({_row_name(row)})" for row in order}
    if not names:
        return
    number = st.selectbox("Rad", list(names), format_func=names.__getitem__, key=f"rad-{layout.name}")
    row = next(row for row in found.rows if row.number == number)
    options = list(_ROW_CHOICES)
    now = _NOW.get(row.use, "skip")
    key = f"rad-{layout.name}-{number}"

    def chosen() -> None:
        set_choice(("sheets", layout.name, "rows", str(number)), st.session_state[key])

    st.selectbox(
        "Raden är", options, index=options.index(now), format_func=_ROW_CHOICES.__getitem__, key=key,
        on_change=chosen, width=260,
    )  # fmt: skip


def _head(found: SheetFound) -> None:
    """Where the heads stand."""
    layout = found.layout
    rows = [number for number, _ in found.sheet.rows[:_HEAD_AMONG]]
    path, (first, last) = ("sheets", layout.name, "head"), layout.head
    starts, ends = f"rubrik-{layout.name}-{first}-{last}-fran", f"rubrik-{layout.name}-{first}-{last}-till"

    def chosen_first() -> None:
        start = st.session_state[starts]
        set_choice(path, [start, min(max(last, start), start + _HIGHEST_HEAD - 1)])

    def chosen_last() -> None:
        end = st.session_state[ends]
        set_choice(path, [max(min(first, end), end - _HIGHEST_HEAD + 1), end])

    if first not in rows or last not in rows:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Rubrikerna börjar på rad", rows, index=rows.index(first), key=starts, on_change=chosen_first, width=200
        )
        st.selectbox("och slutar på rad", rows, index=rows.index(last), key=ends, on_change=chosen_last, width=160)
