"""The command line's `allocate`, `scenario` and `decide`: suggest, look at what the council has tried, and decide."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from fou import boards, deciding
from fou.boards import Board, Said, YearRoom
from fou.calls import call_page
from fou.cli_common import Json, open_database, person, print_json
from fou.errors import Refused
from fou.matters import Scope
from fou.model import RECOMMENDATION_STATES, Recommendation, Scenario
from fou.money import OPEN_TEXT, format_sek
from fou.scenarios import as_line, said
from fou.settings import settings_from_environment
from fou.store import Reader
from fou.swedish import local_date

scenario = typer.Typer(no_args_is_help=True, help="Rådets scenarier.")

Code = Annotated[str, typer.Argument(metavar="SCENARIO", help="Scenariots kod, till exempel LUM-2026-S1.")]


class RuleName(StrEnum):
    """The rules, as they are written: ``fou.allocation.Rule`` without what solves them."""

    RANK = "rank"
    BEST = "best"
    CUT = "cut"
    SHARES = "shares"


def allocate(
    about: Annotated[str, typer.Argument(metavar="UTLYSNING|ÅR", help="Utlysningens kod, eller planens år.")],
    rule: Annotated[
        RuleName, typer.Option(help="rank: rangordning, best: flest poäng, cut: osthyvel, shares: andelar.")
    ],
    most_new: Annotated[int | None, typer.Option(min=0, help="Högst så många nya projekt.")] = None,
    as_json: Json = False,
) -> None:
    """Föreslå en fördelning. Ingenting skrivs."""
    # It loads a solver, which the other commands do without.
    from fou.allocation import Rule
    from fou.suggesting import Limits, suggest

    with open_database() as database, database.read() as reader:
        found = suggest(reader, person(), _scope(reader, about), Rule(rule), Limits(most_new=most_new))
    suggestion, asked = found.suggestion, found.problem
    if as_json:
        print_json(
            {
                "about": about, "rule": rule, "years": list(found.years), "frame": asked.frame, "left": suggestion.left,
                "feasible": suggestion.feasible, "score": float(suggestion.score), "told": list(suggestion.told),
                "proposals": [
                    {
                        "code": asked.name(one.id), "requested": one.requested,
                        "score": None if one.score is None else float(one.score),
                        "amount": suggestion.amounts.get(one.id, 0),
                    }
                    for one in asked.proposals
                ],
            }
        )  # fmt: skip
        return
    for sentence in suggestion.told:
        print(sentence)
    for one in asked.proposals:
        print(f"{asked.name(one.id)}: {format_sek(suggestion.amounts.get(one.id, 0))}")


@scenario.command("list")
def list_scenarios(as_json: Json = False) -> None:
    """Visa alla scenarier, också undanlagda."""
    with open_database() as database, database.read() as reader:
        found = reader.records(Scenario, "ORDER BY year DESC, id")
        states = {one.scenario: one.state for one in reversed(deciding.recommendations(reader, person()))}
        calls = dict(reader.rows("SELECT id, code FROM call"))
        names = dict(reader.rows("SELECT id, name FROM member"))
    if as_json:
        print_json(
            [
                {
                    "code": one.code, "name": one.name, "year": one.year, "call": calls.get(one.call),
                    "owner": names.get(one.owner), "put_away": bool(one.put_away), "state": states.get(one.id),
                }
                for one in found
            ]
        )  # fmt: skip
        return
    for one in found:
        state = [
            text
            for text in (names.get(one.owner), RECOMMENDATION_STATES.get(states.get(one.id, "")))
            if text is not None
        ]
        away = ["undanlagt"] if one.put_away else []
        more = f" ({', '.join([*state, *away])})" if state or away else ""
        print(f"{one.code}  {one.name}: {calls.get(one.call) or f'FoU-plan {one.year}'}{more}")


@scenario.command()
def show(code: Code, as_json: Json = False) -> None:
    """Visa ett scenario: vad varje ärende får, och vad som blir kvar."""
    with open_database() as database, database.read() as reader:
        found = boards.board(reader, person(), _scenario(reader, code).id)
    if as_json:
        print_json(_board(found))
        return
    print(f"{found.scenario.code} {found.scenario.name}")
    for room in found.room:
        print(f"  {room.year}: {_room(room)}")
    for row in found.rows:
        lines = "; ".join(f"{line.year}: {said(as_line(line))}" for line in row.lines) or "inte behandlad"
        print(f"  {row.matter.code} {row.matter.title}: {lines}")


@scenario.command("compare")
def compare_scenarios(
    codes: Annotated[list[str], typer.Argument(metavar="SCENARIO…", help="Två scenarier eller fler.")],
    as_json: Json = False,
) -> None:
    """Visa scenarier sida vid sida, mot det första."""
    with open_database() as database, database.read() as reader:
        found = boards.compare(reader, person(), [_scenario(reader, code).id for code in codes])
    if as_json:
        print_json(
            {
                "scenarios": [_board(one) for one in found.boards],
                "matters": [
                    {
                        "code": row.matter.code, "title": row.matter.title, "said": [_said(one) for one in row.said],
                        "gains": list(row.gains),
                    }
                    for row in found.rows
                ],
            }
        )  # fmt: skip
        return
    print(f"Ärende: {' | '.join(f'{one.scenario.code} {one.scenario.name}' for one in found.boards)}")
    for row in found.rows:
        print(f"{row.matter.code} {row.matter.title}: {' | '.join(_text(one) for one in row.said)}")
    print(f"Summa utan villkor: {' | '.join(format_sek(one.total.firm) for one in found.boards)}")
    for at, one in enumerate(found.boards[1:], 1):
        for told, who in (("mer", found.winners(at)), ("mindre", found.losers(at))):
            if who:
                print(f"{one.scenario.code} ger {told} till {', '.join(matter.code for matter in who)}.")


def decide(
    scenario: Annotated[str, typer.Option(help="Scenariot som rådet rekommenderar, eller har rekommenderat.")],
    date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Dagen då nämnden beslutade.")],
    reference: Annotated[str, typer.Option(help="Beslutets diarienummer.")],
    board: Annotated[str, typer.Option(help="Vilken nämnd som beslutade.")] = "Socialnämnden",
    paragraph: Annotated[str, typer.Option(help="Paragraf i protokollet.")] = "",
    verdict: Annotated[str, typer.Option(help="approved, sent_back eller rejected.")] = "approved",
    immediate: Annotated[bool, typer.Option("--immediate", help="Protokollet justerades omedelbart.")] = False,
    as_json: Json = False,
) -> None:
    """Registrera nämndens beslut om ett scenario. Är det inte rekommenderat än, fryses det först."""
    today = local_date(datetime.now(UTC).replace(tzinfo=None))
    minutes = deciding.Minutes(verdict, board, date.date(), reference, paragraph or None, immediate)
    with open_database() as database:
        with database.read() as reader:
            found = _scenario(reader, scenario)
            made = reader.records(Recommendation, "WHERE scenario = $id ORDER BY id DESC LIMIT 1", id=found.id)
        waiting = bool(made) and made[0].state == "made"
        if not waiting:
            # What will be refused is so before anything is frozen.
            deciding.refuse_incomplete(minutes, today, min(today, date.date()))
            if verdict == "changed":
                raise Refused("Ett beslut med ändringar förs in på sidan Rådsmöte, ärende för ärende.")
        number = made[0].id if waiting else deciding.recommend(database, person(), found.id, min(today, date.date()))
        batch = deciding.decide(database, person(), number, minutes, today)
        with database.read() as reader:
            page = deciding.recommendation_page(reader, person(), number)
    if as_json:
        print_json(
            {
                "batch": batch, "recommendation": page.recommendation.code, "hash": page.recommendation.hash,
                "state": page.recommendation.state,
            }
        )  # fmt: skip
        return
    state = RECOMMENDATION_STATES[page.recommendation.state]
    print(f"{page.recommendation.code} är {state} (post {batch}). Ångra med: python -m fou undo {batch}")


def write_paper(paper: str, code: str, to: Path, decided: bool) -> None:
    """Write a paper of a recommendation as a file; ``decided``: with what the board decided, if it has."""
    from fou.exports import write_new
    from fou.exports.papers.making import made, usual

    who = person()
    with open_database() as database, database.read() as reader:
        found = reader.records(Recommendation, "WHERE LOWER(code) = LOWER($code)", code=code)
        if not found:
            codes = ", ".join(one.code for one in deciding.recommendations(reader, who)) or "ingen"
            raise Refused(f"Det finns ingen rekommendation med koden {code}. De som finns är: {codes}.")
        number = found[0].id
        about = usual(reader, deciding.recommendation_page(reader, who, number))
        folder = settings_from_environment().templates
        write_new(to, lambda: made(reader, who, number, paper, about, folder, decided).content)
    print(f"Skrev {to}.")


def _scope(reader: Reader, about: str) -> Scope:
    page = call_page(reader, about)
    if page is not None:
        return Scope(page.call.year, page.call.id)
    if not about.isdecimal():
        raise Refused(f"Det finns ingen utlysning med koden {about}. Se vilka som finns med: python -m fou call list")
    return Scope(int(about))


def _scenario(reader: Reader, code: str) -> Scenario:
    found = reader.records(Scenario, "WHERE LOWER(code) = LOWER($code)", code=code)
    if not found:
        raise Refused(f"Det finns inget scenario med koden {code}. Se vilka som finns med: python -m fou scenario list")
    return found[0]


def _board(found: Board) -> dict[str, Any]:
    return {
        "code": found.scenario.code, "name": found.scenario.name, "year": found.scenario.year, **_said(found.total),
        "new": found.new, "continuing": found.continuing, "locked_in": _said(found.locked_in),
        "years": [
            {
                "year": room.year, "frame": room.frame, "committed": room.committed, "granted": room.here.granted,
                "reserved": room.here.reserved, "open": room.here.open, "free": room.free_after,
                "left_of_call": room.pot_left,
            }
            for room in found.room
        ],
        "areas": [{"name": one.name, "amount": one.amount, "planned": one.planned} for one in found.areas],
        "matters": [
            {
                "code": row.matter.code, "title": row.matter.title, "locked": row.locked, **_said(row.said),
                "lines": [
                    {"year": line.year, "choice": line.choice, "amount": line.amount, "condition": line.condition}
                    for line in row.lines
                ],
            }
            for row in found.rows
        ],
    }  # fmt: skip


def _said(one: Said) -> dict[str, Any]:
    return {
        "choice": one.choice, "granted": one.granted, "reserved": one.reserved, "open": one.open,
        "conditional": one.conditional,
    }  # fmt: skip


def _text(one: Said) -> str:
    if one.choice is None:
        return "inte behandlad"
    if one.choice == "out":
        return "utanför"
    parts = [format_sek(one.firm)] if one.firm else []
    parts += [f"{format_sek(one.conditional)} med villkor"] if one.conditional else []
    parts += [OPEN_TEXT] if one.open else []
    return ", ".join(parts)


def _room(room: YearRoom) -> str:
    parts = [f"beviljas {format_sek(room.here.granted)}", f"avsätts {format_sek(room.here.reserved)}"]
    if room.here.open:
        parts.append(f"{room.here.open} × {OPEN_TEXT}")
    if room.pot is not None and room.left is not None:
        parts.append(f"{'över' if room.left < 0 else 'kvar av'} det avsatta {format_sek(abs(room.left))}")
    if room.free_after is not None:
        parts.append(f"fritt {format_sek(room.free_after)}")
    return ", ".join(parts)
