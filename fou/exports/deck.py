"""Slides of our own shape: wide, Swedish, with a title that is read from the other end of a room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import PP_ALIGN
from pptx.util import Cm, Pt

LANGUAGE = "sv-SE"
WIDTH, HEIGHT, MARGIN = Cm(33.867), Cm(19.05), Cm(1.5)
TOP = Cm(3.9)
ROW_HEIGHT = Cm(1.2)
DARK, LIGHT = "1F2937", "E5E7EB"
#: Longer texts are cut on the slide and stand whole in its notes.
LONGEST = 110
NAMES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def new_deck(title: str, author: str, subject: str, comments: str) -> Any:
    """A deck without slides."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    properties = deck.core_properties
    # A property of a document holds no more.
    properties.title, properties.author, properties.language = title[:255], author[:255], LANGUAGE
    properties.subject, properties.comments = subject[:255], comments[:255]
    # The built-in layouts are made for the old, narrower format.
    place = _layout(deck).placeholders[0]
    place.left, place.top, place.width, place.height = MARGIN, Cm(0.8), WIDTH - 2 * MARGIN, Cm(2.6)
    for other in [p for p in _layout(deck).placeholders if p.placeholder_format.idx != 0]:
        other._element.getparent().remove(other._element)
    return deck


def add_slide(deck: Any, title: str, notes: str, size: int = 28) -> Any:
    """A slide with a title and notes."""
    slide = deck.slides.add_slide(_layout(deck))
    frame = slide.shapes.title.text_frame
    frame.word_wrap = True
    write(frame.paragraphs[0], cut(title), size, bold=True)
    frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    slide.notes_slide.notes_text_frame.text = notes
    return slide


def content(deck: Any) -> bytes:
    """The deck as a file, every text of it marked as Swedish."""
    for part in _text_roots(deck):
        for run in part.iter(f"{_DRAWING}rPr"):
            run.set("lang", LANGUAGE)
        for run in part.iter(f"{_DRAWING}r"):
            run.get_or_add_rPr().set("lang", LANGUAGE)
    target = BytesIO()
    deck.save(target)
    return target.getvalue()


def write(paragraph: Any, text: str, size: int, bold: bool = False) -> None:
    """Add a text to a paragraph, on one line."""
    run = paragraph.add_run()
    run.text = _line(text)
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.rgb = colour(DARK)


def table_row(texts: Sequence[str], amounts: Sequence[bool], shade: str, ground: str, bold: bool) -> str:
    """A row of a table, written as XML: python-pptx takes some milliseconds for every cell."""
    fill = f'<a:solidFill><a:srgbClr val="{ground}"/></a:solidFill>' if ground else ""
    look = (
        f'<a:rPr lang="{LANGUAGE}" sz="1200" b="{int(bold)}"><a:solidFill><a:srgbClr val="{shade}"/></a:solidFill>'
        "</a:rPr>"
    )
    cells = (
        f'<a:tc><a:txBody><a:bodyPr/><a:lstStyle/><a:p><a:pPr algn="{"r" if amount else "l"}"/><a:r>{look}'
        f"<a:t>{escape(_line(cut(text)))}</a:t></a:r></a:p></a:txBody>"
        f'<a:tcPr marL="54000" marR="54000">{fill}</a:tcPr></a:tc>'
        for text, amount in zip(texts, amounts, strict=True)
    )
    return f'<a:tr {NAMES} h="{ROW_HEIGHT}">{"".join(cells)}</a:tr>'


def cut(text: str, longest: int = LONGEST) -> str:
    """A text that is short enough to read; what is cut off is told by three points."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def colour(name: str) -> RGBColor:
    """A colour by its six hexadecimal digits."""
    return RGBColor.from_string(name)  # type: ignore[no-untyped-call,no-any-return]


def _line(text: str) -> str:
    """On one line: a line break would become a sign that PowerPoint draws as _x000A_."""
    return ", ".join(text.split("\n")).replace("\t", " ")


def _layout(deck: Any) -> Any:
    return deck.slide_layouts.get_by_name("Title Only")


def _text_roots(deck: Any) -> Iterator[Any]:
    for slide in deck.slides:
        yield slide._element
        yield slide.notes_slide._element
        for shape in slide.shapes:
            if shape.has_chart:
                yield shape.chart._chartSpace
