"""Incidents: dated, placed events of a feed, kept as the feed last told them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from monitor.domain.clock import DAY_SECONDS, epoch
from monitor.domain.derivations.derived import INCIDENTS
from monitor.domain.derivations.incident_count import Covered, IncidentLog
from monitor.domain.incident import Coverage, Incident
from monitor.domain.series import SeriesKey
from monitor.storage import series, subjects
from monitor.storage.batches import in_batches
from monitor.storage.bulk import fetch_tuples
from monitor.storage.rows.observations import IncidentCoverRow, IncidentRow, IncidentVersionRow
from monitor.storage.sequence import next_seq
from monitor.storage.upsert import insert_or

_NAMES = tuple(Incident.__dataclass_fields__)
_KEY = ("source", "external_id")
_TOLD = (
    "source", "external_id", "happened_on", "country", "kind", "admin1", "latitude", "longitude", "actor",
    "killed", "injured", "kidnapped",
)  # fmt: skip
_LOGGED = (*_TOLD[1:], "seq", "known_at", "is_withdrawn")
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of incidents that were given; `subjects` count them and were marked due."""

    changed: int
    unchanged: int
    subjects: tuple[str, ...] = ()


def keep(
    session: Session, incidents: Iterable[Incident], *, now: datetime, lag_days: float | None = None
) -> Kept:
    """Store incidents, revising those that differ from what was told; subjects that count them are due.

    What is new counts as known now; with `lag_days` it is history, known so many days after it happened.
    """
    rows = {(incident.source, incident.external_id): asdict(incident) for incident in incidents}
    changed: list[tuple[str, str]] = []
    for part in in_batches(rows.values(), most=_AT_ONCE):
        statement = insert_or(session, IncidentRow).values(part)
        told = {name: statement.excluded[name] for name in _NAMES if name not in _KEY}
        differs = or_(*(getattr(IncidentRow, name).is_distinct_from(value) for name, value in told.items()))
        statement = statement.on_conflict_do_update(index_elements=_KEY, set_=told, where=differs)
        # The rows that come back are those written; `rowcount` says nothing reliable of an upsert.
        written = session.execute(statement.returning(IncidentRow.source, IncidentRow.external_id))
        changed += [(source, external_id) for source, external_id in written]
    subjects_due = _add_versions(session, [rows[key] for key in sorted(changed)], now=now, lag_days=lag_days)
    return Kept(changed=len(changed), unchanged=len(rows) - len(changed), subjects=subjects_due)


def withdraw(session: Session, source: str, external_ids: Collection[str], *, now: datetime) -> int:
    """Take incidents back that a source no longer reports; return how many there were."""
    known = of_source(session, source)
    gone = [asdict(known[each]) | {"is_withdrawn": True} for each in sorted(external_ids) if each in known]
    for part in in_batches([each["external_id"] for each in gone]):
        statement = delete(IncidentRow).where(IncidentRow.source == source)
        session.execute(statement.where(IncidentRow.external_id.in_(part)))
    _add_versions(session, gone, now=now, lag_days=None)
    return len(gone)


def cover(session: Session, source: str, covered: Iterable[Coverage], *, now: datetime) -> int:
    """Note which days a source lists completely; return how many stretches were not known yet."""
    known = set(coverage(session, source))
    new = [each for each in covered if each not in known]
    if not new:
        return 0
    first = next_seq(session, len(new))
    rows = [
        {
            "source": source, "seq": seq, "country": each.country, "covers_from": each.covers_from,
            "covers_until": each.covers_until, "known_at": epoch(now),
            "lag_seconds": None if each.lag_days is None else round(each.lag_days * DAY_SECONDS),
        }
        for seq, each in enumerate(new, start=first)
    ]  # fmt: skip
    session.execute(insert(IncidentCoverRow), rows)
    _mark(session, {source}, now=now)
    return len(new)


def coverage(session: Session, source: str) -> list[Coverage]:
    """Return the stretches of days a source lists completely, in the order in which they became known."""
    statement = (
        select(IncidentCoverRow).where(IncidentCoverRow.source == source).order_by(IncidentCoverRow.seq)
    )
    return [
        Coverage(
            country=row.country, covers_from=row.covers_from, covers_until=row.covers_until,
            lag_days=None if row.lag_seconds is None else row.lag_seconds / DAY_SECONDS,
        )
        for row in session.execute(statement).scalars()
    ]  # fmt: skip


def logs(session: Session, sources: Collection[str], max_seq: int | None = None) -> dict[str, IncidentLog]:
    """Return all versions of the incidents of some sources, with what each covers; empty ones left out."""
    found: dict[str, list[Any]] = {}
    row = IncidentVersionRow
    columns = [getattr(row, name) for name in _LOGGED]
    statement = select(row.source, *columns).where(row.source.in_(sources)).order_by(row.external_id, row.seq)
    if max_seq is not None:
        statement = statement.where(row.seq <= max_seq)
    for source, *version in fetch_tuples(session, statement) if sources else ():
        found.setdefault(source, []).append(version)
    covered = _covered(session, sources, max_seq) if sources else {}
    return {source: _log(found.get(source, []), covered.get(source, ())) for source in {*found, *covered}}


def between(
    session: Session, country: str, since: date | None = None, until: date | None = None
) -> list[Incident]:
    """Return a country's incidents from `since` to `until` (both included), by day."""
    row = IncidentRow
    statement = (
        select(row).where(row.country == country).order_by(row.happened_on, row.source, row.external_id)
    )
    if since is not None:
        statement = statement.where(row.happened_on >= since)
    if until is not None:
        statement = statement.where(row.happened_on <= until)
    return [_incident(found) for found in session.execute(statement).scalars()]


def known_ids(session: Session, source: str, external_ids: Collection[str]) -> set[str]:
    """Return which of these a source has told before and not taken back."""
    found: set[str] = set()
    row = IncidentRow
    for part in in_batches(external_ids, most=_AT_ONCE):
        statement = select(row.external_id).where(row.source == source, row.external_id.in_(part))
        found.update(session.execute(statement).scalars())
    return found


def of_source(session: Session, source: str) -> dict[str, Incident]:
    """Return all incidents of a source by their external id."""
    statement = select(IncidentRow).where(IncidentRow.source == source)
    return {row.external_id: _incident(row) for row in session.execute(statement).scalars()}


def _incident(row: IncidentRow) -> Incident:
    values: dict[str, Any] = {name: getattr(row, name) for name in _NAMES}
    return Incident(**values)


def _add_versions(
    session: Session, told: Sequence[dict[str, Any]], *, now: datetime, lag_days: float | None
) -> tuple[str, ...]:
    """Write what is told now beside what was told before; return the subjects that count it."""
    if not told:
        return ()
    before = _versioned(session, {each["source"] for each in told})
    first = next_seq(session, len(told))
    rows = [
        {name: each[name] for name in _TOLD}
        | {
            "seq": seq,
            "known_at": _known_at(each, now=now, lag_days=None if _key(each) in before else lag_days),
            "is_withdrawn": each.get("is_withdrawn", False),
        }
        for seq, each in enumerate(told, start=first)
    ]
    session.execute(insert(IncidentVersionRow), rows)
    return _mark(session, {each["source"] for each in told}, now=now)


def _key(told: Mapping[str, Any]) -> tuple[str, str]:
    return told["source"], told["external_id"]


def _versioned(session: Session, sources: Collection[str]) -> set[tuple[str, str]]:
    """Return which incidents were told of before: a revision of history is news of today."""
    row = IncidentVersionRow
    statement = select(row.source, row.external_id).where(row.source.in_(sources)).distinct()
    return {(source, external_id) for source, external_id in session.execute(statement)}


def _known_at(told: Mapping[str, Any], *, now: datetime, lag_days: float | None) -> int:
    if lag_days is None:
        return epoch(now)
    after = datetime.combine(told["happened_on"], time(), UTC) + timedelta(days=1 + lag_days)
    return epoch(min(now, after))


def _mark(session: Session, sources: Collection[str], *, now: datetime) -> tuple[str, ...]:
    """Mark the subjects that count a source's incidents as due."""
    touched = series.watchers(session, [SeriesKey(INCIDENTS, source) for source in sources])
    subjects.mark_due(session, touched, now=now)
    return touched


def _covered(
    session: Session, sources: Collection[str], max_seq: int | None
) -> dict[str, tuple[Covered, ...]]:
    row = IncidentCoverRow
    statement = select(row).where(row.source.in_(sources)).order_by(row.source, row.seq)
    if max_seq is not None:
        statement = statement.where(row.seq <= max_seq)
    found: dict[str, tuple[Covered, ...]] = {}
    for each in session.execute(statement).scalars():
        covered = Covered(**{name: getattr(each, name) for name in Covered.__dataclass_fields__})
        found[each.source] = (*found.get(each.source, ()), covered)
    return found


def _log(versions: Sequence[Sequence[Any]], covered: tuple[Covered, ...]) -> IncidentLog:
    cells = dict(zip(_LOGGED, zip(*versions, strict=True) if versions else ((),) * len(_LOGGED), strict=True))
    _, numbers = np.unique(np.array(cells["external_id"], dtype=np.str_), return_inverse=True)
    places = [
        f"{admin1} {latitude} {longitude}"
        for admin1, latitude, longitude in zip(
            cells["admin1"], cells["latitude"], cells["longitude"], strict=True
        )
    ]
    words: dict[str, Any] = {
        name: np.array(cells[name], dtype=np.str_) for name in ("country", "admin1", "actor")
    }
    sums: dict[str, Any] = {
        name: np.array(cells[name], dtype=np.float64) for name in ("killed", "injured", "kidnapped")
    }
    days = [_midnight(day) for day in cells["happened_on"]]
    return IncidentLog(
        incident=numbers.astype(np.int64).reshape(-1),
        known_at=np.array(cells["known_at"], dtype=np.int64),
        seq=np.array(cells["seq"], dtype=np.int64),
        day=np.array(days, dtype=np.int64),
        withdrawn=np.array(cells["is_withdrawn"], dtype=np.bool_),
        type=np.array(cells["kind"], dtype=np.str_),
        place=np.array(places, dtype=np.str_),
        covered=covered,
        **words,
        **sums,
    )


def _midnight(day: date | str) -> int:
    """Return the first second of a day; the driver of SQLite gives days as text."""
    return int(np.datetime64(day, "s").astype(np.int64))
