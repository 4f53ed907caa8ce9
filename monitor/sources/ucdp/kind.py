"""ucdp: UCDP GED, the final release merged with the candidates of the years after it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Fetcher, Harvest, Pace, Unchanged, Window
from monitor.domain.incident import Coverage
from monitor.domain.source import Source
from monitor.sources.parsing.months import last_day, month_of, months_between
from monitor.sources.parsing.streamed_table import TYPES_OF_TABLES
from monitor.sources.settings import parse, problems_of
from monitor.sources.ucdp.by_month import Stretch, Tally, readings_of
from monitor.sources.ucdp.event import incident_of
from monitor.sources.ucdp.fetch import asked_releases, require_final, rows_of_file, years_of
from monitor.sources.ucdp.memory import bookmark_of, gone_since, ids_of_final, is_settled
from monitor.sources.ucdp.release import Release, covered_until, merged
from monitor.sources.ucdp.settings import NUMBER_OF_TYPE, UcdpSeries, UcdpSettings
from monitor.sources.ucdp.told import Told, days_of, told_of


class UcdpSource:
    """Settings: `UcdpSettings`. A run asks for whole years, whose ends no event crosses."""

    settings = UcdpSettings
    pace = Pace(at_once=1)
    content_types = TYPES_OF_TABLES

    def problems(self, source: Source) -> Sequence[str]:
        """Return what is wrong with the settings."""
        return problems_of(UcdpSettings, source)

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Return the events of the years asked for, their months, and the ids that are gone."""
        given = parse(UcdpSettings, source)
        years = years_of(given, ask)
        told = [
            told_of(release, rows, given.countries)
            for release, rows in asked_releases(given, years, ask, fetcher)
        ]
        if not told:
            return _nothing(given, years, ask, fetcher)
        span = Window(
            first=max(date(years[0], 1, 1), min(each.release.first for each in told)),
            last=min(date(years[-1], 12, 31), covered_until(each.release for each in told)),
        )
        question = _Question(source=source, given=given, ask=ask, countries=given.countries, span=span)
        return _harvest(question, told)

    def read(self, source: Source, ask: Ask, answer: Answer) -> Harvest:
        """Return what a downloaded file holds, from its first event's month to its last one's.

        A file may be a part of a release, so that nothing is withdrawn by what it does not list.
        """
        given = parse(UcdpSettings, source)
        rows = rows_of_file(answer, given)
        days = sorted(day for row in rows for day in days_of(row))
        if not days:
            return Harvest(note="the file has no event of these countries")
        span = Window(first=month_of(days[0]), last=last_day(month_of(days[-1])))
        told = told_of(Release(version="file", first=span.first, last=span.last), rows, given.countries)
        countries = tuple(sorted({event.country for event in told.events}))
        question = _Question(
            source=source, given=given, ask=ask, countries=countries, span=span, is_file=True
        )
        return _harvest(question, [told])


def _nothing(given: UcdpSettings, years: range, ask: Ask, fetcher: Fetcher) -> Harvest:
    """What it means that no release tells of these years: nothing to tell, or what was there is gone."""
    note = f"UCDP has published nothing yet for {years[0]} to {years[-1]}"
    if ask.window is None and not is_settled(ask.bookmark, given):
        raise SourceError(note)
    require_final(given, ask, fetcher)
    if ask.window is None:
        # The final release was read and never changes, and nothing was out after it before either.
        raise Unchanged
    # History goes back from today, through years that no release has, to those that one has.
    return Harvest(note=note, bookmark=ask.bookmark)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """Who asked what, of which countries and days."""

    source: Source
    given: UcdpSettings
    ask: Ask
    countries: Sequence[str]
    span: Window
    is_file: bool = False


def _harvest(question: _Question, told: Sequence[Told]) -> Harvest:
    given, ask, span = question.given, question.ask, question.span
    events = merged([(each.release, each.events) for each in told])
    if not question.is_file and not any(each.release.is_final for each in told):
        # The final release was read in an earlier run, and still has the last word on its events.
        settled = ids_of_final(ask.bookmark, given)
        events = {key: event for key, event in events.items() if key not in settled}
    rejected = tuple(each for one in told for each in one.rejected)
    if rejected and not events:
        message = (
            f"none of the {len(rejected)} events could be read; {rejected[0].where}: {rejected[0].reason}"
        )
        raise SourceError(message)
    doubtful = frozenset(month for each in told for month in each.doubtful)
    readings = readings_of(
        list(events.values()),
        # Where nothing at all was told, a wrong country is likelier than peace: no month is called 0.
        list(_tallies(given, question.countries)) if events else [],
        Stretch(first=span.first, last=span.last, doubtful=doubtful),
        known_at=ask.now,
        citation=given.citation,
        grade=given.grade,
    )
    made = Harvest(
        readings=tuple(readings),
        rejected=rejected,
        note=_note(told, len(events)),
    )
    if given.keep_incidents:
        incidents = tuple(incident_of(event, question.source.slug) for event in events.values())
        covered = tuple(_covered(question, doubtful)) if events else ()
        made = replace(made, incidents=incidents, covered=covered)
    if question.is_file:
        return made
    months = list(months_between(span.first, span.last))
    seen = {each for one in told for each in one.ids}
    has_final = ask.window is None and any(each.release.is_final for each in told)
    return replace(
        made,
        withdrawn=tuple(gone_since(ask.bookmark, given, seen, months)) if given.keep_incidents else (),
        bookmark=bookmark_of(ask.bookmark, given, events, months, has_final=has_final),
    )


def _note(told: Sequence[Told], count: int) -> str:
    versions = ", ".join(each.release.version for each in told)
    if not count:
        return f"release {versions} has no event of these countries, so that no month was set to 0"
    return f"{count} events of release {versions}"


def _tallies(given: UcdpSettings, countries: Collection[str]) -> Iterator[Tally]:
    for each in given.series:
        of_all = each.countries or given.countries
        if "{country}" in each.series:
            for code in of_all:
                if code in countries:
                    yield _tally(each, each.series.replace("{country}", code), [code])
        elif set(of_all) <= set(countries):
            yield _tally(each, each.series, of_all)


def _tally(each: UcdpSeries, series: str, countries: Collection[str]) -> Tally:
    return Tally(
        series=series,
        measure=each.measure,
        countries=frozenset(countries),
        types=frozenset(NUMBER_OF_TYPE[word] for word in each.types),
        admin1=frozenset(each.admin1),
        sides=frozenset(each.sides),
    )


def _covered(question: _Question, doubtful: Collection[tuple[str, date]]) -> Iterator[Coverage]:
    """Yield the days each country is told of completely; not where one of its rows could not be read."""
    lag = question.source.publication_lag_days if question.ask.since is None else None
    unsure = {code for code, _ in doubtful}
    for code in question.countries:
        if code not in unsure:
            span = question.span
            yield Coverage(covers_from=span.first, covers_until=span.last, country=code, lag_days=lag)
