"""hdx_hapi: themes become series of one level; what has an error, another unit or no value is not used."""

import base64
import csv
import io
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Window
from monitor.sources.hdx_hapi.kind import HapiSource
from tests.factories import a_source
from tests.fakes import FakeFetcher
from tests.sources.faults import broken, fuzzed, gzipped, survives

NOW = datetime(2025, 12, 3, 6, tzinfo=UTC)
VIOLENCE = {"series": "v:{country}", "theme": "conflict-events", "event_type": "political_violence"}
DIESEL = {
    "series": "diesel:mali", "theme": "food-prices", "commodity": "Fuel (diesel)", "unit": "L",
    "currency": "XOF", "markets": ["Bamako", "Gao"],
}  # fmt: skip
IDPS = {"series": "idps:{country}", "theme": "idps"}
REFUGEES = {"series": "refugees:{country}", "theme": "refugees"}
RISK = {"series": "risk:{country}", "theme": "national-risk"}
_PLACE = {
    "location_code": "MLI", "has_hrp": "Y", "in_gho": "Y", "provider_admin1_name": "Kayes",
    "provider_admin2_name": "Kayes", "admin1_code": "ML01", "admin1_name": "Kayes", "admin2_code": "ML0101",
    "admin2_name": "Kayes", "admin_level": 2,
}  # fmt: skip
_TAIL = {
    "reference_period_start": "2025-10-01", "reference_period_end": "2025-10-31",
    "dataset_hdx_id": "00000000-0000-0000-0000-000000000001",
    "resource_hdx_id": "00000000-0000-0000-0000-000000000002", "warning": "", "error": "",
}  # fmt: skip


def an_event(**values):
    """The conflict-event row of source-formats.md, made up."""
    return _PLACE | {"event_type": "political_violence", "events": 7, "fatalities": 12} | _TAIL | values


def a_price(**values):
    """The food-price row of source-formats.md, made up."""
    return {
        **_PLACE, "market_name": "Bamako", "market_code": "501", "lat": 12.65, "lon": -8.0,
        "commodity_category": "non-food", "commodity_name": "Fuel (diesel)", "commodity_code": "282",
        "unit": "L", "price_flag": "actual", "price_type": "Retail", "currency_code": "XOF", "price": 725,
        "usd_price": 1.29, **_TAIL, "reference_period_start": "2025-10-15",
        "reference_period_end": "2025-11-14", **values,
    }  # fmt: skip


def persons(**values):
    return {**_PLACE, "assessment_type": "BA", "reporting_round": 3, "operation": "o", "population": 100,
            **_TAIL, **values}  # fmt: skip


def refugees(**values):
    return {"origin_location_code": "MLI", "asylum_location_code": "MRT", "population_group": "REF",
            "gender": "all", "age_range": "all", "population": 9, **_TAIL, **values}  # fmt: skip


def a_hapi(*series, **settings):
    given = {"app_identifier": {"secret": "hdx-app-identifier"}, "locations": ["MLI"], "series": list(series)}
    return a_source(slug="hapi", kind="hdx_hapi", may_redistribute=False, settings=given | settings)


def fetch(rows, *series, ask=None, secret="desk:a@b.org", **settings):
    def by(url, *, params, **_):
        start, size = int(params["offset"]), int(params["limit"])
        return json.dumps({"data": rows[start : start + size]})

    fetcher = FakeFetcher(by=by)
    asked = Ask(**{"now": NOW, "secret": {"app_identifier": secret}.__getitem__, **(ask or {})})
    return HapiSource().fetch(a_hapi(*(series or [VIOLENCE]), **settings), asked, fetcher), fetcher


def told(answer, *series):
    fetcher = FakeFetcher(by=lambda url, **_: answer)
    with pytest.raises(SourceError) as caught:
        HapiSource().fetch(a_hapi(*(series or [VIOLENCE])), Ask(now=NOW, secret=str), fetcher)
    return caught.value


def values(harvest):
    return {each.series: each.value for each in harvest.readings}


def test_events_of_one_level_and_type_are_added_up():
    rows = [
        an_event(), an_event(admin2_code="ML0102", events=3),
        an_event(event_type="civilian_targeting", events=5),
        an_event(admin_level=1, admin2_code=None, events=500), an_event(location_code="SOM", events=900),
    ]  # fmt: skip
    by_region = {**VIOLENCE, "series": "v:{admin1}", "value": "fatalities"}
    harvest, _ = fetch(rows, VIOLENCE, by_region)
    assert values(harvest) == {"v:MLI": 10, "v:ML01": 24}
    october = harvest.readings[0]
    assert (october.period_start, october.period_end) == (
        datetime(2025, 10, 1, tzinfo=UTC), datetime(2025, 11, 1, tzinfo=UTC),
    )  # fmt: skip


def test_one_resource_is_asked_for_once_however_many_series_use_it():
    _, fetcher = fetch([an_event()], VIOLENCE, {**VIOLENCE, "series": "d:{country}", "value": "fatalities"})
    assert len(fetcher.asked) == 1
    asked = fetcher.asked[0]
    assert asked["url"] == "https://hapi.humdata.org/api/v2/coordination-context/conflict-events"
    assert asked["params"] == {
        "start_date": "2015-01-01", "end_date": "2025-12-03", "output_format": "json", "location_code": "MLI",
        "admin_level": "2", "limit": "10000", "offset": "0",
    }  # fmt: skip


@pytest.mark.parametrize("kept", ["desk:a@b.org", base64.b64encode(b"desk:a@b.org").decode()])
def test_the_identifier_goes_in_base64_and_apart(kept):
    _, fetcher = fetch([an_event()], secret=kept)
    assert fetcher.asked[0]["secret_headers"] == {"X-HDX-HAPI-APP-IDENTIFIER": "ZGVzazphQGIub3Jn"}


def test_pages_are_read_by_offset_until_a_short_one():
    rows = [an_event(admin2_code=f"ML{number:04}", events=1) for number in range(5)]
    harvest, fetcher = fetch(rows, page_size=2)
    assert values(harvest) == {"v:MLI": 5}
    assert [each["params"]["offset"] for each in fetcher.asked] == ["0", "2", "4"]


def test_a_page_that_comes_again_is_an_error():
    body = json.dumps({"data": [an_event(), an_event(admin2_code="ML0102")]})
    fetcher = FakeFetcher(by=lambda url, **_: body)
    with pytest.raises(SourceError, match="its pages repeat"):
        HapiSource().fetch(a_hapi(VIOLENCE, page_size=2), Ask(now=NOW, secret=str), fetcher)


def test_a_row_that_hapi_marks_with_an_error_is_rejected():
    harvest, _ = fetch([an_event(), an_event(admin2_code="", error="no adm1 name|no adm2 name", events=9999)])
    assert values(harvest) == {"v:MLI": 7}
    assert "HAPI marks it with an error: 'no adm1 name|no adm2 name'" in harvest.rejected[0].reason


@pytest.mark.parametrize(
    "row, reason",
    [
        (an_event(admin2_code="ML0102", events="many"), "events 'many' is no number from 0 on"),
        (an_event(admin2_code="ML0102", events=None), "events is missing"),
        (an_event(), "a second row for ML01 ML0101"),
    ],
)
def test_a_period_with_a_row_that_cannot_be_used_has_no_value(row, reason):
    harvest, _ = fetch([an_event(), row, an_event(reference_period_start="2025-09-01",
                                                  reference_period_end="2025-09-30")])  # fmt: skip
    assert [f"{each.period_start:%m}" for each in harvest.readings] == ["09"]
    assert reason in harvest.rejected[0].reason


def test_a_row_whose_period_cannot_be_read_leaves_nothing_sure():
    with pytest.raises(SourceError, match="does not fit its start"):
        fetch([an_event(), an_event(reference_period_end="2025-09-01")])


def test_a_period_that_is_not_over_has_no_value_yet():
    harvest, _ = fetch([an_event(reference_period_start="2025-12-01", reference_period_end="2025-12-31")])
    assert harvest.readings == ()


def test_prices_are_the_median_of_a_panel_that_is_complete():
    rows = [
        a_price(), a_price(market_name="Gao", price=1025), a_price(market_name="Mopti", price=1),
        a_price(price_type="Wholesale", price=1),
        a_price(commodity_name="Millet", commodity_code="70", price=1),
        a_price(reference_period_start="2025-09-15", reference_period_end="2025-10-14"),
    ]  # fmt: skip
    harvest, _ = fetch(rows, DIESEL)
    assert [(f"{each.period_start:%m}", each.value) for each in harvest.readings] == [("10", 875.0)]
    looser, _ = fetch(rows, DIESEL | {"least_markets": 1})
    assert [(f"{each.period_start:%m}", each.value) for each in looser.readings] == [
        ("09", 725),
        ("10", 875.0),
    ]


@pytest.mark.parametrize("switch", [{"unit": "100 L"}, {"currency_code": "USD"}])
def test_a_switched_unit_or_currency_is_rejected(switch):
    rows = [a_price(**switch), a_price(market_name="Gao")]
    harvest_of = DIESEL | {"least_markets": 1}
    with pytest.raises(SourceError, match=r"where '(L|XOF)' is expected"):
        fetch(rows, harvest_of)


def test_displaced_persons_of_one_operation_are_added_up():
    rows = [persons(), persons(admin2_code="ML0102", population=50), persons(operation="other", population=9)]
    harvest, _ = fetch(rows, IDPS | {"operation": "o"})
    assert values(harvest) == {"idps:MLI": 150}
    with pytest.raises(SourceError, match="a second row for"):
        fetch(rows, IDPS)


def test_refugees_are_asked_for_by_origin_and_only_totals_count():
    rows = [refugees(), refugees(asylum_location_code="NER", population=4), refugees(gender="f"),
            refugees(population_group="ASY", population=7)]  # fmt: skip
    harvest, fetcher = fetch(rows, REFUGEES)
    assert values(harvest) == {"refugees:MLI": 13}
    assert fetcher.asked[0]["params"]["origin_location_code"] == "MLI"
    assert {"location_code", "admin_level"}.isdisjoint(fetcher.asked[0]["params"])


def test_national_risk_is_one_row_a_country():
    row = {"location_code": "MLI", "overall_risk": 7.2, "vulnerability_risk": 6.9, **_TAIL}
    harvest, _ = fetch([row], RISK)
    assert values(harvest) == {"risk:MLI": 7.2}


def test_a_window_is_asked_for_as_it_is():
    window = Window(first=date(2025, 1, 1), last=date(2025, 3, 31))
    _, fetcher = fetch([an_event()], ask={"window": window, "since": NOW})
    _, trailing = fetch([an_event()], ask={"since": NOW})
    assert [each.asked[0]["params"]["start_date"] for each in (fetcher, trailing)] == [
        "2025-01-01",
        "2024-10-29",
    ]


def test_nothing_for_a_place_is_no_0():
    harvest, _ = fetch([])
    assert harvest.readings == ()
    assert "nothing was set to 0" in harvest.note


def a_table(rows):
    text = io.StringIO()
    table = csv.DictWriter(text, fieldnames=list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode()


TABLE = a_table([an_event(), an_event(admin2_code="ML0102", events=3), an_event(admin_level=1, events=500)])


def test_the_bulk_csv_gives_what_its_columns_hold():
    source = a_hapi(VIOLENCE, DIESEL)
    harvest = HapiSource().read(source, Ask(now=NOW, secret=str), Answer(url="f.csv", content=TABLE))
    assert values(harvest) == {"v:MLI": 10}
    with pytest.raises(SourceError, match="the columns of none of the source's themes"):
        HapiSource().read(a_hapi(DIESEL), Ask(now=NOW, secret=str), Answer(url="f.csv", content=TABLE))


@pytest.mark.parametrize(
    "answer, message",
    [
        (
            Answer(url="u", content=b'{"error": "Missing or invalid app identifier"}', status=403),
            "refused the app id",
        ),
        (
            Answer(url="u", content=b'{"detail": "bad date"}', status=422),
            "was refused (422; it says: 'bad date')",
        ),
        ("<html>", "is a page"),
        ('{"data": [', "is no JSON"),
        ('{"data": {}}', "has no list 'data'"),
        (json.dumps({"data": [{"x": 1}]}), "its layout has changed"),
    ],
)
def test_what_is_no_page_of_rows_is_said(answer, message):
    assert message in str(told(answer))


@pytest.mark.parametrize(
    "series, message",
    [
        ({"series": "v:x", "theme": "conflict-events"}, "event_type is needed"),
        ({**VIOLENCE, "event_type": "demonstration", "value": "fatalities"}, "carry no fatalities"),
        ({**IDPS, "value": "price"}, "value of idps is one of population"),
        ({**DIESEL, "unit": ""}, "needs commodity, unit, currency and markets"),
        ({**RISK, "series": "r:{admin1}"}, "needs a theme with regions"),
    ],
)
def test_a_wrong_setting_is_named(series, message):
    problems = HapiSource().problems(a_hapi(series))
    assert message in problems[0]


def test_conflict_events_are_under_the_terms_of_acled():
    source = a_source(kind="hdx_hapi", settings=a_hapi(VIOLENCE).settings)
    assert "ACLED's terms" in HapiSource().problems(source)[0]


PAGES = [
    json.dumps({"data": [an_event(), persons(), refugees()]}).encode(),
    json.dumps({"data": [a_price()]}).encode(),
]


@fuzzed
@given(broken(PAGES))
def test_a_broken_page_is_a_harvest_or_a_sentence(body):
    fetcher = FakeFetcher(by=lambda url, **_: body)
    source = a_hapi(VIOLENCE, DIESEL, IDPS, REFUGEES, {**VIOLENCE, "series": "v:{admin1}"})
    survives(lambda: HapiSource().fetch(source, Ask(now=NOW, secret=str), fetcher))


@fuzzed
@given(broken([TABLE, gzipped(TABLE), a_table([a_price(), a_price(market_name="Gao")])]))
def test_a_broken_file_is_a_harvest_or_a_sentence(body):
    source = a_hapi(VIOLENCE, DIESEL)
    answer = Answer(url="f.csv", content=body)
    survives(lambda: HapiSource().read(source, Ask(now=NOW, secret=str), answer))
