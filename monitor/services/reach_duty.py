"""Reach whoever is on duty: a channel's `oncall:desk` becomes the addresses of the people it means now."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.rota import Rota, rota_meant
from monitor.domain.alerting.route import routing_labels
from monitor.domain.alerting.subscription import SUBSCRIBERS, Subscription
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.scale import Concern
from monitor.storage import alerts, arrangements, holding


def reached(
    session: Session,
    recipients: Sequence[str],
    *,
    channel: str,
    episode_id: str,
    concern: Concern,
    now: datetime,
) -> tuple[str, ...]:
    """Return the addresses that recipients stand for, each once; none where nobody wants it.

    Whoever was told of the episode before is told how it goes on, though their shift is over. Where nobody
    is on duty everyone of the rota is told. InvalidInput names a rota there is not.
    """
    if not depends_on_duty(recipients):
        return tuple(recipients)
    others = [each for each in recipients if each != SUBSCRIBERS]
    found = on_duty(session, others, now=now)
    if SUBSCRIBERS in recipients:
        found += subscribers(session, episode_id, concern)
    told = holding.recipients_told(session, channel=channel, episode_id=episode_id)
    return tuple(dict.fromkeys([*found, *told]))


def depends_on_duty(recipients: Sequence[str]) -> bool:
    """Whether they mean subscribers or whoever is on duty, and not addresses alone."""
    return SUBSCRIBERS in recipients or any(map(rota_meant, recipients))


def subscribers(session: Session, episode_id: str, concern: Concern) -> list[str]:
    """Return who subscribed to an episode at a concern."""
    episode = alerts.episodes(session, [episode_id]).get(episode_id)
    if episode is None:
        return []
    labels = routing_labels(episode.labels, concern)
    every = [each.value for each in arrangements.find_all(session, Subscription)]
    return [each.slug for each in every if each.wants(labels, concern)]


def on_duty(session: Session, recipients: Iterable[str], *, now: datetime) -> list[str]:
    """Return recipients with rotas replaced by who is on duty; InvalidInput names a rota there is not."""
    found: list[str] = []
    for each in recipients:
        if slug := rota_meant(each):
            arranged = arrangements.find(session, Rota, slug)
            if arranged is None:
                raise InvalidInput(phrase("there is no rota {slug}", slug=slug), field="recipients")
            found += arranged.value.reached(now)
        else:
            found.append(each)
    return found
