"""What a krona and a place are worth in each area: the prices of the linear relaxation, by HiGHS.

Prices only steer where the exact search looks, so that their rounding can cost time but never correctness.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from fou.allocation.choice import Choice


@dataclass(frozen=True, slots=True)
class Prices:
    """Value per krona of the frame and in each area, and per new proposal."""

    frame: float
    areas: Sequence[float]
    new: float


class Relaxation:
    """A choice with parts of proposals allowed, kept for solving again with other limits."""

    def __init__(self, choice: Choice) -> None:
        self._count = len(choice.value)
        self._areas = len(choice.least)
        self._solver = _loaded(choice)

    def prices(self, choice: Choice) -> Prices | None:
        """The prices under this choice's limits (its items are the same); None when even parts cannot keep them."""
        places = self._areas
        for area in range(places):
            low, high = float(choice.least[area]), float(choice.most[area])
            self._solver.changeColBounds(self._count + area, low, max(low, high))
            self._solver.changeRowBounds(places + area, low, highspy.kHighsInf)
        self._solver.changeRowBounds(2 * places, -highspy.kHighsInf, float(choice.frame))
        self._solver.changeRowBounds(2 * places + 1, -highspy.kHighsInf, float(choice.most_new))
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        # For a maximum, HiGHS's duals of rows with an upper bound are 0 or more.
        duals = np.abs(np.array(self._solver.getSolution().row_dual))
        return Prices(float(duals[2 * places]), duals[:places].tolist(), float(duals[2 * places + 1]))


def _loaded(choice: Choice) -> highspy.Highs:
    """Columns: a part of each item, then each area's money. Rows: areas' use, areas' reach, the frame, the new."""
    items, places = len(choice.value), len(choice.least)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = items + places, 2 * places + 2
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.concatenate([choice.value.astype(float), np.zeros(places)])
    model.col_lower_ = np.zeros(items + places)
    model.col_upper_ = np.concatenate([np.ones(items), np.full(places, highspy.kHighsInf)])
    model.row_lower_ = np.full(2 * places + 2, -highspy.kHighsInf)
    model.row_upper_ = np.concatenate([np.zeros(places), np.full(places + 2, highspy.kHighsInf)])
    starts, index, value = [0], [], []
    for item in range(items):
        area = int(choice.area[item])
        index += [area, places + area, 2 * places + 1]
        value += [float(choice.cost[item]), float(choice.reach[item]), float(choice.new[item])]
        starts.append(len(index))
    for area in range(places):
        index += [area, 2 * places]
        value += [-1.0, 1.0]
        starts.append(len(index))
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.array(starts, np.int32)
    model.a_matrix_.index_ = np.array(index, np.int32)
    model.a_matrix_.value_ = np.array(value)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(model)
    return solver
