"""Ping: an outside monitor is asked through the guard, and what went wrong never names its address."""

from ipaddress import ip_network

import pytest

from monitor.egress.guard import EgressPolicy
from monitor.egress.ping import Ping

OPEN = EgressPolicy(allowed_networks=(ip_network("127.0.0.0/8"),))


def test_a_good_answer_is_no_problem(httpserver):
    httpserver.expect_request("/ping/0f1e2d").respond_with_data("OK")
    assert Ping(OPEN, httpserver.url_for("/ping/0f1e2d"))() == ""


@pytest.mark.parametrize("status", [302, 404, 500])
def test_another_answer_is_told_without_the_address(httpserver, status):
    httpserver.expect_request("/ping/0f1e2d").respond_with_data("no", status=status)
    assert Ping(OPEN, httpserver.url_for("/ping/0f1e2d"))() == f"it answered {status}"


def test_what_the_guard_refuses_is_told(httpserver):
    said = Ping(EgressPolicy(), httpserver.url_for("/ping/0f1e2d"))()
    assert said
    assert "0f1e2d" not in said


def test_nobody_there_is_told():
    assert Ping(OPEN, "http://127.0.0.1:9/ping")() == "the connection failed (ConnectError)"
