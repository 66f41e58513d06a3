"""Applications read in from Excel: the form and the list to send out, and the way back of those that are filled in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING

import streamlit as st

from fou.access import Action
from fou.applications import form_of
from fou.calls import CallPage, call_page
from fou.charts.chart import Table
from fou.errors import FouError, Refused
from fou.imports.applications.examining import examine
from fou.imports.applications.form import areas_for, form_workbook
from fou.imports.applications.found import Candidate, Choices, Found
from fou.imports.applications.listing import list_workbook
from fou.imports.applications.posting import post
from fou.imports.applications.reading import FileRead, read_many
from fou.imports.files.limits import DEFAULT_LIMITS
from fou.imports.findings import Severity
from fou.money import format_sek
from fou.search import fold
from fou.swedish import count, join_words
from fou.ui import calls, limits, show, state
from fou.ui.head import View
from fou.ui.text import for_label, plain

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: So many files at a time, and so many rows of a table.
_MOST_FILES, _MOST_ROWS = 200, 200
_NO_AREA = 0
_SAME, _OTHER = "En komplettering", "En annan ansökan"
_ROUND = "blanketter-omgang"
_HELD = "blanketter-lasta"


@dataclass(slots=True)
class _Held:
    """What this session has read: the files by the uploader's ids, and what was last found in them."""

    read: dict[str, FileRead]
    found: tuple[tuple[object, ...], Found] | None = None
    asked: tuple[tuple[object, ...], Found] | None = None


def form_button(view: View, page: CallPage) -> None:
    """The call's form, empty, for whoever wants to apply."""

    def made() -> bytes:
        with limits.export(view.person):
            return form_workbook(page, view.read(areas_for, page.call.year))

    st.download_button(
        "Hämta ansökningsblanketten", made, f"ansokan-{page.call.code}.xlsx", _XLSX, icon=":material/download:",
        on_click="ignore", key=f"blankett-{page.call.id}",
        help="En blankett för varje ansökan. Skicka den till dem som söker.",
    )  # fmt: skip


def filled_button(view: View, call: str, number: int, code: str) -> None:
    """An application as a form that is filled in, for the applicant to supplement and send back."""

    def made() -> bytes:
        with state.reading(view.person, Action.IMPORT) as reader:
            page = call_page(reader, call)
            if page is None:
                raise Refused("Utlysningen finns inte längre. Läs in sidan igen.")
            return form_workbook(page, areas_for(reader, page.call.year), form_of(reader, number), code)

    st.download_button(
        "Hämta som blankett", made, f"ansokan-{code}.xlsx", _XLSX, icon=":material/download:", on_click="ignore",
        key=f"blankett-ifylld-{number}",
        help="Ifylld med det som står i ansökan. Den sökande kompletterar den, och du läser in den igen.",
    )  # fmt: skip


def importing(view: View, page: CallPage) -> None:
    """The whole way: files out, files in, what is wrong in them, what would come in, and reading it in."""
    if not view.may(Action.IMPORT):
        return
    _templates(view, page)
    files = _uploader(page)
    if not files:
        return
    held = _read(page, files)
    if held is None:
        return
    reads = [held.read[file.file_id] for file in files]
    received = st.date_input(
        "Inkom, där ingen dag är ifylld", value=None, format="YYYY-MM-DD", min_value=date(1990, 1, 1),
        max_value=view.today, width=260, key=_key(page, "inkom"),
    )  # fmt: skip
    left = _left(page)
    try:
        # Asked without the answers too: a question stays where it is when it has been answered.
        asked = _examined(view, held, "asked", page, reads, Choices(received=received, left=left))
        answers = _questions(page, asked)
        found = _examined(view, held, "found", page, reads, replace(answers, received=received, left=left))
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    _summary(found)
    _findings(found, page)
    _incoming(found, page, asked)
    _post(view, page, found)


def _templates(view: View, page: CallPage) -> None:
    def listed() -> bytes:
        return list_workbook(page, view.read(areas_for, page.call.year))

    with st.container(horizontal=True, gap="small"):
        form_button(view, page)
        st.download_button(
            "Hämta tom lista", listed, f"ansokningar-{page.call.code}.xlsx", _XLSX, icon=":material/download:",
            on_click="ignore", key=f"lista-{page.call.id}", help="En ansökan på varje rad.",
        )  # fmt: skip


def _uploader(page: CallPage) -> list[UploadedFile]:
    # Files of every kind are taken: what is no workbook is told with what to do about it.
    files = st.file_uploader(
        "Välj ifyllda blanketter, eller en lista", accept_multiple_files=True, key=_key(page, "filer"),
        max_upload_size=DEFAULT_LIMITS.max_file_bytes // 1_000_000,
        help="Du kan släppa många filer på en gång. Inget ändras förrän du har sett vad som kommer in.",
    )  # fmt: skip
    if len(files) > _MOST_FILES:
        st.error(f"Välj högst {_MOST_FILES} filer åt gången. Det är {len(files)} nu.", icon=":material/block:")
        return []
    return files


def _read(page: CallPage, files: Sequence[UploadedFile]) -> _Held | None:
    """Read the files that have not been read before in this session; nothing of them is kept on disk."""
    key = _key(page, _HELD)
    held: _Held = st.session_state.setdefault(key, _Held({}))
    new = [file for file in files if file.file_id not in held.read]
    if new:
        bar = st.progress(0.0, "Läser filerna …")

        def told(done: int) -> None:
            bar.progress(done / len(new), f"Läser filerna … {done} av {len(new)}")

        try:
            read = read_many([(file.name, file.getvalue()) for file in new], told)
        except FouError as error:
            st.error(plain(str(error)), icon=":material/block:")
            return None
        bar.empty()
        held.read |= {file.file_id: one for file, one in zip(new, read, strict=True)}
    held.read = {file.file_id: held.read[file.file_id] for file in files}
    return held


def _examined(
    view: View, held: _Held, which: str, page: CallPage, reads: Sequence[FileRead], choices: Choices
) -> Found:
    key = (page.call.id, choices, tuple(held.read), state.database().version)
    kept: tuple[tuple[object, ...], Found] | None = getattr(held, which)
    # On the click that reads them in, what the person has seen is what counts: see ``enter_many``.
    clicked = st.session_state.get(_key(page, "las-in"), False) and kept is not None and kept[0][:3] == key[:3]
    if kept is None or (kept[0] != key and not clicked):
        with state.reading(view.person, Action.IMPORT) as reader:
            kept = (key, examine(reader, page.call.id, reads, choices, view.today, "här ovanför"))
        setattr(held, which, kept)
    return kept[1]


def _left(page: CallPage) -> frozenset[str]:
    return frozenset(st.session_state.get(_key(page, "utanfor"), ()))


def _questions(page: CallPage, asked: Found) -> Choices:
    """What must be answered: areas that are not known, applications that are like another, and small amounts."""
    areas: dict[str, int | None] = {}
    names = {_NO_AREA: "Inget område än", **asked.areas}
    for text, guess in asked.unknown_areas:
        chosen = st.selectbox(
            f"Vilket område menas med ”{for_label(text)}”?", list(names), index=None, format_func=names.__getitem__,
            placeholder=f"kanske {names[guess]}" if guess else "välj ett område", width=420,
            key=_key(page, f"omrade-{sha256(fold(text).encode()).hexdigest()[:12]}"),
        )  # fmt: skip
        if chosen is not None:
            areas[fold(text)] = chosen or None
    same, other, small = set(), set(), set()
    for one in asked.candidates:
        doubts = list(dict.fromkeys(finding.found for finding in one.findings if finding.kind == "thousands"))
        name = for_label(f"{one.form.title} ({one.file})")
        if doubts and not one.is_left and st.checkbox(
            f"{name}: {join_words(doubts)} är rätt, inte tusental. Läs in ändå.", key=_key(page, f"smatt-{one.key}")
        ):  # fmt: skip
            small.add(one.key)
        if one.like is None or one.is_left or one.again:
            continue
        in_call = any(finding.kind == "same_application" for finding in one.findings)
        answer = st.radio(
            f"{name} har samma namn och sökande som {for_label(one.like)}. Vad är det?",
            [_SAME, _OTHER] if in_call else [_OTHER], index=None, horizontal=True, key=_key(page, f"lik-{one.key}"),
        )  # fmt: skip
        same |= {one.key} if answer == _SAME else set()
        other |= {one.key} if answer == _OTHER else set()
    return Choices(
        areas=tuple(sorted(areas.items())), same=frozenset(same), other=frozenset(other), small=frozenset(small)
    )


def _summary(found: Found) -> None:
    wrong = sum(file.has_errors for file in found.files)
    coming = len(found.incoming)
    can = f"{count(coming, 'ansökan', 'ansökningar')} kan läsas in" if coming else "Inget nytt kan läsas in"
    if wrong:
        # The sentence is about files, for it is files that are mended.
        rest = f"{count(wrong, 'fil', 'filer')} har något som måste rättas eller besvaras först."
        st.warning(f"{can}. {rest}", icon=":material/warning:")
    elif coming:
        st.success(f"Inga fel i filerna. {can}.", icon=":material/check_circle:")
    else:
        st.info(f"{can}: allt som står i filerna finns redan.", icon=":material/info:")


def _findings(found: Found, page: CallPage) -> None:
    told = [(file.file, finding) for file in found.files for finding in file.all_findings()]
    head = ("Fil", "Var", "Där står", "Väntat", "Gör så här")
    for severities, title, is_open in (
        ((Severity.ERROR,), ("sak att rätta eller besvara", "saker att rätta eller besvara"), True),
        ((Severity.WARNING, Severity.NOTE), ("sak att titta på", "saker att titta på"), False),
    ):
        rows = [
            (file, one.place, one.found, one.expected, one.help) for file, one in told if one.severity in severities
        ]
        if not rows:
            continue
        heading = count(len(rows), *title)
        if is_open:
            st.markdown(f":material/error: **{plain(heading)}**")
            show.table(Table(head, tuple(rows[:_MOST_ROWS])))
            continue
        shown = st.expander(f"Visa {heading}", key=_key(page, "att-titta-pa"), on_change="rerun")
        if shown.open:
            with shown:
                show.table(Table(head, tuple(rows[:_MOST_ROWS])))


def _incoming(found: Found, page: CallPage, asked: Found) -> None:
    """What would come in, what supplements change, and the choice to leave something out."""
    coming = found.incoming
    if coming:
        st.markdown("**Det här läses in**")
        rows = tuple(
            (
                one.form.title, one.form.applicants, one.area, format_sek(Decimal(one.requested)),
                f"komplettering till {one.code}" if one.code else "ny", one.place,
            )
            for one in coming
        )  # fmt: skip
        show.table(Table(("Projekt", "Sökande", "Område", "Sökt", "Vad", "Fil"), rows[:_MOST_ROWS]))
    changes = tuple((one.code, *change) for one in coming for change in one.changes)
    if changes:
        st.markdown("**Det här ändras i ansökningar som finns**")
        show.table(Table(("Ansökan", "Uppgift", "Nu", "Blir"), changes[:_MOST_ROWS]))
    unchanged = sorted(one.code or "" for one in found.candidates if one.number is not None and not one.changes)
    if unchanged:
        st.caption(plain(f"Finns redan och är oförändrade: {', '.join(unchanged)}."))
    _leave_out(asked.candidates, page)


def _leave_out(candidates: Iterable[Candidate], page: CallPage) -> None:
    names = {one.key: f"{one.form.title or 'utan namn'} ({one.file})" for one in candidates}
    if len(names) > 1:
        st.multiselect(
            "Lämna utanför", list(names), format_func=lambda key: names.get(key, key), key=_key(page, "utanfor"),
            placeholder="ansökningar som inte ska läsas in",
        )  # fmt: skip


def _post(view: View, page: CallPage, found: Found) -> None:
    number = len(found.incoming)
    if not number:
        return
    label = f"Läs in {count(number, 'ansökan', 'ansökningar')}"
    if not st.button(label, type="primary", icon=":material/check:", key=_key(page, "las-in")):
        return
    try:
        with st.spinner("Läser in …"):
            batch, codes = post(state.database(), view.person, found, view.today)
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    if not found.has_errors:
        # All is done: the uploader begins anew. Else the files that are left stay, to be answered or mended.
        st.session_state.pop(_key(page, _HELD), None)
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    calls.done(f"{count(len(codes), 'ansökan är inläst', 'ansökningar är inlästa')} i {page.call.code}.", batch)


def _key(page: CallPage, what: str) -> str:
    """A widget's key: another for each call, and for each round of files."""
    return f"{what}-{page.call.id}-{st.session_state.get(_ROUND, 0)}"
