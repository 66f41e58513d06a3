"""Swedish words, counts and dates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from fou.swedish import (
    count,
    format_date,
    format_partial,
    format_timestamp,
    join_words,
    parse_partial,
    partial_bounds,
    percent,
)

NBSP = "\u00a0"


def test_a_date_is_written_out() -> None:
    assert format_date(date(2024, 10, 17)) == "17 oktober 2024"


@pytest.mark.parametrize(
    ("partial", "shown"), [("2012", "2012"), ("2014-10", "oktober 2014"), ("2018-12-01", "1 december 2018")]
)
def test_a_partial_date_shows_only_what_is_known(partial: str, shown: str) -> None:
    assert format_partial(partial) == shown


@pytest.mark.parametrize(
    ("written", "partial"),
    [
        ("2012", "2012"),
        (" 2012 ", "2012"),
        ("2014-10", "2014-10"),
        ("2014-9", "2014-09"),
        ("2018-12-01", "2018-12-01"),
        ("2018-12-1", "2018-12-01"),
        ("okt 2014", "2014-10"),
        ("Okt. 2014", "2014-10"),
        ("sept 2014", "2014-09"),
        ("Oktober 2014", "2014-10"),
        ("1 september 2019", "2019-09-01"),
        ("den 1 september 2019", "2019-09-01"),
        ("1\u00a0sep 2019", "2019-09-01"),
        ("20190901", "2019-09-01"),
        ("2014-10-01 00:00:00", "2014-10-01"),
        ("2014-10-01T12:30", "2014-10-01"),
        ("29 februari 2024", "2024-02-29"),
    ],
)
def test_what_people_write_becomes_a_partial_date(written: str, partial: str) -> None:
    assert parse_partial(written) == partial


@pytest.mark.parametrize(
    "written",
    [
        "", "hösten 2014", "14", "2014-13", "2014-00", "2019-02-29", "31 april 2019", "ma 2014", "1 2014",
        "41548", "0012", "9999", "2014-10-01 i oktober", "2014/10", "\u0662\u0660\u0661\u0664",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_in_swedish(written: str) -> None:
    with pytest.raises(ValueError, match="Skriv ett år"):
        parse_partial(written)


@pytest.mark.parametrize(
    ("partial", "first", "last"),
    [
        ("2012", date(2012, 1, 1), date(2012, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2018-12-01", date(2018, 12, 1), date(2018, 12, 1)),
    ],
)
def test_a_partial_date_has_a_first_and_a_last_day(partial: str, first: date, last: date) -> None:
    assert partial_bounds(partial) == (first, last)


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0 poster"), (1, "1 post"), (6, "6 poster"), (12345, f"12{NBSP}345 poster")]
)
def test_a_count_has_its_noun_in_the_right_form(number: int, shown: str) -> None:
    assert count(number, "post", "poster") == shown


@pytest.mark.parametrize(
    ("words", "shown"), [([], ""), (["a"], "a"), (["a", "b"], "a och b"), (["a", "b", "c"], "a, b och c")]
)
def test_words_are_joined_with_och(words: list[str], shown: str) -> None:
    assert join_words(words) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (1, 8, "12,5 %"),
        (Decimal(50), Decimal(100), "50 %"),
        (1, 3, "33,3 %"),
        (0, 5, "0 %"),
        (-1, 8, "\u221212,5 %"),
        (25, 2, "1 250 %"),
    ],
)
def test_a_share_is_written_with_at_most_one_decimal(part: Decimal, whole: Decimal, shown: str) -> None:
    assert percent(part, whole) == shown.replace(" ", NBSP)


def test_a_share_of_nothing_is_a_dash() -> None:
    assert percent(5, Decimal("0.00")) == "\u2013"


@pytest.mark.parametrize(
    ("utc", "shown"),
    [
        (datetime(2024, 10, 17, 12, 5), "2024-10-17 14:05"),
        (datetime(2024, 12, 31, 23, 30), "2025-01-01 00:30"),
        (datetime(2024, 10, 27, 0, 30), "2024-10-27 02:30"),
        (datetime(2024, 10, 27, 1, 30), "2024-10-27 02:30"),
    ],
)
def test_a_stored_time_is_shown_by_the_swedish_clock(utc: datetime, shown: str) -> None:
    assert format_timestamp(utc) == shown
