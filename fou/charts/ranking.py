"""A call's ranking in words, as tables, and drawn: how firm each place is, and how far the money reaches."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from fou.charts.chart import Cell, Chart, Counted, Table
from fou.charts.drawing import Range, Ranges
from fou.figures import ZERO
from fou.money import EN_DASH, OPEN_TEXT, format_decimals, format_number, format_sek, format_whole
from fou.ranking import DISAGREEMENT, Zone
from fou.scales import scale_of
from fou.swedish import count, join_words

if TYPE_CHECKING:
    from fou.calls import Sum
    from fou.ranking import Place
    from fou.standings import Row, Standings

#: Whether the money reaches, in the words of the table, of a figure's legend and of a heading in it.
REACHES = {Zone.INSIDE: "ryms", Zone.ZONE: "beror på placeringen", Zone.OUTSIDE: "ryms inte"}
#: The parts of the list: down to where the money surely reaches, where places decide, and below.
_PARTS = {Zone.INSIDE: "Ryms säkert", Zone.ZONE: "Här avgör placeringen", Zone.OUTSIDE: "Ryms inte"}
_LOOKS = {Zone.INSIDE: "granted", Zone.ZONE: "reserved", Zone.OUTSIDE: "open", None: "planned"}
FIRM, ONE_JUDGE = "står fast", "en bedömare"
_WORDS = ("noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")
#: How many groups that may change places are named, and how many that the money does not reach are drawn.
_MOST_GROUPS, _MOST_OUTSIDE = 4, 3
#: So many places apart are too many to change places with no more said.
_LONG = 6
#: The figure of the money ends at so many times the money there is.
_TIMES = 2


def placed_rows(found: Standings) -> list[tuple[Row, Place]]:
    """The rows that have a place, in order."""
    return [(row, row.ranked.place) for row in found.rows if row.ranked.place is not None]


def how_firm(row: Row, place: Place) -> str:
    """How far the place may move: "står fast", "plats 3–5", or that one judge is too few to say."""
    if row.ranked.judges < 2:
        return ONE_JUDGE
    return FIRM if place.span.best == place.span.last else f"plats {place.span.best}{EN_DASH}{place.span.last}"


def place_text(place: Place) -> str:
    """The place itself: "3", "delad 2"."""
    return f"delad {place.number}" if place.tied else str(place.number)


def ranking_sentence(found: Standings, unit: str) -> str:
    """How sure the ranking is, and how far the money reaches."""
    return f"{firm_sentence(found)} {money_sentence(found, unit)}"


def firm_sentence(found: Standings) -> str:
    """Which places stand, and which may change with the weights or with any one judge."""
    placed = placed_rows(found)
    if not placed:
        return "Ingen ansökan är bedömd."
    alone = sum(row.ranked.judges < 2 for row, _ in placed)
    if alone == len(placed):
        return (
            f"{'Ansökan har' if len(placed) == 1 else 'Ansökningarna har'} bara en bedömare: hur säkra platserna är "
            "går inte att pröva."
        )
    if len(placed) == 1:
        return "En ansökan är bedömd: det finns ingen ordning att pröva."
    firm = [how_firm(row, place) == FIRM for row, place in placed]
    if all(firm):
        return f"Alla {_word(len(placed))} platser står fast."
    # A place that is shared is first only when all who share it stand: the order among equals says nothing.
    edge = min(place.number for (_, place), stands in zip(placed, firm, strict=True) if not stands)
    first = sum(place.number < edge for _, place in placed)
    parts = []
    if first:
        parts.append("Den första står fast" if first == 1 else f"De {_word(first)} första står fast")
    groups = movable(found)
    if groups:
        farthest = max(max(place.number - place.span.best, place.span.last - place.number) for _, place in placed)
        # Stretches grow together down a long list: how far anybody may move then says more.
        steps = f", högst {_word(farthest)} steg var" if max(last - best for best, last in groups) >= _LONG else ""
        named = [f"{best}{EN_DASH}{last}" for best, last in groups[:_MOST_GROUPS]]
        if len(groups) > _MOST_GROUPS:
            named.append(f"{_word(len(groups) - _MOST_GROUPS)} grupper till")
        parts.append(
            f"plats {named[0]} kan byta plats{steps}"
            if len(groups) == 1
            else f"inom plats {join_words(named)} kan de byta plats{steps}"
        )
        if any(firm[first:]):
            parts.append("övriga står fast")
        elif not first and not alone:
            parts[-1] += ": ingen plats står fast"
    text = "; ".join(parts)
    if alone:
        said = f"{_word(alone)} har bara en bedömare och kan inte prövas"
        text = f"{text}. {said[:1].upper()}{said[1:]}" if text else f"{said}; övriga står fast"
    return f"{text[:1].upper()}{text[1:]}."


def movable(found: Standings) -> list[tuple[int, int]]:
    """The stretches of places within which applications may change places: (best, last), in order."""
    spans = sorted(
        place.span for row, place in placed_rows(found) if row.ranked.judges > 1 and place.span.best < place.span.last
    )
    groups: list[tuple[int, int]] = []
    for best, last in spans:
        if groups and best <= groups[-1][1]:
            groups[-1] = groups[-1][0], max(groups[-1][1], last)
        else:
            groups.append((best, last))
    return groups


def money_sentence(found: Standings, unit: str) -> str:
    """To how many of those that have a place the money reaches, may reach, and does not reach."""
    placed = placed_rows(found)
    if found.frame is None:
        return (
            "Utlysningens belopp är inte fastställt: det går inte att säga hur långt det räcker."
            if found.years
            else "Det är inte sagt hur mycket pengar utlysningen har."
        )
    amount, number = format_whole(found.frame, unit), len(placed)
    if not number:
        return f"Utlysningen har {amount}."
    inside, between, outside = (_in_zone(placed, zone) for zone in (Zone.INSIDE, Zone.ZONE, Zone.OUTSIDE))
    if inside == number:
        return f"{amount} räcker säkert till {'den enda' if number == 1 else f'alla {_word(number)}'}."
    if outside == number:
        return f"{amount} räcker inte till någon av {_word(number)}."
    rest = [
        f"{_word(between)} beror på placeringen" if between else "",
        f"{_word(outside)} ryms inte" if outside else "",
    ]
    reached = f"räcker säkert till {_word(inside)} av" if inside else "räcker inte säkert till någon av"
    return f"{amount} {reached} {_word(number)}; {join_words([part for part in rest if part])}."


def more_sentences(found: Standings) -> str:
    """What must be known beside: ties, who is judged by few or nobody, amounts, and what the reader may not see."""
    placed = placed_rows(found)
    ties = sorted({place.number: len(place.tied) + 1 for _, place in placed if place.tied}.items())
    parts = [f"plats {number} delas av {_word(size)}" for number, size in ties]
    said = [f"{_capital(join_words(parts))}."] if parts else []
    unjudged = len(found.rows) - len(placed)
    if unjudged:
        said.append(f"{_capital(_applications(unjudged))} är inte {_plural(unjudged, 'bedömd', 'bedömda')}.")
    few = sum(2 * row.ranked.judges < found.members - row.ranked.conflicted for row, _ in placed)
    if few:
        said.append(
            f"{_capital(_applications(few))} är {_plural(few, 'bedömd', 'bedömda')} av mindre än hälften av "
            f"ledamöterna: fler bedömningar kan ändra {_plural(few, 'platsen', 'platserna')}."
        )
    large = sum(found.frame is not None and row.requested.amount > found.frame for row, _ in placed)
    if large:
        said.append(
            f"{_capital(_applications(large))} söker {_plural(large, 'ensam', 'var för sig')} mer än alla utlysningens "
            "pengar."
        )
    unset = sum(bool(row.requested.open) for row in found.rows)
    if unset:
        said.append(
            f"För {_applications(unset)} är beloppet inte fastställt: de som kan hamna efter "
            f"{_plural(unset, 'den', 'dem')} ryms inte säkert."
        )
    if found.conflicts:
        number = len(found.conflicts)
        said.append(
            f"Du är jävig i {_applications(number)}: {_plural(number, 'den', 'de')} är inte med i platserna, summorna "
            "och figurerna."
        )
    return " ".join(said)


def discussions(found: Standings) -> list[tuple[Row, str]]:
    """Where the members disagree, most first: the application and by how much, mostly about what."""
    result = []
    for row in sorted(found.rows, key=lambda row: -(row.ranked.spread or 0)):
        if row.ranked.disagreement and row.ranked.spread is not None:
            text = f"spridningen är {points(row.ranked.spread)} poäng"
            if row.apart:
                text += f", mest om {row.apart.criterion.name}: från {row.apart.lowest} till {row.apart.highest}"
            result.append((row, text))
    return result


def why_unplaced(row: Row, found: Standings) -> str:
    """Why an application has no place."""
    ranked = row.ranked
    if ranked.conflicted == found.members:
        return "alla ledamöter har jäv"
    if ranked.cannot and not ranked.blank:
        return "ledamöterna kan inte bedöma den"
    return "några kan inte bedöma den, andra har inte svarat" if ranked.cannot else "ingen har svarat"


def judges_text(row: Row, found: Standings) -> str:
    """How many of the members that judged it: "6 av 7", with those left out for a conflict of interest."""
    away = row.ranked.conflicted
    return f"{row.ranked.judges} av {found.members}" + (f", {away} jäv" if away else "")


def points(value: float | None) -> str | None:
    """Points of 100 with one decimal."""
    return None if value is None else format_decimals(_decimal(value), 1)


def asked_text(asked: Sum, unit: str) -> str:
    """An amount requested; what is not set is never 0."""
    if not asked.open:
        return format_number(asked.amount, unit)
    return f"minst {format_number(asked.amount, unit)}" if asked.amount else OPEN_TEXT


def cumulated_text(place: Place, unit: str) -> str:
    """What is requested down to this place; at least, when something is not set, and never 0 for what is not set."""
    if _nothing_known(place):
        return OPEN_TEXT
    text = format_number(place.money.cumulated, unit)
    return f"minst {text}" if place.money.cumulated_open else text


def places_chart(found: Standings) -> Chart:
    """Every place with how far it may move."""
    placed = placed_rows(found)
    number = len(placed)
    firm = sum(how_firm(row, place) == FIRM for row, place in placed)
    step = max(1, -(-number // 8))
    looks = [(_LOOKS[zone], _zone_name(zone)) for zone in (*REACHES, None) if _in_zone(placed, zone)]
    drawing = Ranges(
        rows=tuple(
            Range(
                f"{place.number}. {row.applied.project.title}",
                " · ".join(
                    part for part in (
                        f"delad plats {place.number}" if place.tied else "", how_firm(row, place),
                        f"{points(place.mean)} poäng", REACHES[place.money.zone] if place.money.zone else "",
                    ) if part
                ),
                place.span.best - _HALF, place.span.last + _HALF, Decimal(place.number), _LOOKS[place.money.zone],
            )
            for row, place in placed
        ),
        names=tuple(looks),
        unit="",
        first=_HALF,
        last=number + _HALF,
        ticks=tuple(Decimal(tick) for tick in range(1, number + 1, step)),
        mark_name="Plats i rangordningen",
    )  # fmt: skip
    return Chart(
        name="platser",
        title=f"{firm or 'Ingen'} av {count(number, 'plats', 'platser')} står fast"
        if number
        else "Ingen ansökan är bedömd",
        sentence=firm_sentence(found),
        drawing=drawing if number > 1 else None,
        table=ranking_table(found),
        counted=counted(found),
    )


def money_chart(found: Standings, unit: str) -> Chart:
    """What the money must reach for, whatever place an application may have, against what there is."""
    placed = placed_rows(found)
    near = _parts(placed)
    frame = found.frame
    sums = [amount for _, place, _ in near for amount in (place.money.cumulated, place.money.most or place.money.least)]
    most = max(sums, default=ZERO)
    last = most if frame is None else min(max(most, frame), frame * _TIMES)
    drawing = Ranges(
        rows=tuple(
            Range(
                f"{place.number}. {row.applied.project.title}", _needs_text(row, place, part, unit),
                place.money.least, place.money.most, None if _nothing_known(place) else place.money.cumulated,
                _LOOKS[place.money.zone], _PARTS[part] if part else "",
            )
            for row, place, part in near
        ),
        names=tuple((_LOOKS[zone], _zone_name(zone)) for zone in (*REACHES, None) if _in_zone(placed, zone)),
        unit=unit,
        first=ZERO,
        last=last * Decimal("1.04"),
        ticks=_ticks(last),
        mark_name="Summan av det sökta, ner till platsen",
        zone=_PARTS[Zone.ZONE],
        line=frame,
        line_name="" if frame is None else f"Utlysningens pengar: {format_whole(frame, unit)}",
    )  # fmt: skip
    sentence = money_sentence(found, unit)
    if placed:
        whole = placed[-1][1].money
        who, when = f"{_applications(len(placed))} med plats", _for_years(found.years)
        if _nothing_known(placed[-1][1]):
            sentence += f" Vad {who} söker i allt{when} är inte fastställt."
        else:
            asked = f"{'minst ' if whole.cumulated_open else ''}{format_whole(whole.cumulated, unit)}"
            sentence += f" {_capital(who)} söker {asked} i allt{when}."
    if len(near) < len(placed):
        left = len(placed) - len(near)
        sentence += f" {_capital(_applications(left))} till, som inte ryms, står bara i tabellen."
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            place_text(place), row.applied.project.title, _cell(row.requested), *_cumulated(place),
            OPEN_TEXT if place.money.most is None and not place.money.least else place.money.least,
            OPEN_TEXT if place.money.most is None else place.money.most,
            REACHES[place.money.zone] if place.money.zone else None,
        )
        for row, place in placed
    )  # fmt: skip
    return Chart(
        name="pengarna",
        title=_money_title(found, placed, unit),
        sentence=sentence,
        drawing=drawing if near and last else None,
        table=Table(
            ("Plats", "Ansökan", "Sökt", "Summa ner hit", "Därav ej fastställda", "Kräver minst", "Kräver högst",
             "Pengarna"), rows
        ),
        counted=counted(found),
    )  # fmt: skip


def ranking_table(found: Standings) -> Table:
    """The whole ranking; those without a place last, and nothing of those that the reader is in conflict over."""
    rows: list[tuple[Cell, ...]] = []
    for row in found.rows:
        place, ranked = row.ranked.place, row.ranked
        rows.append(
            (
                place_text(place) if place else None, how_firm(row, place) if place else why_unplaced(row, found),
                row.applied.proposal.code, row.applied.project.title, points(place.mean) if place else None,
                judges_text(row, found), points(ranked.spread), _cell(row.requested),
                *(_cumulated(place) if place else (None, None)),
                REACHES[place.money.zone] if place and place.money.zone else None,
            )
        )  # fmt: skip
    return Table(
        ("Plats", "Hur säker", "Kod", "Ansökan", "Poäng", "Bedömare", "Spridning", "Sökt", "Summa ner hit",
         "Därav ej fastställda", "Pengarna"),
        tuple(rows),
    )  # fmt: skip


def criteria_table(found: Standings, rows: Sequence[Row]) -> Table:
    """Each ground's mean for each application, in points of 100."""
    return Table(
        ("Plats", "Ansökan", *(one.name for one in found.criteria), "Poäng"),
        tuple(
            (
                place_text(row.ranked.place) if row.ranked.place else None, row.applied.project.title,
                *(points(mean) for mean in row.ranked.criteria),
                points(row.ranked.place.mean) if row.ranked.place else None,
            )
            for row in rows
        ),
    )  # fmt: skip


def grounds_text(found: Standings) -> str:
    """The grounds with their weights and scales, as they are counted."""
    scales = [(one.name, scale_of(one)) for one in found.criteria]
    return "; ".join(f"{name} (vikt {one.weight}, {one.lowest}{EN_DASH}{one.highest})" for name, one in scales)


def counted(found: Standings) -> Counted:
    """How the ranking is counted, and what is not in it."""
    placed = placed_rows(found)
    rows = [row.ranked for row in found.rows]
    away, cannot, blank = (sum(getattr(one, name) for one in rows) for name in ("conflicted", "cannot", "blank"))
    left_out = [
        f"{_applications(len(rows) - len(placed))} som ingen har bedömt" if len(rows) > len(placed) else "",
        f"{_applications(len(found.conflicts))} som du är jävig i" if found.conflicts else "",
        f"{count(away, 'jäv', 'jäv')}: ledamoten är inte med i den ansökans medelvärde" if away else "",
        f"{count(cannot, 'svar', 'svar')} ”kan inte bedöma”" if cannot else "",
        f"{count(blank, 'ruta som inte är ifylld', 'rutor som inte är ifyllda')}" if blank else "",
    ]
    left = [part for part in left_out if part]
    return Counted(
        definition=(
            "En grunds medelvärde är det som ledamöterna gav, som andel av grundens skala. Poängen är grundernas "
            "medelvärden, vägda med deras vikter, på en skala 0–100. Ett tomt svar eller ”kan inte bedöma” räknas inte "
            "med och sänker inget. ”Plats 3–5” är hur långt ansökan kan flytta om vikterna ändras med upp till 20 "
            "procent, var och en för sig, eller om en bedömare, vilken som helst, tas bort; gränserna är i överkant. "
            "Lika poäng delar plats. Spridningen är standardavvikelsen mellan bedömarnas egna poäng; från "
            f"{DISAGREEMENT} poäng sägs de vara oense. ”Ryms”: pengarna räcker också om alla som kan komma före får "
            "allt de söker. ”Ryms inte”: de räcker inte ens om bara de som alltid kommer före får sitt. Resten beror "
            "på placeringen."
        ),
        included=(
            f"{_capital(_applications(len(placed)))} som någon av {count(found.members, 'ledamot', 'ledamöter')} har "
            f"bedömt. Sökt är det som söks{_for_years(found.years) or ' för alla år'}."
        ),
        left_out=f"{_capital('; '.join(left))}." if left else "Inget: alla rutor är ifyllda och ingen har jäv.",
    )


_HALF = Decimal("0.5")


def _parts(placed: list[tuple[Row, Place]]) -> list[tuple[Row, Place, Zone | None]]:
    """The rows to draw with the part of the list that each is in: without all that is below the zone but the first.

    The zone goes from the first that the money may not reach down to the last that it may reach. Some in the middle
    of it may be surely inside or outside, as one that asks for more than its neighbours do.
    """
    zones = [place.money.zone for _, place in placed]
    first = next((at for at, zone in enumerate(zones) if zone is not Zone.INSIDE), len(zones))
    last = max((at for at, zone in enumerate(zones) if zone is not Zone.OUTSIDE), default=-1)
    found: list[tuple[Row, Place, Zone | None]] = []
    for at, (row, place) in enumerate(placed):
        part = Zone.INSIDE if at < first else Zone.ZONE if at <= last else Zone.OUTSIDE
        if at <= max(last, first - 1) + _MOST_OUTSIDE or place.money.zone is None:
            found.append((row, place, part if place.money.zone else None))
    return found


def _needs_text(row: Row, place: Place, part: Zone | None, unit: str) -> str:
    zone, (least, most) = place.money.zone, (place.money.least, place.money.most)
    other = f"{REACHES[zone]} · " if zone and zone is not part else ""
    own = f"{other}söker {asked_text(row.requested, unit)}"
    if most is None:
        return f"{own} · kräver minst {format_whole(least, unit)}" if least else own
    if least == most:
        return f"{own} · kräver {format_whole(most, unit)}"
    return f"{own} · kräver {format_number(_whole(least, unit), unit)}{EN_DASH}{format_whole(most, unit)}"


def _money_title(found: Standings, placed: list[tuple[Row, Place]], unit: str) -> str:
    if found.frame is None:
        return "Utlysningens pengar är inte fastställda" if found.years else "Utlysningens pengar är inte kända"
    inside, number = _in_zone(placed, Zone.INSIDE), len(placed)
    return f"{format_whole(found.frame, unit)} räcker säkert till {inside} av {count(number, 'ansökan', 'ansökningar')}"


def _ticks(last: Decimal) -> tuple[Decimal, ...]:
    """Round numbers along the axis, at most four."""
    if last <= 0:
        return ()
    step = Decimal(10) ** (last.adjusted() - 1)
    for factor in (1, 2, 5, 10, 20, 50):
        if last / (step * factor) < 4:
            step *= factor
            break
    return tuple(step * at for at in range(int(last / step) + 1))


def _whole(amount: Decimal, unit: str) -> Decimal:
    return amount.quantize(Decimal(1), ROUND_HALF_EVEN) if unit == "kr" else amount


def _zone_name(zone: Zone | None) -> str:
    return REACHES[zone].capitalize() if zone else "Kan hamna här"


def _in_zone(placed: Sequence[tuple[Row, Place]], zone: Zone | None) -> int:
    return sum(place.money.zone is zone for _, place in placed)


def _for_years(years: Sequence[int]) -> str:
    if not years:
        return ""
    return f" för {years[0]}" if len(years) == 1 else f" för {years[0]}{EN_DASH}{years[-1]}"


def _nothing_known(place: Place) -> bool:
    """Whether all that is requested down to this place is amounts that are not set."""
    return bool(place.money.cumulated_open) and not place.money.cumulated


def _cumulated(place: Place) -> tuple[Cell, Cell]:
    """What is known of it, and how many amounts are not set beside it."""
    return OPEN_TEXT if _nothing_known(place) else place.money.cumulated, place.money.cumulated_open or None


def _cell(asked: Sum) -> Cell:
    if asked.known is not None:
        return asked.known
    # With its unit, as a text is not shown in the page's.
    return f"minst {format_sek(asked.amount)}" if asked.amount else OPEN_TEXT


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value))


def _word(number: int) -> str:
    """A number as it is written in a sentence."""
    return _WORDS[number] if number < len(_WORDS) else format_decimals(Decimal(number), 0)


def _applications(number: int) -> str:
    return f"{_word(number)} {_plural(number, 'ansökan', 'ansökningar')}"


def _plural(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
