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
from fou.ui import state
from fou.ui.text import plain
from fou.whose import funders

P = ParamSpec("P")
T = TypeVar("T")

_MONEY = ("alla", "egna", "andras")
_ADMIN = Person("Handläggare", Role.ADMIN)
_READER = Person("Läsare", Role.VIEWER)


@dataclass(frozen=True, slots=True)
class View:
    """What the head says: the year, whose money, the unit, the date, and who looks."""

    year: int
    money: str
    unit: str
    as_of: date | None
    head: int | None
    person: Person

    @property
    def today(self) -> date:
        """The day that the page speaks of."""
        return self.as_of or date.today()

    def read(self, function: Callable[Concatenate[Reader, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        """Read as of the chosen date."""
        return state.read(self.head, function, *arguments, **named)

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
    members: tuple[str, ...]
    empty: bool


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
        members=tuple(member.name for member in members),
        empty=not reader.value("SELECT COUNT(*) FROM batch"),
    )


def draw() -> None:
    """Draw the head in the script of every run, before the page.

    Here and not on the pages: only widgets outside the pages keep their value, and their place in the URL, from
    page to page. The page then writes its title above them, see ``page_head``.
    """
    known = state.read(None, about, date.today().year)
    title = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        # A year chosen before there is anything to choose among would be kept when the first budget is read in.
        year, money, unit, as_of = (known.default_year, "alla", "kr", None) if known.empty else _choices(known)
        person = _who(known)
    head = state.database().head_on(as_of) if as_of else None
    if as_of:
        st.info(
            f"Du ser det som var registrerat {format_date(as_of)}. Töm datumet för att se det som gäller nu.",
            icon=":material/history:",
        )
    _drawn.set((title, known, View(year, money, unit, as_of, head, person)))


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


def _who(known: About) -> Person:
    """Local mode: whoever sits at the machine says who they are."""
    people = {
        "Handläggare": _ADMIN,
        **{name: Person(name, Role.MEMBER) for name in known.members},
        "Läsare": _READER,
    }
    chosen = st.session_state.get("jag")
    person = people.get(chosen, _ADMIN) if isinstance(chosen, str) else _ADMIN
    with st.popover(f"Jag är {plain(person.name.lower() if person in (_ADMIN, _READER) else person.name)}"):
        st.selectbox("Jag är", list(people), key="jag", persist_state="session")
        st.caption("Lokalt läge: den som sitter vid datorn väljer vem den är.")
    return person


def require_page(view: View, action: Action) -> None:
    """Stop the page for those whose role does not allow it, on a first deep link too."""
    if not may(view.person, action):
        st.warning(
            f"Sidan är för handläggare. Du är {ROLE_NAMES[view.person.role]}. Byt under ”Jag är”, eller be en "
            "handläggare om hjälp.",
            icon=":material/lock:",
        )
        st.stop()
