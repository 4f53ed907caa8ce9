"""One server of stand-ins for all tests of a process; each test has its own desk."""

import pytest

from monitor.dev.sources.server import SourceServer
from monitor.dev.sources.stand_in import Scene
from tests.sources.end_to_end.desk import NOW, Desk, stand_still


@pytest.fixture(scope="session")
def _server():
    with SourceServer(Scene(now=lambda: NOW, gdelt_seconds=0.0)) as server:
        yield server


@pytest.fixture
def server(_server):
    """The stand-ins, without faults and at their latest edition."""
    yield _server
    _server.scene.faults.clear()
    _server.scene.earlier.clear()


@pytest.fixture
def desk(tmp_path, database_url, server, monkeypatch):
    """A desk on either engine, whose time stands still."""
    made = Desk(tmp_path, database_url, server)
    stand_still(monkeypatch, made)
    yield made
    made.close()
