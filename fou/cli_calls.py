"""The command line's `call`: list calls, show one, rank its applications, and read applications in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from fou.access import Person, Role
from fou.assessing import progress
from fou.calls import Applied, Sum, call_page
from fou.calls import calls as read_calls
from fou.cli_common import Json, open_database, person, print_json
from fou.errors import ImportRefused, Refused
from fou.imports.applications.examining import examine
from fou.imports.applications.found import Choices, Found
from fou.imports.applications.posting import found_json, post, state_of
from fou.imports.applications.reading import read_many
from fou.imports.findings import SEVERITY_NAMES, Finding
from fou.model import CALL_STATES, PROPOSAL_STATES, Call
from fou.money import OPEN_TEXT, format_sek, format_whole
from fou.ranking import Ranked
from fou.standings import Standings, standings
from fou.store import Database, Reader
from fou.store.sight import sight_of
from fou.swedish import count, local_date

calls = typer.Typer(no_args_is_help=True, help="Utlysningar, deras ansökningar och rangordning.")

Code = Annotated[str, typer.Argument(metavar="UTLYSNING", help="Utlysningens kod.")]


@calls.command("list")
def list_calls(as_json: Json = False) -> None:
    """Visa alla utlysningar."""
    with open_database() as database, database.read() as reader:
        rows = read_calls(reader)
    if as_json:
        print_json(
            [
                {
                    **_about(row.call), "applications": row.applications, "joint": row.joint,
                    "requested": _sum(row.requested), "money": _sum(row.money) if row.money else None,
                    "granted": _sum(row.granted),
                }
                for row in rows
            ]
        )  # fmt: skip
        return
    for row in rows:
        money = f", {_text(row.money)} att fördela" if row.money else ""
        print(
            f"{row.call.code}  {row.call.name} ({CALL_STATES[row.call.state]}): ansökningar {row.applications}, "
            f"{_text(row.requested)} sökt{money}"
        )


@calls.command()
def show(code: Code, as_json: Json = False) -> None:
    """Visa en utlysning med prioriteringsgrunder, pengar och ansökningar."""
    with open_database() as database, database.read() as reader:
        page = call_page(reader, code)
        if page is None:
            raise _unknown(code)
        done = progress(reader, person(), page.call.id)
    if as_json:
        print_json(
            {
                **_about(page.call),
                "text": page.call.text,
                "criteria": [
                    {
                        "position": one.position, "name": one.name, "weight": one.weight, "lowest": one.lowest,
                        "highest": one.scale, "guidance": one.guidance,
                    }
                    for one in page.criteria
                ],
                "money": [{"year": year, **_sum(one)} for year, one in page.money],
                "applications": [_application(one) for one in page.applications],
                "progress": [
                    {"member": one.member, "done": one.done, "boxes": one.boxes, "conflicts": one.conflicts}
                    for one in done
                ],
            }
        )  # fmt: skip
        return
    print(f"{page.call.code} {page.call.name}: {CALL_STATES[page.call.state]}")
    for year, one in page.money:
        print(f"  {year}: {_text(one)}")
    for criterion in page.criteria:
        print(f"  {criterion.position}. {criterion.name}")
    for applied in page.applications:
        state = PROPOSAL_STATES[applied.proposal.state or "received"]
        print(f"  {applied.proposal.code} {applied.project.title}: {_text(applied.requested)} ({state})")


@calls.command("rank")
def rank_call(
    code: Code,
    as_json: Json = False,
    member: Annotated[str, typer.Option(help="Som den här ledamoten ser den.")] = "",
) -> None:
    """Rangordna en utlysnings ansökningar."""
    with open_database() as database:
        who = _member(database, member) if member else person()
        with database.read(None, sight_of(who)) as reader:
            found = _standings(reader, who, code)
    if as_json:
        print_json(_ranking(found))
        return
    if found.closed is not None:
        print(found.closed)
    for row in found.rows:
        place = row.ranked.place
        said = "ingen har bedömt den"
        if place is not None:
            span = place.span
            said = f"{place.mean:.1f} av 100".replace(".", ",") + f", plats {span.best}–{span.last}"
        number = "–" if place is None else str(place.number)
        print(f"{number:>3}  {row.applied.proposal.code} {row.applied.project.title}: {said}, {_text(row.requested)}")
    for applied in found.conflicts:
        print(f"     {applied.proposal.code} {applied.project.title}: jäv, bedömningen visas inte")


@calls.command("import")
def import_applications(
    code: Code,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FIL…", help="Ifyllda ansökningsblanketter, eller listor med en ansökan på varje rad."),
    ],
    check: Annotated[bool, typer.Option("--check", help="Granska bara; läs inte in.")] = False,
    received: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Dagen då de ansökningar kom in som inte själva säger det."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Granska ansökningar i Excel och läs in dem i en utlysning: alla, eller inga om det finns fel."""
    today = local_date(datetime.now(UTC).replace(tzinfo=None))
    read = read_many([(file.name, _content(file)) for file in files])
    with open_database() as database:
        with database.read() as reader:
            page = call_page(reader, code)
            if page is None:
                raise _unknown(code)
            choices = Choices(received=received.date() if received else None)
            found = examine(reader, page.call.id, read, choices, today)
        batch: int | None = None
        codes: tuple[str, ...] = ()
        if not check and not found.has_errors:
            batch, codes = post(database, person(), found, today)
    if as_json:
        print_json(found_json(found, batch, codes))
        if found.has_errors:
            raise typer.Exit(1)
        return
    _print_found(found)
    if found.has_errors:
        findings = [one for file in found.files for one in file.all_findings()]
        raise ImportRefused("Det finns fel. Ingenting är inläst.", findings)
    if check:
        print(f"Granskad: {count(len(found.incoming), 'ansökan', 'ansökningar')} kan läsas in. Ingenting är inläst.")
    elif batch is None:
        print("Filerna säger inget nytt. Ingenting är inläst.")
    else:
        number = count(len(codes), "ansökan", "ansökningar")
        print(f"{number} i {found.call.code}, inläst som post {batch}. Ångra med: python -m fou undo {batch}")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused(f"{file.name} går inte att öppna: {error.strerror}.") from error


_STATES = {
    "new": "ny", "supplement": "komplettering till", "unchanged": "finns redan och är oförändrad:",
    "left": "läses inte in", "wrong": "har fel",
}  # fmt: skip


def _print_found(found: Found) -> None:
    for file in found.files:
        print(file.file)
        for finding in file.findings:
            print(_finding(finding))
        for one in file.candidates:
            state = " ".join(part for part in (_STATES[state_of(one)], one.code) if part)
            print(f"  {one.form.title or one.where}: {format_whole(one.requested)} sökt ({state})")
            for what, before, after in one.changes:
                print(f"    {what}: {before} → {after}")
            for finding in one.findings:
                print(_finding(finding))


def _finding(finding: Finding) -> str:
    return (
        f"    {SEVERITY_NAMES[finding.severity]} i {finding.place}: {finding.found}. Väntat: {finding.expected}. "
        f"{finding.help}"
    )


def _standings(reader: Reader, who: Person, code: str) -> Standings:
    page = call_page(reader, code)
    if page is None:
        raise _unknown(code)
    return standings(reader, who, page.call.id)


def _member(database: Database, name: str) -> Person:
    with database.read() as reader:
        row = reader.row("SELECT id, name FROM member WHERE LOWER(name) = LOWER($name) AND role = 'member'", name=name)
    if row is None:
        raise Refused(f"Det finns ingen ledamot som heter {name}.")
    return Person(row[1], Role.MEMBER, row[0])


def _unknown(code: str) -> Refused:
    return Refused(f"Det finns ingen utlysning med koden {code}. Se vilka som finns med: python -m fou call list")


def _about(call: Call) -> dict[str, Any]:
    return {
        "code": call.code, "name": call.name, "year": call.year, "state": call.state, "opens": call.opens,
        "closes": call.closes, "assessed": call.assessed, "decides": call.decides,
    }  # fmt: skip


def _application(one: Applied) -> dict[str, Any]:
    proposal = one.proposal
    return {
        "code": proposal.code, "title": one.project.title, "project": one.project.code, "applicants": list(one.units),
        "area": one.area, "state": proposal.state or "received", "joint": proposal.joint,
        "continuing": proposal.continuing, "received": proposal.received, "reference": proposal.reference,
        "requested": _sum(one.requested), "by_year": [{"year": year, **_sum(asked)} for year, asked in one.by_year],
        "least": proposal.least,
        "costs": [
            {"year": cost.year, "type": cost.cost_type, "payer": cost.payer, "amount": cost.amount}
            for cost in one.costs
        ],
    }  # fmt: skip


def _ranking(found: Standings) -> dict[str, Any]:
    return {
        "call": found.call.code, "closed": found.closed, "frame": found.frame, "years": list(found.years),
        "rows": [
            {
                "code": row.applied.proposal.code, "title": row.applied.project.title, **_place(row.ranked),
                "judges": row.ranked.judges, "spread": row.ranked.spread, "disagreement": row.ranked.disagreement,
                "criteria": list(row.ranked.criteria), "requested": row.ranked.requested,
            }
            for row in found.rows
        ],
        "conflicts": [one.proposal.code for one in found.conflicts],
    }  # fmt: skip


def _place(ranked: Ranked) -> dict[str, Any]:
    place = ranked.place
    if place is None:
        return {
            "place": None, "best": None, "last": None, "mean": None, "tied": 0, "cumulated": None,
            "cumulated_open": None, "zone": None,
        }  # fmt: skip
    return {
        "place": place.number, "best": place.span.best, "last": place.span.last, "mean": place.mean,
        "tied": len(place.tied), "cumulated": place.money.cumulated,
        "cumulated_open": place.money.cumulated_open, "zone": place.money.zone,
    }  # fmt: skip


def _sum(one: Sum) -> dict[str, Any]:
    return {"amount": one.amount, "open": one.open}


def _text(one: Sum) -> str:
    if not one.open:
        return format_sek(one.amount)
    return f"{format_sek(one.amount)} och {OPEN_TEXT}" if one.amount else OPEN_TEXT
