"""The page on which a file is shown and stored: who may, what it says, and how large a file may be."""

import io
from dataclasses import replace

import pytest

from monitor.services.take_upload import MOST_BYTES, Upload
from monitor.sources.registry import source_kinds
from monitor.storage import audit, definitions, observations, sources
from monitor.web.app import MAX_FORM_BYTES
from tests.factories import FUEL, NOW, a_source, install_desk
from tests.fakes import an_outside
from tests.services.test_take_upload import GOOD, SETTINGS
from tests.web.conftest import serve
from tests.web.test_source_acts import words

LOOK, STORE = "/sources/feed/upload", "/sources/feed/upload/store"


@pytest.fixture
def asked(desk):
    """A source of tables without an address, and one that takes no file."""
    with desk.writing() as (session, now):
        install_desk(session, now=now)
        found = [
            a_source(kind="csv", settings=SETTINGS, interval_seconds=None),
            a_source("hand", kind="manual", interval_seconds=None),
        ]
        definitions.save_all(session, found, author="test", reason="", effective_at=NOW, now=now)
        sources.add(session, "hand", due_at=None)
    return replace(desk, outside=an_outside(source_kinds()))


@pytest.fixture
def app(asked):
    """The desk of the sources."""
    return serve(asked)


def give(visitor, path, content=GOOD, name="prices.csv", **fields):
    headers = fields.pop("headers", None)
    return visitor.post(path, form=LOOK, headers=headers, file=(io.BytesIO(content), name), **fields)


def digest(content=GOOD):
    return Upload(source="feed", name="", content=content).digest


def stored(desk):
    with desk.reading() as (session, _):
        return sorted(row.reading.value for row in observations.history(session, FUEL))


def test_a_file_is_shown_then_stored(asked, signed_in):
    ben = signed_in("ben")
    assert "Upload a file .csv, .tsv, .txt, .gz and .zip; shown before it is stored." in words(
        ben.get("/sources/feed")
    )
    page = give(ben, LOOK)
    told = words(page)
    assert "2 values would be stored if new" in told
    assert "Store prices.csv" in told
    assert digest() in page.text
    assert stored(asked) == []
    assert give(ben, STORE, digest=digest()).location == "/sources/feed"
    assert stored(asked) == [480, 490]
    told = words(ben.get("/sources/feed"))
    assert "Stored as run 1: 2 new, 0 revised, 0 in quarantine, 0 rejected." in told
    assert "Uploaded by ben@example.org: prices.csv" in told
    with asked.reading() as (session, _):
        assert audit.find_all(session, target="feed")[0].actor == "ben@example.org"


def test_another_file_than_the_one_shown_is_not_stored(asked, signed_in):
    ben = signed_in("ben")
    answer = give(ben, STORE, GOOD.replace(b"480", b"48"), digest=digest())
    assert answer.status_code == 422
    assert "This is not the file that was shown" in words(answer)
    assert give(ben, STORE).status_code == 422
    assert stored(asked) == []


def test_one_that_cannot_be_read_is_not_offered_to_be_stored(asked, signed_in):
    told = words(give(signed_in("ben"), LOOK, b"%PDF-1.7"))
    assert "Store prices.csv" not in told
    assert "Asked" not in told


@pytest.mark.parametrize(
    "path,name,told", [(LOOK, "x.pdf", "does not end as one of"), (LOOK, "", "Choose a file.")]
)
def test_what_is_no_file_of_it_is_said_on_the_page(asked, signed_in, path, name, told):
    ben = signed_in("ben")
    answer = give(ben, path, name=name)
    assert answer.status_code == 422
    assert told in words(answer)
    # A part of a page is put in its place only where the answer is a good one.
    assert give(ben, path, name=name, headers={"HX-Request": "true"}).status_code == 200


def test_one_larger_than_a_form_is_taken_and_one_larger_than_a_file_is_not(app, signed_in, monkeypatch):
    assert MOST_BYTES > MAX_FORM_BYTES
    ben = signed_in("ben")
    app.config["MAX_CONTENT_LENGTH"] = 1_000
    monkeypatch.setattr(app.view_functions["source_uploads.look"], "_heatwatch_most_bytes", 5_000)
    assert give(ben, LOOK, GOOD + b"2025-11-17,490\n" * 100).status_code == 200
    answer = give(ben, LOOK, b"x" * 5_001)
    assert answer.status_code == 413
    assert "A file may have at most" in words(answer)
    assert give(ben, "/quarantine/1/release", b"x" * 1_001).status_code == 413


def test_a_stranger_and_a_reader_send_no_file(asked, client, signed_in):
    data = {"csrf_token": "any", "file": (io.BytesIO(GOOD), "prices.csv")}
    assert client.client.post(LOOK, data=data).status_code == 401
    assert signed_in("rita").client.post(LOOK, data={"csrf_token": "any"}).status_code == 403
    assert signed_in("rita").get(LOOK).status_code == 403


def test_a_nul_in_a_field_is_refused_as_everywhere(asked, signed_in):
    assert give(signed_in("ben"), STORE, digest="a\0b").status_code == 400


def test_a_source_that_takes_no_file_says_so(asked, signed_in):
    ben = signed_in("ben")
    assert "A source of kind manual takes no file." in words(ben.get("/sources/hand/upload"))
    assert "Upload a file" not in words(ben.get("/sources/hand"))


def test_nothing_is_taken_for_one_that_is_cut_off(asked, signed_in):
    with asked.writing() as (session, _):
        sources.set_cut(session, "feed", is_cut=True)
    answer = give(signed_in("ben"), STORE, digest=digest())
    assert answer.status_code == 422
    assert "cut off or switched off" in words(answer)
