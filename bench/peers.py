"""Prometheus and Alertmanager on the same workload, beside ours: a value pushed until its webhook comes.

Private instances in a folder of their own, scraping nothing, evaluating every second, one message an alert.
Needs the programs `prometheus` and `prometheus-alertmanager` (the Debian packages of those names).
"""

import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson

from bench import alerting
from bench.alerting import COUNT, PAUSE_SECONDS, Sink
from bench.measure import Figure, Skipped, Spread, percentile
from bench.workload import STEPS, Indicator, breach, calm, indicators, injected, stormed

READY_SECONDS, SETTLE_SECONDS = 60.0, 20.0
_LITERAL = 60_000
_ON = "on(indicator) group_left()"


def run(folder: Path) -> list[Figure]:
    """Measure them, then ours, in the same hour on the same machine."""
    programs = {name: shutil.which(name) for name in ("prometheus", "prometheus-alertmanager")}
    if missing := [name for name, path in programs.items() if path is None]:
        raise Skipped(f"there is no {' and no '.join(missing)} here")
    theirs = _theirs(folder, indicators(COUNT))
    ours = folder / "ours"
    ours.mkdir()
    return [*theirs, *alerting.run(ours)]


def _theirs(folder: Path, inds: Sequence[Indicator]) -> list[Figure]:
    sink, at_once = Sink(series_of=_series_of), [each for each in stormed(inds) if not each.hold]
    with (
        _alertmanager(folder, sink.url) as alerts,
        _prometheus(folder, alerts) as base,
        httpx.Client() as client,
    ):
        _configure(client, base, inds)
        single = [_one(client, base, each, sink) for each in injected(inds)]
        storm = _storm(client, base, at_once, sink)
    return [
        _figure(f"theirs: value pushed until webhook received, {len(single)} alerts", single, "ms"),
        *(_figure(f"theirs: p{percent}", [percentile(single, percent)], "ms") for percent in (50, 90, 99)),
        _figure(f"theirs: storm of {len(at_once)} without hold, until the last webhook", [storm], "s"),
    ]


def _configure(client: httpx.Client, base: str, inds: Sequence[Indicator]) -> None:
    """Push knots, slopes and thresholds as series, and calm values; wait until rules have seen them.

    And until Prometheus has found the Alertmanager: what fires before is sent a minute later.
    """
    rows: list[tuple[dict[str, str], float]] = []
    for each in inds:
        named = {"indicator": _name(each)}
        rows += [({"__name__": f"knot{j}", **named}, each.knots[j]) for j in range(3)]
        rows += [({"__name__": f"slope{j}", **named}, each.slopes[j]) for j in range(3)]
        rows += [({"__name__": "threshold", "hold": str(each.hold), **named}, each.threshold)]
        rows += [({"__name__": "value", **named}, calm(each))]
    _push(client, base, rows)
    until = time.monotonic() + READY_SECONDS
    while _count(client, base, "score") != len(inds) or not _has_found_alertmanager(client, base):
        if time.monotonic() > until:
            raise TimeoutError("the rules did not reckon all scores")
        time.sleep(0.5)


def _one(client: httpx.Client, base: str, ind: Indicator, sink: Sink) -> float:
    time.sleep(PAUSE_SECONDS)
    begun = time.perf_counter()
    _push(client, base, [({"__name__": "value", "indicator": _name(ind)}, breach(ind))])
    at, told = sink.wait()
    if told != _name(ind):
        raise RuntimeError(f"{told} was told instead of {_name(ind)}")
    return (at - begun) * 1000


def _storm(client: httpx.Client, base: str, inds: Sequence[Indicator], sink: Sink) -> float:
    begun = time.perf_counter()
    _push(client, base, [({"__name__": "value", "indicator": _name(each)}, breach(each)) for each in inds])
    came = [sink.wait() for _ in inds]
    if {told for _, told in came} != {_name(each) for each in inds}:
        raise RuntimeError("the storm's alerts are not those that were to come")
    return max((at for at, _ in came), default=begun) - begun


def _figure(name: str, values: Sequence[float], unit: str) -> Figure:
    return Figure(name=name, unit=unit, ours=Spread.of(list(values)))


def _name(ind: Indicator) -> str:
    return f"ind-{ind.number:05d}"


def _series_of(body: bytes) -> list[str]:
    alerts = orjson.loads(body)["alerts"]
    return [each["labels"]["indicator"] for each in alerts if each["status"] == "firing"]


# ------------------------------------------------------------------------------------------ the programs


@contextmanager
def _alertmanager(folder: Path, hook: str) -> Iterator[int]:
    port = _free_port()
    (folder / "alertmanager.yml").write_text(
        "route: {receiver: sink, group_by: ['...'], group_wait: 0s, group_interval: 1s, "
        "repeat_interval: 24h}\n"
        f"receivers: [{{name: sink, webhook_configs: [{{url: '{hook}'}}]}}]\n"
    )
    command = [
        "prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=alerts",
        f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=warn",
    ]  # fmt: skip
    with _running(command, folder, f"http://127.0.0.1:{port}/-/ready"):
        yield port


@contextmanager
def _prometheus(folder: Path, alerts: int) -> Iterator[str]:
    port = _free_port()
    score = " + ".join(
        f"clamp((value - {_ON} knot{j}) * {_ON} slope{j}, 0, {step:g})" for j, step in enumerate(STEPS)
    )
    rules = [f"  - {{record: score, expr: '{score}'}}"]
    for hold in (0, 3):
        breached = f'score >= {_ON} threshold{{hold="{hold}"}}'
        rules.append(f"  - {{alert: breach, expr: '{breached}', for: {hold}s}}")
    lines = ["groups:", "- name: all", "  interval: 1s", "  rules:", *rules]
    (folder / "rules.yml").write_text("\n".join(lines) + "\n")
    (folder / "prometheus.yml").write_text(
        "global: {evaluation_interval: 1s}\nrule_files: [rules.yml]\n"
        f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{alerts}']}}]}}]}}\n"
    )
    command = [
        "prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
        "--web.enable-remote-write-receiver", f"--web.listen-address=127.0.0.1:{port}",
        "--query.lookback-delta=24h", "--log.level=warn",
    ]  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    with _running(command, folder, f"{base}/-/ready"):
        yield base


@contextmanager
def _running(command: Sequence[str], folder: Path, ready: str) -> Iterator[None]:
    with (folder / f"{command[0]}.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        until = time.monotonic() + READY_SECONDS
        while not _is_ready(ready):
            if time.monotonic() > until or process.poll() is not None:
                raise TimeoutError(f"{command[0]} did not start")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=SETTLE_SECONDS)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.HTTPError:
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _count(client: httpx.Client, base: str, name: str) -> int:
    result = client.get(f"{base}/api/v1/query", params={"query": f"count({name})"}).json()["data"]["result"]
    return int(result[0]["value"][1]) if result else 0


def _has_found_alertmanager(client: httpx.Client, base: str) -> bool:
    return bool(client.get(f"{base}/api/v1/alertmanagers").json()["data"]["activeAlertmanagers"])


# ------------------------------------------------------------------------------------------ remote write


def _push(client: httpx.Client, base: str, rows: Iterable[tuple[dict[str, str], float]]) -> None:
    """Send samples of now by Prometheus's remote write: protobuf, framed as snappy without compression."""
    milliseconds = time.time_ns() // 1_000_000
    raw = b"".join(_field(1, _series(labels, value, milliseconds)) for labels, value in rows)
    parts = [raw[place : place + _LITERAL] for place in range(0, len(raw), _LITERAL)]
    body = _varint(len(raw)) + b"".join(b"\xf4" + struct.pack("<H", len(part) - 1) + part for part in parts)
    headers = {
        "content-encoding": "snappy",
        "content-type": "application/x-protobuf",
        "x-prometheus-remote-write-version": "0.1.0",
    }
    client.post(f"{base}/api/v1/write", content=body, headers=headers, timeout=60).raise_for_status()


def _series(labels: dict[str, str], value: float, milliseconds: int) -> bytes:
    """Return a TimeSeries: labels by name, one sample."""
    pairs = (_field(1, name.encode()) + _field(2, text.encode()) for name, text in sorted(labels.items()))
    named = b"".join(_field(1, pair) for pair in pairs)
    return named + _field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + _varint(milliseconds))


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
