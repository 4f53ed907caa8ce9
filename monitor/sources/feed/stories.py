"""Distinct stories: items of one or more feeds that tell the same, by id, by link, by words of the title."""

import hashlib
import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urlsplit

from monitor.sources.feed.keywords import folded

MOST_STORIES = 2_000
LONGEST_TITLE = 160
_FEWEST_WORDS = 4
_DAYS_APART = 3 * 86_400
_MOST_COMPARED = 200
_PUBLISHER = re.compile(r"\s+[-–—|]\s+[^-–—|]{1,60}$")
_TRACKING = re.compile(r"(utm_.*|fbclid|gclid|mc_[ce]id|at_.*|xtor|ref|cmpid)", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class Story:
    """One story: when it came out first, in epoch seconds, and the series it counts for."""

    at: int
    title: str
    keys: list[str] = field(default_factory=list)
    series: list[str] = field(default_factory=list)

    def add(self, keys: Collection[str], series: Collection[str]) -> None:
        """Take in an item that tells the same."""
        self.keys += [key for key in keys if key not in self.keys]
        self.series += [each for each in series if each not in self.series]


class Stories:
    """Stories to be found again by what names them, or by titles that are much alike."""

    def __init__(self, stories: Collection[Story], *, alike: float) -> None:
        """Index what is remembered; `alike` is the least share of words that two titles have in common."""
        self._alike = alike
        self._all: list[Story] = []
        self._by_key: dict[str, Story] = {}
        self._by_word: dict[str, list[tuple[frozenset[str], Story]]] = {}
        for story in stories:
            self.add(story)

    def __iter__(self) -> Iterator[Story]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def add(self, story: Story) -> None:
        """Remember a story."""
        self._all.append(story)
        self.name(story)
        words = title_words(story.title)
        for word in self._telling(words):
            self._by_word.setdefault(word, []).append((words, story))

    def name(self, story: Story) -> None:
        """Let a story be found by all of its keys."""
        self._by_key |= dict.fromkeys(story.keys, story)

    def find(self, keys: Collection[str], title: str, *, at: int) -> Story | None:
        """Return the story that has one of the keys, else one with a title much alike within three days."""
        for key in keys:
            if key in self._by_key:
                return self._by_key[key]
        words = title_words(title)
        compared = (pair for word in self._telling(words) for pair in self._by_word.get(word, ()))
        for others, story in islice(compared, _MOST_COMPARED):
            shared = len(words & others)
            is_alike = shared >= self._alike * (len(words) + len(others) - shared)
            # Other figures, another story: a price, a day, a toll. One that is only more exact is the same.
            is_other = _has_figure(words - others) and _has_figure(others - words)
            is_alike = is_alike and not is_other
            if is_alike and abs(story.at - at) <= _DAYS_APART:
                return story
        return None

    def _telling(self, words: frozenset[str]) -> list[str]:
        """Return the words of which titles that are alike must share one: the first of them in order."""
        if len(words) < _FEWEST_WORDS:
            return []
        return sorted(words)[: len(words) - math.ceil(self._alike * len(words)) + 1]


def title_words(title: str) -> frozenset[str]:
    """Return the words of a title; a publisher's name at its end is left out where enough is left."""
    without = folded(_PUBLISHER.sub("", title)).split()
    return frozenset(without if len(without) >= _FEWEST_WORDS else folded(title).split())


def _has_figure(words: Collection[str]) -> bool:
    return any(sign.isdecimal() for word in words for sign in word)


def link_key(link: str) -> str:
    """Return what names a story by its address, without scheme and what was hung on to follow readers."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    if not host:
        return ""
    query = [(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)]
    text = f"{host}{parts.path.rstrip('/')}?{urlencode(sorted(query))}"
    return f"l{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:14]}"
