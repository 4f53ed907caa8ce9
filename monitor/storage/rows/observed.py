"""Observations as they are read: each row with what it shares with others and what it has of its own."""

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Mapped, aliased

from monitor.storage.rows.base import Row
from monitor.storage.rows.observations import DetailRow, ObservationRow, ProvenanceRow

_EARLIER = aliased(ProvenanceRow)
# The last that begins at or before the row's number: one step down an index, on both engines.
_FIRST_SEQ = (
    select(func.max(_EARLIER.first_seq))
    .where(_EARLIER.first_seq <= ObservationRow.seq)
    .correlate(ObservationRow)
    .scalar_subquery()
)
_OBSERVED = (
    select(
        ObservationRow.series_id,
        ObservationRow.period_start,
        (ObservationRow.period_start + ProvenanceRow.span_seconds).label("period_end"),
        ObservationRow.seq,
        func.coalesce(
            ProvenanceRow.known_at, ObservationRow.period_start + ProvenanceRow.known_after
        ).label("known_at"),
        ProvenanceRow.source_revision,
        ObservationRow.value,
        DetailRow.low,
        DetailRow.high,
        ProvenanceRow.grade,
        ProvenanceRow.citation_id,
        ProvenanceRow.is_reconstructed,
        ProvenanceRow.is_confirmed,
        ProvenanceRow.batch_id,
        DetailRow.note,
    )
    .select_from(ObservationRow)
    .join(ProvenanceRow, ProvenanceRow.first_seq == _FIRST_SEQ)
    .outerjoin(DetailRow, and_(ProvenanceRow.has_detail, DetailRow.seq == ObservationRow.seq))
    .subquery("observed")
)  # fmt: skip


class ObservedRow(Row):
    """An observation with all that is known of it; read only."""

    __table__ = _OBSERVED
    __mapper_args__ = {  # noqa: RUF012 (SQLAlchemy's own protocol)
        "primary_key": [_OBSERVED.c.series_id, _OBSERVED.c.period_start, _OBSERVED.c.seq]
    }

    if TYPE_CHECKING:
        series_id: Mapped[int]
        period_start: Mapped[int]
        period_end: Mapped[int]
        seq: Mapped[int]
        known_at: Mapped[int]
        source_revision: Mapped[int]
        value: Mapped[float | None]
        low: Mapped[float | None]
        high: Mapped[float | None]
        grade: Mapped[str]
        citation_id: Mapped[int | None]
        is_reconstructed: Mapped[bool]
        is_confirmed: Mapped[bool]
        batch_id: Mapped[int]
        note: Mapped[str | None]


_SHARED = (
    " JOIN provenance AS p ON p.first_seq ="
    " (SELECT max(first_seq) FROM provenance WHERE first_seq <= o.seq)"
    " LEFT JOIN observation_detail AS d ON p.has_detail AND d.seq = o.seq"
)
# The rows of stretches of series, given as JSON `[[series_id, first start, last start], ...]`: one parameter
# for however many, and on SQLite, which looks through the whole table for a list of pairs, a search for each.
FROM_STRETCHES = {
    "sqlite": (
        "FROM json_each(:stretches) AS t CROSS JOIN observation AS o"
        " ON o.series_id = json_extract(t.value, '$[0]') AND o.period_start"
        f" BETWEEN json_extract(t.value, '$[1]') AND json_extract(t.value, '$[2]'){_SHARED}"
    ),
    "postgresql": (
        "FROM json_array_elements(CAST(:stretches AS json)) AS t JOIN observation AS o"
        " ON o.series_id = CAST(t.value->>0 AS integer) AND o.period_start"
        f" BETWEEN CAST(t.value->>1 AS bigint) AND CAST(t.value->>2 AS bigint){_SHARED}"
    ),
}
