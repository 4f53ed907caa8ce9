"""What was seen of feeds: the stories that count, and from when on nothing was missed; bounded."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from monitor.sources.feed.items import Item
from monitor.sources.feed.keywords import KeywordSet, folded
from monitor.sources.feed.stories import LONGEST_TITLE, MOST_STORIES, Stories, Story, link_key

KEPT = timedelta(days=8)
_FEW = 5


@dataclass(slots=True, kw_only=True)
class Heard:
    """What one run took in, for its note."""

    items: int = 0
    new: int = 0
    undated: int = 0
    ahead: int = 0
    turned_over: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class FeedMemory:
    """Stories, what each feed held last, and from when on each feed and each series is complete.

    Times are epoch seconds; `first` is when the source was first read.
    """

    first: int
    stories: Stories
    seen: dict[str, list[str]]
    feed_from: dict[str, int]
    series_from: dict[str, tuple[str, int]]
    dropped: int = 0

    def begin(self, sets: Sequence[KeywordSet], urls: Sequence[str]) -> None:
        """Forget feeds that are not read any more, and what counted under words that were changed."""
        names = {_named(url) for url in urls}
        self.seen = {name: keys for name, keys in self.seen.items() if name in names}
        self.feed_from = {name: since for name, since in self.feed_from.items() if name in names}
        stale = {
            each.series for each in sets if self.series_from.get(each.series, ("", 0))[0] != digest(each)
        }
        stale |= set(self.series_from) - {each.series for each in sets}
        self.series_from = {name: each for name, each in self.series_from.items() if name not in stale}
        for story in self.stories:
            story.series = [name for name in story.series if name not in stale]

    def hear(
        self, url: str, items: Sequence[Item], sets: Sequence[KeywordSet], heard: Heard, *, now: int
    ) -> None:
        """Take in what a feed holds now."""
        name, keys = _named(url), [f"{_named(url)}{item.key}" for item in items]
        before = set(self.seen.get(name, ()))
        is_new = name not in self.seen
        if before and items and before.isdisjoint(keys):
            heard.turned_over.append(url)
            is_new = True
        if is_new:
            self.feed_from[name] = reaches_to(items, now=now)
        for item, key in zip(items, keys, strict=True):
            heard.items += 1
            heard.new += key not in before and not is_new
            self._take(item, key, sets, heard, now=now, is_dated=not (is_new or key in before))
        self.seen[name] = keys

    def settle(self, sets: Sequence[KeywordSet], oldest: Sequence[int], *, now: int) -> None:
        """Begin to count what is asked for newly, from the oldest items there are; forget old stories."""
        since = max(oldest, default=now)
        for each in sets:
            self.series_from.setdefault(each.series, (digest(each), since))
        kept = [story for story in self.stories if story.at >= now - KEPT.total_seconds() and story.series]
        kept.sort(key=lambda story: story.at)
        if len(kept) > MOST_STORIES:
            self.dropped = max(self.dropped, kept[-MOST_STORIES - 1].at + 1)
        self.stories = Stories(kept[-MOST_STORIES:], alike=1.0)

    def complete_from(self, series: str) -> int:
        """Return from when on nothing that counts was missed."""
        return max([self.series_from[series][1], self.dropped, *self.feed_from.values()])

    def between(self, series: str, start: int, end: int) -> list[Story]:
        """Return the stories of a series that came out in a half-open stretch."""
        return [story for story in self.stories if series in story.series and start <= story.at < end]

    def kept(self) -> dict[str, Any]:
        """Return all of it as a bookmark."""
        return {
            "first": self.first, "seen": self.seen, "feed_from": self.feed_from, "dropped": self.dropped,
            "series_from": {name: list(each) for name, each in self.series_from.items()},
            "stories": [[each.at, each.title, each.keys, each.series] for each in self.stories],
        }  # fmt: skip

    def _take(
        self, item: Item, key: str, sets: Sequence[KeywordSet], heard: Heard, *, now: int, is_dated: bool
    ) -> None:
        """Count an item; one without a date counts when first seen, if what was there before is known."""
        link = link_key(item.link)
        keys = [key, link] if link else [key]
        at = now if item.at is None else _clamped(item, now)
        text = folded(f"{item.title} \n {item.summary}")
        series = [each.series for each in sets if each.matches(text)]
        story = self.stories.find(keys, item.title, at=at)
        if story is not None:
            story.add(keys, series)
            self.stories.name(story)
        elif series and (item.at is not None or is_dated):
            heard.undated += item.at is None
            heard.ahead += item.at is not None and item.at.timestamp() > now
            self.stories.add(Story(at=at, title=item.title[:LONGEST_TITLE], keys=keys, series=series))


def remembered(bookmark: Mapping[str, Any], *, alike: float, now: datetime) -> FeedMemory:
    """Return what a bookmark holds; an empty memory that begins now if it holds nothing."""
    stories = [
        Story(at=at, title=title, keys=list(keys), series=list(series))
        for at, title, keys, series in bookmark.get("stories", ())
    ]
    return FeedMemory(
        first=bookmark.get("first", int(now.timestamp())),
        stories=Stories(stories, alike=alike),
        seen={name: list(keys) for name, keys in bookmark.get("seen", {}).items()},
        feed_from=dict(bookmark.get("feed_from", {})),
        series_from={name: (each[0], each[1]) for name, each in bookmark.get("series_from", {}).items()},
        dropped=bookmark.get("dropped", 0),
    )


def reaches_to(items: Sequence[Item], *, now: int) -> int:
    """Return since when a feed lists all that came out: its oldest item, a single one kept on top aside."""
    times = sorted(_clamped(item, now) for item in items if item.at)
    return times[len(times) >= _FEW] if times else now


def digest(words: KeywordSet) -> str:
    """Return what changes with the words of a set."""
    return hashlib.sha256(words.model_dump_json().encode()).hexdigest()[:12]


def _named(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:6]


def _clamped(item: Item, now: int) -> int:
    """Return when an item came out; one from the future came out now."""
    return now if item.at is None else min(int(item.at.timestamp()), now)
