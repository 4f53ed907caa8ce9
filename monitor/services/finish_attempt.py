"""Finish attempts: record what came of them, decide what follows, tell what admins must know."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import structlog
from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import Attempt, Delivery, Receipt
from monitor.domain.alerting.last_way import is_last_way
from monitor.domain.alerting.retry import RetryDecision, next_attempt
from monitor.domain.alerting.route import DEFAULT
from monitor.domain.errors import DeliveryError
from monitor.services.form_deliveries import absorb
from monitor.services.note_outcome import note_failure, note_success
from monitor.storage import channels, deliveries
from monitor.storage.snapshot import current


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one try; `is_sent` False: it failed here, before anything was sent."""

    started_at: datetime
    ended_at: datetime
    receipt: Receipt | None = None
    error: DeliveryError | None = None
    is_sent: bool = True


def finish_attempts(
    session: Session,
    tried: Sequence[tuple[Delivery, Channel, Outcome]],
    *,
    generator: np.random.Generator,
) -> Counter[str]:
    """Close claims by their tokens; where a lease was lost, log that and change nothing."""
    arrived = [
        (delivery, _attempt(delivery, outcome, "delivered"))
        for delivery, _, outcome in tried
        if outcome.error is None
    ]
    kept = deliveries.finish_all_delivered(session, arrived) if arrived else set()
    counts: Counter[str] = Counter()
    sound: set[str] = set()
    # In the order of channels: another worker that records the same ones must not wait crosswise.
    for delivery, channel, outcome in sorted(tried, key=lambda each: each[1].slug):
        if outcome.error is not None:
            sound.discard(channel.slug)
            counts += _failed(session, delivery, channel, outcome, outcome.error, generator=generator)
        elif delivery.id in kept:
            counts["delivered"] += 1
            if channel.slug not in sound and not _arrived(session, channel, outcome):
                sound.add(channel.slug)
        else:
            counts += _lease_lost(delivery)
    return counts


def _arrived(session: Session, channel: Channel, outcome: Outcome) -> bool:
    """Note that a channel works; False where that was known."""
    if channel.trouble:
        channels.note_trouble(session, channel.slug, "")
    return note_success(session, channel.slug, now=outcome.ended_at)


def _failed(
    session: Session,
    delivery: Delivery,
    channel: Channel,
    outcome: Outcome,
    error: DeliveryError,
    *,
    generator: np.random.Generator,
) -> Counter[str]:
    decision = next_attempt(
        delivery.attempt_count - delivery.tries_before,
        error,
        expires_at=delivery.expires_at,
        now=outcome.ended_at,
        generator=generator,
        is_last_way=error.is_gone and _is_last_way(session, channel.slug),
    )
    if not _record_failure(session, delivery, outcome, decision):
        return _lease_lost(delivery)
    _tell_admins(session, delivery, decision)
    if outcome.is_sent and not error.permanent:
        note_failure(session, channel.slug, now=outcome.ended_at)
    if decision.is_dead:
        return Counter(dead=1)
    # What came while this one was under way may tell it now.
    absorbed = absorb(session, channel=delivery.channel, fingerprint=delivery.fingerprint)
    return Counter(retried=1, absorbed=absorbed)


def _record_failure(session: Session, delivery: Delivery, outcome: Outcome, decision: RetryDecision) -> bool:
    if decision.due_at is None:
        attempt = _attempt(delivery, outcome, "dead")
        return deliveries.finish_dead(session, delivery, attempt, reason=decision.reason)
    attempt = _attempt(delivery, outcome, "failed")
    return deliveries.finish_later(session, delivery, attempt, due_at=decision.due_at)


def _is_last_way(session: Session, slug: str) -> bool:
    routing = current(session).routings.get(DEFAULT)
    enabled = {each.slug for each in channels.find_all(session) if each.is_enabled}
    return is_last_way(slug, None if routing is None else routing.route, enabled=enabled)


def _tell_admins(session: Session, delivery: Delivery, decision: RetryDecision) -> None:
    log = structlog.get_logger().bind(delivery=delivery.id, channel=delivery.channel, reason=decision.reason)
    if decision.trouble:
        channels.note_trouble(session, delivery.channel, decision.trouble)
    if decision.is_dead:
        log.error("a delivery is dead")
    if decision.disables_channel:
        channels.disable(session, delivery.channel)
        reason = "the receiver is gone; the channel was disabled"
        deliveries.kill_queue(session, delivery.channel, reason=reason)
        log.error("a channel was disabled")


def _attempt(delivery: Delivery, outcome: Outcome, word: str) -> Attempt:
    told = outcome.error or outcome.receipt or Receipt()
    return Attempt(
        number=delivery.attempt_count,
        started_at=outcome.started_at,
        ended_at=outcome.ended_at,
        outcome=word,
        status_code=told.status_code,
        error="" if outcome.error is None else str(outcome.error),
        remote_address=told.remote_address,
        snippet=told.snippet,
    )


def _lease_lost(delivery: Delivery) -> Counter[str]:
    structlog.get_logger().warning("a lease was lost; nothing changed", delivery=delivery.id)
    return Counter(lost=1)
