"""Provenance: what observations share is told once for a run of numbers, and a row is half as long."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_provenance"
down_revision = "2026_11_23_fetching"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SHARED = (
    "batch_id", "citation_id", "source_revision", "grade", "is_reconstructed", "is_confirmed", "has_detail",
    "span_seconds", "known_at", "known_after",
)  # fmt: skip
_CONSTRAINTS = ("pk_{}", "fk_{}_batch_id_batch", "fk_{}_citation_id_cited", "fk_{}_series_id_series")
# A row of its own wherever anything shared differs from the row numbered before.
_INTO_PROVENANCE = """
INSERT INTO provenance (first_seq, {names})
WITH chosen AS (
  SELECT batch_id, count(DISTINCT known_at) < count(DISTINCT known_at - period_start) AS is_absolute
  FROM observation_wide GROUP BY batch_id
), told AS (
  SELECT o.seq, o.batch_id, o.citation_id, o.source_revision, o.grade, o.is_reconstructed, o.is_confirmed,
    (o.low IS NOT NULL OR o.high IS NOT NULL OR o.note IS NOT NULL) AS has_detail,
    o.period_end - o.period_start AS span_seconds,
    CASE WHEN c.is_absolute THEN o.known_at END AS known_at,
    CASE WHEN NOT c.is_absolute THEN o.known_at - o.period_start END AS known_after
  FROM observation_wide AS o JOIN chosen AS c ON c.batch_id = o.batch_id
), keyed AS (SELECT told.*, {key} AS shared FROM told),
ordered AS (SELECT keyed.*, lag(shared) OVER (ORDER BY seq) AS before FROM keyed)
SELECT seq, {names} FROM ordered WHERE before IS NULL OR before <> shared
"""
_JOINED = (
    " FROM observation_lean AS o JOIN provenance AS p ON p.first_seq ="
    " (SELECT max(first_seq) FROM provenance WHERE first_seq <= o.seq)"
    " LEFT JOIN observation_detail AS d ON d.seq = o.seq"
)
_INTO_WIDE = (
    "INSERT INTO observation (series_id, period_start, period_end, seq, known_at, source_revision, value,"
    " low, high, grade, citation_id, is_reconstructed, is_confirmed, batch_id, note)"
    " SELECT o.series_id, o.period_start, o.period_start + p.span_seconds, o.seq,"
    " COALESCE(p.known_at, o.period_start + p.known_after), p.source_revision, o.value, d.low, d.high,"
    f" p.grade, p.citation_id, p.is_reconstructed, p.is_confirmed, p.batch_id, d.note{_JOINED}"
)


def upgrade():
    _set_aside("observation_wide", _CONSTRAINTS)
    op.create_table(
        "observation",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_observation_series_id_series"),
        sa.PrimaryKeyConstraint("series_id", "period_start", "seq", name="pk_observation"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "provenance",
        sa.Column("first_seq", _ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("citation_id", sa.Integer(), nullable=True),
        sa.Column("source_revision", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=2), nullable=False),
        sa.Column("is_reconstructed", sa.Boolean(), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("has_detail", sa.Boolean(), nullable=False),
        sa.Column("span_seconds", sa.BigInteger(), nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=True),
        sa.Column("known_after", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_provenance_batch_id_batch"),
        sa.ForeignKeyConstraint(["citation_id"], ["cited.id"], name="fk_provenance_citation_id_cited"),
        sa.PrimaryKeyConstraint("first_seq", name="pk_provenance"),
    )
    op.create_table(
        "observation_detail",
        sa.Column("seq", _ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name="pk_observation_detail"),
    )
    key = " || '/' || ".join(f"COALESCE(CAST({name} AS text), '')" for name in _SHARED)
    op.execute(_INTO_PROVENANCE.format(names=", ".join(_SHARED), key=key))
    op.execute(
        "INSERT INTO observation_detail (seq, low, high, note) SELECT seq, low, high, note"
        " FROM observation_wide WHERE low IS NOT NULL OR high IS NOT NULL OR note IS NOT NULL"
    )
    op.execute(
        "INSERT INTO observation (series_id, period_start, seq, value) SELECT series_id, period_start, seq,"
        " value FROM observation_wide ORDER BY series_id, period_start, seq"
    )
    op.drop_table("observation_wide")


def downgrade():
    _set_aside("observation_lean", ("pk_{}", "fk_{}_series_id_series"))
    op.create_table(
        "observation",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period_end", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("source_revision", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("grade", sa.String(length=2), nullable=False),
        sa.Column("citation_id", sa.Integer(), nullable=True),
        sa.Column("is_reconstructed", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("is_confirmed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_observation_batch_id_batch"),
        sa.ForeignKeyConstraint(["citation_id"], ["cited.id"], name="fk_observation_citation_id_cited"),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_observation_series_id_series"),
        sa.PrimaryKeyConstraint("series_id", "period_start", "period_end", "seq", name="pk_observation"),
        sqlite_with_rowid=False,
    )
    op.execute(_INTO_WIDE)
    for table in ("observation_lean", "observation_detail", "provenance"):
        op.drop_table(table)


def _set_aside(name, constraints):
    """Give the old table another name, and its constraints theirs: the new one takes the old names."""
    op.rename_table("observation", name)
    if op.get_bind().dialect.name == "postgresql":
        for constraint in constraints:
            before, after = constraint.format("observation"), constraint.format(name)
            op.execute(f"ALTER TABLE {name} RENAME CONSTRAINT {before} TO {after}")
