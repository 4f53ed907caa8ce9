"""Routes: matched as Alertmanager's, with what they leave out taken from their parents."""

import pytest

from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.route import (
    Route,
    channels_of,
    default_route,
    group_key,
    inherited,
    intervals_of,
    labels_of_key,
    matched,
    route_of,
    routing_labels,
    says_how_to_group,
)
from monitor.domain.alerting.routing import Routing
from monitor.domain.errors import InvalidInput
from monitor.domain.scale import Concern
from tests.factories import a_channel


def a_route(slug, *matchers, routes=(), **values):
    return Route(slug=slug, matchers=tuple(map(Matcher.parse, matchers)), routes=tuple(routes), **values)


# The tree of Alertmanager's own documentation, with its receivers.
OWNERS = a_route(
    "default",
    channels=("team-X-mails",), group_by=("alertname", "cluster"), group_wait_seconds=30.0,
    routes=[
        a_route(
            "files", "service=~foo1|foo2|baz", channels=("team-X-mails",),
            routes=[a_route("files-pager", "severity=critical", channels=("team-X-pager",))],
        ),
        a_route(
            "team-files", "service=files", channels=("team-Y-mails",),
            routes=[a_route("team-files-pager", "severity=critical", channels=("team-Y-pager",))],
        ),
        a_route(
            "database", "service=database", channels=("team-DB-pager",),
            group_by=("alertname", "cluster", "database"),
            routes=[
                a_route("owner-X", "owner=team-X", channels=("team-X-pager",), continues=True),
                a_route("owner-Y", "owner=team-Y", channels=("team-Y-pager",)),
            ],
        ),
    ],
)  # fmt: skip


@pytest.mark.parametrize(
    "labels,slugs",
    [
        ({}, ["default"]),
        ({"service": "foo1"}, ["files"]),
        ({"service": "foo1", "severity": "critical"}, ["files-pager"]),
        ({"service": "foo12"}, ["default"]),
        ({"service": "files", "severity": "warning"}, ["team-files"]),
        ({"service": "database"}, ["database"]),
        ({"service": "database", "owner": "team-X"}, ["owner-X"]),
        ({"service": "database", "owner": "team-Y"}, ["owner-Y"]),
    ],
)
def test_the_deepest_route_that_matches_takes_an_alert(labels, slugs):
    assert [route.slug for route in matched(OWNERS, labels)] == slugs


def test_a_route_that_continues_lets_its_siblings_try_too():
    tree = a_route(
        "root",
        routes=[
            a_route("one", "a=1", continues=True),
            a_route("two", "b=1", continues=True),
            a_route("three", "a=1"),
            a_route("four", "a=1"),
        ],
    )
    assert [route.slug for route in matched(tree, {"a": "1", "b": "1"})] == ["one", "two", "three"]
    assert [route.slug for route in matched(tree, {"a": "1"})] == ["one", "three"]
    assert [route.slug for route in matched(tree, {"b": "1"})] == ["two"]


def test_the_child_of_one_that_continues_does_not_end_the_search_above_it():
    tree = a_route(
        "root",
        routes=[a_route("outer", "a=1", continues=True, routes=[a_route("inner", "b=1")]), a_route("last")],
    )
    assert [route.slug for route in matched(tree, {"a": "1", "b": "1"})] == ["inner", "last"]


def test_a_root_with_matchers_that_are_not_met_takes_nothing():
    assert matched(a_route("root", "a=1"), {}) == ()


def test_what_a_route_leaves_out_is_its_parents_but_not_matchers_and_windows():
    [taken] = matched(
        a_route(
            "root", channels=("mail",), group_by=("subject",), group_wait_seconds=5.0,
            group_interval_seconds=6.0, repeat_seconds=7.0, needs_approval=True, escalation="duty",
            mute_windows=("nights",),
            routes=[a_route("child", "a=1", group_wait_seconds=0.0, needs_approval=False)],
        ),
        {"a": "1"},
    )  # fmt: skip
    assert (taken.channels, taken.group_by, taken.escalation) == (("mail",), ("subject",), "duty")
    assert (taken.wait_seconds, taken.interval_seconds, taken.repeat_seconds) == (0.0, 6.0, 7.0)
    assert (taken.needs_approval, taken.mute_windows) == (False, ())


def test_an_empty_group_by_is_said_and_not_inherited():
    parent, child = a_route("root", group_by=("subject",)), a_route("child", group_by=())
    assert inherited(child, parent).group_by == ()


def test_the_standing_times_are_those_of_the_contract():
    route = a_route("root")
    assert (route.wait_seconds, route.interval_seconds) == (30.0, 300.0)
    hours = [(route.repeats_after(concern) or 0) / 3600 for concern in Concern if concern]
    assert hours == [24.0, 24.0, 4.0, 1.0]
    assert a_route("other", repeat_seconds=60.0).repeats_after(Concern.HIGH) == 60.0
    assert a_route("never", repeat_seconds=0.0).repeats_after(Concern.HIGH) is None


@pytest.mark.parametrize("name", ["group_wait_seconds", "group_interval_seconds", "repeat_seconds"])
@pytest.mark.parametrize("seconds", [-1.0, float("inf"), float("nan")])
def test_a_time_that_is_none_is_refused(name, seconds):
    with pytest.raises(InvalidInput, match="a number from 0"):
        a_route("root", **{name: seconds})


def test_without_a_tree_each_channel_has_its_lowest_concern():
    tree = default_route(
        [
            a_channel("all"),
            a_channel("high", lowest_concern=Concern.HIGH),
            a_channel("late", lowest_concern=4),
        ]
    )

    def told(concern):
        return channels_of(matched(tree, routing_labels({}, concern)))

    assert told(Concern.WATCH) == ("all",)
    assert told(Concern.HIGH) == ("all", "high")
    assert told(Concern.CRITICAL) == ("all", "high", "late")
    assert matched(default_route([]), routing_labels({}, Concern.HIGH))[0].channels == ()


def test_a_channel_may_be_called_like_the_first_route():
    tree = default_route([a_channel("default")])
    assert Routing(route=tree).route.slug == "default-root"


def test_the_concern_is_a_label_and_severity_too_unless_the_rule_has_one():
    assert routing_labels({"team": "x"}, Concern.HIGH) == {
        "severity": "high", "team": "x", "concern": "high",
    }  # fmt: skip
    assert routing_labels({"severity": "page", "concern": "no"}, Concern.HIGH) == {
        "severity": "page", "concern": "high",
    }  # fmt: skip


def test_a_group_is_told_from_another_by_the_labels_its_route_names():
    labels = {"subject": "goita", "alertname": "fuel"}
    kind = a_route("r")
    assert group_key(kind, labels, fingerprint="f1") == "r"
    assert not says_how_to_group(group_key(kind, labels, fingerprint="f1"))
    of_subject = group_key(a_route("r", group_by=("subject", "team")), labels, fingerprint="f1")
    assert of_subject == 'r{subject="goita", team=""}'
    assert says_how_to_group(of_subject)
    assert group_key(a_route("r", group_by=()), labels, fingerprint="f1") == "r{}"
    assert group_key(a_route("r", group_by=("...",)), labels, fingerprint="f1") == "r{f1}"


def test_a_long_key_is_shortened_and_still_tells_groups_apart():
    route = a_route("r", group_by=("subject",))
    one, two = (group_key(route, {"subject": "x" * 999 + end}, fingerprint="f") for end in "ab")
    assert len(one) < 400
    assert one != two
    assert labels_of_key(one) == {}


def test_the_labels_of_a_key_are_read_back():
    labels = {"subject": "goita", "team": ""}
    key = group_key(a_route("r", group_by=("subject", "team")), labels, fingerprint="f1")
    assert labels_of_key(key) == labels
    assert labels_of_key("r") == {}


def test_the_interval_of_a_route_is_its_own_or_its_parents():
    tree = a_route(
        "root", group_interval_seconds=60.0, routes=[a_route("a"), a_route("b", group_interval_seconds=5)]
    )
    assert intervals_of(tree) == {"root": 60.0, "a": 60.0, "b": 5}


def test_a_rehearsal_is_a_group_of_its_own():
    assert group_key(a_route("r"), {}, fingerprint="f1", is_exercise=True) == "r@exercise"


def test_the_route_of_a_channel_is_the_first_that_leads_there():
    routes = (a_route("one", channels=("a",)), a_route("two", channels=("a", "b")))
    assert [route_of(routes, name) and route_of(routes, name).slug for name in "abc"] == ["one", "two", None]
    assert channels_of(routes) == ("a", "b")


def too_deep(depth):
    return a_route(f"r{depth}", routes=[too_deep(depth - 1)] if depth else [])


@pytest.mark.parametrize(
    "route,says",
    [
        (a_route("root", "a=1"), "no matchers"),
        (a_route("root", continues=True), "no matchers"),
        (a_route("root", routes=[a_route("a", "x=1"), a_route("a", "x=2")]), "the route a is there twice"),
        (too_deep(21), "at most 20 deep"),
    ],
)
def test_a_tree_that_is_not_sound_is_refused(route, says):
    with pytest.raises(InvalidInput, match=says):
        Routing(route=route)


def test_there_is_one_routing():
    with pytest.raises(InvalidInput, match="called default"):
        Routing(route=a_route("root"), slug="other")
    assert Routing(route=too_deep(20)).slug == "default"
