"""Charts, tables and lists as all pages show them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import streamlit as st

from fou.charts.chart import Chart, Table
from fou.money import UNITS
from fou.ui.text import plain

_UNIT_WORDS = {"kr": "kronor", "tkr": "tusental kronor", "mnkr": "miljoner kronor"}
_ISO_DATE = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")
#: A text longer than this is a paragraph and no table cell.
_LONG = 120
assert _UNIT_WORDS.keys() == UNITS.keys()


def chart(drawn: Chart, unit: str) -> None:
    """The one pattern: message, sentence, figure, then table, counting and download on request."""
    st.subheader(plain(drawn.title), anchor=False)
    st.markdown(plain(drawn.sentence))
    if drawn.figure is not None:
        # Nothing to hover, zoom or drag: what matters stands in the figure, and a phone can scroll past it.
        st.plotly_chart(drawn.figure, key=f"figur-{drawn.name}", alt=drawn.sentence, config={"staticPlot": True})
    if not drawn.table.rows:
        return
    with st.container(horizontal=True, gap="small"):
        as_table = st.expander("Visa som tabell", key=f"tabell-{drawn.name}", on_change="rerun", type="compact")
        counted = st.expander("Så räknas det", key=f"raknas-{drawn.name}", on_change="rerun", type="compact")
    if as_table.open:
        with as_table:
            table(drawn.table, unit)
            st.caption(f"Belopp i {_UNIT_WORDS[unit]} exklusive moms. Filen har beloppen i kronor.")
            st.download_button(
                "Hämta tabellen (CSV)", drawn.table.csv(), f"{drawn.name}.csv", "text/csv",
                key=f"csv-{drawn.name}", icon=":material/download:", on_click="ignore",
            )  # fmt: skip
    if counted.open:
        with counted:
            st.markdown(
                f"**Definition.** {plain(drawn.counted.definition)}\n\n**Ingår.** {plain(drawn.counted.included)}\n\n"
                f"**Ingår inte.** {plain(drawn.counted.left_out)}\n\nVarje belopp med sin källa står på FoU-plan "
                "och på projektets sida."
            )


def table(shown: Table, unit: str = "kr") -> None:
    """A real table with text as text and numbers flush right.

    Written as Markdown: st.table sets numbers flush right only through a pandas Styler, which takes 19 ms a table.
    """
    st.markdown(_markdown(shown, unit))


@lru_cache(maxsize=64)  # written once for each table and unit, not at every click
def _markdown(shown: Table, unit: str) -> str:
    lines = [
        _line(shown.head),
        "|" + "|".join("---:" if shown.numeric(i) else "---" for i in range(len(shown.head))) + "|",
        *(_line(row) for row in shown.shown(unit)),
    ]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "|" + "|".join(plain(_ISO_DATE.sub(_unbroken, " ".join(cell.split("\n")))) for cell in cells) + "|"


def _unbroken(found: re.Match[str]) -> str:
    """A date that no narrow column breaks in two."""
    return found[0].replace("-", "\u2011")


def facts(pairs: Sequence[tuple[str, str | None]]) -> None:
    """What is known, as a list; long texts below it as paragraphs; what is not known is left out."""
    short = [(name, value) for name, value in pairs if value and len(value) <= _LONG]
    if short:
        table(Table(("Uppgift", "Innehåll"), tuple(short)))
    for name, value in pairs:
        if value and len(value) > _LONG:
            st.markdown(f"**{plain(name)}.** {plain(value)}")
