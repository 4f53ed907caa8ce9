"""Timelines: from observations and edits to every message, each in its window, and not one more."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.silence import Silence, parse_matchers
from monitor.domain.scale import Concern
from tests.factories import a_rule
from tests.timeline.harness import BEGIN, Timeline

FAST = a_rule(for_count=1, keep_firing_seconds=900.0)


@pytest.fixture
def line(database_url, tmp_path):
    opened = []

    def make(**values):
        opened.append(Timeline(database_url, tmp_path, **{"rules": (FAST,)} | values))
        return opened[0]

    yield make
    for each in opened:
        each.close()


def test_a_calm_day_tells_nothing(line):
    told = line()
    for hour in range(6):
        told.observe(f"{hour}h", 120)
    told.run(until="6h")


def test_high_waits_for_its_group_critical_does_not_and_calm_resolves_after_its_time(line):
    told = line()
    told.observe("0s", 120)
    told.observe("1h", 400)
    told.observe("2h", 520)
    told.observe("2h50m", 120)
    told.want("hook", "firing", after="1h30s", before="1h31s", concern="high")
    told.want("hook", "concern_raised", after="2h", before="2h1s", concern="critical")
    told.want("hook", "resolved", after="3h5m", before="3h6m")
    told.run(until="5h")


def test_what_is_declared_and_does_not_come_fails(line):
    told = line()
    told.observe("0s", 120)
    told.want("hook", "firing", after="0s", before="1h")
    with pytest.raises(AssertionError, match=r"did not come: .*firing"):
        told.run(until="1h")


def test_what_comes_and_is_not_declared_fails(line):
    told = line()
    told.observe("0s", 400)
    with pytest.raises(AssertionError, match=r"was not wanted: .*firing"):
        told.run(until="1h")


def test_while_a_receiver_is_down_nothing_is_lost_and_the_order_holds(line):
    told = line()
    told.kind.down.add("hook")
    told.observe("0s", 400)
    told.observe("30m", 520)
    told.at("40m", lambda *_: told.kind.down.clear())
    told.want("hook", "firing", after="40m", before="1h")
    told.want("hook", "concern_raised", after="40m", before="1h", concern="critical")
    told.run(until="80m")
    assert [each.types for each in told.told] == [("firing",), ("concern_raised",)]


def test_case_18_one_that_fires_and_resolves_while_the_receiver_is_down_is_told_as_one(line):
    told = line()
    told.kind.down.add("hook")
    told.observe("0s", 400)
    told.observe("1h", 120)
    told.at("2h", lambda *_: told.kind.down.clear())
    told.want("hook", "resolved", after="2h", before="6h")
    told.run(until="6h")


def test_a_silence_keeps_quiet_and_its_end_is_told_once(line):
    told = line()
    told.silence("0s", Silence(
        matchers=parse_matchers(["alertname=fuel-high"]), author="bob", comment="known", starts_at=BEGIN,
        ends_at=BEGIN + timedelta(minutes=50),
    ))  # fmt: skip
    told.observe("10m", 400)
    told.observe("20m", 520)
    told.want("hook", "firing", after="50m", before="51m", concern="critical")
    # An hour after the raise nothing is repeated: the one message came thirty minutes ago.
    told.run(until="90m")


def test_a_rule_edited_while_it_fires_resolves_at_once_and_says_so(line):
    told = line()
    told.observe("0s", 400)
    told.edit("1h", a_rule(for_count=1, keep_firing_seconds=900.0, enter={Concern.HIGH: 450.0}))
    told.want("hook", "firing", after="30s", before="31s")
    told.want("hook", "resolved", after="1h", before="1h31s")
    told.run(until="2h")


def test_what_stays_critical_is_repeated_each_hour_until_someone_has_it_in_hand(line):
    told = line()
    told.observe("0s", 520)
    told.ack("2h30m", "fuel-high")
    told.want("hook", "firing", after="0s", before="1s", concern="critical")
    told.want("hook", "repeated", after="1h", before="1h1m")
    told.want("hook", "repeated", after="2h", before="2h2m")
    told.want("hook", "acknowledged", after="2h30m", before="2h31m")
    told.run(until="5h")
