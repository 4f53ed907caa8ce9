"""Absence: four kinds of nothing, which are told apart and never taken for calm (heat.md 5)."""

from enum import StrEnum

from monitor.domain.derivations.incident_count import IncidentCount
from monitor.domain.indicator import Indicator


class Absence(StrEnum):
    """Why a placement has no value, or the value 0."""

    NOT_HAPPENING = "not happening"
    NOT_MONITORED = "not monitored"
    SOURCE_FAILED = "source failed"
    NOT_APPLICABLE = "not applicable"


def absence_of(
    indicator: Indicator,
    *,
    raw: float | None,
    freshness: float,
    is_source_failing: bool = False,
    not_applicable: str = "",
) -> Absence | None:
    """Return which kind of absence a placement shows; None where something is there.

    `raw` is the newest raw value, None where nothing was ever observed. A source that fails matters once
    what it gave is no longer fresh. Only a complete count can say that nothing happened.
    """
    if not_applicable:
        return Absence.NOT_APPLICABLE
    if is_source_failing and (raw is None or freshness < 1):
        return Absence.SOURCE_FAILED
    if raw is None:
        return Absence.NOT_MONITORED
    is_complete_count = isinstance(indicator.derived, IncidentCount)
    return Absence.NOT_HAPPENING if is_complete_count and raw == 0 else None
