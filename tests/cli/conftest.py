"""The command as a person starts it: `run("user", "list")` in a home folder of its own."""

import json

import pytest
from click.testing import CliRunner, Result

from monitor.cli.main import heatwatch
from monitor.config import load_settings
from monitor.services import passwords


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    """The cheapest hash there is: what is tested is what is done with it."""
    hasher = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)


@pytest.fixture
def home(tmp_path, monkeypatch, sqlite_url):
    """A home folder with a database that has its tables."""
    monkeypatch.setenv("HEATWATCH_HOME", str(tmp_path))
    assert sqlite_url == f"sqlite:///{tmp_path}/heatwatch.sqlite3"
    return tmp_path


@pytest.fixture
def settings(home):
    """What the environment of the test says."""
    return load_settings()


@pytest.fixture
def run(home):
    """Run a command; what it raises comes out as it is."""

    def call(*arguments, expect=0) -> Result:
        result = CliRunner().invoke(heatwatch, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == expect, result.output
        return result

    return call


@pytest.fixture
def run_json(run):
    """Run a command with --json and read what it printed."""
    return lambda *arguments, expect=0: json.loads(run(*arguments, "--json", expect=expect).stdout)
