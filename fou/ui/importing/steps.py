"""The four steps: where one is, back to an earlier one without losing anything, and on to the next."""

from __future__ import annotations

import streamlit as st

from fou.imports.examining import Examined
from fou.imports.files.cells import Workbook
from fou.ui.importing.current import STEPS, Current, go, leave
from fou.ui.text import plain

_NEXT = ("", "Nästa: kontroll", "Nästa: skillnad")


def shown(held: Current, found: Examined) -> int:
    """The step to show: the one where the person is, as far as the file lets her go."""
    if held.draft.step == 0:  # just chosen: our own template needs no reading, and no file without faults a look
        held.draft.step = 1 if needs_reading(held, found) else 2 if found.checked.has_errors else 3
        held.save()
    return min(held.step, furthest(found))


def needs_reading(held: Current, found: Examined) -> bool:
    """Whether there is anything to choose about how the file is read."""
    if isinstance(held.read, Workbook):
        return found.understood is not None and bool(found.understood.sheets)
    return held.read is not None


def furthest(found: Examined) -> int:
    """The last step that can be shown: errors keep one from the difference."""
    return 2 if found.checked.has_errors else 3


def bar(step: int, last: int, held: Current | None = None) -> None:
    """The steps as buttons; the current one is filled, those out of reach cannot be pressed."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="steg"):
        for number, name in enumerate(STEPS):
            label = f"{number + 1}. {name}"
            if number == 0 and held is not None:
                st.button(
                    f"1. {plain(held.draft.file)}", key="steg-0", on_click=leave, kwargs={"discard": False},
                    icon=":material/arrow_back:", help="Byt fil. Det du har gjort finns kvar att fortsätta med.",
                )  # fmt: skip
            else:
                st.button(
                    label, key=f"steg-{number}", type="primary" if number == step else "secondary",
                    disabled=number > last or (held is None and number > 0), on_click=go, args=(number,),
                )  # fmt: skip


def onward(step: int, found: Examined) -> None:
    """The way on, when there is one."""
    if 1 <= step < len(STEPS) - 1 and step < furthest(found):
        st.button(
            _NEXT[step], type="primary", icon=":material/arrow_forward:", on_click=go, args=(step + 1,), key="nasta"
        )
