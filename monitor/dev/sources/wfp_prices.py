"""wfp_prices: the data catalogue of HDX and the price files behind a redirect: real slices, both layouts.

The earlier edition lacks each file's last three months and has the month before them 1 % lower (made up).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import Scene, StandIn, as_json, csv_text, real, real_rows

_TAGS = [
    "#date",
    "#adm1+name",
    "#adm2+name",
    "#loc+market+name",
    "#loc+market+code",
    "#geo+lat",
    "#geo+lon",
    "#item+type",
    "#item+name",
    "#item+code",
    "#item+unit",
    "#item+price+flag",
    "#item+price+type",
    "#currency+code",
    "#value",
    "#value+usd",
]
# data set -> (resource, slice, whether its line of HXL tags has to be put in)
DATA_SETS: Mapping[str, tuple[str, str, bool]] = {
    "wfp-food-prices-for-congo": ("wfp_food_prices_cog.csv", "wfp_food_prices_cog", True),
    "wfp-food-prices-for-nicaragua": ("wfp_food_prices_nic.csv", "wfp_fuel_prices_nic", True),
    "wfp-food-prices-for-burkina-faso": ("wfp_food_prices_bfa.csv", "wfp_food_prices_bfa_old_layout", False),
}
_MONTHS_LATER = 3
_NO_RESOURCE = "00000000-0000-0000-0000-00000000000"
Row = Mapping[str, str]


def routes(scene: Scene) -> Blueprint:
    """Return the catalogue, the download address that redirects, and where that leads."""
    api = Blueprint("wfp_prices", __name__)

    @api.get("/api/3/action/package_show")
    def package_show() -> Response:
        name = request.args.get("id", "")
        if name not in DATA_SETS:
            error = {"message": "Not found", "__type": "Not Found Error"}
            return as_json({"success": False, "error": error}, 404)
        return as_json({"success": True, "result": _package(name)})

    @api.get("/dataset/<data_set>/resource/<resource>/download/<name>")
    def download(data_set: str, resource: str, name: str) -> AnyResponse:
        del data_set, resource
        return redirect(f"{request.root_url}wfp_prices/bucket/{name}?signature=made-up", 302)

    @api.get("/bucket/<name>")
    def bucket(name: str) -> Response:
        for file_name, piece, has_tags in DATA_SETS.values():
            if file_name == name:
                return Response(_file(piece, scene, tags=_TAGS if has_tags else ()), mimetype="text/csv")
        return Response(b"<Error><Code>NoSuchKey</Code></Error>", 404, mimetype="application/xml")

    return api


def _package(name: str) -> Mapping[str, object]:
    root = f"{request.root_url}wfp_prices"
    file_name = DATA_SETS[name][0]
    resources = [
        {
            "id": f"{_NO_RESOURCE}{number}",
            "name": each,
            "format": "CSV",
            "url": f"{root}/dataset/{name}/resource/{_NO_RESOURCE}{number}/download/{each}",
        }
        for number, each in enumerate((file_name.replace("food_prices", "markets"), file_name))
    ]
    return {
        "id": f"{_NO_RESOURCE}9",
        "name": name,
        "title": name.replace("-", " "),
        "license_id": "cc-by-igo",
        "resources": resources,
    }


def _file(piece: str, scene: Scene, *, tags: Sequence[str]) -> bytes:
    is_earlier, is_switched = scene.is_earlier("wfp_prices"), scene.has("wfp_prices", Fault.UNIT)
    if not tags and not is_earlier and not is_switched:
        return real(piece)
    return _changed(piece, tuple(tags), is_earlier=is_earlier, is_switched=is_switched)


@cache
def _changed(piece: str, tags: Sequence[str], *, is_earlier: bool, is_switched: bool) -> bytes:
    rows: Sequence[Row] = real_rows(piece)
    if is_earlier:
        rows = list(_earlier(rows))
    if is_switched:
        rows = [_in_another_unit(row) for row in rows]
    return csv_text(rows, list(rows[0]), tags)


def _earlier(rows: Sequence[Row]) -> Iterator[Row]:
    months = sorted({row["date"] for row in rows if not row["date"].startswith("#")})
    newest = months[-_MONTHS_LATER - 1]
    for row in rows:
        if row["date"] == newest:
            yield {**row, "price": f"{float(row['price']) * 0.99:.4f}"}
        elif row["date"] < newest:
            yield row


def _in_another_unit(row: Row) -> Row:
    if row["date"].startswith("#"):
        return row
    return {**row, "unit": f"100 {row['unit']}", "price": f"{float(row['price']) * 100:g}"}


STAND_IN = StandIn(
    name="wfp_prices",
    about="real: WFP food and fuel prices of Congo, Nicaragua (fuel) and Burkina Faso (CC BY-IGO)",
    routes=routes,
    host="https://data.humdata.org",
    renamed=("price", "price_local"),
)
