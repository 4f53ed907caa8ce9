"""A wallboard in a real browser: from its link to its pictures; legible, honest when it is old."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from monitor.web import live
from tests.browser.desk import APPS, beat, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LIVE = "html[data-live=live]"


@pytest.fixture(scope="module")
def desk(tmp_path_factory, _assets):
    with served(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture
def link(page):
    """What an admin gets for a screen, made by keys alone."""
    page.goto("/walls")
    page.locator("[name=name]").focus()
    page.keyboard.type("Ops room")
    page.keyboard.press("Enter")
    page.wait_for_selector(".wall-made")
    assert Axe().run(page).response["violations"] == []
    return page.locator(".wall-made code").inner_text()


@pytest.fixture
def screen(browser, desk):
    """A browser that nobody signed in with."""
    beat(desk[1])
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    yield context.new_page()
    context.close()


def test_a_screen_opens_its_link_turns_by_itself_and_has_nothing_to_touch(link, screen, desk):
    asked = []
    screen.on("request", lambda request: asked.append((request.url, request.headers.get("referer", ""))))
    screen.clock.install()
    screen.goto(link, wait_until="commit")
    screen.wait_for_selector(LIVE)
    assert screen.url == f"{desk[0]}/wall"
    assert not any("hww_" in part for pair in asked for part in pair), "neither address nor referrer"
    titles = set()
    for _ in range(40):
        titles.add(screen.locator("h1").inner_text())
        if len(titles) == 3:
            break
        screen.clock.run_for(7_000)
        # The clock is the test's, the way to the desk is not: what was asked for before is there after this.
        screen.evaluate("async () => { await fetch('/healthz'); }")
    assert len(titles) == 3, titles
    assert screen.locator("a, button, input, select, textarea, [tabindex]").count() == 0
    assert Axe().run(screen).response["violations"] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_that_matters_can_be_read_from_five_metres_and_nothing_is_cut(link, screen, scheme):
    screen.emulate_media(color_scheme=scheme)
    screen.goto(link, wait_until="commit")
    screen.wait_for_selector(LIVE)
    # On a screen of 40 inches 30 pixels are 14 mm: the least that is read from five metres.
    sizes = screen.evaluate(
        """() => [...document.querySelectorAll("h1, .mark, .wb-name, .lv, .cn, .wb-rows .num, .wb-foot p")]
            .map((part) => parseFloat(getComputedStyle(part).fontSize))"""
    )
    assert min(sizes) >= 30
    size = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert screen.evaluate(size) == [1920, 1080]
    for width, height in ((1080, 1920), (390, 844)):
        screen.set_viewport_size({"width": width, "height": height})
        assert screen.evaluate("document.documentElement.scrollWidth") <= width
        name = screen.locator(".wb-name").first
        assert name.evaluate("part => part.scrollWidth <= part.clientWidth"), "a name is not cut"


def test_a_screen_that_hears_nothing_says_since_when_as_large_as_all_else(link, screen, desk):
    address, application = desk
    screen.clock.install()
    screen.goto(link, wait_until="commit")
    screen.wait_for_selector(LIVE)
    live.hub(APPS[address]).close()
    screen.route(f"{address}/**", lambda route: route.abort())
    strip = screen.locator("#wall-state")
    for _ in range(100):
        if strip.is_visible():
            break
        screen.clock.run_for(500)
    assert re.search(r"Not connected since \d\d:\d\d UTC", strip.inner_text())
    assert float(strip.evaluate("part => parseFloat(getComputedStyle(part).fontSize)")) >= 50
    screen.unroute_all()
    live.install(APPS[address], application)
    for _ in range(200):
        if screen.locator(LIVE).is_visible():
            break
        screen.clock.run_for(500)
    assert strip.is_hidden()
