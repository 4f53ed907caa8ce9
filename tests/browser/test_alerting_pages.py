"""The pages of who is told of what, in a real browser: clear to everyone, whole on a phone, run by keys."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.desk import served, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# A page, and what must be seen on it whatever other tests did: that it has content, and is no empty shell.
PAGES = {
    "/alerts": "Needs someone",
    "/routes": "sent once a person approved",
    "/silences": "UCDP revises the month today",
    "/duty": "L. Moreau",
    "/duty?edit=desk&turns=2": "change turns 2",
    "/approvals": "by the route customers",
    "/alerts/undelivered": "Sahel chat",
    "/comms-checks": "every 7 days",
    "/comms-checks/msg_unanswered": "Sent to Sahel chat",
    "/health": "Time that did not count",
    "/subscription": "while you are on duty",
    "/settings": "Chats and pagers are in the language of their channel",
}
# Wide and light, narrow and dark: both themes and both layouts are looked at, each once.
LOOKS = ((1440, 900, "light"), (390, 844, "dark"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory, _assets):
    with served(tmp_path_factory.mktemp("alerting"), is_arranged=True) as found:
        yield found


def faults(page):
    """What axe finds wrong, with where; nothing is left out."""
    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_fault_that_axe_knows_and_fits_every_screen(page, path):
    for width, height, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        page.goto(path)
        assert PAGES[path] in page.locator("main").inner_text()
        assert faults(page) == []
    for width in (1180, 768, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_the_route_tester_answers_while_labels_are_written_and_by_the_text_as_it_stands(page):
    page.goto("/routes")
    page.get_by_label("An alert of").focus()
    press(page, "Tab")
    page.keyboard.type("cri")
    press(page, "Tab")
    page.keyboard.type("subject=mali")
    page.wait_for_selector("#trial:has-text('customers')")
    assert "Customers" in page.locator("#trial").inner_text()
    tree = page.locator("textarea[name=text]")
    tree.fill(tree.input_value().replace('channels = ["customers"]', 'channels = ["director"]'))
    page.wait_for_selector("#trial:has-text('Duty director')")
    assert "not saved" in page.locator("#trial").inner_text()
    tree.fill("nonsense")
    page.get_by_role("button", name="Save").focus()
    press(page, "Enter")
    page.wait_for_selector("main:has-text('this is not TOML')")
    assert tree.input_value() == "nonsense"


def test_a_silence_is_tried_and_then_stored_without_a_mouse(page):
    page.goto("/silences")
    page.get_by_label("Alerts whose labels meet all of").focus()
    page.keyboard.type("subject=mali")
    press(page, "Tab", "Tab", "Tab", "Tab")
    page.keyboard.type("border closed")
    press(page, "Tab", "Tab", "Enter")
    page.wait_for_selector("text=It would mute")
    assert page.locator("[name=comment]").input_value() == "border closed"
    page.get_by_role("button", name="Silence", exact=True).focus()
    press(page, "Enter")
    page.wait_for_selector("text=is stored")
    assert page.locator("li:has-text('border closed')").count() == 1


def test_someone_stands_in_by_keys_and_is_relieved(page):
    page.goto("/duty")
    page.locator("summary:has-text('Stand in')").focus()
    press(page, "Enter")
    page.get_by_label("Until, UTC").fill("2037-01-01T08:00")
    page.get_by_role("button", name="Stand in", exact=True).focus()
    press(page, "Enter")
    page.wait_for_selector("text=at most 92 days")


def test_a_draft_is_dismissed_only_with_a_reason_and_sent_by_its_button(page):
    page.goto("/approvals")
    waiting = page.locator(".s-list > li").count()
    page.get_by_role("button", name="Dismiss").first.focus()
    press(page, "Enter")
    page.wait_for_selector(".field-error:has-text('say why')")
    page.get_by_role("button", name="Approve and send").first.focus()
    press(page, "Enter")
    page.wait_for_selector("text=It is sent now")
    assert page.locator(".s-list > li").count() == waiting - 1


def test_what_was_given_up_is_sent_again_by_keys(page):
    page.goto("/alerts/undelivered")
    given_up = page.locator(".q-list > li").count()
    page.locator("summary:has-text('Decide')").first.focus()
    press(page, "Enter", "Tab")
    page.keyboard.type("the hook is back")
    press(page, "Tab", "Enter")
    page.wait_for_selector("text=On the way again")
    assert page.locator(".q-list > li").count() == given_up - 1


def test_a_comms_check_is_answered_and_its_banner_goes(page):
    page.goto("/comms-checks/msg_unanswered")
    unanswered = page.locator(".banner:has-text('unanswered')")
    assert unanswered.count() == 1
    page.get_by_role("button", name="Got it").focus()
    press(page, "Enter")
    page.wait_for_selector("text=n.haidara@example.org got it")
    assert unanswered.count() == 0


def test_a_person_keeps_their_wishes_by_keys(page):
    page.goto("/subscription")
    page.get_by_label("Digest at").focus()
    press(page, "Control+a")
    page.keyboard.type("soon")
    press(page, "Enter")
    page.wait_for_selector(".field-error")
    page.get_by_label("Digest at").fill("07:30")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=It holds for messages")
    assert page.get_by_label("Digest at").input_value() == "07:30"


def test_a_person_chooses_language_and_zone_by_keys(page):
    page.goto("/settings")
    page.get_by_label("Language").focus()
    page.keyboard.type("Fran")
    press(page, "Tab", "Control+a")
    page.keyboard.type("Mars")
    press(page, "Enter")
    page.wait_for_selector(".field-error:has-text('no IANA time zone')")
    assert page.get_by_label("Language").input_value() == "fr"
    page.get_by_label("Time zone").fill("Africa/Bamako")
    press(page, "Enter")
    page.wait_for_selector("text=Les pages suivent aussitôt")
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.get_by_label("Fuseau horaire").input_value() == "Africa/Bamako"
    page.get_by_label("Langue").focus()
    page.keyboard.type("Engl")
    press(page, "Tab", "Enter")
    page.wait_for_selector("text=Pages are so at once")
    assert page.locator("html").get_attribute("lang") == "en"


def test_several_alerts_are_taken_on_at_once_by_keys(page):
    page.goto("/alerts")
    ticks = page.locator(".a-tick")
    for number in (0, 1):
        ticks.nth(number).focus()
        press(page, "Space")
    page.locator("summary:has-text('Several at once')").focus()
    press(page, "Enter")
    page.locator("#several button[value=acknowledge]").focus()
    press(page, "Enter")
    page.wait_for_selector("text=2 alerts acknowledged")


def test_the_tester_and_the_preview_work_without_javascript(desk, browser):
    address, _ = desk
    context = browser.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    sign_in(page, address)
    page.goto("/routes")
    page.locator("[name=labels]").fill("subject=elsewhere")
    page.get_by_role("button", name="Who would get this?").click()
    assert "Desk mail" in page.locator("#trial").inner_text()
    page.goto("/silences")
    page.get_by_label("Alerts whose labels meet all of").fill("subject=mali")
    page.locator("[name=comment]").fill("known")
    page.get_by_role("button", name="See what it mutes").click()
    assert "It would mute" in page.locator("main").inner_text()
    context.close()
