"""Verify heat: score every published point again from what it names, and compare to the last bit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.derivations.derive import up_to
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.scoring.heat import score
from monitor.domain.scoring.level import Levels, LevelState, levels
from monitor.domain.scoring.model import Model
from monitor.domain.series import Columns
from monitor.services.model_of import model_by
from monitor.services.read_columns import read_columns
from monitor.services.reconstruct import state_until
from monitor.services.score_rows import heat_point
from monitor.storage import heat_points, snapshot
from monitor.storage.heat_points import HeatPoint

_EVER = 2**62
_REAL = (
    "heat", "pressure", "raw_pressure", "heat_low", "heat_high", "coverage", "confidence", "ungraded",
    "carried",
)  # fmt: skip
_LEVEL = ("level", "concern")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a published point says and what its own inputs give, in words of its columns."""

    subject: str
    at: int
    seq: int
    column: str
    published: str
    computed: str

    @property
    def sentence(self) -> str:
        """The difference in one line for a person."""
        found = f"{self.column} is {self.published}, its inputs give {self.computed}"
        return f"{self.subject}: point {self.seq} at {self.at}: {found}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How the published line of one subject compares; `first` is the earliest difference in commit order.

    `unlevelled` points are from before points kept the level they went on from: only their numbers compare.
    """

    subject: str
    points: int
    unlevelled: int = 0
    differing: int = 0
    first: Difference | None = None


def verify_heat(session: Session, slug: str, *, tolerance: float = 0.0) -> Verified:
    """Score all published points of a subject again; on another machine a tolerance of 1e-9 is fair.

    NotFound where there neither is nor was such a subject.
    """
    points = heat_points.published(session, slug)
    if not points and slug not in snapshot.current(session).subjects:
        raise NotFound(f"there is no subject {slug}")
    found = list(_differences(session, points, tolerance=tolerance))
    return Verified(
        subject=slug,
        points=len(points),
        unlevelled=sum(point.state_before is None for point in points),
        differing=len({each.seq for each in found}),
        first=found[0] if found else None,
    )


def verifiable(session: Session) -> list[str]:
    """Return the subjects that ever had a published heat, by slug."""
    return heat_points.subjects(session)


def _differences(session: Session, points: Sequence[HeatPoint], *, tolerance: float) -> Iterator[Difference]:
    """Yield differences by the definitions in force, which many neighbouring points share."""
    last: LevelState | None = None
    for seq, group in groupby(points, key=lambda point: point.definition_seq):
        own = list(group)
        try:
            known = snapshot.at_seq(session, seq)
            model = model_by(known, own[0].subject)
            columns = read_columns(session, model, known=known, is_whole=True)
        except (InvalidInput, NotFound) as error:
            yield from (_missing(point, str(error)) for point in own)
            continue
        seen: Mapping[str, Columns] = columns
        seen_seq = -1
        for point in own:
            if point.input_seq != seen_seq:
                seen, seen_seq = up_to(columns, point.input_seq), point.input_seq
            again, stepped = _again(model, seen, point)
            yield from _compared(point, again, tolerance=tolerance)
            yield from _of_state(model, seen, point, last)
            last = None if point.state_before is None else stepped.state


def _again(model: Model, columns: Mapping[str, Columns], point: HeatPoint) -> tuple[HeatPoint, Levels]:
    """Return the point as its inputs give it, and the level after it."""
    clock = _EVER if point.known_at is None else point.known_at
    scores = score(model, columns, at=np.array([point.at]), known_at=np.array([clock]))
    stepped = levels(model.scale, model.subject.min_coverage, scores, point.state_before)
    again = heat_point(
        scores, 0, subject=point.subject, seq=point.seq, level=stepped.names[0], concern=stepped.concerns[0],
        input_seq=point.input_seq, definition_seq=point.definition_seq,
    )  # fmt: skip
    return again, stepped


def _compared(point: HeatPoint, again: HeatPoint, *, tolerance: float) -> Iterator[Difference]:
    for column in _REAL:
        was, now = getattr(point, column), getattr(again, column)
        if not _is_same(was, now, tolerance):
            yield _differs(point, column, was, now)
    for column in _LEVEL if point.state_before is not None else ():
        was, now = getattr(point, column), getattr(again, column)
        if was != now:
            yield _differs(point, column, was, now)


def _of_state(
    model: Model, columns: Mapping[str, Columns], point: HeatPoint, last: LevelState | None
) -> Iterator[Difference]:
    """Compare the level a point went on from with the one that the point before left.

    Where a line begins, or begins anew, it went on from the reconstructed line. When the level was last
    known moves between points and says nothing here.
    """
    if point.state_before is None or (last is not None and _told(point.state_before) == _told(last)):
        return
    begun = state_until(model, columns, until=point.at)
    if _told(point.state_before) != _told(begun):
        yield _differs(point, "state_before", point.state_before, last or begun)


def _told(state: LevelState) -> LevelState:
    return replace(state, last_known_at=None)


def _is_same(was: float | None, now: float | None, tolerance: float) -> bool:
    if was is None or now is None:
        return was is now
    return was == now or abs(was - now) <= tolerance


def _missing(point: HeatPoint, why: str) -> Difference:
    return _differs(point, "definition_seq", point.definition_seq, why)


def _differs(point: HeatPoint, column: str, was: object, now: object) -> Difference:
    return Difference(
        subject=point.subject, at=point.at, seq=point.seq, column=column, published=repr(was),
        computed=now if isinstance(now, str) else repr(now),
    )  # fmt: skip
