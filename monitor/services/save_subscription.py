"""Save what a person wants to get, and when, as they wrote it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.silence import parse_matchers
from monitor.domain.alerting.subscription import Subscription
from monitor.domain.alerting.window_text import parse_handovers, parse_windows
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.scale import Concern
from monitor.services.arrange import arrange
from monitor.storage import arrangements, people


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSubscription:
    """A subscription as a person writes it: matchers a line each, windows and times as text."""

    person: str
    zone: str = "UTC"
    is_subscribed: bool = False
    lowest_concern: Concern = Concern.WATCH
    matchers: tuple[str, ...] = ()
    quiet: str = ""
    breaks_through: Concern = Concern.CRITICAL
    digest: str = ""
    digest_below: Concern = Concern.HIGH

    def subscription(self) -> Subscription:
        """Return it as the domain's; InvalidInput names the field."""
        zone = self.zone.strip() or "UTC"
        try:
            digest = parse_handovers(self.digest) if self.digest.strip() else ()
        except InvalidInput:
            said = f"a digest's times are written 08:00 or 08:00,18:00, not {self.digest!r}"
            raise InvalidInput(said, field="digest") from None
        return Subscription(
            slug=self.person,
            zone=zone,
            is_subscribed=self.is_subscribed,
            lowest_concern=self.lowest_concern,
            matchers=parse_matchers([each for each in self.matchers if each.strip()]),
            quiet=parse_windows(self.quiet, zone=zone) if self.quiet.strip() else (),
            breaks_through=self.breaks_through,
            digest=digest,
            digest_below=self.digest_below,
        )


def save_subscription(
    session: Session, written: WrittenSubscription, *, by: str, now: datetime, seen: int | None = None
) -> Subscription:
    """Store a person's subscription; InvalidInput for someone without an account, Conflict if it changed."""
    if people.by_email(session, written.person) is None:
        raise InvalidInput(phrase("there is no account {person}", person=written.person), field="person")
    value = written.subscription()
    arrange(session, value, by=by, reason="", now=now, seen=seen)
    return value


def subscription_of(session: Session, person: str) -> tuple[Subscription, int]:
    """Return a person's subscription and its version; one that asks for nothing, and 0, without any."""
    found = arrangements.find(session, Subscription, person)
    return (Subscription(slug=person), 0) if found is None else (found.value, found.version)


def subscriptions(session: Session) -> list[Subscription]:
    """Return everyone's, by address."""
    return [each.value for each in arrangements.find_all(session, Subscription)]
