"""feed: counts of distinct stories in RSS, Atom and RDF feeds that match sets of keywords."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field, StringConstraints

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Ask, Fetcher, Harvest, Unchanged
from monitor.domain.observation import Reading
from monitor.domain.source import Source
from monitor.sources.feed.items import Item, items_of
from monitor.sources.feed.keywords import KeywordSet
from monitor.sources.feed.memory import KEPT, FeedMemory, Heard, reaches_to, remembered
from monitor.sources.feed.stories import Story
from monitor.sources.settings import WebSettings, key, parse, problems_of

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_SAMPLES, _LONGEST_NOTE = 3, 1000

Url = Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=2000)]


class FeedSettings(WebSettings):
    """What is read and what counts."""

    urls: Annotated[tuple[Url, ...], Field(min_length=1, max_length=20)] = key(
        "Addresses of the feeds; a story that several of them tell counts once",
        ["https://www.rfi.fr/fr/afrique/rss"],
    )
    hours: Annotated[int, Field(ge=1, le=168)] | None = key(
        "Count over so many hours up to the last full one, at each run; left out: over each day (UTC)",
        24,
        None,
    )
    running_day: bool = key("Whether the day that is not over yet gets a value too, so far", True, False)
    alike: Annotated[float, Field(ge=0.5, le=1)] = key(
        "The share of words two titles have in common to be one story; 1: all of them", 0.7, 0.8
    )
    may_be_empty: bool = key(
        "Whether a feed without any item is taken for no news (searches); else it is an error", True, False
    )
    citation: str = key("Slug of the citation its values carry", "rfi-afrique", "")
    grade: Annotated[str, Field(pattern=r"^([A-F][1-6])?$")] = key("Grade of its values", "C3", "")
    series: Annotated[tuple[KeywordSet, ...], Field(min_length=1, max_length=50)] = key(
        "Sets of keywords, `[[source.settings.series]]` each", [{"series": "unrest-stories:mali"}]
    )


class FeedSource:
    """Reads feeds, and remembers what it has seen of them."""

    settings = FeedSettings

    def problems(self, source: Source) -> Sequence[str]:
        """Return a sentence for each setting that is wrong."""
        return problems_of(FeedSettings, source)

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Return counts of what was seen; where one of several feeds fails there are none, and it is late."""
        given = parse(FeedSettings, source)
        memory = remembered(ask.bookmark, alike=given.alike, now=ask.now)
        memory.begin(given.series, given.urls)
        heard, failures, now = Heard(), _Failures(), int(ask.now.timestamp())
        oldest: list[int] = []
        for url in given.urls:
            try:
                items = _items(given, url, fetcher)
            except SourceError as error:
                failures.append(error)
                continue
            except Unchanged:
                if not ask.bookmark:
                    raise
                continue
            memory.hear(url, items, given.series, heard, now=now)
            oldest.append(reaches_to(items, now=now))
        if len(failures) == len(given.urls):
            raise failures[0]
        memory.settle(given.series, [now] if failures else oldest, now=now)
        readings = () if failures else tuple(_readings(given, memory, ask))
        note = _note(heard, failures, readings)
        return Harvest(readings=readings, bookmark=memory.kept(), is_late=bool(failures), note=note)


class _Failures(list[SourceError]):
    """What went wrong with feeds of a source."""


def _items(given: FeedSettings, url: str, fetcher: Fetcher) -> Sequence[Item]:
    """Read one feed; Unchanged where it is the only one and says so."""
    answer = fetcher.get(url, revalidate=len(given.urls) == 1)
    what = answer.url or url
    items = items_of(answer.content, content_type=answer.headers.get("content-type", ""), what=what)
    if not items and not given.may_be_empty:
        raise SourceError(f"{what} has no items; if that can be, set may_be_empty")
    return items


def _readings(given: FeedSettings, memory: FeedMemory, ask: Ask) -> Iterator[Reading]:
    """Give the count of each stretch of which nothing was missed; none before the first run is not none."""
    for each in given.series:
        since = memory.complete_from(each.series)
        for start, end in _stretches(given, ask.now):
            first, last = int(start.timestamp()), int(end.timestamp())
            stories = memory.between(each.series, first, last)
            if first >= since and (stories or start >= _midnight(datetime.fromtimestamp(memory.first, UTC))):
                yield Reading(
                    series=each.series, period_start=start, period_end=end, value=float(len(stories)),
                    known_at=ask.now, grade=given.grade, citation=given.citation, note=_titles(stories),
                )  # fmt: skip


def _stretches(given: FeedSettings, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    if given.hours is not None:
        end = now.replace(minute=0, second=0, microsecond=0)
        yield end - given.hours * _HOUR, end
        return
    day = _midnight(now - KEPT) + _DAY
    while day + _DAY <= now or (given.running_day and day <= now):
        yield day, day + _DAY
        day += _DAY


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _titles(stories: Sequence[Story]) -> str:
    """Show some of what counted, the newest first."""
    newest = sorted(stories, key=lambda story: -story.at)[:_SAMPLES]
    more = f" and {len(stories) - len(newest)} more" if len(stories) > len(newest) else ""
    return "; ".join(f"“{story.title}”" for story in newest) + more


def _note(heard: Heard, failures: Sequence[SourceError], readings: Sequence[Reading]) -> str:
    told = [f"{heard.items} items, {heard.new} new"]
    told += [f"no count is given, as a feed could not be read: {error}" for error in failures[:1]]
    if heard.undated:
        told.append(f"{heard.undated} without a usable date count when they were first seen")
    if heard.ahead:
        told.append(f"{heard.ahead} dated in the future count as of now")
    if heard.turned_over:
        count = len(heard.turned_over)
        told.append(
            f"{count} of the feeds held nothing known any more: stories may have been missed, ask more often"
        )
    newest = {reading.series: reading for reading in readings}
    told += [f"{name}: {each.value:g} ({each.note})" for name, each in newest.items() if each.note]
    return "; ".join(told)[:_LONGEST_NOTE]
