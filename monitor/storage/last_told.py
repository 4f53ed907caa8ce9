"""Last told: when each channel was last told of an episode, and for which something is held back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.domain.alerting.delivery import DeliveryStatus, NotificationState
from monitor.storage.rows.deliveries import DeliveryRow, NotificationRow

_TOLD = (DeliveryStatus.FORMED, DeliveryStatus.LEASED, DeliveryStatus.DELIVERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTold:
    """By channel when its last message arrived, or was formed if it has not; `held`: one is held back."""

    at: Mapping[str, datetime] = field(default_factory=dict)
    held: Collection[str] = frozenset()


NOTHING = LastTold()


def of_episode(session: Session, episode_id: str, *, now: datetime) -> LastTold:
    """Return when the channels of an episode were told last up to now; what was absorbed does not count.

    What lies ahead was told by a clock that was set back since.
    """
    row, notification = DeliveryRow, NotificationRow
    at = func.coalesce(row.delivered_at, row.formed_at)
    told = (
        select(row.channel, func.max(at))
        .where(row.episode_id == episode_id, row.status.in_(_TOLD), row.absorbed_by.is_(None), at <= now)
        .group_by(row.channel)
    )
    held = select(notification.channel).where(
        notification.episode_id == episode_id, notification.state == NotificationState.HELD
    )
    return LastTold(
        at={row[0]: row[1] for row in session.execute(told)},
        held=frozenset(session.scalars(held)),
    )
