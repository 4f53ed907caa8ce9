"""A built wheel, installed and used from another folder, finds everything that ships beside the code."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from monitor import __version__, paths

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow

LOOK = """
import json, monitor
from monitor import paths

def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

print(json.dumps({
    "package": monitor.__file__,
    "templates": names(paths.templates_folder()),
    "packs": names(paths.packs_folder()),
    "migrations": names(paths.migrations_folder()),
    "static": names(paths.static_folder()),
}))
"""


def run(*command: str, folder: Path) -> str:
    """What a program prints, started from elsewhere so that the checkout is not on its path."""
    environ = {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8"}
    finished = subprocess.run(
        command,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr + finished.stdout
    return finished.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built by the back end that the editable install uses."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory) -> Path:
    """The scripts folder of an environment that has the wheel, and the dependencies of this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", with_pip=False)
    python = str(folder / "venv" / "bin" / "python")
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder).strip()
    # A path line: .pth files inside the folder it names, the editable install's among them, are not followed.
    Path(site, "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "--disable-pip-version-check",
        "install",
        "--quiet",
    ]
    run(*pip, "--no-deps", "--no-index", "--ignore-installed", str(wheel), folder=folder)
    return folder / "venv" / "bin"


def names(folder: Path) -> list[str]:
    """The files git would keep in a folder of the checkout."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(
        path.as_posix() for path in found if "__pycache__" not in path.parts and path.suffix != ".pyc"
    )


def test_the_command_says_its_version(installed):
    assert __version__ in run(str(installed / "heatwatch"), "--version", folder=installed)


def test_packs_templates_migrations_and_browser_files_are_found(installed):
    seen = json.loads(run(str(installed / "python"), "-c", LOOK, folder=installed))
    assert not Path(seen["package"]).is_relative_to(ROOT)
    for kind, folder in {
        "templates": paths.templates_folder(),
        "packs": paths.packs_folder(),
        "migrations": paths.migrations_folder(),
        "static": paths.static_folder(),
    }.items():
        assert [name for name in seen[kind] if not name.endswith(".pyc")] == names(folder), kind
        assert seen[kind], kind


def test_the_wheel_carries_nothing_else(wheel):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"monitor", f"heatwatch-{__version__}.dist-info"}
    assert not [
        name for name in zipfile.ZipFile(wheel).namelist() if "node_modules" in name or "secret.key" in name
    ]
