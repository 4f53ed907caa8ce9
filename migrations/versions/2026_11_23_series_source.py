"""Series source: which sources ever gave values of a series, to inherit their marking."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_series_source"
down_revision = "2026_11_23_backfills"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "series_source",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_series_source_series_id_series"),
        sa.PrimaryKeyConstraint("series_id", "source", name="pk_series_source"),
    )


def downgrade():
    op.drop_table("series_source")
