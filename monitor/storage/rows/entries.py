"""Rows of what people enter by hand: what was taken back."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Row, RowNumber, Slug, Words


class WithdrawalRow(Row):
    """A row of an observation that a person took back; row `by_seq` says what holds in its place."""

    __tablename__ = "withdrawal"

    seq: Mapped[RowNumber]
    by_seq: Mapped[int] = mapped_column(BigInteger)
    author: Mapped[Slug]
    reason: Mapped[Words]
    at: Mapped[datetime]
