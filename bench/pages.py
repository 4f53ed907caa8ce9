"""Pages: board and subject through Flask's test client: of the bundled pack, and of a desk of five years."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.routing import BuildError

from bench import watched_pages
from bench.desks import environ_of
from bench.measure import Figure, Skipped, compare, seconds, single
from monitor.bootstrap import Application, build
from monitor.cli.first_start import prepare
from monitor.config import load_settings
from monitor.domain.errors import ConfigError
from monitor.services.sign_in import begin_try, finish_try, prove

SUBJECT = "assimi-goita"
PAGES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("board", "board.show", {}),
    ("subject", "subject.show", {"slug": SUBJECT}),
)
OK = 200


def run(folder: Path) -> list[Figure]:
    """Time the pages of the desk as it is after the first start, signed in as its admin."""
    missing = [name for name, _, _ in PAGES if find_spec(f"monitor.web.pages.{name}") is None]
    if missing:
        raise Skipped(f"there is no page module {', '.join(missing)} yet")
    settings = load_settings(environ_of(folder))
    try:
        with redirect_stdout(StringIO()):
            prepare(settings)
    except ConfigError as error:
        raise Skipped(str(error)) from error
    desk = build(settings)
    try:
        found = _figures(desk)
    finally:
        desk.close()
    watched = folder / "watched"
    watched.mkdir()
    return [*found, *watched_pages.figures(watched, _counting)]


def _figures(desk: Application) -> list[Figure]:
    from monitor.web.app import create_app

    app = create_app(desk)
    client, empty = app.test_client(), _empty()
    client.set_cookie("heatwatch", _token(desk))
    figures: list[Figure] = []
    for name, address in _addresses(app).items():
        with _counting() as statements:
            size = len(_body(client, address))
        figures += [
            compare(
                f"{name} page", _timed(client, address), "an empty Flask view", _timed(empty, "/"),
                runs=9, unit="ms", scale=1000,
            ),
            single(f"{name} page, queries", [len(statements)], unit="queries"),
            single(f"{name} page, size", [size / 1000], unit="kB"),
        ]  # fmt: skip
    return figures


def _addresses(app: Flask) -> dict[str, str]:
    try:
        with app.test_request_context():
            return {name: url_for(endpoint, **values) for name, endpoint, values in PAGES}
    except BuildError as error:
        raise Skipped(f"no route leads to {error.endpoint}") from error


def _token(desk: Application) -> str:
    """Sign in without the form, whose password hashing is slow on purpose."""
    with desk.writing() as (session, now):
        attempt = begin_try(session, email=desk.settings.admin_email, address="", now=now)
    proof = prove(attempt, desk.settings.admin_password or "")
    with desk.writing() as (session, now):
        signed_in = finish_try(session, attempt, proof, now=now)
    if signed_in is None:
        raise AssertionError("the admin could not sign in")
    return signed_in.token


def _empty() -> FlaskClient:
    app = Flask("empty")
    app.add_url_rule("/", "empty", lambda: "")
    return app.test_client()


def _timed(client: FlaskClient, address: str) -> Callable[[], float]:
    return lambda: seconds(lambda: _body(client, address))


def _body(client: FlaskClient, address: str) -> bytes:
    answer = client.get(address)
    if answer.status_code != OK:
        raise Skipped(f"{address} answers {answer.status_code}")
    return answer.get_data()


@contextmanager
def _counting() -> Iterator[list[str]]:
    """Collect the statements of all engines of this process."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)
