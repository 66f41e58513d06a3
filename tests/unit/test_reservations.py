"""What a distribution uses of what is set aside, for any lines and reservations."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fou.model import Entry, Kind
from fou.reservations import Outcome, Wanted, carry_out
from fou.snapshot import Line

CALL, OTHER, FUNDER, YEAR = 7, 8, 1, 2014


def kept(amount: int | None, project: int | None = None, call: int | None = None, **more: object) -> Entry:
    values: dict[str, object] = {"year": YEAR, "funder": FUNDER, **more}
    return Entry(
        Kind.RESERVED, project=project, call=call, amount=Decimal(amount or 0), open=int(amount is None), source="x",
        **values,  # type: ignore[arg-type]
    )  # fmt: skip


def numbered(*entries: Entry) -> list[Entry]:
    return [replace(entry, id=number) for number, entry in enumerate(entries, 1)]


def grant(project: int, amount: int, condition: str | None = None) -> Wanted:
    return Wanted(project, None, Line(YEAR, "grant", amount, condition))


def done(lines: list[Wanted], *reserved: Entry) -> Outcome:
    return carry_out(lines, numbered(*reserved), CALL, FUNDER, "beslut")


def left(outcome: Outcome, reserved: list[Entry]) -> list[tuple[int | None, int | None, Decimal, int]]:
    """What stands of what was set aside before."""
    stands = [one for one in reserved if one not in outcome.gone] + list(outcome.rest)
    return [(one.project, one.call, one.amount, one.open) for one in stands]


def test_a_grant_uses_the_projects_own_reservation_and_then_the_calls() -> None:
    reserved = numbered(kept(1000, call=CALL), kept(300, project=1))
    outcome = carry_out([grant(1, 500)], reserved, CALL, FUNDER, "beslut")
    assert [(one.project, one.call, one.amount) for one in outcome.effects[0].taken] == [
        (1, None, 300),
        (None, CALL, 200),
    ]
    assert left(outcome, reserved) == [(None, CALL, 800, 0)]


def test_one_after_the_other_they_use_no_more_than_there_is() -> None:
    outcome = done([grant(1, 700), grant(2, 700)], kept(1000, call=CALL))
    assert [sum(one.amount for one in effect.taken) for effect in outcome.effects] == [700, 300]
    assert outcome.rest == ()


@pytest.mark.parametrize(
    "reserved",
    [
        kept(900, call=OTHER), kept(900, project=2), kept(900, area=3),
        kept(900, call=CALL, year=YEAR + 1), kept(900, call=CALL, funder=2), kept(900, call=CALL, condition="om"),
        kept(None, call=CALL),
    ],
)  # fmt: skip
def test_what_is_set_aside_for_something_else_is_not_used(reserved: Entry) -> None:
    assert done([grant(1, 500)], reserved).gone == ()


def test_what_was_set_aside_within_another_call_is_the_projects_and_stays_that_calls_money() -> None:
    reserved = numbered(kept(900, project=1, call=OTHER))
    for call, within in ((CALL, CALL), (None, OTHER)):
        outcome = carry_out([grant(1, 500)], reserved, call, FUNDER, "beslut")
        assert left(outcome, reserved) == [(1, OTHER, 400, 0)]
        posted = outcome.effects[0].posted
        assert posted is not None
        assert posted.call == within


def test_a_reservation_without_an_amount_is_settled_by_the_grant() -> None:
    outcome = done([grant(1, 500)], kept(None, project=1))
    assert [(one.amount, one.open) for one in outcome.effects[0].taken] == [(0, 1)]
    assert outcome.rest == ()


def test_a_grant_on_a_condition_uses_nothing() -> None:
    assert done([grant(1, 500, "om")], kept(900, call=CALL), kept(None, project=1)).gone == ()


def test_money_set_aside_for_a_project_is_moved_from_its_call() -> None:
    reserved = numbered(kept(1000, call=CALL), kept(300, project=1))
    outcome = carry_out([Wanted(1, None, Line(YEAR, "reserve", 500))], reserved, CALL, FUNDER, "beslut")
    assert left(outcome, reserved) == [(None, CALL, 800, 0)]
    posted = outcome.effects[0].posted
    assert posted is not None
    assert (posted.kind, posted.project, posted.call, posted.amount) == (Kind.RESERVED, 1, CALL, 500)


def test_money_set_aside_for_a_call_is_what_is_left_besides_the_grants() -> None:
    reserved = numbered(kept(1000, call=CALL))
    lines = [Wanted(None, CALL, Line(YEAR, "reserve", 250)), grant(1, 700)]
    outcome = carry_out(lines, reserved, CALL, FUNDER, "beslut")
    assert [sum(one.amount for one in effect.taken) for effect in outcome.effects] == [300, 700]
    assert left(outcome, reserved) == []


def test_what_is_left_out_loses_what_was_set_aside_for_it_from_that_year() -> None:
    reserved = numbered(
        kept(100, project=1, year=YEAR - 1), kept(None, project=1), kept(200, project=1, year=YEAR + 1, condition="om"),
        kept(400, project=2),
    )  # fmt: skip
    outcome = carry_out([Wanted(1, None, Line(YEAR, "out"))], reserved, CALL, FUNDER, "beslut")
    assert left(outcome, reserved) == [(1, None, 100, 0), (2, None, 400, 0)]
    assert outcome.effects[0].posted is None


YEARS = st.integers(YEAR, YEAR + 1)
MAYBE = st.none() | st.integers(1, 5)
CONDITIONS = st.sampled_from([None, None, "om"])
RESERVED = st.builds(
    kept, st.none() | st.integers(1, 900), st.none() | st.integers(1, 3), st.sampled_from([None, CALL, OTHER]),
    year=YEARS, funder=st.integers(1, 2), condition=CONDITIONS,
)  # fmt: skip
LINES = (
    st.builds(Line, YEARS, st.sampled_from(["grant", "reserve"]), st.integers(1, 900), CONDITIONS)
    | st.builds(Line, YEARS, st.just("reserve"), st.none(), CONDITIONS)
    | st.builds(Line, YEARS, st.just("out"))
)
WANTED = st.one_of(
    st.builds(Wanted, st.integers(1, 3), st.none(), LINES),
    st.builds(Wanted, st.none(), st.sampled_from([CALL, OTHER]), LINES.filter(lambda line: line.choice != "grant")),
)


@given(st.lists(WANTED, max_size=5), st.lists(RESERVED, max_size=6), st.sampled_from([CALL, None]))
def test_no_more_is_used_than_is_set_aside_and_nothing_is_lost(
    lines: list[Wanted], reserved: list[Entry], call: int | None
) -> None:
    before = numbered(*reserved)
    outcome = carry_out(lines, before, call, FUNDER, "beslut")
    assert [effect.wanted for effect in outcome.effects] == lines
    assert all(entry in before and entry.funder == FUNDER for entry in outcome.gone)
    assert all(entry.amount >= 0 and entry.open >= 0 and (entry.amount or entry.open) for entry in outcome.rest)
    for effect in outcome.effects:
        firm = sum(one.amount for one in effect.taken)
        assert effect.wanted.line.choice != "grant" or firm <= effect.wanted.line.firm

    def sums(entries: object) -> dict[object, tuple[Decimal, int]]:
        found: dict[object, tuple[Decimal, int]] = {}
        for one in entries:  # type: ignore[attr-defined]
            about = (one.project, one.call, one.year, one.area, one.condition)
            amount, unset = found.get(about, (Decimal(0), 0))
            found[about] = (amount + one.amount, unset + one.open)
        return {about: sums for about, sums in found.items() if sums != (0, 0)}

    taken = [one for effect in outcome.effects for one in effect.taken]
    assert sums([*outcome.rest, *taken]) == sums(outcome.gone)
