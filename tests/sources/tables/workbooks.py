"""Small workbooks for tests, written by hand from the published formats: xlsx (ECMA-376), xls (BIFF8)."""

import io
import struct
import zipfile
from xml.sax.saxutils import escape

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SECTOR, _FREE, _END, _FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def a_cell(place, value):
    """One cell: a number, a text, a date as (serial,), a formula as ("=...", cached value)."""
    if isinstance(value, tuple) and len(value) == 2:
        return f'<c r="{place}"><f>{escape(value[0][1:])}</f><v>{value[1]}</v></c>'
    if isinstance(value, tuple):
        return f'<c r="{place}" s="1"><v>{value[0]}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def a_sheet(rows, *, merged=()):
    """One sheet's XML; None leaves a cell out."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(a_cell(f"{chr(65 + i)}{number}", v) for i, v in enumerate(row) if v is not None)
        lines.append(f'<row r="{number}">{cells}</row>')
    held = "".join(f'<mergeCell ref="{each}"/>' for each in merged)
    tail = f'<mergeCells count="{len(merged)}">{held}</mergeCells>' if merged else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData>{tail}</worksheet>'


def an_xlsx(sheets):
    """A workbook of sheets by name, each its XML."""
    names = list(sheets)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    numbered = list(enumerate(names, 1))
    listed = "".join(f'<sheet name="{escape(n)}" sheetId="{i}" r:id="rId{i}"/>' for i, n in numbered)
    related = "".join(
        f'<Relationship Id="rId{i}" Type="{_REL}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i, _ in numbered
    )
    parts = {
        "[Content_Types].xml": f'{head}<Types xmlns="{_TYPES}">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{_PACKAGE_REL}"><Relationship Id="rId1" '
        f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{head}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{head}<Relationships xmlns="{_PACKAGE_REL}">{related}'
        f'<Relationship Id="rId99" Type="{_REL}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'{head}<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }
    parts |= {f"xl/worksheets/sheet{i}.xml": head + sheets[n] for i, n in enumerate(names, 1)}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


def an_xls(name, rows):
    """A workbook of one sheet in the format of Excel 97: numbers and texts."""
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 0))
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                sheet += _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(value), 1) + text)
            elif value is not None:
                sheet += _record(0x0203, struct.pack("<HHHd", row, column, 0, value))
    sheet += _record(0x000A, b"")
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 0))
    size = len(begin) + 4 + 8 + len(name) + 4
    bound = _record(0x0085, struct.pack("<IBBBB", size, 0, 0, len(name), 0) + name.encode("ascii"))
    return _compound(begin + bound + _record(0x000A, b"") + sheet)


def _record(number, content):
    return struct.pack("<HH", number, len(content)) + content


def _compound(stream):
    """One stream named Workbook in a compound file of sectors of 512 bytes (MS-CFB)."""
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    assert count <= 126, "one sector of the table of sectors is all there is here"
    table = [_FAT, _END, *range(3, 2 + count), _END]
    table += [_FREE] * (128 - len(table))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    head += struct.pack("<109I", 0, *[_FREE] * 108)
    entries = _entry("Root Entry", 5, _FREE, 1, _END, 0) + _entry("Workbook", 2, _FREE, _FREE, 2, len(stream))
    folder = entries.ljust(_SECTOR, b"\0")
    return head + struct.pack("<128I", *table) + folder + stream


def _entry(name, kind, right, child, start, size):
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<III", _FREE, right, child)
    tail = bytes(16 + 4 + 16) + struct.pack("<IQ", start, size)
    return text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1) + links + tail
