"""The way out for sources: it tries again what may pass, keeps secrets, and asks for each thing once."""

import gzip
import hashlib
import re
import threading
import zlib
from ipaddress import ip_network
from random import Random

import httpx
import pytest

from monitor.domain.errors import Postponed, SourceError
from monitor.domain.fetched import Validator
from monitor.domain.harvest import Pace, Unchanged
from monitor.domain.mask import Mask
from monitor.egress.attempts import Way
from monitor.egress.fetcher import PoliteFetchers, RunFetcher
from monitor.egress.guard import EgressPolicy, EgressRefused
from monitor.egress.politeness import Hosts
from monitor.egress.sharing import SharedAnswers
from tests.factories import a_source

URL = "https://data.example/table.csv"
QUICK = Pace(pause_seconds=0.0, at_once=4)


class Clock:
    """Time that only sleeping moves."""

    def __init__(self):
        self.at, self.slept = 0.0, []

    def __call__(self):
        return self.at

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.at += seconds


class World:
    """Answers in turn (the last one for ever), and keeps the requests and the time."""

    def __init__(self, *answers):
        self.answers, self.got, self.clock = list(answers), [], Clock()
        self.mask, self.shared = Mask(), SharedAnswers()
        hosts = Hosts(clock=self.clock, sleep=self.clock.sleep)
        self.way = Way(
            agent="heatwatch/1 (desk@x.org)", hosts=hosts, clock=self.clock, sleep=self.clock.sleep,
            chance=Random(1),
        )  # fmt: skip

    def handle(self, request):
        self.got.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer = answer(request) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    def run(self, source="feed", *, pace=QUICK, known=None):
        return RunFetcher(
            source=source, way=self.way, transport=httpx.MockTransport(self.handle), shared=self.shared,
            pace=pace, mask=self.mask, known=known or {},
        )  # fmt: skip

    def told(self, ask=lambda run: run.get(URL), **values):
        with pytest.raises(SourceError) as caught:
            ask(self.run(**values))
        return caught.value


def ok(content=b"a,b", **headers):
    return httpx.Response(200, content=content, headers=headers)


def moved(location, status=302):
    return httpx.Response(status, headers={"location": location})


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


def known_of(world, content=b"a,b", **headers):
    world.answers = [ok(content, **headers)]
    run = world.run()
    run.get(URL, revalidate=True)
    return run.validators


def test_only_what_changed_since_is_asked_for():
    world = World(ok())
    known = known_of(world, etag='"v1"', **{"last-modified": "Mon, 23 Nov 2026 10:00:00 GMT"})
    world.answers = [httpx.Response(304)]
    run = world.run(known=known)
    with pytest.raises(Unchanged):
        run.get(URL, revalidate=True)
    assert world.got[-1].headers["if-none-match"] == '"v1"'
    assert world.got[-1].headers["if-modified-since"] == "Mon, 23 Nov 2026 10:00:00 GMT"
    assert run.validators == known


def test_the_same_bytes_are_unchanged_and_others_are_not():
    world = World(ok())
    known = known_of(world)
    assert list(known.values()) == [Validator(digest=hashlib.sha256(b"a,b").hexdigest())]
    with pytest.raises(Unchanged):
        world.run(known=known).get(URL, revalidate=True)
    world.answers = [ok(b"a,c")]
    assert world.run(known=known).get(URL, revalidate=True).content == b"a,c"


def test_another_resource_is_asked_for_whole():
    world = World(ok())
    known = known_of(world, etag='"v1"')
    world.run(known=known).get(URL, params={"page": "2"}, revalidate=True)
    assert "if-none-match" not in world.got[-1].headers


def test_nothing_changed_is_no_answer_to_a_question_that_was_not_asked():
    assert "it was not asked that" in str(World(httpx.Response(304)).told())


def test_a_resource_is_read_once_in_a_run_and_by_sources_that_are_due_together():
    world = World(ok(), ok(b"later"))
    first = world.run("one")
    assert {first.get(URL).content for _ in range(3)} == {b"a,b"}
    assert world.run("two").get(URL).content == b"a,b"
    assert len(world.got) == 1
    assert world.run("one").get(URL).content == b"later"
    assert world.run("three").get(URL, headers={"accept": "text/csv"}).content == b"later"
    assert len(world.got) == 3


def test_sources_with_other_secrets_do_not_share():
    world = World(ok())
    for secret in ("hunter2-1", "hunter2-2"):
        world.run(secret).get(URL, secret_headers={"x-token": secret})
    assert len(world.got) == 2


def test_those_who_ask_meanwhile_wait_for_the_one_answer():
    entered, release, found = threading.Event(), threading.Event(), []

    def slow(_):
        entered.set()
        release.wait(10)
        return ok()

    world = World(slow)
    threads = [
        threading.Thread(target=lambda name=name: found.append(world.run(name).get(URL).content))
        for name in ("one", "two", "three")
    ]
    threads[0].start()
    entered.wait(10)
    for thread in threads[1:]:
        thread.start()
    release.set()
    for thread in threads:
        thread.join(10)
    assert (found, len(world.got)) == ([b"a,b"] * 3, 1)


def test_a_run_waits_between_its_pages_and_another_source_is_postponed():
    world, slow = World(ok()), Pace(pause_seconds=5.0, at_once=1)
    run = world.run("one", pace=slow)
    for page in ("1", "2", "3"):
        run.get(URL, params={"page": page})
    assert world.clock.slept == [5.0, 5.0]
    waits = [
        world.told(lambda run: run.get(URL, params={"page": "9"}), source=name, pace=slow).retry_after_seconds
        for name in ("two", "three")
    ]
    assert waits == [pytest.approx(10.0), pytest.approx(15.0)] or waits[1] - waits[0] == pytest.approx(5.0)
    assert len(world.got) == 3


def test_a_pace_is_the_sources_own_then_the_kinds():
    fetchers = PoliteFetchers(EgressPolicy())
    kind = Pace(pause_seconds=5.0, at_once=1, tries=1)
    settings = {"pause_seconds": 9, "at_once": 2}
    assert fetchers.fetcher(a_source(), mask=Mask(), pace=kind).pace == kind
    own = fetchers.fetcher(a_source(settings=settings), mask=Mask(), pace=kind).pace
    assert own == Pace(pause_seconds=9.0, at_once=2, tries=1)


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
    run = PoliteFetchers(policy).fetcher(source, mask=Mask(), pace=Pace(tries=1))
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
