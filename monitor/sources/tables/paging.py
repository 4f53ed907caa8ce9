"""Pages of an answer: how the next one is asked for, when it was the last, and pages that come again."""

import hashlib
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import Field, field_validator, model_validator

from monitor.domain.errors import SourceError
from monitor.sources.settings import Settings, key
from monitor.sources.tables.json_paths import compiled, nodes

Path = Annotated[str, Field(max_length=300)]


class Paging(Settings):
    """How an answer in several pages is read."""

    by: Literal["next", "page", "offset"] = key(
        "`next`: each page links to the next; `page`: by number; `offset`: by the first row", "page"
    )
    next: Path = key("`next`: the path of the link", "$.links.next.href", "")
    param: str = key("`page`, `offset`: the part of the query (or of `body`) that says which", "page", "")
    first: Annotated[int, Field(ge=0, le=1)] = key("`page`: the number of the first page", 0, 1)
    size: Annotated[int, Field(ge=1, le=100_000)] | None = key("Rows a page", 1000, None)
    size_param: str = key("The part of the query (or of `body`) that asks for so many", "per_page", "")
    pages: Path = key("The path of the number of pages", "$[0].pages", "")
    total: Path = key("The path of the number of rows in all", "$.total", "")
    more: Path = key("The path of a true or false: whether there is more", "$.exceededTransferLimit", "")
    most_pages: Annotated[int, Field(ge=1, le=10_000)] = key(
        "More pages than this are an error, not cut off", 500, 100
    )

    @field_validator("next", "pages", "total", "more")
    @classmethod
    def _is_path(cls, path: str) -> str:
        if path:
            compiled(path)
        return path

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.by == "next" and not self.next:
            raise ValueError('by = "next" needs next: the path of the link')
        if self.by != "next" and not self.param:
            raise ValueError(f'by = "{self.by}" needs param')
        if self.by == "offset" and self.size is None:
            raise ValueError('by = "offset" needs size')
        if self.by == "page" and not (self.pages or self.total or self.more or self.size):
            raise ValueError('by = "page" needs one of pages, total, more and size, to know the last')
        return self


class Pages:
    """What is known while pages are read: how many rows came, and which pages were seen."""

    def __init__(self, paging: Paging) -> None:
        """Begin before the first page."""
        self._paging = paging
        self._seen: set[bytes] = set()
        self.number, self.rows = 0, 0

    @property
    def query(self) -> dict[str, int]:
        """The parts of the query that ask for the next page."""
        paging = self._paging
        asked = {} if paging.by == "next" else {paging.param: self._place()}
        return asked | ({paging.size_param: paging.size or 0} if paging.size_param else {})

    def take(self, rows: list[Any], *, what: str) -> None:
        """Count a page; SourceError if it came before, or if it is one too many."""
        self.number += 1
        self.rows += len(rows)
        if rows:
            mark = hashlib.blake2b(orjson.dumps(rows), digest_size=16).digest()
            if mark in self._seen:
                raise SourceError(f"{what} holds the rows of a page before it: the server repeats itself")
            self._seen.add(mark)
        if self.number > self._paging.most_pages:
            message = f"there are more than {self._paging.most_pages} pages; ask for less or raise most_pages"
            raise SourceError(message, permanent=True)

    def is_last(self, document: Any, count: int, *, what: str) -> bool:
        """Whether the page that was taken, of so many rows, is the last; SourceError if rows are missing."""
        paging = self._paging
        if paging.pages:
            pages = _whole(paging.pages, document, what=what)
            if not count and 1 < self.number <= pages:
                raise SourceError(f"{what} of {pages} is empty")
            return self.number >= pages
        if paging.total:
            total = _whole(paging.total, document, what=what)
            if not count and self.rows < total:
                raise SourceError(f"{what} is empty, after {self.rows} of {total} rows")
            return self.rows >= total
        if paging.more:
            return nodes(compiled(paging.more), document)[:1] not in ([True], ["true"])
        return not count or count < (paging.size or 1)

    def link(self, document: Any) -> str:
        """Return the link to the next page, "" if there is none."""
        found = nodes(compiled(self._paging.next), document)
        return str(found[0]) if found and found[0] else ""

    def _place(self) -> int:
        return self.number + self._paging.first if self._paging.by == "page" else self.rows


def _whole(path: str, document: Any, *, what: str) -> int:
    found = nodes(compiled(path), document)
    text = str(found[0]) if found else ""
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 - a count of pages or rows
        raise SourceError(f"{what} says no number at {path}, so its last page is not known")
    return int(text)
