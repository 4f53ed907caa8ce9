"""Short builders of values to store; every default is valid."""

from datetime import UTC, datetime, timedelta

from monitor.domain.indicator import Indicator, ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.observation import Reading
from monitor.storage import observations

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FUEL = "fuel-price:mali"


def day(number: int) -> datetime:
    """Midnight of the numbered day of September 2025."""
    return datetime(2025, 9, 1, tzinfo=UTC) + (number - 1) * DAY


def reading(value: float | None = 1.0, *, on: int = 1, known: int | None = None, **fields) -> Reading:
    """A value of one day of September 2025, known the day after unless said."""
    return Reading(
        **{
            "series": FUEL,
            "period_start": day(on),
            "period_end": day(on + 1),
            "value": value,
            "known_at": day(on + 1 if known is None else known),
        }
        | fields
    )


def add(session, *readings: Reading, now: datetime = NOW, **fields) -> observations.Added:
    """Store readings as the file of a source would."""
    return observations.add(
        session, readings, **{"source": "file", "author": "", "note": "", "now": now} | fields
    )


def indicator(slug: str = "fuel-price", **fields) -> Indicator:
    """An indicator with thresholds."""
    return Indicator(
        **{
            "slug": slug,
            "name": slug,
            "unit": "CFA",
            "source": "file",
            "cadence_days": 1.0,
            "normalisation": ThresholdNormalisation(thresholds=Thresholds(calm=1.0, critical=5.0)),
            "fresh_for_days": 2.0,
            "expires_after_days": 9.0,
        }
        | fields
    )
