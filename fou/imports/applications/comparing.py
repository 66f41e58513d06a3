"""What a form says against what stands in the application: what it adds, and what it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

from fou.applications import Cost, Form
from fou.imports.applications.fields import FIELDS, TABLES
from fou.imports.files.texts import is_same_in_a_cell
from fou.model import COST_TYPES
from fou.money import format_sek

_NOTHING = "inget"
_SHOWN = 300


def supplemented(seen: Form, said: Form, by_type: bool) -> Form:
    """The application with what a file says put in: what the file leaves empty stays as it is.

    Costs are taken whole. A list that tells sums only leaves the costs as they are when the sums agree.
    """
    given = {
        one.name: value
        for one in fields(Form)
        if one.name != "costs"
        and (value := getattr(said, one.name)) not in (None, "")
        and not is_same_in_a_cell(value, getattr(seen, one.name))
    }
    costs = said.costs or seen.costs
    if not by_type and sums(said.costs) == sums(seen.costs):
        costs = seen.costs
    return replace(seen, **given, costs=tuple(sorted(costs)))


def sums(costs: Iterable[Cost]) -> dict[tuple[int, str], int]:
    """SEK by (year, payer)."""
    found: dict[tuple[int, str], int] = {}
    for cost in costs:
        key = (cost.year, cost.payer)
        found[key] = found.get(key, 0) + cost.amount
    return found


def differences(before: Form, after: Form, areas: Mapping[int, str]) -> tuple[tuple[str, str, str], ...]:
    """What differs, as people read it: (what, before, after)."""
    told = [
        (field.label.rstrip("?"), _shown(getattr(before, field.name)), _shown(getattr(after, field.name)))
        for field in FIELDS
        if field.name != "area" and getattr(before, field.name) != getattr(after, field.name)
    ]
    if before.area != after.area:
        told.append(("Prioriterat område", areas.get(before.area or 0, _NOTHING), areas.get(after.area or 0, _NOTHING)))
    old, new = (
        {(cost.year, cost.payer, cost.cost_type): cost.amount for cost in form.costs} for form in (before, after)
    )
    for year, payer, kind in sorted({*old, *new}):
        key = (year, payer, kind)
        if old.get(key) != new.get(key):
            was, now = (format_sek(Decimal(one[key])) if key in one else _NOTHING for one in (old, new))
            told.append((f"{TABLES[payer][0]} {year}, {COST_TYPES[kind]}", was, now))
    return tuple(told)


def _shown(value: str | bool | int | date | None) -> str:
    if value is None:
        return _NOTHING
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, int):
        return format_sek(Decimal(value))
    if isinstance(value, date):
        return value.isoformat()
    return value if len(value) <= _SHOWN else f"{value[: _SHOWN - 1]}…"
