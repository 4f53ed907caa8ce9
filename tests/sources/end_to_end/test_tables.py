"""csv, excel and wfp_prices from end to end: what is stored is what the files say, reckoned here anew."""

import statistics
from collections import defaultdict
from datetime import UTC, date, datetime

import pytest

from monitor.dev.sources.stand_in import real_rows

MALI = {2021: 1287, 2022: 3656, 2023: 2118, 2024: 1901}


def by_year(values):
    return {start.year: value for start, value in values.items()}


def by_month(values):
    return {start.date(): value for start, value in values.items()}


def medians(rows, markets, *, names=("market", "commodity"), commodity, unit, currency):
    """The median of a panel, of the months in which all of it was observed in this unit and currency."""
    seen = defaultdict(dict)
    for row in rows:
        if row["date"].startswith("#") or row[names[0]] not in markets or row[names[1]] != commodity:
            continue
        if row["unit"] == unit and row["currency"] == currency:
            seen[date.fromisoformat(row["date"]).replace(day=1)][row[names[0]]] = float(row["price"])
    return {
        month: statistics.median(each.values()) for month, each in seen.items() if len(each) == len(markets)
    }


@pytest.mark.parametrize(
    "fragment,slug,series",
    [
        ("csv", "rehearsal-country-year", "rehearsal-violence:MLI"),
        ("csv", "rehearsal-country-year-zip", "rehearsal-violence-zipped:MLI"),
        ("excel", "rehearsal-country-year-xlsx", "rehearsal-violence-xlsx:MLI"),
    ],
)
def test_the_deaths_of_mali_are_those_of_the_table(desk, fragment, slug, series):
    desk.install(fragment)
    assert desk.observe(slug).outcome == "ok"
    found = by_year(desk.values(series))
    assert {year: found[year] for year in MALI} == MALI
    rows = [row for row in real_rows("ucdp_country_year_v25_1_sahel") if row["country_cy"] == "Mali"]
    deaths = "cumulative_total_deaths_in_orgvio_best_cy"
    assert found == {int(row["year_cy"]): float(row[deaths]) for row in rows}


def test_a_table_that_is_revised_revises_and_adds(desk):
    desk.install("csv")
    desk.server.scene.earlier.add("files")
    first = desk.observe("rehearsal-inform-trends")
    desk.server.scene.earlier.clear()
    second = desk.observe("rehearsal-inform-trends")
    assert (first.outcome, second.outcome) == ("ok", "ok")
    assert second.new + second.revised > 0
    rows = [row for row in real_rows("inform_trends_sahel") if row["IndicatorId"] == "INFORM"]
    for iso in ("MLI", "BFA", "NER"):
        expected = {int(row["GNAYear"]): float(row["IndicatorScore"]) for row in rows if row["Iso3"] == iso}
        assert by_year(desk.values(f"rehearsal-inform-trend:{iso}")) == expected


def test_what_did_not_change_is_not_read_twice(desk):
    desk.install("csv")
    desk.observe("rehearsal-country-year")
    again = desk.observe("rehearsal-country-year")
    assert (again.outcome, again.seen) == ("unchanged", 0)


@pytest.mark.parametrize(
    "slug,series,piece,panel",
    [
        ("rehearsal-wfp-congo", "rehearsal-rice:congo", "wfp_food_prices_cog",
         {"markets": ["Total", "Grand marché/Fond Ntié-Ntié/Nkouikou"],
          "commodity": "Rice (mixed, low quality)", "unit": "KG", "currency": "XAF"}),
        ("rehearsal-wfp-nicaragua", "rehearsal-diesel:nicaragua", "wfp_fuel_prices_nic",
         {"markets": ["National Average"], "unit": "Gallon",
          "commodity": "Fuel (diesel)", "currency": "USD"}),
        ("rehearsal-wfp-burkina", "rehearsal-millet:burkina", "wfp_food_prices_bfa_old_layout",
         {"markets": ["Djibo", "Dori", "Gorom Gorom"], "names": ("mktname", "cmname"),
          "commodity": "Millet - Retail", "unit": "KG", "currency": "XOF"}),
    ],
)  # fmt: skip
def test_wfp_prices_are_the_medians_of_the_panel(desk, slug, series, piece, panel):
    desk.install("wfp_prices")
    outcome = desk.observe(slug)
    assert outcome.outcome == "ok", outcome.sentence
    expected = medians(real_rows(piece), **panel)
    assert len(expected) > 50
    assert by_month(desk.values(series)) == {month: pytest.approx(price) for month, price in expected.items()}


def test_wfp_counts_the_markets_that_say_nothing(desk):
    desk.install("wfp_prices")
    desk.observe("rehearsal-wfp-burkina")
    markets = {"Djibo", "Dori", "Gorom Gorom"}
    seen = defaultdict(set)
    for row in real_rows("wfp_food_prices_bfa_old_layout"):
        if row.get("cmname") == "Millet - Retail" and row["mktname"] in markets:
            seen[date.fromisoformat(row["date"]).replace(day=1)].add(row["mktname"])
    found = by_month(desk.values("rehearsal-millet-missing:burkina"))
    told = {month: 1 - len(each) / 3 for month, each in seen.items()}
    assert {month: found[month] for month in told} == {
        month: pytest.approx(share) for month, share in told.items()
    }


def test_wfp_adds_the_months_that_came_and_corrects_the_one_before(desk):
    desk.install("wfp_prices")
    desk.server.scene.earlier.add("wfp_prices")
    desk.observe("rehearsal-wfp-nicaragua")
    before = desk.values("rehearsal-diesel:nicaragua")
    desk.server.scene.earlier.clear()
    outcome = desk.observe("rehearsal-wfp-nicaragua")
    assert (outcome.new, outcome.revised) == (3, 1)
    newest = max(before)
    assert desk.values("rehearsal-diesel:nicaragua")[newest] > before[newest]
    assert datetime(2019, 8, 1, tzinfo=UTC) in desk.values("rehearsal-diesel:nicaragua")
