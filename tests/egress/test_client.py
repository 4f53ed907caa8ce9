"""The fetch: tries again what may pass, says what will not, and never repeats a query string."""

import httpx
import pytest
import stamina

from monitor.domain.errors import SourceError
from monitor.egress.client import Clients, build_client, fetch
from monitor.egress.guard import EgressPolicy, EgressRefused

URL = "https://data.example/table.csv?key=hidden"


@pytest.fixture(autouse=True)
def _no_waiting():
    with stamina.set_testing(True, attempts=3):
        yield


def answering(*answers):
    """A client that gives these answers in turn, and the list of requests it got."""
    queue, got = list(answers), []

    def handle(request):
        got.append(request)
        answer = queue.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return httpx.Client(transport=httpx.MockTransport(handle)), got


def test_a_good_answer_is_returned():
    client, got = answering(httpx.Response(200, text="a,b"))
    assert fetch(client, URL).text == "a,b"
    assert len(got) == 1


@pytest.mark.parametrize("first", [httpx.Response(503), httpx.Response(429), httpx.ConnectError("no")])
def test_what_may_pass_is_tried_again(first):
    client, got = answering(first, httpx.Response(200, text="ok"))
    assert fetch(client, URL).text == "ok"
    assert len(got) == 2


def test_three_tries_are_enough():
    client, got = answering(*[httpx.Response(502)] * 3)
    with pytest.raises(SourceError, match="answered 502") as caught:
        fetch(client, URL)
    assert (len(got), caught.value.permanent) == (3, False)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_permanent_and_keeps_the_query_to_itself(status):
    client, got = answering(httpx.Response(status))
    with pytest.raises(SourceError, match=f"table.csv answered {status}") as caught:
        fetch(client, URL)
    assert (len(got), caught.value.permanent) == (1, True)
    assert "hidden" not in str(caught.value)


def test_a_redirect_is_named_and_not_followed():
    client, got = answering(httpx.Response(301, headers={"location": "https://other.example/x?key=hidden"}))
    with pytest.raises(SourceError, match=r"points to https://other\.example/x$"):
        fetch(client, URL)
    assert len(got) == 1


def test_what_the_guard_refuses_is_permanent():
    client, _ = answering(EgressRefused("not let out"))
    with pytest.raises(SourceError, match="not let out") as caught:
        fetch(client, URL)
    assert caught.value.permanent


def test_an_address_that_is_none_is_a_source_error():
    client, _ = answering()
    with pytest.raises(SourceError):
        fetch(client, "https://[::1")


def test_each_channel_has_one_client_of_its_own():
    clients = Clients(EgressPolicy())
    assert clients.client("a") is clients.client("a")
    assert clients.client("a") is not clients.client("b")
    assert clients.client("a") is not clients.client("a", allow_http=True)


def test_a_client_follows_nothing_and_reads_no_environment():
    with build_client(EgressPolicy()) as client:
        assert (client.follow_redirects, client.trust_env) == (False, False)
        assert client.headers["user-agent"].startswith("heatwatch/")
