"""How a budget sheet is laid out: where its head is, what each column holds, and what holds for the whole sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from fou.imports.files.cells import Sheet, Value, cell_address, column_letters
from fou.imports.references import fold
from fou.imports.sheets.guesses import SURENESS_NAMES, Guess, Sureness, Surroundings
from fou.imports.sheets.heads import (
    SAMPLE,
    Head,
    amount_columns,
    as_year,
    dash_columns,
    find_head,
    is_amount_text,
)
from fou.imports.sheets.words import SCALES, Said, Use, says, title_says, without_years
from fou.model import KIND_NAMES, Kind
from fou.money import parse_sek


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What one column holds. ``kind``, ``year``, ``unit`` and ``funder`` are its own, None where the sheet's holds."""

    number: int
    head: str
    use: Use
    sureness: Sureness
    why: str
    kind: Kind | None = None
    year: int | None = None
    unit: str | None = None
    funder: str | None = None

    @property
    def letters(self) -> str:
        """The column's letters in the sheet."""
        return column_letters(self.number)


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """How one sheet is laid out; ``head`` is (first, last) row of its head. Units are keys of words.SCALES."""

    name: str
    read: Guess[bool]
    head: tuple[int, int]
    columns: tuple[ColumnGuess, ...]
    unit: Guess[str]
    vat: Guess[str]
    sign: Guess[str]
    hidden: Guess[str]
    kind: Guess[Kind | None]
    year: Guess[int | None]
    funder: Guess[str | None]
    signature: str
    rows: Mapping[int, str] = field(default_factory=dict)

    def numbers(self, use: Use) -> list[int]:
        """The numbers of the columns used so, from the left."""
        return [column.number for column in self.columns if column.use is use]


def lay_out(sheet: Sheet, around: Surroundings, chosen: Mapping[str, Any]) -> SheetLayout | None:
    """Guess how the sheet is laid out; what the person has chosen stands over it. None when it has no table."""
    head = find_head(sheet, around, chosen.get("head"))
    if head is None:
        return None
    texts = head.texts
    signature = "|".join(without_years(texts[number]) for number in sorted(texts))
    remembered = around.remembered.get(signature, {})
    titled = _titles(sheet, head.first)
    titles = [text for _, text in titled]
    columns = _columns(sheet, head, around, remembered, chosen)
    said = [*map(title_says, titles), says(sheet.name)]
    file_said = says(re.sub(r"\.\w+$", "", around.file).replace("_", " "))
    return SheetLayout(
        name=sheet.name,
        read=_whether(sheet, chosen),
        head=(head.first, head.last),
        columns=columns,
        unit=_unit(sheet, head, columns, said, remembered, chosen),
        vat=_vat(titled, sheet, head, remembered, chosen),
        sign=_sign(sheet, head, columns, remembered, chosen),
        hidden=_picked("hidden", remembered, chosen) or Guess("read", Sureness.LIKELY, "dolda rader läses in"),
        kind=_kind(columns, said, file_said, remembered, chosen),
        year=_year(said, file_said, chosen),
        funder=_funder(titles, sheet.name, around, remembered, chosen),
        signature=signature,
        rows={int(row): use for row, use in chosen.get("rows", {}).items()},
    )


def to_remember(layout: SheetLayout, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a person's choices that holds for the next sheet with the same heads: nothing tied to a year."""
    kept = {name: chosen[name] for name in ("unit", "vat", "sign", "kind", "funder", "hidden") if chosen.get(name)}
    heads = {column.letters: without_years(column.head) for column in layout.columns}
    columns = {
        heads[letters]: {name: value for name, value in use.items() if name != "year"}
        for letters, use in chosen.get("columns", {}).items()
        if letters in heads
    }
    return {**kept, "columns": columns} if columns else kept


# What the columns hold ---------------------------------------------------------------------------------------


def _columns(
    sheet: Sheet, head: Head, around: Surroundings, remembered: Mapping[str, Any], chosen: Mapping[str, Any]
) -> tuple[ColumnGuess, ...]:
    below = [(row, cells) for row, cells in sheet.rows if row > head.last][:SAMPLE]
    held = amount_columns(below)
    numbers = sorted(set(head.texts) | held)
    dashed = held | dash_columns(below)
    guesses = [_column(number, head.texts.get(number, ""), held, dashed, around) for number in numbers]
    guesses = _settle_labels(guesses, below)
    guesses = _settle_totals(guesses)
    by_head = remembered.get("columns", {})
    result = []
    for guess in guesses:
        own = chosen.get("columns", {}).get(guess.letters)
        earlier = by_head.get(without_years(guess.head)) if guess.head else None
        if own is not None:
            guess = _with(guess, own, Sureness.CHOSEN)
        elif earlier is not None:
            guess = _with(guess, earlier, Sureness.REMEMBERED)
        result.append(guess)
    return tuple(result)


def _with(guess: ColumnGuess, own: Mapping[str, Any], sureness: Sureness) -> ColumnGuess:
    use = Use(own.get("use", guess.use))
    kind = own.get("kind", guess.kind)
    return ColumnGuess(
        guess.number, guess.head, use, sureness, SURENESS_NAMES[sureness],
        Kind(kind) if kind and use is Use.AMOUNT else None,
        own.get("year", guess.year), own.get("unit", guess.unit), own.get("funder", guess.funder),
    )  # fmt: skip


def _column(
    number: int,
    text: str,
    held: set[int],
    dashed: set[int],
    around: Surroundings,
) -> ColumnGuess:
    said = says(text)
    if not text:
        return ColumnGuess(number, "", Use.NOTHING, Sureness.UNSURE, "kolumnen har ingen rubrik")
    if said.use is not None and said.use not in (Use.AMOUNT, Use.TOTAL):
        return ColumnGuess(number, text, said.use, Sureness.SURE, f"rubriken {text}")
    if number not in (dashed if said.is_amount else held):
        why = "kolumnen har inga belopp" if said.is_amount else f"rubriken {text} känns inte igen"
        return ColumnGuess(number, text, Use.NOTHING, Sureness.LIKELY, why)
    funder = _funder_in_head(text, around)
    if said.use is None and funder is None:
        if said.years or said.unit:
            return ColumnGuess(
                number, text, Use.AMOUNT, Sureness.LIKELY, f"rubriken {text}", None, said.year, said.unit
            )
        return ColumnGuess(number, text, Use.NOTHING, Sureness.UNSURE, f"rubriken {text} känns inte igen")
    if funder is not None and said.use is None:
        return ColumnGuess(
            number, text, Use.AMOUNT, Sureness.LIKELY, f"rubriken är finansiären {funder}", said.kind, said.year,
            said.unit, funder,
        )  # fmt: skip
    sure = Sureness.SURE if said.plain and (said.kind or said.year) else Sureness.LIKELY
    if said.part:
        why = f"rubriken {text} talar om en del av året"
        return ColumnGuess(number, text, Use.AMOUNT, Sureness.UNSURE, why, said.kind, said.year, said.unit, funder)
    return ColumnGuess(
        number, text, said.use or Use.AMOUNT, sure, f"rubriken {text}", said.kind, said.year, said.unit, funder
    )


def _funder_in_head(text: str, around: Surroundings) -> str | None:
    """The known funder that the head names, alone or beside a year, a kind and a unit."""
    words = fold(text)
    found = [funder for funder in around.funders if re.search(rf"(?<!\w){re.escape(funder)}(?!\w)", words)]
    return around.funders[max(found, key=len)] if found else None


def _settle_labels(guesses: list[ColumnGuess], below: Sequence[tuple[int, Mapping[int, Value]]]) -> list[ColumnGuess]:
    """Two columns cannot both be the name; a lone "Projekt" may hold codes; and a table must have some label."""
    guesses = [
        replace(guess, use=Use.NOTHING, sureness=Sureness.LIKELY, why="kolumnen har löpnummer")
        if guess.use is Use.CODE and _are_running_numbers(guess.number, below)
        else guess
        for guess in guesses
    ]
    titles = [guess for guess in guesses if guess.use is Use.TITLE]
    codes = [guess for guess in guesses if guess.use is Use.CODE]
    changed: dict[int, tuple[Use, Sureness, str]] = {}
    if len(titles) > 1:
        coded = [guess for guess in titles if _holds_codes(guess.number, below)]
        if coded and not codes and len(coded) < len(titles):
            changed[coded[0].number] = (Use.CODE, Sureness.LIKELY, "kolumnen håller koder")
            titles = [guess for guess in titles if guess is not coded[0]]
        best = next((guess for guess in titles if "projekt" in fold(guess.head)), titles[0])
        for guess in titles:
            if guess is not best and guess.number not in changed:
                changed[guess.number] = (Use.NOTHING, Sureness.LIKELY, f"namnet läses ur {best.letters}")
    elif len(titles) == 1 and not codes and _holds_codes(titles[0].number, below):
        changed[titles[0].number] = (Use.CODE, Sureness.LIKELY, "kolumnen håller koder")
    if not titles and not any(guess.use is Use.AREA for guess in guesses) and not codes:
        held = amount_columns(below)
        texts = _text_columns(below, held)
        if texts:
            first = texts[0]
            changed[first] = (Use.TITLE, Sureness.LIKELY, "kolumnen längst till vänster med text")
            if all(guess.number != first for guess in guesses):
                guesses = sorted(
                    [*guesses, ColumnGuess(first, "", Use.TITLE, Sureness.LIKELY, "")], key=lambda g: g.number
                )
    seen: set[Use] = set()
    settled = []
    for guess in guesses:
        use, sure, why = changed.get(guess.number, (guess.use, guess.sureness, guess.why))
        if use not in (Use.AMOUNT, Use.TOTAL, Use.NOTHING):
            if use in seen:
                use, sure, why = Use.NOTHING, Sureness.LIKELY, "uppgiften läses ur en kolumn längre till vänster"
            seen.add(use)
        settled.append(
            ColumnGuess(guess.number, guess.head, use, sure, why, guess.kind, guess.year, guess.unit, guess.funder)
        )
    return settled


def _text_columns(below: Sequence[tuple[int, Mapping[int, Value]]], held: set[int]) -> list[int]:
    counts: dict[int, int] = {}
    for _, cells in below:
        for number, value in cells.items():
            if isinstance(value, str) and number not in held:
                counts[number] = counts.get(number, 0) + 1
    return sorted(number for number, times in counts.items() if times * 3 >= len(below))


_CODE = re.compile(r"(?:[a-zåäö]{0,6}[-_./]?\d[\w./-]{0,14}|[a-zåäö]{1,6}-[\w-]{1,14})", re.IGNORECASE)


def looks_like_code(text: str) -> bool:
    """Whether a text is written as codes are: short, without blanks, with digits or a hyphen after letters."""
    return len(text) <= 20 and _CODE.fullmatch(text.strip()) is not None


def _holds_codes(number: int, below: Sequence[tuple[int, Mapping[int, Value]]]) -> bool:
    texts = [cells[number] for _, cells in below if number in cells]
    codes = sum(
        isinstance(value, Decimal) or (isinstance(value, str) and looks_like_code(value) and as_year(value) is None)
        for value in texts
    )
    return codes > 0 and codes * 10 >= len(texts) * 6


def _are_running_numbers(number: int, below: Sequence[tuple[int, Mapping[int, Value]]]) -> bool:
    """Whether a column counts its rows, 1, 2, 3: next year the same number is another project."""
    found = [value for _, cells in below if isinstance(value := cells.get(number), Decimal)]
    steps = [later - earlier for earlier, later in pairwise(found)]
    return len(found) > 1 and found[0] <= 1 and all(step == 1 for step in steps)


def _settle_totals(guesses: list[ColumnGuess]) -> list[ColumnGuess]:
    """A lone column "Summa" holds the amounts themselves; beside other amounts it is their sum."""
    amounts = [guess for guess in guesses if guess.use is Use.AMOUNT]
    totals = [guess for guess in guesses if guess.use is Use.TOTAL]
    if amounts or len(totals) != 1:
        return guesses
    return [
        ColumnGuess(g.number, g.head, Use.AMOUNT, Sureness.LIKELY, g.why, g.kind, g.year, g.unit, g.funder)
        if g is totals[0]
        else g
        for g in guesses
    ]


# What holds for the whole sheet ------------------------------------------------------------------------------


def _titles(sheet: Sheet, first: int) -> list[tuple[str, str]]:
    """The texts above the head, each with its cell."""
    texts = [
        (cell_address(row, number), value)
        for row, cells in sheet.rows
        if row < first
        for number, value in cells.items()
        if isinstance(value, str)
    ]
    return texts[:40]


def _picked(name: str, remembered: Mapping[str, Any], chosen: Mapping[str, Any]) -> Guess[Any] | None:
    if chosen.get(name):
        return Guess(chosen[name], Sureness.CHOSEN, SURENESS_NAMES[Sureness.CHOSEN])
    if remembered.get(name):
        return Guess(remembered[name], Sureness.REMEMBERED, SURENESS_NAMES[Sureness.REMEMBERED])
    return None


def _whether(sheet: Sheet, chosen: Mapping[str, Any]) -> Guess[bool]:
    if chosen.get("read") is not None:
        return Guess(bool(chosen["read"]), Sureness.CHOSEN, SURENESS_NAMES[Sureness.CHOSEN])
    if sheet.hidden:
        return Guess(False, Sureness.LIKELY, "bladet är dolt i Excel")
    return Guess(True, Sureness.SURE, "bladet har en tabell med belopp")


def _unit(
    sheet: Sheet,
    head: Head,
    columns: Iterable[ColumnGuess],
    titles: Sequence[Said],
    remembered: Mapping[str, Any],
    chosen: Mapping[str, Any],
) -> Guess[str]:
    if picked := _picked("unit", remembered, chosen):
        return picked
    said = {title.unit for title in titles if title.unit}
    said |= {own.unit for number, text in head.texts.items() if (own := says(text)).unit and not own.is_amount}
    in_heads = {column.unit for column in columns if column.use is Use.AMOUNT and column.unit}
    if len(said) == 1 and in_heads - said:
        shown = ", ".join(sorted(map(str, in_heads)))
        return Guess(str(said.pop()), Sureness.UNSURE, f"över tabellen står en annan enhet än i rubrikerna ({shown})")
    if len(said) == 1:
        unit = said.pop()
        return Guess(str(unit), Sureness.SURE, f"”{unit}” står ovanför tabellen")
    if len(said) > 1:
        return Guess("kr", Sureness.UNSURE, f"flera enheter står ovanför tabellen: {', '.join(sorted(map(str, said)))}")
    amounts = [column for column in columns if column.use is Use.AMOUNT]
    if amounts and all(column.unit for column in amounts):
        return Guess("kr", Sureness.SURE, "enheten står i kolumnernas rubriker")
    numbers = {column.number for column in amounts if column.unit is None}
    found = [
        abs(value)
        for row, cells in sheet.rows[: 10 * SAMPLE]
        if row > head.last
        for number, value in cells.items()
        if number in numbers and isinstance(value, Decimal) and value and (row, number) not in sheet.formats
    ]
    if found and max(found) < 20_000:
        return Guess("kr", Sureness.UNSURE, "ingen enhet står i bladet, och beloppen är små: är de i tkr?")
    return Guess("kr", Sureness.LIKELY, "ingen annan enhet står i bladet")


def _vat(
    titles: Sequence[tuple[str, str]],
    sheet: Sheet,
    head: Head,
    remembered: Mapping[str, Any],
    chosen: Mapping[str, Any],
) -> Guess[str]:
    if picked := _picked("vat", remembered, chosen):
        return picked
    heads = [(cell_address(head.last, number), text) for number, text in head.texts.items()]
    places = {vat: cell for cell, text in [*titles, *heads, ("", sheet.name)] if (vat := says(text).vat)}
    said = places.keys()
    if "incl" in said:
        return Guess("incl", Sureness.UNSURE, "”inkl. moms” står i bladet", places["incl"])
    if "excl" in said:
        return Guess("excl", Sureness.SURE, "”exkl. moms” står i bladet")
    return Guess("excl", Sureness.LIKELY, "inget sägs om moms")


def _sign(
    sheet: Sheet,
    head: Head,
    columns: Iterable[ColumnGuess],
    remembered: Mapping[str, Any],
    chosen: Mapping[str, Any],
) -> Guess[str]:
    if picked := _picked("sign", remembered, chosen):
        return picked
    numbers = {column.number for column in columns if column.use is Use.AMOUNT}
    negative = positive = 0
    for row, cells in sheet.rows[: 40 * SAMPLE]:
        if row > head.last:
            for number in numbers & cells.keys():
                value = cells[number]
                if isinstance(value, str) and is_amount_text(value):
                    value = parse_sek(value)
                if isinstance(value, Decimal):
                    negative += value < 0
                    positive += value > 0
    if negative >= 3 and negative > 9 * positive:
        return Guess("turned", Sureness.UNSURE, f"{negative} av {negative + positive} belopp är negativa")
    return Guess("as_is", Sureness.SURE, "beloppen är över noll")


def _kind(
    columns: Sequence[ColumnGuess],
    titles: Sequence[Said],
    file: Said,
    remembered: Mapping[str, Any],
    chosen: Mapping[str, Any],
) -> Guess[Kind | None]:
    if picked := _picked("kind", remembered, chosen):
        return Guess(Kind(picked.value), picked.sureness, picked.why)
    amounts = [column for column in columns if column.use is Use.AMOUNT]
    if any(column.use is Use.KIND for column in columns):
        return Guess(None, Sureness.SURE, "slaget står i en egen kolumn")
    if amounts and all(column.kind for column in amounts):
        return Guess(None, Sureness.SURE, "slaget står i kolumnernas rubriker")
    kinds = {title.kind for title in titles if title.kind}
    if len(kinds) == 1:
        kind = next(iter(kinds))
        assert kind is not None
        return Guess(kind, Sureness.LIKELY, f"bladets rubrik eller namn säger {KIND_NAMES[kind]}")
    if not kinds and file.kind:
        return Guess(file.kind, Sureness.UNSURE, f"filens namn säger {KIND_NAMES[file.kind]}")
    return Guess(None, Sureness.UNSURE, "det står inte vad beloppen är" if not kinds else "bladet nämner flera slag")


def _year(titles: Sequence[Said], file: Said, chosen: Mapping[str, Any]) -> Guess[int | None]:
    if chosen.get("year"):
        return Guess(chosen["year"], Sureness.CHOSEN, SURENESS_NAMES[Sureness.CHOSEN])
    name = titles[-1]
    above = {year for title in titles[:-1] for year in title.years}
    if name.year and above and name.year not in above:
        return Guess(name.year, Sureness.UNSURE, f"ovanför tabellen står {', '.join(map(str, sorted(above)))}")
    if name.year:
        return Guess(name.year, Sureness.SURE, "året står i bladets namn")
    years = {year for title in titles for year in title.years}
    if len(years) == 1:
        return Guess(years.pop(), Sureness.LIKELY, "året står ovanför tabellen")
    if not years and file.year:
        return Guess(file.year, Sureness.UNSURE, "året står i filens namn")
    return Guess(None, Sureness.UNSURE, "inget år står i bladet" if not years else "bladet nämner flera år")


def _funder(
    titles: Sequence[str],
    sheet: str,
    around: Surroundings,
    remembered: Mapping[str, Any],
    chosen: Mapping[str, Any],
) -> Guess[str | None]:
    if picked := _picked("funder", remembered, chosen):
        return picked
    named = {funder for text in (*titles, sheet) if (funder := _funder_in_head(text, around))}
    if len(named) == 1:
        return Guess(named.pop(), Sureness.LIKELY, "finansiären står ovanför tabellen")
    if around.own_funder and not named:
        return Guess(around.own_funder, Sureness.LIKELY, "den enda kommunala finansiären")
    return Guess(None, Sureness.UNSURE, "det står inte vems pengarna är")


assert set(SCALES) >= {"kr", "tkr", "mnkr"}
