"""`heatwatch status`: a table for people, JSON for programs."""

from types import SimpleNamespace

import pytest
from rich.console import Console

from monitor.cli.status import _cells, _table

COLD = {
    "slug": "goita", "name": "Assimi [Goïta]", "scale": "standing", "clock": "standing",
    "as_of": "2025-11-30T23:59:59Z", "level": "Cold", "concern": "critical", "last_level": "Cold",
    "last_level_at": "2025-11-30T23:59:59Z", "heat": 14.1, "pressure": 85.9, "coverage": 0.999,
    "confidence": 0.73, "open_alerts": 5,
    "movers": [{"driver": "supply-and-economy", "delta": -20.17}, {"driver": "security", "delta": 0.01}],
}  # fmt: skip
BLIND = COLD | {
    "level": "Unknown", "concern": None, "heat": None, "coverage": 0.2, "clock": "live", "movers": [],
}  # fmt: skip


def shown(subject, *, width=80):
    console = Console(width=width, record=True, force_terminal=False)
    with console.capture() as capture:
        console.print(_table([subject]))
    return capture.get()


def test_a_row_says_level_concern_heat_movers_and_date():
    text = shown(COLD, width=100)
    for words in ("Assimi [Goïta]", "Cold", "critical", "14", "−20.2 Supply and economy", "2025-11-30"):
        assert words in text
    assert "99\N{NO-BREAK SPACE}%" in text
    assert "73\N{NO-BREAK SPACE}%" in text


@pytest.mark.parametrize(
    "clock,words", [("standing", "2025-11-30\narchive"), ("running", "2025-11-30\nexercise"), ("live", "now")]
)
def test_an_archive_says_that_it_is_one(clock, words):
    assert _cells(COLD | {"clock": clock})[-1] == words


def test_what_rounds_to_nothing_moved_nothing():
    assert "Security" not in shown(COLD)


def test_an_unknown_subject_tells_its_last_level_and_no_heat():
    text = shown(BLIND)
    assert "Unknown" in text
    assert "last Cold" in text
    assert "2025-11-30" in text
    assert "nothing" in text


@pytest.mark.parametrize("width", [80, 120])
def test_no_figure_is_cut(width):
    assert "…" not in shown(COLD, width=width)


def test_a_full_disk_and_a_silent_worker_are_told_below(run, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=5 << 20))
    told = run("status").output
    assert "no worker has run yet" in told
    assert "5 MiB free" in told
    assert "when it is full nothing is stored" in told
