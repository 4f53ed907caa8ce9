"""Health: leaps of the clock that workers saw, and the signal to an outside monitor."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_health"
down_revision = "2026_11_23_approvals"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "clock_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clock_move"),
    )
    op.create_index("ix_clock_move_at", "clock_move", ["at"])
    op.create_table(
        "signal",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_signal"),
    )


def downgrade():
    op.drop_table("signal")
    op.drop_table("clock_move")
