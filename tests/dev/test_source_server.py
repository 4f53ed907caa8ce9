"""The server of the stand-ins: a path each, faults and editions that are switched, the manners of servers."""

import gzip
import time

import httpx
import pytest

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.registry import STAND_INS
from monitor.dev.sources.server import SourceServer, build_app
from monitor.dev.sources.stand_in import Scene

TABLE = "/files/brent-daily.csv"


@pytest.fixture
def scene():
    return Scene()


@pytest.fixture
def client(scene):
    return build_app(scene).test_client()


def test_every_stand_in_is_listed_with_where_its_figures_are_from(client):
    listed = client.get("/").json
    assert list(listed) == [stand_in.name for stand_in in STAND_INS]
    assert all(entry["about"].startswith(("real: ", "made up")) for entry in listed.values())


def test_what_was_asked_is_counted(client):
    for _ in range(3):
        client.get(TABLE)
    assert client.get("/").json["files"]["asked"] == 3


@pytest.mark.parametrize(
    "fault,status,start",
    [
        ("429", 429, b"Too many"),
        ("500", 500, b"Internal"),
        ("html", 200, b"<!doctype html>"),
        ("expired", 401, b'{"message":'),
    ],
)
def test_a_fault_is_switched_on_and_off_by_an_address(client, fault, status, start):
    assert client.put(f"/control/files/fault/{fault}").json == {"source": "files", "fault": fault}
    answer = client.get(TABLE)
    assert (answer.status_code, answer.data[: len(start)]) == (status, start)
    client.put("/control/files/fault/none")
    assert client.get(TABLE).data.startswith(b"Date,Price")


def test_too_many_says_when_to_come_again(client):
    client.put("/control/files/fault/429")
    assert client.get(TABLE).headers["retry-after"] == "2"


def test_a_fault_of_one_source_is_none_of_another(client):
    client.put("/control/files/fault/500")
    assert client.get("/feeds/rss.xml").status_code == 200


@pytest.mark.parametrize("path", ["files/fault/on-fire", "nobody/fault/500", "nobody/edition/earlier"])
def test_what_cannot_be_switched_is_said(client, path):
    assert client.put(f"/control/{path}").status_code == 404


def test_a_renamed_column_is_another_in_the_head_alone(client, scene):
    good = client.get("/wfp_prices/bucket/wfp_food_prices_nic.csv").data
    scene.faults["wfp_prices"] = Fault.COLUMN
    bad = client.get("/wfp_prices/bucket/wfp_food_prices_nic.csv").data
    assert b",price_local,usdprice" in bad.splitlines()[0]
    assert bad.splitlines()[1:] == good.splitlines()[1:]


def test_a_truncated_gzip_cannot_be_unpacked(client, scene):
    scene.faults["files"] = Fault.GZIP
    answer = client.get(TABLE)
    assert answer.headers["content-encoding"] == "gzip"
    with pytest.raises(EOFError):
        gzip.decompress(answer.data)


def test_a_wrong_encoding_is_no_utf8(client, scene):
    scene.faults["feeds"] = Fault.ENCODING
    with pytest.raises(UnicodeDecodeError):
        client.get("/feeds/rss.xml").data.decode()


def test_what_was_seen_is_not_sent_again(client):
    first = client.get(TABLE)
    again = client.get(TABLE, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_those_who_take_gzip_get_it(client):
    packed = client.get(TABLE, headers={"accept-encoding": "gzip"})
    assert gzip.decompress(packed.data) == client.get(TABLE).data


def test_a_slow_answer_drips_while_others_are_served():
    with SourceServer() as server:
        server.scene.faults["files"] = Fault.SLOW
        begun = time.monotonic()
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(server.base("files") + "/brent-daily.csv", timeout=0.2)
        assert httpx.get(server.base("feeds") + "/rss.xml", timeout=1).status_code == 200
    assert time.monotonic() - begun < 10, "the slow answer would have taken a minute"
