"""What the ranking of a call shows, and what was requested over the years.

``who`` is the acting person as far as the ranking differs between people: their role, and their number in the list of
members where they see something of their own. See ``fou.ui.ranking``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from fou import standings
from fou.access import Person
from fou.calls import Applied
from fou.charts.calls import By, Told, asked_amounts, asked_numbers, grounds_chart
from fou.charts.chart import Chart, Table
from fou.charts.ranking import (
    REACHES,
    asked_text,
    criteria_table,
    cumulated_text,
    discussions,
    how_firm,
    judges_text,
    money_chart,
    more_sentences,
    place_text,
    places_chart,
    points,
    ranking_sentence,
    why_unplaced,
)
from fou.model import NO_AREA
from fou.money import EN_DASH, NO_BREAK_SPACE, format_number
from fou.standings import Row, Standings
from fou.store import Reader
from fou.ui.text import plain
from fou.ui.views.calls import years_text

#: What stands of an application that the reader is in conflict over.
HIDDEN = "Jäv: du ser inte bedömningen"


@dataclass(frozen=True, slots=True)
class RankingPage:
    """A call's ranking as it is told: ``sentence`` how sure it is, ``more`` what must be known beside.

    ``discuss`` is Markdown, a text for each application that the members disagree about, most first. ``titles`` are
    the applications by their code, those that the reader is in conflict over too. Areas and units are what one can
    choose among; ``chairs`` lead the council.
    """

    found: Standings
    sentence: str
    more: str
    discuss: tuple[str, ...]
    places: Chart
    money: Chart
    titles: tuple[tuple[str, str], ...]
    areas: tuple[str, ...]
    units: tuple[str, ...]
    both_kinds: bool
    chairs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows to list: of one area, one applicant, new (False) or continuing (True) projects."""

    area: str | None = None
    unit: str | None = None
    continuing: bool | None = None


def ranking_page(reader: Reader, who: Person, number: int, unit: str) -> RankingPage:
    """The ranking of the call with this id."""
    found = standings.standings(reader, who, number)
    everyone = [*(row.applied for row in found.rows), *found.conflicts]
    chairs = reader.rows("SELECT name FROM member WHERE chair AND role = 'member' ORDER BY name COLLATE sv")
    return RankingPage(
        found=found,
        sentence=ranking_sentence(found, unit),
        more=more_sentences(found),
        discuss=_discuss(found),
        places=places_chart(found),
        money=money_chart(found, unit),
        titles=tuple((one.proposal.code, one.project.title) for one in everyone),
        areas=tuple(sorted({one.area or NO_AREA for one in everyone})),
        units=tuple(sorted({unit for one in everyone for unit in one.units})),
        both_kinds=len({bool(one.proposal.continuing) for one in everyone}) > 1,
        chairs=tuple(name for (name,) in chairs),
    )


def listing(
    reader: Reader, who: Person, number: int, unit: str, chosen: Chosen, link: tuple[tuple[str, str], ...]
) -> tuple[str, int]:
    """The list as Markdown, and how many applications it has; ``link`` is what an address is to hold, () for none."""
    found = standings.standings(reader, who, number)
    rows = standings.only(found.rows, chosen.area, chosen.unit, chosen.continuing)
    hidden = [one for one in found.conflicts if standings.matches(one, chosen.area, chosen.unit, chosen.continuing)]
    return _table(found, rows, hidden, unit, link), len(rows) + len(hidden)


def criteria(reader: Reader, who: Person, number: int, chosen: Chosen) -> Table:
    """Each ground's mean per application."""
    found = standings.standings(reader, who, number)
    return criteria_table(found, standings.only(found.rows, chosen.area, chosen.unit, chosen.continuing))


def grounds(reader: Reader, who: Person, number: int) -> Chart:
    """How the grounds for priority were met by what was granted."""
    found = standings.standings(reader, who, number)
    return grounds_chart(standings.grounds_met(reader, who, number), len(found.conflicts))


def asked(reader: Reader, by: By, name: str, unit: str) -> tuple[Chart, Chart]:
    """Requested against granted over the years, in SEK and in number."""
    told, left = Told(by, name), standings.asked_left_out(reader)
    rows = _asked(reader, by)
    return asked_amounts(rows, told, left, unit), asked_numbers(rows, told, left, unit)


def asked_names(reader: Reader, by: By) -> tuple[str, ...]:
    """The areas or the applicants, those with most requested first."""
    return tuple(row.name for row in Told(by).chosen(_asked(reader, by)))


def _asked(reader: Reader, by: By) -> tuple[standings.Asked, ...]:
    if by == "area":
        return standings.asked_by_area(reader)
    return standings.asked_by_applicant(reader) if by == "applicant" else standings.asked_in_all(reader)


def _discuss(found: Standings) -> tuple[str, ...]:
    return tuple(
        f"**{plain(row.applied.project.title)}** ({plain(row.applied.proposal.code)}): {plain(said)}."
        for row, said in discussions(found)
    )


#: Whether a column holds numbers, and its name.
_HEADS = (
    (True, "Plats"), (False, "Hur säker"), (False, "Ansökan"), (True, "Poäng av 100"), (False, "Bedömare"),
    (True, "Spridning"), (True, "Sökt{years} ({unit})"), (True, "Summa ner hit ({unit})"), (False, "Pengarna"),
    (True, "Minst i allt ({unit})"),
)  # fmt: skip


def _table(
    found: Standings, rows: tuple[Row, ...], hidden: list[Applied], unit: str, link: tuple[tuple[str, str], ...]
) -> str:
    # Most calls are for one year, and in many nobody says what they can do with.
    heads = _HEADS if any(row.applied.proposal.least for row in rows) else _HEADS[:-1]
    years = f" {years_text(found.years)}" if found.years else ""
    lines = [
        _line([plain(name.format(unit=unit, years=years)) for _, name in heads]),
        _line(["---:" if numeric else "---" for numeric, _ in heads]),
    ]
    for row in rows:
        place, spread = row.ranked.place, points(row.ranked.spread)
        before = [
            place_text(place) if place else None,
            _together(how_firm(row, place)) if place else f"inte bedömd: {why_unplaced(row, found)}",
        ]
        after = [
            points(place.mean) if place else None,
            _together(judges_text(row, found)),
            f"{spread} oense" if row.ranked.disagreement else spread,
            asked_text(row.requested, unit),
            cumulated_text(place, unit) if place else None,
            REACHES[place.money.zone] if place and place.money.zone else None,
        ]
        if heads is _HEADS:
            least = row.applied.proposal.least
            after.append(format_number(Decimal(least), unit) if least else None)
        lines.append(_line([*map(plain, before), _name(row.applied, link), *map(plain, after)]))
    for one in hidden:
        # Its name and nothing else: what is said of the others says nothing of it.
        lines.append(_line([plain(None), plain(HIDDEN), _name(one, link), *[plain(None)] * (len(heads) - 3)]))
    return "\n".join(lines)


def _together(text: str) -> str:
    """Each part of the text on one line, also in a narrow column."""
    joined = (part.replace(" ", NO_BREAK_SPACE).replace(EN_DASH, f"\u2060{EN_DASH}\u2060") for part in text.split(", "))
    return ", ".join(joined)


def _name(one: Applied, link: tuple[tuple[str, str], ...]) -> str:
    """The application by its title and code, with a link to it when there is one to make."""
    name = " ".join(f"{plain(one.project.title)} ({plain(one.proposal.code)})".split())
    return f"[{name}](ansokan?{urlencode([('kod', one.proposal.code), *link])})" if link else name


def _line(cells: list[str]) -> str:
    return f"|{'|'.join(cells)}|"
