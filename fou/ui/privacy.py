"""What is kept about people, an extract for one of them, and weeding, as the page Personuppgifter offers them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Concatenate, ParamSpec, TypeVar

import streamlit as st

from fou.access import Action
from fou.charts.chart import Table
from fou.errors import FouError
from fou.imports.drafts import Draft, Drafts, folder_of
from fou.privacy import extract, places, weeding
from fou.privacy.places import Subject
from fou.privacy.register import REGISTER
from fou.privacy.spellings import pattern, words_of
from fou.privacy.weeding import Again, Line, Weeded
from fou.store import Reader
from fou.swedish import count, format_timestamp, join_words
from fou.ui import show, state
from fou.ui.head import View
from fou.ui.pages import PERSONAL_DATA
from fou.ui.text import for_label, plain

P = ParamSpec("P")
T = TypeVar("T")

_SAID = "gallrat-gjort"
_ASKED, _CHOSEN = "personuppgifter-namn", "personuppgifter-person"
_MONTHS = 24


def say_what_was_done() -> None:
    """Tell what was done in the run before."""
    said = st.session_state.pop(_SAID, None)
    if said:
        # The browser keeps what was typed until it is told otherwise, and the name is gone from everywhere else.
        st.session_state[_ASKED] = ""
        st.success(plain(said), icon=":material/check_circle:")


def register() -> None:
    """What is kept, whom it is about, and why; the rest on request."""
    st.markdown(
        f"Fou sparar {len(REGISTER)} slags uppgifter där människor kan nämnas. Den som vill veta vad som finns om "
        "just dem får ett utdrag: sök personen på nästa flik."
    )
    show.table(
        Table(
            ("Uppgifter", "Vem de handlar om", "Varför de finns", "Hur länge"),
            tuple((held.name, held.whom, held.why, held.how_long) for held in REGISTER),
        )
    )
    more = st.expander("Innehåll, rättslig grund och vem som ser", key="registret", on_change="rerun")
    if more.open:
        with more:
            show.table(
                Table(
                    ("Uppgifter", "Innehåll", "Rättslig grund", "Vem ser dem"),
                    tuple((held.name, held.what, held.ground, held.seen_by) for held in REGISTER),
                )
            )
    st.caption(
        "Grunder och tider är ett förslag. Stäm av dem med dataskyddsombudet och kommunens dokumenthanteringsplan."
    )


def person(view: View) -> None:
    """Find somebody, see what there is, take it out, and weed it."""
    asked = st.text_input(
        "Namn eller e-postadress", key=_ASKED, placeholder="till exempel Anna Lind", width=420, max_chars=200
    ).strip()
    if not asked:
        return
    if not words_of(asked):
        st.warning("Skriv ett namn eller en e-postadress.", icon=":material/search:")
        return
    chosen = _choice(view, asked)
    if not chosen:
        st.info("Välj de skrivsätt som är samma person.", icon=":material/person_search:")
        return
    subject = _read(view, places.subject_of, view.person, tuple(chosen))
    with st.spinner("Söker i alla uppgifter …"):
        drafts = places.drafts_naming(_drafts(), view.person, subject)
        _read(view, extract.overview, view.person, subject)
    _found(view, subject, drafts)
    if view.may(Action.WEED):
        _weed(view, subject, drafts)


def _choice(view: View, asked: str) -> list[str]:
    """The spellings that are one person, out of those like what was typed."""
    found = _read(view, places.suggest, view.person, asked, _draft_owners(view))
    where = {one.name: join_words(one.where) for one in found}
    whole = pattern([asked])
    names = [name for name in where if "@" not in name]
    # Only one person is like what was typed: it is them.
    same = (
        [name for name in where if whole.whole(name)]
        or (names if len(names) == 1 else [])
        or ([] if where else [asked])
    )
    if not any(name.casefold() == asked.casefold() for name in where):
        where[asked] = "så som du skrev"
    if not found:
        st.caption(f"Inget namn liknar {plain(asked)}. Alla texter genomsöks ändå efter det du skrev.")
    # A new search is a new choice: what was chosen before is of another person.
    return st.multiselect(
        "Skrivsätt som är samma person", list(where), default=same, key=f"{_CHOSEN}-{asked.casefold()}",
        format_func=lambda name: f"{name} – {where.get(name, 'så som du skrev')}", accept_new_options=True,
        placeholder="välj ett eller flera, eller skriv ett till", max_selections=20,
    )  # fmt: skip


def _found(view: View, subject: Subject, drafts: dict[str, Draft | None]) -> None:
    """How much there is about the person, and the files with all of it."""
    rows = _read(view, extract.overview, view.person, subject)
    if drafts:
        rows = (*rows, ("Importer", "Importer under arbete som personen har gjort eller nämns i", len(drafts)))
    st.subheader(f"Om {plain(subject.name)}", anchor=False)
    others = [plain(spelling) for spelling in subject.spellings[1:]]
    if others:
        st.caption(f"Räknas som samma person: {join_words(others)}.")
    single = [plain(spelling) for spelling in subject.spellings if len(words_of(spelling)) == 1]
    if single:
        st.warning(
            f"{join_words(single)} är ett enda ord. Då räknas alla som har det i sitt namn, och gallras på samma gång.",
            icon=":material/group:",
        )
    if not rows:
        st.info("Fou har inga uppgifter om personen.", icon=":material/inbox:")
        return
    show.table(Table(("Uppgifter", "Vad det är", "Antal"), rows))
    st.caption("Fou skiljer inte på två personer med samma namn: läs utdraget innan du lämnar ut det eller gallrar.")

    def taken() -> extract.Extract:
        return extract.extract(state.database(), view.person, subject, drafts)

    with st.container(horizontal=True, gap="small"):
        day = date.today().isoformat()
        st.download_button(
            "Utdrag (Excel)", lambda: taken().as_excel(), f"utdrag-{day}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", key="utdrag-excel",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Utdrag (JSON)", lambda: taken().as_json(), f"utdrag-{day}.json", "application/json", key="utdrag-json",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
    st.caption("Varje utdrag skrivs i händelseloggen, med vem som tog det.")


def _weed(view: View, subject: Subject, drafts: dict[str, Draft | None]) -> None:
    """What would go and what would stay; then a reason, a confirmation, and it is done."""
    opened = st.expander("Gallra personen", key="gallra", on_change="rerun", icon=":material/delete_forever:")
    if not opened.open:
        return
    with opened:
        public = st.checkbox(
            "Ta bort namnet också ur det som är beslutat",
            key="gallra-beslutat",
            help="Ansvarig i ett beslutat projekt och texten i ett beslut är allmän handling, och bevaras annars.",
        )
        files = tuple(draft.file if draft else "skadad fil" for draft in drafts.values())
        with st.spinner("Ser efter vad som skulle tas bort …"):
            seen = _read(view, weeding.preview, view.person, subject, files, public)
        if not seen.goes:
            st.info("Det finns inget att gallra. Det som finns ska bevaras.", icon=":material/inventory_2:")
        for title, lines in (
            ("Det här tas bort", seen.goes),
            ("Det här står kvar", seen.stays),
            ("Läs själv", seen.perhaps),
        ):
            if lines:
                st.markdown(f"**{title}**")
                show.table(_table(lines))
        if not seen.goes:
            return
        st.warning(
            "En gallring går inte att ångra. Tidigare säkerhetskopior innehåller namnet tills de tas bort.",
            icon=":material/warning:",
        )
        _confirmed(
            "gallra-person", f"Jag har läst vad som tas bort om {for_label(subject.name)} och att det inte kan ångras.",
            "Gallra för gott",
            lambda reason: weeding.weed(state.database(), view.person, subject, reason, _drafts(), public),
        )  # fmt: skip


def events(view: View) -> None:
    """Weed what is old in the log of events."""
    st.markdown(
        "Händelseloggen säger vem som har loggat in, nekats eller tagit ut personuppgifter. Gallringen tar bort namn "
        "och anmärkningar. Vad som hände och när står kvar, och loggen går fortfarande att kontrollera."
    )
    months = st.number_input(
        "Gallra händelser som är äldre än så här många månader", 1, weeding.MOST_MONTHS, _MONTHS, 1, width=420,
        key="gallra-manader",
    )  # fmt: skip
    before = weeding.months_ago(int(months), datetime.now(UTC))
    with state.reading(view.person, Action.SEE_PERSONAL_DATA) as reader:
        number = weeding.count_events(reader, before)
    if not number:
        st.info(f"Inga händelser före {before:%Y-%m-%d} har namn.", icon=":material/inbox:")
        return
    st.markdown(f"{count(number, 'händelse', 'händelser')} före {before:%Y-%m-%d} har namn.")
    _confirmed(
        "gallra-handelser", "Jag har förstått att det inte kan ångras.", "Gallra händelserna",
        lambda reason: weeding.weed_events(state.database(), view.person, before, reason),
    )  # fmt: skip


def again(view: View) -> None:
    """Tell of the weedings that were done after a backup that has since been restored."""
    with state.reading(view.person, Action.SEE_PERSONAL_DATA) as reader:
        found = weeding.to_do_again(reader, view.person)
    for number, one in enumerate(found):
        st.warning(_about(one), icon=":material/restore:")
        if view.may(Action.WEED):
            opened = st.expander("Behöver inte göras om", key=f"inte-om-{one.mark}", on_change="rerun", type="compact")
            if opened.open:
                with opened:
                    _confirmed(
                        f"inte-om-{number}", "Jag har läst det som står där nu.", "Ta bort påminnelsen",
                        lambda reason, one=one: weeding.need_not_be_done_again(  # type: ignore[misc]
                            state.database(), view.person, one, reason
                        ),
                    )  # fmt: skip


def remind(view: View) -> None:
    """After a restore: how many weedings must be done again, and where."""
    with state.reading(view.person, Action.SEE_PERSONAL_DATA) as reader:
        found = weeding.to_do_again(reader, view.person)
    if found:
        st.warning(
            f"Säkerhetskopian är äldre än {count(len(found), 'gallring som', 'gallringar som')} behöver göras om.",
            icon=":material/restore:",
        )
        st.page_link(PERSONAL_DATA, label="Vilka, och hur", icon=":material/privacy_tip:")


def _about(one: Again) -> str:
    standing = "\n".join(f"- {plain(where)}: {plain(text)}" for where, text in one.texts)
    return (
        f"Gallringen {format_timestamp(one.when)} behöver göras om: den säkerhetskopia som är återställd är äldre. "
        f"{plain(one.reason)}\n\nDet här står där namnet var:\n{standing}\n\nSök personen nedan och gallra igen."
    )


def _confirmed(key: str, agreed: str, label: str, act: Callable[[str], Weeded | None]) -> None:
    """Ask for a reason and a tick, then act and tell of it in the next run."""
    reason = st.text_input(
        "Skäl", key=f"{key}-skal", placeholder="till exempel beslut och diarienummer, utan namn", max_chars=500
    )
    sure = st.checkbox(agreed, key=f"{key}-last")
    if not st.button(label, key=key, type="primary", disabled=not (sure and reason.strip())):
        return
    try:
        with st.spinner("Gallrar …"):
            done = act(reason)
    except FouError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    st.session_state[_SAID] = _done(done)
    for name in (f"{key}-skal", f"{key}-last"):
        st.session_state.pop(name, None)
    st.rerun()


def _done(done: Weeded | None) -> str:
    if done is None:
        return "Påminnelsen är borttagen."
    said = f"Gallringen är gjord på {count(done.number, 'ställe', 'ställen')} (post {done.batch})."
    if done.drafts:
        said += f" {count(done.drafts, 'import', 'importer')} under arbete togs bort."
    said += " Starta om servern när det passar: då försvinner namnen också ur databasfilens lediga utrymme."
    if done.copies:
        said += f" Ta också bort de äldre kopiorna bredvid databasen: {join_words(done.copies)}."
    return said


def _table(lines: Sequence[Line]) -> Table:
    heads = ("Uppgifter", "Antal", "Vad som händer", "Till exempel")
    rows = tuple((line.what, line.number, line.why, "; ".join(line.examples) or None) for line in lines)
    return Table(heads, rows) if any(line.examples for line in lines) else Table(heads[:3], tuple(r[:3] for r in rows))


def _read(view: View, function: Callable[Concatenate[Reader, P], T], *arguments: P.args, **named: P.kwargs) -> T:
    """Read what there is now, whatever date the head says: what is weeded is weeded in all times."""
    return state.read_as(state.sight(view.person), None, function, *arguments, **named)


def _drafts() -> Drafts:
    return Drafts(folder_of(state.database().path))


def _draft_owners(view: View) -> tuple[str, ...]:
    """Who has imports under work."""
    every = _drafts().holding(view.person, lambda path: path.suffix == ".json")
    return tuple(sorted({draft.person for draft in every.values() if draft is not None}))
