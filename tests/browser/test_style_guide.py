"""The style guide in a real browser: all components in all states, and axe finds no fault in any."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.desk import served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory, _assets):
    with served(tmp_path_factory.mktemp("style")) as found:
        yield found


def test_every_component_is_without_fault_in_both_themes_and_layouts(page):
    for width, theme in ((1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.goto("/styleguide")
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_picture_of_the_server_is_copied_too(page):
    page.goto("/styleguide")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    for figure in ("sparklines", "line-standing", "waterfall"):
        with page.expect_download() as download:
            page.locator(f"[data-figure={figure}]").get_by_role("button", name="Copy as PNG").click()
        assert download.value.suggested_filename == f"{figure}.png"
        assert len(download.value.path().read_bytes()) > 5_000
