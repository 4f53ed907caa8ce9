"""A desk with a source that programs push to, served to Flask's client."""

import pytest

from monitor.api import pushes
from monitor.bootstrap import build
from monitor.config import Settings
from monitor.services.source_tokens import issue_token
from monitor.storage import definitions, sources
from monitor.web.app import create_app
from tests.factories import NOW, a_source, an_indicator, install_desk

SOURCE = "radio-room"


@pytest.fixture(autouse=True)
def _nothing_counted(monkeypatch):
    """Each test begins with no request counted against any limit."""
    monkeypatch.setattr(pushes, "_limiter", pushes.MovingWindowRateLimiter(pushes.MemoryStorage()))


@pytest.fixture
def pushed():
    """The source under test: its kind and settings; a test module replaces it to try another."""
    return {"kind": "push", "settings": {}}


@pytest.fixture
def desk(database_url, tmp_path, pushed):
    """A desk whose fuel price comes from the source that is pushed to, and its deaths from another."""
    application = build(Settings(home=tmp_path, database_url=database_url))
    values = [a_source(SOURCE, interval_seconds=None, **pushed), an_indicator(source=SOURCE)]
    with application.writing() as (session, now):
        install_desk(session)
        definitions.save_all(session, values, author="test", reason="", effective_at=NOW, now=now)
        sources.add(session, SOURCE, due_at=None)
    yield application
    application.close()


@pytest.fixture
def token(desk):
    """A token of the source."""
    with desk.writing() as (session, now):
        return issue_token(session, SOURCE, actor="test", now=now)


@pytest.fixture
def push(desk, token):
    """Push a body: `push(body, key="a")`."""
    client = create_app(desk).test_client()

    def send(body=None, *, path="readings", to=SOURCE, bearer=token, key="", **options):
        headers = {**options.pop("headers", {})}
        headers |= {"Authorization": f"Bearer {bearer}"} if bearer else {}
        headers |= {"Idempotency-Key": key} if key else {}
        sent = {"data": body} if isinstance(body, bytes) else {"json": body}
        return client.post(f"/api/v1/sources/{to}/{path}", headers=headers, **sent, **options)

    return send
