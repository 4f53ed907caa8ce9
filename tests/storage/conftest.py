"""A database of each test's own, on both engines, and sessions on it."""

import pytest

from monitor.storage.engine import open_database


@pytest.fixture
def database(database_url):
    """An open database with the newest schema."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def session(database):
    """A session that may write; what it wrote is never committed."""
    with database._write() as opened:
        yield opened
        opened.rollback()
