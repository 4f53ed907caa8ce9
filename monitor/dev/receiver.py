"""The receiver: a local SMTP and webhook sink with a page, for the demo, for rehearsals and for tests."""

import signal
import threading
from pathlib import Path
from typing import Self

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from monitor.config import Settings
from monitor.dev.arrivals import Arrivals, trust
from monitor.dev.mail_sink import MailSink
from monitor.dev.receiver_page import receiver_page
from monitor.dev.webhook_sink import webhook_sink
from monitor.paths import templates_folder

_FREE = ("127.0.0.1", 0)
_LARGEST_BODY = 16 * 1024 * 1024


class Receiver:
    """Both sinks and the page over one folder. Use it as a context, or start and stop it."""

    def __init__(self, folder: Path, *, http: tuple[str, int], smtp: tuple[str, int]) -> None:
        """Bind the page's port; nothing is answered before `start`."""
        self.arrivals = Arrivals(folder)
        self._stopping = threading.Event()
        self._mail = MailSink(self.arrivals, host=smtp[0], port=smtp[1])
        self._web: BaseWSGIServer = make_server(
            http[0], http[1], self._app(), threaded=True, request_handler=_Quiet
        )
        self._thread = threading.Thread(target=self._web.serve_forever, name="receiver", daemon=True)

    @property
    def url(self) -> str:
        """The page's address; webhooks go to paths below it."""
        host = f"[{self._web.host}]" if ":" in self._web.host else self._web.host
        return f"http://{host}:{self._web.port}"

    @property
    def smtp_address(self) -> tuple[str, int]:
        """Where mail is taken."""
        return self._mail.hostname, self._mail.port

    def trust(self, secret: str) -> None:
        """Check signatures made with this secret."""
        trust(self.arrivals.folder, secret)

    def start(self) -> None:
        """Begin to listen on both."""
        self._mail.start()
        self._thread.start()

    def stop(self) -> None:
        """Let go of what hangs, and stop listening."""
        self._stopping.set()
        self._web.shutdown()
        self._thread.join()
        self._web.server_close()
        self._mail.stop()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def _app(self) -> Flask:
        app = Flask("receiver", template_folder=str(templates_folder() / "receiver"), static_folder=None)
        app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
        app.register_blueprint(webhook_sink(self.arrivals, self._stopping))
        app.register_blueprint(receiver_page(self.arrivals))
        return app


def build_receiver(folder: Path, *, http: tuple[str, int] = _FREE, smtp: tuple[str, int] = _FREE) -> Receiver:
    """Return a receiver that keeps what arrives in `folder`; port 0 takes any that is free."""
    return Receiver(folder, http=http, smtp=smtp)


def serve_receiver(settings: Settings) -> None:
    """Receive until told to stop, where the settings say, into HEATWATCH_HOME/receiver."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    receiver = build_receiver(
        settings.home / "receiver",
        http=_host_and_port(settings.receiver_bind),
        smtp=_host_and_port(settings.receiver_smtp_bind),
    )
    with receiver:
        stop.wait()


def _host_and_port(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


class _Quiet(WSGIRequestHandler):
    """Arrivals are kept in a file; a log line each would say it twice."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""
        del code, size
