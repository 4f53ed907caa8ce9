"""The locks name versions and hashes, and no host they would have to come from."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
NPM_LOCK = ROOT / "assets" / "package-lock.json"


def pinned(path: Path) -> dict[str, str]:
    """Requirement -> everything that belongs to it, hashes included."""
    entries = path.read_text().replace("\\\n", " ").splitlines()
    return {entry.split("==")[0]: entry for entry in entries if entry and not entry.startswith("#")}


@pytest.mark.parametrize("path", [*REQUIREMENTS, NPM_LOCK], ids=lambda path: path.name)
def test_a_lock_names_no_host(path):
    assert "://" not in path.read_text()


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_has_one_version_and_a_hash(path):
    for name, entry in pinned(path).items():
        assert re.match(r"[a-z0-9-]+(\[[a-z,-]+\])?==[^ ]+ .*--hash=sha256:", entry), name


def test_the_locks_agree_with_each_other():
    dev = {name: entry.split()[0] for name, entry in pinned(ROOT / "requirements" / "dev.txt").items()}
    for part in ("run.txt", "build.txt"):
        for name, entry in pinned(ROOT / "requirements" / part).items():
            assert dev[name] == entry.split()[0], f"{part}: {name}; run make lock"


def test_every_declared_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = {name.split("[")[0] for name in pinned(ROOT / "requirements" / "run.txt")}
    declared = {re.match(r"[a-z0-9-]+", entry)[0] for entry in project["project"]["dependencies"]}
    assert declared - locked == set(), "run make lock"


def test_every_browser_library_has_a_checksum_and_no_address():
    packages = json.loads(NPM_LOCK.read_text())["packages"]
    for name, entry in packages.items():
        assert "resolved" not in entry, name
        assert name == "" or entry["integrity"].startswith("sha512-"), name


def test_what_uv_writes_for_itself_stays_out_of_the_repository():
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert "uv.lock" in ignored
