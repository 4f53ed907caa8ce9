"""Plan comms checks, confirm that one came, and show how they stand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.comms_check import CheckState, CommsCheck, CommsPlan
from monitor.storage import audit, channels, comms

SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CommsLine:
    """A check as a list shows it, with the name of its channel."""

    check: CommsCheck
    name: str
    state: CheckState


def plan_comms(
    session: Session, slug: str, *, every_days: int, actor: str, reason: str, now: datetime
) -> None:
    """Check a channel every so many days, the first time now; 0: no longer. NotFound, InvalidInput."""
    channels.get(session, slug)
    before = comms.plans(session).get(slug)
    if every_days == 0:
        comms.unplan(session, slug)
    else:
        comms.plan(session, CommsPlan(channel=slug, every_days=every_days, due_at=now))
    audit.record(
        session, actor=actor, action="comms.plan", target=f"channel/{slug}", reason=reason,
        before=None if before is None else {"every_days": before.every_days},
        after={"every_days": every_days}, now=now,
    )  # fmt: skip


def confirm_comms(session: Session, identity: str, *, actor: str, now: datetime) -> CommsCheck:
    """Keep that a person got a check; who did first stays. NotFound."""
    comms.get(session, identity)
    if comms.confirm(session, identity, by=actor, at=now):
        found = comms.get(session, identity)
        audit.record(
            session, actor=actor, action="comms.confirm", target=f"channel/{found.channel}", reason="",
            before=None, after={"check": identity, "recipient": found.recipient}, now=now,
        )  # fmt: skip
    return comms.get(session, identity)


def one_comms_check(session: Session, identity: str, *, now: datetime) -> CommsLine:
    """Return one check; NotFound."""
    found = comms.get(session, identity)
    names = {channel.slug: channel.name for channel in channels.find_all(session)}
    return CommsLine(check=found, name=names.get(found.channel, found.channel), state=found.state(now))


def comms_lines(session: Session, *, now: datetime) -> list[CommsLine]:
    """Return the latest checks, the newest first."""
    names = {channel.slug: channel.name for channel in channels.find_all(session)}
    return [
        CommsLine(check=each, name=names.get(each.channel, each.channel), state=each.state(now))
        for each in comms.latest(session, limit=SHOWN)
    ]


def named_plans(session: Session) -> list[tuple[str, CommsPlan]]:
    """Return how often which channel is checked, with the channel's name."""
    names = {channel.slug: channel.name for channel in channels.find_all(session)}
    return [(names.get(slug, slug), plan) for slug, plan in comms.plans(session).items()]


def comms_plans(session: Session) -> dict[str, CommsPlan]:
    """Return how often which channel is checked, by channel."""
    return comms.plans(session)
