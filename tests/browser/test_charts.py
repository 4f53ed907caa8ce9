"""Charts in a real browser: in the place of the server's picture; read by mouse, keys and touch; copied."""

import gzip
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from monitor.paths import static_folder
from tests.browser.desk import act, served, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

GOITA, DEATHS = "/subjects/assimi-goita", "/series/conflict-deaths:mali"
MOST_SCRIPT = 60 * 1024
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory, _assets):
    with served(tmp_path_factory.mktemp("charts")) as found:
        yield found


def opened(page, path):
    page.goto(path)
    page.wait_for_selector(".ch-plot .u-over")
    return page.locator(".ch-plot").first


def middle(page, *, across=0.5):
    box = page.locator(".u-over").first.bounding_box()
    return box["x"] + box["width"] * across, box["y"] + box["height"] / 2


def shown(page):
    """The days that the chart says it shows."""
    return re.findall(r"\d+ \w{3} \d{4}", page.locator(".ch-plot").first.get_attribute("aria-label"))[:2]


def tip(page):
    return page.locator(".ch-tip").first.inner_text()


SEEN = "[...document.querySelectorAll('.ch-still svg')].find((each) => each.clientWidth)"
# The panel's height with the chart, and with only the picture that was there before it.
HEIGHTS = """() => {
    const panel = document.querySelector(".ch").closest("section");
    const height = panel.getBoundingClientRect().height;
    panel.querySelectorAll(".ch-live").forEach((each) => each.replaceChildren());
    return [height, panel.getBoundingClientRect().height];
}"""


@pytest.mark.parametrize("path", [GOITA, DEATHS])
def test_a_chart_takes_the_place_of_the_picture_without_a_jump_and_within_the_budget(page, path):
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        box = opened(page, path).bounding_box()
        still = page.evaluate(f"{SEEN}.getBoundingClientRect().toJSON()")
        for side in ("x", "y", "width", "height"):
            assert box[side] == pytest.approx(still[side], abs=0.6)
        assert page.evaluate(f"getComputedStyle({SEEN}).visibility") == "hidden"
        with_chart, before = page.evaluate(HEIGHTS)
        assert with_chart == before
    names = page.evaluate("[...document.scripts].map((each) => each.src.split('/').at(-1))")
    assert len(names) == 2
    bodies = [(static_folder() / name).read_bytes() for name in names]
    assert sum(len(gzip.compress(body)) for body in bodies) < MOST_SCRIPT


def test_hovering_tells_value_period_both_clocks_grade_and_source(page):
    opened(page, DEATHS)
    page.mouse.move(*middle(page, across=0.7))
    told = tip(page)
    assert re.search(r"^\d+ deaths a month", told)
    assert re.search(r"value of \w+ 20\d\d, known 21 \w+ 20\d\d", told)
    assert re.search(r"grade [AB]2; UCDP", told)
    opened(page, GOITA)
    page.mouse.move(*middle(page, across=0.7))
    assert re.search(r"^\d+\.\d (Cold|Cool|Mild), (critical|high|elevated)", tip(page))
    assert "by what was known then; reconstructed" in tip(page)
    assert "inputs allow" in tip(page)
    page.mouse.move(5, 5)
    assert page.locator(".ch-tip").first.is_hidden()


def test_keys_move_the_cursor_zoom_and_go_to_the_ends(page):
    plot = opened(page, f"{DEATHS}?range=all")
    plot.focus()
    whole = shown(page)
    page.keyboard.press("End")
    assert "Forecast for Apr 2026" in tip(page)
    for _ in range(7):
        page.keyboard.press("ArrowLeft")
    assert "219 deaths a month" in tip(page)
    assert (
        "value of Oct 2025, known 21 Nov 2025" in page.locator("[aria-live].sr:not([id])").first.inner_text()
    )
    page.keyboard.press("ArrowLeft")
    assert "116 deaths" in tip(page)
    page.keyboard.press("Home")
    assert "Jan 2012" in tip(page)
    page.keyboard.press("+")
    zoomed = shown(page)
    assert zoomed != whole
    page.keyboard.press("Shift+ArrowRight")
    assert shown(page) != zoomed
    page.keyboard.press("-")
    page.keyboard.press("Escape")
    assert shown(page) == whole


def test_ranges_drag_and_wheel_zoom_and_the_address_follows(page):
    opened(page, f"{GOITA}?since=2025-08-31")
    year = shown(page)
    page.click("[data-days='90']")
    assert shown(page) == ["1 Sep 2025", "30 Nov 2025"]
    assert page.locator("[data-days][aria-current]").inner_text() == "90 d"
    assert "range=90d" in page.url
    page.click("[data-days='365']")
    assert shown(page) == year
    x, y = middle(page, across=0.25)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 200, y, steps=4)
    page.mouse.up()
    dragged = shown(page)
    assert dragged != year
    assert page.locator("[data-days][aria-current]").count() == 0
    page.wait_for_timeout(300)
    page.mouse.move(x + 5, y)
    page.mouse.wheel(0, 400)
    page.wait_for_function(
        "(was) => !document.querySelector('.ch-plot').ariaLabel.includes(was)", arg=dragged[0]
    )
    page.mouse.dblclick(x, y)
    assert shown(page)[1] == "30 Nov 2025"
    page.click("[data-zoom='0.6']")
    page.mouse.move(x, y)
    assert page.locator(".u-cursor-x").nth(1).is_visible(), "momentum below has the same cursor"


def test_what_is_shown_is_copied_as_csv_and_png_else_saved(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, f"{GOITA}?range=90d")
    figure = page.locator("[data-figure=assimi-goita-heat]")
    figure.get_by_role("button", name="Copy as CSV").click()
    figure.get_by_text("Copied.").wait_for()
    lines = page.evaluate("navigator.clipboard.readText()").split("\r\n")
    assert lines[0] == "at_utc,heat,low,high,level,concern,origin,coverage,confidence,change_7d,change_30d"
    # Below the values: how they may be passed on, and where they were copied.
    assert lines[-4] == ""
    assert lines[-3].startswith('"TLP:CLEAR. Data: ')
    assert re.match(r'"?Assimi Goïta · Heatwatch, /subjects/assimi-goita\?range=90d \d{4}-', lines[-2])
    newest = r"2025-11-30T.*,14\.\d+,.*,Cold,critical,published,[01][.\d]*,0\.\d+,-?\d.*,-?\d[.\d]*$"
    assert re.match(newest, lines[-5])
    page.locator("[data-figure$=-ledger]").get_by_role("button", name="Copy as CSV").click()
    page.locator("[data-figure$=-ledger]").get_by_text("Copied.").wait_for()
    assert "Supply and economy,," in page.evaluate("navigator.clipboard.readText()")
    drivers = page.locator("[data-figure$=-drivers]")
    drivers.get_by_role("button", name="Copy as CSV").click()
    drivers.get_by_text("Copied.").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    # A figure and what stands below it are two columns.
    assert "Conflict deaths,deaths a month,219,Oct,," in text
    assert "Supply and economy,,,,," in text
    figure.get_by_role("button", name="Copy as PNG").click()
    figure.get_by_text("Copied.").wait_for()
    size = page.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read();
            const picture = await createImageBitmap(await item.getType("image/png"));
            return [picture.width, picture.height];
        }"""
    )
    assert size[0] > 1500
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    with page.expect_download() as download:
        page.locator("[data-figure$=-map]").get_by_role("button", name="Copy as PNG").click()
    assert download.value.suggested_filename == "assimi-goita-map.png"
    assert download.value.path().read_bytes()[:8] == PNG
    assert "Saved as a file." in page.locator("[data-figure$=-map]").inner_text()


def test_a_theme_is_followed_at_once_and_what_the_page_brings_leaves_the_zoom(page, desk):
    opened(page, GOITA)
    picture = "() => document.querySelector('.ch-plot canvas').toDataURL()"
    page.evaluate(f"window.light = ({picture})()")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"() => ({picture})() !== window.light")
    page.click("[data-days='90']")
    zoomed = shown(page)
    page.wait_for_selector("html[data-live=live]")
    with page.expect_response(lambda answer: GOITA in answer.url and "hx-request" in answer.request.headers):
        act(desk[1])
    page.wait_for_timeout(300)
    assert shown(page) == zoomed
    assert page.locator("[data-days][aria-current]").inner_text() == "90 d"


@pytest.mark.parametrize("path", [GOITA, DEATHS])
def test_a_phone_has_a_chart_of_its_own_and_axe_finds_no_fault(page, browser, desk, path):
    for width, height, theme in ((1440, 900, "light"), (390, 844, "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        plot = opened(page, path)
        plot.focus()
        page.keyboard.press("End")
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (
        page.locator(".ch-live .evl li").count() == page.locator(".ch-still .evl li").count()
        or path == DEATHS
    )


def test_a_finger_moves_the_cursor_and_two_zoom(browser, desk, signed_in_state):
    address, _ = desk
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        base_url=address,
        storage_state=signed_in_state,
    )
    page = context.new_page()
    opened(page, GOITA)
    page.locator(".u-over").first.scroll_into_view_if_needed()
    x, y = middle(page)
    page.touchscreen.tap(x, y)
    assert "Cold" in tip(page) or "Cool" in tip(page) or "Mild" in tip(page)
    before = shown(page)
    hand = context.new_cdp_session(page)
    for kind, apart in (("touchStart", 20), ("touchMove", 60), ("touchMove", 100)):
        points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert shown(page) != before
    context.close()


def test_paper_has_the_picture_of_the_server_unless_the_chart_was_zoomed(page):
    plot = opened(page, GOITA)
    page.emulate_media(media="print")
    assert plot.is_hidden()
    assert page.locator(".ch-still svg").first.is_visible()
    page.emulate_media(media="screen")
    page.click("[data-days='30']")
    page.emulate_media(media="print")
    assert plot.is_visible()
    assert page.locator(".copies").first.is_hidden()


def test_without_javascript_the_picture_stays_and_nothing_offers_what_cannot_be_done(desk, browser):
    address, _ = desk
    context = browser.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    sign_in(page, address)
    for path in (GOITA, DEATHS):
        page.goto(path)
        assert page.locator(".ch-still svg").first.is_visible()
        assert page.locator(".js-only").first.is_hidden()
    page.click("a:has-text('90 d') >> nth=0")
    assert "range=90d" in page.url
    context.close()
