"""inform: INFORM's API, workflows and scores, in its published form, with the real trends of three countries.

A workflow is one release; those that are not yet published have no date, regional ones another system.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import Scene, StandIn, as_json, real_rows

_SLICE = "inform_trends_sahel"
_FIRST_YEAR, _NEWEST_YEAR = 2015, 2024
_NUMBER = 400


def routes(scene: Scene) -> Blueprint:
    """Return the releases of a year, and the scores of a release."""
    api = Blueprint("inform", __name__)
    root = "/inform-index/API/InformAPI"

    @api.get(f"{root}/Workflows/GetByYear/<int:year>")
    def workflows(year: int) -> Response:
        newest = _NEWEST_YEAR - scene.is_earlier("inform")
        found = [_workflow(year)] if _FIRST_YEAR <= year <= newest else []
        drafts = [{**_workflow(year), "WorkflowId": 900 + year - 2000, "FlagGnaPublished": None}]
        return as_json([*found, *drafts] if found else [])

    @api.get(f"{root}/<any(countries, Countries):_>/Scores/")
    def scores(_: str) -> Response:
        given = {name.lower(): value for name, value in request.args.items()}
        wanted = given.get("indicatorid", "INFORM").split(",")
        return as_json(_scores(given.get("workflowid", ""), wanted, scene))

    return api


def _workflow(year: int) -> Mapping[str, Any]:
    return {
        "WorkflowId": _NUMBER + year - 2000,
        "Name": f"INFORM Risk {year}",
        "System": "INFORM",
        "Iso3": None,
        "GNAYear": year,
        "FlagGnaPublished": f"{year}-03-20T00:00:00",
    }


def _scores(workflow: str, wanted: Sequence[str], scene: Scene) -> Sequence[Mapping[str, Any]]:
    year = int(workflow) - _NUMBER + 2000 if workflow.isdecimal() else 0
    return [
        {
            "Iso3": row["Iso3"],
            "CountryName": row["CountryName"],
            "IndicatorId": row["IndicatorId"],
            "IndicatorName": row["FullName"],
            "IndicatorScore": _score(float(row["IndicatorScore"]), scene),
            "nodelevel": 0,
            "ValidityYear": year,
            "Unit": "",
            "Note": "",
        }
        for row in real_rows(_SLICE)
        if int(row["GNAYear"]) == year and row["IndicatorId"] in wanted
    ]


def _score(score: float, scene: Scene) -> float | str:
    return f"{score * 10:g} %" if scene.has("inform", Fault.UNIT) else score


STAND_IN = StandIn(
    name="inform",
    about="real: INFORM Risk trends 2015-2024 of Mali, Burkina Faso, Niger (CC BY 4.0, EC JRC)",
    routes=routes,
    host="https://drmkc.jrc.ec.europa.eu",
    renamed=("IndicatorScore", "Score"),
)
