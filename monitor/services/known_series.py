"""Which series there are for a source: made before, of its forecasts, or named by its own definition."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from monitor.domain.derivations.derived import RESERVED
from monitor.domain.named_series import names_series
from monitor.domain.source import Source
from monitor.storage import series, snapshot


def known_series(session: Session, source: Source | None, keys: Iterable[str]) -> set[str]:
    """Return those keys that a source may give values of.

    A series is there once it is placed or has a value. One of a forecast, or one that the source's settings
    name and whose indicator is read from it, needs neither.
    """
    wanted = {key for key in keys if is_key(key)}
    indicators = snapshot.current(session).indicators
    found = set(series.ids(session, wanted))
    for key in wanted - found:
        indicator = indicators.get(key.partition(":")[0])
        if indicator is None:
            continue
        is_own = source is not None and indicator.source == source.slug and names_series(source, key)
        if is_own or indicator.is_forecast:
            found.add(key)
    return found


def is_key(key: str) -> bool:
    """Whether a text is `indicator:unit`, and the indicator no word of the program's own."""
    indicator, _, unit = key.partition(":")
    return bool(indicator and unit) and indicator not in RESERVED
