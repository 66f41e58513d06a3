"""Everything that is kept about one person, as a workbook and as JSON (the right of access, article 15)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from fou.access import ACTION_NAMES, Action, Person, require
from fou.exports.table import Column, Table, clean
from fou.imports.drafts import Draft
from fou.model import EVENT_NAMES, ROLES, EventKind
from fou.privacy.places import Place, Searching, Subject
from fou.privacy.register import BY_COLUMN, REGISTER, Held
from fou.store import Database, Reader
from fou.swedish import format_timestamp, join_words


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one sort about the person; ``why``, ``ground`` and ``how_long`` are what the register says of them."""

    name: str
    title: str
    about: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Extract:
    """What is kept about one person, at one moment (UTC). ``number`` is how many rows there are in all."""

    spellings: tuple[str, ...]
    made: datetime
    sections: tuple[Section, ...]

    @property
    def number(self) -> int:
        """How many rows there are in all."""
        return sum(len(section.rows) for section in self.sections)

    def as_excel(self) -> bytes:
        """A workbook with a sheet for each sort; every cell is a text."""
        from fou.exports.excel import render_tables  # few ask for it, and what writes it is heavy

        lines = [
            f"Gäller: {join_words(self.spellings)}",
            f"Uttaget {format_timestamp(self.made)}",
            "Varje blad är en sorts uppgift. Bladet Varför säger varför uppgifterna finns och hur länge.",
            "Fou skiljer inte på två personer med samma namn: kontrollera att raderna gäller rätt person.",
            "Vad andra ledamöter har skrivit till sina bedömningar är med när bedömningarna är öppnade.",
        ]
        tables = [
            Table(
                section.name, section.title, section.about,
                tuple(Column(f"k{number}", head, "") for number, head in enumerate(section.heads)),
                tuple(tuple(clean(cell) for cell in row) for row in section.rows),
            )
            for section in (*self.sections, self._why())
        ]  # fmt: skip
        return render_tables("Utdrag ur Fou om en person", [clean(line) or "" for line in lines], tables)

    def as_json(self) -> bytes:
        """The same as JSON, UTF-8."""
        told = {
            "gäller": list(self.spellings),
            "uttaget": self.made.replace(tzinfo=UTC).isoformat(timespec="seconds"),
            "uppgifter": [
                {
                    "vad": section.title,
                    "om": section.about,
                    **_said(section.held),
                    "rader": [dict(zip(section.heads, row, strict=True)) for row in section.rows],
                }
                for section in self.sections
                if section.rows
            ],
        }
        return json.dumps(told, ensure_ascii=False, indent=1).encode()

    def _why(self) -> Section:
        return Section(
            "varfor", "Varför", "Varför uppgifterna finns, på vilken grund och hur länge",
            ("Uppgifter", "Varför", "Rättslig grund", "Hur länge", "Vem ser dem"),
            tuple((held.name, held.why, held.ground, held.how_long, held.seen_by) for held in REGISTER),
        )  # fmt: skip


def extract(database: Database, person: Person, subject: Subject, drafts: Mapping[str, Draft | None]) -> Extract:
    """Everything about the person, told to the event log as such.

    What other members have written of applications whose scores are not opened is left out, until they are.
    ``drafts`` are the imports under work that name them (see ``drafts_naming``). Raises Forbidden without
    SEE_PERSONAL_DATA.
    """
    person = person if database.confirm is None else database.confirm(person)
    require(person, Action.SEE_PERSONAL_DATA)
    with database.read() as reader:
        sections = tuple(gather(reader, subject, drafts))
    made = datetime.now(UTC).replace(tzinfo=None)
    database.log(EventKind.PERSONAL_DATA_EXPORTED, person.name, f"Utdrag om {subject.name}")
    return Extract(subject.spellings, made, sections)


def overview(reader: Reader, person: Person, subject: Subject) -> tuple[tuple[str, str, int], ...]:
    """How much of each sort there is in the tables: (sort, what it is, rows). Raises Forbidden as ``extract`` does."""
    require(person, Action.SEE_PERSONAL_DATA)
    sections = gather(reader, subject, {})
    return tuple((section.title, section.about, len(section.rows)) for section in sections if section.rows)


def gather(reader: Reader, subject: Subject, drafts: Mapping[str, Draft | None]) -> Iterable[Section]:
    """The sections of an extract."""
    looking = Searching(reader, subject)
    found = looking.shown(looking.everything())
    mine = {"members": list(subject.members)}
    members = reader.rows("SELECT name, email, role, unit FROM member WHERE id IN (SELECT UNNEST($members))", **mine)
    yield Section(
        "person", "Person", "Namn och roll i Fou", ("Namn", "E-post", "Roll", "Enhet"),
        tuple((name, email, ROLES.get(role, role), unit) for name, email, role, unit in members),
        BY_COLUMN["member.name"],
    )  # fmt: skip
    yield Section(
        "konton", "Konton", "Konton som personen loggar in med", ("Inloggningstjänst", "Nummer där", "E-post"),
        tuple(
            reader.rows(
                "SELECT provider, subject, email FROM account WHERE id IN (SELECT UNNEST($accounts)) ORDER BY id",
                accounts=list(subject.accounts),
            )
        ),
        BY_COLUMN["account.subject"],
    )  # fmt: skip
    yield Section(
        "bedomningar", "Bedömningar", "Poäng som personen har gett ansökningar, också innan de är öppnade",
        ("Ansökan", "Projekt", "Prioriteringsgrund", "Poäng"),
        tuple(
            reader.rows(
                "SELECT proposal.code, project.title, COALESCE(criterion.name, 'grund ' || score.criterion), "
                "CASE WHEN score.cannot_judge THEN 'kan inte bedöma' ELSE CAST(score.value AS VARCHAR) END "
                "FROM score JOIN proposal ON proposal.id = score.proposal "
                "JOIN project ON project.id = proposal.project "
                "LEFT JOIN criterion ON criterion.call = proposal.call AND criterion.position = score.criterion "
                "WHERE score.member IN (SELECT UNNEST($members)) ORDER BY proposal.code, score.criterion",
                **mine,
            )
        ),
        BY_COLUMN["score.value"],
    )  # fmt: skip
    yield Section(
        "kommentarer", "Kommentarer", "Vad personen har skrivit till sina bedömningar, också innan de är öppnade",
        ("Ansökan", "Projekt", "Prioriteringsgrund", "Kommentar"),
        tuple(
            reader.rows(
                "SELECT proposal.code, project.title, COALESCE(criterion.name, 'grund ' || score.criterion), "
                "score.comment FROM score JOIN proposal ON proposal.id = score.proposal "
                "JOIN project ON project.id = proposal.project "
                "LEFT JOIN criterion ON criterion.call = proposal.call AND criterion.position = score.criterion "
                "WHERE score.comment <> '' AND score.member IN (SELECT UNNEST($members)) "
                "ORDER BY proposal.code, score.criterion",
                **mine,
            )
        ),
        BY_COLUMN["score.comment"],
    )  # fmt: skip
    yield Section(
        "jav", "Jäv", "Ansökningar som personen har anmält jäv i", ("Ansökan", "Projekt", "Skäl", "Anmält"),
        tuple(
            reader.rows(
                "SELECT proposal.code, project.title, conflict.reason, CAST(conflict.declared AS VARCHAR) "
                "FROM conflict JOIN proposal ON proposal.id = conflict.proposal "
                "JOIN project ON project.id = proposal.project "
                "WHERE conflict.member IN (SELECT UNNEST($members)) ORDER BY proposal.code",
                **mine,
            )
        ),
        BY_COLUMN["conflict.reason"],
    )  # fmt: skip
    yield Section(
        "texter", "Texter", "Uppgifter där personen nämns nu", ("Var", "Uppgift", "Innehåll"),
        tuple((place.about, place.head, place.text) for place in found if place.table not in _OWN_SECTIONS),
    )  # fmt: skip
    yield from _written(reader, found)
    yield Section(
        "historik", "Historik", "Uppgifter där personen nämns, så som de var före eller efter en ändring",
        ("Post", "Var", "Uppgift", "Innehåll"),
        tuple(
            dict.fromkeys(
                (str(place.key[0]), place.about, place.head, place.text) for place in found if place.table == "change"
            )
        ),
        BY_COLUMN["change.after"],
    )  # fmt: skip
    yield Section(
        "importer", "Importer", "Importer under arbete som personen har gjort eller nämns i",
        ("Påbörjad", "Fil", "Av"),
        tuple(
            (format_timestamp(draft.created), draft.file, draft.person) if draft else (None, "skadad fil", None)
            for draft in drafts.values()
        ),
        next(held for held in REGISTER if held.name == "Importer under arbete"),
    )  # fmt: skip


#: What has a section of its own.
_OWN_SECTIONS = ("member", "account", "conflict", "batch", "event", "change")


def _written(reader: Reader, found: Iterable[Place]) -> Iterable[Section]:
    """The batches and the events that name the person."""
    ids: dict[str, list[int]] = {"batch": [], "event": []}
    for place in found:
        if place.table in ids:
            ids[place.table].append(place.id)
    batches = reader.rows(
        "SELECT id, posted, actor, kind, note, file FROM batch WHERE id IN (SELECT UNNEST($ids)) ORDER BY id",
        ids=ids["batch"],
    )
    yield Section(
        "poster", "Poster", "Vad personen har skrivit i Fou, eller nämns i",
        ("Post", "När", "Vem", "Slag", "Vad", "Fil"),
        tuple(
            (str(number), format_timestamp(posted), actor, _kind(kind), note, file)
            for number, posted, actor, kind, note, file in batches
        ),
        BY_COLUMN["batch.actor"],
    )  # fmt: skip
    events = reader.rows(
        "SELECT happened, kind, actor, note FROM event WHERE id IN (SELECT UNNEST($ids)) ORDER BY id",
        ids=ids["event"],
    )
    yield Section(
        "handelser", "Händelser", "Händelser i loggen som personen har gjort eller nämns i",
        ("När", "Händelse", "Vem", "Vad"),
        tuple(
            (format_timestamp(when), EVENT_NAMES[EventKind(kind)], actor, note or None)
            for when, kind, actor, note in events
        ),
        BY_COLUMN["event.actor"],
    )  # fmt: skip


def _kind(kind: str) -> str:
    return ACTION_NAMES.get(Action(kind), kind)


def _said(held: Held | None) -> dict[str, str]:
    if held is None:
        return {}
    return {"varför": held.why, "rättslig grund": held.ground, "hur länge": held.how_long}
