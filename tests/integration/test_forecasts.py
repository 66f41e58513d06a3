"""Forecasts against outcomes: the sums of the page are those of the ledger, project by project."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from fou.access import Person, Role
from fou.charts.chart import Chart
from fou.charts.forecasts import forecast_chart
from fou.demo.load import load_example
from fou.forecasts import forecast_years, worst_forecasts
from fou.ledger import statements
from fou.model import Kind
from fou.store import Database, Reader

TODAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    database = Database.open(Path(tmp_path_factory.mktemp("data")) / "fou.duckdb")
    load_example(database, Person("Anna", Role.ADMIN))
    with database.read() as reader:
        yield reader
    database.close()


def chart(reader: Reader) -> Chart:
    return forecast_chart(forecast_years(reader), TODAY, "kr")


def by_hand(reader: Reader, year: int) -> tuple[int, Decimal, Decimal, Decimal]:
    """Projects, forecast, outcome and the misses of a year, added up one entry at a time."""
    held: dict[Kind, dict[int | None, Decimal]] = {Kind.FORECAST: {}, Kind.SPENT: {}}
    for entry in statements(reader, "year = $year AND kind IN ('forecast', 'spent') AND open = 0", year=year):
        sums = held[entry.kind]
        sums[entry.project] = sums.get(entry.project, Decimal(0)) + entry.amount
    both = held[Kind.FORECAST].keys() & held[Kind.SPENT].keys()
    pairs = [(held[Kind.FORECAST][project], held[Kind.SPENT][project]) for project in both]
    zero = Decimal(0)
    return (
        len(both), sum((f for f, _ in pairs), zero), sum((s for _, s in pairs), zero),
        sum((abs(f - s) for f, s in pairs), zero),
    )  # fmt: skip


def test_each_year_is_the_sum_of_its_entries(example: Reader) -> None:
    found = {y.year: (y.projects, y.forecast, y.outcome, y.missed) for y in forecast_years(example)}
    assert found == {year: by_hand(example, year) for year in found}


def test_the_table_has_the_years_that_are_over(example: Reader) -> None:
    assert [row[0] for row in chart(example).table.rows] == [str(year) for year in range(2019, 2026)]


def test_the_year_under_way_is_left_out_with_its_number(example: Reader) -> None:
    assert "11 projekt för år som inte är slut" in chart(example).counted.left_out.replace("\u00a0", " ")


def test_the_title_gives_the_difference_of_the_latest_year(example: Reader) -> None:
    _, forecast, outcome, _ = by_hand(example, 2025)
    gap = f"{abs(forecast - outcome):,.0f}".replace(",", " ")
    side = "högre" if forecast > outcome else "lägre"
    title = chart(example).title.replace("\u00a0", " ")
    assert title == f"Prognosen för 2025 var {gap} kr {side} än utfallet"


def test_the_forecast_that_was_farthest_off_comes_first(example: Reader) -> None:
    rows = [abs(row.deviation) for row in worst_forecasts(example, 2024)]
    assert rows == sorted(rows, reverse=True)


def test_without_any_forecast_the_chart_says_so() -> None:
    empty = forecast_chart([], TODAY, "kr")
    assert (empty.drawing, empty.title) == (None, "Det finns inget avslutat år med både prognos och utfall")
