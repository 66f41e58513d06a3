"""The sorted rows of one sheet as amounts and records, and what is wrong or odd in their cells."""

from __future__ import annotations

from decimal import Decimal
from statistics import median_low
from types import EllipsisType
from typing import TYPE_CHECKING, Any

from fou.imports import values
from fou.imports.files.cells import Sheet, Value, cell_address, column_letters
from fou.imports.references import fold
from fou.imports.sheets.guesses import Sureness
from fou.imports.sheets.layout import ColumnGuess
from fou.imports.sheets.rows import Row, RowUse
from fou.imports.sheets.understanding import SheetFound
from fou.imports.sheets.words import SCALES, Use, says
from fou.imports.stated import Line
from fou.model import KIND_NAMES, Basis, Kind
from fou.money import format_sek

if TYPE_CHECKING:
    from fou.imports.sheets.stating import Statement

#: No FoU project has a milliard kronor; and twenty millions is odd where others have a hundredth of it.
_ENORMOUS, _LARGE, _MANY_TIMES = Decimal(1_000_000_000), Decimal(20_000_000), 100
_NOTHING = Decimal(0)
#: So many odd sizes are told of in one column.
_FEW = 5
#: The project fields that a column may fill.
_FIELDS = {Use.LEAD: "lead", Use.PERFORMER: "performer", Use.REFERENCE: "reference"}


class SheetStating:
    """States the sorted rows of one sheet, as part of the whole."""

    def __init__(self, whole: Statement, found: SheetFound) -> None:
        self.whole, self.found = whole, found
        self.findings = whole.findings
        self.sheet: Sheet = found.sheet
        self.layout, self.name = found.layout, found.layout.name
        skip = self.sheet.hidden_columns if self.layout.hidden.value == "skip" else frozenset()
        self.amounts = [c for c in self.layout.columns if c.use is Use.AMOUNT and c.number not in skip]
        self.at = {use: next(iter(self.layout.numbers(use)), None) for use in Use}
        self.prefix = f"{whole.file} › {self.name} › "
        #: the place of each column's cells, but for the row
        self.places = {column.number: self.prefix + column_letters(column.number) for column in self.amounts}
        self.fields = [(name, at) for use, name in _FIELDS.items() if (at := self.at[use]) is not None]
        self.known = whole.directory["project"].by_label
        self.told: set[tuple[str, int]] = set()
        self.funders: dict[str, str | None] = {}
        self.years: dict[Value, int | None] = {}

    def read(self) -> None:
        """State every row, and tell what is odd."""
        self._tell_of_columns()
        self._tell_of_sizes()
        for row in self.found.rows:
            if row.number in self.sheet.hidden_rows and (row.amounts or row.wrong):
                self._tell_of_hidden(row)
            match row.use:
                case RowUse.PROJECT:
                    self._project(row)
                case RowUse.FRAME:
                    self._state(row, (None, None, None), Kind.FRAME)
                case RowUse.PART:
                    self._tell(
                        row, "warn", "en rad med ”varav”", "en rad för sig",
                        "Beloppet ingår i raden ovanför och läses inte. Ska det läsas: välj att raden är ett projekt.",
                        "part_row",
                    )  # fmt: skip
                case RowUse.REST:
                    self._tell(
                        row, "note", f"”{values.shortened(row.label)}”", "ett projekt eller en summa",
                        "Raden säger vad som är kvar. Det räknas av Fou och läses inte.", "rest_row",
                    )  # fmt: skip
                case RowUse.TOTAL if row.sureness is Sureness.UNSURE:
                    self._tell(
                        row, "warn", f"”{values.shortened(row.label)}”", "ett projekt med belopp, eller en summa",
                        "Raden är exakt summan av raderna ovanför och läses som summa. Är det ett projekt: välj det.",
                        "unsure_total",
                    )  # fmt: skip
                case RowUse.AREA if row.sureness is Sureness.UNSURE:
                    summed = ", och beloppet som summan av raderna under" if row.amounts else ""
                    self._tell(
                        row, "warn", f"”{values.shortened(row.label)}”", "ett projekt med belopp, eller ett område",
                        f"Raden läses som ett område{summed}. Är det ett projekt: välj det.", "unsure_area",
                    )  # fmt: skip
                case _:
                    continue

    def _project(self, row: Row) -> None:
        whole = self.whole
        place = f"{self.prefix}rad {row.number}"
        for number, problem in row.wrong.items():
            if self.at_amount(number):
                self.findings.problem(self.name, row.number, number, row.cells[number], problem)
        area = whole.area(row.area, place) if row.area else None
        if not (row.code or row.label):
            if row.area is None:
                if row.amounts:
                    self._tell(row, "error", "ett belopp på en rad utan namn", "namnet på ett projekt eller område",
                               "Skriv vad beloppet är till, eller ta bort det.", "amount_without_name")  # fmt: skip
            elif area is not None:
                self._state(row, (None, None, fold(area)), None)
            return
        if (row.code, row.label) not in whole.targets:  # it is a call
            years = [
                year
                for column in self.amounts
                if (year := row.years.get(column.number) or column.year or _OfRow(self, row).year(column))
            ]
            call = whole.call(row.label, years, place)
            if call is not None:
                self._state(row, (None, fold(call), None), None)
            return
        code = whole.targets[row.code, row.label]
        if code is None:
            return
        folded = fold(code)
        fields: dict[str, Any] = {}
        if area is not None:
            fields["area"] = area
        for name, at in self.fields:
            if isinstance(value := row.cells.get(at), str):
                fields[name] = value.strip()
        if folded in self.known:
            whole.checked.relies_on.add(("project", folded))
            if fields:
                whole.record("project", (folded,), {"code": code, **fields}, place)
        else:
            whole.record("project", (folded,), {"code": code, "title": row.label or code, **fields}, place)
        self._state(row, (folded, None, None), None)

    def at_amount(self, number: int) -> bool:
        """Whether the column's amounts are stated, and not only checked."""
        return number in self.places

    def _state(self, row: Row, about: tuple[str | None, str | None, str | None], kind: Kind | None) -> None:
        """Add the row's amounts to what the file states."""
        condition, document = self._words(row, Use.CONDITION), self._words(row, Use.SOURCE)
        if row.use is RowUse.FRAME:
            for number, problem in row.wrong.items():
                self.findings.problem(self.name, row.number, number, row.cells[number], problem)
        seen, lines, adds_up = self.whole.seen, self.whole.checked.lines, self.whole.adds_up
        amounts, of_row = row.amounts, _OfRow(self, row)
        project, call, area = about
        # What the row or the sheet says holds for all its columns that do not say it themselves.
        year_of_row: int | None = None
        funder_of_row: str | None = None
        for column in self.amounts:
            number = column.number
            found = amounts.get(number)
            if found is None:
                continue
            amount, is_open = found
            said = kind or column.kind or of_row.kind(column)
            year = row.years.get(number) or column.year
            if year is None:
                year = year_of_row = year_of_row or of_row.year(column)
            if column.funder is not None:
                funder = of_row.funder(column)
            else:
                funder = funder_of_row = funder_of_row or of_row.funder(column)
            if said is None or year is None or funder is None:
                continue
            if amount < 0:
                self.findings.warn(
                    self.name, cell_address(row.number, number), values.shown(row.cells[number]),
                    "ett belopp över noll", "Negativa belopp minskar summan. Kontrollera att det är meningen.",
                    "negative",
                )  # fmt: skip
            subject = (said, year, project, call, area, funder)
            key = subject if condition is None else (*subject, condition)
            place = f"{self.places[number]}{row.number}"
            line = Line(subject, amount, is_open, condition, Basis.STATED, place, document)
            earlier = seen.setdefault(key, line)
            if earlier is line or adds_up:
                lines.append(line)
            else:
                self._tell_of_double(row, column, earlier)

    def _words(self, row: Row, use: Use) -> str | None:
        at = self.at[use]
        value = row.cells.get(at) if at is not None else None
        return value.strip() if isinstance(value, str) else None

    def kind_of_row(self, at: int, row: Row) -> Kind | None:
        """What the row's own column says that its amounts are."""
        value = row.cells.get(at)
        said = says(value).kind if isinstance(value, str) else None
        if said is None:
            self.findings.error(
                self.name, cell_address(row.number, at), values.shown(value),
                "något av " + ", ".join(KIND_NAMES.values()), "Skriv vad beloppet är.", "no_kind",
            )  # fmt: skip
        return said

    def year_of_row(self, at: int, row: Row) -> int | None:
        """The year in the row's own column."""
        value = row.cells.get(at)
        year = self._year_in(value) if value is not None else None
        if year is None:
            self.findings.error(
                self.name, cell_address(row.number, at), values.shown(value), "ett årtal",
                "Skriv årtalet med fyra siffror, till exempel 2014.", "no_year",
            )  # fmt: skip
        return year

    def _year_in(self, value: Value) -> int | None:
        """The year that a cell names; the same few stand on thousands of rows."""
        if value not in self.years:
            try:
                year = values.year_head(value)
            except values.Problem:
                year = None
            self.years[value] = says(value).year if year is None and isinstance(value, str) else year
        return self.years[value]

    def funder_of_row(self, at: int, row: Row) -> str | None:
        """What the row's own column says of whose money it is."""
        value = row.cells.get(at)
        return value.strip() or None if isinstance(value, str) else None

    def kind(self, column: ColumnGuess) -> Kind | None:
        """What the sheet's amounts are, where neither the column nor the row says it."""
        guess = self.layout.kind
        where = self._head_of(column)
        if guess.value is None:
            self._once(
                ("kind", -column.number), "error", where, column.head or "kolumn utan rubrik",
                "vad beloppen är: budget, beviljat, utfall, prognos …", f"Välj slag för kolumnen: {guess.why}.",
                "no_kind",
            )  # fmt: skip
        elif guess.sureness is Sureness.UNSURE:
            self._once(
                ("kind", 0), "warn", where, f"{KIND_NAMES[guess.value]}: {guess.why}",
                "slaget i rubriken, till exempel Beviljat 2014", "Kontrollera slaget.", "unsure_kind",
            )  # fmt: skip
        return guess.value

    def year(self, column: ColumnGuess) -> int | None:
        """The sheet's year, where neither the column nor the row says it."""
        guess = self.layout.year
        where = self._head_of(column)
        if guess.value is None:
            self._once(
                ("year", -column.number), "error", where, column.head or "kolumn utan rubrik",
                "vilket år beloppen gäller", f"Skriv året i rubriken, eller välj år: {guess.why}.",
                "no_year",
            )  # fmt: skip
        elif guess.sureness is Sureness.UNSURE:
            self._once(
                ("year", 0), "warn", where, f"{guess.value}: {guess.why}", "året i rubriken", "Kontrollera året.",
                "unsure_year",
            )  # fmt: skip
        return guess.value

    def funder(self, label: str | None, column: ColumnGuess, row: Row) -> str | None:
        """The folded name of whose money it is; None, with the reason told, when nobody has said."""
        if label is None:
            self._once(
                ("funder", 0), "error", self._head_of(column), "det står inte vems pengarna är", "en finansiär",
                "Välj vems pengarna är, eller lägg till en kolumn Finansiär.", "no_funder",
            )  # fmt: skip
            return None
        if label not in self.funders:
            target = self.whole.funder(label, f"{self.prefix}rad {row.number}")
            self.funders[label] = fold(target) if target is not None else None
        return self.funders[label]

    def _head_of(self, column: ColumnGuess) -> str:
        return cell_address(self.layout.head[1], column.number)

    # What is told --------------------------------------------------------------------------------------------

    def _tell_of_columns(self) -> None:
        used: dict[tuple[Any, ...], ColumnGuess] = {}
        for column in self.amounts:
            kind, year = column.kind or self.layout.kind.value, column.year or self.layout.year.value
            key = (kind, year, column.funder)
            if self.at[Use.KIND] is None and self.at[Use.YEAR] is None and kind is not None and year is not None:
                if key in used and not self.whole.adds_up:
                    self.findings.error(
                        self.name, self._head_of(column), column.head or "kolumn utan rubrik",
                        f"en kolumn för varje slag och år ({KIND_NAMES[kind]} {year} står redan i {used[key].letters})",
                        "Välj vad den ena kolumnen är, eller att den inte läses.", "duplicate_column",
                    )  # fmt: skip
                used.setdefault(key, column)
        first = self.layout.head[1]
        for column in self.layout.columns:
            if column.use is Use.AMOUNT and column.sureness is Sureness.UNSURE:
                self.findings.warn(
                    self.name, cell_address(first, column.number), column.head, "ett helt års belopp",
                    f"Kolumnen läses, men {column.why}. Ska den inte med: välj att den inte läses.", "unsure_kind",
                )  # fmt: skip
            if column.use is Use.NOTHING and column.sureness is Sureness.UNSURE:
                self.findings.warn(
                    self.name, cell_address(first, column.number), column.head or "belopp i en kolumn utan rubrik",
                    "en rubrik som säger vad kolumnen är",
                    "Kolumnen läses inte. Ska den läsas: välj vad den är.", "unread_column",
                )  # fmt: skip
        if left := [column for column in self.layout.columns if self._leaves_text(column)]:
            self.findings.note(
                self.name, cell_address(first, left[0].number),
                ", ".join(f"”{values.shortened(column.head)}”" for column in left),
                "projekt, belopp eller något annat som Fou har plats för",
                f"Texten i {'kolumnen' if len(left) == 1 else 'kolumnerna'} läses inte. Den står kvar i filen. Behövs "
                "den: skriv den på projektets sida.", "text_column",
            )  # fmt: skip

    def _leaves_text(self, column: ColumnGuess) -> bool:
        """Whether the column is left out, by its head alone, with text about some project."""
        if column.use is not Use.NOTHING or column.sureness not in (Sureness.SURE, Sureness.LIKELY) or not column.head:
            return False
        if says(column.head).use not in (None, Use.NOTHING):
            return False  # a second column of what is read from another
        cells = (row.cells.get(column.number) for row in self.found.rows if row.use is RowUse.PROJECT)
        return any(isinstance(cell, str) and any(map(str.isalpha, cell)) for cell in cells)

    def _tell_of_sizes(self) -> None:
        """Amounts so large that they can hardly be in the unit that the sheet or the column says."""
        projects = [row for row in self.found.rows if row.use is RowUse.PROJECT]
        for column in self.amounts:
            scale = SCALES[column.unit or self.layout.unit.value]
            if scale == 1:
                continue
            number = column.number
            rows = [row for row in projects if number in row.amounts]
            amounts = [row.amounts[number][0] for row in rows]
            if max(amounts, default=_NOTHING) < _LARGE and min(amounts, default=_NOTHING) > -_LARGE:
                continue
            # A cell with a unit of its own, in its text or its format, says itself what it is.
            stated = [
                (abs(row.amounts[number][0]), row)
                for row in rows
                if row.amounts[number][0]
                and isinstance(row.cells[number], Decimal)
                and (row.number, number) not in self.sheet.formats
            ]
            if not stated:
                continue
            usual = median_low(amount for amount, _ in stated)
            odd = [(amount, row) for amount, row in stated if amount >= _ENORMOUS]
            odd += [
                (amount, row) for amount, row in stated
                if _ENORMOUS > amount >= _LARGE and amount >= _MANY_TIMES * usual
            ]  # fmt: skip
            for amount, row in odd[:_FEW]:
                shown = self.layout.unit.value if column.unit is None else column.unit
                self.findings.warn(
                    self.name, cell_address(row.number, number), values.shown(row.cells[number]),
                    f"ett belopp i {shown}",
                    f"Som {shown} är det {format_sek(amount)}. Är det i kronor: skriv kr efter beloppet, eller välj en "
                    "annan enhet.",
                    "unsure_unit",
                )  # fmt: skip

    def _tell_of_hidden(self, row: Row) -> None:
        read = row.use is not RowUse.SKIP
        self._tell(
            row, "warn", f"dold rad: {values.shortened(row.label) or 'utan namn'}", "en synlig rad",
            "Raden är dold i Excel men läses in. Ska den inte med: välj att hoppa över det som är dolt."
            if read else "Raden är dold i Excel och läses inte.",
            "hidden_row",
        )  # fmt: skip

    def _tell_of_double(self, row: Row, column: ColumnGuess, earlier: Line) -> None:
        _, sheet, cell = earlier.place.rsplit(" › ", 2)
        where = cell if sheet == self.name else f"{sheet} › {cell}"
        same = " med samma belopp" if earlier.amount == row.amounts[column.number][0] else ""
        self.findings.error(
            self.name, cell_address(row.number, column.number), values.shown(row.cells[column.number]),
            f"ett belopp för varje projekt, slag, år och finansiär: det står redan i {where}{same}",
            "Välj att inte läsa den ena raden, kolumnen eller bladet, eller att beloppen ska läggas ihop.", "duplicate",
        )  # fmt: skip

    def _tell(self, row: Row, severity: str, found: str, expected: str, help: str, kind: str) -> None:
        number = next((c.number for c in self.amounts if c.number in row.cells), min(row.cells))
        tell = {"error": self.findings.error, "warn": self.findings.warn, "note": self.findings.note}[severity]
        tell(self.name, cell_address(row.number, number), found, expected, help, kind)

    def _once(
        self, key: tuple[str, int], severity: str, cell: str, found: str, expected: str, help: str, kind: str
    ) -> None:
        if key not in self.told:
            self.told.add(key)
            tell = self.findings.error if severity == "error" else self.findings.warn
            tell(self.name, cell, found, expected, help, kind)


class _OfRow:
    """What holds for a whole row – its own columns for kind, year and funder – read once for all its amounts.

    It is read only when an amount asks for it: what is wrong there concerns no row without amounts.
    """

    __slots__ = ("_funder", "_kind", "_year", "row", "sheet")

    def __init__(self, sheet: SheetStating, row: Row) -> None:
        self.sheet, self.row = sheet, row
        # Each is ... until it has been read.
        self._kind: Kind | EllipsisType | None = ...
        self._year: int | EllipsisType | None = ...
        self._funder: str | EllipsisType | None = ...

    def kind(self, column: ColumnGuess) -> Kind | None:
        """The kind in the row's own column, else the sheet's."""
        at = self.sheet.at[Use.KIND]
        if at is None:
            return self.sheet.kind(column)
        if self._kind is ...:
            self._kind = self.sheet.kind_of_row(at, self.row)
        return self._kind

    def year(self, column: ColumnGuess) -> int | None:
        """The year in the row's own column, else the sheet's."""
        at = self.sheet.at[Use.YEAR]
        if at is None:
            return self.sheet.year(column)
        if self._year is ...:
            self._year = self.sheet.year_of_row(at, self.row)
        return self._year

    def funder(self, column: ColumnGuess) -> str | None:
        """The folded name of the column's funder, else the row's, else the sheet's."""
        if self._funder is ...:
            at = self.sheet.at[Use.FUNDER]
            self._funder = None if at is None else self.sheet.funder_of_row(at, self.row)
        label = column.funder or self._funder or self.sheet.layout.funder.value
        return self.sheet.funder(label, column, self.row)
