"""What goes over the wire to a page that is open: server-sent events, one at a time."""

from typing import Any, Self

import orjson

from monitor.domain.live import News
from monitor.domain.wording import Tongue, speaking
from monitor.services.overview.live_words import sentence
from monitor.web.streams import Hub, Stream, Taken

BEAT_SECONDS = 15.0


class EventStream:
    """The body of an answer that does not end by itself; its `close` gives the slot back.

    No generator: one that was never begun would not notice that it is closed.
    """

    def __init__(self, hub: Hub, stream: Stream, tongue: Tongue) -> None:
        """Speak a reader's language for as long as the stream lasts."""
        self._hub, self._stream, self._tongue = hub, stream, tongue
        self._is_begun = self._is_over = False

    def __iter__(self) -> Self:
        """Return itself."""
        return self

    def __next__(self) -> bytes:
        """Wait for the next thing to say, and say it; at the latest, that the stream lives."""
        if self._is_over:
            raise StopIteration
        if not self._is_begun:
            self._is_begun = True
            return self._beat("hello")
        taken = self._stream.take(BEAT_SECONDS)
        if taken.is_over:
            self._is_over = True
            return _event("ended") if taken.is_refused else _event("leaving")
        return self._said(taken) or self._beat("beat")

    def close(self) -> None:
        """Give the slot back."""
        self._is_over = True
        self._stream.close()

    def _said(self, taken: Taken) -> bytes:
        parts = [self._told(each) for each in taken.news]
        if taken.is_changed or taken.is_desk_changed:
            parts.append(_event("change" if taken.is_changed else "desk", self._state()))
        return b"".join(parts)

    def _told(self, news: News) -> bytes:
        with speaking(self._tongue):
            text = sentence(news)
        return _event("told", {"key": news.key, "text": text, "critical": news.is_critical})

    def _beat(self, name: str) -> bytes:
        return _event(name, self._state() | {"every": BEAT_SECONDS})

    def _state(self) -> dict[str, Any]:
        """Return up to when the desk was seen, and whether it is seen now."""
        at = self._hub.looked_at
        return {"at": None if at is None else at.timestamp(), "seen": not self._hub.is_blind}


def _event(name: str, data: Any = None) -> bytes:
    """Return one event; every one has data, or browsers would not tell of it."""
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps({} if data is None else data) + b"\n\n"
