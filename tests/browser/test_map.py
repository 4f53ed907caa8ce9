"""The map and the ledger's span in a real browser: moved by keys and mouse, kept in the address, copied."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.desk import served, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CONTROL = "/map?m=region-control"


@pytest.fixture(scope="module")
def desk(tmp_path_factory, _assets):
    with served(tmp_path_factory.mktemp("map")) as found:
        yield found


def month(page):
    return page.locator(".map-grid").get_attribute("data-month")


def until(page, wanted):
    page.wait_for_function(
        "(wanted) => document.querySelector('.map-grid').dataset.month === wanted", arg=wanted
    )


def test_the_slider_goes_through_time_by_keys_and_the_address_keeps_the_moment(page):
    page.goto("/map?month=2022-06&span=1")
    slider = page.get_by_role("slider", name="Month")
    slider.focus()
    began = page.evaluate("performance.now()")
    page.keyboard.press("ArrowRight")
    until(page, "2022-07")
    assert page.evaluate("performance.now()") - began < 1500
    assert slider.get_attribute("aria-valuetext") == "Jul 2022"
    assert "month=2022-07" in page.url
    assert page.locator("#map-title").inner_text() == "Incidents, Jul 2022"
    assert page.evaluate("document.activeElement.id") == "map-month"
    page.click("#map-before")
    until(page, "2022-06")
    page.reload()
    assert month(page) == "2022-06"
    page.locator("#map-play").focus()
    page.keyboard.press("Enter")
    until(page, "2022-08")
    assert page.locator("#map-play").get_attribute("aria-pressed") == "true"
    page.keyboard.press("Enter")
    assert page.locator("#map-play").inner_text() == "Play"


def test_a_region_is_chosen_by_key_and_told_beside_the_map_and_the_table_is_copied(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(CONTROL)
    page.locator(".only-wide [data-region=ML05]").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Mopti").wait_for()
    assert "Contested" in page.locator("#closer").inner_text()
    assert "region=ML05" in page.url
    assert page.evaluate("document.activeElement.dataset.region") == "ML05"
    page.get_by_role("button", name="Copy as CSV").first.click()
    page.get_by_text("Copied.").first.wait_for()
    lines = page.evaluate("navigator.clipboard.readText()").split("\r\n")
    assert lines[0] == "Region,Country,Value,Period,Known,Grade,Source"
    assert any(line.startswith("Gao,Mali,not held,Oct 2025,15 Nov 2025 00:00 UTC,C3") for line in lines)
    page.click(".seg :text('Known then')")
    assert "Gao: not known yet" in page.content()


@pytest.mark.parametrize("width, theme", [(1440, "light"), (390, "dark")])
def test_no_fault_is_found_on_any_screen(page, width, theme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    for path in ("/map?month=2023-01&region=ML05", CONTROL):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_javascript_links_and_the_form_go_through_time(desk, browser):
    address, _ = desk
    context = browser.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    sign_in(page, address)
    page.goto("/map?month=2022-06&span=1")
    assert page.locator(".js-only").first.is_hidden()
    page.click("text=Later")
    assert month(page) == "2022-07"
    page.select_option("[name=month]", "2021-03")
    page.select_option("[name=m]", "killed")
    page.click(".map-tools button")
    assert (month(page), page.locator("#map-title").inner_text()) == (
        "2021-03", "People killed in incidents, Mar 2021",
    )  # fmt: skip
    page.click(".only-wide [data-region=BF56]", force=True)
    assert re.search("region=BF56.*#closer", page.url)
    context.close()


def test_a_ledger_follows_two_handles_by_key_and_mouse_and_sums_exactly(page):
    page.goto("/subjects/assimi-goita/ledger")
    start, end = (page.get_by_role("slider", name=name) for name in ("From the end of", "To the end of"))

    def followed(act):
        before = page.locator("h1").inner_text()
        act()
        page.wait_for_function("(was) => document.querySelector('h1').innerText !== was", arg=before)

    followed(lambda: start.press("Home"))
    assert start.get_attribute("aria-valuetext") == "27 Oct 2024"
    assert "from=2024-10-27" in page.url
    assert page.evaluate("document.activeElement.name") == "start"
    box = end.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 12, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, y, steps=3)
    followed(page.mouse.up)
    said = page.locator("#span-says").inner_text()
    assert said.startswith("27 Oct 2024 – ")
    assert "to=2025-" in page.url
    assert page.locator("input[name=to]").input_value() in page.url
    terms = [float(each.replace("\u2212", "-")) for each in page.locator("td.num.b").all_inner_texts()]
    assert sum(terms[:-1]) == pytest.approx(terms[-1], abs=0.005 * len(terms))
    assert page.locator("h1").inner_text().endswith(page.locator("td.num.b").last.inner_text())
    # The handles never pass each other.
    followed(lambda: end.press("Home"))
    assert int(end.input_value()) == int(start.input_value()) + 1
    page.reload()
    texts = [each.get_attribute("aria-valuetext") for each in (start, end)]
    assert texts == ["27 Oct 2024", "28 Oct 2024"]
    page.set_viewport_size({"width": 390, "height": 844})
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


def test_every_drawing_has_its_table_and_how_it_may_be_passed_on(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copied = {}
    for path in ("/", "/incidents", "/subjects/assimi-goita/brief", "/subjects/assimi-goita/ledger", "/map"):
        page.goto(path)
        for number in range(page.locator(".copies").count()):
            page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
            tools = page.locator(".copies").nth(number)
            tools.get_by_role("button", name="Copy as CSV").click()
            tools.get_by_text("Copied.").wait_for()
            text = page.evaluate("navigator.clipboard.readText()")
            copied[path, number] = text.split("\r\n")
            assert len(copied[path, number]) > 6, (path, number)
    assert copied["/", 0][-3].startswith('"TLP:CLEAR. Data: ')
    assert copied["/incidents", 0][0] == "Period,Incidents,Killed"
    assert copied["/incidents", 1][0] == "Place,Incidents,Killed"
    assert "TLP:CLEAR. Data: Source: Insecurity Insight" in copied["/incidents", 1][-3]
    assert copied["/incidents", 1][-2].startswith('"Incidents · Heatwatch, /incidents 20')
    brief = copied["/subjects/assimi-goita/brief", 0]
    assert any("Cold" in line and "14.1" in line for line in brief)
    assert brief[-3].startswith('"TLP:CLEAR. Data: ')
    assert copied["/subjects/assimi-goita/ledger", 0][-5].startswith("In all,")
    page.goto("/incidents")
    page.locator("[data-figure=incidents-map]").get_by_role("button", name="Copy as PNG").click()
    page.locator("[data-figure=incidents-map]").get_by_text("Copied.").wait_for()
    size = page.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read();
            const picture = await createImageBitmap(await item.getType("image/png"));
            return [picture.width, picture.height];
        }"""
    )
    box = page.locator("[data-figure=incidents-map]").bounding_box()
    # Twice the panel with its margin, and below it the lines that say how it may be passed on.
    assert size[1] > 2 * (box["height"] + 24) + 20
