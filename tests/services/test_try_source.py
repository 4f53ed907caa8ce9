"""A source is tried as a run would ask it, and for no longer than somebody waits."""

import pytest

from monitor.domain.harvest import Harvest
from monitor.services.try_source import try_source
from monitor.storage import runs
from tests.factories import a_reading, a_source, install_desk
from tests.fakes import FakeFetcher, an_outside


class Paging:
    """A kind that asks for two pages, the second with a limit of its own."""

    def problems(self, source):
        return ()

    def fetch(self, source, ask, fetcher):
        fetcher.get("https://example.org/1")
        fetcher.get("https://example.org/2", seconds=2.0)
        fetcher.post("https://example.org/3")
        return Harvest(readings=(a_reading(480.0),))


@pytest.fixture
def database(database):
    with database.write() as session:
        install_desk(session)
    return database


def tried(database, fetcher, **options):
    return try_source(database, an_outside({"fake": Paging()}, fetchers=fetcher), a_source(), **options)


def test_no_request_lasts_longer_than_what_is_left(database):
    fetcher = FakeFetcher("a", "b", "c")
    found = tried(database, fetcher, seconds=25.0)
    first, second, _ = fetcher.asked
    assert 20 < first["seconds"] <= 25
    assert second["seconds"] == 2.0
    assert [each.value for each in found.readings] == [480]


def test_none_begins_when_the_time_is_over_and_the_sentence_says_what_has_more(database):
    fetcher = FakeFetcher("a", "b", "c")
    found = tried(database, fetcher, seconds=0.0)
    assert fetcher.asked == []
    assert found.error.startswith("a test ends after 0 s, and this source takes longer")
    assert "`heatwatch source test`" in found.error


def test_without_a_limit_each_request_has_its_own(database):
    fetcher = FakeFetcher("a", "b", "c")
    tried(database, fetcher)
    assert [each.get("seconds") for each in fetcher.asked] == [None, 2.0, None]


def test_nothing_is_stored_and_no_run_is_left(database):
    tried(database, FakeFetcher("a", "b", "c"), seconds=25.0)
    with database.read() as session:
        assert runs.recent(session, "feed") == []
