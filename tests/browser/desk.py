"""A desk served on a port of its own, for a real browser: the bundled packs, assessed, and a live worker."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from monitor.bootstrap import build
from monitor.config import Settings
from monitor.domain.person import Role
from monitor.packs.read_pack import read_pack
from monitor.paths import packs_folder
from monitor.scheduling.jobs import drain_pipeline
from monitor.services.add_person import add_person
from monitor.services.change_person import set_reading
from monitor.services.install_pack import install_pack
from monitor.storage import heartbeats
from monitor.storage.schema import migrate
from monitor.web.app import create_app
from monitor.web.live import hub
from tests.browser.content import MAIL, leave_traces, run_commands

EMAIL, PASSWORD = "n.haidara@example.org", "mango-river-tuesday"
# What serves each address: for tests that break the line between a page and its desk.
APPS: dict[str, Flask] = {}


class Quiet(WSGIRequestHandler):
    """Serves without a line a request."""

    def log_request(self, *_args) -> None:
        """Say nothing."""


@contextmanager
def served(home: Path, *, is_arranged: bool = False) -> Iterator[tuple[str, object]]:
    """Serve a desk in a folder, perhaps set up for alerts; yield its address and its application object."""
    settings = Settings(home=home, **MAIL)
    migrate(settings.effective_database_url)
    application = build(settings)
    fill(application, arrange=run_commands if is_arranged else None)
    if is_arranged:
        leave_traces(application)
    app = create_app(application)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    APPS[address] = app
    try:
        yield address, application
    finally:
        hub(APPS.pop(address)).close()
        server.shutdown()
        thread.join()
        server.server_close()
        application.close()


def fill(application, *, arrange=None) -> None:
    """Install the bundled packs, add one person, assess the subjects and raise their alerts.

    `arrange` sets the desk up before anything fires.
    """
    packs = [
        read_pack(folder).pack
        for folder in sorted(packs_folder().iterdir())
        if (folder / "pack.toml").exists()
    ]
    with application.writing() as (session, now):
        for pack in packs:
            install_pack(session, pack, author="screenshots", now=now)
        add_person(
            session,
            email=EMAIL,
            name="N. Haidara",
            role=Role.ADMIN,
            password=PASSWORD,
            actor="screenshots",
            now=now,
        )
    if arrange is not None:
        arrange(application)
    drain_pipeline(application)
    beat(application)


def beat(application) -> None:
    """Say that a worker lives."""
    with application.writing() as (session, now):
        heartbeats.beat(session, worker="screenshots", now=now)


def act(application) -> None:
    """Do something that is audited: every open page asks for itself."""
    with application.writing() as (session, now):
        for zone in ("Africa/Bamako", "UTC"):
            set_reading(session, email=EMAIL, zone=zone, actor="test", now=now)


def sign_in(page, address: str) -> None:
    """Sign a browser in."""
    page.goto(f"{address}/sign-in")
    page.fill("input[type=email]", EMAIL)
    page.fill("input[type=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{address}/")
