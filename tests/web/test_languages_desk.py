"""The desk's pages in a language nobody speaks: with the bundled pack, no word was written and not said."""

import csv
import tomllib
from functools import cache
from html import unescape

import pytest

from monitor.domain.spoken import capital, lowered
from monitor.paths import packs_folder
from tests.languages.pages import pages_in
from tests.languages.pseudo import STRICT, narrow_words

GOITA, SERIES = "/subjects/assimi-goita", "/series/fuel-price:bamako"
PAGES = (
    "/", "/?concern=critical", "/?q=nobody", GOITA, f"{GOITA}?restated=1&since=30d", f"{GOITA}/heat",
    f"{GOITA}/explain", f"{GOITA}/ledger", f"{GOITA}/ledger?by=cause", f"{GOITA}/audit",
    f"{GOITA}/brief", "/briefs", "/indices", SERIES, "/series/conflict-deaths:mali",
)  # fmt: skip
# Names, signs and what is typed; the rest of what stays is given by the pack.
KEPT = (
    "Heatwatch", "Rita", "RI", "UTC", "PNG", "CSV", "heatwatch", "enter", "esc", "TLP", "CLEAR", "min", "up",
    "worker", "explain", "json", "pack",
)  # fmt: skip


@cache
def given():
    """What the pack gives: every text of its files, the longest first, as they are and lowered."""
    found = set()
    for path in (packs_folder() / "mali").rglob("*.toml"):
        found |= set(_texts(tomllib.loads(path.read_text())))
    for path in (packs_folder() / "mali").rglob("*.csv"):
        found |= {cell for row in csv.reader(path.read_text().splitlines()) for cell in row}
    texts = found | {lowered(text) for text in found} | {capital(text) for text in found}
    return sorted((text for text in texts if len(text) > 1), key=len, reverse=True)


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value.get("words", ())
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


@pytest.fixture
def reader(mali, signed_in):
    return signed_in("rita")


def test_no_page_says_a_word_that_was_not_translated(reader):
    untold = {}
    with pages_in(STRICT):
        for path in PAGES:
            answer = reader.get(path)
            assert answer.status_code == 200, path
            text = unescape(answer.text)
            for each in given():
                text = text.replace(each, " ")
            if words := narrow_words(text, known=KEPT):
                untold[path] = sorted(words)
    assert untold == {}
