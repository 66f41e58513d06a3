"""How long it takes to rank a large call, with how firm each place is."""

from __future__ import annotations

import random
import time
from decimal import Decimal

from fou.ranking import Criterion, gather, rank

PROPOSALS, CRITERIA, MEMBERS = 500, 10, 15
TIMES = 7


def measure() -> None:
    """Measure and print the best of several, in time of the processor: others use the machine."""
    chance = random.Random(6)
    criteria = [Criterion(c, 1 + c % 3, 0, (5, 10, 4)[c % 3]) for c in range(CRITERIA)]
    scores: list[tuple[int, int, int, int | None, bool | None]] = []
    for p in range(PROPOSALS):
        good = chance.uniform(0.3, 0.9)
        for m in range(MEMBERS):
            for ground in criteria:
                value = round(ground.highest * (good + chance.gauss(0, 0.2)))
                blank = chance.random() < 0.05
                scores.append((p, m, ground.position, None if blank else min(ground.highest, max(0, value)), False))
    conflicts = [(p, chance.randrange(MEMBERS)) for p in range(0, PROPOSALS, 9)]
    requested = {p: Decimal(chance.randrange(100, 900)) * 1000 for p in range(PROPOSALS)}
    gathering, ranking = [], []
    for _ in range(TIMES):
        started = time.process_time()
        ballots = gather(range(PROPOSALS), range(MEMBERS), criteria, scores, conflicts)
        between = time.process_time()
        rank(ballots, requested, Decimal(50_000_000))
        gathering.append(between - started)
        ranking.append(time.process_time() - between)
    print(f"\nRanking {PROPOSALS} applications × {CRITERIA} criteria × {MEMBERS} members, ms (the best of {TIMES})")
    print(f"  from rows to arrays {1000 * min(gathering):.0f}, means, places and sensitivity {1000 * min(ranking):.0f}")
