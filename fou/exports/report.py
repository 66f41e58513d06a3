"""What a report on one year says, whatever file it becomes: its sentences, and its tables cell by cell.

Every figure comes from ``fou.plan``. A cell is a text, an amount (Decimal, SEK excl. VAT) or None where
nothing is stated. An amount that is not set is the text "belopp ej fastställt": it is never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import compress
from typing import TypeAlias

from fou.errors import Refused
from fou.figures import Figures, total
from fou.model import BASIS_NAMES, FUNDER_KINDS, KIND_NAMES, PLAN_STATES, Basis, Kind, Setting
from fou.money import EN_DASH, OPEN_TEXT, format_number, format_sek
from fou.plan import AreaRow, OpenItem, YearPlan, year_plan, year_projects
from fou.store import Reader
from fou.store.database import LOCAL_TIME
from fou.store.reading import STANDING
from fou.swedish import count, format_date, format_timestamp, join_words

Cell: TypeAlias = str | Decimal | None

INVENTED = "påhittad exempelkommun"
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
_SHARES = {
    "kod": 1.1, "projekt": 3.0, "utlysning": 3.0, "vad": 2.4, "villkor": 2.0, "dokument": 2.4, "post": 3.0,
    "varde": 4.0, "slag": 1.0, "antal": 0.8, "finansiar": 1.8, "darutover": 1.8,
}  # fmt: skip
_MONEY = "SEK exklusive moms. Tomt betyder att inget belopp är angivet; det är inte 0 kr."
_BESIDE = "Det som inte får räknas in i beloppen: belopp som inte är fastställda, och belopp på villkor."


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is for open data and ``about`` says what it holds.

    An ``optional`` one is left out if it is empty, and a ``detail`` where there is room only for the main.
    """

    name: str
    head: str
    about: str
    amount: bool = False
    optional: bool = False
    detail: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """``name`` is for open data, ``about`` says what a row is, and ``totals`` has a cell per column."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...] | None = None

    def shown(self) -> Table:
        """The same without the optional columns in which nothing stands."""
        return self._keep([not column.optional or self._holds(column) for column in self.columns])

    def on_page(self) -> Table:
        """As ``shown``, and without the details if anything else is stated; ``about`` then says so."""
        table = self.shown()
        left_out = [column for column in table.columns if column.detail]
        if not left_out or not any(
            column.amount and not column.detail and table._holds(column) for column in table.columns
        ):
            return table
        names = join_words([column.head.removesuffix(", kr").lower() for column in left_out])
        kept = table._keep([not column.detail for column in table.columns])
        return replace(kept, about=f"{self.about} I Excelfilen och i öppna data finns även {names}.")

    def _holds(self, column: Column) -> bool:
        index = self.columns.index(column)
        lines = self.rows if self.totals is None else (*self.rows, self.totals)
        return any(line[index] is not None for line in lines)

    def _keep(self, wanted: Sequence[bool]) -> Table:
        return replace(
            self,
            columns=tuple(compress(self.columns, wanted)),
            rows=tuple(tuple(compress(row, wanted)) for row in self.rows),
            totals=self.totals and tuple(compress(self.totals, wanted)),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """``message`` is the year in one line, ``sentences`` in a few; ``text`` is what the plan says of itself.

    ``entries`` holds every statement behind the figures, ``sources`` the documents that they come from.
    """

    year: int
    title: str
    subtitle: str | None
    organisation: str | None
    invented: bool
    as_of: datetime | None
    printed: date
    message: str
    sentences: tuple[str, ...]
    text: str | None
    facts: Table
    room: Table
    areas: Table
    projects: Table
    calls: Table
    funders: Table
    open_items: Table
    conditional_items: Table
    sources: Table
    entries: Table

    @property
    def owner(self) -> str:
        """The organisation, with the mark that an invented one must bear."""
        mark = f"({INVENTED})" if self.invented else None
        return " ".join(part for part in (self.organisation, mark) if part)

    @property
    def dated(self) -> str:
        """When the figures were so, and when the file was made."""
        printed = f"Utskriven {format_date(self.printed)}."
        if self.as_of is None:
            return printed
        return f"Uppgifterna är de som fanns {format_timestamp(self.as_of)}. {printed}"

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that a reader leafs through, in order; without ``entries``."""
        return (
            self.facts, self.room, self.areas, self.projects, self.calls, self.funders, self.open_items,
            self.conditional_items, self.sources,
        )  # fmt: skip


def describe(reader: Reader, year: int) -> Report:
    """Read the year's report. Raises Refused when no plan and no amount speaks of the year."""
    found = year_plan(reader, year)
    if found.plan is None and found.figures == Figures():
        raise Refused(f"Det finns inga uppgifter om {year}. Läs in årets budget eller välj ett annat år.")
    settings = {setting.name: setting.value for setting in reader.records(Setting)}
    plan = found.plan
    title = f"FoU-plan {year}"
    entries = _entries(reader, year)
    return Report(
        year=year,
        title=title,
        subtitle=_clean(plan.title) if plan and plan.title != title else None,
        organisation=_clean(settings.get("organisation")),
        invented=settings.get("påhittad") == "ja",
        as_of=reader.value("SELECT MAX(posted) FROM batch"),
        printed=datetime.now(UTC).astimezone(LOCAL_TIME).date(),
        message=message(found),
        sentences=tuple(sentences(found)),
        text=_clean(plan.text) if plan else None,
        facts=_facts(found),
        room=_room(found),
        areas=_areas(found.areas, found.figures),
        projects=_projects(reader, year),
        calls=_calls(found),
        funders=_funders(found),
        open_items=_open_items(found.open_items),
        conditional_items=_conditional_items(found.conditional_items),
        sources=_sources(entries),
        entries=entries,
    )


def shares(table: Table) -> list[float]:
    """How wide each column should be beside the others."""
    return [1.3 if column.amount else _SHARES.get(column.name, 1.5) for column in table.columns]


def shown(cell: Cell) -> str:
    """A cell as text, for reading: ``2 310 000``, a dash where nothing is stated."""
    if cell is None:
        return EN_DASH
    return format_number(cell) if isinstance(cell, Decimal) else cell


def message(found: YearPlan) -> str:
    """The year in one line, to stand as a heading."""
    room, year = found.room, found.year
    unset = len(found.open_items) if room.frame is None else room.open
    beside = f", och {_unset(unset)}" if unset else ""
    if room.frame is not None and room.free is not None:
        frame, left = format_sek(room.frame), room.left_if_proposed
        if room.proposed and room.taken == 0 and left is not None:
            if left == 0:
                return f"Förslagen för {year} tar hela ramen, {frame}{beside}"
            if left < 0:
                return f"Förslagen för {year} är {format_sek(abs(left))} större än ramen, {frame}{beside}"
            return f"Förslagen för {year} lämnar {format_sek(left)} av ramen, {frame}{beside}"
        if room.free < 0:
            return f"Ramen för {year}, {frame}, är överskriden med {format_sek(abs(room.free))}{beside}"
        return f"Av ramen för {year}, {frame}, är {format_sek(room.free)} fritt{beside}"
    for kind in (Kind.GRANTED, Kind.PROPOSED, Kind.RESERVED, Kind.PLANNED, Kind.REQUESTED):
        amount = found.figures.stated(kind)
        if amount is not None:
            return f"{format_sek(amount)} är {_WORDS[kind]} för {year}{beside}"
    return f"För {year} gäller att {_unset(unset)}" if unset else f"Inga belopp är angivna för {year}"


def sentences(found: YearPlan) -> Iterable[str]:
    """The year in a few sentences of plain Swedish."""
    room, figures = found.room, found.figures
    if room.frame is None or room.free is None:
        yield f"Ingen ram är angiven för {found.year}."
    else:
        yield f"Ramen för {found.year} är {format_sek(room.frame)} exklusive moms."
        if room.free < 0:
            yield f"Det som är beviljat och avsatt är {format_sek(abs(room.free))} mer än ramen."
        else:
            yield f"Fritt, alltså varken beviljat eller avsatt, är {format_sek(room.free)}."
        if room.proposed and room.left_if_proposed is not None:
            left = room.left_if_proposed
            verb = "fattas" if left < 0 else "återstår"
            yield f"Om allt som är föreslaget men inte beslutat beviljas {verb} {format_sek(abs(left))}."
    stated = [
        f"{format_sek(amount)} {_WORDS[kind]}"
        for kind in KINDS
        if kind in _WORDS and (amount := figures.stated(kind)) is not None
    ]
    if stated:
        yield f"Räknat på alla finansiärer är {join_words(stated)}."
    if found.project_count or found.calls:
        parts = [count(found.project_count, "projekt", "projekt")] if found.project_count else []
        parts += [count(len(found.calls), "utlysning", "utlysningar")] if found.calls else []
        yield f"Uppgifterna gäller {join_words(parts)}."
    if found.open_items:
        yield f"{_unset(len(found.open_items))} och ingår inte i någon summa."
    if found.conditional_items:
        number = count(len(found.conditional_items), "belopp är", "belopp är")
        yield f"{number} på villkor och ingår inte i någon summa."


_WORDS: dict[Kind, str] = {
    Kind.PLANNED: "planerat",
    Kind.REQUESTED: "sökt",
    Kind.PROPOSED: "föreslaget",
    Kind.RESERVED: "avsatt",
    Kind.GRANTED: "beviljat",
    Kind.PAID: "utbetalt",
    Kind.RETURNED: "återfört",
}


def _unset(number: int) -> str:
    return count(number, "belopp är inte fastställt", "belopp är inte fastställda")


def _facts(found: YearPlan) -> Table:
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
        rows=tuple((label, _clean(value)) for label, value in facts),
    )


def _room(found: YearPlan) -> Table:
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
            Column("belopp_sek", "Belopp, kr", _MONEY, amount=True),
        ),
        rows=tuple(rows),
    )


def _areas(areas: Sequence[AreaRow], figures: Figures) -> Table:
    return _with_figures(
        name="omraden",
        title="Områden",
        about="Ett prioriterat område på varje rad. Pengar till en utlysning hör inte till något område än.",
        columns=[_text("omrade", "Område", "Områdets namn det året.")],
        rows=[((row.name,), row.figures) for row in areas],
        whole=figures,
    )


def _projects(reader: Reader, year: int) -> Table:
    projects = year_projects(reader, year)
    return _with_figures(
        name="projekt",
        title="Projekt",
        about="Ett projekt på varje rad, det största först.",
        columns=[
            _text("kod", "Kod", "Projektets kod."),
            _text("projekt", "Projekt", "Projektets namn."),
            _text("omrade", "Område", "Områdets namn det året."),
        ],
        rows=[((row.code, row.title, row.area), row.figures) for row in projects],
        whole=total(row.figures for row in projects),
    )


def _calls(found: YearPlan) -> Table:
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


def _funders(found: YearPlan) -> Table:
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


def _open_items(items: Sequence[OpenItem]) -> Table:
    return _items(
        "ej_faststallda",
        "Belopp som inte är fastställda",
        "Ett åtagande på varje rad. Beloppet är inte känt; det är inte 0 kr.",
        items,
        lambda item: OPEN_TEXT,
    )


def _conditional_items(items: Sequence[OpenItem]) -> Table:
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
            Column("belopp_sek", "Belopp, kr", _MONEY, amount=True),
            _text("villkor", "Villkor", "Villkoret, med källans ord.", optional=True),
            _text("finansiar", "Finansiär", "Vems pengar det är."),
            _text("dokument", "Dokument", "Det som källan i sin tur bygger på."),
        ),
        rows=tuple(
            (
                _clean(item.code),
                _clean(item.title),
                KIND_NAMES[item.kind],
                amount(item),
                _clean(item.condition),
                _clean(item.funder),
                _clean(item.document),
            )
            for item in items
        ),
    )


def _entries(reader: Reader, year: int) -> Table:
    rows = reader.rows(
        f"""
        SELECT standing.kind, COALESCE(project.code, call.code),
               COALESCE(project.title, call.name, area.name, 'Hela planen') AS title, funder.name,
               CASE WHEN standing.open = 0 THEN standing.amount END,
               standing.condition, standing.basis, standing.source, standing.document
        FROM ({STANDING}) AS standing
        JOIN funder ON funder.id = standing.funder
        LEFT JOIN project ON project.id = standing.project
        LEFT JOIN call ON call.id = standing.call
        LEFT JOIN area ON area.id = standing.area
        WHERE standing.year = $year
        ORDER BY standing.id
        """,
        year=year,
    )
    return Table(
        name="underlag",
        title="Underlag",
        about="Varje belopp som står i underlaget för året, ett på varje rad, med sin källa.",
        columns=(
            _text("slag", "Slag", "Slag av belopp, till exempel ram, föreslaget eller beviljat."),
            _text("kod", "Kod", "Projektets eller utlysningens kod."),
            _text("vad", "Vad", "Projektets, utlysningens eller områdets namn."),
            _text("finansiar", "Finansiär", "Vems pengar det är."),
            Column("belopp_sek", "Belopp, kr", _MONEY, amount=True),
            _text("faststallt", "Fastställt", "ja, eller nej när beloppet inte är fastställt."),
            _text("villkor", "Villkor", "Villkoret. Ett belopp på villkor ingår inte i någon summa."),
            _text("grund", "Grund", "angivet i källan, eller fördelat över åren enligt en regel."),
            _text("kalla", "Källa", "Fil, blad och cell, eller beslut."),
            _text("dokument", "Dokument", "Det som källan i sin tur bygger på."),
        ),
        rows=tuple(
            (
                KIND_NAMES[Kind(kind)],
                _clean(code),
                _clean(title),
                _clean(funder),
                OPEN_TEXT if amount is None else amount,
                "nej" if amount is None else "ja",
                _clean(condition),
                BASIS_NAMES[Basis(basis)],
                _clean(source),
                _clean(document),
            )
            for kind, code, title, funder, amount, condition, basis, source, document in rows
        ),
    )


def _sources(entries: Table) -> Table:
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
    rows: Sequence[tuple[Sequence[str], Figures]],
    whole: Figures,
    kinds: Sequence[Kind] = KINDS,
) -> Table:
    """A table with a column per kind of amount, and one for what must not be mixed into the amounts."""
    amounts = [
        Column(
            f"{kind.value}_sek",
            f"{KIND_NAMES[kind].capitalize()}, kr",
            f"{KIND_MEANINGS[kind]} {_MONEY}",
            amount=True,
            optional=kind not in MAIN_KINDS,
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
        rows=tuple(line(map(_clean, labels), figures) for labels, figures in rows),
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


def _clean(text: str | None) -> str | None:
    """Without the control characters that no XML file can hold; None if nothing is left."""
    if text is None:
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in text if sign in "\n\t" or _holdable(ord(sign))) or None


def _holdable(code: int) -> bool:
    return code >= 0x20 and code != 0x7F and not 0xD800 <= code <= 0xDFFF and code not in (0xFFFE, 0xFFFF)
