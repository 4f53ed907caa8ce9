"""Board of 200 subjects and page of one with 50 indicators, after five years of days; also in Chromium."""

import gzip
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, template_rendered
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler, make_server

from bench import watched_desk
from bench.desks import open_desk
from bench.measure import Figure, figure_of_pairs, percentile, single
from monitor.bootstrap import Application
from monitor.paths import static_folder

RUNS, MOVES = 100, 20
OK = 200
GOAL_MS, GOAL_KB, GOAL_SCRIPTS_KB, GOAL_RATIO = 60.0, 150.0, 60.0, 2.0
GOAL_PAINT_MS, GOAL_ANSWER_MS = 1000.0, 100.0
# What the browser does not report is shorter than this (Event Timing).
_LEAST_MS = 16.0
_WATCH = """() => {
    window.longest = [];
    new PerformanceObserver((list) => {
        for (const each of list.getEntries()) window.longest.push(each.duration);
    }).observe({type: "event", durationThreshold: 16});
}"""
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length > 0"
_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """Say nothing."""


def figures(folder: Path, counting: Callable[[], Any]) -> list[Figure]:
    """Fill a desk in a folder, and ask for its pages; `counting` collects the statements of a block."""
    from monitor.web.app import create_app

    with open_desk(folder) as desk:
        made = watched_desk.build(desk, folder)
        token = watched_desk.token(desk)
        app = create_app(desk)
        client = app.test_client()
        client.set_cookie("heatwatch", token)
        pages = {
            "board of 200": ("/", ["app.js"]),
            "subject with 50 indicators": (f"/subjects/{made.largest}", ["app.js", "heat.js"]),
        }
        found: list[Figure] = []
        for name, (address, scripts) in pages.items():
            found += _page(app, client, name, address, counting)
            found += _after_moves(desk, made, client, name, address)
            found.append(_scripts(name, scripts))
        found += _in_browser(app, token, {name: address for name, (address, _) in pages.items()})
    return found


def _page(
    app: Flask, client: FlaskClient, name: str, address: str, counting: Callable[[], Any]
) -> list[Figure]:
    first, _ = _timed(lambda: _body(client, address))
    template, context = _finished(app, client, address)
    with counting() as statements:
        body = _body(client, address)
    asked = [_timed(lambda: _body(client, address)) for _ in range(RUNS)]
    walls, busy = [wall for wall, _ in asked], [worked for _, worked in asked]
    with app.test_request_context(address):
        pairs = [
            (_timed(lambda: _body(client, address))[1], _timed(lambda: template.render(context))[1])
            for _ in range(RUNS // 2)
        ]
    return [
        single(f"{name}: server time, p50", [percentile(walls, 50)], unit="ms", goal=GOAL_MS),
        single(f"{name}: server time, p95", [percentile(walls, 95)], unit="ms", goal=GOAL_MS),
        single(f"{name}: processor time, p50", [percentile(busy, 50)], unit="ms", goal=GOAL_MS),
        single(f"{name}: processor time, p95", [percentile(busy, 95)], unit="ms", goal=GOAL_MS),
        single(f"{name}: the first of a process", [first], unit="ms"),
        figure_of_pairs(
            f"{name}: processor time", pairs, "the same bytes rendered from finished view values",
            unit="ms", goal_ratio=GOAL_RATIO,
        ),
        single(f"{name}: statements", [len(statements)], unit="statements", goal=12),
        single(f"{name}: HTML, compressed", [len(gzip.compress(body, 5)) / 1000], unit="kB", goal=GOAL_KB),
    ]  # fmt: skip


def _after_moves(
    desk: Application, made: watched_desk.Desk, client: FlaskClient, name: str, address: str
) -> list[Figure]:
    """Time the page each time after a worker assessed one more subject; the largest is the first of them."""
    found = []
    for number in range(MOVES):
        # Every other one of another subject; between them the one with fifty indicators.
        watched_desk.move(desk, made, number * 7 if number % 2 else number * 200)
        found.append(_timed(lambda: _body(client, address)))
    what = "after a subject moved"
    return [
        single(f"{name}, {what}: server time, p95", [percentile([a for a, _ in found], 95)], unit="ms"),
        single(f"{name}, {what}: processor time, p95", [percentile([b for _, b in found], 95)], unit="ms"),
    ]


def _finished(app: Flask, client: FlaskClient, address: str) -> tuple[Any, dict[str, Any]]:
    """Return the template of a page and all it was given."""
    seen: list[tuple[Any, dict[str, Any]]] = []

    def note(_sender: object, template: Any, context: dict[str, Any], **_: object) -> None:
        seen.append((template, context))

    with template_rendered.connected_to(note, app):
        _body(client, address)
    return seen[-1]


def _scripts(name: str, files: list[str]) -> Figure:
    size = sum(len(gzip.compress((static_folder() / file).read_bytes(), 5)) for file in files)
    return single(f"{name}: JavaScript, compressed", [size / 1000], unit="kB", goal=GOAL_SCRIPTS_KB)


def _body(client: FlaskClient, address: str) -> bytes:
    answer = client.get(address)
    if answer.status_code != OK:
        raise AssertionError(f"{address} answers {answer.status_code}")
    return answer.get_data()


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the milliseconds that passed, and those that this process worked."""
    wall, busy = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - busy) * 1000


def _in_browser(app: Flask, token: str, pages: dict[str, str]) -> list[Figure]:
    """Return when something is seen, and how long keys take to be answered; nothing without Chromium."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return []
    if chromium is None:
        return []
    found: list[Figure] = []
    with _served(app) as base, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "heatwatch", "value": token, "url": base}])
        page = context.new_page()
        for name, address in pages.items():
            paints = []
            for _ in range(7):
                page.goto(f"{base}{address}", wait_until="load")
                page.wait_for_function(_PAINTED)
                paints.append(page.evaluate(_PAINT))
            found.append(single(f"{name}: first contentful paint", paints[1:], unit="ms", goal=GOAL_PAINT_MS))
        page.goto(f"{base}/", wait_until="load")
        page.evaluate(_WATCH)
        found.append(_answer(page, "board of 200: the key j, to the next paint", ["j"] * 10))
        page.keyboard.press("f")
        page.wait_for_timeout(300)
        found.append(
            _answer(page, "board of 200: a letter in the filter, to the next paint", list("subject"))
        )
        browser.close()
    return found


def _answer(page: Any, name: str, keys: list[str]) -> Figure:
    """Press keys one by one; return how long each took from the press to the paint that shows it."""
    took = []
    for key in keys:
        page.evaluate("() => { window.longest.length = 0; }")
        page.keyboard.press(key)
        page.wait_for_timeout(400)
        took.append(max([_LEAST_MS, *page.evaluate("() => window.longest")]))
    return single(name, took, unit="ms", goal=GOAL_ANSWER_MS)


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
