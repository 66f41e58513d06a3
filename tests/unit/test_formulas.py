"""Which formulas add up, and what a shared formula is in each of its cells."""

from __future__ import annotations

import pytest
from openpyxl.formula.translate import Translator

from fou.imports.files.formulas import adds_up, shifted


@pytest.mark.parametrize(
    ("formula", "is_sum"),
    [
        ("SUM(A1:A9)", True),
        ("B2-SUM(A1:A9)", True),
        ("SUBTOTAL(9,A1:A9)", True),
        ("ROUND(sum(A1:A9),0)", True),
        ("SUMIF(A1:A9,1)", False),
        ("DSUM(A1:A9,1,B1:B2)", False),
        ("A1+A2", False),
        ("CHECKSUM", False),
    ],
)
def test_sums_are_told_from_other_formulas(formula: str, is_sum: bool) -> None:
    assert adds_up(formula) is is_sum


@pytest.mark.parametrize(
    "formula",
    [
        "SUM(D5:D40)", "SUM($D5:D$40)", "SUM($D$5:$D$40)", "D5+LOG10(D6)*2", 'IF(D5="A1","B2",D6)', "'Å 1'!B2+D5",
        "'It''s A1'!B2", "Blad1!B2:C3", "SUM(B:D)", "SUM($B:D)", "SUM(D5,D7,AA10)", "ABC1!B2", "D5&E_5", "rate.A1",
    ],
)  # fmt: skip
def test_a_shared_formula_is_shifted_as_openpyxl_shifts_it(formula: str) -> None:
    assert f"={shifted(formula, 3, 2)}" == Translator(f"={formula}", "D41").translate_formula("F44")


def test_a_reference_off_the_sheet_is_an_error() -> None:
    assert shifted("SUM(A1:B2)", -1, 0) == "SUM(#REF!:B1)"


def test_columns_of_a_table_are_no_cells() -> None:
    assert shifted("SUM(TAB1[Belopp])", 1, 1) == "SUM(TAB1[Belopp])"
