"""From the board in at most three clicks: each question of a watch officer, by the path the docs tell."""

import re

import pytest

from monitor.paths import templates_folder
from tests.browser.desk import served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MOST = 3
FIRST = "[data-row] a.nm >> nth=0"
HANDOVERS = "main a:text-is('Handovers')"
# The question as docs/three-clicks.md asks it, what is clicked, what must then be seen.
PATHS = {
    "Who is worst?": ([], ["[data-row] >> nth=0 >> text=Assimi Goïta", "h1 + .sum >> text=2 critical"]),
    "Why?": (
        [FIRST],
        ["text=supply and economy took 20.2 points", "#drivers tr:has-text('Fuel price') >> text=−10.5"],
    ),
    "What changed since yesterday?": (
        [FIRST, "form[aria-label=Since] a:text-is('1 d')"],
        ["text=Nothing moved it since 29 Nov."],
    ),
    "How sure are we?": (
        [FIRST],
        [
            "text=73 % by grade and age",
            "text=inputs low, high",
            "text=least allowed 60",
            "text=Level holds in",
        ],
    ),
    "Where?": ([FIRST], ["h2:text-is('Who holds what')", "svg >> text=Timbuktu >> visible=true"]),
    "What would flip it?": (
        [FIRST],
        ["h2:text-is('What would flip it')", "#flips tr:has-text('Conflict deaths') >> text=219"],
    ),
    "What did we send to whom?": (
        [".nav a:has-text('Alerts')"],
        ["tr:has-text('Desk mail') >> text=not sent because the mute window nights is on"],
    ),
    "What should the next shift watch?": (
        [".nav a:text-is('Desk')", HANDOVERS, "button:has-text('Draft the handover')"],
        [
            "h2:text-is('Open alerts')",
            "text=Fuel price in Bamako is critical",
            "h2:text-is('In the next shifts')",
        ],
    ),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory, _assets):
    with served(tmp_path_factory.mktemp("clicks"), is_arranged=True) as found:
        yield found


def test_every_question_is_answered_in_at_most_three_clicks(page):
    walks = {}
    for question, (clicks, answers) in PATHS.items():
        assert len(clicks) <= MOST, question
        walks.setdefault(tuple(clicks), []).extend((question, answer) for answer in answers)
    for clicks, answers in walks.items():
        page.goto("/")
        for click in clicks:
            page.click(f"{click} >> nth=0")
            page.wait_for_load_state()
        for question, answer in answers:
            seen = page.locator(f"main >> {answer}").first
            seen.scroll_into_view_if_needed(timeout=5_000)
            assert seen.is_visible(), (question, answer)


def test_the_docs_tell_the_same_paths():
    text = (templates_folder().parent / "docs" / "three-clicks.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| (\S[^|]*\?) \| (\d) \|", text, re.MULTILINE)
    assert told == [(question, str(len(clicks))) for question, (clicks, _) in PATHS.items()]
