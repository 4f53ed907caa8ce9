"""Shifts in a real browser: a handover from one person to the next by keys alone, clear to everyone."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from monitor.domain.person import Role
from monitor.services.add_person import add_person
from monitor.services.write_log import write_log
from monitor.storage import handovers, people, visits
from tests.browser.desk import EMAIL, PASSWORD, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

OKAFOR = "t.okafor@example.org"
# Wide and light, narrow and dark: both themes and both layouts are looked at, each once.
LOOKS = ((1440, 900, "light"), (390, 844, "dark"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory, _assets):
    with served(tmp_path_factory.mktemp("shifts")) as found:
        _, application = found
        with application.writing() as (session, now):
            add_person(
                session,
                email=OKAFOR,
                name="T. Okafor",
                role=Role.DESK,
                password=PASSWORD,
                actor="test",
                now=now,
            )
            write_log(session, "Two traders asked: a true rise.", by=EMAIL, now=now, subject="mali")
            person, _ = people.by_email(session, EMAIL)
            visits.record(session, person.id, visits.BOARD, now=now - timedelta(hours=2))
        yield found


def check(page):
    """No fault that axe knows, and nothing wider than its screen, on both looks and the widths between."""
    for width, height, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
    for width in (1180, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


def press(page, name):
    """Press a button as someone without a mouse does."""
    page.get_by_role("button", name=name, exact=True).first.focus()
    page.keyboard.press("Enter")


def test_a_shift_passes_from_one_person_to_the_next(page, browser, desk):
    address, application = desk
    page.goto("/handovers")
    page.get_by_label("To").select_option(label="T. Okafor")
    press(page, "Draft the handover")
    page.wait_for_url("**/handovers/1")
    item = page.locator(".item").first
    item.locator("summary").focus()
    page.keyboard.press("Enter")
    item.get_by_label("Running idea").fill("A true rise.")
    check(page)
    item.get_by_label("Running idea").press("Tab")
    item.get_by_role("button", name="Keep it").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Running idea: A true rise.")
    press(page, "Sign and hand over")
    page.wait_for_selector("text=items accepted.")
    assert page.get_by_role("button", name="Print").is_visible()
    assert page.get_by_role("button", name="accept").count() == 0

    context = browser.new_context(base_url=address)
    other = context.new_page()
    other.goto("/sign-in")
    other.fill("input[type=email]", OKAFOR)
    other.fill("input[type=password]", PASSWORD)
    other.click("button[type=submit]")
    other.wait_for_url("**/")
    other.goto("/handovers/1")
    check(other)
    other.locator(".item.open button").first.focus()
    other.keyboard.press("Enter")
    other.wait_for_selector("text=1 of")
    other.get_by_role("button", name="Accept the other").focus()
    other.keyboard.press("Enter")
    other.wait_for_selector("text=Signed by both.")
    check(other)
    context.close()
    with application.reading() as (session, _):
        assert handovers.get(session, 1).is_sound


@pytest.mark.parametrize(
    "path,said",
    [
        ("/handovers", "Hand over the shift"),
        ("/log", "Two traders asked: a true rise."),
        ("/", "Nothing changed since you last looked"),
        ("/subjects/assimi-goita/ledger?from=2025-08-31", "Since Blockade widened"),
    ],
)
def test_pages_of_shifts_are_clear_to_everyone(page, path, said):
    page.goto(path)
    assert said in page.locator("main").inner_text()
    check(page)


def test_a_line_is_written_down_and_corrected_without_a_mouse(page):
    page.goto("/log")
    page.get_by_label("What happened").focus()
    page.keyboard.type("Convoy 7 left.")
    press(page, "Write it down")
    page.wait_for_selector(".log p:has-text('Convoy 7 left.')")
    page.locator(".log summary").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("What it should say").first.fill("Convoy 8 left.")
    page.get_by_role("button", name="Correct it").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".log p:has-text('Convoy 8 left.')")
    assert "Corrected by N. Haidara" in page.locator(".log").first.inner_text()
