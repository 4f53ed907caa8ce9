"""Run the benchmarks: `python -m bench`, or some of them: `python -m bench scoring storing`."""

import argparse
import importlib
import sys
import tempfile
import time
from pathlib import Path

from bench import report
from bench.measure import Figure, Skipped

NAMES = (
    "scoring", "backtesting", "previewing", "stored", "storing", "importing", "reading", "assessing",
    "arriving", "ticking", "pages", "charts", "live", "searching", "processes",
)  # fmt: skip
# Only where they are named: they take minutes, and need PostgreSQL, or Prometheus and Alertmanager.
MORE = ("stored_postgres", "alerting", "peers")


_HELP = f"{', '.join(NAMES)}; and only where named: {', '.join(MORE)}"


def main() -> None:
    """Run what was asked for, print tables, write the results."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, *MORE, []], metavar="NAME", help=_HELP)
    names = parser.parse_args().names or NAMES
    about = report.machine()
    print(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in about.items()))
    results: dict[str, list[Figure]] = {}
    skipped: dict[str, str] = {}
    failed: dict[str, str] = {}
    begun = time.monotonic()
    for name in names:
        try:
            results[name] = _run(name)
        except Skipped as reason:
            skipped[name] = str(reason)
            print(f"\nSKIPPED {name}: {reason}\n")
        except Exception as error:  # noqa: BLE001 - one that breaks must not hide the others' figures
            failed[name] = f"{type(error).__name__}: {error}"
            print(f"\nFAILED {name}: {failed[name]}\n")
        else:
            report.show(name, results[name])
    about["plain_loop_after_seconds"] = report.plain_loop()
    report.write(results, skipped, failed, about)
    took = time.monotonic() - begun
    print(f"Took {took:.0f} s; written to bench/results/latest.json")
    for word, names_of in (("SKIPPED", skipped), ("FAILED", failed)):
        if names_of:
            print(f"{word}: {', '.join(names_of)}")
    sys.exit(bool(failed))


def _run(name: str) -> list[Figure]:
    """Run one benchmark in a folder of its own."""
    module = importlib.import_module(f"bench.{name}")
    with tempfile.TemporaryDirectory(prefix="heatwatch-bench-") as folder:
        figures: list[Figure] = module.run(Path(folder))
        return figures


if __name__ == "__main__":
    main()
