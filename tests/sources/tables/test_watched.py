"""A watched folder: files are read once they lie still, once each, and nothing outside is reached."""

import os
from datetime import UTC, datetime

import pytest

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Ask
from monitor.sources.tables.csv import CsvSource
from monitor.sources.tables.watched import is_folder
from tests.factories import a_source
from tests.fakes import FakeFetcher

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SETTINGS = {"folder": "fuel/mali", "date": "date", "series": [{"series": "fuel:bamako", "value": "v"}]}


@pytest.fixture
def folder(tmp_path):
    below = tmp_path / "in" / "fuel" / "mali"
    below.mkdir(parents=True)
    return below


def lay(folder, name, text, *, age=60.0):
    path = folder / name
    path.write_text(text)
    os.utime(path, (NOW.timestamp() - age,) * 2)
    return path


def fetch(lying, bookmark=None, **settings):
    root = lying.parent.parent
    source = a_source(kind="csv", settings=SETTINGS | settings)
    ask = Ask(now=NOW, secret={}.__getitem__, bookmark=bookmark or {})
    return CsvSource(root).fetch(source, ask, FakeFetcher())


def told(*arguments, **settings):
    with pytest.raises(SourceError) as caught:
        fetch(*arguments, **settings)
    return str(caught.value)


def test_new_files_are_read_once_each_the_newer_one_last(folder):
    lay(folder, "b.csv", "date,v\n2026-10-01,1\n", age=90)
    lay(folder, "a.csv", "date,v\n2026-10-01,2\n2026-10-02,3\n", age=30)
    lay(folder, "notes.md", "read me")
    found = fetch(folder)
    assert [each.value for each in found.readings] == [2.0, 3.0]
    again = fetch(folder, found.bookmark)
    assert (again.readings, again.bookmark) == ((), found.bookmark)
    lay(folder, "b.csv", "date,v\n2026-10-03,4\n", age=20)
    assert [each.value for each in fetch(folder, found.bookmark).readings] == [4.0]


def test_a_file_that_is_still_written_to_is_left_for_the_next_run(folder):
    lay(folder, "a.csv", "date,v\n2026-10-01,2", age=1.0)
    found = fetch(folder)
    assert (found.readings, found.bookmark) == ((), {"files": {}})


def test_a_file_that_cannot_be_read_is_named_and_the_others_go_on(folder):
    lay(folder, "a.csv", "date,v\n2026-10-01,2\n")
    lay(folder, "b.csv", "<html>")
    found = fetch(folder)
    assert len(found.readings) == 1
    assert [(each.where, each.reason[:13]) for each in found.rejected] == [("b.csv", "b.csv is a pa")]
    assert set(found.bookmark["files"]) == {"a.csv", "b.csv"}


def test_nothing_but_unreadable_files_is_an_error(folder):
    lay(folder, "b.csv", "<html>")
    assert "b.csv is a page, not data" in told(folder)


def test_links_and_what_is_no_file_are_never_followed(folder, tmp_path):
    secret = lay(tmp_path, "secret.csv", "date,v\n2026-10-01,2\n")
    (folder / "link.csv").symlink_to(secret)
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    assert fetch(folder).readings == ()
    (folder.parent / "out").symlink_to(tmp_path, target_is_directory=True)
    assert "cannot be read" in told(folder, folder="fuel/out")


def test_a_folder_that_is_not_there_is_said(folder):
    assert "the watched folder other cannot be read: No such file" in told(folder, folder="other")


@pytest.mark.parametrize("text", ["..", "a/../b", "/etc", "a//b", "", ".hidden", "a/.b", "a\0b"])
def test_a_setting_leads_nowhere_else(text, folder):
    assert not is_folder(text)
    assert not text or "folder" in told(folder, folder=text)


def test_without_the_operators_leave_nothing_is_watched():
    source = a_source(kind="csv", settings=SETTINGS)
    with pytest.raises(SourceError, match="HEATWATCH_WATCH_DIR"):
        CsvSource().fetch(source, Ask(now=NOW, secret={}.__getitem__), FakeFetcher())
