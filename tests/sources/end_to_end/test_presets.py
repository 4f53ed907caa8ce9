"""Presets from end to end: each value is what its stand-in holds, reckoned here without the parser."""

import statistics
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.cli.rehearsal import USES
from monitor.dev.sources import ecb, ioda, portwatch, reliefweb, unhcr, wikimedia, worldbank
from monitor.dev.sources.stand_in import days, draw, real_rows
from tests.sources.end_to_end.desk import NOW

TODAY = NOW.date()


@pytest.fixture
def values(desk):
    """Install a preset, ask its source once and return the values of a series by day."""

    def ask(preset, series):
        desk.install(f"preset_{preset}")
        outcome = desk.observe(desk.slugs[0])
        assert outcome.outcome == "ok", outcome.sentence
        return {start.date(): value for start, value in desk.values(series).items()}

    return ask


@pytest.mark.parametrize("preset,series", [("eia", "oil-price:rbrte"), ("fred", "brent:fred")])
def test_brent_is_what_eia_published(values, preset, series):
    found = values(preset, series)
    real = {date.fromisoformat(row["Date"]): float(row["Price"]) for row in real_rows("brent_daily_to_2025")}
    first = TODAY - timedelta(days=399)
    assert found == {on: price for on, price in real.items() if on >= first}
    assert date(2025, 12, 25) not in found, "no trading, no value"


def test_inform_is_what_the_release_says(desk):
    desk.install("preset_inform")
    assert desk.observe(desk.slugs[0]).outcome == "ok"
    for row in real_rows("inform_trends_sahel"):
        if row["GNAYear"] == "2024" and row["IndicatorId"] == "INFORM":
            found = desk.values(f"inform-inform:{row['Iso3']}")
            assert found == {datetime(2024, 1, 1, tzinfo=UTC): float(row["IndicatorScore"])}


def test_a_year_that_the_world_bank_has_no_value_of_stays_missing(values):
    found = values("worldbank", "military-spending:NER")
    _, lowest, highest, decimals = worldbank.INDICATORS["MS.MIL.XPND.GD.ZS"]
    name = "MS.MIL.XPND.GD.ZS"
    assert found == {
        date(year, 1, 1): draw(lowest, highest, name, "NER", year) / 10**decimals
        for year in range(min(found).year, 2025)
    }


def test_refugees_are_summed_over_all_hosts(values):
    found = values("unhcr", "refugees-from:MLI")
    hosts = [code for code in unhcr.COUNTRIES if code != "MLI"]
    assert found == {
        on: sum(draw(0, 150_000, "refugees", on.year, "MLI", host) for host in hosts) for on in found
    }
    assert max(found).year == 2025


def test_an_hour_of_ioda_is_the_median_of_what_was_measured(values, desk):
    values("ioda", "internet-ping-slash24:MLI")
    found = desk.values("internet-ping-slash24:MLI")
    step, usual = ioda.SIGNALS["ping-slash24"]
    not_yet = NOW.timestamp() - ioda.NOT_YET_SECONDS
    hours = defaultdict(list)
    for at in range(int(min(found).timestamp()), int(NOW.timestamp()), step):
        if (value := ioda._value("ML", "ping-slash24", at, usual, not_yet)) is not None:
            hours[datetime.fromtimestamp(at // 3600 * 3600, UTC)].append(value)
    assert found == {hour: statistics.median(each) for hour, each in hours.items() if hour in found}
    assert len(found) >= 30


def test_a_day_without_a_report_is_none_and_no_gap(values):
    found = values("reliefweb", "reliefweb-reports:MLI")
    counts = Counter()
    for on in found:
        for number in range(draw(0, 3, "reports", on)):
            counts[on] += reliefweb._FORMATS[draw(0, 3, "format", on, number)] == "Situation Report"
    assert found == {on: counts[on] for on in days(TODAY - timedelta(days=13), TODAY) if on in found}
    assert 0 in found.values()


def test_views_of_an_article_are_those_of_its_days(values):
    found = values("wikimedia", "page-views:goita")
    assert found == {
        on: draw(50, 900, "Assimi_Goïta", on)
        for on in days(TODAY - timedelta(days=13), TODAY - timedelta(days=1))
        if draw(0, 29, "no views", "Assimi_Goïta", on)
    }
    assert "Assimi_Goïta" in wikimedia.ARTICLES["fr.wikipedia"]


def test_euro_rates_are_those_of_working_days(values):
    found = values("ecb", "per-euro:USD")
    assert {on.weekday() for on in found} == set(range(5))
    assert found == {on: draw(10_400, 11_900, "usd", on) / 10_000 for on in found}
    assert ecb.COLUMNS[7] == "OBS_VALUE"


def test_tankers_are_summed_over_ports_and_pages(values, desk):
    found = values("portwatch", "tanker-imports:SEN")
    assert desk.server.scene.asked["portwatch"] >= 3, "it paged"
    ((number, _),) = portwatch.PORTS["SEN"]
    expected = {
        on: draw(0, 6, "calls", number, on) * draw(4_000, 30_000, "import", number, on) for on in found
    }
    assert found == expected
    assert (min(found), max(found)) == (date(2019, 1, 1), TODAY - timedelta(days=7))


@pytest.mark.parametrize("preset", [slug for slug in USES if slug not in {"ioda", "gdacs", "inform"}])
def test_what_came_later_is_taken_in_at_the_next_run(desk, preset):
    desk.install(f"preset_{preset}")
    desk.server.scene.earlier.add(preset)
    first = desk.observe(desk.slugs[0])
    desk.server.scene.earlier.clear()
    second = desk.observe(desk.slugs[0])
    assert (first.outcome, second.outcome) == ("ok", "ok"), second.sentence
    assert second.new + second.revised > 0


def test_an_article_that_is_not_there_is_no_zero(desk):
    url = desk.server.base("wikimedia") + (
        "/api/rest_v1/metrics/pageviews/per-article/fr.wikipedia/all-access/user/Nobody/daily"
        "/{first:%Y%m%d}/{last:%Y%m%d}"
    )
    desk.install("preset_wikimedia", settings={"url": url})
    outcome = desk.observe(desk.slugs[0])
    assert outcome.outcome == "empty", outcome.sentence
    assert desk.values("page-views:goita") == {}


def test_an_appname_that_is_not_approved_is_said_as_such(desk):
    desk.install("preset_reliefweb", settings={"params": {"appname": "somebody-else"}})
    outcome = desk.observe(desk.slugs[0])
    assert outcome.is_error
    assert "approved appname" in outcome.message
    assert desk.values("reliefweb-reports:MLI") == {}
