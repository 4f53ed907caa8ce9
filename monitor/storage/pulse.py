"""The pulse of the desk: a few counters that are cheap to ask for, and what to compare once one has moved."""

from collections.abc import Hashable

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import AlertState
from monitor.domain.live import Counters, LevelMoved, WentCritical
from monitor.domain.scale import Concern
from monitor.storage.heat_points import Origin
from monitor.storage.rows.alerts import AlertRow
from monitor.storage.rows.definitions import CounterRow, DefinitionVersionRow
from monitor.storage.rows.deliveries import DeliveryRow, NotificationRow
from monitor.storage.rows.desk import AuditEntryRow
from monitor.storage.rows.shifts import LogEntryRow
from monitor.storage.rows.subjects import LevelChangeRow, SubjectStateRow
from monitor.storage.states import is_unfinished

# News of one look: whoever comes back after a storm reads the page, not a list.
_MOST_NEWS = 50


def _one(what: ColumnElement[int]) -> ScalarSelect[int]:
    return select(func.coalesce(what, 0)).scalar_subquery()


def counters(session: Session) -> Counters:
    """Return the counters, in one query."""
    # How many messages are under way, and how often they were tried: what an alert's page tells of them.
    under_way = select(func.count() + func.coalesce(func.sum(DeliveryRow.attempt_count), 0)).where(
        is_unfinished()
    )
    row = session.execute(
        select(
            select(CounterRow.value).where(CounterRow.name == "seq").scalar_subquery(),
            _one(func.max(AuditEntryRow.id)),
            _one(func.max(DefinitionVersionRow.seq)),
            _one(func.max(LevelChangeRow.id)),
            _one(func.sum(AlertRow.version)),
            _one(func.max(NotificationRow.id)),
            under_way.scalar_subquery(),
            _one(func.max(LogEntryRow.id)),
        )
    ).one()
    seq, acts, definitions, levels, alerts, notified, sending, log = (int(each or 0) for each in row)
    return Counters(
        seq=seq, acts=acts, definitions=definitions, level_changes=levels, alerts=alerts,
        messages=hash((notified, sending)), log_entries=log,
    )  # fmt: skip


def subjects(session: Session) -> dict[str, Hashable]:
    """Return what moves when a subject is assessed anew, or its clock is set."""
    row = SubjectStateRow
    found = session.execute(
        select(row.subject, row.assessed_seq, row.last_slot, row.level, row.clock_mode, row.runs_until)
    )
    return {each.subject: tuple(each) for each in found}


def alerts(session: Session) -> dict[str, Hashable]:
    """Return what moves when an alert of a subject changes in any way."""
    row = AlertRow
    found = session.execute(
        select(row.subject, func.count(), func.sum(row.version)).group_by(row.subject).order_by(row.subject)
    )
    return {each.subject: (int(each[1]), int(each[2])) for each in found}


def critical(session: Session) -> frozenset[WentCritical]:
    """Return what fires at the highest concern, exercises left out."""
    row = AlertRow
    found = session.execute(
        select(row.episode_id, row.rule, row.subject).where(
            row.state == AlertState.FIRING.value,
            row.concern == Concern.CRITICAL.value,
            ~row.subject.contains("@"),
        )
    )
    return frozenset(WentCritical(episode=each[0], rule=each[1], subject=each[2]) for each in found)


def levels_moved(session: Session, *, after: int) -> list[LevelMoved]:
    """Return the changes of level published since a number, oldest first, exercises left out."""
    row = LevelChangeRow
    found = session.execute(
        select(row.id, row.subject, row.from_level, row.to_level, row.to_concern)
        .where(row.id > after, row.origin == Origin.PUBLISHED.value, ~row.subject.contains("@"))
        .order_by(row.id.desc())
        .limit(_MOST_NEWS)
    )
    return [
        LevelMoved(
            number=each.id, subject=each.subject, from_level=each.from_level, to_level=each.to_level,
            to_concern=None if each.to_concern is None else Concern(each.to_concern),
        )
        for each in found
    ][::-1]  # fmt: skip
