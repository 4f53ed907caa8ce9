"""Fetching: leases of sources and their bookmarks, more of each run, validators, raw answers, secrets."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_fetching"
down_revision = "2026_11_23_quarantine"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("source_state") as table:
        table.add_column(sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("lease_token", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("bookmark", sa.JSON(), server_default="{}", nullable=False))
    with op.batch_alter_table("run") as table:
        table.add_column(sa.Column("quarantined", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("samples", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("asked", sa.JSON(), nullable=True))
    op.create_table(
        "validator",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("resource", sa.String(length=64), nullable=False),
        sa.Column("settings", sa.String(length=64), nullable=False),
        sa.Column("etag", sa.Text(), server_default="", nullable=False),
        sa.Column("modified", sa.Text(), server_default="", nullable=False),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("source", "resource", name="pk_validator"),
    )
    op.create_table(
        "raw_answer",
        sa.Column("run_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("run_id", "number", name="pk_raw_answer"),
    )
    op.create_index("ix_raw_answer_at", "raw_answer", ["at"])
    op.create_index("ix_raw_answer_source", "raw_answer", ["source"])
    op.create_table(
        "secret",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_secret"),
        sa.UniqueConstraint("name", name="uq_secret_name"),
    )


def downgrade():
    op.drop_table("secret")
    op.drop_table("raw_answer")
    op.drop_table("validator")
    with op.batch_alter_table("run") as table:
        for name in ("asked", "samples", "quarantined"):
            table.drop_column(name)
    with op.batch_alter_table("source_state") as table:
        for name in ("bookmark", "lease_token", "lease_until"):
            table.drop_column(name)
