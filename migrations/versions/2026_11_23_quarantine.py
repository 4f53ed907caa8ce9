"""Quarantine: readings that did not pass a quality gate, and what a person made of them."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_quarantine"
down_revision = "2026_11_23_pushes"
branch_labels = None
depends_on = None

_WORDS = ("unit", "grade", "citation", "note", "reason", "decided_by", "why")
_NUMBERS = ("value", "low", "high", "corrected_value")


def upgrade():
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("period_start", "period_end", "known_at")
        ),
        sa.Column("source_revision", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Double(), nullable=True)
            for name in ("value", "low", "high", "corrected_value")
        ),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in _WORDS),
        sa.Column("is_reconstructed", sa.Boolean(), nullable=False),
        sa.Column("gate", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
        sa.UniqueConstraint("digest", name="uq_quarantine_digest"),
    )
    op.create_index("ix_quarantine_state_source", "quarantine", ["state", "source"])
    op.create_index("ix_quarantine_series_state", "quarantine", ["series", "state"])
    op.create_index("ix_quarantine_run_id", "quarantine", ["run_id"])


def downgrade():
    op.drop_table("quarantine")
