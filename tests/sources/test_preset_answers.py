"""Presets read what their source documents: each body here is copied from its documentation, rows made up."""

import json
from datetime import UTC, datetime

import pytest

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask
from monitor.packs.presets import find_preset, render
from monitor.packs.read_sources import read_sources
from monitor.paths import presets_folder
from monitor.sources.registry import source_kinds
from tests.fakes import FakeFetcher

NOW = datetime(2025, 11, 5, 12, tzinfo=UTC)
WORLDBANK = """[{"page":1,"pages":1,"per_page":1000,"total":1,"sourceid":"2","lastupdated":"2025-10-07"},
 [{"indicator":{"id":"MS.MIL.XPND.GD.ZS","value":"Military expenditure (% of GDP)"},
   "country":{"id":"ML","value":"Mali"},"countryiso3code":"MLI","date":"2024","value":4.1,"unit":"",
   "obs_status":"","decimal":1},
  {"indicator":{"id":"MS.MIL.XPND.GD.ZS","value":"Military expenditure (% of GDP)"},
   "country":{"id":"ML","value":"Mali"},"countryiso3code":"MLI","date":"2023","value":null,"unit":"",
   "obs_status":"","decimal":1}]]"""
WORLDBANK_REFUSED = """[{"message":[{"id":"120","key":"Invalid value",
 "value":"The provided parameter value is not valid"}]}]"""
IODA = """{"data": [[
 {"entityType":"country","entityCode":"ML","entityName":"Mali","datasource":"bgp","from":1762297200,
  "until":1762300800,"step":300,"nativeStep":300,"values":[412,412,null]},
 {"entityType":"country","entityCode":"ML","entityName":"Mali","datasource":"ping-slash24","from":1762297200,
  "until":1762300800,"step":600,"nativeStep":600,"values":[300,20,280,null]}]]}"""
GDACS = """{"type":"FeatureCollection","features":[
 {"type":"Feature","geometry":{"type":"Point","coordinates":[-4.2,14.5]},"properties":{"eventtype":"FL",
  "eventid":1,"episodeid":1,"name":"Flood in Mali","alertlevel":"Orange","alertscore":1.5,
  "episodealertlevel":"Green","iscurrent":"true","country":"Mali","iso3":"MLI",
  "fromdate":"2025-10-04T00:00:00","todate":"2025-10-05T00:00:00",
  "severitydata":{"severity":0,"severitytext":"","severityunit":""},"affectedcountries":[],"url":{}}},
 {"type":"Feature","geometry":{"type":"Point","coordinates":[2,13]},"properties":{"eventtype":"DR",
  "eventid":1,"name":"Drought","alertlevel":"Green","iso3":"NER","fromdate":"2025-10-04T00:00:00"}}]}"""
RELIEFWEB = """{"time":12,"href":"https://api.reliefweb.int/v2/reports","links":{},"totalCount":2,"count":2,"data":[
 {"id":"4000001","score":1,"href":"","fields":{"title":"Example: flash update no. 1",
  "date":{"created":"2025-11-03T09:00:00+00:00"},"source":[{"shortname":"OCHA"}],
  "format":[{"name":"Situation Report"}],"url":"https://example.org"}},
 {"id":"4000002","score":1,"href":"","fields":{"title":"A map","date":{"created":"2025-11-02T09:00:00+00:00"},
  "source":[{"shortname":"OCHA"}],"format":[{"name":"Map"}],"url":"https://example.org"}}]}"""
UNHCR_ROW = {
    "year": 2024, "coo_id": 123, "coo": "MLI", "coo_iso": "MLI", "coo_name": "Mali", "coa_id": 124,
    "coa": "MAU",
    "coa_iso": "MRT", "coa_name": "Mauritania", "refugees": "150000", "asylum_seekers": "120",
    "returned_refugees": "0", "idps": "0", "returned_idps": "0", "stateless": "0", "ooc": "0", "oip": "-",
    "hst": "0",
}  # fmt: skip
UNHCR = json.dumps({
    "page": 1, "short-url": "", "maxPages": 1, "total": [], "items": [
        UNHCR_ROW, UNHCR_ROW | {"coa": "NIG", "refugees": "*"}, UNHCR_ROW | {"year": 2023, "refugees": "-"},
        UNHCR_ROW | {"coa": "BKF", "refugees": 25000},
    ],
})  # fmt: skip
WIKIMEDIA = """{"items":[{"project":"fr.wikipedia","article":"Assimi_Goïta","granularity":"daily",
 "timestamp":"2025100100","access":"all-access","agent":"user","views":412}]}"""
EIA = """{"response":{"total":"1","frequency":"daily","data":[{"period":"2025-11-03","duoarea":"ZEU",
 "product":"EPCBRENT","product-name":"UK Brent Crude Oil","process":"PF4","process-name":"Spot Price FOB",
 "series":"RBRTE","series-description":"Europe Brent Spot Price FOB (Dollars per Barrel)","value":"64.9",
 "units":"$/BBL"}]},"request":{},"apiVersion":"2.1.8"}"""
FRED = """{"observations":[
 {"realtime_start":"2025-11-05","realtime_end":"2025-11-05","date":"2025-11-03","value":"64.90"},
 {"realtime_start":"2025-11-05","realtime_end":"2025-11-05","date":"2025-11-04","value":"."}]}"""
ECB = """KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT
EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2025-11-03,1.1514,A,USD
EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2025-11-04,1.1491,A,USD
"""
INFORM = json.dumps([{
    "Iso3": iso, "CountryName": iso, "IndicatorId": "INFORM", "IndicatorName": "INFORM Risk Index",
    "IndicatorScore": score, "nodelevel": 0, "ValidityYear": 2024, "Unit": "", "Note": "",
} for iso, score in (("MLI", 7.1), ("BFA", 7.5))])  # fmt: skip


def portwatch(name="date", **more):
    row = {"portid": "port271", "portname": "Dakar", "ISO3": "SEN", name: 1756684800000,
           "portcalls_tanker": 2, "import_tanker": 12000, "export_tanker": 0}  # fmt: skip
    rows = [row, row | {"portid": "x", "import_tanker": 500}]
    return json.dumps({"features": [{"attributes": each} for each in rows], **more})


def fetch(slug, tmp_path, *bodies, fetcher=None, **given):
    preset = find_preset(presets_folder(), slug)
    values = {each.name: each.example for each in preset.variables if each.default is None}
    path = tmp_path / "fragment.toml"
    path.write_text(render(preset, values | given))
    source = read_sources(path).sources[0]
    ask = Ask(now=NOW, secret={"token": "a-key"}.__getitem__)
    return source_kinds()[source.kind].fetch(source, ask, fetcher or FakeFetcher(*bodies))


def values(found):
    return [(each.series, each.period_start.strftime("%Y-%m-%d"), each.value) for each in found.readings]


@pytest.mark.parametrize(
    "slug,body,found",
    [
        ("worldbank", WORLDBANK, [("military-spending:MLI", "2024-01-01", 4.1)]),
        ("ioda", IODA, [("internet-ping-slash24:MLI", "2025-11-04", 280.0)]),
        ("unhcr", UNHCR, [("refugees-from:MLI", "2024-01-01", 175000.0)]),
        ("eia", EIA, [("oil-price:rbrte", "2025-11-03", 64.9)]),
        ("fred", FRED, [("brent:fred", "2025-11-03", 64.9)]),
        ("ecb", ECB, [("per-euro:USD", "2025-11-03", 1.1514), ("per-euro:USD", "2025-11-04", 1.1491)]),
        ("inform", INFORM,
         [("inform-inform:BFA", "2024-01-01", 7.5), ("inform-inform:MLI", "2024-01-01", 7.1)]),
        ("portwatch", portwatch(), [("tanker-imports:SEN", "2025-09-01", 12500.0)]),
        ("portwatch", portwatch("date_"), [("tanker-imports:SEN", "2025-09-01", 12500.0)]),
        ("wikimedia", WIKIMEDIA, [("page-views:goita", "2025-10-01", 412.0)]),
    ],
)  # fmt: skip
def test_a_documented_answer_gives_its_values(slug, body, found, tmp_path):
    assert values(fetch(slug, tmp_path, body)) == found


def test_gdacs_gives_incidents_of_the_days_asked_for(tmp_path):
    found = fetch("gdacs", tmp_path, GDACS)
    assert [
        (each.external_id, each.kind, each.country, each.latitude, each.longitude) for each in found.incidents
    ] == [("FL, 1", "flood", "MLI", 14.5, -4.2)]
    assert [(each.covers_from.isoformat(), each.covers_until.isoformat()) for each in found.covered] == [
        ("2025-10-07", "2025-11-04")
    ]


def test_gdacs_rejects_a_level_it_does_not_know_and_then_covers_nothing(tmp_path):
    found = fetch("gdacs", tmp_path, GDACS.replace('"alertlevel":"Green"', '"alertlevel":"2"'))
    assert [each.reason for each in found.rejected] == [
        "properties.alertlevel is '2', where Green or Orange or Red is expected"
    ]
    assert found.covered == ()


def test_reliefweb_counts_by_day_and_a_day_without_a_report_is_zero(tmp_path):
    fetcher = FakeFetcher(RELIEFWEB)
    found = values(fetch("reliefweb", tmp_path, fetcher=fetcher))
    assert len(found) == 13, "fourteen days, of which today is not over"
    assert [each for each in found if each[2]] == [("reliefweb-reports:MLI", "2025-11-03", 1.0)]
    asked = fetcher.asked[0]
    assert (asked["method"], asked["params"]) == ("POST", {"appname": "example-desk"})
    assert asked["json"]["filter"]["conditions"] == [
        {"field": "primary_country.iso3", "value": "mli"},
        {"field": "date.created",
         "value": {"from": "2025-10-23T00:00:00+00:00", "to": "2025-11-05T23:59:59+00:00"}},
    ]  # fmt: skip
    assert (asked["json"]["limit"], asked["json"]["offset"]) == (1000, 0)


def test_wikimedia_answers_404_where_there_is_nothing(tmp_path):
    fetcher = FakeFetcher(Answer(url="x", content=b"{}", status=404))
    assert fetch("wikimedia", tmp_path, fetcher=fetcher).readings == ()
    assert fetcher.asked[0]["url"].endswith("/daily/20251023/20251105")


def test_keys_ride_where_they_are_never_logged(tmp_path):
    for slug, body in (("eia", EIA), ("fred", FRED)):
        fetcher = FakeFetcher(body)
        fetch(slug, tmp_path, fetcher=fetcher)
        assert fetcher.asked[0]["secrets"] == {"api_key": "a-key"}


@pytest.mark.parametrize(
    "slug,body,text",
    [
        ("worldbank", WORLDBANK_REFUSED, "it says: 'The provided parameter value is not valid'"),
        ("worldbank", WORLDBANK.replace("4.1", '"4.1 thousand"'), "is no number"),
        ("portwatch", '{"error":{"code":400,"message":"Invalid query"}}', "it says: 'Invalid query'"),
        ("portwatch", portwatch().replace("1756684800000", '"01/09/2025"'), "is no date like milliseconds"),
        ("eia", EIA.replace("$/BBL", "$/GAL"), "units is '$/GAL', where $/BBL is expected"),
        ("fred", FRED.replace('"64.90"', '"64.90 USD"'), "is no number"),
        ("ecb", ECB.replace("A,USD", "A,US cent"), "UNIT is 'US cent', where USD is expected"),
        ("ecb", "No results found.", "no column CURRENCY"),
        ("ioda", IODA.replace('"step"', '"interval"'), "from and step are no whole numbers of seconds"),
        ("unhcr", UNHCR.replace('"150000"', '"150 k"').replace("25000", '"25 k"'), "is no number"),
        ("inform", INFORM.replace("IndicatorScore", "Score"), "no column IndicatorScore; it has"),
        ("reliefweb", RELIEFWEB.replace("2025-11-03T", "2025/11/03T"), "is no date like iso"),
        ("reliefweb", '{"error":{"message":"x"}}', "nothing at $['data']"),
        ("wikimedia", WIKIMEDIA.replace("412", '"0.4K"'), "is no number"),
        (
            "gdacs",
            json.dumps({"features": json.loads(GDACS)["features"] * 50}),
            "as many as the server gives",
        ),
    ],
)
def test_an_answer_that_changed_is_an_error_and_never_a_value(slug, body, text, tmp_path):
    with pytest.raises(SourceError) as caught:
        fetch(slug, tmp_path, body)
    assert text in str(caught.value)
