"""What a number format says of its number."""

from __future__ import annotations

import pytest
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_datetime

from fou.imports.files.number_formats import is_day, telling

OWN = 164  # the first number of a format that is not built in


@pytest.mark.parametrize(
    "code",
    [
        "General", "0", "0.00", "#,##0", "#,##0.00", "#,##0_);(#,##0)", "#,##0.00_);[Red](#,##0.00)", "# ?/?", "@",
        "0.00E+00", "##0.0E+0", "yyyy-mm-dd", "yyyy/mm/dd;@", "d/m/yy", "[$-41D]d mmmm yyyy", "[$-F800]dddd, mmmm",
        "mm-dd-yy", "d-mmm-yy", "mmm-yy", "h:mm AM/PM", "h:mm:ss", "mm:ss.0", "[h]:mm:ss", "yyyy-mm-dd hh:mm",
        "dd/mm/yyyy\\ hh:mm:ss.000", '#,##0" dagar"', "0\\ \\d\\a\\y\\s", "[Red]0;[Blue]-0", "_-* #,##0_-;_-* \"-\"_-",
    ],
)  # fmt: skip
def test_days_are_told_as_openpyxl_tells_them(code: str) -> None:
    assert is_day(OWN, code) == (is_date_format(code) and is_datetime(code) != "time")


@pytest.mark.parametrize("number", BUILTIN_FORMATS)
def test_built_in_days_are_told_as_openpyxl_tells_them(number: int) -> None:
    code = BUILTIN_FORMATS[number]
    assert is_day(number, None) == (is_date_format(code) and is_datetime(code) != "time")


@pytest.mark.parametrize("code", ["YYYY-MM-DD", '[$-411]yyyy"年"m"月"'])
def test_days_in_other_writing_are_told(code: str) -> None:
    assert is_day(OWN, code)


def test_a_unit_without_quotes_is_no_day() -> None:
    assert not is_day(OWN, "0 md")


@pytest.mark.parametrize(
    "code",
    [
        '#,##0\\ "kr"', '#,##0.00\\ "kr"', "#,##0\\ [$kr-41D]", "#,##0 [$SEK]", "[$SEK] #,##0", "#,##0\\ \\t\\k\\r",
        '0.0" mnkr"', "#,##0 tkr", '_-* #,##0\\ "kr"_-;\\-* #,##0\\ "kr"_-;_-* "-"\\ "kr"_-;_-@_-', 'General" kr"',
        "#,##0.00\\ [$€-1]", "[$€-2]\\ #,##0", '"$"#,##0', "$#,##0", '"USD" 0', "£0", "0%", "0.0%", '0"%"',
        "#,##0,", "0,,", '0.0,,"m"', "#,##0.0,", "0,.0", "#,##0,;-#,##0,", '[>=1000000]0.0,,"mnkr";0', '0" st"',
        '#,##0;-#,##0;"ej fastställt"',
    ],
)  # fmt: skip
def test_units_currencies_per_cent_and_scales_are_told(code: str) -> None:
    assert telling(OWN, code) == code


@pytest.mark.parametrize(
    "code",
    [
        "General", "0", "0.00", "#,##0", "# ##0", "#,##0.00;[Red]-#,##0.00", "[$-41D]#,##0", "0.00E+00", "# ??/??",
        "_-* #,##0\\ _k_r_-;\\-* #,##0\\ _k_r_-;_-* \"-\"\\ _k_r_-;_-@_-", '0;-0;"–"', "yyyy-mm-dd", "d mmmm yyyy",
        "h:mm", "[h]:mm", "[Red]0", "[Color10]0", "[>=1000]#,##0;0", '0;0;0;"text: "@', ";;;", "@", "#,##0_);(#,##0)",
        "000000-0000",
    ],
)  # fmt: skip
def test_formats_that_only_arrange_digits_tell_nothing(code: str) -> None:
    assert telling(OWN, code) is None


@pytest.mark.parametrize(("number", "code"), [(0, None), (4, None), (9, "0%"), (10, "0.00%"), (14, None), (44, None)])
def test_of_the_built_in_formats_only_per_cent_tells(number: int, code: str | None) -> None:
    assert telling(number, None) == code
