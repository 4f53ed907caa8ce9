"""files: a plain host of tables: CSV, zipped CSV and Excel, of real slices."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import Scene, StandIn, csv_text, real, real_rows

# name of the file -> (slice, the column of the value, how the fault "unit" writes it)
FILES: Mapping[str, tuple[str, str, Callable[[float], str]]] = {
    "organizedviolencecy_v25_1": (
        "ucdp_country_year_v25_1_sahel",
        "cumulative_total_deaths_in_orgvio_best_cy",
        lambda deaths: f"{deaths / 1000:g} thousand",
    ),
    "brent-daily": ("brent_daily_to_2025", "Price", lambda dollars: f"{dollars / 1000:g}"),
    "inform-trends": ("inform_trends_sahel", "IndicatorScore", lambda score: f"{score * 10:g}"),
}
RENAMED = {
    "cumulative_total_deaths_in_orgvio_best_cy": "total_deaths_best",
    "Price": "price_usd",
    "IndicatorScore": "Score",
}
_MADE_AT = (2025, 1, 1, 0, 0, 0)
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_TYPES = {
    "csv": "text/csv",
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def routes(scene: Scene) -> Blueprint:
    """Return /files/<name>.csv, .csv.zip and .xlsx."""
    host = Blueprint("files", __name__)

    @host.get("/<name>")
    def file(name: str) -> Response:
        stem, _, ending = name.partition(".")
        if stem not in FILES or ending not in {"csv", "csv.zip", "xlsx"}:
            abort(404)
        table = _table(stem, scene)
        pack: dict[str, Callable[[bytes], bytes]] = {"csv": bytes, "csv.zip": _zipped, "xlsx": workbook}
        body: bytes = pack[ending](table)
        return Response(body, mimetype=_TYPES[ending.rpartition(".")[2]])

    return host


def _table(stem: str, scene: Scene) -> bytes:
    piece, *_ = FILES[stem]
    if scene.is_earlier("files") or scene.has("files", Fault.UNIT) or scene.has("files", Fault.COLUMN):
        return _changed(
            stem,
            is_earlier=scene.is_earlier("files"),
            is_switched=scene.has("files", Fault.UNIT),
            is_renamed=scene.has("files", Fault.COLUMN),
        )
    return real(piece)


@cache
def _changed(stem: str, *, is_earlier: bool, is_switched: bool, is_renamed: bool) -> bytes:
    """Before: without the last row of a hundred; every hundredth row one less (made up)."""
    piece, column, switched = FILES[stem]
    rows = [dict(row) for row in real_rows(piece)]
    if is_earlier:
        rows = [
            {**row, column: f"{float(row[column]) - 1:g}"} if number % 100 == 0 else row
            for number, row in enumerate(rows)
            if number % 100 != 99  # noqa: PLR2004 - the last of a hundred
        ]
    if is_switched:
        rows = [{**row, column: switched(float(row[column]))} for row in rows]
    columns = list(rows[0])
    if is_renamed:
        rows = [{RENAMED.get(name, name): cell for name, cell in row.items()} for row in rows]
        columns = [RENAMED.get(name, name) for name in columns]
    return csv_text(rows, columns)


def _zipped(table: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("table.csv", _MADE_AT), table, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


@cache
def workbook(table: bytes) -> bytes:
    """Return a CSV file as the smallest workbook that readers open: one sheet, numbers as numbers."""
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    sheet = "".join(f'<row r="{number}">{_cells(row, number)}</row>' for number, row in enumerate(rows, 1))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    documents = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{packages}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{packages}/relationships"><Relationship Id="r1"'
        f' Type="{documents}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{documents}"><sheets>'
        '<sheet name="data" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}/relationships"><Relationship Id="r1"'
        f' Type="{documents}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            information = zipfile.ZipInfo(name, _MADE_AT)
            archive.writestr(information, _XML + text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _cells(row: Sequence[str], number: int) -> str:
    return "".join(_cell(text, f"{_letters(place)}{number}") for place, text in enumerate(row) if text)


def _cell(text: str, place: str) -> str:
    try:
        float(text)
    except ValueError:
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
    return f'<c r="{place}"><v>{text}</v></c>'


def _letters(place: int) -> str:
    return (_letters(place // 26 - 1) if place > 25 else "") + chr(65 + place % 26)  # noqa: PLR2004 - A to Z


STAND_IN = StandIn(
    name="files",
    about="real: UCDP's country-years (CC BY 4.0), EIA's Brent (public domain), INFORM's trends (CC BY 4.0)",
    routes=routes,
)
