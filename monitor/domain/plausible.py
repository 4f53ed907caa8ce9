"""What a series' own past makes plausible: a slip of the keyboard is asked about, never refused."""

import numpy as np

from monitor.domain.series import Floats

FEWEST = 5
_SPANS = 2.0
_LEAST_SPAN = 0.5


def plausible_range(past: Floats) -> tuple[float, float] | None:
    """Return the range in which a next value surprises nobody; None where the past is too short to tell.

    It is what was seen, widened on both sides by twice its width, and by no less than its largest value.
    """
    seen = past[~np.isnan(past)]
    if len(seen) < FEWEST:
        return None
    low, high = float(seen.min()), float(seen.max())
    margin = _SPANS * max(high - low, _LEAST_SPAN * max(abs(low), abs(high)))
    return (low - margin, high + margin) if margin else None
