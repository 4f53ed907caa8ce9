"""prometheus: the real program, if it is on this machine, asked about samples of yesterday."""

import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Ask
from monitor.domain.mask import Mask
from monitor.egress.fetcher import PoliteFetchers
from monitor.egress.guard import EgressPolicy
from monitor.sources.prometheus.kind import PrometheusSource
from tests.factories import a_source

PROGRAM, TOOL = shutil.which("prometheus"), shutil.which("promtool")
POLICY = EgressPolicy(allowed_networks=(ip_network("127.0.0.0/8"),))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None or TOOL is None, reason="Prometheus is not on this machine"),
]


@pytest.fixture
def noon():
    """A full hour of the last day: the program compares samples with its own clock."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=6)


@pytest.fixture
def address(tmp_path, noon):
    """The program with four hours of a metric that is 10 in the first, 20 in the second, then gone."""
    start = int((noon - timedelta(hours=4)).timestamp())
    samples = [(start + 60 * minute + 30, 10 if minute < 60 else 20) for minute in range(120)]
    lines = [f'queue{{place="Ségou"}} {value} {at}' for at, value in samples]
    lines += [f'queue{{place="gao"}} NaN {at}' for at, _ in samples]
    text = "\n".join(["# HELP queue Vehicles", "# TYPE queue gauge", *lines, "# EOF", ""])
    (tmp_path / "queue.txt").write_text(text)
    made = ["tsdb", "create-blocks-from", "openmetrics", str(tmp_path / "queue.txt"), str(tmp_path / "data")]
    subprocess.run([TOOL, *made], check=True, capture_output=True)
    (tmp_path / "prometheus.yml").write_text("global: {scrape_interval: 1h}\n")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [
        PROGRAM, f"--config.file={tmp_path / 'prometheus.yml'}", f"--storage.tsdb.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    with (tmp_path / "log").open("wb") as log:
        program = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _until_ready(f"http://127.0.0.1:{port}/-/ready")
            yield f"http://127.0.0.1:{port}"
        finally:
            program.terminate()
            program.wait(20)


def fetch(address, now, **settings):
    series = [{"series": "queue:{place}", "query": "avg_over_time(queue[1h])", "units": {"Ségou": "segou"}}]
    given = {"url": address, "allow_http": True, "series": series, "first_days": 0.5, **settings}
    source = a_source(kind="prometheus", settings=given)
    fetchers = PoliteFetchers(POLICY)
    with closing(fetchers._transport(allows_http=True)):
        fetcher = fetchers.fetcher(source, mask=Mask())
        return PrometheusSource().fetch(source, Ask(now=now, secret=str), fetcher)


def test_hours_are_what_the_program_says_and_the_rest_has_no_value(address, noon):
    found = fetch(address, noon + timedelta(minutes=5))
    hours = {(each.period_end - noon) // timedelta(hours=1): each.value for each in found.readings}
    assert (hours[-3], hours[-2]) == (10.0, 20.0)
    assert 0 not in hours
    assert -1 not in hours
    assert {each.series for each in found.readings} == {"queue:segou"}


def test_an_instant_query_is_one_value(address, noon):
    found = fetch(address, noon - timedelta(hours=2, minutes=-5), ask="instant")
    assert [(each.period_end, each.value) for each in found.readings] == [(noon - timedelta(hours=2), 20.0)]


def test_not_a_number_is_said(address, noon):
    series = [{"series": "queue:{place}", "query": 'queue{place="gao"}'}]
    found = fetch(address, noon - timedelta(hours=2, minutes=-5), series=series)
    assert found.readings == ()
    assert "NaN" in found.note


def test_a_query_that_is_none_is_refused_in_its_words(address, noon):
    with pytest.raises(SourceError, match=r"bad_data: .*parse error"):
        fetch(address, noon, series=[{"series": "queue:all", "query": "sum("}])


def _until_ready(url):
    ends_at = time.monotonic() + 30
    while time.monotonic() < ends_at:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            threading.Event().wait(0.1)
    raise AssertionError("Prometheus did not start")
