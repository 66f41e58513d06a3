"""What the file would change: in SEK by area and project, amount by amount, and the one click that posts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from fou import ledger
from fou.charts.chart import Cell, Table
from fou.errors import FouError, SaveConflict
from fou.imports.difference import AmountChange, Difference, Missing, RecordChange, Sum, group_of, head_of
from fou.imports.examining import Examined
from fou.imports.files.cells import Workbook
from fou.imports.groups import Group
from fou.imports.posting import post
from fou.model import KIND_NAMES
from fou.money import OPEN_TEXT, format_sek
from fou.portfolio import project_titles
from fou.swedish import count, join_words
from fou.ui import show, state
from fou.ui.head import View
from fou.ui.history import undo_button
from fou.ui.importing.current import POST, Current, leave, set_choice
from fou.ui.text import plain

_MOST_ROWS = 200
_FEW = 6
_MEANS = {"keep": "De lämnas orörda", "remove": "De gäller inte längre: ta bort dem"}


def difference(held: Current, found: Examined, view: View) -> None:
    """What would change, amounts first, and the button that does it."""
    refused = st.session_state.pop("inte-inlast", None)
    if refused:
        st.error(plain(refused), icon=":material/sync_problem:")
    diff = found.difference
    if diff.is_empty:
        st.info("Filen säger inget som inte redan står i databasen.", icon=":material/check:")
    else:
        new = [change for change in diff.amounts if change.before is None]
        gone = [change for change in diff.amounts if not change.lines]
        changed = [change for change in diff.amounts if change.before is not None and change.lines]
        st.markdown(f"**{plain(_summary(diff, len(new), len(changed), len(gone)))}**")
        _totals(diff.amounts, view.unit)
    if isinstance(held.read, Workbook):  # out of Swecris one takes a choice: what is left out of it is not gone
        _missing(found, view)
    if diff.is_empty:
        return
    _post_button(found, view)
    areas, projects = held.groups(found)
    _groups("Skillnaden per område", "Område", areas, view.unit)
    listed = st.expander(f"Skillnaden per projekt ({len({group.code for group in projects})})", key="per-projekt",
                         on_change="rerun")  # fmt: skip
    if listed.open:
        with listed:
            _groups(None, "Projekt", projects, view.unit)
    _changed_facts([change for change in diff.records if change.before is not None])
    _amounts("Ändrade belopp", changed, found, view.unit)
    _amounts("Belopp som tas bort", gone, found, view.unit)
    _amounts("Nya belopp", new, found, view.unit)
    _records([change for change in diff.records if change.before is None])


def _summary(diff: Difference, new: int, changed: int, gone: int) -> str:
    said = [count(new, "nytt belopp", "nya belopp")] if new else []
    if changed:
        said.append(count(changed, "ändrat belopp", "ändrade belopp"))
    if gone:
        said.append(count(gone, "borttaget belopp", "borttagna belopp"))
    if diff.records:
        said.append(count(len(diff.records), "ny eller ändrad uppgift", "nya eller ändrade uppgifter"))
    return f"{join_words(said)}. {count(diff.unchanged_amounts, 'belopp är oförändrat', 'belopp är oförändrade')}."


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


def _groups(title: str | None, head: str, groups: Sequence[Group], unit: str) -> None:
    """What stood and what will stand, in SEK, and of how many amounts; kinds are never added together."""
    if title:
        st.markdown(f"**{plain(title)}**")
    rows = [
        (
            f"{group.code} · {group.name}" if group.code and group.code != group.name else group.name,
            KIND_NAMES[group.kind], group.before.firm, group.after.firm, group.change,
            group.new, group.changed + group.removed, group.unchanged, group.missing,
        )
        for group in groups[:_MOST_ROWS]
    ]  # fmt: skip
    heads = (head, "Slag", "Stod", "Blir", "Ändring", "Nya", "Ändrade", "Oförändrade", "Saknas i filen")
    show.table(Table(heads, tuple(rows)), unit)
    if len(groups) > _MOST_ROWS:
        st.caption(f"De första {_MOST_ROWS} av {len(groups)}.")


def _missing(found: Examined, view: View) -> None:
    """What the database has and the file has not, for the same kinds, years and funders: what does that mean?"""
    diff = found.difference
    if not diff.missing and found.missing_means == "keep":
        if diff.missing_elsewhere:
            st.caption(plain(_elsewhere(diff.missing_elsewhere)))
        return

    def chosen() -> None:
        means = st.session_state["saknas"]
        set_choice(("missing",), means if means == "remove" else None)

    number = len(diff.missing) or sum(not change.lines for change in diff.amounts)
    st.radio(
        f"{count(number, 'belopp står', 'belopp står')} i databasen men inte i filen, för samma slag, år och "
        "finansiär. Vad betyder det?",
        list(_MEANS), index=list(_MEANS).index(found.missing_means), format_func=_MEANS.__getitem__, key="saknas",
        on_change=chosen, horizontal=True,
    )  # fmt: skip
    if diff.missing:
        listed = st.expander(f"Visa dem ({number})", key="saknade", on_change="rerun")
        if listed.open:
            with listed:
                _missing_table(diff.missing, found, view.unit)
    if diff.missing_elsewhere:
        st.caption(plain(_elsewhere(diff.missing_elsewhere)))


def _elsewhere(number: int) -> str:
    others = count(number, "annat belopp", "andra belopp")
    return f"{others} i databasen, för andra slag, år eller finansiärer, berörs inte."


def _missing_table(missing: Sequence[Missing], found: Examined, unit: str) -> None:
    shown = missing[:_MOST_ROWS]
    titles = _titles([m.project for m in shown], found)
    rows = [
        (m.year, KIND_NAMES[m.kind], _what(m.project, m.call, m.area, titles), m.funder, _amount(m.stands))
        for m in shown
    ]
    show.table(Table(("År", "Slag", "Till", "Finansiär", "Står"), tuple(rows)), unit)
    if len(missing) > _MOST_ROWS:
        st.caption(f"De första {_MOST_ROWS} av {len(missing)}.")


def _titles(codes: Sequence[str | None], found: Examined) -> dict[str, str]:
    titles = state.read(None, project_titles, tuple(sorted({code for code in codes if code})))
    stated = {
        r.values["code"]: r.values["title"] for r in found.checked.records.get("project", []) if "title" in r.values
    }
    return {**titles, **stated}


def _amounts(title: str, changes: Sequence[AmountChange], found: Examined, unit: str) -> None:
    if not changes:
        return
    st.markdown(f"**{plain(title)} ({len(changes)})**")
    shown = changes[:_MOST_ROWS]
    titles = _titles([change.project for change in shown], found)
    rows = [
        (
            change.year, KIND_NAMES[change.kind], _what(change.project, change.call, change.area, titles),
            change.funder, _amount(change.before), _amount(change.after) if change.lines else "tas bort",
            change.place.split(" › ", 1)[-1],
        )
        for change in shown
    ]  # fmt: skip
    show.table(Table(("År", "Slag", "Till", "Finansiär", "Stod", "Blir", "Cell"), tuple(rows)), unit)
    if len(changes) > _MOST_ROWS:
        st.caption(f"De första {_MOST_ROWS} av {len(changes)}.")


def _what(project: str | None, call: str | None, area: str | None, titles: Mapping[str, str]) -> str:
    if project:
        title = titles.get(project)
        return f"{project} · {title}" if title and title != project else project
    return call or area or "hela planen"


def _amount(amounts: Sum | None) -> Cell:
    if amounts is None:
        return None
    if amounts.open and not amounts.firm and not amounts.conditional:
        return OPEN_TEXT
    return amounts.firm + amounts.conditional


def _changed_facts(changes: Sequence[RecordChange]) -> None:
    """What is written over in what the database has: somebody should have seen it."""
    if not changes:
        return
    st.markdown(f"**{plain(count(len(changes), 'uppgift skrivs över', 'uppgifter skrivs över'))}**")
    rows = [(group_of(change.table), change.label, _fields(change)) for change in changes[:_MOST_ROWS]]
    show.table(Table(("Blad", "Vad", "Ändring"), tuple(rows)))
    if len(changes) > _MOST_ROWS:
        st.caption(f"De första {_MOST_ROWS} av {len(changes)}.")


def _records(changes: Sequence[RecordChange]) -> None:
    if not changes:
        return
    by_group: dict[str, list[RecordChange]] = {}
    for change in changes:
        by_group.setdefault(group_of(change.table), []).append(change)
    said = ", ".join(f"{group} {len(found)}" for group, found in by_group.items())
    opened = st.expander(f"Nya uppgifter: {said}", key="uppgifter-skillnad", on_change="rerun")
    if not opened.open:
        return
    with opened:
        rows = [(group, change.label) for group, found in by_group.items() for change in found]
        show.table(Table(("Blad", "Vad"), tuple(rows[:_MOST_ROWS])))
        if len(rows) > _MOST_ROWS:
            st.caption(f"De första {_MOST_ROWS} av {len(rows)}.")


def _fields(change: RecordChange) -> str:
    assert change.before is not None
    return "; ".join(
        f"{head_of(change.table, name)}: {change.before[name] if change.before[name] is not None else 'tomt'} → {value}"
        for name, value in change.after.items()
    )


def _post_button(found: Examined, view: View) -> None:
    """Post it all as one batch."""
    if not st.button("Läs in", type="primary", icon=":material/check:", key=POST):
        return
    try:
        with st.spinner("Läser in …", show_time=True):
            batch = post(state.database(), view.person, found)
    except SaveConflict as conflict:
        st.session_state["inte-inlast"] = str(conflict)
        st.rerun()
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    st.session_state["senaste"] = (batch, found.file)
    leave()
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
