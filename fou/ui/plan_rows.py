"""Writing a draft's lines in a table, with the sums that they give beside it at every change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from fou import planning
from fou.charts.chart import Cell, Table
from fou.errors import FouError, SaveConflict
from fou.money import UNITS, NotAnAmount, format_number, format_sek, is_open_wording, parse_sek
from fou.plan_draft import OPEN_CELL, Draft, amount_text, cell_text, read_draft
from fou.plan_lines import DraftRow
from fou.ui import show, state
from fou.ui.head import View
from fou.ui.text import plain
from fou.ui.views.plan import DraftPage, draft_page

_UNIT_HEADS = {"kr": "kronor", "tkr": "tusental kronor", "mnkr": "miljoner kronor"}


@dataclass(frozen=True, slots=True)
class _Start:
    """How the table was when it last began: its unit, its rows (key, text), what was typed by then, and its key."""

    shape: tuple[str, tuple[tuple[str, str], ...]]
    typed: dict[str, str]
    key: str


def unsaved(year: int) -> bool:
    """Whether something is typed into the year's rows and not saved."""
    return bool(st.session_state.get(f"planrader-skrivet-{year}"))


@st.fragment
def draft_lines(view: View) -> None:
    """The rows to fill in. What is typed is kept for the session until it is saved, whatever else is done meanwhile."""
    year, unit = view.year, view.unit
    names = {name: f"planrader-{name}-{year}" for name in ("skrivet", "sett", "enhet", "till", "start", "nummer")}
    kept: dict[str, Any] = {name: st.session_state.get(key) for name, key in names.items()}
    page = view.read(draft_page, year, tuple(kept["till"] or ()))
    if not page.rows:
        st.markdown("Lägg först till en finansiär, genom att läsa in en budget på sidan Import.")
        return
    told = st.session_state.pop(f"planrader-krock-{year}", None)
    if told:
        st.error(plain(told), icon=":material/sync_problem:")
    typed = _typed(year, kept)
    if kept["enhet"] not in (None, unit):
        typed = {key: _converted(text, kept["enhet"], unit) for key, text in typed.items()}
    # A row that the person has written in is the one that they saw: if somebody else changes it, saving tells.
    seen: dict[str, DraftRow] = kept["sett"] or {}
    rows = tuple(seen.get(row.line.key, row) if row.line.key in typed else row for row in page.rows)
    typed, draft = _table(year, unit, rows, typed, names, page)
    st.session_state.update({names["skrivet"]: typed, names["enhet"]: unit})
    # What the rows were when they were first written in.
    st.session_state[names["sett"]] = {row.line.key: row for row in rows}
    if draft.problems:
        st.error("  \n".join(plain(problem) for problem in draft.problems), icon=":material/error:")
    _add_project(year, page, names)
    offered = {
        row.line.key: OPEN_CELL if row.proposed is None else amount_text(row.proposed, unit)
        for row in rows
        if row.line.entry is None and row.line.key not in typed and (row.proposed is not None or row.proposed_open)
    }
    with st.container(horizontal=True):
        save = st.button("Spara raderna", type="primary", key=f"planrader-spara-{year}")
        drop = st.button("Ångra det jag skrev", key=f"planrader-angra-{year}", disabled=not typed)
    if offered and st.button("Ta med det föreslagna", key=f"planrader-foreslaget-{year}", icon=":material/input:"):
        st.session_state[names["skrivet"]] = {**offered, **typed}
        st.session_state.pop(names["start"], None)
        st.rerun()
    if drop:
        _forget(names)
        st.rerun()
    if save and draft.problems:
        st.error("Inget är sparat. Rätta raderna ovan först, det du skrev står kvar.", icon=":material/block:")
    elif save:
        _save(view, draft, names)


def _typed(year: int, kept: dict[str, Any]) -> dict[str, str]:
    """What is typed, with what the browser has just sent: it is read before the rows, which may have changed since."""
    typed: dict[str, str] = dict(kept["skrivet"] or {})
    start: _Start | None = kept["start"]
    if start is None or start.key not in st.session_state:
        return typed
    for place, change in st.session_state[start.key]["edited_rows"].items():
        row, shown = start.shape[1][int(place)]
        text = str(change.get(f"Plan {year}") or "").strip()
        if text == shown:
            typed.pop(row, None)
        else:
            typed[row] = text
    return typed


def _table(
    year: int, unit: str, rows: Sequence[DraftRow], typed: dict[str, str], names: dict[str, str], page: DraftPage
) -> tuple[dict[str, str], Draft]:
    """The rows with the sums beside them; returns what is typed now and what it gives."""
    shape = (unit, tuple((row.line.key, cell_text(row.line, unit)) for row in rows))
    key = f"planrader-tabell-{st.session_state.get(names['nummer'], 0)}-{year}"
    start: _Start | None = st.session_state.get(names["start"])
    if start is None or start.shape != shape or key not in st.session_state:
        # The table begins anew, with what was typed in it.
        st.session_state[names["nummer"]] = st.session_state.get(names["nummer"], 0) + 1
        key = f"planrader-tabell-{st.session_state[names['nummer']]}-{year}"
        start = _Start(shape, dict(typed), key)
        st.session_state[names["start"]] = start
    begun = start.typed
    wide, narrow = st.columns([3, 2], gap="large")
    with wide:
        st.caption(
            f"Skriv belopp i {_UNIT_HEADS[unit]} exklusive moms, eller ”ej fastställt”. En tom ruta betyder att "
            "raden inte finns i planen."
        )
        texts = [begun.get(row.line.key, cell_text(row.line, unit)) for row in rows]
        edited = st.data_editor(
            _frame(rows, texts, year, unit), key=key, hide_index=True, num_rows="fixed", height="content",
            disabled=["Rad", "Slag", f"Plan {year - 1}", "Föreslaget", "Villkor", "Finansiär"],
            column_config={"Rad": st.column_config.Column(width=230)}, placeholder="",
            alt=f"Planens rader {year}, att skriva i",
        )  # fmt: skip
    now = [str(text or "") for text in edited[f"Plan {year}"]]
    typed = {
        row.line.key: text.strip()
        for row, text in zip(rows, now, strict=True)
        if text.strip() != cell_text(row.line, unit)
    }
    draft = read_draft(rows, typed, unit, page.last)
    with narrow:
        _sums(year, draft, unit)
    return typed, draft


def _frame(rows: Sequence[DraftRow], texts: Sequence[str], year: int, unit: str) -> pd.DataFrame:
    """The rows as the table shows them; columns that say nothing are left out."""

    def amount(value: Any) -> str:
        return "" if value is None else format_number(value, unit)

    columns: dict[str, list[str]] = {
        "Rad": [row.line.name for row in rows],
        f"Plan {year}": list(texts),
        f"Plan {year - 1}": [amount(row.last) for row in rows],
        "Föreslaget": ["ej fastställt" if row.proposed_open else amount(row.proposed) for row in rows],
        "Slag": [row.line.what for row in rows],
        "Villkor": [row.line.condition or "" for row in rows],
    }
    if len({row.line.funder for row in rows}) > 1:
        columns["Finansiär"] = [row.line.funder_name for row in rows]
    always = ("Rad", f"Plan {year}", "Slag")
    return pd.DataFrame({name: cells for name, cells in columns.items() if name in always or any(cells)}, dtype="str")


def _sums(year: int, draft: Draft, unit: str) -> None:
    """What the plan comes to as it is written now."""
    facts: list[tuple[str, str | None]] = [
        ("Ram", "ej fastställd" if draft.frame is None else format_sek(draft.frame, unit)),
        ("Planerat", format_sek(draft.planned, unit) if draft.stated else "inget än"),
    ]
    if draft.left is not None:
        facts.append(("Kvar av ramen" if draft.left >= 0 else "Över ramen", format_sek(abs(draft.left), unit)))
    if draft.change is not None:
        sign = "+" if draft.change > 0 else ""
        facts.append((f"Mot {year - 1}", f"{sign}{format_sek(draft.change, unit)}"))
    if draft.open:
        facts.append(("Utan fastställt belopp", str(draft.open)))
    if draft.conditional:
        facts.append(("På villkor", format_sek(draft.conditional, unit)))
    facts.append(("Osparade ändringar", str(len(draft.edits) + len(draft.problems))))
    show.facts(facts)
    rows: list[tuple[Cell, ...]] = [
        (name, planned, None if last is None else (planned or 0) - last) for name, planned, last in draft.areas
    ]
    show.table(Table(("Område", f"Plan {year}", f"Mot {year - 1}"), tuple(rows)), unit)
    for name in draft.both:
        st.warning(
            f"{plain(name)} har både en egen rad och rader för projekt. Alla räknas med.", icon=":material/warning:"
        )


def _add_project(year: int, page: DraftPage, names: dict[str, str]) -> None:
    """A row for a project that has none, by its code."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        code = st.text_input("Projektets kod", key=f"planrader-kod-{year}", width=220)
        if not st.button("Lägg till en rad", key=f"planrader-lagg-{year}", icon=":material/add:"):
            return
    more = [*(st.session_state.get(names["till"]) or ()), (code or "").strip()]
    found = state.read(None, draft_page, year, tuple(more))
    if not (code or "").strip() or len(found.rows) == len(page.rows):
        st.error(f"Det finns inget projekt med koden ”{plain(code)}”, eller så har det redan en rad.")
        return
    st.session_state[names["till"]] = tuple(more)
    st.rerun()


def _save(view: View, draft: Draft, names: dict[str, str]) -> None:
    try:
        batch = planning.save_lines(state.database(), view.person, view.year, draft.edits)
    except SaveConflict as conflict:
        st.session_state[f"planrader-krock-{view.year}"] = (
            f"{conflict} Det du skrev står kvar i tabellen: spara igen om det ska gälla."
        )
        # What now stands is seen from here on.
        st.session_state.pop(names["sett"], None)
        st.rerun()
    except FouError as error:
        st.error(f"{plain(str(error))} Det du skrev står kvar i tabellen.", icon=":material/block:")
        return
    _forget(names)
    st.session_state["plan-gjort"] = (
        "Inget i raderna är ändrat." if batch is None else f"Raderna är sparade (post {batch})."
    )
    st.rerun()


def _forget(names: dict[str, str]) -> None:
    for name in ("skrivet", "sett", "start", "enhet"):
        st.session_state.pop(names[name], None)


def _converted(text: str, old: str, new: str) -> str:
    """What was typed in one unit, in another; what is no amount stays as it is."""
    if not text.strip() or is_open_wording(text):
        return text
    try:
        return amount_text(parse_sek(text, UNITS[old]), new)
    except NotAnAmount:
        return text
