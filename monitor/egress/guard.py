"""The guard: resolve a name once, check every address it gives, dial one of those that were checked."""

import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import httpcore

from monitor.domain.errors import MonitorError
from monitor.egress.addresses import Address, Network, is_opened, is_public, parse_address
from monitor.egress.deadline import DeadlineBackend, seconds_left

HTTP_PORT, HTTPS_PORT = 80, 443
CONNECT_SECONDS = 5.0

Resolver = Callable[[str, int], Sequence[str]]


class EgressRefused(MonitorError):
    """The guard does not let a request out; trying again will not help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressPolicy:
    """What an operator opened. A network in `allowed_networks` is open on every port."""

    allowed_networks: tuple[Network, ...] = ()
    allowed_ports: frozenset[int] = frozenset()
    proxy: str | None = field(default=None, repr=False)


def resolve(host: str, port: int) -> Sequence[str]:
    """Return every address the system's resolver gives for a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class GuardedBackend(DeadlineBackend):
    """Opens connections to checked addresses only; TLS and the Host header keep the name."""

    def __init__(
        self, policy: EgressPolicy, *, allow_http: bool = False, resolver: Resolver = resolve
    ) -> None:
        """Keep the rules; nothing is opened yet."""
        super().__init__()
        self._policy = policy
        self._ports = frozenset({HTTPS_PORT} | ({HTTP_PORT} if allow_http else set()))
        self._resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Dial the first checked address that answers."""
        limit = min(CONNECT_SECONDS if timeout is None else timeout, seconds_left())
        addresses = checked_addresses(
            self._policy, host, port, ports=self._ports, timeout=limit, resolver=self._resolver
        )
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for each in addresses:
            try:
                return super().connect_tcp(str(each.address), port, limit, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


@dataclass(frozen=True, slots=True)
class CheckedAddress:
    """An address that may be dialled; `is_opened`: because an operator opened its network."""

    address: Address
    is_opened: bool


def checked_addresses(
    policy: EgressPolicy, host: str, port: int, *, ports: frozenset[int], timeout: float,
    resolver: Resolver = resolve,
) -> list[CheckedAddress]:  # fmt: skip
    """Return the addresses of a name; `ports` are open at public ones. EgressRefused if one may not be.

    Every address must pass: a name that also points inside is refused as a whole.
    """
    found = [parse_address(text) for text in _within(timeout, resolver, host, port)]
    checked = [CheckedAddress(each, is_opened(each, policy.allowed_networks)) for each in found]
    for each in checked:
        if each.is_opened:
            continue
        if not is_public(each.address):
            raise EgressRefused(
                f"{host} is at {each.address}, which is not a public address; an operator may open its"
                " network with HEATWATCH_EGRESS_ALLOW_CIDRS"
            )
        if port not in ports | policy.allowed_ports:
            raise EgressRefused(f"port {port} is not open for {host}; {max(ports)} is")
    return checked


def _within(timeout: float, resolver: Resolver, host: str, port: int) -> Sequence[str]:
    """Look a name up in a thread of its own: the system's resolver knows no time limit."""
    answer: list[Sequence[str]] = []
    failure: list[OSError | UnicodeError] = []

    def look_up() -> None:
        try:
            answer.append(resolver(host, port))
        except (OSError, UnicodeError) as error:
            failure.append(error)

    thread = threading.Thread(target=look_up, name="look up a name", daemon=True)
    thread.start()
    thread.join(timeout)
    if answer:
        return answer[0]
    if failure:
        raise httpcore.ConnectError(f"{host} was not found: {failure[0]}")
    raise httpcore.ConnectTimeout(f"{host} was not found within {timeout:.0f} s")
