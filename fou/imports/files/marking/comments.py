"""The comments of one sheet: ours put in and taken out again, everybody else's left as they are.

Both the plain comments (ISO/IEC 29500-1, 18.7) and the conversations that Excel has had since 2018 ([MS-XLSX],
threadedComment); a cell that has a conversation shows only that, so there we answer in it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree

from fou.imports.files.marking.package import Element, Unusable, namespace_of

AUTHOR = "Fou"
#: Above what we add to a comment that somebody else wrote; from here on it is ours.
HEADING = "––– Fou –––"
#: A comment longer than this is no help, and its box would not fit on the screen.
LONGEST = 2_000

_SEVERITY_WORD = re.compile(r"(?m)^((?:Fel|Varning|Upplysning)[^:\n]{0,60}:)")
_OUR_WORDS = re.compile(r" Väntat: .* Gör så här: ", re.DOTALL)
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufffe\uffff]")
#: What Excel would take for an escaped character (ST_Xstring, ISO/IEC 29500-1, 22.9.2.19).
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_PERSON = "{F0F0A1B2-0F0B-4F0F-9F0F-464F55464F55}"


def may_have_ours(part: bytes) -> bool:
    """Whether it is worth reading a part with comments in search of ours."""
    return any(word.encode() in part for word in (AUTHOR, "Väntat: "))


def as_data(text: str) -> str:
    """Text as a comment can hold it: no control characters, and not too long."""
    text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


class Comments:
    """The part with a sheet's plain comments."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._ns = namespace_of(root)
        if root.tag != f"{self._ns}comments":
            raise Unusable("no comments")
        self._authors = self._child("authors", 0)
        self._list = self._child("commentList", 1)
        self._by_cell: dict[str, Element] | None = None
        self.is_changed = False

    @classmethod
    def empty(cls, namespace: str) -> Comments:
        """A part without comments, in a namespace given in braces."""
        return cls(etree.Element(f"{namespace}comments", nsmap={None: namespace[1:-1]}))

    def cells(self) -> Iterator[tuple[str, str]]:
        """The address and the whole text of each comment."""
        for comment in self._each():
            yield comment.get("ref", ""), self._text_of(comment)

    def drop_ours(self) -> set[str]:
        """Take out our comments, and what we added to those of others; gives the cells that have none any more."""
        authors = {str(number): (author.text or "").strip() for number, author in enumerate(self._authors)}
        dropped = set()
        for comment in list(self._each()):
            if self._is_ours(comment, authors.get(comment.get("authorId", ""), "")):
                dropped.add(comment.get("ref", ""))
                self._list.remove(comment)
                self.is_changed = True
            else:
                self._drop_added(comment)
        return dropped

    def add(self, cell: str, text: str) -> None:
        """Write a comment, below the one that the cell may have. Each cell once, and after ``drop_ours``."""
        self.is_changed = True
        written = _escaped(text)
        if self._by_cell is None:
            self._by_cell = {comment.get("ref", "").upper(): comment for comment in self._each()}
        if cell in self._by_cell:
            self._add_below(self._by_cell[cell], f"\n\n{HEADING}\n{written}")
            return
        comment = etree.SubElement(self._list, f"{self._ns}comment", ref=cell, authorId=str(self._our_number()))
        holder = etree.SubElement(comment, f"{self._ns}text")
        for number, piece in enumerate(_SEVERITY_WORD.split(written)):
            if piece:
                self._run(holder, piece, is_bold=number % 2 == 1)

    def _each(self) -> Iterator[Element]:
        yield from self._list.iterfind(f"{self._ns}comment")

    def _texts(self, comment: Element) -> list[Element]:
        """The pieces of a comment's text, without its reading aids."""
        holder = comment.find(f"{self._ns}text")
        if holder is None:
            return []
        return [*holder.iterfind(f"{self._ns}t"), *holder.iterfind(f"{self._ns}r/{self._ns}t")]

    def _text_of(self, comment: Element) -> str:
        return "".join(piece.text or "" for piece in self._texts(comment))

    def _is_ours(self, comment: Element, author: str) -> bool:
        """LibreOffice forgets who wrote a comment; then its words must tell."""
        if author:
            return author == AUTHOR
        text = self._text_of(comment)
        return bool(_SEVERITY_WORD.match(text)) and bool(_OUR_WORDS.search(text))

    def _add_below(self, comment: Element, text: str) -> None:
        holder = comment.find(f"{self._ns}text")
        if holder is None:
            holder = etree.Element(f"{self._ns}text")
            comment.insert(0, holder)
        runs = holder.findall(f"{self._ns}r")
        plain = holder.find(f"{self._ns}t")
        if plain is not None and not runs:
            plain.text = (plain.text or "") + text
            plain.set(_SPACE, "preserve")
            return
        run = self._run(holder, text, is_bold=False)
        if runs:
            runs[-1].addnext(run)
        else:
            holder.insert(0, run)

    def _drop_added(self, comment: Element) -> None:
        pieces = self._texts(comment)
        for number, piece in enumerate(pieces):
            before, heading, _ = (piece.text or "").partition(HEADING)
            if not heading:
                continue
            self.is_changed = True
            piece.text = before
            for earlier in reversed(pieces[: number + 1]):
                earlier.text = (earlier.text or "").rstrip("\n")
                if earlier.text:
                    break
            for later in pieces[number + (1 if piece.text else 0) :]:
                run = later.getparent()
                if run.tag == f"{self._ns}r":
                    run.getparent().remove(run)
            return

    def _run(self, holder: Element, text: str, is_bold: bool) -> Element:
        run = etree.SubElement(holder, f"{self._ns}r")
        looks = etree.SubElement(run, f"{self._ns}rPr")
        if is_bold:
            etree.SubElement(looks, f"{self._ns}b")
        etree.SubElement(looks, f"{self._ns}sz", val="9")
        etree.SubElement(looks, f"{self._ns}color", indexed="81")
        etree.SubElement(looks, f"{self._ns}rFont", val="Tahoma")
        piece = etree.SubElement(run, f"{self._ns}t")
        piece.text = text
        piece.set(_SPACE, "preserve")
        return run

    def _our_number(self) -> int:
        for number, author in enumerate(self._authors):
            if author.text == AUTHOR:
                return number
        etree.SubElement(self._authors, f"{self._ns}author").text = AUTHOR
        return len(self._authors) - 1

    def _child(self, name: str, place: int) -> Element:
        found = self.root.find(f"{self._ns}{name}")
        if found is None:
            found = etree.Element(f"{self._ns}{name}")
            self.root.insert(place, found)
        return found


class Persons:
    """The part that says who takes part in the conversations."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._ns = namespace_of(root)
        self.ours = {each.get("id") for each in root.iterfind(f"{self._ns}person") if each.get("displayName") == AUTHOR}

    def add_us(self) -> bool:
        """Make sure that we are one of them; whether that was new."""
        if _PERSON in self.ours:
            return False
        etree.SubElement(
            self.root, f"{self._ns}person",
            displayName=AUTHOR, id=_PERSON, userId=AUTHOR, providerId="None",
        )  # fmt: skip
        self.ours.add(_PERSON)
        return True


class Conversations:
    """The part with a sheet's conversations."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._ns = namespace_of(root)
        self._by_cell: dict[str, list[Element]] | None = None
        self.is_changed = False

    def drop_ours(self, persons: Persons) -> None:
        """Take out what we said."""
        for said in self.root.findall(f"{self._ns}threadedComment"):
            if said.get("personId") in persons.ours:
                self.root.remove(said)
                self.is_changed = True

    def answer(self, cell: str, text: str) -> bool:
        """Say something in the conversation of a cell, after ``drop_ours``; whether it has one."""
        if self._by_cell is None:
            self._by_cell = {}
            for each in self.root.iterfind(f"{self._ns}threadedComment"):
                self._by_cell.setdefault(each.get("ref", "").upper(), []).append(each)
        said = self._by_cell.get(cell, [])
        first = next((each for each in said if each.get("parentId") is None), None)
        if first is None:
            return False
        parent = first.get("id", "")
        answer = etree.Element(f"{self._ns}threadedComment", ref=first.get("ref"))
        answer.set("dT", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.00"))
        answer.set("personId", _PERSON)
        answer.set("id", f"{{{uuid.uuid5(uuid.NAMESPACE_OID, f'{parent}{cell}{text}')}}}".upper())
        answer.set("parentId", parent)
        etree.SubElement(answer, f"{self._ns}text").text = _escaped(text)
        said[-1].addnext(answer)
        self.is_changed = True
        return True


def _escaped(text: str) -> str:
    return _LOOKS_ESCAPED.sub("_x005F_", text)
