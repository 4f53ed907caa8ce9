"""The audit's pages: weights, twins, shapes, leave-one-out, ranks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.audits.audit import Draws, IndicatorAudit
from monitor.domain.audits.audit_units import IndexIndicator, UnitRank
from monitor.domain.audits.coherence import ALIKE, Pair
from monitor.domain.audits.leave_one_out import Without
from monitor.domain.clock import moment
from monitor.domain.scale import Scale
from monitor.domain.series import Floats
from monitor.domain.spoken import number, percent
from monitor.domain.wording import say
from monitor.services.audit_model import TemplateAudit
from monitor.services.audit_model import audit_subject as read_subject
from monitor.services.audit_model import audit_template as read_template
from monitor.services.overview.desk import desk
from monitor.services.overview.values import DeskView

_STRONG, _CLEAR = 0.7, 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One placement with its name, what is left without it, and what should be looked at."""

    name: str
    driver: str
    audit: IndicatorAudit
    without: Without
    rank: int | None
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Two indicators that move alike, by name."""

    first: str
    second: str
    pair: Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One correlation in words, `mark` 0 to 3 by its size, 3 beyond 0.9."""

    text: str
    mark: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Correlations as a table: the names of its rows, which its columns number."""

    names: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """A subject's audit page."""

    desk: DeskView
    slug: str
    name: str
    template: str
    scale: Scale
    as_of: datetime
    since: datetime
    heat: float | None
    level: str
    rows: tuple[AuditRow, ...]
    alike: tuple[Alike, ...]
    levels: Matrix
    changes: Matrix
    alphas: tuple[tuple[str, float | None], ...]
    draws: Draws | None
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow:
    """One indicator of an index with its name and what should be looked at."""

    name: str
    driver: str
    audit: IndexIndicator
    most_shifted: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateAuditView:
    """The audit page of a template across its units."""

    desk: DeskView
    template: str
    rows: tuple[IndexRow, ...]
    units: tuple[UnitRank, ...]
    names: Mapping[str, str]
    unranked: tuple[str, ...]
    alike: tuple[Alike, ...]
    levels: Matrix
    alphas: tuple[tuple[str, float | None], ...]


def subject_audit(session: Session, slug: str, *, now: datetime) -> AuditView:
    """Return a subject's audit; NotFound."""
    found = read_subject(session, slug, now=now)
    subject, own = found.model.subject, found.audit
    drivers = {driver.slug: driver.name for driver in subject.drivers}
    names = [found.names[each.placement] for each in own.indicators]
    return AuditView(
        desk=desk(session, now=now),
        slug=slug,
        name=subject.name,
        template=subject.template,
        scale=found.model.scale,
        as_of=found.as_of,
        since=moment(int(own.moments[0])),
        heat=own.heat,
        level=own.level,
        rows=tuple(
            AuditRow(
                name=name,
                driver=drivers[each.driver],
                audit=each,
                without=without,
                rank=without.rank(found.others) if len(found.others) else None,
                told=told(each),
            )
            for name, each, without in zip(names, own.indicators, own.without, strict=True)
        ),
        alike=_alike(own.pairs, names),
        levels=_matrix(own.levels, names),
        changes=_matrix(own.changes, names),
        alphas=_alphas(own.alphas, drivers),
        draws=own.draws,
        others=len(found.others),
    )


def template_audit(session: Session, template: str, *, now: datetime) -> TemplateAuditView:
    """Return the audit of a template's units; NotFound."""
    found = read_template(session, template, now=now)
    own = found.audit
    drivers = {driver.slug: driver.name for driver in found.model.subject.drivers}
    names = [found.indicators[each.indicator] for each in own.indicators]
    return TemplateAuditView(
        desk=desk(session, now=now),
        template=template,
        rows=_index_rows(found, names, drivers),
        units=own.units,
        names=found.subjects,
        unranked=tuple(found.subjects[slug] for slug in own.unranked),
        alike=_alike(own.pairs, names),
        levels=_matrix(own.levels, names),
        alphas=_alphas(own.alphas, drivers),
    )


def told(each: IndicatorAudit | IndexIndicator) -> tuple[str, ...]:
    """Return what should be looked at: an indicator that cannot move, or lies beyond its curve."""
    unreached = ", ".join(say(edge) for edge in each.unreached)
    named = (
        (say("never moved"), each.never_moved),
        (say("saturated {share}", share=percent(each.saturated)), each.saturated > 0),
        (say("never reached {edges}", edges=unreached), bool(unreached)),
        (say("skewed"), not each.is_well_shaped),
    )
    return tuple(name for name, is_so in named if is_so)


def _index_rows(
    found: TemplateAudit, names: Sequence[str], drivers: Mapping[str, str]
) -> tuple[IndexRow, ...]:
    return tuple(
        IndexRow(
            name=name,
            driver=drivers[each.driver],
            audit=each,
            most_shifted=found.subjects[each.most_shifted],
            told=told(each),
        )
        for name, each in zip(names, found.audit.indicators, strict=True)
    )


def _alike(pairs: Sequence[Pair], names: Sequence[str]) -> tuple[Alike, ...]:
    return tuple(Alike(first=names[pair.first], second=names[pair.second], pair=pair) for pair in pairs)


def _matrix(values: Floats, names: Sequence[str]) -> Matrix:
    rows = tuple(
        tuple(_cell(float(values[row, column])) for column in range(row)) for row in range(len(names))
    )
    return Matrix(names=tuple(names), rows=rows)


def _cell(value: float) -> Cell:
    if np.isnan(value):
        return Cell(text="", mark=0)
    mark = sum(abs(value) > edge for edge in (_CLEAR, _STRONG, ALIKE))
    return Cell(text=number(value, 2), mark=mark)


def _alphas(
    found: Mapping[str, float | None], drivers: Mapping[str, str]
) -> tuple[tuple[str, float | None], ...]:
    return tuple((drivers.get(slug, say("All indicators")), value) for slug, value in found.items())
