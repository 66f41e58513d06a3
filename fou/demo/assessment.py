"""The invented calls, proposals, scores, conflicts of interest and decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from fou.demo import names
from fou.demo.invent import (
    FIRST_PLAN,
    LAST_PLAN,
    LIVE_CALL,
    MEETING_CALL,
    SEED,
    UNDECIDED,
    Invented,
    Row,
    board_meeting,
    call_code,
    council_meeting,
    decided_in_spring,
    proposal_code,
    source,
)
from fou.imports.template.tables import Table

_YEARLY = (*range(FIRST_PLAN, LAST_PLAN + 1), LIVE_CALL)
CALLS = (*_YEARLY, MEETING_CALL)
#: From this call on, collaboration is a criterion of its own.
_FOUR_CRITERIA_FROM = 2025
#: When the live call is to be assessed, and decided on.
_LIVE_DATES = (date(LIVE_CALL - 1, 11, 30), date(LIVE_CALL - 1, 12, 15))
#: What an application's costs are, as shares of what is requested; the rest is salaries.
_SHARES = {"köpta tjänster": 0.12, "resor": 0.02, "spridning": 0.04, "gemensamma kostnader": 0.1}
#: How good a proposal seems, 0–1, by the board's outcome; what is undecided can be anything.
_QUALITY = {"granted": (0.62, 0.88), "rejected": (0.3, 0.6), "deferred": (0.5, 0.7), "": (0.4, 0.92)}
COUNCIL = tuple(member for member in names.MEMBERS if member[2] == "ledamot")
_OUTCOMES = {"granted": "beviljas", "rejected": "avslås", "deferred": "bordläggs"}


def calls() -> Table:
    """The sheet Utlysningar: one call a year, the one that is being assessed, and the one that the council meets on."""
    table: Table = [
        {
            "Kod": call_code(call),
            "Utlysning": f"Lokala utvecklingsmedel {f'{call - 1}–{call}' if call == LIVE_CALL else call}",
            "År": min(call, LAST_PLAN),
            "Öppnar": date(call - 1, 9, 1),
            "Stänger": _closes(call),
            "Läge": "under bedömning" if call == LIVE_CALL else "beslutad",
            "Text": "Enheterna kan söka medel för högst tre år. Gemensamma ansökningar går före.",
            "Bedöms senast": _LIVE_DATES[0] if call == LIVE_CALL else None,
            "Beslutas": _LIVE_DATES[1] if call == LIVE_CALL else None,
            "Regler": "Chefen för varje sökande enhet ska ha godkänt ansökan." if call == LIVE_CALL else None,
            "Bedömningar öppnade": call != LIVE_CALL,
            "Källa": source(f"utlysning {call_code(call)}"),
        }
        for call in _YEARLY
    ]
    code = call_code(MEETING_CALL)
    # The one that is being assessed stands last, as the latest.
    table.insert(-1, {
        "Kod": code, "Utlysning": names.MEETING_CALL, "År": LAST_PLAN, "Öppnar": date(LAST_PLAN, 8, 17),
        "Stänger": _closes(MEETING_CALL), "Läge": "under bedömning",
        "Text": "Enheter som arbetar tillsammans kan söka medel för förstudier, studier och spridning.",
        "Bedöms senast": date(LAST_PLAN, 11, 9), "Beslutas": _LIVE_DATES[1],
        "Regler": "Chefen för varje sökande enhet ska ha godkänt ansökan.", "Bedömningar öppnade": True,
        "Källa": source(f"utlysning {code}"),
    })  # fmt: skip
    return table


def _closes(call: int) -> date:
    return date(LAST_PLAN, 10, 1) if call == MEETING_CALL else date(call - 1, 10, 15 + call % 14)


def criteria() -> Table:
    """The sheet Prioriteringsgrunder: three criteria to 2024, then four."""
    return [
        {
            "Utlysning": call_code(call), "Nr": number, "Grund": name, "Vikt": weight, "Högsta värde": scale,
            "Vägledning": guidance, "Källa": source(f"utlysning {call_code(call)}"),
        }
        for call in CALLS
        for number, (name, weight, scale, guidance) in enumerate(_criteria(call), 1)
    ]  # fmt: skip


def _criteria(call: int) -> tuple[tuple[str, int, int, str], ...]:
    return names.CRITERIA if call >= _FOUR_CRITERIA_FROM else names.CRITERIA[:3]


def members() -> Table:
    """The sheet Ledamöter: the council, whose first member is its chair, and its administrator."""
    return [
        {
            "Namn": name, "E-post": f"{email}@{names.EMAIL_DOMAIN}", "Roll": role, "Enhet": unit,
            "Ordförande": True if (name, email, role, unit) == COUNCIL[0] else None,
        }
        for name, email, role, unit in names.MEMBERS
    ]  # fmt: skip


def assess(projects: list[Invented], lines: Table) -> tuple[Table, Table, Table]:
    """The sheets Ansökningar, Bedömningar and Jäv; ``lines`` are the budget's."""
    asked = asked_by(lines)
    random = Random(SEED + 2)
    proposals: Table = []
    scores: Table = []
    conflicts: Table = []
    for count, project in enumerate(project for project in projects if project.slot.call):
        proposals.append(_proposal(random, project, sum(asked[project.code].values())))
        away = random.sample(COUNCIL, count % 3)
        # every fifth proposal has a conflict of interest, declared by somebody who then gives no score
        if count % 5 == 3:
            away = away[:1] or [random.choice(COUNCIL)]
            closes = _closes(project.slot.call)
            conflicts.append(
                {
                    "Ansökan": proposal_code(project),
                    "Ledamot": away[0][0],
                    "Skäl": random.choice(names.CONFLICT_REASONS),
                    "Anmält": closes + timedelta(days=random.randrange(3, 9)),
                }
            )
        judges = [member[0] for member in COUNCIL if member not in away]
        scores.extend(_scores(random, project, judges))
    return proposals, scores, conflicts


def _proposal(random: Random, project: Invented, asked: int) -> Row:
    live = project.slot.call in UNDECIDED
    return {
        "Kod": proposal_code(project),
        "Utlysning": call_code(project.slot.call),
        "Projekt": project.code,
        "Sökande": ", ".join(project.units),
        "Gemensam": len(project.units) > 1,
        "Fortsättning": project.previous is not None,
        "Inkom": _closes(project.slot.call) - timedelta(days=random.randrange(0, 30)),
        "Läge": "komplett" if live else None,
        "Diarienummer": project.reference if live else None,
        "Kontakt": f"fou.{project.code.lower()}@{names.EMAIL_DOMAIN}" if live else None,
        # Every other applicant has said what they can do with.
        "Lägsta belopp": int(asked * 0.8) // 10_000 * 10_000 if live and project.number % 2 else None,
        "Källa": source(f"ansökan {proposal_code(project)}"),
    }


def _scores(random: Random, project: Invented, judges: list[str]) -> Iterator[Row]:
    """Values around how good the proposal seems; some cannot judge, and a few scores are missing."""
    quality = random.uniform(*_QUALITY[project.slot.outcome])
    missing = 0.12 if project.slot.call == LIVE_CALL else 0.02
    for judge in judges:
        for number, (_, _, scale, _) in enumerate(_criteria(project.slot.call), 1):
            chance = random.random()
            if chance < missing:
                continue
            unable = chance > 0.95
            value = min(scale, max(0, round(random.gauss(quality, 0.12) * scale)))
            yield {
                "Ansökan": proposal_code(project),
                "Ledamot": judge,
                "Grund nr": number,
                "Värde": None if unable else value,
                "Kan inte bedöma": True if unable else None,
            }


def costs(projects: list[Invented], lines: Table) -> Table:
    """The sheet Kostnader: what the undecided applications cost, whose requested sums are those of ``lines``."""
    asked = asked_by(lines)
    table: Table = []
    for project in projects:
        if project.slot.call not in UNDECIDED:
            continue
        for year, amount in asked[project.code].items():
            parts = {what: round(amount * share, -3) for what, share in _SHARES.items()}
            parts = {"löner": amount - sum(parts.values())} | parts
            rows = [(what, "sökt", part) for what, part in parts.items()]
            rows.append(("löner", "medfinansiering", round(amount * 0.25, -3)))
            table.extend(
                {
                    "Ansökan": proposal_code(project), "År": year, "Kostnadsslag": what, "Betalas av": payer,
                    "Belopp": int(part),
                }
                for what, payer, part in rows
                if part > 0
            )  # fmt: skip
    return table


def asked_by(lines: Table) -> dict[str, dict[int, int]]:
    """What each project asks for by year, SEK excl. VAT."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for line in lines:
        if line["Slag"] == "sökt":
            years = {year: value for year, value in line.items() if isinstance(year, int) and isinstance(value, int)}
            found[str(line["Projekt"])] |= years
    return found


def decisions(projects: list[Invented]) -> Table:
    """The sheet Beslut: the council's recommendation and the board's decision on each project."""
    table: Table = []
    for project in projects:
        slot = project.slot
        if not slot.outcome:
            continue
        spring = decided_in_spring(project)
        if slot.own:
            table.append(_decision(project, "rekommendation", slot.council or slot.outcome, spring))
        table.append(_decision(project, "beslut", slot.outcome, spring))
    return table


def _decision(project: Invented, kind: str, outcome: str, spring: bool) -> Row:
    first, last = project.slot.first, project.slot.last
    by_board = kind == "beslut"
    meeting = (board_meeting if by_board else council_meeting)(first, spring)
    return {
        "Projekt": project.code,
        "Slag": kind,
        "Diarienummer": project.reference,
        "Nämnd": meeting.body,
        "Datum": meeting.day,
        "Paragraf": meeting.paragraph,
        "Omedelbar justering": spring if by_board else None,
        "Utfall": _OUTCOMES[outcome],
        "Text": _decision_text(outcome, by_board, first, last, own=bool(project.slot.own)),
    }


def _decision_text(outcome: str, by_board: bool, first: int, last: int, own: bool) -> str:
    if outcome == "rejected":
        return "Nämnden avslår ansökan." if by_board else "Rådet rekommenderar avslag."
    if outcome == "deferred":
        return "Ärendet bordläggs. Sökanden får komplettera kostnadsplanen."
    if not by_board:
        return "Rådet rekommenderar nämnden att bevilja medel."
    if not own:
        return "Nämnden ställer sig bakom projektet, som betalas av en annan finansiär."
    if last > first:
        later = f"{first + 1}" if last == first + 1 else f"{first + 1}–{last}"
        return f"Nämnden beviljar medel för {first} och räknar med fortsättning {later}."
    return f"Nämnden beviljar medel för {first}."
