"""What an application lacks, and what in it does not fit its call or itself: the rules, on what the form says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fou.calls import Sum, total, units_of
from fou.money import format_sek
from fou.swedish import format_date, format_partial, join_words, partial_bounds

if TYPE_CHECKING:
    from fou.applications import Form
    from fou.model import Call

#: The field that is hidden from those who may not see whom to ask: to them it always looks empty.
CONTACT = "contact"
#: Who asks for less in all has probably counted in thousands, SEK.
SMALL = 10_000


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that an application lacks, or that does not fit, and what to do; ``blocks`` the assessment.

    ``field`` is the field of the form that it is about, when it is about one that is empty.
    """

    what: str
    to_do: str
    blocks: bool = True
    field: str | None = None

    @property
    def text(self) -> str:
        """Both, as one who can do something about it reads them."""
        return f"{self.what} {self.to_do}"


def missing(form: Form, asked: Sequence[tuple[int, Sum]]) -> Iterator[Lack]:
    """What the form does not say. ``asked`` is what is applied for by year."""
    for field, word, to_do in (
        ("applicants", "Sökande", "Skriv vilka enheter som söker."),
        ("summary", "Sammanfattning", "Be den sökande beskriva projektet."),
        ("area", "Område", "Välj ett prioriterat område."),
        ("received", "Inkom", "Skriv vilken dag ansökan kom in."),
    ):
        if not getattr(form, field):
            yield Lack(f"{word} saknas.", to_do, field=field)
    if not asked:
        yield Lack("Sökt belopp saknas.", "Fyll i kostnaderna för varje år.", field="costs")
    if not form.reference:
        yield Lack("Diarienummer saknas.", "Skriv det när ansökan är diarieförd.", blocks=False, field="reference")
    if not form.contact:
        yield Lack("Kontakt saknas.", "Skriv vem som svarar på frågor.", blocks=False, field=CONTACT)


def misfits(
    form: Form, asked: Sequence[tuple[int, Sum]], call: Call, money: Mapping[int, Sum]
) -> Iterator[Lack]:  # fmt: skip
    """What in the form contradicts its call, or itself. ``money`` is what the call has by year."""
    yield from _kinds(form, call)
    yield from _dates(form, asked, call)
    yield from _amounts(form, asked, call, money)


def _kinds(form: Form, call: Call) -> Iterator[Lack]:
    units = units_of(form.applicants)
    if form.joint and len(units) == 1:
        yield Lack("Ansökan är gemensam men har en enda sökande.", "Skriv alla som söker.", blocks=False)
    if not form.joint and len(units) > 1:
        yield Lack(
            f"Ansökan har {len(units)} sökande men är inte märkt som gemensam.", "Märk den, eller rätta de sökande.",
            blocks=False,
        )  # fmt: skip
    if call.kinds == "new" and form.continuing:
        yield Lack("Utlysningen är bara för nya projekt, och det här är en fortsättning.", "Flytta den.")
    if call.kinds == "continuing" and form.continuing is False:
        yield Lack("Utlysningen är bara för fortsättningar, och det här är ett nytt projekt.", "Flytta den.")
    if call.kinds and form.continuing is None:
        only = "nya projekt" if call.kinds == "new" else "fortsättningar"
        yield Lack(f"Utlysningen är bara för {only}.", "Skriv om projektet är nytt eller en fortsättning.")


def _dates(form: Form, asked: Sequence[tuple[int, Sum]], call: Call) -> Iterator[Lack]:
    if form.received and call.closes and form.received > call.closes:
        yield Lack(
            f"Ansökan kom in {format_date(form.received)}, efter sista ansökningsdag {format_date(call.closes)}.",
            "Flytta den till en annan utlysning, eller markera den som komplett om den ska prövas ändå.",
        )
    if form.received and call.opens and form.received < call.opens:
        yield Lack(
            f"Ansökan kom in {format_date(form.received)}, innan utlysningen öppnade {format_date(call.opens)}.",
            "Kontrollera datumet.",
            blocks=False,
        )
    first, last = (partial_bounds(text) if text else None for text in (form.starts, form.ends))
    if first and last and last[1] < first[0]:
        yield Lack(
            f"Projektet slutar {format_partial(form.ends or '')} men börjar {format_partial(form.starts or '')}.",
            "Rätta ett av dem.",
        )
        return
    outside = [
        year for year, _ in asked if (first and year < first[0].year) or (last and year > last[1].year)
    ]  # fmt: skip
    if outside:
        yield Lack(
            f"Pengar söks för {_years(outside)}, när projektet inte pågår.", "Rätta året eller projektets tid.",
            blocks=False,
        )  # fmt: skip


def _amounts(
    form: Form, asked: Sequence[tuple[int, Sum]], call: Call, money: Mapping[int, Sum]
) -> Iterator[Lack]:  # fmt: skip
    check = "Kontrollera beloppet, eller fråga efter det lägsta som den sökande klarar sig med."
    for year, one in asked:
        limit = money[year].known if year in money else None
        if limit is not None and one.amount > limit:
            yield Lack(
                f"Ansökan söker {format_sek(one.amount)} för {year}, men utlysningen har {format_sek(limit)}.", check,
                blocks=False,
            )  # fmt: skip
    later = [(year, one) for year, one in asked if money and year > max(money)]
    if later:
        yield Lack(
            f"Ansökan söker {format_sek(total(one for _, one in later).amount)} för "
            f"{_years(year for year, _ in later)}, när utlysningen inte har några pengar.",
            "Det prövas mot de årens ramar.", blocks=False,
        )  # fmt: skip
    sought = total(one for _, one in asked)
    if sought.known is not None and 0 < sought.amount < SMALL:
        yield Lack(
            f"Ansökan söker bara {format_sek(sought.amount)} i allt.", "Kontrollera om beloppen är i tusental.",
            blocks=False,
        )  # fmt: skip
    if form.least is not None and sought.known is not None and asked and form.least > sought.amount:
        yield Lack(
            f"Det lägsta beloppet, {format_sek(form.least)}, är större än det sökta, {format_sek(sought.amount)}.",
            "Rätta ett av dem.",
        )
    early = [year for year, _ in asked if year < call.year]
    if early:
        yield Lack(f"Pengar söks för {_years(early)}, före utlysningens år {call.year}.", "Rätta året.")


def _years(years: Iterable[int]) -> str:
    return join_words([str(year) for year in years])
