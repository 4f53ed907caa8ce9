"""heatwatch dev-sources: prints where the stand-ins are and definitions that a pack can hold."""

import signal
import subprocess
import sys

import httpx
import pytest
from click.testing import CliRunner

from monitor.cli.dev_sources import dev_sources
from monitor.cli.rehearsal import USES, rehearsal_texts
from monitor.dev.sources.faults import Fault
from monitor.dev.sources.fragments import stand_ins_of, write_pack
from monitor.dev.sources.registry import STAND_INS
from monitor.dev.sources.server import SourceServer
from monitor.packs.read_pack import read_pack
from monitor.paths import presets_folder


@pytest.fixture
def started(tmp_path):
    command = [sys.executable, "-m", "monitor", "dev-sources", "--port", "0", "--fault", "eia=500"]
    command += ["--earlier", "ucdp", "--pack", str(tmp_path / "rehearsal")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        yield process
        process.kill()


def test_it_serves_until_it_is_told_to_stop(started, tmp_path):
    lines = [next(started.stdout) for _ in range(len(STAND_INS) + 1)]
    while "curl" not in (line := next(started.stdout)):
        lines.append(line)
    listed = httpx.get(line.split("curl ")[1].strip()).json()
    assert (listed["eia"]["fault"], listed["ucdp"]["edition"]) == ("500", "earlier")
    assert any("HEATWATCH_EGRESS_ALLOW_CIDRS" in each for each in lines)
    assert read_pack(tmp_path / "rehearsal").problems == ()
    started.send_signal(signal.SIGTERM)
    assert started.wait(timeout=10) == 0


def test_the_faults_are_listed():
    shown = CliRunner().invoke(dev_sources, ["--faults"]).output
    assert [line.split()[0] for line in shown.splitlines()] == list(Fault)


@pytest.mark.parametrize(
    "arguments", [["--fault", "ucdp=fire"], ["--fault", "nobody=500"], ["--earlier", "nobody"]]
)
def test_what_is_not_there_is_refused(arguments):
    result = CliRunner().invoke(dev_sources, ["--port", "0", *arguments])
    assert result.exit_code == 2
    assert "expected NAME=FAULT" in result.output or "no stand-in" in result.output


def test_a_port_that_is_taken_is_said_in_a_line():
    with SourceServer() as server:
        taken = server.url.rpartition(":")[2]
        result = CliRunner().invoke(dev_sources, ["--port", taken])
    assert result.exit_code == 1
    assert f"port {taken} of 127.0.0.1 is not free" in result.output


def test_the_fragments_are_a_pack_without_a_fault(tmp_path):
    write_pack(tmp_path / "rehearsal", rehearsal_texts(), lambda name: f"http://127.0.0.1:9400/{name}")
    assert read_pack(tmp_path / "rehearsal").problems == ()


@pytest.mark.parametrize("text", rehearsal_texts().values(), ids=rehearsal_texts())
def test_a_definition_asks_stand_ins_that_are_there_and_nobody_else(text):
    assert set() < stand_ins_of(text) <= {stand_in.name for stand_in in STAND_INS}
    settings = [line for line in text.splitlines() if line.startswith(("url = ", "urls = "))]
    assert any("{{" in line for line in settings)


def test_every_preset_has_a_stand_in():
    assert set(USES) == {path.stem for path in presets_folder().glob("*.toml")}
