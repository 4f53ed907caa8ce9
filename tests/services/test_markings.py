"""Marking is inherited: the strictest of all sources that feed a series, a subject, an alert."""

from datetime import timedelta

import numpy as np
import pytest

from monitor.domain.alerting.channel_setting import KINDS
from monitor.domain.alerting.delivery import NotificationState
from monitor.domain.derivations.formula import Formula
from monitor.domain.derivations.incident_count import IncidentCount
from monitor.domain.derivations.member import member_key
from monitor.domain.marking import Marking
from monitor.services.deliver import deliver
from monitor.services.markings import markings
from monitor.storage import definitions, notifications, observations
from tests.factories import (
    FUEL,
    NOW,
    a_placement,
    a_reading,
    a_source,
    a_subject,
    an_indicator,
    install_desk,
)
from tests.fakes import FakeChannel
from tests.services.alert_rows import BOX, add_channel, raise_event


@pytest.fixture
def database(database):
    with database.write() as session:
        install_desk(session)
        save(
            session,
            a_source("acled", name="ACLED", attribution="ACLED", marking="TLP:AMBER+STRICT",
                     may_redistribute=False),
            a_source("call", name="Calls", attribution="Desk", marking="TLP:GREEN"),
        )  # fmt: skip
    return database


def save(session, *values):
    definitions.save_all(session, values, author="t", reason="t", effective_at=NOW, now=NOW)


def read(database):
    with database.read() as session:
        found = markings(session)
        found.of_subject("goita")
        return found


def give(database, source, series=FUEL, days=0):
    reading = a_reading(110.0, series=series, ends=NOW - timedelta(days=days))
    with database.write() as session:
        observations.add(session, [reading], source=source, author="", note="", now=NOW)


def mark_feed(database, **values):
    with database.write() as session:
        save(session, a_source(**{"marking": "TLP:AMBER", **values}))


def test_a_series_has_the_marking_of_the_source_its_indicator_is_read_from(database):
    assert read(database).are_all_clear is False
    assert read(database).of_subject("goita").marking is Marking.CLEAR
    mark_feed(database)
    assert read(database).of_series(FUEL).marking is Marking.AMBER
    assert read(database).of_subject("goita").attributions == ("Feed",)


def test_whoever_once_gave_a_value_counts_and_the_strictest_wins(database):
    give(database, "call")
    assert read(database).of_series(FUEL).marking is Marking.GREEN
    give(database, "acled", days=7)
    give(database, "acled", days=14)
    found = read(database).of_subject("goita")
    assert found.words == "TLP:AMBER+STRICT, not to be passed on"
    assert found.attributions == ("ACLED", "Desk", "Feed")
    assert found.closed == ("ACLED",)


def test_what_is_reckoned_from_series_or_incidents_inherits_from_them(database):
    with database.write() as session:
        save(
            session,
            an_indicator("index", source="", derived=Formula(text="fuel-price * 2")),
            an_indicator("attacks", source="acled", derived=IncidentCount(source="acled")),
        )
    give(database, "call")
    assert read(database).of_series("index:bamako").marking is Marking.GREEN
    assert read(database).of_series("attacks:mali").marking is Marking.AMBER_STRICT


def test_a_subject_inherits_from_its_members(database):
    give(database, "acled")
    with database.write() as session:
        above = a_subject("sahel", name="Sahel")
        save(session, above, a_placement(member_key("goita"), subject="sahel"))
    found = read(database)
    assert found.of_subject("sahel").marking is Marking.AMBER_STRICT
    assert found.of_subjects(["sahel", "goita"]).closed == ("ACLED",)
    assert found.of_subject("nobody").marking is Marking.CLEAR


def test_an_exercise_is_handled_as_what_it_plays(database):
    give(database, "acled")
    assert read(database).of_series(f"{FUEL}@exercise-1").marking is Marking.AMBER_STRICT


def run(database, kind):
    return deliver(
        database, {"fake": kind}, secrets=BOX, now=NOW + timedelta(days=400), owner="worker", base_url="",
        generator=np.random.default_rng(1), stopwatch=lambda: 0.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    "ceiling,is_sent", [(None, True), (Marking.RED, True), (Marking.AMBER, True), (Marking.GREEN, False)]
)
def test_a_channel_is_told_nothing_above_its_ceiling_and_the_alert_says_so(database, ceiling, is_sent):
    mark_feed(database)
    with database.write() as session:
        add_channel(session, ceiling=ceiling, name="Partners")
        raise_event(session)
    kind = FakeChannel()
    run(database, kind)
    with database.read() as session:
        (told,) = notifications.of_episode(session, "e1")
    assert bool(kind.sent) is is_sent
    if is_sent:
        assert told.state is NotificationState.SENT
    else:
        assert told.state is NotificationState.CANCELLED
        assert told.reason == (
            "not sent to Partners: TLP:AMBER is above the channel's ceiling TLP:GREEN"
        )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_is_told_what_lies_above_its_channels_ceiling(database, kind):
    mark_feed(database)
    with database.write() as session:
        add_channel(session, kind=kind, ceiling=Marking.CLEAR, name="Partners")
        raise_event(session)
    sent = FakeChannel()
    deliver(
        database, {kind: sent}, secrets=BOX, now=NOW + timedelta(days=400), owner="worker", base_url="",
        generator=np.random.default_rng(1), stopwatch=lambda: 0.0,
    )  # fmt: skip
    with database.read() as session:
        (told,) = notifications.of_episode(session, "e1")
    assert (sent.sent, told.state) == ([], NotificationState.CANCELLED)
    assert "above the channel's ceiling TLP:CLEAR" in told.reason


class Listening(FakeChannel):
    """Keeps the data of what it renders."""

    def render(self, channel, message):
        self.data = message.events[-1]["data"]
        return super().render(channel, message)


def test_a_message_says_how_it_is_to_be_handled(database):
    give(database, "acled")
    with database.write() as session:
        add_channel(session)
        raise_event(session)
    kind = Listening()
    run(database, kind)
    assert kind.data["marking"] == "TLP:AMBER+STRICT"
    assert kind.data["mayRedistribute"] is False
    assert kind.data["attributions"] == ["ACLED", "Feed"]
