"""The matters on a screen: the whole on the first slide, then one slide a matter."""

from __future__ import annotations

from math import ceil
from typing import Any

from pptx.enum.text import MSO_AUTO_SIZE
from pptx.util import Cm, Pt

from fou.exports.deck import (
    HEIGHT,
    LIGHT,
    LONGEST,
    MARGIN,
    TOP,
    WIDTH,
    add_slide,
    colour,
    content,
    cut,
    new_deck,
    write,
)
from fou.exports.papers import said
from fou.exports.papers.particulars import Particulars
from fou.money import EN_DASH, OPEN_TEXT, format_sek
from fou.snapshot import Line, Matter, Snapshot
from fou.swedish import join_words

_WHO = f"{said.COUNCIL} rekommenderar"
_CHOICES = {"grant": "Beviljas", "reserve": "Avsätts", "out": "Får inte medel"}
#: The height of the text on the first slide.
_FRONT = Cm(12.9)
#: Smaller than this nobody reads on a wall, points.
_SMALLEST = 14
#: How wide a letter is on average and how high a line is, of the font's size; and the space after a paragraph, points.
_LETTER, _LINE, _AFTER = 0.56, 1.25, 6
#: More boxes than this in a row cannot be read from the other end of a room.
_BOXES = 5


def render(snapshot: Snapshot, particulars: Particulars) -> bytes:
    """The slides; what does not fit on one stands whole in its notes."""
    heading = said.subject(snapshot)
    deck = new_deck(
        heading, said.named(snapshot.organisation), said.named(snapshot.scenario), " ".join(said.summary(snapshot))
    )
    foot = said.basis(snapshot, particulars)
    _front(deck, snapshot, heading, foot)
    for matter in snapshot.matters:
        _matter(deck, matter, foot)
    return content(deck)


def _front(deck: Any, snapshot: Snapshot, heading: str, foot: str) -> None:
    points = [f"{EN_DASH} {what}" for what in said.resolved(snapshot.matters, "")] or ["Inget är rekommenderat."]
    told = [*points, *said.room(snapshot), *said.moved(snapshot)]
    slide = add_slide(deck, heading, "\n".join([*told, foot]), size=34 if len(heading) <= 50 else 28)
    shown = [f"{_WHO} att nämnden:", *points, *said.room(snapshot)]
    if _size(shown, _FRONT, 20) < _SMALLEST:
        # The points are what is decided: the room is in the notes, and in the memo.
        shown = [f"{_WHO} att nämnden:", *points, *said.cautions(snapshot)[:2]]
    _texts(slide, _held(shown, _FRONT), TOP, _FRONT, 20)
    _texts(slide, [foot], Cm(17.2), Cm(1.2), 11)


def _matter(deck: Any, matter: Matter, foot: str) -> None:
    told = said.proposal(matter, _WHO) or "Rådet har inte behandlat ärendet."
    facts = [
        ("", said.kind(matter)),
        ("Område", said.named(matter.area)),
        ("Utförs av", said.named(matter.performer)),
        ("Ansvarig", said.named(matter.lead)),
        ("Tid", said.period(matter)),
        ("Sökt", said.requested(matter)),
        ("Rangordning", said.rank(matter)),
        ("Jäv", join_words([said.named(name) for name in matter.conflicts])),
    ]
    lines = [f"{name}: {value}" if name else value for name, value in facts if value]
    purpose = said.purpose(matter)
    notes = [said.title(matter), told, *lines, *purpose, foot]
    slide = add_slide(deck, said.title(matter), "\n".join(notes))
    room = Cm(11.5) if matter.lines else Cm(13)
    _texts(slide, [*(cut(line) for line in lines), *_purpose(purpose, lines)], TOP, room - TOP, 18)
    shown = matter.lines[:_BOXES]
    width = (WIDTH - 2 * MARGIN) // max(len(shown), 2)
    for number, line in enumerate(shown):
        _box(slide, line, MARGIN + width * number, room + Cm(0.3), width - Cm(0.4))
    conditions = [f"Villkor för {one.year}: {said.named(one.condition)}" for one in matter.lines if one.condition]
    rest = matter.lines[_BOXES:]
    more = [f"Därtill: {join_words([f'{one.year} {_amount(one)}' for one in rest])}"] if rest else []
    below = [*conditions, *more] if matter.lines else [told]
    if below:
        _texts(slide, [cut(line, 2 * LONGEST) for line in below], room + Cm(4), HEIGHT - room - Cm(5), 16)


def _purpose(purpose: tuple[str, ...], facts: list[str]) -> list[str]:
    """As much of the purpose as there is room for; it stands whole in the notes."""
    left = 6 - len(facts)
    return [cut(" ".join(purpose), LONGEST * left)] if purpose and left > 0 else []


def _box(slide: Any, line: Line, left: int, top: int, width: int) -> None:
    """A year with its amount, large."""
    made = slide.shapes.add_textbox(left, top, width, Cm(3.2))
    made.fill.solid()
    made.fill.fore_color.rgb = colour(LIGHT)
    frame = made.text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    on = " på villkor" if line.condition is not None else ""
    write(frame.paragraphs[0], f"{_CHOICES[line.choice]} {line.year}{on}", 16)
    write(frame.add_paragraph(), _amount(line), 24, bold=True)
    if line.amount is not None:
        write(frame.add_paragraph(), "exklusive moms", 14)


def _amount(line: Line) -> str:
    if line.choice == "out":
        return "inga medel"
    return OPEN_TEXT if line.amount is None else format_sek(line.amount)


def _height(lines: list[str], size: int) -> float:
    """About how high the paragraphs become, points."""
    letters = (WIDTH - 2 * MARGIN) / Pt(1) / (size * _LETTER)
    rows = sum(max(1, ceil(len(cut(line, 6 * LONGEST)) / letters)) for line in lines)
    return rows * size * _LINE + len(lines) * _AFTER


def _size(lines: list[str], height: int, most: int) -> int:
    """The largest size of font, points, with which the paragraphs have room; at least 10."""
    return next((size for size in range(most, 10, -1) if _height(lines, size) <= height / Pt(1)), 10)


def _held(lines: list[str], height: int) -> list[str]:
    """As many of the paragraphs as can be read; what is left out stands in the notes."""
    if _size(lines, height, _SMALLEST) == _SMALLEST:
        return lines
    rest = "Resten står i anteckningarna och i tjänsteutlåtandet."
    kept = list(lines)
    while len(kept) > 1 and _height([*kept, rest], _SMALLEST) > height / Pt(1):
        kept.pop()
    return [*kept, rest]


def _texts(slide: Any, lines: list[str], top: int, height: int, size: int) -> None:
    size = _size(lines, height, size)
    box = slide.shapes.add_textbox(MARGIN, top, WIDTH - 2 * MARGIN, height).text_frame
    box.word_wrap = True
    for number, line in enumerate(lines):
        paragraph = box.paragraphs[0] if number == 0 else box.add_paragraph()
        paragraph.space_after = Pt(6)
        write(paragraph, cut(line, 6 * LONGEST), size)
