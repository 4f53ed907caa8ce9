"""Compile a subject's model from the definitions in force."""

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.scale import RISK, STANDING, Scale
from monitor.domain.scoring.model import Model, compile_model
from monitor.domain.subject import Subject
from monitor.storage import snapshot
from monitor.storage.snapshot import Definitions

DEFAULT_SCALES = {scale.slug: scale for scale in (STANDING, RISK)}


def model_of(session: Session, slug: str) -> tuple[Definitions, Model]:
    """Return all definitions in force and the model of one subject; NotFound if there is none."""
    definitions = snapshot.current(session)
    return definitions, model_by(definitions, slug)


def scale_of_subject(definitions: Definitions, subject: Subject) -> Scale:
    """Return the scale a subject is told on."""
    return definitions.scales.get(subject.scale) or DEFAULT_SCALES[subject.scale]


def model_by(definitions: Definitions, slug: str) -> Model:
    """Return the model of one subject by a set of definitions; NotFound if it is not among them."""
    subject = definitions.subjects.get(slug)
    if subject is None:
        message = f"there is no subject {slug}"
        raise NotFound(message)
    scale = scale_of_subject(definitions, subject)
    return compile_model(subject, scale, definitions.placements_of(slug), definitions.indicators)
