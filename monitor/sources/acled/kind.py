"""acled: events of ACLED with the account of whoever runs this desk, under ACLED's terms."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Ask, Fetcher, Harvest, Pace, Rejected, Window
from monitor.domain.incident import Coverage
from monitor.domain.iso3166 import NUMERIC
from monitor.domain.observation import Reading
from monitor.domain.source import Source
from monitor.sources.acled.event import AcledEvent, absent, event_of, incident_of
from monitor.sources.acled.login import Account
from monitor.sources.acled.pages import ID, Pages, all_pages
from monitor.sources.acled.settings import AcledSeries, AcledSettings, faults_of
from monitor.sources.parsing.bodies import shown, text_of
from monitor.sources.parsing.months import last_day, midnight, month_of, next_month
from monitor.sources.settings import parse

_WEEK = timedelta(days=7)
# Days older than this were released, however late releases come.
_LONGEST_DELAY = timedelta(days=60)


class AcledSource:
    """Settings: `AcledSettings`. Off until somebody has accepted ACLED's terms in them."""

    settings = AcledSettings
    pace = Pace(pause_seconds=1.0, at_once=1)

    def problems(self, source: Source) -> Sequence[str]:
        """Return what is wrong with the settings, the marking and the licence."""
        return faults_of(source)

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Return the events of the window, the weeks and months within it, and ids that were deleted."""
        if faults := faults_of(source):
            raise SourceError("; ".join(faults), permanent=True)
        given = parse(AcledSettings, source)
        window = _window(given, ask)
        account = Account(fetcher, ask, given.url.rstrip("/"))
        pages = _pages(account, given, window)
        gone = all_pages(account, "/api/deleted/read", _deleted_since(window), size=given.page_size)
        return _harvest(source, given, ask, window, pages, [text_of(row, ID) for row in gone.rows])


def _window(given: AcledSettings, ask: Ask) -> Window:
    """The days asked for, drawn out to whole months and weeks, so that none falls between two windows."""
    today = _today(ask)
    if ask.window is not None:
        first, last = month_of(ask.window.first), last_day(month_of(ask.window.last))
        first -= timedelta(days=first.weekday())
        return Window(first=first, last=min(last + timedelta(days=6 - last.weekday()), today))
    first = today - timedelta(days=given.trailing_days)
    if ask.since is None and given.since is not None:
        first = min(first, given.since)
    return Window(first=month_of(first), last=today)


def _pages(account: Account, given: AcledSettings, window: Window) -> Pages:
    """Return the events of a window; where its pages are cut short, those of each half, down to a week."""
    whole = all_pages(account, "/api/acled/read", _asked(given, window), size=given.page_size)
    return _refilled(account, given, window, whole)


def _refilled(account: Account, given: AcledSettings, window: Window, pages: Pages) -> Pages:
    if not pages.is_cut or window.last - window.first < _WEEK:
        return pages
    middle = window.first + (window.last - window.first) // 2
    halves = [
        Window(first=middle + timedelta(days=1), last=window.last),
        Window(first=window.first, last=middle),
    ]
    asked = [
        all_pages(account, "/api/acled/read", _asked(given, half), size=given.page_size) for half in halves
    ]
    rows = {text_of(row, ID): row for row in pages.rows}
    # Who is given one page whatever is asked for would be asked for each week in vain.
    if all(text_of(row, ID) in rows for each in asked for row in each.rows):
        return pages
    found = [_refilled(account, given, half, each) for half, each in zip(halves, asked, strict=True)]
    rows |= {text_of(row, ID): row for each in found for row in each.rows}
    return Pages(rows=list(rows.values()), is_cut=any(each.is_cut for each in found))


def _asked(given: AcledSettings, window: Window) -> Mapping[str, str]:
    return {
        "iso": "|".join(str(NUMERIC[code]) for code in given.countries),
        "event_date": f"{window.first}|{window.last}",
        "event_date_where": "BETWEEN",
    }


def _deleted_since(window: Window) -> Mapping[str, str]:
    return {
        "deleted_timestamp": str(math.floor(midnight(window.first).timestamp())),
        "deleted_timestamp_where": ">=",
    }


def _harvest(
    source: Source, given: AcledSettings, ask: Ask, window: Window, pages: Pages, gone: Sequence[str]
) -> Harvest:
    events, rejected = _events(pages, given, window)
    if rejected and not events:
        raise SourceError(f"none of ACLED's {len(rejected)} events could be read; {rejected[0].reason}")
    ids = {text_of(row, ID) for row in pages.rows}
    made = Harvest(
        incidents=tuple(incident_of(event, source.slug) for event in events),
        withdrawn=tuple(each for each in gone if each not in ids),
        rejected=tuple(rejected),
        note=_note(pages, events, window),
    )
    # What may lack events says nothing of days on which none is listed.
    if rejected or pages.is_cut or not events:
        return made
    until = _complete_until(events, given, window, _today(ask))
    if until < window.first:
        return made
    whole = Window(first=window.first, last=until)
    lag = source.publication_lag_days if ask.since is None else None
    return replace(
        made,
        readings=tuple(_readings(events, given, whole, ask.now)),
        covered=tuple(
            Coverage(covers_from=whole.first, covers_until=whole.last, country=code, lag_days=lag)
            for code in given.countries
        ),
    )


def _today(ask: Ask) -> date:
    return ask.now.astimezone(UTC).date()


def _complete_until(events: Sequence[AcledEvent], given: AcledSettings, window: Window, today: date) -> date:
    """The last day that is listed completely: a release that did not come is no calm."""
    until = min(window.last, today - timedelta(days=given.settles_after_days))
    newest = max(event.day for event in events)
    return min(until, newest) if until > today - _LONGEST_DELAY else until


def _note(pages: Pages, events: Sequence[AcledEvent], window: Window) -> str:
    note = f"{len(events)} events from {window.first} to {window.last}"
    if pages.is_cut:
        return (
            f"{note}; the same page came again, also of shorter stretches, so there may be more: nothing was "
            "added up. Ask for fewer countries, or set page_size to what the account is given at once"
        )
    return note if events else f"no event from {window.first} to {window.last}: nothing was set to 0"


def _events(pages: Pages, given: AcledSettings, window: Window) -> tuple[list[AcledEvent], list[Rejected]]:
    if pages.rows and (missing := absent(pages.rows[0])):
        message = f"ACLED's events have no {', '.join(missing)}; their layout has changed"
        raise SourceError(message, permanent=True)
    events: list[AcledEvent] = []
    rejected: list[Rejected] = []
    for row in pages.rows:
        try:
            event = event_of(row)
            if event.country not in given.countries or not window.first <= event.day <= window.last:
                raise ValueError(f"{event.country} on {event.day} was not asked for")
        except ValueError as error:
            where, text = f"event {shown(row.get(ID))}", f"event_date={shown(row.get('event_date'))}"
            rejected.append(Rejected(where=where, text=text, reason=str(error)))
        else:
            events.append(event)
    return sorted(events, key=lambda each: (each.day, each.id)), rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tally:
    """What is added up for one series."""

    series: str
    chosen: AcledSeries
    countries: frozenset[str]

    def takes(self, event: AcledEvent) -> bool:
        chosen = self.chosen
        return (
            event.country in self.countries
            and (not chosen.event_types or event.type in chosen.event_types)
            and (not chosen.admin1 or event.admin1 in chosen.admin1)
            and (not chosen.actors or not set(chosen.actors).isdisjoint(event.actors))
            and (not chosen.inter or not set(chosen.inter).isdisjoint(event.inter))
            and (event.is_civilian_targeting or not chosen.civilian_targeting)
        )


def _tallies(given: AcledSettings) -> Iterator[_Tally]:
    for each in given.series:
        countries = each.countries or given.countries
        if "{country}" not in each.series:
            yield _Tally(series=each.series, chosen=each, countries=frozenset(countries))
            continue
        for code in countries:
            name = each.series.replace("{country}", code)
            yield _Tally(series=name, chosen=each, countries=frozenset([code]))


def _readings(
    events: Sequence[AcledEvent], given: AcledSettings, whole: Window, now: datetime
) -> Iterator[Reading]:
    """Yield a reading for each period that lies in `whole` from its first day to its last."""
    for tally in _tallies(given):
        counted = [event for event in events if tally.takes(event)]
        for first, after in _periods(tally.chosen.period, whole):
            inside = [event for event in counted if first <= event.day < after]
            is_deaths = tally.chosen.measure == "fatalities"
            yield Reading(
                series=tally.series,
                period_start=midnight(first),
                period_end=midnight(after),
                value=float(sum(event.fatalities for event in inside) if is_deaths else len(inside)),
                known_at=now,
                citation=given.citation,
                grade=given.grade,
            )


def _periods(period: str, whole: Window) -> Iterator[tuple[date, date]]:
    first = whole.first
    if period == "week":
        first += timedelta(days=-first.weekday() % 7)
    elif first.day > 1:
        first = next_month(first)
    while (after := first + _WEEK if period == "week" else next_month(first)) <= whole.last + timedelta(
        days=1
    ):
        yield first, after
        first = after
