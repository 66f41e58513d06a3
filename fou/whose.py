"""Whose money: the funders, and limiting a query to some of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fou.model import Funder
from fou.store import Reader

#: The kind of funder whose money is the municipality's own.
OWN = "municipality"


def funders(reader: Reader) -> list[Funder]:
    """All funders, the municipality's own first."""
    return reader.records(Funder, "ORDER BY kind <> 'municipality', name COLLATE sv")


def whose(reader: Reader, money: str) -> tuple[int, ...] | None:
    """The funders' ids for a choice of money: ``alla`` (None), ``egna``, ``andras``, or a funder's name."""
    if money == "alla":
        return None
    chosen = [
        f.id
        for f in funders(reader)
        if money == f.name or (money == "egna" and f.kind == OWN) or (money == "andras" and f.kind != OWN)
    ]
    return tuple(chosen)


def only(chosen: tuple[int, ...] | None) -> str:
    """What to add to a condition over ``standing``; its parameters are given by ``ids``."""
    return "" if chosen is None else "AND standing.funder IN (SELECT UNNEST($funders))"


def ids(chosen: tuple[int, ...] | None) -> Mapping[str, Any]:
    """The parameters that ``only`` needs."""
    return {} if chosen is None else {"funders": list(chosen)}
