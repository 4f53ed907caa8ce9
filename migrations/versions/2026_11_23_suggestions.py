"""Suggestions: change points that people confirmed or dismissed."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_suggestions"
down_revision = "2026_11_23_incident_versions"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "suggestion_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=200), nullable=False),
        sa.Column("period_start", sa.BigInteger(), nullable=False),
        sa.Column("is_rise", sa.Boolean(), nullable=False),
        sa.Column("event", sa.String(length=200), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_suggestion_decision"),
    )
    op.create_index("ix_suggestion_decision_series", "suggestion_decision", ["series"])


def downgrade():
    op.drop_table("suggestion_decision")
