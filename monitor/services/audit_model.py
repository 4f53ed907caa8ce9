"""Audit a subject, or all units of a template: what each indicator adds, and whether it could."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.audits.audit import Audit, IndicatorAudit, audit
from monitor.domain.audits.audit_units import IndexAudit, IndexIndicator, audit_units
from monitor.domain.audits.coherence import Pair
from monitor.domain.clock import epoch, moment
from monitor.domain.errors import NotFound
from monitor.domain.scoring.model import Model, compile_model
from monitor.domain.series import Floats
from monitor.services.model_of import DEFAULT_SCALES, model_of
from monitor.services.overview.derivations import placement_name
from monitor.services.read_columns import read_columns, read_columns_of_all
from monitor.storage import heat_points, snapshot, subjects
from monitor.storage.snapshot import Definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectAudit:
    """A subject's audit, with the heats of the other subjects on its scale for ranks."""

    model: Model
    audit: Audit
    as_of: datetime
    others: Floats
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateAudit:
    """The audit of the units of a template; `indicators` and `subjects` are names by slug."""

    template: str
    audit: IndexAudit
    model: Model
    indicators: Mapping[str, str]
    subjects: Mapping[str, str]


def audit_subject(session: Session, slug: str, *, now: datetime) -> SubjectAudit:
    """Audit a subject at its own time; NotFound."""
    known, model = model_of(session, slug)
    as_of = subjects.state(session, slug).clock.at(now)
    return SubjectAudit(
        model=model,
        audit=audit(model, read_columns(session, model), at=epoch(as_of)),
        as_of=as_of,
        others=_heats(session, known, model),
        names={
            placed.placement.slug: placement_name(
                known, placed.indicator, placed.placement.series, subject=model.subject
            )
            for placed in model.placements
        },
    )


def audit_template(session: Session, template: str, *, now: datetime) -> TemplateAudit:
    """Audit all subjects stamped from a template, each at its own time; NotFound where there is none."""
    known = snapshot.current(session)
    units = [each for each in known.subjects.values() if each.template == template and not each.is_exercise]
    if not units:
        raise NotFound(f"there is no subject or template {template}")
    models = [
        compile_model(
            unit,
            known.scales.get(unit.scale) or DEFAULT_SCALES[unit.scale],
            known.placements_of(unit.slug),
            known.indicators,
        )
        for unit in units
    ]
    states = subjects.states(session, [unit.slug for unit in units])
    ats = [epoch(states[unit.slug].clock.at(now)) if unit.slug in states else epoch(now) for unit in units]
    columns = read_columns_of_all(session, models)
    return TemplateAudit(
        template=template,
        audit=audit_units(list(zip(models, columns, ats, strict=True))),
        model=models[0],
        indicators={slug: indicator.name for slug, indicator in known.indicators.items()},
        subjects={unit.slug: unit.name for unit in units},
    )


def _heats(session: Session, known: Definitions, model: Model) -> Floats:
    """Return the published heats of the other subjects on the same scale."""
    own = model.subject
    slugs = [
        each.slug
        for each in known.subjects.values()
        if each.scale == own.scale and each.slug != own.slug and not each.is_exercise
    ]
    points = heat_points.last(session, slugs).values()
    return np.array([point.heat for point in points if point.heat is not None], dtype=np.float64)


def subject_data(found: SubjectAudit) -> dict[str, Any]:
    """Return a subject's audit as plain values, for programs."""
    own = found.audit
    names = [each.placement for each in own.indicators]
    draws = own.draws
    return {
        "subject": found.model.subject.slug,
        "as_of": rfc3339(found.as_of),
        "since": rfc3339(moment(int(own.moments[0]))),
        "heat": own.heat,
        "level": own.level or "Unknown",
        "indicators": [_indicator(each) for each in own.indicators],
        "correlations": {"levels": _matrix(own.levels), "changes": _matrix(own.changes)},
        "alike": [_pair(pair, names) for pair in own.pairs],
        "cronbach_alpha": dict(own.alphas),
        "leave_one_out": [
            {
                "placement": each.placement,
                "heat": each.heat,
                "level": each.level or "Unknown",
                "rank": each.rank(found.others),
                "of": len(found.others) + 1,
            }
            for each in own.without
        ],
        "monte_carlo": None
        if draws is None
        else {
            "draws": draws.count,
            "spread": draws.spread,
            "keeping_level": draws.keeping,
            "heat_5": draws.low,
            "heat_95": draws.high,
        },
    }


def template_data(found: TemplateAudit) -> dict[str, Any]:
    """Return the audit of a template as plain values, for programs."""
    own = found.audit
    names = [f"{each.driver}/{each.indicator}" for each in own.indicators]
    return {
        "template": found.template,
        "units": [
            {
                "subject": each.subject,
                "heat": each.heat,
                "level": each.level,
                "rank": each.rank,
                "rank_5": each.rank_low,
                "rank_95": each.rank_high,
                "keeping_level": each.keeping,
            }
            for each in own.units
        ],
        "unranked": list(own.unranked),
        "indicators": [_index_indicator(each) for each in own.indicators],
        "correlations": {"levels": _matrix(own.levels)},
        "alike": [_pair(pair, names) for pair in own.pairs],
        "cronbach_alpha": dict(own.alphas),
    }


def _indicator(each: IndicatorAudit) -> dict[str, Any]:
    return {
        "placement": each.placement,
        "weight": each.stated,
        "effective_weight": each.effective,
        "influence": each.influence,
        "values": each.count,
        "skewness": each.skewness,
        "kurtosis": each.kurtosis,
        "is_well_shaped": each.is_well_shaped,
        "never_moved": each.never_moved,
        "saturated": each.saturated,
        "is_saturated_now": each.is_saturated_now,
        "never_reached": list(each.unreached),
    }


def _index_indicator(each: IndexIndicator) -> dict[str, Any]:
    return {
        "driver": each.driver,
        "indicator": each.indicator,
        "observed": each.observed,
        "weight": each.stated,
        "effective_weight": each.effective,
        "influence": each.influence,
        "skewness": each.skewness,
        "kurtosis": each.kurtosis,
        "is_well_shaped": each.is_well_shaped,
        "never_moved": each.never_moved,
        "saturated": each.saturated,
        "never_reached": list(each.unreached),
        "mean_rank_shift": each.mean_shift,
        "most_rank_shift": each.most_shift,
        "most_shifted": each.most_shifted,
    }


def _pair(pair: Pair, names: list[str]) -> dict[str, Any]:
    return {
        "first": names[pair.first],
        "second": names[pair.second],
        "levels": pair.levels,
        "changes": pair.changes,
        "is_redundant": pair.is_redundant,
    }


def _matrix(values: Floats) -> list[list[float | None]]:
    return [[None if np.isnan(cell) else float(cell) for cell in row] for row in values]
