"""Pushes: tokens of sources, and the answers given to pushes with an idempotency key."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_pushes"
down_revision = "2026_11_23_imputed"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "source_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_source_token"),
        sa.UniqueConstraint("token_hash", name="uq_source_token_token_hash"),
    )
    op.create_index("ix_source_token_source", "source_token", ["source"])
    op.create_table(
        "push_answer",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name="pk_push_answer"),
    )
    op.create_index("ix_push_answer_at", "push_answer", ["at"])


def downgrade():
    op.drop_table("push_answer")
    op.drop_table("source_token")
