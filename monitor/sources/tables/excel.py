"""excel: a sheet of a workbook (xlsx, xls), fetched, uploaded or from a watched folder."""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Harvest, Window
from monitor.domain.source import Source
from monitor.sources.parsing.bodies import refuse_pages
from monitor.sources.parsing.unpack import check_zip, unpack
from monitor.sources.settings import key, parse
from monitor.sources.tables.excel_cells import read_sheet
from monitor.sources.tables.table import harvest_of
from monitor.sources.tables.table_file import FileSettings, TableFile
from monitor.sources.tables.table_rows import Row

_BOOKS = (".xlsx", ".xls", ".xlsm")
_ZIP, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_BYTES = 256 * 1024 * 1024
# Sheets are XML and pack well; a bomb packs a thousandfold.
_MOST_RATIO = 150.0
_LARGEST_BOOK = 64 * 1024 * 1024


class ExcelSettings(FileSettings):
    """Settings of the kind excel."""

    sheet: str | Annotated[int, Field(ge=1, le=1000)] = key("The sheet, by name or by number", "Data", 1)
    header_row: Annotated[int, Field(ge=1, le=1000)] = key("Which row of the sheet names the columns", 3, 1)
    fill_down: tuple[str, ...] = key(
        "Columns in which an empty cell means what stands above it", ["Country"], ()
    )


class ExcelSource(TableFile[ExcelSettings]):
    """Reads a sheet of a workbook: cached values of formulas, dates as dates, merged texts in every cell."""

    settings: ClassVar[type[ExcelSettings]] = ExcelSettings
    ends: ClassVar[tuple[str, ...]] = (*_BOOKS, ".zip")
    content_types: ClassVar[frozenset[str]] = frozenset({
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.ms-excel",
        "application/vnd.ms-excel.sheet.macroenabled.12", "application/zip",
    })  # fmt: skip

    def harvest(
        self, source: Source, ask: Ask, answer: Answer, *, what: str, window: Window | None
    ) -> Harvest:
        """Return what a sheet holds; rows that cannot be read are named with their number."""
        settings = parse(ExcelSettings, source)
        book = _book(answer.content, settings, what=what)
        sheet = read_sheet(book, sheet=settings.sheet, what=what)
        header = sheet.rows[settings.header_row - 1] if settings.header_row <= len(sheet.rows) else ()
        names = [" ".join(name.split()) for name in header]
        if not any(names):
            message = f"{what}: row {settings.header_row} of sheet {sheet.name!r} names no column"
            raise SourceError(message, permanent=True)
        rows = _rows(sheet.rows[settings.header_row :], names, settings)
        return harvest_of(rows, settings, present=names, source=source, ask=ask, window=window)


def _book(content: bytes, settings: ExcelSettings, *, what: str) -> bytes:
    """Return a workbook's bytes, once they are known to be one and of bounded size."""
    if settings.member:
        content = unpack(content, what=what, member=settings.member, most_bytes=_LARGEST_BOOK)
    if content[:4] == _ZIP:
        check_zip(content, what=what, most_bytes=_MOST_BYTES, most_ratio=_MOST_RATIO)
    elif content[:8] != _COMPOUND:
        refuse_pages(content, content_type="", what=what)
        raise SourceError(f"{what} is no Excel workbook (xlsx or xls)")
    return content


def _rows(rows: Sequence[Sequence[str]], names: Sequence[str], settings: ExcelSettings) -> Iterator[Row]:
    above: dict[str, str] = {}
    for number, cells in enumerate(rows, settings.header_row + 1):
        if not any(cells):
            continue
        row = dict(zip(names, cells, strict=False))
        for name in settings.fill_down:
            row[name] = row.get(name) or above.get(name, "")
        above = row
        yield Row(f"row {number}", row)
