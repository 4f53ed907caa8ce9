"""Comms checks: how often a channel is checked, and each check with who said that it came."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_comms_checks"
down_revision = "2026_11_23_escalations"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "comms_plan",
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_comms_plan"),
    )
    op.create_index("ix_comms_plan_due_at", "comms_plan", ["due_at"])
    op.create_table(
        "comms_check",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_comms_check"),
    )
    op.create_index("ix_comms_check_channel", "comms_check", ["channel"])


def downgrade():
    op.drop_table("comms_check")
    op.drop_table("comms_plan")
