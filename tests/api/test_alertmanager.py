"""Alertmanager's webhook over HTTP; from the real program, if it is on this machine."""

import json
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from datetime import UTC, datetime

import pytest
from werkzeug.serving import make_server

from monitor.storage import runs
from monitor.web.app import create_app
from tests.api.conftest import SOURCE
from tests.api.test_pushes import values_of
from tests.factories import FUEL
from tests.sources.push.test_alertmanager import MESSAGE, alert

PROGRAM = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
CONFIG = """
route: {receiver: heatwatch, group_wait: 100ms, group_interval: 1s, group_by: [alertname]}
receivers:
  - name: heatwatch
    webhook_configs:
      - url: %s
        http_config: {authorization: {credentials: %s}}
"""


@pytest.fixture
def pushed():
    series = {"series": FUEL, "where": {"team": "telecom"}}
    return {"kind": "alertmanager", "settings": {"series": [series], "repeat_hours": 0.0001}}


def test_a_message_that_is_repeated_stores_nothing_new(desk, push):
    message = MESSAGE | {"alerts": [alert("a"), alert("b", team="power")]}
    first, again = (push(message, path="alertmanager") for _ in range(2))
    assert (first.status_code, first.json["new"]) == (200, 1), first.text
    assert again.json["outcome"] == "unchanged"
    assert values_of(desk) == [1.0]


def test_a_message_that_is_none_is_refused_with_words(push):
    answer = push({"alerts": "none"}, path="alertmanager")
    assert answer.status_code == 422
    assert "no message of Alertmanager's webhook" in answer.json["detail"]


@pytest.fixture
def served(desk):
    """The desk behind a real socket; gives its address."""
    server = make_server("127.0.0.1", 0, create_app(desk), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def alertmanager(served, token, tmp_path):
    """The real program with a webhook to the desk; gives a function that tells it of alerts."""
    config, port = tmp_path / "alertmanager.yml", _free_port()
    config.write_text(CONFIG % (f"{served}/api/v1/sources/{SOURCE}/alertmanager", token))
    command = [
        PROGRAM, f"--config.file={config}", f"--storage.path={tmp_path}", "--cluster.listen-address=",
        f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    log = (tmp_path / "log").open("wb")
    program = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _until(lambda: _answers(f"http://127.0.0.1:{port}/-/ready"))
        yield lambda alerts: _answers(f"http://127.0.0.1:{port}/api/v2/alerts", alerts)
    finally:
        program.terminate()
        program.wait(10)
        log.close()


@pytest.mark.slow
@pytest.mark.skipif(PROGRAM is None, reason="Alertmanager is not on this machine")
def test_an_unmodified_alertmanager_is_heard_firing_and_resolved(desk, alertmanager):
    labels = {"alertname": "LinkDown", "team": "telecom"}
    alertmanager([{"labels": labels | {"link": name}} for name in ("gao", "kidal")])
    _until(lambda: values_of(desk)[-1:] == [2.0])
    alertmanager([{"labels": labels | {"link": "gao"}, "endsAt": datetime.now(UTC).isoformat()}])
    _until(lambda: values_of(desk)[-1:] == [1.0])
    with desk.reading() as (session, _):
        assert {run.outcome for run in runs.recent(session, SOURCE)} <= {"ok", "unchanged"}


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _answers(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def _until(claim, *, seconds=20):
    ends_at = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < ends_at, "it did not happen in time"
        threading.Event().wait(0.05)
