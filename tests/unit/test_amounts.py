"""A number in a budget's cell is what the cell shows, in kronor."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fou.imports import values
from fou.imports.sheets.amounts import in_kronor


@pytest.mark.parametrize(
    ("stored", "code", "unit", "kronor"),
    [
        ("450", '#,##0" tkr"', "kr", "450000"),
        ("450", '#,##0" tkr"', "mnkr", "450000"),
        ("450", '#,##0" kr"', "tkr", "450"),
        ("450", "#,##0\\ [$kr-41D]", "tkr", "450"),
        ("450000", "#,##0,", "tkr", "450000"),
        ("450000", "#,##0,", "kr", "450000"),
        ("2310000", '0.0,," mnkr"', "kr", "2310000"),
        ("450", '#,##0" tkr; ca";-#,##0" tkr"', "kr", "450000"),
    ],
)
def test_a_number_counts_as_its_cell_shows_it(stored: str, code: str, unit: str, kronor: str) -> None:
    assert in_kronor(Decimal(stored), code, unit) == Decimal(kronor)


@pytest.mark.parametrize(
    ("code", "kind"), [("0.0%", "text"), ("#,##0 [$€-1]", "currency"), ('#,##0" EUR"', "currency")]
)
def test_what_is_shown_as_something_else_is_no_amount(code: str, kind: str) -> None:
    with pytest.raises(values.Problem) as refused:
        in_kronor(Decimal(450), code)
    assert refused.value.kind == kind
