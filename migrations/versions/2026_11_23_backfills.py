"""Backfills: histories asked for stretch by stretch; a source has at most one that runs."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_backfills"
down_revision = "2026_11_23_last_new_of_runs"
branch_labels = None
depends_on = None

RUNNING = sa.text("state = 'running'")
COUNTS = ("tries", "seen", "new", "revised", "withdrawn", "quarantined", "rejected")


def upgrade():
    op.create_table(
        "backfill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("step_days", sa.Integer(), nullable=False),
        sa.Column("next_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("requested_by", sa.String(length=200), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint("id", name="pk_backfill"),
    )
    op.create_index(
        "ix_backfill_running",
        "backfill",
        ["source"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )


def downgrade():
    op.drop_table("backfill")
