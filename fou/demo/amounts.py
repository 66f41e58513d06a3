"""The invented municipality's money: the lines of the sheet Budget, in SEK excl. VAT.

The frame is given; what projects are granted is scaled to fit in it, so that every closed year has room left
at any size. Random numbers shape amounts; every amount written is whole kronor or has two decimals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import TypeAlias

from fou.demo import names
from fou.demo.invent import (
    FIRST_PLAN,
    LAST_CLOSED,
    LAST_PLAN,
    LIVE_CALL,
    MEETING_CALL,
    SEED,
    UNDECIDED,
    Invented,
    Row,
    area_name,
    board_meeting,
    call_code,
    council_meeting,
    decided_in_spring,
    proposal_code,
    source,
)
from fou.imports.template.layout import OPEN_WORD
from fou.imports.template.tables import Table

Amount: TypeAlias = int | Decimal

#: The board's frame per 60 projects, in SEK, and the share of it that is granted and reserved in projects.
#: 2021 is nearly full and 2023 has clearly unused money.
FRAMES = {
    2019: 6_200_000, 2020: 6_500_000, 2021: 6_800_000, 2022: 7_100_000,
    2023: 7_600_000, 2024: 7_900_000, 2025: 8_300_000, 2026: 8_800_000,
}  # fmt: skip
_SHARES = {2019: 0.95, 2020: 0.97, 2021: 0.995, 2022: 0.94, 2023: 0.78, 2024: 0.96, 2025: 0.95, 2026: 0.82}
#: Shares of the frame of 2026 that are reserved for the call under assessment, and for the one that is assessed.
_LIVE_CALL_SHARES = {2026: 0.08, 2027: 0.22}
_MEETING_CALL_SHARES = {2026: 0.031, 2027: 0.262}
#: A full study never takes more than this in a year, however few the projects are.
_MOST_A_YEAR = 1_200_000
_STEP = 5_000
#: What another funder gives in a year, in SEK: (funder, stage) → about.
_OUTSIDE_A_YEAR = {
    ("forte", "programme"): 2_400_000,
    ("eu", "programme"): 1_600_000,
    ("eu", "single"): 550_000,
    ("region", "single"): 350_000,
    ("foundation", "single"): 480_000,
}


@dataclass(frozen=True, slots=True)
class _Own:
    """The board's money in one project, year by year."""

    granted: dict[int, int] = field(default_factory=dict)
    conditional: dict[int, int] = field(default_factory=dict)
    reserved: dict[int, int | str] = field(default_factory=dict)
    reserved_conditional: dict[int, int] = field(default_factory=dict)

    @property
    def decided(self) -> dict[int, int]:
        """Granted, conditional or not."""
        return {**self.granted, **self.conditional}


def frames(count: int) -> dict[int, int]:
    """The board's frame of each plan year, in SEK, for a municipality with ``count`` projects."""
    return {year: _down(frame * count / 60, 10_000) for year, frame in FRAMES.items()}


def set_aside(frame: Mapping[int, int]) -> dict[int, int]:
    """What is set aside for the call that waits for the council's meeting, in SEK."""
    return {year: _down(frame[LAST_PLAN] * share, 10_000) for year, share in _MEETING_CALL_SHARES.items()}


def budget(projects: list[Invented]) -> Table:
    """The lines of the sheet Budget."""
    frame = frames(sum(project.slot.call != MEETING_CALL for project in projects))
    unit = _units(projects, frame)
    random = Random(SEED + 1)
    own = {project.code: _own_money(random, project, unit) for project in projects}
    lines = _plan_lines(projects, own, frame)
    for project in projects:
        lines.extend(_project_lines(random, project, own[project.code], unit))
    return lines


def _units(projects: list[Invented], frame: Mapping[int, int]) -> dict[int, float]:
    """What a project of weight 1 gets each year, in SEK, for all of them to fit in the frame."""
    weights: dict[int, float] = defaultdict(float)
    for project in projects:
        for year in _own_years(project):
            weights[year] += project.slot.own * _size(project)
    unit = {year: min(_MOST_A_YEAR, frame[year] * _SHARES[year] / (weights[year] or 1.0)) for year in frame}
    return {**unit, 2027: unit[LAST_PLAN] * 1.02, 2028: unit[LAST_PLAN] * 1.03}


def _size(project: Invented) -> float:
    """Projects differ in size: from 0.7 to 1.3 of what is usual."""
    return 0.7 + 0.6 * (project.place * 37 % 60) / 60


def _own_years(project: Invented) -> list[int]:
    """The years up to the last plan in which the project takes of the frame."""
    slot = project.slot
    if not slot.own or slot.outcome not in ("granted", "deferred"):
        return []
    last = slot.first if slot.outcome == "deferred" else min(slot.last, LAST_PLAN)
    return list(range(max(slot.first, FIRST_PLAN), last + 1))


def _own_money(random: Random, project: Invented, unit: Mapping[int, float]) -> _Own:
    own = _Own()
    slot = project.slot
    weight = slot.own * _size(project)
    for year in _own_years(project):
        amount = _down(weight * unit[year], _STEP)
        if slot.outcome == "deferred":
            own.reserved_conditional[year] = amount
        elif year >= slot.condition_from:
            own.conditional[year] = amount
        else:
            own.granted[year] = amount
    if not (slot.own and project.granted):
        return own
    for year in range(LAST_PLAN + 1, slot.last + 1):
        if year >= slot.open_from:
            own.reserved[year] = OPEN_WORD
            continue
        amount = _down(weight * unit[year] * random.uniform(0.9, 1.0), _STEP)
        if year >= slot.condition_from:
            own.reserved_conditional[year] = amount
        else:
            own.reserved[year] = amount
    return own


def _project_lines(random: Random, project: Invented, own: _Own, unit: Mapping[int, float]) -> Iterator[Row]:
    slot = project.slot
    spring = decided_in_spring(project)
    decided = board_meeting(slot.first, spring).source

    def line(
        kind: str,
        years: Mapping[int, Amount | str],
        said: str,
        condition: str | None = None,
        basis: str | None = None,
        funder: str = names.OWN_FUNDER,
    ) -> Row:
        row: Row = {
            "Projekt": project.code,
            "Benämning": project.title,
            "Finansiär": funder,
            "Slag": kind,
            "Villkor": condition,
            "Grund": basis,
            "Källa": said,
        }
        for year, amount in years.items():
            row[year] = amount
        return row

    asked = _asked(random, project, own, unit)
    if asked:
        yield line("sökt", asked, source(f"ansökan {proposal_code(project)}"))
    if slot.own and (slot.outcome == "granted" or slot.council == "granted"):
        yield line("föreslaget", _recommended(random, own, asked), council_meeting(slot.first, spring).source)
    if own.granted:
        yield line("beviljat", own.granted, decided)
    if own.conditional:
        yield line("beviljat", own.conditional, decided, slot.condition)
    if own.reserved:
        yield line("avsatt", own.reserved, decided)
    if own.reserved_conditional:
        yield line("avsatt", own.reserved_conditional, decided, slot.condition or names.DEFERRED_CONDITION)
    if own.decided:
        paid = _paid(random, project, own.decided)
        spent = _spent(random, project, paid, own.decided)
        yield line("utbetalt", paid, source(f"utbetalningar {project.code}"))
        if spent:
            yield line("utfall", spent, source(f"ekonomiska rapporter {project.code}"))
        if _gives_back(project):
            back = sum(paid.values()) - sum(spent.values(), Decimal(0))
            yield line("återfört", {slot.last: back}, source(f"slutreglering {project.code}"))
        yield line("prognos", _forecast(random, project, own, spent), source(f"prognoser {project.code}"))
    if slot.outside:
        funder = names.FUNDERS[slot.outside][0]
        said = source(f"{funder}, beslut om {project.code}")
        for kind, years, condition, basis in _outside(random, project):
            yield line(kind, years, said, condition, basis, funder)


def _asked(random: Random, project: Invented, own: _Own, unit: Mapping[int, float]) -> dict[int, int]:
    """What the proposal asks for: somewhat more than such a project gets; nothing without a proposal."""
    slot = project.slot
    if not slot.call:
        return {}
    more = random.uniform(1.0, 1.3)
    weight = _size(project) * (1.0 if slot.outcome == "deferred" else slot.own)
    asked: dict[int, int] = {}
    for year in range(slot.first, slot.last + 1):
        # the projects of the calls that are not decided start in December
        share = 0.12 if slot.call in UNDECIDED and year == slot.first else 1.0
        asked[year] = _near(own.decided.get(year, weight * unit[year] * share) * more, 1_000)
    return asked


def _recommended(random: Random, own: _Own, asked: Mapping[int, int]) -> dict[int, int]:
    """The council's amounts: as decided or a little more; else nine tenths of what was asked for."""
    known = {**own.decided, **own.reserved_conditional, **_stated(own.reserved)}
    if not known:
        return {year: _near(amount * 0.9, _STEP) for year, amount in asked.items()}
    more = random.choice((1.0, 1.0, 1.0, 1.05, 1.1))
    return {year: _near(amount * more, _STEP) for year, amount in known.items()}


def _stated(years: Mapping[int, int | str]) -> dict[int, int]:
    """The years whose amount is set."""
    return {year: amount for year, amount in years.items() if isinstance(amount, int)}


def _paid(random: Random, project: Invented, decided: Mapping[int, int]) -> dict[int, int]:
    """What has been paid: as granted, at times a fifth a year later, and part of the year under way."""
    paid: dict[int, int] = {}
    late = 0
    for year, amount in decided.items():
        if year == LAST_PLAN:
            paid[year] = _near(amount * random.choice((0.5, 0.75, 1.0)), 1_000) + late
            continue
        wait = amount // 5 if project.place % 5 == 2 and year < project.slot.last else 0
        paid[year] = amount - wait + late
        late = wait
    return paid


def _spent(
    random: Random, project: Invented, paid: Mapping[int, int], decided: Mapping[int, int]
) -> dict[int, Decimal]:
    """Outcome, with öre. Who gives money back spends less every year; the others spend it all in the end."""
    spent: dict[int, Decimal] = {}
    left = Decimal(0)
    for year, amount in paid.items():
        if year == LAST_PLAN:
            spent[year] = _ore(decided[year] * random.uniform(0.4, 0.75))
            continue
        if year > LAST_CLOSED and project.place % 9 == 4:
            continue
        left += amount
        if _gives_back(project):
            spent[year] = _ore(amount * random.uniform(0.72, 0.94))
        elif year == project.slot.last:
            spent[year] = left * (104 if project.place % 6 == 5 else 100) / 100
        else:
            spent[year] = _ore(amount * random.uniform(0.86, 1.0))
        spent[year] = spent[year].quantize(Decimal("0.01"))
        left -= spent[year]
    return spent


def _gives_back(project: Invented) -> bool:
    return project.place % 8 == 4 and project.slot.last <= LAST_CLOSED


def _forecast(random: Random, project: Invented, own: _Own, spent: Mapping[int, Decimal]) -> dict[int, int]:
    """What was believed each year: mostly a few per cent wrong, every seventh project far off."""
    doubt = 0.45 if project.place % 7 == 3 else random.uniform(0.01, 0.12)
    forecast: dict[int, int] = {}
    for year, amount in {**own.decided, **_stated(own.reserved)}.items():
        actual = float(spent.get(year, amount)) if year < LAST_PLAN else amount
        error = random.choice((-1, 1)) * doubt * random.uniform(0.6, 1.0)
        forecast[year] = _near(actual * (1 + error), 1_000)
    return forecast


def _outside(
    random: Random, project: Invented
) -> Iterator[tuple[str, Mapping[int, Amount | str], str | None, str | None]]:
    """Other funders' money: (kind, years, Villkor, Grund)."""
    slot = project.slot
    if slot.spread:
        grant = _down(random.uniform(3_500_000, 5_600_000), 1_000)
        yield "beviljat", spread_by_month(grant, project.starts, project.ends), None, "fördelat"
        part = _down(grant / (slot.last - slot.first + 1), 1_000)
        paid = dict.fromkeys(range(slot.first, slot.last), part)
        yield "utbetalt", {**paid, slot.last: grant - sum(paid.values())}, None, None
        return
    base = _OUTSIDE_A_YEAR[slot.outside, slot.stage] * random.uniform(0.9, 1.2)
    stated: dict[int, Amount] = {}
    conditional: dict[int, Amount] = {}
    for year in range(slot.first, min(slot.last + 1, slot.open_from)):
        years = conditional if year >= slot.condition_from else stated
        amount = base * random.uniform(0.95, 1.05)
        years[year] = _ore(amount) if slot.outside == "foundation" else _down(amount, _STEP)
    yield "beviljat", {**stated, **dict.fromkeys(range(slot.open_from, slot.last + 1), OPEN_WORD)}, None, None
    if conditional:
        yield "beviljat", conditional, slot.condition, None
    until_now = {year: amount for year, amount in stated.items() if year < LAST_PLAN}
    if LAST_PLAN in stated:
        until_now[LAST_PLAN] = _near(float(stated[LAST_PLAN]) / 2, 1_000)
    yield "utbetalt", until_now, None, None


def spread_by_month(grant: int, starts: date, ends: date) -> dict[int, int]:
    """A whole grant in SEK spread evenly by month over whole months; the years' sum is exactly the grant."""
    months = (ends.year - starts.year) * 12 + ends.month - starts.month + 1
    years: dict[int, int] = {}
    done, given = 0, 0
    for year in range(starts.year, ends.year + 1):
        done += (ends.month if year == ends.year else 12) - (starts.month - 1 if year == starts.year else 0)
        upto = (2 * grant * done + months) // (2 * months)
        years[year] = upto - given
        given = upto
    return years


def _plan_lines(projects: list[Invented], own: Mapping[str, _Own], frame: Mapping[int, int]) -> Table:
    """The board's frame, and what the plans give to calls and areas; their sum is at most the frame."""
    live = {year: _down(frame[LAST_PLAN] * share, _STEP) for year, share in _LIVE_CALL_SHARES.items()}
    calls = {year: _down(amount * (0.14 + 0.02 * (year % 3)), _STEP) for year, amount in frame.items()}
    areas: dict[str, dict[int, int]] = defaultdict(dict)
    for year in frame:
        left = frame[year] - calls[year] - (live[year] if year == LAST_PLAN else 0)
        for area, amount in _by_area(year, projects, own, left).items():
            areas[area][year] = amount

    def line(kind: str, years: Mapping[int, int], said: str, call: str | None = None, area: str | None = None) -> Row:
        row: Row = {
            "Utlysning": call,
            "Område": area,
            "Finansiär": names.OWN_FUNDER,
            "Slag": kind,
            "Källa": said,
        }
        for year, amount in years.items():
            row[year] = amount
        return row

    plans = board_meeting(LAST_PLAN).source
    live_call = call_code(LIVE_CALL)
    return [
        line("ram", frame, source(f"kommunfullmäktiges budget {FIRST_PLAN}–{LAST_PLAN}")),
        *(line("plan", {y: n}, source(f"FoU-plan {y}"), call=call_code(y)) for y, n in calls.items()),
        line("plan", {LAST_PLAN: live[LAST_PLAN]}, source(f"FoU-plan {LAST_PLAN}"), call=live_call),
        line("avsatt", live, plans, call=live_call),
        line("avsatt", set_aside(frame), board_meeting(LAST_PLAN, spring=True).source, call=call_code(MEETING_CALL)),
        *(
            line("plan", years, source(f"FoU-planer {min(years)}–{max(years)}"), area=area)
            for area, years in areas.items()
        ),
    ]


def _by_area(year: int, projects: list[Invented], own: Mapping[str, _Own], amount: int) -> dict[str, int]:
    """The plan's amount by area: half of it evenly, half as the projects turned out to need."""
    need: dict[str, float] = {area_name(area.name, year): 0.0 for area in names.AREAS}
    for project in projects:
        got = own[project.code].decided.get(year)
        if got and project.area:
            need[area_name(project.area, year)] += float(got)
    total = sum(need.values())
    even = amount / len(need)
    return {
        area: _down(even / 2 + (amount / 2 * part / total if total else even / 3), 1_000) for area, part in need.items()
    }


def _down(amount: float, step: int) -> int:
    return int(amount // step) * step


def _near(amount: float, step: int) -> int:
    """To the nearest step, and never nothing."""
    return max(_down(amount + step / 2, step), step)


def _ore(amount: float) -> Decimal:
    return Decimal(round(amount * 100)).scaleb(-2)
