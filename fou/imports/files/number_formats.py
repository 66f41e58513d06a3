"""What a cell's number format says about its number: that it is a day, or its unit, currency or scale."""

from __future__ import annotations

import re

#: The built-in formats (ISO/IEC 29500-1, 18.8.30) that show a day: 14–17 and 22, and those of East Asia.
_BUILT_IN_DAYS = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)))
#: The built-in formats that say more than decimals. Those of currency (5–8, 42, 44) say the reader's own.
_BUILT_IN_TELLING = {9: "0%", 10: "0.00%"}

#: A quoted text; an escaped character; a blank as wide as a character, or one repeated; [a condition]; the rest.
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]?|(?P<plain>[^"\\_*\[]+)', re.S
)
_ELAPSED = re.compile(r"h+|m+|s+", re.I)
_SECONDS = re.compile(r"(s)[.,]0+", re.I)
_GENERAL = re.compile(r"General", re.I)
_EXPONENT = re.compile(r"E[+-]", re.I)
#: Commas after the last place for a digit: each leaves out three digits of what is stored.
SCALED = re.compile(r"[0#?.](,+)(?![,0#?])")
_CURRENCY_SIGNS = "$€£¥"
#: Excel takes at most 255 characters.
_LONGEST = 255


def is_day(number: int, code: str | None) -> bool:
    """Whether a format shows a number as a day; ``code`` is None for a built-in format."""
    if code is None:
        return number in _BUILT_IN_DAYS
    plain, _ = sections(code)[0]
    return not _has_places(plain) and any(letter in plain.lower() for letter in "dy")


def telling(number: int, code: str | None) -> str | None:
    """The format's code if it says more than how many decimals to show; None if it does not, or shows a day.

    What it may say is a unit or a currency in words or signs, per cent, or that thousands are left out.
    """
    if code is None:
        return _BUILT_IN_TELLING.get(number)
    # The fourth section is for texts.
    if not is_day(number, code) and any(_tells(*section) for section in sections(code)[:3]):
        return code[:_LONGEST]
    return None


def _tells(plain: str, literal: str) -> bool:
    general = _GENERAL.search(plain) is not None
    plain = _EXPONENT.sub("", _GENERAL.sub("", plain))
    if not general and not _has_places(plain) and any(map(str.isalpha, plain)):
        return False  # a time of day
    written = plain + literal
    return "%" in written or SCALED.search(plain) is not None or any(map(_is_word, written))


def _is_word(character: str) -> bool:
    return character.isalpha() or character in _CURRENCY_SIGNS


def _has_places(plain: str) -> bool:
    """Whether the format has places for digits: those of days and times have them only after the seconds."""
    return any(place in _SECONDS.sub(r"\1", plain) for place in "0#?")


def sections(code: str) -> list[tuple[str, str]]:
    """The format's parts for numbers over, under and of zero, each as (its codes, the text it shows)."""
    sections = [["", ""]]
    for token in _TOKEN.finditer(code[: 2 * _LONGEST]):
        if (plain := token["plain"]) is not None:
            first, *more = plain.split(";")
            sections[-1][0] += first
            sections += [[other, ""] for other in more]
        elif (bracket := token["bracket"]) is None:
            sections[-1][0] += " "  # what is on either side of a text does not belong together
            sections[-1][1] += token["quoted"] or token["escaped"] or ""
        elif bracket.startswith("$"):  # [$kr-41D]: what to show, and whose language
            sections[-1][1] += bracket[1:].partition("-")[0]
        elif _ELAPSED.fullmatch(bracket):
            sections[-1][0] += bracket
    return [(plain, literal) for plain, literal in sections]
