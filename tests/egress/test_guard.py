"""The guard: a forbidden listener sees no connection, whatever its address is called."""

import socket
import threading
from ipaddress import ip_network

import httpcore
import httpx
import pytest

from monitor.egress.guard import EgressPolicy, EgressRefused
from monitor.egress.transport import GuardedTransport, Limits

CLOSED = EgressPolicy()
LOOPBACK = EgressPolicy(allowed_networks=(ip_network("127.0.0.0/8"), ip_network("::1/128")))
NAMES = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "localhost",
    "LOCALHOST", "localhost.", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "0",
    "0.0.0.0", "[::]", "127.0.0.2", "127.127.127.127",
]  # fmt: skip


def client(policy=CLOSED, *, resolver=None, **options):
    extra = {} if resolver is None else {"resolver": resolver}
    transport = GuardedTransport(policy, **{"allow_http": True, **options}, **extra)
    return httpx.Client(transport=transport, trust_env=False)


def like_the_system(host, port):
    """What libc makes of the odd ways to write an address."""
    return [str(found[4][0]) for found in socket.getaddrinfo(socket.inet_ntoa(socket.inet_aton(host)), port)]


@pytest.mark.parametrize("name", NAMES)
def test_loopback_is_not_reached_by_any_of_its_names(listen, name):
    listener = listen(host="127.0.0.1")
    policy = EgressPolicy(allowed_ports=frozenset({listener.port}))
    odd = name.startswith(("0x", "017")) or name in {"127.1", "2130706433", "0"}
    resolver = like_the_system if odd else lambda host, port: _known(host)
    with client(policy, resolver=resolver) as http, pytest.raises((EgressRefused, httpx.InvalidURL)):
        http.get(f"http://{name}:{listener.port}/")
    assert listener.connections == 0


def _known(host):
    is_address = ":" in host or host[0].isdecimal()
    return [host if is_address else "127.0.0.1"]


def test_a_name_with_one_private_address_among_public_ones_is_refused(listen):
    listener = listen()
    policy = EgressPolicy(allowed_ports=frozenset({listener.port}))
    resolver = lambda host, port: ["93.184.216.34", "127.0.0.1"]  # noqa: E731
    with client(policy, resolver=resolver) as http, pytest.raises(EgressRefused, match=r"127\.0\.0\.1"):
        http.get(f"http://example.org:{listener.port}/")
    assert listener.connections == 0


def test_a_name_that_changes_its_address_gains_nothing(listen):
    listener = listen()
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    asked, dialled = [], []

    def rebinding(host, port):
        asked.append(host)
        return next(answers)

    with client(resolver=rebinding) as http:
        backend = http._transport._pool._network_backend
        backend._dialler.connect_tcp = lambda host, *_, **__: dialled.append(host) or _refuse()
        with pytest.raises(httpx.ConnectError):
            http.get("http://example.org/")
    assert (asked, dialled) == (["example.org"], ["93.184.216.34"])
    assert listener.connections == 0


def _refuse():
    raise httpcore.ConnectError("nobody there")


def test_an_opened_network_is_reached_on_any_port_and_keeps_the_name(listen):
    listener = listen()
    with client(LOOPBACK, resolver=lambda host, port: ["127.0.0.1"]) as http:
        answer = http.get(f"http://receiver.example:{listener.port}/path?q=1")
    assert answer.text == "ok"
    assert answer.extensions["remote_address"] == "127.0.0.1"
    assert f"Host: receiver.example:{listener.port}".encode() in listener.requests[0]


def test_the_next_checked_address_is_dialled_when_the_first_does_not_answer(listen):
    listener = listen()
    with client(LOOPBACK, resolver=lambda host, port: ["127.0.0.9", "127.0.0.1"]) as http:
        assert http.get(f"http://receiver.example:{listener.port}/").status_code == 200


@pytest.mark.parametrize("port", [22, 25, 8080, 6379])
def test_a_public_address_is_reached_on_the_open_ports_alone(port):
    resolver = lambda host, port: ["93.184.216.34"]  # noqa: E731
    with client(resolver=resolver) as http, pytest.raises(EgressRefused, match="port"):
        http.get(f"http://example.org:{port}/")


@pytest.mark.parametrize("url", ["ftp://example.org/", "file:///etc/passwd", "gopher://example.org/"])
def test_other_schemes_are_refused(url):
    with client() as http, pytest.raises((EgressRefused, httpx.UnsupportedProtocol)):
        http.get(url)


def test_plain_http_needs_to_be_allowed(listen):
    listener = listen()
    with client(LOOPBACK, allow_http=False) as http, pytest.raises(EgressRefused, match="http"):
        http.get(f"http://127.0.0.1:{listener.port}/")
    assert listener.connections == 0


def test_a_user_name_in_the_address_is_refused(listen):
    listener = listen()
    with client(LOOPBACK) as http, pytest.raises(EgressRefused, match="user name"):
        http.get(f"http://user:word@127.0.0.1:{listener.port}/")
    assert listener.connections == 0


def test_a_redirect_is_not_followed(listen):
    inner = listen()
    place = f"http://169.254.169.254:{inner.port}/"
    outer = listen(f"HTTP/1.1 302 Found\r\nlocation: {place}\r\ncontent-length: 0\r\n\r\n".encode())
    with client(LOOPBACK) as http:
        assert http.get(f"http://127.0.0.1:{outer.port}/").status_code == 302
    assert (outer.connections, inner.connections) == (1, 0)


def test_a_resolver_that_hangs_is_left_behind():
    release = threading.Event()
    limits = Limits(total_seconds=0.2)

    def stuck(host, port):
        release.wait(10)
        return []

    with client(resolver=stuck, limits=limits) as http, pytest.raises(httpx.ConnectTimeout):
        http.get("https://example.org/")
    release.set()


def test_a_name_nobody_knows_is_a_failure_to_be_tried_again():
    def unknown(host, port):
        raise OSError("Name or service not known")

    with client(resolver=unknown) as http, pytest.raises(httpx.ConnectError):
        http.get("https://example.org/")


def test_the_proxy_does_not_show_in_the_policys_text():
    assert "word" not in repr(EgressPolicy(proxy="http://user:word@proxy:4750"))
