"""Escalation: the next in line is told while nobody acts; quiet stops the clock; three rounds, no more."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.escalation import Escalation
from monitor.domain.alerting.escalation_text import parse_steps
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.alerting.route import Route
from monitor.domain.alerting.routing import Routing
from monitor.domain.alerting.silence import Silence, parse_matchers
from monitor.domain.alerting.window import MuteWindow
from monitor.domain.alerting.window_text import parse_windows
from monitor.services.acknowledge import acknowledge, close
from monitor.services.add_silence import add_silence
from monitor.services.arrange import arrange, take_back
from monitor.services.assess import assess, claim_assessment
from monitor.services.end_silence import end_silence
from monitor.services.escalate import escalate, is_escalation_due
from monitor.services.overview.desk import desk
from monitor.services.raise_alerts import raise_next
from monitor.services.save_draft import save_draft
from monitor.storage import alerts, channels, escalations, observations, subjects
from monitor.storage.engine import open_database
from monitor.storage.rows.deliveries import NotificationRow
from tests.factories import FUEL, NOW, a_channel, a_reading, a_rule, install_desk

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ALERT = fingerprint("fuel-high", FUEL)
RULE = a_rule(keep_firing_seconds=0.0)


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session, rules=(RULE,))
        for slug in ("mail", "desk", "director"):
            channels.add(session, a_channel(slug), box=None, now=NOW)
        ladder(session)
        define(session)
        yield session
    database.dispose()


def ladder(session, steps="15m desk; 30m director, mail", **values):
    arrange(
        session, Escalation(slug="ladder", steps=parse_steps(steps), **values), by="ana", reason="", now=NOW
    )  # fmt: skip


def define(session, **values):
    tree = Route(slug="default", channels=("mail",), **{"escalation": "ladder", **values})
    save_draft(session, [Routing(route=tree)], author="ana", reason="why", now=NOW)


def learn(session, value, *, now=NOW):
    observations.add(session, [a_reading(value, ends=now)], source="feed", author="", note="", now=now)
    subjects.mark_due(session, ["goita"], now=now)
    claim = claim_assessment(session, now=now)
    assess(session, claim.slug, slot=claim.slot, now=now, claimed_at=now)
    raise_next(session, now=now)


def fire(session):
    learn(session, 360.0)
    assert escalate(session, now=NOW) == 0


def look(session, minutes):
    """Look as the worker does: first whether there is anything to look at."""
    now = NOW + minutes * MINUTE
    return escalate(session, now=now) if is_escalation_due(session, now=now) else 0


def told(session, *, after=0):
    rows = session.scalars(select(NotificationRow).order_by(NotificationRow.id))
    return [(each.channel, each.event_seq) for each in rows][after:]


def events(session):
    return [(each.type, each.reason) for each in alerts.events(session, episode(session))]


def episode(session):
    return alerts.get(session, ALERT).episode_id


def progress(session):
    (found,) = escalations.of_episode(session, episode(session))
    return found.progress


def silence(session, starts, ends, **values):
    return add_silence(
        session,
        Silence(
            matchers=parse_matchers(["subject=goita"]), author="ana", comment="known",
            starts_at=NOW + starts * MINUTE, ends_at=NOW + ends * MINUTE, **values,
        ),
        now=NOW,
    )  # fmt: skip


def test_the_next_in_line_is_told_what_stands_and_the_timeline_says_so(session):
    fire(session)
    assert look(session, 14) == 0
    assert told(session) == [("mail", 1)]
    assert look(session, 15) == 1
    assert told(session) == [("mail", 1), ("desk", 1)]
    assert events(session)[-1] == (EventType.REPEATED, "escalated")
    body = alerts.events(session, episode(session))[-1].body
    assert body["detail"] == "nobody has acknowledged; step 1 of ladder"
    assert look(session, 16) == 0


def test_who_knows_of_it_is_told_again_and_a_newcomer_what_stands(session):
    fire(session)
    look(session, 15)
    assert look(session, 45) == 1
    assert told(session, after=2) == [("director", 1), ("mail", 3)]


def test_after_three_rounds_nobody_is_told_and_a_banner_stands_until_someone_acts(session):
    fire(session)
    told_in_all = sum(look(session, minutes) for minutes in range(0, 1000, 15))
    assert told_in_all == 6
    assert desk(session, now=NOW).unanswered == ((episode(session), RULE.slug),)
    assert alerts.events(session, episode(session))[-1].body["detail"].endswith("step 2 of ladder, round 3")


def test_an_ack_stops_it_and_when_that_ends_it_goes_on(session):
    fire(session)
    acknowledge(session, ALERT, by="ben", now=NOW + 10 * MINUTE, until=NOW + 70 * MINUTE)
    assert look(session, 15) == 0
    assert progress(session).due_at == NOW + 75 * MINUTE
    assert look(session, 74) == 0
    subjects.mark_alerts_due(session, ["goita"], now=NOW + 70 * MINUTE)
    raise_next(session, now=NOW + 70 * MINUTE)
    assert look(session, 75) == 1


def test_a_silence_stops_the_clock_and_does_not_set_it_back(session):
    fire(session)
    silence(session, 5, 25)
    assert look(session, 15) == 0
    assert progress(session).due_at == NOW + 35 * MINUTE
    assert look(session, 34) == 0
    assert look(session, 35) == 1


def test_a_silence_that_came_and_went_before_the_step_counts_too(session):
    fire(session)
    number = silence(session, 1, 60).id
    end_silence(session, number, actor="ana", now=NOW + 4 * MINUTE)
    assert look(session, 15) == 0
    assert progress(session).due_at == NOW + 18 * MINUTE
    assert look(session, 18) == 1


def test_a_silence_that_recurs_stops_it_in_its_windows(session):
    fire(session)
    windows = parse_windows(f"{NOW + 5 * MINUTE:%H:%M}-{NOW + 10 * MINUTE:%H:%M}", zone="UTC")
    silence(session, 0, 60 * 24 * 60, windows=windows)
    assert look(session, 15) == 0
    assert look(session, 20) == 1


def test_a_mute_window_of_the_route_stops_it(session):
    text = f"{NOW + 10 * MINUTE:%H:%M}-{NOW + 40 * MINUTE:%H:%M}"
    nights = MuteWindow(slug="nights", windows=parse_windows(text, zone="UTC"))
    arrange(session, nights, by="ana", reason="", now=NOW)
    define(session, mute_windows=("nights",))
    fire(session)
    assert look(session, 15) == 0
    assert progress(session).due_at == NOW + 45 * MINUTE
    assert look(session, 45) == 1


def test_when_it_resolves_nobody_more_is_told_and_who_was_told_of_it_hears_it(session):
    fire(session)
    look(session, 15)
    close(session, ALERT, by="ben", note="false", now=NOW + 20 * MINUTE)
    assert sum(look(session, minutes) for minutes in range(20, 400, 5)) == 0
    assert {channel for channel, number in told(session) if number == 3} == {"mail", "desk"}


def test_a_step_that_is_late_is_told_once(session):
    fire(session)
    assert look(session, 72 * 60) == 1
    assert look(session, 72 * 60 + 1) == 0
    assert progress(session).due_at == NOW + (72 * 60 + 30) * MINUTE


def test_a_route_without_an_escalation_has_none(session):
    define(session, escalation="")
    learn(session, 360.0)
    assert not is_escalation_due(session, now=NOW + HOUR)


def test_an_escalation_that_is_removed_stops(session):
    fire(session)
    take_back(session, Escalation, "ladder", by="ana", reason="", now=NOW)
    assert look(session, 60) == 0
    assert not is_escalation_due(session, now=NOW + HOUR)


def test_a_channel_that_is_switched_off_is_left_out(session):
    channels.disable(session, "desk")
    fire(session)
    assert look(session, 15) == 1
    assert told(session) == [("mail", 1)]


def test_two_workers_tell_a_step_once(session):
    fire(session)
    (underway,) = escalations.of_episode(session, episode(session))
    assert escalations.keep(session, underway, underway.progress)
    assert not escalations.keep(session, underway, underway.progress)
    assert look(session, 15) == 1
