"""`heatwatch audit`: what each indicator of a subject or template adds, and whether it could."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from monitor.cli.application import opened, print_json
from monitor.cli.tables import print_table

if TYPE_CHECKING:
    from monitor.domain.audits.coherence import Pair
    from monitor.services.audit_model import SubjectAudit, TemplateAudit

_SHAPE = ("influence", "skew", "kurtosis")


@click.command()
@click.argument("subject")
@click.option("--json", "as_json", is_flag=True, help="For programs, with the whole matrices.")
def audit(subject: str, *, as_json: bool) -> None:
    """Audit SUBJECT, a subject over time or a template across its units: weights, twins, shapes, ranks."""
    from monitor.domain.errors import NotFound
    from monitor.services.audit_model import audit_subject, audit_template, subject_data, template_data

    with opened() as application, application.reading() as (session, now):
        try:
            single = audit_subject(session, subject, now=now)
        except NotFound:
            index = audit_template(session, subject, now=now)
            data, parts = template_data(index), list(_template(index))
        else:
            data, parts = subject_data(single), list(_subject(single))
    if as_json:
        print_json(data)
    else:
        for part in parts:
            print_table(part)


def _subject(found: "SubjectAudit") -> Iterator[Any]:
    from monitor.domain.spoken import number, percent

    own = found.audit
    if own.heat is None:
        yield f"{found.model.subject.name} has no heat yet"
    else:
        yield f"{found.model.subject.name}: {own.level}, heat {number(own.heat, 1)}, {found.as_of:%Y-%m-%d}"
    if own.draws is not None:
        low, high = number(own.draws.low, 1), number(own.draws.high, 1)
        kept = percent(own.draws.keeping)
        yield f"{kept} of {own.draws.count} weightings keep the level; 90 % give heat {low} to {high}"
    table = _table("indicator", "weight", "share", *_SHAPE, "without it", "rank", "told")
    for each, left in zip(own.indicators, own.without, strict=True):
        told = _told(each.never_moved, each.saturated, each.unreached, each.is_well_shaped)
        heat = "–" if left.heat is None else f"{number(left.heat, 1)} {left.level}"
        table.add_row(
            escape(found.names[each.placement]), f"{each.stated:g}", percent(each.effective, 1),
            _real(each.influence), _real(each.skewness), _real(each.kurtosis), escape(heat),
            f"{left.rank(found.others) or '–'} of {len(found.others) + 1}", escape(told),
        )  # fmt: skip
    yield table
    names = [found.names[each.placement] for each in own.indicators]
    yield from _pairs(own.pairs, names)
    yield _alphas(own.alphas)


def _template(found: "TemplateAudit") -> Iterator[Any]:
    from monitor.domain.spoken import number, percent

    own = found.audit
    units = _table("rank", "unit", "heat", "level", "90 % of weightings", "keep the level")
    for unit in own.units:
        units.add_row(
            str(unit.rank), escape(found.subjects[unit.subject]), number(unit.heat, 1), escape(unit.level),
            f"{unit.rank_low} to {unit.rank_high}", percent(unit.keeping),
        )  # fmt: skip
    yield units
    table = _table("indicator", "units", "weight", "share", *_SHAPE, "rank shift", "told")
    for each in own.indicators:
        told = _told(each.never_moved, each.saturated, each.unreached, each.is_well_shaped)
        most = f"{each.mean_shift:.1f}, most {each.most_shift:+d} {found.subjects[each.most_shifted]}"
        table.add_row(
            escape(f"{each.driver}/{each.indicator}"), str(each.observed), f"{each.stated:g}",
            percent(each.effective, 1), _real(each.influence), _real(each.skewness), _real(each.kurtosis),
            escape(most), escape(told),
        )  # fmt: skip
    yield table
    yield from _pairs(own.pairs, [f"{each.driver}/{each.indicator}" for each in own.indicators])
    yield _alphas(own.alphas)
    if own.unranked:
        yield f"without a heat: {', '.join(own.unranked)}"


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="dim")
    for name in names:
        is_words = name in {"indicator", "unit", "told"}
        table.add_column(name, overflow="fold", min_width=16 if is_words else None, no_wrap=not is_words)
    return table


def _told(never_moved: bool, saturated: float, unreached: tuple[str, ...], is_well_shaped: bool) -> str:  # noqa: FBT001 - four flags of one row
    from monitor.domain.spoken import percent

    named = (
        ("never moved", never_moved),
        (f"saturated {percent(saturated)}", saturated > 0),
        (f"never reached {', '.join(unreached)}", bool(unreached)),
        ("skewed", not is_well_shaped),
    )
    return "; ".join(name for name, is_so in named if is_so)


def _pairs(pairs: "tuple[Pair, ...]", names: list[str]) -> Iterator[str]:
    for pair in pairs:
        changes = "" if pair.changes is None else f", changes {pair.changes:.2f}"
        word = "redundant" if pair.is_redundant else "alike"
        levels = "–" if pair.levels is None else f"{pair.levels:.2f}"
        yield escape(f"{word}: {names[pair.first]} and {names[pair.second]}, levels {levels}{changes}")


def _alphas(alphas: "Mapping[str, float | None]") -> str:
    found = [f"{name or 'all'} {value:.2f}" for name, value in alphas.items() if value is not None]
    return f"Cronbach's alpha: {', '.join(found) or 'too few cases'}"


def _real(value: float | None) -> str:
    from monitor.domain.spoken import number

    return "–" if value is None else number(value, 2)
