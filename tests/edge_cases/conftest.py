"""A timeline on each engine, for cases that play from an observation to a message."""

import pytest

from tests.factories import a_rule
from tests.timeline.harness import Timeline

FAST = a_rule(for_count=1, keep_firing_seconds=900.0)


@pytest.fixture
def line(database_url, tmp_path):
    """Make a timeline; without rules of its own it has one that needs no second value."""
    opened = []

    def make(**values):
        opened.append(Timeline(database_url, tmp_path, **{"rules": (FAST,)} | values))
        return opened[0]

    yield make
    for each in opened:
        each.close()
