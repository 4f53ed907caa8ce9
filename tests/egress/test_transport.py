"""The transport: limits on time and size that a hostile answer cannot stretch."""

import gzip
import time
from ipaddress import ip_network

import httpx
import pytest

from monitor.egress.guard import EgressPolicy
from monitor.egress.transport import AnswerTooLarge, GuardedTransport, Limits

LOOPBACK = EgressPolicy(allowed_networks=(ip_network("127.0.0.0/8"),))


def get(listener, **limits):
    transport = GuardedTransport(LOOPBACK, allow_http=True, limits=Limits(**limits))
    with httpx.Client(transport=transport, trust_env=False) as http:
        return http.get(f"http://127.0.0.1:{listener.port}/")


def answer(body, headers=""):
    return f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\n{headers}\r\n".encode() + body


def test_a_large_answer_is_cut_for_a_webhook(listen):
    assert len(get(listen(answer(b"x" * 300_000)), max_bytes=65_536).content) == 65_536


def test_a_large_answer_is_refused_for_a_source(listen):
    with pytest.raises(AnswerTooLarge, match="1,000 bytes"):
        get(listen(answer(b"x" * 5000)), max_bytes=1000, is_cut=False)


def test_gzip_is_undone(listen):
    assert (
        get(listen(answer(gzip.compress(b"a,b\n1,2\n"), "content-encoding: gzip\r\n"))).text == "a,b\n1,2\n"
    )


@pytest.mark.parametrize("is_cut", [True, False])
def test_a_gzip_bomb_does_not_unfold(listen, is_cut):
    bomb = answer(gzip.compress(b"\0" * 30_000_000), "content-encoding: gzip\r\n")
    if is_cut:
        assert len(get(listen(bomb), max_bytes=65_536).content) == 65_536
    else:
        with pytest.raises(AnswerTooLarge):
            get(listen(bomb), max_bytes=65_536, is_cut=False)


@pytest.mark.parametrize("body", [b"no gzip at all", gzip.compress(b"x" * 1000, mtime=0)[:-12]])
def test_broken_gzip_is_a_failure(listen, body):
    with pytest.raises(httpx.DecodingError):
        get(listen(answer(body, "content-encoding: gzip\r\n")))


def test_a_byte_at_a_time_ends_at_the_limit_of_the_whole(listen):
    def drip(listener):
        yield b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"
        while not listener.released.wait(0.05):
            yield b"."

    begun = time.monotonic()
    with pytest.raises(httpx.ReadTimeout):
        get(listen(drip), total_seconds=0.4)
    assert time.monotonic() - begun < 3


def test_silence_ends_at_the_limit(listen):
    def silent(listener):
        listener.released.wait(10)
        return []

    with pytest.raises(httpx.ReadTimeout):
        get(listen(silent), total_seconds=0.2)


@pytest.mark.parametrize(
    "raw", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nxx"]
)
def test_what_is_no_whole_http_answer_is_a_failure(listen, raw):
    with pytest.raises(httpx.TransportError):
        get(listen(raw))
