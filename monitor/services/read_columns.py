"""Read the columns that a model is scored from: stored series, and those derived from other data."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from monitor.domain.derivations.derive import Inputs, ModelColumns
from monitor.domain.derivations.derived import Plan, plan
from monitor.domain.derivations.event_values import EventValues
from monitor.domain.derivations.member import MemberLine
from monitor.domain.indicator import Indicator
from monitor.domain.scale import AlarmingEnd
from monitor.domain.scoring.model import Model
from monitor.domain.series import Columns
from monitor.services.lean_plans import lean_plans
from monitor.services.model_of import scale_of_subject
from monitor.storage import heat_points, incidents, series, snapshot
from monitor.storage.snapshot import Definitions


def read_columns(
    session: Session,
    model: Model,
    *,
    max_seq: int | None = None,
    known: Definitions | None = None,
    is_whole: bool = False,
) -> dict[str, Columns]:
    """Return the columns of every series the model reads, by key, from rows up to `max_seq`.

    Events and members' scales are those of `known` (default: the definitions in force now). `is_whole`
    reads peers too of which no gap is filled now: for replays, which ask what was so at each `seq`.
    """
    return read_plans(session, [model.plan], max_seq=max_seq, known=known, is_whole=is_whole)[0]


def read_columns_of_all(
    session: Session, models: Sequence[Model], *, max_seq: int | None = None
) -> list[dict[str, Columns]]:
    """Return the columns of each model, reading what they share once."""
    return read_plans(session, [model.plan for model in models], max_seq=max_seq)


def keep_columns_of_all(session: Session, models: Sequence[Model]) -> list[dict[str, Columns]]:
    """Return the same, and keep what was read with this process: for a worker, which asks again and again."""
    return read_plans(session, [model.plan for model in models], is_kept=True)


def read_series(
    session: Session,
    indicators: Mapping[str, Indicator],
    keys: Iterable[str],
    *,
    max_seq: int | None = None,
) -> dict[str, Columns]:
    """Return the columns of any series, reckoned by these definitions where they are derived."""
    return read_plans(session, [plan(keys, indicators)], max_seq=max_seq)[0]


def read_plans(
    session: Session,
    plans: Sequence[Plan],
    *,
    max_seq: int | None = None,
    known: Definitions | None = None,
    is_whole: bool = False,
    is_kept: bool = False,
) -> list[dict[str, Columns]]:
    """Return the columns of each plan, reading what they share once."""
    stored: dict[str, Columns] = {}
    if not is_whole:
        plans, stored = lean_plans(session, plans, max_seq)
    missing = {key for each in plans for key in each.stored} - stored.keys()
    if is_kept:
        stored |= series.kept_columns(session, sorted(missing))
    else:
        stored |= series.columns(session, sorted(missing), max_seq)
    logs = incidents.logs(session, sorted({source for each in plans for source in each.sources}), max_seq)
    members = sorted({member for each in plans for member in each.members})
    lines = _lines(session, known, members, max_seq)
    has_events = any(isinstance(each.how, EventValues) for plan in plans for each in plan.derived)
    events = tuple((known or snapshot.current(session)).events.values()) if has_events else ()
    shared: dict[str, dict[str, Columns]] | None = {} if len(plans) > 1 else None
    return [
        ModelColumns(
            each.derived,
            Inputs(
                stored={key: stored[key] for key in each.stored},
                logs={source: logs[source] for source in each.sources if source in logs},
                lines={member: lines[member] for member in each.members},
                events=events,
            ),
            each.filled,
            shared=shared,
        )
        for each in plans
    ]


def _lines(
    session: Session, known: Definitions | None, members: Collection[str], max_seq: int | None
) -> dict[str, MemberLine]:
    """Return the heat lines of members as pressure, on whatever scale each is told."""
    if not members:
        return {}
    known = known or snapshot.current(session)
    reversed_ones = {
        slug
        for slug in members
        if slug in known.subjects
        and scale_of_subject(known, known.subjects[slug]).alarming_end is AlarmingEnd.LOW
    }
    return {
        slug: heat_points.member_line(session, slug, is_reversed=slug in reversed_ones, max_seq=max_seq)
        for slug in members
    }
