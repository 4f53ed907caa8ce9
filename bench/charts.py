"""Charts in a real Chromium: ten years of days from the answer of the server to the frame that shows them."""

import gzip
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from werkzeug.serving import WSGIRequestHandler, make_server

from bench.desks import environ_of
from bench.measure import Figure, Skipped, single
from monitor.bootstrap import build
from monitor.cli.first_start import prepare
from monitor.config import load_settings
from monitor.domain.chart import HeatChart, MomentumChart, Trace
from monitor.domain.clock import DAY_SECONDS
from monitor.domain.plot import HeatPlot
from monitor.domain.scale import STANDING
from monitor.paths import static_folder
from monitor.render.plot_columns import heat_columns

DAYS, RUNS = 3_653, 9
SUBJECT = "/subjects/assimi-goita"
# Epoch seconds at which the line ends.
_END = 1_764_547_200
# From a click that zooms to the frame after it.
_ZOOM = """async () => {
    const begun = performance.now();
    document.querySelector("[data-zoom='0.6']").click();
    await new Promise((done) => requestAnimationFrame(() => done()));
    return performance.now() - begun;
}"""


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """Say nothing."""


def run(folder: Path) -> list[Figure]:
    """Draw a line of ten years on the page of a bundled subject, and zoom into it."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Skipped("playwright is not installed") from error
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None or not (static_folder() / "heat.js").exists():
        raise Skipped("Chromium or the built browser code is not there")
    columns = heat_columns(ten_years())
    with _served(folder) as (address, email, password), sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/sign-in")
        page.fill("input[type=email]", email)
        page.fill("input[type=password]", password)
        page.click("button[type=submit]")
        found = _Drawing(page, columns)
        drawn = [found.draw(f"{address}{SUBJECT}?range=all") for _ in range(RUNS + 1)][1:]
        zoomed = [page.evaluate(_ZOOM) for _ in range(RUNS)]
        browser.close()
    return [
        single("ten years of days drawn, momentum below", [wall for wall, _ in drawn], unit="ms", goal=100),
        single("of that: processor time of the page", [busy for _, busy in drawn], unit="ms", goal=100),
        single("a zoom drawn", zoomed, unit="ms", goal=100),
        single("ten years of days, compressed", [len(gzip.compress(columns, 5)) / 1000], unit="kB", goal=100),
    ]


def ten_years() -> HeatPlot:
    """Return a line of which every day moves and has bounds, coverage and confidence of its own."""
    generator = np.random.default_rng(20251130)
    at = _END - np.arange(DAYS, 0, -1, dtype=np.int64) * DAY_SECONDS
    heat = np.clip(50 + np.cumsum(generator.normal(0, 1.5, DAYS)), 2, 98)
    nothing = np.zeros(0)
    line = Trace(
        at=at, heat=heat, low=heat - generator.uniform(0, 5, DAYS), high=heat + generator.uniform(0, 5, DAYS)
    )
    chart = HeatChart(
        name="Ten years", scale=STANDING, start=int(at[0]), end=_END, published=line,
        reconstructed=Trace(at=at[:0], heat=nothing, low=nothing, high=nothing),
    )  # fmt: skip
    return HeatPlot(
        chart=chart,
        momentum=MomentumChart(
            start=chart.start,
            end=_END,
            at=at,
            week=generator.normal(0, 4, DAYS),
            month=generator.normal(0, 8, DAYS),
        ),
        at=at,
        level=tuple(STANDING.level_for(each).name for each in heat.tolist()),
        coverage=generator.uniform(0.6, 1, DAYS),
        confidence=generator.uniform(0.5, 0.8, DAYS),
    )


class _Drawing:
    """Loads a page, holds the columns back until all else has come to rest, and lets them go."""

    def __init__(self, page: Any, columns: bytes) -> None:
        self._page, self._columns = page, columns
        self._held: list[Any] = []
        self._chrome = page.context.new_cdp_session(page)
        self._chrome.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.route("**/heat.json*", self._hold)

    def draw(self, address: str) -> tuple[float, float]:
        """Return milliseconds until the frame, and those in which the page's thread worked for it."""
        with self._page.expect_request("**/heat.json*"):
            self._page.goto(address)
        self._page.wait_for_timeout(500)
        before = self._busy()
        self._held.pop().fulfill(body=self._columns, content_type="application/json")
        self._page.wait_for_function("() => performance.getEntriesByName('chart').length > 0")
        busy = self._busy() - before
        wall: float = self._page.evaluate("() => performance.getEntriesByName('chart')[0].duration")
        return wall, busy

    def _hold(self, route: Any) -> None:
        self._held.append(route)

    def _busy(self) -> float:
        told = self._chrome.send("Performance.getMetrics")["metrics"]
        return 1000 * next(float(each["value"]) for each in told if each["name"] == "TaskDuration")


@contextmanager
def _served(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Serve a desk with the bundled packs; yield its address, and who may sign in."""
    from monitor.web.app import create_app

    settings = load_settings(environ_of(folder))
    with redirect_stdout(StringIO()):
        prepare(settings)
    desk = build(settings)
    server = make_server("127.0.0.1", 0, create_app(desk), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", settings.admin_email, settings.admin_password or ""
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        desk.close()
