"""Sources in one or two words each."""

import pytest

from monitor.services.overview.source_condition import condition_of
from monitor.services.source_list import source_list
from monitor.storage import definitions, sources
from monitor.storage.engine import open_database
from monitor.storage.sources import SourceState
from tests.factories import NOW, a_source, install_desk


@pytest.mark.parametrize("kind,word", [("push", "never pushed"), ("manual", "by hand")])
def test_a_source_that_nobody_asks_says_how_it_is_fed(sqlite_url, kind, word):
    database = open_database(sqlite_url)
    with database.write() as session:
        install_desk(session)
        made = a_source("radio", kind=kind, interval_seconds=None)
        definitions.save_all(session, [made], author="t", reason="", effective_at=NOW, now=NOW)
        sources.add(session, "radio", due_at=None)
    with database.read() as session:
        assert {each.slug: each.condition for each in source_list(session)}["radio"] == word
    database.dispose()


@pytest.mark.parametrize("last_ok_at,words", [(None, "Nothing was pushed to it yet."), (NOW, "")])
def test_a_source_that_is_pushed_to_is_fine_and_says_if_nothing_came(last_ok_at, words):
    source = a_source(kind="alertmanager", interval_seconds=None)
    state = SourceState(source="feed", last_ok_at=last_ok_at)
    assert condition_of(source, state, None, now=NOW) == ("fine", words)
