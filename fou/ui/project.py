"""The parts of a project's page."""

from __future__ import annotations

import json
from datetime import date

import streamlit as st

from fou import ledger
from fou.access import ACTION_NAMES, Action
from fou.charts.chart import Table
from fou.charts.projects import period_text
from fou.errors import FouError, SaveConflict
from fou.imports.difference import head_of
from fou.model import (
    DECISION_KINDS,
    ITEM_KINDS,
    KIND_NAMES,
    LINK_KINDS,
    OUTCOMES,
    OUTPUT_KINDS,
    REPORT_KINDS,
    STANDINGS,
    Entry,
    Kind,
    Project,
)
from fou.money import OPEN_TEXT, NotAnAmount, format_number, format_sek, is_open_wording, parse_sek
from fou.portfolio import Applied, ProjectPage
from fou.swedish import format_date, format_partial, format_timestamp
from fou.ui import show, state
from fou.ui.head import View
from fou.ui.pages import PROJECT
from fou.ui.text import plain

#: Kinds of earlier projects that are "en": a pilot study, a study, a follow-up.
_COMMON_GENDER = ("pilot_study", "study", "follow_up", "continuation", "spread")
_EDITED = ("title", "summary", "lead", "performer", "host", "units", "keywords", "reference")


def chain(page: ProjectPage, view: View) -> None:
    """The programme, its parts, and what came before and after."""
    if not (page.parent or page.children or page.earlier or page.later):
        return
    st.subheader("Kedja", anchor=False)
    if page.parent:
        st.markdown("Ingår i:")
        _link(page.parent, view)
    if page.children:
        st.markdown("Delprojekt:")
        for child in page.children:
            _link(child, view)
    if page.earlier:
        for link, other in reversed(page.earlier):
            st.markdown(f"Bygger på en {LINK_KINDS[link.kind]}:" if link.kind in _COMMON_GENDER else "Bygger på:")
            _link(other, view)
    if page.earlier and page.later:
        st.markdown("**Det här projektet**")
    if page.later:
        st.markdown("Följs av:")
        for _, other in page.later:
            _link(other, view)


def _link(other: Project, view: View) -> None:
    st.page_link(
        PROJECT, label=plain(other.title), icon=":material/subdirectory_arrow_right:",
        query_params={**view.link(), "kod": other.code},
    )  # fmt: skip


def facts(page: ProjectPage) -> None:
    """What is known of the project itself."""
    about = page.project
    st.subheader("Uppgifter", anchor=False)
    show.facts(
        [
            ("Kod", about.code), ("Läge", STANDINGS[page.standing]), ("Område", page.area),
            ("Tid", period_text(about.starts, about.ends, about.period_note)), ("Ansvarig", about.lead),
            ("Utförare", about.performer), ("Värd", about.host), ("Deltagande enheter", about.units),
            ("Bidragstyp", about.grant_type), ("Nyckelord", about.keywords), ("Diarienummer", about.reference),
            ("Källa", about.source),
        ]
    )  # fmt: skip


def decisions(page: ProjectPage) -> None:
    """Recommendations and decisions on the project."""
    if not page.decisions:
        return
    st.subheader("Beslut", anchor=False)
    rows = [
        (
            DECISION_KINDS[d.kind].capitalize(), OUTCOMES[d.outcome],
            d.decided.isoformat() if d.decided else None,
            " ".join(part for part in (d.board, d.reference, d.paragraph) if part), d.text,
        )
        for d in page.decisions
    ]  # fmt: skip
    show.table(Table(("Slag", "Utfall", "Datum", "Var", "Text"), tuple(rows)))


def reports(page: ProjectPage, today: date) -> None:
    """Reports due, with what is late said in words."""
    if not page.reports:
        return
    st.subheader("Rapporter", anchor=False)
    rows = []
    for report in page.reports:
        if report.received:
            late = (report.received - report.due).days
            how = f"lämnad {report.received.isoformat()}" + (f", {late} dagar sent" if late > 0 else "")
        elif report.due < today:
            how = f"saknas, {(today - report.due).days} dagar sen"
        else:
            how = "ska lämnas"
        rows.append((REPORT_KINDS[report.kind].capitalize(), report.due.isoformat(), how))
    show.table(Table(("Rapport", "Senast", "Läge"), tuple(rows)))


def outputs(page: ProjectPage) -> None:
    """What the project has given."""
    if not page.outputs:
        return
    st.subheader("Resultat", anchor=False)
    lines = []
    for output in page.outputs:
        when = f", {format_partial(output.published)}" if output.published else ""
        note = f" – {plain(output.note)}" if output.note else ""
        lines.append(f"- {plain(output.title)} ({OUTPUT_KINDS[output.kind]}{when}){note}")
    st.markdown("\n".join(lines))


def follow_ups(page: ProjectPage) -> None:
    """What follow-ups found: goals, activities, success factors, risks and improvements."""
    for follow_up, items in page.follow_ups:
        st.subheader(f"Uppföljning: {plain(follow_up.title)}", anchor=False)
        show.facts(
            [
                ("Utförare", follow_up.performer), ("Tid", follow_up.period), ("Metod", follow_up.method),
                ("Frågor", follow_up.questions), ("Källa", follow_up.source),
            ]
        )  # fmt: skip
        for kind, name in ITEM_KINDS.items():
            found = [item for item in items if item.kind == kind]
            if found:
                with st.expander(f"{name.capitalize()} ({len(found)})"):
                    st.markdown("\n".join(f"{number}. {plain(item.text)}" for number, item in enumerate(found, 1)))


def proposals(page: ProjectPage) -> None:
    """Applications behind the project, with their scores once they are decided on."""
    for applied in page.applied:
        proposal, call = applied.proposal, applied.call
        st.subheader(f"Ansökan i {plain(call.name)}", anchor=False)
        show.facts(
            [
                ("Kod", proposal.code), ("Sökande", proposal.applicants),
                ("Gemensam", {True: "ja", False: "nej", None: None}[proposal.joint]),
                ("Fortsättning", {True: "ja", False: "nej", None: None}[proposal.continuing]),
                ("Inkom", format_date(proposal.received) if proposal.received else None),
                ("Källa", proposal.source),
            ]
        )  # fmt: skip
        _scores(applied)


def _scores(applied: Applied) -> None:
    # Who may not see scores, or has a conflict of interest, has read none (see fou/store/sight.py).
    if applied.call.state != "decided":
        return
    if applied.conflicts:
        named = "; ".join(f"{name} ({reason})" if reason else name for name, reason in applied.conflicts)
        st.markdown(f"Jäv: {plain(named)}. De har inte deltagit i bedömningen.")
    if applied.judged:
        rows = [
            (
                judged.criterion, judged.weight,
                None if judged.mean is None else f"{judged.mean:.1f}".replace(".", ",") + f" av {judged.scale or '–'}",
                judged.judges, judged.cannot_judge or None,
            )
            for judged in applied.judged
        ]  # fmt: skip
        show.table(
            Table(("Grund", "Vikt", "Medelvärde", "Bedömare", "Kan inte bedöma"), tuple(rows)),
        )


def sources(page: ProjectPage, unit: str) -> None:
    """Each amount of the project with its source, those since taken back too."""
    if not page.entries:
        return
    opened = st.expander(f"Belopp och källor ({len(page.entries)})", key="projektets-kallor", on_change="rerun")
    if not opened.open:
        return
    with opened:
        rows = [
            (
                traced.entry.year, KIND_NAMES[traced.entry.kind].capitalize(),
                OPEN_TEXT if traced.entry.open else traced.entry.amount, traced.entry.condition,
                page.funder_names.get(traced.entry.funder, ""), "gäller" if traced.stands else "ersatt",
                traced.entry.document, traced.entry.source, traced.batch.id,
            )
            for traced in page.entries
        ]  # fmt: skip
        show.table(
            Table(
                ("År", "Slag", "Belopp", "Villkor", "Finansiär", "Läge", "Källa", "Står i", "Post"),
                tuple(rows),
            ),
            unit,
        )


def changes(page: ProjectPage) -> None:
    """Who changed which fact, from what to what."""
    if not page.changes:
        return
    opened = st.expander(
        f"Ändringar av uppgifterna ({len(page.changes)})", key="projektets-andringar", on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        rows: list[tuple[str, str, str, str]] = []
        for batch, before_text, after_text, _ in page.changes:
            before = json.loads(before_text) if before_text else {}
            after = json.loads(after_text) if after_text else {}
            what = [
                f"{head_of('project', name)}: {before.get(name) or 'tomt'} → {after.get(name) or 'tomt'}"
                for name in after
                if before and name not in ("id", "area", "parent") and before.get(name) != after[name]
            ]
            if not before:
                what = ["Projektet lades till"]
            elif not after:
                what = ["Projektet togs bort"]
            kind = ACTION_NAMES.get(Action(batch.kind), batch.kind)
            rows.append(
                (
                    format_timestamp(batch.posted),
                    batch.actor,
                    f"{kind}, post {batch.id}",
                    "; ".join(what) or "Område eller program",
                )
            )
        show.table(Table(("När", "Vem", "Hur", "Vad"), tuple(rows)))


def edit(page: ProjectPage, view: View) -> None:
    """Forms to change a fact or correct an amount. What somebody else changed meanwhile is told, not lost."""
    opened = st.expander("Ändra uppgifter eller belopp", key="andra", on_change="rerun", icon=":material/edit:")
    if not opened.open:
        return
    with opened:
        _edit_facts(page, view)
        _edit_amount(page, view)


def _edit_facts(page: ProjectPage, view: View) -> None:
    about = page.project
    fields = {name: f"falt-{about.id}-{name}" for name in _EDITED}
    now: dict[str, str | None] = {name: getattr(about, name) for name in _EDITED}
    told = st.session_state.pop(f"krock-{about.id}", None)
    # What the person saw lives as long as the fields do, so that a change by somebody else in the meantime shows.
    kept = f"sett-{about.id}"
    if told is not None or kept not in st.session_state or fields["title"] not in st.session_state:
        # If somebody else was first, what the person typed stays, and everything else is as it is now.
        message, mine = told or ("", ())
        st.session_state[kept] = now
        st.session_state.update({fields[name]: now[name] or "" for name in _EDITED if name not in mine})
        if message:
            st.error(plain(message), icon=":material/sync_problem:")
    seen: dict[str, str | None] = st.session_state[kept]
    with st.form("uppgifter"):
        typed: dict[str, str | None] = {}
        for name in _EDITED:
            widget = st.text_area if name == "summary" else st.text_input
            value = widget(head_of("project", name), key=fields[name])
            typed[name] = (value or "").strip() or None
        saved = st.form_submit_button("Spara uppgifterna", type="primary")
    if not saved:
        return
    if not typed["title"]:
        st.error("Projektet måste ha en titel.")
        return
    changed = {name: value for name, value in typed.items() if value != seen[name]}
    try:
        with state.database().write(view.person, Action.EDIT, f"Ändrade uppgifter om {about.code}") as work:
            work.update(Project, about.id, changed, seen, "projektets sida")
    except SaveConflict as conflict:
        theirs = "; ".join(
            f"{head_of('project', name)}: {now[name] or 'tomt'}" for name in changed if now[name] != seen[name]
        )
        message = f"{conflict} Det du skrev står kvar i formuläret." + (f" Nu gäller {theirs}." if theirs else "")
        st.session_state[f"krock-{about.id}"] = (message, tuple(changed))
        st.rerun()
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    st.session_state.pop(kept, None)
    st.rerun()


def _edit_amount(page: ProjectPage, view: View) -> None:
    number = page.project.id
    which, amount_key, why_key = (f"{name}-{number}" for name in ("ratta", "ratta-till", "ratta-skal"))
    told = st.session_state.pop(f"rattat-{number}", None)
    if told == "":
        st.session_state.update({which: None, amount_key: "", why_key: ""})
    elif told:
        st.session_state[which] = None
        st.error(plain(told), icon=":material/sync_problem:")
    # The amounts that the person chooses among are those that were there when the form was drawn: if somebody
    # else corrects one in the meantime, that is told.
    kept = f"belopp-{number}"
    if told is not None or kept not in st.session_state or which not in st.session_state:
        st.session_state[kept] = [traced.entry for traced in page.entries if traced.stands]
    standing: list[Entry] = st.session_state[kept]
    if not standing:
        return
    names = {
        entry.id: f"{entry.year} {KIND_NAMES[Kind(entry.kind)]}: "
        + (OPEN_TEXT if entry.open else format_sek(entry.amount))
        + f" ({page.funder_names.get(entry.funder, '')})"
        for entry in standing
    }
    with st.form("belopp"):
        chosen = st.selectbox(
            "Belopp att rätta", list(names), format_func=names.__getitem__, index=None, placeholder="välj", key=which
        )
        amount = st.text_input(
            "Nytt belopp i kronor exklusive moms", placeholder="650 000, eller ej fastställt", key=amount_key
        )
        why = st.text_input("Varför (till exempel beslut och paragraf)", key=why_key)
        saved = st.form_submit_button("Rätta beloppet")
    if not saved:
        return
    if chosen is None or not (amount or "").strip() or not (why or "").strip():
        st.error("Välj ett belopp, skriv det nya och skriv varför.")
        return
    try:
        new = None if is_open_wording(amount) else parse_sek(amount)
        old = next(entry for entry in standing if entry.id == chosen)
        batch = ledger.correct(state.database(), view.person, chosen, new, why.strip(), old.condition)
    except SaveConflict as conflict:
        st.session_state[f"rattat-{number}"] = f"{conflict} Det du skrev står kvar i formuläret."
        st.rerun()
    except (FouError, NotAnAmount) as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    st.session_state[f"rattat-{number}"] = ""
    shown = OPEN_TEXT if new is None else f"{format_number(new)} kr"
    st.toast(f"Rättat till {shown} (post {batch}).", icon=":material/check:")
    st.rerun()
