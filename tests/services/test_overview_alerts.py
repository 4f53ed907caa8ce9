"""The inbox and one alert's page: what asks for someone, why it fired, and who was told."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import AlertState
from monitor.domain.alerting.delivery import Attempt
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.alerting.silence import Silence, parse_matchers
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.scale import Concern
from monitor.services.acknowledge import acknowledge, close
from monitor.services.add_silence import add_silence
from monitor.services.assess import assess
from monitor.services.form_deliveries import form_deliveries
from monitor.services.overview.alert_list import Handling, alert_list
from monitor.services.overview.alert_page import alert_page
from monitor.services.overview.desk import desk
from monitor.services.raise_alerts import raise_alerts
from monitor.storage import channels, claims, deliveries, observations
from monitor.storage.engine import open_database
from tests.factories import DEATHS, FUEL, NOW, a_channel, a_placement, a_reading, a_rule, install_desk
from tests.fakes import FakeChannel
from tests.services.test_overview_board import counted

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
FUEL_ALERT, DEATHS_ALERT = fingerprint("fuel-high", FUEL), fingerprint("deaths-high", DEATHS)


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        rules = (
            a_rule(name="Fuel price", keep_firing_seconds=0.0),
            a_rule("deaths-high", name="Deaths", series=DEATHS, keep_firing_seconds=DAY.total_seconds()),
        )
        install_desk(session, rules=rules, placements=(a_placement(), a_placement(DEATHS, driver="security")))
        yield session
    database.dispose()


def feel(session, *, fuel=100.0, deaths=100.0, now=NOW):
    readings = [a_reading(fuel, ends=now, days=1), a_reading(deaths, ends=now, days=1, series=DEATHS)]
    observations.add(session, readings, source="feed", author="", note="", now=now)
    assess(session, "goita", slot=None, now=now, claimed_at=now)
    raise_alerts(session, "goita", slot=None, now=now)


def listed(session, *, now=NOW, **filters):
    """The titles under each heading."""
    return {
        group.name: [line.title for line in group.lines]
        for group in alert_list(session, now=now, **filters).groups
    }


def silenced(session, *matchers):
    return add_silence(
        session,
        Silence(
            matchers=parse_matchers(matchers), author="ana", comment="port strike", starts_at=NOW,
            ends_at=NOW + 8 * HOUR,
        ),
        now=NOW,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------ the inbox


def test_an_empty_inbox_has_no_groups(session):
    feel(session)
    view = alert_list(session, now=NOW)
    assert (view.groups, view.open_count, view.needing, view.oldest) == ((), 0, 0, None)


def test_what_nobody_took_on_needs_someone_the_worst_first(session):
    feel(session, fuel=500, deaths=400)
    assert listed(session) == {"Needs someone": ["Fuel price is critical", "Deaths is high"]}


def test_a_line_says_what_was_seen_against_the_edge_and_from_where(session):
    feel(session, now=NOW - DAY)
    feel(session, fuel=500)
    (line,) = alert_list(session, now=NOW + 26 * HOUR).groups[0].lines
    assert line.what == "500 against 500, up from 100"
    assert (line.subject_name, line.state, line.age_seconds) == (
        "Assimi Goïta", AlertState.FIRING, 26 * 3600.0,
    )  # fmt: skip


def test_an_acknowledged_alert_is_in_hand_and_names_by_whom_and_until_when(session):
    feel(session, fuel=500)
    acknowledge(session, FUEL_ALERT, by="amina", now=NOW)
    (group,) = alert_list(session, now=NOW).groups
    assert group.name == Handling.IN_HAND.value
    assert (group.lines[0].acked_by, group.lines[0].acked_until) == ("amina", NOW + 8 * HOUR)


def test_what_is_silenced_is_quiet_for_a_reason(session):
    feel(session, fuel=500, deaths=400)
    silenced(session, "alertname=fuel-high")
    view = alert_list(session, now=NOW)
    assert [group.name for group in view.groups] == ["Needs someone", "Quiet for a reason"]
    assert view.groups[1].lines[0].silence.comment == "port strike"
    assert (view.silenced, view.needing) == (1, 1)
    # The head of every page means the same by it.
    assert view.desk.needs_someone == 1
    assert desk(session, now=NOW + 9 * HOUR).needs_someone == 2


def test_what_recovers_is_quiet_too(session):
    feel(session, deaths=400)
    feel(session, deaths=100, now=NOW + DAY)
    (group,) = alert_list(session, now=NOW + DAY).groups
    assert (group.name, group.lines[0].state) == ("Quiet for a reason", AlertState.RECOVERING)


def test_what_is_over_is_shown_only_where_all_is_asked_for(session):
    feel(session, fuel=500)
    close(session, FUEL_ALERT, by="amina", note="checked", now=NOW + HOUR)
    assert listed(session) == {}
    (group,) = alert_list(session, now=NOW, which="all").groups
    assert (group.name, group.lines[0].what) == ("Over", "was critical; a person closed it")


def test_it_can_be_grouped_by_concern_and_by_subject(session):
    feel(session, fuel=500, deaths=400)
    assert list(listed(session, by="concern")) == ["Critical", "High"]
    assert list(listed(session, by="subject")) == ["Assimi Goïta"]


def test_a_subject_filters(session):
    feel(session, fuel=500)
    assert listed(session, subject="goita") != {}
    assert listed(session, subject="nobody") == {}
    assert alert_list(session, now=NOW, subject="nobody").open_count == 1


@pytest.mark.parametrize("filters", [{"which": "most"}, {"by": "colour"}])
def test_a_filter_there_is_not_is_refused(session, filters):
    with pytest.raises(InvalidInput):
        alert_list(session, now=NOW, **filters)


def test_the_number_of_queries_does_not_grow_with_what_is_open(session):
    feel(session, fuel=500)
    with counted(session) as one:
        alert_list(session, now=NOW, which="all")
    feel(session, fuel=500, deaths=500, now=NOW + HOUR)
    with counted(session) as two:
        alert_list(session, now=NOW + HOUR, which="all")
    assert len(two) <= len(one) <= 10


# ------------------------------------------------------------------------------------------ one alert


def test_an_alert_is_found_by_episode_and_by_the_fingerprint_that_messages_link(session):
    feel(session, fuel=500)
    by_fingerprint = alert_page(session, FUEL_ALERT, now=NOW)
    assert alert_page(session, by_fingerprint.line.key, now=NOW) == by_fingerprint
    assert by_fingerprint.is_open


@pytest.mark.parametrize("key", ["nothing", "0" * 16, "019ad735-8018-70e1-8ff3-f88d70a94ab8"])
def test_what_is_not_there_is_not_found(session, key):
    with pytest.raises(NotFound):
        alert_page(session, key, now=NOW)


def test_an_alert_that_never_fired_has_no_page(session):
    feel(session)
    with pytest.raises(NotFound):
        alert_page(session, FUEL_ALERT, now=NOW)


def test_it_tells_why_with_the_terms_that_moved_heat(session):
    feel(session, now=NOW - DAY)
    feel(session, fuel=500)
    view = alert_page(session, FUEL_ALERT, now=NOW)
    assert view.fired_on == "500 against 500, up from 100"
    assert view.bottom_line.startswith("Assimi Goïta: ")
    assert [mover.name for mover in view.why] == ["fuel-price, Bamako"]
    assert view.ends_when == "the value stays below 340. Missing data never resolves it."


def test_without_a_channel_it_says_that_nobody_was_told(session):
    feel(session, fuel=500)
    assert alert_page(session, FUEL_ALERT, now=NOW).quiet_because == (
        "Nobody was told: no channel is set up and enabled."
    )


def test_a_channel_for_worse_concerns_only_explains_the_quiet(session):
    channels.add(session, a_channel(lowest_concern=Concern.CRITICAL), box=None, now=NOW)
    feel(session, deaths=400)
    assert "no channel takes high concern" in alert_page(session, DEATHS_ALERT, now=NOW).quiet_because


def test_the_timeline_holds_every_event_and_every_try_to_tell(session):
    channels.add(session, a_channel(lowest_concern=Concern.HIGH), box=None, now=NOW)
    feel(session, fuel=500)
    form_deliveries(session, {"fake": FakeChannel()}, now=NOW)
    (first,) = claims.claimable(session, channel="hook", now=NOW, limit=5)
    (held,) = claims.claim(session, [first.id], owner="w", now=NOW)
    failed = Attempt(
        number=1, started_at=NOW, ended_at=NOW + 2 * timedelta(seconds=1), outcome="failed", status_code=503
    )
    deliveries.finish_later(session, held, failed, due_at=NOW + MINUTE)
    (held,) = claims.claim(session, [first.id], owner="w", now=NOW + MINUTE)
    arrived = Attempt(
        number=2, started_at=NOW + MINUTE, ended_at=NOW + MINUTE, outcome="delivered", status_code=200
    )
    deliveries.finish_delivered(session, held, arrived)
    acknowledge(session, FUEL_ALERT, by="amina", note="on it", now=NOW + HOUR)
    fired, acked = alert_page(session, FUEL_ALERT, now=NOW + HOUR).timeline
    assert (fired.head, fired.text) == ("Fired at Critical.", "500 against 500")
    assert [(line.channel, line.what, line.took, line.words) for line in fired.lines] == [
        ("Hook", "desk", "503 after 2.0 s", "failed"),
        ("", "attempt 2, 58 s later, same message id", "0.0 s", "arrived"),
    ]
    assert (acked.head, acked.text) == ("amina acknowledged.", "“on it”")
    assert [(line.words, line.outcome) for line in acked.lines] == [("to be sent", "wait")]


def test_what_a_silence_holds_back_is_said_with_its_name(session):
    channels.add(session, a_channel(lowest_concern=Concern.HIGH), box=None, now=NOW)
    silence = silenced(session, "alertname=fuel-high")
    feel(session, fuel=500)
    form_deliveries(session, {"fake": FakeChannel()}, now=NOW)
    view = alert_page(session, FUEL_ALERT, now=NOW)
    assert view.silenced_by == (silence,)
    (line,) = view.timeline[0].lines
    assert (line.words, line.what) == ("held back", "not sent because silence 1 covers it")


def test_it_offers_to_silence_this_alert_or_all_of_the_subject(session):
    feel(session, fuel=500, deaths=400)
    own, whole = alert_page(session, FUEL_ALERT, now=NOW).offers
    assert own.matchers == ("alertname=fuel-high", "subject=goita", f"series={FUEL}")
    assert (own.mutes, whole.matchers, whole.mutes) == (1, ("subject=goita",), 2)


def test_an_episode_that_is_over_offers_nothing_and_tells_how_it_ended(session):
    feel(session, fuel=500)
    close(session, FUEL_ALERT, by="amina", note="checked", now=NOW + HOUR)
    view = alert_page(session, FUEL_ALERT, now=NOW + HOUR)
    assert (view.is_open, view.offers) == (False, ())
    assert view.timeline[-1].text == "amina closed it: “checked”"
    assert view.fired_on == "500 against 500"


def test_a_page_is_read_in_a_fixed_number_of_queries(session):
    channels.add(session, a_channel(lowest_concern=Concern.HIGH), box=None, now=NOW)
    feel(session, fuel=400)
    with counted(session) as few:
        alert_page(session, FUEL_ALERT, now=NOW)
    for number in range(1, 4):
        acknowledge(session, FUEL_ALERT, by="amina", now=NOW + number * MINUTE)
    with counted(session) as many:
        alert_page(session, FUEL_ALERT, now=NOW + HOUR)
    assert len(many) == len(few) <= 18
