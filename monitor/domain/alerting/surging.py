"""What a surge rule compares: how many times its usual rate a series has reached, as known at each moment."""

from dataclasses import replace

import numpy as np

from monitor.domain.indicator import Indicator, Transform
from monitor.domain.scoring.reading import last_ended
from monitor.domain.scoring.view import parts
from monitor.domain.series import Columns, Floats, Ints
from monitor.domain.transforms.transform import heads_at, stages


def surge_at(indicator: Indicator, columns: Columns, *, minimum: float, at: Ints) -> Floats:
    """Return the surge (transform `surge`) of the raw values at each moment, by what was known at it.

    Only periods that have ended count. NaN where there is none yet, or too little before it.
    """
    own = replace(indicator, transforms=(Transform(name="surge", parameters={"minimum": minimum}),))
    found = np.full(len(at), np.nan)
    for part in parts(columns, at=at, known_at=at) if len(columns) else ():
        moments = at[part.moments]
        index = last_ended(part.rows, latest=part.latest, at=moments)
        there = np.flatnonzero(index >= 0)
        heads = heads_at(own, stages(own, part.rows), index=index[there], at=moments[there])
        found[part.moments[there]] = heads.value
    return found
