"""Explained: a subject's heat as a tree of nodes, each with all that it was reckoned from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from monitor.domain.explanations.reckoning import Combined, Normalised
from monitor.domain.scale import Concern
from monitor.domain.transforms.working import Used, Working


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a value comes from; versions are of the definitions that scored it.

    `known_at` is when the desk knew it, `stored_at` when it was stored: None for a value that was reckoned.
    """

    citation: str = ""
    title: str = ""
    url: str = ""
    source: str = ""
    source_name: str = ""
    licence: str = ""
    author: str = ""
    grade: str = ""
    note: str = ""
    known_at: str = ""
    stored_at: str = ""
    is_confirmed: bool = False
    versions: Mapping[str, int] | None = None
    derived: str = ""
    absence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementNode:
    """One series in the tree: value, transforms, normalisation, weight, freshness and trust.

    Of an absent one `pressure` and all that leads to it are None. Times are epoch seconds. `share` is its
    part of the present members of its group, `effective` its part of all weight, `points` what it takes of
    the subject's pressure. `trust` is the grade's factor, halved while held. An imputed one is scored, though
    it was not observed: it has a pressure and no freshness.
    """

    slug: str
    series: str
    name: str
    unit: str
    weight: float
    share: float
    effective: float
    is_observed: bool
    raw: float | None = None
    raw_low: float | None = None
    raw_high: float | None = None
    period_start: int | None = None
    period_end: int | None = None
    newest_end: int | None = None
    seq: int | None = None
    operands: tuple[Used, ...] = ()
    steps: tuple[Working, ...] = ()
    value: float | None = None
    normalised: Normalised | None = None
    pressure: float | None = None
    pressure_low: float | None = None
    pressure_high: float | None = None
    points: float | None = None
    age_days: float | None = None
    fresh_for_days: float = 0.0
    expires_after_days: float = 0.0
    freshness: float = 0.0
    grade_factor: float | None = None
    trust: float | None = None
    is_held: bool = False
    is_provisional: bool = False
    is_carried: bool = False
    is_saturated: bool = False
    is_imputed: bool = False
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNode:
    """A driver, or the subject itself, with its members in the order in which they are added up."""

    slug: str
    name: str
    weight: float
    share: float
    pressure: float | None
    combined: Combined | None
    placements: tuple[PlacementNode, ...]
    groups: tuple["GroupNode", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorNode:
    """A floor: what it watches, whether that is reached, and whether it lifts the subject."""

    placement: str
    reaches: float
    pressure: float
    found: float | None
    is_reached: bool
    lifts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelNode:
    """How heat became a level: the edges, the level it lies in, and what hysteresis made of it.

    `before` is the level it went on from ("" where none is known), `dwelt` how many periods were counted
    towards a calmer one by level; `because` says the outcome in words.
    """

    level: str
    concern: Concern | None
    here: str
    edges: tuple[tuple[str, float], ...]
    margin: float
    dwell: int
    before: str
    dwelt: Mapping[str, int]
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A subject's heat with everything it was reckoned from.

    `coverage` is sum(effective x freshness) and `confidence` sum(effective x freshness x trust), both over
    all placements, as their formulas say.
    """

    slug: str
    name: str
    scale: str
    at: int
    known_at: int
    top: GroupNode
    raw_pressure: float | None
    floors: tuple[FloorNode, ...]
    pressure: float | None
    heat: float | None
    heat_low: float | None
    heat_high: float | None
    heat_formula: str
    coverage: float
    coverage_formula: str
    confidence: float
    confidence_formula: str
    min_coverage: float
    carried: float
    ungraded: float
    level: LevelNode

    @property
    def placements(self) -> tuple[PlacementNode, ...]:
        """Every placement of the tree, a group's own before those below it."""
        return tuple(_all(self.top))


def _all(group: GroupNode) -> Iterator[PlacementNode]:
    yield from group.placements
    for below in group.groups:
        yield from _all(below)
