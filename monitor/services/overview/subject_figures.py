"""What is reckoned of a subject's last published point and kept until the next: how sure, what would flip it.

Both take thousands of sums, and rest on the point, on the rows that the last assessment had seen, and on the
definitions in force.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.audits.robustness import share_keeping_level
from monitor.domain.scoring.model import Model
from monitor.domain.series import Columns
from monitor.domain.suggestions.flip import Crossing
from monitor.services.flip_level import level_crossings
from monitor.storage import stood
from monitor.storage.heat_points import HeatPoint
from monitor.storage.snapshot import Definitions
from monitor.storage.subjects import SubjectState

_SEED = 20251130


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The share of weightings that keep the level (None without a heat), and what would flip it."""

    held_share: float | None = None
    crossings: tuple[Crossing, ...] = ()


def figures(
    session: Session,
    known: Definitions,
    model: Model,
    point: HeatPoint,
    state: SubjectState,
    columns: Callable[[], Mapping[str, Columns]],
) -> Figures:
    """Return the figures of a point that has a level."""
    slug, of = model.subject.slug, (point.at, point.seq, state.assessed_seq)
    kept, found = known.kept.get((Figures, slug), (None, None))
    if found is None or kept != of:
        found = Figures(
            held_share=share_keeping_level(
                model, columns(), point.at, generator=np.random.default_rng(_SEED)
            ),
            crossings=level_crossings(model, columns(), point),
        )
        if stood.is_settled(session):
            known.kept[Figures, slug] = of, found
    answer: Figures = found
    return answer
