"""What a person has chosen about a file: one JSON object, checked before anything is made of it.

::

    {"sheets": {"Budget 2014": {
        "read": true, "head": [4, 5],
        "columns": {"D": {"use": "amount", "kind": "granted", "year": 2014, "unit": "tkr", "funder": "Forte"}},
        "unit": "tkr", "vat": "excl" | "incl", "sign": "as_is" | "turned", "kind": "granted", "year": 2014,
        "funder": "Socialnämnden", "hidden": "read" | "skip", "rows": {"17": "total" | "area" | "project" | "skip"}}},
     "names": {"project": {"Läxhjälpen": {"same_as": "P-1"} | {"new": ""} | {"skip": true}}, …},
     "missing": "keep" | "remove", "trust_rows": false, "duplicates": "refuse" | "sum", "round": false,
     "swecris": {…}}

Whatever is absent is guessed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from fou.errors import ImportRefused
from fou.imports.findings import Finding, Severity
from fou.imports.sheets.words import SCALES, Use
from fou.imports.template.layout import FIRST_YEAR, LAST_YEAR
from fou.model import Kind

Choices: TypeAlias = Mapping[str, Any]
ROW_USES = ("project", "area", "total", "skip")
_NAMED = ("project", "area", "funder", "call")
#: A file of choices larger than this was not written by Fou.
_LONGEST = 2_000_000


def read_choices(text: str, name: str) -> dict[str, Any]:
    """Choices from a file's text. Raises ImportRefused when it is no such file."""
    try:
        found = json.loads(text) if len(text) <= _LONGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _refused(name, "inga val som Fou har sparat", "filen")
    check_choices(found, name)
    return found


def check_choices(choices: Choices, name: str = "Valen") -> None:
    """Raise ImportRefused when something in the choices is not what the module's description says."""
    _only(choices, {
        "sheets": dict, "names": dict, "swecris": dict, "trust_rows": bool, "round": bool, "file": str,
        "missing": ("keep", "remove"), "duplicates": ("refuse", "sum"),
    }, name, "filen")  # fmt: skip
    for sheet, chosen in choices.get("sheets", {}).items():
        where = f"sheets › {sheet}"
        _only(chosen, {
            "read": bool, "head": list, "columns": dict, "rows": dict, "unit": tuple(SCALES), "vat": ("excl", "incl"),
            "sign": ("as_is", "turned"), "hidden": ("read", "skip"), "kind": tuple(Kind), "year": int, "funder": str,
        }, name, where)  # fmt: skip
        _check_year(chosen.get("year"), name, where)
        head = chosen.get("head", [1])
        if not (1 <= len(head) <= 3 and all(isinstance(row, int) and 0 < row < 10_000_000 for row in head)):
            raise _refused(name, str(head), f"{where} › head")
        for column, use in chosen.get("columns", {}).items():
            place = f"{where} › columns › {column}"
            _only(
                use,
                {"use": tuple(Use), "kind": tuple(Kind), "year": int, "unit": tuple(SCALES), "funder": str},
                name,
                place,
            )
            _check_year(use.get("year"), name, place)
        for row, use in chosen.get("rows", {}).items():
            if not str(row).isdigit() or use not in ROW_USES:
                raise _refused(name, f"{row}: {use}", f"{where} › rows")
    for table, answers in choices.get("names", {}).items():
        if table not in _NAMED or not isinstance(answers, dict):
            raise _refused(name, str(table), "names")
        for label, answer in answers.items():
            _only(answer, {"same_as": str, "new": str, "skip": bool}, name, f"names › {table} › {label}")
            if len(answer) != 1:
                raise _refused(name, json.dumps(answer, ensure_ascii=False)[:80], f"names › {table} › {label}")


def _only(found: Any, known: Mapping[str, Any], name: str, where: str) -> None:
    if not isinstance(found, Mapping):
        raise _refused(name, str(found)[:80], where)
    for key, value in found.items():
        takes = known.get(key)
        if takes is None:
            raise _refused(name, str(key)[:80], where)
        right = value in takes if isinstance(takes, tuple) else type(value) is takes
        if not (right or (value is None and takes is not bool)):
            raise _refused(name, f"{key}: {value!r}"[:80], where)


def _check_year(year: int | None, name: str, where: str) -> None:
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise _refused(name, f"year: {year}", where)


def _refused(name: str, found: str, where: str) -> ImportRefused:
    return ImportRefused(
        f"{name} innehåller inte val som Fou kan använda ({where}).",
        [
            Finding(
                Severity.ERROR, "", "", f"{where}: {found}", "val som Fou har sparat med --save-mapping",
                "Spara valen på nytt, eller läs in filen utan dem.", "mapping",
            )
        ],
    )  # fmt: skip
