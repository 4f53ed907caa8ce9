"""The report: a table for people, JSON for programs, and the size of the machine."""

import json
import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.measure import Figure, Spread, seconds
from monitor import __version__

RESULTS = Path(__file__).parent / "results" / "latest.json"


def machine() -> dict[str, Any]:
    """Return what the figures depend on, and how fast a plain loop runs just now."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "system": platform.system(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "heatwatch": __version__,
        "load_before": os.getloadavg()[0],
        "plain_loop_before_seconds": plain_loop(),
    }


def plain_loop() -> float:
    """Return the seconds of two million additions: how fast this machine is just now."""
    return round(seconds(lambda: sum(each * 2 for each in range(2_000_000))), 4)


def show(title: str, figures: Sequence[Figure]) -> None:
    """Print one benchmark's figures as a table."""
    table = Table(title=title, title_justify="left", expand=False)
    for name in ("what", "median (min-max)", "baseline", "median (min-max)", "ratio", "goal"):
        table.add_column(name, overflow="fold")
    for figure in figures:
        table.add_row(
            figure.name, _text(figure.ours, figure.unit), figure.against, _text(figure.baseline, figure.unit),
            _text(figure.ratio, "x"), _goal(figure),
        )  # fmt: skip
        for note in figure.notes:
            table.add_row(f"  {note}")
    Console(width=150).print(table)


def write(
    results: Mapping[str, Sequence[Figure]],
    skipped: Mapping[str, str],
    failed: Mapping[str, str],
    about: Mapping[str, Any],
) -> None:
    """Write everything to `bench/results/latest.json`."""
    RESULTS.parent.mkdir(exist_ok=True)
    content = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": dict(about),
        "skipped": dict(skipped),
        "failed": dict(failed),
        "figures": {name: [asdict(figure) for figure in figures] for name, figures in results.items()},
    }
    RESULTS.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _text(spread: Spread | None, unit: str) -> str:
    if spread is None:
        return ""
    if spread.runs == 1:
        return f"{_number(spread.median)} {unit}"
    return f"{_number(spread.median)} {unit} ({_number(spread.least)}-{_number(spread.most)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _goal(figure: Figure) -> str:
    if figure.goal is not None:
        return _met(figure.ours.median, figure.goal, figure.unit)
    if figure.goal_ratio is not None and figure.ratio is not None:
        return _met(figure.ratio.median, figure.goal_ratio, "x")
    return ""


def _met(found: float, goal: float, unit: str) -> str:
    return f"under {_number(goal)} {unit}: {'met' if found <= goal else 'MISSED'}"
