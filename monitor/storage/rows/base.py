"""What all rows share: naming of constraints, times that are always UTC, the recurring kinds of column."""

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, Dialect, Integer, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import DateTime, TypeDecorator

from monitor.domain.clock import require_utc


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment: naive values are refused, and SQLite, which forgets zones, gives UTC back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time; store UTC."""
        del dialect
        return None if value is None else require_utc(value, field="a stored time")

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return aware UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = Annotated[int, mapped_column(primary_key=True)]
SlugKey = Annotated[str, mapped_column(String(200), primary_key=True)]
Slug = Annotated[str, mapped_column(String(200))]
Kind = Annotated[str, mapped_column(String(40))]
Coded = Annotated[str, mapped_column(String(12), default="", server_default="")]
Words = Annotated[str, mapped_column(Text, default="", server_default="")]
Epoch = Annotated[int, mapped_column(BigInteger)]
EpochKey = Annotated[int, mapped_column(BigInteger, primary_key=True, autoincrement=False)]
# On SQLite the number of the row itself: one tree less to look into.
RowNumber = Annotated[
    int,
    mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
]
MaybeEpoch = Annotated[int | None, mapped_column(BigInteger)]
Json = Annotated[dict[str, Any], mapped_column(JSON)]
MaybeJson = Annotated[dict[str, Any] | None, mapped_column(JSON(none_as_null=True))]


class Row(DeclarativeBase):
    """The base of every row."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 (SQLAlchemy's own protocol)
