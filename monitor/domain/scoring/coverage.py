"""Coverage: how much of a heat's weight was observed, how fresh and how well graded (heat.md 5)."""

from dataclasses import dataclass

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.grade import UNGRADED_FACTOR
from monitor.domain.indicator import Indicator
from monitor.domain.scoring.aggregate import add_up
from monitor.domain.series import Bools, Floats, Ints

HELD_FACTOR = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Shares from 0 to 1, one a moment.

    `coverage` and `confidence` are of all weight, never-observed placements counting 0; `ungraded` and
    `carried` (resting on expired values) are of the observed weight, 0 where nothing is observed.
    """

    coverage: Floats
    confidence: Floats
    ungraded: Floats
    carried: Floats


def freshness(indicator: Indicator, *, at: Ints, period_end: Ints) -> Floats:
    """Return 1 until `fresh_for_days` after the period's end, falling to 0 at `expires_after_days`."""
    fresh, expires = indicator.fresh_for_days * DAY_SECONDS, indicator.expires_after_days * DAY_SECONDS
    return np.clip((expires - (at - period_end)) / (expires - fresh), 0.0, 1.0)


def is_ungraded(grade: Floats) -> Bools:
    """Whether a grade factor says nothing: not given, or F or 6, which alone have that factor."""
    says_nothing: Bools = np.isnan(grade) | (grade == UNGRADED_FACTOR)
    return says_nothing


def trust(grade: Floats, *, held: Bools) -> Floats:
    """Return the factor of confidence: the grade's, 0.5 where ungraded, halved while held."""
    graded = np.where(np.isnan(grade), UNGRADED_FACTOR, grade)
    return graded * np.where(held, HELD_FACTOR, 1.0)


def coverage_of(weights: Floats, observed: Bools, freshness: Floats) -> Floats:
    """Return the share of all weight that is observed and fresh, of placements x moments."""
    like = np.zeros(observed.shape[1])
    fresh = weights[:, None] * np.where(observed, freshness, 0.0)
    return _share(add_up(fresh, like), _everything(weights, like))


def cover(weights: Floats, *, observed: Bools, freshness: Floats, grade: Floats, held: Bools) -> Coverage:
    """Return the shares of placements x moments; `weights` are one a placement."""
    weight = np.where(observed, weights[:, None], 0.0)
    fresh = weight * np.where(observed, freshness, 0.0)
    like = np.zeros(observed.shape[1])
    everything, seen = _everything(weights, like), add_up(weight, like)
    return Coverage(
        coverage=_share(add_up(fresh, like), everything),
        confidence=_share(add_up(fresh * trust(grade, held=held), like), everything),
        ungraded=_share(add_up(np.where(is_ungraded(grade), weight, 0.0), like), seen),
        carried=_share(add_up(np.where(fresh > 0, 0.0, weight), like), seen),
    )


def _everything(weights: Floats, like: Floats) -> Floats:
    return add_up(np.broadcast_to(weights[:, None], (len(weights), len(like))), like)


def _share(part: Floats, whole: Floats) -> Floats:
    return part / np.where(whole > 0, whole, 1.0)
