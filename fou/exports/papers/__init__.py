"""The papers of a decision, all made from the frozen snapshot alone so that they agree.

The memo to the board and the extract of the council's minutes are Word documents, the annex is an Excel workbook, the
slides have one matter each, and the letters of decision are Word documents in a ZIP. The three Word documents have
templates that a municipality can replace: see ``fou.exports.papers.template``.
"""

from __future__ import annotations

from pathlib import Path

from fou.errors import Refused
from fou.exports.papers.particulars import Particulars, Ruling
from fou.exports.papers.said import slug
from fou.snapshot import Snapshot

__all__ = ["PAPERS", "Particulars", "Ruling", "file_name", "render"]

#: Each paper, with what it is called, its file's name and suffix.
PAPERS: dict[str, tuple[str, str, str]] = {
    "memo": ("Tjänsteutlåtande", "tjansteutlatande", ".docx"),
    "minutes": ("Protokollsutdrag", "protokollsutdrag", ".docx"),
    "annex": ("Bilaga med tabell", "bilaga", ".xlsx"),
    "slides": ("Bilder till mötet", "bilder", ".pptx"),
    "letters": ("Beslutsbrev", "beslutsbrev", ".zip"),
}


def render(
    paper: str,
    snapshot: Snapshot,
    particulars: Particulars,
    ruling: Ruling | None = None,
    templates: Path | None = None,
) -> bytes:
    """The file's content; ``paper`` is a key of PAPERS, ``templates`` the folder with the municipality's own.

    The letters need the board's ruling; with it the memo says what was decided, and the annex shows it beside what was
    recommended. Raises Refused, in Swedish, when there is
    nothing to write or a template cannot be used.
    """
    # The libraries are heavy: each is loaded when its paper is asked for.
    if paper == "memo":
        from fou.exports.papers import memo

        return memo.render(snapshot, particulars, templates, ruling)
    if paper == "minutes":
        from fou.exports.papers import minutes

        return minutes.render(snapshot, particulars, templates)
    if paper == "annex":
        from fou.exports.papers import annex

        return annex.render(snapshot, particulars, ruling)
    if paper == "slides":
        from fou.exports.papers import slides

        return slides.render(snapshot, particulars)
    if paper == "letters":
        from fou.exports.papers import letters

        if ruling is None:
            raise Refused("Beslutsbreven görs av nämndens beslut. För in beslutet först.")
        return letters.render(snapshot, particulars, ruling, templates)
    raise ValueError(f"unknown paper: {paper}")


def file_name(paper: str, snapshot: Snapshot, ruling: Ruling | None = None) -> str:
    """What the file is best called: ``tjansteutlatande-2013-r1-2013-12-02.docx``, and ``beslut-…`` once it is decided.

    The day is the decision's, if any.
    """
    _, name, suffix = PAPERS[paper]
    day = snapshot.made if ruling is None else ruling.day
    if paper == "memo" and ruling is not None:
        name = "beslut"  # not the same as the memo with what was proposed, should they be of one day
    return f"{name}-{slug(snapshot.code) or snapshot.year}-{day.isoformat()}{suffix}"
