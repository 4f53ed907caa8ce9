"""Rows and pages of UCDP GED for tests, in the shape that source-formats.md gives."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from monitor.domain.harvest import Answer, Ask
from tests.factories import a_source

NOW = datetime(2025, 11, 23, 6, tzinfo=UTC)
API = "https://ucdp.example/api"


def a_row(number=900001, **values):
    """The example row of the API's documentation, made up."""
    return {
        "id": number, "relid": "MLI-2025-1-15259-1", "year": 2025, "active_year": True,
        "code_status": "Clear",
        "type_of_violence": 1, "conflict_new_id": 11347, "conflict_name": "Mali: Government",
        "dyad_new_id": 17666, "dyad_name": "Government of Mali - JNIM", "side_a": "Government of Mali",
        "side_b": "JNIM", "number_of_sources": 2, "source_article": "Example Wire, 2025-09-14",
        "where_prec": 2, "where_coordinates": "Kayes", "adm_1": "Kayes region", "adm_2": "Kayes cercle",
        "latitude": 14.45, "longitude": -11.43, "priogrid_gid": 150458, "country": "Mali", "country_id": 432,
        "region": "Africa", "event_clarity": 1, "date_prec": 1, "date_start": "2025-09-14T00:00:00",
        "date_end": "2025-09-14T00:00:00", "deaths_a": 3, "deaths_b": 5, "deaths_civilians": 0,
        "deaths_unknown": 1, "best": 9, "high": 12, "low": 8, **values,
    }  # fmt: skip


def on(day, number, *, end=None, **values):
    return a_row(number, date_start=f"{day}T00:00:00", date_end=f"{end or day}T00:00:00", **values)


class Api:
    """Answers as the API does: 404 for a version it has not, pages from 0, NextPageUrl to the last."""

    def __init__(self, releases, *, page_size=2):
        self.releases, self.page_size, self.asked = releases, page_size, []

    def __call__(self, url, **request):
        self.asked.append(url)
        version = urlsplit(url).path.rpartition("/")[2]
        if version not in self.releases:
            return Answer(url=url, content=b"Not found", status=404)
        rows = self.releases[version]
        if isinstance(rows, Answer):
            return rows
        page = int((parse_qs(urlsplit(url).query).get("page") or ["0"])[0])
        total, start = len(rows), page * self.page_size
        more = start + self.page_size < total
        body = {
            "TotalCount": total, "TotalPages": -(-total // self.page_size), "PreviousPageUrl": "",
            "NextPageUrl": f"{API}/gedevents/{version}?pagesize=1000&page={page + 1}" if more else "",
            "Result": rows[start : start + self.page_size],
        }  # fmt: skip
        return Answer(url=url, content=json.dumps(body).encode())


DEATHS = {"series": "ged-deaths:{country}"}


def a_ucdp(*, lag=0.0, **settings):
    given = {
        "version": "25.1", "countries": ["MLI"], "since": "2024-01-01", "url": API,
        "token": {"secret": "ucdp-token"}, "series": [DEATHS], **settings,
    }  # fmt: skip
    return a_source(
        slug="ucdp", kind="ucdp", settings={key: each for key, each in given.items() if each is not None},
        publication_lag_days=lag,
    )  # fmt: skip


def an_ask(**values):
    return Ask(**{"now": NOW, "secret": lambda key: f"the {key}", **values})
