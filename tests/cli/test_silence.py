"""`heatwatch silence`: tried, added, listed and ended from the console."""

import pytest

from monitor.domain.errors import Conflict, InvalidInput, NotFound

ADD = ("silence", "add", "subject=goita", "alertname=~fuel-.*", "--comment", "known")


def test_a_silence_is_added_and_listed(run, run_json):
    assert "mutes 0 of 0 open alerts now" in run(*ADD, "--for", "8h").output
    (found,) = run_json("silence", "list")
    assert (found["state"], found["comment"]) == ("active", "known")
    assert found["matchers"][1] == {
        "name": "alertname", "value": "fuel-.*", "isRegex": True, "isEqual": True,
    }  # fmt: skip
    assert "subject=goita, alertname=~fuel-.*" in run("silence", "list").output


def test_a_dry_run_changes_nothing(run, run_json):
    assert "not added" in run(*ADD, "--for", "8h", "--dry-run").output
    assert run_json("silence", "list") == []


def test_a_dry_run_tells_programs_what_would_be_muted(run_json):
    found = run_json(*ADD, "--for", "8h", "--dry-run")
    assert (found["id"], found["muted"], found["open"], found["warnings"]) == (None, [], 0, [])


def test_a_silence_has_a_window(run, run_json):
    run(*ADD, "--from", "2037-01-01", "--until", "2037-01-02T18:00Z", "--expire-on-resolve")
    (found,) = run_json("silence", "list")
    assert (found["state"], found["expire_on_resolve"]) == ("pending", True)
    assert found["ends_at"] == "2037-01-02T18:00:00+00:00"


def test_a_silence_is_ended(run, run_json):
    run(*ADD, "--for", "8h")
    (found,) = run_json("silence", "list")
    run("silence", "end", str(found["id"]), "--reason", "over")
    assert run_json("silence", "list") == []
    assert [each["state"] for each in run_json("silence", "list", "--expired")] == ["expired"]


def test_what_would_be_muted_is_named_with_a_warning(run, monkeypatch):
    from monitor.domain.alerting.alert import Alert
    from monitor.domain.scale import Concern
    from monitor.services import preview_silence

    fuel = Alert(fingerprint="a", rule="fuel-high", subject="goita", concern=Concern.CRITICAL)
    preview = preview_silence.SilencePreview(muted=(fuel,), open_count=4, warnings=("1 critical",))
    monkeypatch.setattr(preview_silence, "preview_silence", lambda _session, _silence: preview)
    result = run(*ADD, "--for", "8h", "--dry-run")
    assert "mutes 1 of 4 open alerts now\n  critical  fuel-high (goita)" in result.stdout
    assert result.stderr == "warning: 1 critical\n"


def test_mistakes_are_named(run):
    with pytest.raises(InvalidInput, match="when the silence ends"):
        run(*ADD)
    with pytest.raises(InvalidInput, match="which alerts"):
        run("silence", "add", "subject=~.*", "--comment", "x", "--for", "8h")
    with pytest.raises(NotFound):
        run("silence", "end", "9")
    run(*ADD, "--for", "8h")
    run("silence", "end", "1")
    with pytest.raises(Conflict):
        run("silence", "end", "1")
    assert "Missing argument" in run("silence", "add", "--comment", "x", "--for", "8h", expect=2).output


def test_a_silence_recurs_in_windows_of_local_time(run, run_json):
    run(*ADD, "--for", "52w", "--window", "Mon-Fri 22:00-06:00; Sat,Sun", "--zone", "Africa/Bamako")
    (found,) = run_json("silence", "list")
    assert found["windows"] == [
        {"zone": "Africa/Bamako", "window": "Mon-Fri 22:00-06:00"},
        {"zone": "Africa/Bamako", "window": "Sat,Sun"},
    ]
    said = "Mon-Fri 22:00-06:00; Sat,Sun Africa/Bamako"
    assert said in run("silence", "list").output
    with pytest.raises(InvalidInput, match="30 days"):
        run(*ADD, "--for", "52w")
    with pytest.raises(InvalidInput, match="no part of a window"):
        run(*ADD, "--for", "1d", "--window", "nights")
