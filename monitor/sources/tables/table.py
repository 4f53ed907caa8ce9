"""Rows of a table into readings or incidents, by the settings of a source."""

from collections.abc import Iterable, Sequence

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Ask, Harvest, Rejected, Window
from monitor.domain.source import Source
from monitor.sources.tables.incident_rows import Incidents
from monitor.sources.tables.reading_rows import Readings
from monitor.sources.tables.table_rows import Row, RowError, check_share, find_columns, rejected
from monitor.sources.tables.table_settings import TableSettings

MOST_ROWS = 1_000_000


def harvest_of(
    rows: Iterable[Row],
    settings: TableSettings,
    *,
    present: Sequence[str],
    source: Source,
    ask: Ask,
    window: Window | None,
) -> Harvest:
    """Return the readings and incidents that rows tell of; rows that cannot be read are named.

    `present`: the columns there are. `window`: the days that were asked for, None if everything was.
    SourceError: a column is not there, or more than half of the rows that are meant cannot be read.
    """
    columns = find_columns(settings, present)
    readings = Readings(settings, columns, now=ask.now)
    incidents = Incidents(settings, columns, source=source.slug)
    bad: list[Rejected] = []
    meant = 0
    for row in rows:
        if meant > MOST_ROWS:
            message = f"more than {MOST_ROWS:,} rows are meant; choose them by where, or ask for less"
            raise SourceError(message, permanent=True)
        try:
            if row.fault:
                readings.doubt(row)
                raise RowError(row.fault)
            # Both look at every row: one may be meant for a series and as an incident.
            is_meant = readings.take(row) | incidents.take(row)
        except RowError as error:
            bad.append(rejected(row, error))
            is_meant = True
        meant += is_meant
    check_share(bad, meant=meant)
    made, disputed = readings.made(window=window, fill=not bad)
    covered, note = incidents.covered(window=window, now=ask.now, is_whole=not bad)
    return Harvest(
        readings=made,
        incidents=incidents.made(),
        covered=covered,
        rejected=(*bad, *disputed),
        note=note,
    )
