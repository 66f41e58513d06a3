"""The parts of Portfölj: the filters, what they say, the list and the click in a chart that sets a filter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from fou import portfolio, search
from fou.charts.chart import Chart, Table
from fou.charts.drawing import Bars, Columns
from fou.model import NO_AREA, STANDINGS
from fou.swedish import join_words
from fou.ui import show
from fou.ui.head import View
from fou.ui.pages import PROJECT
from fou.ui.text import plain
from fou.ui.views import portfolio as views

#: What the page shows below its sentence.
LIST, TIME, AREAS, SOUGHT, PAID, SIZES = "Lista", "Tidslinje", "Områden", "Sökt och beviljat", "Utbetalt", "Storlek"
VIEWS = (LIST, TIME, AREAS, SOUGHT, PAID, SIZES)
#: The filters by their name in the URL, and what each is when nothing is chosen.
_NOTHING: dict[str, Any] = {"sok": "", "omrade": [], "lage": [], "fran": None, "till": None, "slutar": False}
#: What a click in a chart has chosen, until the next run sets it before the filters are drawn; and that it chose the
#: list.
_CLICKED = "portfolj-klickat"
_LISTED = "portfolj-lista"
#: The filters as they were last, for the way back from a project.
_LAST = "portfolj-senast"
#: How many similar words are named.
_MOST_WORDS = 6


def filters(view: View) -> tuple[portfolio.Filter, portfolio.Base, str]:
    """Draw the filters; return what they choose, what they choose among, and the text searched for."""
    for key, value in st.session_state.pop(_CLICKED, {}).items():
        st.session_state[key] = value
    known = view.read(views.choices)
    names = {name: key for key, name in STANDINGS.items()}
    years = [str(year) for year in known.years]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        text = st.text_input(
            "Sök", key="sok", bind="query-params", type="search", width=320, max_chars=200, on_change=_first_page,
            placeholder="titel, ansvarig, utförare, ämne …",
        )  # fmt: skip
        areas = st.multiselect(
            "Område", [*known.areas, NO_AREA], key="omrade", bind="query-params", width=300, placeholder="alla",
            on_change=_first_page,
        )  # fmt: skip
        standings = st.multiselect(
            "Läge", list(names), key="lage", bind="query-params", width=220, placeholder="alla", on_change=_first_page
        )
        first = st.selectbox(
            "Från år", years, index=None, key="fran", bind="query-params", width=120, placeholder="alla",
            on_change=_first_page,
        )  # fmt: skip
        last = st.selectbox(
            "Till år", years, index=None, key="till", bind="query-params", width=120, placeholder="alla",
            on_change=_first_page,
        )  # fmt: skip
        ends = st.checkbox(f"Slutar {view.today.year}", key="slutar", bind="query-params", on_change=_first_page)
    hits = None
    if text and text.strip():
        with st.spinner("Letar bland projekten …"):  # the first search after a change reads every word
            hits = view.read(views.hits, view.read(search.index), text.strip())
    chosen_years = [int(year) if year else None for year in (first, last)]
    if None not in chosen_years:
        chosen_years.sort(key=lambda year: year or 0)
    chosen = portfolio.Filter(
        hits=hits,
        areas=tuple(areas),
        standings=tuple(names[name] for name in standings if name in names),
        money=view.money,
        first=chosen_years[0],
        last=chosen_years[1],
        ends=view.today.year if ends else None,
    )
    _active(chosen, (text or "").strip())
    wanted = {"sok": text, "omrade": areas, "lage": standings, "fran": first, "till": last, "slutar": ends or None}
    st.session_state[_LAST] = {name: str(v).lower() if v is True else v for name, v in wanted.items() if v}
    base = view.read(portfolio.read_base, chosen.money, chosen.first, chosen.last, view.today)
    return chosen, base, (text or "").strip()


def link(view: View) -> dict[str, Any]:
    """The way back to the portfolio as it was filtered last."""
    return {**view.link(), **st.session_state.get(_LAST, {})}


def told(text: str, hits: search.Hits) -> None:
    """Say which similar words the search took for what was typed."""
    if not hits.alike:
        return
    words = join_words([f"”{word}”" for word in hits.alike[:_MOST_WORDS]])
    more = f" och {len(hits.alike) - _MOST_WORDS} till" if len(hits.alike) > _MOST_WORDS else ""
    how = "Visar även liknande ord" if hits.exact else f"Inget projekt har just ”{text}”. Visar liknande ord"
    st.caption(plain(f"{how}: {words}{more}."))


def nothing(hits: search.Hits | None) -> None:
    """Say why nothing was found, and what to do next."""
    missing = [word for word, number in hits.words if not number] if hits else []
    if hits is None or hits.projects or not hits.words:
        why = "Inget projekt passar urvalet. Ta bort ett filter eller sök på något annat."
    elif missing:
        why = f"Inget projekt har {join_or([f'”{word}”' for word in missing])}, eller något ord som liknar det."
    else:
        each = join_words([f"”{word}” finns i {number}" for word, number in hits.words])
        why = f"Inget projekt har alla orden: {each}. Ta bort något av dem."
    st.info(plain(why), icon=":material/search_off:")
    if hits and hits.nearest:
        near = dict(hits.nearest)
        instead = " ".join(near.get(word, word) for word, _ in hits.words)
        st.button(
            f"Sök på {plain(instead)} i stället", icon=":material/search:", on_click=_choose, args=({"sok": instead},)
        )


def view_chosen() -> str:
    """Draw the choice of what to show; return it."""
    # A click in a chart has set it already, and what is set must not have a default as well.
    default = None if st.session_state.pop(_LISTED, False) else LIST
    shown = st.segmented_control("Visa", VIEWS, default=default, required=True, key="visa", bind="query-params")
    return shown or LIST


def projects(view: View, chosen: portfolio.Filter, base: portfolio.Base, pages: int) -> None:
    """The list: in the order chosen, a page at a time; a row leads to the project."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        order = st.selectbox(
            "Ordning", portfolio.orders(chosen), key="ordning", bind="query-params", width=200, on_change=_first_page
        )
        number = st.pagination(pages, key="sida", bind="query-params") if pages > 1 else 1
        found = view.read(views.listing, chosen, view.unit, base, order or "", min(number, pages))
        code = st.selectbox(
            "Öppna ett projekt", list(found.titles), index=None, key="oppna", format_func=found.titles.__getitem__,
            placeholder="välj här, eller en rad i tabellen", width=420,
        )  # fmt: skip
    amounts = [name for name in found.table.column_names if name.endswith(")")]
    event = st.dataframe(
        found.table,
        hide_index=True,
        placeholder="–",
        key="projekten",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Projekt": st.column_config.TextColumn(width="large"),
            **{name: st.column_config.TextColumn(width=105) for name in ("Start", "Slut")},
            **{name: st.column_config.NumberColumn(format="localized") for name in (*amounts, "Utan belopp")},
        },
        alt="Projekten i urvalet med läge, belopp, tid, område och ansvarig",
    )
    if event.selection.rows:
        code = list(found.titles)[event.selection.rows[0]]
    if code:
        # The head's choices are in the URL by themselves, and what a widget is bound to may not be set.
        st.switch_page(PROJECT, query_params={"kod": code})


def statistics(view: View, chosen: portfolio.Filter, base: portfolio.Base, shown: str) -> None:
    """One of the portfolio's charts. A click on an area or a year lists its projects."""
    asked = (chosen, view.unit, base)

    def behind(figure: portfolio.Figure) -> show.Sources:
        return show.Sources(
            lambda: view.read(views.count_sources, figure, chosen, base),
            lambda limit: view.read(views.sources, figure, chosen, base, limit),
        )

    if shown == TIME:
        show.chart(view.read(views.along_time, *asked), view, sources=_dates(view, chosen, base))
    elif shown == AREAS:
        _pick(view.read(views.areas, *asked), view, "ett område", lambda name: {"omrade": [name]}, behind("by_area"))
    elif shown == SOUGHT:
        amounts, numbers = view.read(views.sought, *asked)
        with st.grid(2, min_column_width=420, gap="large"):
            for chart in (amounts, numbers):
                with st.container():
                    _pick(chart, view, "ett år", lambda year: {"fran": year, "till": year}, behind("sought"))
    elif shown == PAID:
        show.chart(view.read(views.payments, *asked), view, sources=behind("payments"))
    else:
        show.chart(view.read(views.sizes, *asked), view, sources=behind("sizes"))


def _dates(view: View, chosen: portfolio.Filter, base: portfolio.Base) -> show.Sources:
    """A time line is made of dates and not of amounts."""

    def table(limit: int | None) -> Table:
        found = view.read(views.dates, chosen, base)
        return Table(found.head, found.rows[:limit])

    return show.Sources(lambda: len(table(None).rows), table, "projekt")


def _pick(chart: Chart, view: View, what: str, wish: Callable[[str], dict[str, Any]], sources: show.Sources) -> None:
    if chart.drawing is not None:
        st.caption(f"Klicka på {what} i figuren för att se dess projekt, eller välj det i filtret ovanför.")
    clicked = show.chart(chart, view, select=True, sources=sources)
    if clicked and isinstance(chart.drawing, Bars | Columns):
        names = (
            [row.name for row in chart.drawing.rows] if isinstance(chart.drawing, Bars) else list(chart.drawing.groups)
        )
        _choose({**wish(names[clicked[0]]), "visa": LIST, _LISTED: True})
        st.rerun()


def _active(chosen: portfolio.Filter, text: str) -> None:
    """The filters in force in one line, and a way out of them."""
    parts = [f"”{text}”"] if text else []
    parts += [join_or(chosen.areas)] if chosen.areas else []
    parts += [join_or([STANDINGS[standing] for standing in chosen.standings])] if chosen.standings else []
    parts += [f"år {chosen.years}"] if chosen.years else []
    parts += [f"slutar {chosen.ends}"] if chosen.ends else []
    if not parts:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"Visar bara: {plain(' · '.join(parts))}", width="content")
        st.button("Rensa filtren", icon=":material/close:", on_click=_choose, args=(_NOTHING,))


def join_or(words: tuple[str, ...] | list[str]) -> str:
    """``a, b eller c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} eller {words[-1]}"


def _choose(wished: dict[str, Any]) -> None:
    """Set filters at the beginning of the next run: a widget's value cannot be set once it is drawn."""
    st.session_state[_CLICKED] = dict(wished)
    _first_page()


def _first_page() -> None:
    st.session_state.pop("sida", None)
