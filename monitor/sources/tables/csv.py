"""csv: tables of text (CSV, TSV, semicolons), plain or packed; fetched, uploaded or from a watched folder."""

from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from monitor.domain.harvest import Answer, Ask, Harvest, Window
from monitor.domain.source import Source
from monitor.sources.parsing.unpack import unpack
from monitor.sources.settings import key, parse
from monitor.sources.tables.delimited_rows import header_and_rows, is_encoding, text_of_table
from monitor.sources.tables.table import harvest_of
from monitor.sources.tables.table_file import FileSettings, TableFile

_TABLES = (".csv", ".tsv", ".txt")


class CsvSettings(FileSettings):
    """Settings of the kind csv."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = key("What parts the cells", ";", ",")
    header_row: Annotated[int, Field(ge=1, le=1000)] = key("Which line names the columns", 3, 1)
    comment: str = key("Lines that begin so are passed over", "//", "")
    encoding: str = key("The encoding; empty: UTF-8, UTF-16 by its mark, or recognised", "cp1252", "")

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, encoding: str) -> str:
        if encoding and not is_encoding(encoding):
            raise ValueError("expected the name of an encoding, such as utf-8 or cp1252")
        return encoding


class CsvSource(TableFile[CsvSettings]):
    """Reads a table of text."""

    settings: ClassVar[type[CsvSettings]] = CsvSettings
    ends: ClassVar[tuple[str, ...]] = (*_TABLES, ".gz", ".zip")
    content_types: ClassVar[frozenset[str]] = frozenset(
        {"text/csv", "text/tab-separated-values", "text/plain", "application/gzip", "application/zip"}
    )

    def harvest(
        self, source: Source, ask: Ask, answer: Answer, *, what: str, window: Window | None
    ) -> Harvest:
        """Return what a table holds; rows that cannot be read are named with their line."""
        settings = parse(CsvSettings, source)
        content = unpack(answer.content, what=what, member=settings.member, ends=_TABLES)
        # The type that was declared is that of the packed body.
        content_type = answer.headers.get("content-type", "") if content is answer.content else ""
        text = text_of_table(content, content_type=content_type, encoding=settings.encoding, what=what)
        present, rows = header_and_rows(
            text,
            delimiter=settings.delimiter,
            comment=settings.comment,
            header_row=settings.header_row,
            what=what,
        )
        return harvest_of(rows, settings, present=present, source=source, ask=ask, window=window)
