"""How the last attempts of each channel fared: its breaker, and when those of the last minute began."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from monitor.domain.alerting.breaker import Breaker
from monitor.storage.rows.alerts import ChannelStateRow
from monitor.storage.upsert import insert_or

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
# Asked at every turn of a worker: made once.
_EVERY = select(ChannelStateRow).execution_options(populate_existing=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """One channel's breaker, and the starts of its last attempts, oldest first."""

    breaker: Breaker = field(default_factory=Breaker)
    starts: Sequence[datetime] = ()


def find_all(session: Session) -> dict[str, ChannelState]:
    """Return the state of each channel that has one; the others are as new."""
    return {row.slug: _state(row) for row in session.scalars(_EVERY)}


def locked(session: Session, slugs: Collection[str]) -> dict[str, ChannelState]:
    """Return the state of each of these channels, locked in the order of their slugs."""
    if not slugs:
        return {}
    new = [_values(slug, ChannelState()) for slug in sorted(slugs)]
    session.execute(insert_or(session, ChannelStateRow).values(new).on_conflict_do_nothing())
    query = select(ChannelStateRow).where(ChannelStateRow.slug.in_(slugs)).order_by(ChannelStateRow.slug)
    query = query.with_for_update().execution_options(populate_existing=True)
    return {row.slug: _state(row) for row in session.scalars(query)}


def save(session: Session, slug: str, state: ChannelState) -> None:
    """Store the state of a channel."""
    statement = insert_or(session, ChannelStateRow).values(_values(slug, state))
    changed = {name: statement.excluded[name] for name in _values(slug, state) if name != "slug"}
    session.execute(statement.on_conflict_do_update(index_elements=["slug"], set_=changed))


def forget(session: Session, slug: str) -> None:
    """Begin anew with a channel: it was changed, or is gone."""
    session.execute(delete(ChannelStateRow).where(ChannelStateRow.slug == slug))


def _values(slug: str, state: ChannelState) -> dict[str, Any]:
    breaker = state.breaker
    return {
        "slug": slug, "failures": breaker.failures, "recent": breaker.recent, "opens": breaker.opens,
        "opened_at": breaker.opened_at, "open_until": breaker.open_until, "probe_until": breaker.probe_until,
        "starts": [(start - _BEGINNING) // _TICK for start in state.starts],
    }  # fmt: skip


def _state(row: ChannelStateRow) -> ChannelState:
    return ChannelState(
        breaker=Breaker(
            failures=row.failures, recent=row.recent, opens=row.opens, opened_at=row.opened_at,
            open_until=row.open_until, probe_until=row.probe_until,
        ),
        starts=tuple(_BEGINNING + start * _TICK for start in row.starts),
    )  # fmt: skip
