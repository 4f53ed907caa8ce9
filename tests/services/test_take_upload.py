"""A file that a person uploads: shown before anything is stored, then stored whole or not at all."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.services.overview.source_pages import source_page
from monitor.services.reparse_source import reparse_source
from monitor.services.take_upload import MOST_BYTES, Upload, endings_of, preview_upload, store_upload
from monitor.sources.registry import source_kinds
from monitor.storage import audit, definitions, observations, quarantine, raw_answers, runs, sources
from monitor.storage.secrets import SecretBox
from tests.factories import FUEL, NOW, a_source, an_indicator, install_desk
from tests.fakes import an_outside

OUTSIDE = an_outside(source_kinds())
SETTINGS = {
    "date": "week", "period": "iso-week", "series": [{"series": FUEL, "value": "price"}],
}  # fmt: skip
GOOD = b"week,price\n2025-11-03,480\n2025-11-10,\n2025-11-17,490\n"
BAD_ROW = b"week,price\n2025-11-03,480\nsoon,485\n2025-11-10,n/a\n2025-11-17,900\n"


@pytest.fixture
def database(database):
    """A desk with a source of kind csv that has no address: its files are uploaded."""
    with database.write() as session:
        install_desk(session, indicators=(an_indicator(plausible_high=500),))
    save(database, a_source(kind="csv", settings=SETTINGS, interval_seconds=None))
    return database


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


def test_it_is_kept_as_it_came_and_read_again_once_its_kind_is_mended(database):
    settings = {**SETTINGS, "series": [{"series": FUEL, "value": "cost"}]}
    done = store_upload(database, OUTSIDE, upload(b"week,price,cost\n2025-11-03,480,481\n"), author="ben")
    save(database, a_source(kind="csv", settings=settings, interval_seconds=None))
    with database.read() as session:
        (kept,) = raw_answers.of_run(session, done["run"])
    assert (kept.method, kept.url, kept.size) == ("UPLOAD", "prices.csv", 35)
    (looked,) = reparse_source(database, OUTSIDE, "feed", is_dry=True)
    assert (looked.outcome.revised, stored(database)) == (1, [480])
    (read,) = reparse_source(database, OUTSIDE, "feed", actor="ana")
    assert read.outcome.message.startswith(f"the answers of run {done['run']} read again")
    assert stored(database) == [481, 480]


def test_where_no_answer_is_kept_no_file_is(database):
    store_upload(database, replace(OUTSIDE, keeps_answers=False), upload(), author="ben")
    with pytest.raises(NotFound, match="no answer of feed is kept"):
        reparse_source(database, OUTSIDE, "feed")


def test_one_of_another_kind_since_cannot_be_read_again_and_that_is_said(database):
    store_upload(database, OUTSIDE, upload(), author="ben")
    save(database, a_source(kind="gdelt", settings={"query": "x"}, interval_seconds=3600))
    (read,) = reparse_source(database, OUTSIDE, "feed")
    assert "takes no file" in read.outcome.message


def test_a_file_beside_turns_that_fail_is_a_good_run_and_hides_no_failure(database):
    save(database, a_source(kind="csv", settings=SETTINGS, interval_seconds=3600))
    with database.write() as session:
        sources.finish(session, "feed", now=NOW, due_at=NOW, failures=2)
    store_upload(database, OUTSIDE, upload(), author="ben")
    with database.read() as session:
        now = database.now(session)
        view = source_page(
            session, "feed", kinds=OUTSIDE.kinds, given=lambda _: "", box=SecretBox(["A" * 43 + "="]), now=now
        )
    assert (view.row.condition, view.one.state.failures) == ("failing", 2)
    assert view.row.last_ok_at is not None


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
