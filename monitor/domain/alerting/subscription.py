"""Subscriptions: which alerts a person wants, and when they would rather have them later, or all at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.suppression import SuppressionKind
from monitor.domain.alerting.window import MINUTES_A_DAY, Window, instant, open_until, zone_named
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.scale import Concern

# How a channel names everyone who subscribed, among its recipients.
SUBSCRIBERS = "subscribers"
DIGEST = "digest"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A message that is kept for its reader until later, and why."""

    reason: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One person's wishes; `slug` is their address.

    With `is_subscribed` they get what is sent to subscribers, from `lowest_concern` on, if its labels meet
    every matcher. While a `quiet` window is open what is below `breaks_through` is kept until it closes;
    what is below `digest_below` is kept until the next of the `digest` times (minutes of the local day) and
    comes in one message. Whoever is on duty gets everything at once, and so does everyone what is critical.
    """

    slug: str
    zone: str = "UTC"
    is_subscribed: bool = False
    lowest_concern: Concern = Concern.WATCH
    matchers: tuple[Matcher, ...] = ()
    quiet: tuple[Window, ...] = ()
    breaks_through: Concern = Concern.CRITICAL
    digest: tuple[int, ...] = ()
    digest_below: Concern = Concern.HIGH

    def __post_init__(self) -> None:
        """Refuse a zone nobody knows and times that are none; InvalidInput."""
        zone_named(self.zone)
        if not all(0 <= minute < MINUTES_A_DAY for minute in self.digest):
            raise InvalidInput(phrase("a digest's times are times of the day"), field="digest")

    def wants(self, labels: Mapping[str, str], concern: Concern) -> bool:
        """Whether they subscribed to an alert with these labels at this concern."""
        is_enough = self.is_subscribed and concern >= self.lowest_concern
        return is_enough and all(matcher.matches(labels) for matcher in self.matchers)

    def hold(self, concern: Concern, *, at: datetime) -> Hold | None:
        """Return until when a message at a concern is kept for them, the longest; None: not at all."""
        found: list[Hold] = []
        closes = open_until(self.quiet, at) if concern < min(self.breaks_through, Concern.CRITICAL) else None
        if closes is not None:
            found.append(Hold(reason=SuppressionKind.QUIET_HOURS.value, until=closes))
        if self.digest and concern < min(self.digest_below, Concern.CRITICAL):
            # What would come within quiet hours comes with the first digest after them.
            found.append(Hold(reason=DIGEST, until=self.next_digest(closes or at)))
        return max(found, key=lambda hold: hold.until, default=None)

    def next_digest(self, at: datetime) -> datetime:
        """Return the first digest time after an instant; ValueError without any."""
        zone = zone_named(self.zone)
        day = at.astimezone(zone).date()
        found = (
            instant(datetime.combine(day + _DAY * ahead, time()) + timedelta(minutes=minute), zone)
            for ahead in range(3)
            for minute in sorted(self.digest)
        )
        return min(each for each in found if each > at)
