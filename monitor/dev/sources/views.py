"""views: the forecasts API of VIEWS, from its published specification (0.2-0.3). Every figure is made up.

Runs are named after the last month of their data; a run's forecasts are of the 36 months after it. A
month's number counts from January 1980, which is 1.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import Scene, StandIn, as_json, draw, whole_number

# ISO 3166 -> (name, Gleditsch-Ward number, VIEWS's own number)
COUNTRIES: Mapping[str, tuple[str, int, int]] = {
    "BFA": ("Burkina Faso", 439, 47),
    "CIV": ("Côte d'Ivoire", 437, 40),
    "MLI": ("Mali", 432, 50),
    "NER": ("Niger", 436, 78),
}
_MOST, _USUAL = 10_000, 1_000
_HORIZON = 36


def routes(scene: Scene) -> Blueprint:
    """Return the list of runs and their country-months."""
    api = Blueprint("views", __name__)

    @api.get("/")
    def root() -> Response:
        return as_json({"runs": [*runs(scene), "d_2021_02_01", "current"]})

    @api.get("/<run>/<loa>")
    @api.get("/<run>/<loa>/<violence>")
    @api.get("/<run>/<loa>/<violence>/<model>")
    def forecasts(run: str, loa: str, violence: str = "sb", model: str = "") -> Response:
        if run not in runs(scene) or loa != "cm" or violence not in {"sb", "ns", "os"}:
            detail = [{"loc": ["path", "run"], "msg": "value is not a valid enumeration member"}]
            return as_json({"detail": detail}, 422)
        rows = [_chosen(row, model) for row in _rows(run, violence, scene) if _is_asked_for(row)]
        return as_json(_page(rows, scene))

    return api


def runs(scene: Scene) -> Sequence[str]:
    """Return the names of the runs there are: data up to two months ago; one fewer before."""
    newest = _month_id(scene.today) - 2 - scene.is_earlier("views")
    return [_name(number) for number in range(_month_id(date(2023, 7, 1)), newest + 1)]


def _month_id(on: date) -> int:
    return (on.year - 1980) * 12 + on.month


def _name(month_id: int) -> str:
    return f"fatalities003_{1980 + (month_id - 1) // 12}_{(month_id - 1) % 12 + 1:02d}_t01"


def _rows(run: str, violence: str, scene: Scene) -> Iterator[Mapping[str, Any]]:
    data_month = _month_id(date(int(run[14:18]), int(run[19:21]), 1))
    for iso, (name, gwcode, country_id) in COUNTRIES.items():
        for month_id in range(data_month + 1, data_month + 1 + _HORIZON):
            mean = draw(10, 30_000, run, violence, iso, month_id) / 100
            yield {
                "country_id": country_id,
                "month_id": month_id,
                "name": name,
                "gwcode": gwcode,
                "isoab": iso,
                "year": 1980 + (month_id - 1) // 12,
                "month": (month_id - 1) % 12 + 1,
                "main_mean_ln": round(math.log1p(mean), 4),
                "main_dich": draw(0, 1_000, run, iso, month_id) / 1_000,
                "main_mean": f"{mean / 1000} thousand" if scene.has("views", Fault.UNIT) else mean,
            }


def _is_asked_for(row: Mapping[str, Any]) -> bool:
    """The same filter twice is OR, different filters are AND; unknown ones are passed over."""
    asked = request.args
    for parameter, column in (
        ("iso", "isoab"),
        ("gwcode", "gwcode"),
        ("countryid", "country_id"),
        ("month", "month_id"),
    ):
        if asked.getlist(parameter) and str(row[column]) not in asked.getlist(parameter):
            return False
    month = f"{row['year']}-{row['month']:02d}"
    return asked.get("date_start", "")[:7] <= month <= asked.get("date_end", "9999-12")[:7]


def _chosen(row: Mapping[str, Any], model: str) -> Mapping[str, Any]:
    """One model's column alone, where one is named."""
    if not model:
        return row
    return {name: value for name, value in row.items() if not name.startswith("main_") or name == model}


def _page(rows: Sequence[Mapping[str, Any]], scene: Scene) -> Mapping[str, Any]:
    size = max(1, min(whole_number(request.args.get("pagesize"), _USUAL), _MOST))
    number = scene.page("views", "page", first=1)
    count = max(1, -(-len(rows) // size))
    months = [row["month_id"] for row in rows]
    return {
        "next_page": _url(number + 1) if number < count else "",
        "prev_page": _url(number - 1) if number > 1 else "",
        "model_tree": [],
        "models": ["main_mean_ln", "main_mean", "main_dich"],
        "start_date": min(months, default=0),
        "end_date": max(months, default=0),
        "row_count": len(rows),
        "page_count": count,
        "page_cur": number,
        "data": rows[(number - 1) * size : number * size],
    }


def _url(number: int) -> str:
    others = [(key, value) for key, value in request.args.items(multi=True) if key != "page"]
    return (
        request.base_url + "?" + "&".join(f"{key}={value}" for key, value in [*others, ("page", str(number))])
    )


STAND_IN = StandIn(
    name="views",
    about="made up; the form is that of VIEWS's published specification",
    routes=routes,
    host="https://api.viewsforecasting.org",
    renamed=("main_mean", "main_median"),
)
