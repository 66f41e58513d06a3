"""The rule by which a whole grant is spread over years: evenly by month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

_ORE = Decimal("0.01")


def spread_by_month(total: Decimal, first: date, last: date) -> list[tuple[int, Decimal]]:
    """Spread ``total`` (SEK, at most two decimals) evenly over months; return (year, SEK) of each year.

    The months are those from ``first`` to ``last``, both counted whole.
    What has been spread by the end of each year is rounded, to kronor or, where the total has öre, to öre; a
    year's part is what was added. So the parts sum to the total, and each is less than one krona (öre) from
    its exact share. Raises ``ValueError`` when ``last`` is before ``first``.
    """
    if last < first:
        raise ValueError(f"{last} is before {first}")
    unit = Decimal(1) if total == total.to_integral_value() else _ORE
    units = int(total / unit)
    months = _months(first, last)
    parts: list[tuple[int, Decimal]] = []
    spread = 0
    for year in range(first.year, last.year + 1):
        passed = _months(first, min(last, date(year, 12, 31)))
        by_now = _rounded(units * passed, months)
        parts.append((year, (by_now - spread) * unit))
        spread = by_now
    return parts


def _rounded(number: int, parts: int) -> int:
    """``number / parts`` to the nearest whole number, half to even."""
    whole, rest = divmod(number, parts)
    return whole + (2 * rest > parts or (2 * rest == parts and whole % 2 == 1))


def _months(first: date, last: date) -> int:
    """How many calendar months the days touch."""
    return 12 * (last.year - first.year) + last.month - first.month + 1
