"""One worksheet, tag by tag, into its sparse cells and what else tells how to read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from fou.errors import ImportRefused
from fou.imports.files import formulas
from fou.imports.files.cells import Broken, Sheet, Value, cell_address, column_letters, column_number
from fou.imports.files.package import DEEPEST, Handler, Package, local
from fou.imports.files.refusals import damaged, refused, too_large
from fou.imports.files.stored import day_of, read_iso_date, read_number

#: How many different numbers to remember in order to read each once: years and codes recur, amounts too.
_MOST_REMEMBERED = 100_000
#: Excel has this many columns, and no more than one description of each.
_MOST_COLUMNS = 16_384
_LETTERS = re.compile(r"[A-Z]{1,3}")
_RANGE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})")
#: Cell style, as cells name it → the code of its number format, or DAY if it shows a number as a day. Only the
#: styles are there that say something.
Shown: TypeAlias = Mapping[str | None, str]
DAY = ""


class SheetHandler(Handler):
    """Collects the cells of one sheet that hold something.

    ``start`` and ``end`` are called for every tag of the sheet, hundreds of thousands of times: they compare
    whole qualified names, keep state in slots, and do no more for a blank cell than see that it is blank.
    """

    __slots__ = (
        "attributes", "cells", "column", "columns", "columns_told", "date1904", "formats", "formula", "formula_text",
        "hidden", "hidden_columns", "hidden_rows", "last_column", "masters", "merged", "numbers", "package", "passed",
        "phonetic", "raw", "row", "row_text", "rows", "runs", "sheet", "shown", "strings", "sums",
        "tag_c", "tag_f", "tag_is", "tag_row", "tag_rph", "tag_t", "tag_v",
    )  # fmt: skip

    def __init__(
        self,
        package: Package,
        sheet: str,
        strings: list[str],
        numbers: dict[str, Value],
        shown: Shown,
        date1904: bool,
    ) -> None:
        super().__init__()
        self.package, self.sheet, self.strings, self.numbers = package, sheet, strings, numbers
        self.shown, self.date1904 = shown, date1904
        self.last_column = package.limits.max_columns
        self.rows: list[tuple[int, dict[int, Value]]] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.columns_told = 0
        self.merged: list[tuple[int, int, int, int]] = []
        self.formats: dict[tuple[int, int], str] = {}
        self.sums: dict[tuple[int, int], str] = {}
        #: Column letters → column number, worked out once for each column.
        self.columns: dict[str, int] = {}
        #: The first cell of those that share a formula, (row, column, formula if it adds up others), by its id.
        self.masters: dict[str, tuple[int, int, str]] = {}
        self.row, self.row_text, self.column = 0, "", 0
        self.hidden = False
        #: The address of a blank cell, if one has been passed since the last other cell.
        self.passed: str | None = None
        self.cells: dict[int, Value] = {}
        #: Of the cell at hand: its reference (r), type (t) and style (s).
        self.attributes: dict[str, str] = {}
        self.raw: str | None = None
        self.formula: dict[str, str] | None = None
        self.formula_text = ""
        self.runs: list[str] = []
        self.phonetic = False
        self._name_tags("")

    def read(self, hidden: bool) -> Sheet:
        """The sheet, when its part has been parsed."""
        return Sheet(
            self.sheet, self.rows, hidden, frozenset(self.hidden_rows), frozenset(self.hidden_columns),
            tuple(self.merged), self.formats, self.sums,
        )  # fmt: skip

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take an opening tag."""
        self.pieces.clear()
        self.depth += 1
        if self.depth > DEEPEST:
            raise ValueError("tags nested too deep")
        if name == self.tag_v:
            return
        if name == self.tag_c:
            self.attributes = attributes
            self.raw = self.formula = None
        elif name == self.tag_row:
            self._start_row(attributes)
        elif name == self.tag_f:
            self.formula = attributes
        elif name == self.tag_is:
            self.runs.clear()
        elif name == self.tag_rph:
            self.phonetic = True
        elif self.depth == 3:
            if local(name) == "mergeCell":
                self._merge(attributes.get("ref", ""))
            elif local(name) == "col":
                self._describe_columns(attributes)
        elif self.depth == 1:
            namespace, _, tag = name.rpartition("}")
            if tag != "worksheet":
                raise ValueError("not a worksheet")
            self._name_tags(f"{namespace}}}" if namespace else "")

    def end(self, name: str) -> None:
        """Take a closing tag."""
        self.depth -= 1
        if name == self.tag_v:
            self.raw = "".join(self.pieces)
        elif name == self.tag_c:
            if self.raw or self.formula is not None:
                self._end_cell()
            elif (reference := self.attributes.get("r")) is None:
                self.column = self._column_before() + 1
            else:
                self.passed = reference
        elif name == self.tag_row:
            if self.cells:
                self._end_row()
        elif name == self.tag_f:
            self.formula_text = "".join(self.pieces)
        elif name == self.tag_t:
            if not self.phonetic:
                self.runs.extend(self.pieces)
        elif name == self.tag_is:
            self.raw = "".join(self.runs)
        elif name == self.tag_rph:
            self.phonetic = False

    def _name_tags(self, namespace: str) -> None:
        self.tag_c, self.tag_v, self.tag_f = f"{namespace}c", f"{namespace}v", f"{namespace}f"
        self.tag_row, self.tag_is, self.tag_t = f"{namespace}row", f"{namespace}is", f"{namespace}t"
        self.tag_rph = f"{namespace}rPh"

    def _start_row(self, attributes: dict[str, str]) -> None:
        """A row may leave out its number, and then follows the one before; it may not go back."""
        number = attributes.get("r")
        row = self.row + 1 if number is None else int(number)
        if row <= self.row:
            raise damaged(self.package.name, f"rad {row} står efter rad {self.row}", self.sheet)
        self.row, self.row_text, self.column = row, number or str(row), 0
        self.passed = None
        self.hidden = _is_hidden(attributes, "ht")
        if self.cells:
            self.cells = {}

    def _end_row(self) -> None:
        package, limits = self.package, self.package.limits
        package.rows += 1
        package.cells += len(self.cells)
        if package.rows > limits.max_rows:
            raise too_large(package.name, f"fler än {limits.max_rows} rader med innehåll", self.sheet, "too_many_rows")
        if package.cells > limits.max_cells:
            raise too_large(
                package.name, f"fler än {limits.max_cells} celler med innehåll", self.sheet, "too_many_cells"
            )
        if self.row > limits.last_row:
            raise self._far_away(min(self.cells))
        if self.hidden:
            self.hidden_rows.add(self.row)
        self.rows.append((self.row, self.cells))

    def _end_cell(self) -> None:
        attributes, raw = self.attributes, self.raw
        reference = attributes.get("r")
        if reference is None:
            column = self._column_before() + 1
        else:
            column = self.columns.get(reference.removesuffix(self.row_text)) or self._column(reference)
        self.column, self.passed = column, None

        value: Value | None
        if raw:
            type_ = attributes.get("t")
            if type_ is None or type_ == "n":
                value = self.numbers.get(raw)
                if value is None:
                    value = self._number(raw)
                shown = self.shown.get(attributes.get("s")) if self.shown else None
                if shown is not None and isinstance(value, Decimal):
                    if shown == DAY:
                        value = day_of(value, self.date1904) or value
                    else:
                        self.formats[self.row, column] = shown
            elif type_ == "s":
                value = self._shared_string(raw)
            else:
                value = self._other(raw, type_)
            if self.formula is not None:
                self._remember_formula(self.formula, column)
        else:
            self._remember_formula(self.formula or {}, column)
            # A text formula may well give an empty text; any other without a value was never calculated.
            empty = attributes.get("t") == "str" and raw is not None
            value = "" if empty else Broken("formula", self._formula_shown())
        if not value and value == "":
            return
        if column > self.last_column:
            raise self._far_away(column)
        if column in self.cells:
            raise damaged(self.package.name, "cellen finns två gånger", self.sheet, self._address(column))
        self.cells[column] = value

    def _column(self, reference: str) -> int:
        """The column of a reference in the row at hand."""
        letters = reference.removesuffix(self.row_text)
        if not letters or letters == reference:
            raise damaged(self.package.name, f"en cell på fel rad ({self.row})", self.sheet, reference[:20])
        if not _LETTERS.fullmatch(letters):
            raise ValueError("not a column")
        self.columns[letters] = column_number(letters)
        return self.columns[letters]

    def _column_before(self) -> int:
        """The column of the cell before this one; of a blank one it is only worked out when it is needed."""
        if self.passed is not None:
            self.column, self.passed = self._column(self.passed), None
        return self.column

    def _number(self, raw: str) -> Value:
        value = read_number(raw)
        if len(self.numbers) < _MOST_REMEMBERED:
            self.numbers[raw] = value
        return value

    def _shared_string(self, raw: str) -> str:
        index = int(raw)
        if not 0 <= index < len(self.strings):
            raise damaged(self.package.name, "en text som saknas", self.sheet, self._address(self.column))
        return self.strings[index]

    def _other(self, raw: str, type_: str) -> bool | date | str | Broken:
        if type_ in ("str", "inlineStr"):
            return self.package.keep_text(raw)
        if type_ == "b":
            return raw.strip() in ("1", "true")
        if type_ == "d":
            return read_iso_date(raw) or self.package.keep_text(raw)
        return Broken("error", self.package.keep_text(raw))

    def _remember_formula(self, formula: dict[str, str], column: int) -> None:
        """Keep the formula if it adds up others. Cells that share one hold it in the first of them only."""
        text = self.formula_text
        sums = text if text and formulas.adds_up(text) else ""
        if formula.get("t") == "shared":
            shared = formula.get("si", "")
            if text:
                self.masters.setdefault(shared, (self.row, column, sums))
            elif shared in self.masters:
                row, first, text = self.masters[shared]
                sums = formulas.shifted(text, self.row - row, column - first) if text else ""
        # What is too long is counted too: it has taken its time.
        if sums and len(self.package.keep_formula(sums)) <= formulas.LONGEST_FORMULA:
            self.sums[self.row, column] = sums

    def _formula_shown(self) -> str:
        if self.formula_text:
            return self.package.keep_text(f"={self.formula_text}")
        master = self.masters.get((self.formula or {}).get("si", ""))
        return f"samma formel som i {cell_address(*master[:2])}" if master else "=…"

    def _merge(self, reference: str) -> None:
        """Keep a range of merged cells, as far as it is within the limits."""
        limits = self.package.limits
        found = _RANGE.fullmatch(reference)
        if found is None:  # a lone cell, which some programs merge with itself
            return
        top, left, bottom, right = int(found[2]), column_number(found[1]), int(found[4]), column_number(found[3])
        if top <= min(bottom, limits.last_row) and left <= min(right, limits.max_columns):
            self.merged.append((top, left, min(bottom, limits.last_row), min(right, limits.max_columns)))
        if len(self.merged) > limits.max_merged:
            text = f"fler än {limits.max_merged} sammanfogade områden"
            raise too_large(self.package.name, text, self.sheet, "too_many_merged")

    def _describe_columns(self, attributes: dict[str, str]) -> None:
        self.columns_told += 1
        if self.columns_told > _MOST_COLUMNS:
            raise ValueError("too many columns")
        if _is_hidden(attributes, "width"):
            first, last = int(attributes.get("min", "0")), int(attributes.get("max", "0"))
            self.hidden_columns.update(range(max(first, 1), min(last, self.package.limits.max_columns) + 1))

    def _address(self, column: int) -> str:
        return cell_address(self.row, column)

    def _far_away(self, column: int) -> ImportRefused:
        limits, address = self.package.limits, self._address(column)
        return refused(
            f"{self.package.name} har innehåll långt utanför tabellen, i {self.sheet} › {address}.",
            found="innehåll långt utanför tabellen",
            expected=f"högst {limits.max_columns} kolumner (till {column_letters(limits.max_columns)}) "
            f"och {limits.last_row} rader",
            help="Gå till cellen, radera det som står där och annat som står utanför tabellen, och spara.",
            kind="far_cell",
            sheet=self.sheet,
            cell=address,
        )


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    """Whether a row or column is hidden, or has no height or width, which looks the same."""
    if attributes.get("hidden") in ("1", "true"):
        return True
    measure = attributes.get(size)
    return measure is not None and measure in ("0", "0.0")
