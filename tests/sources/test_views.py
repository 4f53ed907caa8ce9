"""views: the newest run's forecasts of months to come; anything else than that is said."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask
from monitor.sources.views import ViewsSource
from tests.factories import a_source
from tests.fakes import FakeFetcher
from tests.sources.faults import broken, fuzzed, survives

NOW = datetime(2026, 6, 19, tzinfo=UTC)
BASE = "https://api.viewsforecasting.org"
# Names of runs as the API lists them: in no order of time, some of other models, some without a month.
RUNS = [
    "escwa_2021_12_01", "fatalities001_2022_00_t01", "fatalities002_2023_10_t02", "fatalities003_2025_12_t01",
    "fatalities003_2026_05_t01", "fatalities003_2026_04_t01", "predictors_fatalities003_0000_00",
    "r_2021_12_01", "current", 7,
]  # fmt: skip
DEATHS = {"series": "views-deaths:{country}"}
RISK = {"series": "views-risk:{country}", "value": "main_dich"}


def a_row(year=2026, month=6, **values):
    return {
        "country_id": 50, "month_id": (year - 1980) * 12 + month, "name": "Mali", "gwcode": 432,
        "isoab": "MLI", "year": year, "month": month, "main_mean_ln": 4.6, "main_mean": 98.5,
        "main_dich": 0.91, **values,
    }  # fmt: skip


class Api:
    def __init__(self, rows, *, runs=RUNS, size=2, **page):
        self.rows, self.runs, self.size, self.page = rows, runs, size, page

    def __call__(self, url, *, params=None, **_):
        if url == f"{BASE}/":
            return json.dumps({"runs": self.runs})
        number = int(url.partition("page=")[2] or 1)
        shown = self.rows[(number - 1) * self.size : number * self.size]
        path = url.partition("?")[0]
        following = f"{path}?page={number + 1}" if number * self.size < len(self.rows) else ""
        return json.dumps({
            "next_page": following, "prev_page": "", "model_tree": [], "row_count": len(self.rows),
            "page_count": 1, "page_cur": number, "data": shown, **self.page,
        })  # fmt: skip


def a_views(*series, **settings):
    return a_source(
        kind="views", settings={"countries": ["MLI"], "series": list(series or [DEATHS]), **settings}
    )


def fetch(api, *series, **settings):
    fetcher = FakeFetcher(by=api)
    return ViewsSource().fetch(a_views(*series, **settings), Ask(now=NOW, secret=str), fetcher), fetcher


def told(api, **settings):
    with pytest.raises(SourceError) as caught:
        fetch(api, **settings)
    return str(caught.value)


MONTHS = [a_row(), a_row(month=7, main_mean=120), a_row(year=2027, month=1, main_dich=0)]


def test_the_newest_runs_months_become_forecasts():
    harvest, fetcher = fetch(Api(MONTHS), DEATHS, RISK)
    assert [(each.series, f"{each.period_start:%Y-%m}", each.value) for each in harvest.readings] == [
        ("views-deaths:MLI", "2026-06", 98.5), ("views-deaths:MLI", "2026-07", 120),
        ("views-deaths:MLI", "2027-01", 98.5), ("views-risk:MLI", "2026-06", 0.91),
        ("views-risk:MLI", "2026-07", 0.91), ("views-risk:MLI", "2027-01", 0),
    ]  # fmt: skip
    assert {each.known_at for each in harvest.readings} == {NOW}
    assert harvest.note == "forecasts of run fatalities003_2026_05_t01"
    assert [each["url"] for each in fetcher.asked] == [
        f"{BASE}/", f"{BASE}/fatalities003_2026_05_t01/cm/sb",
        f"{BASE}/fatalities003_2026_05_t01/cm/sb?page=2",
    ]  # fmt: skip
    assert fetcher.asked[1]["params"] == {"pagesize": "1000", "iso": "MLI"}


def test_a_pinned_run_is_read_without_asking_for_the_list():
    harvest, fetcher = fetch(Api([a_row()]), run="fatalities003_2026_04_t01")
    assert len(harvest.readings) == 1
    assert fetcher.asked[0]["url"] == f"{BASE}/fatalities003_2026_04_t01/cm/sb"


def test_a_month_that_is_over_is_not_forecast_any_more():
    harvest, _ = fetch(Api([a_row(2026, 5), a_row(2026, 6)]), run="fatalities003_2026_04_t01")
    assert [f"{each.period_start:%Y-%m}" for each in harvest.readings] == ["2026-06"]


def test_countries_that_were_not_asked_for_are_passed_over():
    rows = [a_row(), a_row(isoab="NER"), a_row(isoab="FRA")]
    harvest, fetcher = fetch(Api(rows), countries=["MLI", "NER"])
    assert [each.series for each in harvest.readings] == ["views-deaths:MLI", "views-deaths:NER"]
    assert "iso" not in fetcher.asked[1]["params"]


@pytest.mark.parametrize(
    "row, reason",
    [
        (a_row(month=8, main_mean="1.2 thousand"), "main_mean '1.2 thousand' is no number from 0 to 1e+07"),
        (a_row(month=8, main_mean=None), "main_mean 'None' is no number"),
        (a_row(month=8, main_mean=-1), "main_mean '-1' is no number"),
        (a_row(month=8, month_id=1), "month_id '1' is not that of 2026-08"),
        (a_row(month=13), "month '13' is no whole number from 0 to 12"),
        (a_row(month=5), "2026-05 is not after the run's data"),
        (a_row(), "a second forecast for 2026-06"),
    ],
)
def test_a_row_that_is_no_forecast_is_rejected(row, reason):
    harvest, _ = fetch(Api([a_row(), row]))
    assert len(harvest.readings) == 1
    assert reason in harvest.rejected[0].reason


def test_a_probability_is_at_most_1():
    harvest, _ = fetch(Api([a_row(), a_row(month=7, main_dich=91)]), RISK)
    assert [each.value for each in harvest.readings] == [0.91]


@pytest.mark.parametrize(
    "api, message",
    [
        (Api([]), "has no forecast of months to come for MLI"),
        (Api([a_row(isoab="NER")]), "has no forecast of months to come for MLI"),
        (
            Api([a_row(main_mean="x")]),
            "has no forecast of months to come for MLI; MLI, month '558': main_mean 'x'",
        ),
        (Api([{"isoab": "MLI"}]), "have no year, month, month_id, main_mean; their layout has changed"),
        (Api(MONTHS, runs=["r_2021_12_01"]), "names no run of forecasts"),
        (Api(MONTHS, runs={}), "has no 'runs'"),
        (Api(MONTHS, next_page=f"{BASE}/fatalities003_2026_05_t01/cm/sb?page=2"), "its pages do not end"),
        (Api(MONTHS, next_page="https://elsewhere.example/x"), "the next page is at another place"),
        (Api(MONTHS, row_count=9), "says it has 9 rows and gave 3"),
        (lambda url, **_: "<html>", "is a page"),
        (lambda url, **_: Answer(url=url, content=b'{"detail": []}', status=422), "has no 'runs'"),
    ],
)
def test_what_is_no_run_is_said(api, message):
    assert message in told(api)


@pytest.mark.parametrize("status", [404, 422])
def test_a_run_that_is_not_there_is_said(status):
    answer = Answer(url="u", content=b'{"detail": []}', status=status)
    assert f"no run at {BASE}/fatalities003_2026_01_t09/cm/sb ({status})" in told(
        lambda url, **_: answer, run="fatalities003_2026_01_t09"
    )


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"run": "current"}, "expected newest, or a run like"),
        ({"run": "fatalities001_2022_00_t01"}, "expected newest, or a run like"),
        ({"countries": ["ZZZ"]}, "no country of ISO 3166 is ZZZ"),
        ({"violence": "px"}, "violence"),
    ],
)
def test_a_wrong_setting_is_named(settings, message):
    assert message in ViewsSource().problems(a_views(**settings))[0]


LIST = json.dumps({"runs": RUNS}).encode()
PAGE = json.dumps({"next_page": "", "row_count": 3, "data": MONTHS}).encode()


@fuzzed
@given(broken([LIST, PAGE]))
def test_a_broken_answer_is_a_harvest_or_a_sentence(body):
    def by_page(url, **_):
        return LIST if url == f"{BASE}/" else body

    for api in (by_page, lambda url, **_: body):
        found = survives(lambda api=api: fetch(api, DEATHS, RISK)[0])
        assert all(0 <= each.value <= 1e7 for each in (found.readings if found else ()))
