"""The routing table: read into a tree, written back the same, its faults named by key."""

import pytest

from monitor.domain.alerting.route import Route, matched
from monitor.packs.build import Builder
from monitor.packs.check_shape import check_shape
from monitor.packs.routing_shapes import RoutingTable
from monitor.packs.routing_tables import routing_of, table_of_routing
from monitor.packs.routing_text import read_routing, routing_text
from monitor.packs.toml_files import read_file

TREE = """
[[routing]]

[routing.route]
slug = "default"
channels = ["mail"]
repeat_seconds = 0

[[routing.route.routes]]
slug = "sahel"
matchers = ["team=sahel", 'region=~"kayes|gao"']
group_by = []
continues = true

[[routing.route.routes.routes]]
slug = "night"
mute_windows = ["nights"]
needs_approval = true
escalation = "duty"

[[routing.inhibition]]
slug = "source-down"
source_matchers = ["kind=source"]
target_matchers = ["kind=blind"]
equal = ["source"]
"""


def read(tmp_path, text):
    path = tmp_path / "routing.toml"
    path.write_text(text)
    raws, problems = read_file(path)
    assert problems == []
    table, faults = check_shape(raws[0], RoutingTable)
    return raws[0], table, faults


def test_a_tree_is_read_and_written_back_the_same(tmp_path):
    _, table, faults = read(tmp_path, TREE)
    assert faults == []
    routing = routing_of(table)
    sahel = routing.route.routes[0]
    assert (sahel.group_by, sahel.continues, sahel.routes[0].escalation) == ((), True, "duty")
    assert [str(each) for each in sahel.matchers] == ["team=sahel", "region=~kayes|gao"]
    assert isinstance(matched(routing.route, {"team": "sahel", "region": "gao"})[0], Route)
    written = table_of_routing(routing)
    assert routing_of(RoutingTable.model_validate(written)) == routing
    assert "group_wait_seconds" not in written["route"]
    assert written["route"]["routes"][0]["group_by"] == []


@pytest.mark.parametrize(
    "old,new,key",
    [
        ('slug = "night"', 'slug = "sahel"', "route"),
        ('"team=sahel"', '"team"', "matchers"),
        ('slug = "default"\nchannels', 'slug = "default"\nmatchers = ["a=b"]\nchannels', "route"),
    ],
)  # fmt: skip
def test_what_the_domain_refuses_is_a_problem_that_names_its_key(tmp_path, old, new, key):
    raw, table, faults = read(tmp_path, TREE.replace(old, new))
    assert faults == []
    builder = Builder(raw=raw)
    assert builder.definitions(table) == []
    assert [each.key for each in builder.problems] == [key]


def test_a_key_that_is_none_is_a_problem_that_names_the_nearest(tmp_path):
    _, table, faults = read(tmp_path, TREE.replace("group_by", "grup_by"))
    assert table is None
    assert [(each.key, each.expected) for each in faults] == [("route.routes.sahel.grup_by", "`group_by`")]


def test_the_text_people_edit_reads_back_and_keeps_lists_on_a_line(tmp_path):
    _, table, _ = read(tmp_path, TREE)
    routing = routing_of(table)
    text = routing_text(routing)
    assert read_routing(text) == (routing, [])
    assert 'matchers = ["team=sahel", "region=~kayes|gao"]' in text
    assert "group_by = []" in text
