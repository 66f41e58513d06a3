"""The common page head: year, whose money, unit and as-of date in the URL; and who I am."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Concatenate, ParamSpec, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fou import plan
from fou.access import ROLE_NAMES, Action, Person, Role, may
from fou.model import Member, Setting
from fou.money import UNITS
from fou.store import Reader
from fou.swedish import format_date
from fou.ui import sign_in, state, who
from fou.ui.configured import settings
from fou.ui.text import plain
from fou.whose import funders

P = ParamSpec("P")
T = TypeVar("T")

_MONEY = ("alla", "egna", "andras")
_ADMIN = Person("Handläggare", Role.ADMIN)
_READER = Person("Läsare", Role.VIEWER)
_MEMBER = Person("Ledamot", Role.MEMBER)


@dataclass(frozen=True, slots=True)
class View:
    """What the head says: the year, whose money, the unit, the date, and who looks."""

    year: int
    money: str
    unit: str
    as_of: date | None
    head: int | None
    shown_to: Person

    @property
    def person(self) -> Person:
        """Who looks, with the role they have now: a part of the page can run again long after the page.

        Raises Forbidden when they may not be here any more.
        """
        return who.now(self.shown_to)

    @property
    def alike(self) -> Person:
        """The person without what does not matter for what they see: what is read for one is read for all alike.

        Who is apart from the others is asked now, and need not have been so at an earlier date.
        """
        person = self.person
        return Person("", person.role, state.sight(person).member if self.head is None else person.member)

    @property
    def today(self) -> date:
        """The day that the page speaks of."""
        return self.as_of or date.today()

    def read(self, function: Callable[Concatenate[Reader, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        """Read as of the chosen date what the person may see."""
        return state.read_as(state.sight(self.person), self.head, function, *arguments, **named)

    def read_beside_scenarios(
        self, function: Callable[Concatenate[Reader, P], T], *arguments: P.args, **named: P.kwargs
    ) -> T:
        """As ``read``, for what does not rest on any scenario: it is not read again when only they have changed."""
        return state.read_beside_scenarios_as(state.sight(self.person), self.head, function, *arguments, **named)

    def read_at(
        self, head: int, function: Callable[Concatenate[Reader, P], T], *arguments: P.args, **named: P.kwargs
    ) -> T:
        """Read as of another batch what the person may see."""
        return state.read_as(state.sight(self.person), head, function, *arguments, **named)

    def may(self, action: Action) -> bool:
        """Whether the person may do this, which nobody may while looking at an earlier date."""
        return may(self.person, action) and self.as_of is None

    def link(self) -> dict[str, str]:
        """The head's choices as query parameters, for a link to another page."""
        chosen = {"ar": str(self.year), "medel": self.money, "enhet": self.unit}
        return chosen | ({"per": self.as_of.isoformat()} if self.as_of else {})


@dataclass(frozen=True, slots=True)
class About:
    """Whose database it is."""

    organisation: str
    invented: bool
    years: tuple[int, ...]
    default_year: int
    funders: tuple[str, ...]
    members: tuple[tuple[str, int], ...]
    empty: bool


#: Whether the choices of a small head are shown.
_SHOWN = "visning-oppen"
#: The head of the run under way: where its title goes, whose database it is, and what it says.
_drawn: ContextVar[tuple[DeltaGenerator, About, View]] = ContextVar("head")


def about(reader: Reader, this_year: int) -> About:
    """What every page's head needs to know."""
    settings = {setting.name: setting.value for setting in reader.records(Setting)}
    members = reader.records(Member, "WHERE role = 'member' ORDER BY name COLLATE sv")
    return About(
        organisation=settings.get("organisation") or "",
        invented=(settings.get("påhittad") or "").casefold() == "ja",
        years=tuple(plan.years(reader)),
        default_year=plan.default_year(reader, this_year),
        funders=tuple(funder.name for funder in funders(reader)),
        members=tuple((member.name, member.id) for member in members),
        # Not by the batches: people can be in the list before there is anything to show them.
        empty=not any(reader.value(f"SELECT COUNT(*) FROM {name}") for name in ("entry", "project", "plan")),
    )


def draw(person: Person, small: bool = False) -> None:
    """Draw the head for ``person`` in the script of every run, before the page.

    Here and not on the pages: only widgets outside the pages keep their value, and their place in the URL, from
    page to page. The page then writes its title above them, see ``page_head``; or beside them, and what is chosen
    out of the way, in a ``small`` head.
    """
    # A year that only a draft speaks of is not there to choose for those who may not see drafts.
    known = state.read_as(state.sight(person), None, about, date.today().year)
    sign_in.say_how_it_went()
    # A year chosen before there is anything to choose among would be kept when the first budget is read in.
    chosen = (known.default_year, "alla", "kr", None)
    if small:
        with st.container(horizontal=True, vertical_alignment="top", gap="small", key="huvud"):
            title = st.container(width="stretch", key="huvud-titel")
            shown = not known.empty and _asked_for()
            _who(person)
        # Only hidden, by fou.css: what a closed popover holds is not in the browser, nor is its place in the URL.
        with st.container(
            horizontal=True, vertical_alignment="bottom", gap="small", key="huvud-val" if shown else "huvud-dolt"
        ):
            year, money, unit, as_of = chosen if known.empty else _choices(known)
    else:
        title = st.container()
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            year, money, unit, as_of = chosen if known.empty else _choices(known)
            _who(person)
    head = state.database().head_on(as_of) if as_of else None
    if as_of:
        st.info(
            f"Du ser det som var registrerat {format_date(as_of)}. Töm datumet{' under Visning' if small else ''} för "
            "att se det som gäller nu.",
            icon=":material/history:",
        )
    _drawn.set((title, known, View(year, money, unit, as_of, head, person)))


def current() -> View:
    """What the head says, for a page whose title depends on what it reads."""
    return _drawn.get()[2]


def page_head(title: str, text: str | None = None) -> View:
    """Write the page's title and what it is about into the head; return what the head says."""
    place, known, view = _drawn.get()
    with place:
        if known.invented:
            st.badge("Påhittad exempelkommun – inga verkliga uppgifter", icon=":material/info:", color="orange")
        st.title(plain(title), anchor=False)
        if text or known.organisation:
            st.caption(plain(text or known.organisation))
    return view


def _asked_for() -> bool:
    """Whether the choices of a small head are asked for; the button that does so."""
    shown = bool(st.session_state.get(_SHOWN, False))
    st.button(
        "Dölj visning" if shown else "Visning", key="visning", icon=":material/tune:", on_click=_turn, args=(shown,)
    )
    return shown


def _turn(shown: bool) -> None:
    st.session_state[_SHOWN] = not shown


def _choices(known: About) -> tuple[int, str, str, date | None]:
    years = known.years or (known.default_year,)
    year = st.selectbox(
        "År",
        [str(y) for y in years],
        index=years.index(known.default_year),
        key="ar",
        bind="query-params",
        width=120,
    )
    money = st.selectbox("Vems medel", [*_MONEY, *known.funders], key="medel", bind="query-params", width=190)
    unit = st.segmented_control("Enhet", list(UNITS), default="kr", required=True, key="enhet", bind="query-params")
    as_of = st.date_input(
        "Som det var den", value=None, format="YYYY-MM-DD", min_value=date(1990, 1, 1), key="per",
        bind="query-params", width=170,
    )  # fmt: skip
    return int(year or known.default_year), money or "alla", unit or "kr", as_of


def look() -> who.Seen:
    """Who is at the screen, before anything is drawn."""
    if settings().network:
        return who.look()
    people = _people(state.read(None, about, date.today().year))
    chosen = st.session_state.get("jag")
    return who.Seen(people.get(chosen, _ADMIN) if isinstance(chosen, str) else _ADMIN)


def _people(known: About) -> dict[str, Person]:
    """Local mode: whom one may say that one is."""
    members = {name: Person(name, Role.MEMBER, number) for name, number in known.members}
    return {"Handläggare": _ADMIN, **members, "Läsare": _READER}


def _who(person: Person) -> None:
    """Who one is: said, with the way out; or chosen, in local mode; or how to sign in, for the public."""
    if not settings().network:
        name = person.name.lower() if person in (_ADMIN, _READER) else person.name
        menu = st.popover(f"Jag är {plain(name)}", key="vem", on_change="rerun")
        if not menu.open:
            return
        with menu:
            everybody = _people(state.read(None, about, date.today().year))
            st.selectbox("Jag är", list(everybody), key="jag", persist_state="session")
            st.caption("Lokalt läge: den som sitter vid datorn väljer vem den är.")
    elif person.role is not Role.PUBLIC:
        menu = st.popover(plain(person.name), icon=":material/person:", key="inloggad", on_change="rerun")
        if not menu.open:
            return
        with menu:
            st.markdown(f"Du är inloggad som {plain(person.name)}, {ROLE_NAMES[person.role]}.")
            st.button("Logga ut", key="logga-ut", icon=":material/logout:", on_click=st.logout)
    elif settings().sign_in:
        _sign_in()


def _sign_in() -> None:
    if len(settings().providers) == 1:
        sign_in.buttons(first=False)
        return
    with st.popover("Logga in", icon=":material/login:"):
        sign_in.buttons(first=False)


def allowed(title: str, action: Action) -> bool:
    """Whether the page may be run; says why not, under its title. Asked for every page, on a first deep link too."""
    view = _drawn.get()[2]
    if may(view.person, action):
        return True
    page_head(title)
    _say_not_allowed(view.person, action)
    return False


def require_page(view: View, action: Action) -> None:
    """Stop the page for those whose role does not allow it."""
    if not may(view.person, action):
        _say_not_allowed(view.person, action)
        st.stop()


def _say_not_allowed(person: Person, action: Action) -> None:
    whom = "rådets ledamöter och handläggare" if may(_MEMBER, action) else "handläggare"
    if person.role is Role.PUBLIC:
        what_to_do = f"Sidan är för {whom}. Logga in om du är det."
    else:
        other = "Byt under ”Jag är”, eller be" if not settings().network else "Be"
        what_to_do = f"Sidan är för {whom}. Du är {ROLE_NAMES[person.role]}. {other} en handläggare om hjälp."
    st.warning(what_to_do, icon=":material/lock:")
