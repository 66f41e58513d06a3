"""Whatever a budget holds, the file gives it back: what is imported equals what was written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fou.access import Person, Role
from fou.imports.difference import Sum
from fou.imports.examining import examine
from fou.imports.posting import post
from fou.imports.template.tables import Table
from fou.imports.template.writing import write_template
from fou.ledger import history, undo
from fou.model import KIND_NAMES, Kind
from fou.plan import year_plan
from fou.store import Database
from tests.integration.content import content, figures

ADMIN = Person("Anna", Role.ADMIN)
YEARS = (2013, 2014, 2019)
KINDS = [Kind.FRAME, Kind.PLANNED, Kind.PROPOSED, Kind.GRANTED, Kind.RETURNED]
CONDITIONS = [None, "om nämnden säger ja", "=1+1"]

#: SEK excl. VAT, or None when it is not set.
Amount: TypeAlias = Decimal | None
#: What a line of Budget is: kind, project (empty for a frame), funder, condition.
Line: TypeAlias = tuple[Kind, str, str, str | None]


@dataclass(frozen=True)
class Budget:
    """A small budget: titles by project code, funders, and each line's amount by year."""

    projects: dict[str, str]
    funders: list[str]
    lines: dict[Line, dict[int, Amount]]

    def write(self, path: Path) -> Path:
        tables: dict[str, Table] = {
            "Finansiärer": [{"Finansiär": name, "Slag": "kommun"} for name in self.funders],
            "Projekt": [{"Kod": code, "Projekt": title} for code, title in self.projects.items()],
            "Budget": [
                {
                    "Projekt": project, "Finansiär": funder, "Slag": KIND_NAMES[kind], "Villkor": condition,
                    **{year: "ej fastställt" if amount is None else amount for year, amount in amounts.items()},
                }
                for (kind, project, funder, condition), amounts in self.lines.items()
            ],
        }  # fmt: skip
        write_template(path, tables, years=YEARS)
        return path

    def figures(self) -> dict[tuple[str, str, str, int, str | None], Amount]:
        return {
            (str(kind), project, funder, year, condition): amount
            for (kind, project, funder, condition), amounts in self.lines.items()
            for year, amount in amounts.items()
        }

    def sum(self, line: Line, year: int) -> Sum | None:
        """What is stated about the same thing, on any condition; None when nothing is."""
        about = [
            (condition, amounts[year])
            for (*subject, condition), amounts in self.lines.items()
            if tuple(subject) == line[:3] and year in amounts
        ]
        if not about:
            return None
        return Sum(
            sum((amount or Decimal(0) for condition, amount in about if condition is None), Decimal(0)),
            sum((amount or Decimal(0) for condition, amount in about if condition is not None), Decimal(0)),
            sum(amount is None for _, amount in about),
        )

    def with_amount(self, line: Line, year: int, amount: Amount) -> Budget:
        return Budget(self.projects, self.funders, {**self.lines, line: {**self.lines[line], year: amount}})


words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
amounts = st.one_of(
    st.none(),
    st.just(Decimal(0)),
    st.decimals(Decimal("-99999.99"), Decimal("9999999999.99"), places=2),
    st.integers(1, 40).map(lambda number: Decimal(number * 50_000)),
)


@st.composite
def budgets(draw: st.DrawFn) -> Budget:
    titles = draw(st.lists(words, min_size=1, max_size=4))
    projects = {f"P-{number}": title for number, title in enumerate(titles, 1)}
    funders = draw(st.lists(words, min_size=1, max_size=3, unique_by=str.casefold))
    line = st.builds(
        lambda kind, project, funder, condition: (kind, "" if kind is Kind.FRAME else project, funder, condition),
        st.sampled_from(KINDS),
        st.sampled_from(sorted(projects)),
        st.sampled_from(funders),
        st.sampled_from(CONDITIONS),
    )
    by_year = st.dictionaries(st.sampled_from(YEARS), amounts, min_size=1)
    return Budget(projects, funders, draw(st.dictionaries(line, by_year, min_size=1, max_size=6)))


@st.composite
def edits(draw: st.DrawFn) -> tuple[Budget, Line, int, Amount]:
    """A budget, and one of its cells with what is written there instead."""
    budget = draw(budgets())
    return budget, draw(st.sampled_from(sorted(budget.lines, key=str))), draw(st.sampled_from(YEARS)), draw(amounts)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database that each example fills and empties again, for making one anew takes most of the time."""
    database = Database.open(tmp_path_factory.mktemp("data") / "fou.duckdb")
    yield database
    database.close()


@contextmanager
def emptied_afterwards(database: Database) -> Iterator[None]:
    before = database.version[1]
    try:
        yield
    finally:
        with database.read() as reader:
            batches = [b for b in history(reader) if b.id > before and b.undoes is None and b.undone_by is None]
        for batch in batches:
            undo(database, ADMIN, batch.id)


def load(database: Database, budget: Budget) -> int | None:
    examined = examine(database, budget.write(database.path.with_name("budget.xlsx")), "budget.xlsx")
    return post(database, ADMIN, examined)


few = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(budgets())
def test_what_is_imported_is_what_was_written(shared: Database, budget: Budget) -> None:
    with emptied_afterwards(shared):
        load(shared, budget)
        assert figures(shared) == budget.figures()


@few
@given(budgets())
def test_the_plan_sums_what_is_set_and_firm_and_counts_what_is_not(shared: Database, budget: Budget) -> None:
    firm: dict[tuple[int, Kind], Decimal] = defaultdict(Decimal)
    not_set: dict[int, int] = defaultdict(int)
    for (kind, _, _, condition), by_year in budget.lines.items():
        for year, amount in by_year.items():
            if amount is None:
                not_set[year] += 1
            elif condition is None:
                firm[year, kind] += amount

    with emptied_afterwards(shared):
        load(shared, budget)
        with shared.read() as reader:
            plans = {year: year_plan(reader, year).figures for year in YEARS}

    assert {(year, kind): plans[year].firm[kind] for year in YEARS for kind in plans[year].firm} == firm
    assert {year: plans[year].open_count for year in YEARS if plans[year].open_count} == not_set


@few
@given(edits())
def test_one_edited_cell_is_exactly_the_difference(shared: Database, edit: tuple[Budget, Line, int, Amount]) -> None:
    budget, line, year, amount = edit
    after = budget.with_amount(line, year, amount)
    differs = after.figures() != budget.figures()
    with emptied_afterwards(shared):
        load(shared, budget)
        path = after.write(shared.path.with_name("ny.xlsx"))
        difference = examine(shared, path, "ny.xlsx").difference

    found = [
        (change.kind, change.project or "", change.funder, change.year, change.before, change.after)
        for change in difference.amounts
    ]
    assert found == ([(*line[:3], year, budget.sum(line, year), after.sum(line, year))] if differs else [])
    assert difference.records == ()


@few
@given(edits())
def test_importing_and_undoing_leaves_everything_as_it_was(
    shared: Database, edit: tuple[Budget, Line, int, Amount]
) -> None:
    budget, line, year, amount = edit
    with emptied_afterwards(shared):
        empty = content(shared)
        first = load(shared, budget)
        once = content(shared)
        second = load(shared, budget.with_amount(line, year, amount))

        if second is not None:
            undo(shared, ADMIN, second)
        assert content(shared) == once
        assert first is not None
        undo(shared, ADMIN, first)
        assert content(shared) == empty
