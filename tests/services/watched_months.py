"""A desk with one leader on two monthly series: deaths that stepped, fuel that stands."""

import numpy as np

from monitor.domain.clock import moment
from monitor.domain.indicator import ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.observation import Reading
from monitor.services.assess import assess
from monitor.storage import observations
from tests.domain.months import month_start
from tests.domain.vectors import DAY
from tests.factories import DEATHS, FUEL, an_indicator, install_desk, standing

COUNT = 60
AT = moment(month_start(COUNT) + 15 * DAY)
EDGES = ThresholdNormalisation(thresholds=Thresholds(calm=20, watch=40, elevated=60, high=100, critical=150))
DEADLY = np.r_[
    np.random.default_rng(3).normal(30, 5, 36), np.random.default_rng(4).normal(80, 10, COUNT - 36)
].round()


def a_month(series, number, value, **given):
    """One month's reading, known ten days after its end."""
    return Reading(**{
        "series": series, "period_start": moment(month_start(number)),
        "period_end": moment(month_start(number + 1)), "value": float(value),
        "known_at": moment(month_start(number + 1) + 10 * DAY), "grade": "B2", "citation": "brief", **given,
    })  # fmt: skip


def watch(session, *, deaths=DEADLY, fuel=(100.0,) * 10, now=AT, assessed=True, subject=None, **given):
    """Install the desk, tell it its values, assess its subject at a standing clock."""
    indicators = (
        an_indicator("fuel-price", name="Fuel price", fresh_for_days=4000.0, expires_after_days=9000.0),
        an_indicator(
            "conflict-deaths", name="Conflict deaths", unit="deaths a month", cadence_days=30.0,
            normalisation=EDGES, settles_after_days=10.0, fresh_for_days=60.0, expires_after_days=120.0,
            **given,
        ),
    )  # fmt: skip
    install_desk(session, now=now, clock=standing(now), indicators=indicators, subject=subject)
    tell(session, DEATHS, deaths, now=now)
    tell(session, FUEL, fuel, now=now)
    if assessed:
        assess(session, "goita", slot=None, now=now, claimed_at=now)


def tell(session, series, values, *, now=AT):
    """Store monthly values from the first month on."""
    readings = [a_month(series, number, value) for number, value in enumerate(values)]
    observations.add(session, readings, source="feed", author="", note="", now=now)
