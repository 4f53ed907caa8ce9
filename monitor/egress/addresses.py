"""Which addresses may be dialled: public ones, and private ones an operator opened by name."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# `is_global` alone lets several of these through, and differs between Python versions (alerting.md 3.4).
_DENIED: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
# All that is given out to networks so far; the rest embeds IPv4 addresses in old ways, or is nobody's.
_IPV6_UNICAST = ip_network("2000::/3")
# Cloud metadata hands out credentials; no setting opens it.
_METADATA: tuple[Network, ...] = (ip_network("169.254.0.0/16"), ip_network("fd00:ec2::254/128"))


def parse_address(text: str) -> Address:
    """Return the address without its zone, an IPv4-mapped one unwrapped."""
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_opened(address: Address, allowed: Iterable[Network]) -> bool:
    """Whether an operator's networks hold the address; the metadata ones are never opened."""
    return not _is_in(address, _METADATA) and _is_in(address, allowed)


def is_public(address: Address) -> bool:
    """Whether the address is reachable by all and belongs to no special range."""
    if address.version == 6 and address not in _IPV6_UNICAST:  # noqa: PLR2004
        return False
    return address.is_global and not address.is_multicast and not _is_in(address, (*_METADATA, *_DENIED))


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
