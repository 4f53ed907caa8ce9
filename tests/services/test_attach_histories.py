"""Histories for charts: only where a channel draws them, as of the moment of the alert."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import EventType
from monitor.domain.clock import epoch
from monitor.domain.scale import Concern
from monitor.services.attach_histories import attach_histories
from monitor.storage.observations import add
from tests.factories import a_reading, install_desk
from tests.told import NOW, a_message, native

WEEK = timedelta(days=7)


@pytest.fixture
def database(database):
    with database.write() as session:
        install_desk(session)
        readings = [a_reading(100.0 * (5 - number), ends=NOW - number * WEEK) for number in range(-1, 4)]
        add(session, readings, source="feed", author="", note="", now=NOW)
    return database


def attached(database, message, charted=("d",)):
    with database.read() as session:
        return attach_histories(session, {"d": message}, set(charted))["d"].history


def test_a_message_about_one_series_gets_its_values_up_to_the_alerts_moment(database):
    history = attached(database, a_message())
    assert history.values.tolist() == [200.0, 300.0, 400.0, 500.0]
    assert history.ends[-1] == epoch(NOW)
    assert history.edges["critical"] == 500


def test_nothing_is_read_for_channels_that_draw_nothing(database):
    assert attached(database, a_message(), charted=()) is None


def test_a_group_shows_the_worst_that_stands(database):
    other = native(fingerprint="12ab34cd56ef78ab", concern=Concern.HIGH)
    gone = {**other["data"]["series"], "slug": "gone:mali"}
    elsewhere = {**other, "data": {**other["data"], "series": gone}}
    assert attached(database, a_message(elsewhere, native())).values.tolist() == [200.0, 300.0, 400.0, 500.0]
    over = native(EventType.RESOLVED, number=2)
    assert attached(database, a_message(elsewhere, native(), over)) is None


def test_an_alert_without_a_series_has_none(database):
    event = native()
    heat = {**event, "data": {**event["data"], "series": None}}
    assert attached(database, a_message(heat)) is None


def test_a_series_that_is_gone_has_none(database):
    event = native()
    gone = {**event, "data": {**event["data"], "series": {"slug": "gone:mali", "unit": "", "name": ""}}}
    assert attached(database, a_message(gone)) is None
