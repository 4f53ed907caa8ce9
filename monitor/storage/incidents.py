"""Incidents: dated, placed events of a feed, kept as the feed last told them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, insert, select, tuple_, union_all
from sqlalchemy.orm import Session

from monitor.domain.clock import DAY_SECONDS, epoch
from monitor.domain.derivations.derived import INCIDENTS
from monitor.domain.derivations.incident_count import Covered, IncidentLog
from monitor.domain.incident import CodedBy, Coding, Coverage, Incident
from monitor.domain.series import SeriesKey
from monitor.storage import series, subjects
from monitor.storage.batches import in_batches
from monitor.storage.bulk import fetch_tuples
from monitor.storage.incident_rows import TOLD, Telling, has_any
from monitor.storage.rows.observations import IncidentCoverRow, IncidentRow, IncidentVersionRow
from monitor.storage.sequence import lock, next_seq

_NAMES = tuple(Incident.__dataclass_fields__)
_LOGGED = (
    "external_id", "happened_on", "country", "coded_country", "kind", "admin1", "coded_admin1", "latitude",
    "longitude", "actor", "killed", "injured", "kidnapped", "seq", "known_at", "is_withdrawn",
)  # fmt: skip
_AT_ONCE = 1000
_values = attrgetter("external_id", *TOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of incidents that were given; `subjects` count them and were marked due."""

    changed: int
    unchanged: int
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a source said of an incident from `known_at` (epoch seconds) on; withdrawn: that it was none."""

    incident: Incident
    coding: Coding
    seq: int
    known_at: int
    is_withdrawn: bool


def keep(
    session: Session, incidents: Iterable[Incident], *, now: datetime, lag_days: float | None = None
) -> Kept:
    """Store incidents, revising those that differ from what was told; subjects that count them are due.

    What is new counts as known now; with `lag_days` it is history, known so many days after it happened.
    """
    by_source: dict[str, dict[str, tuple[Any, ...]]] = {}
    for incident in incidents:
        by_source.setdefault(incident.source, {})[incident.external_id] = _values(incident)
    kept = [
        keep_rows(session, source, told.values(), now=now, lag_days=lag_days)
        for source, told in sorted(by_source.items())
    ]
    return Kept(
        changed=sum(each.changed for each in kept),
        unchanged=sum(each.unchanged for each in kept),
        subjects=tuple(sorted({slug for each in kept for slug in each.subjects})),
    )


def keep_rows(
    session: Session, source: str, told: Iterable[tuple[Any, ...]], *, now: datetime,
    lag_days: float | None = None,
) -> Kept:  # fmt: skip
    """Do the same for one source with tuples: the external id, then the values of `incident_rows.TOLD`.

    An id may come once only.
    """
    telling = Telling(
        session=session, source=source, now=now, first_seq=lock(session) + 1, lag_days=lag_days,
        is_new=not has_any(session, source),
    )  # fmt: skip
    telling.tell(told)
    touched = _finish(session, telling)
    return Kept(changed=telling.written, unchanged=telling.unchanged, subjects=touched)


def withdraw(session: Session, source: str, external_ids: Collection[str], *, now: datetime) -> int:
    """Take incidents back that a source no longer reports; return how many there were."""
    telling = Telling(session=session, source=source, now=now, first_seq=lock(session) + 1)
    telling.withdraw(external_ids)
    _finish(session, telling)
    return telling.written


def recode(session: Session, source: str, *, now: datetime) -> Kept:
    """Code a source's incidents anew; what comes out otherwise than before is a version known from now on."""
    telling = Telling(session=session, source=source, now=now, first_seq=lock(session) + 1)
    row = IncidentRow
    there = select(row.external_id).where(row.source == source, ~row.is_withdrawn).order_by(row.external_id)
    ids = list(session.execute(there).scalars())
    telling.recode(ids)
    touched = _finish(session, telling)
    return Kept(changed=telling.written, unchanged=len(ids) - telling.written, subjects=touched)


def _finish(session: Session, telling: Telling) -> tuple[str, ...]:
    if not telling.written:
        return ()
    next_seq(session, telling.written)
    return _mark(session, {telling.source}, now=telling.now)


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
    if not sources:
        return {}
    found: dict[str, list[Any]] = {}
    told = [
        select(row.source, *(getattr(row, name) for name in _LOGGED)).where(
            row.source.in_(sources), *(() if max_seq is None else (row.seq <= max_seq,))
        )
        for row in (IncidentRow, IncidentVersionRow)
    ]
    statement = union_all(*told).order_by("external_id", "seq")
    for source, *version in fetch_tuples(session, statement):
        found.setdefault(source, []).append(version)
    covered = _covered(session, sources, max_seq)
    return {source: _log(found.get(source, []), covered.get(source, ())) for source in {*found, *covered}}


def between(
    session: Session, country: str, since: date | None = None, until: date | None = None
) -> list[Incident]:
    """Return a country's incidents from `since` to `until` (both included), by day."""
    row = IncidentRow
    statement = (
        select(row)
        .where(row.coded_country == country, ~row.is_withdrawn, *_days(since, until))
        .order_by(row.happened_on, row.source, row.external_id)
    )
    return [incident_in(found) for found in session.execute(statement).scalars()]


def of_days(session: Session, since: date | None = None, until: date | None = None) -> list[Incident]:
    """Return all incidents of a stretch of days (both included)."""
    statement = select(IncidentRow).where(~IncidentRow.is_withdrawn, *_days(since, until))
    return [incident_in(row) for row in session.execute(statement).scalars()]


def _days(since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    """Ask for a stretch of days, both included; None is without end."""
    found = [] if since is None else [IncidentRow.happened_on >= since]
    return found if until is None else [*found, IncidentRow.happened_on <= until]


def of_keys(session: Session, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Incident]:
    """Return incidents by source and external id, withdrawn ones left out."""
    row = IncidentRow
    found: dict[tuple[str, str], Incident] = {}
    for part in in_batches(keys, most=400):
        chosen = tuple_(row.source, row.external_id).in_(part)
        for each in session.execute(select(row).where(chosen, ~row.is_withdrawn)).scalars():
            found[each.source, each.external_id] = incident_in(each)
    return found


def known_ids(session: Session, source: str, external_ids: Collection[str]) -> set[str]:
    """Return which of these a source has told before and not taken back."""
    found: set[str] = set()
    row = IncidentRow
    for part in in_batches(external_ids, most=_AT_ONCE):
        there = (row.source == source, ~row.is_withdrawn, row.external_id.in_(part))
        statement = select(row.external_id).where(*there)
        found.update(session.execute(statement).scalars())
    return found


def of_source(session: Session, source: str) -> dict[str, Incident]:
    """Return all incidents of a source by their external id."""
    statement = select(IncidentRow).where(IncidentRow.source == source, ~IncidentRow.is_withdrawn)
    return {row.external_id: incident_in(row) for row in session.execute(statement).scalars()}


def versions(session: Session, source: str, external_id: str) -> list[Version]:
    """Return all that a source said of an incident, the latest first; none if it never told of it."""
    now, before = IncidentRow, IncidentVersionRow
    rows: list[IncidentRow | IncidentVersionRow] = [
        *session.scalars(select(now).where(now.source == source, now.external_id == external_id)),
        *session.scalars(select(before).where(before.source == source, before.external_id == external_id)),
    ]
    found = [
        Version(
            incident=incident_in(row),
            coding=coding_in(row),
            seq=row.seq,
            known_at=row.known_at,
            is_withdrawn=row.is_withdrawn,
        )
        for row in rows
    ]
    return sorted(found, key=lambda version: -version.seq)


def coding_in(row: IncidentRow | IncidentVersionRow) -> Coding:
    """Return the coding that is kept with an incident."""
    return Coding(country=row.coded_country, admin1=row.coded_admin1, by=CodedBy(row.coded_by))


def incident_in(row: IncidentRow | IncidentVersionRow) -> Incident:
    """Return what a row tells."""
    values: dict[str, Any] = {name: getattr(row, name) for name in _NAMES}
    return Incident(**values)


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
        name: np.array(cells[name], dtype=np.str_)
        for name in ("country", "coded_country", "admin1", "coded_admin1", "actor")
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
