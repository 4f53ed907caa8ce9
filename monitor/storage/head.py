"""The head of every page, in one query: the last heartbeat, what needs someone, what reaches nobody."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    bindparam,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from monitor.domain.alerting.alert import AlertState
from monitor.domain.alerting.comms_check import UNSENT_AFTER
from monitor.domain.shifts.handover import ACCEPT_WITHIN
from monitor.storage.rows.alerts import AlertRow, ChannelRow, ChannelStateRow, EpisodeRow
from monitor.storage.rows.base import UtcDateTime
from monitor.storage.rows.comms import CommsCheckRow, CommsPlanRow
from monitor.storage.rows.desk import HeartbeatRow, PersonRow
from monitor.storage.rows.routes import EpisodeRouteRow
from monitor.storage.rows.shifts import HandoverRow
from monitor.storage.rows.silences import SilenceRow

_BEAT, _NEEDING, _UNANSWERED, _SILENT, _OVERDUE, _HANDOVER, _SILENCING = range(7)


_NOW, _UNSENT_BY, _OFFERED_BY = (
    bindparam(name, type_=UtcDateTime()) for name in ("now", "unsent_by", "offered_by")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands at the head of every page.

    `needing` counts the firing alerts nobody has taken on, exercises left out; `is_any_silence`: some of them
    may be silenced. `unanswered` are those of them that everyone was told of in vain, as episode and rule,
    the worst first. `silent` are channels that take nothing, by name, with since when if that is known.
    `overdue` are comms checks that failed or nobody answered: channel, recipient, since when. `handovers`
    wait for someone: number, from whom, since when.
    """

    beat_at: datetime | None = None
    note: str = ""
    needing: int = 0
    is_any_silence: bool = False
    unanswered: tuple[tuple[str, str], ...] = ()
    silent: tuple[tuple[str, datetime | None], ...] = ()
    overdue: tuple[tuple[str, str, datetime], ...] = ()
    handovers: tuple[tuple[int, str, datetime], ...] = ()


def find(session: Session, *, now: datetime, troubles: Collection[str]) -> Head:
    """Return it; `troubles` are those for which a channel counts as silent."""
    given = {
        "now": now, "unsent_by": now - UNSENT_AFTER, "offered_by": now - ACCEPT_WITHIN,
        "troubles": [*troubles],
    }  # fmt: skip
    found: list[Row[Any]] = list(session.execute(_parts(), given))

    def of(kind: int) -> Iterator[Row[Any]]:
        return (row for row in found if row.kind == kind)

    beat = next(of(_BEAT), None)
    worst_first = sorted(of(_UNANSWERED), key=lambda row: (-row.number, row.name))
    return Head(
        beat_at=None if beat is None else beat.at,
        note="" if beat is None else beat.name,
        needing=next(of(_NEEDING)).number,
        is_any_silence=bool(next(of(_SILENCING)).number),
        unanswered=tuple((row.name, row.other) for row in worst_first),
        silent=tuple(sorted(((row.name, row.at) for row in of(_SILENT)), key=lambda each: each[0])),
        overdue=tuple(sorted((row.name, row.other, row.at) for row in of(_OVERDUE))),
        handovers=tuple(sorted((row.number, row.name, row.at) for row in of(_HANDOVER))),
    )


@cache
def _parts() -> Any:
    """Return the statement, made once: putting it together takes longer than the database does."""
    return union_all(
        _last_beat(), _needing(), _unanswered(), _silent(), _check_overdue(), _unsent(), _handover(),
        _silencing(),
    )  # fmt: skip


def labels_of_needing(session: Session) -> list[Mapping[str, str]]:
    """Return the labels of the alerts that `needing` counts."""
    query = select(EpisodeRow.labels).join(AlertRow, AlertRow.episode_id == EpisodeRow.id)
    return list(session.scalars(query.where(*_needs_someone())))


def _line(
    kind: int,
    *,
    name: SQLColumnExpression[str] | None = None,
    other: SQLColumnExpression[str] | None = None,
    at: SQLColumnExpression[Any] | None = None,
    number: SQLColumnExpression[int] | None = None,
) -> Select[Any]:
    """Return columns of one shape for all parts, so that they go into one query."""
    return select(
        literal(kind).label("kind"),
        (literal("") if name is None else name).label("name"),
        (literal("") if other is None else other).label("other"),
        (null().cast(UtcDateTime) if at is None else at).label("at"),
        (literal(0) if number is None else number).label("number"),
    )


def _last_beat() -> Select[Any]:
    row = HeartbeatRow
    query = _line(_BEAT, name=row.note, at=row.beat_at)
    return select(query.order_by(row.beat_at.desc(), row.worker).limit(1).subquery())


def _needs_someone() -> tuple[ColumnElement[bool], ...]:
    row = AlertRow
    return row.state == AlertState.FIRING.value, row.ack.is_(None), ~row.subject.contains("@")


def _needing() -> Select[Any]:
    return _line(_NEEDING, number=func.count(AlertRow.fingerprint)).where(*_needs_someone())


def _silencing() -> Select[Any]:
    row = SilenceRow
    return _line(_SILENCING, number=func.count(row.id)).where(row.starts_at <= _NOW, row.ends_at > _NOW)


def _unanswered() -> Select[Any]:
    row, route = AlertRow, EpisodeRouteRow
    is_exhausted = exists().where(
        route.episode_id == row.episode_id, route.loops > 0, route.step_due_at.is_(None)
    )
    query = _line(_UNANSWERED, name=row.episode_id, other=row.rule, number=row.concern)
    return query.where(*_needs_someone(), is_exhausted)


def _silent() -> Select[Any]:
    """Channels whose breaker is open, and those with such a trouble."""
    row, state = ChannelRow, ChannelStateRow
    return (
        _line(_SILENT, name=row.name, at=state.opened_at)
        .outerjoin_from(row, state, state.slug == row.slug)
        .where(
            or_(
                state.open_until.is_not(None) & row.is_enabled,
                row.trouble.in_(bindparam("troubles", expanding=True)),
            )
        )
    )


def _check_overdue() -> Select[Any]:
    """Checks that failed or nobody answered; a later one of the recipient that was confirmed makes up for it.

    Channels that are disabled or no longer checked are left out.
    """
    check, later = CommsCheckRow, aliased(CommsCheckRow)
    is_made_up_for = exists().where(
        later.channel == check.channel,
        later.recipient == check.recipient,
        later.confirmed_at.is_not(None),
        later.sent_at >= check.sent_at,
    )
    return (
        _line(
            _OVERDUE, name=ChannelRow.name, other=check.recipient,
            at=func.min(check.sent_at),
        )
        .select_from(check)
        .join(ChannelRow, ChannelRow.slug == check.channel)
        .join(CommsPlanRow, CommsPlanRow.channel == check.channel)
        .where(ChannelRow.is_enabled, check.confirmed_at.is_(None))
        .where(or_(check.error != "", check.answer_by <= _NOW), ~is_made_up_for)
        .group_by(ChannelRow.name, check.recipient)
    )  # fmt: skip


def _unsent() -> Select[Any]:
    """Checks that should have been sent and were not; their recipient is empty."""
    return (
        _line(_OVERDUE, name=ChannelRow.name, at=CommsPlanRow.due_at)
        .select_from(CommsPlanRow)
        .join(ChannelRow, ChannelRow.slug == CommsPlanRow.channel)
        .where(ChannelRow.is_enabled, CommsPlanRow.due_at <= _UNSENT_BY)
    )


def _handover() -> Select[Any]:
    """Handovers that were handed over and that nobody has accepted in time."""
    row, person = HandoverRow, PersonRow
    name = func.coalesce(func.nullif(person.name, ""), row.outgoing)
    return (
        _line(_HANDOVER, name=name, at=row.offered_at, number=row.id)
        .outerjoin_from(row, person, person.email == row.outgoing)
        .where(
            row.signed_at.is_(None),
            row.withdrawn_at.is_(None),
            row.offered_at <= _OFFERED_BY,
        )
    )
