"""A call's applications: the list to search in, the way to each, and the form for a new one."""

from __future__ import annotations

import streamlit as st

from fou.access import Action
from fou.calls import CallPage
from fou.ui import application_form, application_import
from fou.ui.head import View
from fou.ui.pages import APPLICATION
from fou.ui.text import plain
from fou.ui.views import applications as views


def listed(view: View, page: CallPage) -> None:
    """The applications of the call, those out of it last; for administrators the form to enter another."""
    if page.applications:
        _table(view, page)
    else:
        st.info(_empty(view, page), icon=":material/inbox:")
    if view.may(Action.EDIT) and page.call.state in views.OPEN_TO:
        opened = st.expander("Ny ansökan", key=f"ny-ansokan-{page.call.id}", on_change="rerun", icon=":material/add:")
        if opened.open:
            with opened:
                application_form.new(view, page)
    if view.may(Action.IMPORT) and page.call.state in views.CHANGEABLE:
        files = st.expander(
            "Läs in från Excel", key=f"las-in-ansokningar-{page.call.id}", on_change="rerun",
            icon=":material/upload_file:",
        )  # fmt: skip
        if files.open:
            with files:
                application_import.importing(view, page)


def in_conflict(view: View, call: int) -> frozenset[int]:
    """The call's applications that whoever looks is in conflict of interest over."""
    person = view.person
    return frozenset() if person.member is None else view.read(views.conflicts_of, call, person.member)


def _table(view: View, page: CallPage) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        text = st.text_input(
            "Sök bland ansökningarna", key="ansokan-sok", type="search", width=320, max_chars=200,
            placeholder="namn, sökande, ansvarig, kod …",
        )  # fmt: skip
        found = view.read(views.listing, page.call.code, text or "", view.unit, in_conflict(view, page.call.id))
        code = st.selectbox(
            "Öppna en ansökan", list(found.titles), index=None, key=f"oppna-ansokan-{page.call.id}",
            format_func=lambda one: f"{one} {found.titles.get(one, '')}",
            placeholder="välj här, eller en rad i tabellen", width=420,
        )  # fmt: skip
    st.markdown(plain(found.sentence))
    if not found.titles:
        st.info(f"Ingen ansökan har ”{plain(text)}”. Sök på något annat.", icon=":material/search_off:")
        return
    amounts = [name for name in found.table.column_names if name.endswith(")")]
    event = st.dataframe(
        found.table, hide_index=True, placeholder="–", key=f"ansokningarna-{page.call.id}", on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Kod": st.column_config.TextColumn(width=110),
            "Projekt": st.column_config.TextColumn(width=300),
            **{name: st.column_config.NumberColumn(format="localized") for name in amounts},
        },
        alt="Utlysningens ansökningar med sökande, belopp och läge",
    )  # fmt: skip
    if event.selection.rows:
        code = list(found.titles)[event.selection.rows[0]]
    if code:
        # The head's choices are in the URL by themselves, and what a widget is bound to may not be set.
        st.switch_page(APPLICATION, query_params={"kod": code})


def _empty(view: View, page: CallPage) -> str:
    if page.call.state == "draft":
        return "Utlysningen är ett utkast och tar inte emot ansökningar än."
    if page.call.state in views.OPEN_TO and view.may(Action.EDIT):
        return "Inga ansökningar har lagts in än. Lägg in den första under ”Ny ansökan”."
    return "Inga ansökningar är inlagda."
