"""Live: 200 open streams of one web process, and how fast it serves other pages meanwhile."""

import http.client
import os
import selectors
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

from bench.desks import environ_of, start
from bench.measure import Figure, Skipped, Spread, percentile, single
from bench.memory import megabytes
from monitor.bootstrap import Application, build
from monitor.cli.checks import missing_assets
from monitor.cli.first_start import prepare
from monitor.config import load_settings
from monitor.services.change_person import set_reading
from monitor.services.sign_in import begin_try, finish_try, prove

STREAMS = 200
# As docs/operators.md says: 200 streams are seven eighths of the threads at most.
THREADS = "256"
PAGES = ("/", "/alerts", "/desk/value", "/worker")
ASKED = 100
WARM = 10
GOAL_MS = 50.0
CHANGE_SECONDS = 2.0
SLOWEST_SECONDS = 60.0
OK = 200


def run(folder: Path) -> list[Figure]:
    """Ask for pages with no stream, with 200 that hear nothing, and with 200 that are told of changes."""
    if missing := missing_assets():
        raise Skipped(f"the browser's files are not built ({', '.join(missing)}); run `make assets`")
    port = _free_port()
    environ = environ_of(folder, HEATWATCH_BIND=f"127.0.0.1:{port}", HEATWATCH_THREADS=THREADS)
    settings = load_settings(environ)
    with redirect_stdout(StringIO()):
        prepare(settings)
    desk = build(settings)
    process = start("web", environ=environ, log=folder / "web.log")
    try:
        cookie = _cookie(desk)
        _wait_until_up(port, process)
        return _figures(desk, port, cookie, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=SLOWEST_SECONDS)
        desk.close()


def _figures(desk: Application, port: int, cookie: str, pid: int) -> list[Figure]:
    for page in PAGES:
        _asked(port, cookie, page, times=WARM)
    alone = {page: _asked(port, cookie, page) for page in PAGES}
    before, _ = megabytes(pid)
    with _listening(port, cookie) as streams:
        quiet = {page: _asked(port, cookie, page) for page in PAGES}
        after, _ = megabytes(pid)
        cpu = _idle_cpu(pid)
        with _changing(desk):
            told = {page: _asked(port, cookie, page) for page in PAGES}
        seconds_until_told = _all_told(desk, streams)
    return [
        *(_page(page, told[page], quiet[page], alone[page]) for page in PAGES),
        single("until all 200 are told of a change, one after the other", [seconds_until_told], unit="s"),
        single("web process, 200 streams that hear nothing", [cpu], unit="% of a core"),
        single("web process, memory of 200 streams", [after - before], unit="MB"),
    ]


def _page(page: str, told: list[float], quiet: list[float], alone: list[float]) -> Figure:
    """The p99 of a page while 200 streams are told of a change each other second."""
    ours, base = percentile(told, 99), percentile(alone, 99)
    return Figure(
        name=f"p99 of {page}, 200 streams told of a change every 2 s", unit="ms",
        ours=Spread.of([ours]), against="no stream", baseline=Spread.of([base]),
        ratio=Spread.of([ours / base]), goal=GOAL_MS,
        notes=(
            f"p50 {percentile(told, 50):.1f} ms",
            f"with 200 streams that hear nothing: p99 {percentile(quiet, 99):.1f} ms",
        ),
    )  # fmt: skip


def _asked(port: int, cookie: str, page: str, *, times: int = ASKED) -> list[float]:
    """Return the milliseconds of requests one after the other, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SLOWEST_SECONDS)
    took = []
    try:
        for _ in range(times):
            begun = time.perf_counter()
            connection.request("GET", page, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            took.append((time.perf_counter() - begun) * 1000)
            if answer.status != OK:
                raise Skipped(f"{page} answers {answer.status}")
    finally:
        connection.close()
    return took


class Streams:
    """Open streams, read by one thread; counts what they were told."""

    def __init__(self, port: int, cookie: str) -> None:
        """Open them all."""
        self.told: dict[int, int] = {}
        self._chosen = selectors.DefaultSelector()
        self._stopping = threading.Event()
        for _ in range(STREAMS):
            opened = socket.create_connection(("127.0.0.1", port), timeout=SLOWEST_SECONDS)
            opened.sendall(f"GET /live/board HTTP/1.1\r\nHost: bench\r\nCookie: {cookie}\r\n\r\n".encode())
            head = b""
            while b"event: hello" not in head:
                if not (part := opened.recv(4096)) or b" 503 " in head:
                    raise Skipped(f"a stream was refused: {head[:40]!r}")
                head += part
            opened.setblocking(False)
            self.told[opened.fileno()] = 0
            self._chosen.register(opened, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hang up."""
        self._stopping.set()
        self._thread.join()
        for key in list(self._chosen.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()

    def _read(self) -> None:
        while not self._stopping.is_set():
            for key, _ in self._chosen.select(0.2):
                if isinstance(key.fileobj, socket.socket):
                    self.told[key.fd] += key.fileobj.recv(1 << 16).count(b"event: change")


@contextmanager
def _listening(port: int, cookie: str) -> Iterator[Streams]:
    streams = Streams(port, cookie)
    try:
        yield streams
    finally:
        streams.close()


@contextmanager
def _changing(desk: Application) -> Iterator[None]:
    """Someone does something every other second."""
    stopping = threading.Event()

    def act() -> None:
        while not stopping.wait(CHANGE_SECONDS):
            _change(desk)

    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _change(desk: Application) -> None:
    """An act that all pages are told of."""
    with desk.writing() as (session, now):
        zone = "UTC" if now.second % 2 else "Africa/Bamako"
        for each in ("Africa/Dakar", zone):
            set_reading(session, email=desk.settings.admin_email, zone=each, actor="bench", now=now)


def _all_told(desk: Application, streams: Streams) -> float:
    time.sleep(LONGEST_TURN_SECONDS)
    before, begun = dict(streams.told), time.perf_counter()
    _change(desk)
    while any(streams.told[each] == before[each] for each in before):
        if time.perf_counter() - begun > SLOWEST_SECONDS:
            raise Skipped("not all streams were told of a change")
        time.sleep(0.02)
    return time.perf_counter() - begun


# By then every stream has been told of the changes before.
LONGEST_TURN_SECONDS = 10.0


def _idle_cpu(pid: int, seconds: float = 5.0) -> float:
    """Return the share of a core that a process and its children take."""
    before = _ticks(pid)
    time.sleep(seconds)
    return (_ticks(pid) - before) / os.sysconf("SC_CLK_TCK") / seconds * 100


def _ticks(pid: int) -> int:
    total = 0
    for task in [pid, *_children(pid)]:
        parts = Path(f"/proc/{task}/stat").read_text().rpartition(")")[2].split()
        total += int(parts[11]) + int(parts[12])
    return total


def _children(pid: int) -> list[int]:
    found = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(each) for each in file.read_text().split()]
    return found


def _cookie(desk: Application) -> str:
    """Sign in without the form, whose password hashing is slow on purpose."""
    with desk.writing() as (session, now):
        attempt = begin_try(session, email=desk.settings.admin_email, address="", now=now)
    proof = prove(attempt, desk.settings.admin_password or "")
    with desk.writing() as (session, now):
        signed_in = finish_try(session, attempt, proof, now=now)
    if signed_in is None:
        raise AssertionError("the admin could not sign in")
    return f"heatwatch={signed_in.token}"


def _wait_until_up(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + SLOWEST_SECONDS
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == OK:
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise Skipped("the web process did not come up") from None
            time.sleep(0.05)
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
