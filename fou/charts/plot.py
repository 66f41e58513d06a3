"""A drawing as a plotly figure: finished, readable without hovering, the same on a projector and on a phone."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go

from fou.charts.drawing import Bars, Columns, Drawing, Ranges, Row, Span, Spans, scaled
from fou.charts.palette import colour, marker
from fou.money import format_decimals, format_number


class Still(go.Figure):  # type: ignore[misc]  # plotly has no types
    """A figure that is finished: what is sent to the browser is made once, and not anew at every click."""

    def to_dict(self) -> dict[str, Any]:
        """The figure as plotly's dict; do not change it."""
        if getattr(self, "_made", None) is None:
            self._made = super().to_dict()
        made: dict[str, Any] = self._made
        return made


def plot(drawing: Drawing) -> Still:
    """The figure. Colours and patterns are the palette's; letters take the page's colour, light or dark."""
    match drawing:
        case Bars():
            return _bars(drawing)
        case Columns():
            return _columns(drawing)
        case Spans():
            return _spans(drawing)
        case Ranges():
            return _ranges(drawing)


def label(text: str, most: int = 60) -> str:
    """User text inside a figure: plotly reads a few HTML tags, so they are made harmless; long texts are cut."""
    short = text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


#: A name at most this long shares its line with the figures.
_SHORT = 8
#: How many letters fit a phone's width.
_LINE = 38


def _bars(drawing: Bars) -> Still:
    """Each row's text above its bar, so that a phone has room for both."""
    texts = [_row_text(row) for row in drawing.rows]
    lines = max((text.count("<br>") + 1 for text in texts), default=1)
    row = 44 + 20 * lines
    rows = list(range(len(texts)))
    height = row * len(rows) + 66
    traces: list[go.Bar | go.Scatter] = [
        go.Bar(
            x=[scaled(value, drawing.unit) if value else None for value in series.values],
            y=rows,
            name=label(series.name, 40),
            orientation="h",
            width=28 / row,
            offset=-0.5 + (20 * lines + 4) / row,
            marker=marker(series.look),
            showlegend=drawing.legend,
            hoverinfo="none",
        )
        for series in drawing.series
    ]
    traces.append(
        go.Scatter(
            # A trace and not annotations: the page's theme gives traces its text colour, light or dark.
            x=[0] * len(rows), y=[index - 0.5 + 10 * lines / row for index in rows], text=texts, mode="text",
            textposition="middle right", textfont={"size": 15}, cliponaxis=False, showlegend=False, hoverinfo="skip",
        )
    )  # fmt: skip
    shapes = []
    line = {"width": 4, "color": colour("planned")}
    for index, mark in enumerate(drawing.marks):
        if mark is not None:
            at = scaled(mark, drawing.unit)
            shapes.append(
                {"type": "line", "xref": "x", "yref": "y", "x0": at, "x1": at, "y0": index - 0.5 + 20 * lines / row,
                 "y1": index + 0.5 - 6 / row, "line": line}
            )  # fmt: skip
    if shapes:
        traces.append(go.Scatter(x=[None], y=[None], mode="lines", name=drawing.mark_name, line=line))
    return Still(
        data=traces,
        layout=_layout(
            height,
            xaxis={**_BARE_AXIS, "range": [0, scaled(drawing.longest, drawing.unit) * 1.02 or 1]},
            yaxis={**_BARE_AXIS, "range": [len(rows) - 0.5, -0.5]},
            shapes=shapes,
            legend={**_LEGEND, "y": -4 / height},
        ),
    )


def _row_text(row: Row) -> str:
    if not row.name:
        return label(row.said, 80)
    if len(row.name) <= _SHORT:
        return f"<b>{label(row.name)}</b> · {label(row.said, 80)}" if row.said else f"<b>{label(row.name)}</b>"
    lines = [f"<b>{label(line, 200)}</b>" for line in _wrapped(row.name)]
    return "<br>".join([*lines, *(label(line, 200) for line in _wrapped(row.said, _LINE + 8))])


def _wrapped(text: str, most: int = _LINE) -> list[str]:
    return textwrap.wrap(text, most, max_lines=3, placeholder=" …", break_on_hyphens=False)


def _columns(drawing: Columns) -> Still:
    groups = list(range(len(drawing.groups)))
    few, unit = drawing.few, drawing.unit
    traces: list[go.Bar | go.Scatter] = [
        go.Bar(
            x=groups,
            y=[None if value is None else scaled(value, unit) for value in series.values],
            name=label(series.name, 40),
            text=[
                None if v is None else format_number(v, unit) if unit else format_decimals(v, 0) for v in series.values
            ]
            if few
            else None,
            textposition="outside",
            textfont={"size": 15},
            cliponaxis=False,
            marker=marker(series.look),
            hoverinfo="none",
        )
        for series in drawing.series
    ]
    noted = [group for group, note in enumerate(drawing.notes) if note]
    if noted:
        traces.append(
            go.Scatter(
                x=noted, y=[0] * len(noted), mode="text", text=[label(drawing.notes[group]) for group in noted],
                showlegend=False, textposition="top center", textfont={"size": 14}, cliponaxis=False, hoverinfo="skip",
            )
        )  # fmt: skip
    return Still(
        data=traces,
        layout=_layout(
            340,
            barmode="group",
            bargap=max(0.3, 0.9 - 0.12 * len(groups) * len(drawing.series)),
            xaxis={"tickvals": groups, "ticktext": [label(group, 20) for group in drawing.groups], "fixedrange": True,
                   "tickfont": {"size": 15}, "range": [-0.5, len(groups) - 0.5], "zeroline": False, "showgrid": False},
            yaxis={"fixedrange": True, "rangemode": "tozero", "tickformat": ",.0f" if unit != "mnkr" else ",.1f",
                   "title": {"text": unit}, "tickfont": {"size": 14}, "visible": not few},
            legend={**_LEGEND, "y": -0.14},
            margin={"l": 0, "r": 8, "t": 28, "b": 8},
        ),
    )  # fmt: skip


def _figure(value: Decimal | None, unit: str) -> str | None:
    if value is None:
        return None
    return format_number(value, unit) if unit else format_decimals(value, 0)


_SPAN_ROW = 40
_DAY = 86_400_000


def _spans(drawing: Spans) -> Still:
    first, last = drawing.bounds
    placed, heads, rows = _placed(drawing.spans)
    traces: list[go.Bar | go.Scatter] = []
    for look, name in drawing.names:
        chosen = [(row, span) for row, span in placed if span.look == look]
        if not chosen:
            continue
        traces.append(
            go.Bar(
                y=[row for row, _ in chosen],
                base=[span.starts.isoformat() for _, span in chosen],
                x=[((span.ends - span.starts).days + 1) * _DAY for _, span in chosen],
                name=label(name, 40),
                orientation="h",
                width=0.36,
                offset=-0.02,
                marker=marker(look),
                hoverinfo="none",
            )
        )
    texts = [
        (row - 0.22, f"{label(span.said, 40)} · {label(span.name, max(24, 54 - len(span.said)))}")
        for row, span in placed
    ]
    texts += [(row, f"<b>{label(group, 44)}</b>") for row, group in heads]
    traces.append(
        go.Scatter(
            x=[first.isoformat()] * len(texts), y=[row for row, _ in texts], mode="text", showlegend=False,
            text=[text for _, text in texts], textposition="middle right", textfont={"size": 14}, cliponaxis=False,
            hoverinfo="skip",
        )
    )  # fmt: skip
    shapes = []
    height = 110 + _SPAN_ROW * rows
    if first <= drawing.today <= last:
        line = {"width": 2, "dash": "dot", "color": colour("planned")}
        day = drawing.today.isoformat()
        shapes.append(
            {"type": "line", "xref": "x", "yref": "paper", "x0": day, "x1": day, "y0": 0, "y1": 1, "line": line}
        )
        traces.append(go.Scatter(x=[None], y=[None], mode="lines", name="I dag", line=line))
    return Still(
        data=traces,
        layout=_layout(
            height,
            barmode="overlay",
            xaxis={"type": "date", "tickformat": "%Y", "dtick": "M12" if last.year - first.year < 9 else "M36",
                   "fixedrange": True, "ticks": "outside", "tickfont": {"size": 14},
                   "range": [first.isoformat(), last.isoformat()]},
            yaxis={**_BARE_AXIS, "range": [rows - 0.4, -0.6]},
            shapes=shapes,
            legend={**_LEGEND, "y": -44 / height},
        ),
    )  # fmt: skip


def _placed(spans: Sequence[Span]) -> tuple[list[tuple[int, Span]], list[tuple[int, str]], int]:
    """Each span's row, each group's heading and its row, and how many rows there are."""
    placed: list[tuple[int, Span]] = []
    heads: list[tuple[int, str]] = []
    row, group = 0, ""
    for span in spans:
        if span.group != group:
            group = span.group
            heads.append((row, group))
            row += 1
        placed.append((row, span))
        row += 1
    return placed, heads, row


#: A row's height: each line of text above the bar, and the bar itself with the space below it.
_TEXT, _RANGE = 20, 34


def _ranges(drawing: Ranges) -> Still:
    """Each row's text above its bar, as for bars; heights differ, so the upright axis counts dots of the screen."""
    unit = drawing.unit
    texts: list[tuple[float, str]] = []
    bars: dict[str, list[tuple[float, Decimal, Decimal]]] = {}
    marks: list[tuple[float, float]] = []
    shapes: list[dict[str, Any]] = []
    ink = {"width": 3, "color": colour("planned")}
    at = 0.0
    for name, row in drawing.placed:
        top = at
        # A group's name, set apart from the row above.
        lines = [f"<b>{label(line, 200)}</b>" for line in _wrapped(name)] if row else [f"<i>{label(name)}</i>"]
        lines += [label(line, 200) for line in _wrapped(row.said, _LINE + 5)] if row else []
        at += 0 if row or not top else 10
        texts.append((at + _TEXT * len(lines) / 2, "<br>".join(lines)))
        at += _TEXT * len(lines) + (_RANGE if row else 4)
        if row is None:
            continue
        middle = at - _RANGE + 14
        if (ends := drawing.ends(row)) is not None:
            bars.setdefault(row.look, []).append((middle, *ends))
        if row.mark is not None and drawing.first <= row.mark <= drawing.last:
            marks.append((scaled(row.mark, unit), middle))
        if drawing.line is not None:
            place = scaled(drawing.line, unit)
            # Beside the bar only: a line through the text could not be read on a phone.
            shapes += [
                {"type": "line", "xref": "x", "yref": "y", "x0": place, "x1": place, "y0": middle - 13,
                 "y1": middle + 13, "line": line}
                for line in ({"width": 7, "color": "#ffffff"}, ink)
            ]  # fmt: skip
        if row.group and row.group == drawing.zone:
            shapes.append(
                {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": top, "y1": at, "layer": "below",
                 "line": {"width": 0}, "fillcolor": colour("reserved"), "opacity": 0.16}
            )  # fmt: skip
    traces: list[go.Bar | go.Scatter] = [
        go.Bar(
            x=[scaled(high - low, unit) for _, low, high in found],
            base=[scaled(low, unit) for _, low, _ in found],
            y=[middle for middle, _, _ in found],
            width=18, orientation="h", name=label(name, 60), marker=marker(look), hoverinfo="none",
        )
        for look, name in drawing.names
        if (found := bars.get(look))
    ]  # fmt: skip
    if marks:
        traces.append(
            go.Scatter(
                x=[place for place, _ in marks], y=[middle for _, middle in marks], mode="markers",
                name=label(drawing.mark_name), hoverinfo="skip", cliponaxis=False,
                marker={"symbol": "diamond", "size": 16, "color": colour("planned"),
                        "line": {"width": 2, "color": "#ffffff"}},
            )
        )  # fmt: skip
    traces.append(
        go.Scatter(
            x=[scaled(drawing.first, unit)] * len(texts), y=[middle for middle, _ in texts], mode="text",
            text=[text for _, text in texts], textposition="middle right", textfont={"size": 15}, cliponaxis=False,
            showlegend=False, hoverinfo="skip",
        )
    )  # fmt: skip
    if drawing.line is not None:
        traces.append(go.Scatter(x=[None], y=[None], mode="lines", name=label(drawing.line_name), line=ink))
    height = int(at) + 120
    return Still(
        data=traces,
        layout=_layout(
            height,
            barmode="overlay",
            xaxis={"side": "top", "fixedrange": True, "zeroline": False, "tickfont": {"size": 14},
                   "tickvals": [scaled(tick, unit) for tick in drawing.ticks],
                   "ticktext": [_figure(tick, unit) for tick in drawing.ticks],
                   "range": [scaled(drawing.first, unit), scaled(drawing.last, unit)]},
            yaxis={**_BARE_AXIS, "range": [at + 4, -4]},
            shapes=shapes,
            margin={"l": 0, "r": 8, "t": 32, "b": 8},
            legend={**_LEGEND, "y": -4 / height},
        ),
    )  # fmt: skip


def _layout(height: int, **more: Any) -> Mapping[str, Any]:
    """What all figures share: Swedish figures, no ornaments, room for labels, and nothing that moves."""
    return {
        "height": height,
        "separators": ",\u00a0",
        "margin": {"l": 0, "r": 8, "t": 8, "b": 8},
        "font": {"size": 15},
        "barmode": "stack",
        "dragmode": False,
        "hovermode": False,
        "showlegend": True,
        "legend": _LEGEND,
        **more,
    }


#: Below the figure, in the order of the bars; clicking it does nothing.
_LEGEND = {
    "orientation": "h", "yanchor": "top", "xanchor": "left", "x": 0, "font": {"size": 15}, "traceorder": "normal",
    "itemclick": False, "itemdoubleclick": False,
}  # fmt: skip
#: Axes without lines and ticks: the amounts stand at the bars.
_BARE_AXIS = {"visible": False, "fixedrange": True}
