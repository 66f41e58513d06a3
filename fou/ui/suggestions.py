"""Förslag: what a rule would suggest, as a second opinion beside the council's own list, and why."""

from __future__ import annotations

import streamlit as st

from fou import scenarios, suggesting
from fou.access import Action
from fou.allocation import Rule
from fou.errors import Refused
from fou.model import Scenario
from fou.suggesting import Asked
from fou.swedish import count, join_words
from fou.ui import show, state, turns
from fou.ui.head import View
from fou.ui.meeting import Room, done
from fou.ui.ranking import as_seen
from fou.ui.scenario_managing import attempt, first, go_to, may_begin
from fou.ui.suggestion_limits import limits
from fou.ui.text import plain
from fou.ui.views import suggesting as views
from fou.ui.views.suggesting import Limited, Opinion

#: The rules as they are called.
RULES = {
    Rule.RANK: "Efter rangordning",
    Rule.BEST: "Flest poäng",
    Rule.CUT: "Osthyvel",
    Rule.SHARES: "Andelar",
}
_COPY, _HERE = "en kopia", "scenariot"
#: The rules that can say what would change the outcome.
_EXPLAINED = (Rule.RANK, Rule.BEST)
_SOURCE = (
    "Regeln Andelar är Method of Equal Shares: Dominik Peters, Grzegorz Pierczyński och Piotr Skowron, Proportional "
    "Participatory Budgeting with Additive Utilities, NeurIPS 2021 (arXiv:2008.13276). En ledamots nytta av en ansökan "
    "är ledamotens poäng gånger beloppet. Det som blir över delas ut genom att andelarna räknas upp en hundradel i "
    "taget så länge det ryms (”Add1”), och till sist efter medelpoäng."
)


def suggested(view: View, room: Room) -> None:
    """A rule's suggestion beside the chosen scenario, the way to try it, and why each matter is in or out."""
    scenario = room.scenario
    if scenario is None:
        first(view, room)
        return
    rules = list(RULES) if room.call is not None else [Rule.CUT]
    key = f"forslag-regel-{'call' if room.call is not None else 'year'}"
    chosen = st.segmented_control(
        "Regel", rules, format_func=RULES.__getitem__, default=rules[0], required=True, key=key,
        persist_state="session",
    )  # fmt: skip
    rule = Rule(chosen or rules[0])
    st.caption(
        "Ett förslag är en andra åsikt att hålla bredvid rådets egen lista. Inget ändras förrän någon lägger in det."
        + ("" if room.call is not None else " Ett års plan har inga bedömningar, så bara osthyveln kan föreslå något.")
    )
    try:
        asked = view.read(suggesting.asked, as_seen(view), scenario.id)
        limited = limits(room, views.areas(asked))
        if limited is None:
            return
        found = views.opinion(asked, rule, limited, scenario.name, view.unit)
    except Refused as error:
        st.info(plain(str(error)), icon=":material/info:")
        return
    _told(view, found)
    if _none(found):
        return
    st.markdown(found.beside)
    _below(view, room, rule, found)
    if found.found.given:
        _apply(view, scenario, rule, found)
    _why(asked, rule, limited)


def _none(found: Opinion) -> bool:
    """Whether the rule finds nothing that keeps every limit: then there is nothing to tabulate, only why not."""
    return not found.found.suggestion.amounts and not found.found.suggestion.feasible


def _told(view: View, found: Opinion) -> None:
    st.markdown(f"**{plain(found.does)}**")
    did = "\n".join(f"- {plain(text)}" for text in found.did)
    if _none(found):
        # What cannot be kept is told, and nothing is suggested that breaks it.
        st.warning(did, icon=":material/warning:")
        return
    st.markdown(did)
    if found.hidden:
        st.caption(
            f"Du är jävig i {plain(join_words(found.hidden))}: förslaget räknar med det som scenariot redan ger, och "
            "rör det inte."
        )


def _below(view: View, room: Room, rule: Rule, found: Opinion) -> None:
    st.caption(
        f"Belopp i {view.unit} exklusive moms för {found.years}. {plain(views.left_text(found.found, view.unit))} "
        "Skillnaden är förslaget mot scenariot. Låst: regeln rör det inte."
    )
    opened = show.below("forslag", (show.COUNTED, show.FILES))
    if show.COUNTED in opened:
        call = room.call is not None
        money = (
            "Pengarna är det som är avsatt till utlysningen, utom det som scenariot sparar till den."
            if call
            else "Pengarna är det som är fritt av ramen, och det som redan är avsatt till projekten."
        )
        points = " Poängen är rangordningens, exakt räknade." if rule is not Rule.CUT and call else ""
        source = f"\n\n**Källa.** {plain(_SOURCE)}" if rule is Rule.SHARES else ""
        st.markdown(
            f"**Definition.** {plain(found.does)} {plain(found.more)}\n\n**Ingår.** {money}{points} Den som inte har "
            "sagt ett lägsta belopp får allt eller inget, utom med osthyveln.\n\n**Ingår inte.** Det som söks för "
            f"senare år, och belopp som inte är fastställda.{source}"
        )
    if show.FILES in opened:
        st.download_button(
            "Förslaget (CSV)", found.file.csv(), f"forslag-{rule}.csv", "text/csv", key="csv-forslag",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _apply(view: View, scenario: Scenario, rule: Rule, found: Opinion) -> None:
    """Put the suggestion into a copy, or into the scenario itself."""
    if not view.may(Action.TRY) or not may_begin(view):
        return
    given, years, told = found.found.given, found.found.years, RULES[rule]
    here = view.read(scenarios.may_edit, view.person, scenario.id)
    choices = [_COPY, _HERE] if here else [_COPY]
    if found.lost:
        st.warning(
            f"Detta följer inte med när förslaget läggs in: {plain(join_words(found.lost))}. Lås ärendet först om det "
            "ska stå kvar.",
            icon=":material/link_off:",
        )
    key = f"forslag-namn-{scenario.id}-{rule}"
    if key not in st.session_state:
        st.session_state[key] = told
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        where = st.segmented_control(
            "Lägg in förslaget i", choices, default=_COPY, required=True, key="forslag-var",
            format_func=lambda one: f"en kopia av {scenario.name}" if one == _COPY else scenario.name,
        )  # fmt: skip
        name = told
        if where == _COPY:
            name = st.text_input("Vad kopian heter", key=key, width=300, persist_state="session")
        pressed = st.button("Lägg in förslaget", key="forslag-lagg-in", type="primary", icon=":material/playlist_add:")
    if not pressed:
        return
    if where == _COPY:
        made = attempt(
            lambda: scenarios.copy_with_suggestion(state.database(), view.person, scenario.id, name, given, years, told)
        )
        if made is not None:
            go_to(view, made, f"Förslaget är inlagt i {' '.join(name.split())}, en kopia av {scenario.name}.")
        return
    try:
        batch = scenarios.apply_suggestion(state.database(), view.person, scenario.id, given, years, told)
    except Refused as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    done(
        f"{scenario.name} säger redan detsamma som förslaget." if batch is None
        else f"Förslaget {told.lower()} är inlagt i {scenario.name}.", batch,
    )  # fmt: skip


def _why(asked: Asked, rule: Rule, limited: Limited) -> None:
    """Why and why not, counted when somebody asks."""
    opened = st.expander("Varför och varför inte", key="forslag-varfor", on_change="rerun", icon=":material/help:")
    if not opened.open:
        return
    with opened:
        if rule not in _EXPLAINED:
            st.info(
                f"Med {RULES[rule].lower()} beror varje belopp på alla andra. Bara Efter rangordning och Flest poäng "
                "kan säga vad som skulle ändra utfallet.",
                icon=":material/info:",
            )
            return
        try:
            with st.spinner("Prövar vad som skulle ändra utfallet för varje ärende …"), turns.short():
                found = views.answers(asked, rule, limited)
        except Refused as error:
            st.info(plain(str(error)), icon=":material/info:")
            return
        names = {False: f"Utanför ({len(found.outside)})", True: f"Med ({len(found.inside)})"}
        inside = st.segmented_control(
            "Visa", (False, True), format_func=names.__getitem__, default=False, required=True,
            key="forslag-varfor-vad",
        )  # fmt: skip
        shown = found.table(bool(inside))
        if shown.rows:
            show.table(shown)
        else:
            st.markdown("Inget ärende är med." if inside else "Inget ärende är utanför.")
        said = (
            "Varje svar är prövat: görs just det, och inget annat, kommer ärendet med (eller faller ut) med samma "
            "regel, och en krona eller ett steg mindre räcker inte. Poäng är av 100."
        )
        if found.hidden:
            said += f" Du är jävig i {count(len(found.hidden), 'ärende', 'ärenden')}: det sägs inget om dem."
        st.caption(said)
