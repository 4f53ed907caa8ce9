"""alertmanager: its webhook's messages become counts of alerts, by fingerprint, with start and end."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask
from monitor.sources.push.alertmanager import AlertmanagerSource
from tests.factories import a_source
from tests.sources.broken import broken

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
OUTAGES = {"series": "outages:telecom", "where": {"team": "telecom", "severity": ["critical", "page"]}}
ALL = {"series": "alerts:all"}
# The shape of https://prometheus.io/docs/alerting/latest/configuration/#webhook_config, every field of it.
MESSAGE = {
    "version": "4",
    "groupKey": '{}:{alertname="LinkDown"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "heatwatch",
    "groupLabels": {"alertname": "LinkDown"},
    "commonLabels": {"alertname": "LinkDown", "team": "telecom", "severity": "critical"},
    "commonAnnotations": {"summary": "a link is down"},
    "externalURL": "http://alertmanager.example.org:9093",
    "alerts": [],
}


def alert(fingerprint="c0ffee0000000001", *, status="firing", starts="11:00", ends=None, **labels):
    labels = {"alertname": "LinkDown", "team": "telecom", "severity": "critical", **labels}
    return {
        "status": status,
        "labels": labels,
        "annotations": {"summary": "a link is down"},
        "startsAt": f"2026-11-23T{starts}:00.000Z",
        "endsAt": "0001-01-01T00:00:00Z" if ends is None else f"2026-11-23T{ends}:00Z",
        "generatorURL": "http://prometheus.example.org:9090/graph?g0.expr=up",
        "fingerprint": fingerprint,
    }


class Desk:
    """One source and what it remembers from message to message."""

    def __init__(self, *series, **settings):
        self.source = a_source(kind="alertmanager", settings={"series": series or (OUTAGES, ALL), **settings})
        self.bookmark = {}

    def hears(self, *alerts, at=NOW, **message):
        content = json.dumps(MESSAGE | {"alerts": alerts} | message).encode()
        return self.reads(content, at=at)

    def reads(self, content, *, at=NOW):
        ask = Ask(now=at, secret=str, bookmark=self.bookmark)
        harvest = AlertmanagerSource().read(self.source, ask, Answer(url="push", content=content))
        self.bookmark = json.loads(json.dumps(harvest.bookmark))
        return harvest

    def counts(self, *alerts, at=NOW, **message):
        found = self.hears(*alerts, at=at, **message).readings
        return {(each.series, each.period_start.hour): each.value for each in found}


def test_firing_alerts_are_counted_by_their_labels_in_the_hour_under_way():
    desk = Desk()
    found = desk.counts(alert("a"), alert("b", severity="page"), alert("c", team="power"))
    assert found == {("outages:telecom", 12): 2.0, ("alerts:all", 12): 3.0}


def test_the_same_message_again_says_the_same():
    desk = Desk()
    first = desk.hears(alert("a"), alert("b")).readings
    assert desk.hears(alert("a"), alert("b")).readings == first


def test_an_alert_told_of_by_two_groups_counts_once():
    desk = Desk(ALL)
    desk.hears(alert("a"))
    assert desk.counts(alert("a"), groupKey='{}/{}:{team="telecom"}') == {("alerts:all", 12): 1.0}


def test_a_resolved_alert_ends_and_others_go_on():
    desk = Desk(ALL)
    desk.hears(alert("a"), alert("b"))
    assert desk.counts(alert("a", status="resolved", ends="12:20")) == {("alerts:all", 12): 1.0}


def test_no_zero_is_claimed_until_groups_that_fired_before_had_their_repeat():
    desk = Desk(ALL)
    desk.hears(alert("a"))
    assert desk.counts(alert("a", status="resolved", ends="12:20")) == {}
    later = NOW + timedelta(hours=4)
    assert desk.counts(alert("a", status="resolved", ends="12:20"), at=later) == {("alerts:all", 16): 0.0}


def test_a_message_that_was_held_up_opens_nothing_again():
    desk = Desk(ALL)
    desk.hears(alert("a"), alert("b"))
    desk.hears(alert("a", status="resolved", ends="12:20"))
    assert desk.counts(alert("a")) == {("alerts:all", 12): 1.0}


def test_an_alert_that_fires_anew_is_one_alert_with_a_second_stretch():
    desk = Desk(ALL)
    desk.hears(alert("a", starts="10:00"), alert("b"))
    desk.hears(alert("a", starts="10:00", status="resolved", ends="11:00"))
    assert desk.counts(alert("a", starts="12:10")) == {("alerts:all", 12): 2.0}
    assert desk.counts(alert("a", starts="10:00")) == {("alerts:all", 12): 2.0}


def test_a_new_stretch_ends_the_one_whose_end_was_never_told():
    desk = Desk(ALL)
    desk.hears(alert("a", starts="10:00"))
    desk.hears(alert("a", starts="12:10"))
    assert desk.counts(alert("a", starts="12:10", status="resolved", ends="12:20"), alert("b")) == {
        ("alerts:all", 12): 1.0
    }


def test_an_alert_whose_start_is_moved_to_an_earlier_moment_stays_one_and_ends():
    desk = Desk(ALL)
    desk.hears(alert("a", starts="12:00"), alert("b"))
    assert desk.counts(alert("a", starts="11:30")) == {("alerts:all", 12): 2.0}
    assert desk.counts(alert("a", starts="11:30", status="resolved", ends="12:20")) == {
        ("alerts:all", 12): 1.0
    }


def test_what_is_not_repeated_for_twice_the_interval_has_ended_and_that_is_said():
    desk = Desk(ALL)
    desk.hears(alert("a"))
    found = desk.hears(alert("b"), at=NOW + timedelta(hours=9))
    assert [each.value for each in found.readings] == [1.0]
    assert found.note == "1 alerts were not repeated for 8 hours and count as ended"


def test_all_that_fired_within_a_period_counts_whether_it_still_does_or_not():
    desk = Desk({"series": "fired:all", "count": "fired"})
    desk.hears(alert("a", starts="12:05"))
    desk.hears(alert("a", starts="12:05", status="resolved", ends="12:20"))
    assert desk.counts(alert("b", starts="12:25")) == {("fired:all", 12): 2.0}
    two_hours_on = NOW + timedelta(hours=2)
    found = desk.counts(alert("b", starts="12:25"), at=two_hours_on)
    assert found == {("fired:all", 13): 1.0, ("fired:all", 14): 1.0}


def test_alerts_that_were_left_out_are_said_and_widen_the_value():
    found = Desk(ALL).hears(alert("a"), truncatedAlerts=7)
    (reading,) = found.readings
    assert (reading.low, reading.value, reading.high) == (1.0, 1.0, 8.0)
    assert "left 7 alerts out" in found.note


def test_an_alert_without_a_fingerprint_is_known_by_its_labels():
    desk = Desk(ALL)
    desk.hears(alert(""), alert("", instance="b"))
    assert desk.counts(alert("")) == {("alerts:all", 12): 2.0}


def test_a_day_is_the_period_where_that_is_asked_for():
    (reading,) = Desk(ALL, period="day").hears(alert("a")).readings
    assert (reading.period_start, reading.period_end) == (
        datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC),
    )  # fmt: skip


def test_a_clock_that_is_ahead_does_not_reach_into_the_future():
    assert Desk(ALL).counts(alert("a", starts="13:30")) == {("alerts:all", 12): 1.0}


def test_what_ended_days_ago_is_forgotten():
    desk = Desk(ALL)
    desk.hears(alert("a", status="resolved", ends="12:20"))
    desk.hears(alert("b"), at=NOW + timedelta(days=3))
    assert [row[0] for row in desk.bookmark["firings"]] == ["b"]


@pytest.mark.parametrize(
    "content,words",
    [
        (b"", "Invalid JSON"),
        (b"<html>", "Invalid JSON"),
        (b"[]", "the body"),
        (b'{"version": "4"}', "alerts: Field required"),
        (json.dumps(MESSAGE | {"version": "3"}).encode(), "expected '4'"),
        (json.dumps(MESSAGE | {"alerts": [{**alert(), "status": "maybe"}]}).encode(), "alerts.0.status"),
        (json.dumps(MESSAGE | {"alerts": [{**alert(), "startsAt": "now"}]}).encode(), "expected a moment"),
        (json.dumps(MESSAGE | {"alerts": [alert(team=7)]}).encode(), "alerts.0.labels.team"),
    ],
)
def test_what_is_no_message_is_said(content, words):
    with pytest.raises(SourceError) as caught:
        Desk().reads(content)
    assert words in str(caught.value)


def test_more_alerts_than_can_be_kept_are_an_error():
    with pytest.raises(SourceError):
        Desk(ALL).hears(*[alert(str(number)) for number in range(5_001)])


def test_it_is_never_asked():
    with pytest.raises(SourceError, match="never asked"):
        AlertmanagerSource().fetch(a_source(kind="alertmanager"), Ask(now=NOW, secret=str), None)


WHOLE = json.dumps(
    MESSAGE | {"alerts": [alert("a"), alert("b", status="resolved", ends="12:20")], "truncatedAlerts": 1}
).encode()


@given(st.lists(broken(WHOLE), min_size=1, max_size=3))
def test_whatever_is_pushed_is_read_or_said(bodies):
    desk = Desk({"series": "fired:all", "count": "fired"}, ALL)
    for content in bodies:
        try:
            found = desk.reads(content)
        except SourceError:
            continue
        assert all(each.value <= 6 for each in found.readings)
