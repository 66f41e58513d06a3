"""What is frozen: the same text for the same thing, all of it back again, and what is kept apart not in the open."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fou.snapshot import (
    Carried,
    Decided,
    DecidedMatter,
    Judged,
    Line,
    Matter,
    Snapshot,
    Taken,
    YearAmount,
    difference,
    digest,
    freeze,
    freeze_decided,
    thaw,
    thaw_decided,
)

BASE = Snapshot(
    organisation="Staden", code="2013-R1", scenario="A", year=2013, call_code=None, call_name=None, meeting=None,
    made=date(2013, 10, 1), dissent=None, grounds=(), years=(), matters=(), head=7, mark="7:abc",
)  # fmt: skip
AMOUNTS = st.none() | st.decimals(0, 10**9, places=2)
LINES = st.builds(
    Line, st.integers(1990, 2100), st.sampled_from(["grant", "reserve", "out"]), st.none() | st.integers(1, 10**9),
    st.none() | st.text(min_size=1),
)  # fmt: skip
JUDGED = st.builds(
    Judged, st.integers(1, 99), st.integers(1, 99), st.integers(1, 99), st.booleans(),
    st.decimals(0, 100, places=1), st.integers(1, 9),
)  # fmt: skip
MATTERS = st.builds(
    Matter,
    project=st.integers(1, 999), call=st.none(), code=st.text(), title=st.text(), continuing=st.none() | st.booleans(),
    requested=st.lists(st.builds(YearAmount, st.integers(1990, 2100), AMOUNTS)).map(tuple),
    lines=st.lists(LINES).map(tuple), judged=st.none() | JUDGED, conflicts=st.lists(st.text()).map(tuple),
)  # fmt: skip


@settings(max_examples=25)
@given(st.lists(MATTERS, unique_by=lambda matter: matter.project, max_size=3).map(tuple), st.none() | st.text())
def test_what_is_frozen_comes_back_whole(matters: tuple[Matter, ...], dissent: str | None) -> None:
    snapshot = replace(BASE, matters=matters, dissent=dissent)
    frozen = freeze(snapshot)
    back = thaw(frozen.open, frozen.apart)
    assert back == snapshot
    assert freeze(back) == frozen
    assert digest(frozen.open, frozen.apart) == frozen.hash


def test_without_what_is_kept_apart_there_are_no_points_and_no_conflicts() -> None:
    judged = Judged(1, 1, 2, False, Decimal("71.4"), 3)
    matter = Matter(1, None, "P", "Projekt", judged=judged, conflicts=("Carl",))
    frozen = freeze(replace(BASE, matters=(matter,)))
    assert not {"71.4", "Carl"} & set(frozen.open.replace('"', " ").split())
    assert thaw(frozen.open).matters == (replace(matter, judged=None, conflicts=()),)


def test_the_same_amount_is_the_same_text() -> None:
    frozen = {
        freeze(replace(BASE, matters=(Matter(1, None, "P", "P", requested=(YearAmount(2013, Decimal(text)),)),)))
        for text in ("600000", "600000.00", "600000.0")
    }
    assert len(frozen) == 1
    assert json.loads(frozen.pop().open)["matters"][0]["requested"] == [{"amount": "600000", "year": 2013}]


def test_nothing_can_be_moved_from_one_text_to_the_next() -> None:
    assert digest("ab", "c") != digest("a", "bc")


def test_a_text_from_a_later_version_is_refused() -> None:
    with pytest.raises(ValueError, match="another version"):
        thaw(freeze(replace(BASE, version=2)).open)


def test_a_decision_comes_back_with_what_it_used_and_tells_what_it_changed() -> None:
    matter = Matter(1, None, "P", "Projekt", lines=(Line(2013, "grant", 500),))
    taken = Taken(None, 4, 2013, Decimal("400.50"), 0, None)
    decided = Decided(
        1, 4, (DecidedMatter(1, None, "P", "Projekt", (Carried(Line(2013, "grant", 450), (taken,), 9),)),)
    )
    text, its_hash = freeze_decided(decided)
    assert (thaw_decided(text), digest(text)) == (decided, its_hash)
    (changed,) = difference(replace(BASE, matters=(matter,)), decided)
    assert (changed.recommended, changed.decided) == ((Line(2013, "grant", 500),), (Line(2013, "grant", 450),))
    assert difference(replace(BASE, matters=(replace(matter, lines=(Line(2013, "grant", 450),)),)), decided) == ()
