"""Normalisation against the own past or peers, and the fit that holds what was learnt (heat.md 3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from monitor.domain.errors import InvalidInput
from monitor.domain.normalisations.normalisation import Knots, check_line
from monitor.domain.normalisations.treatment import Treated, Treatment
from monitor.domain.scale import FULL
from monitor.domain.subject import Side
from monitor.domain.transforms.comparison import base_span


class Against(StrEnum):
    """What values are compared with."""

    OWN_HISTORY = "own_history"
    PEERS = "peers"


class Yardstick(StrEnum):
    """How a value is placed among those it is compared with; each gives a line or steps of pressure.

    `minmax`: from the best to the worst value. `zscore`: from `calm_sd` to `critical_sd` standard deviations
    on the worse side of the mean. `percentile`: the share of better values, straight between neighbours,
    100 at the worst. `rank`: the share of better values, in steps. `fraction_of_max`: the share of the
    highest value (or what is missing to it). `distance_to_reference`: from the mean of a past period to the
    worst value. Against peers a score as COINr gives it: `rank` and `borda` as shares of all peers,
    `distance_to_reference` from the least of them to `reference_unit`, `distance_to_max` to the most,
    `distance_to_target` to `target`, and `scaled` between two `posts`.
    """

    MINMAX = "minmax"
    ZSCORE = "zscore"
    PERCENTILE = "percentile"
    RANK = "rank"
    BORDA = "borda"
    FRACTION_OF_MAX = "fraction_of_max"
    DISTANCE_TO_REFERENCE = "distance_to_reference"
    DISTANCE_TO_MAX = "distance_to_max"
    DISTANCE_TO_TARGET = "distance_to_target"
    SCALED = "scaled"


PEERS_ONLY = frozenset(
    {Yardstick.BORDA, Yardstick.DISTANCE_TO_MAX, Yardstick.DISTANCE_TO_TARGET, Yardstick.SCALED}
)


class Ties(StrEnum):
    """Which rank values that are level share (R's `ties.method`)."""

    MIN = "min"
    AVERAGE = "average"
    MAX = "max"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What was compared with gave: `knots` (value, pressure) score, `parameters` say what they came from.

    The window holds the `count` values of periods that ended after `since` and by `until`, as known at
    `fitted_at`. `treated` says what is done to a value before its pressure is read off the knots. A fit is
    part of its definition's version: newer values change no pressure until a newer fit is saved.
    """

    since: datetime
    until: datetime
    fitted_at: datetime
    count: int
    knots: Knots
    # Left out of the hash, so that a compiled curve can be looked up by its normalisation.
    parameters: Mapping[str, float] = field(default_factory=dict, hash=False)
    treated: Treated | None = None

    def __post_init__(self) -> None:
        """Refuse knots that make no line."""
        check_line(self.knots, name="a fit")

    @property
    def is_rising(self) -> bool:
        """Whether higher values have more pressure."""
        return self.knots[-1][1] > self.knots[0][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeNormalisation:
    """Pressure by a yardstick laid on the own past or on peers; without a fit it cannot score.

    `window_days` is how much of the past counts: for peers how old the newest value of each may be (0: until
    it is stale). `peers` are units; a fit takes the newest value of each, or that of `period`, or with
    `is_pooled` every value of the window, and imputed ones only with `counts_imputed`. Against peers the
    score of COINr's function runs over `range` and is read as pressure or strength by `of`; with `cap` off
    it goes on beyond the upper end. `calm_sd` and `critical_sd` belong to `zscore`.
    """

    method: ClassVar[str] = "relative"
    by: Yardstick
    window_days: float = 0.0
    against: Against = Against.OWN_HISTORY
    is_higher_worse: bool = True
    calm_sd: float = 0.0
    critical_sd: float = 4.0
    reference_period: str = ""
    peers: tuple[str, ...] = ()
    period: str = ""
    is_pooled: bool = False
    counts_imputed: bool = False
    range: tuple[float, float] = (0.0, FULL)
    of: Side = Side.PRESSURE
    ties: Ties = Ties.MIN
    cap: bool = True
    reference_unit: str = ""
    target: float | None = None
    posts: tuple[float, float] | None = None
    treat: Treatment | None = None
    fits_at_install: bool = False
    fit: Fit | None = None

    def __post_init__(self) -> None:
        """Refuse what contradicts itself, naming the key."""
        for problem in _problems(self):
            raise ValueError(problem)

    @property
    def is_against_peers(self) -> bool:
        """Whether it is laid on other units rather than on the own past."""
        return self.against is Against.PEERS

    @property
    def knots(self) -> Knots:
        """The fitted (value, pressure); InvalidInput where there is no fit."""
        if self.fit is None:
            wanted = "fit it to what is known and save that as a new version (`heatwatch definition fit`)"
            whom = "peers" if self.is_against_peers else "own history"
            message = f"{self.by} against {whom} is not fitted: {wanted}"
            raise InvalidInput(message, field="fit")
        return self.fit.knots


def _problems(given: RelativeNormalisation) -> list[str]:
    found = _of_peers(given) if given.is_against_peers else _of_history(given)
    if given.window_days < 0:
        found.append("window_days must not be below 0")
    if not given.calm_sd < given.critical_sd:
        found.append(f"calm_sd {given.calm_sd:g} must be below critical_sd {given.critical_sd:g}")
    if given.fit is not None and given.fit.is_rising is not given.is_higher_worse:
        found.append("the fit was made for the other direction: fit anew")
    for text in filter(None, (given.reference_period, given.period)):
        base_span(text)
    return found


def _of_history(given: RelativeNormalisation) -> list[str]:
    found = []
    if not given.window_days > 0:
        found.append("window_days must be above 0")
    if given.by in PEERS_ONLY:
        found.append(f'{given.by} compares with peers: against = "peers"')
    if (given.by is Yardstick.DISTANCE_TO_REFERENCE) is not bool(given.reference_period):
        found.append("reference_period goes with distance_to_reference, and only with it")
    only = {"reference_unit": given.reference_unit, "peers": given.peers, "period": given.period,
            "is_pooled": given.is_pooled}  # fmt: skip
    found += [f'{name} goes with against = "peers"' for name, value in only.items() if value]
    if given.range != (0.0, FULL) or given.of is not Side.PRESSURE:
        found.append('range and of go with against = "peers"')
    return found


def _of_peers(given: RelativeNormalisation) -> list[str]:
    found = []
    low, high = given.range
    if not 0 <= low < high <= FULL:
        found.append(f"range [{low:g}, {high:g}] must rise and lie within 0 and 100")
    if given.by is Yardstick.ZSCORE and given.range != (0.0, FULL):
        found.append("zscore has no range: calm_sd and critical_sd say where 0 and 100 lie")
    if given.reference_period:
        found.append('reference_period goes with against = "own_history"; peers have a reference_unit')
    for by, name, is_given in (
        (Yardstick.DISTANCE_TO_REFERENCE, "reference_unit", bool(given.reference_unit)),
        (Yardstick.DISTANCE_TO_TARGET, "target", given.target is not None),
        (Yardstick.SCALED, "posts", given.posts is not None),
    ):
        if (given.by is by) is not is_given:
            found.append(f"{name} goes with {by}, and only with it")
    if given.reference_unit and given.peers and given.reference_unit not in given.peers:
        found.append(f"reference_unit {given.reference_unit} is not among the peers")
    if given.posts is not None and not given.posts[0] < given.posts[1]:
        found.append("posts must rise")
    return found
