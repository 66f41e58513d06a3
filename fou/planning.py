"""A year's plan from draft to decision, and its revisions within the year: every write, and who may do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from fou.access import Action, Person, require
from fou.areas import AreaNames
from fou.errors import Refused, SaveConflict
from fou.ledger import statements, take_back
from fou.model import PLAN_STATES, Entry, Kind, Plan, PlanVersion, Project
from fou.money import OPEN_TEXT, format_sek
from fou.plan_lines import LINE_KINDS, Line, plan_of, versions
from fou.store import Database, Reader, Work
from fou.swedish import format_date

#: The states in which a plan's lines and texts may be changed.
EDITABLE = ("draft", "proposed", "revision")
#: What a plan's lines are kept as, with the frame that they share.
KINDS = (Kind.FRAME, Kind.PLANNED)
#: The texts of a plan that can be changed; the rest comes with its decision.
TEXTS = ("title", "preparation", "text")


@dataclass(frozen=True, slots=True)
class LineEdit:
    """What one line is to say, and the line as the person saw it.

    ``amount`` is SEK excl. VAT; None with ``open`` means that the amount is not set, and without it that the line
    is taken out of the plan.
    """

    seen: Line
    amount: Decimal | None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """What the minutes say of the decision. ``note``: what a revision changed."""

    board: str
    decided: date | None
    reference: str
    immediate_approval: bool | None
    note: str | None = None


def save_lines(database: Database, person: Person, year: int, edits: Sequence[LineEdit]) -> int | None:
    """Write the changed lines of a draft as one batch; return it, None when nothing differs.

    Raises SaveConflict, naming who and what now stands, when somebody else has changed one of them since it was
    seen; Refused for a negative amount and for a plan that is decided. Nothing is then written.
    """
    with database.write(person, Action.EDIT, f"Ändrade raderna i FoU-planen för {year}") as work:
        _editable(work, year)
        source = f"FoU-plan {year}"
        taken: list[tuple[Entry, str]] = []
        posted: list[Entry] = []
        for edit in edits:
            if edit.amount is not None and edit.amount < 0:
                raise Refused(f"{edit.seen.name}: ett belopp i planen kan inte vara mindre än noll.")
            if (edit.amount, edit.open) == (edit.seen.amount, edit.seen.open):
                continue
            old = _as_seen(work, year, edit.seen)
            if old is not None:
                taken.append((old, source))
            if edit.amount is not None or edit.open:
                posted.append(_entry(year, edit, source))
        take_back(work, taken)
        work.post(posted)
        return work.batch if taken or posted else None


def save_texts(
    database: Database, person: Person, year: int, texts: Mapping[str, str | None], state: str, seen: Plan
) -> int | None:
    """Change a draft's texts (``TEXTS``), and whether it is a draft or a proposal; None when nothing differs.

    Raises SaveConflict when somebody else has changed one of them since ``seen`` was read.
    """
    require(person, Action.EDIT)
    if not (texts.get("title") or "").strip():
        raise Refused("Planen måste ha en rubrik.")
    with database.write(person, Action.EDIT, f"Ändrade texterna i FoU-planen för {year}") as work:
        plan = _editable(work, year)
        values: dict[str, str | None] = {name: (texts[name] or "").strip() or None for name in TEXTS if name in texts}
        if plan.state != "revision" and state in ("draft", "proposed"):
            values["state"] = state
        changed = {name: value for name, value in values.items() if value != getattr(seen, name)}
        before = {name: getattr(seen, name) for name in changed}
        return work.batch if work.update(Plan, plan.id, changed, before, "FoU-planens sida") else None


def create_plan(database: Database, person: Person, year: int, copied: bool) -> int:
    """Begin the year's plan as a draft; ``copied``: with the lines of the year before. Return the batch.

    Areas are followed through renamings and mergers, and what two areas had is added up. A call belongs to its
    year and is not copied; neither is a project that has ended, nor the frame, which the board sets anew.
    """
    with database.write(person, Action.EDIT, f"Började på FoU-planen för {year}") as work:
        if plan_of(work, year) is not None:
            raise SaveConflict(f"Det finns redan en plan för {year}. Läs in sidan igen.")
        before = plan_of(work, year - 1)
        work.create(
            Plan, year=year, title=f"FoU-plan {year}", state="draft", board=before.board if before else None,
            source="FoU-planens sida",
        )  # fmt: skip
        if copied:
            work.post(_copied(work, year))
        return work.batch


def decide(database: Database, person: Person, year: int, decided: Decided, today: date, seen_head: int) -> int:
    """Record the board's decision: the plan as it stands becomes its next version. Return the batch.

    ``seen_head`` is the batch that the person looked at: what somebody has changed in the plan since then is told
    (SaveConflict), for nobody decides what they have not seen.
    """
    with database.write(person, Action.DECIDE, f"Beslut om FoU-planen för {year}") as work:
        plan = _editable(work, year)
        earlier = versions(work, year)
        _refuse_incomplete(year, decided, today, earlier)
        _refuse_unseen(work, plan, seen_head)
        if not statements(work, "year = $year AND kind IN (SELECT UNNEST($kinds))", year=year, kinds=_PARTS):
            raise Refused(f"Planen för {year} har inga rader att besluta om.")
        about: dict[str, Any] = {
            "board": decided.board.strip(), "decided": decided.decided, "reference": decided.reference.strip(),
            "immediate_approval": decided.immediate_approval,
        }  # fmt: skip
        work.update(Plan, plan.id, {"state": "decided", **about}, None, f"beslut {decided.reference.strip()}")
        note = (decided.note or "").strip() or None
        work.create(PlanVersion, year=year, number=len(earlier) + 1, head=work.batch, note=note, **about)
        return work.batch


def begin_revision(database: Database, person: Person, year: int) -> int:
    """Open a decided plan for changes; what was decided is kept as a version. Return the batch."""
    with database.write(person, Action.EDIT, f"Började revidera FoU-planen för {year}") as work:
        plan = _plan(work, year)
        if plan.state != "decided":
            raise Refused(f"Planen för {year} är {PLAN_STATES[plan.state]}. Bara en beslutad plan kan revideras.")
        if not versions(work, year):
            # A plan that was read in from a file has a decision but no version yet.
            work.create(
                PlanVersion, year=year, number=1, head=work.batch - 1, board=plan.board, decided=plan.decided,
                reference=plan.reference, immediate_approval=plan.immediate_approval,
            )  # fmt: skip
        work.update(Plan, plan.id, {"state": "revision"}, None, "FoU-planens sida")
        return work.batch


def cancel_revision(database: Database, person: Person, year: int) -> int:
    """Give up a revision: the lines and texts of the latest version stand again. Return the batch."""
    require(person, Action.EDIT)
    with database.read() as reader:
        kept = versions(reader, year)
    if not kept:
        raise Refused(f"Planen för {year} är inte under revidering.")
    with database.read(kept[-1].head) as reader:
        decided, then = _plan(reader, year), _lines(reader, year)
    with database.write(person, Action.EDIT, f"Avbröt revideringen av FoU-planen för {year}") as work:
        plan = _plan(work, year)
        if plan.state != "revision" or versions(work, year) != kept:
            raise Refused(f"Planen för {year} är inte under revidering.")
        now = _lines(work, year)
        source = f"version {kept[-1].number} av FoU-planen för {year} gäller"
        take_back(work, ((entry, source) for number, entry in now.items() if number not in then))
        # Turned once more, what was taken back stands again with the source that it came from.
        work.post(replace(entry, reverses=number, source=source) for number, entry in then.items() if number not in now)
        work.update(Plan, plan.id, {"state": "decided", **{name: getattr(decided, name) for name in TEXTS}})
        return work.batch


_PARTS = [str(kind) for kind in (Kind.FRAME, *LINE_KINDS)]


def _plan(reader: Reader, year: int) -> Plan:
    found = plan_of(reader, year)
    if found is None:
        raise Refused(f"Det finns ingen plan för {year}.")
    return found


def _editable(work: Work, year: int) -> Plan:
    plan = _plan(work, year)
    if plan.state not in EDITABLE:
        raise Refused(
            f"Planen för {year} är {PLAN_STATES[plan.state]}. Börja en revidering för att ändra den: då finns den "
            "beslutade versionen kvar."
        )
    return plan


def _lines(reader: Reader, year: int) -> dict[int, Entry]:
    found = statements(
        reader, "year = $year AND kind IN (SELECT UNNEST($kinds))", year=year, kinds=[str(kind) for kind in KINDS]
    )
    return {entry.id: entry for entry in found}


def _as_seen(work: Work, year: int, seen: Line) -> Entry | None:
    """The statement behind the line; None for a row that nothing was stated for, and still is not."""
    if seen.entry is not None:
        found = statements(work, "id = $id", id=seen.entry)
        if found:
            return found[0]
    now = statements(
        work,
        "year = $year AND kind = $kind AND funder = $funder AND project IS NOT DISTINCT FROM $project "
        "AND call IS NOT DISTINCT FROM $call AND area IS NOT DISTINCT FROM $area",
        year=year, kind=str(seen.kind), funder=seen.funder, project=seen.project, call=seen.call, area=seen.area_id,
    )  # fmt: skip
    if seen.entry is None and not now:
        return None
    if seen.entry is None:
        who = work.row("SELECT actor, id FROM batch WHERE id = $id", id=now[-1].batch)
    else:
        who = work.row(
            "SELECT batch.actor, batch.id FROM entry JOIN batch ON batch.id = entry.batch "
            "WHERE entry.reverses = $id ORDER BY entry.id DESC LIMIT 1",
            id=seen.entry,
        )
    name, batch = who or ("Någon", "?")
    stands = ", ".join(OPEN_TEXT if entry.open else format_sek(entry.amount) for entry in now) or "inget"
    raise SaveConflict(
        f"{name} har ändrat raden ”{seen.name}” medan du skrev (post {batch} i historiken). Nu står där {stands}. "
        "Inget av ditt är sparat."
    )


def _entry(year: int, edit: LineEdit, source: str) -> Entry:
    seen = edit.seen
    return Entry(
        seen.kind, year, seen.funder, seen.project, seen.call, seen.area_id,
        amount=Decimal(0) if edit.amount is None else edit.amount, open=int(edit.amount is None),
        condition=seen.condition, source=source,
    )  # fmt: skip


def _copied(work: Work, year: int) -> list[Entry]:
    areas = AreaNames(work)
    ended = {
        project.id
        for project in work.records(Project, "WHERE ends IS NOT NULL AND SUBSTR(ends, 1, 4) < $year", year=str(year))
    }
    found: dict[tuple[object, ...], Entry] = {}
    for old in statements(work, "year = $year AND kind = 'planned'", year=year - 1):
        if old.call is not None or old.project in ended:
            continue
        area = None if old.area is None else areas.successor(old.area, year)
        about = (old.funder, old.project, area, old.condition, old.open)
        amount = old.amount + found[about].amount if about in found else old.amount
        found[about] = replace(
            old, year=year, area=area, amount=amount, source=f"kopierat från FoU-planen för {year - 1}", document=None
        )
    return list(found.values())


def _refuse_incomplete(year: int, decided: Decided, today: date, earlier: Sequence[PlanVersion]) -> None:
    missing = []
    if decided.decided is None:
        missing.append("vilket datum beslutet togs")
    if not decided.board.strip():
        missing.append("vilken nämnd som beslutade")
    if not decided.reference.strip():
        missing.append("beslutets diarienummer")
    if decided.immediate_approval is None:
        missing.append("om protokollet justerades omedelbart")
    if earlier and not (decided.note or "").strip():
        missing.append("vad revideringen ändrar")
    if missing:
        raise Refused(f"Fyll i {' och '.join([', '.join(missing[:-1]), missing[-1]] if missing[1:] else missing)}.")
    assert decided.decided is not None
    day = format_date(decided.decided)
    if decided.decided > today:
        raise Refused(f"Beslutsdatumet {day} har inte varit än.")
    if not year - 1 <= decided.decided.year <= year:
        raise Refused(
            f"Beslutsdatumet {day} stämmer inte med planen för {year}: den beslutas under {year - 1} eller {year}."
        )
    if earlier and earlier[-1].decided is not None and decided.decided < earlier[-1].decided:
        raise Refused(
            f"Beslutsdatumet {day} är före version {earlier[-1].number}, som beslutades "
            f"{format_date(earlier[-1].decided)}."
        )


def _refuse_unseen(work: Work, plan: Plan, seen_head: int) -> None:
    who = work.row(
        """
        SELECT batch.actor, batch.id
        FROM batch
        WHERE batch.id > $seen
          AND (
              batch.id IN (SELECT batch FROM entry WHERE year = $year AND kind IN (SELECT UNNEST($kinds)))
              OR batch.id IN (SELECT batch FROM change WHERE record = 'plan' AND id = $plan)
          )
        ORDER BY batch.id DESC
        LIMIT 1
        """,
        seen=seen_head,
        year=plan.year,
        kinds=_PARTS,
        plan=plan.id,
    )
    if who is not None:
        raise SaveConflict(
            f"{who[0]} har ändrat planen medan du skrev (post {who[1]} i historiken). Beslutet är inte sparat. Läs "
            "igenom raderna och besluta sedan igen."
        )
