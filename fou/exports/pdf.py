"""The report as a tagged PDF in Swedish (PDF/UA-1): first the year on one page, then, if asked for, everything.

How it looks stands in ``pdf.typ``; here its data are gathered. What has no room on a page is cut, and said to be.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from fou.charts.chart import Chart
from fou.charts.palette import LOOKS
from fou.charts.svg import svg
from fou.exports import typesetting
from fou.exports.report import Report, Section
from fou.exports.table import Cell, Table, shares, shown
from fou.money import OPEN_TEXT

_MOST_SOURCES = 40
#: What a name, and a paragraph, may take of the one page.
_NAME, _PARAGRAPH, _HEADING = 90, 900, 150
_UNBROKEN = re.compile(r"[^\s\u200b]{40,}")


def render(report: Report) -> bytes:
    """The document."""
    return typesetting.pdf(_template(), _data(report))


@cache
def _template() -> str:
    return Path(__file__).with_name("pdf.typ").read_text("utf-8")


def _data(report: Report) -> dict[str, Any]:
    rounded = report.one_page and any(_has_ore(part.table) for part in report.sections if part.table is not None)
    running = " · ".join(part for part in (report.title, report.owner) if part)
    return {
        "title": report.title,
        "author": report.owner,
        "subtitle": _cut(report.subtitle, _HEADING) if report.subtitle else None,
        "message": _cut(report.message, 2 * _HEADING),
        "running": _cut(running, 110),
        "summary": _cut(report.summary, _PARAGRAPH),
        "figures": report.figures,
        "overview": _overview(report),
        "one-page": report.one_page,
        "text": _breakable(report.text) if report.text else None,
        "sections": [] if report.one_page else [_in_full(section, report.rows_on_paper) for section in report.sections],
        "foot": [line.replace("kronor", "hela kronor") if rounded else line for line in report.foot],
        "link": _breakable(report.link),
        "url": report.link if report.link.startswith(("http://", "https://")) else None,
    }


def _of_the_year(section: Section) -> bool:
    return section.chart is not None or bool(section.names)


def _overview(report: Report) -> list[dict[str, Any]]:
    """The parts of the one page, in order; the projects stand after the areas, and only if there is room."""
    parts = [_on_one_page(section) for section in report.sections if _of_the_year(section)]
    largest = [_largest(section) for section in report.sections if section.name == "projekten" and section.table]
    return parts[:2] + [part for part in largest if part["table"]["rows"]] + parts[2:]


def _largest(section: Section) -> dict[str, Any]:
    """The projects that have an amount of the most telling kind."""
    assert section.table is not None
    table = section.table.on_page()
    amounts = [index for index, column in enumerate(table.columns) if column.amount]
    rows = tuple(row for row in table.rows if any(isinstance(row[index], Decimal) for index in amounts))
    made = _table(_without(replace(table, rows=rows, totals=None), "darutover"), 2 * _NAME, whole=True)
    return {"name": section.name, "title": section.title, "kind": "projects", "later": False, "table": made}


def _without(table: Table, name: str) -> Table:
    return table.keep([column.name != name for column in table.columns])


def _on_one_page(section: Section) -> dict[str, Any]:
    part: dict[str, Any] = {
        "name": section.name,
        "title": _cut(section.title, _HEADING),
        "sentence": _cut(section.sentence, _PARAGRAPH // 2),
        "kind": "text",
        "later": section.later,
    }
    if section.names:
        return part | {"kind": "names", "names": [_cut(name, _NAME) for name in section.names]}
    table = section.table
    if section.chart is not None and section.name == "plan-mot-beviljat" and table is not None and table.rows:
        return part | {"kind": "table", "table": _areas(_without(table.on_page(), "darutover"))}
    if section.chart is not None and section.chart.drawing is not None:
        return part | {"kind": "chart", **_picture(section.chart)}
    return part


def _picture(chart: Chart) -> dict[str, str]:
    assert chart.drawing is not None
    return {"svg": svg(chart.drawing, chart.title, chart.sentence), "alt": chart.sentence}


def _areas(table: Table) -> dict[str, Any]:
    """The areas with a bar each: what is granted (else the first amount), with a mark for the plan."""
    names = [column.name for column in table.columns]
    amounts = [index for index, column in enumerate(table.columns) if column.amount]
    drawn = names.index("granted_sek") if "granted_sek" in names else amounts[0] if amounts else None
    plan = names.index("planned_sek") if "planned_sek" in names and drawn != names.index("planned_sek") else None
    made = _table(table, _NAME, whole=True)
    if "avvikelse" in names:
        made["widths"][names.index("avvikelse")] = 0
    if drawn is None:
        return made
    chosen = [index for index in (drawn, plan) if index is not None]
    cells = [row[index] for row in table.rows for index in chosen]
    longest = max((cell for cell in cells if isinstance(cell, Decimal)), default=Decimal(0))
    if longest <= 0:
        return made

    def share(cell: object) -> float | None:
        return float(max(cell, Decimal(0)) / longest) if isinstance(cell, Decimal) else None

    made["bars"] = [
        [share(row[drawn]), None if plan is None else share(row[plan])]
        for row in table.rows
    ]  # fmt: skip
    made["bar-colour"] = LOOKS[names[drawn].removesuffix("_sek")].colour
    made["bar-head"] = "" if plan is None else "Beviljat mot plan (streck)"
    made["bar-width"] = 2.9 if plan is not None else 5.5
    return made


def _in_full(section: Section, most: int) -> dict[str, Any]:
    """A section's table; its chart stands on the first page."""
    first = _of_the_year(section)
    return {
        "title": _breakable(
            section.table.title if section.chart is not None and section.table is not None else section.title
        ),
        "sentence": _breakable("" if first else section.sentence),
        "level": section.level,
        "table": None if section.table is None else _table(_readable(section, most)),
    }


def _readable(section: Section, most: int) -> Table:
    """The table with the rows and columns that there is room for."""
    assert section.table is not None
    table = section.table.on_page(_MOST_SOURCES if section.name == "kallor" else most)
    return _without(table, "kod") if section.names else table


def _table(table: Table, longest: int | None = None, whole: bool = False) -> dict[str, Any]:
    """``longest`` cuts the texts, ``whole`` rounds to kronor. A width is a share, 0 as wide as needed, -1 for 1 cm."""

    def line(row: tuple[Cell, ...]) -> list[str]:
        if whole:
            row = tuple(cell.quantize(Decimal(1)) if isinstance(cell, Decimal) else cell for cell in row)
            row = tuple("ej fastställt" if cell == OPEN_TEXT else cell for cell in row)
        texts = [shown(cell) for cell in row]
        return [_breakable(text) if longest is None else _cut(text, longest) for text in texts]

    def width(index: int, share: float) -> float:
        if not table.columns[index].amount:
            return share
        return -2.3 if not whole and any(row[index] == OPEN_TEXT for row in table.rows) else 0

    return {
        "heads": [column.head for column in table.columns],
        "amounts": [column.amount for column in table.columns],
        "widths": [width(index, share) for index, share in enumerate(shares(table))],
        "rows": [line(row) for row in table.rows],
        "totals": None if table.totals is None else line(table.totals),
        "about": table.about,
        "bars": None,
    }


def _has_ore(table: Table) -> bool:
    return any(isinstance(cell, Decimal) and cell != cell.to_integral_value() for row in table.rows for cell in row)


def _cut(text: str, longest: int) -> str:
    return _breakable(text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…")


def _breakable(text: str) -> str:
    """With places to break in words that are wider than a column."""
    return _UNBROKEN.sub(lambda found: "\u200b".join(re.findall(".{1,12}", found[0])), text)
