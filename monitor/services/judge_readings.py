"""Judge readings by the quality gates of their series, and keep what waits for a person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.clock import epoch
from monitor.domain.gates import Gate, Limits, Quarantined, judge, limits_of
from monitor.domain.observation import Reading
from monitor.domain.past import Past, past_of
from monitor.domain.quarantine import Decision, State
from monitor.domain.series import Columns
from monitor.domain.source import Source
from monitor.services.known_series import is_key, known_series
from monitor.storage import quarantine, series, snapshot
from monitor.storage.quarantine import digest_of

PROGRAM = "heatwatch"
PASSES_NOW = "passes its gates now"
REPLACED = "the source has given another value since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What may be stored, what waits for a person, and how many are left out as a person decided before."""

    accepted: tuple[Reading, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    set_aside: int = 0


def judge_readings(
    session: Session,
    source: Source,
    readings: Sequence[Reading],
    *,
    now: datetime,
    stored: Mapping[str, Columns] | None = None,
) -> Judged:
    """Judge the readings of one harvest of a source; nothing is written.

    What a person released passes, what a person dismissed or corrected does not come back. `stored` is what
    is there of their series, if the caller has read it.
    """
    keys = known_series(session, source, {reading.series for reading in readings})
    limits = _of_indicators(session, keys)
    past = _past(session, limits, stored or {})
    found = judge(readings, limits=limits, past=past, now=now)
    decided = quarantine.states(session, source.slug)
    if not decided:
        return Judged(accepted=found.accepted, quarantined=found.quarantined)
    failed = {id(each.reading): each for each in found.quarantined}
    accepted, waiting = [], []
    for reading in readings:
        state = decided.get(digest_of(source.slug, reading))
        if state in {State.DISMISSED, State.CORRECTED} and _is_news(reading, past):
            continue
        if id(reading) not in failed or state is State.RELEASED:
            accepted.append(reading)
        else:
            waiting.append(failed[id(reading)])
    return Judged(
        accepted=tuple(accepted),
        quarantined=tuple(waiting),
        set_aside=len(readings) - len(accepted) - len(waiting),
    )


def keep_quarantined(
    session: Session, judged: Judged, *, source: str, run_id: int | None, now: datetime
) -> None:
    """Keep what waits, in the transaction that stores what passed.

    What waited and passes now, or was given otherwise since, waits no longer.
    """
    waiting = quarantine.waiting_periods(session, source)
    quarantine.keep(session, judged.quarantined, source=source, run_id=run_id, now=now)
    if not waiting:
        return
    again = {digest_of(source, each.reading) for each in judged.quarantined}
    given: dict[tuple[str, int, int], set[str]] = {}
    for each in judged.accepted:
        period = (each.series, epoch(each.period_start), epoch(each.period_end))
        given.setdefault(period, set()).add(digest_of(source, each))
    passed: list[int] = []
    replaced: list[int] = []
    for number, (digest, series_key, start, end) in waiting.items():
        told = given.get((series_key, start, end))
        if told is not None and digest not in again:
            (passed if digest in told else replaced).append(number)
    for numbers, state, why in (
        (passed, State.RELEASED, PASSES_NOW),
        (replaced, State.DISMISSED, REPLACED),
    ):
        quarantine.decide(session, numbers, Decision(state=state, by=PROGRAM, why=why), now=now)


def gate_warnings(session: Session, readings: Sequence[Reading], *, now: datetime) -> tuple[Quarantined, ...]:
    """Return what would not pass, where a person decides on the spot and may give a new series."""
    limits = _of_indicators(session, {reading.series for reading in readings})
    found = judge(readings, limits=limits, past=_past(session, limits, {}), now=now)
    return tuple(each for each in found.quarantined if each.gate is not Gate.UNKNOWN_SERIES)


def _of_indicators(session: Session, keys: Iterable[str]) -> dict[str, Limits]:
    """Return the limits that the indicators of these series set; none of one without an indicator."""
    indicators = snapshot.current(session).indicators
    limits = {slug: limits_of(indicator) for slug, indicator in indicators.items()}
    return {key: limits.get(key.partition(":")[0], Limits()) for key in keys if is_key(key)}


def _past(session: Session, keys: Collection[str], stored: Mapping[str, Columns]) -> dict[str, Past]:
    missing = [key for key in keys if key not in stored]
    columns = {**stored, **series.columns(session, missing)} if missing else stored
    return {key: past_of(columns[key]) for key in keys}


def _is_news(reading: Reading, past: Mapping[str, Past]) -> bool:
    return reading.series not in past or past[reading.series].news([reading])[0]
