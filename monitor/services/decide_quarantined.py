"""Decide what becomes of quarantined readings: release, correct or dismiss, each with a reason."""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, DecimalException

from sqlalchemy.orm import Session

from monitor.domain.errors import InvalidInput
from monitor.domain.gates import Gate
from monitor.domain.indicator import Indicator
from monitor.domain.observation import Reading
from monitor.domain.phrases import phrase
from monitor.domain.quarantine import Decision, Held, State
from monitor.domain.series import SeriesKey
from monitor.domain.spoken import count, listed
from monitor.domain.wording import msgid
from monitor.services.judge_readings import gate_warnings
from monitor.services.known_series import known_series
from monitor.services.record_observation import parse_value
from monitor.storage import audit, definitions, observations, quarantine, snapshot
from monitor.storage.quarantine import Which

LONGEST_WHY = 500
_MOST_NAMED = 5

_WAS = {
    State.RELEASED: msgid("released"),
    State.CORRECTED: msgid("corrected"),
    State.DISMISSED: msgid("dismissed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """How many rows were decided, how many values stored, and how many wait on (their series is unknown)."""

    decided: int = 0
    stored: int = 0
    left: int = 0


def release(
    session: Session, numbers: Collection[int], *, author: str, reason: str, now: datetime
) -> Decided:
    """Store what waits as it was given; the same content passes from then on.

    InvalidInput names the field: no reason, a row decided before, a series that there is not.
    """
    rows = _open(session, numbers, reason=reason)
    unknown = _unknown(session, rows)
    if unknown:
        raise InvalidInput(
            phrase("there is no series {series}", series=unknown[0].reading.series), field="number"
        )
    return _release(session, rows, author=author, reason=reason, now=now)


def release_run(session: Session, run_id: int, *, author: str, reason: str, now: datetime) -> Decided:
    """Store all that waits of one run; what is of an unknown series waits on."""
    rows = _of_run(session, run_id, reason=reason)
    unknown = {row.id for row in _unknown(session, rows)}
    known = [row for row in rows if row.id not in unknown]
    done = _release(session, known, author=author, reason=reason, now=now)
    return replace(done, left=len(unknown))


def dismiss(
    session: Session, numbers: Collection[int], *, author: str, reason: str, now: datetime
) -> Decided:
    """Take what waits as wrong: it is kept, never scored, and the same content is left out from then on."""
    return _dismiss(session, _open(session, numbers, reason=reason), author=author, reason=reason, now=now)


def dismiss_run(session: Session, run_id: int, *, author: str, reason: str, now: datetime) -> Decided:
    """Dismiss all that waits of one run."""
    return _dismiss(session, _of_run(session, run_id, reason=reason), author=author, reason=reason, now=now)


def correct(session: Session, number: int, value: str, *, author: str, reason: str, now: datetime) -> Decided:
    """Store the right value in place of the one that waits; the wrong one is left out from then on.

    InvalidInput names the field; a value that is implausible itself is refused.
    """
    (row,) = _open(session, [number], reason=reason)
    if _unknown(session, [row]):
        raise InvalidInput(phrase("there is no series {series}", series=row.reading.series), field="number")
    indicator = definitions.get(session, Indicator, SeriesKey.parse(row.reading.series).indicator)
    right = parse_value(indicator, value)
    reading = replace(row.reading, value=right, low=None, high=None, note=reason, unit="")
    _require_plausible(session, [reading], now=now)
    stored = _store(session, [replace(row, reading=reading)], author=author, reason=reason, now=now)
    said = Decision(state=State.CORRECTED, by=author, why=reason, corrected_value=right)
    quarantine.decide(session, [row.id], said, now=now)
    _audit(session, "correct", [row], author=author, reason=reason, now=now, value=right)
    return Decided(decided=1, stored=stored)


def rescale(
    session: Session, numbers: Collection[int], factor: str, *, author: str, reason: str, now: datetime
) -> Decided:
    """Store each of what waits times a factor, as after a unit was switched; low and high go with it.

    All of them or none: InvalidInput names the field, also where one is implausible still.
    """
    return _rescale(
        session, _open(session, numbers, reason=reason), factor, author=author, reason=reason, now=now
    )


def rescale_run(
    session: Session, run_id: int, factor: str, *, author: str, reason: str, now: datetime
) -> Decided:
    """Rescale all that waits of one run; what is of an unknown series waits on."""
    rows = _of_run(session, run_id, reason=reason)
    unknown = {row.id for row in _unknown(session, rows)}
    known = [row for row in rows if row.id not in unknown]
    done = _rescale(session, known, factor, author=author, reason=reason, now=now)
    return replace(done, left=len(unknown))


def _rescale(
    session: Session, rows: list[Held], factor: str, *, author: str, reason: str, now: datetime
) -> Decided:
    times = _factor(factor)
    if unknown := _unknown(session, rows):
        raise InvalidInput(
            phrase("there is no series {series}", series=unknown[0].reading.series), field="number"
        )
    right = [replace(row, reading=_times(row, times, note=reason)) for row in rows]
    _require_plausible(session, [row.reading for row in right], now=now)
    stored = _store(session, right, author=author, reason=reason, now=now)
    for row in right:
        said = Decision(
            state=State.CORRECTED, by=author, why=reason, corrected_value=row.reading.value
        )  # fmt: skip
        quarantine.decide(session, [row.id], said, now=now)
    if rows:
        _audit(session, "rescale", rows, author=author, reason=reason, now=now, value=float(times))
    return Decided(decided=len(rows), stored=stored)


def _factor(text: str) -> Decimal:
    """Return the factor somebody typed: a number above 0 that is not 1, with a point or a comma."""
    try:
        times = Decimal(text.strip().replace(",", "."))
    except DecimalException:
        times = Decimal("nan")
    if not times.is_finite() or times <= 0 or times == 1:
        raise InvalidInput(
            phrase("expected a number that each value is multiplied by, such as 0.001"), field="value"
        )
    return times


def _times(row: Held, times: Decimal, *, note: str) -> Reading:
    """Multiply as a person would: 901 times 0.1 is 90.1."""
    reading = row.reading
    if reading.value is None:
        raise InvalidInput(
            phrase("number {id} is a withdrawal: release or dismiss it", id=row.id), field="number"
        )
    value, low, high = (
        None if given is None else float(Decimal(repr(given)) * times)
        for given in (reading.value, reading.low, reading.high)
    )
    return replace(reading, value=value, low=low, high=high, note=note, unit="")


def _require_plausible(session: Session, readings: list[Reading], *, now: datetime) -> None:
    """Refuse right values that are slips too; one outside the range is released, not typed."""
    if any(each.value is None or not math.isfinite(each.value) for each in readings):
        raise InvalidInput(phrase("that is no number"), field="value")
    for each in gate_warnings(session, readings, now=now):
        if each.gate is Gate.RANGE:
            raise InvalidInput(each.reason, field="value")


def _release(session: Session, rows: list[Held], *, author: str, reason: str, now: datetime) -> Decided:
    if not rows:
        return Decided()
    stored = _store(session, rows, author=author, reason=reason, now=now)
    said = Decision(state=State.RELEASED, by=author, why=reason)
    done = quarantine.decide(session, [row.id for row in rows], said, now=now)
    _audit(session, "release", rows, author=author, reason=reason, now=now)
    return Decided(decided=done, stored=stored)


def _dismiss(session: Session, rows: list[Held], *, author: str, reason: str, now: datetime) -> Decided:
    if not rows:
        return Decided()
    said = Decision(state=State.DISMISSED, by=author, why=reason)
    done = quarantine.decide(session, [row.id for row in rows], said, now=now)
    _audit(session, "dismiss", rows, author=author, reason=reason, now=now)
    return Decided(decided=done)


def _open(session: Session, numbers: Collection[int], *, reason: str) -> list[Held]:
    _require_reason(reason)
    rows = [quarantine.one(session, number) for number in dict.fromkeys(numbers)]
    for row in rows:
        if row.state is not State.OPEN:
            raise InvalidInput(
                phrase(
                    "number {id} was {state} by {decided_by}: {why}",
                    id=row.id,
                    state=phrase(_WAS[row.state]),
                    decided_by=row.decided_by,
                    why=row.why,
                ),
                field="number",
            )
    return rows


def _of_run(session: Session, run_id: int, *, reason: str) -> list[Held]:
    _require_reason(reason)
    return quarantine.find(session, Which(state=State.OPEN, run_id=run_id))


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput(phrase("say why"), field="reason")
    if len(reason) > LONGEST_WHY:
        raise InvalidInput(phrase("at most {most} characters", most=LONGEST_WHY), field="reason")


def _unknown(session: Session, rows: Iterable[Held]) -> list[Held]:
    of_source: dict[str, list[Held]] = {}
    for row in rows:
        of_source.setdefault(row.source, []).append(row)
    sources = snapshot.current(session).sources
    found: list[Held] = []
    for slug, held in of_source.items():
        known = known_series(session, sources.get(slug), {row.reading.series for row in held})
        found += [row for row in held if row.reading.series not in known]
    return found


def _store(session: Session, rows: Iterable[Held], *, author: str, reason: str, now: datetime) -> int:
    """Store readings under the source that gave them; what nobody relied on so far is known from now on."""
    batches: dict[tuple[str, int | None], list[Reading]] = {}
    for row in rows:
        known_at = row.reading.known_at if row.reading.is_reconstructed else now
        reading = replace(row.reading, known_at=known_at)
        batches.setdefault((row.source, row.run_id), []).append(reading)
    return sum(
        observations.add(
            session, readings, source=source, author=author, note=reason, now=now, run_id=run_id
        ).stored
        for (source, run_id), readings in batches.items()
    )


def _audit(
    session: Session, verb: str, rows: list[Held], *, author: str, reason: str, now: datetime,
    value: float | None = None,
) -> None:  # fmt: skip
    keys = sorted({row.reading.series for row in rows})
    target = listed(keys) if len(keys) <= _MOST_NAMED else count(len(keys), "series", "series")
    held = [
        {
            "number": row.id, "series": row.reading.series, "value": row.reading.value,
            "period_end": row.reading.period_end.isoformat(), "gate": row.gate.value, "reason": row.reason,
        }
        for row in rows
    ]  # fmt: skip
    audit.record(
        session, actor=author, action=f"quarantine.{verb}", target=target[:400], reason=reason,
        before={"quarantined": held}, after=None if value is None else {"value": value}, now=now,
    )  # fmt: skip
