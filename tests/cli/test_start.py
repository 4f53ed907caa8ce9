"""Whatever is missing or wrong at start is said in one sentence that names it, never in a stack trace."""

import socket
import sqlite3
import subprocess
import sys

import pytest

from monitor.cli import checks
from monitor.domain.errors import ConfigError

PORT_TAKEN = r"HEATWATCH_BIND=127\.0\.0\.1:\d+ cannot be used: Address already in use"


def heatwatch(*arguments, **environ):
    """What a person sees: exit code and the lines on stderr."""
    finished = subprocess.run(
        [sys.executable, "-m", "monitor", *arguments],
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return finished.returncode, finished.stderr.strip()


@pytest.fixture
def taken():
    """A port of this machine that something else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def set_revision(home):
    def write(revision):
        with sqlite3.connect(home / "heatwatch.sqlite3") as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", [revision])
        connection.close()

    return write


@pytest.mark.parametrize("command", ["up", "web"])
def test_a_taken_port_is_named_before_anything_starts(run, monkeypatch, taken, command):
    monkeypatch.setenv("HEATWATCH_BIND", taken)
    with pytest.raises(ConfigError, match=PORT_TAKEN):
        run(command)


def test_the_receivers_taken_port_is_named_by_its_own_setting(run, monkeypatch, taken):
    monkeypatch.setenv("HEATWATCH_RECEIVER_SMTP_BIND", taken)
    monkeypatch.setenv("HEATWATCH_RECEIVER_BIND", "127.0.0.1:0")
    with pytest.raises(ConfigError, match="HEATWATCH_RECEIVER_SMTP_BIND"):
        run("receiver")


@pytest.mark.parametrize("command", ["up", "web"])
def test_browser_files_that_are_not_built_are_named(run, monkeypatch, tmp_path, command):
    monkeypatch.setenv("HEATWATCH_BIND", "127.0.0.1:0")
    monkeypatch.setattr(checks, "static_folder", lambda: tmp_path)
    with pytest.raises(ConfigError, match=r"app\.js, app\.css.*make assets"):
        run(command)


def test_an_empty_database_says_which_command_comes_first(run, home):
    (home / "heatwatch.sqlite3").unlink()
    with pytest.raises(ConfigError, match="no tables yet; run `heatwatch up` or `heatwatch migrate`"):
        run("user", "list")


@pytest.mark.parametrize("command", ["migrate", "worker", "web", "assess"])
def test_a_database_of_a_newer_version_is_left_alone(run, set_revision, command):
    set_revision("2031_01_01_from_the_future")
    with pytest.raises(ConfigError, match="2031_01_01_from_the_future, made by a newer Heatwatch"):
        run(command)


def test_migrating_twice_does_nothing_the_second_time(run, home):
    (home / "heatwatch.sqlite3").unlink()
    assert "migrated from an empty database" in run("migrate").output
    assert "nothing to do" in run("migrate").output


def test_a_folder_that_cannot_be_made_is_named_with_its_setting(tmp_path):
    (tmp_path / "file").write_text("in the way")
    home = str(tmp_path / "file" / "desk")
    code, said = heatwatch("migrate", HEATWATCH_HOME=home)
    assert code == 1
    assert said.startswith(f"heatwatch: HEATWATCH_HOME={home} cannot be written to: Not a directory.")
    assert "\n" not in said


def test_an_unknown_setting_is_named(tmp_path):
    code, said = heatwatch("user", "list", HEATWATCH_HOME=str(tmp_path), HEATWATCH_PROT="8000")
    assert (code, said) == (
        1, "heatwatch: HEATWATCH_PROT: no such setting; docs/settings.md lists those there are",
    )  # fmt: skip


def test_a_wrong_database_address_is_named_without_its_password(tmp_path):
    code, said = heatwatch(
        "user", "list", HEATWATCH_HOME=str(tmp_path), HEATWATCH_DATABASE_URL="mysql://desk:hunter2@db/desk"
    )
    assert code == 1
    assert said.startswith("heatwatch: HEATWATCH_DATABASE_URL: expected sqlite:///")
    assert "hunter2" not in said


def test_a_server_that_is_away_is_named_without_its_password(tmp_path):
    code, said = heatwatch(
        "user",
        "list",
        HEATWATCH_HOME=str(tmp_path),
        HEATWATCH_DATABASE_URL="postgresql://desk:hunter2@127.0.0.1:1/desk",
    )
    assert code == 1
    assert said.startswith("heatwatch: the database postgresql://desk:***@127.0.0.1:1/desk cannot be used")
    assert "hunter2" not in said
    assert "Traceback" not in said


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "heatwatch.sqlite3").write_text("notes " * 200)
    code, said = heatwatch("user", "list", HEATWATCH_HOME=str(tmp_path))
    assert code == 1
    assert "heatwatch.sqlite3 cannot be used: file is not a database" in said
