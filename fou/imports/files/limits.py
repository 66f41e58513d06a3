"""How large a file may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a workbook may be. Rows and cells count only if they hold something, in all sheets together.

    ``max_text`` and ``max_formulas`` are characters, the latter of the formulas that are kept.
    ``max_ratio`` is how many times larger than the file its unpacked contents may be, once they pass
    ``free_unpacked_bytes``.
    """

    max_file_bytes: int = 50_000_000
    max_unpacked_bytes: int = 500_000_000
    max_ratio: int = 100
    free_unpacked_bytes: int = 20_000_000
    max_parts: int = 10_000
    max_sheets: int = 100
    max_rows: int = 200_000
    max_columns: int = 200
    max_cells: int = 1_000_000
    max_text: int = 30_000_000
    max_formulas: int = 5_000_000
    max_merged: int = 50_000

    @property
    def last_row(self) -> int:
        """The last row number that may hold anything: rows may be skipped, but not without end."""
        return 2 * self.max_rows


DEFAULT_LIMITS = Limits()
