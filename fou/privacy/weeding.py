"""Weeding (gallring): taking a person's name out of everything that is stored, for good.

Decisions, amounts, scores and the order of things stay; what named the person is replaced by a mark. What has been
weeded can be proven (``fou.store.chain``) but not brought back: nothing that could is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fou.access import Action, Person, require
from fou.errors import Refused
from fou.imports.drafts import Drafts
from fou.model import RECORD_BY_TABLE, Account, EventKind, Member, as_dict
from fou.privacy.places import HEADS, RECORD_NAMES, Place, Searching, Subject, drafts_naming, unopened
from fou.privacy.spellings import NOBODY
from fou.store import Database, Reader, Work
from fou.store.work import WEEDED
from fou.swedish import count

#: How many of the places are told of in the note of a weeding, so that it can be done again.
_TOLD = 12
_SHORTEST_REASON = 5
_EXAMPLES = 5
#: Most months that events can be kept and still be asked about.
MOST_MONTHS = 120
_WHERE = re.compile(r"([^;›]+) nr (\d+) › ([^;›]+)")
_PLACES = " Ställen: "
_NOTES_KEPT = (str(EventKind.WEEDED), str(EventKind.RESTORED))
#: The fields that say best who it was, in the order in which they are told.
_TELLING = ("member.name", "project.lead", "batch.actor", "proposal.applicants", "follow_up.performer")


@dataclass(frozen=True, slots=True)
class Line:
    """So many places of one sort; ``why`` says what becomes of them. ``examples`` are some of them."""

    what: str
    number: int
    why: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a weeding would do: what goes, what stays, and what somebody must look at with their own eyes."""

    goes: tuple[Line, ...]
    stays: tuple[Line, ...]
    perhaps: tuple[Line, ...]

    @property
    def number(self) -> int:
        """In how many places something goes."""
        return sum(line.number for line in self.goes)


@dataclass(frozen=True, slots=True)
class Weeded:
    """What was done: the batch, in how many places, and the copies of the database that still hold the name."""

    batch: int
    number: int
    drafts: int
    copies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """A weeding that a restored backup does not have: its mark, when, why, and what now stands where it was done."""

    mark: str
    when: datetime
    reason: str
    texts: tuple[tuple[str, str], ...]


def preview(
    reader: Reader, person: Person, subject: Subject, files: tuple[str, ...] = (), public: bool = False
) -> Preview:
    """What weeding the person would do. ``files`` are those of imports under work that name them.

    ``public``: names in what has been decided go too. What other members have written of applications whose scores are
    not opened is told of nowhere here, and is weeded all the same. Raises Forbidden without SEE_PERSONAL_DATA.
    """
    require(person, Action.SEE_PERSONAL_DATA)
    found = Searching(reader, subject)
    every = found.shown(found.everything())
    going = [place for place in every if public or not place.public]
    staying = [place for place in every if place.public and not public]
    goes = _lines(going, "namnet byts ut mot en markering")
    if subject.accounts:
        goes.append(Line("Konton", len(subject.accounts), "tas bort: personen kan inte logga in med dem"))
    if files:
        goes.append(Line("Importer under arbete", len(files), "tas bort med sina filer", files[:_EXAMPLES]))
    stays = _lines(staying, "står kvar: allmän handling om ett beslut eller det som nämnden har beslutat om")
    mine = {"members": list(subject.members)}
    scores = int(reader.value("SELECT COUNT(*) FROM score WHERE member IN (SELECT UNNEST($members))", **mine))
    conflicts = int(reader.value("SELECT COUNT(*) FROM conflict WHERE member IN (SELECT UNNEST($members))", **mine))
    written = sum(place.table == "batch" and place.column == "actor" for place in every)
    for number, what, why in (
        (scores, "Poäng i bedömningar", "står kvar utan namn, så att bedömningen går att följa"),
        (conflicts, "Anmälda jäv", "står kvar utan namn och skäl, så att beslutet går att pröva"),
        (written, "Poster i historiken", "belopp, beslut och ändringar står kvar, utan namn på den som skrev dem"),
        (len(subject.members), "Plats i personlistan", "står kvar som ”gallrad person”, spärrad"),
    ):
        if number:
            stays.append(Line(what, number, why))
    return Preview(tuple(goes), tuple(stays), tuple(_perhaps(found, every)))


def weed(
    database: Database, person: Person, subject: Subject, reason: str, drafts: Drafts, public: bool = False
) -> Weeded:
    """Take the person's name out of everything, as one batch that cannot be undone.

    Raises Refused without a reason, when the reason names the person, when the person is the one who acts, and when
    there is nothing to weed; Forbidden without WEED.
    """
    require(person, Action.WEED)
    reason = _reason(reason)
    if subject.pattern.within(reason):
        raise Refused("Skriv skälet utan personens namn: skälet står kvar i historiken.")
    if subject.pattern.whole(person.name) or person.member in subject.members:
        raise Refused("Du kan inte gallra dig själv: då syns det inte vem som gjorde det. Be en annan handläggare.")
    with database.read() as reader:
        # For the note, which a batch has from its beginning; what is weeded is looked for again below.
        told = _told(Searching(reader, subject).everything(), public)
    files = drafts_naming(drafts, person, subject)
    with database.write(person, Action.WEED, f"Gallring av en person. Skäl: {reason}{told}") as work:
        looking = Searching(work, subject)
        going = [place for place in looking.everything() if public or not place.public]
        if not (going or files):
            raise Refused("Det finns inget att gallra: namnet står ingenstans, eller bara i det som ska bevaras.")
        _take_out(work, looking, going)
        for member in work.records(Member, "WHERE id IN (SELECT UNNEST($ids))", ids=list(subject.members)):
            work.update(Member, member.id, {"role": "blocked"})
        _remove_accounts(work, subject)
        work.keep_even_if_empty()
        batch = work.batch
    drafts.weed(person, files)
    return Weeded(batch, len(going), len(files), copies_beside(database.path))


def weed_events(database: Database, person: Person, before: datetime, reason: str) -> Weeded:
    """Take names and notes out of the events from before a moment (UTC), as one batch; what happened, and when, stays.

    Notes of weedings and restores stay: they tell what to do again, and why a mark is gone. Raises Refused when there
    are no such events.
    """
    require(person, Action.WEED)
    note = f"Gallring av händelseloggen före {before:%Y-%m-%d}. Skäl: {_reason(reason)}"
    with database.write(person, Action.WEED, note) as work:
        texts = {
            number: {"actor": NOBODY} | ({} if kind in _NOTES_KEPT or not said else {"note": ""})
            for number, kind, said in _old_events(work, before)
        }
        if not texts:
            raise Refused(f"Det finns inga händelser med namn från tiden före {before:%Y-%m-%d}.")
        work.redact_texts("event", texts)
        return Weeded(work.batch, len(texts), 0, ())


def count_events(reader: Reader, before: datetime) -> int:
    """How many events from before a moment (UTC) hold a name or a note that ``weed_events`` would take out."""
    return len(_old_events(reader, before))


def _old_events(reader: Reader, before: datetime) -> list[tuple[int, str, str]]:
    return [
        (number, kind, note)
        for number, kind, note in reader.rows(
            "SELECT id, kind, note FROM event WHERE happened < $before AND (actor <> $nobody OR "
            "(note <> '' AND kind NOT IN (SELECT UNNEST($kept)))) ORDER BY id",
            before=before,
            nobody=NOBODY,
            kept=list(_NOTES_KEPT),
        )
    ]


def months_ago(months: int, now: datetime) -> datetime:
    """The first moment of the month so many months before this one (UTC without zone)."""
    month = now.year * 12 + now.month - 1 - months
    return datetime(month // 12, month % 12 + 1, 1)


def to_do_again(reader: Reader, person: Person) -> list[Again]:
    """The weedings that the database no longer has, since an older backup was restored, and what stands there now."""
    require(person, Action.SEE_PERSONAL_DATA)
    found: list[Again] = []
    notes = reader.rows("SELECT happened, note FROM event WHERE kind = $kind ORDER BY id", kind=str(EventKind.WEEDED))
    for place, (when, note) in enumerate(notes):
        mark, _, about = note.partition(" ")
        batch, _, beginning = mark.partition(":")
        reason, separator, where = about.partition(_PLACES)
        if not (separator and batch.isdigit() and beginning):
            continue
        if reader.value(
            "SELECT COUNT(*) FROM batch WHERE id = $id AND STARTS_WITH(hash, $hash)", id=int(batch), hash=beginning
        ) or any(mark in later for _, later in notes[place + 1 :]):
            continue
        texts = tuple(_standing(reader, where))
        if texts:
            found.append(Again(mark, when, reason, texts))
    return found


def need_not_be_done_again(database: Database, person: Person, again: Again, reason: str) -> None:
    """Tell the event log that somebody has looked, and that the weeding need not be done again."""
    require(person, Action.WEED)
    database.log(EventKind.WEEDED, person.name, f"Behöver inte göras om: {again.mark}. Skäl: {_reason(reason)}")


def copies_beside(path: Path) -> tuple[str, ...]:
    """The copies that Fou itself has put beside the database, which still hold what was weeded."""
    beside = {*path.parent.glob(f"{path.stem}.före-återställning-*"), *path.parent.glob(f"{path.stem}.version-*")}
    return tuple(sorted(file.name for file in beside if file.suffix == path.suffix))


def _reason(reason: str) -> str:
    said = " ".join(reason.split())
    if len(said) < _SHORTEST_REASON:
        raise Refused("Skriv varför det gallras, till exempel beslutet och dess diarienummer.")
    return said[:500]


def _take_out(work: Work, looking: Searching, going: Sequence[Place]) -> None:
    fields: dict[tuple[str, int], set[str]] = {}
    texts: dict[str, dict[int, dict[str, str]]] = {}
    sources: dict[tuple[int, int], str] = {}
    for place in going:
        if place.table in ("batch", "entry", "event"):
            texts.setdefault(place.table, {}).setdefault(place.id, {})[place.column] = place.instead or ""
        elif place.table == "change" and not place.field:
            sources[place.key[0], place.key[1]] = place.instead or ""
        else:
            fields.setdefault((place.record, place.id), set()).add(place.field or place.column)
    for (table, number), names in fields.items():
        work.redact_record(
            RECORD_BY_TABLE[table], number, {name: looking.replacing(table, number, name) for name in names}
        )
    work.redact_change_sources(sources)
    for table, rows in texts.items():
        work.redact_texts(table, rows)


def _remove_accounts(work: Work, subject: Subject) -> None:
    kept = work.records(Account, "WHERE id IN (SELECT UNNEST($ids))", ids=list(subject.accounts))
    work.remove_many(Account, [as_dict(account) for account in kept])


def _lines(found: Iterable[Place], why: str) -> list[Line]:
    numbers: Counter[str] = Counter()
    examples: dict[str, dict[str, None]] = {}
    for place in found:
        what = "Ändringshistorik" if place.table == "change" else place.held.name
        numbers[what] += 1
        examples.setdefault(what, {})[f"{place.about}, {place.head.lower()}"] = None
    return [Line(what, number, why, tuple(examples[what])[:_EXAMPLES]) for what, number in numbers.items()]


def _perhaps(looking: Searching, every: Iterable[Place]) -> list[Line]:
    """Texts with the surname alone, which can be somebody else's."""
    known = {(place.record, place.id, place.field or place.column) for place in every}
    places = [
        place
        for place in looking.shown(looking.surnames())
        if (place.record, place.id, place.field or place.column) not in known
    ]
    texts = tuple(dict.fromkeys(f"{place.about}, {place.head.lower()}: ”{place.text}”" for place in places))
    if not texts:
        return []
    number = count(len(texts), "text", "texter")
    return [Line("Efternamnet för sig", len(texts), f"{number} där bara efternamnet står: läs dem själv", texts[:10])]


def _told(every: Iterable[Place], public: bool) -> str:
    """Where it was done, without the name, so that it can be done again if an older backup is restored."""
    where: dict[tuple[str, int, str], None] = {}
    for place in every:
        if public or not place.public:
            where[place.record, place.id, place.field or place.column] = None

    def telling(one: tuple[str, int, str]) -> tuple[int, int]:
        column = f"{one[0]}.{one[2]}"
        return (_TELLING.index(column) if column in _TELLING else len(_TELLING), one[1])

    # Not the source of a change, which is not a place of its own, nor events, which stay when a backup is restored.
    chosen = [one for one in where if one[0] != "event" and (one[0], one[2]) in HEADS]
    told = [f"{RECORD_NAMES[table]} nr {id} › {HEADS[table, name]}" for table, id, name in sorted(chosen, key=telling)]
    return f".{_PLACES}{'; '.join(told[:_TOLD])}" if told else ""


_TABLES = {called: table for table, called in RECORD_NAMES.items()}
_FIELDS = {(table, head): field for (table, field), head in HEADS.items()}


def _standing(reader: Reader, where: str) -> Iterable[tuple[str, str]]:
    """What now stands in the places that a weeding's note tells of, save what is weeded."""
    for part in where.split("; "):
        said = _WHERE.fullmatch(part.strip())
        table = _TABLES.get(said[1]) if said else None
        field = _FIELDS.get((table, said[3])) if said and table else None
        if said is None or table is None or field is None:
            continue
        text = reader.value(f"SELECT {field} FROM {table} WHERE id = $id", id=int(said[2]))
        if table == "score" and unopened(reader, [int(said[2])]):
            text = "en kommentar till en bedömning som inte är öppnad"
        if text and not WEEDED.search(text):
            yield f"{said[1]} nr {said[2]} › {said[3]}", text
