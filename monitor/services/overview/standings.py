"""Where many subjects stand, in a fixed number of queries."""

from collections.abc import Collection
from datetime import datetime

from monitor.domain.clock import moment
from monitor.domain.scale import Scale
from monitor.domain.scoring.model import Model, compile_model
from monitor.domain.subject import Subject
from monitor.services.model_of import DEFAULT_SCALES, model_by
from monitor.services.overview.values import Standing
from monitor.services.overview.words import kind_words
from monitor.storage.heat_points import HeatPoint
from monitor.storage.snapshot import Definitions
from monitor.storage.subjects import SubjectState


def scale_of(known: Definitions, subject: Subject) -> Scale:
    """Return the scale of a subject."""
    return known.scales.get(subject.scale) or DEFAULT_SCALES[subject.scale]


def model_from(known: Definitions, subject: Subject) -> Model:
    """Return the subject's model by the definitions in force."""
    if known.subjects.get(subject.slug) is subject:
        return model_by(known, subject.slug)
    return compile_model(
        subject, scale_of(known, subject), known.placements_of(subject.slug), known.indicators
    )


def shown(known: Definitions, *, with_exercises: bool) -> list[Subject]:
    """Return the subjects a list shows; exercises only where they are asked for."""
    return [subject for subject in known.subjects.values() if with_exercises or not subject.is_exercise]


def series_of(known: Definitions, subjects: Collection[Subject]) -> list[str]:
    """Return the keys of all series placed under any of the subjects."""
    return sorted({item.series for subject in subjects for item in known.placements_of(subject.slug)})


def standing(
    known: Definitions,
    subject: Subject,
    *,
    state: SubjectState,
    point: HeatPoint | None,
    now: datetime,
) -> Standing:
    """Return where one subject stands, from its state and its last published point."""
    scale = scale_of(known, subject)
    concerns = {level.name: level.concern for level in scale.levels}
    remembered = state.level_state
    last = remembered.last_known or (point.level if point and point.level in concerns else "")
    return Standing(
        slug=subject.slug,
        name=subject.name,
        kind=subject.kind,
        kind_words=kind_words(subject),
        scale=scale,
        heat=None if point is None else point.heat,
        level="" if point is None else point.level,
        concern=None if point is None else point.concern,
        last_level=last,
        last_level_at=None if remembered.last_known_at is None else moment(remembered.last_known_at),
        last_concern=concerns.get(last),
        clock=state.clock.mode,
        as_of=state.clock.at(now),
        coverage=None if point is None else point.coverage,
        min_coverage=subject.min_coverage,
        confidence=None if point is None else point.confidence,
        carried=None if point is None else point.carried,
        is_exercise=subject.is_exercise,
    )
