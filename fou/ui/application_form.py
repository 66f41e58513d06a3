"""The form to enter an application in, and to change or supplement one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from fou.application_draft import LINES, Draft, Place, cells_of, read_draft, sums
from fou.applications import Form, change, enter, form_of
from fou.calls import CallPage, Sum, units_of
from fou.errors import AlreadyThere, FouError, SaveConflict
from fou.lacking import misfits
from fou.model import COST_TYPES, PAYERS, Call
from fou.money import format_number
from fou.ui import calls, show, state
from fou.ui.head import View
from fou.ui.pages import APPLICATION
from fou.ui.text import plain
from fou.ui.views import applications as views

_HEADS = {
    "title": "Projektets namn", "applicants": "Sökande enheter", "performer": "Utförare", "lead": "Ansvarig",
    "area": "Område", "summary": "Sammanfattning", "starts": "Börjar", "ends": "Slutar",
    "joint": "Gemensam ansökan", "continuing": "Projektet är", "received": "Inkom", "reference": "Diarienummer",
    "contact": "Kontakt", "least": "Lägsta belopp som den sökande klarar sig med, kronor i allt",
}  # fmt: skip
_PARTIAL = "2026, 2026-01 eller 2026-01-15"
_JOINT, _CONTINUING = {True: "ja", False: "nej"}, {False: "nytt", True: "en fortsättning"}
#: How many years from the call's own that costs can be written for without more ado.
_YEARS = 6
_LONGEST = {"title": 300, "summary": 20_000}
#: The application that was just entered: where the next run goes.
_ENTERED = "ansokan-inlagd"


@dataclass(frozen=True, slots=True)
class _Begun:
    """How the table of costs was when it last began: its years, its cells, and the editor's key."""

    years: tuple[int, ...]
    cells: Mapping[Place, str]
    key: str


@dataclass(frozen=True, slots=True)
class _Writing:
    """What is being written: where it is kept in the session, for which call, and how it is saved.

    ``now`` is the application as it stands, empty for a new one. ``save`` returns what to tell and the batch.
    """

    prefix: str
    call: Call
    money: Mapping[int, Sum]
    now: Form
    choices: views.Choices
    save: Callable[[Form, Form, bool], None]
    noted: bool

    def key(self, name: str) -> str:
        """Where a field is kept."""
        return f"{self.prefix}-{name}"


def new(view: View, page: CallPage) -> None:
    """The form for an application that has come in to the call."""
    entered = st.session_state.pop(_ENTERED, None)
    if entered:
        calls.tell(f"{entered} är inlagd.", view.read(views.batch_of, entered))
        st.switch_page(APPLICATION, query_params={"kod": entered})
    prefix = f"ansokan-ny-{page.call.id}"

    def save(_seen: Form, form: Form, again: bool) -> None:
        code = enter(state.database(), view.person, page.call.id, form, view.today, again)
        _forget(prefix)
        st.session_state[_ENTERED] = code
        st.rerun()

    choices = view.read(views.choices, page.call.year, None)
    _form(view, _Writing(prefix, page.call, dict(page.money), Form(""), choices, save, noted=False))


def edit(view: View, found: views.Application) -> None:
    """The form over an application that is there. What somebody else changed meanwhile is told, and nothing is lost."""
    number, code = found.applied.proposal.id, found.applied.proposal.code
    prefix = f"ansokan-{number}"

    def save(seen: Form, form: Form, again: bool) -> None:
        why = st.session_state.get(f"{prefix}-why") or ""
        try:
            batch = change(state.database(), view.person, number, seen, form, view.today, why, again)
        except SaveConflict as conflict:
            st.session_state[f"{prefix}-krock"] = str(conflict)
            st.rerun()
        _forget(prefix)
        calls.done("Inget är ändrat." if batch is None else f"{code} är ändrad.", batch)

    choices = view.read(views.choices, found.call.year, found.form.area)
    now = view.read(form_of, number)
    _form(view, _Writing(prefix, found.call, dict(found.money), now, choices, save, noted=True))


@st.fragment
def _form(view: View, writing: _Writing) -> None:
    seen = _begin(writing)
    told = st.session_state.pop(writing.key("sagt"), None)
    if told:
        st.error(plain(told), icon=":material/sync_problem:")
    cells, years = _cells(writing), _years(writing)
    draft = _read(writing, cells, years, view.today)
    pressed = bool(st.session_state.get(writing.key("tryckt")))

    def wrong(name: str) -> None:
        # An empty name is told first when somebody wants to save.
        if name in draft.problems and (pressed or name != "title"):
            st.error("  \n".join(plain(problem) for problem in draft.problems[name]), icon=":material/error:")

    _facts(writing, wrong)
    st.markdown("**Kostnader**")
    _costs(writing, cells, years)
    wrong("costs")
    if draft.form.costs:
        show.table(sums(draft.form.costs))
    _line("least", writing, placeholder="150 000")
    wrong("least")
    for lack in misfits(draft.form, draft.asked, writing.call, writing.money):
        if any(lack.what in problem for problems in draft.problems.values() for problem in problems):
            continue  # told at its field
        st.warning(plain(lack.text), icon=":material/warning:")
    if writing.noted:
        st.text_input(
            "Varför ändras ansökan?", key=writing.key("why"), on_change="ignore", persist_state="session",
            placeholder="Sökanden kompletterade 12 oktober", max_chars=300,
        )  # fmt: skip
    place = st.container()
    with st.container(horizontal=True):
        label = "Spara ändringarna" if writing.noted else "Lägg in ansökan"
        save = st.button(label, type="primary", key=writing.key("spara"))
        if st.button("Ångra det jag skrev", key=writing.key("angra")):
            _forget(writing.prefix)
            st.rerun()
    if save and draft.problems:
        st.session_state[writing.key("tryckt")] = True
        with place:
            st.error(_nothing_saved(draft), icon=":material/block:")
    elif save:
        again = bool(st.session_state.get(writing.key("annan")))
        try:
            writing.save(seen, draft.form, again)
        except AlreadyThere as double:
            st.session_state[writing.key("dubbel")] = (double, _known(draft.form))
        except FouError as error:
            with place:
                st.error(f"{plain(str(error))} Det du skrev står kvar.", icon=":material/block:")
    with place:
        _double(view, writing, draft.form)


def _begin(writing: _Writing) -> Form:
    """Fill the form in the first time, and after somebody else was first; return what the person saw then."""
    kept = writing.key("sett")
    seen: Form | None = st.session_state.get(kept)
    told = st.session_state.pop(writing.key("krock"), None)
    now = writing.now
    mine: set[str] = set()
    written: dict[Place, str] = {}
    if seen is not None and writing.key("title") in st.session_state:
        values = _values(seen, writing)
        mine = {name for name, value in values.items() if st.session_state.get(writing.key(name)) != value}
        typed, before = _cells(writing), cells_of(seen.costs)
        written = {
            spot: typed.get(spot, "") for spot in {*typed, *before} if typed.get(spot, "") != before.get(spot, "")
        }
        if told is None and (seen == now or mine or written):
            return seen
    if told is not None:
        # If somebody else was first, what the person typed stays, and everything else is as it is now.
        st.session_state[writing.key("sagt")] = f"{told} Det du skrev står kvar: spara igen om det ska gälla."
    cells = cells_of(now.costs) | written
    for name, value in _values(now, writing).items():
        if name not in mine:
            st.session_state[writing.key(name)] = value
    st.session_state[writing.key("celler")] = cells
    st.session_state.pop(writing.key("borjan"), None)
    st.session_state[kept] = now
    return now


def _values(form: Form, writing: _Writing) -> dict[str, Any]:
    """The form as its fields hold it."""
    values: dict[str, Any] = {name: getattr(form, name) or "" for name in (*LINES, "summary", "starts", "ends")}
    years = sorted({cost.year for cost in form.costs} or {writing.call.year})
    return values | {
        "applicants": list(units_of(form.applicants)),
        "area": form.area,
        "joint": form.joint,
        "continuing": form.continuing,
        "received": form.received,
        "least": "" if form.least is None else format_number(form.least),
        "years": years,
    }


def _read(writing: _Writing, cells: Mapping[Place, str], years: Sequence[int], today: date) -> Draft:
    names = (*LINES, "summary", "starts", "ends", "area", "joint", "continuing", "received", "least")
    typed = {name: st.session_state.get(writing.key(name)) for name in names}
    typed["applicants"] = ", ".join(st.session_state.get(writing.key("applicants")) or ())
    return read_draft(typed, {place: text for place, text in cells.items() if place[2] in years}, today)


def _facts(writing: _Writing, wrong: Callable[[str], None]) -> None:
    """All but the money."""
    _line("title", writing)
    wrong("title")
    left, right = st.columns(2, gap="large")
    with left:
        known = [*writing.choices.units, *units_of(writing.now.applicants)]
        st.multiselect(
            _HEADS["applicants"], list(dict.fromkeys(known)), key=writing.key("applicants"), accept_new_options=True,
            placeholder="välj, eller skriv en ny", select_all=False, persist_state="session",
        )  # fmt: skip
        _line("performer", writing)
        _line("lead", writing)
        areas = writing.choices.areas
        st.selectbox(
            _HEADS["area"], list(areas), index=None, key=writing.key("area"), placeholder="välj",
            format_func=lambda number: areas.get(number, str(number)), persist_state="session",
        )  # fmt: skip
        with st.container(horizontal=True, gap="medium"):
            for name, words in (("joint", _JOINT), ("continuing", _CONTINUING)):
                st.segmented_control(
                    _HEADS[name], list(words), format_func=words.__getitem__, key=writing.key(name),
                    persist_state="session", width="content",
                )  # fmt: skip
    with right:
        st.date_input(
            _HEADS["received"], key=writing.key("received"), format="YYYY-MM-DD", min_value=date(1990, 1, 1),
            max_value=date(2100, 12, 31), value=None, persist_state="session",
        )  # fmt: skip
        wrong("received")
        _line("reference", writing, placeholder="SN 2026/0043")
        _line("contact", writing, placeholder="namn, e-post eller telefon")
        for name in ("starts", "ends"):
            _line(name, writing, placeholder=_PARTIAL)
            wrong(name)
    st.text_area(
        _HEADS["summary"], key=writing.key("summary"), on_change="ignore", persist_state="session",
        max_chars=_LONGEST["summary"],
    )  # fmt: skip


def _line(name: str, writing: _Writing, placeholder: str | None = None) -> None:
    # What is typed comes along with the next click: the page does not move while somebody writes.
    st.text_input(
        _HEADS[name], key=writing.key(name), on_change="ignore", persist_state="session", placeholder=placeholder,
        max_chars=_LONGEST.get(name, 200),
    )  # fmt: skip


def _years(writing: _Writing) -> tuple[int, ...]:
    return tuple(sorted(st.session_state.get(writing.key("years")) or ()))


def _cells(writing: _Writing) -> dict[Place, str]:
    """What is written in the table of costs, with what the browser has just sent."""
    cells: dict[Place, str] = dict(st.session_state.get(writing.key("celler")) or {})
    begun: _Begun | None = st.session_state.get(writing.key("borjan"))
    if begun is None or begun.key not in st.session_state:
        return cells
    edited = st.session_state[begun.key]["edited_rows"]
    for year in begun.years:
        for payer in PAYERS:
            for row, kind in enumerate(COST_TYPES):
                changed = edited.get(row, edited.get(str(row), {}))
                place = kind, payer, year
                cells[place] = str(changed.get(_column(payer, year), begun.cells.get(place, "")) or "").strip()
    st.session_state[writing.key("celler")] = cells
    return cells


def _costs(writing: _Writing, cells: Mapping[Place, str], years: tuple[int, ...]) -> None:
    """The table of costs to write in: a row for each type, and for each year what is applied for and the co-funding."""
    first = writing.call.year
    possible = sorted({*range(first, first + _YEARS), *years, *(place[2] for place in cells)})
    st.multiselect(
        "År med kostnader",
        possible,
        key=writing.key("years"),
        persist_state="session",
        placeholder="välj",
        select_all=False,
    )
    if not years:
        st.info("Välj minst ett år för att skriva kostnader.", icon=":material/info:")
        return
    st.caption(
        "Skriv hela kronor exklusive moms, till exempel 150 000 eller 150 tkr. En tom ruta betyder att det inte finns "
        "någon sådan kostnad."
    )
    begun: _Begun | None = st.session_state.get(writing.key("borjan"))
    if begun is None or begun.years != years or begun.key not in st.session_state:
        # The table begins anew, with what was written in it.
        number = st.session_state.get(writing.key("nummer"), 0) + 1
        st.session_state[writing.key("nummer")] = number
        begun = _Begun(years, dict(cells), writing.key(f"kostnader-{number}"))
        st.session_state[writing.key("borjan")] = begun
    columns: dict[str, list[str]] = {"Kostnad": [name.capitalize() for name in COST_TYPES.values()]}
    for year in years:
        for payer in PAYERS:
            columns[_column(payer, year)] = [begun.cells.get((kind, payer, year), "") for kind in COST_TYPES]
    st.data_editor(
        pd.DataFrame(columns, dtype="str"), key=begun.key, hide_index=True, num_rows="fixed", height="content",
        disabled=["Kostnad"], placeholder="", alt="Ansökans kostnader per år och slag, att skriva i",
        column_config={"Kostnad": st.column_config.Column(width=190, pinned=True)},
    )  # fmt: skip


def _column(payer: str, year: int) -> str:
    return f"{PAYERS[payer].capitalize()} {year}"


def _double(view: View, writing: _Writing, form: Form) -> None:
    """Tell that the application seems to be there already, with the ways on, as long as it still seems so."""
    double: tuple[AlreadyThere, tuple[str | None, ...]] | None = st.session_state.get(writing.key("dubbel"))
    if double is None or double[1] != _known(form):
        return
    message, code, same_number = str(double[0]), double[0].code, double[0].same_number
    st.error(f"{plain(message)} Inget är sparat, det du skrev står kvar.", icon=":material/file_copy:")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.page_link(
            APPLICATION, label=f"Se {plain(code)}", icon=":material/open_in_new:",
            query_params={**view.link(), "kod": code}, width="content",
        )  # fmt: skip
        if not same_number:
            st.checkbox("Det är en annan ansökan", key=writing.key("annan"), width="content")


def _known(form: Form) -> tuple[str | None, ...]:
    return form.title, form.applicants, form.reference


def _nothing_saved(draft: Draft) -> str:
    words = {**_HEADS, "least": "Lägsta belopp", "costs": "Kostnader"}
    where = ", ".join(words[name] for name in words if name in draft.problems)
    return f"Inget är sparat. Rätta detta, det du skrev står kvar: {where}."


def _forget(prefix: str) -> None:
    """Let the form begin anew at the next run."""
    for name in ("sett", "celler", "borjan", "tryckt", "dubbel", "annan", "krock", "why"):
        st.session_state.pop(f"{prefix}-{name}", None)
