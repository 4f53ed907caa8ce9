"""The way out for sources: it tries again what may pass, keeps secrets, and asks for each thing once."""

import gzip
import re
import zlib
from contextlib import closing
from ipaddress import ip_network

import httpx
import pytest

from monitor.domain.errors import Postponed, SourceError
from monitor.domain.harvest import Pace
from monitor.domain.mask import Mask
from monitor.egress.fetcher import PoliteFetchers
from monitor.egress.guard import EgressPolicy, EgressRefused
from tests.egress.world import URL, World, moved, ok
from tests.factories import a_source


@pytest.mark.parametrize(
    "first",
    [*map(httpx.Response, (408, 425, 429, 500, 503)), httpx.ConnectError("no"), httpx.ReadTimeout("")],
)
def test_what_may_pass_is_tried_again_after_a_while_that_chance_decides(first):
    world = World(first, ok())
    assert world.run().get(URL).content == b"a,b"
    assert len(world.got) == 2
    assert 0.5 <= world.clock.slept[0] <= 1.0


def test_three_tries_are_enough_and_the_kind_may_want_fewer():
    world = World(httpx.Response(502))
    assert "has trouble of its own (502)" in str(world.told())
    assert len(world.got) == 3
    world.told(pace=Pace(pause_seconds=0, tries=1))
    assert len(world.got) == 4


@pytest.mark.parametrize(
    "status,words",
    [(401, "key or login"), (403, "refuses us"), (404, "nothing at this address"), (202, "no data")],
)
def test_what_will_not_pass_is_said_at_once(status, words):
    world = World(httpx.Response(status, json={"message": "Token is\nunknown"}))
    error = world.told()
    assert words in str(error)
    assert "it says: 'Token is unknown'" in str(error)
    assert (len(world.got), error.permanent) == (1, status >= 400)


def test_a_status_that_is_accepted_is_an_answer():
    assert World(httpx.Response(404)).run().get(URL, accept=frozenset({200, 404})).status == 404


def test_a_short_wait_that_is_asked_for_is_kept():
    world = World(httpx.Response(429, headers={"retry-after": "3"}), ok())
    world.run().get(URL)
    assert world.clock.slept == [3.0]


def test_a_long_wait_that_is_asked_for_is_not_slept_and_holds_for_all_sources():
    world = World(httpx.Response(503, headers={"retry-after": "600"}))
    error = world.told()
    assert error.retry_after_seconds == 600
    assert "asks us to wait 10 min" in str(error)
    assert world.clock.slept == []
    other = world.told(source="other")
    assert isinstance(other, Postponed)
    assert other.retry_after_seconds == pytest.approx(600, abs=1)
    assert len(world.got) == 1


@pytest.mark.parametrize(
    "answer,words",
    [
        (ok(b""), r"nothing at all \(0 bytes\)"),
        (ok(b"<!DOCTYPE html><title>Just a\n moment</title>"), "a web page .* headed 'Just a moment'"),
        (ok(b"\xef\xbb\xbf\n<HTML lang='en'>"), "a web page where data was expected"),
        (httpx.RemoteProtocolError("received 3 bytes, expected 9"), "broke off .* received 3 bytes"),
        (httpx.DecodingError("the answer's gzip ends too early"), "cannot be unpacked: .* too early"),
        (EgressRefused("10.0.0.1 is not public"), "was not read: 10.0.0.1 is not public"),
    ],
)
def test_what_is_no_answer_is_said_in_words(answer, words):
    assert re.search(words, str(World(answer).told()), re.DOTALL)


def test_redirects_are_followed_and_each_is_asked_of_the_guard():
    world = World(moved("/b", 301), moved("https://other.example/c", 307), ok())
    assert world.run().get(URL).url == "https://other.example/c"
    assert [str(each.url) for each in world.got] == [
        URL, "https://data.example/b", "https://other.example/c"
    ]  # fmt: skip


def test_redirects_end():
    world = World(moved("/again"))
    assert "more than 5 redirects" in str(world.told())
    assert len(world.got) == 6


def test_a_redirect_never_leaves_https():
    world = World(moved("http://data.example/table.csv"))
    assert "not encrypted" in str(world.told())
    assert len(world.got) == 1


def test_secret_headers_stay_with_their_host():
    world = World(moved("/b"), moved("https://other.example/c"), ok())
    headers, hidden = {"authorization": "Bearer plain", "x-kind": "csv"}, {"x-token": "hunter2-hunter2"}
    world.run().get(URL, headers=headers, secret_headers=hidden)
    assert [each.headers.get("x-token") for each in world.got] == ["hunter2-hunter2"] * 2 + [None]
    assert [each.headers.get("authorization") for each in world.got] == ["Bearer plain"] * 2 + [None]
    assert {each.headers["x-kind"] for each in world.got} == {"csv"}


def test_a_login_is_not_sent_on_to_another_host():
    world = World(moved("https://other.example/c", 307))
    error = world.told(lambda run: run.post(URL, form={"a": "1"}, secrets={"password": "hunter2-hunter2"}))
    assert "our login" in str(error)
    assert len(world.got) == 1


def test_a_post_that_is_sent_elsewhere_becomes_a_get():
    world = World(moved("/done", 303), ok())
    world.run().post(URL, json={"a": 1})
    assert [(each.method, each.content) for each in world.got] == [("POST", b'{"a":1}'), ("GET", b"")]


def test_no_secret_is_shown_by_an_error_an_address_or_what_is_kept(caplog, capsys):
    secret = "s3cr/t +key"
    echo = moved(
        "https://other.example/login?next=s3cr%2ft%20%2bkey&again=s3cr%252Ft%2520%252Bkey&t=s3cr/t+%2Bkey"
    )
    repeated = httpx.Response(200, content=b'{"echo": "s3cr\\/t +key, s3cr/t +key"}')
    world = World(echo, repeated)
    run = world.run()
    answer = run.get(URL, secrets={"key": secret}, secret_headers={"authorization": f"Bearer {secret}"})
    assert dict(world.got[0].url.params) == {"key": secret}
    assert (run.kept[0].body, run.kept[0].reason) == (None, "it repeats a secret of ours")
    world.answers = [httpx.Response(403, json={"message": f"no rights for {secret}"})]
    error = world.told(lambda run: run.get(URL, params={"page": "2"}, secrets={"key": secret}))
    assert "no rights for •••" in str(error)
    shown = "\n".join([str(error), answer.url, repr(run.kept), caplog.text, *capsys.readouterr()])
    assert "s3cr" not in shown


def test_of_the_answer_to_a_login_only_the_outline_is_kept():
    told = b'{"access_token": "x", "expires_in": 60, "rights": ["all", true, null]}'
    run = World(ok(told), ok(b"access_token=x")).run()
    for _ in range(2):
        run.post(URL, form={"user": "desk"}, secrets={"password": "hunter2-hunter2"}, is_secret=True)
    outline = b'{"access_token":"withheld","expires_in":3600,"rights":["withheld",true,null]}'
    assert (zlib.decompress(run.kept[0].body), run.kept[0].size) == (outline, len(told))
    assert run.kept[1].body is None
    assert "secret" in run.kept[1].reason


def test_what_a_run_kept_answers_the_same_requests_again():
    world = World(ok(b"one"), ok(b"two"), ok(b"page 2"), httpx.Response(404))
    run = world.run()
    run.post(URL, json={"q": 1}, secret_headers={"x-token": "hunter2-hunter2"})
    run.post(URL, json={"q": 1})
    run.get(URL, params={"page": "2"}, secrets={"key": "hunter2-hunter2"})
    run.get(URL + "/gone", accept=frozenset({404}))
    replay = PoliteFetchers(EgressPolicy()).replaying(run.kept).fetcher(a_source(), mask=Mask())
    assert [replay.post(URL, json={"q": 1}).content for _ in range(3)] == [b"one", b"two", b"two"]
    assert (
        replay.get(URL, params={"page": "2"}, secrets={"key": "other"}, revalidate=True).content == b"page 2"
    )
    assert replay.get(URL + "/gone").status == 404
    with pytest.raises(SourceError, match="no answer was kept"):
        replay.get(URL, params={"page": "3"})


def test_where_answers_are_not_to_be_kept_none_is():
    run = World(ok()).run()
    run.keeps = False
    run.get(URL)
    assert run.kept == []


def test_a_secret_that_fields_of_a_form_carry_is_sent_in_the_body():
    world = World(ok())
    world.run().post(URL, form={"user": "desk"}, secrets={"password": "a b"})
    assert (world.got[0].content, str(world.got[0].url)) == (b"user=desk&password=a+b", URL)


def test_one_says_who_asks():
    world = World(ok())
    world.run().get(URL)
    assert world.got[0].headers["user-agent"] == "heatwatch/1 (desk@x.org)"
    agent = PoliteFetchers(EgressPolicy(), contact="desk@x.org").fetcher(a_source(), mask=Mask()).way.agent
    assert re.fullmatch(r"heatwatch/\S+ \(desk@x\.org\)", agent)


def test_what_is_packed_is_kept_packed_and_whole():
    run = World(ok(gzip.compress(b"x" * 1000), **{"content-type": "application/gzip"})).run()
    run.get(URL, params={"apikey": "abc", "iso": "MLI"})
    kept = run.kept[0]
    assert kept.url == "https://data.example/table.csv?apikey=hidden&iso=MLI"
    assert (kept.method, kept.status, kept.headers["content-type"]) == ("GET", 200, "application/gzip")


@pytest.mark.parametrize("url", ["https://[::1", "ftp://x.example/a", "data.example/t", "", "https://"])
def test_an_address_that_is_none_is_said(url):
    assert "address is none" in str(World(ok()).told(lambda run: run.get(url)))


def over_http(listener):
    """Ask a real listener on loopback, with a kind that does not try again."""
    policy = EgressPolicy(allowed_networks=(ip_network("127.0.0.0/8"),))
    source = a_source(settings={"allow_http": True})
    with closing(PoliteFetchers(policy)) as fetchers:
        run = fetchers.fetcher(source, mask=Mask(), pace=Pace(tries=1))
        return run.get(f"http://127.0.0.1:{listener.port}/t.csv", seconds=2.0)


def test_an_answer_arrives_over_http(listen):
    listener = listen(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nETag: x\r\n\r\na,b")
    answer = over_http(listener)
    assert (answer.content, answer.headers["etag"]) == (b"a,b", "x")
    assert b"user-agent: heatwatch/" in listener.requests[0].lower()


@pytest.mark.parametrize(
    "answer,words",
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\na,b", "broke off before its answer was whole"),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\ncontent-encoding: gzip\r\n\r\n"
            + gzip.compress(b"a,b" * 50, mtime=0)[:20],
            "the answer's gzip ends too early",
        ),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-encoding: br\r\n\r\nab", "packed as 'br'"),
        (b"SSH-2.0-OpenSSH_9\r\n", "broke off"),
    ],
)
def test_what_is_cut_off_or_cannot_be_read_is_said(listen, answer, words):
    with pytest.raises(SourceError, match=words):
        over_http(listen(answer))


def test_a_listener_that_never_answers_is_left_after_the_time_given(listen):
    def stall(listener):
        listener.released.wait(20)
        return []

    with pytest.raises(SourceError, match="did not answer whole within 2 s"):
        over_http(listen(stall))
