"""Which addresses may be dialled: every range of alerting.md 3.4, and what an operator may open."""

from ipaddress import ip_network

import pytest

from monitor.egress.addresses import is_opened, is_public, parse_address

SPECIAL = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.3", "192.168.1.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:1ff::1", "2001:db8::1", "2002:7f00:1::",
    "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fdff::1", "fe80::1", "fe80::1%eth0", "fec0::1",
    "ff02::1", "::127.0.0.1", "::ffff:0:7f00:1", "4000::1", "e000::1",
]  # fmt: skip


@pytest.mark.parametrize("text", SPECIAL)
def test_no_special_address_is_public(text):
    assert not is_public(parse_address(text))


@pytest.mark.parametrize("text", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_an_ordinary_address_is_public(text):
    assert is_public(parse_address(text))


@pytest.mark.parametrize("text", ["10.1.2.3", "::ffff:10.1.2.3", "fd12::1"])
def test_an_operator_opens_a_private_network(text):
    allowed = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    assert is_opened(parse_address(text), allowed)


@pytest.mark.parametrize("text", ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254"])
def test_nobody_opens_the_metadata_addresses(text):
    assert not is_opened(parse_address(text), (ip_network("0.0.0.0/0"), ip_network("::/0")))


def test_a_network_of_the_other_family_opens_nothing():
    assert not is_opened(parse_address("10.0.0.1"), (ip_network("fd00::/8"),))
