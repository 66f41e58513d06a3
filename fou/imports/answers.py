"""What a person has answered about the names in a file, and what of it is to be remembered for the next file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from fou.imports.findings import Finding, Severity
from fou.imports.funders import guess_funder_kind
from fou.imports.recognise import Directory, Recognised
from fou.imports.references import fold
from fou.imports.stated import Stated
from fou.imports.values import shortened
from fou.model import FUNDER_KINDS

Kind: TypeAlias = Literal["same", "new", "skip", "ask"]


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of one name of a file.

    ``same``: it means ``target``, a label in the database or, with ``in_file``, another name of the file which is
    itself new. ``new``: a record is made of it, a funder with ``funder_kind`` (None when that cannot be guessed).
    ``skip``: its rows are not read. ``ask``: somebody must answer; ``finding`` tells what is wrong with the answer
    given, if one was, without a place in the file.
    """

    kind: Kind
    target: str | None = None
    in_file: bool = False
    funder_kind: str | None = None
    finding: Finding | None = None


def settle(
    table: str, recognised: Recognised, answer: Any, directory: Directory, within: Mapping[str, str] | None = None
) -> Settled:
    """Set one name's answer (None when there is none) against what was recognised.

    An answer is ``{"same_as": label}``, ``{"new": ""}``, ``{"new": kind}`` for a funder, or ``{"skip": true}``.
    ``within`` holds the file's names, folded → as written: an answer may also point at one of those.
    """
    label = recognised.label
    match answer:
        case None:
            return _by_itself(table, recognised)
        case {"same_as": str(target), **rest} if not rest:
            return _same(table, label, target, directory, within or {})
        case {"new": str(kind), **rest} if not rest:
            return _new(table, recognised, kind)
        case {"skip": True, **rest} if not rest:
            return Settled("skip")
    return _refused(label, "ett svar som säger samma som, ny eller hoppa över", "Svara på frågan igen.")


def settle_all(
    table: str, recognised: Sequence[Recognised], answers: Mapping[str, Any], directory: Directory
) -> dict[str, Settled]:
    """Settle every name of the file, by folded name; one that means another of the file's goes where that one goes."""
    given = {fold(label): answer for label, answer in answers.items()}
    within = {fold(one.label): one.label for one in recognised}
    first = {fold(one.label): settle(table, one, given.get(fold(one.label)), directory, within) for one in recognised}
    return {folded: _followed(within[folded], first) for folded in first}


def aliases_to_remember(
    table: str,
    recognised: Sequence[Recognised],
    settled: Mapping[str, Settled],
    codes: Mapping[str, str],
    place: str,
) -> list[Stated]:
    """The answers that tell more than what is recognised without them, as records to post.

    ``codes`` gives new projects' and calls' codes by folded name; ``place`` says where the answers were given. A
    code or a title in the database is always taken for what it says there, so an answer to it is not remembered.
    """
    found = []
    for one in recognised:
        what = settled[fold(one.label)]
        if what.kind != "same" or what.target is None or what.target == one.target or one.how in ("code", "name"):
            continue
        target = codes.get(fold(what.target), what.target) if what.in_file else what.target
        label = fold(one.label)
        found.append(Stated("alias", (table, label), {"record": table, "label": label, table: target}, place))
    return found


def _by_itself(table: str, recognised: Recognised) -> Settled:
    if recognised.how == "question":
        return Settled("ask")
    if recognised.target is not None:
        return Settled("same", recognised.target)
    return Settled("new", funder_kind=guess_funder_kind(recognised.label) if table == "funder" else None)


def _same(table: str, label: str, target: str, directory: Directory, within: Mapping[str, str]) -> Settled:
    register, folded = directory[table], fold(target)
    if folded in register.by_label:
        return Settled("same", register.by_label[folded])
    called = register.by_title.get(folded, [])
    if len(called) == 1:
        return Settled("same", called[0])
    if called:
        return _refused(
            label, f"en kod: {', '.join(called[:5])}", f"Flera har namnet ”{shortened(target)}”. Välj en av dem."
        )
    if folded in within and folded != fold(label):
        return Settled("same", within[folded], in_file=True)
    return _refused(
        label, "något som finns i databasen eller i filen",
        f"Svaret pekar på ”{shortened(target)}”, som inte finns. Välj något annat, eller svara att det är nytt.",
    )  # fmt: skip


def _new(table: str, recognised: Recognised, kind: str) -> Settled:
    label = recognised.label
    known_by = "name" if table in ("funder", "area") else "code"
    if recognised.how == known_by:
        # It was new when somebody answered so, and has been read in since.
        return Settled("same", recognised.target)
    if table != "funder":
        return Settled("new")
    if kind and kind not in FUNDER_KINDS:
        return _refused(label, f"ett slag: {', '.join(FUNDER_KINDS.values())}", "Välj vilket slag finansiären är.")
    return Settled("new", funder_kind=kind or guess_funder_kind(label))


def _refused(label: str, expected: str, help: str) -> Settled:
    return Settled("ask", finding=Finding(Severity.ERROR, "", "", shortened(label), expected, help, "answer"))


def _followed(label: str, first: Mapping[str, Settled]) -> Settled:
    """Where a name ends up that means another name of the file, which may mean a third."""
    what, met = first[fold(label)], {fold(label)}
    while what.in_file and what.target is not None:
        onward = fold(what.target)
        if onward in met:
            return _refused(
                label, "namn som inte pekar på varandra i en ring",
                "Svara att ett av namnen är nytt, eller peka på något i databasen.",
            )  # fmt: skip
        met.add(onward)
        if first[onward].kind == "new":
            return what
        what = replace(first[onward], finding=None)
    return what
