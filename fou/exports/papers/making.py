"""The papers of a recommendation in the database: for the page and the command line, which then make the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from fou import deciding
from fou.access import Person
from fou.deciding import GIVES, RecommendationPage, Verified
from fou.errors import Refused
from fou.exports.papers import file_name, render
from fou.exports.papers.particulars import Particulars, Ruling
from fou.model import Plan
from fou.snapshot import Carried, Decided, DecidedMatter, Line, Snapshot
from fou.store import Reader


@dataclass(frozen=True, slots=True)
class Made:
    """A paper: what its file is best called, and its content."""

    name: str
    content: bytes


def made(
    reader: Reader,
    person: Person,
    number: int,
    paper: str,
    particulars: Particulars,
    templates: Path | None,
    decided: bool = True,
) -> Made:
    """A paper (a key of PAPERS) of a recommendation; ``decided``: with what the board decided on it, if it has.

    What ``particulars`` says of the hash and of what is seen in whole is taken from the recommendation. Raises Refused
    when there is nothing to write, and when what was frozen has been changed since.
    """
    page = deciding.recommendation_page(reader, person, number)
    if page.verified is Verified.BROKEN:
        raise Refused(
            f"{page.recommendation.code} är ändrad sedan den frystes, och inga papper görs av den. Återställ databasen "
            "från en säkerhetskopia."
        )
    ruling = ruling_of(page) if decided else None
    about = replace(particulars, hash=page.recommendation.hash, whole=is_whole(page))
    content = render(paper, page.snapshot, about, ruling, templates)
    return Made(file_name(paper, page.snapshot, ruling), content)


def usual(reader: Reader, page: RecommendationPage) -> Particulars:
    """What the papers say when nobody writes anything else: the board, its case number, how the plan was prepared.

    The board is the one that has decided most lately. A call is not prepared as its year's plan was, and a plan that
    was decided before says how that was prepared.
    """
    snapshot, latest = page.snapshot, page.in_force
    plans = reader.records(Plan, "ORDER BY year DESC")
    own = next((one for one in plans if one.year == snapshot.year and snapshot.call_code is None), None)
    if own is not None and own.decided is not None and own.decided < snapshot.made:
        own = None
    return Particulars(
        board=next((one.board for one in plans if one.board), None) if latest is None else latest.resolution.board,
        reference=None if latest is None else latest.resolution.reference,
        preparation=None if own is None else own.preparation,
    )


def ruling_of(page: RecommendationPage) -> Ruling | None:
    """The board's decision in force, None when there is none, or it sent the recommendation back."""
    found = page.in_force
    if found is None or found.resolution.verdict == "sent_back":
        return None
    one = found.resolution
    rejected = one.verdict not in GIVES
    return Ruling(
        one.board, one.decided, one.reference, _all_out(page.snapshot, found.decided) if rejected else found.decided,
        one.paragraph, one.text, one.immediate_approval, rejected,
    )  # fmt: skip


def _all_out(snapshot: Snapshot, decided: Decided) -> Decided:
    """A rejection keeps no lines, and says the same of every project: nothing. What is set aside for calls stays so."""
    matters = tuple(
        DecidedMatter(
            one.project, one.call, one.code, one.title,
            tuple(Carried(Line(year, "out")) for year in sorted({line.year for line in one.lines})),
        )
        for one in snapshot.matters
        if one.call is None
    )  # fmt: skip
    return replace(decided, matters=matters)


def is_whole(page: RecommendationPage) -> bool:
    """Whether the reader sees the recommendation in whole, with points and conflicts of interest."""
    return bool(page.recommendation.apart)
