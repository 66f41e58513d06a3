"""The ranking against a plain one in fractions, and what may never matter to it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fou.ranking import Amount, Criterion, Place, Ranked, Ranking, Span, Zone, gather, rank

Score = tuple[int, int, int, int | None, bool | None]
Requested = Mapping[int, Amount | Decimal | None]
Boxes = dict[tuple[int, int, int], int]  # (proposal, member, criterion) -> value
FIFTH = Fraction(1, 5)
YES, NO = True, False


@dataclass(frozen=True)
class Round:
    """One call's input, as a test changes it."""

    proposals: tuple[int, ...]
    members: tuple[int, ...]
    criteria: tuple[Criterion, ...]
    scores: tuple[Score, ...]
    conflicts: tuple[tuple[int, int], ...] = ()

    def ranked(self, requested: Requested | None = None, frame: Decimal | None = None) -> Ranking:
        return rank(gather(self.proposals, self.members, self.criteria, self.scores, self.conflicts), requested, frame)

    def counted(self, without: int | None = None) -> Boxes:
        """The values that count, by the rules in words."""
        return {
            (p, m, c): value
            for p, m, c, value, cannot in self.scores
            if value is not None and not cannot and m != without and (p, m) not in self.conflicts
        }


# ---- the plain ranking -----------------------------------------------------------------------------------------------


def plain_means(
    call: Round, boxes: Boxes, weights: Sequence[Fraction | int]
) -> tuple[dict[int, Fraction], dict[tuple[int, int], Fraction]]:
    """Each proposal's mean and each criterion's, as shares of 1; absent where there is none."""
    of_criteria: dict[tuple[int, int], Fraction] = {}
    of_proposals: dict[int, Fraction] = {}
    for p in call.proposals:
        top, bottom = Fraction(0), Fraction(0)
        for criterion, weight in zip(call.criteria, weights, strict=True):
            values = [v for (bp, _, bc), v in boxes.items() if (bp, bc) == (p, criterion.position)]
            if values:
                mean = Fraction(sum(values), len(values))
                share = (mean - criterion.lowest) / (criterion.highest - criterion.lowest)
                of_criteria[p, criterion.position] = share
                top, bottom = top + weight * share, bottom + weight
        if bottom:
            of_proposals[p] = top / bottom
    return of_proposals, of_criteria


def plain_places(means: dict[int, Fraction]) -> dict[int, int]:
    return {p: 1 + sum(other > mean for other in means.values()) for p, mean in means.items()}


def base_weights(call: Round) -> list[int]:
    return [criterion.weight for criterion in call.criteria]


def weights_within_a_fifth(call: Round, seed: int, inner: int) -> Iterator[list[Fraction]]:
    """Every corner of the box, and some weights inside it."""
    for signs in product((-1, 1), repeat=len(call.criteria)):
        yield [w * (1 + sign * FIFTH) for w, sign in zip(base_weights(call), signs, strict=True)]
    chance = random.Random(seed)
    for _ in range(inner):
        yield [w * Fraction(chance.randint(80, 120), 100) for w in base_weights(call)]


def outcomes(call: Round, inner: int = 8) -> Iterator[dict[int, Fraction]]:
    """The means under every weighting that is tried and with every member left out."""
    boxes = call.counted()
    for weights in weights_within_a_fifth(call, 1, inner):
        yield plain_means(call, boxes, weights)[0]
    yield from without_each(call)


def without_each(call: Round) -> Iterator[dict[int, Fraction]]:
    for member in (None, *call.members):
        yield plain_means(call, call.counted(member), base_weights(call))[0]


def by_number(ranking: Ranking) -> dict[int, Ranked]:
    return {row.proposal: row for row in ranking.rows}


def placed(ranking: Ranking) -> dict[int, Place]:
    return {row.proposal: row.place for row in ranking.rows if row.place is not None}


# ---- rounds to try ---------------------------------------------------------------------------------------------------


@st.composite
def rounds(draw: st.DrawFn, most_proposals: int = 6) -> Round:
    """Small calls with blanks, can't judge, conflicts, several scales and many ties."""
    proposals = tuple(range(11, 11 + draw(st.integers(1, most_proposals))))
    members = tuple(range(101, 101 + draw(st.integers(1, 4))))
    criteria = tuple(
        Criterion(at + 1, draw(st.integers(1, 4)), lowest, lowest + draw(st.sampled_from((2, 3, 5))))
        for at in range(draw(st.integers(1, 4)))
        for lowest in (draw(st.integers(0, 1)),)
    )
    scores = []
    for p, m, criterion in product(proposals, members, criteria):
        said = draw(st.integers(criterion.lowest - 2, criterion.highest))
        if said >= criterion.lowest:
            scores.append((p, m, criterion.position, said, NO))
        elif said == criterion.lowest - 1:
            scores.append((p, m, criterion.position, None, draw(st.booleans())))
    pairs = [(p, m) for p in proposals for m in members]
    return Round(proposals, members, criteria, tuple(scores), tuple(draw(st.sets(st.sampled_from(pairs), max_size=3))))


tenths = st.integers(0, 40).map(lambda tenth: Decimal(tenth) / 10)
#: Stated, not set at all, or known in part.
amounts = st.dictionaries(
    st.integers(11, 16), st.none() | tenths | st.builds(Amount, tenths, st.booleans()), max_size=6
)


def known(amount: Amount | Decimal | None) -> Decimal:
    """The part that is known."""
    return amount.known if isinstance(amount, Amount) else amount or Decimal(0)


def is_open(amount: Amount | Decimal | None) -> bool:
    return amount.open if isinstance(amount, Amount) else amount is None


@settings(max_examples=25)
@given(rounds())
def test_means_places_ties_and_counts_are_those_of_a_plain_ranking(call: Round) -> None:
    boxes = call.counted()
    means, of_criteria = plain_means(call, boxes, base_weights(call))
    places = plain_places(means)
    ranking = call.ranked()
    assert [row.proposal for row in ranking.rows] == sorted(call.proposals, key=lambda p: (places.get(p, 99), p))
    for row in ranking.rows:
        p = row.proposal
        conflicted = {m for q, m in call.conflicts if q == p}
        cannot = sum(q == p and m not in conflicted and bool(no) for q, m, _, _, no in call.scores)
        filled = sum(q == p for q, _, _ in boxes)
        assert row.judges == len({m for q, m, _ in boxes if q == p})
        assert (row.conflicted, row.cannot) == (len(conflicted), cannot)
        assert row.blank == (len(call.members) - len(conflicted)) * len(call.criteria) - cannot - filled
        for criterion, mean in zip(call.criteria, row.criteria, strict=True):
            share = of_criteria.get((p, criterion.position))
            assert mean == (None if share is None else float(100 * share))
        if row.place is None:
            assert p not in means
            continue
        assert (row.place.number, row.place.mean) == (places[p], float(100 * means[p]))
        assert row.place.tied == tuple(q for q in call.proposals if q != p and means.get(q) == means[p])


@settings(max_examples=25)
@given(rounds())
def test_the_spread_is_that_of_the_judges_own_means(call: Round) -> None:
    boxes = call.counted()
    for row in call.ranked().rows:
        own = []
        for m in call.members:
            mine = {box: value for box, value in boxes.items() if box[:2] == (row.proposal, m)}
            if mine:
                own.append(plain_means(call, mine, base_weights(call))[0][row.proposal])
        if len(own) < 2:
            assert row.spread is None
            assert not row.disagreement
            continue
        middle = sum(own) / len(own)
        variance = sum((mean - middle) ** 2 for mean in own) / len(own)
        assert row.spread == pytest.approx(100 * float(variance) ** 0.5, abs=1e-6)
        assert row.disagreement == (variance >= Fraction(15, 100) ** 2)


@settings(max_examples=25)
@given(rounds())
def test_ranges_hold_the_place_and_whatever_weights_or_a_judge_left_out_make_of_it(call: Round) -> None:
    found = placed(call.ranked())
    boxes = call.counted()
    for weights in (base_weights(call), *weights_within_a_fifth(call, 7, 8)):
        for p, number in plain_places(plain_means(call, boxes, weights)[0]).items():
            assert found[p].by_weights.best <= number <= found[p].by_weights.last
    samples = [plain_places(means) for means in without_each(call)]
    for p, place in found.items():
        seen = [numbers[p] for numbers in samples if p in numbers]
        assert place.by_judges == Span(min(seen), max(seen))  # exact
        assert place.span.best <= place.number <= place.span.last


def test_two_proposals_change_places_exactly_when_some_corner_of_the_weights_makes_them() -> None:
    chance = random.Random(5)
    grounds = tuple(Criterion(c, chance.randint(1, 4), 0, 5) for c in range(3))
    seen = set()
    for _ in range(80):
        scores = tuple((p, m, c, chance.randint(0, 5), NO) for p, m, c in product((0, 1), (0, 1), range(3)))
        call = Round((0, 1), (0, 1), grounds, scores)
        corners = [plain_means(call, call.counted(), weights)[0] for weights in weights_within_a_fifth(call, 1, 0)]
        found = placed(call.ranked())
        for p, other in ((0, 1), (1, 0)):
            best = 2 if all(means[other] > means[p] for means in corners) else 1
            last = 2 if any(means[other] > means[p] for means in corners) else 1
            assert found[p].by_weights == Span(best, last)
            seen.add(found[p].by_weights)
    assert seen == {Span(1, 1), Span(1, 2), Span(2, 2)}


def invented(
    chance: random.Random, proposals: int, members: int, criteria: int, unjudged: float = 0, scale: int = 5
) -> Round:
    """A call as a council fills it in: proposals that are better and worse, members who differ a little."""
    grounds = tuple(Criterion(c, chance.choice((10, 20, 25, 40)), 0, scale) for c in range(criteria))
    scores = []
    for p in range(proposals):
        good = chance.uniform(0.3, 0.9)
        for ground in grounds:
            if chance.random() >= unjudged:
                for m in range(members):
                    value = round(scale * (good + chance.gauss(0, 0.2)))
                    scores.append((p, m, ground.position, min(scale, max(0, value)), NO))
    return Round(tuple(range(proposals)), tuple(range(members)), grounds, tuple(scores))


@pytest.mark.parametrize(("unjudged", "reached"), [(0, 0.9), (0.15, 0.8)])
def test_the_bounds_for_weights_are_mostly_reached_by_corners(unjudged: float, reached: float) -> None:
    """They need not be (see ``fou.ranking.firmness``); a bound that was merely wide would be of no use."""
    chance = random.Random(11)
    ends, met = 0, 0
    for _ in range(4):
        call = invented(chance, proposals=20, members=6, criteria=4, unjudged=unjudged)
        boxes = call.counted()
        samples = [plain_places(plain_means(call, boxes, w)[0]) for w in weights_within_a_fifth(call, 3, 10)]
        for p, place in placed(call.ranked()).items():
            ends += 2
            met += place.by_weights.best == min(numbers[p] for numbers in samples)
            met += place.by_weights.last == max(numbers[p] for numbers in samples)
    assert met / ends >= reached


# ---- what may never matter -------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(rounds(), amounts, st.randoms(use_true_random=False))
def test_the_order_of_what_comes_in_never_matters(call: Round, requested: Requested, chance: random.Random) -> None:
    def mixed(rows: tuple) -> tuple:
        return tuple(chance.sample(rows, len(rows)))

    other = replace(
        call,
        proposals=mixed(call.proposals),
        members=mixed(call.members),
        criteria=mixed(call.criteria),
        scores=mixed(call.scores),
        conflicts=mixed(call.conflicts),
    )
    in_order = [other.criteria.index(criterion) for criterion in call.criteria]
    expected, found = call.ranked(requested, Decimal(5)), other.ranked(requested, Decimal(5))
    rows = [replace(row, criteria=tuple(row.criteria[at] for at in in_order)) for row in found.rows]
    assert tuple(rows) == expected.rows


@settings(max_examples=25)
@given(rounds(), st.randoms(use_true_random=False))
def test_what_a_conflicted_member_has_written_never_matters(call: Round, chance: random.Random) -> None:
    scale = {criterion.position: criterion for criterion in call.criteria}

    def otherwise(score: Score) -> Score:
        p, m, c, *_ = score
        if (p, m) not in call.conflicts:
            return score
        return p, m, c, chance.choice((None, *range(scale[c].lowest, scale[c].highest + 1))), chance.choice((YES, NO))

    changed = replace(call, scores=tuple(otherwise(score) for score in call.scores))
    removed = replace(call, scores=tuple(score for score in call.scores if score[:2] not in call.conflicts))
    assert changed.ranked() == removed.ranked() == call.ranked()


@settings(max_examples=25)
@given(rounds())
def test_a_member_who_judges_nothing_changes_nothing_but_the_count_of_blanks(call: Round) -> None:
    """So that a blank is never a zero: it lowers no mean, moves no place and narrows no range."""
    idle = replace(
        call,
        members=(*call.members, 200),
        scores=(*call.scores, *((p, 200, call.criteria[0].position, None, YES) for p in call.proposals)),
    )
    before, after = by_number(call.ranked()), by_number(idle.ranked())
    for p, row in after.items():
        assert row == replace(before[p], cannot=before[p].cannot + 1, blank=before[p].blank + len(call.criteria) - 1)


@settings(max_examples=25)
@given(rounds(), st.data())
def test_a_value_made_blank_leaves_the_mean_of_the_rest(call: Round, data: st.DataObject) -> None:
    boxes = call.counted()
    if not boxes:
        return
    p, m, c = data.draw(st.sampled_from(sorted(boxes)))
    column = [criterion.position for criterion in call.criteria].index(c)
    criterion = call.criteria[column]
    blank = tuple((*s[:3], None, data.draw(st.booleans())) if s[:3] == (p, m, c) else s for s in call.scores)
    mean = by_number(replace(call, scores=blank).ranked())[p].criteria[column]
    rest = [value for (q, n, d), value in boxes.items() if (q, d) == (p, c) and n != m]
    if not rest:
        assert mean is None
        return
    steps = Fraction(sum(rest), len(rest)) - criterion.lowest
    assert mean == float(100 * steps / (criterion.highest - criterion.lowest))
    if boxes[p, m, c] <= min(rest):
        before = by_number(call.ranked())[p].criteria[column]
        assert before is not None
        assert mean >= before


@settings(max_examples=25)
@given(rounds(), st.integers(2, 9), st.integers(2, 9), st.integers(-3, 3))
def test_only_the_weights_proportions_and_the_shares_of_the_scales_matter(
    call: Round, weight: int, finer: int, moved: int
) -> None:
    def scaled(criterion: Criterion, value: int) -> int:
        return (value - criterion.lowest) * finer + criterion.lowest + moved

    of = {criterion.position: criterion for criterion in call.criteria}
    other = replace(
        call,
        criteria=tuple(
            Criterion(c.position, c.weight * weight, c.lowest + moved, scaled(c, c.highest)) for c in call.criteria
        ),
        scores=tuple((p, m, c, None if v is None else scaled(of[c], v), no) for p, m, c, v, no in call.scores),
    )
    assert other.ranked() == call.ranked()


# ---- exactness -------------------------------------------------------------------------------------------------------


def test_a_tie_that_decimals_would_break_is_a_tie() -> None:
    thirds = Round(
        (1, 2), (1, 2, 3), (Criterion(1, 1, 0, 10), Criterion(2, 1, 0, 10), Criterion(3, 1, 0, 10)),
        # 1/10 + 2/10 + 0 is not 3/10 + 0 + 0 in decimals of a computer
        ((1, 1, 1, 1, NO), (1, 1, 2, 2, NO), (1, 1, 3, 0, NO), (2, 1, 1, 3, NO), (2, 1, 2, 0, NO), (2, 1, 3, 0, NO)),
    )  # fmt: skip
    found = placed(thirds.ranked())
    assert [(place.number, place.tied) for place in found.values()] == [(1, (2,)), (1, (1,))]


def test_a_difference_that_decimals_would_lose_is_a_difference() -> None:
    """Scales so fine, and so unlike, that the integers do not fit in 64 bits."""
    huge = 10**15
    call = Round(
        (1, 2, 3), (1,), (Criterion(1, 1, 0, huge), Criterion(2, 1, 0, huge + 1)),
        ((1, 1, 1, huge // 2, NO), (1, 1, 2, 7, NO), (2, 1, 1, huge // 2 + 1, NO), (2, 1, 2, 6, NO), (3, 1, 2, 5, NO)),
    )  # fmt: skip
    found = placed(call.ranked())
    assert [found[p].number for p in (1, 2, 3)] == [2, 1, 3]
    assert found[1].mean == found[2].mean  # as near as a decimal number can tell
    assert found[1].by_weights == Span(1, 2)


def test_one_judge_alone_leaves_no_place_and_moves_up_those_below() -> None:
    call = Round(
        (1, 2, 3), (1, 2), (Criterion(1, 1, 0, 5),),
        ((1, 1, 1, 5, NO), (2, 1, 1, 3, NO), (2, 2, 1, 3, NO)),
    )  # fmt: skip
    ranking = call.ranked()
    found = placed(ranking)
    assert found[1].by_judges == Span(1, 1)
    assert (found[2].number, found[2].by_judges) == (2, Span(1, 2))
    assert ranking.rows[-1].proposal == 3
    assert ranking.rows[-1].place is None


def test_a_spread_of_exactly_the_limit_is_disagreement() -> None:
    def two(first: int, second: int) -> Ranked:
        return Round(
            (1,), (1, 2), (Criterion(1, 1, 0, 100),), ((1, 1, 1, first, NO), (1, 2, 1, second, NO))
        ).ranked().rows[0]  # fmt: skip

    assert (two(40, 70).spread, two(40, 70).disagreement) == (15, True)
    assert (two(40, 69).spread, two(40, 69).disagreement) == (14.5, False)


# ---- the money -------------------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(rounds(), amounts, st.integers(0, 12))
def test_inside_always_fits_and_outside_never_does(call: Round, requested: Requested, frame: int) -> None:
    found = placed(call.ranked(requested, Decimal(frame)))
    assert all(place.money.zone is not None for place in found.values())
    for means in outcomes(call):
        for p, mean in means.items():
            before = [q for q, other in means.items() if other > mean]
            level = [q for q, other in means.items() if other == mean]
            taken = [requested.get(q) for q in (*before, *level)]
            if found[p].money.zone is Zone.INSIDE:
                assert sum(map(known, taken)) <= frame
                assert not any(map(is_open, taken))
            if found[p].money.zone is Zone.OUTSIDE:
                surely = [requested.get(q) for q in {*before, p}]
                assert sum(map(known, surely)) > frame
    for place in found.values():
        down = [requested.get(q) for q, other in found.items() if other.number <= place.number]
        assert place.money.cumulated == sum(map(known, down))
        assert place.money.cumulated_open == sum(map(is_open, down))


def clear(values: Sequence[int]) -> Round:
    """Two judges who agree, on one ground: places that nothing moves."""
    scores = tuple((p, m, 1, value, NO) for p, value in enumerate(values, 1) for m in (1, 2))
    return Round(tuple(range(1, len(values) + 1)), (1, 2), (Criterion(1, 1, 0, 10),), scores)


def zones(call: Round, requested: Sequence[int | None], frame: int | None) -> list[Zone | None]:
    asked = {p: None if amount is None else Decimal(amount) for p, amount in enumerate(requested, 1)}
    found = placed(call.ranked(asked, None if frame is None else Decimal(frame)))
    return [found[p].money.zone for p in call.proposals]


def test_a_firm_order_has_no_zone_and_equals_at_the_frame_are_one() -> None:
    assert zones(clear((9, 7, 5)), (100, 100, 100), 200) == [Zone.INSIDE, Zone.INSIDE, Zone.OUTSIDE]
    assert zones(clear((9, 7, 7)), (100, 100, 100), 200) == [Zone.INSIDE, Zone.ZONE, Zone.ZONE]
    assert zones(clear((9, 7, 7)), (100, 100, 100), 300) == [Zone.INSIDE] * 3
    assert zones(clear((9, 7)), (100, 100), None) == [None, None]


def test_who_is_only_ever_level_with_another_at_the_edge_of_the_weights_may_still_share_its_money() -> None:
    """6 against 4, on grounds of their own: 0.8 · 6 = 1.2 · 4."""
    given = ((1, 1, 6), (1, 2, 0), (2, 1, 0), (2, 2, 4))
    scores = tuple((p, m, c, value, NO) for p, c, value in given for m in (1, 2))
    call = Round((1, 2), (1, 2), (Criterion(1, 1, 0, 10), Criterion(2, 1, 0, 10)), scores)
    assert [placed(call.ranked())[p].span for p in (1, 2)] == [Span(1, 1), Span(1, 2)]
    assert zones(call, (100, 100), 100) == [Zone.ZONE, Zone.ZONE]


def test_an_open_amount_is_unknown_and_never_nothing() -> None:
    assert zones(clear((9, 7, 5)), (100, None, 100), 1000) == [Zone.INSIDE, Zone.ZONE, Zone.ZONE]
    assert zones(clear((9, 7, 5)), (300, None, 100), 350) == [Zone.INSIDE, Zone.ZONE, Zone.OUTSIDE]
    money = placed(clear((9, 7)).ranked({1: Decimal("100.50")}, Decimal(500)))[2].money
    assert (money.cumulated, money.cumulated_open, money.least, money.most) == (
        Decimal("100.50"),
        1,
        Decimal("100.50"),
        None,
    )


def test_the_part_of_an_amount_that_is_known_counts() -> None:
    """300 000 for one year and an open amount for the next is at least 300 000, and never 0."""
    partly = {1: Amount(Decimal(300), True), 2: Decimal(100)}
    ranking = clear((9, 7)).ranked(partly, Decimal(350))
    first, second = placed(ranking).values()
    assert (first.money.cumulated, first.money.cumulated_open) == (300, 1)
    assert (first.money.least, first.money.most) == (300, None)
    assert (second.money.cumulated, second.money.cumulated_open, second.money.least) == (400, 1, 400)
    assert (first.money.zone, second.money.zone) == (Zone.ZONE, Zone.OUTSIDE)
    assert [row.requested for row in ranking.rows] == [None, 100]


def test_an_amount_below_zero_is_refused() -> None:
    for below in (Decimal(-1), Amount(Decimal(-1), True)):
        with pytest.raises(ValueError, match="amount"):
            clear((9, 7)).ranked({1: below})


# ---- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        (((1, 1, 1, 11, NO),), "outside"),
        (((1, 1, 1, -1, NO),), "outside"),
        (((1, 9, 1, 3, NO),), "names 9"),
        (((1, 1, 9, 3, NO),), "names 9"),
        (((1, 1, 1, 3, NO), (1, 1, 1, 3, NO)), "two values"),
    ],
)
def test_a_score_that_cannot_be_placed_is_refused(scores: tuple[Score, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        gather((1,), (1,), (Criterion(1, 1, 0, 10),), scores)


def test_scores_of_other_proposals_are_left_out() -> None:
    """A withdrawn one needs no filter of its own."""
    call = clear((9, 7, 5))
    assert [row.proposal for row in replace(call, proposals=(3, 1)).ranked().rows] == [1, 3]


@pytest.mark.parametrize(("weight", "lowest", "highest"), [(0, 0, 5), (1, 3, 3)])
def test_a_criterion_without_weight_or_scale_is_refused(weight: int, lowest: int, highest: int) -> None:
    with pytest.raises(ValueError, match="criterion 4"):
        Criterion(4, weight, lowest, highest)


@pytest.mark.parametrize(
    "call", [Round((), (), (), ()), Round((), (1,), (Criterion(1, 1, 0, 5),), ()), Round((1,), (), (), ())]
)
def test_a_call_with_nothing_in_it_yet_has_a_ranking_without_places(call: Round) -> None:
    assert [row.place for row in call.ranked().rows] == [None] * len(call.proposals)
