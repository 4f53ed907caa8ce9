"""Entry in a real browser, by keys alone: few enough presses for ten seconds, and one to take it back."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from monitor.scheduling.jobs import drain_pipeline
from tests.browser.desk import EMAIL, PASSWORD, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# A practised hand presses a key in 0.2 s, and 0.28 s are counted for an average one (the keystroke-level
# model); with 1.35 s to begin, ten seconds are 30 presses.
MOST_PRESSES = 30
LOOKS = ((1440, 900, "light"), (390, 844, "dark"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory, _assets):
    with served(tmp_path_factory.mktemp("entry")) as found:
        yield found


class Hands:
    """Presses keys and counts them."""

    def __init__(self, page):
        self.page = page
        self.presses = 0

    def type(self, text):
        self.page.keyboard.type(text)
        self.presses += len(text)

    def press(self, key):
        self.page.keyboard.press(key)
        self.presses += 1


def check(page):
    """No fault that axe knows, and nothing wider than its screen, on both looks."""
    for width, height, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


def test_a_value_is_entered_within_thirty_presses_and_taken_back_with_one(page, desk):
    _, application = desk
    page.goto("/")
    hands = Hands(page)
    hands.press("n")
    page.wait_for_url("**/desk/value")
    page.wait_for_selector("#series[role=combobox]")
    hands.type("terror")
    page.wait_for_selector("#series-0")
    check(page)
    page.locator("#series").focus()
    hands.press("Enter")
    hands.type("31")
    hands.press("Tab")
    hands.type("b2")
    hands.type("GTI call")
    hands.press("Enter")
    if page.locator("button[name=confirmed]").count():
        check(page)
        page.locator("button[name=confirmed]").focus()
        hands.press("Enter")
    page.wait_for_selector("text=Saved")
    assert hands.presses <= MOST_PRESSES
    drain_pipeline(application)
    page.wait_for_selector(".en-move")
    check(page)
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.wait_for_selector("text=What held before it holds again")
    check(page)
    page.goto("/desk/value")
    assert "withdrawn" in page.locator(".en-yours").inner_text()


def test_letters_that_fit_several_series_are_chosen_from_without_javascript(browser, desk):
    address, _ = desk
    context = browser.new_context(base_url=address, java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/sign-in?next=/desk/value")
    plain.fill("input[type=email]", EMAIL)
    plain.fill("input[type=password]", PASSWORD)
    plain.click("button[type=submit]")
    plain.goto("/desk/value")
    plain.fill("#series", "conflict deaths")
    plain.fill("#value", "12")
    plain.fill("#citation", "Own count")
    plain.locator("#citation").press("Enter")
    plain.locator(".en-offered button").first.click()
    assert "these are the days offered" in plain.locator("#starts_on-error").inner_text()
    context.close()


def test_a_table_is_pasted_read_at_once_and_saved_without_a_mouse(page, desk):
    page.goto("/desk/table")
    page.fill("#citation", "Depot ledger")
    page.locator("#table").focus()
    page.keyboard.insert_text("Date\tConflict deaths, Niger\n2025-10-01\t71\n2025-11-01\tmany\n")
    page.wait_for_selector("text=1 value as read")
    assert "Conflict deaths, Niger" in page.locator("#faults-title + table, #shown").first.inner_text()
    check(page)
    page.get_by_role("button", name="Save what is ticked").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 value stored")
    check(page)


def test_an_event_is_kept_as_a_draft_while_typed_and_saved_without_a_mouse(page, desk):
    page.goto("/desk/event")
    page.keyboard.type("A convoy was burnt near Kayes.")
    page.wait_for_selector("text=kept as a draft")
    page.reload()
    assert page.locator("#what").input_value() == "A convoy was burnt near Kayes."
    check(page)
    page.locator("#kind").press_sequentially("attack")
    page.locator("#place").select_option("ML01")
    page.fill("#happened_on", "2025-11-20")
    page.locator("#citation").press_sequentially("Driver")
    page.locator("#citation").press("Enter")
    page.wait_for_selector("text=Saved")
    page.get_by_role("link", name="attach a link or a file").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#attached")
    check(page)
