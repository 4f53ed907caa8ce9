"""Read less: without the peers of indicators in which a subject has no gap to fill."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from monitor.domain.derivations.derived import Filled, Plan
from monitor.domain.derivations.impute import imputation_series, may_have_gaps
from monitor.domain.series import Columns
from monitor.storage import series

_First = Mapping[str, Mapping[tuple[int, int], int]]


def lean_plans(
    session: Session, plans: Sequence[Plan], max_seq: int | None
) -> tuple[list[Plan], dict[str, Columns]]:
    """Return plans that fill only where there may be a gap, and the stored columns read to tell.

    With fifty subjects of fifty indicators the peers are fifty times what a subject has itself. Columns read
    so, and cut at an earlier `seq` later, take a value that came late but is dated early as always there.
    """
    chosen = [each for each in plans if _may_be_lean(each)]
    if not chosen:
        return list(plans), {}
    keys = {key for each in chosen for key in set(each.stored) - set(each.peers)}
    found = series.columns(session, sorted(keys), max_seq)
    slugs = sorted({filled.indicator.slug for each in chosen for filled in each.filled})
    first = series.first_known(session, slugs)
    return [_lean(each, found, first) if _may_be_lean(each) else each for each in plans], found


def _may_be_lean(plan: Plan) -> bool:
    """Whether it fills gaps, of series that are stored and rest on no others."""
    return bool(plan.filled) and not plan.derived


def _lean(plan: Plan, columns: Mapping[str, Columns], first: _First) -> Plan:
    filled = tuple(each for each in (_with_gaps(one, columns, first) for one in plan.filled) if each.keys)
    read = {key for each in filled for key in imputation_series(each.indicator)}
    own = set(plan.stored) - set(plan.peers)
    return replace(
        plan, stored=tuple(sorted(own | read)), filled=filled, peers=tuple(sorted(read - own))
    )  # fmt: skip


def _with_gaps(filled: Filled, columns: Mapping[str, Columns], first: _First) -> Filled:
    indicator = filled.indicator
    keys = (
        key for key in filled.keys if may_have_gaps(indicator, columns, key, first[indicator.slug])
    )  # fmt: skip
    return replace(filled, keys=tuple(keys))
