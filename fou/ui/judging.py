"""The boxes that a member judges in: each saved at once, and what cannot be saved kept and told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

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
#: What could not be saved, by application and ground; and when what was saved was, this session.
_UNSAVED, _SAVED = "bedomning-osparat", "bedomning-sparat"


@dataclass(frozen=True, slots=True)
class _Unsaved:
    """What a member said and could not save, what they saw before, and why; ``where`` names application and ground."""

    proposal: int
    position: int
    said: Judgement
    seen: Judgement
    where: str
    why: str

    @property
    def text(self) -> str:
        """What differs: the value or the comment."""
        if self.said.comment != self.seen.comment:
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
    saved = st.session_state.get(_SAVED, {}).get(box) if may_save else None
    st.markdown(f"**{plain(criterion.name)}** ({about})" + (f" :gray[Sparat {saved}]" if saved else ""))
    if criterion.guidance:
        st.caption(plain(criterion.guidance))
    if not may_save:
        said = _CANNOT if judged.cannot else "Inget värde" if judged.value is None else f"**{judged.value}**"
        st.markdown(said + (f"  \n{plain(judged.comment)}" if judged.comment else ""))
        return
    lost: _Unsaved | None = st.session_state.get(_UNSAVED, {}).get(box)
    _take_over(box, judged, lost)
    given = (view, number, position, box, f"{row.applied.proposal.code}, {criterion.name}")
    st.segmented_control(
        f"{for_label(criterion.name)}, {scale.lowest} till {scale.highest}",
        [*map(str, range(scale.lowest, scale.highest + 1)), _CANNOT],
        key=f"varde-{box}", on_change=_value_said, args=given, label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    st.text_area(
        f"Kommentar till {for_label(criterion.name)}", key=f"skriv-{box}", on_change=_comment_said, args=given,
        label_visibility="collapsed", placeholder="Kommentar", height="content",
    )  # fmt: skip
    if lost:
        st.error(f"{plain(lost.why)} Det du skrev står kvar.", icon=":material/block:")


def _take_over(box: str, judged: Judgement, lost: _Unsaved | None) -> None:
    """Show what stands: what was not drawn before, and what another window has changed since; or what is not saved."""
    seen: Judgement | None = st.session_state.get(f"sett-{box}")
    anew = lost.said if lost else judged
    if f"varde-{box}" not in st.session_state:
        st.session_state[f"varde-{box}"] = _CANNOT if anew.cannot else _written(anew.value)
    elif seen is None or (seen.value, seen.cannot) != (judged.value, judged.cannot):
        st.session_state[f"varde-{box}"] = _CANNOT if judged.cannot else _written(judged.value)
    if f"skriv-{box}" not in st.session_state:
        st.session_state[f"skriv-{box}"] = anew.comment or ""
    elif seen is None or seen.comment != judged.comment:
        st.session_state[f"skriv-{box}"] = judged.comment or ""
    st.session_state[f"sett-{box}"] = judged


def _written(value: int | None) -> str | None:
    return None if value is None else str(value)


def _value_said(view: View, number: int, position: int, box: str, where: str) -> None:
    chosen = st.session_state[f"varde-{box}"]
    seen: Judgement = st.session_state[f"sett-{box}"]
    value = None if chosen in (None, _CANNOT) else int(chosen)
    _save(view, number, position, box, where, replace(seen, value=value, cannot=chosen == _CANNOT), seen)


def _comment_said(view: View, number: int, position: int, box: str, where: str) -> None:
    seen: Judgement = st.session_state[f"sett-{box}"]
    text = (st.session_state[f"skriv-{box}"] or "").strip() or None
    _save(view, number, position, box, where, replace(seen, comment=text), seen)


def _save(view: View, number: int, position: int, box: str, where: str, said: Judgement, seen: Judgement) -> None:
    """Save at once; what cannot be is kept, with why."""
    kept: dict[str, _Unsaved] = st.session_state.setdefault(_UNSAVED, {})
    try:
        assessing.save(state.database(), view.person, number, position, said, seen)
    except FouError as error:
        kept[box] = _Unsaved(number, position, said, seen, where, str(error))
        return
    kept.pop(box, None)
    st.session_state[f"sett-{box}"] = said
    clock = format_timestamp(datetime.now(UTC).replace(tzinfo=None))[-5:].replace(":", ".")
    st.session_state.setdefault(_SAVED, {})[box] = clock


def unsaved(view: View, drawn: int | None) -> None:
    """What could not be saved and has no box to stand in any more."""
    own = f"{view.person.member}-"
    kept: dict[str, _Unsaved] = st.session_state.get(_UNSAVED, {})
    for box, one in [item for item in kept.items() if item[0].startswith(own)]:
        if one.proposal == drawn:
            continue
        with st.container(key=f"osparat-{box}"):
            st.error(f"**{plain(one.where)}.** {plain(one.why)} Det här skrev du:", icon=":material/block:")
            st.code(one.text, language=None, wrap_lines=True)
            with st.container(horizontal=True, gap="small"):
                given = (view, one.proposal, one.position, box, one.where, one.said, one.seen)
                st.button(
                    "Försök spara igen",
                    key=f"osparat-igen-{box}",
                    icon=":material/refresh:",
                    on_click=_save,
                    args=given,
                )
                st.button("Ta bort", key=f"osparat-bort-{box}", on_click=_forget, args=(box,))


def _forget(box: str) -> None:
    st.session_state[_UNSAVED].pop(box, None)
