"""`heatwatch explain`: all that a subject's heat was reckoned from, as a tree."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.tree import Tree

from monitor.cli.application import opened, print_json
from monitor.cli.moments import WRITTEN, end_of
from monitor.cli.tables import print_table

if TYPE_CHECKING:
    from monitor.domain.explanations.explained import GroupNode, PlacementNode
    from monitor.services.explain import Explanation


@click.command()
@click.argument("subject")
@click.option("--at", type=WRITTEN, help="UTC day (its end) or moment; else where the clock stands.")
@click.option("--as-of", type=WRITTEN, help="By what was known, and defined, at this UTC day or moment.")
@click.option("--json", "as_json", is_flag=True, help="For programs: every number in full.")
def explain(subject: str, *, at: datetime | None, as_of: datetime | None, as_json: bool) -> None:
    """Show what SUBJECT's heat is made of, down to each value, its citation and its thresholds.

    Without --as-of it is what was published at that moment. Every formula can be typed into a calculator.
    """
    from monitor.services.explain import explain as read_explanation

    with opened() as application, application.reading() as (session, now):
        found = read_explanation(session, subject, at=end_of(at, now), as_of=end_of(as_of, now), now=now)
    if as_json:
        print_json(found)
    else:
        print_table(_tree(found))


def _tree(found: "Explanation") -> Tree:
    tree = found.tree
    top = Tree(f"[bold]{escape(tree.name)}[/bold] {_headline(found)}")
    if found.early:
        top.add(f"{len(found.early)} definitions are younger than this and are used as they began")
    _add_group(top, tree.top, is_top=True)
    for floor in tree.floors:
        what = "lifts" if floor.lifts else "reached, lifts nothing" if floor.is_reached else "not reached"
        top.add(
            escape(
                f"floor {_n(floor.pressure)} while {floor.placement} is at least {_n(floor.reaches)}: {what}"
            )
        )
    top.add(escape(f"heat {_n(tree.heat)} = {tree.heat_formula}"))
    top.add(escape(f"coverage {_n(tree.coverage)} = {tree.coverage_formula}"))
    top.add(escape(f"confidence {_n(tree.confidence)} = {tree.confidence_formula}"))
    level = tree.level
    top.add(escape(f"level {level.level}: {level.because}; margin {_n(level.margin)}, dwell {level.dwell}"))
    return top


def _headline(found: "Explanation") -> str:
    tree = found.tree
    told = "no data" if tree.heat is None else _n(tree.heat)
    which = found.line
    if found.seq is not None:
        which = f"published, point {found.seq}"
    elif found.as_of is not None:
        which = f"as of {found.as_of:%Y-%m-%d %H:%M}"
    return escape(f"{told} {tree.level.level} at {found.at:%Y-%m-%d %H:%M} ({which})")


def _add_group(above: Tree, group: "GroupNode", *, is_top: bool = False) -> None:
    words = "" if group.combined is None else f" = {group.combined.formula}"
    name = f"{group.name}, weight {_n(group.weight)} ({_share(group.share)})"
    name = "pressure before floors" if is_top else name
    branch = above.add(escape(f"{name}: {_n(group.pressure)}{words}"))
    for placement in group.placements:
        _add_placement(branch, placement)
    for below in group.groups:
        _add_group(branch, below)


def _add_placement(above: Tree, node: "PlacementNode") -> None:
    shares = f"{_share(node.share)}, {_share(node.effective)} of all"
    head = f"{node.name} ({node.series}), weight {_n(node.weight)} ({shares})"
    branch = above.add(escape(f"{head}: {_n(node.pressure)}"))
    for line in _lines(node):
        branch.add(escape(line))


def _lines(node: "PlacementNode") -> list[str]:
    if node.pressure is None:
        absence = node.provenance.absence if node.provenance else ""
        return [f"never observed{': ' + absence if absence else ''}; leaves the mean, counts 0 in coverage"]
    lines = [f"value {_n(node.raw)} {node.unit} of {_days(node)}{_from(node)}"]
    lines += [f"{step.name}: {_n(step.after)} = {step.formula}" for step in node.steps]
    if node.normalised is not None:
        lines.append(f"{node.normalised.method}: {_n(node.pressure)} = {node.normalised.formula}")
    age = "" if node.age_days is None else f"{_n(round(node.age_days, 2))} days old"
    ages = f"fresh for {_n(node.fresh_for_days)}, gone at {_n(node.expires_after_days)}"
    lines.append(f"freshness {_n(node.freshness)} ({age}; {ages}), trust {_n(node.trust)}{_flags(node)}")
    return lines


def _from(node: "PlacementNode") -> str:
    found = node.provenance
    if found is None:
        return ""
    versions = ", ".join(f"{kind} v{number}" for kind, number in (found.versions or {}).items() if number)
    parts = (
        found.title or found.citation, found.source_name, f"graded {found.grade}" if found.grade else "",
        f"known {found.known_at[:10]}" if found.known_at else "", found.derived, versions,
    )  # fmt: skip
    return "; " + "; ".join(part for part in parts if part)


def _flags(node: "PlacementNode") -> str:
    named = (
        ("held: provisional", node.is_held),
        ("provisional", node.is_provisional and not node.is_held),
        ("confirmed", node.provenance is not None and node.provenance.is_confirmed),
        ("carried", node.is_carried),
        ("beyond the last threshold", node.is_saturated),
        ("imputed", node.is_imputed),
    )
    return "".join(f", {name}" for name, is_so in named if is_so)


def _days(node: "PlacementNode") -> str:
    from monitor.domain.clock import moment
    from monitor.domain.spoken import period

    if node.period_start is None or node.period_end is None:
        return "no period"
    return period(moment(node.period_start), moment(node.period_end))


def _share(value: float) -> str:
    from monitor.domain.spoken import percent

    return percent(value, 1)


def _n(value: Any) -> str:
    """A number in full: what is printed is what is computed with."""
    return "none" if value is None else repr(float(value)).removesuffix(".0")
