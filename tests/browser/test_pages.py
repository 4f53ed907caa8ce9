"""Pages in a real browser: keys, filters, nothing wider than its screen."""

import pytest

from monitor.render.languages import language
from tests.browser.desk import served, sign_in
from tests.languages.pages import pages_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

GOITA = "/subjects/assimi-goita"
SERIES = "/series/conflict-deaths:mali"


@pytest.fixture(scope="module")
def desk(tmp_path_factory, _assets):
    with served(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture
def page(page):
    page.goto("/")
    return page


@pytest.mark.parametrize("width", [1440, 1180, 768, 390, 320])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        f"{GOITA}?since=2025-08-31",
        f"{GOITA}/brief",
        "/alerts",
        f"{GOITA}/heat",
        SERIES,
        f"{GOITA}/audit",
    ],
)
def test_no_page_is_wider_than_its_screen(page, path, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_longer_words_of_french_make_no_page_wider_than_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    wider = []
    with pages_in(language("fr")):
        for path in ("/", GOITA, SERIES, f"{GOITA}/ledger", f"{GOITA}/brief"):
            page.goto(path)
            assert page.locator("html").get_attribute("lang") == "fr"
            if page.evaluate("document.documentElement.scrollWidth") > 390:
                wider.append(path)
    assert wider == []


def test_j_and_k_move_through_rows_and_enter_opens_one(page):
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("[data-row]").nth(1)
    assert "picked" in second.get_attribute("class")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{GOITA}")


def test_the_filter_field_hides_rows_while_typing_and_escape_leaves_it(page):
    page.keyboard.press("f")
    page.keyboard.type("leader")
    assert page.locator("[data-row]:visible").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.locator("[data-row].picked").count() == 1


def test_a_question_mark_lists_the_keys(page):
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


def test_a_theme_that_was_picked_stays(page):
    page.click(".menu summary")
    page.click("[data-theme-set=dark]")
    page.goto(GOITA)
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_pages_are_whole_without_javascript(desk, browser):
    address, _ = desk
    context = browser.new_context(java_script_enabled=False, base_url=address)
    opened = context.new_page()
    sign_in(opened, address)
    assert opened.locator("[data-row]").count() >= 2
    opened.click("a.nm >> nth=0")
    assert opened.locator("h1").inner_text() == "Assimi Goïta"
    opened.click("a:has-text('30 d')")
    assert opened.locator("h2:has-text('What changed')").is_visible()
    context.close()


@pytest.mark.parametrize("path, tells", [("/", "/looked"), (GOITA, f"{GOITA}/visit")])
def test_a_page_that_was_in_sight_for_five_seconds_says_that_it_was_looked_at(page, path, tells):
    page.clock.install()
    page.goto(path)
    with page.expect_response(lambda answer: answer.url.endswith(tells)) as told:
        page.clock.fast_forward(5_000)
    assert (told.value.request.method, told.value.status) == ("POST", 204)
