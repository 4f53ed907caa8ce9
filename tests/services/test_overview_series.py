"""A series' page: what it shows of values, users, source, suggestions."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from monitor.domain.clock import moment
from monitor.domain.indicator import Indicator, Transform
from monitor.domain.normalisations.relative import RelativeNormalisation, Yardstick
from monitor.domain.scale import Concern
from monitor.domain.source import Source
from monitor.services.one_series import one_series
from monitor.services.overview.series import series_page
from monitor.services.suggest_events import Verdict, confirm_event
from monitor.storage import definitions, observations, runs
from monitor.storage.engine import open_database
from tests.domain.months import month_start
from tests.factories import DEATHS, FUEL
from tests.services.watched_months import AT, DEADLY, a_month, watch


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        yield opened
    database.dispose()


def page(session, key=DEATHS, **given):
    return series_page(session, key, now=AT, **given)


def redefine(session, slug="conflict-deaths", **values):
    known = definitions.get(session, Indicator, slug)
    definitions.save(session, replace(known, **values), author="test", reason="try", effective_at=AT, now=AT)


def test_it_shows_the_value_its_pressure_and_who_uses_it(session):
    watch(session)
    view = page(session)
    assert view.name == "Conflict deaths, Mali"
    assert view.now.value == str(int(DEADLY[-1]))
    assert view.now.concern is Concern.ELEVATED
    assert view.now.strip.joints[0] == "20"
    assert [(use.name, use.driver, use.weight) for use in view.uses] == [("Assimi Goïta", "Security", 0.5)]
    assert (view.is_archive, view.as_of, view.period_count) == (True, AT, 60)


def test_values_are_newest_first_with_grade_and_citation(session):
    watch(session)
    view = page(session)
    assert (view.rows[0].when, view.rows[0].grade, view.rows[0].revisions) == ("Dec 2019", "B2", 0)
    assert [cited.citation.slug for cited in view.cited] == ["brief"]
    assert len(view.rows) == 36
    assert not view.rows[0].is_provisional


def test_a_revision_is_counted_and_a_later_one_is_not_known_yet(session):
    watch(session)
    again = [
        a_month(DEATHS, 59, 90, known_at=AT - timedelta(days=1)),
        a_month(DEATHS, 58, 95, known_at=AT + timedelta(days=1)),
    ]  # fmt: skip
    observations.add(session, again, source="feed", author="", note="", now=AT)
    view = page(session)
    assert (view.rows[0].value, view.rows[0].revisions) == ("90", 1)
    assert (view.rows[1].value, view.rows[1].revisions) == (str(int(DEADLY[58])), 0)
    assert view.revised == 1


def test_what_has_not_settled_is_provisional(session):
    watch(session)
    redefine(session, settles_after_days=20.0)
    view = page(session)
    assert [row.is_provisional for row in view.rows[:2]] == [True, False]
    assert view.chart.settled == 59


def test_a_transformed_value_stands_beside_the_one_observed(session):
    watch(session)
    redefine(session, transforms=(Transform(name="log1p"),), decimals=2)
    row = page(session).rows[0]
    assert float(row.value) == pytest.approx(np.log1p(DEADLY[-1]), abs=0.01)
    assert float(row.raw) == DEADLY[-1]


def test_the_chart_ends_with_its_forecast_and_shows_the_step(session):
    watch(session)
    chart = page(session, chart_range="all").chart
    assert (chart.start, chart.end) == (month_start(0), month_start(66))
    assert (len(chart.fan), [flag.label for flag in chart.steps]) == (6, ["30 to 79"])
    assert [edge.name for edge in chart.edges] == ["calm", "watch", "elevated", "high", "critical"]


@pytest.mark.parametrize("chosen,days", [("1y", 366), ("nonsense", 1827)])
def test_the_range_is_chosen_by_the_address(session, chosen, days):
    watch(session)
    view = page(session, chart_range=chosen)
    start = max(month_start(0), int(AT.timestamp()) - days * 86_400)
    assert view.chart.start == start


@pytest.mark.parametrize(
    "text,rate", [("0.5", 0.5), ("1,5", 1.5), ("often", 2.0), ("", 2.0), ("-3", 2.0), ("nan", 2.0)]
)
def test_the_rate_is_chosen_by_the_address(session, text, rate):
    watch(session)
    assert page(session, per_year=text).thresholds.per_year == rate


def test_a_confirmed_step_flies_its_flag_on_the_series(session):
    watch(session)
    verdict = Verdict(period_start=moment(month_start(36)), author="ana", reason="seen", title="Offensive")
    confirm_event(session, one_series(session, DEATHS, now=AT), verdict, now=AT)
    chart = page(session).chart
    assert (chart.steps, [flag.label for flag in chart.flags]) == ((), ["Offensive"])


def test_the_last_runs_of_its_source_are_shown(session):
    watch(session)
    runs.start(session, "feed", started_at=AT)
    view = page(session)
    assert (view.source.slug, len(view.runs)) == ("feed", 1)
    definitions.archive(session, Source, "feed", author="test", reason="gone", now=AT)
    assert (page(session).source, page(session).runs) == (None, ())


def test_a_yardstick_without_a_fit_shows_no_pressure(session):
    watch(session)
    redefine(session, normalisation=RelativeNormalisation(by=Yardstick.MINMAX, window_days=100))
    view = page(session)
    assert (view.now.pressure, view.now.concern, view.chart.edges) == (None, None, ())


def test_a_series_without_values_has_a_page_too(session):
    watch(session, deaths=())
    view = page(session)
    assert (view.rows, view.now.value, view.now.pressure) == ((), "–", None)
    assert "0 settled values" in view.forecast.reason


def test_a_short_series_draws_no_fan_and_no_step(session):
    watch(session)
    view = page(session, FUEL)
    assert (view.chart.fan, view.chart.steps) == ((), ())
    assert "10 settled values" in view.forecast.reason
    assert "too few" in view.events.reason
