"""Live pages in a real browser: told by a stream, changed without disturbing, honest when it breaks."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from monitor.domain.scale import Concern
from monitor.domain.scoring.level import LevelChange, LevelReason
from monitor.services.acknowledge import acknowledge
from monitor.services.write_log import write_log
from monitor.storage import heartbeats, level_changes
from monitor.web import live, streams
from tests.browser.desk import APPS, EMAIL, act, beat, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LIVE = "html[data-live=live]"
ROW = "#board [data-row]"


@pytest.fixture(scope="module")
def desk(tmp_path_factory, _assets):
    with served(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture
def board(page):
    page.goto("/")
    page.wait_for_selector(LIVE)
    return page


def answer_otherwise(page, address):
    """From now on the board comes with its first row last, and another heat in it."""

    def other(route):
        if "hx-request" not in route.request.headers:
            return route.continue_()
        answer = route.fetch()
        rows = re.findall(r"<tr id=.*?</tr>", answer.text(), re.DOTALL)
        first = re.sub(r'(data-live="[^"]+-heat">)\d+', r"\g<1>99", rows[0])
        text = answer.text().replace(rows[0], "", 1).replace(rows[-1], rows[-1] + first, 1)
        return route.fulfill(response=answer, body=text)

    page.route(f"{address}/", other)


def test_a_change_comes_by_itself_and_disturbs_nothing_that_someone_is_at(board, desk):
    address, application = desk
    page = board
    page.click(".top .menu summary")
    page.click("#board .views summary")
    page.fill("[data-key-search]", "a")
    first = page.locator(ROW).first
    key = first.get_attribute("data-row")
    first.locator("a").first.focus()
    first.hover()
    answer_otherwise(page, address)
    act(application)
    page.wait_for_selector("#held button:visible")
    assert page.locator("#held button").inner_text() == f"{page.locator(ROW).count()} changes, show"
    assert page.locator(ROW).first.get_attribute("data-row") == key, "the row under the pointer stays"
    assert first.locator("[data-live$=heat]").inner_text() == "99", "its values do not wait"
    assert page.evaluate("document.activeElement.closest('[data-row]').dataset.row") == key
    assert page.input_value("[data-key-search]") == "a"
    assert page.locator("details.menu[open]").count() == 2
    page.click("#held button")
    assert page.locator(ROW).last.get_attribute("data-row") == key
    assert page.locator("#held").is_hidden()


def test_a_page_that_nobody_is_at_changes_at_once(board, desk):
    address, application = desk
    key = board.locator(ROW).first.get_attribute("data-row")
    board.mouse.move(0, 0)
    answer_otherwise(board, address)
    act(application)
    board.wait_for_selector(f"{ROW}:last-of-type[data-row='{key}']")
    assert board.locator("#held").is_hidden()


def test_a_level_is_told_politely_and_a_critical_one_at_once_each_of_them_once(board, desk):
    _, application = desk
    board.evaluate("document.body.dataset.sound = '1'")
    with application.writing() as (session, now):
        for level, concern in (("Hot", Concern.HIGH), ("Blazing", Concern.CRITICAL)):
            change = LevelChange(
                at=int(now.timestamp()), from_level="Warm", to_level=level, from_concern=Concern.WATCH,
                to_concern=concern, heat=80, reason=LevelReason.CROSSED_UP,
            )  # fmt: skip
            level_changes.add(session, "assimi-goita", change, seq=1)
    board.wait_for_selector("html[data-chords='1']", state="attached")
    assert board.locator("#told").inner_text() == "Assimi Goïta is Hot, high; it was Warm."
    assert board.locator("#told-now").inner_text() == "Assimi Goïta is Blazing, critical; it was Warm."
    board.goto("/subjects/assimi-goita")
    board.wait_for_selector(LIVE)
    assert board.locator("#told-now").inner_text() == ""


def test_a_worker_that_falls_silent_is_told_above_every_page(page, desk, monkeypatch):
    _, application = desk
    monkeypatch.setattr(streams, "HEAD_SECONDS", 0.2)
    page.goto("/desk/value")
    page.wait_for_selector(LIVE)
    with application.writing() as (session, now):
        heartbeats.purge(session, before=now + timedelta(seconds=1))
        heartbeats.beat(session, worker="screenshots", now=now - timedelta(minutes=5))
    page.wait_for_selector(".banner")
    assert "silent since" in page.locator(".banner").inner_text()
    beat(application)
    page.wait_for_selector(".banner", state="detached")


@pytest.fixture
def unwatched(desk, browser, signed_in_state):
    """A page whose browser may complain: of a desk that does not answer, it does."""
    context = browser.new_context(base_url=desk[0], storage_state=signed_in_state)
    yield context.new_page()
    context.close()
    live.install(APPS[desk[0]], desk[1])


def pass_until(page, selector):
    """Let the page's clock run until something is there."""
    found = page.locator(selector)
    for _ in range(200):
        if found.is_visible():
            break
        page.clock.run_for(500)
    return found


def test_a_line_that_breaks_is_said_with_since_when_and_is_taken_up_again(unwatched, desk):
    address, application = desk
    page, app = unwatched, APPS[address]
    beat(application)
    page.clock.install()
    page.goto("/")
    page.wait_for_selector(LIVE)
    live.hub(app).close()
    line = pass_until(page, "#live-state[data-state=asking]")
    assert re.search(r"Not live since \d\d:\d\d UTC: this page asks for itself", line.inner_text())
    page.route(f"{address}/**", lambda route: route.fulfill(status=503, body=""))
    line = pass_until(page, "#live-state[data-state=deaf]")
    assert "What you see is as it stood then" in line.inner_text()
    page.unroute_all()
    live.install(app, application)
    pass_until(page, LIVE)
    assert page.locator("#live-state").is_hidden()


def test_a_session_that_ends_is_said_and_nothing_more_is_asked(board, desk):
    address, _ = desk
    here = live.hub(APPS[address])
    for stream in list(here._streams):
        here.refuse(stream.owner)
    line = board.locator("#live-state[data-state=ended]")
    line.wait_for()
    assert "Your session has ended." in line.inner_text()
    assert line.locator("a").get_attribute("href") == "/sign-in"


def look(page, *, is_hidden):
    """Put a page out of sight, or back into it."""
    page.evaluate(
        """(value) => {
            Object.defineProperty(document, "hidden", { value, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_hidden,
    )


def test_a_page_out_of_sight_gives_its_stream_back_unless_someone_wants_to_hear_of_it(board):
    line = re.compile("/live/board")
    with board.expect_event("requestfailed", lambda request: line.search(request.url)):
        look(board, is_hidden=True)
    with board.expect_request(line):
        look(board, is_hidden=False)
    board.evaluate("document.body.dataset.sound = '1'")
    with board.expect_request(line):
        look(board, is_hidden=True)


def test_a_browser_is_asked_for_notifications_only_by_a_click_and_a_sound_can_be_tried(page):
    page.add_init_script(
        """window.asked = 0; window.shown = [];
        window.Notification = class {
            static permission = "default";
            static async requestPermission() { asked += 1; this.permission = "granted"; return "granted"; }
            constructor(title, { body, tag }) { shown.push(body); }
        };"""
    )
    page.goto("/settings")
    page.wait_for_selector(LIVE)
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("asked") == 0
    page.click("[data-try=sound]")
    assert page.locator("html").get_attribute("data-chords") == "1"
    page.locator("[data-try=ask]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-try=ask]", state="hidden")
    assert page.evaluate("asked") == 1
    assert page.locator("#attention [data-text]").inner_text() == "This browser shows notifications."


def test_a_line_in_the_log_comes_to_whoever_is_writing_another(page, desk):
    page.goto("/log")
    page.wait_for_selector(LIVE)
    page.fill(".log-write [name=text]", "I am still wri")
    with desk[1].writing() as (session, now):
        write_log(session, "Called Bamako.", by=EMAIL, now=now)
    page.wait_for_selector("#log .log >> text=Called Bamako.")
    assert page.input_value(".log-write [name=text]") == "I am still wri"
    assert page.evaluate("document.activeElement.name") == "text"


def test_an_alert_taken_on_elsewhere_is_seen_by_who_writes_a_note_on_it(page, desk):
    page.goto("/alerts")
    page.wait_for_selector(LIVE)
    needing = int(page.locator("#needs").inner_text().split()[0])
    page.locator("[data-part] [name=note]").first.fill("On it, calling")
    key = page.locator("[data-row]").last.get_attribute("data-row")
    with desk[1].writing() as (session, now):
        acknowledge(session, key, by=EMAIL, now=now, note="")
    expect(page.locator("#needs")).to_have_text(re.compile(f"^{needing - 1} "))
    assert page.locator("[data-part] [name=note]").first.input_value() == "On it, calling"
    assert page.locator("[id=inbox]").count() == 1
