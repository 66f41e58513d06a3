"""What Jämför shows of a meeting's scenarios. ``who`` is the person as far as what is shown differs between people."""

from __future__ import annotations

from dataclasses import dataclass

from fou import boards, scenarios
from fou.access import Person
from fou.boards import Comparison
from fou.charts import comparing as charts
from fou.charts.chart import Chart, Table
from fou.money import format_number
from fou.store import Reader
from fou.swedish import format_timestamp
from fou.ui.text import plain

#: The latest changes of a scenario that are shown, and that are listed when somebody asks for all of them.
LATEST, ALL = 20, 1000


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Scenarios side by side, the first being what the others are held against.

    ``sentences`` is Markdown: for each of the others who gains and who loses. ``over`` says what there is not room
    for. ``every`` and ``differing`` are who gets what as Markdown, None when no matter differs. ``hidden`` names the
    matters that the reader is in conflict over. ``closed`` says why there are no grounds.
    """

    found: Comparison
    sentences: tuple[str, ...]
    over: str | None
    every: str
    differing: str | None
    hidden: tuple[str, ...]
    file: Table
    figures: Table
    later: str
    areas: Chart
    grounds: Table
    grounds_said: str
    closed: str | None


@dataclass(frozen=True, slots=True)
class History:
    """Who changed what in a scenario, the latest first, and whether there is more."""

    table: Table
    more: bool


def side_by_side(
    reader: Reader, who: Person, numbers: tuple[int, ...], names: tuple[str, ...], unit: str
) -> SideBySide:  # fmt: skip
    """The scenarios with these ids, called so."""
    found = boards.compare(reader, who, numbers)
    first = found.boards[0]
    ranking = first.matters.standings
    closed = "Ett års plan har inga prioriteringsgrunder." if ranking is None else ranking.closed
    said = [f"**{plain(name)}** {plain(text)}" for name, text in charts.sentences(found, names, unit)]
    return SideBySide(
        found=found,
        sentences=tuple(said),
        over=charts.over_sentence(found, names, unit),
        every=_markdown(found, names, unit, only_differing=False),
        differing=_markdown(found, names, unit, only_differing=True) if any(map(charts.differs, found.rows)) else None,
        hidden=tuple(row.matter.title for row in found.rows if row.matter.conflict),
        file=charts.who_table(found, names),
        figures=charts.key_table(found, names, unit),
        later=charts.later_sentence(found, names, unit),
        areas=charts.areas_chart(found, names, unit),
        grounds=charts.grounds_table(found, names),
        grounds_said=charts.grounds_sentence(first, names[0]),
        closed=closed,
    )


def history(reader: Reader, who: Person, number: int, limit: int) -> History:
    """Who changed what in the scenario, with the hour in Sweden."""
    known = {
        (row.matter.project or row.matter.call).code: row.matter  # type: ignore[union-attr]
        for row in boards.board(reader, who, number).rows
    }
    found = scenarios.changes(reader, who, number, limit + 1)
    rows = []
    for one in found[:limit]:
        matter = known.get(one.code)
        rows.append(
            (
                format_timestamp(one.when), one.who, one.code if matter is None else matter.title,
                None if one.year is None else str(one.year),
                one.before or "inte behandlad", one.after or "inte behandlad",
            )
        )  # fmt: skip
    return History(Table(("När", "Vem", "Ärende", "År", "Före", "Efter"), tuple(rows)), len(found) > limit)


def _markdown(found: Comparison, names: tuple[str, ...], unit: str, only_differing: bool) -> str:
    """Who gets what, with each difference from the first in bold, and the sums."""
    asked = "Sökt" if found.boards[0].matters.call is not None else "Begärt"
    lines = [
        _line(["Ärende", f"{asked} \\({unit}\\)", *map(plain, names)]),
        _line(["---", "---:", *["---:"] * len(names)]),
    ]
    rows = charts.shown_rows(found, only_differing)
    for row, (said, cells) in zip(rows, charts.who_rows(found, unit, only_differing), strict=True):
        mark = f", {charts.CONFLICTED}" if row.matter.conflict else ""
        name = plain(f"{row.matter.title} ({row.matter.code}){mark}")
        lines.append(_line([name, plain(said), *(_cell(text, apart) for text, apart in cells)]))
    sums = [plain(format_number(one.total.firm, unit)) for one in found.boards]
    lines.append(_line(["**Summa beviljat och avsatt**", "", *(f"**{text}**" for text in sums)]))
    return "\n".join(lines)


def _cell(text: str | None, apart: str) -> str:
    return f"{plain(text)} **{plain(apart)}**" if apart else plain(text)


def _line(cells: list[str]) -> str:
    return f"|{'|'.join(cells)}|"
