"""What does not fit in an application that was read out of a file: told in the cell where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fou.applications import Form
from fou.calls import Sum, units_of
from fou.imports.applications.comparing import sums
from fou.imports.applications.fields import BY_NAME, FIELDS
from fou.imports.applications.said import Bare, Said
from fou.imports.findings import Finding, Severity
from fou.imports.values import shortened
from fou.lacking import SMALL
from fou.model import Call
from fou.money import format_sek
from fou.swedish import format_date, format_partial, partial_bounds

#: A single cost of less has probably been counted in thousands, SEK.
_SMALL_COST = 1_000
_LATER = "Ansökan kan läsas in, men inte bedömas förrän det finns."


@dataclass(frozen=True, slots=True)
class Against:
    """What an application is held against: its call, the money that there is by year, and the day."""

    call: Call
    money: Mapping[int, Sum]
    today: date


def problems(said: Said, form: Form, against: Against) -> Iterator[Finding]:
    """What is wrong or odd in the application; ``form`` is as it would stand when it has been read in."""
    yield from _lacking(said, form)
    yield from _dates(said, form, against.call, against.today)
    yield from _kinds(said, form, against.call)
    yield from _money(said, form, against)


def thousands(said: Said, where: str) -> Iterator[Finding]:
    """Ask of amounts so small that they may have been counted in thousands; ``where`` it is answered.

    It is one question when all that is asked for is little, else one for each cell that holds little.
    """
    whole = sum(cost.amount for cost in said.form.costs if cost.payer == "requested")
    bare = [one for one in said.bare if one.payer == "requested"]
    if _is_whole(said) and 0 < whole < SMALL and sum(one.amount for one in bare) == whole:
        yield _thousand(bare[0], whole, " sökt i allt", where)
        return
    for one in said.bare:
        if one.amount < _SMALL_COST:
            yield _thousand(one, one.amount, "", where)


def _thousand(one: Bare, amount: int, what: str, where: str) -> Finding:
    meant = format_sek(Decimal(amount) * 1000)
    kronor = format_sek(Decimal(amount))
    return Finding(
        Severity.ERROR, *one.place, f"{kronor}{what}", "belopp i hela kronor, inte i tusental",
        f"Menas {meant} (tusental)? Rätta {'cellerna' if what else 'cellen'}. Är {kronor} rätt: svara {where}.",
        "thousands",
    )  # fmt: skip


def at(
    said: Said, field: str, severity: Severity, found: str, expected: str, help: str, kind: str
) -> Finding:  # fmt: skip
    """A finding about a field's cell; about the application's place where it has none."""
    sheet, cell = said.cells.get(field, (said.where, ""))
    return Finding(severity, sheet, cell, shortened(found), expected, help, kind)


def _lacking(said: Said, form: Form) -> Iterator[Finding]:
    for field in FIELDS:
        value = form.area or said.area if field.name == "area" else getattr(form, field.name)
        if field.is_needed and field.name != "title" and not value and field.name in said.cells:
            if any((one.sheet, one.cell) == said.cells[field.name] for one in said.findings):
                continue
            yield at(said, field.name, Severity.WARNING, "tom cell", f"”{field.label}” ifyllt", _LATER, "missing_value")
    if _is_whole(said) and not any(cost.payer == "requested" for cost in form.costs):
        sheet, cell = next(
            (place for name, place in said.cells.items() if name.startswith("requested ")), (said.where, "")
        )
        yield Finding(Severity.WARNING, sheet, cell, "inget sökt belopp", "minst ett belopp", _LATER, "no_money")


def _dates(said: Said, form: Form, call: Call, today: date) -> Iterator[Finding]:
    starts, ends = form.starts, form.ends
    if starts and ends and partial_bounds(ends)[1] < partial_bounds(starts)[0]:
        yield at(
            said, "ends", Severity.ERROR, f"projektet slutar {format_partial(ends)}",
            f"ett slut efter början, {format_partial(starts)}", "Datumen motsäger varandra. Rätta ett av dem.",
            "dates_contradict",
        )  # fmt: skip
    elif ends and partial_bounds(ends)[1].year < call.year:
        yield at(
            said, "ends", Severity.WARNING, f"projektet slutar {format_partial(ends)}",
            f"ett slut under eller efter utlysningens år {call.year}", "Kontrollera när projektet slutar.",
            "ends_early",
        )  # fmt: skip
    came = form.received
    if came and came > today:
        yield at(
            said, "received", Severity.ERROR, f"inkom {format_date(came)}", f"senast i dag, {format_date(today)}",
            "Den dagen har inte varit. Rätta datumet.", "not_yet",
        )  # fmt: skip
    elif came and call.closes and came > call.closes:
        yield at(
            said, "received", Severity.WARNING, f"inkom {format_date(came)}",
            f"senast sista ansökningsdag, {format_date(call.closes)}",
            "Läs in den och markera den som komplett om den ska prövas ändå. Annars: lämna den utanför.", "late",
        )  # fmt: skip
    if came and call.opens and came < call.opens:
        yield at(
            said, "received", Severity.WARNING, f"inkom {format_date(came)}",
            f"tidigast när utlysningen öppnade, {format_date(call.opens)}", "Kontrollera datumet.", "early",
        )  # fmt: skip


def _kinds(said: Said, form: Form, call: Call) -> Iterator[Finding]:
    if call.kinds == "new" and form.continuing:
        yield at(
            said, "continuing", Severity.WARNING, "en fortsättning", "ett nytt projekt",
            "Utlysningen är bara för nya projekt. Flytta ansökan till en annan utlysning när den är inläst.", "kind",
        )  # fmt: skip
    if call.kinds == "continuing" and form.continuing is False:
        yield at(
            said, "continuing", Severity.WARNING, "ett nytt projekt", "en fortsättning",
            "Utlysningen är bara för fortsättningar. Flytta ansökan till en annan utlysning när den är inläst.",
            "kind",
        )  # fmt: skip
    if form.joint and len(units_of(form.applicants)) < 2:
        yield at(
            said, "joint", Severity.WARNING, "en gemensam ansökan med en enda sökande", "minst två sökande",
            f"Skriv alla i ”{BY_NAME['applicants'].label}”, med komma emellan.", "joint",
        )  # fmt: skip
    if not form.joint and len(units_of(form.applicants)) > 1:
        yield at(
            said, "joint", Severity.WARNING, f"{len(units_of(form.applicants))} sökande",
            "ja på frågan om ansökan är gemensam", "Märk den som gemensam, eller rätta de sökande.", "not_joint",
        )  # fmt: skip


def _money(said: Said, form: Form, against: Against) -> Iterator[Finding]:
    asked = sums(form.costs)
    for (year, payer), amount in sorted(asked.items()):
        if payer == "requested" and year in against.money:
            limit = against.money[year].known
            if limit is not None and amount > limit:
                yield at(
                    said, f"requested {year}", Severity.WARNING, f"{format_sek(Decimal(amount))} för {year}",
                    f"högst {format_sek(limit)}, som utlysningen har det året",
                    "Kontrollera beloppet, eller fråga efter det lägsta som den sökande klarar sig med.", "over_money",
                )  # fmt: skip
        if year < against.call.year:
            yield at(
                said, f"{payer} {year}", Severity.ERROR, f"{format_sek(Decimal(amount))} för {year}",
                f"utlysningens år {against.call.year} eller senare", "Rätta årtalet, eller flytta beloppet.",
                "year_before",
            )  # fmt: skip
    whole = sum(amount for (_, payer), amount in asked.items() if payer == "requested")
    if form.least is not None and whole and _is_whole(said) and form.least > whole:
        yield at(
            said, "least", Severity.WARNING, format_sek(Decimal(form.least)),
            f"högst det sökta, {format_sek(Decimal(whole))}", "Rätta ett av beloppen.", "least",
        )  # fmt: skip


def _is_whole(said: Said) -> bool:
    """Whether every cell could be read: else its sums say nothing."""
    return all(one.severity is not Severity.ERROR for one in said.findings)
