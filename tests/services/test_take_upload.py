"""A file that a person uploads: shown before anything is stored, then stored whole or not at all."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.services.take_upload import MOST_BYTES, Upload, endings_of, preview_upload, store_upload
from monitor.sources.registry import source_kinds
from monitor.storage import audit, definitions, observations, quarantine, runs, sources
from monitor.storage.engine import open_database
from tests.factories import FUEL, NOW, a_source, an_indicator, install_desk
from tests.fakes import an_outside

OUTSIDE = an_outside(source_kinds())
SETTINGS = {
    "date": "week", "period": "iso-week", "series": [{"series": FUEL, "value": "price"}],
}  # fmt: skip
GOOD = b"week,price\n2025-11-03,480\n2025-11-10,\n2025-11-17,490\n"
BAD_ROW = b"week,price\n2025-11-03,480\nsoon,485\n2025-11-10,n/a\n2025-11-17,900\n"


@pytest.fixture
def database(database_url):
    """A desk with a source of kind csv that has no address: its files are uploaded."""
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session, indicators=(an_indicator(plausible_high=500),))
    save(database, a_source(kind="csv", settings=SETTINGS, interval_seconds=None))
    yield database
    database.dispose()


def save(database, source):
    with database.write() as session:
        definitions.save_all(
            session, [source], author="test", reason="", effective_at=NOW, now=database.now(session)
        )


def upload(content=GOOD, name="prices.csv", source="feed"):
    return Upload(source=source, name=name, content=content)


def stored(database):
    with database.read() as session:
        return [row.reading.value for row in observations.history(session, FUEL)]


def state(database):
    with database.read() as session:
        return sources.state(session, "feed")


def test_what_it_holds_is_shown_and_nothing_is_stored(database):
    tried = preview_upload(database, OUTSIDE, upload(BAD_ROW))
    assert [each.value for each in tried.readings] == [480]
    assert [each.reading.value for each in tried.quarantined] == [900]
    assert [each.where for each in tried.harvest.rejected] == ["line 3"]
    assert stored(database) == []
    with database.read() as session:
        assert runs.recent(session, "feed") == []
        assert audit.find_all(session, target="feed") == []


def test_it_is_stored_with_a_run_a_name_and_what_did_not_pass(database):
    done = store_upload(database, OUTSIDE, upload(BAD_ROW, "Prices of week 47.CSV"), author="ben")
    assert (done["new"], done["quarantined"], done["rejected"]) == (1, 1, 1)
    assert stored(database) == [480]
    with database.read() as session:
        (run,) = runs.recent(session, "feed")
        (entry,) = audit.find_all(session, target="feed")
        assert quarantine.open_by_source(session) == {"feed": 1}
    assert (run.id, run.outcome) == (done["run"], "ok")
    assert run.message.startswith("uploaded by ben: Prices of week 47.CSV")
    assert (entry.actor, entry.action, entry.after["file"]) == (
        "ben",
        "source.upload",
        "Prices of week 47.CSV",
    )
    assert entry.after["sha256"] == upload(BAD_ROW).digest


def test_the_same_file_again_changes_nothing(database):
    store_upload(database, OUTSIDE, upload(), author="ben")
    done = store_upload(database, OUTSIDE, upload(), author="ben")
    assert (done["outcome"], done["new"]) == ("unchanged", 0)
    assert sorted(stored(database)) == [480, 490]


def test_a_packed_file_is_unpacked(database):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("prices.csv", GOOD)
    store_upload(database, OUTSIDE, upload(packed.getvalue(), "prices.zip"), author="ben")
    assert sorted(stored(database)) == [480, 490]


def test_one_that_cannot_be_read_leaves_no_trace(database):
    other = b"<html>no table</html>"
    assert preview_upload(database, OUTSIDE, upload(other)).error
    with pytest.raises(InvalidInput) as refused:
        store_upload(database, OUTSIDE, upload(other), author="ben")
    assert refused.value.field == "file"
    with database.read() as session:
        assert runs.recent(session, "feed") == []
    assert state(database).failures == 0


def test_the_turns_of_a_source_that_the_clock_asks_go_on(database):
    save(database, a_source(kind="csv", settings=SETTINGS, interval_seconds=3600))
    due = datetime(2026, 1, 1, tzinfo=UTC)
    with database.write() as session:
        sources.finish(session, "feed", now=NOW, due_at=due, failures=2)
    store_upload(database, OUTSIDE, upload(), author="ben")
    found = state(database)
    assert (found.due_at, found.failures, found.last_ok_at) == (due, 2, None)
    assert found.last_new_at is not None


def test_one_that_lives_by_uploads_is_well_again(database):
    with database.write() as session:
        sources.finish(session, "feed", now=NOW, due_at=None, failures=1)
    store_upload(database, OUTSIDE, upload(), author="ben")
    assert state(database).failures == 0
    assert state(database).last_ok_at is not None


def test_what_takes_no_file_says_so(database):
    save(database, a_source("hand", kind="manual", interval_seconds=None))
    with database.write() as session:
        sources.add(session, "hand", due_at=None)
    with pytest.raises(InvalidInput, match="takes no file"):
        preview_upload(database, OUTSIDE, upload(source="hand"))
    with pytest.raises(NotFound):
        preview_upload(database, OUTSIDE, upload(source="unheard-of"))
    with pytest.raises(InvalidInput, match=r"does not end as one of \.csv, "):
        preview_upload(database, OUTSIDE, upload(name="prices.pdf"))
    with pytest.raises(InvalidInput, match="more than 16 MiB"):
        preview_upload(database, OUTSIDE, upload(b"x" * (MOST_BYTES + 1)))


def test_nothing_is_taken_for_one_that_is_cut_off(database):
    with database.write() as session:
        sources.set_cut(session, "feed", is_cut=True)
    for take in (preview_upload, lambda *given: store_upload(*given, author="ben")):
        with pytest.raises(Conflict, match="cut off"):
            take(database, OUTSIDE, upload())
    assert stored(database) == []


@pytest.mark.parametrize(
    "kind,endings",
    [
        ("csv", (".csv", ".tsv", ".txt", ".gz", ".zip")),
        ("excel", (".zip", ".xls", ".xlsx")),
        ("ucdp", (".csv", ".txt", ".gz", ".zip")),
        ("hdx_hapi", (".csv", ".txt", ".gz", ".zip")),
        ("wfp_prices", (".csv", ".txt", ".gz", ".zip")),
        ("gdelt", ()),
        ("push", ()),
        ("alertmanager", ()),
        ("manual", ()),
    ],
)
def test_each_kind_says_which_files_it_takes(kind, endings):
    assert endings_of(a_source(kind=kind), OUTSIDE.kinds) == endings
