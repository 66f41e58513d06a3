"""Applications in a call: entered, supplemented, withdrawn and moved, with what they lack and what was changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fou.access import Action, Person, require
from fou.calls import OUT, CallPage, Sum, call_of, money_of, own_funder, proposal_of, requested_of, total, units_of
from fou.conflicts import propose_for
from fou.errors import AlreadyThere, Refused, SaveConflict
from fou.imports.template.layout import SHEET_BY_TABLE
from fou.lacking import Lack, misfits, missing
from fou.ledger import take_back
from fou.model import (
    CALL_STATES,
    COST_TYPES,
    PAYERS,
    PROPOSAL_STATES,
    Call,
    Conflict,
    Entry,
    Kind,
    Project,
    Proposal,
    ProposalCost,
    as_dict,
)
from fou.money import format_sek
from fou.search import fold
from fou.store import Database, Reader, Work
from fou.store.work import from_json
from fou.swedish import format_date, partial_bounds

_SOURCE = "sidan Ansökningar"
#: A call that takes applications; after it has closed those that came in time are still entered.
TAKES = ("open", "closed")
#: A call whose applications can be changed.
CHANGES = ("open", "closed", "assessment")
#: The most that one cost can be, whole SEK.
MOST = 2_000_000_000


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """One year's cost of one type, whole SEK excl. VAT. Keys of COST_TYPES and PAYERS."""

    year: int
    cost_type: str
    payer: str
    amount: int


@dataclass(frozen=True, slots=True)
class Form:
    """What an application says. ``least`` is the least the applicant can do with, whole SEK in all."""

    title: str
    applicants: str | None = None
    performer: str | None = None
    lead: str | None = None
    area: int | None = None
    summary: str | None = None
    starts: str | None = None
    ends: str | None = None
    joint: bool | None = None
    continuing: bool | None = None
    received: date | None = None
    reference: str | None = None
    contact: str | None = None
    least: int | None = None
    costs: tuple[Cost, ...] = ()


@dataclass(frozen=True, slots=True)
class Incoming:
    """An application out of a file, with its place there; one with a ``number`` supplements that application.

    ``seen`` is what stood in that one when the file was compared with it. ``again`` says that it is another than the
    one that it is like.
    """

    form: Form
    place: str
    number: int | None = None
    seen: Form | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Supplement:
    """What one act changed in an application: (what, before, after), as people read it. ``posted`` is UTC."""

    batch: int
    posted: datetime
    actor: str
    note: str
    changes: tuple[tuple[str, str, str], ...]


_OF_PROJECT = ("title", "performer", "lead", "area", "summary", "starts", "ends")
_OF_PROPOSAL = ("applicants", "joint", "continuing", "received", "reference", "contact", "least")


def form_of(reader: Reader, number: int) -> Form:
    """The application as a form that can be changed."""
    proposal = proposal_of(reader, number)
    project = reader.records(Project, "WHERE id = $id", id=proposal.project)[0]
    return filled(proposal, project, _costs(reader, number))


def filled(proposal: Proposal, project: Project, costs: Iterable[ProposalCost]) -> Form:
    """An application that has been read, as its form."""
    return Form(
        **{name: getattr(project, name) for name in _OF_PROJECT},
        **{name: getattr(proposal, name) for name in _OF_PROPOSAL},
        costs=tuple(sorted(map(_cost, costs))),
    )


def said(proposal: Proposal, project: Project) -> Form:
    """What an application says but for its costs; who applies stands with the project in an older file."""
    form = filled(proposal, project, ())
    return form if form.applicants else replace(form, applicants=project.units)


def enter(database: Database, person: Person, call: int, form: Form, today: date, again: bool = False) -> str:
    """Enter an application with a project of its own; return its code.

    Raises Refused when the call takes no applications and when what is filled in cannot be used; AlreadyThere when the
    same application seems to be there, unless ``again`` says that it is another.
    """
    require(person, Action.EDIT)
    clean = _clean(form, today)
    with database.write(person, Action.EDIT, "Lade in en ansökan") as work:
        return _enter(work, call_of(work, call), clean, today, again, _SOURCE)


def change(
    database: Database, person: Person, number: int, seen: Form, form: Form, today: date, note: str = "",
    again: bool = False,
) -> int | None:  # fmt: skip
    """Supplement or correct an application; return the batch, None when nothing differs.

    ``note`` is why. Raises SaveConflict, naming who, when somebody else has changed the same since ``seen`` was read.
    """
    require(person, Action.EDIT)
    clean = _clean(form, today)
    with database.write(person, Action.EDIT, note.strip() or "Kompletterade en ansökan") as work:
        return work.batch if _change(work, number, seen, clean, today, again, _SOURCE) else None


def enter_many(
    database: Database, person: Person, call: int, incoming: Sequence[Incoming], today: date, file: str,
    sha256: str | None = None,
) -> tuple[int | None, tuple[str, ...]]:  # fmt: skip
    """Enter and supplement applications out of files as one batch, all of them or none.

    Return the batch, None when nothing differs, and the applications' codes in the same order. Raises Refused as
    ``enter`` and SaveConflict as ``change``, each with the place in its file.
    """
    require(person, Action.IMPORT)
    codes = []
    done = False
    with database.write(person, Action.IMPORT, f"Läste in ansökningar ur {file}", file=file, sha256=sha256) as work:
        found = call_of(work, call)
        for one in incoming:
            try:
                clean = _clean(one.form, today)
                if one.number is None:
                    codes.append(_enter(work, found, clean, today, one.again, one.place))
                    done = True
                else:
                    seen = one.seen or form_of(work, one.number)
                    done |= _change(work, one.number, seen, clean, today, one.again, one.place)
                    codes.append(proposal_of(work, one.number).code)
            except Refused as error:
                error.args = (f"{one.place}: {error} Ingenting är inläst.",)
                raise
        return (work.batch if done else None), tuple(codes)


def _enter(work: Work, call: Call, form: Form, today: date, again: bool, place: str) -> str:
    if call.state not in TAKES:
        raise Refused(_takes_none(call))
    _refuse_double(work, form, None, None, again)
    code = _next_code(work, call)
    about: dict[str, Any] = {"code": code, "source": f"ansökan {code}", "reference": form.reference}
    about |= {name: getattr(form, name) for name in _OF_PROJECT}
    (project,) = work.create_many(Project, [about], [place])
    own: dict[str, Any] = {"code": code, "call": call.id, "project": project, "state": "received", "source": place}
    own |= {name: getattr(form, name) for name in _OF_PROPOSAL}
    (number,) = work.create_many(Proposal, [own], [place])
    _save_costs(work, number, (), form.costs)
    proposal = proposal_of(work, number)
    _follow(work, call, proposal)
    propose_for(work, proposal, today)
    return code


def _change(work: Work, number: int, seen: Form, form: Form, today: date, again: bool, place: str) -> bool:
    """Change what differs from ``seen``; return whether anything did."""
    proposal, call = _to_change(work, number)
    now = form_of(work, number)
    _refuse_double(work, form, proposal.id, now, again)
    done = False
    for record, identity, names in (
        (Project, proposal.project, _OF_PROJECT), (Proposal, proposal.id, _OF_PROPOSAL),
    ):  # fmt: skip
        changed = {name: value for name in names if (value := getattr(form, name)) != getattr(seen, name)}
        before = {name: getattr(seen, name) for name in changed}
        done |= work.update(record, identity, changed, before, place)
    before_costs = tuple(sorted(seen.costs))
    if form.costs != before_costs:
        if now.costs not in (before_costs, form.costs):
            raise SaveConflict(
                "Någon har ändrat kostnaderna medan du skrev. Nu söks "
                f"{format_sek(_requested(now.costs))} i ansökan. Ditt är inte sparat: läs in sidan igen och avgör "
                "vad som ska gälla."
            )
        if _save_costs(work, number, now.costs, form.costs):
            # Only then: an amount that somebody has corrected in the ledger stands until the costs say another.
            _follow(work, call, proposal_of(work, number))
            done = True
    if done:
        propose_for(work, proposal_of(work, number), today)
    return done


def mark(database: Database, person: Person, number: int, state: str) -> int | None:
    """Say that an application is complete although something is lacking, or that it waits for a supplement."""
    require(person, Action.EDIT)
    if state not in ("received", "incomplete", "complete"):
        raise Refused("Välj om ansökan är inkommen, komplett eller väntar på komplettering.")
    words = PROPOSAL_STATES[state] if state == "incomplete" else f"är {PROPOSAL_STATES[state]}"
    with database.write(person, Action.EDIT, f"En ansökan {words}") as work:
        _to_change(work, number)
        return work.batch if work.update(Proposal, number, {"state": state}, None, _SOURCE) else None


def withdraw(database: Database, person: Person, number: int, why: str) -> int:
    """Take an application out of its call, for the applicant does not want it; return the batch.

    It and what was judged stay, but it is in no ranking, and what it asked for is taken back in the ledger.
    """
    require(person, Action.EDIT)
    if not why.strip():
        raise Refused("Skriv varför ansökan återkallas.")
    with database.write(person, Action.EDIT, f"Återkallade en ansökan: {why.strip()}") as work:
        proposal, _ = _to_change(work, number)
        asked = requested_of(work, [proposal])[number]
        take_back(work, [(entry, f"ansökan {proposal.code} återkallad") for entry in asked])
        work.update(Proposal, number, {"state": "withdrawn"}, None, _SOURCE)
        return work.batch


def move(database: Database, person: Person, number: int, to: int, today: date, again: bool = False) -> str:
    """Move an application to another call; return its code there.

    It stays in the old call as moved, with what was judged there; in the new one it begins anew, with the same costs
    and conflicts of interest. What it asks for follows it. Raises AlreadyThere as ``enter`` does.
    """
    require(person, Action.EDIT)
    with database.write(person, Action.EDIT, "Flyttade en ansökan") as work:
        proposal, call = _to_change(work, number)
        other = call_of(work, to)
        if other.id == call.id:
            raise Refused(f"Ansökan är redan i {call.code}.")
        if other.state not in TAKES:
            raise Refused(_takes_none(other))
        # Its number is its own wherever it goes.
        _refuse_double(work, replace(form_of(work, number), reference=None), number, None, again)
        asked = requested_of(work, [proposal])[number]
        code = _next_code(work, other)
        anew = {"code": code, "call": to, "state": "received", "source": f"flyttad från {proposal.code}"}
        (new,) = work.create_many(Proposal, [{**as_dict(proposal), **anew}], [_SOURCE])
        work.create_many(ProposalCost, [{**as_dict(one), "proposal": new} for one in _costs(work, number)])
        theirs = work.records(Conflict, "WHERE proposal = $id ORDER BY id", id=number)
        work.create_many(Conflict, [{**as_dict(one), "proposal": new} for one in theirs])
        work.update(Proposal, number, {"state": "moved", "moved_to": new}, None, _SOURCE)
        source = f"ansökan {code}, flyttad från {proposal.code}"
        take_back(work, [(entry, source) for entry in asked])
        work.post(replace(entry, call=to, source=source, reverses=None) for entry in asked)
        propose_for(work, proposal_of(work, new), today)
        return code


def lacking(reader: Reader, number: int) -> tuple[Lack, ...]:
    """What an application lacks against its call, and what does not fit; nothing when it can be assessed as it is."""
    proposal = proposal_of(reader, number)
    call = call_of(reader, proposal.call)
    project = reader.records(Project, "WHERE id = $id", id=proposal.project)[0]
    by_year: dict[int, Sum] = {}
    for entry in requested_of(reader, [proposal])[proposal.id]:
        by_year[entry.year] = total([by_year.get(entry.year, Sum()), Sum(entry.amount, entry.open)])
    asked = sorted(by_year.items())
    form = said(proposal, project)
    return (*missing(form, asked), *misfits(form, asked, call, money_of(reader, call.id)))


def lacking_in(reader: Reader, page: CallPage) -> dict[int, tuple[Lack, ...]]:
    """``lacking`` of every application in a call that can still be changed, by id; read all at once."""
    if page.call.state not in CHANGES:
        return {}
    money = dict(page.money)
    found = {}
    for one in page.applications:
        if one.active:
            form = said(one.proposal, one.project)
            found[one.proposal.id] = (*missing(form, one.by_year), *misfits(form, one.by_year, page.call, money))
    return found


def supplements(reader: Reader, number: int) -> tuple[Supplement, ...]:
    """What has been changed in an application since it was entered, the latest first, from the log of changes."""
    proposal = proposal_of(reader, number)
    rows = reader.rows(
        """
        SELECT change.batch, batch.posted, batch.actor, batch.note, change.record, change.before, change.after
        FROM change
        JOIN batch ON batch.id = change.batch
        WHERE (change.record = 'proposal' AND change.id = $proposal)
           OR (change.record = 'project' AND change.id = $project)
           OR (change.record = 'proposal_cost'
               AND CAST(COALESCE(change.after, change.before) ->> 'proposal' AS INTEGER) = $proposal)
        ORDER BY change.batch, change.position
        """,
        proposal=number,
        project=proposal.project,
    )
    areas = dict(reader.rows("SELECT id, name FROM area"))
    entered = next((row[0] for row in rows if row[4] == "proposal" and row[5] is None), 0)
    found: dict[int, tuple[tuple[datetime, str, str], list[tuple[str, str, str]]]] = {}
    for batch, posted, actor, note, record, before, after in rows:
        if batch > entered:
            what = _differences(record, before, after, areas)
            found.setdefault(batch, ((posted, actor, note), []))[1].extend(what)
    return tuple(
        Supplement(batch, *about, tuple(changes)) for batch, (about, changes) in reversed(found.items()) if changes
    )


def _differences(
    record: str, before: str | None, after: str | None, areas: dict[int, str]
) -> list[tuple[str, str, str]]:
    old, new = (from_json(image) if image else {} for image in (before, after))
    if record == "proposal_cost":
        one = new or old
        what = f"{COST_TYPES.get(one['cost_type'], one['cost_type'])}, {PAYERS.get(one['payer'], one['payer'])}"
        was, now = (format_sek(Decimal(image["amount"])) if image else "inget" for image in (old, new))
        return [(f"{one['year']}, {what}", was, now)]
    heads = {column.field: column.head for column in SHEET_BY_TABLE[record].columns}
    return [
        (head, _word(name, old.get(name), areas), _word(name, new.get(name), areas))
        for name, head in heads.items()
        if name not in ("source", "code", "call", "moved_to") and old.get(name) != new.get(name)
    ]


def _word(name: str, value: Any, areas: dict[int, str]) -> str:
    if value is None:
        return "inget"
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if name == "area":
        return areas.get(value, str(value))
    if name == "least":
        return format_sek(Decimal(value))
    return PROPOSAL_STATES.get(value, value) if name == "state" else str(value)


def _clean(form: Form, today: date) -> Form:
    texts: dict[str, Any] = {}
    for name in ("title", "applicants", "performer", "lead", "summary", "reference", "contact"):
        value = getattr(form, name)
        texts[name] = (value if name == "summary" else " ".join((value or "").split())) or None
    if not texts["title"]:
        raise Refused("Skriv vad projektet heter.")
    for name in ("starts", "ends"):
        value = (getattr(form, name) or "").strip() or None
        if value is not None:
            try:
                partial_bounds(value)
            except ValueError as error:
                raise Refused(str(error)) from error
        texts[name] = value
    starts, ends = texts["starts"], texts["ends"]
    if starts and ends and partial_bounds(ends)[1] < partial_bounds(starts)[0]:
        raise Refused(f"Datumen motsäger varandra: projektet slutar {ends} men börjar {starts}. Rätta ett av dem.")
    if form.received and form.received > today:
        raise Refused(
            f"Ansökan kan inte ha kommit in {format_date(form.received)}: den dagen har inte varit. Rätta den."
        )
    seen = set()
    for cost in form.costs:
        what = f"{cost.year}, {COST_TYPES.get(cost.cost_type, cost.cost_type)}"
        if cost.cost_type not in COST_TYPES or cost.payer not in PAYERS:
            raise Refused(f"{what}: välj kostnadsslag och vem som betalar i listorna.")
        if not 1990 <= cost.year <= 2100:
            raise Refused(f"{what}: skriv ett år mellan 1990 och 2100.")
        if not 0 < cost.amount <= MOST:
            raise Refused(f"{what}: beloppet ska vara större än noll och högst {format_sek(Decimal(MOST))}.")
        if (key := (cost.year, cost.cost_type, cost.payer)) in seen:
            raise Refused(f"{what} står två gånger. Slå ihop raderna.")
        seen.add(key)
    if form.least is not None and not 0 < form.least <= MOST:
        raise Refused("Det lägsta beloppet ska vara större än noll.")
    return replace(form, **texts, costs=tuple(sorted(form.costs)))


def _refuse_double(work: Work, form: Form, own: int | None, before: Form | None, again: bool) -> None:
    """Raise AlreadyThere when another application has the same number, or the same name and applicants.

    What stood so ``before`` has been told already.
    """
    reference, title, units = known_by(form)
    was = known_by(before) if before else None
    rows = work.rows(
        "SELECT proposal.id, proposal.code, proposal.state, call.name, call.state, proposal.reference, "
        "proposal.applicants, project.title FROM proposal JOIN project ON project.id = proposal.project "
        "JOIN call ON call.id = proposal.call ORDER BY proposal.id"
    )
    for number, code, state, call, call_state, *about in rows:
        if state in OUT or number == own:
            continue
        its_reference, its_title, its_units = known_by(Form(about[2], about[1], reference=about[0]))
        if reference and its_reference == reference and (was is None or was[0] != reference):
            raise AlreadyThere(
                f"{code} har redan diarienumret {about[0]}. Är det samma ansökan: ändra den i stället. Annars: rätta "
                "numret.", code, same_number=True,
            )  # fmt: skip
        if again or call_state not in CHANGES or (was is not None and was[1:] == (title, units)):
            continue
        if title == its_title and (units == its_units or not units or not its_units):
            raise AlreadyThere(
                f"{code} i {call} ser ut att vara samma ansökan: samma namn och sökande. Ändra den i stället, eller "
                "säg att det är en annan ansökan.", code,
            )  # fmt: skip


def known_by(form: Form) -> tuple[str, str, frozenset[str]]:
    """What tells whether two applications are the same, however they are written: number, name and applicants."""
    return _letters(form.reference or ""), _letters(form.title), frozenset(map(_letters, units_of(form.applicants)))


def _letters(text: str) -> str:
    return " ".join("".join(sign if sign.isalnum() else " " for sign in fold(text)).split())


def _to_change(work: Work, number: int) -> tuple[Proposal, Call]:
    proposal = proposal_of(work, number)
    if proposal.state in OUT:
        raise Refused(f"{proposal.code} är {PROPOSAL_STATES[proposal.state]} och kan inte ändras.")
    call = call_of(work, proposal.call)
    if call.state not in CHANGES:
        raise Refused(f"Utlysningen {call.code} är {CALL_STATES[call.state]}: dess ansökningar kan inte ändras.")
    return proposal, call


def _takes_none(call: Call) -> str:
    if call.state == "draft":
        return f"Utlysningen {call.code} är ett utkast. Öppna den först."
    return f"Utlysningen {call.code} är {CALL_STATES[call.state]} och tar inte emot fler ansökningar. Välj en annan."


def _next_code(work: Work, call: Call) -> str:
    """A code that neither an application nor a project has had: what is undone may come back."""
    taken = {
        code
        for (code,) in work.rows(
            "SELECT DISTINCT code FROM (SELECT code FROM proposal UNION SELECT code FROM project UNION "
            "SELECT after ->> 'code' FROM change WHERE record IN ('proposal', 'project') AND after IS NOT NULL) AS k"
        )
    }
    return next(code for n in range(1, 100_000) if (code := f"{call.code}-{n:02}") not in taken)


def _costs(reader: Reader, number: int) -> list[ProposalCost]:
    return reader.records(ProposalCost, "WHERE proposal = $id ORDER BY id", id=number)


def _cost(record: ProposalCost) -> Cost:
    return Cost(record.year, record.cost_type, record.payer, record.amount)


def _requested(costs: Sequence[Cost]) -> Decimal:
    return Decimal(sum(cost.amount for cost in costs if cost.payer == "requested"))


def _save_costs(work: Work, number: int, before: Sequence[Cost], after: Sequence[Cost]) -> bool:
    kept = {(one.year, one.cost_type, one.payer): one for one in _costs(work, number)}
    wanted = {(cost.year, cost.cost_type, cost.payer): cost.amount for cost in after}
    work.remove_many(ProposalCost, [as_dict(one) for key, one in kept.items() if key not in wanted])
    changed = [(as_dict(one), {**as_dict(one), "amount": wanted[key]}) for key, one in kept.items()
               if key in wanted and wanted[key] != one.amount]  # fmt: skip
    work.replace_many(ProposalCost, changed)
    work.create_many(
        ProposalCost,
        [
            {"proposal": number, "year": year, "cost_type": kind, "payer": payer, "amount": amount}
            for (year, kind, payer), amount in wanted.items()
            if (year, kind, payer) not in kept
        ],
    )
    return tuple(before) != tuple(after)


def _follow(work: Work, call: Call, proposal: Proposal) -> None:
    """Let the ledger say what the application asks for each year; what stood otherwise is taken back.

    An application without costs, as one that was read in from a budget, keeps what the ledger says.
    """
    costs = [_cost(one) for one in _costs(work, proposal.id)]
    had = work.value(
        "SELECT COUNT(*) FROM change WHERE record = 'proposal_cost' "
        "AND CAST(COALESCE(after, before) ->> 'proposal' AS INTEGER) = $id",
        id=proposal.id,
    )
    if not had:
        return
    wanted = {year: _requested([cost for cost in costs if cost.year == year]) for year in {one.year for one in costs}}
    now: dict[int, list[Entry]] = {}
    for entry in requested_of(work, [proposal])[proposal.id]:
        now.setdefault(entry.year, []).append(entry)
    source = f"ansökan {proposal.code}"
    differing = [
        year
        for year in sorted({*wanted, *now})
        if total(Sum(entry.amount, entry.open) for entry in now.get(year, ())) != Sum(wanted.get(year, Decimal(0)))
    ]
    take_back(work, [(entry, source) for year in differing for entry in now.get(year, ())])
    funder = own_funder(work, call.id).id
    work.post(
        Entry(
            Kind.REQUESTED, year, funder, project=proposal.project, call=call.id, amount=wanted[year], source=source,
            document=proposal.reference,
        )
        for year in differing
        if wanted.get(year)
    )  # fmt: skip
