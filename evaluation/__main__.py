"""Judge the policies: `python -m evaluation`, or on a table of your own, `--file deaths.csv`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from evaluation.history import History, read_histories
from evaluation.judgement import Judgement, judge
from evaluation.policies import POLICIES

_ROOT = Path(__file__).resolve().parent
DEATHS = _ROOT / "data/monthly_fatalities_sahel_1989_2025-10.csv"
VINTAGES = _ROOT.parent / "tests/data/vintages/mali_vintages_2018_2021.csv"


def main() -> None:
    """Print a table of all countries together, and the surge rule's own country by country."""
    parser = argparse.ArgumentParser(prog="python -m evaluation", description=__doc__)
    parser.add_argument(
        "--file", type=Path, default=DEATHS, help="month_end and a column of deaths a country"
    )
    parser.add_argument("--vintages", type=Path, help="vintage, country, month_end, fatalities")
    asked = parser.parse_args()
    vintages = asked.vintages or (VINTAGES if asked.file == DEATHS else None)
    histories = read_histories(asked.file, vintages)
    print(f"{len(histories)} countries, {histories[0].months[0]} to {histories[0].months[-1]}\n")
    show(judged(histories))


def judged(histories: Sequence[History]) -> list[Judgement]:
    """Return how each policy did over all countries."""
    return [
        judge(name, [(history.values, policy(history)) for history in histories])
        for name, policy in POLICIES.items()
    ]


def show(found: Sequence[Judgement]) -> None:
    """Print them as a table of Markdown."""
    print("| Policy | Alerts | a country-year | Precision | Recall | F1 | Onsets caught | Lead, months |")
    print("|---|---|---|---|---|---|---|---|")
    for each in found:
        print(
            f"| {each.policy} | {each.alerts} | {each.alerts_a_year:.3f} | {each.precision:.3f} "
            f"| {each.recall:.3f} | {each.f1:.3f} | {each.caught} of {each.onsets} | {each.lead:+.2f} |"
        )


if __name__ == "__main__":
    main()
