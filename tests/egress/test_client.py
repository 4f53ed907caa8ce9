"""Clients of channels: one of its own each, that follows nothing and reads no environment."""

from monitor.egress.client import Clients, build_client
from monitor.egress.guard import EgressPolicy


def test_each_channel_has_one_client_of_its_own():
    clients = Clients(EgressPolicy())
    assert clients.client("a") is clients.client("a")
    assert clients.client("a") is not clients.client("b")
    assert clients.client("a") is not clients.client("a", allow_http=True)


def test_a_client_follows_nothing_and_reads_no_environment():
    with build_client(EgressPolicy()) as client:
        assert (client.follow_redirects, client.trust_env) == (False, False)
        assert client.headers["user-agent"].startswith("heatwatch/")
