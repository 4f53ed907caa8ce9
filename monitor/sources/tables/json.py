"""json: any JSON over HTTP, its rows and columns found by JSONPath, in one page or many."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urljoin, urlsplit

from pydantic import Field, field_validator, model_validator

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Fetcher, Harvest, Window
from monitor.domain.source import Source
from monitor.sources.parsing.bodies import json_of, shown
from monitor.sources.settings import key, parse, problems_of
from monitor.sources.tables.json_paths import compiled, nodes
from monitor.sources.tables.json_rows import rows_at, table_of, way_to
from monitor.sources.tables.paging import Pages, Paging
from monitor.sources.tables.request import RequestSettings, filled, get, token_of, window_of
from monitor.sources.tables.table import harvest_of
from monitor.sources.tables.table_settings import TableSettings, columns_of

_LARGEST = 32 * 1024 * 1024

# A row and where it stands in the answer.
Found = list[tuple[str, Any]]


class JsonSettings(RequestSettings, TableSettings):
    """Settings of the kind json; a column is a key (`date`), keys (`country.id`) or a path in the row."""

    rows: str = key("The path of the rows", "$.data[*]")
    body: dict[str, Any] | None = key(
        "What is sent by POST, with the same placeholders as `url`; left out: GET", {"limit": 1000}, None
    )
    paging: Paging | None = key("How pages are read: `[source.settings.paging]`", {"by": "page"}, None)
    arrays: dict[str, str] = key(
        "Columns that are lists in each row, by their path: a row for each place of theirs",
        {"value": "values"}, {},
    )  # fmt: skip
    start: str = key("With `arrays`: the column of the first time in seconds; makes `time`", "from", "")
    step: str = key("And of the seconds from one value to the next", "step", "")
    cut_at: Annotated[int, Field(ge=1)] | None = key(
        "An answer of so many rows was cut off by the server: an error", 100, None
    )
    error_path: str = key(
        "A path that finds something only where the answer is an error", "$.error.message", ""
    )

    @field_validator("rows", "error_path")
    @classmethod
    def _is_path(cls, path: str) -> str:
        if path:
            compiled(path)
        return path

    @model_validator(mode="after")
    def _columns_are_found(self) -> Self:
        for column in (*columns_of(self), *self.arrays.values(), self.start, self.step):
            way_to(column)
        if bool(self.start) != bool(self.step):
            raise ValueError("start and step belong together")
        if self.start and not self.arrays:
            raise ValueError("start and step go with arrays")
        return self


class JsonSource:
    """Reads JSON."""

    settings: ClassVar[type[JsonSettings]] = JsonSettings

    def problems(self, source: Source) -> Sequence[str]:
        """Return what is wrong with the settings."""
        return problems_of(JsonSettings, source)

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Return what all pages hold; a page that is wrong is an error, and then nothing is given."""
        settings = parse(JsonSettings, source)
        if not settings.url:
            message = f"source {source.slug} has no url: its files are uploaded"
            raise SourceError(message, permanent=True)
        window = window_of(settings, ask, settings.body)
        found = _all_pages(settings, ask, fetcher, window)
        if found is None:
            return Harvest(note="the server says that there is nothing")
        return _harvest(found, settings, source, ask, window)

    def read(self, source: Source, ask: Ask, answer: Answer) -> Harvest:
        """Return what one page holds that was uploaded or pushed."""
        settings = parse(JsonSettings, source)
        _, rows = _page(answer, settings, what="the file")
        return _harvest([(f"entry {n}", row) for n, row in enumerate(rows)], settings, source, ask, None)


def _harvest(
    found: Found, settings: JsonSettings, source: Source, ask: Ask, window: Window | None
) -> Harvest:
    columns = [name for each in columns_of(settings) for name in (each, *settings.aliases.get(each, ()))]
    present, rows = table_of(
        found, list(dict.fromkeys(columns)), arrays=settings.arrays, start=settings.start, step=settings.step
    )
    return harvest_of(rows, settings, present=present, source=source, ask=ask, window=window)


def _all_pages(settings: JsonSettings, ask: Ask, fetcher: Fetcher, window: Window | None) -> Found | None:
    if settings.paging is None:
        answer = _ask(settings, ask, fetcher, window, query={}, url="")
        if answer is None:
            return None
        return [(f"entry {n}", row) for n, row in enumerate(_page(answer, settings, what="the answer")[1])]
    pages, url, found = Pages(settings.paging), "", Found()
    while True:
        answer = _ask(settings, ask, fetcher, window, query={} if url else pages.query, url=url)
        if answer is None:
            return found if pages.number else None
        what = f"page {pages.number + 1}"
        document, rows = _page(answer, settings, what=what)
        pages.take(rows, what=what)
        found += [(f"{what}, entry {n}", row) for n, row in enumerate(rows)]
        if settings.paging.by == "next":
            url = _next(settings, pages.link(document), at=answer.url)
            if not url:
                return found
        elif pages.is_last(document, len(rows), what=what):
            return found


def _ask(
    settings: JsonSettings,
    ask: Ask,
    fetcher: Fetcher,
    window: Window | None,
    *,
    query: Mapping[str, int],
    url: str,
) -> Answer | None:
    if settings.body is None or url:
        params = {name: str(value) for name, value in query.items()}
        return get(
            settings, ask, fetcher, window=window, params=params, url=url, is_whole=settings.paging is None
        )
    return fetcher.post(
        filled(settings.url, window),
        json=filled(settings.body, window) | query,
        params=filled(settings.params, window) or None,
        headers=settings.headers or None,
        **token_of(settings, ask),
    )


def _page(answer: Answer, settings: JsonSettings, *, what: str) -> tuple[Any, list[Any]]:
    """Return a page and its rows; SourceError if it is none, or says in words what went wrong."""
    if len(answer.content) > _LARGEST:
        raise SourceError(f"{what} is larger than {_LARGEST:,} bytes; ask for less at once", permanent=True)
    document = json_of(answer, what=what)
    told = nodes(compiled(settings.error_path), document) if settings.error_path else []
    if any(told):
        raise SourceError(f"{what} is no data; it says: {shown(next(filter(None, told)))}")
    rows = rows_at(compiled(settings.rows), document, what=what)
    if settings.cut_at and len(rows) >= settings.cut_at:
        cut = f"{len(rows)} rows, as many as the server gives at once"
        raise SourceError(f"{what} has {cut}: ask for fewer days or kinds", permanent=True)
    return document, rows


def _next(settings: JsonSettings, link: str, *, at: str) -> str:
    """Return the address of the next page; one on another server is refused."""
    if not link:
        return ""
    url = urljoin(at, link)
    if urlsplit(url)[:2] != urlsplit(settings.url)[:2]:
        raise SourceError(f"the next page is said to be on another server: {shown(urlsplit(url).netloc)}")
    return url
