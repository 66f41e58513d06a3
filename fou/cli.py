"""The command line, `python -m fou …`: exit 0 done, 1 refused because of the data, 2 wrong usage."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fou.access import ACTION_NAMES, Action
from fou.check import check as find_failures
from fou.check import check_mark
from fou.cli_calls import calls
from fou.cli_common import Json
from fou.cli_common import open_database as _database
from fou.cli_common import person as _person
from fou.cli_common import print_json as _print_json
from fou.cli_meeting import allocate, decide, scenario, write_paper
from fou.demo.invent import USUAL
from fou.errors import FouError, ImportRefused
from fou.exports import KINDS as EXPORTS
from fou.exports import REPORTS, Asked
from fou.exports import write as write_export
from fou.exports.papers import PAPERS
from fou.figures import Figures
from fou.imports.findings import SEVERITY_NAMES, Finding
from fou.ledger import history as read_history
from fou.ledger import undo as undo_batch
from fou.model import KIND_NAMES, Kind
from fou.money import OPEN_TEXT, format_sek
from fou.plan import YearPlan, year_plan, year_projects
from fou.store import Reader, chain
from fou.swedish import count, format_timestamp

if TYPE_CHECKING:
    from fou.imports.examining import Examined

# What reads files is heavy, and is fetched by the commands that read one: the others start in half the time.

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Fou: FoU-medel i socialtjänsten. Databasen är data/fou.duckdb, eller den som FOU_DATABASE anger.",
)
demo = typer.Typer(no_args_is_help=True, help="Fyll en tom databas med ett exempel.")
app.add_typer(demo, name="demo")
app.add_typer(calls, name="call")
app.add_typer(scenario, name="scenario")
app.command()(allocate)
app.command()(decide)

#: The kinds in the order in which `plan` prints them.
_PLAN_KINDS = (
    Kind.PLANNED, Kind.REQUESTED, Kind.PROPOSED, Kind.RESERVED, Kind.GRANTED, Kind.PAID, Kind.SPENT,
    Kind.RETURNED, Kind.FORECAST,
)  # fmt: skip


def run() -> None:
    """Run a command; what Fou refuses is told in Swedish and exits with 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal without, say, the true minus sign must not stop the command.
            stream.reconfigure(errors="replace")
    try:
        app()
    except FouError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


@demo.command("documents")
def demo_documents() -> None:
    """Läs in källdokumentens portfölj i en tom databas."""
    from fou.demo import load

    with _database(create=True) as database:
        batch = load.load_documents(database, _person())
        print(f"Källdokumentens portfölj är inläst (post {batch}) i {database.path}.")


@demo.command("example")
def demo_example(
    projects: Annotated[int, typer.Option(min=10, max=100_000, help="Antal projekt.")] = USUAL,
) -> None:
    """Läs in den påhittade Exempelkommunen i en tom databas."""
    from fou.demo import load

    with _database(create=True) as database:
        batch = load.load_example(database, _person(), projects)
        print(f"Den påhittade Exempelkommunen är inläst (post {batch}) i {database.path}.")


@app.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="Arbetsbok, CSV eller utdrag ur Swecris.")
    ],
    check: Annotated[bool, typer.Option("--check", help="Granska bara; skriv ingenting.")] = False,
    as_json: Json = False,
    mapping: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, readable=True, help="Val för hur filen läses, som --save-mapping."),
    ] = None,
    save_mapping: Annotated[
        Path | None, typer.Option(help="Spara hur filen lästes, att ändra i och läsa in med --mapping.")
    ] = None,
    annotated: Annotated[
        Path | None, typer.Option(help="Spara en kopia av filen (.xlsx) där det som är fel är markerat.")
    ] = None,
) -> None:
    """Granska en budget i vilken uppställning som helst, eller ett utdrag ur Swecris, och läs in den."""
    from fou.imports.as_json import examined_json
    from fou.imports.examining import examine
    from fou.imports.files.annotate import marks_of
    from fou.imports.files.limited import annotate_file
    from fou.imports.posting import post
    from fou.imports.sheets.choices import read_choices
    from fou.imports.sheets.describing import choices_in_full

    choices = read_choices(mapping.read_text("utf-8-sig"), mapping.name) if mapping else {}
    with _database(create=True) as database:
        examined = examine(database, file, file.name, choices)
        batch: int | None = None
        if not check and not examined.checked.has_errors:
            batch = post(database, _person(), examined)
        if save_mapping is not None:
            choices_text = json.dumps(choices_in_full(examined), ensure_ascii=False, indent=1)
            save_mapping.write_text(choices_text + "\n", "utf-8")
        if annotated is not None:
            annotated.write_bytes(annotate_file(file.read_bytes(), file.name, marks_of(examined.findings)))
        if as_json:
            _print_json(examined_json(examined, batch))
        else:
            _print_examined(examined, batch, check)
        if examined.checked.has_errors:
            if as_json:
                raise typer.Exit(1)
            raise ImportRefused("Filen har fel. Ingenting är inläst.", examined.findings)


@app.command()
def undo(batch: Annotated[int, typer.Argument(help="Postens nummer i historiken.")]) -> None:
    """Ångra en post."""
    with _database() as database:
        number = undo_batch(database, _person(), batch)
        print(f"Post {batch} är ångrad genom post {number}.")


@app.command()
def plan(
    year: Annotated[int, typer.Argument(min=1990, max=2100)],
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Som det var den dagen.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Visa ett års plan."""
    with _database() as database:
        head = database.head_on(as_of.date()) if as_of else None
        with database.read(head) as reader:
            found = year_plan(reader, year)
            if as_json:
                _print_json(plan_json(reader, found))
            else:
                _print_plan(reader, found)


@app.command()
def history(as_json: Json = False) -> None:
    """Visa allt som har skrivits, det senaste först."""
    with _database() as database, database.read() as reader:
        batches = read_history(reader)
    if as_json:
        _print_json(
            [
                {
                    "batch": b.id, "posted": b.posted.replace(tzinfo=UTC).isoformat(), "actor": b.actor,
                    "kind": b.kind, "note": b.note, "file": b.file, "undone_by": b.undone_by,
                }
                for b in batches
            ]
        )  # fmt: skip
        return
    for b in batches:
        undone = f" – ångrad genom post {b.undone_by}" if b.undone_by else ""
        kind = ACTION_NAMES.get(Action(b.kind), b.kind)
        print(f"{b.id:>5}  {format_timestamp(b.posted)}  {kind:<15} {b.actor}: {b.note}{undone}")


@app.command()
def export(
    kind: Annotated[str, typer.Argument(help=", ".join((*EXPORTS, *PAPERS)))],
    to: Annotated[Path, typer.Option(help="Filen som skrivs; den får inte finnas.")],
    year: Annotated[int | None, typer.Option(min=1990, max=2100)] = None,
    recommendation: Annotated[
        str, typer.Option(metavar="KOD", help=f"Rådets rekommendation, för {', '.join(PAPERS)}.")
    ] = "",
    proposed: Annotated[
        bool, typer.Option("--proposed", help="Som rådet rekommenderade, också när nämnden har beslutat.")
    ] = False,
    report: Annotated[str, typer.Option(help=f"{' eller '.join(REPORTS)}.")] = "portfoljrapport",
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Som det var den dagen.")
    ] = None,
) -> None:
    """Skriv en rapport för ett år, eller ett papper av en rekommendation och nämndens beslut, som fil."""
    if kind in PAPERS:
        if not recommendation:
            raise typer.BadParameter("Ange rekommendationens kod.", param_hint="--recommendation")
        write_paper(kind, recommendation, to, not proposed)
        return
    if kind not in EXPORTS:
        raise typer.BadParameter(f"Välj något av {', '.join((*EXPORTS, *PAPERS))}.", param_hint="KIND")
    if year is None:
        raise typer.BadParameter("Ange ett år.", param_hint="--year")
    if report not in REPORTS:
        raise typer.BadParameter(f"Välj något av {', '.join(REPORTS)}.", param_hint="--report")
    day = as_of.date() if as_of else None
    with _database() as database, database.read(database.head_on(day) if day else None) as reader:
        write_export(reader, kind, Asked(report, year, as_of=day), to)
    print(f"Skrev {to}.")


@app.command()
def backup(path: Path) -> None:
    """Spara en kopia av hela databasen."""
    with _database() as database:
        database.backup(_person(), path)
    print(f"Säkerhetskopian ligger i {path}.")


@app.command()
def restore(path: Path) -> None:
    """Byt ut innehållet mot en säkerhetskopia; det som fanns sparas bredvid."""
    from fou.privacy.weeding import to_do_again

    with _database(create=True) as database:
        kept = database.restore(_person(), path)
        with database.read() as reader:
            again = to_do_again(reader, _person())
    print(f"Databasen är återställd från {path}. Det som fanns före ligger i {kept}.")
    if again:
        print(
            f"Kopian är äldre än {count(len(again), 'gallring som', 'gallringar som')} behöver göras om: se sidan "
            "Personuppgifter."
        )


@app.command()
def check(
    expect: Annotated[
        str, typer.Option(metavar="MÄRKE", help="Ett märke från en rapport, 57:3f9a2c1b…: finns det kvar i kedjan?")
    ] = "",
    as_json: Json = False,
) -> None:
    """Kontrollera att databasen är hel och att inget bokfört har ändrats."""
    if expect and not chain.is_mark(expect):
        raise typer.BadParameter(f"{expect} är inget märke. Skriv det som i rapporten, till exempel 57:3f9a2c1b.")
    with _database() as database, database.read() as reader:
        failures = [*find_failures(reader), *(check_mark(reader, expect) if expect else ())]
        mark = chain.mark(reader)
    if as_json:
        _print_json([{"rule": failure.rule, "message": failure.message} for failure in failures])
    elif failures:
        for failure in failures:
            print(f"{failure.rule}: {failure.message}")
    else:
        print("Databasen är hel: alla kontroller stämmer.")
        if expect:
            print(f"Märket {expect} finns i kedjan: inget som var bokfört då är ändrat, utom det som gallrats.")
        if mark:
            print(f"Märket är nu {mark}. Skriv upp det, så går det att visa senare att inget har ändrats.")
    if failures:
        raise typer.Exit(1)


def plan_json(reader: Reader, found: YearPlan) -> dict[str, Any]:
    """A year as `plan --json` prints it.

    Each kind's sum leaves conditional amounts out; ``frame`` and ``free`` are null in a year without a frame.
    """
    projects = year_projects(reader, found.year, limit=None)
    figures = found.figures
    return {
        "year": found.year,
        "frame": found.room.frame,
        **_kinds(figures),
        "free": found.room.free,
        "open": figures.open_count,
        "conditional": _conditional(figures),
        "areas": [{"name": row.name, **_kinds(row.figures), "open": row.figures.open_count} for row in found.areas],
        "projects": [
            {
                "code": row.code, "title": row.title, "area": row.area, **_kinds(row.figures),
                "open": row.figures.open_count,
            }
            for row in projects
        ],
    }  # fmt: skip


def _kinds(figures: Figures) -> dict[str, Decimal]:
    return {str(kind): figures.sum(kind) for kind in _PLAN_KINDS}


def _conditional(figures: Figures) -> dict[str, Decimal]:
    return {str(kind): amount for kind, amount in figures.conditional.items()}


def _print_plan(reader: Reader, found: YearPlan) -> None:
    room = found.room
    print(f"FoU-plan {found.year}")
    print(f"  ram: {format_sek(room.frame) if room.frame is not None else 'ej fastställd'}")
    for kind in _PLAN_KINDS:
        amount = found.figures.stated(kind)
        if amount is not None:
            print(f"  {KIND_NAMES[kind]}: {format_sek(amount)}")
    if room.free is not None:
        print(f"  fritt: {format_sek(room.free)}")
    for item in found.conditional_items:
        print(f"  på villkor, {KIND_NAMES[item.kind]}: {item.title}, {format_sek(item.amount or 0)} ({item.condition})")
    for item in found.open_items:
        print(f"  {KIND_NAMES[item.kind]}: {item.title}, {OPEN_TEXT}")
    for row in year_projects(reader, found.year):
        stated = [f"{KIND_NAMES[k]} {format_sek(row.figures.firm[k])}" for k in _PLAN_KINDS if k in row.figures.firm]
        if stated:
            print(f"  {row.code} {row.title}: {', '.join(stated)}")


def _print_examined(examined: Examined, batch: int | None, only_check: bool) -> None:
    from fou.imports.sheets.describing import describe

    for found in examined.understood.sheets if examined.understood else ():
        print(f"{found.layout.name}: {describe(found)}")
    for finding in examined.findings:
        print(_finding_line(finding))
    difference = examined.difference
    if examined.checked.has_errors:
        return
    new = sum(change.before is None for change in difference.amounts)
    missing = len(difference.missing) + difference.missing_elsewhere
    print(
        f"{count(new, 'nytt belopp', 'nya belopp')}, "
        f"{count(len(difference.amounts) - new, 'ändrat belopp', 'ändrade belopp')}, "
        f"{count(len(difference.records), 'ny eller ändrad uppgift', 'nya eller ändrade uppgifter')}. "
        f"{count(missing, 'belopp i databasen står', 'belopp i databasen står')} inte i filen och rörs inte."
    )
    if batch is not None:
        print(f"Inläst som post {batch}. Ångra med: python -m fou undo {batch}")
    elif only_check:
        print("Granskad. Ingenting är inläst.")
    else:
        print("Filen säger inget nytt. Ingenting är inläst.")


def _finding_line(finding: Finding) -> str:
    return (
        f"{SEVERITY_NAMES[finding.severity]} i {finding.place}: {finding.found}. Väntat: {finding.expected}. "
        f"{finding.help}"
    )
