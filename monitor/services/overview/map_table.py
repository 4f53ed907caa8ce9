"""The table behind the map for programs: the same figures, both clocks, marking and attribution with them."""

import csv
from datetime import datetime
from io import StringIO
from typing import Any

from monitor.services.overview.map_page import MapView
from monitor.services.overview.map_rows import MapRow

_VALUES = ("value", "words", "period_start", "period_end", "known_at", "grade", "source", "series")
_INCIDENTS = ("incidents", "killed", "at_a_point", "region_alone", "newest_known_at")


def map_table(view: MapView) -> dict[str, Any]:
    """Return the table; a region of which nothing is told says so and has no value. Times are UTC."""
    window, handling = view.window, view.handling
    return {
        "measure": view.measure.key,
        "unit": "incidents" if view.measure.is_incidents else view.measure.unit,
        "countries": [each.code for each in view.shown],
        "since": f"{window.since}",
        "until": f"{window.until}",
        "known_at": _time(window.at),
        "marking": handling.marking.word,
        "may_redistribute": handling.may_redistribute,
        "attribution": [*handling.attributions, *_owed(view)],
        "regions": [_region(view, row) for row in view.rows],
        "points": [
            {
                "latitude": each.latitude, "longitude": each.longitude, "incidents": each.incidents,
                "killed": each.killed,
            }
            for each in view.picture.spots
        ],
        "not_in_a_region": [{"place": name, "incidents": count} for name, count in view.data.country_alone],
        "without_outline": [{"place": name, "incidents": count} for name, count in view.data.elsewhere],
    }  # fmt: skip


def map_csv(view: MapView) -> str:
    """Return the table as a file: a head, a line for each region, and lines that say how to handle it."""
    told = map_table(view)
    columns = ["code", "region", "country", "told", *(_INCIDENTS if view.measure.is_incidents else _VALUES)]
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([[each.get(name) for name in columns] for each in told["regions"]])
    writer.writerow([])
    writer.writerow([f"{view.handling.words}. {'; '.join(told['attribution'])}"])
    writer.writerow([f"{told['measure']}, {told['since']} to {told['until']}, as known {told['known_at']}"])
    return text.getvalue()


def _region(view: MapView, row: MapRow) -> dict[str, Any]:
    found: dict[str, Any] = {
        "code": row.code, "region": row.name, "country": row.country, "told": row.cell.told.value,
        "mark": row.cell.mark,
    }  # fmt: skip
    if view.measure.is_incidents:
        is_told = row.number is not None
        return found | {
            "incidents": row.incidents if is_told else None, "killed": row.killed if is_told else None,
            "at_a_point": row.at_points if is_told else None,
            "region_alone": row.unplaced if is_told else None,
            "newest_known_at": _time(row.known_at),
        }  # fmt: skip
    return found | {
        "value": row.number, "words": row.value, "period_start": _time(row.period_start),
        "period_end": _time(row.period_end), "known_at": _time(row.known_at), "grade": row.grade,
        "source": row.source, "series": row.series,
    }  # fmt: skip


def _owed(view: MapView) -> list[str]:
    return list(dict.fromkeys(each.attribution for each in view.shown if each.attribution))


def _time(value: datetime | None) -> str | None:
    return None if value is None else f"{value:%Y-%m-%dT%H:%M:%SZ}"
