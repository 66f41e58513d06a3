"""The tables of a year's report, each made from what ``fou.plan`` and ``fou.portfolio`` answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from fou.charts.areas import gap_in_words, plan_chart
from fou.exports.table import Cell, Column, Table, clean
from fou.figures import Figures, total
from fou.model import BASIS_NAMES, FUNDER_KINDS, KIND_NAMES, NO_AREA, PLAN_STATES, STANDINGS, Basis, Kind
from fou.money import OPEN_TEXT, format_sek
from fou.plan import AreaRow, OpenItem, ProjectRow, Room, YearPlan
from fou.portfolio import Listed
from fou.sources import Sourced
from fou.swedish import count, format_date, join_words

#: Always shown, so that years and reports can be laid side by side.
MAIN_KINDS = (Kind.PLANNED, Kind.PROPOSED, Kind.GRANTED, Kind.PAID)
#: Left out of a page, which has no room for them, but not of a workbook or of open data.
DETAILS = (Kind.REQUESTED, Kind.SPENT, Kind.RETURNED, Kind.FORECAST)
#: In the order of the columns. Those that are not main ones are shown where something is stated.
KINDS = (
    Kind.PLANNED, Kind.REQUESTED, Kind.PROPOSED, Kind.RESERVED, Kind.GRANTED, Kind.PAID, Kind.SPENT,
    Kind.RETURNED, Kind.FORECAST,
)  # fmt: skip
KIND_MEANINGS: dict[Kind, str] = {
    Kind.FRAME: "Ramen: det som finns att fördela under året.",
    Kind.PLANNED: "Det som står i planen.",
    Kind.REQUESTED: "Det som är sökt i ansökningar.",
    Kind.PROPOSED: "Det som är föreslaget men inte beslutat genom förslaget.",
    Kind.RESERVED: "Det som är avsatt för något som ännu inte är beviljat.",
    Kind.GRANTED: "Det som är beviljat.",
    Kind.PAID: "Det som är utbetalt.",
    Kind.SPENT: "Utfallet: det som är upparbetat.",
    Kind.RETURNED: "Det som är återfört, alltså lämnat tillbaka.",
    Kind.FORECAST: "Prognosen.",
}
MONEY_MEANS = "SEK exklusive moms. Tomt betyder att inget belopp är angivet; det är inte 0 kr."
_BESIDE = "Det som inte får räknas in i beloppen: belopp som inte är fastställda, och belopp på villkor."


def facts(found: YearPlan) -> Table:
    """What is known of the plan itself."""
    plan = found.plan
    facts: list[tuple[str, str | None]] = []
    if plan is not None:
        approval = {True: "ja", False: "nej", None: None}[plan.immediate_approval]
        facts = [
            ("Planens namn", plan.title),
            ("Läge", PLAN_STATES.get(plan.state, plan.state)),
            ("Nämnd", plan.board),
            ("Beslutad", format_date(plan.decided) if plan.decided else None),
            ("Diarienummer", plan.reference),
            ("Omedelbar justering", approval),
            ("Beredning", plan.preparation),
            ("Källa", plan.source),
        ]
    return Table(
        name="planen",
        title="Om planen",
        about="En uppgift om planen på varje rad.",
        columns=(
            _text("uppgift", "Uppgift", "Vad det gäller."),
            _text("varde", "Värde", "Vad som är angivet."),
        ),
        rows=tuple((label, clean(value)) for label, value in facts),
    )


def room(found: YearPlan) -> Table:
    """The year's frame and what takes it up, item by item."""
    room = found.room

    def known(amount: Decimal, *kinds: Kind) -> Decimal | None:
        """The amount, None if it is 0 only because nothing is stated."""
        return amount if amount or any(found.figures.stated(kind) is not None for kind in kinds) else None

    rows: list[tuple[str, Cell]] = [
        ("Ram", room.frame),
        ("Utbetalt, efter avdrag för det som är återfört", known(room.paid, Kind.PAID, Kind.RETURNED)),
        ("Beviljat men inte utbetalt", known(room.unpaid, Kind.GRANTED, Kind.PAID)),
        ("Avsatt", known(room.reserved, Kind.RESERVED)),
        ("Fritt: ramen minus allt detta", room.free),
        ("Föreslaget och inte beslutat", known(room.proposed, Kind.PROPOSED)),
    ]
    if room.proposed and room.left_if_proposed is not None:
        rows.append(("Kvar av ramen om allt föreslaget beviljas", room.left_if_proposed))
    if room.conditional:
        rows.append(("På villkor, ingår inte ovan", room.conditional))
    if room.open:
        rows.append((f"Därutöver {count(room.open, 'åtagande', 'åtaganden')}", OPEN_TEXT))
    whose = "de finansiärer som har en ram" if room.frame is not None else "alla finansiärer, för ingen har en ram"
    return Table(
        name="utrymme",
        title="Ram och utrymme",
        about=f"Årets ram och vad som tar den i anspråk. Tabellen gäller {whose}.",
        columns=(
            _text("post", "Post", "Vad beloppet gäller."),
            Column("belopp_sek", "Belopp, kr", MONEY_MEANS, amount=True),
        ),
        rows=tuple(rows),
    )


def rooms(found: Sequence[Room]) -> Table:
    """The frame and what takes it up, a year on each row."""
    amounts = (
        ("ram_sek", "Ram, kr", "Årets ram."),
        ("utbetalt_sek", "Utbetalt, kr", "Utbetalt, efter avdrag för det som är återfört."),
        ("ej_utbetalt_sek", "Beviljat, inte utbetalt, kr", "Beviljat men inte utbetalt."),
        ("avsatt_sek", "Avsatt, kr", "Avsatt för något som ännu inte är beviljat."),
        ("fritt_sek", "Fritt, kr", "Ramen minus det som är beviljat och avsatt, plus det som är återfört."),
        ("foreslaget_sek", "Föreslaget, kr", "Föreslaget och inte beslutat."),
        ("pa_villkor_sek", "På villkor, kr", "Utlovat på villkor. Ingår inte i de andra beloppen."),
    )
    return Table(
        name="ar_for_ar",
        title="År för år",
        about="Ramen och vad som tar den i anspråk, ett år på varje rad, för de finansiärer som har en ram det året.",
        columns=(
            _text("ar", "År", "Budgetåret."),
            *(Column(name, head, f"{about} {MONEY_MEANS}", amount=True) for name, head, about in amounts),
            _text("ej_faststallda", "Utan belopp", "Hur många åtaganden som inte har något fastställt belopp."),
        ),
        rows=tuple(
            (
                str(room.year), room.frame, room.paid or None, room.unpaid or None, room.reserved or None, room.free,
                room.proposed or None, room.conditional or None, str(room.open) if room.open else None,
            )
            for room in found
        ),
    )  # fmt: skip


def against_plan(year: int, areas: Sequence[AreaRow]) -> Table | None:
    """Plan, granted and outcome an area, the deviation in words; None in a year whose plan states no amounts."""
    chart = plan_chart(year, areas, "kr").table
    if "Avvikelse" not in chart.head:
        return None
    place = {head: index for index, head in enumerate(chart.head)}
    rows: list[tuple[Cell, ...]] = []
    sums: dict[str, Decimal] = {}
    for row in chart.rows:
        amounts = {head: row[place[head]] for head in ("Plan", "Beviljat", "Utfall", "Avvikelse")}
        stated = {head: amount for head, amount in amounts.items() if isinstance(amount, Decimal)}
        for head, amount in stated.items():
            sums[head] = sums.get(head, Decimal(0)) + amount
        rows.append(_against(str(row[0]), stated))
    return Table(
        name="plan_mot_beviljat",
        title="Plan och beviljat",
        about="Ett område på varje rad, det som skiljer mest först. Gäller de finansiärer som har en ram för året.",
        columns=(
            _text("omrade", "Område", "Områdets namn det året."),
            Column("planned_sek", "Plan, kr", MONEY_MEANS, amount=True),
            Column("granted_sek", "Beviljat, kr", MONEY_MEANS, amount=True),
            Column("spent_sek", "Utfall, kr", MONEY_MEANS, amount=True, optional=True),
            _text("avvikelse", "Avvikelse", "Skillnaden mellan plan och beviljat, i ord."),
        ),
        rows=tuple(rows),
        totals=_against("Summa", sums),
    )


def _against(name: str, stated: Mapping[str, Decimal]) -> tuple[Cell, ...]:
    plan, gap = stated.get("Plan"), stated.get("Avvikelse", Decimal(0))
    return (clean(name), plan, stated.get("Beviljat"), stated.get("Utfall"), gap_in_words(gap, plan, "kr"))


def areas(areas: Sequence[AreaRow], figures: Figures) -> Table:
    """The areas with every kind of amount; ``figures`` is their sum."""
    return _with_figures(
        name="omraden",
        title="Områden",
        about="Ett prioriterat område på varje rad. Pengar till en utlysning hör inte till något område än.",
        columns=[_text("omrade", "Område", "Områdets namn det året.")],
        rows=[((row.name,), row.figures) for row in areas],
        whole=figures,
    )


def projects(rows: Sequence[ProjectRow], listed: Mapping[str, Listed]) -> Table:
    """The year's projects with what the portfolio knows of each."""
    return _with_figures(
        name="projekt",
        title="Projekt",
        about="Ett projekt med belopp för året på varje rad, det största först.",
        columns=[
            _text("kod", "Kod", "Projektets kod."),
            _text("projekt", "Projekt", "Projektets namn."),
            _text("omrade", "Område", "Områdets namn det året."),
            *_ABOUT_PROJECT,
        ],
        rows=[((row.code, row.title, row.area, *_about(listed.get(row.code))), row.figures) for row in rows],
        whole=total(row.figures for row in rows),
    )


def portfolio(listed: Sequence[Listed]) -> Table:
    """Every project there is, whether it has money this year or not, with its amounts over all years."""
    amounts = (("granted_sek", Kind.GRANTED), ("proposed_sek", Kind.PROPOSED), ("paid_sek", Kind.PAID))
    return Table(
        name="portfolj",
        title="Hela portföljen",
        about="Ett projekt på varje rad, med dess belopp för alla år tillsammans.",
        columns=(
            _text("kod", "Kod", "Projektets kod."),
            _text("projekt", "Projekt", "Projektets namn."),
            _text("omrade", "Område", "Områdets namn nu."),
            *_ABOUT_PROJECT,
            *(
                Column(
                    name, f"{KIND_NAMES[kind].capitalize()} alla år, kr", f"{KIND_MEANINGS[kind]} {MONEY_MEANS}", True
                )
                for name, kind in amounts
            ),
            _text("ej_faststallda", "Utan belopp", "Hur många av projektets belopp som inte är fastställda."),
        ),
        rows=tuple(
            (
                clean(p.code), clean(p.title), clean(p.area) or NO_AREA, *map(clean, _about(p)), p.granted, p.proposed,
                p.paid, str(p.open) if p.open else None,
            )
            for p in listed
        ),
        totals=(
            "Summa", "", "", *("",) * len(_ABOUT_PROJECT),
            *(_stated(amount) for amount in ((p.granted for p in listed), (p.proposed for p in listed),
                                             (p.paid for p in listed))),
            "",
        ),
    )  # fmt: skip


def _stated(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is stated, None when nothing is."""
    found = [amount for amount in amounts if amount is not None]
    return sum(found, Decimal(0)) if found else None


def area_projects(area: str, rows: Sequence[ProjectRow], listed: Mapping[str, Listed]) -> Table:
    """One area's projects of the year, for reading: each with who, when and how it stands."""
    return _read_projects(area, "", rows, listed)


def largest_projects(rows: Sequence[ProjectRow], listed: Mapping[str, Listed], number: int) -> Table:
    """The largest of the year's ``number`` projects, for reading."""
    about = f"De {len(rows)} största av {number} projekt." if len(rows) < number else "Det största först."
    table = _read_projects("De största projekten", about, rows, listed)
    return table if len(rows) == number else replace(table, totals=None)


def _read_projects(title: str, about: str, rows: Sequence[ProjectRow], listed: Mapping[str, Listed]) -> Table:
    return _with_figures(
        name="projekt",
        title=title,
        about=about,
        columns=[
            _text("projekt", "Projekt och ansvarig", "Projektets namn, ansvarig och utförare."),
            _text("tid", "Tid och läge", "När projektet pågår, och hur det står."),
        ],
        rows=[(_told(row, listed.get(row.code)), row.figures) for row in rows],
        whole=total(row.figures for row in rows),
        least=(),
    )


def other_projects(listed: Sequence[Listed], year: int) -> Table:
    """The projects that have no amounts this year, for reading."""
    return Table(
        name="ovriga",
        title=f"Projekt utan belopp {year}",
        about="Ett projekt på varje rad.",
        columns=(
            _text("projekt", "Projekt och ansvarig", "Projektets namn, ansvarig och utförare."),
            _text("omrade", "Område", "Områdets namn nu."),
            _text("tid", "Tid och läge", "När projektet pågår, och hur det står."),
        ),
        rows=tuple((clean(_titled(p.title, p)), clean(p.area) or NO_AREA, _when(p)) for p in listed),
    )


def _told(row: ProjectRow, known: Listed | None) -> tuple[str | None, ...]:
    return (_titled(row.title, known), _when(known))


def _titled(title: str, known: Listed | None) -> str:
    """The title, and on a line of its own who leads and who does it."""
    who = ", ".join(part for part in (known.lead, known.performer) if part) if known else ""
    return f"{title}\n{who}" if who else title


def _when(known: Listed | None) -> str | None:
    if known is None:
        return None
    return f"{_period(known)}\n{STANDINGS[known.standing]}" if _period(known) else STANDINGS[known.standing]


def _period(known: Listed) -> str:
    first, last = ((text or "")[:4] for text in (known.starts, known.ends))
    if first == last:
        return first
    return f"{first}–{last}" if first and last else f"från {first}" if first else f"till {last}"


def _about(known: Listed | None) -> tuple[str | None, ...]:
    """What the columns ``_ABOUT_PROJECT`` hold."""
    if known is None:
        return (None,) * len(_ABOUT_PROJECT)
    return (STANDINGS[known.standing], known.starts, known.ends, known.lead, known.performer)


def calls(found: YearPlan) -> Table:
    """Money for calls that has not gone to any project yet."""
    return _with_figures(
        name="utlysningar",
        title="Utlysningar",
        about="Pengar till en utlysning som inte har gått till något projekt än, en utlysning på varje rad.",
        columns=[
            _text("kod", "Kod", "Utlysningens kod."),
            _text("utlysning", "Utlysning", "Utlysningens namn."),
        ],
        rows=[((row.code, row.name), row.figures) for row in found.calls],
        whole=total(row.figures for row in found.calls),
    )


def funders(found: YearPlan) -> Table:
    """Whose money it is."""
    return _with_figures(
        name="finansiarer",
        title="Finansiärer",
        about="Vems pengar det är, en finansiär på varje rad.",
        columns=[
            _text("finansiar", "Finansiär", "Finansiärens namn."),
            _text("slag", "Slag", f"Slag av finansiär: {join_words(list(FUNDER_KINDS.values()))}."),
        ],
        rows=[((who.name, FUNDER_KINDS.get(who.kind, who.kind)), figures) for who, figures in found.funders],
        whole=found.figures,
        kinds=(Kind.FRAME, *KINDS),
    )


def open_items(items: Sequence[OpenItem]) -> Table:
    """The commitments whose amount is not set."""
    return _items(
        "ej_faststallda",
        "Belopp som inte är fastställda",
        "Ett åtagande på varje rad. Beloppet är inte känt; det är inte 0 kr.",
        items,
        lambda item: OPEN_TEXT,
    )


def conditional_items(items: Sequence[OpenItem]) -> Table:
    """The amounts that hang on a condition."""
    return _items(
        "pa_villkor",
        "Belopp på villkor",
        "Ett belopp som hänger på ett villkor på varje rad. Beloppen ingår inte i några summor.",
        items,
        lambda item: item.amount,
    )


def _items(name: str, title: str, about: str, items: Sequence[OpenItem], amount: Callable[[OpenItem], Cell]) -> Table:
    return Table(
        name=name,
        title=title,
        about=about,
        columns=(
            _text("kod", "Kod", "Projektets eller utlysningens kod."),
            _text("vad", "Vad", "Projektets, utlysningens eller områdets namn."),
            _text("slag", "Slag", "Slag av belopp, till exempel föreslaget eller beviljat."),
            Column("belopp_sek", "Belopp, kr", MONEY_MEANS, amount=True),
            _text("villkor", "Villkor", "Villkoret, med källans ord.", optional=True),
            _text("finansiar", "Finansiär", "Vems pengar det är."),
            _text("dokument", "Dokument", "Det som källan i sin tur bygger på."),
        ),
        rows=tuple(
            (
                clean(item.code),
                clean(item.title),
                KIND_NAMES[item.kind],
                amount(item),
                clean(item.condition),
                clean(item.funder),
                clean(item.document),
            )
            for item in items
        ),
    )


def entries(found: Sequence[Sourced]) -> Table:
    """Every amount behind the year's figures."""
    return Table(
        name="underlag",
        title="Underlag",
        about="Varje belopp som står i underlaget för året, ett på varje rad, med sin källa.",
        columns=(
            _text("slag", "Slag", "Slag av belopp, till exempel ram, föreslaget eller beviljat."),
            _text("kod", "Kod", "Projektets eller utlysningens kod."),
            _text("vad", "Vad", "Projektets, utlysningens eller områdets namn."),
            _text("finansiar", "Finansiär", "Vems pengar det är."),
            Column("belopp_sek", "Belopp, kr", MONEY_MEANS, amount=True),
            _text("faststallt", "Fastställt", "ja, eller nej när beloppet inte är fastställt."),
            _text("villkor", "Villkor", "Villkoret. Ett belopp på villkor ingår inte i någon summa."),
            _text("grund", "Grund", "angivet i källan, eller fördelat över åren enligt en regel."),
            _text("kalla", "Källa", "Fil, blad och cell, eller beslut."),
            _text("dokument", "Dokument", "Det som källan i sin tur bygger på."),
            _text("postnummer", "Postens nummer", "Numret i historiken på den post som skrev in beloppet."),
        ),
        rows=tuple(
            (
                KIND_NAMES[row.kind], clean(row.code), clean(row.what), clean(row.funder),
                OPEN_TEXT if row.amount is None else row.amount, "nej" if row.amount is None else "ja",
                clean(row.condition), BASIS_NAMES[Basis.SPREAD if row.spread else Basis.STATED], clean(row.source),
                clean(row.document), str(row.batch),
            )
            for row in found
        ),
    )  # fmt: skip


def sources(entries: Table) -> Table:
    """The documents and files that ``entries`` come from."""
    names = [column.name for column in entries.columns]
    source, document = names.index("kalla"), names.index("dokument")
    found = Counter((_file(row[source]), row[document]) for row in entries.rows)
    return Table(
        name="kallor",
        title="Källor",
        about="De dokument och filer som årets belopp kommer från.",
        columns=(
            _text("dokument", "Dokument", "Det som filen i sin tur bygger på."),
            _text("fil", "Fil eller beslut", "Den fil eller det beslut som beloppen är inlästa från."),
            _text("antal", "Antal", "Hur många belopp som kommer därifrån."),
        ),
        rows=tuple((document, file, count(number, "belopp", "belopp")) for (file, document), number in found.items()),
    )


def _file(source: Cell) -> str | None:
    """``documents.xlsx`` of ``documents.xlsx › Budget › K7``."""
    return source.split(" › ")[0] if isinstance(source, str) else None


def _with_figures(
    name: str,
    title: str,
    about: str,
    columns: Sequence[Column],
    rows: Sequence[tuple[Sequence[str | None], Figures]],
    whole: Figures,
    kinds: Sequence[Kind] = KINDS,
    least: Sequence[Kind] = MAIN_KINDS,
) -> Table:
    """A table with a column per kind of amount, and one for what must not be mixed into the amounts.

    The kinds in ``least`` are shown though nothing states them, so that years can be laid side by side.
    """
    amounts = [
        Column(
            f"{kind.value}_sek",
            f"{KIND_NAMES[kind].capitalize()}, kr",
            f"{KIND_MEANINGS[kind]} {MONEY_MEANS}",
            amount=True,
            optional=kind not in least,
            detail=kind in DETAILS,
        )
        for kind in kinds
    ]

    def line(labels: Iterable[str | None], figures: Figures) -> tuple[Cell, ...]:
        return (*labels, *(_amount(figures, kind) for kind in kinds), _beside(figures))

    return Table(
        name=name,
        title=title,
        about=about,
        columns=(*columns, *amounts, _text("darutover", "Därutöver", _BESIDE, optional=True)),
        rows=tuple(line(map(clean, labels), figures) for labels, figures in rows),
        totals=line(["Summa", *[""] * (len(columns) - 1)], whole) if rows else None,
    )


def _amount(figures: Figures, kind: Kind) -> Cell:
    stated = figures.stated(kind)
    return OPEN_TEXT if stated is None and figures.open.get(kind) else stated


def _beside(figures: Figures) -> str | None:
    parts = []
    for kind in KINDS:
        number, conditional = figures.open.get(kind, 0), figures.conditional.get(kind)
        # A single one with no amount beside it says so in its own cell.
        if number > 1 or (number and figures.stated(kind) is not None):
            parts.append(f"{KIND_NAMES[kind]}: {count(number, OPEN_TEXT, 'belopp ej fastställda')}")
        if conditional:
            parts.append(f"{KIND_NAMES[kind]} på villkor: {format_sek(conditional)}")
    return "; ".join(parts) or None


def _text(name: str, head: str, about: str, optional: bool = False) -> Column:
    return Column(name, head, about, optional=optional)


_ABOUT_PROJECT = (
    _text("lage", "Läge", "Hur projektet står: sökt, föreslaget, beviljat, pågår, avslutat eller avslaget."),
    _text("start", "Start", "När projektet börjar, så noga som källan anger det."),
    _text("slut", "Slut", "När projektet slutar, så noga som källan anger det."),
    _text("ansvarig", "Ansvarig", "Den som leder projektet."),
    _text("utforare", "Utförare", "Den som utför projektet."),
)
