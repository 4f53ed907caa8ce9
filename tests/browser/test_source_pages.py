"""The pages of incidents and of push tokens, in a real browser: clear to everyone, and run by keys."""

import re
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from monitor.domain.incident import Incident
from monitor.storage import definitions, incidents, sources
from tests.browser.desk import served
from tests.factories import a_source

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TOKENS = "/sources/radio-room/tokens"
LOOKS = ((1440, 900, "light"), (390, 844, "dark"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory, _assets):
    with served(tmp_path_factory.mktemp("sources")) as found:
        _, application = found
        with application.writing() as (session, now):
            room = a_source("radio-room", name="Radio room", kind="push", settings={}, interval_seconds=None)
            definitions.save(session, room, author="t", reason="", effective_at=now, now=now)
            sources.add(session, "radio-room", due_at=None)
            told = (
                Incident(
                    source="radio-room", external_id=str(number), country="MLI", kind="raid", killed=1,
                    happened_on=date(2025, 1, 1) + timedelta(days=number), description=f"Raid {number}",
                    latitude=14.5, longitude=-4.0, precision="exact",
                )
                for number in range(120)
            )  # fmt: skip
            incidents.keep(session, told, now=now)
        yield found


def faults(page):
    """What axe finds wrong, with where."""
    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


def looked_at(page):
    """Both themes and both layouts, and no screen that is narrower than the page."""
    for width, height, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        assert faults(page) == []
    for width in (1180, 768, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_token_is_made_seen_once_and_revoked_without_a_mouse(page):
    page.goto(TOKENS)
    page.get_by_role("button", name="Make a token").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=shown this once")
    token = re.search(r"hwp_[\w-]+", page.locator("main").inner_text())[0]
    looked_at(page)
    page.goto(TOKENS)
    assert token not in page.content()
    page.get_by_role("button", name="Revoke token").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=is revoked. Who shows it is refused")
    looked_at(page)


def test_older_incidents_are_gone_to_by_keys_and_back_to_the_newest(page):
    page.goto("/incidents?span=all&source=radio-room")
    assert "120 incidents" in page.locator("main").inner_text()
    page.get_by_role("link", name="Older").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=back")
    assert "Raid 69" in page.locator("#list").inner_text()
    assert "Raid 70" not in page.locator("#list").inner_text()
    looked_at(page)
    page.get_by_role("link", name="Newest").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Raid 119")
