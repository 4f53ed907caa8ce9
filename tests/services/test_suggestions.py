"""Suggestions and forecasts of a stored series: evidence told, nothing saved by itself, decided once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from monitor.domain.clock import moment
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.domain.event import Event
from monitor.domain.normalisations.normalisation import TargetBandNormalisation
from monitor.domain.normalisations.relative import RelativeNormalisation, Yardstick
from monitor.services.assess import assess
from monitor.services.forecast_series import series_forecast
from monitor.services.one_series import one_series
from monitor.services.suggest_events import (
    Verdict,
    confirm_event,
    dismiss_event,
    event_suggestions,
)  # fmt: skip
from monitor.services.suggest_events import as_data as events_data
from monitor.services.suggest_thresholds import as_data, threshold_suggestions
from monitor.storage import audit, definitions, heat_points, observations
from monitor.storage.engine import open_database
from monitor.storage.rows.observations import ObservationRow
from tests.domain.months import month_start
from tests.factories import DEATHS, FUEL
from tests.services.watched_months import AT, DEADLY, a_month, tell, watch

STEP = moment(month_start(36))
SAID = Verdict(period_start=STEP, author="ana", reason="the front moved", title="War reaches the centre")


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        yield opened
    database.dispose()


def one(session, key=DEATHS):
    return one_series(session, key, now=AT)


def redefine(session, **values):
    from dataclasses import replace

    from monitor.domain.indicator import Indicator

    known = definitions.get(session, Indicator, "conflict-deaths")
    definitions.save(session, replace(known, **values), author="test", reason="try", effective_at=AT, now=AT)


def test_a_series_is_read_at_its_subjects_time(session):
    watch(session)
    found = one_series(session, DEATHS, now=AT + timedelta(days=400))
    assert (found.as_of, found.is_archive) == (AT, True)
    assert len(found.past) == 60


def test_a_series_without_a_subject_is_read_now(session):
    watch(session)
    observations.add(
        session, [a_month("conflict-deaths:niger", 0, 5)], source="feed", author="", note="", now=AT
    )
    later = AT + timedelta(days=9)
    assert one_series(session, "conflict-deaths:niger", now=later).as_of == later


@pytest.mark.parametrize(
    "key,error,said",
    [
        ("nonsense", InvalidInput, "indicator:unit"),
        ("conflict-deaths:chad", NotFound, "there is conflict-deaths:mali"),
        ("conflict-death:mali", NotFound, "there is conflict-deaths:mali"),
        ("x:y", NotFound, "no series x:y$"),
        ("subject:niger", NotFound, "ask for niger"),
    ],
)
def test_a_series_there_is_not_is_refused_with_those_that_may_be_meant(session, key, error, said):
    watch(session)
    with pytest.raises(error, match=said):
        one(session, key)


def test_thresholds_are_suggested_beside_those_in_force_and_nothing_is_saved(session):
    watch(session)
    before = definitions.current_seq(session)
    found = threshold_suggestions(one(session), per_year=1.0)
    assert [each.name for each in found.in_force] == ["calm", "watch", "elevated", "high", "critical"]
    assert found.by_quantiles.thresholds.calm == pytest.approx(sorted(DEADLY)[29], abs=3)
    edge = found.by_rate.edges[0]
    assert edge.firings == pytest.approx(edge.years, abs=1)
    assert definitions.current_seq(session) == before
    data = as_data(found)
    assert len(data["by_quantiles"]["edges"]) == 5
    assert data["by_quantiles"]["edges"][4]["reached"] == 1


def test_firings_are_counted_on_what_was_known_then(session):
    """A month published as quiet and revised a year later to the worst never fired then."""
    watch(session, deaths=[30.0] * 60)
    late = a_month(DEATHS, 20, 400, known_at=moment(month_start(40)))
    observations.add(session, [late], source="feed", author="", note="", now=AT)
    critical = threshold_suggestions(one(session)).in_force[-1]
    assert (critical.reached, critical.firings) == (1, 0)


@pytest.mark.parametrize(
    "given,said",
    [
        ({"words": {"open": 0, "shut": 1}}, "state in words"),
        (
            {"normalisation": TargetBandNormalisation(outer_low=0, low=20, high=40, outer_high=90)},
            "both ways are worse",
        ),
    ],
)
def test_where_no_threshold_can_be_suggested_it_says_why(session, given, said):
    watch(session)
    redefine(session, **given)
    found = threshold_suggestions(one(session))
    assert said in found.reason
    assert as_data(found)["by_rate"] is None


def test_a_yardstick_without_a_fit_is_suggested_for_by_its_direction(session):
    watch(session)
    redefine(
        session,
        normalisation=RelativeNormalisation(by=Yardstick.MINMAX, window_days=100, is_higher_worse=False),
    )
    found = threshold_suggestions(one(session))
    assert found.in_force == ()
    assert not found.by_quantiles.thresholds.is_higher_worse


def test_a_step_is_proposed_with_the_events_near_it(session):
    watch(session)
    near = Event(
        slug="raid", subjects=("goita",), title="Raid", starts_on=(STEP + timedelta(days=20)).date(),
        when="then", kind="raid", citation="brief",
    )  # fmt: skip
    definitions.save(session, near, author="test", reason="told", effective_at=AT, now=AT)
    (found,) = event_suggestions(session, one(session)).proposed
    assert (found.period_start, found.is_rise, found.near) == (STEP, True, ("Raid",))
    assert (found.count_before, found.count_after) == (36, 24)
    assert events_data(event_suggestions(session, one(session)))["proposed"][0]["number"] == 1


def test_a_confirmed_step_is_an_event_with_author_and_reason_and_is_not_proposed_again(session):
    watch(session)
    event = confirm_event(session, one(session), SAID, now=AT)
    (version,) = definitions.history(session, Event, event.slug)
    assert (version.author, version.reason, version.origin) == ("ana", "the front moved", "desk")
    assert (event.title, event.subjects, event.citation) == ("War reaches the centre", ("goita",), "brief")
    assert event.starts_on == STEP.date()
    assert "the cause is not in it" in event.description
    found = event_suggestions(session, one(session))
    assert (found.proposed, [each.event for each in found.decided]) == ((), [event.slug])
    (entry,) = audit.find_all(session, target=DEATHS)
    assert (entry.action, entry.actor) == ("event.confirm", "ana")
    with pytest.raises(NotFound, match="no change point"):
        confirm_event(session, one(session), SAID, now=AT)


def test_a_dismissed_step_is_not_proposed_again_even_where_later_data_moves_it(session):
    watch(session)
    dismiss_event(session, one(session), Verdict(period_start=STEP, author="ben", reason="a recount"), now=AT)
    assert event_suggestions(session, one(session)).proposed == ()
    raised = [a_month(DEATHS, number, 85, known_at=AT - timedelta(days=1)) for number in (34, 35)]
    observations.add(session, raised, source="feed", author="", note="", now=AT)
    assert event_suggestions(session, one(session)).proposed == ()
    assert events_data(event_suggestions(session, one(session)))["decided"][0]["event"] is None


@pytest.mark.parametrize(
    "verdict,field",
    [({"title": " "}, "title"), ({"title": "x" * 121}, "title"), ({"citation": "rumour"}, "citation")],
)
def test_what_an_event_needs_is_named(session, verdict, field):
    from dataclasses import replace

    watch(session)
    with pytest.raises(InvalidInput) as caught:
        confirm_event(session, one(session), replace(SAID, **verdict), now=AT)
    assert caught.value.field == field


def test_a_dismissal_needs_a_reason(session):
    watch(session)
    with pytest.raises(InvalidInput, match="say why"):
        dismiss_event(session, one(session), Verdict(period_start=STEP, author="ben", reason=" "), now=AT)


def test_an_event_belongs_to_a_subject(session):
    watch(session)
    tell(session, "conflict-deaths:niger", DEADLY)
    alone = one_series(session, "conflict-deaths:niger", now=AT)
    with pytest.raises(InvalidInput, match="no subject uses"):
        confirm_event(session, alone, SAID, now=AT)


def test_an_event_of_the_same_name_is_a_conflict(session):
    watch(session)
    event = Event(
        slug="change-conflict-deaths-mali-2018-01-01", subjects=("goita",), title="Old",
        starts_on=STEP.date(),
        when="then", kind="old", citation="brief",
    )  # fmt: skip
    definitions.save(session, event, author="test", reason="told", effective_at=AT, now=AT)
    with pytest.raises(Conflict, match="already"):
        confirm_event(session, one(session), SAID, now=AT)


def test_too_few_values_and_states_have_no_step_to_propose(session):
    watch(session, deaths=DEADLY[:11])
    assert "too few" in event_suggestions(session, one(session)).reason
    redefine(session, words={"open": 0, "shut": 1})
    assert "state in words" in event_suggestions(session, one(session)).reason


def test_a_forecast_tells_its_worth_and_the_thresholds_ahead(session):
    watch(session)
    found = series_forecast(one(session))
    assert found.forecast.wide_coverage.of > 100
    names = [(edge.name, edge.is_worse) for edge in found.edges]
    assert names[-1] == ("elevated", False)
    assert ("critical", True) in names


def test_a_forecast_stores_nothing_and_scores_nothing(session):
    watch(session)
    count = session.execute(select(func.count()).select_from(ObservationRow)).scalar_one()
    before = heat_points.last(session, ["goita"])["goita"]
    series_forecast(one(session))
    assert session.execute(select(func.count()).select_from(ObservationRow)).scalar_one() == count
    again = assess(session, "goita", slot=None, now=AT, claimed_at=AT)
    assert again.heat == before.heat


def test_a_short_series_says_so_and_draws_nothing(session):
    watch(session)
    found = series_forecast(one(session, FUEL))
    assert (found.forecast, found.edges) == (None, ())
    assert "10 settled values" in found.reason


def test_a_series_that_no_threshold_scores_has_none_ahead(session):
    watch(session)
    redefine(session, normalisation=TargetBandNormalisation(outer_low=0, low=20, high=40, outer_high=90))
    assert series_forecast(one(session)).edges == ()
