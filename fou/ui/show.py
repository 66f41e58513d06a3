"""Charts, tables and lists as all pages show them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import streamlit as st

from fou.charts.chart import Behind, Chart, Table
from fou.charts.tables import source_table
from fou.money import UNITS
from fou.sources import count_sources_of, sources_of
from fou.swedish import count
from fou.ui import limits
from fou.ui.head import View
from fou.ui.text import plain

_UNIT_WORDS = {"kr": "kronor", "tkr": "tusental kronor", "mnkr": "miljoner kronor"}
#: What a chart shows below itself when somebody asks.
BELOW = AS_TABLE, COUNTED, FILES = "Visa som tabell", "Så räknas det", "Hämta"
_ISO_DATE = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")
_MOST_SOURCES = 12
#: A text longer than this is a paragraph and no table cell.
_LONG = 120
assert _UNIT_WORDS.keys() == UNITS.keys()


@dataclass(frozen=True, slots=True)
class Sources:
    """How to read what stands behind a chart, when somebody asks: how many, and the first of them (None: all).

    ``what`` they are stands after their number: belopp, projekt.
    """

    count: Callable[[], int]
    table: Callable[[int | None], Table]
    what: str = "belopp"


def chart(drawn: Chart, view: View, select: bool = False, sources: Sources | None = None) -> list[int]:
    """The one pattern: message, sentence, figure, then table, counting and files on request.

    With ``select`` the rows or groups that somebody has clicked are returned, in the drawing's order. ``sources`` is
    for charts whose amounts are not told by ``drawn.behind``.
    """
    st.subheader(plain(drawn.title), anchor=False)
    st.markdown(plain(drawn.sentence))
    clicked: list[int] = []
    if drawn.figure is not None and select:
        event = st.plotly_chart(
            drawn.figure, key=f"figur-{drawn.name}", alt=drawn.sentence, on_select="rerun", selection_mode="points",
            config={"displayModeBar": False, "scrollZoom": False},
        )  # fmt: skip
        clicked = sorted({point["point_index"] for point in event.selection.points})
    elif drawn.figure is not None:
        # Nothing to hover, zoom or drag: what matters stands in the figure, and a phone can scroll past it.
        st.plotly_chart(drawn.figure, key=f"figur-{drawn.name}", alt=drawn.sentence, config={"staticPlot": True})
    if not drawn.table.rows:
        return clicked
    opened = below(drawn.name)
    if AS_TABLE in opened:
        table(drawn.table, view.unit)
        st.caption(f"Belopp i {_UNIT_WORDS[view.unit]} exklusive moms.")
    if COUNTED in opened:
        _counted(drawn, view, sources or (_behind(drawn.behind, view) if drawn.behind else None))
    if FILES in opened:
        _files(drawn, view)
    return clicked


def below(name: str, offered: Sequence[str] = BELOW) -> list[str]:
    """Offer what can be shown below a chart or a list; return what is asked for."""
    # One element and not three expanders: each element of a page costs every click on it.
    return st.segmented_control(
        "Mer om diagrammet", offered, selection_mode="multi", key=f"mer-{name}", label_visibility="collapsed"
    )


def _behind(behind: Behind, view: View) -> Sources:
    money = "alla" if behind.project else view.money
    return Sources(
        lambda: view.read(count_sources_of, behind, money),
        lambda limit: source_table(view.read(sources_of, behind, money, limit)),
    )


def _counted(drawn: Chart, view: View, sources: Sources | None) -> None:
    st.markdown(
        f"**Definition.** {plain(drawn.counted.definition)}\n\n**Ingår.** {plain(drawn.counted.included)}\n\n"
        f"**Ingår inte.** {plain(drawn.counted.left_out)}"
    )
    number = sources.count() if sources else 0
    if sources is None or not number:
        return
    found = sources.table(_MOST_SOURCES)
    more = number > len(found.rows)
    st.markdown(
        f"**Källor.** {count(number, sources.what, sources.what)} ligger bakom"
        + (f", här är de {len(found.rows)} första:" if more else ":")
    )
    table(found, view.unit)
    if more:
        st.download_button(
            "Hämta alla med källa (CSV)", lambda: sources.table(None).csv(), f"{drawn.name}-kallor.csv", "text/csv",
            key=f"kallor-{drawn.name}", icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _files(drawn: Chart, view: View) -> None:
    with st.container(horizontal=True, gap="small"):
        kinds = [("Bild (PNG)", "png", "image/png"), ("Bild (SVG)", "svg", "image/svg+xml")] if drawn.drawing else []
        for name, suffix, mime in kinds:
            st.download_button(
                name, partial(_picture, drawn, suffix, view), f"{drawn.name}.{suffix}", mime,
                key=f"{suffix}-{drawn.name}", icon=":material/image:", on_click="ignore",
            )  # fmt: skip
        st.download_button(
            "Tabellen (CSV)", drawn.table.csv(), f"{drawn.name}.csv", "text/csv",
            key=f"csv-{drawn.name}", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
    st.caption("Bilden har rubrik och text med sig. Tabellens belopp är i kronor exklusive moms.")


def _picture(drawn: Chart, suffix: str, view: View) -> bytes:
    from fou.exports.picture import chart_png, chart_svg  # what draws them is heavy, and few ask for it

    with limits.export(view.person):
        return chart_svg(drawn).encode() if suffix == "svg" else chart_png(drawn)


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
