"""The room bar: each year's money as a line and in figures, always in view while people try amounts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fou.boards import Board, YearRoom
from fou.ui.views.distributing import also, parts, room_text

_KINDS = ("intecknat", "forslaget", "fritt", "fattas")


def draw(board: Board, unit: str) -> DeltaGenerator:
    """The years of money large, those that it reaches into smaller; return a place beside them, as much in view.

    See ``fou.css`` for how it stays so.
    """
    money = set(board.matters.years)
    with st.container(key="rum", horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.html(markup(board.room, money, unit))
        return st.container(width="content")


def markup(rooms: Sequence[YearRoom], money: set[int], unit: str) -> str:
    """The bar as HTML; every text in it is our own or escaped."""
    own = [room for room in rooms if room.year in money]
    later = [room for room in rooms if room.year not in money and _reached(room)]
    years = "".join([_year(room, unit, "stort") for room in own] + [_year(room, unit, "litet") for room in later])
    return f'<div class="fou-rum" role="group" aria-label="Pengarna">{years}</div>'


def _reached(room: YearRoom) -> bool:
    """Whether a year besides those of the money is of interest: the scenario reaches into it, or it has a frame."""
    return bool(room.here.firm or room.here.open or room.here.conditional or room.frame)


def _year(room: YearRoom, unit: str, size: str) -> str:
    said = room_text(room, unit)
    figures = "".join(
        f'<div class="{"fattas" if name in ("Fattas", "Över det avsatta") else ""}">'
        f"<dt>{escape(name)}</dt><dd>{escape(amount)}</dd></div>"
        for name, amount in said
    )
    told = also(room, unit)
    note = f"<p>{escape(told)}</p>" if told else ""
    row = f'<div class="rad"><h2>{room.year}</h2><dl>{figures}</dl></div>'
    # A year that is only reached into is one row: there is more to see than the bar.
    line = _line(parts(room)) if size == "stort" else ""
    return f'<section class="{size}">{row}{line}{note}</section>'


def _line(lengths: Sequence[Decimal]) -> str:
    """The figures above say the same: a reader of the screen is not told twice."""
    whole = sum(lengths, Decimal(0))
    if not whole:
        return '<div class="linje" aria-hidden="true"></div>'
    spans = "".join(
        f'<span class="{kind}" style="width:{float(100 * length / whole):.2f}%"></span>'
        for kind, length in zip(_KINDS, lengths, strict=True)
        if length
    )
    return f'<div class="linje" aria-hidden="true">{spans}</div>'
