"""A plan's decision in a sentence, its versions as a table, and what one version changed from another."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from fou.charts.chart import Cell, Table
from fou.model import PLAN_STATES, Plan, PlanVersion
from fou.money import format_sek
from fou.swedish import count, format_date, join_words

if TYPE_CHECKING:
    from fou.plan_lines import Line

_ZERO = Decimal(0)
_YES_NO = {True: "ja", False: "nej", None: None}


def decision_sentence(year: int, plan: Plan | None, versions: Sequence[PlanVersion]) -> str:
    """What is decided, by whom, when, and under which reference; or that it is not decided."""
    if plan is None:
        return f"Det finns ingen registrerad plan för {year}, bara belopp."
    named = f"FoU-planen för {year}"
    if plan.state in ("draft", "proposed"):
        about = f" till {plan.board}" if plan.state == "proposed" and plan.board else ""
        asks = " Förslaget är att protokollet justeras omedelbart." if plan.immediate_approval else ""
        return f"{named} är ett {PLAN_STATES[plan.state]}{about} och inte beslutad.{asks}"
    if len(versions) > 1:
        named = f"Version {len(versions)} av {named}"
    who = f" av {plan.board}" if plan.board else ""
    when = f" {format_date(plan.decided)}" if plan.decided else ""
    reference = f", diarienummer {plan.reference}" if plan.reference else ""
    said = f"{named} beslutades{who}{when}{reference}."
    if not plan.decided:
        said += " Datum är inte angivet i källan."
    if plan.immediate_approval is not None:
        said += f" Protokollet justerades {'' if plan.immediate_approval else 'inte '}omedelbart."
    if plan.state == "revision":
        said += f" Den revideras: raderna här är utkastet till version {max(len(versions), 1) + 1}."
    elif plan.state == "closed":
        said += " Planen är avslutad."
    return said


def versions_table(versions: Sequence[PlanVersion], sums: Sequence[tuple[Decimal | None, Decimal | None]]) -> Table:
    """Each version with its decision, and its frame and sum (SEK, None when not set)."""
    return Table(
        ("Version", "Beslutad", "Nämnd", "Diarienummer", "Omedelbar justering", "Ram", "Plan", "Vad som ändrades"),
        tuple(
            (
                str(version.number), version.decided.isoformat() if version.decided else "datum saknas",
                version.board, version.reference, _YES_NO[version.immediate_approval], frame, planned, version.note,
            )
            for version, (frame, planned) in zip(versions, sums, strict=True)
        ),
    )  # fmt: skip


def version_name(version: PlanVersion) -> str:
    """``Version 1, beslutad 11 februari 2014``."""
    when = f", beslutad {format_date(version.decided)}" if version.decided else ""
    return f"Version {version.number}{when}"


def difference_table(before: Sequence[Line], after: Sequence[Line], names: tuple[str, str]) -> Table:
    """Each line in two versions and the difference (SEK); the sum of each area that has several, last of the plan."""
    old, new = _by_key(before), _by_key(after)
    by_area: dict[str, list[str]] = {}
    for key in sorted(old.keys() | new.keys(), key=lambda key: ((new.get(key) or old[key]).area, key)):
        by_area.setdefault((new.get(key) or old[key]).area, []).append(key)
    rows: list[tuple[Cell, ...]] = []
    for area, keys in by_area.items():
        for key in keys:
            was, now = old.get(key), new.get(key)
            rows.append(((new.get(key) or old[key]).name, _cell(was), _cell(now), _gap(was, now)))
        if len(keys) > 1:
            rows.append(
                (f"{area}, summa", *_sums([old[k] for k in keys if k in old], [new[k] for k in keys if k in new]))
            )
    rows.append(("Hela planen", *_sums(before, after)))
    return Table(("Rad", *names, "Skillnad"), tuple(rows))


def difference_sentence(before: Sequence[Line], after: Sequence[Line], names: tuple[str, str], unit: str) -> str:
    """How much larger or smaller the later one is, and how many lines differ."""
    old, new = _by_key(before), _by_key(after)
    changed = sum(_stands(old[key]) != _stands(new[key]) for key in old.keys() & new.keys())
    added, gone = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    parts = [
        f"{count(number, one, many)}"
        for number, one, many in (
            (changed, "ändrad rad", "ändrade rader"),
            (added, "ny rad", "nya rader"),
            (gone, "borttagen rad", "borttagna rader"),
        )
        if number
    ]
    if not parts:
        return f"{names[1]} har samma rader som {_lower(names[0])}."
    gap = _total(after) - _total(before)
    compared = "större än" if gap > 0 else "mindre än"
    size = f"{format_sek(abs(gap), unit)} {compared}" if gap else "lika stor som"
    return f"{names[1]} är {size} {_lower(names[0])}: {join_words(parts)}."


def _by_key(lines: Sequence[Line]) -> dict[str, Line]:
    return {line.key: line for line in lines}


def _stands(line: Line) -> tuple[Decimal | None, bool, str | None]:
    return line.amount, line.open, line.condition


def _cell(line: Line | None) -> Cell:
    if line is None:
        return None
    return "ej fastställt" if line.open else line.amount


def _gap(was: Line | None, now: Line | None) -> Cell:
    """None where an amount is not set: no difference can be counted."""
    if (was and was.open) or (now and now.open):
        return None
    return (now.firm if now else _ZERO) - (was.firm if was else _ZERO)


def _total(lines: Sequence[Line]) -> Decimal:
    return sum((line.firm for line in lines), _ZERO)


def _sums(before: Sequence[Line], after: Sequence[Line]) -> tuple[Decimal, Decimal, Decimal]:
    return _total(before), _total(after), _total(after) - _total(before)


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
