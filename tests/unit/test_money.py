"""SEK amounts as people write them, and as people read them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fou.money import NotAnAmount, format_number, format_sek, is_open_wording, parse_sek

NBSP = "\u00a0"
MINUS = "\u2212"
LARGEST = Decimal("9999999999999.99")
amounts = st.decimals(min_value=-LARGEST, max_value=LARGEST, places=2)


@pytest.mark.parametrize(
    ("text", "sek"),
    [
        ("2310000", "2310000"),
        ("2 310 000", "2310000"),
        ("2\u00a0310\u00a0000", "2310000"),
        ("2\u202f310\u202f000", "2310000"),
        ("2\u2009310\u2009000", "2310000"),
        ("  2 310 000  ", "2310000"),
        ("2 310 000 kr", "2310000"),
        ("2 310 000 SEK", "2310000"),
        ("SEK 2 310 000", "2310000"),
        ("2 310 000:-", "2310000"),
        ("2 310 000 kronor", "2310000"),
        ("2 310 000 kr exkl. moms", "2310000"),
        ("2 310 000 kronor exklusive moms", "2310000"),
        ("1 234,50", "1234.50"),
        ("1 234,5 kr", "1234.50"),
        ("0", "0"),
        ("+500", "500"),
    ],
)
def test_an_amount_in_kronor_is_read(text: str, sek: str) -> None:
    assert parse_sek(text) == Decimal(sek)


@pytest.mark.parametrize(
    ("text", "sek"),
    [
        ("2 310 tkr", "2310000"),
        ("2 310 kkr", "2310000"),
        ("2 310 tusental kronor", "2310000"),
        ("2,31 mnkr", "2310000"),
        ("2,31 mkr", "2310000"),
        ("2,31 Mkr", "2310000"),
        ("2,31 MSEK", "2310000"),
        ("2,31 miljoner kronor", "2310000"),
        ("1 miljon kronor", "1000000"),
        ("1,5 mdkr", "1500000000"),
        ("0,00231 mdkr", "2310000"),
        ("0,12345 tkr", "123.45"),
        ("-2,5mnkr", "-2500000"),
    ],
)
def test_a_unit_scales_the_amount_exactly(text: str, sek: str) -> None:
    assert parse_sek(text) == Decimal(sek)


@pytest.mark.parametrize(
    "text",
    [f"{MINUS}500", "-500", "\u2013500", f"{MINUS} 500 kr", "(500)", "(500 kr)", "(500) kr", "SEK -500"],
)
def test_every_way_of_writing_minus_is_read(text: str) -> None:
    assert parse_sek(text) == Decimal(-500)


@pytest.mark.parametrize("text", ["-", "\u2013", MINUS, " \u2013 ", "\u2013 kr"])
def test_a_lone_dash_is_zero(text: str) -> None:
    assert parse_sek(text) == 0


def test_zero_has_no_sign() -> None:
    assert str(parse_sek("-0")) == "0.00"


@pytest.mark.parametrize(
    ("text", "sek"),
    [("1234.50", "1234.50"), ("0.5", "0.50"), ("0.125 mnkr", "125000"), ("1234.567 tkr", "1234567")],
)
def test_a_point_that_cannot_mean_thousands_is_a_decimal_sign(text: str, sek: str) -> None:
    assert parse_sek(text) == Decimal(sek)


@pytest.mark.parametrize("text", ["1.234", "12.345 mnkr", "1.234.567", "1.234,50", "1,234.50"])
def test_a_point_that_may_mean_thousands_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        parse_sek(text)
    assert refusal.value.problem == "text"


@pytest.mark.parametrize(
    "text",
    ["€ 500", "500 EUR", "$500", "500 USD", "£500", "500 NOK", "DKK 500", "500 euro", "500 danska kronor"],
)
def test_another_currency_is_refused_as_such(text: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        parse_sek(text)
    assert refusal.value.problem == "currency"


@pytest.mark.parametrize("text", ["1,005", "0,001", "0,000001 tkr", "0,123456789 mnkr"])
def test_parts_of_an_ore_are_refused(text: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        parse_sek(text)
    assert refusal.value.problem == "decimals"


@pytest.mark.parametrize(
    "text", ["10 000 000 000 000", "-10000000000000", "9 999 999 999 999,991", "10 000 mdkr", "9" * 80]
)
def test_what_the_ledger_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        parse_sek(text)
    assert refusal.value.problem == "range"


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "kr", "()", "abc", "12 34", "1 2345", "1234 567", "500 000 ca", "1e5", "5_000", "--5",
        "(-5)", "5 kr kr", "5 tkr kr", "nan", "inf", "1,2,3", ",5", "5,", "100\n200", "100\t200",
        "\u0661\u0662", "9" * 300,
    ],
)  # fmt: skip
def test_what_is_no_clear_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        parse_sek(text)
    assert refusal.value.problem == "text"


def test_an_amount_with_vat_is_refused_and_says_so() -> None:
    with pytest.raises(NotAnAmount, match="exklusive moms"):
        parse_sek("500 kr inkl. moms")


def test_the_refusal_tells_what_stood_there() -> None:
    with pytest.raises(NotAnAmount, match="Här står ”cirka 5”"):
        parse_sek("cirka 5")


def test_the_refusal_does_not_repeat_a_long_text() -> None:
    with pytest.raises(NotAnAmount) as refusal:
        parse_sek("x" * 5000)
    assert len(str(refusal.value)) < 200


@settings(deadline=None)
@given(amounts)
def test_every_amount_that_is_written_is_read_back(amount: Decimal) -> None:
    assert parse_sek(format_sek(amount)) == amount


@settings(deadline=None)
@given(amounts)
def test_every_amount_in_the_largest_unit_is_read_exactly(amount: Decimal) -> None:
    in_billions = format(amount.scaleb(-9), "f").replace(".", ",")
    assert parse_sek(f"{in_billions} mdkr") == amount


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_either_an_amount_with_two_decimals_or_refused(text: str) -> None:
    try:
        amount = parse_sek(text)
    except NotAnAmount:
        return
    assert amount.as_tuple().exponent == -2


@settings(deadline=None)
@given(st.text(alphabet="0123456789 ,.-()tkrmnd\u00a0\u2212", max_size=20))
def test_what_looks_like_an_amount_never_fails_in_another_way(text: str) -> None:
    try:
        amount = parse_sek(text)
    except NotAnAmount:
        return
    assert abs(amount) <= LARGEST


@pytest.mark.parametrize(
    "text",
    [
        "ej fastställt",
        "Belopp ej fastställt",
        "ej fastställd",
        "FASTSTÄLLS SENARE",
        "belopp fastställs  senare",
        "avsätts",
        " enligt\u00a0särskilt beslut ",
        "särskilt beslut",
    ],
)
def test_an_amount_that_is_not_set_is_known_by_its_wording(text: str) -> None:
    assert is_open_wording(text)


@pytest.mark.parametrize("text", ["", "0", "-", "fastställt", "ej fastställt 500", "avsatt"])
def test_other_wordings_do_not_mean_that_the_amount_is_not_set(text: str) -> None:
    assert not is_open_wording(text)


@pytest.mark.parametrize(
    ("sek", "unit", "shown"),
    [
        ("2310000", "kr", "2 310 000 kr"),
        ("2310000.50", "kr", "2 310 000,50 kr"),
        ("-500", "kr", f"{MINUS}500 kr"),
        ("0", "kr", "0 kr"),
        ("0.01", "kr", "0,01 kr"),
        ("9999999999999.99", "kr", "9 999 999 999 999,99 kr"),
        ("2310000", "tkr", "2 310 tkr"),
        ("2310499", "tkr", "2 310 tkr"),
        ("-2310000", "tkr", f"{MINUS}2 310 tkr"),
        ("400", "tkr", "0,4 tkr"),
        ("2310000", "mnkr", "2,3 mnkr"),
        ("1234567890", "mnkr", "1 234,6 mnkr"),
        ("40000", "mnkr", "0,04 mnkr"),
        ("-40000", "mnkr", f"{MINUS}0,04 mnkr"),
        ("0", "mnkr", "0,0 mnkr"),
    ],
)
def test_an_amount_is_written_the_swedish_way(sek: str, unit: str, shown: str) -> None:
    assert format_sek(Decimal(sek), unit) == shown.replace(" ", NBSP)


@pytest.mark.parametrize(("sek", "shown"), [("2500", "2"), ("3500", "4"), ("2500.01", "3"), ("-2500", f"{MINUS}2")])
def test_display_rounds_half_to_even(sek: str, shown: str) -> None:
    assert format_number(Decimal(sek), "tkr") == shown


def test_what_rounds_to_nothing_has_no_minus() -> None:
    assert format_number(Decimal("-20"), "mnkr") == "0,00"


def test_a_number_without_its_unit_is_otherwise_the_same() -> None:
    assert format_number(Decimal(2310000), "tkr") == f"2{NBSP}310"


def test_floats_are_not_money() -> None:
    with pytest.raises(TypeError):
        format_sek(0.1)  # type: ignore[arg-type]
