"""Channels: where messages go; their secrets leave this module only for the process that sends."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.errors import ConfigError, Conflict, NotFound
from monitor.domain.marking import parse_marking
from monitor.domain.scale import Concern
from monitor.storage.rows.alerts import ChannelRow
from monitor.storage.secrets import SecretBox


def add(session: Session, channel: Channel, *, box: SecretBox, now: datetime) -> None:
    """Store a new channel; Conflict if its slug is taken."""
    if session.get(ChannelRow, channel.slug) is not None:
        raise Conflict(f"there is a channel {channel.slug} already")
    session.add(
        ChannelRow(
            slug=channel.slug,
            name=channel.name,
            kind=channel.kind,
            settings=dict(channel.settings),
            secrets_encrypted=box.seal(channel.secrets) if channel.secrets else None,
            lowest_concern=channel.lowest_concern,
            is_enabled=channel.is_enabled,
            takes_exercises=channel.takes_exercises,
            trouble=channel.trouble,
            ceiling="" if channel.ceiling is None else channel.ceiling.word,
            per_minute=channel.per_minute,
            fallback=channel.fallback,
            created_at=now,
        )
    )
    session.flush()


def find_all(session: Session) -> list[Channel]:
    """Return all channels by slug, without their secrets."""
    return [_channel(row) for row in session.scalars(_every())]


def get(session: Session, slug: str, *, box: SecretBox | None = None) -> Channel:
    """Return one channel; with its secrets only if a box to open them is given."""
    row = session.get(ChannelRow, slug)
    if row is None:
        raise NotFound(f"there is no channel {slug}")
    return _channel(row, box)


def to_send(session: Session, *, box: SecretBox) -> tuple[dict[str, Channel], dict[str, str]]:
    """Return the enabled channels by slug with their secrets, and why any of them cannot be used.

    One whose secrets cannot be opened must not hold up the others, nor go out unsigned.
    """
    usable: dict[str, Channel] = {}
    faults: dict[str, str] = {}
    for row in session.scalars(_every()):
        if not row.is_enabled:
            continue
        try:
            usable[row.slug] = _channel(row, box)
        except ConfigError as error:
            faults[row.slug] = str(error)
    return usable, faults


def enable(session: Session, slug: str) -> None:
    """Send to it again, what waited first."""
    _set(session, slug, is_enabled=True)


def disable(session: Session, slug: str) -> None:
    """Send nothing to it any more; what waits, waits."""
    _set(session, slug, is_enabled=False)


def change(session: Session, channel: Channel) -> None:
    """Store a channel's name, settings, limits and what it takes; its secrets stay, and if it is enabled."""
    _set(
        session, channel.slug, name=channel.name, settings=dict(channel.settings),
        lowest_concern=channel.lowest_concern, takes_exercises=channel.takes_exercises,
        ceiling="" if channel.ceiling is None else channel.ceiling.word,
        per_minute=channel.per_minute, fallback=channel.fallback,
    )  # fmt: skip


def keep_secrets(session: Session, slug: str, secrets: Mapping[str, str], *, box: SecretBox) -> None:
    """Seal a channel's secrets in place of those there were."""
    _set(session, slug, secrets_encrypted=box.seal(secrets) if secrets else None)


def remove(session: Session, slug: str) -> None:
    """Drop a channel and its secrets; what it was told stays."""
    session.execute(delete(ChannelRow).where(ChannelRow.slug == slug))


def note_trouble(session: Session, slug: str, trouble: str) -> None:
    """Keep what admins are to be told about it; empty when it works again."""
    _set(session, slug, trouble=trouble)


@cache
def _every() -> Select[ChannelRow]:
    return select(ChannelRow).order_by(ChannelRow.slug).execution_options(populate_existing=True)


def _set(session: Session, slug: str, **values: object) -> None:
    session.execute(
        update(ChannelRow)
        .where(ChannelRow.slug == slug)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _channel(row: ChannelRow, box: SecretBox | None = None) -> Channel:
    return Channel(
        slug=row.slug,
        name=row.name,
        kind=row.kind,
        settings=row.settings,
        secrets=box.open(row.secrets_encrypted) if box is not None else {},
        lowest_concern=Concern(row.lowest_concern),
        is_enabled=row.is_enabled,
        takes_exercises=row.takes_exercises,
        trouble=row.trouble,
        ceiling=parse_marking(row.ceiling) if row.ceiling else None,
        per_minute=row.per_minute,
        fallback=row.fallback,
    )
