"""What the tests of reliability share."""

import pytest

from monitor.dev.receiver import build_receiver


@pytest.fixture
def receiver(tmp_path):
    """A receiver that keeps what reaches it."""
    with build_receiver(tmp_path / "receiver") as receiver:
        yield receiver
