"""An Alertmanager configuration taken over: the same alerts reach the same receivers; the rest is told."""

import itertools
import shutil
import subprocess

import pytest

from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.route import NOBODY, channels_of, inherited, matched
from monitor.domain.alerting.window import Window
from monitor.domain.errors import InvalidInput
from monitor.packs.alertmanager import read_alertmanager
from monitor.packs.alertmanager_parts import matchers_of, seconds_of, window_of

CONFIG = """
global:
  resolve_timeout: 5m
  smtp_smarthost: mail:25
  smtp_from: am@example.org
  slack_api_url: https://hooks.example/slack
templates: ['/etc/alertmanager/*.tmpl']
route:
  receiver: team-X-mails
  group_by: ['alertname', 'cluster']
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 3h
  routes:
    - matchers: [ 'service=~"foo1|foo2|baz"' ]
      receiver: team-X-mails
      routes:
        - matchers: [ 'severity="critical"' ]
          receiver: team-X-pager
    - match: { service: files }
      receiver: team-Y
      continue: true
      group_by: ['...']
    - match_re: { service: 'file.*' }
      mute_time_intervals: [Out of hours]
      active_time_intervals: [weekend]
      repeat_interval: 1h30m
    - matchers: [ '{alertname="Watchdog"}' ]
      receiver: "null"
    - matchers: [ 'a=~"(?i)x"' ]
      receiver: team-Y
      routes: [{ receiver: team-X-pager }]
inhibit_rules:
  - source_matchers: [ 'severity="critical"' ]
    target_matchers: [ 'severity=~"warning|info"' ]
    equal: ['alertname', 'namespace']
  - name: Old Style
    source_match: { severity: critical }
    target_match_re: { severity: warn.* }
time_intervals:
  - name: Out of hours
    time_intervals:
      - times: [{ start_time: '00:00', end_time: '08:00' }]
        weekdays: ['monday:friday']
        location: Africa/Bamako
      - weekdays: [saturday, sunday]
  - name: weekend
    time_intervals: [{ weekdays: [saturday] }]
receivers:
  - name: team-X-mails
    email_configs: [{ to: 'Ann <ann@example.org>, ben@example.org', send_resolved: false }]
  - name: team-X-pager
    pagerduty_configs: [{ routing_key: k123456, severity: critical }]
    opsgenie_configs: [{ api_key: x }]
  - name: team-Y
    slack_configs: [{ channel: '#alerts' }]
    webhook_configs: [{ url: 'http://hook:5001/', http_config: { authorization: { credentials: tok } } }]
  - name: "null"
"""


@pytest.fixture(scope="module")
def read():
    return read_alertmanager(CONFIG)


def told(read, **labels):
    return channels_of(matched(read.routing.route, labels))


def left(read):
    return {line.at: line.words for line in read.lines if not line.is_taken}


def test_alerts_reach_the_same_receivers(read):
    assert told(read) == ("team-x-mails",)
    assert told(read, service="foo2") == ("team-x-mails",)
    assert told(read, service="foo2", severity="critical") == ("team-x-pager",)
    assert told(read, service="files") == ("team-y", "team-y-2", "team-x-mails")
    assert told(read, alertname="Watchdog") == ()


def test_times_and_groups_are_taken_over(read):
    root = read.routing.route
    assert (root.group_by, root.wait_seconds, root.interval_seconds, root.repeat_seconds) == (
        ("alertname", "cluster"), 30.0, 300.0, 10_800.0,
    )  # fmt: skip
    files, others = root.routes[1:3]
    assert (files.group_by, files.continues) == (("...",), True)
    assert (others.repeat_seconds, inherited(others, root).channels) == (5_400.0, ("team-x-mails",))


def test_receivers_become_channels_with_their_secrets(read):
    mail, pager, slack, hook = read.channels
    assert (mail.kind, mail.settings) == ("email", {"recipients": ["ann@example.org", "ben@example.org"]})
    assert (pager.kind, pager.secrets) == ("pagerduty", {"routing_key": "k123456"})
    assert (slack.slug, slack.kind, slack.secrets) == (
        "team-y",
        "slack",
        {"url": "https://hooks.example/slack"},
    )
    assert (hook.slug, hook.kind, hook.secrets) == ("team-y-2", "alertmanager", {"token": "tok"})
    assert hook.settings == {"url": "http://hook:5001/", "allow_http": True}


def test_a_receiver_without_configs_tells_nobody_and_not_whom_its_parent_tells(read):
    assert read.routing.route.routes[3].channels == (NOBODY,)


def test_mute_times_become_windows_if_a_route_is_muted_by_them(read):
    [window] = read.windows
    assert window.slug == read.routing.route.routes[2].mute_windows[0] == "out-of-hours"
    assert window.windows == (
        Window(zone="Africa/Bamako", times=((0, 480),), weekdays=(0, 1, 2, 3, 4)),
        Window(weekdays=(5, 6)),
    )


def test_inhibitions_are_taken_over(read):
    one, two = read.routing.inhibitions
    assert (one.slug, one.equal) == ("inhibition-1", ("alertname", "namespace"))
    assert two.slug == "old-style"
    assert two.target_matchers == (Matcher(name="severity", value="warn.*", is_regex=True),)
    assert one.mutes({"severity": "critical"}, {"severity": "warning"})


def test_what_is_not_taken_over_is_reported_with_its_place(read):
    found = left(read)
    assert set(found) == {
        "global.resolve_timeout", "global.smtp_smarthost", "global.smtp_from", "templates",
        "receivers.team-X-mails.email_configs.1.send_resolved",
        "receivers.team-X-pager.pagerduty_configs.1.severity",
        "receivers.team-X-pager.opsgenie_configs.1",
        "receivers.team-Y.slack_configs.1.channel",
        "route.routes.3.active_time_intervals", "route.routes.5",
    }  # fmt: skip
    assert "left out with all below it" in found["route.routes.5"]
    assert "too intricate" in found["route.routes.5"]
    assert len(read.routing.route.routes) == 4


def test_a_severity_that_is_no_concern_is_warned_of():
    read = read_alertmanager(
        "route: {receiver: a, routes: [{match: {severity: page}}]}\nreceivers: [{name: a}]"
    )
    assert "watch, elevated, high or critical" in left(read)["route.routes.1.matchers"]


def test_names_that_come_to_the_same_are_told_apart():
    receivers = "[{name: A b, webhook_configs: [{url: 'https://x/'}]}, {name: a-B, webhook_configs: [{url: 'https://y/'}]}]"
    read = read_alertmanager(
        f"route: {{receiver: A b, routes: [{{receiver: a-B}}, {{receiver: a-B}}]}}\nreceivers: {receivers}"
    )
    assert [each.slug for each in read.channels] == ["a-b", "a-b-2"]
    assert [each.slug for each in read.routing.route.routes] == ["a-b", "a-b-2"]
    assert read.routing.route.routes[0].channels == ("a-b-2",)


def test_a_window_that_cannot_be_had_never_mutes():
    text = """
route: {receiver: a, routes: [{receiver: a, mute_time_intervals: [odd]}]}
receivers: [{name: a}]
mute_time_intervals: [{name: odd, time_intervals: [{weekdays: ['funday']}]}]
"""
    read = read_alertmanager(text)
    assert read.windows == ()
    assert read.routing.route.routes[0].mute_windows == ()
    assert set(left(read)) == {"mute_time_intervals.odd", "route.routes.1.mute_time_intervals"}


@pytest.mark.parametrize(
    "text,says",
    [
        ("receivers: []", "no route"),
        ("- a", "no Alertmanager configuration"),
        ("route: [", "not YAML"),
        ("route: {receiver: a}\nroute: {receiver: b}", "line 2: route is there twice"),
        ("a: &x 1\nroute: *x", "aliases"),
        ("route: {group_wait: soon}", "'soon' is no span"),
        ("x" * 1_000_001, "longer than a megabyte"),
    ],
)
def test_what_cannot_be_read_is_refused(text, says):
    with pytest.raises(InvalidInput, match=says):
        read_alertmanager(text)


@pytest.mark.parametrize(
    "text,seconds", [("30s", 30), ("1h30m", 5400), ("0", 0), ("500ms", 0.5), ("1d", 86_400), ("1w", 604_800)]
)
def test_spans_are_read(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "written,shown",
    [
        (['foo = "bar"'], ["foo=bar"]),
        (['{foo="bar", dings!="bums, or not"}'], ["foo=bar", "dings!=bums, or not"]),
        (["foo=~bar|baz"], ["foo=~bar|baz"]),
        (['"spaced label"!~"x"'], None),
        (['foo="say \\\\"hi\\\\""'], ['foo=say "hi"']),
        (["foo"], None),
    ],
)
def test_matchers_are_read_as_alertmanager_reads_them(written, shown):
    given = {"matchers": [each.replace("\\\\", "\\") for each in written]}
    if shown is None and "spaced" in written[0]:
        assert matchers_of(given)[0].name == "spaced label"
    elif shown is None:
        with pytest.raises(InvalidInput, match="is no matcher"):
            matchers_of(given)
    else:
        assert [str(each) for each in matchers_of(given)] == shown


@pytest.mark.parametrize(
    "interval,window",
    [
        ({"weekdays": ["sunday:tuesday"]}, Window(weekdays=(0, 1, 6))),
        ({"months": ["1:3", "may"]}, Window(months=(1, 2, 3, 5))),
        ({"months": ["january:march"]}, Window(months=(1, 2, 3))),
        ({"days_of_month": ["1:5", "-3:-1"]}, Window(days_of_month=((1, 5), (-3, -1)))),
        ({"years": ["2026:2027", 2030]}, Window(years=((2026, 2027), (2030, 2030)))),
        ({"times": [{"start_time": "09:00", "end_time": "24:00"}]}, Window(times=((540, 1440),))),
    ],
)
def test_time_intervals_are_read(interval, window):
    assert window_of(interval) == window


@pytest.mark.parametrize(
    "interval",
    [
        {"weekdays": ["tuesday:monday"]}, {"weekdays": ["x"]}, {"months": ["x"]}, {"days_of_month": ["x"]},
        {"times": [{"start_time": "9"}]}, {"location": "Nowhere/Land"}, {"hours": []},
    ],
)  # fmt: skip
def test_a_time_interval_that_is_none_is_refused(interval):
    with pytest.raises(InvalidInput):
        window_of(interval)


# Without the route that is left out here, and the name that amtool may be too old to know.
TAKEN = CONFIG[: CONFIG.index("    - matchers: [ 'a=~")] + CONFIG[CONFIG.index("inhibit_rules:") :]
TAKEN = TAKEN.replace("name: Old Style\n    source_match", "source_match")
NAMES = {
    "team-x-mails": "team-X-mails", "team-x-pager": "team-X-pager", "team-y": "team-Y", "team-y-2": "team-Y",
}  # fmt: skip
VALUES = {
    "service": ("", "foo1", "foo12", "files", "filesystem"),
    "severity": ("", "critical", "warning"),
    "alertname": ("", "Watchdog"),
}
LABELS = [dict(zip(VALUES, each, strict=True)) for each in itertools.product(*VALUES.values())]


@pytest.mark.skipif(shutil.which("amtool") is None, reason="NOT TESTED: amtool is missing")
def test_amtool_sends_the_same_alerts_to_the_same_receivers(tmp_path):
    path = tmp_path / "alertmanager.yml"
    path.write_text(TAKEN)
    read = read_alertmanager(TAKEN)
    for given in LABELS:
        labels = {name: value for name, value in given.items() if value}
        command = ["amtool", "config", "routes", "test", f"--config.file={path}"]
        command += [f"{name}={value}" for name, value in labels.items()]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        theirs = {name for name in answer.stdout.strip().split(",") if name != "null"}
        assert {NAMES[slug] for slug in told(read, **labels)} == theirs, labels
