"""Suggestions for a large round, and the same choice by CBC through PuLP and by HiGHS."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from fractions import Fraction

import pulp

from fou.allocation import AreaLimits, Edge, Lock, Problem, Proposal, suggest_best, suggest_shares, why_best, why_rank
from fou.allocation.best import best_choice
from fou.allocation.choice import Choice, choice
from fou.allocation.milp import solve_milp

PROPOSALS, AREAS, VOTERS, TIMES = 200, 12, 50, 5


def made_up(seed: int, grain: int) -> Problem:
    """Half can be given a part, every area has a least and a most, some are locked; money for two fifths."""
    chance = random.Random(seed)
    proposals = []
    for number in range(PROPOSALS):
        requested = chance.randrange(100_000, 900_000) // grain * grain
        least = max(grain, int(requested * chance.uniform(0.5, 0.9)) // grain * grain)
        proposals.append(
            Proposal(
                number + 1,
                requested,
                Fraction(chance.randrange(2_000, 9_500), 100),
                least if chance.random() < 0.5 else None,
                f"Område {chance.randrange(AREAS)}",
                chance.random() < 0.7,
                Lock(requested) if chance.random() < 0.04 else None,
            )
        )
    frame = sum(one.requested or 0 for one in proposals) * 2 // 5
    limits = AreaLimits(frame // AREAS * 6 // 10, frame // AREAS * 13 // 10)
    return Problem(frame, tuple(proposals), {f"Område {area}": limits for area in range(AREAS)})


def with_cbc(whole: Choice) -> int:
    """The largest value that CBC finds."""
    model = pulp.LpProblem("best", pulp.LpMaximize)
    taken = [pulp.LpVariable(f"x{item}", cat=pulp.LpBinary) for item in range(len(whole.ids))]
    value, cost, reach = whole.value.tolist(), whole.cost.tolist(), whole.reach.tolist()
    model += pulp.lpSum(value[item] * taken[item] for item in range(len(taken)))
    money = []
    for area, (least, most) in enumerate(zip(whole.least, whole.most, strict=True)):
        own = [item for item in range(len(taken)) if whole.area[item] == area]
        money.append(pulp.LpVariable(f"z{area}", least, most))
        model += pulp.lpSum(cost[item] * taken[item] for item in own) <= money[area]
        model += pulp.lpSum(reach[item] * taken[item] for item in own) >= least
    model += pulp.lpSum(money) <= whole.frame
    model += pulp.lpSum(int(whole.new[item]) * taken[item] for item in range(len(taken))) <= whole.most_new
    model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, threads=1))
    return sum(value[item] for item in range(len(taken)) if (taken[item].value() or 0) > 0.5)


def measure() -> None:
    """Measure and print."""
    print(f"\nSuggestions for {PROPOSALS} proposals, {AREAS} areas with limits, locks and part amounts, ms")
    for grain, label in ((1_000, "thousands"), (1, "kronor")):
        rows: dict[str, list[float]] = {"best": [], "CBC": [], "HiGHS": [], "why best": [], "why rank": []}
        for seed in range(TIMES):
            problem = made_up(seed, grain)
            whole = choice(problem)
            solution = best_choice(problem)
            assert solution is not None
            rows["best"].append(_ms(lambda problem=problem: suggest_best(problem)))
            # CBC is a process of its own: the wall clock.
            started = time.perf_counter()
            theirs = with_cbc(whole)
            rows["CBC"].append(1000 * (time.perf_counter() - started))
            rows["HiGHS"].append(_ms(lambda whole=whole: solve_milp(whole)))
            rows["why best"].append(_ms(lambda problem=problem: why_best(problem)))
            rows["why rank"].append(_ms(lambda problem=problem: why_rank(problem, Edge.SKIP)))
            if theirs != solution.score / whole.unit:
                print(f"  CBC found {theirs}, the exact search {solution.score / whole.unit}")
        listed = ", ".join(
            f"{name} {sorted(times)[TIMES // 2]:.0f} (≤ {max(times):.0f})" for name, times in rows.items()
        )
        print(f"  amounts in {label}, median of {TIMES} rounds: {listed}")
    chance = random.Random(1)
    voted = tuple(
        Proposal(
            number,
            chance.randrange(100, 900) * 1000,
            votes={voter: chance.randrange(1, 6) for voter in range(VOTERS) if chance.random() < 0.9},
        )
        for number in range(500)
    )
    shares = _ms(lambda: suggest_shares(Problem(100_000_000, voted)))
    print(f"  equal shares, 500 proposals × {VOTERS} voters: {shares:.0f}")


def _ms(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return 1000 * (time.process_time() - started)


if __name__ == "__main__":
    measure()
