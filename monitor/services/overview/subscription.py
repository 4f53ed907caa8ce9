"""What a person gets: their wishes, the channels that reach them, and what is kept for them now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.rota import Rota, rota_meant
from monitor.domain.alerting.subscription import SUBSCRIBERS, Subscription
from monitor.domain.wording import say
from monitor.services.overview.desk import desk
from monitor.services.overview.values import DeskView
from monitor.services.save_subscription import subscription_of
from monitor.storage import arrangements, channels, holding


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A channel that reaches a person, and why."""

    channel: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionView:
    """The page: wishes, channels by which the person is reached, messages kept for them, until when."""

    desk: DeskView
    subscription: Subscription
    version: int
    reached_by: tuple[Reach, ...]
    has_list: bool
    kept: int
    kept_until: datetime | None


def subscription_page(session: Session, person: str, *, now: datetime) -> SubscriptionView:
    """Return what a person gets, and by which ways."""
    wishes, version = subscription_of(session, person)
    rotas = {each.value.slug: each.value for each in arrangements.find_all(session, Rota)}
    every = [each for each in channels.find_all(session) if each.is_enabled]
    kept, until = holding.kept_for(session, person)
    return SubscriptionView(
        desk=desk(session, now=now),
        subscription=wishes,
        version=version,
        reached_by=tuple(
            Reach(channel=each.name, why=why)
            for each in every
            for recipient in _recipients(each.settings)
            if (why := _why(recipient, person, rotas, is_subscribed=wishes.is_subscribed))
        ),
        has_list=any(SUBSCRIBERS in _recipients(each.settings) for each in every),
        kept=kept,
        kept_until=until,
    )


def _recipients(settings: object) -> tuple[str, ...]:
    given = settings.get("recipients") if hasattr(settings, "get") else None
    return () if given is None or isinstance(given, str) else tuple(map(str, given))


def _why(recipient: str, person: str, rotas: dict[str, Rota], *, is_subscribed: bool) -> str:
    if recipient == person:
        return say("your address is among its recipients")
    if recipient == SUBSCRIBERS:
        return say("you subscribed") if is_subscribed else ""
    rota = rotas.get(rota_meant(recipient))
    is_member = rota is not None and person in rota.members
    return say("while you are on duty in {rota}", rota=rota.name) if rota is not None and is_member else ""
