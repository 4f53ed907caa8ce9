"""`heatwatch route`: the tree shown, tried and saved from the console."""

import pytest

from monitor.domain.errors import Conflict, InvalidInput

TREE = """
[[routing]]
[routing.route]
slug = "default"
[[routing.route.routes]]
slug = "sahel"
matchers = ["team=sahel"]
channels = ["mail"]
group_wait_seconds = 60
[[routing.inhibition]]
slug = "worse"
source_matchers = ["concern=critical"]
target_matchers = ["concern=~watch|elevated"]
equal = ["subject"]
"""
CHANNEL = ("channel", "add", "mail", "--kind", "webhook", "--url", "https://hooks.example/x")


@pytest.fixture
def tree(tmp_path):
    path = tmp_path / "routes.toml"
    path.write_text(TREE)
    return path


@pytest.fixture
def channel(run):
    run(*CHANNEL)


def test_without_a_tree_that_of_the_channels_is_shown(run, run_json, channel):
    assert "2 routes, made from the channels; nobody wrote one." in run("route", "show").output
    found = run_json("route", "show")
    assert (found["version"], found["routing"]["route"]["routes"][0]["slug"]) == (0, "mail")


def test_a_tree_is_saved_shown_and_printed_as_it_was_written(run, run_json, channel, tree, tmp_path):
    assert "saved as version 1" in run("route", "save", str(tree), "--reason", "duty").output
    shown = run("route", "show").output
    assert "team=sahel" in shown
    assert "waits 1 min for others" in shown
    assert "While concern=critical fires, concern=~watch|elevated of the same subject is not sent." in shown
    again = tmp_path / "again.toml"
    again.write_text(run("route", "show", "--toml").output)
    assert run_json("route", "test", "team=sahel", "--file", str(again))["is_anybody"] is True


def test_who_would_get_an_alert_is_said_before_anything_is_saved(run, run_json, channel, tree):
    said = run("route", "test", "team=sahel", "--file", str(tree)).output
    assert "default > sahel" in said
    assert "mail (" in said
    assert "sent after 1 min, again every 4 h until someone acts" in said
    found = run_json("route", "test", "team=sahel", "--concern", "critical", "--file", str(tree))
    assert [way["path"] for way in found["ways"]] == [["default", "sahel"]]
    assert (found["ways"][0]["group_wait_seconds"], found["ways"][0]["repeat_seconds"]) == (0.0, 3600.0)


def test_an_alert_nobody_would_get_is_an_exit_code(run, channel, tree):
    result = run("route", "test", "team=coast", "--file", str(tree), expect=1)
    assert "Nobody would be told." in result.output


def test_mistakes_are_named(run, channel, tree, tmp_path):
    with pytest.raises(InvalidInput, match="there is no channel gone"):
        run("route", "save", str(_with(tmp_path, "mail", "gone")), "--reason", "x")
    with pytest.raises(InvalidInput, match="no such key"):
        run("route", "test", "a=b", "--file", str(_with(tmp_path, "channels", "chanels")))
    with pytest.raises(Conflict, match="changed meanwhile"):
        run("route", "save", str(tree), "--reason", "x", "--seen", "7")


def _with(folder, old, new):
    path = folder / "other.toml"
    path.write_text(TREE.replace(old, new))
    return path


CONFIG = """
route:
  receiver: desk
  routes:
    - matchers: [team="sahel"]
      receiver: sahel
      mute_time_intervals: [nights]
inhibit_rules:
  - source_matchers: [concern="critical"]
    target_matchers: [concern="watch"]
time_intervals:
  - name: nights
    time_intervals: [{times: [{start_time: '00:00', end_time: '06:00'}]}]
receivers:
  - name: desk
    webhook_configs: [{url: 'https://desk.example/am', max_alerts: 5}]
  - name: sahel
    pagerduty_configs: [{routing_key: abcdef123456}]
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "alertmanager.yml"
    path.write_text(CONFIG)
    return path


def test_a_dry_run_of_an_import_reports_and_changes_nothing(run, run_json, config):
    said = run("route", "import", str(config), "--dry-run").output
    assert "LEFT OUT  receivers.desk.webhook_configs.1.max_alerts" in said
    assert "1 left out; nothing is changed." in said
    assert run_json("route", "show")["version"] == 0
    assert run_json("channel", "list") == []


def test_an_alertmanager_configuration_is_taken_over_whole(run, run_json, config):
    report = run_json("route", "import", str(config))
    assert report["is_saved"] is True
    assert {each["at"] for each in report["report"] if each["is_taken"]} == {
        "route", "route.routes.1", "inhibit_rules.1", "time_intervals.nights",
        "receivers.desk.webhook_configs.1", "receivers.sahel.pagerduty_configs.1",
    }  # fmt: skip
    assert {each["slug"] for each in run_json("channel", "list")} == {"desk", "sahel"}
    found = run_json("route", "test", "team=sahel")
    assert [each["slug"] for way in found["ways"] for each in way["channels"]] == ["sahel"]
    assert found["ways"][0]["mute_windows"] == ["nights"]
    shown = run("route", "show").output
    assert "inhibition-1: While concern=critical fires, concern=watch is not sent." in shown


def test_an_import_keeps_a_channel_of_the_same_name_as_it_is_here(run, run_json, config):
    run("channel", "add", "desk", "--kind", "webhook", "--url", "https://hooks.example/x")
    report = run_json("route", "import", str(config))["report"]
    assert "channel desk" in {each["at"] for each in report}
    assert next(each for each in run_json("channel", "list") if each["slug"] == "desk")["kind"] == "webhook"


def test_no_channel_may_be_called_nobody(run):
    with pytest.raises(InvalidInput, match="choose another"):
        run("channel", "add", "nobody", "--kind", "webhook", "--url", "https://hooks.example/x")
