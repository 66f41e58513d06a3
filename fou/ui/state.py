"""What the server process holds: the one open database."""

from __future__ import annotations


def open_database() -> None:
    """Open the database file, once for the process."""
