"""Incident pairs: incidents of two sources that may be one, and what a person said of them."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_incident_pairs"
down_revision = "2026_11_23_incident_current"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "incident_pair",
        sa.Column("first_source", sa.String(length=200), nullable=False),
        sa.Column("first_id", sa.String(length=200), nullable=False),
        sa.Column("second_source", sa.String(length=200), nullable=False),
        sa.Column("second_id", sa.String(length=200), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint(
            "first_source", "first_id", "second_source", "second_id", name="pk_incident_pair"
        ),
    )


def downgrade():
    op.drop_table("incident_pair")
