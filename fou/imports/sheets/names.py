"""The names in a file settled: which are known, which are new, and which must be asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fou.imports.answers import Settled, settle_all
from fou.imports.recognise import MOST_COMPARED, Directory, Recognised, recognise_many
from fou.imports.references import fold


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one table in the file, by folded name. ``uncompared`` is how many were too many to compare."""

    table: str
    recognised: Mapping[str, Recognised]
    settled: Mapping[str, Settled]
    answered: frozenset[str]
    uncompared: int = 0

    def __getitem__(self, label: str) -> Settled:
        return self.settled[fold(label)]

    def questions(self) -> list[tuple[Recognised, Settled]]:
        """The names that somebody must answer about, or has answered about."""
        return [
            (one, self.settled[folded])
            for folded, one in self.recognised.items()
            if self.settled[folded].kind == "ask" or (folded in self.answered and one.candidates)
        ]


def settle_names(
    table: str, labels: Iterable[str], directory: Directory, answers: Mapping[str, Mapping[str, Any]]
) -> Names:
    """Settle each label: by a person's answer, else by what is recognised; what is only alike is asked about."""
    recognised = recognise_many(table, labels, directory)
    new = sum(one.how == "new" for one in recognised)
    return Names(
        table,
        {fold(one.label): one for one in recognised},
        settle_all(table, recognised, answers, directory),
        frozenset(map(fold, answers)),
        new if new > MOST_COMPARED else 0,
    )
