"""Which releases of UCDP GED a run asks for, and their rows from the API or from files."""

from collections.abc import Iterator, Mapping
from datetime import date

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Fetcher
from monitor.sources.parsing.streamed_table import rows_of_table
from monitor.sources.ucdp.event import NEEDED
from monitor.sources.ucdp.gleditsch_ward import ISO3, numbers_of
from monitor.sources.ucdp.memory import final_of
from monitor.sources.ucdp.pages import Rows, rows_of_release
from monitor.sources.ucdp.release import Release, needed, release_of
from monitor.sources.ucdp.settings import UcdpSettings

_QUARTERS = (12, 9, 6, 3)
_MONTHS = 12
_FILE_SECONDS = 300.0


def years_of(given: UcdpSettings, ask: Ask) -> range:
    """Return whole years: those of the window, else what can have changed since the last run, else all."""
    final = release_of(given.version).last.year
    first, last = given.since.year, ask.now.year
    if ask.window is not None:
        first, last = max(first, ask.window.first.year), min(last, ask.window.last.year)
    elif ask.since is not None and ask.bookmark.get("final") == final_of(given) and last > final:
        # A version never changes: what the final one says was taken before.
        first = max(first, final + 1)
    return range(first, max(first, last) + 1)


def asked_releases(
    given: UcdpSettings, years: range, ask: Ask, fetcher: Fetcher
) -> Iterator[tuple[Release, Rows]]:
    """Yield the releases that tell of some years, with their rows of the countries wanted."""
    if given.files:
        yield from _files(given, years, fetcher)
        return
    final = release_of(given.version)
    token = ask.secret("token")
    if years[0] <= final.last.year:
        until = min(years[-1], final.last.year)
        yield final, _pinned(final, given, token, fetcher, {
            "StartDate": f"{years[0]}-01-01", "EndDate": f"{until}-12-31",
        })  # fmt: skip
    for year in years:
        if year <= final.last.year:
            continue
        if given.candidates == "newest":
            yield from _newest(given, year, ask.now.date(), token, fetcher)
        else:
            for release in needed(release_of(version) for version in given.candidates):
                if release.last.year == year:
                    yield release, _pinned(release, given, token, fetcher, {})


def require_final(given: UcdpSettings, ask: Ask, fetcher: Fetcher) -> None:
    """Ask the API for one day of the final release: one that has moved knows no candidate either."""
    if not given.files:
        day = release_of(given.version).last.isoformat()
        days = {"StartDate": day, "EndDate": day}
        _pinned(release_of(given.version), given, ask.secret("token"), fetcher, days)


def rows_of_file(answer: Answer, given: UcdpSettings) -> Rows:
    """Return the rows of a CSV or zip that are of the countries wanted, or of none that is known."""
    wanted = {str(each) for each in numbers_of(given.countries)}
    known = {str(each) for each in ISO3}
    rows = rows_of_table(
        answer.content,
        what=answer.url or "the file",
        needed=NEEDED,
        content_type=answer.headers.get("content-type", ""),
    )
    return [row for _, row in rows if (number := row["country_id"].strip()) in wanted or number not in known]


def _newest(
    given: UcdpSettings, year: int, today: date, token: str, fetcher: Fetcher
) -> Iterator[tuple[Release, Rows]]:
    """Yield a year's longest release so far, and those of the months after it until there is none."""
    short, until = f"{year % 100:02}", 0
    for month in _QUARTERS:
        release = release_of(f"{short}.01.{short}.{month:02}")
        if release.last < today and (rows := _asked(release, given, token, fetcher, {})) is not None:
            yield release, rows
            until = month
            break
    for month in range(until + 1, _MONTHS + 1):
        release = release_of(f"{short}.0.{month}")
        found = _asked(release, given, token, fetcher, {}) if release.last < today else None
        if found is None:
            return
        yield release, found


def _pinned(
    release: Release, given: UcdpSettings, token: str, fetcher: Fetcher, days: Mapping[str, str]
) -> Rows:
    rows = _asked(release, given, token, fetcher, days)
    if rows is None:
        raise SourceError(f"UCDP has no release {release.version}; correct the version", permanent=True)
    return rows


def _asked(
    release: Release, given: UcdpSettings, token: str, fetcher: Fetcher, days: Mapping[str, str]
) -> Rows | None:
    address = f"{given.url.rstrip('/')}/gedevents/{release.version}"
    params = {"Country": ",".join(map(str, numbers_of(given.countries))), **days}
    return rows_of_release(fetcher, address, token=token, params=params)


def _files(given: UcdpSettings, years: range, fetcher: Fetcher) -> Iterator[tuple[Release, Rows]]:
    for release in needed(release_of(version) for version in given.files):
        if release.last.year >= years[0] and release.first.year <= years[-1]:
            answer = fetcher.get(given.files[release.version], seconds=_FILE_SECONDS)
            rows = rows_of_file(answer, given)
            yield release, [row for row in rows if _year_of(row) is None or _year_of(row) in years]


def _year_of(row: Mapping[str, str]) -> int | None:
    year = str(row.get("date_start", ""))[:4]
    return int(year) if year.isascii() and year.isdigit() else None
