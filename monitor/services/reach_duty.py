"""Reach whoever is on duty: a channel's `oncall:desk` becomes the addresses of the people it means now."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.rota import Rota, rota_meant
from monitor.domain.errors import InvalidInput
from monitor.storage import arrangements, deliveries


def reached(
    session: Session, recipients: Sequence[str], *, channel: str, episode_id: str, now: datetime
) -> tuple[str, ...]:
    """Return the addresses that recipients stand for, each once.

    Whoever was told of the episode before is told how it goes on, though their shift is over. Where nobody
    is on duty everyone of the rota is told. InvalidInput names a rota there is not.
    """
    if not any(map(rota_meant, recipients)):
        return tuple(recipients)
    told = deliveries.recipients_told(session, channel=channel, episode_id=episode_id) if episode_id else ()
    return tuple(dict.fromkeys([*on_duty(session, recipients, now=now), *told]))


def on_duty(session: Session, recipients: Iterable[str], *, now: datetime) -> list[str]:
    """Return recipients with rotas replaced by who is on duty; InvalidInput names a rota there is not."""
    found: list[str] = []
    for each in recipients:
        if slug := rota_meant(each):
            arranged = arrangements.find(session, Rota, slug)
            if arranged is None:
                raise InvalidInput(f"there is no rota {slug}", field="recipients")
            found += arranged.value.reached(now)
        else:
            found.append(each)
    return found
