"""A call's ranking and the rounds over the years, told and drawn: sentences, figures and tables say the same thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fou.calls import Applied, Sum
from fou.charts.calls import By, Told, asked_amounts, asked_numbers, grounds_chart
from fou.charts.chart import Chart
from fou.charts.drawing import Bars, Columns, Ranges
from fou.charts.ranking import (
    FIRM,
    ONE_JUDGE,
    counted,
    cumulated_text,
    discussions,
    firm_sentence,
    how_firm,
    money_chart,
    money_sentence,
    more_sentences,
    movable,
    placed_rows,
    places_chart,
    ranking_table,
    why_unplaced,
)
from fou.charts.svg import svg
from fou.model import Call, Criterion, Project, Proposal, Record, columns
from fou.money import OPEN_TEXT, format_sek
from fou.ranking import Amount, Zone, gather, rank
from fou.ranking import Criterion as Scale
from fou.standings import Apart, Asked, GroundMet, LeftOut, Row, Standings

EVIL = "<b>fet</b> | [länk](x) & **stjärnor**"
WORDS = ["noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"]
NOTHING_LEFT = LeftOut(0, 0, Decimal(0), 0, Decimal(0), 0)
R = TypeVar("R", bound=Record)


def record(kind: type[R], **said: object) -> R:
    """A record with what is said of it; the rest is not known."""
    values: dict[str, Any] = {**dict.fromkeys(columns(kind)), **said}
    return kind(**values)


CALL = record(Call, id=1, code="LUM", name="LUM 2026", year=2026, state="assessment", scores_open=True)


def applied(number: int, title: str) -> Applied:
    proposal = record(Proposal, id=number, code=f"LUM-{number:02}", call=1, project=number)
    project = record(Project, id=number, code=f"LUM-{number:02}", title=title)
    return Applied(proposal, project, None, (), (), Sum(), ())


def ground(position: int, name: str, weight: int = 1) -> Criterion:
    return record(Criterion, id=position, call=1, position=position, name=name, weight=weight, scale=5)


def found(
    judged: Sequence[Sequence[Sequence[int | None]]],
    asked: Sequence[int | Sum | None] = (),
    frame: int | None = None,
    away: Sequence[tuple[int, int]] = (),
    years: tuple[int, ...] = (2026,),
    title: str = "Ansökan",
) -> Standings:
    """The ranking of applications × members × grounds; ``asked`` is SEK each, ``away`` (application, member)."""

    def sum_of(amount: int | Sum | None) -> Sum:
        if isinstance(amount, Sum):
            return amount
        return Sum(open=1) if amount is None else Sum(Decimal(amount))

    members = max((len(one) for one in judged), default=0)
    grounds = max((len(values) for one in judged for values in one), default=1)
    criteria = tuple(ground(at + 1, f"Grund {at + 1}", 1 + at) for at in range(grounds))
    scores = [
        (p, m, c + 1, value, None)
        for p, one in enumerate(judged)
        for m, values in enumerate(one)
        for c, value in enumerate(values)
    ]
    scales = [Scale(one.position, one.weight or 1, 0, 5) for one in criteria]
    ballots = gather(range(len(judged)), range(members), scales, scores, away)
    sums = {p: sum_of(amount) for p, amount in enumerate(asked)}
    amounts = {p: Amount(one.amount, bool(one.open)) for p, one in sums.items()}
    ranking = rank(ballots, amounts, None if frame is None else Decimal(frame))
    rows = tuple(
        Row(applied(one.proposal, f"{title} {one.proposal}"), one, sums.get(one.proposal, Sum(open=1)))
        for one in ranking.rows
    )
    return Standings(CALL, criteria, None, rows, (), ranking.frame, years, members)


def number(word: str) -> int:
    return WORDS.index(word) if word in WORDS else int(word)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


CLEAR = [[[5], [5], [5]], [[4], [4], [4]], [[2], [2], [2]], [[0], [0], [0]]]

rounds = st.integers(2, 7).flatmap(
    lambda size: st.tuples(
        st.lists(
            st.lists(st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=2, max_size=2), min_size=3, max_size=3),
            min_size=size,
            max_size=size,
        ),
        st.lists(st.one_of(st.none(), st.integers(0, 900)), min_size=size, max_size=size),
        st.one_of(st.none(), st.integers(0, 3_000)),
    )
)


# --- How sure the ranking is ------------------------------------------------------------------------------------


def test_a_clear_ranking_stands() -> None:
    assert firm_sentence(found(CLEAR)) == "Alla fyra platser står fast."


def test_those_that_stand_first_are_counted_and_the_rest_may_change_places() -> None:
    close = [*CLEAR[:2], [[2], [3], [2]], [[3], [2], [2]], [[2], [2], [3]]]
    assert firm_sentence(found(close)) == "De två första står fast; plats 3–5 kan byta plats."


def test_when_none_stands_it_is_said() -> None:
    assert firm_sentence(found([[[5], [0]], [[0], [4]]])) == "Plats 1–2 kan byta plats: ingen plats står fast."


def test_one_judge_is_too_few_to_say_how_sure_the_ranking_is() -> None:
    alone = found([[[5]], [[1]]])
    assert "bara en bedömare" in firm_sentence(alone)
    assert {how_firm(row, place) for row, place in placed_rows(alone)} == {ONE_JUDGE}


def test_ties_are_said_as_ties() -> None:
    tied = found([CLEAR[0], CLEAR[1], CLEAR[1], CLEAR[1]])
    assert more_sentences(tied).startswith("Plats 2 delas av tre. För fyra ansökningar är beloppet inte fastställt")
    assert [row[0] for row in places_chart(tied).table.rows] == ["1", "delad 2", "delad 2", "delad 2"]


def test_who_is_judged_by_few_is_said() -> None:
    few = found([[[5], [5], [5]], [[4], [None], [None]], [[2], [None], [None]]], asked=[1, 1, 1])
    assert more_sentences(few) == (
        "Två ansökningar är bedömda av mindre än hälften av ledamöterna: fler bedömningar kan ändra platserna."
    )
    # Those in conflict are not expected to judge it.
    away = found([[[5], [5], [5]], [[4], [None], [None]]], asked=[1, 1], away=[(1, 2)])
    assert more_sentences(away) == ""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([100, 400, 300], ""),
        ([100, 401, 300], "En ansökan söker ensam mer än alla utlysningens pengar."),
        ([500, 401, 300], "Två ansökningar söker var för sig mer än alla utlysningens pengar."),
    ],
)
def test_who_asks_for_more_than_there_is_at_all_is_said(asked: list[int], said: str) -> None:
    assert more_sentences(found(CLEAR[:3], asked=asked, frame=400)) == said


def test_those_that_nobody_judged_are_last_with_why() -> None:
    some = found([CLEAR[0], [[None], [None], [None]], [[3], [3], [3]]], away=[(2, 0), (2, 1), (2, 2)])
    assert [row.applied.project.title for row in some.rows] == ["Ansökan 0", "Ansökan 1", "Ansökan 2"]
    assert [why_unplaced(row, some) for row in some.rows[1:]] == ["ingen har svarat", "alla ledamöter har jäv"]
    assert "Två ansökningar är inte bedömda." in more_sentences(some)
    assert "2 ansökningar" not in counted(some).left_out
    assert "3 jäv" in counted(some).left_out


@settings(max_examples=25)
@given(rounds)
def test_the_sentences_figures_and_tables_of_a_ranking_agree(
    made: tuple[list[list[list[int | None]]], list[int | None], int | None],
) -> None:
    judged, asked, frame = made
    ranking = found(judged, asked, frame, title=EVIL)
    placed = placed_rows(ranking)
    places, money = places_chart(ranking), money_chart(ranking, "kr")
    # The places stand in the same order, with the same bounds, everywhere.
    firm = [how_firm(row, place) == FIRM for row, place in placed]
    if 0 < sum(firm) < len(placed):
        assert places.title.startswith(f"{sum(firm)} av {len(placed)}")
    if match := re.match(r"De (\w+) första står fast", firm_sentence(ranking)):
        assert firm[: number(match[1]) + 1] == [True] * number(match[1]) + [False]
    for best, last in movable(ranking):
        assert f"{best}–{last}" in firm_sentence(ranking) or not any(firm) or "grupper till" in firm_sentence(ranking)
    if places.drawing is not None:
        assert isinstance(places.drawing, Ranges)
        for one, (_, place) in zip(places.drawing.rows, placed, strict=True):
            assert (one.low, one.high, one.mark) == (
                place.span.best - Decimal("0.5"), place.span.last + Decimal("0.5"), Decimal(place.number)
            )  # fmt: skip
    assert len(places.table.rows) == len(ranking.rows)
    # What is said of the money is what is drawn: beside the line, or across it.
    said = money_sentence(ranking, "kr")
    zones = [place.money.zone for _, place in placed]
    if frame is not None and len(placed) > 1:
        for words, zone in ((r"(?<!inte )säkert till (\w+) av", Zone.INSIDE), (r"(\w+) beror", Zone.ZONE),
                            (r"(\w+) ryms inte", Zone.OUTSIDE)):  # fmt: skip
            match = re.search(words, said)
            if match and match[1] != "alla":
                assert number(match[1]) == zones.count(zone)
        assert ("säkert till alla" in said) == (zones.count(Zone.INSIDE) == len(placed))
        assert money.title == f"{format_sek(frame)} räcker säkert till {zones.count(Zone.INSIDE)} av " + (
            f"{len(placed)} ansökningar"
        )
    if isinstance(money.drawing, Ranges) and frame is not None:
        for one, (_, place) in zip(money.drawing.rows, placed, strict=False):
            assert one.low is not None
            inside, outside = one.high is not None and one.high <= frame, one.low > frame
            assert (inside, outside) == (place.money.zone is Zone.INSIDE, place.money.zone is Zone.OUTSIDE)
    if placed:
        whole = sum((row.requested.amount for row, _ in placed), Decimal(0))
        assert placed[-1][1].money.cumulated == whole
        if whole or not any(row.requested.open for row, _ in placed):
            assert f"{format_sek(whole)} i allt" in money.sentence
        else:
            assert "i allt för 2026 är inte fastställt." in money.sentence
    for chart in (places, money):
        if chart.drawing is not None:
            assert chart.figure is not None
            assert EVIL.split(" |")[0] not in str(chart.figure.to_dict())
            ElementTree.fromstring(svg(chart.drawing, chart.title, chart.sentence, headed=True))


@settings(max_examples=15)
@given(rounds, st.randoms(use_true_random=False))
def test_the_order_that_applications_come_in_makes_no_difference(
    made: tuple[list[list[list[int | None]]], list[int | None], int | None], chance: Any
) -> None:
    judged, asked, frame = made
    order = list(range(len(judged)))
    chance.shuffle(order)
    one, other = found(judged, asked, frame), found([judged[at] for at in order], [asked[at] for at in order], frame)
    assert firm_sentence(one) == firm_sentence(other)
    assert money_sentence(one, "kr") == money_sentence(other, "kr")
    assert more_sentences(one) == more_sentences(other)


@settings(max_examples=15)
@given(rounds)
def test_a_member_who_leaves_everything_blank_lowers_nothing(
    made: tuple[list[list[list[int | None]]], list[int | None], int | None],
) -> None:
    judged, asked, frame = made
    before, after = found(judged, asked, frame), found([[*one, [None, None]] for one in judged], asked, frame)
    for chart in (places_chart, lambda ranking: money_chart(ranking, "kr")):
        assert (chart(before).title, chart(before).sentence, chart(before).drawing) == (
            chart(after).title, chart(after).sentence, chart(after).drawing
        )  # fmt: skip


# --- How far the money reaches ----------------------------------------------------------------------------------


def test_the_money_is_said_as_a_zone() -> None:
    close = found([CLEAR[0], [[3], [4], [3]], [[4], [3], [3]], CLEAR[3]], [500, 400, 300, 100], 900)
    assert plain(money_sentence(close, "kr")) == (
        "900 kr räcker säkert till en av fyra; två beror på placeringen och en ryms inte."
    )
    drawing = money_chart(close, "kr").drawing
    assert isinstance(drawing, Ranges)
    assert [row.group for row in drawing.rows] == [
        "Ryms säkert", "Här avgör placeringen", "Här avgör placeringen", "Ryms inte",
    ]  # fmt: skip
    assert drawing.line == 900


@pytest.mark.parametrize(
    ("asked", "frame", "years", "said"),
    [
        ([1, 1, 1, 1], 4, (2026,), "4 kr räcker säkert till alla fyra."),
        ([9, 9, 9, 9], 4, (2026,), "4 kr räcker inte till någon av fyra."),
        ([1, 1, 1, 1], None, (2026,), "Utlysningens belopp är inte fastställt"),
        ([1, 1, 1, 1], None, (), "Det är inte sagt hur mycket pengar"),
    ],
)
def test_what_is_known_of_the_money_is_said(
    asked: list[int], frame: int | None, years: tuple[int, ...], said: str
) -> None:
    assert plain(money_sentence(found(CLEAR, asked, frame, years=years), "kr")).startswith(said)


def test_an_amount_that_is_not_set_is_never_0_kr() -> None:
    ranking = found(CLEAR, [None, 5, 5, 5], 1_000)
    chart = money_chart(ranking, "kr")
    assert [row[2:7] for row in chart.table.rows] == [
        (OPEN_TEXT, OPEN_TEXT, 1, OPEN_TEXT, OPEN_TEXT), *((5, sum_, 1, sum_, OPEN_TEXT) for sum_ in (5, 10, 15)),
    ]  # fmt: skip
    assert [row[8:10] for row in ranking_table(ranking).rows] == [(OPEN_TEXT, 1), (5, 1), (10, 1), (15, 1)]
    assert [plain(cumulated_text(place, "kr")) for _, place in placed_rows(ranking)] == [
        OPEN_TEXT, "minst 5", "minst 10", "minst 15",
    ]  # fmt: skip
    assert "minst 15 kr i allt" in plain(chart.sentence)
    assert isinstance(chart.drawing, Ranges)
    first = chart.drawing.rows[0]
    assert (first.said, first.mark) == (f"söker {OPEN_TEXT}", None)


def test_when_no_amount_is_set_no_sum_is_said() -> None:
    chart = money_chart(found(CLEAR, frame=1_000), "kr")
    assert "Vad fyra ansökningar med plats söker i allt för 2026 är inte fastställt." in chart.sentence
    assert " 0 " not in plain(chart.sentence)
    assert [row[2:7] for row in chart.table.rows] == [
        (OPEN_TEXT, OPEN_TEXT, number, OPEN_TEXT, OPEN_TEXT) for number in (1, 2, 3, 4)
    ]
    assert isinstance(chart.drawing, Ranges)
    assert {(row.said, row.mark) for row in chart.drawing.rows} == {(f"söker {OPEN_TEXT}", None)}


def test_the_part_of_an_amount_that_is_set_counts_and_the_rest_is_said_beside_it() -> None:
    ranking = found(CLEAR[:2], [Sum(Decimal(300_000), 1), 100_000], 1_000_000)
    chart = money_chart(ranking, "mnkr")
    least = plain(str(chart.table.rows[0][2]))
    assert (least, *chart.table.rows[0][3:7]) == ("minst 300 000 kr", 300_000, 1, 300_000, OPEN_TEXT)
    assert (chart.table.rows[1][3:6], "minst 0,4 mnkr i allt" in plain(chart.sentence)) == ((400_000, 1, 400_000), True)
    assert isinstance(chart.drawing, Ranges)
    assert plain(chart.drawing.rows[0].said) == "söker minst 0,3 · kräver minst 0,3 mnkr"


def test_those_far_below_the_zone_are_counted_and_left_to_the_table() -> None:
    many = found([[[5]] * 3, *([[[at % 3]] * 3 for at in range(8)])], [100] * 9, 100)
    chart = money_chart(many, "kr")
    assert isinstance(chart.drawing, Ranges)
    assert (len(chart.drawing.rows), len(chart.table.rows)) == (4, 9)
    assert "Fem ansökningar till, som inte ryms, står bara i tabellen." in chart.sentence


def test_disagreement_is_pointed_out_with_its_ground_and_nobodys_name() -> None:
    ranking = found([[[0, 3], [5, 3]], [[3, 3], [3, 3]]])
    row = next(row for row in ranking.rows if row.ranked.disagreement)
    apart = Row(row.applied, row.ranked, row.requested, Apart(ranking.criteria[0], 0, 5))
    rows = (apart, *(one for one in ranking.rows if one is not row))
    (_, said), = discussions(Standings(CALL, ranking.criteria, None, rows))  # fmt: skip
    assert said == "spridningen är 16,7 poäng, mest om Grund 1: från 0 till 5"


# --- Over the years ---------------------------------------------------------------------------------------------


def asked(year: int | None, name: str, requested: int, granted: int, projects: int = 1, given_to: int = 0) -> Asked:
    return Asked(year, name, Sum(Decimal(requested)), Sum(Decimal(granted)), projects, given_to)


ROWS = (
    asked(None, "Skola", 300, 100, 2, 1), asked(None, "Vård", 500, 0, 3), asked(2025, "Skola", 100, 100, 1, 1),
    asked(2026, "Skola", 200, 0, 2), asked(2026, "Vård", 500, 0, 3),
)  # fmt: skip


def test_by_area_the_one_with_most_requested_is_first() -> None:
    chart = asked_amounts(ROWS, Told("area"), NOTHING_LEFT, "kr")
    assert plain(chart.title) == "Mest är sökt inom Vård: 500 kr"
    assert plain(chart.sentence) == (
        "500 kr är sökt inom Vård, och 0 kr (0 %) är beviljat. Störst andel har Skola fått, 33,3 %; minst Vård, 0 %."
    )
    assert isinstance(chart.drawing, Bars)
    assert chart.drawing.marks == (Decimal(500), Decimal(300))
    assert chart.counted.left_out == "Inget."


def test_one_area_is_shown_year_by_year_and_a_project_is_counted_once_in_all() -> None:
    amounts, numbers = (
        make(ROWS, Told("area", "Skola"), NOTHING_LEFT, "kr") for make in (asked_amounts, asked_numbers)
    )
    assert plain(amounts.sentence) == (
        "300 kr är sökt för 2025–2026, och 100 kr (33,3 %) är beviljat till samma projekt. "
        "Mest söktes för 2026: 200 kr."
    )
    assert isinstance(amounts.drawing, Columns)
    assert amounts.drawing.groups == ("2025", "2026")
    assert plain(numbers.title) == "Skola: 1 av 2 projekt som sökte har beviljats"
    assert [row[1] for row in numbers.table.rows] == [1, 2]


def test_what_is_left_out_over_the_years_is_counted_with_why() -> None:
    left = LeftOut(2, 1, Decimal(70), 1, Decimal(0), 0)
    assert plain(asked_amounts(ROWS, Told("area"), left, "kr").counted.left_out) == (
        "2 ansökningar som är återtagna eller flyttade; 1 ansökan utan uppgift om belopp; 70 kr beviljat på "
        "villkor till 1 projekt. Räknat på alla utlysningar."
    )


@pytest.mark.parametrize("by", ["year", "area", "applicant"])
def test_without_applications_the_years_say_so(by: By) -> None:
    for make in (asked_amounts, asked_numbers):
        chart = make((), Told(by), NOTHING_LEFT, "kr")
        assert (chart.title, chart.drawing, chart.table.rows) == ("Inga ansökningar är kända", None, ())


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 9_000_000), st.integers(0, 9_000_000)), min_size=1, max_size=15))
def test_what_is_said_and_drawn_over_the_years_is_what_the_table_holds(sums: list[tuple[int, int]]) -> None:
    years = [asked(2010 + at, "", *pair) for at, pair in enumerate(sums)]
    areas = [asked(None, f"Område {at}", *pair) for at, pair in enumerate(sums)]
    over = asked_amounts([asked(None, "", 0, 0), *years], Told("year"), NOTHING_LEFT, "kr")
    assert over.sentence.startswith(format_sek(sum(one for one, _ in sums)))
    assert f"och {format_sek(sum(given_ for _, given_ in sums))} (" in over.sentence
    drawn = asked_amounts(areas, Told("area"), NOTHING_LEFT, "kr")
    assert isinstance(drawn.drawing, Bars)
    assert drawn.drawing.marks == tuple(row[1] for row in drawn.table.rows[:12])
    assert drawn.drawing.series[0].values == tuple(row[2] for row in drawn.table.rows[:12])
    assert ("till står i tabellen" in drawn.sentence) == (len(sums) > 12)


def test_how_the_grounds_were_met_names_the_one_that_differs_most() -> None:
    met = (
        GroundMet(ground(1, "Nytta"), 80.0, 2, 70.0, 3), GroundMet(ground(2, "Kvalitet"), 60.0, 2, 30.5, 3),
        GroundMet(ground(3, "Samverkan"), None, 0, 20.0, 1),
    )  # fmt: skip
    chart = grounds_chart(met, 1)
    assert chart.title == "Kvalitet skiljer mest mellan beviljade och övriga"
    assert chart.sentence == (
        "De beviljade ansökningarna möter Nytta bäst, med 80,0 av 100 poäng i medeltal. Mest skiljer Kvalitet: 29,5 "
        "poäng mer än de övriga, 60,0 mot 30,5."
    )
    assert [row[-1] for row in chart.table.rows] == ["+10,0", "+29,5", None]
    assert isinstance(chart.drawing, Ranges)
    assert [row.name for row in chart.drawing.rows] == ["Nytta", "", "Kvalitet", "", "Samverkan"]
    assert [row.high for row in chart.drawing.rows] == [80, 70, 60, Decimal("30.5"), 20]
    assert "1 ansökan som du är jävig i" in plain(chart.counted.left_out)


def test_without_anything_granted_there_is_nothing_to_compare_the_grounds_with() -> None:
    chart: Chart = grounds_chart((GroundMet(ground(1, "Nytta"), None, 0, 70.0, 3),), 0)
    assert (chart.title, chart.drawing) == ("Ingen bedömd ansökan är beviljad", None)
