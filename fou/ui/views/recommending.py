"""What the part "Beslut" shows: what would be recommended, what was, what the board decided, and what it will post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fou import deciding, meetings
from fou.access import Person
from fou.charts.chart import Table
from fou.conflicts import conflicts
from fou.deciding import GIVES, Foreseen, RecommendationPage, Resolved, Verified
from fou.exports.papers import said as words
from fou.exports.papers.making import is_whole, usual
from fou.matters import Key, Scope
from fou.model import VERDICTS, Meeting, Recommendation
from fou.money import format_sek
from fou.scenarios import said
from fou.snapshot import Line, Matter
from fou.store import Reader
from fou.swedish import count, format_date, join_words

#: So many of the board's decisions have room beside each other.
_BESIDE = 3
_VERIFIED = {
    Verified.WHOLE: "Oförändrat sedan det frystes: kontrollsumman stämmer.",
    Verified.WEEDED: "Ett namn har gallrats sedan det frystes. Databasens kontroll visar om något annat är ändrat.",
    Verified.BROKEN: "Det som frystes är ändrat. Lita inte på det: återställ databasen från en säkerhetskopia.",
    Verified.UNKNOWN: "Du är jävig och ser inte hela underlaget. Därför kan det inte kontrolleras på din skärm.",
}  # fmt: skip
assert _VERIFIED.keys() == set(Verified)


@dataclass(frozen=True, slots=True)
class ReadyView:
    """What a scenario would recommend the board, point by point; what is left to do first; and what to know of it.

    ``cautions`` are about the money: what goes beyond what is set aside, and what becomes of what was set aside.
    """

    points: tuple[str, ...]
    left: tuple[str, ...]
    remarks: tuple[str, ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A matter in a year that the board may decide otherwise: ``now`` is what was recommended, or decided last."""

    key: Key
    title: str
    year: int
    now: Line | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A recommendation with what came of it. ``batch`` and ``decided_in`` are the batches of its making and its latest
    decision.
    """

    page: RecommendationPage
    sentence: str
    points: tuple[str, ...]
    verified: str
    decisions: tuple[str, ...]
    changed: str
    beside: Table
    rows: tuple[Row, ...]
    whole: bool
    board: str
    preparation: str
    batch: int
    decided_in: int | None

    @property
    def gives(self) -> bool:
        """Whether the board's latest decision gave money."""
        return self.page.in_force is not None and self.page.in_force.resolution.verdict in GIVES

    @property
    def settled(self) -> bool:
        """Whether the board's latest decision settled the matters, so that there are letters to send."""
        return self.page.in_force is not None and self.page.in_force.resolution.verdict != "sent_back"


def choices(reader: Reader, person: Person, scope: Scope) -> tuple[tuple[Recommendation, ...], tuple[Meeting, ...]]:
    """The recommendations about this, the latest first, and the meetings that one can be made at."""
    made = deciding.recommendations(reader, person, scope)
    left = {one.meeting for one in made}
    held = tuple(one for one in meetings.meetings(reader, person, scope) if one.state != "closed" or one.id not in left)
    return made, held


def ready(
    reader: Reader, person: Person, scope: Scope, scenario: int, meeting: int | None, today: date
) -> ReadyView:  # fmt: skip
    """What a scenario would recommend, and what is left before it can. Raises Refused when the scenario is gone."""
    found = deciding.ready(reader, person, scenario, meeting, today)
    remarks = []
    if scope.call is not None:
        proposed = sum(one.state == "proposed" for one in conflicts(reader, scope.call))
        if proposed:
            remarks.append(
                f"{count(proposed, 'föreslaget', 'föreslagna')} jäv är inte avgjort. Det gäller och står i protokollet "
                "tills någon avfärdar det."
            )
    if meeting is None:
        remarks.append("Utan ett möte blir det inget protokollsutdrag.")
    else:
        page = meetings.meeting_page(reader, person, meeting)
        if page.meeting.state != "planned" and all(one.present is None for one in page.attendance):
            remarks.append("Närvaron är inte ifylld. I protokollet står då att ingen är antecknad som närvarande.")
    shot = found.snapshot
    return ReadyView(
        tuple(words.resolved(shot.matters, "")), found.left, tuple(remarks), words.cautions(shot)
    )  # fmt: skip


def recommendation(reader: Reader, person: Person, number: int) -> Shown:
    """A recommendation with all that is said of it on the page."""
    page = deciding.recommendation_page(reader, person, number)
    snapshot = page.snapshot
    known = usual(reader, page)
    latest = page.in_force
    return Shown(
        page,
        _sentence(page),
        tuple(words.resolved(snapshot.matters, "")),
        _VERIFIED[page.verified],
        tuple(_decision(one) for one in page.resolutions),
        _changed(page),
        _beside(page),
        tuple(_rows(page)),
        is_whole(page),
        known.board or "",
        known.preparation or "",
        _batch(reader, "recommendation", number) or page.recommendation.head + 1,
        None if latest is None else _batch(reader, "resolution", latest.resolution.id),
    )


def foreseen(
    reader: Reader, person: Person, number: int, verdict: str, lines: tuple[tuple[Key, tuple[Line, ...]], ...]
) -> tuple[str, ...]:
    """What the decision will post, in a sentence for each year. Raises Refused when it cannot be decided so."""
    found = deciding.foresee(reader, person, number, verdict, dict(lines) or None)
    return (*(tuple(map(_posting, found)) or ("Inga belopp ändras.",)), *_moved(reader, person, number, verdict, lines))


def _moved(
    reader: Reader, person: Person, number: int, verdict: str, lines: tuple[tuple[Key, tuple[Line, ...]], ...]
) -> tuple[str, ...]:
    """What the first decision does to what was set aside for each project."""
    page = deciding.recommendation_page(reader, person, number)
    if verdict not in GIVES or page.in_force is not None:
        return ()
    return words.moved(page.snapshot.with_lines(dict(lines)))


def year_line(line: Line) -> str:
    """A line with its year: "2026: bevilja 600 000 kr"."""
    return f"{line.year}: {said(line)}"


def _sentence(page: RecommendationPage) -> str:
    found, snapshot = page.recommendation, page.snapshot
    where = f" vid {snapshot.meeting.name}" if snapshot.meeting is not None else ""
    return f"Rådet lämnade rekommendationen {found.code} den {format_date(found.made)}{where}: {snapshot.scenario}."


def _decision(one: Resolved) -> str:
    about = one.resolution
    parts = [f"{about.board} den {format_date(about.decided)}"]
    if about.paragraph:
        parts.append(f"§ {about.paragraph.removeprefix('§').strip()}")
    parts.append(f"dnr {about.reference}")
    if about.immediate_approval:
        parts.append("omedelbart justerat")
    said_too = f" {about.text}" if about.text else ""
    return f"{', '.join(parts)}: {VERDICTS[about.verdict]}.{said_too}"


def _changed(page: RecommendationPage) -> str:
    if page.in_force is None or page.in_force.resolution.verdict not in GIVES:
        return ""
    if not page.changed:
        return "Nämnden beslutade som rådet rekommenderade."
    number = count(len(page.changed), "ärende", "ärenden")
    more = sum((_firm(one.decided) - _firm(one.recommended) for one in page.changed), Decimal(0))
    size = f" Sammanlagt {format_sek(abs(more))} {'mer' if more > 0 else 'mindre'}." if more else ""
    return f"Nämnden ändrade {number} av {len(page.snapshot.matters)}.{size}"


def _firm(lines: tuple[Line, ...]) -> Decimal:
    return Decimal(sum(line.firm for line in lines))


def _beside(page: RecommendationPage) -> Table:
    """What was recommended, and what each of the board's latest decisions says, matter by matter."""
    decided = [one for one in page.resolutions if one.resolution.verdict != "sent_back"][-_BESIDE:]
    single = len(decided) == 1
    heads = [
        "Nämnden beslutade" if single else f"Beslutat {format_date(one.resolution.decided)}" for one in decided
    ]  # fmt: skip
    said_by = [{matter.key: matter.said for matter in one.decided.matters} for one in decided]
    differs = {one.code for one in page.changed}
    gives = bool(decided) and decided[-1].resolution.verdict in GIVES
    rows = []
    for one in page.snapshot.matters:
        mark = ("ja",) if one.code in differs else ("nej",)
        given = tuple(_lines(said_of.get(one.key, ()), "avslag") for said_of in said_by)
        rows.append((_named(one), _lines(one.lines, ""), *given, *(mark if gives else ())))
    return Table(("Ärende", "Rådet rekommenderade", *heads, *(("Ändrat",) if gives else ())), tuple(rows))


def _lines(lines: tuple[Line, ...], nothing: str) -> str:
    if lines and all(line.choice == "out" for line in lines):
        return "lämnas utanför"
    return "; ".join(map(year_line, lines)) or nothing


def _named(one: Matter) -> str:
    return f"{one.proposal or one.code} {one.title}"


def _rows(page: RecommendationPage) -> list[Row]:
    """Every matter in the years that something is recommended, asked for or set aside, to be decided otherwise."""
    latest = page.in_force
    gave = latest is not None and latest.resolution.verdict in GIVES
    said_of = {one.key: one.said for one in latest.decided.matters} if latest is not None and gave else {}
    snapshot = page.snapshot
    years = {year.year for year in snapshot.years} | {line.year for one in snapshot.matters for line in one.lines}
    years |= {line.year for own in said_of.values() for line in own}
    found = []
    for one in snapshot.matters:
        now = {line.year: line for line in (said_of.get(one.key, ()) if gave else one.lines)}
        stands = [*one.requested, *one.reserved, *one.granted]
        own = {*now, *(line.year for line in one.lines), *(amount.year for amount in stands)} & years
        found += [Row(one.key, _named(one), year, now.get(year)) for year in sorted(own or {snapshot.year})]
    return found


def _posting(one: Foreseen) -> str:
    parts = [
        f"{what} {'ökar' if amount > 0 else 'minskar'} med {format_sek(abs(amount))}"
        for what, amount in (("beviljat", one.granted), ("avsatt", one.reserved))
        if amount
    ]
    if one.open:
        verb = "tillkommer" if one.open > 0 else "försvinner"
        parts.append(f"{count(abs(one.open), 'avsättning', 'avsättningar')} utan belopp {verb}")
    if one.conditional:
        verb = "tillkommer" if one.conditional > 0 else "försvinner"
        parts.append(f"{format_sek(abs(one.conditional))} på villkor {verb}")
    if one.free is not None:
        parts.append(f"fritt blir {format_sek(one.free)}")
    return f"{one.year}: {join_words(parts)}."


def _batch(reader: Reader, record: str, number: int) -> int | None:
    """The batch that a record was made in."""
    found: int | None = reader.value(
        "SELECT MIN(batch) FROM change WHERE record = $record AND id = $id", record=record, id=number
    )
    return found
