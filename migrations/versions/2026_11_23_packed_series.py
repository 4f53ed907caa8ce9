"""Packed series: long series once more as columns, and which rows are not among them yet."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_packed_series"
down_revision = "2026_11_23_clocks"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "packed_series",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_packed_series_series_id_series"),
        sa.PrimaryKeyConstraint("series_id", name="pk_packed_series"),
    )
    op.create_table(
        "unpacked",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_unpacked_series_id_series"),
        sa.PrimaryKeyConstraint("series_id", name="pk_unpacked"),
    )
    op.execute(
        "INSERT INTO unpacked (series_id, count, period_start)"
        " SELECT series_id, count(*), min(period_start) FROM observation GROUP BY series_id"
    )


def downgrade():
    op.drop_table("unpacked")
    op.drop_table("packed_series")
