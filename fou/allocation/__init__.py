"""Suggestions of how to distribute a frame on proposals, and why each is in or out.

Pure functions on whole kronor and exact points, without a database. Four rules: down the ranking, the best sum of
scores, the same percentage off every amount, and the members' equal shares. A suggestion is a second opinion.
"""

from fou.allocation.best import suggest_best
from fou.allocation.cut import suggest_cut
from fou.allocation.model import (
    DOES,
    OUT,
    AreaLimits,
    Clash,
    Lock,
    Points,
    Problem,
    Proposal,
    Rule,
    Suggestion,
    whole_kronor,
)
from fou.allocation.rank import Edge, suggest_rank
from fou.allocation.shares import equal_shares, suggest_shares
from fou.allocation.why import Change, What, Why
from fou.allocation.whys_best import why_best
from fou.allocation.whys_rank import why_rank

__all__ = [
    "DOES",
    "OUT",
    "AreaLimits",
    "Change",
    "Clash",
    "Edge",
    "Lock",
    "Points",
    "Problem",
    "Proposal",
    "Rule",
    "Suggestion",
    "What",
    "Why",
    "equal_shares",
    "suggest",
    "suggest_best",
    "suggest_cut",
    "suggest_rank",
    "suggest_shares",
    "whole_kronor",
    "why_best",
    "why_rank",
]


def suggest(problem: Problem, rule: Rule) -> Suggestion:
    """What a rule suggests."""
    return {
        Rule.RANK: suggest_rank,
        Rule.BEST: suggest_best,
        Rule.CUT: suggest_cut,
        Rule.SHARES: suggest_shares,
    }[rule](problem)
