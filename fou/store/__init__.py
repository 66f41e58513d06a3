"""The DuckDB file: opening it, the one door for writes, and reading as of any earlier moment."""

from fou.store.database import Database
from fou.store.reading import Reader
from fou.store.work import Work

__all__ = ["Database", "Reader", "Work"]
