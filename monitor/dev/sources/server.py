"""The server of the stand-ins: each below its own path, and a door to switch their faults."""

import gzip
import threading
from collections.abc import Sequence
from typing import Self

from flask import Flask, Response, abort, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from monitor.dev.sources.faults import Fault, instead_of_an_answer, renamed, spoil
from monitor.dev.sources.registry import STAND_INS
from monitor.dev.sources.stand_in import Scene, StandIn, as_json

_SMALL = 1_400
_POLL_SECONDS = 0.02
_OK = 200


class SourceServer:
    """Stand-ins on one port each, since a host and its port are what we are polite to.

    Use it as a context, or start and stop it.
    """

    def __init__(
        self,
        scene: Scene | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        stand_ins: Sequence[StandIn] = STAND_INS,
    ) -> None:
        """Bind the control's port and those after it, or any that are free; nothing is answered yet."""
        self.scene = scene or Scene()
        app = build_app(self.scene, stand_ins)
        names = ["", *(stand_in.name for stand_in in stand_ins)]
        self._listeners: dict[str, BaseWSGIServer] = {}
        try:
            for place, name in enumerate(names):
                self._listeners[name] = make_server(
                    host, port and port + place, app, threaded=True, request_handler=_Quiet
                )
        except (OSError, SystemExit) as error:
            for listener in self._listeners.values():
                listener.server_close()
            raise OSError(f"port {port + place} of {host} is not free") from error

    @property
    def url(self) -> str:
        """The address of the listing and of the control."""
        return self._address("")

    def base(self, name: str) -> str:
        """Return the address that takes the place of a source's own."""
        return f"{self._address(name)}/{name}"

    def start(self) -> None:
        """Begin to answer."""
        for name, listener in self._listeners.items():
            threading.Thread(
                target=listener.serve_forever, args=(_POLL_SECONDS,), name=f"source {name}", daemon=True
            ).start()

    def stop(self) -> None:
        """Break off what is slow, and stop answering."""
        self.scene.stopping.set()
        for listener in self._listeners.values():
            listener.shutdown()
            listener.server_close()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def _address(self, name: str) -> str:
        listener = self._listeners[name]
        return f"http://{listener.host}:{listener.port}"


def build_app(scene: Scene, stand_ins: Sequence[StandIn] = STAND_INS) -> Flask:
    """Return the app of a scene: /<name>/... for each stand-in, /control/<name>/... for its faults."""
    app = Flask("sources", static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    for stand_in in stand_ins:
        app.register_blueprint(stand_in.routes(scene), url_prefix=f"/{stand_in.name}")
    by_name = {stand_in.name: stand_in for stand_in in stand_ins}
    _add_faults(app, scene, by_name)
    _add_control(app, scene, by_name)
    return app


def _add_faults(app: Flask, scene: Scene, by_name: dict[str, StandIn]) -> None:
    @app.before_request
    def instead() -> Response | None:
        name = request.path.split("/")[1]
        if name not in by_name:
            return None
        scene.asked[name] += 1
        fault = scene.faults.get(name)
        if fault is Fault.EXPIRED and not by_name[name].knows_expiry:
            return as_json({"message": "The token has expired"}, 401)
        return instead_of_an_answer(fault)

    @app.after_request
    def spoilt(response: Response) -> Response:
        name = request.path.split("/")[1]
        if name not in by_name or response.status_code != _OK:
            return response
        fault = scene.faults.get(name)
        if fault is Fault.COLUMN and by_name[name].renamed[0]:
            response.set_data(renamed(response.get_data(), response.mimetype or "", by_name[name].renamed))
        if fault in {Fault.SLOW, Fault.GZIP, Fault.ENCODING}:
            return spoil(fault, response, stopping=scene.stopping)
        return _packed(response)


def _packed(response: Response) -> Response:
    """As servers do: an ETag and 304 for what was seen, gzip for those who take it."""
    response.add_etag()
    response.make_conditional(request)
    body = response.get_data() if response.status_code == _OK else b""
    if len(body) > _SMALL and request.accept_encodings["gzip"]:
        response.set_data(gzip.compress(body, compresslevel=1, mtime=0))
        response.headers["content-encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    return response


def _add_control(app: Flask, scene: Scene, by_name: dict[str, StandIn]) -> None:
    @app.get("/")
    def listing() -> Response:
        return as_json(
            {
                name: {
                    "about": stand_in.about,
                    "fault": scene.faults.get(name),
                    "edition": "earlier" if scene.is_earlier(name) else "latest",
                    "asked": scene.asked[name],
                }
                for name, stand_in in by_name.items()
            }
        )

    @app.route("/control/<name>/fault/<fault>", methods=["POST", "PUT"])
    def set_fault(name: str, fault: str) -> Response:
        if name not in by_name or fault not in {*Fault, "none"}:
            abort(404, f"no such stand-in or fault; faults are {', '.join(Fault)} and none")
        scene.faults.pop(name, None)
        if fault != "none":
            scene.faults[name] = Fault(fault)
        return as_json({"source": name, "fault": scene.faults.get(name)})

    @app.route("/control/<name>/edition/<any(earlier, latest):edition>", methods=["POST", "PUT"])
    def set_edition(name: str, edition: str) -> Response:
        if name not in by_name:
            abort(404, "no such stand-in")
        scene.earlier.discard(name)
        if edition == "earlier":
            scene.earlier.add(name)
        return as_json({"source": name, "edition": edition})


class _Quiet(WSGIRequestHandler):
    """A rehearsal asks thousands of times; the listing counts, no line each."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""
        del code, size
