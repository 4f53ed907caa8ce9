"""Settings: read once, complete, and refused with the variable's name when wrong."""

import base64
import stat
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import ValidationError

from monitor.config import SECRETS, Settings, load_settings, secret_keys, variable_name
from monitor.domain.errors import ConfigError

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.urlsafe_b64encode(bytes(32)).decode()


def refusal(**environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_settings({"HOME": "/home/ana"} | environ)
    return str(caught.value)


def test_an_empty_environment_gives_a_desk_on_sqlite():
    settings = load_settings({"HOME": "/home/ana"})
    assert settings.home == Path("/home/ana/.local/share/heatwatch")
    assert settings.effective_database_url == "sqlite:////home/ana/.local/share/heatwatch/heatwatch.sqlite3"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.effective_mail_domain == "localhost"


def test_the_data_folder_follows_the_desktop_convention():
    assert load_settings({"XDG_DATA_HOME": "/data"}).home == Path("/data/heatwatch")


def test_a_relative_home_becomes_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings({"HEATWATCH_HOME": "desk"}).home == tmp_path / "desk"


def test_a_database_that_is_set_wins():
    url = "postgresql://desk:pa%3Ass@db/heatwatch"
    assert load_settings({"HEATWATCH_DATABASE_URL": url}).effective_database_url == url


def test_settings_cannot_be_changed():
    settings = load_settings({})
    with pytest.raises(ValidationError):
        settings.bind = "0.0.0.0:80"


def test_the_environment_is_not_read_when_settings_are_built_by_hand(monkeypatch):
    monkeypatch.setenv("HEATWATCH_THREADS", "7")
    assert Settings(home=Path("/x")).threads == 32
    assert load_settings().threads == 7


def test_a_variable_that_is_set_and_empty_counts_as_not_set():
    assert load_settings({"HEATWATCH_BASE_URL": " "}).base_url is None


def test_an_unknown_variable_is_refused_by_name():
    assert refusal(HEATWATCH_PROT="8000").startswith("HEATWATCH_PROT: no such setting")


def test_a_file_twin_exists_for_secrets_only():
    assert refusal(HEATWATCH_BIND_FILE="/etc/bind").startswith("HEATWATCH_BIND_FILE: no such setting")


WRONG = [
    ("HEATWATCH_TEST_FAULTS", "after send", "match pattern"),
    ("HEATWATCH_BIND", "8000", "host:port"),
    ("HEATWATCH_BIND", "localhost:http", "host:port"),
    ("HEATWATCH_BIND", ":8000", "host:port"),
    ("HEATWATCH_BIND", "::1:8000", "host:port"),
    ("HEATWATCH_BIND", "localhost:70000", "host:port"),
    ("HEATWATCH_RECEIVER_BIND", "x", "host:port"),
    ("HEATWATCH_BASE_URL", "desk.example.org", "http"),
    ("HEATWATCH_BASE_URL", "https://", "http"),
    ("HEATWATCH_BASE_URL", "https://desk:port", "http"),
    ("HEATWATCH_DATABASE_URL", "mysql://x/y", "postgresql"),
    ("HEATWATCH_DATABASE_URL", "sqlite://", "file"),
    ("HEATWATCH_SECRET_KEY", "short", "32 random bytes"),
    ("HEATWATCH_SECRET_KEY", f"{KEY},", "32 random bytes"),
    ("HEATWATCH_ADMIN_EMAIL", "ana", "e-mail"),
    ("HEATWATCH_MAIL_FROM", "Desk <desk>", "e-mail"),
    ("HEATWATCH_MAIL_FROM", "desk@example.org\nBcc: eve@example.org", "e-mail"),
    ("HEATWATCH_ADMIN_PASSWORD", "eleven char", "at least 12 characters"),
    ("HEATWATCH_TRUSTED_PROXIES", "-1", "greater than or equal to 0"),
    ("HEATWATCH_THREADS", "many", "integer"),
    ("HEATWATCH_THREADS", "1", "greater than or equal to 2"),
    ("HEATWATCH_SMTP_PORT", "0", "greater than or equal to 1"),
    ("HEATWATCH_SMTP_STARTTLS", "yes", "'none', 'starttls' or 'tls'"),
    ("HEATWATCH_LOG_FORMAT", "xml", "'console' or 'json'"),
    ("HEATWATCH_LOG_LEVEL", "loud", "'debug'"),
    ("HEATWATCH_EGRESS_ALLOW_CIDRS", "10.0.0.1/8", "networks"),
    ("HEATWATCH_EGRESS_PROXY", "proxy:3128", "http"),
    ("HEATWATCH_TIME_ZONE", "Mars/Olympus", "time zone"),
    ("HEATWATCH_TIME_ZONE", "../etc/passwd", "time zone"),
]


@pytest.mark.parametrize("variable,value,expected", WRONG)
def test_a_malformed_value_is_refused_with_what_is_expected(variable, value, expected):
    complaint = refusal(**{variable: value})
    assert complaint.startswith(f"{variable}: ")
    assert expected in complaint


def test_every_wrong_value_is_named_at_once():
    complaint = refusal(HEATWATCH_BIND="x", HEATWATCH_THREADS="y")
    assert [line.split(":")[0] for line in complaint.splitlines()] == ["HEATWATCH_BIND", "HEATWATCH_THREADS"]


GOOD = [
    ("HEATWATCH_BIND", "[::1]:80", "bind", "[::1]:80"),
    ("HEATWATCH_BASE_URL", "https://desk.example.org/", "base_url", "https://desk.example.org"),
    ("HEATWATCH_LOG_LEVEL", "DEBUG", "log_level", "debug"),
    ("HEATWATCH_SMTP_STARTTLS", "tls", "smtp_starttls", "tls"),
    ("HEATWATCH_TIME_ZONE", "Africa/Bamako", "time_zone", "Africa/Bamako"),
    ("HEATWATCH_MAIL_FROM", "Desk <desk@example.org>", "effective_mail_domain", "example.org"),
    (
        "HEATWATCH_EGRESS_ALLOW_CIDRS",
        "10.1.0.0/16, fd00::/8",
        "egress_allow_cidrs",
        (ip_network("10.1.0.0/16"), ip_network("fd00::/8")),
    ),
]


@pytest.mark.parametrize("variable,text,field,value", GOOD)
def test_a_good_value_is_taken(variable, text, field, value):
    assert getattr(load_settings({variable: text}), field) == value


def test_an_ipv6_host_loses_its_brackets():
    settings = load_settings({"HEATWATCH_BIND": "[::1]:80"})
    assert (settings.host, settings.port) == ("::1", 80)


@pytest.mark.parametrize("field", sorted(SECRETS))
def test_a_secret_can_come_from_a_file(field, tmp_path):
    values = {
        "database_url": "postgresql://desk:s3cret@db/desk",
        "secret_key": KEY,
        "admin_password": "s3cret-s3cret",
        "smtp_password": "s3cret",
        "egress_proxy": "http://desk:s3cret@proxy:3128",
        "ping_url": "https://ping.example/0f1e2d",
    }
    path = tmp_path / "secret"
    path.write_text(values[field] + "\n")
    settings = load_settings({f"{variable_name(field)}_FILE": str(path)})
    assert getattr(settings, field) == values[field]
    assert values[field] not in repr(settings)


def test_a_secret_set_twice_is_refused(tmp_path):
    (tmp_path / "secret").write_text("b")
    complaint = refusal(HEATWATCH_SMTP_PASSWORD="a", HEATWATCH_SMTP_PASSWORD_FILE=str(tmp_path / "secret"))
    assert complaint.startswith("HEATWATCH_SMTP_PASSWORD: set either")


def test_a_secret_file_that_is_missing_is_refused_by_name(tmp_path):
    complaint = refusal(HEATWATCH_SMTP_PASSWORD_FILE=str(tmp_path / "none"))
    assert complaint.startswith("HEATWATCH_SMTP_PASSWORD_FILE: cannot read")


@pytest.mark.parametrize(
    "variable", ["HEATWATCH_DATABASE_URL", "HEATWATCH_SECRET_KEY", "HEATWATCH_EGRESS_PROXY"]
)
def test_a_refused_secret_is_not_shown(variable):
    assert "hunter2" not in refusal(**{variable: "mysql://desk:hunter2@db/x"})


def test_a_password_that_is_too_short_is_not_shown():
    assert "hunter2" not in refusal(HEATWATCH_ADMIN_PASSWORD="hunter2")


def test_every_setting_is_described():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_a_key_is_made_once_and_readable_by_its_owner_only(tmp_path):
    settings = load_settings({"HEATWATCH_HOME": str(tmp_path / "desk")})
    keys = secret_keys(settings)
    assert secret_keys(settings) == keys
    assert len(base64.urlsafe_b64decode(keys[0])) == 32
    assert stat.S_IMODE((tmp_path / "desk" / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "desk").iterdir()] == ["secret.key"]


def test_keys_that_are_set_are_used_newest_first():
    assert secret_keys(load_settings({"HEATWATCH_SECRET_KEY": f"{KEY}, {OTHER_KEY}"})) == (KEY, OTHER_KEY)


def test_a_damaged_key_file_is_refused_by_path(tmp_path):
    (tmp_path / "secret.key").write_text("half a k")
    with pytest.raises(ConfigError, match=r"secret\.key"):
        secret_keys(load_settings({"HEATWATCH_HOME": str(tmp_path)}))
