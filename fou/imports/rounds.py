"""What a file may not do to a round: its grounds, its scores, its steps, and what its applications ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from fou.calling import MOST_STEPS, MOST_WEIGHT
from fou.calls import OUT, Sum, is_opened, total
from fou.imports.collector import Collector
from fou.imports.difference import Difference, RecordChange
from fou.imports.files.cells import Sheet, Workbook, cell_address
from fou.imports.findings import Finding
from fou.imports.references import fold
from fou.imports.stated import Checked, Stated
from fou.imports.template.heads import find_head
from fou.imports.template.layout import SHEET_BY_TABLE
from fou.model import CALL_STATES, PROPOSAL_STATES, Call, Criterion, Kind
from fou.money import OPEN_TEXT, format_sek
from fou.scales import scale_of
from fou.store import Reader
from fou.store.reading import STANDING

#: Labels folded: an application with whose it is and where; a project and a call (None where the ledger says none).
_Proposal: TypeAlias = dict[str, Any]
_Subject: TypeAlias = tuple[str | None, str | None]

_BY_MEMBERS = "Ledamöterna bedömer själva, på sidan Ansökningar."
_ON_THE_PAGE = "på sidan Ansökningar"


def against_the_rules(
    checked: Checked, difference: Difference, reader: Reader, workbook: Workbook | None = None
) -> list[Finding]:
    """Errors for what the file would do to a round that nobody may do; nothing when it keeps the rules.

    Scores are given by members only, while the call is being assessed: a file may bring those of a round that was
    decided elsewhere, or a whole database into an empty one. The grounds of a call stand from when it is open. What an
    application asks for is what its costs say, and nothing once it is out. Without the ``workbook`` a finding names
    the row, not the column.
    """
    if not any(change.table in _Round.TABLES for change in difference.records) and not any(
        change.kind is Kind.REQUESTED for change in difference.amounts
    ) and not checked.records.get("score"):  # fmt: skip
        return []
    found = Collector()
    round_ = _Round(checked, difference, reader, _Places(workbook), found)
    round_.grounds()
    round_.steps()
    round_.scores()
    round_.applications()
    return found.findings


@dataclass(slots=True)
class _Places:
    """In which cell a row of the file says something."""

    workbook: Workbook | None
    _columns: dict[str, tuple[str, Mapping[str, int]]] = field(default_factory=dict)

    def of(self, table: str, place: str, *names: str) -> tuple[str, str]:
        """The sheet, and the cell in the row of ``place`` that holds the first of these fields that has a column."""
        if table not in self._columns:
            self._columns[table] = self._look(table)
        sheet, columns = self._columns[table]
        row = int(place.rpartition(" ")[2])
        return sheet, cell_address(row, next((columns[name] for name in names if name in columns), 1))

    def _look(self, table: str) -> tuple[str, Mapping[str, int]]:
        layout = SHEET_BY_TABLE[table]
        sheet: Sheet | None = next(
            (one for one in (self.workbook.sheets if self.workbook else ()) if fold(one.name) == fold(layout.name)
             and one.rows), None,
        )  # fmt: skip
        head = sheet and find_head(sheet, {column.head: column for column in layout.columns}, (), Collector())
        if not sheet or not head:
            return layout.name, {}
        return sheet.name, {column.field: number for number, column in head.columns.items()}


class _Round:
    """The rounds as they are, and as they would be once the file was read in."""

    TABLES = ("call", "criterion", "proposal", "proposal_cost", "score")

    def __init__(
        self, checked: Checked, difference: Difference, reader: Reader, places: _Places, found: Collector
    ) -> None:
        self.checked, self.difference, self.reader = checked, difference, reader
        self.places, self.found = places, found
        self.changes: dict[str, list[RecordChange]] = defaultdict(list)
        for change in difference.records:
            self.changes[change.table].append(change)
        #: The calls that the database holds, and every call's step once the file was read in.
        self.calls = {fold(call.code): call for call in reader.records(Call)}
        self.states = {code: call.state for code, call in self.calls.items()}
        self.states |= {c.key[0]: c.after["state"] for c in self.changes["call"] if "state" in c.after}
        self.proposals_now = self._proposals_now()
        self.proposals = {code: dict(one) for code, one in self.proposals_now.items()}
        for change in self.changes["proposal"]:
            one = self.proposals.setdefault(change.key[0], dict.fromkeys(("call", "project", "state", "moved_to")))
            one |= {
                name: fold(value) if name in ("call", "project") else value
                for name, value in change.after.items()
                if name in one
            }
        #: Calls and applications that hold scores already, and calls that have grounds.
        self.scored_proposals = {
            fold(code)
            for (code,) in reader.rows(
                "SELECT code FROM proposal WHERE id IN (SELECT proposal FROM score "
                "WHERE value IS NOT NULL OR cannot_judge OR comment IS NOT NULL)"
            )
        }
        self.scored = {self.proposals_now[code]["call"] for code in self.scored_proposals}
        self.criteria = self._criteria_now()
        self.with_grounds = {call for call, _ in self.criteria}
        for change in self.changes["criterion"]:
            call, position = change.key
            now = self.criteria.get((call, position), {})
            self.criteria[call, position] = {**now, **change.after}

    # The grounds for priority ------------------------------------------------------------------------------

    def grounds(self) -> None:
        """Grounds can be used as they are written, and stand once the call is open."""
        for change in self.changes["criterion"]:
            call = self.calls.get(change.key[0])
            free = {"source"} if call and call.state == "decided" else {"source", "guidance"}
            said = sorted(change.after.keys() - free)
            if call is None or call.state == "draft" or self._first_of_decided(call):
                self._usable(change)
            elif change.before is None or said:
                self._error(
                    "criterion", change.place, said if change.before else ["position"], change.label,
                    "prioriteringsgrunder som är desamma från det att utlysningen öppnas",
                    f"Utlysningen {call.code} är {CALL_STATES[call.state]}. Ta bort raden ur filen, eller skriv det "
                    "som står i databasen.", "grounds_fixed",
                )  # fmt: skip

    def _first_of_decided(self, call: Call) -> bool:
        code = fold(call.code)
        return call.state == "decided" and code not in self.with_grounds and code not in self.scored

    def _usable(self, change: RecordChange) -> None:
        one = self.criteria[change.key[0], change.key[1]]
        weight, lowest, highest = one.get("weight"), one.get("lowest"), one.get("scale")
        if weight is not None and not 1 <= weight <= MOST_WEIGHT:
            self._error(
                "criterion", change.place, ["weight"], f"vikten {weight}", f"ett heltal mellan 1 och {MOST_WEIGHT}",
                "Rätta vikten, eller lämna cellen tom: då är den 1. Ska grunden inte räknas: ta bort raden.", "weight",
            )  # fmt: skip
        least, most = lowest or 0, highest if highest is not None else scale_of(_criterion(one)).highest
        if not 0 <= least < most <= MOST_STEPS:
            self._error(
                "criterion", change.place, ["scale" if highest is not None else "lowest"], f"skalan {least}–{most}",
                f"ett lägsta värde som är minst 0 och mindre än det högsta, som är högst {MOST_STEPS}",
                "Rätta Lägsta värde eller Högsta värde.", "scale",
            )  # fmt: skip

    # The steps of a call -----------------------------------------------------------------------------------

    def steps(self) -> None:
        """A call in which somebody has judged moves on, and is opened, by those who lead it."""
        for change in self.changes["call"]:
            call = self.calls.get(change.key[0])
            if call is None or change.key[0] not in self.scored:
                continue
            if "state" in change.after:
                self._error(
                    "call", change.place, ["state"], CALL_STATES[change.after["state"]],
                    f"läget {CALL_STATES[call.state]}, som utlysningen har",
                    f"Ledamöter har bedömt ansökningar i {call.code}. Gå vidare till nästa steg {_ON_THE_PAGE}.",
                    "call_state",
                )  # fmt: skip
            if "scores_open" in change.after and change.after["scores_open"] != is_opened(call):
                self._error(
                    "call", change.place, ["scores_open"], "ja" if change.after["scores_open"] else "nej",
                    f"{'ja' if is_opened(call) else 'nej'}, som det är i databasen",
                    f"Bedömningar öppnas och stängs {_ON_THE_PAGE}. Lämna cellen som den var.", "scores_open",
                )  # fmt: skip

    # Scores ------------------------------------------------------------------------------------------------

    def scores(self) -> None:
        """Scores come from members only, save those of a round decided elsewhere; and they fit their grounds."""
        rows: dict[str | None, list[Stated]] = defaultdict(list)
        for row in self.checked.records.get("score", ()):
            rows[self._call_of(row.key)].append(row)
        changes = {change.key: change for change in self.changes["score"]}
        refused = set()
        for call, stated in rows.items():
            # What is not opened is refused also where it stands so: else a file could be used to ask what does.
            told = [row for row in stated if row.key in changes or self._is_sealed(call)]
            if told and (why := self._not_by_file(call)):
                refused.add(call)
                first = told[0]
                self._error(
                    "score", first.place, ["value", "criterion"],
                    f"{len(told)} rader om {self._code(call)}" if len(told) > 1 else f"en rad om {self._code(call)}",
                    "bedömningar som ledamöterna har gjort själva", f"{why} Ta bort raderna ur filen.",
                    "scores_by_file",
                )  # fmt: skip
        now = self._scores_now({key[0] for key in changes})
        for key, change in changes.items():
            call = self._call_of(key)
            if call not in refused:
                self._fits(change, call, {**now.get(key, {}), **change.after})

    def _is_sealed(self, call: str | None) -> bool:
        found = self.calls.get(call or "")
        return found is not None and found.state != "decided" and not is_opened(found)

    def _not_by_file(self, call: str | None) -> str | None:
        """Why a file may not say anything about scores in a call; None when it may."""
        found = self.calls.get(call or "")
        state = self.states.get(call or "", "")
        if found is None:
            # A whole database, with the round under way, may be moved into an empty one.
            if state == "decided" or not self.calls:
                return None
            return f"Utlysningen {self._code(call)} är {CALL_STATES.get(state, 'inte beslutad')}. {_BY_MEMBERS}"
        if found.state != "decided":
            sealed = "" if is_opened(found) else " och bedömningarna är inte öppnade"
            return f"Utlysningen {found.code} är {CALL_STATES[found.state]}{sealed}. {_BY_MEMBERS}"
        if call in self.scored:
            return f"Utlysningen {found.code} är beslutad: det som den bedömdes med ändras inte."
        return None

    def _fits(self, change: RecordChange, call: str | None, score: Mapping[str, Any]) -> None:
        ground = self.criteria.get((call or "", score["criterion"]))
        if ground is None:
            numbers = sorted(position for of, position in self.criteria if of == call)
            self._error(
                "score", change.place, ["criterion"], f"grund nr {score['criterion']}",
                "en grund som utlysningen har" + (f": {', '.join(map(str, numbers))}" if numbers else ""),
                f"Rätta Grund nr, eller lägg till grunden för {self._code(call)} i bladet Prioriteringsgrunder.",
                "unknown_ground",
            )  # fmt: skip
            return
        scale, value = scale_of(_criterion(ground)), score.get("value")
        if value is not None and not scale.lowest <= value <= scale.highest:
            self._error(
                "score", change.place, ["value"], str(value),
                f"ett värde från {scale.lowest} till {scale.highest}, som är skalan för ”{ground['name']}”",
                "Rätta värdet, eller ta bort raden.", "off_scale",
            )  # fmt: skip
        if value is not None and score.get("cannot_judge"):
            self._error(
                "score", change.place, ["cannot_judge", "value"], f"både värdet {value} och ”kan inte bedöma”",
                "antingen ett värde eller ”kan inte bedöma”", "Ta bort det som inte gäller.", "value_and_cannot",
            )  # fmt: skip

    # What applications ask for -----------------------------------------------------------------------------

    def applications(self) -> None:
        """What is asked for follows the costs, and goes when the application does."""
        touched: dict[str, tuple[str, str]] = {}
        for change in self.changes["proposal"]:
            named = [name for name in ("call", "state", "project") if name in change.after]
            if named or change.before is None:
                touched[change.key[0]] = self.places.of("proposal", change.place, *(named if change.before else ()))
            if self._moves(change):
                del touched[change.key[0]]
        for change in self.changes["proposal_cost"]:
            touched.setdefault(change.key[0], self.places.of("proposal_cost", change.place, "amount"))
        projects: dict[str | None, str] = {}
        for line in self.difference.amounts:
            if line.kind is Kind.REQUESTED and line.project:
                projects.setdefault(fold(line.project), line.place)
        if not (touched or projects):
            return
        for code, one in self.proposals.items():
            if one["project"] in projects and code not in touched:
                parts = projects[one["project"]].rsplit(" › ", 2)
                touched[code] = (parts[-2], parts[-1]) if len(parts) > 2 else ("Budget", "")
        asked, costs = self._asked(), self._costs()
        active = {(one["project"], one["call"]) for one in self.proposals.values() if one["state"] not in OUT}
        for code in sorted(touched):
            one = self.proposals[code]
            subject = (one["project"], one["call"])
            direct = asked.get(subject, {})
            years = direct or asked.get((one["project"], None), {})
            if one["state"] in OUT:
                was = self.proposals_now.get(code)
                if subject not in active and _some(years if was and was["state"] not in OUT else direct):
                    self._still_asks(code, one, touched[code])
            elif code in costs and _some(costs[code]) != _some(years):
                self._parted(code, costs[code], years, touched[code])

    def _moves(self, change: RecordChange) -> bool:
        """Refuse to move what has been judged, and to call an application moved to nowhere; whether it was judged."""
        one = self.proposals[change.key[0]]
        moves = change.before is not None and "call" in change.after and change.key[0] in self.scored_proposals
        if moves and change.before is not None:
            self._error(
                "proposal", change.place, ["call"], str(change.after["call"]), f"utlysningen {change.before['call']}",
                f"Ansökan är bedömd där. Flytta den {_ON_THE_PAGE}.", "proposal_moved",
            )  # fmt: skip
        if one["state"] == "moved" and not one["moved_to"]:
            self._error(
                "proposal", change.place, ["moved_to", "state"], "flyttad, men inte till någon ansökan",
                "koden för samma ansökan i den andra utlysningen",
                f"Fyll i Flyttad till, eller flytta den {_ON_THE_PAGE}.", "moved_nowhere",
            )  # fmt: skip
        return moves

    def _still_asks(self, code: str, one: _Proposal, place: tuple[str, str]) -> None:
        self.found.error(
            *place, f"{self._label(code)} är {PROPOSAL_STATES[one['state']]} men söker fortfarande pengar",
            "en ansökan som inte söker något när den inte är kvar i utlysningen",
            f"Återkalla eller flytta den {_ON_THE_PAGE}: då tas det sökta tillbaka. Eller skriv 0 på dess rader av "
            "slaget sökt i bladet Budget.", "out_but_asks",
        )  # fmt: skip

    def _parted(self, code: str, costs: Mapping[int, Sum], years: Mapping[int, Sum], place: tuple[str, str]) -> None:
        year = min(y for y in {*costs, *years} if costs.get(y, Sum()) != years.get(y, Sum()))
        by_costs, asked = _said(costs.get(year, Sum())), _said(years.get(year, Sum()))
        self.found.error(
            *place, f"{self._label(code)}, {year}: kostnaderna ger {by_costs}, men sökt är {asked}",
            "samma belopp i Kostnader (betalas av: sökt) som i Budget (slag: sökt)",
            f"Skriv samma belopp i båda bladen. Eller ändra kostnaderna {_ON_THE_PAGE}: då följer det sökta med.",
            "costs_not_requested",
        )  # fmt: skip

    def _asked(self) -> dict[_Subject, dict[int, Sum]]:
        """What would be asked for, by project and call, and year."""
        lines: dict[tuple[str | None, str | None, int, str | None], Sum] = {}
        for project, call, year, funder, amount, unset in self.reader.rows(
            "SELECT project.code, call.code, asked.year, funder.name, SUM(asked.amount), SUM(asked.open) "
            f"FROM ({STANDING}) AS asked JOIN project ON project.id = asked.project "
            "JOIN funder ON funder.id = asked.funder LEFT JOIN call ON call.id = asked.call "
            "WHERE asked.kind = 'requested' GROUP BY ALL"
        ):
            key = (fold(project), fold(call) if call else None, year, fold(funder))
            lines[key] = Sum(amount, int(unset))
        for change in self.difference.amounts:
            if change.kind is Kind.REQUESTED and change.project:
                key = fold(change.project), fold(change.call) if change.call else None, change.year, fold(change.funder)
                after = change.after
                lines.pop(key, None)
                if change.lines:
                    lines[key] = Sum(after.firm + after.conditional, after.open)
        found: dict[_Subject, dict[int, Sum]] = defaultdict(dict)
        for (project, call, year, _), one in lines.items():
            years = found[project, call]
            years[year] = total([years.get(year, Sum()), one])
        return found

    def _costs(self) -> dict[str, dict[int, Sum]]:
        """What would be applied for by the costs, by application and year."""
        amounts = {
            (fold(code), year, cost_type): amount
            for code, year, cost_type, amount in self.reader.rows(
                "SELECT proposal.code, cost.year, cost.cost_type, cost.amount FROM proposal_cost AS cost "
                "JOIN proposal ON proposal.id = cost.proposal WHERE cost.payer = 'requested'"
            )
        }
        for change in self.changes["proposal_cost"]:
            code, year, cost_type, payer = change.key
            if payer == "requested" and "amount" in change.after:
                amounts[code, year, cost_type] = change.after["amount"]
        found: dict[str, dict[int, Sum]] = defaultdict(dict)
        for (code, year, _), amount in amounts.items():
            found[code][year] = total([found[code].get(year, Sum()), Sum(Decimal(amount))])
        return found

    # What the database holds -------------------------------------------------------------------------------

    def _proposals_now(self) -> dict[str, _Proposal]:
        rows = self.reader.rows(
            "SELECT proposal.code, call.code, project.code, proposal.state, proposal.moved_to FROM proposal "
            "JOIN call ON call.id = proposal.call JOIN project ON project.id = proposal.project"
        )
        return {
            fold(code): {"call": fold(call), "project": fold(project), "state": state, "moved_to": moved_to}
            for code, call, project, state, moved_to in rows
        }

    def _criteria_now(self) -> dict[tuple[str, int], dict[str, Any]]:
        rows = self.reader.rows(
            "SELECT call.code, position, criterion.name, weight, scale, lowest FROM criterion "
            "JOIN call ON call.id = criterion.call"
        )
        return {
            (fold(call), position): {
                "position": position, "name": name, "weight": weight, "scale": scale, "lowest": lowest,
            }
            for call, position, name, weight, scale, lowest in rows
        }  # fmt: skip

    def _scores_now(self, proposals: set[str]) -> dict[tuple[str, str, int], dict[str, Any]]:
        rows = self.reader.rows(
            "SELECT proposal.code, member.name, score.criterion, score.value, score.cannot_judge FROM score "
            "JOIN proposal ON proposal.id = score.proposal JOIN member ON member.id = score.member"
        ) if proposals else []  # fmt: skip
        return {
            (fold(code), fold(member), criterion): {"criterion": criterion, "value": value, "cannot_judge": cannot}
            for code, member, criterion, value, cannot in rows
            if fold(code) in proposals
        }

    def _call_of(self, key: tuple[Any, ...]) -> str | None:
        found: str | None = self.proposals[key[0]]["call"] if key[0] in self.proposals else None
        return found

    def _code(self, call: str | None) -> str:
        """The call's code as it is written."""
        if call in self.calls:
            return self.calls[call].code
        return next((str(c.after["code"]) for c in self.changes["call"] if c.key[0] == call), call or "")

    def _label(self, proposal: str) -> str:
        """The application's code, as codes are written."""
        new = (str(c.after["code"]) for c in self.changes["proposal"] if c.key[0] == proposal and "code" in c.after)
        written = self.reader.value("SELECT code FROM proposal WHERE LOWER(code) = $code", code=proposal)
        return written or next(new, proposal)

    def _error(self, table: str, place: str, names: list[str], found: str, expected: str, help: str, kind: str) -> None:
        self.found.error(*self.places.of(table, place, *names), found, expected, help, kind)


def _criterion(one: Mapping[str, Any]) -> Criterion:
    return Criterion(
        0, 0, one["position"], one["name"], one.get("weight"), one.get("scale"), None, one.get("lowest"), None
    )


def _some(years: Mapping[int, Sum]) -> dict[int, Sum]:
    """The years in which anything is asked for."""
    return {year: one for year, one in years.items() if one != Sum()}


def _said(one: Sum) -> str:
    if one.open:
        return f"{format_sek(one.amount)} + {OPEN_TEXT}" if one.amount else OPEN_TEXT
    return format_sek(one.amount)
