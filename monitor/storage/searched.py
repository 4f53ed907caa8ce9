"""What a search goes through of what grows: bounded stretches of the newest, and things by their id."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import AlertState
from monitor.domain.search.folding import fold_all
from monitor.storage.engine import ONE_SNAPSHOT
from monitor.storage.rows.alerts import AlertRow, EpisodeRow
from monitor.storage.rows.desk import AuditEntryRow
from monitor.storage.rows.observations import IncidentRow, SeriesRow
from monitor.storage.rows.shifts import HandoverActRow, HandoverRow, LogEntryRow
from monitor.storage.rows.silences import SilenceRow
from monitor.storage.sequence import last_seq

_OPEN = (AlertState.FIRING.value, AlertState.RECOVERING.value)
_LAST = "\U0010ffff"
_NEWEST = "newest incidents"


class FoundAlert(NamedTuple):
    """An open alert, or an episode that has ended."""

    episode_id: str
    rule: str
    subject: str
    series: str
    concern: int
    started_at: datetime | None


class FoundIncident(NamedTuple):
    """An incident as its source last told it."""

    source: str
    external_id: str
    happened_on: date
    kind: str
    actor: str
    country: str
    admin1: str
    coded_admin1: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest incidents by source and id, and all words of each, folded; as of a number.

    `is_cut`: there are more, before the day `back_to`.
    """

    seq: int
    limit: int
    is_cut: bool
    back_to: date | None
    keys: Sequence[tuple[str, str]]
    folded: Sequence[str]


class FoundWriting(NamedTuple):
    """Something a person wrote: its number, when, who, the words, what it is about."""

    number: int
    at: datetime
    by: str
    text: str
    about: str


def open_alerts(session: Session, *, limit: int) -> list[FoundAlert]:
    """Return what is firing or recovering, the worst first."""
    row = AlertRow
    columns = (row.episode_id, row.rule, row.subject, row.series, row.concern, row.started_at)
    statement = select(*columns).where(row.state.in_(_OPEN)).order_by(row.concern.desc()).limit(limit)
    return [FoundAlert(*each) for each in session.execute(statement)]


def ended_episodes(session: Session, *, limit: int) -> list[FoundAlert]:
    """Return the episodes that began last of those that have ended."""
    row = EpisodeRow
    statement = _episodes().where(row.ended_at.is_not(None)).order_by(row.started_at.desc()).limit(limit)
    return [FoundAlert(*each) for each in session.execute(statement)]


def episodes_with_id(session: Session, begins: str, *, limit: int) -> list[FoundAlert]:
    """Return the episodes whose id begins so."""
    row = EpisodeRow
    statement = _episodes().where(row.id >= begins, row.id < begins + _LAST).order_by(row.id).limit(limit)
    return [FoundAlert(*each) for each in session.execute(statement) if each[0].startswith(begins)]


def newest_incidents(session: Session, *, limit: int) -> Newest:
    """Return the words of the newest incidents; withdrawn ones are left out, so it may be a few less.

    It is asked for each letter that is typed: kept for as long as nothing is written that takes a number.
    """
    seq, kept = last_seq(session), session.info.get("kept", {})
    found: Newest | None = kept.get(_NEWEST)
    if found is not None and (found.seq, found.limit) == (seq, limit):
        return found
    found = _newest(session, seq=seq, limit=limit)
    # What a session that writes has seen may yet be undone.
    if session.info.get(ONE_SNAPSHOT):
        kept[_NEWEST] = found
    return found


def _newest(session: Session, *, seq: int, limit: int) -> Newest:
    row: Any = IncidentRow.__table__.c
    words = row.kind
    for column in (row.actor, row.country, row.admin1, row.coded_admin1, row.external_id, row.description):
        words = words + " " + column
    columns = (row.source, row.external_id, type_coerce(row.happened_on, Text), words, row.is_withdrawn)
    statement = select(*columns).order_by(row.happened_on.desc(), row.seq.desc()).limit(limit)
    rows = session.connection().execute(statement).all()
    told = [each for each in rows if not each.is_withdrawn]
    return Newest(
        seq=seq, limit=limit, is_cut=len(rows) == limit,
        back_to=date.fromisoformat(str(rows[-1][2])) if rows else None,
        keys=[(each[0], each[1]) for each in told], folded=fold_all(each[3] for each in told),
    )  # fmt: skip


def incidents(session: Session, keys: Collection[tuple[str, str]]) -> list[FoundIncident]:
    """Return incidents by source and id, in the order they are asked for."""
    row = IncidentRow
    if not keys:
        return []
    # Each by itself: for a list of pairs SQLite looks through the whole table.
    each_one = (and_(row.source == source, row.external_id == key) for source, key in keys)
    statement = select(*_incident()).where(or_(*each_one))
    found = {each[:2]: FoundIncident(*each) for each in session.execute(statement)}
    return [found[key] for key in keys if key in found]


def incidents_with_id(
    session: Session, begins: str, *, sources: Collection[str], limit: int
) -> list[FoundIncident]:
    """Return the incidents of these sources whose external id begins so, as it is written."""
    row = IncidentRow
    statement = (
        select(*_incident())
        .where(row.source.in_(sources), row.external_id >= begins, row.external_id < begins + _LAST)
        .where(~row.is_withdrawn)
        .order_by(row.external_id)
        .limit(limit)
    )
    found = [FoundIncident(*each) for each in session.execute(statement)]
    return [each for each in found if each.external_id.startswith(begins)]


def log_entries(session: Session, *, limit: int) -> list[FoundWriting]:
    """Return the latest entries of the shift log and their corrections, by the number they stand under."""
    row = LogEntryRow
    number = func.coalesce(row.corrects, row.id)
    about = func.coalesce(func.nullif(row.subject, ""), row.episode_id)
    columns = (number, row.at, row.author, row.text, about)
    statement = select(*columns).order_by(row.at.desc(), row.id.desc()).limit(limit)
    return [FoundWriting(*each) for each in session.execute(statement)]


def silences(session: Session, *, limit: int) -> list[tuple[FoundWriting, datetime]]:
    """Return the latest silences, what they match in `about`, and when each ends."""
    row = SilenceRow
    columns = (row.id, row.starts_at, row.author, row.comment, row.matchers, row.ends_at)
    statement = select(*columns).order_by(row.id.desc()).limit(limit)
    return [
        (FoundWriting(number, at, by, text, _matched(matchers)), ends_at)
        for number, at, by, text, matchers, ends_at in session.execute(statement)
    ]


def handovers(session: Session, *, limit: int) -> list[FoundWriting]:
    """Return the latest handovers, each with all that people wrote in its acts; `about` is its rota."""
    row = HandoverRow
    columns = (row.id, row.drafted_at, row.outgoing, row.incoming, row.rota)
    statement = select(*columns).order_by(row.drafted_at.desc(), row.id.desc()).limit(limit)
    heads = session.execute(statement).all()
    act = HandoverActRow
    acts = select(act.handover_id, act.body).where(act.handover_id.in_([each[0] for each in heads]))
    written: dict[int, dict[str, None]] = {}
    for number, body in session.execute(acts) if heads else ():
        written.setdefault(number, {}).update(dict.fromkeys(_written(body)))
    return [
        FoundWriting(number, at, f"{outgoing} {incoming}".strip(), " · ".join(written.get(number, {})), rota)
        for number, at, outgoing, incoming, rota in heads
    ]


def reasons(session: Session, action: str, *, limit: int, looked: int) -> list[FoundWriting]:
    """Return what people last noted on acts of this name; `about` is what they acted on."""
    row = AuditEntryRow
    columns = (row.id, row.at, row.actor, row.reason, row.target, row.action)
    statement = select(*columns).order_by(row.id.desc()).limit(looked)
    found = [
        FoundWriting(*each[:-1]) for each in session.execute(statement) if each.reason and each[-1] == action
    ]
    return found[:limit]


def last_series(session: Session) -> int:
    """Return the number of the series that was made last: what a list of them is compared by."""
    return session.execute(select(func.coalesce(func.max(SeriesRow.id), 0))).scalar_one()


def _episodes() -> Any:
    row = EpisodeRow
    return select(row.id, row.rule, row.subject, row.series, row.peak_concern, row.started_at)


def _incident() -> Sequence[Any]:
    row = IncidentRow
    return (
        row.source, row.external_id, row.happened_on, row.kind, row.actor, row.country, row.admin1,
        row.coded_admin1, row.description,
    )  # fmt: skip


def _matched(matchers: Sequence[dict[str, Any]]) -> str:
    return " ".join(f"{each.get('name', '')}={each.get('value', '')}" for each in matchers)


def _written(body: dict[str, Any]) -> list[str]:
    """Return what a person wrote in an act: of the shift, on its items, why."""
    content, item = body.get("content") or {}, body.get("item") or {}
    told = [body.get("narrative"), body.get("reason"), content.get("narrative")]
    for each in (item, *content.get("items", ())):
        told += [each.get(name) for name in ("idea", "next_step", "text")]
    return [text for text in told if text]
