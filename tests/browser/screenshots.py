"""Take the pictures in docs/screenshots/: the pages people keep open, desktop and phone, light and dark."""

import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402 - the checkout must be on the path first

from monitor.domain.wall import Wall, ends_at  # noqa: E402
from monitor.services.walls import make_wall  # noqa: E402
from tests.browser.desk import beat, served, sign_in  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
PAGES = {
    "board": "/",
    "subject": "/subjects/assimi-goita?since=2025-08-31",
    "ledger": "/subjects/assimi-goita/ledger?from=2025-08-31",
    "map": "/map?month=2023-01&region=ML05",
    "incidents": "/incidents",
}
# On a desk that is set up: with channels, routes, people on duty, and what waits for them.
ALERTING = {
    "alerts": "/alerts", "approvals": "/approvals", "routes": "/routes", "silences": "/silences",
    "undelivered": "/alerts/undelivered", "duty": "/duty", "comms-checks": "/comms-checks",
    "subscription": "/subscription",
}  # fmt: skip
# Without a lower bound of its own a short page would be mostly paper.
SIZES = {"": (1440, 360), "-phone": (390, 844)}
MOST_HEIGHT = 1640
THEMES = ("light", "dark")


def main() -> None:
    """Serve a desk with the bundled packs and photograph it, then one that is set up for alerts."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        photograph(browser, PAGES, is_arranged=False)
        photograph(browser, ALERTING, is_arranged=True)
        browser.close()


def photograph(browser: Browser, pages: Mapping[str, str], *, is_arranged: bool) -> None:
    """Take every picture of these pages of one desk."""
    with (
        tempfile.TemporaryDirectory() as home,
        served(Path(home), is_arranged=is_arranged) as (address, application),
    ):
        page = browser.new_page()
        sign_in(page, address)
        for name, path in pages.items():
            for suffix, (width, height) in SIZES.items():
                for theme in THEMES:
                    beat(application)
                    page.set_viewport_size({"width": width, "height": height})
                    take(page, f"{address}{path}", theme, FOLDER / f"{name}{suffix}-{theme}.png")
        if not is_arranged:
            photograph_wall(browser, address, application)
        page.close()


def photograph_wall(browser: Browser, address: str, application) -> None:
    """Take the wallboard as it is on a screen of its own, where nobody signed in."""
    with application.writing() as (session, now):
        wall = Wall(name="Ops room", created_at=now, created_by="desk", expires_at=ends_at(now, 7))
        token = make_wall(session, wall, now=now)
    for theme in THEMES:
        beat(application)
        context = browser.new_context(viewport={"width": 1920, "height": 1080}, color_scheme=theme)
        screen = context.new_page()
        screen.goto(f"{address}/wall#{token}", wait_until="commit")
        screen.wait_for_selector("html[data-live=live]")
        for name, number in (("wallboard", 0), ("wallboard-subject", 1)):
            screen.goto(f"{address}/wall?picture={number}", wait_until="networkidle")
            target = FOLDER / f"{name}-{theme}.png"
            screen.screenshot(path=target)
            sys.stdout.write(f"{target.relative_to(ROOT)}\n")
        context.close()


def take(page: Page, address: str, theme: str, target: Path) -> None:
    """Photograph one page: on a desktop as far as it goes, on a phone one screen."""
    page.goto(f"{address}{'&' if '?' in address else '?'}theme={theme}", wait_until="networkidle")
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    if width > height:
        height = min(page.evaluate("document.documentElement.scrollHeight"), MOST_HEIGHT)
    page.screenshot(path=target, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    sys.stdout.write(f"{target.relative_to(ROOT)}\n")


def chromium() -> str:
    """Find the system's browser; Playwright's own downloads are not used."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise SystemExit("Chromium is not installed; no pictures were taken.")
    return found


if __name__ == "__main__":
    main()
