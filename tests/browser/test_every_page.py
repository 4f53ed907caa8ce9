"""Every page there is: axe finds no fault in either theme or layout, and nothing is too wide."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from monitor.web.access import access_of
from tests.browser.desk import APPS, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

GOITA = "/subjects/assimi-goita"
# Answers to programs, parts of pages, and ways to a page; a wallboard has a token of its own (test_wall.py).
APART = {
    "/desk/series.json", "/handling", "/healthz", "/map.csv", "/map.json", "/map/part", "/readyz",
    "/schemas/", "/sign-in", "/start", "/wall", "/wall/live", "/worker",
}  # fmt: skip
# Pages that tests of their own look at more closely.
LOOKED_AT = {
    "/alerts", "/alerts/undelivered", "/approvals", "/comms-checks", "/desk/event", "/desk/table",
    "/desk/value", "/duty", "/health", "/map", "/routes", "/settings", "/silences", "/styleguide",
    "/subscription",
}  # fmt: skip
# Pages of one thing: they have its name in their address.
OF_ONE = {
    f"{GOITA}/brief", f"{GOITA}/ledger", f"{GOITA}/heat", f"{GOITA}/explain", f"{GOITA}/audit",
    "/series/conflict-deaths:mali/revisions", "/rules/goita-level", "/sources/ucdp-monthly",
}  # fmt: skip
LOOKS = [(1440, 900, "light"), (390, 844, "dark")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory, _assets):
    with served(tmp_path_factory.mktemp("desk"), is_arranged=True) as found:
        yield found


def addresses(app):
    """The addresses of pages that need no name."""
    rules = [each for each in app.url_map.iter_rules() if "GET" in each.methods and not each.arguments]
    found = {each.rule for each in rules if access_of(app.view_functions.get(each.endpoint)) is not None}
    return {path for path in found if "/api/" not in path} - APART - LOOKED_AT


@pytest.mark.parametrize("width, height, theme", LOOKS)
def test_no_page_has_a_fault_that_axe_knows_or_is_wider_than_its_screen(page, desk, width, height, theme):
    address, _ = desk
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)
    faults, wide, absent = {}, [], []
    for path in sorted(addresses(APPS[address]) | OF_ONE):
        if page.goto(path).status != 200:
            absent.append(path)
        found = Axe().run(page).response["violations"]
        if found:
            faults[path] = [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    assert (faults, wide, absent) == ({}, [], [])
