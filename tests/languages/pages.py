"""Pages in a language of the test's choice, whoever asks and whatever is offered."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from monitor.domain.wording import Tongue
from monitor.web import languages


@contextmanager
def pages_in(spoken: Tongue) -> Iterator[None]:
    """Let every page speak it meanwhile, those of a server in another thread too."""
    with patch.object(languages, "page_tongue", lambda: spoken):
        yield
