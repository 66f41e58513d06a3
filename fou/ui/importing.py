"""The parts of the page Import: findings, difference, posting and earlier imports."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import streamlit as st

from fou import ledger
from fou.charts.chart import Cell, Table
from fou.errors import FouError, SaveConflict
from fou.imports.difference import AmountChange, Difference, RecordChange, Sum, head_of
from fou.imports.findings import SEVERITY_NAMES, Finding, Severity
from fou.imports.posting import Examined, examine, post
from fou.imports.template.layout import SHEET_BY_TABLE
from fou.model import KIND_NAMES
from fou.money import OPEN_TEXT, format_sek
from fou.portfolio import project_titles
from fou.swedish import count, join_words
from fou.ui import show, state
from fou.ui.head import View
from fou.ui.history import batch_table, undo_button
from fou.ui.text import plain

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

#: The key of the button that reads the file in.
_POST = "las-in"
_FIRST = 3
_MOST_ROWS = 200
_FEW = 6
_ICONS = {
    Severity.ERROR: ":material/error:",
    Severity.WARNING: ":material/warning:",
    Severity.NOTE: ":material/info:",
}
_PLURALS = {Severity.ERROR: "fel", Severity.WARNING: "varningar", Severity.NOTE: "upplysningar"}


def uploader_key() -> str:
    """A key that changes after each posting, so that the uploader is empty again."""
    return f"fil-{st.session_state.get('inlast', 0)}"


def examined(upload: UploadedFile) -> Examined:
    """The file read, checked and compared; done again only when the file or the database has changed."""
    content = upload.getvalue()
    digest, version = hashlib.sha256(content).hexdigest(), state.database().version
    kept = st.session_state.get("granskad")
    # On the click that reads the file in, the difference that the person has seen is the one that counts: if
    # somebody has changed the database since, it is refused (see ``post``) and not exchanged for another.
    clicked = st.session_state.get(_POST, False)
    if kept is None or kept[0] != digest or (kept[1] != version and not clicked):
        with st.spinner("Läser och granskar filen …"):
            kept = (digest, version, examine(state.database(), content, upload.name))
        st.session_state["granskad"] = kept
    result: Examined = kept[2]
    return result


def findings(found: Examined) -> None:
    """Errors, warnings and notes, each kind with its first three and the rest on request."""
    if not found.findings:
        st.success("Filen är rätt ifylld.", icon=":material/check_circle:")
    elif found.checked.has_errors:
        number = sum(f.severity is Severity.ERROR for f in found.findings)
        st.error(
            f"{count(number, 'fel', 'fel')} måste rättas i filen innan den kan läsas in. Ingenting är ändrat.",
            icon=":material/error:",
        )
    for severity in Severity:
        mine = [finding for finding in found.findings if finding.severity is severity]
        if not mine:
            continue
        one = SEVERITY_NAMES[severity].lower()
        st.markdown(f"{_ICONS[severity]} **{plain(count(len(mine), one, _PLURALS[severity]).capitalize())}**")
        show.table(_finding_table(mine[:_FIRST]))
        if len(mine) > _FIRST:
            rest = st.expander(f"Visa alla {len(mine)}", key=f"alla-{severity}", on_change="rerun")
            if rest.open:
                with rest:
                    show.table(_finding_table(mine[:_MOST_ROWS]))
                    if len(mine) > _MOST_ROWS:
                        st.caption(f"De första {_MOST_ROWS}. Rätta dem först och läs in filen igen.")


def _finding_table(found: Sequence[Finding]) -> Table:
    return Table(
        ("Var", "Där står", "Väntat", "Gör så här"),
        tuple((f.place, f.found, f.expected, f.help) for f in found),
    )


def difference(found: Examined, view: View) -> None:
    """What would change, amounts first."""
    refused = st.session_state.pop("inte-inlast", None)
    if refused:
        st.error(plain(refused), icon=":material/sync_problem:")
    diff = found.difference
    if diff.is_empty:
        st.info("Filen säger inget som inte redan står i databasen.", icon=":material/check:")
        return
    new = [change for change in diff.amounts if change.before is None]
    changed = [change for change in diff.amounts if change.before is not None]
    st.markdown(f"**{plain(_summary(diff, len(new), len(changed)))}**")
    _totals(diff.amounts, view.unit)
    _amounts("Ändrade belopp", changed, found, view.unit)
    _amounts("Nya belopp", new, found, view.unit)
    _records(diff.records)


def _summary(diff: Difference, new: int, changed: int) -> str:
    said = [count(new, "nytt belopp", "nya belopp")] if new else []
    if changed:
        said.append(count(changed, "ändrat belopp", "ändrade belopp"))
    if diff.records:
        said.append(count(len(diff.records), "ny eller ändrad uppgift", "nya eller ändrade uppgifter"))
    text = f"{join_words(said)}. {count(diff.unchanged_amounts, 'belopp är oförändrat', 'belopp är oförändrade')}."
    if diff.missing:
        text += f" {count(diff.missing, 'belopp', 'belopp')} i databasen står inte i filen och lämnas orörda."
    return text


def _totals(changes: Sequence[AmountChange], unit: str) -> None:
    """What it comes to: the firm sum of each year and kind, by how much it grows or shrinks."""
    sums: dict[tuple[int, str], Decimal] = {}
    for change in changes:
        key = (change.year, KIND_NAMES[change.kind])
        before = change.before.firm if change.before else Decimal(0)
        sums[key] = sums.get(key, Decimal(0)) + change.after.firm - before
    moved = [(year, kind, amount) for (year, kind), amount in sorted(sums.items()) if amount]
    if 0 < len(moved) <= _FEW:
        parts = [
            f"{kind} {year} {'ökar' if amount > 0 else 'minskar'} med {format_sek(abs(amount), unit)}"
            for year, kind, amount in moved
        ]
        st.markdown(plain(f"Summan {join_words(parts)}."))


def _amounts(title: str, changes: Sequence[AmountChange], found: Examined, unit: str) -> None:
    if not changes:
        return
    st.markdown(f"{plain(title)} ({len(changes)})")
    shown = changes[:_MOST_ROWS]
    titles = state.read(None, project_titles, tuple(sorted({c.project for c in shown if c.project})))
    stated = {r.values["code"]: r.values["title"] for r in found.checked.records.get("project", [])}
    rows = [
        (
            change.year, KIND_NAMES[change.kind], _what(change, {**titles, **stated}), change.funder,
            _shown(change.before), _shown(change.after), change.lines[0].place.split(" › ", 1)[-1],
        )
        for change in shown
    ]  # fmt: skip
    show.table(Table(("År", "Slag", "Till", "Finansiär", "Stod", "Blir", "Cell"), tuple(rows)), unit)
    if len(changes) > _MOST_ROWS:
        st.caption(f"De första {_MOST_ROWS} av {len(changes)}.")


def _what(change: AmountChange, titles: Mapping[str, str]) -> str:
    if change.project:
        title = titles.get(change.project)
        return f"{change.project} · {title}" if title else change.project
    return change.call or change.area or "hela planen"


def _shown(amounts: Sum | None) -> Cell:
    if amounts is None:
        return None
    if amounts.open and not amounts.firm and not amounts.conditional:
        return OPEN_TEXT
    return amounts.firm + amounts.conditional


def _records(changes: Sequence[RecordChange]) -> None:
    if not changes:
        return
    by_sheet: dict[str, list[RecordChange]] = {}
    for change in changes:
        by_sheet.setdefault(SHEET_BY_TABLE[change.table].name, []).append(change)
    said = ", ".join(f"{sheet} {len(found)}" for sheet, found in by_sheet.items())
    opened = st.expander(f"Nya och ändrade uppgifter: {said}", key="uppgifter-skillnad", on_change="rerun")
    if not opened.open:
        return
    with opened:
        rows = [
            (sheet, change.label, "ny" if change.before is None else _fields(change))
            for sheet, found in by_sheet.items()
            for change in found
        ]
        show.table(Table(("Blad", "Vad", "Ändring"), tuple(rows[:_MOST_ROWS])))
        if len(rows) > _MOST_ROWS:
            st.caption(f"De första {_MOST_ROWS} av {len(rows)}.")


def _fields(change: RecordChange) -> str:
    assert change.before is not None
    return "; ".join(
        f"{head_of(change.table, name)}: {change.before[name] if change.before[name] is not None else 'tomt'} → {value}"
        for name, value in change.after.items()
    )


def post_button(found: Examined, view: View) -> None:
    """Post it all as one batch."""
    if found.difference.is_empty:
        return
    if not st.button("4. Läs in", type="primary", icon=":material/check:", key=_POST):
        return
    try:
        with st.spinner("Läser in …"):
            batch = post(state.database(), view.person, found)
    except SaveConflict as conflict:
        st.session_state["inte-inlast"] = str(conflict)
        st.session_state.pop("granskad", None)
        st.rerun()
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    st.session_state["inlast"] = st.session_state.get("inlast", 0) + 1
    st.session_state["senaste"] = (batch, found.file)
    st.session_state.pop("granskad", None)
    st.rerun()


def last_result(view: View) -> None:
    """What the last posting did, with the way back."""
    batch, file = st.session_state.get("senaste", (None, ""))
    if batch is None:
        return
    found = next((b for b in state.read(None, ledger.history) if b.id == batch), None)
    if found is None or found.undone_by is not None:
        return
    st.success(f"{plain(file)} är inläst som post {batch}.", icon=":material/check_circle:")
    undo_button(found, view, "import")


def earlier(view: View) -> None:
    """Earlier imports, each with its undo."""
    batches = [b for b in view.read(ledger.history) if b.file is not None]
    if not batches:
        return
    st.subheader("Tidigare importer", anchor=False)
    batch_table(batches[:20])
