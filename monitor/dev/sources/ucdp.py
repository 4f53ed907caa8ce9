"""ucdp: the GED API, with the real events of Myanmar 2021-22 as its final release and made-up candidates.

Versions: 26.1 is the real slice as it stands; 25.1 is it before (made-up) corrections; 26.0.N are the
candidates of a month of 2026, 26.01.26.NN those of the year up to a month, revised and partly withdrawn;
25.0.N and 25.01.25.NN those of 2025.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import (
    MADE_UP,
    Scene,
    StandIn,
    as_json,
    csv_text,
    day,
    draw,
    real,
    real_rows,
    whole_number,
)

TOKEN = "ucdp-rehearsal-token"  # noqa: S105 - opens nothing but this stand-in
CANDIDATES_A_MONTH = 20
# What the earlier final had: fewer deaths in one event of forty, one of 500 not yet, two later withdrawn.
LOWERED, NOT_YET = 40, 500
WITHDRAWN_IDS = (990001, 990002)
_GED = "ged_v23_1_myanmar_2021_2022"
_WHOLE = frozenset(
    [
        "id",
        "year",
        "type_of_violence",
        "conflict_dset_id",
        "conflict_new_id",
        "dyad_dset_id",
        "dyad_new_id",
        "side_a_dset_id",
        "side_a_new_id",
        "side_b_dset_id",
        "side_b_new_id",
        "number_of_sources",
        "where_prec",
        "priogrid_gid",
        "country_id",
        "event_clarity",
        "date_prec",
        "deaths_a",
        "deaths_b",
        "deaths_civilians",
        "deaths_unknown",
        "best",
        "high",
        "low",
    ]
)
_MONTHLY = re.compile(r"(25|26)\.0\.(\d{1,2})")
_QUARTERLY = re.compile(r"(25|26)\.01\.\1\.(\d{2})")
Row = Mapping[str, Any]


def routes(scene: Scene) -> Blueprint:
    """Return the API and the files beside it."""
    api = Blueprint("ucdp", __name__)

    @api.get("/api/gedevents/<version>")
    def gedevents(version: str) -> Response:
        given = request.headers.get("x-ucdp-access-token")
        if given != TOKEN or scene.has("ucdp", Fault.EXPIRED):
            return Response(b"API token required", 401, mimetype="text/plain")
        found = [row for row in _version(version, scene) if _is_asked_for(row)]
        return as_json(_page(found, scene))

    @api.get("/downloads/candidateged/<name>.csv")
    def candidate_file(name: str) -> Response:
        version = name.removeprefix("GEDEvent_v").replace("_", ".")
        rows = _version(version, scene)
        return Response(csv_text(rows, list(rows[0])), mimetype="text/csv")

    @api.get("/downloads/ged/<name>-csv.zip")
    def final_file(name: str) -> Response:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{name}.csv", real(_GED))
        return Response(packed.getvalue(), mimetype="application/zip")

    return api


def _version(version: str, scene: Scene) -> Sequence[Row]:
    """Candidates run up to last month; while the edition is the earlier one, up to the month before it."""
    if version in {"25.1", "26.1"}:
        return _final(is_corrected=version == "26.1")
    if match := _MONTHLY.fullmatch(version):
        year, month = 2000 + int(match[1]), int(match[2])
        if 1 <= month <= _latest_month(year, scene):
            return _candidates(year, month, is_revised=False)
    elif match := _QUARTERLY.fullmatch(version):
        year, last = 2000 + int(match[1]), int(match[2])
        if last in range(3, _latest_month(year, scene) + 1, 3):
            return [row for month in range(1, last + 1) for row in _candidates(year, month, is_revised=True)]
    raise NotFound(response=as_json({"message": f"Version {version} was not found"}, 404))


def _latest_month(year: int, scene: Scene) -> int:
    passed = (scene.today.year - year) * 12 + scene.today.month - 1
    return max(0, min(passed - scene.is_earlier("ucdp"), 12))


def _is_asked_for(row: Row) -> bool:
    """The filters of the API, each a list of codes or a day."""
    asked = request.args
    for parameter, column in (("Country", "country_id"), ("TypeOfViolence", "type_of_violence")):
        if asked.get(parameter) and str(row[column]) not in asked[parameter].split(","):
            return False
    starts, ends = date.fromisoformat(row["date_start"][:10]), date.fromisoformat(row["date_end"][:10])
    return day(asked.get("StartDate"), date.min) <= ends and starts <= day(asked.get("EndDate"), date.max)


def _page(rows: Sequence[Row], scene: Scene) -> Mapping[str, Any]:
    size = max(1, min(whole_number(request.args.get("pagesize"), 100), 1000))
    number = scene.page("ucdp", "page", first=0)
    count = -(-len(rows) // size)
    shown = rows[number * size : (number + 1) * size]
    if scene.has("ucdp", Fault.UNIT):
        shown = [{**row, "best": f"{row['best'] / 1000:g} thousand"} for row in shown]
    return {
        "TotalCount": len(rows),
        "TotalPages": count,
        "PreviousPageUrl": _page_url(number - 1) if number > 0 else "",
        "NextPageUrl": _page_url(number + 1) if number + 1 < count else "",
        "Result": shown,
    }


def _page_url(number: int) -> str:
    asked = request.args.to_dict() | {"page": str(number)}
    return request.base_url + "?" + "&".join(f"{key}={value}" for key, value in asked.items())


@cache
def _final(*, is_corrected: bool) -> Sequence[Row]:
    rows = [_as_api(row) for row in real_rows(_GED)]
    return rows if is_corrected else list(_before_corrections(rows))


def _before_corrections(rows: Sequence[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number % LOWERED == 0 and row["deaths_civilians"]:
            best, civilians = row["best"] - 1, row["deaths_civilians"] - 1
            yield {**row, "best": best, "deaths_civilians": civilians, "low": min(row["low"], best)}
        elif number % NOT_YET:
            yield row
    for number in WITHDRAWN_IDS:
        yield {**rows[-1], "id": number, "relid": f"MYA-2022-9-{number}", "source_article": MADE_UP}


def _as_api(row: Mapping[str, str]) -> Row:
    """A line of the file as the API gives it: numbers as numbers, days with a time."""
    return {
        **{name: int(cell) if name in _WHOLE else cell for name, cell in row.items()},
        "active_year": row["active_year"] == "True",
        "latitude": float(row["latitude"]),
        "longitude": float(row["longitude"]),
        "date_start": row["date_start"] + "T00:00:00",
        "date_end": row["date_end"] + "T00:00:00",
    }


@cache
def _candidates(year: int, month: int, *, is_revised: bool) -> Sequence[Row]:
    """Made-up events of a month, at the places of real ones; one of them spans two months.

    The first of January 2026 bears the id of an event that the final has. Revised: every fifth has one death
    more, every seventh is withdrawn.
    """
    places = _final(is_corrected=True)
    rows = []
    for number in range(CANDIDATES_A_MONTH):
        if is_revised and number % 7 == 6:  # noqa: PLR2004 - every seventh
            continue
        place = places[draw(0, len(places) - 1, year, month, number)]
        deaths = draw(1, 9, "deaths", year, month, number) + (is_revised and number % 5 == 0)
        starts = date(year, month, 1 + number)
        rows.append({**place, **_made_up(number, deaths=deaths, starts=starts)})
    if (year, month) == (2026, 1):
        rows[0] = {**rows[0], "id": places[0]["id"]}
    return rows


def _made_up(number: int, *, deaths: int, starts: date) -> Mapping[str, Any]:
    year, month = starts.year, starts.month
    spans = number == CANDIDATES_A_MONTH - 1 and month > 1
    first = date(year, month - 1, 20) if spans else starts
    return {
        "id": (year - 2000) * 100_000 + month * 100 + number,
        "relid": f"MYA-{year}-0-{month}-{number}",
        "year": year,
        "code_status": "Check dyad" if number % 9 == 8 else "Clear",  # noqa: PLR2004 - every ninth
        "source_article": MADE_UP,
        "source_headline": MADE_UP,
        "source_original": "",
        "date_prec": 5 if spans else 1,
        "date_start": f"{first.isoformat()}T00:00:00",
        "date_end": f"{starts.isoformat()}T00:00:00",
        "deaths_a": 0,
        "deaths_b": 0,
        "deaths_civilians": 0,
        "deaths_unknown": deaths,
        "best": deaths,
        "high": deaths + 2,
        "low": 0,
    }


STAND_IN = StandIn(
    name="ucdp",
    about="real: UCDP GED 23.1, Myanmar 2021-22, 2,403 events (CC BY 4.0); candidates of 2026 made up",
    routes=routes,
    host="https://ucdpapi.pcr.uu.se",
    renamed=("best", "best_estimate"),
    secrets={"ucdp-token": TOKEN},
    knows_expiry=True,
)
