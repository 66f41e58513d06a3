"""Swecris: what to take of an export, how whole grants fall on years, and grants that seem to stand twice."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

import streamlit as st

from fou.charts.chart import Table
from fou.imports.swecris.choosing import Chosen, Double, Options, SwecrisChoice, choose, options
from fou.imports.swecris.reading import Grant, SwecrisExport
from fou.model import Area
from fou.money import OPEN_TEXT, format_sek
from fou.swedish import count
from fou.ui import show
from fou.ui.head import View
from fou.ui.importing.current import Current, set_choice
from fou.ui.text import plain

_SPREAD = {"first_year": "Hela bidraget på första året", "by_month": "Fördelat jämnt per månad (märks ”fördelat”)"}
_DOUBLES = {"keep_all": "Räkna alla rader", "count_once": "Räkna varje bidrag en gång"}
_MOST_SHOWN = 20


def swecris(held: Current, export: SwecrisExport, view: View) -> None:
    """What there is to choose among, and what the choice comes to."""
    choice = SwecrisChoice.from_json(held.choices.get("swecris", {}))
    chosen = choose(export, choice)
    st.markdown(f"**{plain(_sentence(export, chosen, view.unit))}**")
    _filters(choice, _options(export))
    _how(choice, view)
    _doubles(choice, chosen, view.unit)
    _some(chosen, view.unit)


@lru_cache(maxsize=4)
def _options(export: SwecrisExport) -> Options:
    return options(export.grants)


def _sentence(export: SwecrisExport, chosen: Chosen, unit: str) -> str:
    text = (
        f"Du tar {count(len(chosen.grants), 'bidrag', 'bidrag')} av {count(len(export.grants), 'bidrag', 'bidrag')}, "
        f"tillsammans {format_sek(chosen.total, unit)}."
    )
    if chosen.open:
        text += f" {count(chosen.open, 'av dem har', 'av dem har')} inget belopp."
    return text


def _filters(choice: SwecrisChoice, known: Options) -> None:
    left, right = st.columns(2)
    with left:
        _several("funders", "Finansiär", choice.funders, {option.value: option.number for option in known.funders})
        years = [int(option.value) for option in known.years]
        if years:
            first, last = min(years), max(years)
            low, high = st.columns(2)
            with low:
                _one("first_year", "Från år", [*range(first, last + 1)], choice.first_year)
            with high:
                _one("last_year", "Till år", [*range(first, last + 1)], choice.last_year)
    with right:
        coordinators = {option.value: option.number for option in known.coordinators}
        _several("coordinators", "Samordnande organisation", choice.coordinators, coordinators)
        _several("subjects", "Ämne", choice.subjects, {option.value: option.number for option in known.subjects})
    key = "swecris-words"

    def chosen() -> None:
        words = st.session_state[key].split()
        set_choice(("swecris", "words"), words or None)

    st.text_input(
        "Ord som alla ska finnas i titel, sammanfattning eller ämne", " ".join(choice.words), key=key, on_change=chosen,
        placeholder="till exempel: barn socialtjänst",
    )  # fmt: skip


def _several(name: str, label: str, now: tuple[str, ...], numbers: dict[str, int]) -> None:
    key = f"swecris-{name}"

    def chosen() -> None:
        set_choice(("swecris", name), list(st.session_state[key]) or None)

    st.multiselect(
        label, list(numbers), default=[value for value in now if value in numbers], key=key, on_change=chosen,
        format_func=lambda value: f"{value} ({numbers[value]})", placeholder="Alla",
    )  # fmt: skip


def _one(name: str, label: str, values: list[int], now: int | None) -> None:
    key = f"swecris-{name}"

    def chosen() -> None:
        set_choice(("swecris", name), st.session_state[key])

    st.selectbox(
        label, values, index=values.index(now) if now in values else None, key=key, on_change=chosen, placeholder="Alla"
    )


def _how(choice: SwecrisChoice, view: View) -> None:
    key = "swecris-spread"

    def chosen() -> None:
        set_choice(("swecris", "spread"), st.session_state[key])

    st.radio(
        "Swecris har bara hela bidraget. På vilka år ska det stå?", list(_SPREAD),
        index=list(_SPREAD).index(choice.spread), format_func=_SPREAD.__getitem__, key=key, on_change=chosen,
        horizontal=True,
    )  # fmt: skip
    areas = [area.name for area in view.read(_areas)]
    if not areas:
        return

    def placed() -> None:
        set_choice(("swecris", "area"), st.session_state["swecris-area"])

    st.selectbox(
        "Prioriterat område för nya projekt", areas, index=areas.index(choice.area) if choice.area in areas else None,
        key="swecris-area", on_change=placed, placeholder="Inget", width=420,
    )  # fmt: skip


def _areas(reader: Any) -> list[Area]:
    found: list[Area] = reader.records(Area, "ORDER BY name COLLATE sv")
    return found


def _doubles(choice: SwecrisChoice, chosen: Chosen, unit: str) -> None:
    """Likely doubles side by side, with the sum with and without them."""
    likely = [double for double in chosen.doubles if double.likely]
    if not likely:
        return
    extra = sum((double.total - double.once for double in likely), Decimal(0))
    with_all = chosen.total if choice.doubles == "keep_all" else chosen.total + extra
    st.subheader("Samma bidrag två gånger?", anchor=False)
    st.markdown(
        plain(
            f"{count(len(likely), 'bidrag står', 'bidrag står')} flera gånger med samma nummer, titel och belopp. "
            f"Med alla rader är summan {format_sek(with_all, unit)}, med varje bidrag en gång "
            f"{format_sek(with_all - extra, unit)}."
        )
    )
    key = "swecris-doubles"

    def said() -> None:
        set_choice(("swecris", "doubles"), st.session_state[key])

    st.radio(
        "Hur ska de räknas?", list(_DOUBLES), index=list(_DOUBLES).index(choice.doubles),
        format_func=_DOUBLES.__getitem__, key=key, on_change=said, horizontal=True, label_visibility="collapsed",
    )  # fmt: skip
    if any(len({grant.project_id for grant in double.grants}) < len(double.grants) for double in likely):
        st.caption("Några rader är helt lika. De kan bara räknas en gång: välj det, eller ta bort dem ur filen.")
    listed = st.expander(f"Visa dem sida vid sida ({len(likely)})", key="dubbletter", on_change="rerun")
    if listed.open:
        with listed:
            show.table(_double_table(likely[:_MOST_SHOWN]), unit)
            if len(likely) > _MOST_SHOWN:
                st.caption(f"De första {_MOST_SHOWN} av {len(likely)}.")


def _double_table(doubles: list[Double]) -> Table:
    rows = [
        (d.grants[0].title, f"{d.grants[0].project_id} (rad {d.grants[0].row})",
         ", ".join(f"{g.project_id} (rad {g.row})" for g in d.grants[1:]), d.grants[0].amount)
        for d in doubles
    ]  # fmt: skip
    return Table(("Titel", "Står här", "och här", "Belopp"), tuple(rows))


def _some(chosen: Chosen, unit: str) -> None:
    listed = st.expander("Visa bidragen", key="bidragen", on_change="rerun")
    if listed.open:
        with listed:
            rows = tuple(_grant_row(grant) for grant in chosen.grants[:_MOST_SHOWN])
            show.table(Table(("Bidrag", "Titel", "Finansiär", "Ledare", "Från", "Till", "Belopp"), rows), unit)
            if len(chosen.grants) > _MOST_SHOWN:
                st.caption(f"De första {_MOST_SHOWN} av {len(chosen.grants)}.")


def _grant_row(grant: Grant) -> tuple[str | Decimal | None, ...]:
    return (
        grant.project_id, grant.title, grant.funder, grant.leader, grant.funding_starts or grant.starts,
        grant.funding_ends or grant.ends, grant.amount if grant.amount is not None else OPEN_TEXT,
    )  # fmt: skip
