"""What the rules say of themselves, in plain Swedish."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction

from fou.allocation.model import Clash, Points, Problem, Proposal, ranked
from fou.money import NO_BREAK_SPACE, format_decimals, format_sek
from fou.swedish import count, join_words

#: So many names at most in a sentence; the rest are counted.
_NAMES = 5


def names(problem: Problem, proposals: Iterable[int]) -> str:
    """The proposals' names: ``A, B och C``, ``A, B, C, D, E och 7 till``."""
    ids = list(proposals)
    if len(ids) <= _NAMES + 1:
        return join_words([problem.name(one) for one in ids])
    return f"{', '.join(problem.name(one) for one in ids[:_NAMES])} och {len(ids) - _NAMES} till"


def points(number: Points, up: bool | None = None) -> str:
    """Points with two decimals at most, rounded up or down where that is what keeps the sentence true."""
    exact = Fraction(number)
    scaled = exact * 100
    if up is None:
        whole = round(scaled)
    else:
        whole = -(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator
    value = Decimal(whole) / 100
    decimals = 0 if value == int(value) else 1 if value * 10 == int(value * 10) else 2
    return f"{format_decimals(value, decimals)}{NO_BREAK_SPACE}poäng"


def share(part: Fraction, up: bool = False) -> str:
    """A share of 1 as percent with one decimal at most."""
    value = (Decimal(part.numerator) * 100 / Decimal(part.denominator)).quantize(
        Decimal("0.1"), ROUND_CEILING if up else ROUND_FLOOR
    )
    return f"{format_decimals(value, 0 if value == int(value) else 1)}{NO_BREAK_SPACE}%"


def sums(problem: Problem, amounts: Mapping[int, int]) -> str:
    """Who many were given how much, and what is over."""
    total = sum(amounts.values())
    left = problem.frame - total
    over = f"{format_sek(left)} blir över." if left else "Hela ramen går åt."
    together = "" if len(amounts) == 1 else "tillsammans "
    return f"{count(len(amounts), 'ansökan', 'ansökningar')} får {together}{format_sek(total)}. {over}"


def settled(problem: Problem) -> list[str]:
    """What was decided before the rule began."""
    locked = [one for one in problem.proposals if one.lock is not None and one.lock.amount]
    out = [one for one in problem.proposals if one.lock is not None and not one.lock.amount]
    said = []
    if locked:
        total = sum(one.smallest for one in locked)
        said.append(f"Rådet har låst {format_sek(total)} till {names(problem, (one.id for one in locked))}.")
    if out:
        said.append(f"Rådet har lämnat utanför: {names(problem, (one.id for one in out))}.")
    return said


def open_amounts(problem: Problem) -> list[str]:
    """Those that no rule can give anything, because nobody has said how much."""
    free = [one.id for one in problem.proposals if one.lock is None and one.requested is None]
    return [f"Räknas inte med, eftersom beloppet inte är fastställt: {names(problem, free)}."] if free else []


def unjudged(problem: Problem) -> list[str]:
    """Those that nobody has judged."""
    free = [one.id for one in problem.proposals if one.lock is None and one.requested and one.score is None]
    return [f"Räknas inte med, eftersom ingen har bedömt dem: {names(problem, free)}."] if free else []


def parts_given(problem: Problem, amounts: Mapping[int, int]) -> list[str]:
    """Who get a part of what they asked for."""
    some = [
        one for one in _in_order(problem)
        if one.lock is None and one.id in amounts and amounts[one.id] < (one.requested or 0)
    ]  # fmt: skip
    if not some:
        return []
    if len(some) > _NAMES:
        return [f"{len(some)} ansökningar får en del av vad de söker: {names(problem, (one.id for one in some))}."]
    listed = join_words(
        [f"{problem.name(one.id)} ({format_sek(amounts[one.id])} av {format_sek(one.largest)})" for one in some]
    )
    return [f"En del av vad de söker får {listed}."]


def clashes(problem: Problem, found: tuple[Clash, ...]) -> list[str]:
    """Which limits clash, and what each would have to be."""
    listed = join_words([_limit(problem, clash) for clash in found])
    if len(found) == 1:
        said = [f"Gränsen går inte att hålla: {listed}."]
    else:
        said = [f"De här gränserna går inte att hålla samtidigt: {listed}."]
    for clash in found:
        if clash.possible is not None:
            said.append(_way_out(clash))
    said.append("Regeln lämnar därför inget förslag.")
    return said


def each_broken(problem: Problem, found: tuple[Clash, ...]) -> list[str]:
    """Limits that are broken each on its own by what must be given at least."""
    said = [
        f"{_limit(problem, clash)[0].upper()}{_limit(problem, clash)[1:]} går inte att hålla. {_way_out(clash)}"
        for clash in found[:_NAMES]
    ]
    if len(found) > _NAMES:
        said.append(f"Så är det med {count(len(found) - _NAMES, 'gräns', 'gränser')} till.")
    return [*said, "Regeln lämnar därför inget förslag."]


def unmet(found: tuple[Clash, ...]) -> list[str]:
    """Which areas do not come up to their least by a rule that does not look ahead."""
    return [
        f"{clash.area} får bara {format_sek(clash.possible or 0)} och ska ha minst {format_sek(clash.amount)}: "
        f"{format_sek(clash.amount - (clash.possible or 0))} är avsatta till området men passar ingen ansökan där."
        for clash in found
    ]


def _in_order(problem: Problem) -> list[Proposal]:
    return [*ranked(problem.proposals), *(one for one in problem.proposals if one.score is None)]


def _limit(problem: Problem, clash: Clash) -> str:
    if clash.limit == "frame":
        return f"ramen på {format_sek(clash.amount)}"
    if clash.limit == "least":
        return f"minst {format_sek(clash.amount)} till {clash.area}"
    if clash.limit == "most":
        return f"högst {format_sek(clash.amount)} till {clash.area}"
    if clash.limit == "new":
        return f"högst {count(clash.amount, 'ny', 'nya')}"
    name = problem.name(clash.proposal or 0)
    return f"{name} låst till {format_sek(clash.amount)}" if clash.amount else f"{name} utanför"


def _way_out(clash: Clash) -> str:
    possible = clash.possible or 0
    if clash.limit == "frame":
        return f"Det går om ramen är minst {format_sek(possible)}."
    if clash.limit == "least":
        return f"Det går om {clash.area} får ha så lite som {format_sek(possible)}."
    if clash.limit == "most":
        return f"Det går om {clash.area} får ha minst {format_sek(possible)}."
    return f"Det går om {count(possible, 'ny', 'nya')} får vara med."
