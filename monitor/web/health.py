"""`/healthz`: the process answers. `/readyz`: it can do its work. Both without sign-in."""

from datetime import UTC, datetime

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

from monitor.domain.errors import DatabaseUnavailable
from monitor.services.readiness import readiness
from monitor.web.access import Access, open_to
from monitor.web.context import reading


def install(app: Flask) -> None:
    """Register both addresses."""
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)


@open_to(Access.ANYONE)
def healthz() -> ResponseReturnValue:
    """Answer that the process runs."""
    return jsonify(status="ok")


@open_to(Access.ANYONE)
def readyz() -> ResponseReturnValue:
    """Answer whether the database answers, a worker lives and messages leave; 503 with the reasons if not."""
    try:
        with reading() as (session, now):
            state = readiness(session, now=now, host_now=datetime.now(UTC))
    except DatabaseUnavailable:
        return jsonify(status="unready", problems=["the database does not answer"]), 503
    body = {
        "status": "ready" if state.is_ready else "unready",
        "problems": list(state.problems),
        "worker_beat_at": _written(state.worker_beat_at),
        "oldest_due_at": _written(state.oldest_due_at),
        "clock_moved_at": _written(None if state.clock_move is None else state.clock_move.at),
        "clock_moved_seconds": None if state.clock_move is None else state.clock_move.seconds,
    }
    return jsonify(body), 200 if state.is_ready else 503


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
