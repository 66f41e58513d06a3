"""The annex to the memo: every matter in one table, as an Excel workbook with typed amounts and sums as formulas."""

from __future__ import annotations

from dataclasses import replace

from fou.exports.excel import render_tables
from fou.exports.papers import said, tables
from fou.exports.papers.particulars import Particulars, Ruling
from fou.money import OPEN_TEXT
from fou.snapshot import Snapshot, as_decided


def render(snapshot: Snapshot, particulars: Particulars, ruling: Ruling | None = None) -> bytes:
    """The workbook; with a ruling, what was decided stands beside what was proposed."""
    shot = snapshot if ruling is None else as_decided(snapshot, ruling.decided)
    lines = [
        said.named(snapshot.organisation),
        *(said.summary(snapshot) if ruling is None else said.decided_summary(snapshot, ruling)),
        *(["Paragrafen justerades omedelbart."] if ruling is not None and ruling.immediate else []),
        *said.room(shot, "förslaget" if ruling is None else "beslutet"),
        *said.moved(shot, ruling),
        said.basis(snapshot, particulars),
        "Beloppen är i kronor exklusive moms. Ett streck betyder att inget belopp är angivet.",
        f"”{OPEN_TEXT}” betyder att beloppet inte är känt. Det räknas inte som 0 kr.",
        "Summorna är formler: de räknar de rader som syns när du filtrerar.",
    ]
    rooms = replace(tables.rooms(shot), about="Ramen med det som tar av den; summan är det som är fritt.")
    return render_tables(
        f"Bilaga: {said.subject(snapshot)}", [line for line in lines if line], [tables.annex(snapshot, ruling), rooms]
    )
