"""The hierarchy: which placements and drivers lie directly under which driver, to any depth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.domain.errors import InvalidInput
from monitor.domain.series import Floats, Ints
from monitor.domain.subject import Driver

TOP = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Members:
    """What one group combines: its placements in the model's order, then its drivers in the subject's."""

    placements: Ints
    drivers: Ints

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.placements) + len(self.drivers)

    def of(self, placements: Floats, drivers: Floats) -> Floats:
        """Return the members' rows of an array over placements and one over drivers."""
        if not len(self.drivers):
            return placements[self.placements]
        if not len(self.placements):
            return drivers[self.drivers]
        return np.concatenate([placements[self.placements], drivers[self.drivers]])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hierarchy:
    """Every group: one a driver, and the subject's own at the top.

    `upward` lists the drivers with every driver after those below it; `parents` says under which driver
    each lies (-1: the subject), `placed` the same of each placement.
    """

    top: Members
    groups: tuple[Members, ...]
    upward: tuple[int, ...]
    parents: tuple[int, ...]
    placed: tuple[int, ...]

    def path(self, driver: int) -> tuple[int, ...]:
        """Return the drivers from the topmost down to this one."""
        found = [driver]
        while self.parents[found[-1]] != TOP:
            found.append(self.parents[found[-1]])
        return tuple(reversed(found))

    def below(self, driver: int) -> Ints:
        """Return the placements below a driver at any depth, in the model's order."""
        inside = {driver}
        for each in reversed(self.upward):
            if self.parents[each] in inside:
                inside.add(each)
        return np.flatnonzero([own in inside for own in self.placed])


def hierarchy_of(parents: Sequence[int], placed: Sequence[int]) -> Hierarchy:
    """Arrange drivers by their parents and placements by their drivers; `parents` have no cycle."""
    drivers = _by_parent(parents, len(parents))
    placements = _by_parent(placed, len(parents))
    groups = [Members(placements=own, drivers=below) for own, below in zip(placements, drivers, strict=True)]
    return Hierarchy(
        top=groups[TOP],
        groups=tuple(groups[:TOP]),
        upward=tuple(_upward(parents)),
        parents=tuple(parents),
        placed=tuple(placed),
    )


def parents_of(drivers: Sequence[Driver]) -> tuple[int, ...]:
    """Return each driver's parent (-1: the subject).

    InvalidInput names a driver whose parent is not there, or that lies under itself.
    """
    places = {driver.slug: number for number, driver in enumerate(drivers)} | {"": TOP}
    for driver in drivers:
        if driver.parent not in places:
            message = f"driver {driver.slug}: there is no driver {driver.parent} to lie under"
            raise InvalidInput(message, field="parent")
    above = {driver.slug: driver.parent for driver in drivers}
    for slug in above:
        circle = circle_of(slug, above)
        if circle:
            message = f"driver {slug}: lies under itself ({' under '.join(circle)})"
            raise InvalidInput(message, field="parent")
    return tuple(places[driver.parent] for driver in drivers)


def circle_of(slug: str, above: dict[str, str]) -> list[str]:
    """Return the way from a driver up to itself, by slug of driver and parent; empty where there is none."""
    way = [slug]
    while above.get(way[-1], ""):
        way.append(above[way[-1]])
        if way[-1] == slug:
            return way
        if way[-1] in way[:-1]:
            break
    return []


def _by_parent(parents: Iterable[int], drivers: int) -> list[Ints]:
    """Return the places under each driver, in order, and under the subject as the last."""
    found: list[list[int]] = [[] for _ in range(drivers + 1)]
    for place, parent in enumerate(parents):
        found[parent].append(place)
    return [np.array(each, dtype=np.int64) for each in found]


def _upward(parents: Sequence[int]) -> list[int]:
    depths: list[int] = []
    for driver in range(len(parents)):
        depth, parent = 0, parents[driver]
        while parent != TOP:
            depth, parent = depth + 1, parents[parent]
        depths.append(depth)
    return sorted(range(len(parents)), key=lambda driver: -depths[driver])
