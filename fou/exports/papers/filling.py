"""A Word document with fields, ``{{diarienummer}}``, filled in: our own templates, or a municipality's.

A field may stand anywhere in the document, its headers and footers, also in a table or a text box, and is found
however Word has split it. Paragraphs between ``{{varje ärende}}`` and ``{{slut}}``, each alone on its line, are
repeated for every matter. A line whose fields are all empty is left out, and so are a row of a table and a heading
that nothing is left of. What is filled in is never read as a field, so no title can change the document.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeAlias

from docx import Document
from docx.document import Document as Docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml.etree import XMLSyntaxError

from fou.errors import Refused
from fou.exports.table import Table, clean
from fou.exports.word_table import table_element


@dataclass(frozen=True, slots=True)
class Tables:
    """Tables below each other; those without rows are left out."""

    parts: tuple[Table, ...]

    def __bool__(self) -> bool:
        return any(part.rows for part in self.parts)


#: What stands in a field: a text, paragraphs, or tables.
Value: TypeAlias = str | tuple[str, ...] | Tables
#: What is repeated: the fields of each round.
Rounds: TypeAlias = Sequence[Mapping[str, Value]]

#: So many rows stay on the page of the sums below them.
_WITH_SUMS = 3
END = "slut"
_FIELD = re.compile(r"\{\{([^{}]*)\}\}")
#: A template is some hundred kB; what unpacks to more than this is no document of a few pages.
_LARGEST = 50_000_000
_XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields that a template has: those outside what is repeated, and those within each repetition."""

    outside: frozenset[str]
    within: Mapping[str, frozenset[str]]
    #: Those that stand with something else in their paragraph.
    amid: frozenset[str]
    #: What is wrong with it, in Swedish sentences.
    faults: tuple[str, ...]


def open_template(data: bytes, name: str) -> Docx:
    """The template. Raises Refused when it is no Word document."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            if sum(part.file_size for part in package.infolist()) > _LARGEST:
                raise Refused(f"Mallen {name} är för stor. Ta bort stora bilder ur den.")
        return Document(BytesIO(data))
    except (zipfile.BadZipFile, KeyError, ValueError, XMLSyntaxError, NotImplementedError) as error:
        raise Refused(f"Mallen {name} går inte att läsa. Spara den som Word-dokument (.docx).") from error


def fields(template: Docx, repeated: Sequence[str]) -> Fields:
    """The fields of a template; ``repeated`` names what may be repeated."""
    outside: set[str] = set()
    within: dict[str, set[str]] = {}
    amid: set[str] = set()
    faults: list[str] = []
    for root in _roots(template):
        begun: str | None = None
        for paragraph in root.iter(qn("w:p")):
            alone = _alone(paragraph)
            if alone is not None and alone in repeated:
                if begun is not None:
                    faults.append(f"{{{{{alone}}}}} börjar innan {{{{{begun}}}}} har avslutats med {{{{{END}}}}}.")
                begun = alone
                within.setdefault(begun, set())
            elif alone == END:
                if begun is None:
                    faults.append(f"{{{{{END}}}}} står utan att något upprepas före det.")
                begun = None
            else:
                names = _names(_text(paragraph))
                (outside if begun is None else within[begun]).update(names)
                amid.update(names if alone is None else ())
        if begun is not None:
            faults.append(f"{{{{{begun}}}}} saknar sitt {{{{{END}}}}}.")
        faults += [
            f"{{{{{name}}}}} ska stå ensamt på sin rad." for name in sorted((outside | _all(within)) & {*repeated, END})
        ]
    held = {name: frozenset(names) for name, names in within.items()}
    return Fields(frozenset(outside), held, frozenset(amid), tuple(faults))


def fill(template: Docx, values: Mapping[str, Value], rounds: Mapping[str, Rounds]) -> None:
    """Fill in every field of an opened template; a name that is not in ``values`` is left empty."""
    filling = _Filling(template, rounds, _levels(template))
    for root in _roots(template):
        filling.blocks(root, values)


@dataclass(frozen=True, slots=True)
class _Filling:
    template: Docx
    rounds: Mapping[str, Rounds]
    #: The level of each style that is a heading's.
    levels: Mapping[str, int]

    def blocks(self, container: Any, values: Mapping[str, Value]) -> None:
        """Fill in what stands directly in a body, a cell, a header, a text box or a content control."""
        waiting = list(container)
        while waiting:
            block = waiting.pop(0)
            name = _alone(block) if block.tag == qn("w:p") else None
            if name not in self.rounds:
                self.block(block, values)
                continue
            repeated: list[Any] = []
            while waiting and (after := waiting.pop(0)) is not None:
                if after.tag == qn("w:p") and _alone(after) == END:
                    container.remove(after)
                    break
                repeated.append(after)
            for one in self.rounds[name or ""]:
                # All of a round is in its place before any of it is filled in: what is left out looks at what follows.
                copies = [deepcopy(part) for part in repeated]
                for made in copies:
                    block.addprevious(made)
                for made in copies:
                    self.block(made, {**values, **one})
            for old in repeated:
                container.remove(old)
            if self.rounds[name or ""]:
                container.remove(block)
            else:
                self.take_away(block)

    def block(self, block: Any, values: Mapping[str, Value]) -> None:
        """Fill in a paragraph, a table or a content control."""
        if block.tag == qn("w:p"):
            for box in block.iter(qn("w:txbxContent")):
                self.blocks(box, values)
            self.paragraph(block, values)
        elif block.tag == qn("w:tbl"):
            for row in block.findall(qn("w:tr")):
                names = {name for paragraph in row.iter(qn("w:p")) for name in _names(_text(paragraph))}
                for cell in row.iter(qn("w:tc")):
                    self.blocks(cell, values)
                if names and not any(values.get(name) for name in names):
                    block.remove(row)
            if block.find(qn("w:tr")) is None:
                self.take_away(block)
        elif block.tag == qn("w:sdt"):
            for content in block.findall(qn("w:sdtContent")):
                self.blocks(content, values)

    def paragraph(self, paragraph: Any, values: Mapping[str, Value]) -> None:
        """Fill in one paragraph, or leave it out when nothing of it is given."""
        names = _names(_text(paragraph))
        if not names:
            return
        if not any(values.get(name) for name in names):
            _empty(paragraph)
            self.take_away(paragraph)
            return
        alone = _alone(paragraph)
        value = values[alone] if alone is not None else None
        if isinstance(value, Tables):
            # A table needs a paragraph below it, or Word joins it with the next.
            _empty(paragraph)
            for table in (part for part in value.parts if part.rows):
                if paragraph.getprevious() is not None and paragraph.getprevious().tag == qn("w:tbl"):
                    paragraph.addprevious(deepcopy(paragraph))
                made = table_element(table, self.room())
                if table.totals is not None:
                    _keep_with_sums(made)
                paragraph.addprevious(made)
            return
        if isinstance(value, tuple):
            for text in value[:-1]:
                made = deepcopy(paragraph)
                paragraph.addprevious(made)
                _replace(made, {alone or "": text})
            _replace(paragraph, {alone or "": value[-1]})
            return
        _replace(paragraph, {name: _flat(values.get(name)) for name in names})

    def room(self) -> float:
        """The width between the margins, EMU."""
        section = self.template.sections[-1]
        return (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)

    def take_away(self, block: Any) -> None:
        """Take a block away, and the headings above that nothing then stands under.

        What a document cannot do without stays, emptied: the last paragraph of a cell, and one that ends a section.
        """
        parent, before, after = block.getparent(), block.getprevious(), block.getnext()
        last_in_cell = parent.tag == qn("w:tc") and after is None and (before is None or before.tag != qn("w:p"))
        if last_in_cell or next(block.iter(qn("w:sectPr"), qn("w:drawing")), None) is not None:
            return
        # A text box or a header must hold a paragraph.
        if before is None and after is None:
            return
        parent.remove(block)
        while before is not None and (level := self.level(before)):
            below = self.level(after) if after is not None and after.tag != qn("w:sectPr") else 1
            if not 0 < below <= level:
                return
            bare, before = before, before.getprevious()
            parent.remove(bare)

    def level(self, block: Any) -> int:
        """The level of a heading, 0 for anything else."""
        style = block.find(f"{qn('w:pPr')}/{qn('w:pStyle')}") if block.tag == qn("w:p") else None
        return 0 if style is None else self.levels.get(style.get(qn("w:val")), 0)


def _keep_with_sums(table: Any) -> None:
    """Let no page begin with the sums alone: the rows just above go with them."""
    for row in table.findall(qn("w:tr"))[1:-1][-_WITH_SUMS:]:
        for paragraph in row.iter(qn("w:p")):
            paragraph.find(qn("w:pPr")).insert(0, OxmlElement("w:keepNext"))


def _roots(template: Docx) -> Iterator[Any]:
    """The body, and every header and footer."""
    yield template.element.body
    for relation in template.part.rels.values():
        if not relation.is_external and relation.reltype.rpartition("/")[2] in ("header", "footer"):
            yield relation.target_part._element


def _texts(paragraph: Any) -> list[Any]:
    """The pieces of text that belong to this paragraph, and not to one in a box within it."""
    return [text for text in paragraph.iter(qn("w:t")) if next(text.iterancestors(qn("w:p"))) is paragraph]


def _text(paragraph: Any) -> str:
    return "".join(text.text or "" for text in _texts(paragraph))


def _names(text: str) -> list[str]:
    return [_name(found) for found in _FIELD.findall(text)]


def _name(field: str) -> str:
    return " ".join(field.split()).casefold()


def _alone(paragraph: Any) -> str | None:
    """The field that is all that stands in a paragraph."""
    found = _FIELD.fullmatch(_text(paragraph).strip())
    return _name(found[1]) if found else None


def _all(within: Mapping[str, set[str]]) -> set[str]:
    return set().union(*within.values())


def _flat(value: Value | None) -> str:
    return " ".join(value) if isinstance(value, tuple) else value if isinstance(value, str) else ""


def _replace(paragraph: Any, values: Mapping[str, str]) -> None:
    """Put the values where their fields stand, with the look that each field begins with."""
    pieces = _texts(paragraph)
    whole = "".join(piece.text or "" for piece in pieces)
    owner = [piece for piece in pieces for _ in piece.text or ""]
    made: dict[int, list[str]] = {id(piece): [] for piece in pieces}
    place = 0
    for found in _FIELD.finditer(whole):
        for index in range(place, found.start()):
            made[id(owner[index])].append(whole[index])
        made[id(owner[found.start()])].append(clean(values.get(_name(found[1]), "")) or "")
        place = found.end()
    for index in range(place, len(whole)):
        made[id(owner[index])].append(whole[index])
    for piece in pieces:
        _write(piece, "".join(made[id(piece)]))


def _write(piece: Any, text: str) -> None:
    """A text in the place of another, with its line breaks as Word writes them."""
    first, *rest = text.split("\n")
    piece.text = first.replace("\t", " ")
    piece.set(f"{_XML}space", "preserve")
    for line in reversed(rest):
        more = OxmlElement("w:t")
        more.text = line.replace("\t", " ")
        more.set(f"{_XML}space", "preserve")
        piece.addnext(more)
        piece.addnext(OxmlElement("w:br"))


def _empty(paragraph: Any) -> None:
    for text in _texts(paragraph):
        text.text = ""


def _levels(template: Docx) -> dict[str, int]:
    found = (
        (style.style_id, re.fullmatch(r"heading (\d)", (style.name or "").casefold())) for style in template.styles
    )
    return {name: int(level[1]) for name, level in found if level}
