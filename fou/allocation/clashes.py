"""Which limits cannot be kept together: a smallest set of them, and how much each would have to give way alone."""

from __future__ import annotations

from dataclasses import replace

from fou.allocation.choice import Choice, choice
from fou.allocation.milp import Bound, solve_milp
from fou.allocation.model import Clash, Problem, Proposal


def clashing(problem: Problem) -> tuple[Clash, ...]:
    """A set of limits that clash, of which every smaller one can be kept; empty when all can be kept.

    Each limit is taken away in turn, and stays away when the others clash without it: what remains is such a set
    (a deletion filter).
    """
    locks = [one.id for one in problem.proposals if one.lock is not None]
    whole = choice(problem)
    candidates: list[Bound] = [("lock", proposal) for proposal in locks]
    candidates += [("new", 0)] if problem.most_new is not None else []
    for at, name in enumerate(whole.names):
        if name is not None and problem.limits(name).most is not None:
            candidates.append(("most", at))
        if name is not None and problem.limits(name).least:
            candidates.append(("least", at))
    candidates.append(("frame", 0))
    if _can(problem, frozenset()):
        return ()
    away: frozenset[Bound] = frozenset()
    kept: list[Bound] = []
    for at, bound in enumerate(candidates):
        # Several at a time at first: most limits have nothing to do with it.
        if bound in away:
            continue
        if not _can(problem, away | {bound}):
            away |= {bound}
            continue
        kept.append(bound)
        rest = frozenset(candidates[at + 1 :])
        if rest and not _can(problem, away | rest):
            away |= rest
    return tuple(_told(problem, whole, bound) for bound in kept)


def _can(problem: Problem, without: frozenset[Bound]) -> bool:
    free = _unlocked(problem, {at for kind, at in without if kind == "lock"})
    return solve_milp(choice(free), frozenset(bound for bound in without if bound[0] != "lock")) is not None


def _unlocked(problem: Problem, proposals: set[int]) -> Problem:
    if not proposals:
        return problem
    return replace(
        problem,
        proposals=tuple(unlocked(one) if one.id in proposals else one for one in problem.proposals),
    )


def unlocked(one: Proposal) -> Proposal:
    """The proposal when its lock gives way: it may also have what it was locked to, else it could make more clash."""
    if one.lock is None or not one.lock.amount:
        return replace(one, lock=None)
    amount, free = one.lock.amount, replace(one, lock=None)
    return replace(
        free, requested=max(free.largest, amount), least=min(free.smallest or amount, amount), score=one.score or 0
    )


def _told(problem: Problem, whole: Choice, bound: Bound) -> Clash:
    kind, at = bound
    if kind == "lock":
        lock = problem.of(at).lock
        return Clash("lock", lock.amount if lock else 0, proposal=at)
    locked = [one for one in problem.proposals if one.lock is not None and one.lock.amount]
    if kind == "frame":
        taken = sum(one.smallest for one in locked)
        amount = problem.frame
    elif kind == "new":
        taken = sum(one.new for one in locked)
        amount = problem.most_new or 0
    else:
        taken = sum(one.smallest for one in locked if one.area == whole.names[at])
        limits = problem.limits(whole.names[at])
        amount = limits.least if kind == "least" else limits.most or 0
    found = solve_milp(whole, frozenset({bound}), bound)
    possible = None if found is None or found.needed is None else found.needed + taken
    return Clash(kind, amount, possible, whole.names[at] if kind in ("least", "most") else None)
