"""The search, the keys and the saved views in a real browser: by keys, by touch, without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.desk import served, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FIELD, OPTION = "#palette [role=combobox]", "#palette [role=option]"
CHOSEN = "#palette [aria-selected=true]"
LOOKS = ((1440, 900, "light"), (390, 844, "dark"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory, _assets):
    with served(tmp_path_factory.mktemp("search")) as found:
        yield found


def faults(page):
    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_the_palette_finds_chooses_and_opens_by_keys_alone(page):
    page.goto("/incidents")
    press(page, "/")
    page.keyboard.type("goita")
    page.wait_for_selector(f"{OPTION}:has-text('Goïta')")
    assert page.locator(FIELD).get_attribute("aria-expanded") == "true"
    assert page.locator(FIELD).get_attribute("aria-activedescendant") == "hit-1"
    assert page.locator(f"{CHOSEN} mark").first.inner_text() == "Goïta"
    press(page, "ArrowDown")
    assert page.locator(CHOSEN).get_attribute("id") == "hit-2"
    press(page, "ArrowUp", "ArrowUp")
    assert "Show all" in page.locator(CHOSEN).inner_text()
    press(page, "ArrowDown")
    press(page, "Escape")
    assert page.locator("#palette").is_hidden()
    press(page, "/")
    page.keyboard.type("routes")
    # Enter right after the last letter opens what was asked for, not what an earlier letter found.
    press(page, "Enter")
    page.wait_for_url("**/routes")
    press(page, "/")
    page.keyboard.type("zzzz")
    page.wait_for_selector("#palette [role=status]:has-text('Nothing found')")
    press(page, "Enter")
    page.wait_for_url("**/search?q=zzzz")


def test_the_open_palette_and_its_pages_have_no_fault_that_axe_knows(page):
    for width, height, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        page.goto("/search?q=mali")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        press(page, "/")
        page.keyboard.type("mali")
        page.wait_for_selector(OPTION)
        # What lies behind an open dialog is looked at too.
        assert faults(page) == []
    press(page, "Escape", "?")
    assert faults(page) == []
    page.goto("/views")
    assert faults(page) == []


def test_it_opens_and_is_answered_by_touch(desk, browser, signed_in_state):
    address, _ = desk
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        base_url=address,
        storage_state=signed_in_state,
    )
    opened = context.new_page()
    opened.goto("/alerts")
    opened.tap(".find-phone")
    opened.fill(FIELD, "goita")
    opened.tap(f"{OPTION}:has-text('Leader')")
    opened.wait_for_url("**/subjects/assimi-goita")
    context.close()


def test_without_javascript_the_field_of_the_bar_leads_to_the_page(desk, browser):
    address, _ = desk
    context = browser.new_context(java_script_enabled=False, base_url=address)
    opened = context.new_page()
    sign_in(opened, address)
    opened.fill(".top input[name=q]", "goita")
    opened.press(".top input[name=q]", "Enter")
    opened.click("main a:has-text('Leader')")
    assert opened.locator("h1").inner_text() == "Assimi Goïta"
    opened.goto("/?kind=leader")
    opened.click(".views summary")
    opened.fill(".views [name=name]", "Only leaders")
    opened.click(".views button")
    assert opened.locator("[data-row]").count() == 1
    assert "Only leaders" in opened.locator(".views summary").inner_text()
    context.close()


def test_keys_go_to_pages_and_the_list_is_that_of_the_present_page(page):
    page.goto("/")
    press(page, "?")
    assert "next and previous row" in page.locator("#keys").inner_text()
    press(page, "Escape", "g", "d")
    page.wait_for_url("**/duty")
    press(page, "?")
    assert "next and previous row" not in page.locator("#keys").inner_text()
    # A letter alone goes nowhere, and letters that are typed into a field are letters.
    press(page, "Escape", "d", "g", "a")
    page.wait_for_url("**/alerts")
    page.locator("[name=q] >> visible=true").last.focus()
    page.keyboard.type("g b")
    assert page.url.endswith("/alerts")


def test_a_view_is_kept_shared_and_removed_without_a_mouse(page):
    page.goto("/alerts?concern=critical")
    page.locator(".views summary").focus()
    press(page, "Enter")
    page.get_by_label("Keep these filters as").focus()
    page.keyboard.type("Critical only")
    press(page, "Tab", "Space", "Tab", "Tab", "Enter")
    page.wait_for_selector("text=The view Critical only is kept.")
    press(page, "g", "v")
    page.wait_for_url("**/views")
    assert page.locator("li:has-text('Critical only') .tag").inner_text() == "shared"
    page.locator("li:has-text('Critical only') summary").focus()
    press(page, "Enter")
    page.get_by_role("button", name="Remove").focus()
    press(page, "Enter")
    page.wait_for_selector("text=The view Critical only is removed.")
