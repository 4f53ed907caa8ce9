"""The attempts of one request: turns at its host, redirects each checked anew, tries again after a while."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import NoReturn

import httpx

from monitor.domain.errors import Postponed, SourceError
from monitor.domain.harvest import Pace
from monitor.egress.guard import EgressRefused
from monitor.egress.outgoing import Outgoing
from monitor.egress.politeness import Hosts, TooBusy
from monitor.egress.transport import AnswerTooLarge
from monitor.egress.words import (
    failure_words,
    is_page,
    place,
    retry_after,
    said,
    spoken_seconds,
    status_words,
)

MOST_REDIRECTS = 5
# How long a run waits for its first turn at a host before it is postponed, and for a later one.
FIRST_TURN_SECONDS, LATER_TURN_SECONDS = 2.0, 60.0
# A wait that is longer is not slept: it becomes the source's next turn.
LONGEST_SLEEP_SECONDS = 5.0
_FIRST_PAUSE_SECONDS = 0.5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REFUSALS = range(400, 500)
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What all requests of a process share: turns at hosts, who we say we are, time and chance."""

    agent: str
    hosts: Hosts = field(default_factory=Hosts)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Random = field(default_factory=Random)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """The attempts of one request. `visited` are the hosts that the run has had a turn at."""

    way: Way
    transport: httpx.BaseTransport
    pace: Pace
    accept: frozenset[int]
    seconds: float
    visited: set[str]

    def send(self, request: Outgoing) -> tuple[httpx.Response, Outgoing]:
        """Return an answer of an accepted status, and the request that got it after all redirects."""
        ends_at = self.way.clock() + self.seconds
        for number in range(1, self.pace.tries + 1):
            is_last = number == self.pace.tries
            asked_to_wait = None
            try:
                response, final = self._follow(request, ends_at=ends_at)
            except (httpx.TransportError, httpx.DecodingError) as error:
                words = failure_words(error, seconds=self.seconds)
            else:
                if response.status_code in self.accept:
                    return _checked(response, final), final
                asked_to_wait = self._asked_to_wait(response, final)
                words = status_words(response)
                if not _may_pass(response.status_code):
                    _fail(final, words, permanent=response.status_code in _REFUSALS)
            wait = self._pause(number) if asked_to_wait is None else asked_to_wait
            is_too_long = wait > LONGEST_SLEEP_SECONDS or self.way.clock() + wait >= ends_at
            if is_last or is_too_long:
                tail = f" and asks us to wait {spoken_seconds(asked_to_wait)}" if asked_to_wait else ""
                _fail(request, words + tail, retry_after_seconds=asked_to_wait)
            self.way.sleep(wait)
        raise AssertionError

    def _follow(self, request: Outgoing, *, ends_at: float) -> tuple[httpx.Response, Outgoing]:
        hops = 0
        while True:
            response = self._ask(request, ends_at=ends_at)
            location = response.headers.get("location")
            if response.status_code not in _REDIRECTS or not location:
                return response, request
            hops += 1
            if hops > MOST_REDIRECTS:
                _fail(request, f"sends us on again and again: more than {MOST_REDIRECTS} redirects")
            try:
                request = request.redirected(response.status_code, location)
            except SourceError as error:
                _fail(request, str(error), permanent=error.permanent)

    def _ask(self, request: Outgoing, *, ends_at: float) -> httpx.Response:
        most = LATER_TURN_SECONDS if request.host in self.visited else FIRST_TURN_SECONDS
        try:
            with self.way.hosts.turn(request.host, self.pace, most_seconds=most):
                self.visited.add(request.host)
                left = max(0.05, ends_at - self.way.clock())
                return self.transport.handle_request(request.built(agent=self.way.agent, seconds=left))
        except TooBusy as busy:
            words = "is asked often enough already; this is tried again in"
            message = f"{place(request.url)} {words} {spoken_seconds(busy.seconds)}"
            kind = SourceError if request.host in self.visited else Postponed
            raise kind(message, retry_after_seconds=busy.seconds) from None
        except (EgressRefused, AnswerTooLarge) as error:
            _fail(request, f"was not read: {error}", permanent=True)

    def _asked_to_wait(self, response: httpx.Response, request: Outgoing) -> float | None:
        """How long the other side asks us to wait; meanwhile no other source of ours goes there either."""
        seconds = retry_after(response.headers, now=datetime.now(UTC))
        if seconds is not None and seconds > LONGEST_SLEEP_SECONDS:
            self.way.hosts.rest(request.host, seconds)
        return seconds

    def _pause(self, number: int) -> float:
        """Twice as long each time, the second half of it by chance, so that not all come again at once."""
        longest = _FIRST_PAUSE_SECONDS * 2.0**number
        return longest / 2 + self.way.chance.random() * longest / 2


def _may_pass(status: int) -> bool:
    return status in {408, 425, 429} or 500 <= status < 600  # noqa: PLR2004


def _checked(response: httpx.Response, request: Outgoing) -> httpx.Response:
    """Refuse what is no answer though its status is good: nothing at all, or a web page."""
    if response.status_code != _OK:
        return response
    if not response.content:
        _fail(request, "answered with nothing at all (0 bytes)")
    if is_page(response.content):
        _fail(request, f"answered with a web page where data was expected{said(response.content)}")
    return response


def _fail(
    request: Outgoing, words: str, *, permanent: bool = False, retry_after_seconds: float | None = None
) -> NoReturn:
    raise SourceError(
        f"{place(request.url)} {words}", permanent=permanent, retry_after_seconds=retry_after_seconds
    )
