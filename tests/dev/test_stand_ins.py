"""Stand-ins: each speaks its documented format; real slices are whole, editions differ, faults show."""

import base64
import csv
import io
import zipfile
from datetime import UTC, date, datetime

import pytest

from monitor.dev.sources import acled, hdx_hapi, oil, ucdp
from monitor.dev.sources.faults import Fault
from monitor.dev.sources.server import build_app
from monitor.dev.sources.stand_in import Scene, real_rows

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
UCDP = {"x-ucdp-access-token": ucdp.TOKEN}
SIGN_IN = {"username": acled.USER, "password": acled.PASSWORD, "grant_type": "password", "client_id": "acled"}
HAPI = f"/hdx_hapi/api/v2/coordination-context/conflict-events?app_identifier={hdx_hapi.APP_IDENTIFIER}"
VIEWS = "/wikimedia/api/rest_v1/metrics/pageviews/per-article/fr.wikipedia/all-access/user"


@pytest.fixture
def scene():
    return Scene(now=lambda: NOW, gdelt_seconds=0.0)


@pytest.fixture
def client(scene):
    return build_app(scene).test_client()


def ged(client, version, **asked):
    query = {"pagesize": "1000", "page": "0", **asked}
    rows, pages = [], 0
    address = f"/ucdp/api/gedevents/{version}?" + "&".join(f"{key}={value}" for key, value in query.items())
    while address:
        answer = client.get(address, headers=UCDP).json
        rows, pages, address = rows + answer["Result"], pages + 1, answer["NextPageUrl"]
    return rows, pages


def test_ucdp_gives_the_real_slice_in_pages(client):
    rows, pages = ged(client, "26.1", Country="775")
    real = real_rows("ged_v23_1_myanmar_2021_2022")
    assert (len(rows), pages) == (2403, 3)
    assert [row["id"] for row in rows] == [int(row["id"]) for row in real]
    assert sum(row["best"] for row in rows) == sum(int(row["best"]) for row in real)


def test_ucdp_wants_a_token_before_it_looks_at_the_version(client):
    assert client.get("/ucdp/api/gedevents/nonsense").status_code == 401
    assert client.get("/ucdp/api/gedevents/nonsense", headers=UCDP).status_code == 404


def test_ucdp_filters_by_day_and_type(client):
    rows, _ = ged(client, "26.1", StartDate="2022-12-01", EndDate="2022-12-31", TypeOfViolence="3")
    assert rows
    assert all(row["type_of_violence"] == 3 and row["date_end"] >= "2022-12-01" for row in rows)


def test_ucdp_candidates_are_revised_and_withdrawn_in_the_quarter(client):
    months = {row["id"]: row["best"] for month in (1, 2, 3) for row in ged(client, f"26.0.{month}")[0]}
    quarter = {row["id"]: row["best"] for row in ged(client, "26.01.26.03")[0]}
    assert len(months) == 60
    assert quarter.keys() < months.keys()
    assert any(quarter[key] != months[key] for key in quarter)
    assert quarter.keys() & {row["id"] for row in ged(client, "26.1")[0]}


def test_ucdp_repeats_its_first_page_for_ever(client, scene):
    scene.faults["ucdp"] = Fault.REPEAT
    first, second = (
        client.get(f"/ucdp/api/gedevents/26.1?page={page}", headers=UCDP).json for page in (0, 7)
    )
    assert first["Result"] == second["Result"]
    assert second["NextPageUrl"].endswith("page=1")


def acled_rows(client, **asked):
    token = client.post("/acled/oauth/token", data=SIGN_IN).json["access_token"]
    query = {"event_date": "2025-01-01|2025-12-31", "event_date_where": "BETWEEN", **asked}
    return client.get(
        "/acled/api/acled/read", query_string=query, headers={"authorization": f"Bearer {token}"}
    ).json["data"]


def test_acled_gives_pages_of_at_most_5000_rows_that_are_marked_made_up(client):
    first, second = acled_rows(client, page="1", limit="9999"), acled_rows(client, page="2")
    assert len(first) == 5000
    assert 0 < len(second) < 5000
    assert {row["notes"] for row in first + second} == {"made up for rehearsals"}


def test_acled_repeats_a_page_where_it_is_told_to(client, scene):
    scene.faults["acled"] = Fault.REPEAT
    assert acled_rows(client, page="1") == acled_rows(client, page="2")


def test_acled_corrects_and_deletes_from_one_edition_to_the_next(client, scene):
    scene.earlier.add("acled")
    asked = {"event_date": "2025-10-01|2025-11-30"}
    before = {row["event_id_cnty"]: row["fatalities"] for row in acled_rows(client, **asked)}
    scene.earlier.clear()
    after = {row["event_id_cnty"]: row["fatalities"] for row in acled_rows(client, **asked)}
    assert after.keys() < before.keys()
    assert any(after[key] != before[key] for key in after)


def test_acled_refuses_wrong_passwords_strangers_and_accounts_without_rights(client):
    wrong = client.post("/acled/oauth/token", data={**SIGN_IN, "password": "guess"})
    assert (wrong.status_code, wrong.json["error"]) == (400, "invalid_grant")
    granted = client.post("/acled/oauth/token", data={**SIGN_IN, "username": acled.WITHOUT_RIGHTS}).json
    for headers in ({}, {"authorization": f"Bearer {granted['access_token']}"}):
        answer = client.get("/acled/api/acled/read", headers=headers)
        assert (answer.status_code, answer.json) == (403, {"message": "Access denied"})


def test_acled_takes_a_refresh_token_and_no_access_token_in_its_place(client):
    first = client.post("/acled/oauth/token", data=SIGN_IN).json
    asked = {"grant_type": "refresh_token", "client_id": "acled"}
    assert (
        "access_token"
        in client.post("/acled/oauth/token", data={**asked, "refresh_token": first["refresh_token"]}).json
    )
    wrong = client.post("/acled/oauth/token", data={**asked, "refresh_token": first["access_token"]})
    assert wrong.status_code == 400


def test_hapi_wants_base64_of_a_name_and_an_address(client):
    for identifier in ("", "plain text", base64.b64encode(b"no address").decode()):
        address = "/hdx_hapi/api/v2/affected-people/idps"
        assert client.get(address, query_string={"app_identifier": identifier}).status_code == 403


def test_hapi_pages_by_offset_and_names_match_more_than_codes(client):
    whole = client.get(HAPI + "&location_code=MLI&limit=500").json["data"]
    halves = [client.get(HAPI + f"&location_code=MLI&limit=250&offset={at}").json["data"] for at in (0, 250)]
    assert halves[0] + halves[1] == whole
    assert {row["location_code"] for row in whole} == {"MLI"}
    named = client.get(HAPI + "&location_name=Mali").json["data"]
    assert {row["location_code"] for row in named} == {"MLI", "SOM"}


def test_hapi_gives_the_columns_of_its_csv_in_order(client):
    text = client.get(HAPI + "&output_format=csv&limit=2").text
    assert text.splitlines()[0].split(",") == hdx_hapi.CONFLICT


def test_hapi_targeting_of_civilians_is_a_part_of_political_violence(client):
    rows = [row for row in client.get(HAPI).json["data"] if not row["error"]]
    counts = {
        (row["admin2_code"], row["reference_period_start"], row["event_type"]): row["events"] for row in rows
    }
    targeting = {key: count for key, count in counts.items() if key[2] == "civilian_targeting"}
    assert all(count <= counts[(*key[:2], "political_violence")] for key, count in targeting.items())


@pytest.mark.parametrize(
    "name,rows",
    [("wfp_food_prices_cog.csv", 6039), ("wfp_food_prices_nic.csv", 140), ("wfp_food_prices_bfa.csv", 14132)],
)
def test_wfp_gives_the_real_slices_with_one_line_of_tags(client, name, rows):
    lines = list(csv.DictReader(io.StringIO(client.get(f"/wfp_prices/bucket/{name}").text)))
    assert lines[0]["date"] == "#date"
    assert len([line for line in lines if not line["date"].startswith("#")]) == rows


def test_wfp_is_found_by_its_catalogue_and_leads_elsewhere(client):
    shown = client.get("/wfp_prices/api/3/action/package_show?id=wfp-food-prices-for-congo").json["result"]
    (url,) = [each["url"] for each in shown["resources"] if each["name"] == "wfp_food_prices_cog.csv"]
    moved = client.get(url)
    assert moved.status_code == 302
    assert client.get(moved.headers["location"]).status_code == 200
    assert (
        client.get("/wfp_prices/api/3/action/package_show?id=wfp-food-prices-for-nowhere").status_code == 404
    )


def test_gdelt_refuses_two_calls_within_five_seconds(client, scene):
    scene.gdelt_seconds = 5.0
    asked = "/gdelt/api/v2/doc/doc?query=Mali&mode=timelinevol&format=json"
    assert [client.get(asked).status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize("query", ["x", "fuel OR blockade"])
def test_gdelt_answers_a_wrong_query_with_a_page(client, query):
    answer = client.get("/gdelt/api/v2/doc/doc", query_string={"query": query, "mode": "timelinevol"})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")


def test_views_lists_runs_and_refuses_the_alias(client):
    runs = client.get("/views/").json["runs"]
    newest = max(run for run in runs if run.startswith("fatalities"))
    assert newest == "fatalities003_2026_09_t01"
    page = client.get(f"/views/{newest}/cm/sb?iso=MLI&iso=NER&pagesize=50").json
    assert (page["row_count"], page["page_count"], page["data"][0]["month_id"]) == (72, 2, 562)
    assert len(client.get(page["next_page"]).json["data"]) == 22
    assert client.get("/views/current/cm/sb").status_code == 422


def test_world_bank_speaks_xml_unless_asked_and_errs_with_200(client):
    assert "xml" in client.get("/worldbank/v2/country/MLI/indicator/SP.POP.TOTL").mimetype
    error = client.get("/worldbank/v2/country/MLI/indicator/NO.SUCH?format=json")
    assert (error.status_code, error.json[0]["message"][0]["id"]) == (200, "120")
    header, rows = client.get(
        "/worldbank/v2/country/MLI;BFA/indicator/SP.POP.TOTL?format=json&date=2020:2025"
    ).json
    assert (header["total"], [row["date"] for row in rows[:2]], rows[6]["value"]) == (
        12,
        ["2025", "2024"],
        None,
    )


def test_ioda_ends_in_what_is_not_yet_known(client):
    now = int(NOW.timestamp())
    (found,) = client.get(f"/ioda/v2/signals/raw/country/ML?from={now - 7200}&until={now}").json["data"]
    bgp = found[0]
    assert (bgp["datasource"], bgp["step"], len(bgp["values"])) == ("bgp", 300, 24)
    assert bgp["values"][-5:] == [None] * 5
    assert isinstance(found[-1]["values"], list)


def test_reliefweb_serves_approved_appnames_of_v2_only(client):
    assert client.post("/reliefweb/v1/reports").status_code == 410
    assert client.post("/reliefweb/v2/reports?appname=guess").status_code == 403
    address = "/reliefweb/v2/reports?appname=heatwatch-rehearsal"
    assert len(client.post(address, json={}).json["data"]) == 10
    one, two = (client.post(address, json={"limit": 5, "offset": at}).json["data"] for at in (0, 5))
    assert not {each["id"] for each in one} & {each["id"] for each in two}


def test_unhcr_hides_small_numbers_and_counts_its_pages(client):
    asked = "/unhcr/population/v1/population/?yearFrom=2001&yearTo=2025&coo=MLI&coa_all=true&limit=40"
    first = client.get(asked).json
    assert (first["maxPages"], first["total"]) == (3, [])
    rows = [row for page in (1, 2, 3) for row in client.get(f"{asked}&page={page}").json["items"]]
    assert len(rows) == 100
    assert {"*"} < {row["asylum_seekers"] for row in rows}
    assert {row["coa_iso"] for row in rows} == {"MRT", "BFA", "NER", "CIV"}


def test_wikimedia_wants_to_know_who_asks_and_has_404_for_nothing(client):
    days, known = "/daily/20261001/20261031", {"user-agent": "heatwatch/1 (desk@example.org)"}
    assert (
        client.get(f"{VIEWS}/Assimi_Goïta{days}", headers={"user-agent": "python-httpx/0.28"}).status_code
        == 403
    )
    assert client.get(f"{VIEWS}/Nobody{days}", headers=known).status_code == 404
    items = client.get(f"{VIEWS}/Assimi_Goïta{days}", headers=known).json["items"]
    assert items[0]["timestamp"] == "2026100100"
    month = client.get(f"{VIEWS}/Mali/monthly/20260901/20261030", headers=known).json["items"]
    assert [each["timestamp"] for each in month] == ["2026090100"]


def test_oil_prices_are_the_real_ones_in_both_forms(client):
    rows = client.get(f"/eia/v2/seriesid/PET.RBRTE.D?api_key={oil.EIA_KEY}&length=3").json["response"]["data"]
    assert [(row["period"], row["value"]) for row in rows][:2] == [
        ("2025-12-31", "61.35"),
        ("2025-12-30", "62.3"),
    ]
    asked = f"series_id=DCOILBRENTEU&api_key={oil.FRED_KEY}&file_type=json&observation_start=2025-12-24"
    found = client.get(f"/fred/fred/series/observations?{asked}").json["observations"]
    assert {each["date"]: each["value"] for each in found}["2025-12-25"] == "."
    assert found[-1]["value"] == "61.35"
    assert client.get("/eia/v2/seriesid/PET.RBRTE.D?api_key=guess").status_code == 403


def test_ecb_speaks_csv_and_sdmx_of_the_same_working_days(client):
    address = "/ecb/service/data/EXR/D.USD.EUR.SP00.A?startPeriod=2026-11-01&endPeriod=2026-11-08&format="
    lines = list(csv.DictReader(io.StringIO(client.get(address + "csvdata").text)))
    tree = client.get(address + "jsondata").json
    days = [each["id"] for each in tree["structure"]["dimensions"]["observation"][0]["values"]]
    rates = [each[0] for each in tree["dataSets"][0]["series"]["0:0:0:0:0"]["observations"].values()]
    assert [line["TIME_PERIOD"] for line in lines] == days == [f"2026-11-0{day}" for day in range(2, 7)]
    assert [float(line["OBS_VALUE"]) for line in lines] == rates


def test_inform_gives_the_real_trends_of_a_published_release(client):
    root = "/inform/inform-index/API/InformAPI"
    releases = [
        each for each in client.get(f"{root}/Workflows/GetByYear/2024").json if each["FlagGnaPublished"]
    ]
    scores = client.get(
        f"{root}/countries/Scores/?WorkflowId={releases[0]['WorkflowId']}&IndicatorId=INFORM"
    ).json
    assert {row["Iso3"]: row["IndicatorScore"] for row in scores}["BFA"] == 7.5
    assert client.get(f"{root}/Workflows/GetByYear/2026").json == []


def test_portwatch_pages_while_it_says_so_and_renames_its_date(client, scene):
    layer = "/portwatch/weJ1QsnbMYJlCHdG/arcgis/rest/services/Daily_Ports_Data/FeatureServer/0"
    asked = {
        "where": "ISO3='SEN' AND date>=timestamp '2026-01-01 00:00:00'",
        "outFields": "portid,date",
        "f": "json",
    }
    first = client.get(f"{layer}/query", query_string={**asked, "resultRecordCount": "300"}).json
    second = client.get(f"{layer}/query", query_string={**asked, "resultOffset": "300"}).json
    assert first["exceededTransferLimit"]
    assert "exceededTransferLimit" not in second
    assert len(first["features"] + second["features"]) == (date(2026, 11, 16) - date(2026, 1, 1)).days + 1
    scene.faults["portwatch"] = Fault.COLUMN
    assert "date_" in [field["name"] for field in client.get(layer).json["fields"]]
    assert client.get(f"{layer}/query", query_string=asked).json["error"]["code"] == 400


def test_prometheus_gives_texts_and_refuses_what_is_no_query(client):
    found = client.get("/prometheus/api/v1/query?query=up").json["data"]["result"]
    assert found[0]["value"][1] == "1"
    assert client.get("/prometheus/api/v1/query?query=sum(up").json["errorType"] == "bad_data"


def test_files_are_one_table_in_three_forms(client):
    table = client.get("/files/organizedviolencecy_v25_1.csv").data
    with zipfile.ZipFile(io.BytesIO(client.get("/files/organizedviolencecy_v25_1.csv.zip").data)) as archive:
        assert archive.read("table.csv") == table
    rows = [row for row in csv.DictReader(io.StringIO(table.decode())) if row["country_cy"] == "Mali"]
    deaths = [row["cumulative_total_deaths_in_orgvio_best_cy"] for row in rows if row["year_cy"] >= "2021"]
    assert deaths == ["1287", "3656", "2118", "1901"]


def test_feeds_tell_the_same_stories_in_three_forms(client):
    counts = [
        client.get(f"/feeds/{form}.xml").text.count(mark)
        for form, mark in (("rss", "<item>"), ("atom", "<entry>"), ("rdf", "<item "))
    ]
    assert counts[0] == counts[1] == counts[2] > 20
