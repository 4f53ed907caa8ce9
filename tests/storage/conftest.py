"""A database of each test's own, on both engines, and sessions on it."""

import pytest


@pytest.fixture
def session(database):
    """A session that may write; what it wrote is never committed."""
    with database._write() as opened:
        yield opened
        opened.rollback()
