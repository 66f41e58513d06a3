"""Calls for proposals as they are read: their state, their applications and their money."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from fou.errors import Refused
from fou.figures import ZERO
from fou.ledger import statements
from fou.model import Call, Criterion, Entry, Funder, Kind, Project, Proposal, ProposalCost
from fou.scales import HIGHEST as HIGHEST
from fou.scales import scale_of as scale_of
from fou.store import Reader
from fou.store.sight import HOLDS
from fou.whose import funders

#: An application that is out of its call: nobody is to assess it, and it asks for nothing there.
OUT = ("withdrawn", "moved")


@dataclass(frozen=True, slots=True)
class Sum:
    """SEK excl. VAT, and how many amounts that are not set beside it."""

    amount: Decimal = ZERO
    open: int = 0

    @property
    def known(self) -> Decimal | None:
        """The amount; None when a part of it, or all, is not set."""
        return None if self.open else self.amount


@dataclass(frozen=True, slots=True)
class Applied:
    """An application with its project and the money that it asks for, by year and in all.

    ``area`` is the area's name. ``units`` are the applicants one by one. ``active`` is False for those withdrawn and
    moved.
    """

    proposal: Proposal
    project: Project
    area: str | None
    units: tuple[str, ...]
    by_year: tuple[tuple[int, Sum], ...]
    requested: Sum
    costs: tuple[ProposalCost, ...]

    @property
    def active(self) -> bool:
        """Whether it is to be assessed."""
        return self.proposal.state not in OUT


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call with its numbers: applications that are not out of it, how many are joint, what they ask for in all.

    ``money`` is what is set aside for the call, or planned for it when nothing is, in the budget years ``years``; None
    when neither is said. ``asked`` is what they ask for in those years. ``granted`` is what its projects have been
    granted.
    """

    call: Call
    applications: int
    joint: int
    requested: Sum
    asked: Sum
    money: Sum | None
    years: tuple[int, ...]
    granted: Sum


@dataclass(frozen=True, slots=True)
class CallPage:
    """One call with its grounds for priority, its money by year and its applications, those out of it last."""

    call: Call
    criteria: tuple[Criterion, ...]
    money: tuple[tuple[int, Sum], ...]
    applications: tuple[Applied, ...]
    next_step: str | None


def calls(reader: Reader) -> tuple[CallRow, ...]:
    """Every call, the latest year first."""
    found = reader.records(Call, "ORDER BY year DESC, code")
    money = _money(reader)
    granted = _granted(reader)
    by_call: dict[int, list[Applied]] = {}
    for one in applications(reader):
        by_call.setdefault(one.proposal.call, []).append(one)
    rows = []
    for call in found:
        active = [one for one in by_call.get(call.id, ()) if one.active]
        own = money.get(call.id)
        rows.append(
            CallRow(
                call=call,
                applications=len(active),
                joint=sum(bool(one.proposal.joint) for one in active),
                requested=total(one.requested for one in active),
                asked=total(asked_in(one, own or {}) for one in active),
                money=total(own.values()) if own else None,
                years=tuple(sorted(own or ())),
                granted=total(granted.get(number, Sum()) for number in {one.project.id for one in active}),
            )
        )
    return tuple(rows)


def call_page(reader: Reader, code: str) -> CallPage | None:
    """The call with this code, or None."""
    found = reader.records(Call, "WHERE LOWER(code) = LOWER($code)", code=code)
    if not found:
        return None
    call = found[0]
    return CallPage(
        call=call,
        criteria=tuple(criteria_of(reader, call.id)),
        money=tuple(sorted(_money(reader).get(call.id, {}).items())),
        applications=tuple(sorted(applications(reader, call.id), key=lambda one: (not one.active, one.proposal.code))),
        next_step=NEXT.get(call.state),
    )


#: The step after each.
NEXT = {"draft": "open", "open": "closed", "closed": "assessment", "assessment": "decided"}


def call_of(reader: Reader, number: int) -> Call:
    """The call with this id. Raises Refused when it is gone."""
    found = reader.records(Call, "WHERE id = $id", id=number)
    if not found:
        raise Refused("Utlysningen finns inte längre. Läs in sidan igen.")
    return found[0]


def proposal_of(reader: Reader, number: int) -> Proposal:
    """The application with this id. Raises Refused when it is gone."""
    found = reader.records(Proposal, "WHERE id = $id", id=number)
    if not found:
        raise Refused("Ansökan finns inte längre. Läs in sidan igen.")
    return found[0]


def criteria_of(reader: Reader, call: int) -> list[Criterion]:
    """The call's grounds for priority, in order."""
    return reader.records(Criterion, "WHERE call = $call ORDER BY position", call=call)


def is_opened(call: Call) -> bool:
    """Whether the members see each other's scores; an older file never said so of calls that were decided."""
    return call.state == "decided" if call.scores_open is None else call.scores_open


def units_of(applicants: str | None) -> tuple[str, ...]:
    """The applicants one by one, as they are written: set apart by commas, semicolons or lines."""
    text = (applicants or "").replace(";", ",").replace("\n", ",")
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def total(sums: Iterable[Sum]) -> Sum:
    """The sums together."""
    amount, unset = ZERO, 0
    for one in sums:
        amount, unset = amount + one.amount, unset + one.open
    return Sum(amount, unset)


def asked_in(one: Applied, years: Collection[int]) -> Sum:
    """What an application asks for in these years; all of it when there are none."""
    return total(asked for year, asked in one.by_year if not years or year in years)


def applications(reader: Reader, call: int | None = None) -> list[Applied]:
    """The applications, of one call or of all, in order of their codes."""
    where, values = ("", {}) if call is None else ("WHERE call = $call", {"call": call})
    found = reader.records(Proposal, f"{where} ORDER BY code", **values)
    if not found:
        return []
    numbers = sorted({proposal.project for proposal in found})
    projects = {
        project.id: project
        for project in reader.records(Project, "WHERE id IN (SELECT UNNEST($ids))", ids=numbers)
    }  # fmt: skip
    areas = dict(reader.rows("SELECT id, name FROM area"))
    costs: dict[int, list[ProposalCost]] = {}
    for cost in reader.records(ProposalCost, "ORDER BY year, payer, cost_type"):
        costs.setdefault(cost.proposal, []).append(cost)
    asked = requested_of(reader, found)
    rows = []
    for proposal in found:
        project = projects[proposal.project]
        by_year: dict[int, Sum] = {}
        for entry in asked[proposal.id]:
            by_year[entry.year] = total([by_year.get(entry.year, Sum()), Sum(entry.amount, entry.open)])
        rows.append(
            Applied(
                proposal, project, areas.get(project.area), units_of(proposal.applicants or project.units),
                tuple(sorted(by_year.items())), total(by_year.values()), tuple(costs.get(proposal.id, ())),
            )
        )  # fmt: skip
    return rows


def requested_of(reader: Reader, proposals: Iterable[Proposal]) -> dict[int, list[Entry]]:
    """What each application asks for in the ledger: what says its call, or else what says no call.

    An application that is out of its call asks for nothing there.
    """
    found = list(proposals)
    by_subject: dict[tuple[int | None, int | None], list[Entry]] = {}
    asked = statements(
        reader, "kind = 'requested' AND project IN (SELECT UNNEST($ids))", ids=sorted({one.project for one in found})
    )
    for entry in asked:
        by_subject.setdefault((entry.project, entry.call), []).append(entry)
    return {
        one.id: []
        if one.state in OUT
        else by_subject.get((one.project, one.call)) or by_subject.get((one.project, None), [])
        for one in found
    }


def money_of(reader: Reader, call: int) -> dict[int, Sum]:
    """What there is for the call by year: what is set aside, with what has been granted of it; else what is planned.

    A grant on a condition is left out: what it was granted of is still set aside.
    """
    return _money(reader).get(call, {})


def _money(reader: Reader) -> dict[int, dict[int, Sum]]:
    kinds = [str(kind) for kind in (Kind.RESERVED, Kind.GRANTED, Kind.PLANNED)]
    # A grant on a condition has used up nothing of what is set aside: with it, the same money would count twice.
    entries = statements(
        reader,
        "call IS NOT NULL AND kind IN (SELECT UNNEST($kinds)) AND (kind <> 'granted' OR condition IS NULL)",
        kinds=kinds,
    )
    found: dict[int, dict[int, Sum]] = {}
    for call in {entry.call for entry in entries if entry.call is not None}:
        own = [entry for entry in entries if entry.call == call]
        for wanted in ((Kind.RESERVED, Kind.GRANTED), (Kind.PLANNED,)):
            years: dict[int, Sum] = {}
            for entry in own:
                if entry.kind in wanted:
                    years[entry.year] = total([years.get(entry.year, Sum()), Sum(entry.amount, entry.open)])
            if years:
                found[call] = years
                break
    return found


def _granted(reader: Reader) -> dict[int, Sum]:
    rows = statements(reader, "kind = 'granted' AND project IS NOT NULL")
    found: dict[int, Sum] = {}
    for entry in rows:
        assert entry.project is not None
        found[entry.project] = total([found.get(entry.project, Sum()), Sum(entry.amount, entry.open)])
    return found


def conflicts_in(reader: Reader, call: int) -> set[tuple[int, int]]:
    """The conflicts of interest that hold in a call: (proposal, member)."""
    rows = reader.rows(
        "SELECT conflict.proposal, conflict.member FROM conflict JOIN proposal ON proposal.id = conflict.proposal "
        f"WHERE proposal.call = $call AND {HOLDS}",
        call=call,
    )
    return {(proposal, member) for proposal, member in rows}


def own_funder(reader: Reader, call: int | None = None) -> Funder:
    """Whose money a call is: that which is set aside or planned for it, else the municipality's own.

    Raises Refused when there is no funder of the municipality's own.
    """
    found = funders(reader)
    if call is not None:
        said = statements(reader, "call = $call AND project IS NULL AND kind IN ('reserved', 'planned')", call=call)
        for entry in sorted(said, key=lambda entry: entry.kind is not Kind.RESERVED):
            return next(funder for funder in found if funder.id == entry.funder)
    own = [funder for funder in found if funder.kind == "municipality"]
    if not own:
        raise Refused("Det finns ingen finansiär av slaget kommun. Läs in den först, i bladet Finansiärer i mallen.")
    return own[0]


def begun_in(reader: Reader, code: str) -> int | None:
    """The batch that began the call with this code; None for who may not see who did what."""
    batch: int | None = reader.value(
        "SELECT MIN(change.batch) FROM change JOIN call ON call.id = change.id "
        "WHERE change.record = 'call' AND LOWER(call.code) = LOWER($code)",
        code=code,
    )
    return batch
