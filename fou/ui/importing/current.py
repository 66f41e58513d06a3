"""The import under way: its file and choices, kept on disk so that a dropped session resumes where it was."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from fou.access import Person
from fou.errors import FouError, ImportRefused, SaveConflict
from fou.imports.difference import Difference
from fou.imports.drafts import Draft, Drafts, folder_of
from fou.imports.examining import Examined, examine_read
from fou.imports.files.limited import read_file
from fou.imports.files.limits import DEFAULT_LIMITS
from fou.imports.groups import Group, by_area, by_project, names_of
from fou.imports.stated import Checked
from fou.ui import state
from fou.ui.text import plain

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from fou.imports.files.answers import Read
    from fou.imports.sheets.understanding import SheetFound

#: The key of the button that reads the file in, and of the import that this session works with.
POST = "las-in"
_CURRENT = "import"
#: The address says which import is under way, so that a page that is loaded anew finds it.
_IN_ADDRESS = "fil"
#: What went wrong before the page was drawn, to be told on it.
_TOLD = "import-fel"
#: What the uploaders take.
FILE_KINDS = ["xlsx", "xlsm", "csv", "txt", "tsv", "xls", "ods", "xlsb"]
MOST_MEGABYTES = DEFAULT_LIMITS.max_file_bytes // 1_000_000
STEPS = ("Välj fil", "Så läses filen", "Kontroll", "Skillnad")


@dataclass(slots=True)
class Current:
    """One import under way. ``read`` is None when the file cannot be read; then ``refused`` says why."""

    draft: Draft
    read: Read | None
    refused: ImportRefused | None = None
    _examined: tuple[tuple[object, ...], Examined] | None = field(default=None)
    _groups: tuple[Examined, tuple[Group, ...], tuple[Group, ...]] | None = field(default=None)

    @property
    def step(self) -> int:
        """Which of STEPS is shown, from 1: the file itself is step 0."""
        return min(max(self.draft.step, 1), len(STEPS) - 1)

    @property
    def choices(self) -> dict[str, Any]:
        """What has been chosen so far: see fou/imports/sheets/choices.py."""
        return self.draft.choices

    def examined(self) -> Examined:
        """The file understood, checked and compared; done again when a choice or the database has changed."""
        database = state.database()
        if self.read is None:
            assert self.refused is not None
            return Examined(
                self.draft.file, self.draft.sha256, Checked(findings=list(self.refused.findings)), Difference(),
                database.version,
            )  # fmt: skip
        chosen = json.dumps(self.choices, sort_keys=True, ensure_ascii=False)
        key = (chosen, database.version)
        # On the click that reads the file in, the difference that the person has seen is the one that counts: if
        # somebody has changed the database since, it is refused (see ``post``) and not exchanged for another.
        clicked = st.session_state.get(POST, False) and self._examined is not None and self._examined[0][0] == chosen
        if self._examined is None or (self._examined[0] != key and not clicked):
            with st.spinner("Granskar filen …"):
                found = examine_read(
                    database, self.read, self.draft.file, self.draft.sha256, copy.deepcopy(self.choices)
                )
            self._examined = (key, found)
        return self._examined[1]

    def groups(self, found: Examined) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
        """The difference by area and by project, worked out once for each examination."""
        if self._groups is None or self._groups[0] is not found:
            with state.database().read() as reader:
                names = names_of(found.checked, reader)
            self._groups = (found, by_area(found.difference, names), by_project(found.difference, names))
        return self._groups[1:]

    def save(self) -> None:
        """Keep the choices and the step; what hinders it is told on the page. One ended elsewhere is left."""
        try:
            drafts().save(self.draft)
        except FouError as error:
            st.session_state[_TOLD] = str(error)
            if isinstance(error, SaveConflict):
                leave(discard=False)


def drafts() -> Drafts:
    """The imports under way for the open database."""
    return Drafts(folder_of(state.database().path))


def current(person: Person) -> Current | None:
    """The import that this session works with: the one it has, or the one that the address names."""
    held: Current | None = st.session_state.get(_CURRENT)
    if held is not None:
        st.query_params[_IN_ADDRESS] = held.draft.id
        return held
    named = st.query_params.get(_IN_ADDRESS)
    if named is None:
        return None
    draft = drafts().open(named, person)
    if draft is None:
        del st.query_params[_IN_ADDRESS]
        return None
    return resume(draft)


def say_what_hindered() -> None:
    """Tell what went wrong before the page was drawn, once."""
    told = st.session_state.pop(_TOLD, None)
    if told:
        st.error(plain(told), icon=":material/block:")


def start(upload: UploadedFile, person: Person, instead_of: Current | None = None) -> None:
    """Begin with a file that was just uploaded; one that is mended goes on with the choices of the one before it."""
    try:
        draft = drafts().start(person, upload.name, upload.getvalue())
        if instead_of is not None:
            draft.choices, draft.step = copy.deepcopy(instead_of.choices), instead_of.step
            drafts().save(draft)
            drafts().discard(instead_of.draft)
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    held = resume(draft)
    if held is not None and instead_of is not None:
        held.draft.choices = _choices_that_fit(instead_of.examined(), held.examined(), held.choices)
        held.save()
    st.rerun()


def _choices_that_fit(before: Examined, now: Examined, choices: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen of a file, less what the mended one has otherwise.

    That is a sheet with other columns or heads, a row with another name, and the decisions about what was wrong.
    """
    was, is_now = (
        {found.layout.name: found for found in (examined.understood.sheets if examined.understood else ())}
        for examined in (before, now)
    )
    sheets = {}
    for name, chosen in choices.get("sheets", {}).items():
        if name not in was or name not in is_now or _heads(was[name]) != _heads(is_now[name]):
            continue
        earlier, labels = ({row.number: row.label for row in found[name].rows} for found in (was, is_now))
        rows = {
            row: use for row, use in chosen.get("rows", {}).items() if labels.get(int(row)) == earlier.get(int(row))
        }
        sheets[name] = {**chosen, "rows": rows}
    return {"sheets": sheets, **{part: choices[part] for part in ("names", "swecris") if part in choices}}


def _heads(found: SheetFound) -> list[tuple[int, str]]:
    return [(column.number, column.head) for column in found.layout.columns]


def resume(draft: Draft) -> Current | None:
    """Take up an import again, where it was left; None when its file is gone, which is told on the page."""
    read: Read | None = None
    refused: ImportRefused | None = None
    with st.spinner(f"Läser {plain(draft.file)} …", show_time=True):
        try:
            read = read_file(drafts().data(draft), draft.file)
        except ImportRefused as error:
            refused = error
        except FouError as error:
            st.session_state[_TOLD] = str(error)
            drafts().discard(draft)
            st.query_params.pop(_IN_ADDRESS, None)
            return None
    held = Current(draft, read, refused)
    st.session_state[_CURRENT] = held
    st.query_params[_IN_ADDRESS] = draft.id
    return held


def leave(discard: bool = True) -> None:
    """Stop working with the import, and throw its draft away."""
    held: Current | None = st.session_state.pop(_CURRENT, None)
    if held is not None and discard:
        drafts().discard(held.draft)
    st.query_params.pop(_IN_ADDRESS, None)


def go(step: int) -> None:
    """Show another step."""
    held: Current | None = st.session_state.get(_CURRENT)
    if held is not None:
        held.draft.step = step
        held.save()


def choose(change: Callable[[MutableMapping[str, Any]], None]) -> None:
    """Change the choices and keep them."""
    held: Current | None = st.session_state.get(_CURRENT)
    if held is not None:
        change(held.choices)
        held.save()


def set_choice(path: tuple[str, ...], value: Any) -> None:
    """Put one value into the choices, or take it out when it is None."""

    def change(choices: MutableMapping[str, Any]) -> None:
        *way, last = path
        for name in way:
            choices = choices.setdefault(name, {})
        if value is None:
            choices.pop(last, None)
        else:
            choices[last] = value

    choose(change)
