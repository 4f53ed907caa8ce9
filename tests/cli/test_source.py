"""`heatwatch source` and `heatwatch secret` from the keyboard, against a table served on loopback."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from monitor.cli.main import heatwatch
from monitor.domain.errors import NotFound

TABLE = "date,price\n2026-10-15,825\n2026-11-15,840\n2026-11-20,-5\n"
PACK = """
[pack]
slug = "tiny"
name = "Tiny"
version = "1"
licence = "CC-BY-4.0"
"""
SOURCE = """
[[source]]
slug = "prices"
name = "Prices"
kind = "csv_http"
licence = "CC-BY-4.0"
attribution = "Prices of the market"
interval_seconds = 3600

[source.settings]
url = "URL"
allow_http = true
date = "date"
series = [{ series = "fuel:mali", value = "price" }]
"""
INDICATOR = """
[[indicator]]
slug = "fuel"
name = "Fuel price"
unit = "CFA/l"
source = "prices"
plausible_low = 0.0
cadence_days = 30
fresh_for_days = 45
expires_after_days = 120
thresholds = { calm = 0, watch = 600, critical = 900 }
"""
SUBJECT = """
[[subject]]
slug = "mali"
name = "Mali"
kind = "country"
scale = "risk"

[[subject.driver]]
slug = "economy"
name = "Economy"
weight = 1

[[subject.driver.placement]]
series = "fuel:mali"
weight = 1
"""


class Table:
    """A table on loopback: what it says, and how often it was asked."""

    def __init__(self):
        self.text, self.asked = TABLE, 0
        table = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                table.asked += 1
                body = table.text.encode()
                self.send_response(200)
                self.send_header("content-type", "text/csv")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/t.csv"


@pytest.fixture
def table(monkeypatch):
    monkeypatch.setenv("HEATWATCH_EGRESS_ALLOW_CIDRS", "127.0.0.0/8")
    table = Table()
    yield table
    table.server.shutdown()
    table.server.server_close()


@pytest.fixture
def folder(tmp_path, table):
    folder = tmp_path / "tiny"
    folder.mkdir()
    text = PACK + SOURCE.replace("URL", table.url) + INDICATOR + SUBJECT
    (folder / "pack.toml").write_text(text)
    return folder


def test_a_draft_is_tried_and_nothing_is_stored(run, run_json, table, tmp_path):
    draft = tmp_path / "draft.toml"
    draft.write_text(SOURCE.replace("URL", table.url))
    told = run("source", "test", "--file", str(draft)).output
    assert f"GET {table.url}: 200, {len(TABLE)} bytes" in told
    assert "0 readings would be stored, 3 would wait in quarantine" in told
    assert "840" in told
    assert run_json("source", "list") == []
    draft.write_text(SOURCE.replace("URL", table.url).replace("date =", "dates ="))
    told = run("source", "test", "--file", str(draft), expect=1).output
    assert "settings are wrong" in told


def test_a_source_is_tried_run_shown_and_read_again(run, run_json, table, folder):
    run("pack", "install", str(folder))
    told = run_json("source", "test", "prices")
    assert [each["value"] for each in told["readings"]] == [825.0, 840.0]
    assert [each["gate"] for each in told["quarantined"]] == ["range"]
    assert told["requests"] == [{"method": "GET", "url": table.url, "status": 200, "bytes": len(TABLE)}]
    assert run("source", "show", "prices").output.count("run ") == 0
    assert "3 seen, 2 new, 0 revised, 0 withdrawn, 1 quarantined" in run("source", "run", "prices").output
    table.text = TABLE.replace("840", "850")
    assert "1 revised" in run("source", "run", "prices", "--anew").output
    shown = run("source", "show", "prices").output
    assert "fuel:mali: 850 CFA/l for the period to 2026-11-16" in shown
    assert "bytes of answers kept" in shown
    assert [each["revised"] for each in run_json("source", "show", "prices")["runs"]] == [1, 0]
    again = run("source", "reparse", "prices", "--dry-run").output
    assert "nothing was changed" in again
    assert again.count("read again") == 2
    asked = table.asked
    assert run("source", "reparse", "prices").output.count("read again") == 2
    assert "fuel:mali: 850 CFA/l" in run("source", "show", "prices").output
    assert table.asked == asked
    with pytest.raises(NotFound, match="of run 99"):
        run("source", "reparse", "prices", "--run", "99")


def test_wrong_settings_are_problems_of_a_pack_with_their_line(run, folder):
    assert "is good" in run("pack", "check", str(folder)).output
    toml = folder / "pack.toml"
    toml.write_text(toml.read_text().replace("allow_http = true", "alow_http = true"))
    for command in ("check", "install"):
        told = run("pack", command, str(folder), expect=1).output
        assert "pack.toml:8" in told
        assert "alow_http is no setting of this kind" in told
    toml.write_text(toml.read_text().replace('"csv_http"', '"cvs"'))
    assert "nothing can ask a source of kind 'cvs'" in run("pack", "check", str(folder), expect=1).output


def test_secrets_are_set_from_a_pipe_listed_and_removed(home, run, run_json):
    done = CliRunner().invoke(heatwatch, ["secret", "set", "ucdp-token"], input="hunter2\n")
    assert done.output == "ucdp-token set\n"
    listed = run_json("secret", "list")
    assert [(each["name"], each["where"]) for each in listed] == [("ucdp-token", "database")]
    assert "ucdp-token" in run("secret", "list").output
    assert run("secret", "remove", "ucdp-token").output == "ucdp-token removed\n"
    assert run_json("secret", "list") == []
