"""Pages in a language of the test's choice, whoever asks and whatever is offered."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from monitor.domain.wording import Tongue
from monitor.web import languages
from tests.languages.pseudo import STRICT, narrow_words

# Names, keys and what is typed on every page.
FRAME = (
    "Heatwatch", "Rita", "RI", "Ben", "BE", "Ana", "AN", "UTC", "English", "Français", "enter", "esc",
    "heatwatch", "up", "worker", "user", "reset", "min",
)  # fmt: skip
_OK = 200
# Numbers of requests and keys; what a person wrote, or writes, in a field.
_KEYS = re.compile(r"\b[0-9a-f-]{8,}\b|[0-9a-f]{4}…[0-9a-f]{4}|<textarea.*?</textarea>", re.DOTALL)


@contextmanager
def pages_in(spoken: Tongue) -> Iterator[None]:
    """Let every page speak it meanwhile, those of a server in another thread too."""
    with patch.object(languages, "page_tongue", lambda: spoken):
        yield


def unsaid(visitor: Any, *paths: str, known: Sequence[str] = ()) -> dict[str, set[str]]:
    """Return by path the words of pages that were written and not said, but for names that are known."""
    with pages_in(STRICT):
        pages = {path: visitor.get(path) for path in paths}
    wrong = {path: page.status_code for path, page in pages.items() if page.status_code != _OK}
    assert not wrong, wrong
    found = {
        path: narrow_words(_KEYS.sub("", page.text), known=(*FRAME, *known)) for path, page in pages.items()
    }
    return {path: left for path, left in found.items() if left}
