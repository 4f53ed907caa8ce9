"""Channels: rate limit, fallback and circuit breaker; deliveries that a person had sent again."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_channel_state"
down_revision = "2026_11_23_recurring_silences"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "channel_state",
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("recent", sa.String(length=40), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probe_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_channel_state"),
    )
    op.add_column("channel", sa.Column("per_minute", sa.Integer(), nullable=True))
    op.add_column("channel", sa.Column("fallback", sa.String(length=200), server_default="", nullable=False))
    op.add_column("delivery", sa.Column("tries_before", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "notification", sa.Column("relayed_from", sa.String(length=200), server_default="", nullable=False)
    )


def downgrade():
    op.drop_column("notification", "relayed_from")
    op.drop_column("delivery", "tries_before")
    op.drop_column("channel", "fallback")
    op.drop_column("channel", "per_minute")
    op.drop_table("channel_state")
