"""What is kept about people: the register of it, finding everything about one, the extract, and weeding."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fou import ledger
from fou.access import Action, Person, Role
from fou.check import check
from fou.demo.load import load_example
from fou.errors import Forbidden, Refused, UndoRefused
from fou.imports.drafts import Drafts, folder_of
from fou.ledger import statements, undo
from fou.model import (
    Account,
    Attendance,
    Call,
    Conflict,
    Criterion,
    Decision,
    EventKind,
    FollowUpItem,
    Member,
    Project,
    Proposal,
    Score,
    as_dict,
)
from fou.privacy import extract, places, weeding
from fou.privacy.places import Searching, Subject
from fou.privacy.register import BY_COLUMN, IMPERSONAL, REGISTER, Weeding, classified
from fou.privacy.spellings import likeness, pattern, persons_in
from fou.store import Database
from fou.store.sight import sight_of

ADMIN = Person("Anna", Role.ADMIN)
MEMBER, LEAD, UNDECIDED = "Gunilla Ekdahl", "Ove Åkerström", "Sanna Qvist"
REASON = "Begäran från den registrerade, dnr 2026-12"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small portfolio in which people are named in every kind of place; closed."""
    path = tmp_path_factory.mktemp("filled") / "fou.duckdb"
    with closing(Database.open(path)) as database:
        load_example(database, ADMIN, 12)
        with database.write(Person(MEMBER, Role.ADMIN), Action.EDIT, f"Rättade det som {MEMBER} såg") as work:
            (member,) = work.records(Member, "WHERE name = $name", name=MEMBER)
            work.create(
                Account, provider="entra", subject="0f3a-4711-aa-bb", member=member.id, email="ge@annat.example"
            )
            decided, *_ = work.records(Project, "WHERE id IN (SELECT project FROM decision WHERE kind = 'decision')")
            work.update(Project, decided.id, {"lead": LEAD, "summary": f"Leds av {LEAD.upper()}s grupp."}, source=LEAD)
            new = work.create(Project, code="NY-1", title="Nytt", lead=UNDECIDED)
            (call,) = work.rows("SELECT MIN(id) FROM call")
            work.create(Proposal, code="AN-1", call=call[0], project=new, applicants="Ekdahl, Gunilla och Bo Ek")
            work.update(Project, new, {"lead": f"{UNDECIDED} och {LEAD}"})
            work.update(Project, new, {"lead": "Bo Ek"})
        database.log(EventKind.SIGNED_IN, MEMBER, "från 10.0.0.1")
    return path


@pytest.fixture
def copied(filled: Path, tmp_path: Path) -> Iterator[Database]:
    """A copy of it to write in."""
    database = _open(filled, tmp_path)
    yield database
    database.close()


def _open(filled: Path, folder: Path) -> Database:
    path = Path(shutil.copy(filled, folder / "fou.duckdb"))
    return Database(path, duckdb.connect(str(path)))


def drafts_of(database: Database) -> Drafts:
    return Drafts(folder_of(database.path))


def somebody(database: Database, *names: str) -> Subject:
    with database.read() as reader:
        return places.subject_of(reader, ADMIN, names)


def weed(database: Database, *names: str, public: bool = True, reason: str = REASON) -> weeding.Weeded:
    return weeding.weed(database, ADMIN, somebody(database, *names), reason, drafts_of(database), public)


def texts_in(database: Database) -> Iterator[tuple[str, str]]:
    """Every text that is stored, whatever the register says of its column: (table.column, text)."""
    with database.read() as reader:
        for table, column in reader.rows(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND data_type = 'VARCHAR'"
        ):
            for (text,) in reader.rows(f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'):
                yield f"{table}.{column}", text


def naming(database: Database, name: str) -> list[tuple[str, str]]:
    """The stored texts with the name, either way round, found in another way than the weeding does."""
    first, last = re.escape(name.split()[0]), re.escape(name.split()[-1])
    sought = re.compile(rf"{first}\W+{last}|{last}\W+{first}", re.IGNORECASE)
    return [(column, text) for column, text in texts_in(database) if sought.search(text)]


def whole(database: Database) -> bool:
    with database.read() as reader:
        return check(reader) == []


def what_counts(database: Database) -> dict[str, Any]:
    """Sums, decisions and scores, without what only names people."""
    with database.read() as reader:
        return {
            "entries": reader.rows(
                "SELECT id, kind, year, funder, project, call, area, amount, open, basis, reverses "
                "FROM entry ORDER BY id"
            ),
            "standing": [(one.kind, one.year, one.amount, one.open) for one in statements(reader)],
            "decisions": [
                (d.project, d.kind, d.decided, d.outcome, d.immediate_approval)
                for d in reader.records(Decision, "ORDER BY id")
            ],
            "scores": [as_dict(score) for score in reader.records(Score, "ORDER BY id")],
            "conflicts": [(c.id, c.proposal, c.member) for c in reader.records(Conflict, "ORDER BY id")],
            "batches": reader.rows("SELECT id, posted, kind, entries, changes, total FROM batch ORDER BY id"),
        }


def test_the_register_speaks_of_every_column_there_is(database: Database) -> None:
    with database.read() as reader:
        rows = reader.rows("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal")
    assert classified() == {f"{table}.{column}" for table, column in rows}


def test_a_column_stands_once_in_the_register() -> None:
    columns = [column for held in REGISTER for column in held.columns]
    columns += [f"{table}.{column}" for table, names in IMPERSONAL.items() for column in names]
    assert len(columns) == len(set(columns))


def test_what_the_register_says_is_filled_in() -> None:
    for held in REGISTER:
        assert all((held.name, held.whom, held.what, held.why, held.ground, held.how_long, held.seen_by)), held.name


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Gunilla Ekdahl", "[gallrat]"),
        ("GUNILLA  EKDAHLS rapport", "[gallrat] rapport"),
        ("Ekdahl, Gunilla och Bo Ek", "[gallrat] och Bo Ek"),
        ("gunilla.ekdahl@kommun.example skrev", "[gallrat]@kommun.example skrev"),
        ("ekdahl_gunilla_2014.xlsx", "[gallrat]_2014.xlsx"),
        ("Gunilla Ekdahlsson", "Gunilla Ekdahlsson"),
        ("Gunilla och Ekdahl", "Gunilla och Ekdahl"),
    ],
)
def test_a_name_is_found_however_it_is_written_and_no_other(text: str, left: str) -> None:
    assert pattern([MEMBER]).without(text) == left


def test_accents_composed_in_two_ways_are_the_same_letter() -> None:
    assert pattern(["Selma Begić"]).without("SELMA BEGIC\u0301, Selma Begic") == "[gallrat], [gallrat]"


@pytest.mark.parametrize(
    ("asked", "found"),
    [("gunilla", True), ("ekd", True), ("Gunila Ekdal", True), ("G. Ekdahl", True), ("Bo Ek", False)],
)
def test_similar_spellings_are_suggested(asked: str, found: bool) -> None:
    assert bool(likeness(asked, MEMBER)) == found


def test_a_field_with_two_people_gives_two_names() -> None:
    assert persons_in("Anna Lind och  Bo Ek; Åsa Öst") == ["Anna Lind", "Bo Ek", "Åsa Öst"]


def test_a_search_finds_names_in_records_in_history_and_among_imports_under_work(copied: Database) -> None:
    with copied.read() as reader:
        found = {one.name: one.where for one in places.suggest(reader, ADMIN, "sanna qvist", ["Sanna Qvist-Berg"])}
    assert found == {
        UNDECIDED: ("har stått i en uppgift som är ändrad",), "Sanna Qvist-Berg": ("har en import under arbete",)
    }  # fmt: skip


def test_a_member_is_known_by_name_address_and_account(copied: Database) -> None:
    assert somebody(copied, "ge@annat.example").spellings == (
        "ge@annat.example", MEMBER, "gunilla.ekdahl@exempelkommunen.example", "entra|0f3a-4711-aa-bb",
        "0f3a-4711-aa-bb",
    )  # fmt: skip


def test_an_extract_holds_everything_that_names_the_person(copied: Database) -> None:
    drafts_of(copied).start(Person(MEMBER, Role.ADMIN), "budget.csv", b"a;b")
    subject = somebody(copied, MEMBER)
    drafts = places.drafts_naming(drafts_of(copied), ADMIN, subject)
    told = extract.extract(copied, ADMIN, subject, drafts)
    rows = {section.title: len(section.rows) for section in told.sections if section.rows}
    with copied.read() as reader:
        (member,) = reader.records(Member, "WHERE name = $name", name=MEMBER)
        scores = len(reader.records(Score, "WHERE member = $id", id=member.id))
        conflicts = len(reader.records(Conflict, "WHERE member = $id", id=member.id))
        called = len(reader.records(Attendance, "WHERE member = $id", id=member.id))
    expected = {"Person": 1, "Konton": 1, "Bedömningar": scores, "Jäv": conflicts, "Texter": 1 + called, "Poster": 1,
                "Händelser": 1, "Importer": 1}  # fmt: skip
    assert called
    assert {title: number for title, number in rows.items() if title != "Historik"} == {
        title: number for title, number in expected.items() if number
    }
    assert rows["Historik"] >= 5


@pytest.fixture
def judged(copied: Database) -> tuple[Database, Callable[..., None]]:
    """Two members who judge in a call that is not opened; the first names nobody, the other names the first."""
    with copied.write(ADMIN, Action.IMPORT, "Läste in") as work:
        call = work.create(Call, code="LUM-X", name="Utlysning", year=2026, state="assessment")
        work.create(Criterion, call=call, position=1, name="Nytta")
        project = work.create(Project, code="X-1", title="Ett projekt")
        proposal = work.create(Proposal, code="LUM-X-01", call=call, project=project)
        first = work.create(Member, name="Svea Lundkvist", role="member")
        other = work.create(Member, name="Tor Blad", role="member")
    with copied.write(ADMIN, Action.ASSESS, "Bedömde") as work:
        work.create(Score, proposal=proposal, member=first, criterion=1, value=4, comment="Svag metod")
        number = work.create(Score, proposal=proposal, member=other, criterion=1, comment="Svea Lundkvist har fel")
        work.update(Score, number, {"comment": "Svea Lundkvist överdriver. Lundkvist igen."})

    def say(**values: object) -> None:
        with copied.write(ADMIN, Action.EDIT, "Ändrade") as work:
            work.update(Call, call, values)

    return copied, say


def said_of(database: Database, name: str) -> dict[str, str]:
    subject = somebody(database, name)
    return {section.title: repr(section.rows) for section in extract.extract(database, ADMIN, subject, {}).sections}


def test_an_extract_has_the_persons_own_comments_and_those_of_others_when_they_are_opened(
    judged: tuple[Database, Callable[..., None]],
) -> None:
    database, say = judged
    told = said_of(database, "Svea Lundkvist")
    assert told["Kommentarer"] == "(('LUM-X-01', 'Ett projekt', 'Nytta', 'Svag metod'),)"
    assert "'4'" in told["Bedömningar"]
    assert "överdriver" in said_of(database, "Tor Blad")["Kommentarer"]
    assert not [title for title, rows in told.items() if "överdriver" in rows or "har fel" in rows]
    say(scores_open=True)
    told = said_of(database, "Svea Lundkvist")
    assert "överdriver" in told["Texter"]
    assert "har fel" in told["Historik"]


def test_the_register_says_who_sees_conflicts_of_interest(judged: tuple[Database, Callable[..., None]]) -> None:
    database, _ = judged
    with database.read() as reader:
        numbers = dict(reader.rows("SELECT name, id FROM member"))
        proposal = int(reader.value("SELECT id FROM proposal WHERE code = 'LUM-X-01'"))
    with database.write(ADMIN, Action.DECLARE, "Anmälde jäv") as work:
        for name in ("Svea Lundkvist", "Tor Blad"):
            work.create(Conflict, proposal=proposal, member=numbers[name], reason="Granne", state="declared")

    def seen(name: str, role: Role) -> set[str]:
        with database.read(None, sight_of(Person(name, role, numbers.get(name)))) as reader:
            return {
                next(one for one, number in numbers.items() if number == member)
                for (member,) in reader.rows("SELECT member FROM conflict WHERE proposal = $id", id=proposal)
            }

    both = {"Svea Lundkvist", "Tor Blad"}
    assert seen("Tor Blad", Role.MEMBER) == {"Tor Blad"}
    assert seen(MEMBER, Role.MEMBER) == seen("Anna", Role.ADMIN) == both
    assert seen("x", Role.VIEWER) == set()
    assert (
        BY_COLUMN["conflict.member"].seen_by
        == BY_COLUMN["conflict.reason"].seen_by
        == ("Ledamoten själv, handläggare och ledamöter utan jäv i ansökan, från det att jävet är anmält")
    )


def test_what_is_not_opened_is_in_no_preview_but_is_weeded(judged: tuple[Database, Callable[..., None]]) -> None:
    database, say = judged
    for opened in (False, True):
        say(scores_open=opened)
        with database.read() as reader:
            seen = repr(weeding.preview(reader, ADMIN, somebody(database, "Svea Lundkvist")))
            perhaps = repr(weeding.preview(reader, ADMIN, somebody(database, "Pia Lundkvist")).perhaps)
        assert ("Kommentarer till bedömningar" in seen, "överdriver" in perhaps) == (opened, opened)
    say(scores_open=False)
    weed(database, "Svea Lundkvist")
    assert naming(database, "Svea Lundkvist") == []
    assert whole(database)


def test_an_extract_is_the_same_as_a_workbook_and_as_json(copied: Database) -> None:
    told = extract.extract(copied, ADMIN, somebody(copied, MEMBER), {})
    book = openpyxl.load_workbook(io.BytesIO(told.as_excel()))
    sheets = {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        for sheet in book.worksheets
        if sheet.title not in ("Om", "Varför")
    }
    said = json.loads(told.as_json())
    as_json = {
        part["vad"]: [["–" if cell is None else cell for cell in row.values()] for row in part["rader"]]
        for part in said["uppgifter"]
    }
    assert sheets == as_json


def test_a_text_that_looks_like_a_formula_is_a_text_in_the_workbook(copied: Database) -> None:
    with copied.write(ADMIN, Action.EDIT, "Nytt namn") as work:
        work.create(Project, code="F-1", title="=1+1 av Eva Formel", lead="Eva Formel")
    told = extract.extract(copied, ADMIN, somebody(copied, "Eva Formel"), {})
    book = openpyxl.load_workbook(io.BytesIO(told.as_excel()))
    assert {cell.data_type for row in book["Texter"].iter_rows(min_row=2) for cell in row} == {"s"}


def test_each_extract_is_in_the_log(copied: Database) -> None:
    extract.extract(copied, ADMIN, somebody(copied, MEMBER), {})
    with copied.read() as reader:
        assert reader.rows("SELECT kind, actor, note FROM event ORDER BY id DESC LIMIT 1") == [
            ("personal_data_exported", "Anna", f"Utdrag om {MEMBER}")
        ]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_administrators_see_personal_data_and_weed(copied: Database, role: Role) -> None:
    person, subject = Person("Bo", role), somebody(copied, MEMBER)
    before = what_counts(copied)
    with copied.read() as reader:
        refused: list[Callable[[], object]] = [
            lambda: extract.extract(copied, person, subject, {}),
            lambda: extract.overview(reader, person, subject),
            lambda: places.suggest(reader, person, "Anna"),
            lambda: places.subject_of(reader, person, [MEMBER]),
            lambda: places.drafts_naming(drafts_of(copied), person, subject),
            lambda: weeding.preview(reader, person, subject),
            lambda: weeding.to_do_again(reader, person),
            lambda: weeding.weed(copied, person, subject, REASON, drafts_of(copied)),
            lambda: weeding.weed_events(copied, person, datetime(2030, 1, 1), REASON),
            lambda: drafts_of(copied).weed(person, []),
        ]
        for act in refused:
            with pytest.raises(Forbidden):
                act()
    assert what_counts(copied) == before


def test_weeding_a_member_leaves_scores_and_conflicts_to_nobody(copied: Database) -> None:
    before = what_counts(copied)
    weed(copied, MEMBER)
    with copied.read() as reader:
        (member,) = reader.records(Member, "WHERE name LIKE '[gallrad%'")
        assert (member.email, member.unit, member.role) == (None, None, "blocked")
        assert reader.rows("SELECT COUNT(*) FROM account") == [(0,)]
        assert [
            c.reason for c in reader.records(Conflict, "WHERE member = $id AND reason <> '[gallrat]'", id=member.id)
        ] == []
        assert reader.rows("SELECT DISTINCT actor FROM batch WHERE id = 2") == [(member.name,)]
    after = what_counts(copied)
    assert {name: rows for name, rows in after.items() if name != "batches"} == {
        name: rows for name, rows in before.items() if name != "batches"
    }
    assert naming(copied, MEMBER) == []
    assert whole(copied)


def test_a_lead_of_a_decided_project_stays_unless_it_is_asked_for(copied: Database) -> None:
    weed(copied, LEAD, public=False)
    with copied.read() as reader:
        assert len(reader.records(Project, "WHERE lead = $lead", lead=LEAD)) == 1
        # In the one that was never decided nothing is left, not in its history either.
        images = reader.rows("SELECT DISTINCT after ->> 'lead' FROM change WHERE after ->> 'code' = 'NY-1' ORDER BY 1")
    assert [lead for (lead,) in images] == ["Bo Ek", "Sanna Qvist", "Sanna Qvist och [gallrat]"]
    assert {BY_COLUMN.get(column, BY_COLUMN["project.lead"]).weeding for column, _ in naming(copied, LEAD)} <= {
        Weeding.PUBLIC, Weeding.GOES
    }  # fmt: skip
    weed(copied, LEAD, public=True)
    assert naming(copied, LEAD) == []
    assert whole(copied)


def test_the_preview_says_what_goes_and_what_stays(copied: Database) -> None:
    with copied.read() as reader:
        seen = weeding.preview(reader, ADMIN, somebody(copied, LEAD))
        everything = weeding.preview(reader, ADMIN, somebody(copied, LEAD), public=True)
    assert {line.what for line in seen.stays} == {
        "Ansvariga forskare och utförare", "Beskrivningar av projekt", "Ändringshistorik"
    }  # fmt: skip
    assert all("allmän handling" in line.why for line in seen.stays)
    assert everything.stays == ()
    assert seen.number + sum(line.number for line in seen.stays) == everything.number


def test_texts_with_only_the_surname_are_shown_to_be_read(copied: Database) -> None:
    with copied.write(ADMIN, Action.EDIT, "Ny punkt") as work:
        (first,) = work.rows("SELECT MIN(id) FROM follow_up")
        work.create(FollowUpItem, follow_up=first[0] or 1, kind="risk", position=99, text="Ekdahl slutar i juni.")
    with copied.read() as reader:
        perhaps = weeding.preview(reader, ADMIN, somebody(copied, MEMBER)).perhaps
    assert "Ekdahl slutar i juni." in perhaps[0].examples[0]


@pytest.mark.parametrize(
    ("who", "reason", "said"),
    [
        (MEMBER, "  ", "Skriv varför"),
        (MEMBER, f"{MEMBER} vill det", "utan personens namn"),
        ("Anna", REASON, "gallra dig själv"),
        ("Finns Inte", REASON, "inget att gallra"),
    ],
)
def test_a_weeding_that_cannot_be_answered_for_is_refused(copied: Database, who: str, reason: str, said: str) -> None:
    before = what_counts(copied)
    with pytest.raises(Refused, match=said):
        weed(copied, who, reason=reason)
    assert what_counts(copied) == before


def test_imports_under_work_that_name_the_person_go_with_their_files(copied: Database) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("xl/sharedStrings.xml", "<si><t>Ekdahl,</t></si><si><t>Gunilla</t></si>")
    kept = drafts_of(copied)
    for file, data in (
        ("ekdahl_gunilla.xlsx", b"-"), ("a.csv", "Ansvarig;GUNILLA EKDAHL".encode("utf-16")),
        ("b.xlsx", packed.getvalue()), ("c.csv", b"Ansvarig;Bo Ek"),
    ):  # fmt: skip
        kept.start(ADMIN, file, data)
    kept.start(Person(MEMBER, Role.ADMIN), "d.csv", b"-")
    assert weed(copied, MEMBER).drafts == 4
    assert [draft.file for draft in kept.of(ADMIN)] == ["c.csv"]
    assert len(list(kept.folder.iterdir())) == 2


def test_a_weeding_cannot_be_undone(copied: Database) -> None:
    done = weed(copied, MEMBER)
    with pytest.raises(UndoRefused, match=f"Post {done.batch} är en gallring och kan inte ångras"):
        undo(copied, ADMIN, done.batch)


def test_an_undo_that_would_bring_back_what_was_weeded_is_refused(copied: Database) -> None:
    with copied.write(ADMIN, Action.EDIT, "Ny ansvarig") as work:
        (project,) = work.records(Project, "WHERE lead = $lead", lead=LEAD)
        work.update(Project, project.id, {"lead": "Bo Ek"})
        edited = work.batch
    done = weed(copied, LEAD)
    with pytest.raises(UndoRefused, match=rf"ändrade en personuppgift i projektet.*gallrat i post {done.batch}"):
        undo(copied, ADMIN, edited)
    assert naming(copied, LEAD) == []


def test_an_undo_that_brings_nothing_back_is_done_as_before(copied: Database) -> None:
    with copied.write(ADMIN, Action.EDIT, "Ny titel") as work:
        (project,) = work.records(Project, "WHERE lead = $lead", lead=LEAD)
        work.update(Project, project.id, {"title": "Ny titel"})
        edited = work.batch
    weed(copied, LEAD)
    undo(copied, ADMIN, edited)
    with copied.read() as reader:
        (now,) = reader.records(Project, "WHERE id = $id", id=project.id)
    assert (now.title, now.lead) == (project.title, "[gallrat]")
    assert whole(copied)


def test_an_older_backup_tells_which_weedings_must_be_done_again(copied: Database, tmp_path: Path) -> None:
    older = tmp_path / "older.duckdb"
    copied.backup(ADMIN, older)
    weed(copied, MEMBER)
    with copied.read() as reader:
        assert weeding.to_do_again(reader, ADMIN) == []
    kept = copied.restore(ADMIN, older)
    with copied.read() as reader:
        (one,) = weeding.to_do_again(reader, ADMIN)
    assert REASON in one.reason
    assert MEMBER in dict(one.texts)["Person nr 1 › Namn"]
    done = weed(copied, MEMBER)
    assert kept.name in done.copies
    with copied.read() as reader:
        assert weeding.to_do_again(reader, ADMIN) == []
    assert naming(copied, MEMBER) == []
    assert whole(copied)


def test_a_reminder_goes_when_somebody_says_why_it_need_not_be_done(copied: Database, tmp_path: Path) -> None:
    older = tmp_path / "older.duckdb"
    copied.backup(ADMIN, older)
    weed(copied, UNDECIDED)
    copied.restore(ADMIN, older)
    with copied.read() as reader:
        (one,) = weeding.to_do_again(reader, ADMIN)
    weeding.need_not_be_done_again(copied, ADMIN, one, "Personen har ändrat sig")
    with copied.read() as reader:
        assert weeding.to_do_again(reader, ADMIN) == []


def test_old_events_lose_their_names_and_keep_what_happened(copied: Database) -> None:
    copied.log(EventKind.REFUSED, "Bo Ek", "Bo Ek försökte")
    with copied.read() as reader:
        before = reader.rows("SELECT id, happened, kind FROM event ORDER BY id")
    later = datetime(2100, 1, 1)
    assert weeding.weed_events(copied, ADMIN, later, REASON).number == len(before)
    with copied.read() as reader:
        rows = reader.rows("SELECT id, happened, kind, actor, note FROM event ORDER BY id")
    assert [row[:3] for row in rows[: len(before)]] == before
    assert {row[3:] for row in rows[: len(before)]} == {("[gallrad person]", "")}
    assert whole(copied)
    with pytest.raises(Refused, match="inga händelser"):
        weeding.weed_events(copied, ADMIN, datetime(2000, 1, 1), REASON)


def test_events_are_weeded_by_whole_months() -> None:
    assert weeding.months_ago(24, datetime(2026, 11, 22, tzinfo=UTC)) == datetime(2024, 11, 1)
    assert weeding.months_ago(11, datetime(2026, 11, 22, tzinfo=UTC)) == datetime(2025, 12, 1)


_FREE_TEXTS = [
    (Project, "summary"), (Project, "performer"), (Proposal, "applicants"), (Decision, "text"), (FollowUpItem, "text"),
    (Conflict, "reason"),
]  # fmt: skip


@pytest.fixture(scope="module")
def emptied(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A copy out of which one person after the other is weeded."""
    with closing(_open(filled, tmp_path_factory.mktemp("emptied"))) as database:
        yield database


#: How a name may be written: with the whole name, the first and the last.
_WRITTEN = ("{0}", "{2}, {1}", "Enligt {0}s chef", "({0})", "{1}_{2}.xlsx")


@settings(max_examples=6)
@given(
    who=st.integers(0, 999),
    written=st.sampled_from(_WRITTEN),
    told=st.sampled_from(_WRITTEN),
    capitals=st.booleans(),
    where=st.sampled_from(_FREE_TEXTS),
    undone=st.booleans(),
)
def test_whoever_is_weeded_is_gone_from_every_table_and_sums_and_decisions_stay(
    emptied: Database, who: int, written: str, told: str, capitals: bool, where: tuple[Any, str], undone: bool
) -> None:
    with emptied.read() as reader:
        rows = reader.rows("SELECT lead FROM project UNION SELECT name FROM member ORDER BY 1")
    names = [name for (name,) in rows if name and "gallra" not in name]
    name = names[who % len(names)]
    parts = (name, name.split()[0], name.split()[-1])
    text = written.format(*parts)
    record, field = where
    with emptied.write(Person(name, Role.ADMIN), Action.EDIT, f"Skrev om {name}") as work:
        for row in work.records(record, "ORDER BY id LIMIT 2"):
            values = {field: text.upper() if capitals else text}
            work.update(record, row.id, values, source=told.format(*parts))
        posted = work.batch
    if undone:
        # What stood there before may have been weeded by an earlier example: then it is not brought back.
        with suppress(UndoRefused):
            undo(emptied, Person(name, Role.ADMIN), posted)
    before = what_counts(emptied)
    weed(emptied, name)
    after = what_counts(emptied)
    assert naming(emptied, name) == []
    assert after.pop("batches")[:-1] == before.pop("batches")
    assert after == before
    assert whole(emptied)
    with emptied.read() as reader:
        assert [batch.kind for batch in ledger.history(reader, 1)] == [Action.WEED]
        assert Searching(reader, places.subject_of(reader, ADMIN, [name])).everything() == []
