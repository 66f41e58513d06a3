"""What the invented council has tried and planned before it meets on the calls that are not decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fou.demo import names
from fou.demo.amounts import frames, set_aside
from fou.demo.assessment import COUNCIL, asked_by, criteria
from fou.demo.invent import LAST_PLAN, LIVE_CALL, MEETING_CALL, Invented, Row, call_code, proposal_code
from fou.imports.template.tables import Table

_CALL = call_code(MEETING_CALL)
_MEETING, _LIVE_MEETING = f"{_CALL}-M1", f"{call_code(LIVE_CALL)}-M1"
_SECRETARY = next(name for name, _, role, _ in names.MEMBERS if role == "handläggare")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A project with what it asks for by year and can do with in all, SEK, and its points by proposal's member."""

    project: Invented
    asked: Mapping[int, int]
    least: int | None
    points: Mapping[str, float]

    @property
    def mean(self) -> float:
        """Its points as all see them."""
        return sum(self.points.values()) / len(self.points) if self.points else 0.0

    @property
    def in_all(self) -> int:
        """What it asks for, SEK."""
        return sum(self.asked.values())

    def part(self) -> Mapping[int, int]:
        """The least that it can do with, by year as what is asked for is; all when nothing is said."""
        share = (self.least or self.in_all) / self.in_all
        return {year: -int(-amount * share // 1_000) * 1_000 for year, amount in self.asked.items()}


def scenarios(
    projects: list[Invented], lines: Table, proposals: Table, scores: Table, conflicts: Table
) -> tuple[Table, Table]:
    """The sheets Scenarier and Scenariorader: three ways of the council's and one of a member's own."""
    wanted = _wanted(projects, lines, proposals, scores)
    if not wanted:
        return [], []
    money = set_aside(frames(sum(project.slot.call != MEETING_CALL for project in projects)))
    ranked = sorted(wanted, key=lambda one: (-one.mean, one.project.number))
    pilots = sorted(ranked, key=lambda one: one.project.slot.stage != "pilot")
    smallest = sorted(ranked, key=lambda one: sum(one.part().values()))
    own = {proposal_code(one.project) for one in wanted}
    away = {row["Ledamot"] for row in conflicts if row["Ansökan"] in own}
    # A member in conflict of interest could not have written what the scenario says of that application.
    owner = next((member[0] for member in COUNCIL[1:] if member[0] not in away), None)
    table: Table = []
    rows: Table = []
    for number, (name, note, who, said) in enumerate(
        (
            ("Handläggarens förslag", "Efter rangordningen tills pengarna är slut.", None,
             _locked_first(_filled(ranked, money))),
            ("Förstudier först", "Alla förstudier, sedan efter rangordningen.", None, _filled(pilots, money)),
            ("Så många som möjligt", "Minsta möjliga belopp till så många som ryms.", None,
             _filled(smallest, money, least_first=True)),
            ("Mitt eget utkast", "Som jag själv har bedömt ansökningarna. Inte klart.", owner,
             _filled(_by_member(ranked, owner)[:-2], money)),
        ), 1,
    ):  # fmt: skip
        if name == "Mitt eget utkast" and owner is None:
            continue
        code = f"{_CALL}-S{number}"
        table.append({
            "Kod": code, "Utlysning": _CALL, "År": LAST_PLAN, "Scenario": name, "Anmärkning": note, "Ledamot": who,
            "Kopierat från": f"{_CALL}-S1" if who else None,
        })  # fmt: skip
        rows += [{"Scenario": code, "Utlysning": None, **row} for row in said]
    return table, rows


def _wanted(projects: list[Invented], lines: Table, proposals: Table, scores: Table) -> list[_Wanted]:
    asked = asked_by(lines)
    least = {row["Kod"]: row["Lägsta belopp"] for row in proposals}
    grounds = {row["Nr"]: row for row in criteria() if row["Utlysning"] == _CALL}
    whole = sum(int(str(row["Vikt"])) for row in grounds.values())
    points: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in scores:
        if isinstance(row["Värde"], int) and str(row["Ansökan"]).startswith(f"A{_CALL}"):
            ground = grounds[row["Grund nr"]]
            share = row["Värde"] / int(str(ground["Högsta värde"]))
            points[str(row["Ansökan"])][str(row["Ledamot"])] += share * int(str(ground["Vikt"])) / whole
    found = []
    for project in projects:
        if project.slot.call == MEETING_CALL:
            code, known = proposal_code(project), least[proposal_code(project)]
            found.append(_Wanted(project, asked[project.code], known if isinstance(known, int) else None, points[code]))
    return found


def _by_member(ranked: Sequence[_Wanted], member: str | None) -> list[_Wanted]:
    return sorted(ranked, key=lambda one: -one.points.get(member or "", 0.0))


def _filled(order: Iterable[_Wanted], money: Mapping[int, int], least_first: bool = False) -> Table:
    """What there is room for in this order, whole or else the least; the years after the money's are set aside for."""
    left = dict(money)
    rows: Table = []
    for one in order:
        for amounts in (one.part(),) if least_first else (one.asked, one.part()):
            if all(amounts.get(year, 0) <= left[year] for year in money):
                break
        else:
            rows.append({"Projekt": one.project.code, "År": LAST_PLAN, "Val": "utanför"})
            continue
        first_later = not any(row["Val"] == "avsätt" for row in rows)
        for year, amount in amounts.items():
            row: Row = {"Projekt": one.project.code, "År": year, "Val": "bevilja", "Belopp": amount}
            if year in money:
                left[year] -= amount
            elif first_later:
                row |= {"Val": "avsätt", "Villkor": names.STATUS_REPORT}
            else:
                row |= {"Val": "avsätt", "Belopp": None}
            rows.append(row)
    return rows


def _locked_first(rows: Table) -> Table:
    """The same, where no suggestion may change what stands first."""
    return [row | {"Låst": True} if row["Projekt"] == rows[0]["Projekt"] else row for row in rows]


def meetings(tried: Table) -> Table:
    """The sheet Möten: one on each call that is not decided."""
    return [
        {
            "Kod": _MEETING, "Möte": "FoU-rådets möte om samverkansmedel", "Utlysning": _CALL, "År": LAST_PLAN,
            "Datum": date(LAST_PLAN, 11, 24), "Plats": "Stadshuset, sal Eken",
            "Dagordning": _agenda(("Rangordningen och vad den vilar på", "Handläggarens förslag och andra vägar")),
            "Läge": "planerat", "Visar scenario": tried[0]["Kod"] if tried else None,
        },
        {
            "Kod": _LIVE_MEETING, "Möte": "FoU-rådets möte om lokala utvecklingsmedel",
            "Utlysning": call_code(LIVE_CALL), "År": LAST_PLAN, "Datum": date(LAST_PLAN, 12, 1),
            "Plats": "Stadshuset, sal Eken", "Dagordning": _agenda(("Bedömningarna öppnas", "Rangordningen")),
            "Läge": "planerat",
        },
    ]  # fmt: skip


def _agenda(own: Iterable[str]) -> str:
    return "\n".join(["Mötet öppnas", "Anmälan av jäv", *own, "Rekommendation till nämnden", "Mötet avslutas"])


def attendance() -> Table:
    """The sheet Närvaro: all members of the council and the secretary are called to both."""
    called = [(name, "ordförande" if at == 0 else "ledamot") for at, (name, *_) in enumerate(COUNCIL)]
    return [
        {"Möte": meeting, "Ledamot": name, "Namn": name, "Roll": role}
        for meeting in (_MEETING, _LIVE_MEETING)
        for name, role in (*called, (_SECRETARY, "sekreterare"))
    ]
