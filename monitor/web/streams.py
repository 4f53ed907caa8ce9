"""Open pages that are told when what they show has changed: one thread looks, however many there are."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from monitor.domain.errors import DatabaseUnavailable
from monitor.domain.live import EVERYTHING, News, Pulse
from monitor.services.feel_pulse import Felt

LOOK_SECONDS, HEAD_SECONDS, OWNER_SECONDS = 0.3, 10.0, 30.0
# Pages ask one after the other for what has changed, and none of them more often than this.
STEP_SECONDS, LONGEST_STEP_SECONDS, GAP_SECONDS = 0.05, 8.0, 1.0
# Looking goes on for so long after the last page has left: one that loads anew finds a hub that knows.
LINGER_SECONDS = 30.0
BLIND_SECONDS = 10.0
# A page was drawn a moment before it began to listen: what happened this close to it is told again.
SLACK = timedelta(seconds=2)
MOST_NEWS = 100
_FIRST = datetime.min.replace(tzinfo=UTC)

Owner = tuple[str, str]
Look = Callable[[Pulse | None, bool], tuple[Felt, datetime]]
Check = Callable[[Collection[Owner]], Collection[Owner]]


def slots_of(threads: int) -> int:
    """Return how many streams may be open: each holds a thread, and pages need some too."""
    return max(0, threads - max(2, threads // 8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a stream has to say: nothing but that it lives, unless something is set."""

    is_changed: bool = False
    is_desk_changed: bool = False
    news: tuple[News, ...] = ()
    is_refused: bool = False
    is_over: bool = False


class Stream:
    """One open page; whoever serves it takes from it until it is over, and closes it."""

    def __init__(self, hub: "Hub", topics: frozenset[str], owner: Owner, tab: str) -> None:
        """Watch some topics for an owner; only the hub makes streams."""
        self.topics, self.owner, self.tab = topics, owner, tab
        self.is_changed = self.is_desk_changed = self.is_refused = self.is_replaced = False
        self.due_at = self.told_at = 0.0
        self.news: deque[News] = deque(maxlen=MOST_NEWS)
        self._hub = hub

    def take(self, seconds: float) -> Taken:
        """Wait for something to say, at most so long."""
        return self._hub.take(self, seconds)

    def close(self) -> None:
        """Give the slot back."""
        self._hub.leave(self)


class Hub:
    """All streams of one process."""

    def __init__(
        self,
        look: Look,
        check: Check,
        *,
        slots: int,
        is_stopping: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`look` compares the desk with a pulse before, `check` returns the owners who may still watch."""
        self._look, self._check, self._is_stopping, self._clock = look, check, is_stopping, clock
        self.slots = slots
        self._streams: list[Stream] = []
        self._turn = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._begin()

    def _begin(self) -> None:
        """Know nothing: what changed while nobody looked cannot be told."""
        self._pulse: Pulse | None = None
        self._known_since = self._looked_at = _FIRST
        self._changed_at: dict[str, datetime] = {}
        self._news: deque[tuple[datetime, News]] = deque(maxlen=MOST_NEWS)
        self._head_at = self._owners_at = self._left_at = self._seen_at = self._clock()

    @property
    def open_streams(self) -> int:
        """How many there are."""
        return len(self._streams)

    @property
    def looked_at(self) -> datetime | None:
        """When the desk was last seen, by its own clock; None if it was not yet."""
        return None if self._looked_at == _FIRST else self._looked_at

    @property
    def is_blind(self) -> bool:
        """Whether the database has not answered for a while."""
        return self._clock() - self._seen_at > BLIND_SECONDS

    def open(
        self, topics: Collection[str], owner: Owner, *, since: datetime | None = None, tab: str = ""
    ) -> Stream | None:
        """Return a stream, or None if all slots are taken; `since` is when its page was drawn.

        What changed after it is told at once, also where nobody looked meanwhile. A tab has one stream: that
        of the page it showed before ends, though its going was not noticed yet.
        """
        stream = Stream(self, frozenset(topics), owner, tab)
        with self._turn:
            self._replace(stream)
            if self._is_closed or self._is_stopping() or len(self._streams) >= self.slots:
                return None
            self._streams.append(stream)
            if since is not None:
                self._catch_up(stream, since)
            if self._thread is None:
                # Nobody looked until now, which is no sign of a database that is away.
                self._seen_at = self._clock()
                self._thread = threading.Thread(target=self._run, name="streams", daemon=True)
                self._thread.start()
        return stream

    def leave(self, stream: Stream) -> None:
        """Give a stream's slot back."""
        with self._turn:
            if stream in self._streams:
                self._streams.remove(stream)
                self._left_at = self._clock()

    def take(self, stream: Stream, seconds: float) -> Taken:
        """Wait until a stream has something to say, at most so long."""
        ends_at = self._clock() + seconds
        with self._turn:
            while not (self._is_closed or stream.is_refused or stream.is_replaced):
                now = self._clock()
                is_due = (stream.is_changed or stream.is_desk_changed) and now >= stream.due_at
                if is_due or stream.news:
                    return self._taken(stream, now, is_due=is_due)
                if now >= ends_at:
                    return Taken()
                waits = stream.is_changed or stream.is_desk_changed
                self._turn.wait(min(ends_at, stream.due_at) - now if waits else ends_at - now)
            return Taken(is_over=True, is_refused=stream.is_refused)

    def close(self) -> None:
        """End all streams, and look no more."""
        with self._turn:
            self._is_closed = True
            self._turn.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join()

    def look(self) -> None:
        """Look once and tell every stream that is concerned."""
        now = self._clock()
        is_head_due = now - self._head_at >= HEAD_SECONDS
        felt, at = self._look(self._pulse, is_head_due)
        with self._turn:
            if is_head_due:
                self._head_at = now
            if self._pulse is None:
                self._known_since = at
            self._pulse, self._looked_at, self._seen_at = felt.pulse, at, now
            self._changed_at.update(dict.fromkeys(felt.topics, at))
            if EVERYTHING in felt.topics:
                # What someone did may have shut someone out.
                self._owners_at = -math.inf
            self._news.extend((at, each) for each in felt.news)
            self._tell(felt, now)

    def check_owners(self) -> None:
        """End the streams of those who may no longer watch."""
        with self._turn:
            owners = {stream.owner for stream in self._streams}
            self._owners_at = self._clock()
        allowed = set(self._check(owners)) if owners else set()
        with self._turn:
            for stream in self._streams:
                # Whoever came while it was asked is asked about the next time.
                stream.is_refused |= stream.owner in owners and stream.owner not in allowed
            self._turn.notify_all()

    def refuse(self, owner: Owner) -> None:
        """End the streams of someone who signed out."""
        with self._turn:
            for stream in self._streams:
                stream.is_refused |= stream.owner == owner
            self._turn.notify_all()

    def _replace(self, stream: Stream) -> None:
        for other in [each for each in self._streams if (each.owner, each.tab) == (stream.owner, stream.tab)]:
            if stream.tab:
                other.is_replaced = True
                self._streams.remove(other)
        self._turn.notify_all()

    def _catch_up(self, stream: Stream, since: datetime) -> None:
        since -= SLACK
        changed = {topic for topic, at in self._changed_at.items() if at >= since}
        is_unknown = self._pulse is None or since < self._known_since - SLACK
        stream.is_changed = is_unknown or bool(changed & (stream.topics | {EVERYTHING}))
        stream.news.extend(news for at, news in self._news if at >= since)

    def _tell(self, felt: Felt, now: float) -> None:
        place = 0
        for stream in self._streams:
            stream.news.extend(felt.news)
            if not felt.topics & (stream.topics | {EVERYTHING}):
                continue
            is_own = bool(felt.topics & ((stream.topics - {"desk"}) | {EVERYTHING}))
            if not (stream.is_changed or stream.is_desk_changed):
                wait = min(place * STEP_SECONDS, LONGEST_STEP_SECONDS)
                stream.due_at = max(now + wait, stream.told_at + GAP_SECONDS)
                place += 1
            stream.is_changed |= is_own
            stream.is_desk_changed |= not is_own
        if felt.topics or felt.news:
            self._turn.notify_all()

    @staticmethod
    def _taken(stream: Stream, now: float, *, is_due: bool) -> Taken:
        taken = Taken(
            is_changed=is_due and stream.is_changed,
            is_desk_changed=is_due and stream.is_desk_changed and not stream.is_changed,
            news=tuple(stream.news),
        )
        stream.news.clear()
        if is_due:
            stream.is_changed = stream.is_desk_changed = False
            stream.told_at = now
        return taken

    def _run(self) -> None:
        """Look until nobody has listened for a while."""
        while self._goes_on():
            try:
                self.look()
                if self._clock() - self._owners_at >= OWNER_SECONDS:
                    self.check_owners()
            except DatabaseUnavailable:
                # Each page is told with its next heartbeat that nothing is seen.
                pass
            except Exception:  # noqa: BLE001 - one look that breaks must not leave all pages deaf
                structlog.get_logger().exception("looking for changes failed")

    def _goes_on(self) -> bool:
        with self._turn:
            self._turn.wait_for(lambda: self._is_closed, LOOK_SECONDS)
            if self._is_stopping():
                self._is_closed = True
                self._turn.notify_all()
            is_idle = not self._streams and self._clock() - self._left_at > LINGER_SECONDS
            if is_idle:
                self._begin()
            if is_idle or self._is_closed:
                self._thread = None
                return False
            return True
