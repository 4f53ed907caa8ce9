"""What hangs on a source: its series with how fresh they are, and the subjects that use them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.clock import LIVE, Clock, ClockMode
from monitor.domain.derivations.derived import plan_of
from monitor.domain.indicator import Indicator
from monitor.domain.spoken import listed, plain
from monitor.domain.wording import say, say_many
from monitor.services.one_source import FedSeries
from monitor.services.overview.words import series_name, value_words
from monitor.storage.snapshot import Definitions

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """A series and how it stands: none, fresh, stale (it counts for less) or expired (it counts no more).

    `changes_at`: until when it is fresh, or since when it is stale or expired; None without a value.
    """

    key: str
    name: str
    unit: str
    value: str
    period_start: datetime | None
    period_end: datetime | None
    state: str
    changes_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A subject that is scored with a source's series or incidents, and how many of those fail it.

    `as_of`: it stands at a moment of the past, or plays it again, and what comes now is nothing to it.
    """

    slug: str
    name: str
    series: int
    failing: int
    counts_incidents: bool
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """All that hangs on a source; `sentence` says what is missing because of it, "" if nothing is."""

    series: tuple[Fed, ...]
    subjects: tuple[Reached, ...]
    sentence: str


def reach_of(
    known: Definitions,
    source: str,
    series: Sequence[FedSeries],
    *,
    clocks: Mapping[str, Clock],
    now: datetime,
) -> Reach:
    """Return what hangs on a source; no query: all of it follows from definitions, clocks, newest values."""
    fed = tuple(_fed(known.indicators[each.key.partition(":")[0]], each, now=now) for each in series)
    subjects = tuple(_reached(known, source, {each.key: each for each in fed}, clocks, now=now))
    return Reach(series=fed, subjects=subjects, sentence=_sentence(fed, subjects))


def _fed(indicator: Indicator, each: FedSeries, *, now: datetime) -> Fed:
    state, at = "none", None
    if each.period_end is not None:
        fresh = each.period_end + timedelta(days=indicator.fresh_for_days)
        gone = each.period_end + timedelta(days=indicator.expires_after_days)
        state, at = (
            ("fresh", fresh) if now <= fresh else ("stale", fresh) if now < gone else ("expired", gone)
        )
    return Fed(
        key=each.key,
        name=series_name(indicator, each.key),
        unit=each.unit,
        value=_value(indicator, each.value),
        period_start=each.period_start,
        period_end=each.period_end,
        state=state,
        changes_at=at,
    )


def _value(indicator: Indicator, value: float | None) -> str:
    """Say a value as the source gives it: with all its decimals, or by its word."""
    if value is None:
        return say("no value")
    return value_words(indicator, value) if value in indicator.words.values() else plain(value)


def _reached(
    known: Definitions, source: str, fed: Mapping[str, Fed], clocks: Mapping[str, Clock], *, now: datetime
) -> Iterable[Reached]:
    for slug, subject in sorted(known.subjects.items(), key=lambda item: item[1].name.casefold()):
        found = plan_of(known.placements_of(slug), known.indicators)
        used = [fed[key] for key in found.stored if key in fed]
        clock = clocks.get(slug, LIVE)
        is_live = clock.mode is ClockMode.LIVE
        if used or source in found.sources:
            yield Reached(
                slug=slug,
                name=subject.name,
                series=len(used),
                failing=sum(each.state != "fresh" for each in used) if is_live else 0,
                counts_incidents=source in found.sources,
                as_of=None if is_live else clock.at(now),
            )


def _sentence(fed: Iterable[Fed], subjects: Iterable[Reached]) -> str:
    by_state = {state: [each for each in fed if each.state == state] for state in ("stale", "expired")}
    stale, expired = len(by_state["stale"]), len(by_state["expired"])
    parts = [
        *([say_many("{n} series stale", "{n} series stale", stale)] if stale else []),
        *([say_many("{n} series expired", "{n} series expired", expired)] if expired else []),
    ]
    if not parts:
        return ""
    hit = [each.name for each in subjects if each.failing]
    if not hit:
        return say("{series}; no live subject is scored with them.", series=listed(parts))
    more = len(hit) - _MOST_NAMED
    names = listed(hit if more <= 0 else [*hit[:_MOST_NAMED], say_many("{n} more", "{n} more", more)])
    return say_many(
        "{series}: {names} is scored with less.",
        "{series}: {names} are scored with less.",
        len(hit),
        series=listed(parts),
        names=names,
    )
