"""An application as it is being written: what is typed is read into a form, with what is wrong where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from fou.applications import MOST, Cost, Form
from fou.calls import Sum
from fou.charts.chart import Cell, Table
from fou.model import COST_TYPES, PAYERS
from fou.money import NotAnAmount, format_number, format_sek, parse_sek
from fou.swedish import format_date, format_partial, parse_partial, partial_bounds

#: Where an amount stands: the cost type, who pays, and the year.
Place: TypeAlias = tuple[str, str, int]
_EXPECTED = "Skriv hela kronor, till exempel 150 000 eller 150 tkr."
#: The fields of a form that are texts of one line.
LINES = ("title", "performer", "lead", "reference", "contact")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is typed, as a form without what could not be read; ``problems`` says what that was, by field."""

    form: Form
    problems: Mapping[str, tuple[str, ...]]

    @property
    def asked(self) -> tuple[tuple[int, Sum], ...]:
        """What is applied for by year."""
        return asked(self.form.costs)


def read_draft(typed: Mapping[str, Any], cells: Mapping[Place, str], today: date) -> Draft:
    """Read what is typed: ``typed`` has texts by field, and values for what is chosen; ``cells`` the costs."""
    problems: dict[str, tuple[str, ...]] = {}
    values: dict[str, Any] = {name: _line(typed.get(name)) for name in LINES}
    values |= {name: typed.get(name) for name in ("area", "joint", "continuing", "received")}
    values["applicants"] = _line(typed.get("applicants"))
    values["summary"] = (typed.get("summary") or "").strip() or None
    if not values["title"]:
        problems["title"] = ("Skriv vad projektet heter.",)
    for name in ("starts", "ends"):
        text = _line(typed.get(name))
        values[name] = None
        if text:
            try:
                values[name] = parse_partial(text)
            except ValueError as error:
                problems[name] = (str(error),)
    starts, ends = values["starts"], values["ends"]
    if starts and ends and partial_bounds(ends)[1] < partial_bounds(starts)[0]:
        problems["ends"] = (
            f"Projektet slutar {format_partial(ends)} men börjar {format_partial(starts)}. Rätta ett av dem.",
        )
    if values["received"] and values["received"] > today:
        problems["received"] = (f"{format_date(values['received'])} har inte varit än. Skriv dagen den kom in.",)
    try:
        values["least"] = _whole(typed.get("least") or "")
    except ValueError as error:
        values["least"] = None
        problems["least"] = (str(error),)
    costs, wrong = read_costs(cells)
    if wrong:
        problems["costs"] = wrong
    return Draft(Form(**values, costs=costs), problems)


def read_costs(cells: Mapping[Place, str]) -> tuple[tuple[Cost, ...], tuple[str, ...]]:
    """The amounts that are written, and what is wrong with each of the others. An empty cell and 0 are no cost."""
    costs, problems = [], []
    for (cost_type, payer, year), text in cells.items():
        try:
            amount = _whole(text)
        except ValueError as error:
            problems.append(f"{COST_TYPES[cost_type].capitalize()}, {PAYERS[payer]} {year}: {error}")
            continue
        if amount:
            costs.append(Cost(year, cost_type, payer, amount))
    return tuple(sorted(costs)), tuple(problems)


def cells_of(costs: Iterable[Cost]) -> dict[Place, str]:
    """The costs as they stand in the cells to write in."""
    return {(cost.cost_type, cost.payer, cost.year): format_number(cost.amount) for cost in costs}


def asked(costs: Iterable[Cost]) -> tuple[tuple[int, Sum], ...]:
    """What is applied for by year."""
    by_year: dict[int, int] = {}
    for cost in costs:
        if cost.payer == "requested":
            by_year[cost.year] = by_year.get(cost.year, 0) + cost.amount
    return tuple((year, Sum(Decimal(amount))) for year, amount in sorted(by_year.items()))


def sums(costs: Iterable[Cost]) -> Table:
    """What is applied for, the co-funding and both together, by year and in all."""
    found = tuple(costs)
    years = sorted({cost.year for cost in found})
    rows = [_row(PAYERS[payer].capitalize(), [one for one in found if one.payer == payer], years) for payer in PAYERS]
    return _table([*rows, _row("I allt", found, years)], years)


def by_type(costs: Iterable[Cost]) -> Table:
    """The costs by type, with sums by year and in all: first what is applied for, then the co-funding."""
    found = tuple(costs)
    years = sorted({cost.year for cost in found})
    rows = []
    for payer, word in PAYERS.items():
        theirs = [cost for cost in found if cost.payer == payer]
        for cost_type, name in COST_TYPES.items():
            its = [cost for cost in theirs if cost.cost_type == cost_type]
            if its:
                rows.append(_row(f"{name.capitalize()}, {word}", its, years))
        if theirs:
            rows.append(_row(f"Summa {word}", theirs, years))
    return _table([*rows, _row("Kostnad i allt", found, years)], years)


def _row(name: str, costs: Iterable[Cost], years: Iterable[int]) -> tuple[Cell, ...]:
    found = tuple(costs)
    each = [sum(cost.amount for cost in found if cost.year == year) for year in years]
    return (name, *(Decimal(amount) if amount else None for amount in (*each, sum(each))))


def _table(rows: Iterable[tuple[Cell, ...]], years: Iterable[int]) -> Table:
    return Table(("Kostnad", *map(str, years), "Summa"), tuple(rows))


def _line(text: Any) -> str | None:
    return " ".join(str(text or "").split()) or None


def _whole(text: str) -> int | None:
    """An amount in whole SEK; None when nothing is written. Raises ValueError with what to write instead."""
    if not text.strip():
        return None
    try:
        amount = parse_sek(text)
    except NotAnAmount as error:
        if error.problem in ("text", "decimals"):
            raise NotAnAmount(text, error.problem, _EXPECTED) from error
        raise
    if amount < 0:
        raise ValueError("Beloppet kan inte vara mindre än noll.")
    if amount != amount.to_integral_value():
        raise NotAnAmount(text, "decimals", _EXPECTED)
    if amount > MOST:
        raise NotAnAmount(text, "range", f"Det största beloppet är {format_sek(MOST)}.")
    return int(amount) or None
