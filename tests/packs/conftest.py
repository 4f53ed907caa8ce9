"""What several modules spoil: a copy of the tiny pack."""

import shutil
from pathlib import Path

import pytest

from tests.packs.spoiled import TINY


@pytest.fixture
def folder(tmp_path):
    """A copy of the tiny pack to spoil."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))
