"""A call's ranking as a council reads it on a wall, and what was requested and granted over the years."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from fou.access import Action, Person, may
from fou.calls import CallPage
from fou.charts.calls import By
from fou.charts.chart import Counted
from fou.charts.ranking import grounds_text
from fou.errors import Refused
from fou.standings import Standings
from fou.swedish import join_words
from fou.ui import show, state
from fou.ui.configured import settings
from fou.ui.head import View
from fou.ui.pages import APPLICATION
from fou.ui.text import for_label, plain
from fou.ui.views import ranking as views

#: What the ranking shows below its sentence.
LIST, PLACES, MONEY, GROUNDS = "Lista", "Platser", "Pengar", "Grunder"
_NEW, _CONTINUING = "nya", "fortsättningar"
#: How many disagreements are told before somebody asks for all of them.
_FIRST = 3
#: What requested against granted is told by.
_BY: dict[str, By] = {"År för år": "year", "Områden": "area", "Sökande": "applicant"}


def shown(view: View, page: CallPage) -> None:
    """The ranking as the person may see it: how sure it is, what to discuss, and one of its views."""
    if not may(view.person, Action.SEE_SCORES):
        st.info("Bara rådets ledamöter och handläggare ser bedömningarna.", icon=":material/lock:")
        return
    who, number = as_seen(view), page.call.id
    try:
        ranking = view.read(views.ranking_page, who, number, view.unit)
    except Refused as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    found = ranking.found
    if found.closed is not None:
        _closed(view, ranking)
        return
    if not found.rows and not found.conflicts:
        st.info("Det finns inga ansökningar att rangordna.", icon=":material/inbox:")
        return
    st.markdown(f"**{plain(ranking.sentence)}**" + (f"  \n{plain(ranking.more)}" if ranking.more else ""))
    _discuss(ranking)
    chosen = st.segmented_control(
        "Visa", (LIST, PLACES, MONEY, GROUNDS), default=LIST, required=True, key="rangordning", bind="query-params"
    )
    if chosen == PLACES:
        show.chart(ranking.places, view)
    elif chosen == MONEY:
        show.chart(ranking.money, view)
    elif chosen == GROUNDS:
        _grounds(view, ranking, who)
    else:
        _listed(view, ranking, who)


def asked_over_years(view: View) -> None:
    """Requested against granted over the years, in SEK and in number: in all, by area or by applicant."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        told = st.segmented_control("Efter", list(_BY), default="År för år", required=True, key="sokt-efter")
        by = _BY[told or "År för år"]
        name = None
        if by != "year":
            name = st.selectbox(
                "Ett område" if by == "area" else "En sökande", view.read(views.asked_names, by), index=None,
                key=f"sokt-{by}", placeholder="alla tillsammans", width=360,
            )  # fmt: skip
    amounts, numbers = view.read(views.asked, by, name or "", view.unit)
    with st.grid(2, min_column_width=420, gap="large"):
        for chart in (amounts, numbers):
            with st.container():
                show.chart(chart, view)


def _discuss(ranking: views.RankingPage) -> None:
    """What the members disagree about: the first of them, and the rest when somebody asks."""
    first, rest = ranking.discuss[:_FIRST], ranking.discuss[_FIRST:]
    if not first:
        return
    st.markdown("Diskutera: ledamöterna är oense om\n\n" + "\n".join(f"- {said}" for said in first))
    if rest:
        more = st.expander(f"{len(rest)} till att diskutera", key="oense", on_change="rerun", type="compact")
        if more.open:
            with more:
                st.markdown("\n".join(f"- {said}" for said in rest))


def as_seen(view: View) -> Person:
    """The person as far as the ranking differs between people, so that those who see the same share what is read.

    It differs by role, and by what one is in conflict over. ``state.sight`` keeps a member's number for everyone who
    is or has been in any conflict, and drops it for the others: without a conflict the number makes no difference to
    ``standings``. The sight is itself a part of what is kept, and takes a conflicted member's scores out of the
    tables: if a conflict is declared between this and the reading, what is read holds no secret either.
    """
    person = view.person
    return replace(person, name="", key="", member=state.sight(person).member)


def _closed(view: View, ranking: views.RankingPage) -> None:
    """Why there is no ranking, and who does what about it."""
    found = ranking.found
    if not found.criteria:
        st.info(
            "Utlysningen har inga prioriteringsgrunder, så det finns inget att rangordna efter.",
            icon=":material/info:",
        )
        return
    leads = f"ordföranden ({join_words(ranking.chairs)})" if ranking.chairs else "ordföranden"
    text = f"Bedömningarna är inte öppnade. Rangordningen syns när {leads} eller en handläggare har öppnat dem."
    if view.as_of is not None:
        text += " Töm datumet för att se hur det är nu."
    elif found.call.state in ("draft", "open", "closed"):
        text += " Det kan de göra när utlysningen är under bedömning."
    else:
        text += " Innan dess ser varje ledamot bara sin egen bedömning, och handläggaren bara hur långt de har kommit."
    st.info(plain(text), icon=":material/lock:")
    if found.conflicts:
        st.markdown(f"{views.HIDDEN} av {plain(_named(found))}.")


def _named(found: Standings) -> str:
    return join_words([f"{one.project.title} ({one.proposal.code})" for one in found.conflicts])


def _listed(view: View, ranking: views.RankingPage, who: Person) -> None:
    """The list, filtered; the way to an application; and how it is counted."""
    titles = dict(ranking.titles)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = _filters(ranking)
        code = st.selectbox(
            "Öppna en ansökan", list(titles), index=None, key=f"rangordnad-{ranking.found.call.id}", width=360,
            format_func=lambda one: f"{one} {for_label(titles.get(one, ''))}", placeholder="välj här",
        )  # fmt: skip
    if code:
        st.switch_page(APPLICATION, query_params={"kod": code})
    # A link in a text opens a window of its own, where nobody has chosen who they are in local mode.
    link = tuple(view.link().items()) if settings().network else ()
    table, number = view.read(views.listing, who, ranking.found.call.id, view.unit, chosen, link)
    if chosen != views.Chosen():
        st.caption(f"Visar {number} av {len(titles)} ansökningar. Platser och summor är de i hela listan.")
    if number:
        st.markdown(table)
        st.caption(f"Belopp i {view.unit} exklusive moms. ”Summa ner hit” är det som söks till och med platsen.")
    else:
        st.info("Ingen ansökan passar urvalet. Ta bort ett filter.", icon=":material/search_off:")
    _below(ranking, view)


def _filters(ranking: views.RankingPage) -> views.Chosen:
    """The filters that there is something to choose in."""
    area = unit = kind = None
    if len(ranking.areas) > 1:
        area = st.selectbox("Område", ranking.areas, index=None, key="rang-omrade", placeholder="alla", width=240)
    if len(ranking.units) > 1:
        unit = st.selectbox("Sökande", ranking.units, index=None, key="rang-sokande", placeholder="alla", width=240)
    if ranking.both_kinds:
        kind = st.selectbox(
            "Nya eller fortsättningar", (_NEW, _CONTINUING), index=None, key="rang-slag", placeholder="båda", width=200
        )
    return views.Chosen(area, unit, None if kind is None else kind == _CONTINUING)


def _below(ranking: views.RankingPage, view: View) -> None:
    opened = show.below("rangordning", (show.COUNTED, show.FILES))
    if show.COUNTED in opened:
        _counted(ranking.places.counted, ranking.found)
    if show.FILES in opened:
        st.download_button(
            "Rangordningen (CSV)", ranking.places.table.csv(), f"rangordning-{ranking.found.call.code}.csv",
            "text/csv", key="csv-rangordning", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        st.caption("Hela listan, med belopp i kronor exklusive moms.")


def _counted(counted: Counted, found: Standings) -> None:
    st.markdown(
        f"**Definition.** {plain(counted.definition)}\n\n**Grunder.** {plain(grounds_text(found))}.\n\n"
        f"**Ingår.** {plain(counted.included)}\n\n**Ingår inte.** {plain(counted.left_out)}"
    )


def _grounds(view: View, ranking: views.RankingPage, who: Person) -> None:
    """How the grounds were met, by what was granted once it is decided, and by each application."""
    found = ranking.found
    if found.call.state == "decided":
        show.chart(view.read(views.grounds, who, found.call.id), view)
    st.subheader("Grundernas medelvärden, ansökan för ansökan", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = _filters(ranking)
    show.table(view.read(views.criteria, who, found.call.id, chosen), view.unit)
    st.caption(plain(f"Poäng 0–100. Grunderna: {grounds_text(found)}."))
