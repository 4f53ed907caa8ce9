"""Alerts: the state of each rule by compare-and-set, its episodes, and the events they leave."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, Update, and_, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import (
    Ack,
    Alert,
    AlertEvent,
    AlertState,
    DataHealth,
    EventType,
    Pending,
    Resolution,
)
from monitor.domain.errors import Conflict, NotFound
from monitor.domain.phrases import kept, revived
from monitor.domain.scale import Concern
from monitor.storage.batches import in_batches
from monitor.storage.bulk import fetch_tuples
from monitor.storage.rows.alerts import AlertEventRow, AlertRow, EpisodeRow
from monitor.storage.rows.deliveries import NotificationRow
from monitor.storage.structure import from_json, to_json
from monitor.storage.upsert import insert_or

_NAMES = tuple(Alert.__dataclass_fields__)
_OPEN = (AlertState.FIRING.value, AlertState.RECOVERING.value)
# Rows are written past the mapping of objects: it takes longer than the writing.
_ALERT: Any = AlertRow.__table__
_EVENT: Any = AlertEventRow.__table__
_EPISODE: Any = EpisodeRow.__table__
_RULE_FIRST = attrgetter("rule", "fingerprint")


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One stretch of an alert from firing to resolved, with the labels it had when it began."""

    id: str
    fingerprint: str
    rule: str
    subject: str
    started_at: datetime
    peak_concern: Concern
    series: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    ended_at: datetime | None = None
    resolution: Resolution | None = None


def find(session: Session, fingerprint: str) -> Alert | None:
    """Return an alert; None if its rule was never evaluated."""
    row = session.execute(_alerts().where(AlertRow.fingerprint == fingerprint)).scalar_one_or_none()
    return None if row is None else _alert(row)


def get(session: Session, fingerprint: str) -> Alert:
    """Return an alert; NotFound."""
    alert = find(session, fingerprint)
    if alert is None:
        raise NotFound(f"there is no alert {fingerprint}")
    return alert


def of_subject(session: Session, subject: str) -> dict[str, Alert]:
    """Return the alerts of a subject by fingerprint, whatever their state."""
    statement = _alerts().where(AlertRow.subject == subject).order_by(AlertRow.rule)
    return {row.fingerprint: _alert(row) for row in session.execute(statement).scalars()}


def of_rules(
    session: Session,
    subjects: Collection[str],
    *,
    fingerprints: Collection[str],
    but: Collection[str] = (),
) -> dict[str, Alert]:
    """Return the alerts of subjects and those with these fingerprints, which a moved rule brings along.

    By rule and fingerprint, those aside that are named in `but`.
    """
    wanted = set(fingerprints)
    for part in in_batches(subjects):
        wanted |= {name for (name,) in fetch_tuples(session, _names(), {"subjects": part})}
    found: list[Alert] = []
    for part in in_batches(sorted(wanted.difference(but))):
        found += [_alert(row) for row in session.execute(_by_name(), {"names": part}).scalars()]
    return {alert.fingerprint: alert for alert in sorted(found, key=_RULE_FIRST)}


def channels_told(session: Session, episode_ids: Collection[str]) -> dict[str, set[str]]:
    """Return by episode the channels for which any of its events was written, whatever became of it."""
    row, found = NotificationRow, {episode_id: set[str]() for episode_id in episode_ids}
    for part in in_batches(episode_ids):
        statement = select(row.episode_id, row.channel).where(row.episode_id.in_(part)).distinct()
        for episode_id, channel in session.execute(statement):
            found[episode_id].add(channel)
    return found


def find_open(
    session: Session, subjects: Collection[str] | None = None, *, rules: Collection[str] | None = None
) -> list[Alert]:
    """Return what is firing or recovering, worst first, of these subjects and rules or of all."""
    statement = _open()
    if subjects is not None:
        statement = statement.where(AlertRow.subject.in_(subjects))
    if rules is not None:
        statement = statement.where(AlertRow.rule.in_(rules))
    return [_alert(row) for row in session.execute(statement).scalars()]


def save(session: Session, alert: Alert) -> Alert:
    """Store an alert as it was read and changed, one version on; Conflict if another was faster."""
    after = replace(alert, version=alert.version + 1)
    if alert.version == 0:
        statement = insert_or(session, AlertRow).values(**_columns(after)).on_conflict_do_nothing()
    else:
        statement = (
            update(AlertRow)
            .where(AlertRow.fingerprint == alert.fingerprint, AlertRow.version == alert.version)
            .values(**_columns(after))
        )
    if session.execute(statement.returning(AlertRow.fingerprint)).scalar_one_or_none() is None:
        raise Conflict(f"alert {alert.fingerprint} of rule {alert.rule} was changed meanwhile")
    return after


def save_all(session: Session, changed: Collection[Alert]) -> None:
    """Store alerts as they were read and changed, each one version on; Conflict if another was faster."""
    rows = [_columns(replace(each, version=each.version + 1)) for each in changed]
    new = [row for row in rows if row["version"] == 1]
    known = [
        row | {"of": row["fingerprint"], "seen": row["version"] - 1} for row in rows if row["version"] > 1
    ]
    if new:
        statement = insert_or(session, _ALERT).on_conflict_do_nothing()
        statement = statement.execution_options(preserve_rowcount=True)
        _require(session.connection().execute(statement, new), len(new))
    if known:
        _require(session.connection().execute(_change(), known), len(known))


def last_ended(session: Session, fingerprints: Collection[str]) -> dict[str, datetime]:
    """Return when the last episode of each of these alerts ended, where any has."""
    found: dict[str, datetime] = {}
    for part in in_batches(fingerprints):
        found |= {row[0]: row[1] for row in session.execute(_last_ended(), {"names": part})}
    return found


def add_events(session: Session, events: Iterable[AlertEvent], *, now: datetime) -> None:
    """Store what happened, in the transaction that changed the alert."""
    rows = [
        {
            "episode_id": event.episode_id,
            "event_seq": event.event_seq,
            "fingerprint": event.fingerprint,
            "type": event.type.value,
            "at": event.at,
            "stored_at": now,
            "concern": int(event.concern),
            "reason": event.reason,
            "body": kept(event.body),
        }
        for event in events
    ]
    if rows:
        session.connection().execute(insert(_EVENT), rows)


def events(session: Session, episode_id: str) -> list[AlertEvent]:
    """Return the events of an episode, oldest first."""
    row = AlertEventRow
    statement = select(row).where(row.episode_id == episode_id).order_by(row.event_seq)
    return [_event(found) for found in session.execute(statement).scalars()]


def recent_events(
    session: Session, *, subject: str | None = None, fingerprint: str | None = None, limit: int = 100
) -> list[AlertEvent]:
    """Return the last events of a subject, of an alert, or of all, newest first."""
    row = AlertEventRow
    statement = select(row).order_by(row.stored_at.desc(), row.episode_id, row.event_seq.desc()).limit(limit)
    if subject is not None:
        statement = statement.join(AlertRow, AlertRow.fingerprint == row.fingerprint)
        statement = statement.where(AlertRow.subject == subject)
    if fingerprint is not None:
        statement = statement.where(row.fingerprint == fingerprint)
    return [_event(found) for found in session.execute(statement).scalars()]


def open_episode(session: Session, episode: Episode) -> None:
    """Store an episode that begins."""
    open_episodes(session, [episode])


def open_episodes(session: Session, episodes: Iterable[Episode]) -> None:
    """Store episodes that begin."""
    rows = [
        {
            "id": episode.id,
            "fingerprint": episode.fingerprint,
            "rule": episode.rule,
            "subject": episode.subject,
            "series": episode.series,
            "labels": dict(episode.labels),
            "started_at": episode.started_at,
            "ended_at": episode.ended_at,
            "resolution": episode.resolution or "",
            "peak_concern": int(episode.peak_concern),
        }
        for episode in episodes
    ]
    if rows:
        session.connection().execute(insert(_EPISODE), rows)


def raise_peak(session: Session, episode_id: str, concern: Concern) -> None:
    """Keep the worst concern an episode reached."""
    row = EpisodeRow
    statement = update(row).where(row.id == episode_id, row.peak_concern < int(concern))
    session.execute(statement.values(peak_concern=int(concern)))


def end_episode(session: Session, episode_id: str, *, at: datetime, resolution: Resolution) -> None:
    """Say when and why an episode ended; one that has ended stays as it is."""
    row = EpisodeRow
    statement = update(row).where(row.id == episode_id, row.ended_at.is_(None))
    session.execute(statement.values(ended_at=at, resolution=resolution.value))


def episode(session: Session, episode_id: str) -> Episode:
    """Return an episode; NotFound."""
    found = episodes(session, [episode_id])
    if episode_id not in found:
        raise NotFound(f"there is no episode {episode_id}")
    return found[episode_id]


def episodes(session: Session, ids: Collection[str]) -> dict[str, Episode]:
    """Return these episodes by id."""
    found: dict[str, Episode] = {}
    for part in in_batches(ids):
        statement = _episodes().where(EpisodeRow.id.in_(part))
        found |= {row.id: _episode(row) for row in session.execute(statement).scalars()}
    return found


def recent_episodes(
    session: Session, *, subject: str | None = None, fingerprint: str | None = None, limit: int = 100
) -> list[Episode]:
    """Return the last episodes of a subject, of an alert, or of all, newest first."""
    statement = _episodes().order_by(EpisodeRow.started_at.desc(), EpisodeRow.id).limit(limit)
    if subject is not None:
        statement = statement.where(EpisodeRow.subject == subject)
    if fingerprint is not None:
        statement = statement.where(EpisodeRow.fingerprint == fingerprint)
    return [_episode(row) for row in session.execute(statement).scalars()]


def _require(result: Any, count: int) -> None:
    if result.rowcount != count:
        raise Conflict("an alert was changed meanwhile")


@cache
def _last_ended() -> Any:
    row = EpisodeRow
    is_over = (row.fingerprint.in_(bindparam("names", expanding=True)), row.ended_at.is_not(None))
    return select(row.fingerprint, func.max(row.ended_at)).where(*is_over).group_by(row.fingerprint)


@cache
def _names() -> Select[str]:
    return select(AlertRow.fingerprint).where(AlertRow.subject.in_(bindparam("subjects", expanding=True)))


@cache
def _open() -> Select[AlertRow]:
    """Return what is firing or recovering, worst first."""
    row = AlertRow
    worst_first = (row.concern.desc(), row.started_at.desc(), row.fingerprint)
    return _alerts().where(row.state.in_(_OPEN)).order_by(*worst_first)


@cache
def _by_name() -> Select[AlertRow]:
    return _alerts().where(AlertRow.fingerprint.in_(bindparam("names", expanding=True)))


@cache
def _change() -> Update:
    table: Any = AlertRow.__table__
    is_as_read = and_(table.c.fingerprint == bindparam("of"), table.c.version == bindparam("seen"))
    return update(table).where(is_as_read).values({name: bindparam(name) for name in _NAMES})


def _alerts() -> Select[AlertRow]:
    return select(AlertRow).execution_options(populate_existing=True)


def _episodes() -> Select[EpisodeRow]:
    return select(EpisodeRow).execution_options(populate_existing=True)


def _columns(alert: Alert) -> dict[str, Any]:
    values = {name: getattr(alert, name) for name in _NAMES}
    return values | {
        "state": alert.state.value,
        "data_health": alert.data_health.value,
        "returns": list(alert.returns),
        "pending": {step.word: to_json(pending) for step, pending in alert.pending.items()},
        "ack": None if alert.ack is None else to_json(alert.ack),
    }


def _alert(row: AlertRow) -> Alert:
    values = {name: getattr(row, name) for name in _NAMES}
    concerns = {name: Concern(value) for name, value in values.items() if name.endswith("concern")}
    read = {
        "state": AlertState(row.state),
        "data_health": DataHealth(row.data_health),
        "returns": tuple(row.returns),
        "pending": {Concern[word.upper()]: from_json(body, Pending) for word, body in row.pending.items()},
        "ack": None if row.ack is None else from_json(row.ack, Ack),
    }
    return Alert(**values | concerns | read)


def _event(row: AlertEventRow) -> AlertEvent:
    return AlertEvent(
        fingerprint=row.fingerprint,
        episode_id=row.episode_id,
        event_seq=row.event_seq,
        type=EventType(row.type),
        at=row.at,
        concern=Concern(row.concern),
        reason=row.reason,
        body=revived(row.body),
    )


def _episode(row: EpisodeRow) -> Episode:
    return Episode(
        id=row.id,
        fingerprint=row.fingerprint,
        rule=row.rule,
        subject=row.subject,
        series=row.series,
        labels=row.labels,
        started_at=row.started_at,
        ended_at=row.ended_at,
        resolution=Resolution(row.resolution) if row.resolution else None,
        peak_concern=Concern(row.peak_concern),
    )
