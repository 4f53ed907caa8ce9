"""Compile a subject's model from the definitions in force."""

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.scale import RISK, STANDING, Scale
from monitor.domain.scoring.model import Model, compile_model
from monitor.domain.scoring.scores import Scores
from monitor.domain.subject import Subject
from monitor.storage import snapshot
from monitor.storage.snapshot import Definitions

DEFAULT_SCALES = {scale.slug: scale for scale in (STANDING, RISK)}


def model_of(session: Session, slug: str) -> tuple[Definitions, Model]:
    """Return all definitions in force and the model of one subject; NotFound if there is none."""
    definitions = snapshot.current(session)
    return definitions, model_by(definitions, slug)


def keep_scores(definitions: Definitions, model: Model, scores: Scores, *, input_seq: int) -> None:
    """Keep what a subject's last assessment found, for who explains it next."""
    of = (int(scores.at[0]), int(scores.known_at[0]), input_seq)
    definitions.kept[Scores, model.subject.slug] = of, scores


def last_scores(definitions: Definitions, model: Model, *, of: tuple[int, int | None, int]) -> Scores | None:
    """Return scores `of` a moment, known at another, from rows up to a number; None if others are kept."""
    found, scores = definitions.kept.get((Scores, model.subject.slug), (None, None))
    return scores if found == of else None


def scale_of_subject(definitions: Definitions, subject: Subject) -> Scale:
    """Return the scale a subject is told on."""
    return definitions.scales.get(subject.scale) or DEFAULT_SCALES[subject.scale]


def model_by(definitions: Definitions, slug: str) -> Model:
    """Return the model of one subject by a set of definitions, compiled once; NotFound if it is not there."""
    model: Model | None = definitions.kept.get((Model, slug))
    if model is None:
        model = definitions.kept[Model, slug] = _compiled(definitions, slug)
    return model


def _compiled(definitions: Definitions, slug: str) -> Model:
    subject = definitions.subjects.get(slug)
    if subject is None:
        message = f"there is no subject {slug}"
        raise NotFound(message)
    scale = scale_of_subject(definitions, subject)
    return compile_model(subject, scale, definitions.placements_of(slug), definitions.indicators)
