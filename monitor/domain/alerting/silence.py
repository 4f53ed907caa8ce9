"""Silences: for a stretch of wall time, alerts whose labels match send nothing but `resolved`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.window import Stretch, Window, is_open, open_stretch
from monitor.domain.clock import require_utc
from monitor.domain.errors import Conflict, InvalidInput
from monitor.domain.phrases import phrase

LONGEST = timedelta(days=30)
# One that recurs lets everything through again and again, so it may stand for a year.
LONGEST_RECURRING = timedelta(days=366)
NOTICE_BEFORE = timedelta(hours=1)
_SPAN = re.compile(r"(\d{1,5})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class SilenceState(StrEnum):
    """Where a silence stands; computed from its times, never stored. Between its windows it is pending."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Which alerts are muted from `starts_at` until just before `ends_at`, by whom and why.

    An alert is muted if its episode's labels meet every matcher. `id` is 0 until it is stored. With
    `expire_on_resolve` it ends as soon as nothing that it matches fires any more. With `windows` it mutes
    only while one of them is open: it recurs. `warned_until` is the last end that was announced.
    """

    id: int = 0
    matchers: tuple[Matcher, ...]
    author: str
    comment: str
    starts_at: datetime
    ends_at: datetime
    expire_on_resolve: bool = False
    windows: tuple[Window, ...] = ()
    warned_until: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a silence for everything, without a reason, or without an end in sight; InvalidInput."""
        if all(matcher.is_met_by_nothing for matcher in self.matchers):
            raise InvalidInput(
                phrase("say which alerts: at least one matcher that an alert without labels does not meet"),
                field="matchers",
            )
        if not self.author.strip():
            raise InvalidInput(phrase("say who silences"), field="author")
        if not self.comment.strip():
            raise InvalidInput(phrase("say why"), field="comment")
        length = require_utc(self.ends_at, field="ends_at") - require_utc(self.starts_at, field="starts_at")
        if length < timedelta(0):
            raise InvalidInput(phrase("a silence ends after it starts"), field="ends_at")
        longest = LONGEST_RECURRING if self.windows else LONGEST
        if length > longest:
            raise InvalidInput(
                phrase("a silence lasts at most {days} days", days=longest.days), field="ends_at"
            )

    @property
    def name(self) -> str:
        """How reasons name it: `silence:7`."""
        return f"silence:{self.id}"

    def state(self, at: datetime) -> SilenceState:
        """Return where it stands at a wall time."""
        if at >= self.ends_at:
            return SilenceState.EXPIRED
        is_begun = at >= self.starts_at and (not self.windows or is_open(self.windows, at))
        return SilenceState.ACTIVE if is_begun else SilenceState.PENDING

    def is_active(self, at: datetime) -> bool:
        """Whether it mutes at a wall time."""
        return self.state(at) is SilenceState.ACTIVE

    def stretch(self, at: datetime) -> Stretch | None:
        """Return from when until when it mutes without a break around a moment; None where it does not."""
        if not self.is_active(at):
            return None
        found = open_stretch(self.windows, at)
        if found is None:
            return Stretch(starts_at=self.starts_at, ends_at=self.ends_at)
        starts_at, ends_at = max(found.starts_at, self.starts_at), min(found.ends_at, self.ends_at)
        return Stretch(starts_at=starts_at, ends_at=ends_at)

    def active_until(self, at: datetime) -> datetime:
        """Return when it lets go of what it mutes at a moment; that moment where it mutes nothing."""
        found = self.stretch(at)
        return at if found is None else found.ends_at

    def end_to_announce(self, at: datetime) -> datetime | None:
        """Return the end that is an hour off or less and was not announced; None if there is none.

        What mutes for an hour or less is fresh in mind, and is not announced.
        """
        found = self.stretch(at)
        if found is None or found.ends_at - found.starts_at <= NOTICE_BEFORE:
            return None
        is_near = found.ends_at - at <= NOTICE_BEFORE
        is_announced = self.warned_until is not None and self.warned_until >= found.ends_at
        return found.ends_at if is_near and not is_announced else None

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert with these labels is one it mutes."""
        return all(matcher.matches(labels) for matcher in self.matchers)

    def ended(self, at: datetime) -> "Silence":
        """Return it with its end moved to now; one that had not begun never does. Conflict if it is over."""
        if self.state(at) is SilenceState.EXPIRED:
            raise Conflict(phrase("silence {id} ended already", id=self.id))
        return replace(self, starts_at=min(self.starts_at, at), ends_at=at)


def muted_by(silences: Iterable[Silence], labels: Mapping[str, str], *, at: datetime) -> Silence | None:
    """Return the silence that mutes these labels and does so the longest; None if none does."""
    found = [silence for silence in silences if silence.is_active(at) and silence.matches(labels)]
    return max(found, key=lambda silence: (silence.active_until(at), silence.id), default=None)


def silence_end(*, starts_at: datetime, lasts: str = "", until: datetime | None = None) -> datetime:
    """Return when a silence ends: it `lasts` 30m, 8h, 2d or 1w, or is said to end at a moment."""
    if bool(lasts) is (until is not None):
        raise InvalidInput(phrase("say when the silence ends: for how long, or until when"), field="ends_at")
    if until is not None:
        return until
    found = _SPAN.fullmatch(lasts.strip())
    if found is None:
        raise InvalidInput(
            phrase("a span is written 30m, 8h, 2d or 1w, not {lasts}", lasts=repr(lasts)), field="ends_at"
        )
    return starts_at + timedelta(**{_UNITS[found[2]]: int(found[1])})


def parse_matchers(texts: Sequence[str]) -> tuple[Matcher, ...]:
    """Read matchers as people write them; InvalidInput names the first that is wrong."""
    return tuple(Matcher.parse(text) for text in texts)
