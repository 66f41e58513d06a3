"""SEK amounts: read what people write, write what people read."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Literal, TypeAlias

from babel import Locale
from babel.numbers import parse_pattern

#: The units that amounts are shown in, and how many kronor one is.
UNITS: dict[str, int] = {"kr": 1, "tkr": 1_000, "mnkr": 1_000_000}
#: What is shown where an amount would stand when it is not set. Never 0 kr.
OPEN_TEXT = "belopp ej fastställt"

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
EN_DASH = "\u2013"

#: Why a text is not an amount: another currency; parts of an öre; too large to store; or anything else.
Problem: TypeAlias = Literal["currency", "decimals", "range", "text"]


class NotAnAmount(ValueError):
    """The text is not an amount in SEK; the Swedish message tells what stood there and what was expected."""

    def __init__(self, text: str, problem: Problem, expected: str) -> None:
        self.found = text if len(text) <= 60 else f"{text[:59]}…"
        self.problem: Problem = problem
        self.expected = expected
        stood = f"”{self.found}”" if self.found.strip() else "ingenting"
        super().__init__(f"Här står {stood}. {expected}")


#: What the ledger's column DECIMAL(15,2) can hold.
_LARGEST = Decimal("9999999999999.99")
_ORE = Decimal("0.01")
#: Enough digits that nothing is ever rounded before it is refused: the longest text, scaled to miljarder.
_LONGEST_TEXT = 200
_EXACT = Context(prec=_LONGEST_TEXT + 20, rounding=ROUND_HALF_EVEN)

#: No tab or line break: on either side of those stand two figures, not one.
_SPACES = re.compile(r"[ \u00a0\u2000-\u200a\u202f\u205f]+")
_MINUSES = "-\u2212\u2013\u2010\u2011"
#: What stands after the digits, and how many kronor it means. The longest first: "mnkr" also ends in "kr".
_SUFFIXES = [
    (re.compile(r" ?(?:mdkr|mdr kr|miljard(?:er)? (?:kronor|kr))$"), 1_000_000_000),
    (re.compile(r" ?(?:mnkr|mkr|msek|miljon(?:er)? (?:kronor|kr)|milj\.? kr)$"), 1_000_000),
    (re.compile(r" ?(?:tkr|kkr|ksek|tsek|(?:tusental|tusen) (?:kronor|kr))$"), 1_000),
    (re.compile(r" ?(?:kr\.?|kronor|krona|sek|:-|,-)$"), 1),
]
_PREFIX = re.compile(r"^(?:kr|sek) ?(?=\S)")
_WITHOUT_VAT = re.compile(r",? ?\(?(?:exkl\.?|exklusive|ex\.?) ?moms\)?$")
_WITH_VAT = re.compile(r"\b(?:inkl\.?|inklusive) ?moms\b")
_FOREIGN = re.compile(
    r"[€$£¥]|(?<![a-zåäö])(?:eur|euro|usd|gbp|nok|dkk|isk|chf|jpy|pln|cad|aud|dollar|pund"
    r"|(?:norska|danska|isländska) kr(?:onor)?)(?![a-zåäö])"
)
_PLAIN = re.compile(r"(?:[0-9]+|[1-9][0-9]{0,2}(?: [0-9]{3})+)(?:[.,][0-9]+)?")
#: 1.234 is 1234 to some and 1,234 to others; 0.123 and 1234.567 can only be decimals.
_EITHER_WAY = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")

_EXPECTED = "Skriv ett belopp i kronor, till exempel 2\u00a0310\u00a0000 eller 2\u00a0310\u00a0000,50."


def parse_sek(text: str, scale: int = 1) -> Decimal:
    """Read an amount as Swedish budgets write it, in whole SEK with two decimals.

    Thousands may be set apart by any kind of space; the decimal sign is a comma, or a point where it cannot
    be a thousands sign. A lone dash is 0. A unit in the text (tkr, mnkr …) scales the amount exactly; ``scale``
    is how many kronor one is where the text has no unit of its own.

    Raises ``NotAnAmount`` when anything is unclear: nothing is guessed and nothing is rounded.
    """
    rest = _SPACES.sub(" ", text).strip().lower()
    if len(rest) > _LONGEST_TEXT:
        raise NotAnAmount(text, "text", _EXPECTED)
    if _FOREIGN.search(rest):
        raise NotAnAmount(text, "currency", "Belopp ska stå i svenska kronor. Räkna om beloppet till kronor.")
    if _WITH_VAT.search(rest):
        raise NotAnAmount(text, "text", "Belopp ska stå exklusive moms. Räkna om beloppet utan moms.")
    rest = _WITHOUT_VAT.sub("", rest)

    negative, number, own_scale = _take_apart(rest)
    if number == "" and negative and not rest.startswith("("):
        return Decimal("0.00")
    if not _PLAIN.fullmatch(number):
        raise NotAnAmount(text, "text", _EXPECTED)
    if _EITHER_WAY.fullmatch(number):
        raise NotAnAmount(
            text,
            "text",
            "Punkten kan betyda tusental eller decimal. Skriv mellanslag för tusental och komma för decimal.",
        )

    amount = _EXACT.multiply(Decimal(number.replace(" ", "").replace(",", ".")), Decimal(own_scale or scale))
    if amount > _LARGEST:
        raise NotAnAmount(text, "range", f"Beloppet är för stort. Det största är {format_sek(_LARGEST)}.")
    stored = amount.quantize(_ORE, context=_EXACT)
    if stored != amount:
        raise NotAnAmount(text, "decimals", "Ett belopp har högst två decimaler: kronor och hela ören.")
    return -stored if negative and stored else stored


def is_open_wording(text: str) -> bool:
    """Whether the text says that the amount is not set yet ("fastställs senare", "avsätts" …)."""
    return len(text) <= _LONGEST_TEXT and _OPEN.fullmatch(" ".join(text.split()).strip(" .()*").casefold()) is not None


def format_sek(amount: Decimal | int, unit: str = "kr") -> str:
    """Write an amount (SEK) with its unit, for reading: ``2 310 000 kr``, ``2 310 tkr``, ``2,3 mnkr``."""
    return f"{format_number(amount, unit)}{NO_BREAK_SPACE}{unit}"


def format_whole(amount: Decimal | int, unit: str = "kr") -> str:
    """As ``format_sek`` but in whole kronor, for sentences and figures; the öre stand in the tables."""
    return format_sek(Decimal(amount).quantize(Decimal(1), ROUND_HALF_EVEN) if unit == "kr" else amount, unit)


# A page writes the same few amounts again and again, at each keystroke of a meeting; and 1.0 must not be taken for 1.
@lru_cache(maxsize=4096, typed=True)
def format_number(amount: Decimal | int, unit: str = "kr") -> str:
    """Write an amount (SEK) in ``unit`` but without the unit's word, for table cells and axes.

    Öre show only when there are any. tkr are whole and mnkr have one decimal, with one decimal more where a
    small amount would otherwise read as nothing. Rounding is half-even and for display only.
    """
    if not isinstance(amount, Decimal | int):
        raise TypeError(f"money is Decimal, not {type(amount).__name__}")
    value = Decimal(amount) / UNITS[unit]
    if unit == "kr":
        value = value.quantize(_ORE, ROUND_HALF_EVEN)
        decimals = 0 if value == value.to_integral_value() else 2
    else:
        decimals = 0 if unit == "tkr" else 1
        if value and not round(value, decimals):
            decimals += 1
    return format_decimals(value, decimals)


def format_decimals(value: Decimal, decimals: int) -> str:
    """Write any number the Swedish way with exactly so many decimals: no-break spaces, comma, true minus."""
    rounded = round(value, decimals)
    # Babel's Swedish minus is a hyphen, and it would write "-0".
    digits = _PATTERNS[decimals].apply(abs(rounded), _SWEDISH)
    return f"{MINUS}{digits}" if rounded < 0 else digits


def _take_apart(text: str) -> tuple[bool, str, int]:
    """Split lower-case text into (is negative, digits with spaces and decimal sign, kronor per unit or 0)."""
    text, scale = _take_unit(text)
    if text.startswith("(") and text.endswith(")"):
        inner, inner_scale = _take_unit(text[1:-1].strip()) if scale == 0 else (text[1:-1].strip(), scale)
        return True, inner, inner_scale
    negative = text[:1] in _MINUSES and text != ""
    text = text[1:].strip() if negative or text.startswith("+") else text
    if scale == 0 and (prefix := _PREFIX.match(text)):
        text, scale = text[prefix.end() :], 1
        if not negative and text[0] in _MINUSES:
            negative, text = True, text[1:].strip()
    return negative, text, scale


def _take_unit(text: str) -> tuple[str, int]:
    """Take the unit off the end; the scale is 0 when there is none."""
    for suffix, scale in _SUFFIXES:
        if found := suffix.search(text):
            return text[: found.start()], scale
    return text, 0


_LATER = r"(?: (?:senare|i ett senare skede|längre fram|särskilt|separat|under året|vid behov))?"
_SEPARATELY = r"(?:enligt|efter|genom|i|med) (?:ett )?(?:särskilt|separat|senare|eget) (?:beslut|ärende)"
_WHEN = (
    "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december|"
    r"våren|sommaren|hösten|vintern|(?:19|20)\d\d"
)
_SETTLED = r"(?:fastställ|beslut|bestäm)"
#: "Belopp ej fastställt" in its many wordings. A ? or "se bilaga" is none of them: what it means is not said.
_OPEN = re.compile(
    rf"(?:(?:belopp(?:et)?|medel|summan?|kostnaden?) )?(?:är )?(?:"
    rf"(?:ännu )?(?:ej|inte|icke)(?: ?än| ännu)? ?(?:{_SETTLED}(?:t|d|da|at|ad|ade)|klart?|angivet|satt)"
    rf"|{_SETTLED}(?:s|as|es) (?:i|under|efter|till) (?:{_WHEN})(?: (?:19|20)\d\d)?"
    rf"|{_SETTLED}(?:s|as|es){_LATER}(?: {_SEPARATELY})?(?: (?:av nämnden|av rådet|under|hösten|våren|(?:19|20)\d\d))*"
    rf"|avsätts(?: medel)?{_LATER}(?: {_SEPARATELY})?"
    rf"|{_SEPARATELY}|särskilt beslut)(?:,? belopp(?:et)? (?:{_SETTLED}(?:s|as|es) senare|ej fastställt))?"
)
_SWEDISH = Locale.parse("sv_SE")
_PATTERNS = [parse_pattern(pattern) for pattern in ("#,##0", "#,##0.0", "#,##0.00")]
