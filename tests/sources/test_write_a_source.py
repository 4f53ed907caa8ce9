"""docs/write-a-source.md works as it stands: its kind, its test and its settings, copied literally."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.domain.harvest import Ask
from monitor.domain.source import Source
from tests.fakes import FakeFetcher
from tests.test_architecture import forbidden

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/write-a-source.md").read_text()
SAVED = r"Save this as `([\w./]+)`(?:[^\n]|\n(?!\n))*\n\n```\w*\n(.*?)```"
FILES = dict(re.findall(SAVED, PAGE, flags=re.DOTALL))
KIND, TEST, DEFINITION = "monitor/sources/gauge.py", "tests/sources/test_gauge.py", "river.toml"
ANSWER = re.search(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)[1]
# Puts the page's kind where a saved file would be found, then runs the page's test.
RUN = """import importlib.util, pytest, sys
spec = importlib.util.spec_from_file_location("monitor.sources.gauge", sys.argv[1])
sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--noconftest", sys.argv[2]]))
"""


@pytest.fixture
def files(tmp_path):
    for name, text in FILES.items():
        (tmp_path / Path(name).name).write_text(text)
    return tmp_path


def test_the_page_has_the_files_it_speaks_of():
    assert set(FILES) == {KIND, TEST, DEFINITION}


def test_the_kind_is_short_and_imports_only_what_a_source_may():
    assert FILES[KIND].count("\n") < 60
    assert list(forbidden(KIND, ast.parse(FILES[KIND]))) == []


@pytest.mark.parametrize("name", [KIND, TEST])
def test_the_code_is_as_the_house_writes_it(name):
    # The order of imports is told by the files there are, and the page's kind is none of them.
    for check in (["check", "--ignore", "I001"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *check, "--stdin-filename", str(ROOT / name), "-"]
        done = subprocess.run(command, input=FILES[name], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_test_of_the_page_passes(files):
    command = [sys.executable, "-c", RUN, str(files / "gauge.py"), str(files / "test_gauge.py")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout


def test_the_definition_of_the_page_reads_the_answer_of_the_page(files):
    spec = importlib.util.spec_from_file_location("gauge_of_the_page", files / "gauge.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    kind, source = module.GaugeSource(), Source(**tomllib.loads(FILES[DEFINITION])["source"][0])
    assert kind.problems(source) == ()
    ask = Ask(now=datetime(2026, 10, 5, tzinfo=UTC), secret={}.__getitem__)
    found = kind.fetch(source, ask, FakeFetcher(ANSWER))
    assert [(each.series, each.value) for each in found.readings] == [("river-level:mopti", 4.2)]


def test_the_page_says_how_the_kind_gets_its_name():
    registry = (ROOT / "monitor/sources/registry.py").read_text()
    assert '        "gauge": GaugeSource(),\n' in PAGE
    assert re.search(r'^        "json": JsonSource\(\),$', registry, flags=re.MULTILINE), "as the page has it"
