"""What every test may rely on: databases of its own, closed sockets, a clean environment."""

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from hypothesis import settings

from monitor.storage.engine import Database, open_database
from tests.databases import Databases
from tests.postgres import Cluster, find_bin_folder, private_cluster

# Examples slow down on a busy machine; that is no failure.
settings.register_profile("heatwatch", deadline=None, database=None)
settings.register_profile("thorough", deadline=None, database=None, max_examples=2_000)
settings.load_profile("heatwatch")

NO_POSTGRESQL = "NOT TESTED: PostgreSQL is missing (no initdb found)"
NO_CHROMIUM = "NOT TESTED: Chromium is missing"
_SCHEMA = "template_schema"


# ------------------------------------------------------------------------------------------ environment


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> Iterator[None]:
    """Settings of the person who runs the tests do not reach them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("HEATWATCH_"):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def _plain_tracebacks() -> None:
    """What breaks in a view is logged without all local values: printing a desk takes minutes."""
    for renderer in structlog.get_config()["processors"]:
        if isinstance(renderer, structlog.dev.ConsoleRenderer):
            renderer.exception_formatter = structlog.dev.plain_traceback


@pytest.fixture(autouse=True)
def _own_logs() -> Iterator[None]:
    """A test that sets up logging writes into its own captured output only: that is closed after it."""
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture(scope="session", autouse=True)
def _closed_sockets() -> Iterator[None]:
    """Whatever tries to leave this machine fails at once, and loudly."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _only_to_loopback(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", _only_local_names(socket.getaddrinfo))
        yield


class LeftTheMachine(AssertionError):
    """A test tried to reach the network. It is no OSError, so the code under test does not handle it."""


def _only_to_loopback(original):
    def guarded(self, *arguments):
        address = arguments[-1]
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
            raise LeftTheMachine(f"a test tried to reach {address[0]}:{address[1]}")
        return original(self, *arguments)

    return guarded


def _only_local_names(original):
    def guarded(host, *arguments, **options):
        name = host.decode() if isinstance(host, bytes) else host
        if name and name != "localhost" and not _is_address(name):
            raise LeftTheMachine(f"a test tried to look up {name}")
        return original(host, *arguments, **options)

    return guarded


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and _address(host).is_loopback)


def _is_address(host: str) -> bool:
    try:
        _address(host)
    except ValueError:
        return False
    return True


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(host.partition("%")[0])


# ------------------------------------------------------------------------------------------ databases


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request) -> str:
    """A database of this test's own with the newest schema; the test runs once on each engine."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """That database, open; a test folder may put its rows in and hand it on."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_schema: Path) -> str:
    """A SQLite database of this test's own with the newest schema."""
    path = tmp_path / "heatwatch.sqlite3"
    shutil.copyfile(_sqlite_schema, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(_postgres_databases: Databases) -> Iterator[str]:
    """A PostgreSQL database of this test's own with the newest schema."""
    name = _postgres_databases.lend()
    yield _postgres_databases.cluster.url(name)
    _postgres_databases.take_back(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request, tmp_path: Path) -> str:
    """A database without any table, for tests of the migrations; once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    return request.getfixturevalue("empty_postgres_url")


@pytest.fixture
def empty_postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """A PostgreSQL database without any table."""
    name = f"test_{uuid4().hex}"
    yield postgres_cluster.create_database(name)
    postgres_cluster.drop_database(name)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """The server of this test process, started by the first test that asks."""
    if find_bin_folder() is None:
        skip_unless_ci(NO_POSTGRESQL)
    with private_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _sqlite_schema(tmp_path_factory) -> Path:
    from monitor.storage.schema import migrate

    path = tmp_path_factory.mktemp("schema") / "schema.sqlite3"
    migrate(f"sqlite:///{path}")
    assert not path.with_name(path.name + "-wal").exists(), "migrate() left a connection open"
    return path


@pytest.fixture(scope="session")
def _postgres_schema(postgres_cluster: Cluster) -> Cluster:
    from monitor.storage.schema import migrate

    migrate(postgres_cluster.create_database(_SCHEMA))
    return postgres_cluster


@pytest.fixture(scope="session")
def _postgres_databases(_postgres_schema: Cluster) -> Databases:
    return Databases(cluster=_postgres_schema, template=_SCHEMA)


# ------------------------------------------------------------------------------------------ browser


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The browser to launch; Playwright's own downloads are not used."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Path(found)
    skip_unless_ci(NO_CHROMIUM)
    raise AssertionError


def skip_unless_ci(reason: str) -> None:
    """What is missing on a contributor's machine is skipped; where CI is set, it fails."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_terminal_summary(terminalreporter) -> None:
    """Say in the last lines what was not tested at all."""
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for missing in (NO_POSTGRESQL, NO_CHROMIUM):
        if count := sum(missing in reason for reason in reasons):
            terminalreporter.write_line(f"{missing}; {count} tests skipped", red=True, bold=True)
