"""Secrets of sources: by reference only, sealed, looked up at each run, and said plainly where missing."""

import pytest

from monitor.bootstrap import build
from monitor.config import load_settings
from monitor.domain.errors import ConfigError, InvalidInput, NotFound, SourceError
from monitor.domain.source import Source
from monitor.services.secrets_of_sources import names_in, remove_secret, secret_list, set_secret
from monitor.storage import audit, definitions, source_secrets
from tests.factories import NOW, a_source, install_desk


@pytest.fixture
def application(tmp_path, database_url):
    (tmp_path / "secrets").mkdir()
    environ = {
        "HEATWATCH_HOME": str(tmp_path),
        "HEATWATCH_DATABASE_URL": database_url,
        "HEATWATCH_SECRETS_DIR": str(tmp_path / "secrets"),
        "HEATWATCH_SECRET_ACLED_LOGIN": "from-env",
    }
    application = build(load_settings(environ))
    with application.writing() as (session, now):
        install_desk(session, now=now)
    yield application
    application.close()


def put(application, name, value):
    with application.writing() as (session, now):
        return set_secret(session, name, value, box=application.secrets, actor="admin", now=now)


def test_each_place_gives_a_secret_and_what_is_changed_holds_at_once(application, tmp_path):
    ask = application.outside.secret
    assert ask("acled-login") == "from-env"
    assert put(application, "ucdp-token", "first\n")
    assert ask("ucdp-token") == "first"
    assert not put(application, "ucdp-token", "second")
    assert ask("ucdp-token") == "second"
    (tmp_path / "secrets" / "ucdp-token").write_text("from a file\n")
    assert ask("ucdp-token") == "from a file"


def test_one_that_is_missing_is_said_with_every_place(application, tmp_path):
    with pytest.raises(SourceError) as caught:
        application.outside.secret("ucdp-token")
    said = str(caught.value)
    places = ("HEATWATCH_SECRET_UCDP_TOKEN", str(tmp_path / "secrets"), "heatwatch secret set ucdp-token")
    assert all(place in said for place in places)
    assert caught.value.permanent


def test_a_file_that_cannot_be_read_is_said(application, tmp_path):
    (tmp_path / "secrets" / "ucdp-token").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="it is not UTF-8 text"):
        application.outside.secret("ucdp-token")


def test_the_audit_log_knows_the_act_and_not_the_value(application):
    put(application, "ucdp-token", "hunter2")
    with application.writing() as (session, now):
        remove_secret(session, "ucdp-token", actor="admin", now=now)
        with pytest.raises(NotFound, match="no secret ucdp-token"):
            remove_secret(session, "ucdp-token", actor="admin", now=now)
        entries = audit.find_all(session, target="ucdp-token")
        assert source_secrets.find(session, "ucdp-token") is None
    assert [entry.action for entry in entries] == ["secret.remove", "secret.set"]
    assert "hunter2" not in repr(entries)


def test_the_list_says_where_each_is_and_who_needs_it(application):
    put(application, "spare", "x")
    settings = {"auth": {"login": {"secret": "acled-login"}}, "keys": [{"secret": "not-there"}]}
    with application.writing() as (session, _):
        value = a_source(settings=settings)
        definitions.save(session, value, author="test", reason="", effective_at=NOW, now=NOW)
        assert definitions.get(session, Source, "feed").settings == settings
        lines = secret_list(session, given=lambda name: "environment" if name == "acled-login" else "")
    assert [(line.name, line.where, line.sources) for line in lines] == [
        ("acled-login", "environment", ("feed",)), ("not-there", "", ("feed",)), ("spare", "database", ()),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", "Ucdp", "ucdp_token", "-a", "key", "../x"])
def test_a_secret_has_a_plain_name(application, name):
    with pytest.raises(InvalidInput, match="lower-case"):
        put(application, name, "x")


@pytest.mark.parametrize("value", ["", "\n", "x" * 70_000])
def test_a_secret_is_something(application, value):
    with pytest.raises(InvalidInput, match="not empty"):
        put(application, "ucdp-token", value)


def test_a_table_that_only_looks_like_a_reference_is_none():
    assert names_in({"where": {"secret": "a", "other": "b"}, "n": 1}) == []
