"""Whatever is posted, corrected, granted, edited, removed and undone, in any order: the ledger holds.

A plain-Python model keeps what stands and which records exist, and says of each undoing whether it must be
refused. After each step the database must agree with the model, and must only have grown.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fou.access import Action, Person, Role
from fou.check import check
from fou.errors import SaveConflict, UndoRefused
from fou.figures import Figures
from fou.ledger import correct, entries, grant, statements, undo
from fou.model import Area, Entry, Funder, Kind, Project, as_dict
from fou.store import Database
from fou.sums import figures_by

ANNA = Person("Anna", Role.ADMIN)
FUNDER = 1

#: An amount in SEK; None is a commitment whose amount is not set.
AMOUNTS = st.none() | st.sampled_from([Decimal(text) for text in ("0", "0.01", "-20", "33.33", "100", "1000000")])
KINDS = st.sampled_from([Kind.PLANNED, Kind.RESERVED, Kind.GRANTED])
YEARS = st.sampled_from([2024, 2025])
CONDITIONS = st.sampled_from([None, None, "om staten betalar"])
CODES = st.sampled_from(["A", "B", "C", "D"])
TITLES = st.sampled_from(["Ett", "Två", "", None, "null"])
#: Picks one of what there is at the moment; the number is taken modulo how many there are.
PICK = st.integers(0, 60)


@dataclass(frozen=True)
class Stated:
    """What one statement says, and the batch that posted it."""

    kind: Kind
    year: int
    project: int | None
    amount: Decimal
    open: int
    condition: str | None
    batch: int

    @property
    def subject(self) -> tuple[Kind, int, int | None]:
        return self.kind, self.year, self.project


Records = dict[tuple[str, int], dict[str, Any]]


@dataclass
class Effect:
    """What a batch did, in all: statements that stood from then on or no longer, and records before and after."""

    added: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    records: dict[tuple[str, int], tuple[dict[str, Any] | None, dict[str, Any] | None]] = field(default_factory=dict)
    undoes: int | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.records)

    def turned(self) -> Effect:
        records = {key: (after, before) for key, (before, after) in self.records.items()}
        return Effect(set(self.removed), set(self.added), records)


@dataclass
class Model:
    """The ledger in plain Python."""

    said: dict[int, Stated] = field(default_factory=dict)
    standing: set[int] = field(default_factory=set)
    records: Records = field(default_factory=dict)
    effects: dict[int, Effect] = field(default_factory=dict)

    def figures(self) -> tuple[dict[Kind, Decimal], dict[Kind, Decimal], dict[Kind, int]]:
        """Firm sums, conditional sums and the number of open amounts, per kind."""
        firm: dict[Kind, Decimal] = {}
        conditional: dict[Kind, Decimal] = {}
        is_open: Counter[Kind] = Counter()
        for stated in map(self.said.__getitem__, self.standing):
            if stated.open:
                is_open[stated.kind] += 1
            else:
                into = conditional if stated.condition else firm
                into[stated.kind] = into.get(stated.kind, Decimal(0)) + stated.amount
        return firm, conditional, dict(is_open)

    def ids(self, table: str) -> list[int]:
        return sorted(number for found, number in self.records if found == table)

    def codes(self) -> set[str]:
        return {values["code"] for (table, _), values in self.records.items() if table == "project"}

    def carry_out(self, batch: int, effect: Effect) -> None:
        """Let the batch have its effect; records keep what later batches did to their other fields."""
        self.standing = self.standing - effect.removed | effect.added
        for key, (before, after) in effect.records.items():
            if after is None:
                del self.records[key]
            elif before is None:
                self.records[key] = dict(after)
            else:
                self.records[key] |= {name: after[name] for name in after if after[name] != before[name]}
        self.effects[batch] = effect

    def in_force(self) -> list[int]:
        """The batches that no batch in force undoes, oldest first."""
        undone: set[int | None] = set()
        for number in sorted(self.effects, reverse=True):
            if number not in undone:
                undone.add(self.effects[number].undoes)
        return sorted(self.effects.keys() - undone)

    def may_be_undone(self, batch: int) -> bool:
        """Whether undoing the batch overwrites nothing later and leaves everything whole."""
        effect = self.effects[batch]
        if batch not in self.in_force() or effect.is_empty:
            return False
        if not effect.added <= self.standing or effect.removed & self.standing:
            return False
        if not all(self._is_as_left(key, *images) for key, images in effect.records.items()):
            return False
        again = {self.said[number].subject for number in effect.removed}
        if any(self.said[n].subject in again and self.said[n].batch > batch for n in self.standing):
            return False
        after = Model(self.said, set(self.standing), {key: dict(values) for key, values in self.records.items()})
        after.carry_out(0, effect.turned())
        return after._is_whole()

    def _is_as_left(self, key: tuple[str, int], before: dict[str, Any] | None, after: dict[str, Any] | None) -> bool:
        now = self.records.get(key)
        if after is None or now is None:
            return after is now
        if before is None:
            return now == after
        return all(now[name] == after[name] for name in after if after[name] != before[name])

    def _is_whole(self) -> bool:
        projects, areas = set(self.ids("project")), set(self.ids("area"))
        used = {self.said[number].project for number in self.standing} - {None}
        placed = {values["area"] for (table, _), values in self.records.items() if table == "project"} - {None}
        names = {values["name"] for (table, _), values in self.records.items() if table == "area"}
        unique = (len(self.codes()), len(names)) == (len(projects), len(areas))
        return used <= projects and placed <= areas and unique


@cache
def empty_database() -> Path:
    """A database with one funder, made once; each sequence starts with a copy of it."""
    folder = Path(tempfile.mkdtemp(prefix="fou-"))
    database = Database.open(folder / "fou.duckdb")
    with database.write(ANNA, Action.EDIT, "Början") as work:
        work.create(Funder, name="Staden", kind="municipality")
    database.close()
    return database.path


@pytest.fixture(scope="module", autouse=True)
def _remove_the_empty_database() -> Any:
    yield
    shutil.rmtree(empty_database().parent)
    empty_database.cache_clear()


Seen = tuple[list[Entry], list[Entry], list[Area], list[Project]]


class Ledger(RuleBasedStateMachine):
    """The database beside the model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database.open(shutil.copy(empty_database(), self.folder.name))
        self.model = Model()
        self.seen: dict[int, Seen] = {}
        self.stored: dict[str, list[tuple[Any, ...]]] = {"batch": [], "entry": [], "change": []}

    # What people do

    @initialize(code=CODES, amount=AMOUNTS)
    def begin(self, code: str, amount: Decimal | None) -> None:
        """Never start from nothing: a project in an area, with an amount."""
        with self.database.write(ANNA, Action.IMPORT, "Import") as work:
            area = work.create(Area, name="Område")
            project = work.create(Project, code=code, title="Ett", area=area)
            effect = self.made(work.batch, {}, work.records(Area), work.records(Project))
            self.post(work, effect, [self.stated(work.batch, Kind.PLANNED, 2025, project, amount, None)])
        self.model.carry_out(work.batch, effect)

    @rule(many=st.lists(st.tuples(KINDS, YEARS, PICK, AMOUNTS, CONDITIONS), min_size=1, max_size=3))
    def post_amounts(self, many: list[tuple[Kind, int, int, Decimal | None, str | None]]) -> None:
        choices = [None, *self.model.ids("project")]
        effect = Effect()
        with self.database.write(ANNA, Action.EDIT, "Bokförde") as work:
            batch = work.batch
            self.post(work, effect, [
                self.stated(batch, kind, year, choices[pick % len(choices)], amount, condition)
                for kind, year, pick, amount, condition in many
            ])  # fmt: skip
        self.model.carry_out(batch, effect)

    @precondition(lambda self: self.model.said)
    @rule(pick=PICK, amount=AMOUNTS, condition=CONDITIONS)
    def correct_any_amount(self, pick: int, amount: Decimal | None, condition: str | None) -> None:
        numbers = sorted(self.model.said)
        number = numbers[pick % len(numbers)]
        if number not in self.model.standing:
            with pytest.raises(SaveConflict):
                correct(self.database, ANNA, number, amount, "rättat", condition)
            return
        batch = correct(self.database, ANNA, number, amount, "rättat", condition)
        old = self.model.said[number]
        new = self.stated(batch, old.kind, old.year, old.project, amount, condition)
        with self.database.read() as reader:
            made = reader.value("SELECT MAX(id) FROM entry WHERE batch = $batch", batch=batch)
        self.model.said[made] = new
        self.model.carry_out(batch, Effect({made}, {number}))

    @precondition(lambda self: self.model.ids("project"))
    @rule(year=YEARS, pick=PICK, amounts=st.lists(AMOUNTS, min_size=1, max_size=2))
    def grant_once_or_twice(self, year: int, pick: int, amounts: list[Decimal | None]) -> None:
        projects = self.model.ids("project")
        project = projects[pick % len(projects)]
        before = self.model.standing
        with self.database.write(ANNA, Action.EDIT, "Beviljade") as work:
            batch = work.batch
            for amount in amounts:
                entry = entry_of(self.stated(batch, Kind.GRANTED, year, project, amount, None))
                grant(work, entry)
                self.grant_in_model(batch, entry, [s.id for s in statements(work, "batch = $batch", batch=batch)])
        after, self.model.standing = self.model.standing, before
        self.model.carry_out(batch, Effect(after - before, before - after))

    @rule(code=CODES, title=TITLES, pick=PICK, amount=AMOUNTS)
    def create_a_project_with_an_amount(self, code: str, title: str | None, pick: int, amount: Decimal | None) -> None:
        if code in self.model.codes():
            return
        areas = [None, *self.model.ids("area")]
        with self.database.write(ANNA, Action.EDIT, "Nytt projekt") as work:
            project = work.create(Project, code=code, title="först")
            work.update(Project, project, {"title": title or "", "area": areas[pick % len(areas)], "lead": title})
            found = work.records(Project, "WHERE id = $id", id=project)
            effect = self.made(work.batch, {}, [], found)
            if amount is not None:
                self.post(work, effect, [self.stated(work.batch, Kind.PLANNED, 2025, project, amount, None)])
        self.model.carry_out(work.batch, effect)

    @rule(name=st.sampled_from(["Barn", "Vuxna", "Äldre"]))
    def create_an_area(self, name: str) -> None:
        if any(values.get("name") == name for values in self.model.records.values()):
            return
        with self.database.write(ANNA, Action.EDIT, "Nytt område") as work:
            number = work.create(Area, name=name)
            effect = self.made(work.batch, {}, work.records(Area, "WHERE id = $id", id=number), [])
        self.model.carry_out(work.batch, effect)

    @precondition(lambda self: self.model.ids("project"))
    @rule(pick=PICK, what=st.sampled_from(["title", "lead", "area", "code"]), title=TITLES, code=CODES, area=PICK)
    def edit_a_project(self, pick: int, what: str, title: str | None, code: str, area: int) -> None:
        projects = self.model.ids("project")
        number = projects[pick % len(projects)]
        areas = [None, *self.model.ids("area")]
        if what == "code" and code in self.model.codes():
            return
        value = {"title": title or "", "lead": title, "area": areas[area % len(areas)], "code": code}[what]
        before = dict(self.model.records["project", number])
        with self.database.write(ANNA, Action.EDIT, "Ändrade") as work:
            changed = work.update(Project, number, {what: value})
        assert changed == (before[what] != value)
        if changed:
            key = ("project", number)
            self.model.carry_out(work.batch, Effect(records={key: (before, before | {what: value})}))

    @precondition(lambda self: self.model.ids("project"))
    @rule(pick=PICK)
    def remove_a_project_that_is_not_used(self, pick: int) -> None:
        used = {self.model.said[number].project for number in self.model.standing}
        free = [number for number in self.model.ids("project") if number not in used]
        if not free:
            return
        number = free[pick % len(free)]
        before = dict(self.model.records["project", number])
        with self.database.write(ANNA, Action.EDIT, "Tog bort") as work:
            work.remove_many(Project, [as_dict(row) for row in work.records(Project, "WHERE id = $id", id=number)])
        self.model.carry_out(work.batch, Effect(records={("project", number): (before, None)}))

    @rule(picks=st.lists(PICK, min_size=1, max_size=3))
    def undo_any_batches(self, picks: list[int]) -> None:
        for pick in picks:
            self.undo(sorted(self.model.effects)[pick % len(self.model.effects)])

    @rule(picks=st.lists(PICK, min_size=1, max_size=3))
    def undo_batches_that_are_in_force(self, picks: list[int]) -> None:
        for pick in picks:
            in_force = self.model.in_force()
            self.undo(in_force[pick % len(in_force)])

    # How the model follows

    def undo(self, number: int) -> None:
        effect = self.model.effects[number]
        if not self.model.may_be_undone(number):
            with pytest.raises(UndoRefused):
                undo(self.database, ANNA, number)
            return
        turned = replace(effect.turned(), undoes=number)
        self.model.carry_out(undo(self.database, ANNA, number), turned)

    def post(self, work: Any, effect: Effect, posted: list[Stated]) -> None:
        for number, stated in zip(work.post(map(entry_of, posted)), posted, strict=True):
            self.model.said[number] = stated
            effect.added.add(number)

    def grant_in_model(self, batch: int, granted: Entry, now: list[int]) -> None:
        """What is reserved for the project and year, unconditionally, is used in order as far as the grant goes."""
        standing = set(self.model.standing)
        left = granted.amount
        posted = [self.stated(batch, Kind.GRANTED, granted.year, granted.project,
                              None if granted.open else granted.amount, None)]  # fmt: skip
        for number in sorted(self.model.standing):
            stated = self.model.said[number]
            if stated.subject != (Kind.RESERVED, granted.year, granted.project) or stated.condition:
                continue
            used = max(Decimal(0), min(stated.amount, left))
            if stated.open:
                standing.remove(number)
            elif used > 0:
                standing.remove(number)
                left -= used
                if stated.amount > used:
                    posted.append(replace(stated, amount=stated.amount - used, batch=batch))
        new = [number for number in now if number not in self.model.said]
        self.model.said |= dict(zip(new, posted, strict=True))
        self.model.standing = standing | set(new)

    @staticmethod
    def stated(
        batch: int, kind: Kind, year: int, project: int | None, amount: Decimal | None, condition: str | None
    ) -> Stated:
        return Stated(kind, year, project, amount or Decimal(0), int(amount is None), condition, batch)

    @staticmethod
    def made(batch: int, records: Any, areas: list[Area], projects: list[Project]) -> Effect:
        made: list[Area | Project] = [*areas, *projects]
        return Effect(records={(row.TABLE, row.id): (None, as_dict(row)) for row in made})

    # What must hold after each step

    @invariant()
    def the_sums_are_the_models(self) -> None:
        with self.database.read() as reader:
            found = figures_by(reader, "1").get(1, Figures())
        assert (dict(found.firm), dict(found.conditional), dict(found.open)) == self.model.figures()

    @invariant()
    def the_records_are_the_models(self) -> None:
        with self.database.read() as reader:
            rows = [*reader.records(Area), *reader.records(Project)]
            self.seen[self.database.version[1]] = seen(reader)
        assert {(row.TABLE, row.id): as_dict(row) for row in rows} == self.model.records

    @invariant()
    def nothing_is_ever_deleted_or_altered(self) -> None:
        with self.database.read() as reader:
            now = {
                "batch": reader.rows("SELECT * FROM batch ORDER BY id"),
                "entry": reader.rows("SELECT * FROM entry ORDER BY id"),
                "change": reader.rows("SELECT * FROM change ORDER BY batch, position"),
            }
        for table, rows in self.stored.items():
            assert now[table][: len(rows)] == rows
        self.stored = now

    # What must hold of the whole sequence

    def teardown(self) -> None:
        try:
            self.check_finds_nothing()
            self.earlier_moments_look_as_they_did()
            self.undoing_everything_leaves_nothing()
            self.check_finds_nothing()
        finally:
            self.database.close()
            self.folder.cleanup()

    def check_finds_nothing(self) -> None:
        with self.database.read() as reader:
            assert check(reader) == []

    def earlier_moments_look_as_they_did(self) -> None:
        for head, then in self.seen.items():
            with self.database.read(head) as reader:
                assert seen(reader) == then

    def undoing_everything_leaves_nothing(self) -> None:
        for number in sorted(self.model.effects, reverse=True):
            if not self.model.effects[number].is_empty:
                undo(self.database, ANNA, number)
        with self.database.read() as reader:
            assert (statements(reader), reader.records(Project), reader.records(Area)) == ([], [], [])


def entry_of(stated: Stated) -> Entry:
    about = {name: value for name, value in asdict(stated).items() if name != "batch"}
    return Entry(funder=FUNDER, source="test", **about)


def seen(reader: Any) -> Seen:
    """Everything that a page could show."""
    return (
        entries(reader), statements(reader), reader.records(Area, "ORDER BY id"),
        reader.records(Project, "ORDER BY id"),
    )  # fmt: skip


TestLedger = Ledger.TestCase
TestLedger.settings = settings(
    max_examples=4,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
