"""acled: OAuth, pages of at most 5,000 rows from page 1, deleted rows. Every row is made up.

Accounts: desk@example.org may read; norights@example.org gets a token and may not.
"""

import secrets as randomness
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import MADE_UP, Scene, StandIn, as_json, day, days, draw, whole_number

USER, WITHOUT_RIGHTS, PASSWORD = "desk@example.org", "norights@example.org", "acled-rehearsal-password"
MOST_A_PAGE = 5_000
_BEGINS = date(2018, 1, 1)
# country -> ISO number, and per admin 1 a place with its coordinates.
PLACES: Mapping[str, tuple[str, Sequence[tuple[str, str, str, str]]]] = {
    "Mali": (
        "466",
        (
            ("Sikasso", "Kadiolo", "10.55", "-5.76"),
            ("Kayes", "Diboli", "14.46", "-12.23"),
            ("Mopti", "Bandiagara", "14.35", "-3.61"),
            ("Menaka", "Ménaka", "15.92", "2.40"),
            ("Bamako", "Bamako", "12.65", "-8.00"),
        ),
    ),
    "Burkina Faso": (
        "854",
        (("Sahel", "Djibo", "14.10", "-1.63"), ("Est", "Fada N'Gourma", "12.06", "0.36")),
    ),
    "Niger": ("562", (("Tillaberi", "Téra", "14.01", "0.75"), ("Diffa", "Bosso", "13.70", "13.31"))),
}
_TYPES = (
    ("Battles", "Armed clash", "Political violence", ""),
    ("Explosions/Remote violence", "Remote explosive/landmine/IED", "Political violence", ""),
    ("Violence against civilians", "Attack", "Political violence", "Civilian targeting"),
    ("Protests", "Peaceful protest", "Demonstrations", ""),
)
Row = Mapping[str, Any]


def routes(scene: Scene) -> Blueprint:
    """Return the token endpoint, read and deleted/read."""
    api = Blueprint("acled", __name__)
    accounts: dict[str, str] = {}

    @api.post("/oauth/token")
    def token() -> Response:
        account = _signed_in(accounts, scene)
        if request.form.get("client_id") != "acled" or not account:
            return as_json({"error": "invalid_grant", "message": "The user credentials were incorrect."}, 400)
        access, refresh = (f"{kind}-{randomness.token_hex(16)}" for kind in ("access", "refresh"))
        accounts[access] = accounts[refresh] = account
        return as_json(
            {
                "token_type": "Bearer",
                "expires_in": 86_400,
                "access_token": access,
                "refresh_token": refresh,
            }
        )

    def refusal() -> Response | None:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if scene.has("acled", Fault.EXPIRED):
            return as_json({"message": "The access token has expired"}, 401)
        is_welcome = accounts.get(bearer) == USER and bearer.startswith("access-")
        return None if is_welcome else as_json({"message": "Access denied"}, 403)

    @api.get("/api/acled/read")
    def read() -> Response:
        return refusal() or _rows_answer(list(_asked(scene)), scene)

    @api.get("/api/deleted/read")
    def deleted() -> Response:
        return refusal() or _rows_answer(list(_deleted(scene)), scene)

    @api.get("/acled/read")
    def legacy() -> Response:
        return Response(b"This endpoint was removed in September 2025", 410, mimetype="text/plain")

    return api


def _signed_in(accounts: Mapping[str, str], scene: Scene) -> str:
    """Return whose credentials or refresh token these are; empty if nobody's."""
    form = request.form
    if form.get("grant_type") == "refresh_token":
        given = form.get("refresh_token", "")
        return (
            ""
            if scene.has("acled", Fault.EXPIRED) or given.startswith("access-")
            else accounts.get(given, "")
        )
    is_known = form.get("username") in {USER, WITHOUT_RIGHTS} and form.get("password") == PASSWORD
    return form["username"] if is_known and form.get("grant_type") == "password" else ""


def _rows_answer(rows: Sequence[Row], scene: Scene) -> Response:
    limit = max(1, min(whole_number(request.args.get("limit"), MOST_A_PAGE), MOST_A_PAGE))
    page = scene.page("acled", "page", first=1)
    shown = rows[(page - 1) * limit : page * limit]
    fields = request.args.get("fields")
    if fields:
        wanted = fields.split("|")
        shown = [{name: row[name] for name in wanted if name in row} for row in shown]
    if scene.has("acled", Fault.UNIT):
        shown = [{**row, "fatalities": f"{row.get('fatalities', 0)} killed"} for row in shown]
    body = {"status": 200, "success": True, "last_update": 1, "count": len(shown), "data": shown}
    if request.args.get("with_total"):
        body["total_count"] = len(rows)
    return as_json(body)


def _asked(scene: Scene) -> Iterator[Row]:
    args = request.args
    first, last = _span(scene.today)
    countries = [name for name in args.get("country", "|".join(PLACES)).split("|") if name in PLACES]
    iso = args.get("iso", "").split("|")
    for on in days(max(first, _BEGINS), min(last, scene.today - timedelta(days=1))):
        for country in countries:
            if iso != [""] and PLACES[country][0] not in iso:
                continue
            yield from filter(_is_meant, rows_of(on, country, is_earlier=scene.is_earlier("acled")))


def _span(today: date) -> tuple[date, date]:
    """Return the days that event_date asks for: BETWEEN with a bar, or one comparison."""
    text, where = request.args.get("event_date", ""), request.args.get("event_date_where", "=").upper()
    first, _, last = text.partition("|")
    if where == "BETWEEN":
        return day(first, _BEGINS), day(last, today)
    bounds = {">": (first, ""), ">=": (first, ""), "<": ("", first), "<=": ("", first)}
    from_, until = bounds.get(where, (first, first))
    return day(from_, today - timedelta(days=365)), day(until, today)


def _is_meant(row: Row) -> bool:
    args = request.args
    if args.get("event_type") and row["event_type"] not in args["event_type"].split("|"):
        return False
    if args.get("timestamp") and args.get("timestamp_where", "=") in {">", ">="}:
        return int(row["timestamp"]) >= whole_number(args["timestamp"], 0)
    return True


@lru_cache(maxsize=4096)
def rows_of(on: date, country: str, *, is_earlier: bool) -> Sequence[Row]:
    """Return the made-up events of a day: some have fewer deaths before, some are gone after."""
    return [
        _row(on, country, number, is_earlier=is_earlier)
        for number in range(draw(2, 8, "events", on, country))
        if is_earlier or not is_deleted(on, country, number)
    ]


def is_deleted(on: date, country: str, number: int) -> bool:
    """Whether an event of the earlier edition is withdrawn in the latest."""
    return draw(1, 40, "deleted", on, country, number) == 1


def _id(on: date, country: str, number: int) -> str:
    return f"{country[:3].upper()}{(on - _BEGINS).days * 10 + number}"


def _row(on: date, country: str, number: int, *, is_earlier: bool) -> Row:
    iso, places = PLACES[country]
    admin1, location, latitude, longitude = places[draw(0, len(places) - 1, "place", on, country, number)]
    event, sub_event, disorder, targeting = _TYPES[draw(0, len(_TYPES) - 1, "type", on, country, number)]
    is_revised = draw(1, 12, "revised", on, country, number) == 1 and not is_earlier
    deaths = 0 if event == "Protests" else draw(0, 6, "deaths", on, country, number) + is_revised
    stamp = int(datetime.combine(on, time(18), UTC).timestamp()) + (9 if is_revised else 3) * 86_400
    return {
        "event_id_cnty": _id(on, country, number),
        "event_date": on.isoformat(),
        "year": str(on.year),
        "time_precision": "1",
        "disorder_type": disorder,
        "event_type": event,
        "sub_event_type": sub_event,
        "actor1": "Protesters" if event == "Protests" else "Example Armed Group",
        "assoc_actor_1": "",
        "inter1": "Protesters" if event == "Protests" else "Rebel group",
        "actor2": "Civilians" if targeting else "",
        "assoc_actor_2": "",
        "inter2": "Civilians" if targeting else "",
        "interaction": "",
        "civilian_targeting": targeting,
        "iso": iso,
        "region": "Western Africa",
        "country": country,
        "admin1": admin1,
        "admin2": location,
        "admin3": "",
        "location": location,
        "latitude": latitude,
        "longitude": longitude,
        "geo_precision": str(draw(1, 3, "precision", on, country, number)),
        "source": "Example Radio",
        "source_scale": "Subnational",
        "notes": MADE_UP,
        "fatalities": str(deaths),
        "tags": "",
        "timestamp": str(stamp),
    }


def _deleted(scene: Scene) -> Iterator[Row]:
    """Ids of the last 400 days that were withdrawn; none before."""
    if scene.is_earlier("acled"):
        return
    at = int(datetime.combine(scene.today, time(1), UTC).timestamp())
    for on in days(scene.today - timedelta(days=400), scene.today - timedelta(days=1)):
        for country in PLACES:
            for number in range(draw(2, 8, "events", on, country)):
                if is_deleted(on, country, number):
                    yield {"event_id_cnty": _id(on, country, number), "deleted_timestamp": str(at)}


STAND_IN = StandIn(
    name="acled",
    about="made up: no ACLED row may be passed on",
    routes=routes,
    host="https://acleddata.com",
    renamed=("fatalities", "reported_fatalities"),
    secrets={"acled-username": USER, "acled-password": PASSWORD},
    knows_expiry=True,
)
