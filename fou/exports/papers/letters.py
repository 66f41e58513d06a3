"""A letter of decision to each applicant, as Word documents in a ZIP."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

from fou.errors import Refused
from fou.exports.papers import said
from fou.exports.papers.filling import Value
from fou.exports.papers.memo import common, values_of
from fou.exports.papers.particulars import Particulars, Ruling
from fou.exports.papers.template import LETTER, filled, load
from fou.snapshot import Line, Matter, Snapshot
from fou.swedish import format_date

#: The same bytes for the same letters, whenever they are made.
_STAMP = (1980, 1, 1, 0, 0, 0)


def render(snapshot: Snapshot, particulars: Particulars, ruling: Ruling, folder: Path | None = None) -> bytes:
    """A letter for each project that the board decided, from the template in ``folder`` if there is one.

    Raises Refused when the board decided no project, or the template cannot be used.
    """
    lines_of = ruling.lines
    decided = [(one, lines_of[one.key]) for one in snapshot.matters if one.call is None and lines_of.get(one.key)]
    if not decided:
        raise Refused("Nämnden har inte beslutat om något projekt. Då finns inga beslutsbrev att skicka.")
    template = load(LETTER, folder)
    shared = {
        **common(snapshot, particulars),
        "nämnd": said.named(ruling.board),
        "diarienummer": said.named(ruling.reference),
        "datum": format_date(particulars.dated or ruling.day),
        "beslutsdag": format_date(ruling.day),
        "paragraf": said.named(ruling.paragraph).removeprefix("§").strip(),
        "underlag": (
            f"Beslutet grundas på {said.COUNCIL}s rekommendation {said.named(snapshot.code)} den "
            f"{format_date(snapshot.made)}."
        ),
        "nämndens text": said.paragraphs(ruling.text),
    }
    target = BytesIO()
    taken: set[str] = set()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for matter, lines in decided:
            values = {**shared, **values_of(matter, ""), **_of(matter, lines, ruling)}
            data = filled(
                LETTER, template, values, (), f"Beslut: {said.title(matter)}", said.named(snapshot.organisation)
            )
            package.writestr(zipfile.ZipInfo(_file(matter, taken), _STAMP), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _of(matter: Matter, lines: tuple[Line, ...], ruling: Ruling) -> dict[str, Value]:
    to = next((name for name in map(said.named, (matter.applicants, matter.performer, matter.lead)) if name), "")
    who = said.named(ruling.board) or "Nämnden"
    return {
        "mottagare": to or said.title(matter),
        "ansökans diarienummer": said.named(matter.reference),
        "förslag": "",
        "beslut": said.proposal(matter, f"{who[0].upper()}{who[1:]} har beslutat", lines),
    }


def _file(matter: Matter, taken: set[str]) -> str:
    """A name that any computer can hold, the matter's own: ``beslut-a-12-skolsamverkan.docx``."""
    about = said.slug(f"{matter.proposal or matter.code} {said.title(matter)}")
    stem = f"beslut-{about[:60].strip('-') or 'brev'}"
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name)
    return f"{name}.docx"
