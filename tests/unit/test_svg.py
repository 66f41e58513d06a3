"""A drawing as SVG: well-formed whatever the names, to scale, and told apart without colour."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from fou.charts.chart import Chart, Counted, Table
from fou.charts.drawing import Bars, Columns, Drawing, Row, Series, Span, Spans
from fou.charts.palette import LOOKS
from fou.charts.svg import WIDTH, svg
from fou.exports.picture import chart_png, chart_svg

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>&\" \x07 'x' 😀 מחקר " + "å" * 500
BARS = Bars(
    rows=(Row("2013", "ram 4 kr"), Row("", "på villkor 1 kr"), Row(HOSTILE, HOSTILE)),
    series=(
        Series("Utbetalt", "paid", (Decimal(1), None, Decimal(3))),
        Series(HOSTILE, "granted", (Decimal(2), Decimal(1), None)),
    ),
    unit="kr",
    marks=(Decimal(4), None, None),
    mark_name="Ram",
)
DRAWINGS: list[Drawing] = [
    BARS,
    Columns(("2013", HOSTILE), (Series("Beviljat", "granted", (Decimal(5), None)),), "tkr", ("", "ej fastställt")),
    Columns(tuple(map(str, range(2000, 2020))), (Series("Sökt", "requested", (Decimal(1_000_000),) * 20),), "kr"),
    Spans(
        (Span(HOSTILE, "2013–2014", date(2013, 1, 1), date(2014, 12, 31), "paid", HOSTILE),),
        (("paid", "Pågår"),),
        date(2014, 1, 1),
    ),
]


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_a_picture_is_well_formed_and_told_in_words_whatever_the_names(drawing: Drawing) -> None:
    root = ElementTree.fromstring(svg(drawing, HOSTILE, "En mening.", headed=True))
    assert root.find(f"{SVG}desc").text == "En mening."  # type: ignore[union-attr]
    assert "<script>&" in root.find(f"{SVG}title").text  # type: ignore[union-attr,operator]
    assert root.get("viewBox", "").startswith(f"0 0 {WIDTH:.0f} ")


def test_bars_are_as_long_as_their_amounts_and_begin_where_the_one_before_ends() -> None:
    root = ElementTree.fromstring(svg(BARS, "", ""))
    bars = [
        box for box in root.findall(f"{SVG}rect") if box.get("fill") in (LOOKS["paid"].colour, LOOKS["granted"].colour)
    ]
    paid, granted, *_ = [(float(box.get("x", 0)), float(box.get("width", 0))) for box in bars]
    unit = paid[1] + 1.5
    assert granted[0] == pytest.approx(paid[0] + unit, abs=0.1)
    assert granted[1] + 1.5 == pytest.approx(2 * unit, abs=0.1)


def test_every_look_has_a_pattern_or_ground_of_its_own() -> None:
    """Seen without colour: the lines of the pattern, and whether they are drawn on an empty ground."""
    looks = {}
    for look, found in LOOKS.items():
        one = Bars((Row("a", ""),), (Series("b", look, (Decimal(1),)),), "kr")
        root = ElementTree.fromstring(svg(one, "", ""))
        lines = tuple(path.get("d") for path in root.findall(f"{SVG}path") if path.get("clip-path"))
        looks[look] = (lines, found.hollow)
    assert len(set(looks.values())) == len(looks)


def test_a_chart_is_kept_as_svg_and_as_a_fine_png() -> None:
    chart = Chart("namn", "Rubrik", "Mening.", BARS, Table((), ()), Counted("", "", ""))
    picture = chart_png(chart)
    assert "Rubrik" in chart_svg(chart)
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") >= 2 * WIDTH


def test_there_is_no_picture_of_nothing() -> None:
    chart = Chart("namn", "Rubrik", "Mening.", None, Table((), ()), Counted("", "", ""))
    with pytest.raises(ValueError, match="nothing to draw"):
        chart_png(chart)
