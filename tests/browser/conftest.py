"""A browser for all modules of this folder, on whatever desk a module serves as `desk`."""

import pytest
from playwright.sync_api import expect, sync_playwright

from monitor.paths import static_folder
from tests.browser.desk import beat, sign_in

# Five seconds, as it comes, is short on a busy machine.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def _assets():
    if not (static_folder() / "app.js").exists():
        pytest.skip("the browser code is not built; run make assets")


@pytest.fixture(scope="session")
def browser(chromium_path):
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=str(chromium_path), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(desk, browser, signed_in_state):
    """A signed-in page that fails the test if the browser complains of anything."""
    address, application = desk
    beat(application)
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, base_url=address, storage_state=signed_in_state
    )
    opened = context.new_page()
    complaints = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
    yield opened
    context.close()
    assert complaints == []


def _is_complaint(said):
    """A form that was sent back says so by its status, which the browser notes; all else is a fault."""
    return said.type in {"error", "warning"} and "status of 422" not in said.text


@pytest.fixture(scope="module")
def signed_in_state(desk, browser):
    """The cookies of a person who signed in once for the module."""
    address, _ = desk
    context = browser.new_context(base_url=address)
    sign_in(context.new_page(), address)
    state = context.storage_state()
    context.close()
    return state
