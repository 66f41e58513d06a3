"""The parts of FoU-plan that are read: its versions, what is no sum, its calls and texts."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fou.charts.plan_versions import difference_sentence, difference_table, version_name, versions_table
from fou.model import CALL_STATES, PLAN_STATES, Call, Criterion, Plan
from fou.swedish import count, format_date
from fou.ui import show
from fou.ui.head import View
from fou.ui.text import plain
from fou.ui.views.plan import PlanPage, VersionLines, version_lines


def drifted(page: PlanPage, view: View) -> None:
    """Tell when the lines of a decided plan are no longer those that were decided, as after an import."""
    plan = page.year.plan
    if plan is None or plan.state != "decided" or not page.versions:
        return
    latest = page.versions[-1]
    decided, now = _at(latest.head, view).lines, view.read(version_lines, view.year, view.money).lines
    if {line.key: (line.amount, line.open) for line in decided} != {line.key: (line.amount, line.open) for line in now}:
        said = difference_sentence(decided, now, ("Det som beslutades", "Planen som den står"), view.unit)
        st.warning(f"Raderna har ändrats utan beslut. {plain(said)}", icon=":material/difference:")


def versions(page: PlanPage, view: View) -> None:
    """The plan's decisions, and two of them (or the draft) side by side; read when somebody asks."""
    if not page.versions:
        return
    number = len(page.versions)
    opened = st.expander(
        f"Planens versioner ({count(number, 'beslut', 'beslut')})", key="versioner", on_change="rerun",
        icon=":material/history:",
    )  # fmt: skip
    if not opened.open:
        return
    found = {version_name(version): _at(version.head, view) for version in page.versions}
    with opened:
        sums = [(kept.frame, kept.planned) for kept in found.values()]
        show.table(versions_table(page.versions, sums), view.unit)
        revised = page.year.plan is not None and page.year.plan.state == "revision"
        if revised:
            found[f"Utkastet till version {number + 1}"] = view.read(version_lines, view.year, view.money)
        names = list(found)
        if len(names) < 2:
            return
        if len(names) > 2:
            with st.container(horizontal=True):
                older = st.selectbox("Jämför", names[:-1], index=len(names) - 2, key="version-fran", width=320)
                newer = st.selectbox(
                    "med", names[names.index(older or names[0]) + 1 :], key=f"version-till-{older}", width=320
                )
            names = [older or names[0], newer or names[-1]]
        before, after = found[names[0]].lines, found[names[1]].lines
        pair = (names[0], names[1])
        st.markdown(f"**{plain(difference_sentence(before, after, pair, view.unit))}**")
        heads = (pair[0].partition(",")[0], pair[1].partition(",")[0])
        show.table(difference_table(before, after, heads), view.unit)


def areas(page: PlanPage, view: View) -> None:
    """The year's areas with what is planned, granted and spent."""
    if page.areas.rows:
        st.subheader(f"Planen {view.year} efter område" if page.planned else "Områden", anchor=False)
        show.table(page.areas, view.unit)


def beside_last_year(page: PlanPage, view: View) -> None:
    """The areas this year and the year before, whatever they were called then."""
    st.subheader(f"{view.year} mot {view.year - 1}", anchor=False)
    if page.last:
        show.table(page.last, view.unit)
    else:
        st.markdown(f"Det finns inga uppgifter om {view.year - 1} att jämföra med.")


def _at(head: int, view: View) -> VersionLines:
    return view.read_at(head, version_lines, view.year, view.money)


def decision_and_texts(plan: Plan | None) -> None:
    """The plan's decision and texts in full."""
    if plan is None:
        return
    st.subheader("Planens beslut och texter", anchor=False)
    show.facts(
        [
            ("Plan", plan.title),
            ("Läge", PLAN_STATES[plan.state]),
            ("Nämnd", plan.board),
            ("Beslutad", format_date(plan.decided) if plan.decided else _no_date(plan)),
            ("Diarienummer", plan.reference),
            ("Omedelbar justering", {True: "ja", False: "nej", None: None}[plan.immediate_approval]),
            ("Beredning", plan.preparation),
            ("Innehåll", plan.text),
            ("Källa", plan.source),
        ]
    )


def _no_date(plan: Plan) -> str:
    return "inte beslutad" if plan.state in ("draft", "proposed") else "datum inte angivet i källan"


def open_items(page: PlanPage) -> None:
    """The year's commitments whose amount is not set. By name, never as 0 kr."""
    number = len(page.year.open_items)
    if number:
        st.subheader(f"{count(number, 'åtagande', 'åtaganden')} utan fastställt belopp", anchor=False)
        st.markdown(page.open_list)


def conditional_items(page: PlanPage) -> None:
    """The year's amounts that hang on a condition."""
    number = len(page.year.conditional_items)
    if number:
        st.subheader(f"{count(number, 'belopp', 'belopp')} på villkor", anchor=False)
        st.markdown(page.conditional_list)


def announced_calls(calls: Sequence[tuple[Call, tuple[Criterion, ...]]]) -> None:
    """The year's calls: their dates, text and grounds for priority."""
    for call, criteria in calls:
        st.subheader(f"Utlysning: {plain(call.name)}", anchor=False)
        show.facts(
            [
                ("Läge", CALL_STATES[call.state]),
                ("Öppnar", format_date(call.opens) if call.opens else None),
                ("Stänger", format_date(call.closes) if call.closes else None),
                ("Text", call.text),
                ("Källa", call.source),
            ]
        )
        if criteria:
            weights = [f", vikt {criterion.weight}" if criterion.weight is not None else "" for criterion in criteria]
            st.markdown(
                "**Prioriteringsgrunder**\n\n"
                + "\n".join(f"{c.position}. {plain(c.name)}{w}" for c, w in zip(criteria, weights, strict=True))
            )
