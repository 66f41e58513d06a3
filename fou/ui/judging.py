"""The boxes that a member judges in: each saved at once, and what cannot be saved kept and told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, TypeAlias

import streamlit as st

from fou import assessing
from fou.assessing import Judgement, Mine
from fou.calls import scale_of
from fou.errors import FouError
from fou.model import Criterion
from fou.swedish import format_timestamp
from fou.ui import state
from fou.ui.head import View
from fou.ui.text import for_label, plain
from fou.ui.views import assessing as views

_CANNOT = "Kan inte bedöma"
#: A value and a comment are saved one at a time, and what cannot be saved of the one stands when the other is.
What: TypeAlias = Literal["value", "comment"]
#: What could not be saved, by box and what of it; and when what was saved in a box was, this session.
_UNSAVED, _SAVED = "bedomning-osparat", "bedomning-sparat"


@dataclass(frozen=True, slots=True)
class _Unsaved:
    """What a member said and could not save, what they saw before, and why; ``where`` names application and ground."""

    proposal: int
    position: int
    what: What
    said: Judgement
    seen: Judgement
    where: str
    why: str

    @property
    def text(self) -> str:
        """What they said: the value or the comment."""
        if self.what == "comment":
            return self.said.comment or "(tom kommentar)"
        if self.said.cannot:
            return _CANNOT
        return "(inget värde)" if self.said.value is None else str(self.said.value)


def ground(view: View, row: Mine, criterion: Criterion, weighted: bool, may_save: bool) -> None:
    """One ground for priority: its guidance, a value on its scale or "kan inte bedöma" or nothing, and a comment."""
    number, position = row.applied.proposal.id, criterion.position
    judged = row.judged.get(position, Judgement())
    scale = scale_of(criterion)
    box = f"{view.person.member}-{number}-{position}"
    about = f"{views.scale_text(criterion)}" + (f", vikt {scale.weight}" if weighted else "")
    lost: dict[What, _Unsaved] = {what: one for (at, what), one in _kept().items() if at == box}
    # Not beside what is not saved: it would be read as if all of it were.
    saved = st.session_state.get(_SAVED, {}).get(box) if may_save and not lost else None
    st.markdown(f"**{plain(criterion.name)}** ({about})" + (f" :gray[Sparat {saved}]" if saved else ""))
    if criterion.guidance:
        st.caption(plain(criterion.guidance))
    if not may_save:
        said = _CANNOT if judged.cannot else "Inget värde" if judged.value is None else f"**{judged.value}**"
        st.markdown(said + (f"  \n{plain(judged.comment)}" if judged.comment else ""))
        return
    _take_over(box, judged, lost)
    given = (view, number, position, box, f"{row.applied.proposal.code}, {criterion.name}")
    st.segmented_control(
        f"{for_label(criterion.name)}, {scale.lowest} till {scale.highest}",
        [*map(str, range(scale.lowest, scale.highest + 1)), _CANNOT],
        key=f"varde-{box}", on_change=_value_said, args=given, label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    st.text_area(
        f"Kommentar till {for_label(criterion.name)}", key=f"skriv-{box}", on_change=_comment_said, args=given,
        label_visibility="collapsed", placeholder=f"Kommentar, högst {assessing.LONGEST_COMMENT} tecken",
        height="content", max_chars=assessing.LONGEST_COMMENT,
    )  # fmt: skip
    for one in lost.values():
        name = "Kommentaren" if one.what == "comment" else "Värdet"
        st.error(f"{plain(one.why)} {name} står kvar i rutan.", icon=":material/block:")
        _try_again(view, box, one)


def _take_over(box: str, judged: Judgement, lost: dict[What, _Unsaved]) -> None:
    """Show what stands: what was not drawn before, and what another window has changed since; or what is not saved."""
    seen: Judgement | None = st.session_state.get(f"sett-{box}")
    value, comment = lost.get("value"), lost.get("comment")
    if f"varde-{box}" not in st.session_state:
        st.session_state[f"varde-{box}"] = _written(value.said if value else judged)
    elif not value and (seen is None or (seen.value, seen.cannot) != (judged.value, judged.cannot)):
        st.session_state[f"varde-{box}"] = _written(judged)
    if f"skriv-{box}" not in st.session_state:
        st.session_state[f"skriv-{box}"] = (comment.said if comment else judged).comment or ""
    elif not comment and (seen is None or seen.comment != judged.comment):
        st.session_state[f"skriv-{box}"] = judged.comment or ""
    st.session_state[f"sett-{box}"] = judged


def _written(said: Judgement) -> str | None:
    """The choice among the values that says this."""
    if said.cannot:
        return _CANNOT
    return None if said.value is None else str(said.value)


def _kept() -> dict[tuple[str, What], _Unsaved]:
    kept: dict[tuple[str, What], _Unsaved] = st.session_state.setdefault(_UNSAVED, {})
    return kept


def _value_said(view: View, number: int, position: int, box: str, where: str) -> None:
    chosen = st.session_state[f"varde-{box}"]
    seen: Judgement = st.session_state[f"sett-{box}"]
    value = None if chosen in (None, _CANNOT) else int(chosen)
    said = replace(seen, value=value, cannot=chosen == _CANNOT)
    _save(view, box, _Unsaved(number, position, "value", said, seen, where, ""))


def _comment_said(view: View, number: int, position: int, box: str, where: str) -> None:
    seen: Judgement = st.session_state[f"sett-{box}"]
    text = (st.session_state[f"skriv-{box}"] or "").strip() or None
    _save(view, box, _Unsaved(number, position, "comment", replace(seen, comment=text), seen, where, ""))


def _save(view: View, box: str, one: _Unsaved) -> None:
    """Save at once; what cannot be is kept, with why. What is kept of the other stays kept."""
    try:
        assessing.save(state.database(), view.person, one.proposal, one.position, one.said, one.seen)
    except FouError as error:
        _kept()[box, one.what] = replace(one, why=str(error))
        return
    _kept().pop((box, one.what), None)
    st.session_state[f"sett-{box}"] = one.said
    clock = format_timestamp(datetime.now(UTC).replace(tzinfo=None))[-5:].replace(":", ".")
    st.session_state.setdefault(_SAVED, {})[box] = clock


def unsaved(view: View, drawn: int | None) -> None:
    """What could not be saved and has no box to stand in any more."""
    own = f"{view.person.member}-"
    for (box, what), one in [item for item in _kept().items() if item[0][0].startswith(own)]:
        if one.proposal == drawn:
            continue
        key = f"{box}-{what}"
        with st.container(key=f"osparat-{key}"):
            st.error(f"**{plain(one.where)}.** {plain(one.why)} Det här skrev du:", icon=":material/block:")
            st.code(one.text, language=None, wrap_lines=True)
            with st.container(horizontal=True, gap="small"):
                _try_again(view, box, one)
                st.button("Ta bort", key=f"osparat-bort-{key}", on_click=_forget, args=(box, what))


def _try_again(view: View, box: str, one: _Unsaved) -> None:
    key = f"osparat-igen-{box}-{one.what}"
    st.button("Försök spara igen", key=key, icon=":material/refresh:", on_click=_save, args=(view, box, one))


def _forget(box: str, what: What) -> None:
    _kept().pop((box, what), None)
