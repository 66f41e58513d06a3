"""What is told of an understood workbook as a whole: its sheets, its own sums, and the names in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from fou.imports import values
from fou.imports.collector import Collector
from fou.imports.files.cells import cell_address
from fou.imports.recognise import Directory
from fou.imports.references import Key, fold
from fou.imports.sheets.choices import Choices
from fou.imports.sheets.guesses import Sureness
from fou.imports.sheets.rows import Row, RowUse
from fou.imports.sheets.totals import ControlTotal
from fou.imports.sheets.understanding import SheetFound, Understanding
from fou.imports.sheets.words import Use
from fou.imports.stated import Stated
from fou.money import format_sek
from fou.swedish import count

#: More control totals than this that agree are told of together.
_MOST_AGREEING = 30
_NEW = {
    "project": ("nytt projekt", "nya projekt"),
    "area": ("nytt område", "nya områden"),
    "funder": ("ny finansiär", "nya finansiärer"),
    "call": ("ny utlysning", "nya utlysningar"),
}
_TABLE_NAMES = {
    "project": ("projektet", "ett nytt projekt"),
    "area": ("området", "ett nytt område"),
    "funder": ("finansiären", "en ny finansiär"),
    "call": ("utlysningen", "en ny utlysning"),
}


def tell_of_no_table(understood: Understanding, findings: Collector) -> None:
    """Tell that no sheet that can be seen has a table."""
    hidden = [found.layout.name for found in understood.sheets]
    names = hidden or [sheet.name for sheet in understood.without_table]
    listed = f"inget synligt blad med en budgettabell ({', '.join(names[:8])})"
    findings.error(
        "", "", listed if names else "inga ifyllda blad",
        "ett blad med en rad rubriker, projekt under varandra och belopp i kolumner",
        "Kontrollera att rubrikerna finns med och att beloppen är tal. Är det ett dolt blad som gäller: visa det. "
        "Du kan också hämta budgetmallen och föra över uppgifterna.",
        "no_table",
    )  # fmt: skip


def tell_of_sheet(found: SheetFound, findings: Collector) -> None:
    """Tell what is hidden in a sheet, and which of the guesses about all of it are unsure."""
    layout, name = found.layout, found.layout.name
    head = layout.head[0]
    if found.sheet.hidden and layout.read.sureness is not Sureness.CHOSEN:
        findings.warn(
            name, "", "dolt blad med belopp", "ett synligt blad",
            "Bladet är dolt i Excel och läses inte. Ska det med: välj att läsa det.", "hidden_sheet",
        )  # fmt: skip
    if not layout.read.value:
        return
    at = cell_address(head, layout.columns[0].number if layout.columns else 1)
    if layout.vat.value == "incl" and layout.vat.sureness < Sureness.REMEMBERED:
        findings.error(
            name, layout.vat.cell or at, layout.vat.why, "belopp exklusive moms",
            "Välj om beloppen är inklusive moms: då räknas de om (25 %). Annars: välj exklusive.", "vat",
        )  # fmt: skip
    for guess, kind, found_word, expected, help in (
        (layout.unit, "unsure_unit", layout.unit.value, "enheten i rubriken, till exempel tkr",
         "Kontrollera enheten och välj rätt."),
        (layout.sign, "turned_sign", layout.sign.why, "belopp över noll",
         "Minustecknen vänds: kostnader räknas som belopp över noll. Är det fel: välj att behålla dem."),
    ):  # fmt: skip
        if guess.sureness is Sureness.UNSURE:
            findings.warn(name, at, f"{guess.why}" if kind == "unsure_unit" else found_word, expected, help, kind)
    for column in layout.columns:
        if column.number in found.sheet.hidden_columns and column.use in (Use.AMOUNT, Use.TOTAL):
            read = layout.hidden.value == "read"
            findings.warn(
                name, cell_address(head, column.number), f"dold kolumn: {column.head}", "en synlig kolumn",
                "Kolumnen är dold i Excel men läses in. Ska den inte med: välj att hoppa över det som är dolt."
                if read else "Kolumnen är dold i Excel och läses inte.",
                "hidden_column",
            )  # fmt: skip


def tell_of_totals(found: SheetFound, choices: Choices, findings: Collector) -> None:
    """Tell of each sum that the sheet states itself whether its rows come to it."""
    trusted = bool(choices.get("trust_rows"))
    agreeing = [total for total in found.totals if total.agrees]
    for total in found.totals:
        if total.unread:
            continue  # the cell that cannot be read is told of, and comes first
        if total.agrees is None and total.stated is not None:
            findings.warn(
                total.sheet, total.cell, _kr(total.stated), "en summa av kolumnerna framför",
                "Kolumnens summor kan inte kontrolleras: de är inte summan av radens belopp, varken alla eller av ett "
                "slag. Kontrollera dem, eller välj vad kolumnen är.",
                "total_unknown",
            )  # fmt: skip
        elif total.agrees is None:
            findings.warn(
                total.sheet, total.cell, "en summa utan sparat värde", f"summan {_kr(total.computed)}",
                "Formeln är inte uträknad, så summan kan inte kontrolleras. Öppna filen i Excel och spara den.",
                "total_unknown",
            )  # fmt: skip
        elif not total.agrees:
            stated = "ingen summa som går att läsa" if total.stated is None else _kr(total.stated)
            told = findings.warn if trusted else findings.error
            difference = "" if total.stated is None else f" Skillnaden är {_kr(abs(total.stated - total.computed))}."
            hidden = " Dolda rader är inte med." if found.layout.hidden.value == "skip" else ""
            told(
                total.sheet, total.cell, f"{total.label or 'Summan'}: {stated}".strip(),
                f"{_kr(total.computed)}, som raderna ger",
                f"{difference}{hidden} Rätta raden eller summan i filen, eller välj att raderna gäller.".strip(),
                "total_differs",
            )  # fmt: skip
    if len(agreeing) > _MOST_AGREEING:
        findings.note(
            found.layout.name, "", f"{len(agreeing)} summor", "summor som stämmer med raderna",
            "Alla stämmer.", "total_agrees",
        )  # fmt: skip
    for total in agreeing if len(agreeing) <= _MOST_AGREEING else ():
        findings.note(
            total.sheet, total.cell, _agreed(total), "samma summa som raderna", "Inget behöver göras.",
            "total_agrees",
        )  # fmt: skip


def tell_of_names(
    understood: Understanding,
    records: Mapping[str, Mapping[Key, Stated]],
    unsettled: Iterable[str],
    directory: Directory,
    findings: Collector,
) -> None:
    """Questions as errors at the first cell with the name; what is new as notes."""
    read = [found for found in understood.sheets if found.layout.read.value]
    unsettled = list(unsettled)
    asked = any(settled.kind == "ask" for names in understood.names.values() for settled in names.settled.values())
    places = _first_places(read) if asked or unsettled else {}
    for table, names in understood.names.items():
        one, new = _TABLE_NAMES[table]
        for folded, settled in names.settled.items():
            if settled.kind != "ask":
                continue
            sheet, cell = places.get((table, folded), ("", ""))
            if settled.finding is not None:
                findings.findings.append(replace(settled.finding, sheet=sheet, cell=cell, kind="is_this"))
                continue
            recognised = names.recognised[folded]
            near = " eller ".join(f"”{candidate.shown}”" for candidate in recognised.candidates)
            findings.error(
                sheet, cell, values.shortened(recognised.label), f"ett svar: är detta {one} {near}?",
                f"Svara ja, eller att det är {new}.", "is_this",
            )  # fmt: skip
        if names.uncompared:
            findings.warn(
                "", "", count(names.uncompared, "nytt namn", "nya namn"), "färre nya namn på en gång",
                "De är för många för att jämföras ett och ett: bara koder och lika namn känns igen.",
                "uncompared",
            )  # fmt: skip
    for table in ("project", "area", "funder", "call"):
        known = directory[table].by_label
        fresh = [s for s in records.get(table, {}).values() if s.key[0] not in known]
        if fresh:
            shown = ", ".join(values.shortened(str(s.values.get("title") or s.values.get("name"))) for s in fresh[:5])
            more = f" och {len(fresh) - 5} till" if len(fresh) > 5 else ""
            findings.note(
                "", "", f"{count(len(fresh), *_NEW[table])}: {shown}{more}", "namn som inte finns i databasen",
                "De läggs till när filen läses in.", f"new_{table}",
            )  # fmt: skip
    for label in unsettled:
        sheet, cell = places.get(("funder", fold(label)), ("", ""))
        findings.error(
            sheet, cell, values.shortened(label), "vilket slags finansiär det är",
            "Välj kommun, stat, stiftelse, EU eller region.", "new_funder_kind",
        )  # fmt: skip


def _kr(amount: Decimal) -> str:
    return format_sek(amount)


def _agreed(total: ControlTotal) -> str:
    assert total.stated is not None
    open_ = f", utan {count(total.open, 'belopp', 'belopp')} som inte är fastställt" if total.open else ""
    return f"Summan i {total.cell}, {_kr(total.stated)}, stämmer{open_}"


def _first_places(read: list[SheetFound]) -> dict[tuple[str, str], tuple[str, str]]:
    """Where each name first stands: (table, folded name) → (sheet, cell)."""
    places: dict[tuple[str, str], tuple[str, str]] = {}
    for found in read:
        by_use = {
            use: next(iter(found.layout.numbers(use)), None) for use in (Use.TITLE, Use.CODE, Use.AREA, Use.FUNDER)
        }
        for row in found.rows:
            if row.use not in (RowUse.PROJECT, RowUse.AREA, RowUse.FRAME):
                continue
            first = min(row.cells)
            for table, text, at in (
                ("project", row.label or row.code, by_use[Use.TITLE] if row.label else by_use[Use.CODE]),
                ("call", row.label, by_use[Use.TITLE]),
                ("area", row.area or (row.label if row.use is RowUse.AREA else None), by_use[Use.AREA]),
                ("funder", _funder_text(row, by_use[Use.FUNDER]), by_use[Use.FUNDER]),
            ):
                if text:
                    cell = cell_address(row.number, at if at in row.cells and at is not None else first)
                    places.setdefault((table, fold(text)), (found.layout.name, cell))
        for column in found.layout.columns:
            if column.funder:
                head = cell_address(found.layout.head[1], column.number)
                places.setdefault(("funder", fold(column.funder)), (found.layout.name, head))
        if found.layout.funder.value:
            places.setdefault(("funder", fold(found.layout.funder.value)), (found.layout.name, ""))
    return places


def _funder_text(row: Row, at: int | None) -> str | None:
    value = row.cells.get(at) if at is not None else None
    return value.strip() if isinstance(value, str) else None
