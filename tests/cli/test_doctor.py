"""`heatwatch doctor`: names each thing that is missing or wrong, and fails if anything is."""

import socket
from pathlib import Path

import pytest

from monitor.cli import checks
from monitor.config import Settings
from monitor.domain.check import Outcome


def outcomes(found):
    return {check["name"]: check["outcome"] for check in found["checks"]}


def test_a_desk_that_never_ran_has_a_database_and_no_worker(run_json):
    found = run_json("doctor", expect=1)
    assert not found["is_well"]
    said = outcomes(found)
    assert (said["database"], said["integrity"], said["packs"]) == ("ok", "ok", "ok")
    assert (said["worker"], said["people"], said["channels"]) == ("wrong", "wrong", "warning")


def test_people_are_told_what_to_do(run):
    said = run("doctor", expect=1).output
    assert "WRONG   people" in said
    assert "-> `heatwatch user add ADDRESS --role admin`" in said


def test_a_wrong_setting_is_found_first_and_stops_the_rest(run_json, monkeypatch):
    monkeypatch.setenv("HEATWATCH_THREADS", "many")
    assert outcomes(run_json("doctor", expect=1)) == {"settings": "wrong"}


def test_a_database_without_tables_is_wrong_and_not_made(run_json, home):
    (home / "heatwatch.sqlite3").unlink()
    assert outcomes(run_json("doctor", expect=1))["database"] == "wrong"
    assert not (home / "heatwatch.sqlite3").exists()


def test_a_home_folder_that_cannot_be_made_is_wrong(tmp_path):
    (tmp_path / "file").write_text("")
    assert checks.check_home(Settings(home=tmp_path / "file" / "desk")).is_wrong


def test_a_damaged_key_is_wrong(tmp_path):
    (tmp_path / "secret.key").write_text("half")
    assert "secret.key" in checks.check_home(Settings(home=tmp_path)).message


@pytest.mark.parametrize("free,expected", [(100, Outcome.WRONG), (500, Outcome.WARNING), (5000, Outcome.OK)])
def test_a_disk_that_fills_up_is_noticed(monkeypatch, tmp_path, free, expected):
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: type("Usage", (), {"free": free << 20}))
    assert checks.check_disk(Settings(home=tmp_path / "not" / "yet")).outcome is expected


def test_a_database_that_is_away_is_wrong_without_its_password(tmp_path):
    url = "postgresql://desk:hunter2@127.0.0.1:1/desk"
    check = checks.check_schema(Settings(home=tmp_path, database_url=url))
    assert check.is_wrong
    assert "hunter2" not in check.message


def test_assets_that_are_not_built_are_wrong(monkeypatch, tmp_path):
    (tmp_path / "app.js").write_text("")
    monkeypatch.setattr(checks, "static_folder", lambda: tmp_path)
    assert checks.check_assets().message == "not built: app.css"


def test_a_pack_that_cannot_be_read_is_wrong(monkeypatch, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "pack.toml").write_text("[pack")
    monkeypatch.setattr(checks, "packs_folder", lambda: tmp_path)
    check = checks.check_packs()
    assert check.is_wrong
    assert "broken" in check.message


def test_no_pack_at_all_is_wrong(monkeypatch, tmp_path):
    monkeypatch.setattr(checks, "packs_folder", lambda: tmp_path)
    assert checks.check_packs().is_wrong


def test_without_a_mail_server_nothing_is_asked():
    assert checks.check_mail(Settings(home=Path("/x"))).outcome is Outcome.OK


def test_a_mail_server_that_is_away_is_wrong():
    settings = Settings(home=Path("/x"), smtp_host="127.0.0.1", smtp_port=1, smtp_starttls="none")
    assert "refused" in checks.check_mail(settings).message


def test_a_mail_server_that_answers_is_well():
    from aiosmtpd.controller import Controller

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    controller = Controller(object(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        settings = Settings(home=Path("/x"), smtp_host="127.0.0.1", smtp_port=port, smtp_starttls="none")
        assert checks.check_mail(settings).outcome is Outcome.OK
        wants_tls = settings.model_copy(update={"smtp_starttls": "starttls"})
        assert "STARTTLS" in checks.check_mail(wants_tls).message
    finally:
        controller.stop()


@pytest.mark.parametrize(
    "bind,base_url,expected",
    [
        ("127.0.0.1:8000", None, Outcome.OK),
        ("[::1]:8000", None, Outcome.OK),
        ("0.0.0.0:8000", None, Outcome.WARNING),
        ("0.0.0.0:8000", "http://desk.example.org", Outcome.WARNING),
        ("0.0.0.0:8000", "https://desk.example.org", Outcome.OK),
        ("localhost:8000", "http://localhost:8000", Outcome.OK),
    ],
)
def test_the_address_is_weighed(bind, base_url, expected):
    check = checks.check_address(Settings(home=Path("/x"), bind=bind, base_url=base_url))
    assert check.outcome is expected
    assert bool(check.advice) == (expected is not Outcome.OK)
