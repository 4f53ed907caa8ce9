"""A preview for people: heat lines as blocks, levels and alerts old beside new, what to know of it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from monitor.domain.backtests.preview import LEAD_DAYS
from monitor.domain.clock import moment
from monitor.domain.spoken import count

if TYPE_CHECKING:
    from monitor.domain.backtests.firing import Firing
    from monitor.domain.backtests.preview import Comparison, Outcome
    from monitor.domain.series import Floats
    from monitor.services.time_machine import Line, SubjectPreview

_BLOCKS = "▁▂▃▄▅▆▇█"
_WIDTH = 72
_MOST = 12
_FULL = 100.0


def print_subject(found: "SubjectPreview", *, console: Console | None = None, is_test: bool = False) -> None:
    """Print one subject's preview; of a test only the rule."""
    console = console or Console(emoji=False)
    console.print(_head(found))
    if not is_test:
        console.print(_heat(found, width=max(20, min(_WIDTH, console.width - 44))))
        console.print(_levels(found))
    for rule in found.rules:
        if is_test or rule.has_changed or rule.new.firings:
            console.print(_rule(rule, found.span.months, is_test=is_test))
    quiet = [each.rule for each in found.rules if not (is_test or each.has_changed or each.new.firings)]
    if quiet:
        console.print(f"[dim]No alert on either side: {escape(', '.join(quiet))}[/dim]")
    for warning in found.warnings:
        console.print(f"[yellow]! {escape(warning)}[/yellow]")


def _head(found: "SubjectPreview") -> str:
    span = f"{found.span.since:%Y-%m-%d} to {found.span.until:%Y-%m-%d}"
    return f"\n[bold]{escape(found.subject.name)}[/bold] ({escape(found.subject.slug)}), {span}"


def _heat(found: "SubjectPreview", *, width: int) -> RenderableType:
    if not found.has_changed or _same(found.old, found.new):
        rows = [("heat", found.new or found.old)]
    else:
        rows = [("old heat", found.old), ("new heat", found.new)]
    table = Table.grid(padding=(0, 1))
    for name, line in rows:
        table.add_row(name, "" if line is None else blocks(line.heat, width), _ends(line))
    return table


def _same(old: "Line | None", new: "Line | None") -> bool:
    if old is None or new is None:
        return old is new
    return np.array_equal(old.heat, new.heat, equal_nan=True)


def blocks(heat: "Floats", width: int) -> str:
    """Return a line of heat 0 to 100 as blocks, each the mean of its days; a gap is a space."""
    text = []
    for part in np.array_split(heat, min(width, max(1, len(heat)))):
        known = part[~np.isnan(part)]
        place = int(np.mean(known) / _FULL * len(_BLOCKS)) if len(known) else -1
        text.append(_BLOCKS[min(place, len(_BLOCKS) - 1)] if place >= 0 else " ")
    return "".join(text)


def _ends(line: "Line | None") -> str:
    known = np.array([]) if line is None else line.heat[~np.isnan(line.heat)]
    if line is None or not len(known):
        return "nothing known"
    return f"{known.min():.0f} to {known.max():.0f}, now {known[-1]:.1f} {line.levels[-1]}"


def _levels(found: "SubjectPreview") -> RenderableType:
    old = [f"{_day(each.at)} {each.from_level} -> {each.to_level}" for each in found.old_changes]
    new = [f"{_day(each.at)} {each.from_level} -> {each.to_level}" for each in found.new_changes]
    if old == new:
        return f"Level changes: {_listed(old)}"
    table = Table("level changes, old", "new", box=None, pad_edge=False, header_style="dim")
    for row in _beside(old, new):
        table.add_row(*map(escape, row))
    return table


def _rule(found: "Comparison", months: tuple[str, ...], *, is_test: bool) -> RenderableType:
    title = Text.from_markup(
        f"\n[bold]{escape(found.rule)}[/bold]  {_summary(found, is_test=is_test)}", emoji=False
    )
    if not is_test and not found.has_changed:
        return title
    parts: list[RenderableType] = [title]
    parts += _firings(found.new.firings, months, found.new) if is_test else [_both(found, months)]
    if found.leads:
        parts.append(_leads(found, is_test=is_test))
    return Group(*parts)


def _summary(found: "Comparison", *, is_test: bool) -> str:
    if is_test:
        return _count(found.new)
    if not found.has_changed:
        return f"unchanged: {_count(found.new)}"
    said = [
        f"{len(items)} {word}"
        for word, items in (
            ("gained", found.gained), ("lost", found.lost),
            ("earlier", found.earlier), ("later", found.later),
        )
        if items
    ]  # fmt: skip
    return f"{_count(found.old)} -> {_count(found.new)} ({', '.join(said) or 'told otherwise'})"


def _count(found: "Outcome") -> str:
    still = ", still open" if found.is_open else ""
    flaps = f", {count(found.flaps, 'flap')}" if found.flaps else ""
    return f"{count(len(found.firings), 'alert')}, {count(found.messages, 'message')}{flaps}{still}"


def _firings(
    firings: "Iterable[Firing]", months: tuple[str, ...], outcome: "Outcome"
) -> Iterator[RenderableType]:
    lines = [_firing(each) for each in firings]
    for text in lines[-_MOST:]:
        yield Text(f"  {text}")
    if len(lines) > _MOST:
        yield Text(f"  and {len(lines) - _MOST} before", style="dim")
    if lines:
        yield Text(f"  a month: {_months(outcome, months)}", style="dim")


def _both(found: "Comparison", months: tuple[str, ...]) -> RenderableType:
    table = Table("old", "new", "", box=None, pad_edge=True, header_style="dim")
    rows = sorted(
        [(each.new.began_at, each.old, each.new, _shifted(each.seconds)) for each in found.kept]
        + [(each.began_at, None, each, "gained") for each in found.gained]
        + [(each.began_at, each, None, "lost") for each in found.lost],
        key=lambda row: row[0],
    )
    for _, old, new, word in rows[-_MOST:]:
        table.add_row("" if old is None else _firing(old), "" if new is None else _firing(new), word)
    if len(rows) > _MOST:
        table.add_row(f"and {len(rows) - _MOST} before", "", "", style="dim")
    table.add_row(_months(found.old, months), _months(found.new, months), "a month", style="dim")
    return table


def _leads(found: "Comparison", *, is_test: bool) -> RenderableType:
    table = Table("event", "lead" if is_test else "old lead", box=None, header_style="dim")
    if not is_test:
        table.add_column("new lead")
    for each in found.leads:
        title = f"{each.event.starts_on} {each.event.title}"
        sides = [_lead(each.new_days)] if is_test else [_lead(each.old_days), _lead(each.new_days)]
        table.add_row(escape(title), *sides)
    return table


def _lead(days: float | None) -> str:
    if days is None:
        return "no alert"
    if days > LEAD_DAYS:
        return f"open for {days:.0f} days"
    return f"{count(round(abs(days)), 'day')} {'before' if days >= 0 else 'after'}"


def _firing(found: "Firing") -> str:
    ends = "open" if found.ended_at is None else f"{found.ended_at:%Y-%m-%d}"
    return f"{found.began_at:%Y-%m-%d} to {ends}, {found.peak.word}"


def _shifted(seconds: float) -> str:
    if not seconds:
        return "no shift"
    days = abs(seconds) / 86_400
    amount = count(round(days), "day") if days >= 1 else count(round(abs(seconds) / 3600), "hour")
    return f"{amount} {'earlier' if seconds < 0 else 'later'}"


def _months(found: "Outcome", months: tuple[str, ...]) -> str:
    mean = sum(found.by_month) / max(1, len(months))
    return f"{mean:.1f} on average, most {max(found.by_month, default=0)}"


def _beside(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Put the same changes on one line, the others where they belong in time."""
    for text in sorted({*old, *new})[-_MOST:]:
        yield (text if text in old else "", text if text in new else "")


def _listed(items: list[str]) -> str:
    return escape("; ".join(items[-_MOST:])) or "none"


def _day(second: int) -> str:
    return f"{moment(second):%Y-%m-%d}"
