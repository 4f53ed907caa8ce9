"""Cases 2 to 6 of alerting.md 1.7: rules are edited, retired and moved while they fire."""

import pytest

from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.route import Route
from monitor.domain.alerting.routing import Routing
from monitor.domain.alerting.rule import Rule
from monitor.domain.errors import Conflict
from monitor.domain.scale import Concern
from monitor.services.save_draft import save_draft
from monitor.services.save_routing import save_routing
from monitor.storage import definitions, notifications, subjects
from tests.factories import a_rule
from tests.timeline.harness import BEGIN

FAST = {"for_count": 1, "keep_firing_seconds": 900.0}


def retire(session, now):
    definitions.archive(session, Rule, "fuel-high", author="ann", reason="done", now=now)
    subjects.mark_due(session, ["goita"], now=now)


def route(told, tree):
    with told.database.write() as session:
        save_routing(session, Routing(route=tree), author="ann", reason="a tree", seen=0, now=BEGIN)


def notified(told):
    [episode] = {each.episode_id for each in told.events()}
    with told.database.read() as session:
        return [(each.event_seq, each.state.value) for each in notifications.of_episode(session, episode)]


def test_case_2_a_threshold_lowered_keeps_the_episode_and_only_a_raise_is_told(line):
    told = line()
    told.observe("0s", 400)
    told.edit("5m", a_rule(**FAST, enter={Concern.HIGH: 300.0, Concern.CRITICAL: 600.0}))
    told.edit("10m", a_rule(**FAST, enter={Concern.HIGH: 300.0, Concern.CRITICAL: 390.0}))
    told.want("hook", "firing", after="30s", before="31s", concern="high")
    told.want("hook", "concern_raised", after="10m", before="10m31s", concern="critical")
    told.run(until="15m")
    assert len({each.episode_id for each in told.events()}) == 1


def test_case_3_a_longer_for_leaves_what_fires_firing(line):
    told = line()
    told.observe("0s", 400)
    told.edit("5m", a_rule(for_count=5, for_seconds=86_400.0, keep_firing_seconds=0.0))
    told.observe("10m", 410)
    told.want("hook", "firing", after="30s", before="31s")
    told.run(until="20m")


def test_case_4_of_two_who_edit_at_once_the_second_is_told_what_the_first_changed(line):
    told = line(rules=())
    with told.database.write() as session:
        first = Routing(route=Route(slug="default", channels=("hook",)))
        save_routing(session, first, author="ann", reason="a tree", seen=0, now=BEGIN)
    slower = Routing(route=Route(slug="default", channels=("hook",), group_wait_seconds=60.0))
    with told.database.write() as session:
        quicker = Routing(route=Route(slug="default", channels=("hook",), repeat_seconds=7200.0))
        save_routing(session, quicker, author="bob", reason="fewer repeats", seen=1, now=BEGIN)
    with told.database.write() as session, pytest.raises(Conflict, match="by bob: fewer repeats") as refused:
        save_routing(session, slower, author="ann", reason="wait longer", seen=1, now=BEGIN)
    assert [each for each in refused.value.changes if each[0] in "+-"] == ["+repeat_seconds = 7200.0"]


def test_case_4_a_draft_made_upon_what_is_no_longer_in_force_is_refused_with_what_differs(line):
    told = line()
    with told.database.write() as session:
        save_draft(
            session, [a_rule(**FAST, for_seconds=3600.0)], author="bob", reason="noise", now=BEGIN,
            seen={"rule fuel-high": 1},
        )  # fmt: skip
    with told.database.write() as session, pytest.raises(Conflict, match=r"rule fuel-high.*bob") as refused:
        save_draft(
            session, [a_rule(**FAST, runbook="call")], author="ann", reason="runbook", now=BEGIN,
            seen={"rule fuel-high": 1},
        )  # fmt: skip
    assert refused.value.changes == ("for_seconds: 0.0 -> 3600.0",)


def test_case_5_what_a_retired_rule_had_queued_gives_way_to_its_one_resolved(line):
    told = line()
    tree = Route(slug="default", channels=("hook",), repeat_seconds=300.0)
    route(told, tree)
    told.observe("0s", 520)
    told.at("1m", lambda *_: told.kind.down.add("hook"))
    told.at("6m", lambda *_: None)
    told.at("7m", retire)
    told.at("8m", lambda *_: told.kind.down.clear())
    told.want("hook", "firing", after="0s", before="1s", concern="critical")
    told.want("hook", "resolved", after="8m", before="20m")
    told.run(until="20m")
    assert notified(told) == [(1, "sent"), (2, "cancelled"), (3, "sent")]


def test_case_6_a_rule_moved_to_another_route_is_told_there_with_its_own_start(line):
    rule = a_rule(**FAST, labels={"team": "sahel"})
    told = line(rules=(rule,), channel_values={"hook": {}, "coast": {}})
    coast = Route(slug="coast", matchers=(Matcher(name="team", value="coast"),), channels=("coast",))
    route(told, Route(slug="default", channels=("hook",), routes=(coast,)))
    moved = a_rule(**FAST, labels={"team": "coast"})
    told.observe("0s", 400)
    told.at("10m", lambda session, now: save_draft(session, [moved], author="ann", reason="moved", now=now))
    told.observe("15m", 120)
    told.want("hook", "firing", after="30s", before="31s")
    told.want("coast", "firing", after="10m", before="11m")
    told.want("hook", "resolved", after="30m", before="31m")
    told.want("coast", "resolved", after="30m", before="31m")
    told.run(until="40m")
    assert {each.starts_at for each in told.told} == {BEGIN}
