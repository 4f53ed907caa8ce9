"""A Pack as the files `read_pack` reads back to the same Pack."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import tomli_w

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.observation import Reading
from monitor.domain.pack import HistoryFile, IncidentFile, Pack
from monitor.packs import history, incidents
from monitor.packs.tables_of import tables_of

_SOURCES = """# Where the figures come from

Exported from Heatwatch. Each row of `history/` names its citation; the citations, with licence and address,
are in `pack.toml`.
"""


def write_pack(pack: Pack, folder: Path) -> list[str]:
    """Write `pack.toml`, history and incident files and SOURCES.md; return their names. Outlines stay out."""
    lags = {source.slug: source.publication_lag_days for source in pack.sources}
    files = {"pack.toml": tomli_w.dumps(tables_of(pack))}
    files |= {each.file: history_text(each, lag_days=lags.get(each.source, 0.0)) for each in pack.history}
    files |= {each.file: _incidents_text(each) for each in pack.incidents}
    files["SOURCES.md"] = _SOURCES
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return sorted(files)


def table_text(pack: Pack, kind: str, slug: str) -> str:
    """Return one definition of a pack as the table of its file; empty where no table is it."""
    tables = tables_of(pack).get(kind, [])
    own = [each for each in tables if slug in {each.get("slug"), f"{each.get('subject')}/{each.get('name')}"}]
    return tomli_w.dumps({kind: own}) if own else ""


def history_text(file: HistoryFile, *, lag_days: float) -> str:
    """Return a history file's text; a time reckoned by that lag is left for it to give again."""
    lag = timedelta(days=lag_days)
    return _csv(history.COLUMNS, (_history_row(reading, lag=lag) for reading in file.readings))


def _history_row(reading: Reading, *, lag: timedelta) -> Sequence[str]:
    return (
        reading.series,
        _time(reading.period_start),
        _time(reading.period_end),
        history.WITHDRAWN if reading.value is None else _number(reading.value),
        _number(reading.low),
        _number(reading.high),
        reading.grade,
        _known_at(reading, lag=lag),
        reading.citation,
        str(reading.source_revision),
        reading.note,
    )


def _known_at(reading: Reading, *, lag: timedelta) -> str:
    """Leave a reckoned time empty where the source's lag gives it again, else mark it with `~`."""
    if reading.is_reconstructed:
        return "" if reading.known_at == reading.period_end + lag else f"~{_time(reading.known_at)}"
    return _time(reading.known_at)


def _incidents_text(file: IncidentFile) -> str:
    rows = ([_cell(getattr(each, column)) for column in incidents.COLUMNS] for each in file.incidents)
    return _csv(incidents.COLUMNS, rows)


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _cell(value: object) -> str:
    return _number(value) if isinstance(value, float) or value is None else str(value)


def _number(value: float | None) -> str:
    """Write every digit that tells this number from its neighbours, and no more."""
    return "" if value is None else repr(value).removesuffix(".0")


def _time(value: datetime) -> str:
    if value.timestamp() % DAY_SECONDS == 0:
        return f"{value:%Y-%m-%d}"
    return value.isoformat().replace("+00:00", "Z")
