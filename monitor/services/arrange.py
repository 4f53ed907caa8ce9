"""Arrange: store or take back who is on duty and when messages are held, on a person's word."""

import re
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.rota import ON_DUTY, Rota, StandIn
from monitor.domain.alerting.subscription import Subscription
from monitor.domain.alerting.window import MuteWindow
from monitor.domain.errors import Conflict, InvalidInput
from monitor.domain.phrases import phrase
from monitor.storage import arrangements, audit, channels, notifications
from monitor.storage.arrangements import Arrangement
from monitor.storage.structure import to_json

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+){0,20}")


def arrange(
    session: Session, value: Arrangement, *, by: str, reason: str, now: datetime, seen: int | None = None
) -> int:
    """Store an arrangement with an audit entry; return its version.

    `seen` is the version that was looked at, 0 for a new one; without it whatever is stored is replaced.
    Conflict if it was changed since; InvalidInput for a name that cannot be one.
    """
    if not isinstance(value, Subscription) and _SLUG.fullmatch(value.slug) is None:
        raise InvalidInput(phrase("a name is small letters, digits and hyphens"), field="slug")
    before = arrangements.find(session, type(value), value.slug)
    version = arrangements.save(
        session, value, seen=(before.version if before else 0) if seen is None else seen, by=by, now=now
    )
    kind = arrangements.kind_of(value)
    _let_go(session, kind, value.slug, now=now)
    audit.record(
        session, actor=by, action=f"{kind}.save", target=value.slug, reason=reason,
        before=None if before is None else to_json(before.value), after=to_json(value), now=now,
    )  # fmt: skip
    return version


def take_back(
    session: Session, kind: type[Arrangement], slug: str, *, by: str, reason: str, now: datetime
) -> None:
    """Remove an arrangement, with an audit entry; NotFound, Conflict where a channel still needs it."""
    before = arrangements.get(session, kind, slug)
    wanted = [each.slug for each in channels.find_all(session) if _needs(each, kind, slug)]
    if wanted:
        raise Conflict(
            phrase(
                "{names} sends to whoever is on duty in {slug}; change that first",
                names=", ".join(wanted),
                slug=slug,
            )
        )
    arrangements.remove(session, kind, slug)
    _let_go(session, arrangements.kind_of(kind), slug, now=now)
    audit.record(
        session, actor=by, action=f"{arrangements.kind_of(kind)}.remove", target=slug, reason=reason,
        before=to_json(before.value), after=None, now=now,
    )  # fmt: skip


def _let_go(session: Session, kind: str, slug: str, *, now: datetime) -> None:
    """Have what a mute window held looked at again: it may be open no more, or another may be."""
    if kind == arrangements.kind_of(MuteWindow):
        notifications.release(session, reason=f"{kind}:{slug}", now=now)


def _needs(channel: Channel, kind: type[Arrangement], slug: str) -> bool:
    given = channel.settings.get("recipients") or ()
    return kind is Rota and not isinstance(given, str) and f"{ON_DUTY}{slug}" in given


def stand_in(session: Session, slug: str, value: StandIn, *, now: datetime) -> Rota:
    """Let someone stand in on a rota, from now or later; NotFound, InvalidInput."""
    if value.ends_at <= now:
        raise InvalidInput(phrase("it is over already"), field="ends_at")
    found = arrangements.get(session, Rota, slug)
    after = found.value.with_stand_in(value, at=now)
    arrange(session, after, by=value.by, reason=value.reason, now=now, seen=found.version)
    return after


def end_stand_in(session: Session, slug: str, number: int, *, by: str, now: datetime) -> Rota:
    """End the stand-in of this number now; NotFound."""
    found = arrangements.get(session, Rota, slug)
    after = found.value.without_stand_in(number, at=now)
    arrange(session, after, by=by, reason=f"ended stand-in {number}", now=now, seen=found.version)
    return after
