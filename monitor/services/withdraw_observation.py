"""Take an entered value back: what held before it holds again; both stay and can be looked up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.clock import moment
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.domain.observation import UNGRADED, Observation, Reading
from monitor.domain.wording import say
from monitor.services.record_observation import LONGEST_NOTE, Recorded
from monitor.storage import audit, observations, withdrawals
from monitor.storage.withdrawals import Withdrawal


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The rows of one period in the order in which they were stored, and which of them were taken back."""

    rows: tuple[Observation, ...]
    withdrawn: tuple[Withdrawal, ...]

    @property
    def in_force(self) -> Observation:
        """The row that counts."""
        return max(self.rows, key=_rank)

    @property
    def standing(self) -> list[Observation]:
        """The rows that were given and not taken back, the one that counts last."""
        undone = {each.seq for each in self.withdrawn} | {each.by_seq for each in self.withdrawn}
        return sorted((row for row in self.rows if row.seq not in undone), key=_rank)


def period_of_row(session: Session, row: Recorded) -> Period:
    """Return all rows of the period of a row; NotFound."""
    found = observations.stored(session, {row.series: (row.start, 0, row.seq)}).get(row.series)
    if found is None:
        raise NotFound(f"there is no observation {row.seq} of {row.series}")
    start, end = found.reading.period_start, found.reading.period_end
    near = observations.history(session, row.series, since=start, until=end)
    rows = [each for each in near if (each.reading.period_start, each.reading.period_end) == (start, end)]
    rows.sort(key=lambda each: each.seq)
    withdrawn = withdrawals.of(session, [each.seq for each in rows])
    return Period(rows=tuple(rows), withdrawn=tuple(withdrawn))


def why_not(period: Period, seq: int) -> str:
    """Say why a row cannot be taken back; "" where it can."""
    standing = period.standing
    if seq in {each.seq for each in period.withdrawn}:
        return say("it is withdrawn already")
    if not standing or seq not in {each.seq for each in standing}:
        return say("nothing was entered with it: it says what held before another was withdrawn")
    if standing[-1].seq != seq:
        return say("a later value of these days counts; withdraw that one first")
    if standing[-1].reading.value is None:
        return say("it is no value: the source took the value of these days back")
    return ""


def withdraw_observation(session: Session, row: Recorded, *, reason: str, by: str, now: datetime) -> Recorded:
    """Take a row back; NotFound, Conflict where it no longer counts, InvalidInput for too long a reason."""
    if len(reason) > LONGEST_NOTE:
        raise InvalidInput(say("the reason is too long"), field="reason")
    period = period_of_row(session, row)
    if refusal := why_not(period, row.seq):
        raise Conflict(refusal)
    given, now_in_force = period.standing, period.in_force
    reading = _restored(given[:-1], now_in_force, reason=reason, now=now)
    source = (given[-2] if given[1:] else given[-1]).source
    added = observations.add(session, [reading], source=source, author=by, note=reason, now=now)
    if added.last_seq is None:
        raise Conflict(say("it no longer counts"))
    noted = Withdrawal(seq=row.seq, by_seq=added.last_seq, author=by, reason=reason, at=now)
    withdrawals.note(session, noted)
    audit.record(
        session, actor=by, action="observation.withdraw", target=row.series, reason=reason,
        before=_audited(given[-1].reading), after=_audited(reading), now=now,
    )  # fmt: skip
    return Recorded(series=row.series, start=row.start, seq=added.last_seq)


def _restored(earlier: Sequence[Observation], last: Observation, *, reason: str, now: datetime) -> Reading:
    """Return what holds again, known now: the value before, or that there is none."""
    revision = last.reading.source_revision
    if earlier:
        return replace(earlier[-1].reading, known_at=now, source_revision=revision, is_reconstructed=False)
    return replace(
        last.reading, value=None, low=None, high=None, grade=UNGRADED, citation="", note=reason,
        known_at=now, is_reconstructed=False,
    )  # fmt: skip


def _rank(row: Observation) -> tuple[int, int]:
    return row.reading.source_revision, row.seq


def _audited(reading: Reading) -> dict[str, object]:
    return {"value": reading.value, "period_end": reading.period_end.isoformat(), "grade": reading.grade}


def row_named(text: str, series: str) -> Recorded:
    """Return the row that an address names, `1764547200.123`; NotFound."""
    start, _, seq = text.partition(".")
    try:
        row = Recorded(series=series, start=int(start), seq=int(seq))
        moment(row.start)
    except (ValueError, OverflowError, OSError):
        raise NotFound(f"there is no observation {text}") from None
    return row
