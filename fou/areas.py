"""Priority areas through the years: each under the name that it had then."""

from __future__ import annotations

from fou.model import NO_AREA, Area
from fou.store import Reader


class AreaNames:
    """An area's name in a given year, followed through renamings and mergers (the crosswalk)."""

    def __init__(self, reader: Reader) -> None:
        self._areas = {area.id: area for area in reader.records(Area)}
        self._before: dict[int, list[int]] = {}
        for area in self._areas.values():
            if area.successor is not None:
                self._before.setdefault(area.successor, []).append(area.id)

    def in_year(self, area: int | None, year: int) -> str:
        """The name in that year; an area that came of a merger of several keeps its own name."""
        if area is None or area not in self._areas:
            return NO_AREA
        found = self._areas[self.successor(area, year)]
        while found.first_year is not None and year < found.first_year and len(self._before.get(found.id, ())) == 1:
            found = self._areas[self._before[found.id][0]]
        return found.name

    def became(self, year: int) -> dict[str, str]:
        """Each area's name the year before → in ``year``, where they differ: renamed, or merged into another."""
        names = {self.in_year(area, year - 1): self.in_year(area, year) for area in self._areas}
        return {before: now for before, now in names.items() if before != now}

    def in_force(self, year: int) -> list[Area]:
        """The areas that a plan for the year can have lines for, in the order of their names."""
        found = [
            area
            for area in self._areas.values()
            if (area.first_year is None or area.first_year <= year)
            and (area.last_year is None or year <= area.last_year)
        ]
        return sorted(found, key=lambda area: area.name)

    def successor(self, area: int, year: int) -> int:
        """The area that this one has become by ``year``, through renamings and mergers; itself when it still stands."""
        found = self._areas[area]
        while found.last_year is not None and year > found.last_year and found.successor in self._areas:
            found = self._areas[found.successor]
        return found.id
