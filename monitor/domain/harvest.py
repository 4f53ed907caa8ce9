"""A harvest: what a source is asked, over which way out, and what it gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from monitor.domain.incident import Coverage, Incident
from monitor.domain.observation import Reading

_WEEK_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days asked for, both included: a stretch of a backfill, or what is asked for again at each run."""

    first: date
    last: date

    @property
    def whole(self) -> "Window":
        """These days, begun so early that no week and no month that they touch lacks its first days."""
        return Window(first=(self.first - timedelta(days=_WEEK_DAYS)).replace(day=1), last=self.last)

    def cuts(self, start: datetime, end: datetime, *, now: datetime) -> bool:
        """Whether a half-open period has begun before these days, or goes on after them and is in the past.

        A value that is made of many rows would be made of some of them.
        """
        first = datetime.combine(self.first, time(), UTC)
        ends = datetime.combine(self.last, time(), UTC) + timedelta(days=1)
        return start < first or ends < min(end, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question to a source.

    `since`: when it last answered; None the first time. `window` None: whatever the source gives.
    `bookmark` is what its kind left behind at the last run. `secret` gives the secret that a setting
    refers to, by the setting's key; SourceError names where to put one that is missing.
    """

    now: datetime
    secret: Callable[[str], str]
    since: datetime | None = None
    window: Window | None = None
    bookmark: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A part of an answer that is not used: where it stands, what it says, why, what is expected."""

    where: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What an answer holds, before anything is checked or stored.

    `withdrawn` are external ids of incidents that the source takes back. `bookmark` None leaves the old
    one. `is_late`: the source answered, and what it should have by now is not there. `note` is a sentence
    for the run record.
    """

    readings: tuple[Reading, ...] = ()
    incidents: tuple[Incident, ...] = ()
    withdrawn: tuple[str, ...] = ()
    covered: tuple[Coverage, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    bookmark: Mapping[str, Any] | None = None
    is_late: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server or a file said. `url` shows no secret; header names are in lower case."""

    url: str
    content: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Fetcher(Protocol):
    """The one guarded way out for sources: limits, politeness, retries and what was changed since.

    Everything raises SourceError with a sentence for people. What a secret is made into goes in `secrets`
    (further query values) or `secret_headers`: neither is logged, kept or shown.
    """

    def get(  # noqa: PLR0913 - all of a request
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        secret_headers: Mapping[str, str] | None = None,
        accept: frozenset[int] = frozenset({200}),
        revalidate: bool = False,
        seconds: float | None = None,
    ) -> Answer:
        """Read one resource; other statuses than `accept` are errors, some after being tried again.

        `revalidate`: ask only for what changed since the last good run; raises Unchanged if nothing did.
        `seconds` is the time limit, where the usual one is too short.
        """
        ...

    def post(  # noqa: PLR0913 - all of a request
        self,
        url: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        secret_headers: Mapping[str, str] | None = None,
        accept: frozenset[int] = frozenset({200}),
        is_secret: bool = False,
    ) -> Answer:
        """Ask by POST; `secrets` are then further form fields. `is_secret`: the answer is never kept."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How hard one host may be asked, by all sources of this process together; `tries` for one request."""

    pause_seconds: float = 0.2
    at_once: int = 4
    tries: int = 3


class Unchanged(Exception):
    """The resource is the same as at the last good run."""
