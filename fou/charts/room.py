"""The room bar: what takes up each year's frame, and what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from fou.charts.chart import Behind, Chart, Counted, Table, beside
from fou.charts.drawing import Bars, Row, Series
from fou.model import Kind
from fou.money import format_whole
from fou.swedish import count, join_words

if TYPE_CHECKING:
    from fou.plan import Room

_PARTS = (
    ("paid", "Utbetalt"),
    ("granted", "Beviljat, inte utbetalt"),
    ("reserved", "Avsatt"),
    ("proposed", "Föreslaget"),
    ("free", "Fritt"),
)
_KINDS = (Kind.FRAME, Kind.GRANTED, Kind.PAID, Kind.RESERVED, Kind.PROPOSED, Kind.RETURNED)
_APART = ("open", "På villkor")


def room_chart(rooms: Sequence[Room], unit: str) -> Chart:
    """One bar a year, the first of ``rooms`` being the year in question."""
    first = rooms[0]
    shown = [room for room in rooms if room is first or room.stated]
    return Chart(
        name="utrymme",
        title=_title(first, unit),
        sentence=" ".join([_sentence(first, unit), *_later(shown[1:], unit)]),
        drawing=_drawing(shown, unit),
        table=_table(shown),
        counted=Counted(
            definition="Fritt = ram − beviljat − avsatt + återfört, för varje år och finansiär för sig.",
            included=(
                "De finansiärer som har en ram det året. Utbetalt är minskat med det som har återförts. Föreslaget är "
                "det som ännu inte är beslutat."
            ),
            left_out=_left_out(shown, unit),
        ),
        behind=Behind(tuple(room.year for room in shown), _KINDS, framed=True),
    )


def _title(room: Room, unit: str) -> str:
    if room.frame is None or room.free is None:
        stated = [(room.taken, "beviljat eller avsatt"), (room.proposed, "föreslaget")]
        said = [f"{format_whole(amount, unit)} är {word} {room.year}" for amount, word in stated if amount]
        return f"{said[0]}, ramen är inte fastställd" if said else f"Ramen för {room.year} är inte fastställd"
    left = room.left_if_proposed
    assert left is not None
    if room.proposed and not left:
        return f"Förslagen för {room.year} tar hela ramen"
    if room.proposed and left > 0:
        return f"{format_whole(left, unit)} blir kvar {room.year} om förslagen beviljas"
    if room.proposed:
        return f"Förslagen för {room.year} går {format_whole(-left, unit)} över ramen"
    if room.free < 0:
        return f"{room.year} är intecknat {format_whole(-room.free, unit)} över ramen"
    return f"{format_whole(room.free, unit)} är fritt {room.year}"


def _sentence(room: Room, unit: str) -> str:
    if room.frame is None:
        parts = [f"Ramen för {room.year} är inte fastställd."]
        if room.proposed:
            parts.append(f"Föreslaget är {format_whole(room.proposed, unit)}.")
        if room.taken:
            parts.append(f"Beviljat och avsatt är {format_whole(room.taken, unit)}.")
    else:
        parts = [f"Av ramen på {format_whole(room.frame, unit)} för {room.year} är {_taken(room, unit)}."]
        assert room.free is not None
        if room.proposed:
            left = room.left_if_proposed
            assert left is not None
            parts.append(
                f"{format_whole(room.proposed, unit)} är föreslaget; beviljas det "
                + (f"blir {format_whole(left, unit)} kvar." if left >= 0 else f"saknas {format_whole(-left, unit)}.")
            )
        elif room.free >= 0:
            parts.append(f"{format_whole(room.free, unit)} är fritt.")
        else:
            parts.append(f"Det är {format_whole(-room.free, unit)} mer än ramen.")
    if room.open:
        parts.append(_open(room.open))
    if room.conditional:
        parts.append(f"{format_whole(room.conditional, unit)} är utlovat på villkor och räknas för sig.")
    return " ".join(parts)


def _taken(room: Room, unit: str) -> str:
    if not room.granted and not room.reserved:
        return "inget beviljat eller avsatt"
    parts = []
    if room.granted:
        parts.append(f"{format_whole(room.granted, unit)} beviljat")
    if room.reserved:
        parts.append(f"{format_whole(room.reserved, unit)} avsatt")
    since = [(room.paid + room.returned, "är utbetalt"), (room.returned, "har återförts")]
    said = join_words([f"{format_whole(amount, unit)} {what}" for amount, what in since if amount])
    return " och ".join(parts) + (f" ({said})" if said else "")


def _commitments(number: int) -> str:
    return count(number, "åtagande", "åtaganden")


def _open(number: int) -> str:
    return f"{_commitments(number)} har inget fastställt belopp och räknas för sig."


def _later(rooms: Sequence[Room], unit: str) -> list[str]:
    parts = []
    for room in rooms:
        said = []
        if room.taken:
            said.append(f"{format_whole(room.taken, unit)} låst")
        if room.proposed:
            said.append(f"{format_whole(room.proposed, unit)} föreslaget")
        if room.open:
            said.append(f"{_commitments(room.open)} utan belopp")
        if said:
            parts.append(f"{room.year}: {', '.join(said)}.")
    return parts


def _segments(room: Room) -> dict[str, Decimal]:
    zero = Decimal(0)
    left = room.left_if_proposed
    return {
        # What is paid beyond the year's grants belongs to another year's: the bar ends with the grants.
        "paid": max(min(room.paid, room.paid + room.unpaid), zero),
        "granted": max(room.unpaid, zero),
        "reserved": max(room.reserved, zero),
        "proposed": room.proposed,
        "free": max(left, zero) if left is not None else zero,
    }


def _drawing(rooms: Sequence[Room], unit: str) -> Bars | None:
    segments = [_segments(room) for room in rooms]
    if not any(any(parts.values()) for parts in segments) and not any(room.conditional for room in rooms):
        return None
    rows: list[Row] = []
    values: dict[str, list[Decimal | None]] = {part: [] for part in (*segments[0], _APART[0])}
    marks: list[Decimal | None] = []

    def add(row: Row, drawn: Mapping[str, Decimal], frame: Decimal | None) -> None:
        rows.append(row)
        marks.append(frame)
        for part, column in values.items():
            column.append(drawn.get(part))

    for room, parts in zip(rooms, segments, strict=True):
        add(Row(str(room.year), _said(room, unit)), parts, room.frame)
        if apart := _apart(room, unit):
            # On a line of their own: what hangs on a condition or has no amount takes nothing of the frame yet.
            add(Row("", apart), {_APART[0]: room.conditional}, None)
    return Bars(
        rows=tuple(rows),
        series=tuple(Series(name, part, tuple(values[part])) for part, name in (*_PARTS, _APART) if any(values[part])),
        unit=unit,
        marks=tuple(marks),
        mark_name="Ram",
    )


def _apart(room: Room, unit: str) -> str:
    """Short enough for a phone."""
    parts = []
    if room.conditional:
        parts.append(f"på villkor {format_whole(room.conditional, unit)}")
    if room.open:
        parts.append(f"{room.open} utan belopp" if parts else f"{_commitments(room.open)} utan belopp")
    return " · ".join(parts)


def _said(room: Room, unit: str) -> str:
    parts = []
    if room.frame is None:
        # Short enough for a phone; that there is no frame is seen from the missing line and said in the text.
        stated = [(room.taken, "låst"), (room.proposed, "föreslaget")]
        said = [f"{format_whole(amount, unit)} {word}" for amount, word in stated if amount]
        parts += said[:1] or ["ram ej fastställd"]
    else:
        parts.append(f"ram {format_whole(room.frame, unit)}")
        left = room.left_if_proposed
        assert left is not None
        parts.append(f"kvar {format_whole(left, unit)}" if room.proposed else f"fritt {format_whole(left, unit)}")
    return " · ".join(parts)


def _table(rooms: Sequence[Room]) -> Table:
    return Table(
        ("År", "Ram", "Utbetalt", "Beviljat, inte utbetalt", "Avsatt", "Fritt", "Föreslaget", "På villkor",
         "Utan belopp"),
        tuple(
            (str(room.year), room.frame, room.paid or None, room.unpaid or None, room.reserved or None, room.free,
             room.proposed or None, room.conditional or None, room.open)
            for room in rooms
        ),
    )  # fmt: skip


def _left_out(rooms: Sequence[Room], unit: str) -> str:
    conditional = sum((room.conditional for room in rooms), Decimal(0))
    apart = beside(conditional, sum(room.open for room in rooms), unit)
    return f"{apart} Andra finansiärers pengar de år då någon finansiär har en ram."
