"""Charts as pictures: parts beside each other are told apart in grey, and texts are texts."""

from __future__ import annotations

import itertools
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fou.charts.chart import Chart, Counted, Table
from fou.charts.drawing import Bars, Row, Series
from fou.charts.palette import LOOKS
from fou.exports.picture import chart_png, chart_svg
from tests.unit.test_palette import TOGETHER

PAIRS = sorted({pair for group in TOGETHER for pair in itertools.combinations(group, 2)})
EVIL = '<script>alert(1)</script> & "citat" 😀'


def chart(*rows: tuple[str, str], title: str = "Rubrik") -> Chart:
    """A bar for each (name, look), all of the same length."""
    drawing = Bars(
        rows=tuple(Row(name, "1 kr") for name, _ in rows),
        series=tuple(
            Series(look, look, tuple(Decimal(1) if other == look else None for _, other in rows)) for _, look in rows
        ),
        unit="kr",
    )
    return Chart("prov", title, "En mening.", drawing, Table(("A",), ()), Counted("", "", ""))


@pytest.fixture(scope="module")
def tiles() -> dict[str, NDArray[np.float64]]:
    """The middle of each look's bar on a printout without colours: grey from 0 (black) to 1."""
    return {look: tile(look) for look in LOOKS}


def tile(look: str) -> NDArray[np.float64]:
    picture = Image.open(BytesIO(chart_png(chart(("A", look)), headed=False))).convert("L")
    grey = np.asarray(picture, dtype=float) / 255
    width = grey.shape[1]
    # All that is drawn to the right is the bar: one series has no legend.
    rows = np.flatnonzero((grey[:, int(width * 0.5) : int(width * 0.9)] < 0.97).any(axis=1))
    middle = int(rows[0] + rows[-1]) // 2
    return grey[middle - 16 : middle + 16, int(width * 0.6) : int(width * 0.6) + 96]


def apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The mean difference in grey at the shift where the two look most alike."""
    shifts = itertools.product(range(-12, 13, 2), range(-12, 13, 2))
    return min(float(np.abs(one - np.roll(other, shift, axis=(0, 1))).mean()) for shift in shifts)


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_parts_that_stand_together_are_told_apart_in_grey(
    tiles: dict[str, NDArray[np.float64]], pair: tuple[str, str]
) -> None:
    assert apart(tiles[pair[0]], tiles[pair[1]]) >= 0.1


def test_what_is_written_stands_as_text_in_the_picture() -> None:
    tree = ElementTree.fromstring(chart_svg(chart((EVIL, "paid"), title=EVIL)))
    assert "script" not in {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert tree.find("{http://www.w3.org/2000/svg}title").text == EVIL  # type: ignore[union-attr]


def test_the_picture_says_its_sentence_to_those_who_cannot_see_it() -> None:
    tree = ElementTree.fromstring(chart_svg(chart(("A", "paid"))))
    assert tree.find("{http://www.w3.org/2000/svg}desc").text == "En mening."  # type: ignore[union-attr]
