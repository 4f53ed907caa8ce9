"""wfp_prices: a fixed panel of markets in one unit; what was not observed is a figure of its own."""

import csv
import gzip
import json
import statistics
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Window
from monitor.sources.wfp_prices.kind import WfpPricesSource
from tests.factories import a_source
from tests.fakes import FakeFetcher
from tests.sources.faults import broken, fuzzed, gzipped, survives

DATA = Path(__file__).parents[2] / "data/sources"
CONGO = (DATA / "wfp_food_prices_cog.csv.gz").read_bytes()
BURKINA = (DATA / "wfp_food_prices_bfa_old_layout_1992_2019.csv.gz").read_bytes()
NOW = datetime(2026, 11, 23, tzinfo=UTC)
HEAD = (
    "date,admin1,admin2,market,market_id,latitude,longitude,category,commodity,commodity_id,unit,priceflag,"
    "pricetype,currency,price,usdprice\n"
    "#date,#adm1+name,#adm2+name,#loc+market+name,#loc+market+code,#geo+lat,#geo+lon,#item+type,#item+name,"
    "#item+code,#item+unit,#item+price+flag,#item+price+type,#currency+code,#value,#value+usd\n"
)
OLD_HEAD = (
    "date,cmname,unit,category,price,currency,country,admname,adm1id,mktname,mktid,cmid,ptid,umid,catid,sn,"
    "default\n"
)
DIESEL = {
    "series": "diesel:mali", "commodity": "Fuel (diesel)", "unit": "L", "currency": "XOF",
    "markets": ["Bamako", "Mopti", "Gao"],
}  # fmt: skip
MISSING = DIESEL | {"series": "no-diesel:mali", "measure": "missing_share"}


def a_line(day="2025-10-15", market="Bamako", price="725", *, unit="L", currency="XOF", kind="Retail"):
    return (
        f"{day},Bamako,Bamako,{market},501,12.65,-8,non-food,Fuel (diesel),282,{unit},actual,{kind},"
        f"{currency},{price},1.29\n"
    )


def a_file(**months):
    """m09={"Bamako": 700} is a price in September 2025."""
    lines = [
        a_line(f"2025-{month[1:]}-15", market, str(price))
        for month, prices in months.items()
        for market, price in prices.items()
    ]
    return HEAD + "".join(lines)


def a_wfp(*series, **settings):
    names = {"data_set": "wfp-food-prices-for-mali", "resource": "wfp_food_prices_mli.csv"}
    return a_source(kind="wfp_prices", settings={**names, "series": list(series or [DIESEL]), **settings})


PACKAGE = {
    "success": True,
    "result": {"resources": [
        {"name": "wfp_markets_mli.csv", "url": "https://data.humdata.org/d/markets.csv"},
        {"name": "wfp_food_prices_mli.csv", "url": "https://data.humdata.org/d/prices.csv"},
    ]},
}  # fmt: skip


def fetch(file, *series, ask=None, package=PACKAGE, **settings):
    fetcher = FakeFetcher(json.dumps(package), file)
    asked = Ask(**{"now": NOW, "secret": str, **(ask or {})})
    return WfpPricesSource().fetch(a_wfp(*series, **settings), asked, fetcher), fetcher


def told(file, *series, **values):
    with pytest.raises(SourceError) as caught:
        fetch(file, *series, **values)
    return str(caught.value)


def values(harvest):
    return {f"{each.period_start:%m}": each.value for each in harvest.readings}


def test_the_address_is_looked_up_and_the_line_of_tags_passed_over():
    harvest, fetcher = fetch(a_file(m08={"Mopti": 1}, m10={"Bamako": 725, "Gao": 1025}))
    assert [each["url"] for each in fetcher.asked] == [
        "https://data.humdata.org/api/3/action/package_show", "https://data.humdata.org/d/prices.csv",
    ]  # fmt: skip
    assert fetcher.asked[0]["params"] == {"id": "wfp-food-prices-for-mali"}
    assert values(harvest) == {"10": 875}
    assert harvest.readings[0].period_end == datetime(2025, 11, 1, tzinfo=UTC)


FALLING = {
    "m08": {"Bamako": 700, "Mopti": 800, "Gao": 1000}, "m09": {"Bamako": 770, "Gao": 1100},
    "m10": {"Gao": 3000}, "m11": {"Bamako": 847, "Mopti": 968, "Gao": 1210},
}  # fmt: skip


def test_a_month_counts_only_when_enough_of_the_panel_was_observed():
    assert values(fetch(a_file(**FALLING))[0]) == {"08": 800, "09": 935, "11": 968}
    assert values(fetch(a_file(**FALLING), DIESEL | {"least_markets": 3})[0]) == {"08": 800, "11": 968}


def test_a_chain_does_not_move_by_who_reports():
    found = values(fetch(a_file(**FALLING), DIESEL | {"method": "chained"})[0])
    assert found == pytest.approx({"08": 800, "09": 880, "11": 968})


def test_a_chain_passes_over_a_month_that_shares_too_few_markets():
    months = {
        "m08": {"Bamako": 100, "Mopti": 200},
        "m09": {"Mopti": 300, "Gao": 1},
        "m10": {"Bamako": 110, "Mopti": 220},
    }
    assert values(fetch(a_file(**months), DIESEL | {"method": "chained"})[0]) == pytest.approx(
        {"08": 150, "10": 165}
    )


def test_the_share_of_the_panel_without_an_observation_is_its_own_series():
    months = FALLING | {"m12": {"Elsewhere": 5}}
    assert values(fetch(a_file(**months), MISSING)[0]) == pytest.approx(
        {"08": 0, "09": 1 / 3, "10": 2 / 3, "11": 0, "12": 1}
    )


def test_a_month_in_which_a_row_could_not_be_read_has_no_share():
    file = a_file(**FALLING) + a_line("2025-10-15", "Mopti", "cheap")
    harvest, _ = fetch(file, MISSING)
    assert "10" not in values(harvest)
    assert harvest.rejected[0].reason == "price 'cheap' is no number above 0"
    assert fetch(a_file(**FALLING) + a_line("soon", "Mopti"), MISSING)[0].readings == ()


@pytest.mark.parametrize("switch", [{"unit": "100 L"}, {"currency": "USD"}])
def test_a_switched_unit_or_currency_is_said_and_never_a_price(switch):
    file = a_file(m09=FALLING["m08"]) + "".join(
        a_line("2025-10-15", each, **switch) for each in DIESEL["markets"]
    )
    harvest, _ = fetch(file, DIESEL)
    assert values(harvest) == {"09": 800}
    assert [each.where for each in harvest.rejected] == ["market Bamako", "market Gao", "market Mopti"]
    assert "from 2025-10 prices are in" in harvest.rejected[0].reason
    assert values(fetch(file, MISSING)[0]) == {"09": 0, "10": 0}


def test_a_file_in_another_unit_throughout_is_an_error():
    assert "every price is another" in told(HEAD + a_line(unit="Gallon"), DIESEL | {"markets": ["Bamako"]})


def test_a_second_unit_beside_the_expected_one_is_no_switch():
    file = HEAD + a_line() + a_line(unit="20 L", price="14000")
    harvest, _ = fetch(file, DIESEL | {"markets": ["Bamako"]})
    assert (values(harvest), harvest.rejected) == ({"10": 725}, ())


def test_two_prices_of_one_market_and_month_are_both_left_out():
    harvest, _ = fetch(HEAD + a_line() + a_line(price="9"), DIESEL | {"markets": ["Bamako"]})
    assert harvest.readings == ()
    assert "two prices for 2025-10" in harvest.rejected[0].reason


def test_the_layout_of_before_2022_is_read_too():
    line = (
        "2003-01-15,Maize - Retail,KG,cereals and tubers,156.25,XOF,Burkina Faso,Boucle Du Mouhoun,40276,"
        "Tougan,141,51,15,5,1,141_51_15_5,\n"
    )
    maize = {**DIESEL, "commodity": "Maize", "unit": "KG", "markets": ["Tougan"]}
    assert values(fetch(OLD_HEAD + line, maize)[0]) == {"01": 156.25}


def test_a_global_file_needs_a_country():
    file = "countryiso3," + HEAD.splitlines()[0] + "\nMLI," + a_line() + "NER," + a_line(price="1")
    bamako = DIESEL | {"markets": ["Bamako"]}
    assert "country is to say which" in told(file, bamako)
    assert values(fetch(file, bamako, country="MLI")[0]) == {"10": 725}


def test_months_not_over_or_not_wanted_are_left_out():
    file = HEAD + "".join(a_line(f"{month}-15") for month in ("2024-12", "2025-10", "2026-11"))
    bamako = DIESEL | {"markets": ["Bamako"]}
    assert values(fetch(file, bamako, since="2025-01-01")[0]) == {"10": 725}
    window = Window(first=date(2024, 12, 1), last=date(2024, 12, 31))
    assert values(fetch(file, bamako, ask={"window": window})[0]) == {"12": 725}


def test_the_real_prices_of_congo_are_the_medians_of_their_rows():
    markets = ["Mikalou", "Moungali", "Ouenzé"]
    rice = {"series": "rice:cog", "commodity": "Rice (mixed, low quality)", "unit": "KG", "currency": "XAF",
            "markets": markets}  # fmt: skip
    harvest = WfpPricesSource().read(
        a_wfp(rice), Ask(now=NOW, secret=str), Answer(url="cog.csv", content=CONGO)
    )
    rows = [
        row
        for row in csv.DictReader(gzip.decompress(CONGO).decode().splitlines())
        if row["commodity"] == rice["commodity"] and row["market"] in markets
    ]
    months = sorted({row["date"][:7] for row in rows})
    assert [(f"{each.period_start:%Y-%m}", each.value) for each in harvest.readings] == [
        (month, statistics.median(float(row["price"]) for row in rows if row["date"][:7] == month))
        for month in months
    ]
    assert len(months) == 33


def test_the_real_prices_of_burkina_faso_are_read_in_the_old_layout():
    maize = {"series": "maize:bfa", "commodity": "Maize", "unit": "KG", "currency": "XOF",
             "markets": ["Dori", "Djibo", "Gorom Gorom"]}  # fmt: skip
    harvest = WfpPricesSource().read(
        a_wfp(maize), Ask(now=NOW, secret=str), Answer(url="b.csv", content=BURKINA)
    )
    assert len(harvest.readings) == 196
    assert (harvest.readings[-1].period_start, harvest.readings[-1].value) == (
        datetime(2019, 6, 1, tzinfo=UTC), 203.5,
    )  # fmt: skip


@pytest.mark.parametrize(
    "file, message",
    [
        ("", "is empty"),
        ("<html>", "is a page"),
        (HEAD, "the file holds no price up to now"),
        (HEAD.replace(",price,", ",price_local,") + a_line(), "has no column price"),
        (HEAD + a_line()[:40], "line 3: 6 columns where the header has 16"),
        (HEAD.encode() + a_line(market="Ségou").encode("latin-1"), "is not UTF-8 text"),
        (HEAD + a_line(price="-4"), "the file holds no price up to now; line 3: price '-4'"),
        (HEAD + a_line(), "no market Mopti, Gao in the file; it has: Bamako"),
        (
            HEAD + a_line().replace("Fuel (diesel),282", "Millet,70"),
            "no commodity 'Fuel (diesel)' in the file",
        ),
    ],
)
def test_what_is_no_table_of_prices_is_said(file, message):
    assert message in told(file)


@pytest.mark.parametrize(
    "package, message",
    [
        (
            {"success": False, "error": {"message": "Not found"}},
            "no data set wfp-food-prices-for-mali; it says: 'Not",
        ),
        (
            {"message": "Endpoint request timed out"},
            "success; it says: 'Endpoint request timed",
        ),
        ({"success": True, "result": {"resources": []}}, "has no file wfp_food_prices_mli.csv"),
        ({"success": True, "result": []}, "is no JSON object"),
    ],
)
def test_what_is_not_in_the_catalogue_is_said(package, message):
    assert message in told("", package=package)


@pytest.mark.parametrize(
    "values, message",
    [
        ({"least_markets": 4}, "more than the panel has"),
        ({"markets": ["Gao", "Gao"]}, "named twice"),
        ({"unit": ""}, "unit"),
    ],
)
def test_a_wrong_setting_is_named(values, message):
    assert message in WfpPricesSource().problems(a_wfp(DIESEL | values))[0]


NEW = a_file(**FALLING).encode()
OLD = (OLD_HEAD + "2003-01-15,Fuel (diesel) - Retail,L,c,156.25,XOF,Mali,B,4,Gao,1,51,15,5,1,1,\n").encode()


@fuzzed
@given(broken([NEW, gzipped(NEW), OLD]))
def test_a_broken_file_is_a_harvest_or_a_sentence(body):
    source = a_wfp(DIESEL, MISSING, DIESEL | {"method": "chained"})
    answer = Answer(url="f.csv", content=body)
    found = survives(lambda: WfpPricesSource().read(source, Ask(now=NOW, secret=str), answer))
    assert all(each.value >= 0 for each in (found.readings if found else ()))


@fuzzed
@given(broken([json.dumps(PACKAGE).encode()]))
def test_a_broken_catalogue_is_a_harvest_or_a_sentence(body):
    fetcher = FakeFetcher(by=lambda url, **_: body if "package_show" in url else NEW)
    survives(lambda: WfpPricesSource().fetch(a_wfp(), Ask(now=NOW, secret=str), fetcher))
