"""Applications out of files put into their call, as one batch; and what was found, as the command line prints it."""

from __future__ import annotations

from datetime import date
from typing import Any

from fou.access import Action, Person, require
from fou.applications import Incoming, enter_many
from fou.imports.applications.found import Candidate, Found
from fou.store import Database
from fou.swedish import count


def post(database: Database, person: Person, found: Found, today: date) -> tuple[int | None, tuple[str, ...]]:
    """Write what comes in; return the batch, None when nothing does, and the codes in the order of ``incoming``.

    What has errors or is left out is not written. Raises Refused and SaveConflict as ``enter_many``: then nothing is.
    """
    require(person, Action.IMPORT)
    incoming = found.incoming
    files = {file.sha256: file.file for file in found.files if any(one.comes_in for one in file.candidates)}
    if not incoming:
        return None, ()
    alone = next(iter(files)) if len(files) == 1 else None
    named = files[alone] if alone else count(len(files), "fil", "filer")
    rows = [Incoming(one.form, one.place, one.number, one.seen, one.again) for one in incoming]
    return enter_many(database, person, found.call.id, rows, today, named, alone)


def found_json(found: Found, batch: int | None, codes: tuple[str, ...] = ()) -> dict[str, Any]:
    """What was found in the files; ``batch`` is None when nothing was written. Amounts are SEK excl. VAT."""
    written = dict(zip((one.key for one in found.incoming), codes, strict=False))
    return {
        "call": found.call.code,
        "batch": batch,
        "files": [
            {
                "file": file.file, "sha256": file.sha256,
                "kind": None if file.is_form is None else "form" if file.is_form else "list",
                "findings": [finding.as_json() for finding in file.findings],
                "applications": [_candidate(one, written) for one in file.candidates],
            }
            for file in found.files
        ],
    }  # fmt: skip


def _candidate(one: Candidate, written: dict[str, str]) -> dict[str, Any]:
    form = one.form
    return {
        "place": one.where, "code": written.get(one.key) or one.code, "state": state_of(one), "title": form.title,
        "applicants": form.applicants, "area": one.area, "joint": form.joint, "continuing": form.continuing,
        "starts": form.starts, "ends": form.ends, "received": form.received, "reference": form.reference,
        "least": form.least, "requested": one.requested,
        "costs": [
            {"year": cost.year, "type": cost.cost_type, "payer": cost.payer, "amount": cost.amount}
            for cost in form.costs
        ],
        "changes": [{"what": what, "before": before, "after": after} for what, before, after in one.changes],
        "findings": [finding.as_json() for finding in one.findings],
    }  # fmt: skip


def state_of(one: Candidate) -> str:
    """``left`` out, ``wrong``, ``new``, a ``supplement``, or ``unchanged``."""
    if one.is_left:
        return "left"
    if one.has_errors:
        return "wrong"
    if one.number is None:
        return "new"
    return "supplement" if one.changes else "unchanged"
