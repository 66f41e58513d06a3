"""The choice as a mixed integer program for HiGHS: which limits clash, and the best set where the search is too large.

Each answer is rounded to whole proposals and checked against the limits in integers before it is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import highspy
import numpy as np

from fou.allocation.choice import Choice
from fou.allocation.model import Limit

#: A limit of a choice: its kind, and the index of its area (0 for the frame and the new).
Bound: TypeAlias = tuple[Limit, int]
#: So long at most the solver looks for a better set.
SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Solved:
    """A set that is allowed (indices), its value, and what a limit had to be when one was asked about.

    ``at_most`` is what no set is worth more than, where the time was not enough to prove this one the best.
    """

    items: tuple[int, ...]
    value: int
    needed: int | None = None
    at_most: int | None = None


def allowed(choice: Choice, items: Sequence[int], without: frozenset[Bound] = frozenset()) -> bool:
    """Whether a set keeps every limit, but for those that do not count."""
    rows = list(items)
    money = 0
    for area, (least, most) in enumerate(zip(choice.least, choice.most, strict=True)):
        own = [item for item in rows if choice.area[item] == area]
        cost, reach = int(choice.cost[own].sum()), int(choice.reach[own].sum())
        wanted = 0 if ("least", area) in without else least
        if reach < wanted or (("most", area) not in without and max(cost, wanted) > most):
            return False
        money += max(cost, wanted)
    new = int(choice.new[rows].sum())
    return (("frame", 0) in without or money <= choice.frame) and (("new", 0) in without or new <= choice.most_new)


def solve_milp(choice: Choice, without: frozenset[Bound] = frozenset(), least_of: Bound | None = None) -> Solved | None:
    """The set with the largest value, without some limits; None when there is none.

    With ``least_of`` (one of ``without``) the set instead for which that limit has to change the least.
    """
    model, areas, items = _model(choice, without, least_of), len(choice.least), len(choice.ids)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    settings: tuple[tuple[str, bool | int | float], ...] = (
        ("output_flag", False), ("threads", 1), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.5), ("time_limit", SECONDS),
    )  # fmt: skip
    for option, setting in settings:
        solver.setOptionValue(option, setting)
    solver.passModel(model)
    solver.run()
    status, kinds = solver.getModelStatus(), highspy.HighsModelStatus
    if status not in (kinds.kOptimal, kinds.kTimeLimit):
        return None
    solution = np.array(solver.getSolution().col_value)
    taken = tuple(np.flatnonzero(solution[:items] > 0.5).tolist())
    if not allowed(choice, taken, without):
        return None
    at_most = None if status == kinds.kOptimal else int(min(solver.getInfo().mip_dual_bound, choice.value.sum()))
    value = int(choice.value[list(taken)].sum())
    return Solved(taken, value, _needed(choice, taken, without, least_of, areas), at_most)


def _needed(
    choice: Choice, taken: tuple[int, ...], without: frozenset[Bound], least_of: Bound | None, areas: int
) -> int | None:
    if least_of is None:
        return None
    kind, at = least_of
    in_area = [[item for item in taken if choice.area[item] == area] for area in range(areas)]
    if kind == "new":
        return int(choice.new[list(taken)].sum())
    if kind == "least":
        most = choice.most[at] if ("most", at) not in without else choice.least[at]
        others = sum(
            max(int(choice.cost[in_area[area]].sum()), 0 if ("least", area) in without else choice.least[area])
            for area in range(areas)
            if area != at
        )
        room = choice.least[at] if ("frame", 0) in without else choice.frame - others
        return min(int(choice.reach[in_area[at]].sum()), choice.least[at], most, room)
    sums = [
        max(int(choice.cost[own].sum()), 0 if ("least", area) in without else choice.least[area])
        for area, own in enumerate(in_area)
    ]
    return sums[at] if kind == "most" else sum(sums)


def _model(choice: Choice, without: frozenset[Bound], least_of: Bound | None) -> highspy.HighsLp:
    """Columns: items, areas' money, the least that is asked about. Rows: use and reach by area, frame, new."""
    items, areas = len(choice.ids), len(choice.least)
    least = [0 if ("least", at) in without else amount for at, amount in enumerate(choice.least)]
    most = [np.inf if ("most", at) in without else amount for at, amount in enumerate(choice.most)]
    own = np.arange(items)
    matrix = np.zeros((2 * areas + 2, items + areas + 1))
    matrix[choice.area, own] = choice.cost
    matrix[areas + choice.area, own] = choice.reach
    for area in range(areas):
        matrix[area, items + area] = -1
        matrix[2 * areas, items + area] = 1
    matrix[2 * areas + 1, :items] = choice.new
    goal = np.zeros(items + areas + 1)
    lower = np.array([0] * items + least + [0], float)
    upper = np.array([1] * items + most + [0], float)
    row_lower = np.array([-np.inf] * areas + least + [-np.inf] * 2)
    if least_of is None:
        goal[:items] = choice.value
    elif least_of[0] == "frame":
        goal[items : items + areas] = -1
    elif least_of[0] == "new":
        goal[:items] = -choice.new
    elif least_of[0] == "most":
        goal[items + least_of[1]] = -1
    else:
        # How much of the area's least can be had: no more than its money, nor than its proposals can be given.
        goal[-1], upper[-1] = 1, choice.least[least_of[1]]
        matrix[areas + least_of[1], -1] = -1
        matrix[least_of[1], -1] = 0
        row_lower[areas + least_of[1]] = 0
        matrix = np.vstack([matrix, np.zeros(items + areas + 1)])
        matrix[-1, items + least_of[1]], matrix[-1, -1] = 1, -1
        row_lower = np.append(row_lower, 0.0)
    row_upper = np.array(
        [0.0] * areas
        + [np.inf] * areas
        + [np.inf if ("frame", 0) in without else choice.frame, np.inf if ("new", 0) in without else choice.most_new]
        + [np.inf] * (len(matrix) - 2 * areas - 2)
    )
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_, model.col_lower_, model.col_upper_ = goal, lower, upper
    model.row_lower_, model.row_upper_ = row_lower, row_upper
    columns, rows = np.nonzero(matrix.T)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.searchsorted(columns, np.arange(matrix.shape[1] + 1)).astype(np.int32)
    model.a_matrix_.index_ = rows.astype(np.int32)
    model.a_matrix_.value_ = matrix[rows, columns]
    kinds = highspy.HighsVarType
    model.integrality_ = [kinds.kInteger] * items + [kinds.kContinuous] * (areas + 1)
    return model
