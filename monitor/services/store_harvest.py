"""Store a harvest: readings through their gates, incidents, withdrawals and what is covered, counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.clock import epoch
from monitor.domain.grade import is_grade
from monitor.domain.harvest import Harvest, Rejected
from monitor.domain.observation import Reading
from monitor.domain.series import Columns
from monitor.domain.source import Source
from monitor.services.judge_readings import judge_readings, keep_quarantined
from monitor.storage import incidents, observations, series
from monitor.storage.observations import Added

MOST_SAMPLES = 20
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of a harvest."""

    counts: Mapping[str, int]
    samples: tuple[Mapping[str, str], ...] = ()
    note: str = ""

    @property
    def has_changed(self) -> bool:
        """Whether anything was stored or quarantined."""
        return any(self.counts[name] for name in ("new", "revised", "withdrawn", "quarantined"))

    @property
    def is_useless(self) -> bool:
        """Whether something came and none of it could be used."""
        return 0 < self.counts["seen"] == self.counts["rejected"]


def store_harvest(
    session: Session,
    source: Source,
    harvest: Harvest,
    *,
    run_id: int,
    asked_at: datetime,
    is_first: bool,
    now: datetime,
) -> Stored:
    """Store all of a harvest in the caller's transaction; `is_first`: nothing was asked of it before.

    What is told at `asked_at` of days long past was known when it came out, if it is fetched first; of a
    period that is there already it is news, as nobody knows since when the source says so.
    """
    rejected = [*harvest.rejected, *filter(None, map(_ungraded, harvest.readings))]
    added, quarantined = Added(), 0
    # Most runs bring nothing new: they are then not to cost a look at all that is there.
    if harvest.readings:
        stored = _columns_there(session, harvest.readings) if is_first else None
        there = _periods(stored or {})
        readings = [
            known_when(each, source, asked_at=asked_at, is_first=is_first and _period(each) not in there)
            for each in harvest.readings
            if _ungraded(each) is None
        ]
        judged = judge_readings(session, source, readings, now=now, stored=stored)
        added = observations.add(
            session, judged.accepted, source=source.slug, author="", note="", now=now, run_id=run_id
        )
        keep_quarantined(session, judged, source=source.slug, run_id=run_id, now=now)
        quarantined = len(judged.quarantined)
    new, revised, withdrawn = _keep_incidents(session, source, harvest, is_first=is_first, at=asked_at)
    counts = {
        "seen": len(harvest.readings)
        + len(harvest.incidents)
        + len(harvest.withdrawn)
        + len(harvest.rejected),
        "new": added.new + new,
        "revised": added.revised + revised,
        "withdrawn": added.withdrawn + withdrawn,
        "quarantined": quarantined,
        "rejected": len(rejected),
    }
    return Stored(counts=counts, samples=samples_of(rejected), note=harvest.note)


def samples_of(rejected: Sequence[Rejected]) -> tuple[Mapping[str, str], ...]:
    """Return some of what was rejected, as it is kept with the run: one of each reason first."""
    by_reason: dict[str, list[Rejected]] = {}
    for each in rejected:
        by_reason.setdefault(each.reason, []).append(each)
    first = [group[0] for group in by_reason.values()]
    rest = [each for group in by_reason.values() for each in group[1:]]
    return tuple(
        {"where": each.where[:_SHOWN], "text": each.text[:_SHOWN], "reason": each.reason[:_SHOWN]}
        for each in [*first, *rest][:MOST_SAMPLES]
    )


def known_when(reading: Reading, source: Source, *, asked_at: datetime, is_first: bool) -> Reading:
    """History fetched for the first time was known when it came out, not when it was first asked for."""
    usual = reading.period_end + timedelta(days=source.publication_lag_days)
    if not is_first or reading.known_at != asked_at or usual >= asked_at:
        return reading
    return replace(reading, known_at=usual, is_reconstructed=True)


def _columns_there(session: Session, readings: Sequence[Reading]) -> dict[str, Columns]:
    """Return what is stored of the readings' series."""
    keys = sorted({each.series for each in readings if all(each.series.partition(":"))})
    return series.columns(session, keys)


def _periods(stored: Mapping[str, Columns]) -> frozenset[tuple[str, int, int]]:
    """Return the periods of which something is stored."""
    return frozenset(
        (key, start, end)
        for key, columns in stored.items()
        for start, end in zip(columns.period_start.tolist(), columns.period_end.tolist(), strict=True)
    )


def _period(reading: Reading) -> tuple[str, int, int]:
    return reading.series, epoch(reading.period_start), epoch(reading.period_end)


def _ungraded(reading: Reading) -> Rejected | None:
    if not reading.grade or is_grade(reading.grade):
        return None
    reason = "this is no grade; expected a letter A to F and a digit 1 to 6"
    where = f"{reading.series}, {reading.period_start:%Y-%m-%d}"
    return Rejected(where=where, text=reading.grade, reason=reason)


def _keep_incidents(
    session: Session, source: Source, harvest: Harvest, *, is_first: bool, at: datetime
) -> tuple[int, int, int]:
    """Keep incidents and what is covered, known since `at`; count the new, the revised and the withdrawn."""
    slug, withdrawn = source.slug, 0
    lag = source.publication_lag_days if is_first else None
    if harvest.withdrawn:
        withdrawn = incidents.withdraw(session, slug, harvest.withdrawn, now=at)
    told = {each.external_id for each in harvest.incidents}
    known = incidents.known_ids(session, slug, told) if told else set()
    changed = incidents.keep(session, harvest.incidents, now=at, lag_days=lag).changed if told else 0
    if harvest.covered:
        covered = [replace(each, lag_days=each.lag_days if lag is None else lag) for each in harvest.covered]
        incidents.cover(session, slug, covered, now=at)
    new = min(len(told - known), changed)
    return new, changed - new, withdrawn
