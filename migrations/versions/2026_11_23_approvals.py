"""Approvals: what a person decided of an episode's messages before they are sent."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_approvals"
down_revision = "2026_11_23_held_deliveries"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "approval",
        sa.Column("episode_id", sa.String(length=200), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("concern", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("episode_id", "route", name="pk_approval"),
    )


def downgrade():
    op.drop_table("approval")
