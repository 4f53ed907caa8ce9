"""The first start: tables, packs, and an admin whose password is printed once, or never."""

import re
import shutil
from pathlib import Path

import pytest

from monitor import paths
from monitor.bootstrap import build
from monitor.cli.first_start import prepare
from monitor.config import load_settings
from monitor.domain.errors import ConfigError
from monitor.services.sign_in import begin_try, prove

TINY = Path(__file__).parents[1] / "data" / "packs" / "tiny"
PASSWORD = re.compile(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}")


@pytest.fixture
def start(tmp_path, monkeypatch, capsys):
    """Start a desk in an empty folder and return what it printed."""
    shutil.copytree(TINY, tmp_path / "bundled" / "tiny")
    monkeypatch.setattr(paths, "packs_folder", lambda: tmp_path / "bundled")
    monkeypatch.setattr("monitor.cli.first_start.require_assets", lambda: None)

    def call(**environ):
        settings = load_settings({"HEATWATCH_HOME": str(tmp_path / "desk"), **environ})
        prepare(settings)
        return settings, capsys.readouterr().out

    return call


def can_sign_in(settings, password, *, email="admin@localhost"):
    application = build(settings)
    try:
        with application.writing() as (session, now):
            attempt = begin_try(session, email=email, address="", now=now)
        return prove(attempt, password).is_right
    finally:
        application.close()


def test_the_first_admins_password_is_printed_once(start):
    settings, said = start()
    assert can_sign_in(settings, PASSWORD.search(said)[0])
    _, said = start()
    assert not PASSWORD.search(said)
    assert "admin" not in said


def test_a_password_that_was_set_is_used_and_not_printed(start):
    settings, said = start(
        HEATWATCH_ADMIN_PASSWORD="mango-river-tuesday", HEATWATCH_ADMIN_EMAIL="ana@example.org"
    )
    assert "ana@example.org" in said
    assert "mango-river-tuesday" not in said
    assert can_sign_in(settings, "mango-river-tuesday", email="ana@example.org")


def test_setting_another_password_later_changes_nothing(start):
    start(HEATWATCH_ADMIN_PASSWORD="mango-river-tuesday")
    settings, _ = start(HEATWATCH_ADMIN_PASSWORD="another-password")
    assert not can_sign_in(settings, "another-password")


def test_the_bundled_packs_are_installed_once(start):
    assert "Installed pack tiny" in start()[1]
    assert "Installed pack" not in start()[1]


def test_a_pack_that_cannot_be_read_stops_the_start_with_its_problems(start, monkeypatch, tmp_path):
    (tmp_path / "packs" / "broken").mkdir(parents=True)
    (tmp_path / "packs" / "broken" / "pack.toml").write_text('[pack]\nslug = "broken"\n')
    monkeypatch.setattr(paths, "packs_folder", lambda: tmp_path / "packs")
    with pytest.raises(ConfigError, match=r"pack\.toml"):
        start()


def test_it_says_where_the_database_is(start, tmp_path):
    _, told = start()
    assert f"Database ready: {tmp_path / 'desk' / 'heatwatch.sqlite3'}" in told


def test_on_postgresql_it_names_the_server_without_the_password(start, empty_postgres_url):
    settings, told = start(HEATWATCH_DATABASE_URL=empty_postgres_url)
    assert "Database ready: postgresql://" in told
    assert str(settings.home) not in told.partition("Database ready")[2].splitlines()[0]
    assert "@" not in told.partition("Database ready")[2].splitlines()[0]
