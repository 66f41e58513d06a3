"""One amount cell of a budget sheet as kronor: its unit, its number format, VAT and sign taken into account."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from fou.imports import values
from fou.imports.files.cells import Value
from fou.imports.files.number_formats import SCALED, sections
from fou.imports.sheets.words import FOOTNOTE_MARKS, SCALES, unit_in
from fou.money import NotAnAmount, is_open_wording, parse_sek

_ORE = Decimal("0.01")
#: VAT on what FoU money buys is 25 % (mervärdesskattelagen 2023:200, 9 kap. 2 §).
_WITH_VAT = Decimal("1.25")


_EXAMPLES = {"tkr": "2\u00a0310", "mnkr": "2,31", "mdkr": "0,002"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a cell's number format tells: by how much it scales what is stored, its unit, per cent, other money."""

    scale: int = 1
    unit: str | None = None
    percent: bool = False
    foreign: str | None = None


_FOREIGN = re.compile(r"€|\$|£|¥|\b(?:eur|usd|gbp|nok|dkk|chf)\b")


@lru_cache(maxsize=1024)
def shown_by(code: str) -> Shown:
    """Read a number format code (ECMA-376 part 1, 18.8.31), of which only the part for positive numbers counts."""
    plain, literal = sections(code)[0]
    scaled = SCALED.search(plain)
    words = f"{literal} {plain}".casefold()
    foreign = _FOREIGN.search(words)
    return Shown(1000 ** len(scaled[1]) if scaled else 1, unit_in(words), "%" in plain, foreign[0] if foreign else None)


def in_kronor(value: Decimal, code: str, unit: str = "kr") -> Decimal:
    """A number as its cell shows it, in kronor; ``unit`` is what the number counts where its format names no unit.

    Raises values.Problem for per cent and for other money than kronor.
    """
    shown = shown_by(code)
    if shown.percent:
        raise values.Problem("text", "ett belopp", "Cellen visar procent. Skriv beloppet i kronor.")
    if shown.foreign is not None:
        raise values.Problem(
            "currency", "ett belopp i svenska kronor",
            f"Cellen visas i en annan valuta ({shown.foreign}). Räkna om beloppet till kronor.",
        )  # fmt: skip
    named = shown.unit or (unit if unit != "kr" else None)
    # 2 310 000 shown in thousands is 2 310: with tkr beside it that is 2 310 tkr, and alone still 2 310 000 kr.
    return value if named is None else value / shown.scale * SCALES[named]


@dataclass(slots=True)
class Amounts:
    """Reads the amount cells in one unit, a key of SCALES; ``vat`` and ``sign`` are as in the choices."""

    unit: str
    vat: str = "excl"
    sign: str = "as_is"
    rounded: bool = False
    #: What each number and text came to: the same ones come again and again.
    _seen: dict[Decimal | str, tuple[Decimal, int]] = field(default_factory=dict)

    def read(self, value: Value, code: str | None = None) -> tuple[Decimal, int]:
        """The cell as (SEK excl. VAT, open): (600000, 0), or (0, 1) when the amount is not set.

        ``code`` is the cell's number format where it says more than decimals. Raises values.Problem.
        """
        if not isinstance(value, Decimal | str):
            return values.amount(value)
        if code is not None and isinstance(value, Decimal):
            return self._whole(in_kronor(value, code, self.unit)), 0
        found = self._seen.get(value)
        if found is None:
            found = self._seen[value] = self._worked_out(value)
        return found

    def _worked_out(self, value: Decimal | str) -> tuple[Decimal, int]:
        if isinstance(value, str):
            if not value[:1].isdigit() and is_open_wording(value):
                return Decimal(0), 1
            try:
                return self._whole(parse_sek(value.rstrip(FOOTNOTE_MARKS), SCALES[self.unit])), 0
            except NotAnAmount as error:
                if error.problem == "text" and self.unit != "kr":
                    # What stands here counts in the sheet's unit: an example in kronor would be read as far too much.
                    help = f"Skriv beloppet i {self.unit}, till exempel {_EXAMPLES[self.unit]}."
                    raise values.Problem(error.problem, f"ett belopp i {self.unit}", help) from error
                raise values.Problem(error.problem, "ett belopp", error.expected) from error
        return self._whole(value * SCALES[self.unit]), 0

    def _whole(self, amount: Decimal) -> Decimal:
        if self.vat == "incl":
            amount = (amount / _WITH_VAT).quantize(_ORE, ROUND_HALF_EVEN)
        if self.rounded and abs(amount) < 10**13:
            amount = amount.quantize(_ORE, ROUND_HALF_EVEN)
        whole, _ = values.amount(amount)
        return -whole if self.sign == "turned" and whole else whole
