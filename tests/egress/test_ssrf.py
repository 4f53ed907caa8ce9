"""Request forgery: whatever leads inside ends before the listener; asserted there, for both ways out.

Every connection this process opens lands at one listener, whatever address was dialled: a guard that let
something through would be seen there, not only by the error it did not raise.
"""

import socket
from ipaddress import ip_address, ip_network

import httpcore
import pytest

from monitor.channels.webhook import WebhookChannel
from monitor.domain.alerting.retry import Trouble
from monitor.domain.errors import DeliveryError, SourceError
from monitor.domain.harvest import Pace
from monitor.domain.mask import Mask
from monitor.egress.client import Clients
from monitor.egress.fetcher import PoliteFetchers
from monitor.egress.guard import EgressPolicy
from tests.channels.test_webhook import NOW, a_hook, a_message
from tests.factories import a_source

PUBLIC, PUBLIC_6 = "93.184.216.34", "2606:4700::1111"
NETWORKS = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/96", "::ffff:0:0:0/96",
    "4000::/2", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64",
    "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
    "fec0::/10", "ff00::/8",
]  # fmt: skip
INSIDE = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1"]
ENDS = [str(end) for text in NETWORKS for end in (ip_network(text)[0], ip_network(text)[-1])]
MAPPED = [f"::ffff:{ip_network(text)[1]}" for text in NETWORKS if "." in text]
NAT64 = [str(ip_address("64:ff9b::") + int(ip_address(text))) for text in INSIDE]
SIX_TO_FOUR = [str(ip_address((0x2002 << 112) | (int(ip_address(text)) << 80))) for text in INSIDE]
ADDRESSES = list(dict.fromkeys([*ENDS, *MAPPED, *NAT64, *SIX_TO_FOUR, "fd00:ec2::254", "fe80::1%eth0"]))
# All the ways to write the loopback address that libc, or a URL library, makes something of.
WRITTEN = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "017700000001",
    "0177.0.0.1", "0177.1", "127.000.000.001", "127.0.0.1.", "0", "0.0.0.0", "127.0.0.2", "127.255.255.255",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost", "LOCALHOST", "localhost.",
    "ip6-localhost", "%6c%6f%63%61%6c%68%6f%73%74", "①②⑦.⓪.⓪.①", "user:word@127.0.0.1",
]  # fmt: skip
MIXED = [
    [PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], [PUBLIC, "10.0.0.1", PUBLIC], [PUBLIC_6, "127.0.0.1"],
    [PUBLIC, "::1"], [PUBLIC, "::ffff:169.254.169.254"], [PUBLIC, "64:ff9b::a9fe:a9fe"],
]  # fmt: skip
OTHER_WAYS = [
    "ftp://inside.example/", "file:///etc/passwd", "gopher://inside.example/", "unix:///run/x",
    "//inside.example/", "inside.example",
]  # fmt: skip
PORTS = [21, 22, 25, 2375, 5432, 6379, 8080, 9200, 11211]
OPENED = [
    ("10.0.0.0/8", "10.1.2.3"), ("192.168.0.0/16", "192.168.1.1"), ("172.16.0.0/12", "172.31.0.1"),
    ("127.0.0.0/8", "127.0.0.1"), ("100.64.0.0/10", "100.64.0.1"), ("fd00::/8", "fd12::1"),
    ("10.0.0.0/8", "::ffff:10.1.2.3"),
]  # fmt: skip
NEVER_OPENED = ["169.254.169.254", "169.254.170.2", "::ffff:169.254.169.254", "fd00:ec2::254"]


class World:
    """Names and where they lead, one answer a look-up; the listener at which every connection ends."""

    def __init__(self, listener):
        self.listener, self.names, self.dialled = listener, {}, []

    def look_up(self, host, port, *_, **__):
        if host in self.names:
            answers = self.names[host]
            found = answers.pop(0) if len(answers) > 1 else answers[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]
        if host.rstrip(".").lower() in {"localhost", "ip6-localhost"}:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        return _getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)

    def dial(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.dialled.append(host)
        return _connect(_DIALLER, "127.0.0.1", self.listener.port, timeout)


_getaddrinfo, _connect, _DIALLER = (
    socket.getaddrinfo,
    httpcore.SyncBackend.connect_tcp,
    httpcore.SyncBackend(),
)


@pytest.fixture
def world(listen, monkeypatch):
    world = World(listen())
    monkeypatch.setattr("monitor.egress.guard.socket.getaddrinfo", world.look_up)
    monkeypatch.setattr(
        httpcore.SyncBackend,
        "connect_tcp",
        world.dial,
    )
    return world


def post(url, policy=EgressPolicy()):  # noqa: B008 (frozen)
    """Send a webhook to it."""
    channel, clients = a_hook(url, settings={"allow_http": True}), Clients(policy)
    try:
        return WebhookChannel(clients).send(channel, a_message(), b"{}", now=NOW)
    finally:
        clients.close()


def fetch(url, policy=EgressPolicy()):  # noqa: B008 (frozen)
    """Ask it as a source."""
    source = a_source(settings={"allow_http": True})
    fetchers = PoliteFetchers(policy)
    try:
        return fetchers.fetcher(source, mask=Mask(), pace=Pace(tries=1)).get(url, seconds=2.0)
    finally:
        fetchers.close()


both = pytest.mark.parametrize("ask", [post, fetch])


def refused(ask, url, policy=EgressPolicy()):  # noqa: B008 (frozen)
    with pytest.raises((DeliveryError, SourceError)) as caught:
        ask(url, policy)
    return caught.value


@both
def test_without_a_guard_in_the_way_the_listener_is_reached(world, ask):
    world.names["receiver.example"] = [[PUBLIC]]
    ask("http://receiver.example/")
    assert (world.listener.connections, world.dialled) == (1, [PUBLIC])


@both
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_name_that_leads_inside_reaches_nobody(world, ask, address):
    world.names["inside.example"] = [[address]]
    error = refused(ask, "http://inside.example/")
    assert (world.listener.connections, world.dialled) == (0, [])
    assert error.permanent
    assert getattr(error, "trouble", Trouble.REFUSED) == Trouble.REFUSED


@both
@pytest.mark.parametrize("written", WRITTEN)
def test_no_way_to_write_the_loopback_address_reaches_it(world, ask, written):
    refused(ask, f"http://{written}/")
    assert (world.listener.connections, world.dialled) == (0, [])


@both
@pytest.mark.parametrize("answers", MIXED)
def test_one_address_inside_spoils_all_of_a_name(world, ask, answers):
    world.names["mixed.example"] = [answers]
    refused(ask, "http://mixed.example/")
    assert (world.listener.connections, world.dialled) == (0, [])


@both
@pytest.mark.parametrize("inside", INSIDE)
def test_a_name_that_changes_its_address_is_looked_up_once_a_connection(world, ask, inside):
    world.names["rebinding.example"] = [[PUBLIC], [inside]]
    ask("http://rebinding.example/")
    refused(ask, "http://rebinding.example/")
    assert (world.listener.connections, world.dialled) == (1, [PUBLIC])


@both
@pytest.mark.parametrize("url", OTHER_WAYS)
def test_other_ways_out_are_shut(world, ask, url):
    world.names["inside.example"] = [["127.0.0.1"]]
    refused(ask, url)
    assert (world.listener.connections, world.dialled) == (0, [])


@both
@pytest.mark.parametrize("port", PORTS)
def test_other_ports_of_a_public_address_are_shut(world, ask, port):
    world.names["receiver.example"] = [[PUBLIC]]
    refused(ask, f"http://receiver.example:{port}/")
    assert (world.listener.connections, world.dialled) == (0, [])


@both
@pytest.mark.parametrize(
    "place", ["http://169.254.169.254/latest", "http://127.0.0.1/", "file:///etc/passwd"]
)
def test_a_redirect_leads_nowhere_inside(listen, monkeypatch, ask, place):
    moved = f"HTTP/1.1 302 Found\r\nlocation: {place}\r\ncontent-length: 0\r\n\r\n".encode()
    world = World(listen(moved))
    world.names["receiver.example"] = [[PUBLIC]]
    monkeypatch.setattr("monitor.egress.guard.socket.getaddrinfo", world.look_up)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", world.dial)
    refused(ask, "http://receiver.example/")
    assert (world.listener.connections, world.dialled) == (1, [PUBLIC])


@both
@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_in_the_environment_is_not_asked(world, ask, monkeypatch, name):
    monkeypatch.setenv(name, f"http://127.0.0.1:{world.listener.port}")
    world.names["receiver.example"] = [[PUBLIC]]
    ask("http://receiver.example/")
    assert world.dialled == [PUBLIC]


@both
@pytest.mark.parametrize("network, address", OPENED)
def test_an_operator_opens_a_network_on_every_port_and_no_other(world, ask, network, address):
    policy = EgressPolicy(allowed_networks=(ip_network(network),))
    world.names |= {"ours.example": [[address]], "theirs.example": [["192.0.2.1"]]}
    ask("http://ours.example:8080/", policy)
    refused(ask, "http://theirs.example/", policy)
    assert world.listener.connections == 1
    assert world.dialled == [address.removeprefix("::ffff:")]


@both
@pytest.mark.parametrize("address", NEVER_OPENED)
def test_no_operator_opens_what_hands_out_credentials(world, ask, address):
    everything = ("0.0.0.0/0", "::/0", "169.254.0.0/16", "fd00:ec2::254/128")
    policy = EgressPolicy(allowed_networks=tuple(ip_network(text) for text in everything))
    world.names["metadata.example"] = [[address]]
    refused(ask, "http://metadata.example/", policy)
    assert (world.listener.connections, world.dialled) == (0, [])


def test_the_list_of_cases_is_at_least_as_long_as_the_contract_asks():
    kinds = (ADDRESSES, WRITTEN, MIXED, INSIDE, OTHER_WAYS, PORTS, OPENED, NEVER_OPENED)
    assert sum(len(cases) for cases in kinds) >= 120
