"""Rounds of applications over the years: what was requested and granted, and how the grounds for priority were met."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

from fou.charts.chart import Chart, Counted, Table
from fou.charts.drawing import Bars, Columns, Range, Ranges, Row, Series
from fou.figures import ZERO
from fou.money import EN_DASH, format_decimals, format_number, format_whole
from fou.swedish import count, percent

if TYPE_CHECKING:
    from fou.standings import Asked, GroundMet, LeftOut

#: What requested against granted is told by.
By: TypeAlias = Literal["year", "area", "applicant"]
#: How many areas or applicants a figure has room for.
_MOST = 12


@dataclass(frozen=True, slots=True)
class Told:
    """Requested against granted as it is to be told: by what, and of one area or applicant only (``name``)."""

    by: By
    name: str = ""

    @property
    def over_years(self) -> bool:
        """Whether there is a bar for each year; else for each area or applicant."""
        return self.by == "year" or bool(self.name)

    def chosen(self, rows: Sequence[Asked]) -> list[Asked]:
        """What is drawn: the years in order, or the areas and applicants with most requested first."""
        if self.over_years:
            own = [row for row in rows if row.year is not None and row.name == self.name]
            return sorted(own, key=lambda row: row.year or 0)
        whole = [row for row in rows if row.year is None]
        return sorted(whole, key=lambda row: (-row.requested.amount, -row.projects, row.name))


def asked_amounts(rows: Sequence[Asked], told: Told, left: LeftOut, unit: str) -> Chart:
    """SEK requested and granted."""
    shown = told.chosen(rows)
    counted = _counted(rows, told, left, unit)
    table = Table(
        (_head(told), "Sökt", "Beviljat", "Andel", "Utan belopp"),
        tuple(
            (
                _name(row, told), row.requested.amount, row.granted.amount,
                percent(row.granted.amount, row.requested.amount), row.requested.open + row.granted.open or None,
            )
            for row in shown
        ),
    )  # fmt: skip
    if not shown:
        return Chart("sokt-belopp", *_nothing(), None, table, counted)
    drawn = shown if told.over_years else shown[:_MOST]
    most = max(shown, key=lambda row: row.requested.amount)
    whole, granted = (sum((getattr(row, name).amount for row in shown), ZERO) for name in ("requested", "granted"))
    if told.over_years:
        title = f"{_whose(told)}{percent(granted, whole)} av det sökta är beviljat" if whole else _no_amounts(told)
        sentence = (
            f"{format_whole(whole, unit)} är sökt{_span(shown)}, och {format_whole(granted, unit)} "
            f"({percent(granted, whole)}) är beviljat till samma projekt."
        )
        if len(shown) > 1 and whole:
            sentence += f" Mest söktes för {most.year}: {format_whole(most.requested.amount, unit)}."
        drawing: Bars | Columns = Columns(
            groups=tuple(str(row.year) for row in drawn),
            series=(
                Series("Sökt", "requested", tuple(row.requested.amount for row in drawn)),
                Series("Beviljat", "granted", tuple(row.granted.amount for row in drawn)),
            ),
            unit=unit,
        )
    else:
        title = f"Mest är sökt {_by(told)} {most.name}: {format_whole(most.requested.amount, unit)}"
        sentence = (
            f"{format_whole(most.requested.amount, unit)} är sökt {_by(told)} {most.name}, och "
            f"{format_whole(most.granted.amount, unit)} ({percent(most.granted.amount, most.requested.amount)}) är "
            "beviljat." + _best(shown, lambda row: (row.granted.amount, row.requested.amount)) + _cut(shown, drawn)
        )
        drawing = Bars(
            rows=tuple(
                Row(
                    row.name,
                    f"{format_number(row.granted.amount, unit)} av {format_whole(row.requested.amount, unit)} "
                    f"({percent(row.granted.amount, row.requested.amount)})",
                )
                for row in drawn
            ),
            series=(Series("Beviljat", "granted", tuple(row.granted.amount for row in drawn)),),
            unit=unit,
            marks=tuple(row.requested.amount for row in drawn),
            mark_name="Sökt",
        )  # fmt: skip
    return Chart("sokt-belopp", title, sentence, drawing, table, counted)


def asked_numbers(rows: Sequence[Asked], told: Told, left: LeftOut, unit: str) -> Chart:
    """How many projects asked for money, and how many of them were granted any."""
    shown = sorted(told.chosen(rows), key=lambda row: 0 if told.over_years else -row.projects)
    counted = _counted(rows, told, left, unit)
    table = Table(
        (_head(told), "Sökte", "Beviljades", "Andel"),
        tuple(
            (_name(row, told), row.projects, row.granted_projects, percent(row.granted_projects, row.projects))
            for row in shown
        ),
    )
    if not shown:
        return Chart("sokt-antal", *_nothing(), None, table, counted)
    drawn = shown if told.over_years else shown[:_MOST]
    most = max(shown, key=lambda row: row.projects)
    if told.over_years:
        together = next(row for row in rows if row.year is None and row.name == told.name)
        number, granted = together.projects, together.granted_projects
        title = f"{_whose(told)}{granted} av {count(number, 'projekt', 'projekt')} som sökte har beviljats"
        sentence = (
            f"{count(number, 'projekt', 'projekt')} har sökt pengar{_span(shown)}, och {granted} av dem "
            f"({percent(granted, number)}) har beviljats."
        )
        if len(shown) > 1:
            sentence += f" Flest sökte för {most.year}: {count(most.projects, 'projekt', 'projekt')}."
        drawing: Bars | Columns = Columns(
            groups=tuple(str(row.year) for row in drawn),
            series=(
                Series("Sökte", "requested", tuple(Decimal(row.projects) for row in drawn)),
                Series("Beviljades", "granted", tuple(Decimal(row.granted_projects) for row in drawn)),
            ),
            unit="",
        )
    else:
        title = f"Flest projekt är sökta {_by(told)} {most.name}: {most.projects}"
        sentence = (
            f"{count(most.projects, 'projekt', 'projekt')} är {'sökt' if most.projects == 1 else 'sökta'} {_by(told)} "
            f"{most.name}, och "
            f"{most.granted_projects} ({percent(most.granted_projects, most.projects)}) har beviljats."
            + _best(shown, lambda row: (Decimal(row.granted_projects), Decimal(row.projects)))
            + _cut(shown, drawn)
        )
        drawing = Bars(
            rows=tuple(
                Row(row.name, f"{row.granted_projects} av {count(row.projects, 'projekt', 'projekt')} "
                              f"({percent(row.granted_projects, row.projects)})")
                for row in drawn
            ),
            series=(Series("Beviljades", "granted", tuple(Decimal(row.granted_projects) for row in drawn)),),
            unit="",
            marks=tuple(Decimal(row.projects) for row in drawn),
            mark_name="Sökte",
        )  # fmt: skip
    return Chart("sokt-antal", title, sentence, drawing, table, counted)


def grounds_chart(met: Sequence[GroundMet], own_conflicts: int) -> Chart:
    """How each ground for priority was met by what was granted money, beside the rest; points of 100."""
    table = Table(
        ("Prioriteringsgrund", "Beviljade", "Antal beviljade", "Övriga", "Antal övriga", "Skillnad"),
        tuple(
            (
                one.criterion.name, _points(one.granted_mean), one.granted, _points(one.others_mean), one.others,
                _signed(one),
            )
            for one in met
        ),
    )  # fmt: skip
    left = f" {count(own_conflicts, 'ansökan', 'ansökningar')} som du är jävig i är inte med." if own_conflicts else ""
    counted = Counted(
        definition=(
            "Medelvärdet av ansökningarnas poäng för grunden, på en skala 0–100, för de ansökningar vars projekt är "
            "beviljat pengar och för de övriga."
        ),
        included="Ansökningar som någon har bedömt efter grunden.",
        left_out=f"Återtagna och flyttade ansökningar, och de som ingen har bedömt efter grunden.{left}",
    )
    judged = [one for one in met if one.granted_mean is not None]
    if not judged:
        return Chart(
            "grunder-beviljat", "Ingen bedömd ansökan är beviljad", "Det finns inget beviljat att jämföra med.", None,
            table, counted,
        )  # fmt: skip
    both = [one for one in judged if one.others_mean is not None]
    strongest = max(judged, key=lambda one: one.granted_mean or 0.0)
    sentence = (
        f"De beviljade ansökningarna möter {strongest.criterion.name} bäst, med {_points(strongest.granted_mean)} av "
        "100 poäng i medeltal."
    )
    title = f"Det beviljade möter {strongest.criterion.name} bäst: {_points(strongest.granted_mean)} av 100 poäng"
    if both:
        widest = max(both, key=lambda one: abs(_difference(one)))
        how = "mer" if _difference(widest) >= 0 else "mindre"
        title = f"{widest.criterion.name} skiljer mest mellan beviljade och övriga"
        sentence += (
            f" Mest skiljer {widest.criterion.name}: {_points(abs(_difference(widest)))} poäng {how} än de övriga, "
            f"{_points(widest.granted_mean)} mot {_points(widest.others_mean)}."
        )
    rows: list[Range] = []
    for one in met:
        name = one.criterion.name
        for mean, said, look in ((one.granted_mean, "beviljade", "granted"), (one.others_mean, "övriga", "open")):
            if mean is not None:
                rows.append(Range(name, f"{said} {_points(mean)}", ZERO, _decimal(mean), None, look))
                name = ""  # the second goes on with the first
    drawing = Ranges(
        rows=tuple(rows),
        names=(("granted", "Beviljade"), ("open", "Övriga")),
        unit="",
        first=ZERO,
        last=Decimal(100),
        ticks=tuple(map(Decimal, (0, 25, 50, 75, 100))),
    )
    return Chart("grunder-beviljat", title, sentence, drawing, table, counted)


def _counted(rows: Sequence[Asked], told: Told, left: LeftOut, unit: str) -> Counted:
    open_count = sum(row.requested.open + row.granted.open for row in rows if row.year is not None)
    twice = (
        " En gemensam ansökan räknas hel för var och en av de sökande, så deras belopp ska inte läggas ihop."
        if told.by == "applicant"
        else ""
    )
    parts = [
        (left.out, f"{count(left.out, 'ansökan', 'ansökningar')} som är återtagna eller flyttade"),
        (left.unstated, f"{count(left.unstated, 'ansökan', 'ansökningar')} utan uppgift om belopp"),
        (open_count, f"{count(open_count, 'belopp', 'belopp')} utan fastställd summa"),
        (
            left.conditional_projects,
            f"{format_whole(left.conditional, unit)} beviljat på villkor till "
            f"{count(left.conditional_projects, 'projekt', 'projekt')}",
        ),
        (
            left.other_projects,
            f"{format_whole(left.other, unit)} beviljat till {count(left.other_projects, 'projekt', 'projekt')} för år "
            "som ingen ansökan gäller",
        ),
    ]
    said = [text for number, text in parts if number]
    return Counted(
        definition=(
            "Sökt är vad ansökningarna söker för budgetåret, beviljat vad samma projekt har beviljats för samma år. "
            "Ett projekt som söker för tre år räknas i vart och ett av dem, men en gång när åren läggs ihop. Har det "
            f"sökt i två utlysningar för samma år räknas det högsta beloppet.{twice}"
        ),
        included="Ansökningar i alla utlysningar som du kan se, från alla finansiärer.",
        left_out=f"{'; '.join(said)}. Räknat på alla utlysningar." if said else "Inget.",
    )


def _best(shown: Sequence[Asked], pair: Callable[[Asked], tuple[Decimal, Decimal]]) -> str:
    """Who was granted the largest and the smallest share, when there are several."""
    shares = []
    for row in shown:
        granted, asked = pair(row)
        if asked:
            shares.append((granted / asked, row.name, percent(granted, asked)))
    if len(shares) < 2:
        return ""
    (low, low_name, low_text), (high, high_name, high_text) = min(shares), max(shares)
    if low == high:
        return f" Alla har fått samma andel: {low_text}."
    lowest = sum(share == low for share, _, _ in shares)
    least = low_name if lowest == 1 else f"{lowest} andra"
    return f" Störst andel har {high_name} fått, {high_text}; minst {least}, {low_text}."


def _cut(shown: Sequence[Asked], drawn: Sequence[Asked]) -> str:
    left = len(shown) - len(drawn)
    return f" Figuren visar de {len(drawn)} största; {left} till står i tabellen." if left else ""


def _head(told: Told) -> str:
    return "År" if told.over_years else {"area": "Område", "applicant": "Sökande"}[told.by]


def _name(row: Asked, told: Told) -> str:
    return str(row.year) if told.over_years else row.name


def _by(told: Told) -> str:
    return "av" if told.by == "applicant" else "inom"


def _whose(told: Told) -> str:
    return f"{told.name}: " if told.name else ""


def _no_amounts(told: Told) -> str:
    return f"{_whose(told)}inga fastställda belopp är sökta" if told.name else "Inga fastställda belopp är sökta"


def _nothing() -> tuple[str, str]:
    return "Inga ansökningar är kända", "Det finns inga ansökningar med sökta belopp."


def _span(years: Sequence[Asked]) -> str:
    first, last = years[0].year, years[-1].year
    return f" för {first}" if first == last else f" för {first}{EN_DASH}{last}"


def _difference(one: GroundMet) -> float:
    return (one.granted_mean or 0.0) - (one.others_mean or 0.0)


def _signed(one: GroundMet) -> str | None:
    if one.granted_mean is None or one.others_mean is None:
        return None
    text = format_decimals(_decimal(_difference(one)), 1)
    return f"+{text}" if _difference(one) > 0 else text


def _points(value: float | None) -> str | None:
    return None if value is None else format_decimals(_decimal(value), 1)


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value))
