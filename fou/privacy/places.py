"""Every place where a person is named, in the tables and in the files of imports under work."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from unicodedata import normalize

from fou.access import Action, Person, require
from fou.errors import Refused
from fou.imports.drafts import Draft, Drafts
from fou.imports.template.layout import SHEETS
from fou.model import RECORD_BY_TABLE, RECORDS, Record, columns
from fou.privacy.register import BY_COLUMN, Held, Weeding
from fou.privacy.spellings import GONE, NOBODY, Pattern, likeness, pattern, persons_in, words_of
from fou.search import fold
from fou.store import Reader
from fou.store.reading import sql_types
from fou.store.sight import OPENED
from fou.store.work import WEEDED, from_json

#: How many names are suggested.
_MOST_SUGGESTED = 20
#: What a file may take when it is unpacked to be looked through.
_MOST_BYTES = 300_000_000
#: A subject that the sign-in service knows somebody by is a name only when it is too long to be anything else.
_LONG_SUBJECT = 12

RECORD_NAMES = {
    "setting": "Uppgift om databasen", "funder": "Finansiär", "area": "Område", "plan": "FoU-plan",
    "plan_version": "Beslut om FoU-plan", "project": "Projekt", "project_link": "Koppling", "call": "Utlysning",
    "criterion": "Prioriteringsgrund", "member": "Person", "account": "Konto", "proposal": "Ansökan",
    "proposal_cost": "Kostnad",
    "score": "Bedömning", "conflict": "Jäv", "scenario": "Scenario", "scenario_line": "Rad i scenario",
    "meeting": "Möte", "attendance": "Närvaro", "recommendation": "Rådets rekommendation",
    "resolution": "Nämndens beslut", "decision": "Beslut", "follow_up": "Uppföljning",
    "follow_up_item": "Uppföljningspunkt", "report_due": "Rapport", "output": "Resultat",
    "alias": "Svar om ett namn", "import_layout": "Svar om ett blad", "batch": "Post", "entry": "Belopp",
    "event": "Händelse",
}  # fmt: skip
HEADS = {(sheet.record.TABLE, column.field): column.head for sheet in SHEETS for column in sheet.columns} | {
    ("batch", "actor"): "Vem", ("batch", "note"): "Vad", ("batch", "file"): "Fil", ("entry", "source"): "Källa",
    ("entry", "condition"): "Villkor", ("entry", "document"): "Dokument", ("change", "source"): "Källa",
    ("event", "actor"): "Vem", ("event", "note"): "Vad", ("account", "provider"): "Inloggningstjänst",
    ("account", "subject"): "Nummer där", ("account", "email"): "E-post", ("alias", "label"): "Namn i fil",
    ("import_layout", "name"): "Fil och blad", ("import_layout", "signature"): "Bladets utseende",
    ("import_layout", "choices"): "Svar", ("plan_version", "note"): "Ändrat i versionen",
    ("plan_version", "board"): "Nämnd", ("plan_version", "reference"): "Diarienummer",
    ("recommendation", "frozen"): "Fryst underlag", ("recommendation", "apart"): "Fryst underlag, bara för ojäviga",
    ("recommendation", "dissent"): "Avvikande mening", ("resolution", "frozen"): "Fryst beslut",
    ("resolution", "board"): "Nämnd", ("resolution", "paragraph"): "Paragraf",
    ("resolution", "reference"): "Diarienummer", ("resolution", "text"): "Text",
}  # fmt: skip
#: The columns with names in them, for suggestions, and what somebody named there is.
_NAMES = {
    "member.name": "har en roll i Fou", "member.email": "har en roll i Fou", "account.email": "har ett konto",
    "project.lead": "ansvarig för projekt", "project.performer": "utförare av projekt",
    "proposal.applicants": "sökande", "proposal.contact": "kontakt för en ansökan",
    "follow_up.performer": "har gjort uppföljning", "attendance.name": "kallad till möte",
    "batch.actor": "har skrivit poster", "event.actor": "står i händelseloggen",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name or an address that is like what was typed (100: it holds every word), and where it stands."""

    name: str
    where: tuple[str, ...]
    likeness: int


@dataclass(frozen=True, slots=True)
class Subject:
    """The person asked about: every spelling, the ids of their records in the list of members, and their accounts."""

    spellings: tuple[str, ...]
    members: tuple[int, ...]
    accounts: tuple[int, ...]
    pattern: Pattern

    @property
    def name(self) -> str:
        """What to call the person: the first of the spellings."""
        return self.spellings[0]

    @property
    def somebody(self) -> str:
        """What stands for them as the writer of something once they are weeded."""
        return f"[gallrad person {self.members[0]}]" if len(self.members) == 1 else NOBODY


@dataclass(frozen=True, slots=True)
class Place:
    """One stored text about the person.

    ``table`` and ``key`` are the row: an id, or batch and position of a change; ``column`` the column, and ``field``
    what within a change's image. ``record`` and ``id`` say whose text it is, ``about`` and ``head`` say it in words.
    ``instead`` is what stands there after a weeding; ``public`` that it goes only when that is asked for.
    """

    table: str
    key: tuple[int, ...]
    column: str
    field: str
    record: str
    id: int
    text: str
    instead: str | None
    public: bool
    about: str
    head: str
    held: Held


def suggest(reader: Reader, person: Person, text: str, drafts: Iterable[str] = ()) -> tuple[Suggestion, ...]:
    """The names and addresses like what was typed, the likest first; ``drafts`` are who has imports under work.

    Raises Forbidden without SEE_PERSONAL_DATA.
    """
    require(person, Action.SEE_PERSONAL_DATA)
    where: dict[str, dict[str, None]] = {}

    def add(value: str | None, said: str) -> None:
        for name in persons_in(value or ""):
            if not WEEDED.search(name):
                where.setdefault(name, {})[said] = None

    for column, said in _NAMES.items():
        table, _, name = column.partition(".")
        for (value,) in reader.rows(f"SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL"):
            add(value, said)
    for table, name in (("project", "lead"), ("member", "name"), ("member", "email")):
        rows = reader.rows(
            f"SELECT DISTINCT after ->> '{name}' FROM change WHERE record = '{table}' AND after IS NOT NULL"
        )
        for (value,) in rows:
            if value not in where:
                add(value, "har stått i en uppgift som är ändrad")
    for value in drafts:
        add(value, "har en import under arbete")
    found = [Suggestion(name, tuple(said), alike) for name, said in where.items() if (alike := likeness(text, name))]
    found.sort(key=lambda one: (-one.likeness, fold(one.name), one.name))
    return tuple(found[:_MOST_SUGGESTED])


def subject_of(reader: Reader, person: Person, spellings: Sequence[str]) -> Subject:
    """The person that these names and addresses are of, with the other names and addresses of the same member.

    Raises Refused when there is not a letter in them, Forbidden without SEE_PERSONAL_DATA.
    """
    require(person, Action.SEE_PERSONAL_DATA)
    said = list(dict.fromkeys(" ".join(spelling.split()) for spelling in spellings if spelling.strip()))
    if not any(map(words_of, said)):
        raise Refused("Skriv ett namn eller en e-postadress.")
    asked = pattern(said)
    addresses = {spelling.casefold() for spelling in said if "@" in spelling}
    images = reader.rows(
        "SELECT id, name, email FROM member UNION SELECT id, after ->> 'name', after ->> 'email' FROM change "
        "WHERE record = 'member' AND after IS NOT NULL ORDER BY ALL"
    )
    members = {id for id, name, email in images if asked.whole(name) or (email or "").casefold() in addresses}
    accounts = reader.rows(
        "SELECT id, provider, subject, member, email FROM account UNION SELECT id, after ->> 'provider', "
        "after ->> 'subject', CAST(after ->> 'member' AS INTEGER), after ->> 'email' FROM change "
        "WHERE record = 'account' AND after IS NOT NULL ORDER BY ALL"
    )
    members |= {row[3] for row in accounts if (row[4] or "").casefold() in addresses}
    own = [row for row in accounts if row[3] in members]
    known = [text for id, *texts in images if id in members for text in texts]
    for _, provider, number, _, email in own:
        known += [email, f"{provider}|{number}", number if len(number) >= _LONG_SUBJECT else None]
    said += [text for text in known if text and not WEEDED.search(text)]
    every = tuple(dict.fromkeys(said))
    return Subject(every, tuple(sorted(members)), tuple(sorted({row[0] for row in own})), pattern(every))


class Searching:
    """One search through the tables."""

    def __init__(self, reader: Reader, subject: Subject) -> None:
        self.reader, self.subject, self._sought = reader, subject, subject.pattern
        self.decided = {
            number
            for (number,) in reader.rows(
                "SELECT project FROM decision WHERE kind = 'decision' "
                "UNION SELECT project FROM entry WHERE kind = 'granted' AND project IS NOT NULL"
            )
        }
        self._living: dict[str, set[int]] = {}
        self.conflicts = self._ids(
            "SELECT id FROM conflict WHERE member IN (SELECT UNNEST($members))", members=list(subject.members)
        )
        if subject.members:
            images = reader.rows("SELECT id, COALESCE(after, before) FROM change WHERE record = 'conflict'")
            self.conflicts |= {id for id, image in images if from_json(image).get("member") in subject.members}
        self.about = _Naming(reader)

    def _ids(self, sql: str, **parameters: object) -> set[int]:
        return {number for (number,) in self.reader.rows(sql, **parameters)}

    def everything(self) -> list[Place]:
        """Every text that names the person or is about them."""
        return list(self._everything())

    def shown(self, found: Iterable[Place]) -> list[Place]:
        """The places less what other members have written of applications whose scores are not opened.

        Until then it is nobody's but theirs. It is weeded all the same.
        """
        every = list(found)
        hidden = unopened(self.reader, {place.id for place in every if place.record == "score"}, self.subject.members)
        return [place for place in every if place.record != "score" or place.id not in hidden]

    def surnames(self) -> list[Place]:
        """Texts in which one of the person's surnames stands, with or without a first name."""
        last = [
            words[-1] for one in self.subject.spellings if not set("@|") & set(one) and len(words := words_of(one)) > 1
        ]
        if not last:
            return []
        alone = Searching(self.reader, replace(self.subject, spellings=tuple(last), members=(), accounts=()))
        alone._sought, alone.conflicts = pattern(last), set()
        return alone.everything()

    def replacing(self, record: str, id: int, name: str) -> Callable[[str], str | None]:
        """What makes the text that is to stand in a field of the text that stands there."""
        return lambda text: self._instead(record, id, name, text)

    def _everything(self) -> Iterator[Place]:
        for record in RECORDS:
            yield from self._records(record)
        for table, names in (
            ("batch", ("actor", "note", "file")),
            ("entry", ("source", "condition", "document")),
            ("event", ("actor", "note")),
        ):
            yield from self._rows(table, names)
        yield from self._changes()

    def _records(self, record: type[Record]) -> Iterator[Place]:
        table, names = record.TABLE, _texts(record)
        if not names:
            return
        rows = self.reader.rows(
            f"SELECT id, {', '.join(names)} FROM {table} WHERE {self._named(names)} OR id IN (SELECT UNNEST($own))",
            own=list(self._own(table)),
            **self._word(),
        )
        for number, *values in rows:
            for name, value in zip(names, values, strict=True):
                yield from self._place(table, (number,), name, "", table, number, name, value)

    def _rows(self, table: str, names: Sequence[str]) -> Iterator[Place]:
        rows = self.reader.rows(
            f"SELECT id, {', '.join(names)} FROM {table} WHERE {self._named(names)} ORDER BY id", **self._word()
        )
        for number, *values in rows:
            for name, value in zip(names, values, strict=True):
                yield from self._place(table, (number,), name, "", table, number, name, value)

    def _changes(self) -> Iterator[Place]:
        named = self._named(("before", "after", "source"))
        whole = ("member", "account", "conflict")
        own = " ".join(f"OR (record = '{table}' AND id IN (SELECT UNNEST(${table})))" for table in whole)
        rows = self.reader.rows(
            "SELECT batch, position, record, id, before, after, source FROM change "
            f"WHERE {named} {own} ORDER BY batch, position",
            **self._word(),
            **{table: list(self._own(table)) for table in whole},
        )
        for batch, position, table, number, before, after, source in rows:
            key = (batch, position)
            yield from self._place("change", key, "source", "", table, number, "source", source)
            for column, image in (("before", before), ("after", after)):
                record = RECORD_BY_TABLE.get(table)
                if image is None or record is None:
                    continue
                values = from_json(image)
                for name in _texts(record):
                    yield from self._place("change", key, column, name, table, number, name, values.get(name))

    def _own(self, table: str) -> Iterable[int]:
        """The records that are the person's own, whatever stands in them."""
        own = {"member": self.subject.members, "account": self.subject.accounts, "conflict": self.conflicts}
        return own.get(table, ())

    def _place(
        self, table: str, key: tuple[int, ...], column: str, field: str, record: str, id: int, name: str,
        text: str | None,
    ) -> Iterator[Place]:  # fmt: skip
        if not text:
            return
        own_source = table == "change" and not field
        instead = self._sought.without(text) if own_source else self._instead(record, id, name, text)
        if instead == text:
            return
        held = BY_COLUMN[f"change.{name}" if own_source else f"{record}.{name}"]
        yield Place(
            table, key, column, field, record, id, text, instead, self._is_public(record, id, held),
            self.about(record, id), HEADS.get(("change", name) if own_source else (record, name), name), held,
        )  # fmt: skip

    def _instead(self, record: str, id: int, name: str, text: str) -> str | None:
        """What stands in the place of a text once the person is weeded."""
        mine = id in self._own(record)
        if WEEDED.fullmatch(text):
            return text
        if record == "member" and mine:
            return f"[gallrad person {id}]" if name == "name" else None
        if record == "account" and mine:
            return {"provider": text, "subject": f"[gallrat {id}]"}.get(name)
        if record == "conflict" and mine and name == "reason":
            return GONE
        if name == "actor" and self._sought.whole(text):
            return self.subject.somebody
        # Two records must not get the same name.
        key = record in RECORD_BY_TABLE and name in RECORD_BY_TABLE[record].KEY
        return self._sought.without(text, f"[gallrat {id}]" if key else GONE)

    def _is_public(self, record: str, id: int, held: Held) -> bool:
        if held.weeding is not Weeding.PUBLIC:
            return False
        if record == "project" and id not in self.decided:
            return False
        return record not in RECORD_BY_TABLE or self._lives(record, id)

    def _lives(self, record: str, id: int) -> bool:
        """Whether the record is there now: what was undone or removed is in no decision."""
        if record not in self._living:
            self._living[record] = self._ids(f"SELECT id FROM {record}")
        return id in self._living[record]

    def _named(self, names: Sequence[str]) -> str:
        """SQL for rows that may name the person: a word of the name stands in one of the columns."""
        # All the columns at once: to make the expression ready takes longer than to try it on most tables.
        return f"REGEXP_MATCHES(CONCAT_WS(chr(10), {', '.join(names)}), $word)"

    def _word(self) -> dict[str, str]:
        # Of an address what comes before the @: the rest is everybody's.
        words = {max(words_of(one.partition("@")[0]) or words_of(one), key=len) for one in self._sought.spellings}
        return {"word": "|".join(sorted(map(_written, words)))}


def unopened(reader: Reader, scores: Iterable[int], members: Iterable[int] = ()) -> set[int]:
    """Those of the scores that nobody but their member may see yet, save those of ``members``; removed ones too."""
    ids = set(scores)
    if not ids:
        return set()
    image = "COALESCE(after, before)"
    rows = reader.rows(
        "SELECT DISTINCT said.id FROM (SELECT id, proposal, member FROM score UNION ALL "
        f"SELECT id, CAST({image} ->> 'proposal' AS INTEGER), CAST({image} ->> 'member' AS INTEGER) FROM change "
        "WHERE record = 'score' AND id IN (SELECT UNNEST($ids))) AS said "
        "LEFT JOIN proposal ON proposal.id = said.proposal LEFT JOIN call ON call.id = proposal.call "
        "WHERE said.id IN (SELECT UNNEST($ids)) AND said.member NOT IN (SELECT UNNEST($members)) "
        f"AND NOT COALESCE({OPENED}, FALSE)",
        ids=list(ids),
        members=list(members),
    )
    return {number for (number,) in rows}


def _written(word: str) -> str:
    """A folded word as an expression for each way in which it may be written, with its accents apart too.

    Asked for in the database, which takes the accents off a text in fifty times the time.
    """
    double = _any_form("s") * 2
    return "".join(map(_any_form, word)).replace(double, f"(?:{double}|[ßẞ])")


def _any_form(sign: str) -> str:
    forms = rf"[{''.join(sorted({sign, sign.upper(), *_FORMS.get(sign, ())}))}]{_MARK}*"
    plain = sign.translate(_DOTS)
    return forms if plain == sign else rf"(?:{forms}|[{plain}{plain.upper()}]{_MARK}+)"


_DOTS = str.maketrans("åäö", "aao")
#: An accent that stands as a sign of its own after its letter.
_MARK = r"[\x{300}-\x{36f}]"
#: The letters of European languages that fold to each letter.
_FORMS: dict[str, set[str]] = {}
for _sign in map(chr, range(0x41, 0x250)):
    for _letter in fold(_sign) if _sign.isalpha() else ():
        _FORMS.setdefault(_letter, set()).add(_sign)


def _texts(record: type[Record]) -> tuple[str, ...]:
    """The record's columns in which a person may be named."""
    return _TEXTS[record.TABLE]


def _texts_of(record: type[Record]) -> tuple[str, ...]:
    kinds = zip(columns(record), sql_types(record), strict=True)
    said = [(name, BY_COLUMN.get(f"{record.TABLE}.{name}")) for name, kind in kinds if kind == "VARCHAR"]
    return tuple(name for name, held in said if held is not None and held.weeding is not Weeding.STAYS)


_TEXTS = {record.TABLE: _texts_of(record) for record in RECORDS}


class _Naming:
    """What records are called, each table read when it is first asked about."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[str, dict[int, str]] = {}

    def __call__(self, record: str, id: int) -> str:
        if record not in RECORD_BY_TABLE:
            return f"{RECORD_NAMES[record]} {id}"
        if record not in self._known:
            self._known[record] = dict(self._reader.rows(_naming_sql(record)))
        called = self._known[record].get(id)
        return f"{RECORD_NAMES[record]} {called}" if called else f"{RECORD_NAMES[record]} {id} (borttagen)"


def _naming_sql(record: str) -> str:
    own = {
        "plan": "year", "plan_version": "year || ', version ' || number", "funder": "name", "area": "name",
        "setting": "name", "member": "name", "account": "provider",
        "project": "code", "call": "code", "proposal": "code", "follow_up": "code",
    }  # fmt: skip
    if record in own:
        return f"SELECT id, CAST({own[record]} AS VARCHAR) FROM {record}"
    for field, to in RECORD_BY_TABLE[record].REFERENCES.items():
        if to in own and to in ("project", "proposal", "follow_up", "call"):
            return f"SELECT {record}.id, {to}.code FROM {record} JOIN {to} ON {to}.id = {record}.{field}"
    return f"SELECT id, CAST(id AS VARCHAR) FROM {record}"


def drafts_naming(drafts: Drafts, person: Person, subject: Subject) -> dict[str, Draft | None]:
    """The imports under work whose file, name or answers name the person, or that are theirs; by id."""
    return drafts.holding(person, lambda path: _names(str(path), path.stat().st_mtime_ns, subject.spellings))


@lru_cache(maxsize=512)
def _names(path: str, touched: int, spellings: tuple[str, ...]) -> bool:
    """Whether a file names the person; read again only when it has been ``touched``."""
    return file_names(Path(path).read_bytes(), pattern(spellings))


def file_names(data: bytes, sought: Pattern) -> bool:
    """Whether a workbook, a CSV file or another names the person anywhere."""
    return any(sought.expression.search(_folded(text)) is not None for text in _read(data))


def _read(data: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            left = _MOST_BYTES
            for part in package.infolist():
                with package.open(part) as file:
                    content = file.read(left)
                left -= len(content)
                text = content.decode("utf-8", "ignore")
                yield html.unescape(re.sub(r"<[^<>]*>", " ", text))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError):
        yield data.decode("utf-8", "ignore")
        yield data.decode("latin-1")
        if b"\0" in data:  # an older workbook, or a file saved as Unicode
            yield data.decode("utf-16-le", "ignore")
            yield data[1:].decode("utf-16-le", "ignore")


_FOLDED = {code: fold(chr(code)) for code in range(0x80, 0x250)}


def _folded(text: str) -> str:
    """As ``search.fold``, for the signs of European languages, and much faster for long texts."""
    return re.sub(r"\s+", " ", normalize("NFC", text)).casefold().translate(_FOLDED)
