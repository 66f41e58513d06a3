"""Scenarios side by side, in words, as tables and drawn: who gets what, what it leaves, and what it locks in."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from fou.charts.chart import Cell, Chart, Counted, Table
from fou.charts.drawing import Bars, Row, Series
from fou.charts.palette import series_look
from fou.charts.ranking import asked_text, points
from fou.figures import ZERO
from fou.money import MINUS, NO_BREAK_SPACE, format_number, format_sek
from fou.swedish import count, join_words, percent

if TYPE_CHECKING:
    from fou.boards import Board, Compared, Comparison, Said, YearRoom

#: The mark of a matter that the reader is in conflict of interest over, and what stands for what is not shown of it.
CONFLICTED = "jäv"
#: What differs but is no difference in kronor.
OTHERWISE = "≠"
_GIVEN = ("grant", "reserve")
#: What each scenario says of a matter, and how that differs from the first.
Cells: TypeAlias = tuple[tuple[str | None, str], ...]
_NO_FRAME = "ramen ej fastställd"
#: So many are named in a sentence; the rest are counted.
_NAMED = 3
#: So many areas are drawn at most, of those that are given anything; the rest stand in the table.
_AREAS = 6


def said_text(said: Said, unit: str) -> str | None:
    """What a scenario says of a matter, for a table: ``600 000``, ``avsatt, ej fastställt``; None: not considered."""
    if said.choice in (None, "out"):
        return None if said.choice is None else "utanför"
    parts = []
    if said.granted:
        parts.append(format_number(said.granted, unit))
    if said.reserved:
        parts.append(f"avsatt{NO_BREAK_SPACE}{format_number(said.reserved, unit)}")
    if said.open:
        parts.append("avsatt, ej fastställt" if said.open == 1 else f"{said.open} avsatta, ej fastställda")
    if said.conditional:
        parts.append(f"{format_number(said.conditional, unit)} på villkor")
    return " + ".join(parts)


def gain_text(gain: int, unit: str) -> str:
    """A difference: ``▲ +50 000``, ``▼ −50 000``."""
    sign, arrow = ("+", "▲") if gain > 0 else (MINUS, "▼")
    return f"{arrow}{NO_BREAK_SPACE}{sign}{format_number(abs(gain), unit)}"


def difference_text(row: Compared, at: int, unit: str) -> str:
    """How a matter differs in a scenario from the first; nothing when it does not."""
    if not row.differs[at]:
        return ""
    gain = row.gains[at]
    return gain_text(gain, unit) if gain else OTHERWISE


def differs(row: Compared) -> bool:
    """Whether anything of the matter differs between the scenarios."""
    return any(row.differs)


def sentences(found: Comparison, names: Sequence[str], unit: str) -> tuple[tuple[str, str], ...]:
    """Who gains and who loses in each of the others against the first: the scenario's name, and what is said of it."""
    return tuple((names[at], _against(found, names[0], at, unit)) for at in range(1, len(found.boards)))


def _against(found: Comparison, first: str, at: int, unit: str) -> str:
    shown = [row for row in found.rows if row.differs[at]]
    if not shown:
        return f"säger detsamma som {first}."
    up = sorted((row for row in shown if (row.gains[at] or 0) > 0), key=lambda row: -(row.gains[at] or 0))
    down = sorted((row for row in shown if (row.gains[at] or 0) < 0), key=lambda row: row.gains[at] or 0)
    parts = []
    if up:
        parts.append(f"mer till {_listed(up, at, unit)}")
    if down:
        parts.append(f"mindre till {_listed(down, at, unit)}")
    said = f"ger {' och '.join(parts)}." if parts else f"ger ingen mer eller mindre än {first}."
    # Between what is left out and what is not considered there is no difference that anybody gets.
    other = [
        row for row in shown
        if not row.gains[at] and any(one.choice not in (None, "out") for one in _two(row, at))
    ]  # fmt: skip
    if other:
        told = [f"{row.matter.title} ({_changed(row, at, unit)})" for row in other[:_NAMED]]
        if len(other) > _NAMED:
            told.append(f"{len(other) - _NAMED} till")
        said += f" Annat som skiljer: {join_words(told)}."
    whole = found.boards[at].total.firm - found.boards[0].total.firm
    if up and down:
        pairs = [_two(row, at) for row in shown]
        known = all(one.open == other.open and one.conditional == other.conditional for one, other in pairs)
        more = f"{format_sek(abs(whole), unit)} {'mer' if whole > 0 else 'mindre'}" if whole else "lika mycket"
        said += f" Tillsammans är det {more}." if known else f" De fastställda beloppen är tillsammans {more}."
    return said


def _two(row: Compared, at: int) -> tuple[Said, Said]:
    return row.said[0], row.said[at]


def _changed(row: Compared, at: int, unit: str) -> str:
    before, after = (said_text(one, unit) or "inte behandlad" for one in _two(row, at))
    return "andra år" if before == after else f"{after} i stället för {before}"


def _listed(found: Sequence[Compared], at: int, unit: str) -> str:
    told = [f"{row.matter.title} ({_by(row, at, unit)})" for row in found[:_NAMED]]
    if len(found) > _NAMED:
        rest = sum(row.gains[at] or 0 for row in found[_NAMED:])
        told.append(f"{len(found) - _NAMED} till ({_signed(rest, unit)})")
    return join_words(told)


def _by(row: Compared, at: int, unit: str) -> str:
    """How much more or less, and what goes the same way beside it."""
    first, other = _two(row, at)
    parts = [_signed(row.gains[at] or 0, unit)]
    if other.conditional != first.conditional:
        parts.append(f"{_signed(other.conditional - first.conditional, unit)} på villkor")
    if other.open != first.open:
        parts.append("ett belopp ej fastställt")
    return " och ".join(parts)


def _signed(gain: int, unit: str) -> str:
    return f"{'+' if gain > 0 else MINUS}{format_sek(abs(gain), unit)}"


def shown_rows(found: Comparison, only_differing: bool) -> list[Compared]:
    """The matters to show: those that differ, or all but those that a call's meeting need not come to and has not."""
    call = found.boards[0].matters.call is not None
    return [
        row
        for row in found.rows
        if (differs(row) or not only_differing)
        and (not call or row.matter.applied is not None or any(said.choice for said in row.said))
    ]


def who_rows(found: Comparison, unit: str, only_differing: bool) -> list[tuple[str, Cells]]:
    """Who gets what: what is asked for, and for each scenario what it says and how that differs from the first."""
    rows: list[tuple[str, Cells]] = []
    for row in shown_rows(found, only_differing):
        cells = tuple((said_text(said, unit), difference_text(row, at, unit)) for at, said in enumerate(row.said))
        rows.append((asked_text(row.matter.asked_in(year for year, _ in row.matter.asked), unit), cells))
    return rows


def who_table(found: Comparison, names: Sequence[str]) -> Table:
    """Who gets what, with amounts in kronor, for a file."""
    rows: list[tuple[Cell, ...]] = []
    for row in found.rows:
        cells: list[Cell] = []
        for said in row.said:
            plain = said.choice is not None and not (said.reserved or said.open or said.conditional) and said.granted
            cells.append(Decimal(plain) if plain else said_text(said, "kr"))
        asked = row.matter.asked_in(year for year, _ in row.matter.asked)
        known = asked.known
        rows.append((row.matter.code, row.matter.title, asked_text(asked, "kr") if known is None else known, *cells))
    return Table(("Kod", "Ärende", "Sökt", *names), tuple(rows))


def key_table(found: Comparison, names: Sequence[str], unit: str) -> Table:
    """What each scenario comes to: all together, free and locked in by year, to new projects and to continuing ones."""
    boards = found.boards
    rows: list[tuple[Cell, ...]] = [
        ("Ärenden som är med", *(sum(row.said.choice in _GIVEN for row in one.rows) for one in boards)),
        ("Beviljas och avsätts i allt", *(Decimal(one.total.firm) for one in boards)),
    ]  # fmt: skip
    if any(one.total.open for one in boards):
        rows.append(("Avsätts utan fastställt belopp", *(one.total.open for one in boards)))
    if any(one.total.conditional for one in boards):
        rows.append(("Dessutom på villkor", *(Decimal(one.total.conditional) for one in boards)))
    money = boards[0].matters.years
    for year in sorted({room.year for one in boards for room in one.room}):
        own = [next((room for room in one.room if room.year == year), None) for one in boards]
        if year in money and any(room is not None and room.pot is not None for room in own):
            rows.append((f"Kvar av det avsatta {year}", *(_left(room, unit) for room in own)))
        if year > max(money):
            rows.append((f"Låses i {year}", *(_locked(room, unit) for room in own)))
        free = [_free(room, unit) for room in own]
        if any(cell not in (None, _NO_FRAME) for cell in free):
            rows.append((f"Fritt kvar {year}", *free))
    rows.append(("Till nya projekt", *(Decimal(one.new) for one in boards)))
    rows.append(("Till projekt som fortsätter", *(Decimal(one.continuing) for one in boards)))
    return Table(("Vad det innebär", *names), tuple(rows))


def _left(room: YearRoom | None, unit: str) -> Cell:
    left = None if room is None else room.left
    return left if left is None or left >= 0 else f"{MINUS}{format_number(-left, unit)}, mer än det avsatta"


def _locked(room: YearRoom | None, unit: str) -> Cell:
    if room is None or room.here.choice in (None, "out"):
        return None
    return said_text(room.here, unit) if room.here.open or room.here.conditional else Decimal(room.here.firm)


def _free(room: YearRoom | None, unit: str) -> Cell:
    if room is None:
        return None
    if room.over:
        return f"{MINUS}{format_number(room.over, unit)}, ryms inte"
    return _NO_FRAME if room.free_after is None else room.free_after


def over_sentence(found: Comparison, names: Sequence[str], unit: str) -> str | None:
    """Which scenarios there is not room for, and in which years; None when there is room for all."""
    said = []
    for one, name in zip(found.boards, names, strict=True):
        years = [f"{format_sek(room.over, unit)} för mycket {room.year}" for room in one.room if room.over]
        if years:
            said.append(f"{name} ({join_words(years)})")
    return f"Pengarna räcker inte till {join_words(said)}." if said else None


def later_sentence(found: Comparison, names: Sequence[str], unit: str) -> str:
    """What each scenario locks in for the years after those of the money."""
    told = []
    for one, name in zip(found.boards, names, strict=True):
        later = one.locked_in
        parts = [format_sek(later.firm, unit)] if later.firm else []
        if later.open:
            parts.append(count(later.open, "belopp som inte är fastställt", "belopp som inte är fastställda"))
        if later.conditional:
            parts.append(f"{format_sek(later.conditional, unit)} på villkor")
        told.append(f"{name} låser {join_words(parts)}" if parts else f"{name} låser inget")
    return f"Kommande år: {'; '.join(told)}."


def areas_chart(found: Comparison, names: Sequence[str], unit: str) -> Chart:
    """What part of each scenario goes to each area, against the area's part of the year's plan."""
    year = found.boards[0].scenario.year
    order: dict[str, None] = {}
    for one in found.boards:
        order |= dict.fromkeys(share.name for share in one.areas)
    given = [{share.name: share.amount for share in one.areas} for one in found.boards]
    planned = {share.name: share.planned for one in found.boards for share in one.areas if share.planned is not None}
    sums = [sum(own.values()) for own in given]
    plan = sum(planned.values(), ZERO)
    table = Table(
        ("Område", *(f"Plan {year}, {what}" for what in ("belopp", "andel")),
         *(f"{name}, {what}" for name in names for what in ("belopp", "andel"))),
        tuple(
            (
                area, planned.get(area), percent(planned[area], plan) if area in planned and plan else None,
                *(
                    cell
                    for own, whole in zip(given, sums, strict=True)
                    for cell in (Decimal(own.get(area, 0)), percent(own.get(area, 0), whole))
                ),
            )
            for area in order
        ),
    )  # fmt: skip
    drawn = [area for area in order if any(own.get(area) for own in given)][:_AREAS]
    rows, marks = [], []
    values: list[list[Decimal | None]] = [[] for _ in names]
    for area in drawn:
        against = planned[area] * 100 / plan if area in planned and plan else None
        for at, (name, own, whole) in enumerate(zip(names, given, sums, strict=True)):
            share = Decimal(own.get(area, 0)) * 100 / whole if whole else ZERO
            text = f"{name}: {percent(own.get(area, 0), whole)}, {format_sek(own.get(area, 0), unit)}"
            rows.append(Row("" if at else area, text))
            marks.append(against)
            for column, shares in enumerate(values):
                shares.append(share if column == at else None)
    title, sentence = _areas_said(names, given, sums, planned, plan, year)
    return Chart(
        "jamfor-omraden",
        title,
        sentence,
        Bars(
            rows=tuple(rows),
            series=tuple(Series(name, series_look(at), tuple(values[at])) for at, name in enumerate(names)),
            unit="",
            marks=tuple(marks) if any(mark is not None for mark in marks) else (),
            mark_name=f"Områdets andel av planen {year}",
        )
        if any(sums)
        else None,
        table,
        Counted(
            definition=(
                "Andelen är det som scenariot beviljar och avsätter till området i de år som pengarna gäller, av allt "
                "det beviljar och avsätter då. Planens andel är områdets del av det som är planerat för året, med egna "
                "medel."
            ),
            included="Fastställda belopp utan villkor. Det som avsätts till en utlysning står på en egen rad.",
            left_out="Belopp som inte är fastställda eller är på villkor, och det som avsätts för senare år.",
        ),
    )  # fmt: skip


def _areas_said(
    names: Sequence[str], given: Sequence[dict[str, int]], sums: Sequence[int], planned: dict[str, Decimal],
    plan: Decimal, year: int,
) -> tuple[str, str]:  # fmt: skip
    if not any(sums):
        return "Inget scenario ger pengar än", "Inga områden får pengar i de här scenarierna."
    told = []
    for name, own, whole in zip(names, given, sums, strict=True):
        if not whole:
            told.append(f"{name} ger inga pengar än")
            continue
        largest = max(own, key=lambda area: own[area])
        against = f" (planen {percent(planned[largest], plan)})" if largest in planned and plan else ""
        told.append(f"{name} ger mest till {largest}: {percent(own[largest], whole)}{against}")
    sentence = f"{'; '.join(told)}."
    if not plan or not sums[0]:
        return told[0], sentence if plan else f"{sentence} För {year} finns ingen plan per område att jämföra med."

    def away(area: str) -> Decimal:
        return abs(Decimal(given[0].get(area, 0)) / sums[0] - planned.get(area, ZERO) / plan)

    apart = max(sorted({*planned, *given[0]}), key=away)
    title = (
        f"{names[0]} skiljer sig mest från planen i {apart}: {percent(given[0].get(apart, 0), sums[0])} mot "
        f"{percent(planned.get(apart, ZERO), plan)}"
    )
    return title, sentence


def grounds_table(found: Comparison, names: Sequence[str]) -> Table:
    """How each ground is met by what each scenario grants, and by what it does not; empty before scores are opened."""
    first = found.boards[0].grounds
    return Table(
        ("Prioriteringsgrund", *(f"{name}: {who}" for name in names for who in ("beviljas", "övriga"))),
        tuple(
            (
                f"{ground.criterion.name} (vikt {ground.criterion.weight})",
                *(
                    points(mean)
                    for one in found.boards if at < len(one.grounds)
                    for mean in (one.grounds[at].inside, one.grounds[at].outside)
                ),
            )
            for at, ground in enumerate(first)
        ),
    )  # fmt: skip


def grounds_sentence(board: Board, name: str) -> str:
    """Where what the first scenario grants differs the most from what it does not."""
    known = [
        (one.inside - one.outside, one) for one in board.grounds if one.inside is not None and one.outside is not None
    ]
    if not known:
        return f"I {name} går det inte att jämföra: antingen beviljas inget, eller allt."
    most = max(known, key=lambda pair: abs(pair[0]))[1]
    below = [one.criterion.name for apart, one in known if apart < 0]
    said = (
        f"I {name} skiljer grunden {most.criterion.name} mest: {points(most.inside)} poäng för det som beviljas, "
        f"{points(most.outside)} för övriga."
    )
    if below:
        said += f" Det som beviljas har lägre poäng än övriga i {join_words(below)}."
    return said
