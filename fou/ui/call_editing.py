"""What a call says, for everybody; and for administrators the forms that begin and change one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from fou import calling
from fou.access import Action, may
from fou.calling import FIRST_YEAR, FIXED, GROUNDS, LAST_YEAR, CallForm, Ground, SetAside
from fou.calls import CallPage, call_page
from fou.errors import FouError, Refused, SaveConflict
from fou.model import CALL_KINDS, CALL_STATES, Call, Criterion
from fou.money import NotAnAmount, format_number, is_open_wording, parse_sek
from fou.scales import HIGHEST
from fou.swedish import format_date, join_words
from fou.ui import call_rows, calls, show, state
from fou.ui.application_import import form_button
from fou.ui.head import View
from fou.ui.text import ended, plain
from fou.ui.views import calls as views

_DATES = {
    "opens": "Öppnar", "closes": "Sista ansökningsdag", "assessed": "Bedöms senast", "decides": "Beslut planerat",
}  # fmt: skip
_HEADS = {"name": "Namn", "year": "Budgetår", "kinds": "Söks för", **_DATES, "text": "Text", "rules": "Regler"}
_NEW = "utlysning-ny"
_OPEN = "ej fastställt"
_EMPTY, _BOTH = "Egna grunder", "both"
_STAYS = "Det du skrev står kvar i formuläret."


def announcement(view: View, page: CallPage) -> None:
    """The part "Utlysningen": what it says, its dates, its money and its grounds for priority."""
    call = page.call
    if call.state == "draft" and not may(view.person, Action.SEE_DRAFTS):
        st.info("Texten, datumen och prioriteringsgrunderna visas när utlysningen har öppnats.", icon=":material/lock:")
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Om utlysningen", anchor=False)
        st.markdown(plain(call.text) if call.text else "Utlysningen har ingen text än.")
        if call.rules:
            st.subheader("Regler", anchor=False)
            st.markdown(plain(call.rules))
        if call.source and not call.source.startswith("sidan "):
            st.caption(f"Källa: {plain(call.source)}")
    with right:
        show.table(views.facts_table(page, view.unit))
        if call.state == "open":
            form_button(view, page)
    st.subheader("Prioriteringsgrunder", anchor=False)
    if page.criteria:
        show.table(views.grounds_table(page.criteria))
    else:
        st.markdown("Utlysningen har inga prioriteringsgrunder än.")
    if view.may(Action.EDIT) and call.state != "decided":
        for name, label, icon, form in (
            ("text", "Ändra text och datum", ":material/edit:", _edit_facts),
            ("grunder", "Ändra prioriteringsgrunder", ":material/rule:", _edit_grounds),
            ("pengar", "Sätt av pengar", ":material/savings:", _edit_money),
        ):
            opened = st.expander(label, key=f"utlysning-andra-{name}", on_change="rerun", icon=icon)
            if opened.open:
                with opened:
                    form(view, call.code)


def begin(view: View) -> None:
    """The ways to a new call: from nothing, or from the latest one in one click."""
    calls.copy_latest(view)
    opened = st.expander("Ny utlysning", key="utlysning-borja", on_change="rerun", icon=":material/add:")
    if opened.open:
        with opened:
            _new_call(view)


@st.fragment
def _new_call(view: View) -> None:
    """A form for a whole call. Nothing is written before it is pressed, and what is typed stays for the session."""
    if not st.session_state.get(f"{_NEW}-sett"):
        st.session_state[f"{_NEW}-sett"] = True
        st.session_state[f"{_NEW}-kod"] = ""
        _fill(_NEW, CallForm("", view.today.year + 1))
        call_rows.forget(f"{_NEW}-grunder")
        call_rows.forget(f"{_NEW}-pengar")
    code = st.text_input(
        "Kod", key=f"{_NEW}-kod", placeholder=f"till exempel LUM-{view.today.year + 1}", width=260, max_chars=40,
        persist_state="session",
    )  # fmt: skip
    form = _fields(_NEW, ())
    st.markdown("**Prioriteringsgrunder**")
    ready = _ready_grounds(f"{_NEW}-grunder", first=True)
    grounds = call_rows.rows(f"{_NEW}-grunder", _ground_rows(ready or ()), call_rows.GROUND_COLUMNS)
    st.markdown("**Pengar som sätts av**")
    money = call_rows.rows(f"{_NEW}-pengar", [(form.year, None)], call_rows.MONEY_COLUMNS)
    st.caption(
        f"Kronor exklusive moms, eller ”{_OPEN}”. Utkastet ses bara av handläggare och ledamöter tills du öppnar det."
    )
    if not st.button("Skapa utkastet", type="primary", key=f"{_NEW}-skapa"):
        return
    try:
        batch = calling.create(
            state.database(), view.person, code or "", form, _grounds(grounds), _money(money)
        )  # fmt: skip
    except FouError as error:
        _refused(error)
        return
    st.session_state.pop(f"{_NEW}-sett")
    calls.go_to((code or "").strip())
    calls.done(f"Utlysningen {(code or '').strip()} är påbörjad som utkast.", batch)


@st.fragment
def _edit_facts(view: View, code: str) -> None:
    """The call's name, dates and texts."""
    page = view.read(call_page, code)
    if page is None:
        return
    call, prefix = page.call, f"utlysning-{page.call.id}"
    seen: Call | None = st.session_state.get(f"{prefix}-sett")
    wanted: CallForm | None = st.session_state.pop(f"{prefix}-fyll", None)
    if wanted is not None:
        _fill(prefix, wanted)
    elif seen is None or f"{prefix}-name" not in st.session_state or _typed(prefix) == _tidy(calling.form_of(seen)):
        # Nothing is typed: the form says what stands now.
        _fill(prefix, calling.form_of(call))
        st.session_state[f"{prefix}-sett"] = seen = call
    assert seen is not None
    _say_conflict(prefix)
    form = _fields(prefix, FIXED[call.state])
    if call.state != "draft":
        fixed = join_words([_HEADS[name].lower() for name in _HEADS if name in FIXED[call.state]])
        st.caption(f"Låst när utlysningen är {CALL_STATES[call.state]}: {fixed}.")
    before = _tidy(calling.form_of(seen))
    changed = {name: getattr(form, name) for name in _HEADS if getattr(form, name) != getattr(before, name)}
    if not _pressed(prefix, bool(changed)):
        return
    try:
        batch = calling.edit(state.database(), view.person, seen, replace(calling.form_of(seen), **changed))
    except SaveConflict as conflict:
        now = view.read(call_page, code)
        if now is None:
            _refused(conflict)
            return
        theirs = [
            f"{head}: {_shown(getattr(now.call, name))}"
            for name, head in _HEADS.items()
            if getattr(now.call, name) != getattr(seen, name)
        ]
        # What the person typed stays and all else is as it is now: saving again means that theirs is to stand.
        st.session_state[f"{prefix}-fyll"] = replace(calling.form_of(now.call), **changed)
        st.session_state[f"{prefix}-sett"] = now.call
        _conflict(prefix, f"{conflict} Nu gäller {ended('; '.join(theirs))}")
    except FouError as error:
        _refused(error)
        return
    st.session_state.pop(f"{prefix}-sett")
    calls.done("Inget är ändrat." if batch is None else "Text och datum är sparade.", batch)


@st.fragment
def _edit_grounds(view: View, code: str) -> None:
    """The grounds for priority, row by row."""
    page = view.read(call_page, code)
    if page is None:
        return
    prefix, locked = f"utlysning-{page.call.id}-grunder", page.call.state != "draft"
    seen: tuple[Criterion, ...] | None = st.session_state.get(f"{prefix}-sett")
    if seen is None or not call_rows.touched(prefix, _criterion_rows(seen)):
        if seen != page.criteria:
            call_rows.forget(prefix)
        st.session_state[f"{prefix}-sett"] = seen = page.criteria
    _say_conflict(prefix)
    if locked:
        st.caption("Bara vägledningen kan ändras: grunder, vikter och skalor ska vara desamma för alla som söker.")
    else:
        if any(one.scale is None for one in seen):
            st.caption(f"Skalan är inte vald än. Här föreslås 0–{HIGHEST}; spara om den ska gälla.")
        _ready_grounds(prefix, first=False)
    typed = call_rows.rows(prefix, _criterion_rows(seen), call_rows.GROUND_COLUMNS, locked=locked)
    if not _pressed(prefix, call_rows.touched(prefix, _criterion_rows(seen))):
        return
    try:
        batch = calling.save_grounds(state.database(), view.person, page.call.id, _grounds(typed), seen)
    except SaveConflict as conflict:
        now = view.read(call_page, code)
        if now is not None:
            st.session_state[f"{prefix}-sett"] = now.criteria
            stands = "; ".join(f"{one.name} (vikt {one.weight or 1})" for one in now.criteria) or "inga grunder"
            _conflict(prefix, f"{_told(conflict)} Nu gäller {stands}.")
    except FouError as error:
        _refused(error)
        return
    _let_go(prefix)
    calls.done("Inget är ändrat." if batch is None else "Prioriteringsgrunderna är sparade.", batch)


@st.fragment
def _edit_money(view: View, code: str) -> None:
    """The money set aside for the call, year by year."""
    page = view.read(call_page, code)
    if page is None:
        return
    prefix, number = f"utlysning-{page.call.id}-pengar", page.call.id
    stands = view.read(calling.set_aside, number)
    seen: tuple[SetAside, ...] | None = st.session_state.get(f"{prefix}-sett")
    start = _money_rows(stands if seen is None else seen, page.call.year)
    if seen is None or not call_rows.touched(prefix, start):
        if seen != stands:
            call_rows.forget(prefix)
        st.session_state[f"{prefix}-sett"] = seen = stands
        start = _money_rows(stands, page.call.year)
    _say_conflict(prefix)
    st.caption(f"Kronor exklusive moms, eller ”{_OPEN}”. Ett år utan belopp får inget avsatt.")
    typed = call_rows.rows(prefix, start, call_rows.MONEY_COLUMNS)
    if not _pressed(prefix, call_rows.touched(prefix, start)):
        return
    try:
        batch = calling.save_money(state.database(), view.person, number, _money(typed), seen)
    except SaveConflict as conflict:
        st.session_state[f"{prefix}-sett"] = view.read(calling.set_aside, number)
        _conflict(prefix, _told(conflict))
    except FouError as error:
        _refused(error)
        return
    _let_go(prefix)
    calls.done("Inget är ändrat." if batch is None else "Det avsatta är sparat.", batch)


def _fields(prefix: str, fixed: Sequence[str]) -> CallForm:
    """The fields of a call but those of ``fixed``, which the page says above; return what the whole form holds."""

    def key(name: str) -> dict[str, Any]:
        return {"key": f"{prefix}-{name}", "persist_state": "session"}

    with st.container(horizontal=True, gap="small"):
        st.text_input(_HEADS["name"], **key("name"), width=420, max_chars=200)
        if "year" not in fixed:
            st.number_input(
                _HEADS["year"], min_value=FIRST_YEAR, max_value=LAST_YEAR, step=1, format="%d", **key("year"), width=140
            )
        if "kinds" not in fixed:
            st.selectbox(_HEADS["kinds"], [_BOTH, *CALL_KINDS], format_func=_kind, **key("kinds"), width=300)
    with st.container(horizontal=True, gap="small"):
        for name, head in _DATES.items():
            if name not in fixed:
                st.date_input(
                    head, value=None, format="YYYY-MM-DD", min_value=date(FIRST_YEAR, 1, 1),
                    max_value=date(LAST_YEAR, 12, 31), **key(name), width=180,
                )  # fmt: skip
    for name in ("text", "rules"):
        if name not in fixed:
            st.text_area(_HEADS[name], **key(name), height=140 if name == "text" else 100)
    return _typed(prefix)


def _kind(key: str) -> str:
    return views.KIND_WORDS[None if key == _BOTH else key]


def _fill(prefix: str, form: CallForm) -> None:
    for name in _HEADS:
        value = getattr(form, name)
        empty = {"name": "", "text": "", "rules": "", "kinds": _BOTH}.get(name)
        st.session_state[f"{prefix}-{name}"] = value or empty


def _typed(prefix: str) -> CallForm:
    """What stands in the fields."""
    values = {name: st.session_state[f"{prefix}-{name}"] for name in _HEADS}
    return _tidy(CallForm(**{**values, "kinds": None if values["kinds"] == _BOTH else values["kinds"]}))


def _tidy(form: CallForm) -> CallForm:
    """The form as fields hold it: a text of spaces is none."""
    return replace(
        form, name=form.name.strip(), text=(form.text or "").strip() or None, rules=(form.rules or "").strip() or None,
        year=int(form.year or 0),
    )  # fmt: skip


def _ready_grounds(prefix: str, first: bool) -> Sequence[Ground] | None:
    """The choice of ready grounds, which fills the table; ``first``: the first of them is chosen to begin with."""
    chosen = st.selectbox(
        "Börja från färdiga grunder", [*GROUNDS, _EMPTY], index=0 if first else None, key=f"{prefix}-fardiga",
        placeholder="behåll grunderna nedan", width=420, on_change=_take, args=(prefix,), persist_state="session",
    )  # fmt: skip
    return GROUNDS.get(chosen or "")


def _take(prefix: str) -> None:
    chosen = st.session_state[f"{prefix}-fardiga"]
    if chosen is not None:
        call_rows.put(prefix, _ground_rows(GROUNDS.get(chosen, ())))


def _ground_rows(grounds: Sequence[Ground]) -> list[call_rows.Row]:
    return [(one.name, one.weight, one.lowest, one.highest, one.guidance) for one in grounds]


def _criterion_rows(criteria: Sequence[Criterion]) -> list[call_rows.Row]:
    return [
        (one.name, one.weight or 1, one.lowest or 0, HIGHEST if one.scale is None else one.scale, one.guidance)
        for one in criteria
    ]


def _grounds(rows: Sequence[call_rows.Row]) -> list[Ground]:
    """The rows as grounds; a row in which nothing is said is none."""
    return [
        Ground(
            name or "", 1 if weight is None else weight, lowest or 0, HIGHEST if highest is None else highest, guidance
        )
        for name, weight, lowest, highest, guidance in rows
        if name or guidance
    ]


def _money_rows(money: Sequence[SetAside], year: int) -> list[call_rows.Row]:
    rows: list[call_rows.Row] = [
        (one.year, _OPEN if one.amount is None else format_number(one.amount)) for one in money
    ]
    return rows or [(year, None)]


def _money(rows: Sequence[call_rows.Row]) -> list[SetAside]:
    """The rows as money. Raises Refused when a row is not one year and one amount."""
    found: dict[int, Decimal | None] = {}
    for year, text in rows:
        if not (text or "").strip():
            continue
        if year is None:
            raise Refused(f"Skriv vilket år {text} gäller.")
        if year in found:
            raise Refused(f"{year} står på två rader. Skriv ihop dem till en.")
        try:
            found[year] = None if is_open_wording(text) else parse_sek(text)
        except NotAnAmount as error:
            raise Refused(f"{year}: {error}") from error
    return [SetAside(year, amount) for year, amount in found.items()]


def _pressed(prefix: str, changed: bool) -> bool:
    """The buttons of a form: whether it is to be saved. What was typed can be dropped."""
    with st.container(horizontal=True):
        save = st.button("Spara", type="primary", key=f"{prefix}-spara")
        drop = st.button("Ångra det jag skrev", key=f"{prefix}-slapp", disabled=not changed)
    if drop:
        _let_go(prefix)
        st.rerun()
    return save


def _let_go(prefix: str) -> None:
    """Forget what was typed: the form begins anew from what stands."""
    st.session_state.pop(f"{prefix}-sett", None)
    call_rows.forget(prefix)


def _conflict(prefix: str, said: str) -> None:
    st.session_state[f"{prefix}-krock"] = f"{said} {_STAYS} Spara igen om det ska gälla."
    st.rerun()


def _say_conflict(prefix: str) -> None:
    told = st.session_state.pop(f"{prefix}-krock", None)
    if told:
        st.error(plain(told), icon=":material/sync_problem:")


def _told(conflict: SaveConflict) -> str:
    """The conflict without the advice to read the page anew: here what was typed stays."""
    return str(conflict).split(": läs in sidan igen")[0].rstrip(".") + "."


def _refused(error: FouError) -> None:
    st.error(f"{plain(str(error))} {_STAYS}", icon=":material/block:")


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return format_date(value)
    return views.KIND_WORDS[value] if value in ("new", "continuing") else str(value or "tomt")
