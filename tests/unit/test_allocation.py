"""The rules that suggest a distribution, against plain ones that try everything."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fou.allocation import (
    OUT,
    AreaLimits,
    Edge,
    Lock,
    Problem,
    Proposal,
    Rule,
    Suggestion,
    equal_shares,
    suggest,
    suggest_best,
    suggest_cut,
    suggest_rank,
    suggest_shares,
    why_best,
    why_rank,
)
from fou.allocation.clashes import unlocked

FEW = settings(max_examples=25)
AREAS = ("Barn", "Äldre")


@st.composite
def problems(draw: st.DrawFn, areas: bool = True) -> Problem:
    """Up to seven proposals with small amounts, so that ties and tight limits are common."""
    proposals = []
    for number in range(draw(st.integers(1, 7))):
        requested = draw(st.one_of(st.none(), *[st.integers(1, 12)] * 9))
        least = draw(st.none() | st.integers(1, requested)) if requested else None
        lock = draw(st.sampled_from([None] * 10 + [OUT, Lock(requested or 3)]))
        score = draw(st.one_of(*[st.integers(0, 6)] * 6, st.fractions(0, 6, max_denominator=4), st.none()))
        votes = draw(st.dictionaries(st.integers(1, 4), st.integers(0, 5), max_size=4))
        area = draw(st.sampled_from((*AREAS, None))) if areas else None
        proposals.append(Proposal(number + 1, requested, score, least, area, draw(st.booleans()), lock, votes))
    limits = {}
    for name in AREAS if areas else ():
        low = draw(st.sampled_from([0, 0, 0, 3, 8]))
        limits[name] = AreaLimits(low, draw(st.none() | st.integers(low, 25)))
    return Problem(draw(st.integers(0, 45)), tuple(proposals), limits, draw(st.none() | st.integers(0, 4)))


# ---- what always holds -----------------------------------------------------------------------------------------------


def broken(problem: Problem, amounts: Mapping[int, int], least_too: bool = True) -> list[str]:
    """What an outcome breaks, by the limits in words."""
    found = []
    if sum(amounts.values()) > problem.frame:
        found.append("frame")
    for one in problem.proposals:
        amount = amounts.get(one.id, 0)
        if one.lock is not None:
            if amount != one.lock.amount:
                found.append(f"lock of {one.id}")
        elif amount and (one.requested is None or not (one.least or one.requested) <= amount <= one.requested):
            found.append(f"amount of {one.id}")
    for name, limits in problem.areas.items():
        own = sum(amounts.get(one.id, 0) for one in problem.proposals if one.area == name)
        if limits.most is not None and own > limits.most:
            found.append(f"most of {name}")
        if least_too and own < limits.least:
            found.append(f"least of {name}")
    new = sum(one.new for one in problem.proposals if amounts.get(one.id, 0))
    if problem.most_new is not None and new > problem.most_new:
        found.append("new")
    return found


def every_rule(problem: Problem) -> Iterator[Suggestion]:
    for rule in Rule:
        yield suggest(problem, rule)
    yield suggest_rank(problem, Edge.SKIP)


@FEW
@given(problems(), st.randoms())
def test_no_rule_breaks_the_frame_a_lock_or_a_limit_and_none_looks_at_the_order(
    problem: Problem, chance: random.Random
) -> None:
    shuffled = list(problem.proposals)
    chance.shuffle(shuffled)
    other = replace(problem, proposals=tuple(shuffled), areas=dict(reversed(problem.areas.items())))
    for found, again in zip(every_rule(problem), every_rule(other), strict=True):
        assert found == again
        if found.amounts:
            assert broken(problem, found.amounts, least_too=found.feasible) == []
        short = {clash.area for clash in found.clashes if clash.limit == "least"}
        if found.amounts and not found.feasible:
            assert {f"least of {name}" for name in short} == set(broken(problem, found.amounts))
        assert found.left == problem.frame - sum(found.amounts.values())
        assert all(sentence.endswith(".") for sentence in found.told)


# ---- best ------------------------------------------------------------------------------------------------------------


def judged(problem: Problem) -> list[Proposal]:
    return [one for one in problem.proposals if one.lock is None and one.requested and one.score is not None]


def possible(problem: Problem, chosen: set[int]) -> bool:
    """Whether amounts exist for these and the locked: each area between what they need and can be given."""
    own = {one.id: (one.smallest, one.largest) for one in problem.proposals if one.lock or one.id in chosen}
    money = 0
    for name in (*problem.areas, None):
        limits = problem.limits(name)
        rows = [own[one.id] for one in problem.proposals if one.id in own and one.area == name]
        need, can = sum(low for low, _ in rows), sum(high for _, high in rows)
        if can < limits.least or (limits.most is not None and max(need, limits.least) > limits.most):
            return False
        money += max(need, limits.least)
    new = sum(one.new for one in problem.proposals if one.id in own and one.largest)
    return money <= problem.frame and (problem.most_new is None or new <= problem.most_new)


def every_set(problem: Problem) -> list[tuple[Fraction, set[int]]]:
    free = {one.id: Fraction(one.score or 0) for one in judged(problem)}
    sets = chain.from_iterable(combinations(free, size) for size in range(len(free) + 1))
    return [(sum((free[i] for i in ids), Fraction(0)), set(ids)) for ids in sets if possible(problem, set(ids))]


@settings(max_examples=60)
@given(problems())
def test_the_best_sum_is_the_best_of_all_sets_and_ties_are_told(problem: Problem) -> None:
    every = every_set(problem)
    found = suggest_best(problem)
    assert found.feasible == bool(every)
    if every:
        free = {one.id for one in judged(problem)}
        top = max(score for score, _ in every)
        chosen = {one for one in found.amounts if one in free}
        assert (top, chosen) in every
        worth = {one.id for one in judged(problem) if one.score}
        assert found.unique == (len({frozenset(ids & worth) for score, ids in every if score == top}) == 1)


@FEW
@given(problems())
def test_clashing_limits_are_a_smallest_set_and_the_way_out_is_one(problem: Problem) -> None:
    found = suggest_best(problem)
    if found.feasible:
        return

    def without(limits: set[tuple[str, str | int | None]]) -> Problem:
        free = replace(
            problem,
            frame=10**6 if ("frame", None) in limits else problem.frame,
            most_new=None if ("new", None) in limits else problem.most_new,
            areas={
                name: AreaLimits(
                    0 if ("least", name) in limits else own.least, None if ("most", name) in limits else own.most
                )
                for name, own in problem.areas.items()
            },
            proposals=tuple(unlocked(one) if ("lock", one.id) in limits else one for one in problem.proposals),
        )
        return free

    named: set[tuple[str, str | int | None]] = {
        (clash.limit, clash.proposal if clash.limit == "lock" else clash.area) for clash in found.clashes
    }
    every: set[tuple[str, str | int | None]] = {("frame", None), ("new", None)}
    every |= {(kind, name) for kind in ("least", "most") for name in problem.areas}
    every |= {("lock", one.id) for one in problem.proposals if one.lock is not None}
    assert not every_set(without(every - named))
    for one in named:
        assert every_set(without(every - named | {one}))
    for clash in found.clashes:
        if clash.possible is None:
            continue
        for nudge, works in ((0, True), (1 if clash.limit == "least" else -1, False)):
            amount = clash.possible + nudge
            if clash.limit == "frame":
                changed = problem.with_frame(amount)
            elif clash.limit == "new":
                changed = problem.with_most_new(amount)
            else:
                own = problem.areas[str(clash.area)]
                changed = problem.with_area(
                    str(clash.area),
                    AreaLimits(amount, own.most) if clash.limit == "least" else AreaLimits(own.least, amount),
                )
            assert bool(every_set(changed)) == works


def test_what_the_chosen_leave_goes_down_the_ranking_and_stays_where_an_area_must_have_it() -> None:
    problem = Problem(
        frame=100,
        proposals=(
            Proposal(1, 40, 90, 20, "Barn"),
            Proposal(2, 40, 80, 20, "Äldre"),
            Proposal(3, 40, 70, 20, "Äldre"),
        ),
        areas={"Äldre": AreaLimits(least=65)},
    )
    found = suggest_best(problem)
    assert found.amounts == {1: 35, 2: 40, 3: 25}
    assert found.unique
    assert "Hela ramen går åt." in " ".join(found.told)


# ---- why -------------------------------------------------------------------------------------------------------------


def replayed(problem: Problem, why_rule: object, rule: object) -> int:
    """Make every change, and the same with one krona, point step or place less; how many there were."""
    assert callable(why_rule)
    assert callable(rule)
    made = 0
    base = set(rule(problem).amounts)
    for proposal, why in why_rule(problem).items():
        assert why.inside == (proposal in base)
        for change in why.changes:
            after = set(rule(change.made(problem, proposal)).amounts)
            assert (proposal in after) != why.inside, (proposal, change)
            assert base - after - {proposal} == set(change.pushed)
            assert after - base - {proposal} == set(change.pulled)
            step = problem.step if change.what == "points" else 1
            less = replace(change, by=change.by - step if change.by > 0 else change.by + step)
            assert (proposal in rule(less.made(problem, proposal)).amounts) == why.inside, (proposal, change)
            made += 1
    return made


@settings(max_examples=40)
@given(problems())
def test_every_why_of_the_best_sum_is_true_and_a_krona_or_a_point_less_is_not(problem: Problem) -> None:
    if suggest_best(problem).feasible:
        replayed(problem, why_best, suggest_best)


@settings(max_examples=40)
@given(problems(), st.sampled_from(Edge))
def test_every_why_of_the_ranking_is_true_and_a_krona_or_a_point_less_is_not(problem: Problem, edge: Edge) -> None:
    if broken(problem, {one.id: one.smallest for one in problem.proposals if one.lock}, least_too=False) == []:
        replayed(problem, lambda it: why_rank(it, edge), lambda it: suggest_rank(it, edge))


@FEW
@given(problems())
def test_a_kind_of_change_that_is_missing_would_not_have_brought_it_in(problem: Problem) -> None:
    if not suggest_best(problem).feasible:
        return
    free = {one.id: one for one in judged(problem)}
    for proposal, why in why_best(problem).items():
        kinds = {change.what for change in why.changes} | set(why.unknown)
        if proposal not in free or why.inside:
            continue
        if "frame" not in kinds:
            for frame in range(problem.frame, problem.frame + 40):
                assert proposal not in suggest_best(problem.with_frame(frame)).amounts
        if "points" not in kinds:
            assert proposal not in suggest_best(problem.with_score(proposal, 1000)).amounts


def made_up(count: int, areas: int, seed: int, grain: int = 1000) -> Problem:
    """A round as large as a real one: half can be given a part, every area has limits, some are locked."""
    chance = random.Random(seed)
    proposals = []
    for number in range(count):
        requested = chance.randrange(100, 900) * 1000 // grain * grain
        least = chance.choice([None, max(grain, requested * chance.randrange(50, 90) // 100 // grain * grain)])
        proposals.append(
            Proposal(
                number + 1,
                requested,
                Fraction(chance.randrange(2000, 9500), 100),
                least,
                f"Område {chance.randrange(areas)}",
                chance.random() < 0.7,
                Lock(requested) if chance.random() < 0.04 else None,
            )
        )
    frame = sum(one.requested or 0 for one in proposals) * 2 // 5
    limits = {f"Område {n}": AreaLimits(frame // areas * 6 // 10, frame // areas * 13 // 10) for n in range(areas)}
    return Problem(frame, tuple(proposals), limits, count * 3 // 10)


def test_the_search_finds_what_the_solver_finds_in_a_large_round_and_its_whys_hold() -> None:
    from fou.allocation.best import best_choice
    from fou.allocation.milp import solve_milp

    problem = made_up(60, 5, 4)
    found = best_choice(problem)
    assert found is not None
    assert found.proven
    solved = solve_milp(found.choice)
    assert solved is not None
    locked = sum((Fraction(one.score or 0) for one in problem.proposals if one.lock), Fraction(0))
    assert found.score == solved.value * found.choice.unit
    assert suggest_best(problem).score == found.score + locked
    chance = random.Random(1)
    whys = why_best(problem)
    some = {proposal: whys[proposal] for proposal in chance.sample(sorted(whys), 8)}
    assert replayed(problem, lambda it: some, suggest_best) > 5


# ---- down the ranking ------------------------------------------------------------------------------------------------


def plain_rank(problem: Problem, edge: Edge) -> dict[int, int]:
    """Down the ranking without areas, in words."""
    amounts = {one.id: one.smallest for one in problem.proposals if one.lock and one.smallest}
    left = problem.frame - sum(amounts.values())
    new = sum(one.new for one in problem.proposals if one.id in amounts)
    for one in sorted(judged(problem), key=lambda one: (-Fraction(one.score or 0), one.id)):
        if one.new and problem.most_new is not None and new >= problem.most_new:
            continue
        amount = min(one.largest, left)
        if amount < one.smallest:
            if edge is Edge.STOP:
                break
            continue
        amounts[one.id] = amount
        left -= amount
        new += one.new
    return amounts


@FEW
@given(problems(areas=False), st.sampled_from(Edge))
def test_the_ranking_is_followed_until_the_money_ends(problem: Problem, edge: Edge) -> None:
    found = suggest_rank(problem, edge)
    locked = [one for one in problem.proposals if one.lock and one.smallest]
    too_much = sum(one.smallest for one in locked) > problem.frame
    too_new = problem.most_new is not None and sum(one.new for one in locked) > problem.most_new
    assert found.feasible != (too_much or too_new)
    if found.feasible:
        assert found.amounts == plain_rank(problem, edge)


def test_a_tie_at_the_edge_is_told_and_whoever_passes_another_too() -> None:
    proposals = (Proposal(1, 50, 80), Proposal(2, 60, 70), Proposal(3, 60, 70), Proposal(4, 30, 60))
    problem = Problem(140, proposals, names={2: "Två", 3: "Tre", 4: "Fyra"})
    stopped, skipped = suggest_rank(problem), suggest_rank(problem, Edge.SKIP)
    assert stopped.amounts == {1: 50, 2: 60}
    assert skipped.amounts == {1: 50, 2: 60, 4: 30}
    assert "Två och Tre har lika många poäng men får inte alla pengar. Här går lägst nummer först." in stopped.told
    assert "Längre ned men ändå med, eftersom pengarna räcker till dem: Fyra." in skipped.told


# ---- the same percentage off -----------------------------------------------------------------------------------------


@FEW
@given(problems(areas=False))
def test_the_same_share_is_cut_from_all_and_the_frame_is_used_to_the_krona(problem: Problem) -> None:
    found = suggest_cut(problem)
    taking_part = [one for one in problem.proposals if one.lock is None and one.requested]
    least = sum(one.smallest for one in problem.proposals)
    asked = sum(one.largest for one in problem.proposals)
    new = sum(one.new for one in problem.proposals if one.smallest)
    assert found.feasible == (least <= problem.frame and (problem.most_new is None or new <= problem.most_new))
    if found.feasible:
        assert sum(found.amounts.values()) == min(problem.frame, asked)
        cut = [one for one in taking_part if found.amounts[one.id] > one.smallest]
        # One share fits all within a krona: the highest that any amount allows is not below the lowest.
        lowest = max((Fraction(found.amounts[one.id] - 1, one.largest) for one in cut), default=Fraction(0))
        highest = min((Fraction(found.amounts[one.id] + 1, one.largest) for one in taking_part), default=Fraction(1))
        assert lowest <= highest


def test_an_area_at_its_most_has_a_percentage_of_its_own() -> None:
    proposals = (Proposal(1, 100, least=10, area="Barn"), Proposal(2, 100, least=90), Proposal(3, 100, least=10))
    found = suggest_cut(Problem(200, proposals, {"Barn": AreaLimits(most=30)}, names={2: "Två"}))
    assert found.amounts == {1: 30, 2: 90, 3: 80}
    assert (
        "Barn hålls vid högst 30\u00a0kr för sina gränsers skull och får 30\u00a0% av vad som söks där." in found.told
    )
    assert "Vid sitt lägsta belopp stannar Två." in found.told
    assert suggest_cut(Problem(100, proposals)).told[2:] == (
        "Ramen på 100\u00a0kr går inte att hålla. Det går om ramen är minst 110\u00a0kr.",
        "Så mycket är det som är låst och allas lägsta belopp tillsammans.",
        "Ett annat sätt är att lämna en eller flera utanför och låsa dem så.",
        "Regeln lämnar därför inget förslag.",
    )


# ---- equal shares ----------------------------------------------------------------------------------------------------


def plain_equal_shares(
    costs: Mapping[int, int], utilities: Mapping[int, Mapping[int, int]], voters: list[int], budget: Fraction
) -> list[int]:
    """The paper's definition in fractions: ρ with Σ min(b_i, ρ·u_i(c)) = cost(c), the lowest first."""
    left = {voter: Fraction(budget) / len(voters) for voter in voters}
    bought: list[int] = []
    while True:
        rates = []
        for candidate in costs:
            worth = {voter: u for voter, u in utilities.get(candidate, {}).items() if u}
            if candidate in bought or not worth or sum(left[voter] for voter in worth) < costs[candidate]:
                continue
            # Each corner is where somebody runs out; between two of them the sum is a line.
            corners = sorted({left[voter] / u for voter, u in worth.items()})
            for corner in corners:
                if sum(min(left[voter], corner * u) for voter, u in worth.items()) >= costs[candidate]:
                    poor = {voter for voter, u in worth.items() if left[voter] / u < corner}
                    rest = costs[candidate] - sum((left[voter] for voter in poor), Fraction(0))
                    rates.append((rest / sum(u for voter, u in worth.items() if voter not in poor), candidate))
                    break
        if not rates:
            return bought
        rate, candidate = min(rates)
        for voter, u in utilities[candidate].items():
            left[voter] -= min(left[voter], rate * u)
        bought.append(candidate)


@FEW
@given(
    st.dictionaries(st.integers(1, 6), st.integers(1, 20), min_size=1),
    st.dictionaries(st.integers(1, 6), st.dictionaries(st.integers(1, 4), st.integers(0, 9))),
    st.integers(0, 60),
)
def test_equal_shares_are_the_definition(
    costs: dict[int, int], utilities: dict[int, dict[int, int]], budget: int
) -> None:
    voters = [1, 2, 3, 4]
    assert equal_shares(costs, utilities, voters, Fraction(budget)) == plain_equal_shares(
        costs, utilities, voters, Fraction(budget)
    )


def test_equal_shares_on_the_running_example_of_lackner_and_skowron() -> None:
    """Approval-based committee voting (2023), its 12 voters with a committee of 4: only a is affordable."""
    ballots = ["ab"] * 3 + ["ac"] * 3 + ["ad"] * 2 + ["bcf", "e", "f", "g"]
    candidates = dict(enumerate("abcdefg"))
    utilities = {
        number: {voter: 1 for voter, ballot in enumerate(ballots) if letter in ballot}
        for number, letter in candidates.items()
    }
    bought = equal_shares(dict.fromkeys(candidates, 1), utilities, range(12), Fraction(4))
    assert [candidates[number] for number in bought] == ["a"]


def test_equal_shares_give_each_group_its_part() -> None:
    """51 of 100 voters want ten red projects, 49 ten blue; there is money for ten: they can pay for 5.1 and 4.9."""
    utilities = {n: dict.fromkeys(range(51) if n < 10 else range(51, 100), 1) for n in range(20)}
    bought = equal_shares(dict.fromkeys(range(20), 10), utilities, range(100), Fraction(100))
    assert sum(number < 10 for number in bought) == 5
    assert sum(number >= 10 for number in bought) == 4


def test_members_in_conflict_pay_nothing_and_are_no_drawback_and_nothing_is_left_over() -> None:
    proposals = (
        Proposal(1, 60, votes={1: 5, 2: 5}),
        Proposal(2, 60, votes={2: 5, 3: 5, 1: 4}),
        Proposal(3, 60, least=30, votes={1: 1, 2: 1, 3: 1}),
    )
    found = suggest_shares(Problem(150, proposals))
    assert found.amounts == {1: 60, 2: 60, 3: 30}
    assert found.left == 0


# ---- the sentences ---------------------------------------------------------------------------------------------------


def test_a_problem_refuses_what_cannot_be() -> None:
    with pytest.raises(ValueError, match="id of its own"):
        Problem(1, (Proposal(1, 1), Proposal(1, 1)))
    with pytest.raises(ValueError, match="least amount"):
        Proposal(1, 10, least=11)


def test_the_whys_say_it_in_swedish() -> None:
    proposals = (Proposal(1, 100_000, 80), Proposal(2, 100_000, 70))
    problem = Problem(150_000, proposals, names={1: "Hemtjänst i realtid", 2: "Läslyft"})
    told = why_best(problem)[2].told
    assert told == (
        "Med 11\u00a0poäng till kommer den med, då blir Hemtjänst i realtid utan.",
        "Med 50\u00a0000\u00a0kr mer i ramen kommer den med.",
    )
