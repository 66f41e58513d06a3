"""The theme's and the charts' colours: contrast as WCAG 2.1 counts it, and what the colour-blind see.

Colour blindness is simulated with the matrices of Machado, Oliveira and Fernandes (2009), and the distance
between two colours is CIE76 in L*a*b*.
"""

from __future__ import annotations

import itertools
import math
import tomllib
from pathlib import Path

import pytest

from fou.charts.palette import LOOKS, colour, marker

THEME = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
MODES = ("light", "dark")

SIGHT = {
    "full": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}

# Kinds that stand in the same figure, as parts of one bar or as bars side by side.
TOGETHER = (
    ("paid", "granted", "reserved", "free"),
    ("granted", "reserved", "proposed", "free"),
    ("requested", "proposed", "granted"),
    ("planned", "granted", "spent", "forecast"),
    ("granted", "reserved", "open"),
    ("granted", "paid", "spent", "returned"),
)

Triple = tuple[float, float, float]


def linear(hex_colour: str) -> Triple:
    channels = (int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def luminance(hex_colour: str) -> float:
    red, green, blue = linear(hex_colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def see_through(front: str, back: str, opacity: float) -> str:
    mixed = (round(opacity * int(front[i : i + 2], 16) + (1 - opacity) * int(back[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def lab(hex_colour: str, sight: str) -> Triple:
    rgb = linear(hex_colour)
    seen = [min(1.0, max(0.0, sum(m * c for m, c in zip(row, rgb, strict=True)))) for row in SIGHT[sight]]
    x = (0.4124564 * seen[0] + 0.3575761 * seen[1] + 0.1804375 * seen[2]) / 0.95047
    y = 0.2126729 * seen[0] + 0.7151522 * seen[1] + 0.0721750 * seen[2]
    z = (0.0193339 * seen[0] + 0.1191920 * seen[1] + 0.9503041 * seen[2]) / 1.08883
    fx, fy, fz = (math.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: str, other: str, sight: str) -> float:
    return math.dist(lab(one, sight), lab(other, sight))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
@pytest.mark.parametrize("text", ["textColor", "linkColor", "codeTextColor", "dataframeHeaderTextColor"])
def test_text_can_be_read_on_every_ground(mode: str, ground: str, text: str) -> None:
    assert contrast(THEME[mode][text], THEME[mode][ground]) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
def test_streamlits_faded_text_can_be_read(mode: str, ground: str) -> None:
    back = THEME[mode][ground]
    assert contrast(see_through(THEME[mode]["textColor"], back, 0.6), back) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_white_letters_can_be_read_on_a_button(mode: str) -> None:
    assert contrast("#ffffff", THEME[mode]["primaryColor"]) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("part", ["primaryColor", "borderColor"])
def test_buttons_and_frames_stand_out_from_the_page(mode: str, part: str) -> None:
    assert contrast(THEME[mode][part], THEME[mode]["backgroundColor"]) >= 3


@pytest.mark.parametrize("mode", MODES)
def test_chart_colours_stand_out_from_the_page(mode: str) -> None:
    ground = THEME[mode]["backgroundColor"]
    weak = [c for c in THEME[mode]["chartCategoricalColors"] if contrast(c, ground) < 3]
    assert weak == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("sight", SIGHT)
def test_chart_colours_stay_apart_for_the_colour_blind(mode: str, sight: str) -> None:
    pairs = itertools.combinations(THEME[mode]["chartCategoricalColors"], 2)
    assert min(distance(one, other, sight) for one, other in pairs) >= 20


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", LOOKS)
def test_a_kind_of_money_stands_out_from_the_page(mode: str, kind: str) -> None:
    assert contrast(colour(kind), THEME[mode]["backgroundColor"]) >= 3


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("group", TOGETHER, ids=" ".join)
def test_kinds_shown_together_stay_apart_for_the_colour_blind(group: tuple[str, ...], sight: str) -> None:
    pairs = itertools.combinations(group, 2)
    assert min(distance(colour(one), colour(other), sight) for one, other in pairs) >= 15


def test_every_kind_has_a_pattern_of_its_own() -> None:
    assert len({(look.shape, look.hollow) for look in LOOKS.values()}) == len(LOOKS)


def test_a_hollow_bar_shows_the_page_through() -> None:
    assert marker("free")["pattern"]["fillmode"] == "replace"
