"""Imports under way survive dropped sessions, restarts and crashes, and are nobody else's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from fou.access import Person, Role
from fou.errors import Forbidden, Refused, SaveConflict
from fou.imports.drafts import KEPT_DAYS, Draft, Drafts, folder_of
from tests.conftest import ROOT

ANNA, BODIL = Person("Anna", Role.ADMIN), Person("Bodil", Role.ADMIN)
FILE = b"PK\x03\x04 en arbetsbok"
DAY = 24 * 60 * 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_of(tmp_path / "fou.duckdb")


@pytest.fixture
def drafts(folder: Path) -> Drafts:
    return Drafts(folder)


@pytest.fixture
def draft(drafts: Drafts) -> Draft:
    return drafts.start(ANNA, "budget.xlsx", FILE)


def age(folder: Path, draft: Draft, days: float) -> None:
    """Let it look as if nobody had touched the draft for so long."""
    for path in folder.glob(f"{draft.id}*"):
        then = time.time() - days * DAY
        os.utime(path, (then, then))


def opened(drafts: Drafts, draft: Draft) -> Draft:
    found = drafts.open(draft.id, ANNA)
    assert found is not None
    return found


def test_the_folder_lies_beside_the_database() -> None:
    assert folder_of(Path("data/fou.duckdb")) == Path("data/fou.duckdb.importer")


def test_nothing_is_made_on_disk_until_there_is_a_draft(drafts: Drafts, folder: Path) -> None:
    assert (drafts.of(ANNA), folder.exists()) == ([], False)


# Resuming --------------------------------------------------------------------------------------------------


def test_a_draft_is_resumed_where_it_was(drafts: Drafts, draft: Draft, folder: Path) -> None:
    draft.step, draft.choices = 2, {"sheets": {"Budget 2014": {"unit": "tkr", "head": [4, 5]}}}
    drafts.save(draft)

    found = opened(Drafts(folder), draft)

    assert (found.file, found.step, found.choices, found.batch) == ("budget.xlsx", 2, draft.choices, None)


def test_the_file_comes_back_as_it_was(drafts: Drafts, draft: Draft, folder: Path) -> None:
    again = Drafts(folder)
    assert again.data(opened(again, draft)) == FILE


def test_a_new_draft_says_whose_it_is_and_what_it_holds(draft: Draft) -> None:
    assert (draft.person, draft.size, len(draft.sha256), draft.step, draft.choices) == ("Anna", len(FILE), 64, 0, {})


def test_a_posted_draft_says_as_what(drafts: Drafts, draft: Draft) -> None:
    draft.batch = 7
    drafts.save(draft)
    assert opened(drafts, draft).batch == 7


def test_a_discarded_draft_leaves_nothing(drafts: Drafts, draft: Draft, folder: Path) -> None:
    drafts.discard(draft)
    assert (drafts.open(draft.id, ANNA), list(folder.iterdir())) == (None, [])


def test_saving_a_draft_that_is_gone_is_a_conflict(drafts: Drafts, draft: Draft) -> None:
    drafts.discard(draft)
    with pytest.raises(SaveConflict, match="i ett annat fönster"):
        drafts.save(draft)


def test_a_file_that_is_no_longer_what_it_was_is_refused(drafts: Drafts, draft: Draft, folder: Path) -> None:
    (folder / f"{draft.id}.data").write_bytes(b"annat")
    with pytest.raises(Refused, match=r"budget\.xlsx"):
        drafts.data(draft)


# Whose it is -----------------------------------------------------------------------------------------------


def test_ones_drafts_come_newest_first(drafts: Drafts, folder: Path) -> None:
    first, second = (drafts.start(ANNA, name, FILE) for name in ("första.xlsx", "andra.xlsx"))
    age(folder, first, 1)
    drafts.start(BODIL, "bodils.xlsx", FILE)
    assert [found.id for found in drafts.of(ANNA)] == [second.id, first.id]


def test_an_administrator_may_take_over_anothers_draft(drafts: Drafts, draft: Draft) -> None:
    assert drafts.open(draft.id, BODIL) == draft


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER])
def test_who_may_not_import_has_no_drafts(role: Role, drafts: Drafts, draft: Draft) -> None:
    person = Person("Anna", role)
    with pytest.raises(Forbidden):
        drafts.open(draft.id, person)
    with pytest.raises(Forbidden):
        drafts.of(person)
    with pytest.raises(Forbidden):
        drafts.start(person, "budget.xlsx", FILE)


@pytest.mark.parametrize(
    "id", ["", "..", "../fou", "x" * 21, "x" * 23, "/etc/passwd", "å" * 22, f"{'x' * 21}/", f"{'x' * 22}\n", "*" * 22]
)
def test_no_path_can_be_made_of_an_id(id: str, drafts: Drafts, folder: Path) -> None:
    (folder.parent / "fou.json").write_text("{}")
    assert drafts.open(id, ANNA) is None


def test_others_on_the_machine_cannot_look_at_a_draft(draft: Draft, folder: Path) -> None:
    modes = {path.name.rpartition(".")[2]: path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())}
    assert set(modes.values()) == {0}


# Two sessions ----------------------------------------------------------------------------------------------


def test_two_sessions_keep_each_others_choices(drafts: Drafts, draft: Draft) -> None:
    one, other = opened(drafts, draft), opened(drafts, draft)
    one.choices["missing"] = "remove"
    drafts.save(one)
    other.choices["sheets"] = {"Budget": {"unit": "tkr"}}
    drafts.save(other)
    assert opened(drafts, draft).choices == {"missing": "remove", "sheets": {"Budget": {"unit": "tkr"}}}


def test_choices_within_a_sheet_are_kept_too(drafts: Drafts, draft: Draft) -> None:
    draft.choices = {"sheets": {"Budget": {"unit": "kr", "year": 2014}}}
    drafts.save(draft)
    one, other = opened(drafts, draft), opened(drafts, draft)
    one.choices["sheets"]["Budget"]["unit"] = "tkr"
    drafts.save(one)
    del other.choices["sheets"]["Budget"]["year"]
    drafts.save(other)
    assert opened(drafts, draft).choices == {"sheets": {"Budget": {"unit": "tkr"}}}


def test_of_two_who_change_the_same_choice_the_later_counts(drafts: Drafts, draft: Draft) -> None:
    one, other = opened(drafts, draft), opened(drafts, draft)
    one.choices["missing"], other.choices["missing"] = "remove", "keep"
    drafts.save(one)
    drafts.save(other)
    assert opened(drafts, draft).choices == {"missing": "keep"}


def test_many_sessions_at_once_lose_nothing(drafts: Drafts, draft: Draft) -> None:
    def choose(number: int) -> None:
        mine = opened(drafts, draft)
        for step in range(5):
            mine.choices[f"{number}-{step}"] = True
            drafts.save(mine)

    threads = [threading.Thread(target=choose, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened(drafts, draft).choices) == 30


# When something goes wrong ---------------------------------------------------------------------------------

_SAVES_WITHOUT_END = """
import sys
from pathlib import Path
from fou.access import Person, Role
from fou.imports.drafts import Drafts
drafts = Drafts(Path(sys.argv[1]))
draft = drafts.open(sys.argv[2], Person("Anna", Role.ADMIN))
print("redo", flush=True)
while True:
    draft.choices["names"] = {str(number): draft.step for number in range(5000)}
    draft.step += 1
    drafts.save(draft)
"""


def test_a_server_that_dies_while_saving_leaves_a_whole_draft(drafts: Drafts, draft: Draft, folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _SAVES_WITHOUT_END, str(folder), draft.id], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    before = opened(drafts, draft).step
    while opened(drafts, draft).step < before + 5:
        pass
    process.kill()
    process.wait()
    process.stdout.close()
    assert len(opened(drafts, draft).choices["names"]) == 5000


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"person": "Anna"}', "\x00" * 50, "[" * 100_000],
    ids=["empty", "cut", "a list", "null", "incomplete", "zeros", "deep"],
)
def test_a_damaged_draft_is_treated_as_absent_and_put_aside(
    text: str, drafts: Drafts, draft: Draft, folder: Path
) -> None:
    (folder / f"{draft.id}.json").write_text(text)
    assert (drafts.open(draft.id, ANNA), drafts.of(ANNA)) == (None, [])
    (aside,) = folder.glob(f"{draft.id}.damaged-*")
    assert aside.read_text() == text


@pytest.mark.parametrize(("field", "value"), [("choices", []), ("step", "två"), ("created", "i går"), ("batch", True)])
def test_a_draft_with_a_field_of_another_sort_is_damaged(
    field: str, value: object, drafts: Drafts, draft: Draft, folder: Path
) -> None:
    path = folder / f"{draft.id}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))
    assert drafts.open(draft.id, ANNA) is None


# How long and how much -------------------------------------------------------------------------------------


def test_a_draft_that_nobody_has_touched_for_long_is_gone_at_the_next_start(
    drafts: Drafts, draft: Draft, folder: Path
) -> None:
    age(folder, draft, KEPT_DAYS + 1)
    assert (Drafts(folder).of(ANNA), list(folder.iterdir())) == ([], [])


def test_a_draft_that_was_saved_lately_stays_however_old_its_file_is(
    drafts: Drafts, draft: Draft, folder: Path
) -> None:
    age(folder, draft, KEPT_DAYS + 1)
    drafts.save(draft)
    assert [found.id for found in Drafts(folder).of(ANNA)] == [draft.id]


def test_the_oldest_makes_way_when_there_is_no_room(folder: Path) -> None:
    drafts = Drafts(folder, most_bytes=3_000)
    older, old = (drafts.start(ANNA, "budget.xlsx", b"x" * 1_000) for _ in range(2))
    age(folder, older, 3)
    age(folder, old, 2)
    new = drafts.start(ANNA, "ny.xlsx", b"x" * 1_000)
    assert {found.id for found in drafts.of(ANNA)} == {old.id, new.id}


def test_what_was_touched_today_never_makes_way(folder: Path) -> None:
    drafts = Drafts(folder, most_bytes=3_000)
    first, second = (drafts.start(BODIL, "budget.xlsx", b"x" * 1_000) for _ in range(2))
    with pytest.raises(Refused, match="filen inte får plats"):
        drafts.start(ANNA, "ny.xlsx", b"x" * 1_000)
    assert {found.id for found in drafts.of(BODIL)} == {first.id, second.id}


def test_what_is_posted_makes_way_also_on_the_same_day(folder: Path) -> None:
    drafts = Drafts(folder, most_bytes=3_000)
    posted, other = (drafts.start(ANNA, "budget.xlsx", b"x" * 1_000) for _ in range(2))
    posted.batch = 4
    drafts.save(posted)
    new = drafts.start(ANNA, "ny.xlsx", b"x" * 1_000)
    assert {found.id for found in drafts.of(ANNA)} == {other.id, new.id}


def test_a_refused_start_throws_nothing_away(folder: Path) -> None:
    drafts = Drafts(folder, most_bytes=3_000)
    old = drafts.start(ANNA, "budget.xlsx", FILE)
    age(folder, old, 2)
    with pytest.raises(Refused):
        drafts.start(ANNA, "för stor.xlsx", b"x" * 4_000)
    assert [found.id for found in drafts.of(ANNA)] == [old.id]
