"""A real receiver on loopback: what a kind of channel sends through the guarded door, as it arrives."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network

from monitor.domain.alerting.delivery import Receipt
from monitor.egress.client import Clients
from monitor.egress.guard import EgressPolicy
from tests.told import NOW

LOOPBACK = EgressPolicy(allowed_networks=(ip_network("127.0.0.0/8"),))


@dataclass(frozen=True)
class Sent:
    """One request as it arrived, and what its sender made of the answer."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    receipt: Receipt


def sent_to(httpserver, kind, channel, message, *, status=200, answer="", path="/in"):
    """Render and send one message with a kind; the receiver takes it at `path`, or answers `status`."""
    clients = Clients(LOOPBACK)
    httpserver.expect_request(path).respond_with_data(answer, status=status)
    made = kind(clients)
    body, _ = made.render(channel, message)
    try:
        receipt = made.send(channel, message, body, now=NOW)
    finally:
        clients.close()
    (request, _) = httpserver.log[-1]
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Sent(request.method, request.path, headers, request.get_data(), receipt)
