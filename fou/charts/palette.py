"""The look of each kind of money: one colour for light and dark pages, and a pattern that works in grey.

Every colour stands out at least 3:1 against both page backgrounds (`.streamlit/config.toml`), and kinds
shown together stay apart for the colour-blind; `tests/unit/test_palette.py` measures both. The pattern tells
the kinds apart on a grey printout, so that colour never carries meaning alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of money is drawn: `shape` is Plotly's pattern; `hollow` leaves its ground empty."""

    colour: str
    shape: str
    hollow: bool = False


LOOKS: dict[str, Look] = {
    "paid": Look("#365eda", ""),
    "granted": Look("#2491fb", "/"),
    "reserved": Look("#b58224", "x"),
    "free": Look("#337b53", ".", hollow=True),
    "proposed": Look("#865598", "\\"),
    "requested": Look("#d76783", "|"),
    "planned": Look("#676972", "|", hollow=True),
    "spent": Look("#a74e31", "+"),
    "forecast": Look("#5a9ea4", "\\", hollow=True),
    "returned": Look("#0e8a74", "-", hollow=True),
    "open": Look("#807d74", "/", hollow=True),
}


def colour(kind: str) -> str:
    """The colour of a kind of money, as `#rrggbb`."""
    return LOOKS[kind].colour


def marker(kind: str) -> dict[str, Any]:
    """Plotly's `marker` for a bar of this kind; the outline holds a hollow one together."""
    look = LOOKS[kind]
    pattern: dict[str, Any] = {"shape": look.shape}
    if look.hollow:
        pattern |= {"fillmode": "replace", "size": 7, "solidity": 0.35}
    elif look.shape:
        # Thin white lines: the bar keeps its colour.
        pattern |= {
            "fillmode": "overlay",
            "fgcolor": "#ffffff",
            "fgopacity": 0.7,
            "size": 9,
            "solidity": 0.15,
        }
    return {"color": look.colour, "pattern": pattern, "line": {"color": look.colour, "width": 1}}


#: The looks of groups that have none of their own (funders), in the order of their size.
_SERIES = ("paid", "reserved", "proposed", "spent", "forecast", "requested", "granted", "planned")


def series_look(index: int) -> str:
    """The key in LOOKS for the group with this place in the order; the looks repeat after the eighth."""
    return _SERIES[index % len(_SERIES)]
