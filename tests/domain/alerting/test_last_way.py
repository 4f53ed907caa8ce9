"""The last way: which channel may not be switched off, without a tree of routes and with one."""

import pytest

from monitor.domain.alerting.last_way import is_last_way
from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.route import Route

TREE = Route(
    slug="root", channels=("desk", "mail"),
    routes=(
        Route(slug="pager", channels=("pager",), matchers=(Matcher(name="concern", value="critical"),)),
        Route(slug="weather", channels=("rain",), matchers=(Matcher(name="concern", value="watch"),)),
        Route(slug="mali", matchers=(Matcher(name="subject", value="goita"),)),
    ),
)  # fmt: skip


def test_without_routes_the_only_enabled_channel_is_the_last_way():
    assert is_last_way("desk", None, enabled={"desk"})
    assert not is_last_way("desk", None, enabled={"desk", "mail"})


@pytest.mark.parametrize(
    "slug, enabled, expected",
    [
        ("pager", {"pager", "desk", "mail"}, True),
        ("desk", {"pager", "desk", "mail"}, False),
        ("desk", {"pager", "desk"}, True),
        ("rain", {"pager", "desk", "mail", "rain"}, False),
        ("nowhere", {"pager"}, False),
    ],
)
def test_with_routes_each_that_lets_critical_alerts_in_needs_a_channel(slug, enabled, expected):
    assert is_last_way(slug, TREE, enabled=enabled) is expected
