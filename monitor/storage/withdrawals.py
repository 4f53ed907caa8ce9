"""Withdrawals: observations that a person took back; noted beside the rows, which stay."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.storage.rows.entries import WithdrawalRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """Row `seq` was taken back at a time by someone for a reason; row `by_seq` holds in its place."""

    seq: int
    by_seq: int
    author: str
    reason: str
    at: datetime


_NAMES = tuple(Withdrawal.__dataclass_fields__)


def note(session: Session, withdrawal: Withdrawal) -> None:
    """Keep that a row was taken back."""
    session.add(WithdrawalRow(**{name: getattr(withdrawal, name) for name in _NAMES}))
    session.flush()


def of(session: Session, numbers: Collection[int]) -> list[Withdrawal]:
    """Return what is known of these rows, whether they were taken back or hold in another's place."""
    row = WithdrawalRow
    found = select(row).where(row.seq.in_(numbers) | row.by_seq.in_(numbers)).order_by(row.seq)
    return [Withdrawal(**{name: getattr(each, name) for name in _NAMES}) for each in session.scalars(found)]
