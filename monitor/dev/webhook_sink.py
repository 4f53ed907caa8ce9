"""The receiver's webhooks: every POST is kept; some paths answer as badly as real receivers do."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from monitor.dev.arrivals import Arrivals, Incoming, trusted
from monitor.dev.signature import check_signature
from monitor.domain.alerting.native_event import CHANNEL_TEST

LONGEST_HANG_SECONDS = 60.0
_BIG = 5 * 1024 * 1024


def webhook_sink(arrivals: Arrivals, stopping: threading.Event) -> Blueprint:
    """Return the routes: /hook/..., and the scripted /fail, /hang, /slow, /reset, /moved and /big."""
    sink = Blueprint("sink", __name__)
    seen: Counter[str] = Counter()

    def keep(status: int) -> None:
        arrivals.add(_incoming(request.path, request.get_data(), dict(request.headers), arrivals, status))

    @sink.post("/hook/<path:name>")
    def hook(name: str) -> Response:
        del name
        keep(200)
        return Response(b'{"ok":true}', mimetype="application/json")

    @sink.post("/fail/<int:status>")
    def fail(status: int) -> Response:
        keep(status)
        asked = request.args.get("retry-after")
        return Response(b"as the path says", status, headers={"retry-after": asked} if asked else {})

    @sink.post("/fail/<int:status>/<int:times>/<name>")
    def fail_at_first(status: int, times: int, name: str) -> Response:
        seen[name] += 1
        answer = status if seen[name] <= times else 200
        keep(answer)
        return Response(b"as the path says", answer)

    @sink.post("/hang")
    def hang() -> Response:
        keep(0)
        stopping.wait(LONGEST_HANG_SECONDS)
        return Response(b"too late")

    @sink.post("/slow")
    def slow() -> Response:
        keep(0)
        return Response(_drip(stopping), headers={"content-length": "1000"})

    @sink.post("/reset")
    def reset() -> Response:
        keep(0)
        connection: socket.socket = request.environ["werkzeug.socket"]
        connection.shutdown(socket.SHUT_RDWR)
        return Response(b"")

    @sink.post("/moved")
    def moved() -> AnyResponse:
        keep(302)
        return redirect("/hook/moved", 302)

    @sink.post("/big")
    def big() -> Response:
        keep(200)
        return Response(b"x" * _BIG)

    return sink


def _drip(stopping: threading.Event) -> Iterator[bytes]:
    for _ in range(1000):
        if stopping.is_set():
            return
        yield b"."
        time.sleep(0.2)


def _incoming(
    path: str, body: bytes, headers: Mapping[str, str], arrivals: Arrivals, status: int
) -> Incoming:
    names = {name.lower(): value for name, value in headers.items()}
    event = _event(body)
    if kind := names.get("ce-type"):
        event = {"type": kind.removeprefix("heatwatch.").removesuffix(".v1"), "data": event}
    data = event.get("data") or {}
    return Incoming(
        kind="webhook",
        target=path,
        body=body,
        message_id=names.get("webhook-id", ""),
        episode_id=str(data.get("episodeId", "")),
        event_seq=int(data.get("eventSeq") or 0),
        absorbed=tuple(data.get("absorbed") or ()),
        title=_title(event, data),
        type=str(event.get("type", "")),
        signature=check_signature(names, body, secrets=trusted(arrivals.folder), now_seconds=time.time()),
        is_exercise=bool(data.get("exercise")),
        status=status,
    )


def _title(event: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    if event.get("type") == CHANNEL_TEST:
        return f"[TEST] Test of channel {data.get('channel', '')}"
    about = (data.get("indicator") or {}).get("name") or (data.get("subject") or {}).get("name") or ""
    return " ".join(part for part in (f"[{str(data.get('concernName', '')).upper()}]", about) if part)


def _event(body: bytes) -> dict[str, Any]:
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return event if isinstance(event, dict) and isinstance(event.get("data") or {}, dict) else {}
