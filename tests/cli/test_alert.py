"""`heatwatch alert`: listed, told, acknowledged, silenced and closed from the console."""

import pytest

from monitor.bootstrap import build
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.errors import InvalidInput
from monitor.services.assess import assess
from monitor.services.raise_alerts import raise_alerts
from monitor.storage import observations
from tests.factories import FUEL, a_placement, a_reading, a_rule, install_desk

ALERT = fingerprint("fuel-high", FUEL)


@pytest.fixture
def fired(settings):
    application = build(settings)
    with application.writing() as (session, now):
        rule = a_rule(name="Fuel price")
        install_desk(session, now=now, rules=(rule,), placements=(a_placement(),))
        reading = a_reading(500.0, ends=now, days=1)
        observations.add(session, [reading], source="feed", author="", note="", now=now)
        assess(session, "goita", slot=None, now=now, claimed_at=now)
        raise_alerts(session, "goita", slot=None, now=now)
    application.close()


@pytest.mark.usefixtures("fired")
def test_what_is_open_is_listed_and_filtered(run, run_json):
    (line,) = run_json("alert", "list")
    assert (line["fingerprint"], line["concern"], line["handling"]) == (ALERT, "critical", "needs_someone")
    assert "Fuel price" in run("alert", "list", "--text", "GOITA fuel").output
    assert run_json("alert", "list", "--text", "gold") == []
    assert run_json("alert", "list", "--subject", "other") == []
    assert len(run_json("alert", "list", "--concern", "critical", "--needs-someone")) == 1


@pytest.mark.usefixtures("fired")
def test_an_alert_is_told_from_its_first_event(run, run_json):
    assert "Fired at Critical." in run("alert", "show", ALERT).output
    told = run_json("alert", "show", ALERT)
    assert [each["type"] for each in told["timeline"]] == ["alert.firing"]


@pytest.mark.usefixtures("fired")
def test_it_is_acknowledged_and_one_that_cannot_be_stops_no_other(run, run_json):
    result = run("alert", "ack", "nobody", ALERT, "--note", "mine", expect=1)
    assert "fuel-high (goita) acknowledged until" in result.stdout
    assert result.stderr.startswith("nobody: ")
    (line,) = run_json("alert", "list")
    assert line["handling"] == "in_hand"
    assert run_json("alert", "list", "--needs-someone") == []


@pytest.mark.usefixtures("fired")
def test_it_is_silenced_for_a_while(run, run_json):
    result = run("alert", "silence", ALERT, "--for", "2h", "--comment", "known")
    assert "mutes 1 open alerts now" in result.output
    (line,) = run_json("alert", "list")
    assert line["handling"] == "quiet"


@pytest.mark.usefixtures("fired")
def test_it_is_closed_with_a_reason(run, run_json):
    with pytest.raises(InvalidInput, match="a span is written 30m"):
        run("alert", "silence", ALERT, "--for", "soon", "--comment", "known")
    assert "closed" in run("alert", "close", ALERT, "--note", "a typing error").output
    assert run_json("alert", "list") == []
    (over,) = run_json("alert", "list", "--all")
    assert over["handling"] == "over"
