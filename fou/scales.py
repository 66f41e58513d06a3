"""The scale and the weight of a ground for priority as the ranking counts with them, said or not."""

from __future__ import annotations

from fou.model import Criterion
from fou.ranking import Criterion as Scale

#: The highest value of a scale that says none.
HIGHEST = 5


def scale_of(criterion: Criterion) -> Scale:
    """A criterion as the ranking counts with it: what is not said is weight 1 and the scale 0–HIGHEST."""
    lowest = criterion.lowest or 0
    highest = criterion.scale if criterion.scale is not None else max(HIGHEST, lowest + 1)
    return Scale(criterion.position, max(1, criterion.weight or 1), lowest, max(highest, lowest + 1))
