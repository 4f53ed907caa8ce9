"""Monthly series for tests of suggestions and forecasts: columns from values, months counted from 2015."""

from datetime import UTC, datetime

import numpy as np

from monitor.domain.clock import epoch
from tests.domain.vectors import DAY, columns


def month_start(number):
    """The epoch second at which a month begins; 0 is January 2015."""
    return epoch(datetime(2015 + number // 12, number % 12 + 1, 1, tzinfo=UTC))


def months(*values, first=0, lag=10):
    """Columns of one row a month, each known `lag` days after its month's end; None leaves a gap."""
    return columns(
        *(month(first + number, value, lag=lag) for number, value in enumerate(values) if value is not None)
    )


def month(number, value, *, lag=10, known=None, **given):
    """One row of a month; `known` is the month after whose end (plus lag) it was known."""
    after = month_start((number if known is None else known) + 1)
    return {
        "period_start": month_start(number), "period_end": month_start(number + 1),
        "known_at": after + lag * DAY, "source_revision": 0, "value": value, "low": np.nan, "high": np.nan,
        "grade": 1.0, **given,
    }  # fmt: skip
