"""The page of a source's push tokens: made, shown once, used, revoked; by admins alone."""

import re
from dataclasses import replace

import pytest

from monitor.config import Settings
from monitor.sources.registry import source_kinds
from monitor.storage import audit, definitions, sources
from tests.factories import NOW, a_source, install_desk
from tests.fakes import an_outside
from tests.web.conftest import serve
from tests.web.test_index import counted
from tests.web.test_source_acts import words

PAGE = "/sources/feed/tokens"


@pytest.fixture
def settings(database_url, tmp_path):
    """Both engines: what is done here writes."""
    return Settings(home=tmp_path, database_url=database_url)


@pytest.fixture
def asked(desk):
    """A source that programs push to, and one that takes nothing."""
    with desk.writing() as (session, now):
        install_desk(session, now=now)
        found = [
            a_source(kind="push", settings={}, interval_seconds=None),
            a_source("world", kind="gdelt", settings={"query": "x"}),
        ]
        definitions.save_all(session, found, author="test", reason="", effective_at=NOW, now=now)
        sources.add(session, "world", due_at=None)
    return replace(desk, outside=an_outside(source_kinds()))


@pytest.fixture
def app(asked):
    """The desk of the sources."""
    return serve(asked)


def pushes(visitor, token):
    """Whether a token is let in."""
    answer = visitor.client.post(
        "/api/v1/sources/feed/readings", json={}, headers={"Authorization": f"Bearer {token}"}
    )
    return answer.status_code not in {401, 403}


def test_an_admin_makes_a_token_sees_it_once_and_revokes_it(asked, signed_in):
    ana = signed_in("ana")
    assert f'href="{PAGE}"' in ana.get("/sources/feed").text
    assert "nobody may push to it" in words(ana.get(PAGE))
    page = ana.post(PAGE, form=PAGE)
    (token,) = re.findall(r"hwp_[\w-]+", page.text)
    assert "/api/v1/sources/feed/readings" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    told = ana.get(PAGE)
    assert token not in told.text
    assert "by ana@example.org" in words(told)
    assert "never" in words(told)
    assert pushes(ana, token)
    assert ana.post(f"{PAGE}/1/revoke", form=PAGE).location == PAGE
    assert "Token 1 is revoked." in words(ana.get(PAGE))
    assert not pushes(ana, token)
    ana.post(f"{PAGE}/1/revoke", form=PAGE)
    assert "Not revoked: source feed has no token 1 in force." in words(ana.get(PAGE))
    with asked.reading() as (session, _):
        told = [(each.actor, each.action) for each in audit.find_all(session, target="feed")]
    assert set(told) == {("ana@example.org", "source.token"), ("ana@example.org", "source.revoke")}


def test_a_source_that_takes_nothing_has_no_token(signed_in):
    ana = signed_in("ana")
    assert "Push tokens" not in words(ana.get("/sources/world"))
    assert "takes nothing that is pushed" in words(ana.get("/sources/world/tokens"))
    answer = ana.post("/sources/world/tokens", form=PAGE)
    assert (answer.status_code, "hwp_" in answer.text) == (422, False)
    assert ana.get("/sources/nobody/tokens").status_code == 404


@pytest.mark.parametrize("name", ["rita", "ben"])
def test_nobody_else_sees_or_makes_one(signed_in, name):
    visitor = signed_in(name)
    assert visitor.get(PAGE).status_code == 403
    token = visitor.token("/")
    for path in (PAGE, f"{PAGE}/1/revoke"):
        assert visitor.client.post(path, data={"csrf_token": token}).status_code == 403
    assert "Push tokens" not in words(visitor.get("/sources/feed"))


def test_the_page_keeps_its_query_budget(asked, signed_in):
    ana = signed_in("ana")
    ana.get(PAGE)
    with asked.reading() as (session, _), counted(session) as seen:
        assert ana.get(PAGE).status_code == 200
    assert 0 < len(seen) <= 12, len(seen)
