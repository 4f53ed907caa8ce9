"""Shifts: the log of the desk, and handovers with every act on them."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_shifts"
down_revision = "2026_11_23_health"
branch_labels = None
depends_on = None

_OPEN = sa.text("signed_at IS NULL AND withdrawn_at IS NULL")


def upgrade():
    op.create_table(
        "log_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("episode_id", sa.String(length=200), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["corrects"], ["log_entry.id"], name="fk_log_entry_corrects_log_entry"),
        sa.PrimaryKeyConstraint("id", name="pk_log_entry"),
    )
    for name in ("at", "subject", "episode_id", "corrects"):
        op.create_index(f"ix_log_entry_{name}", "log_entry", [name])
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rota", sa.String(length=200), nullable=False),
        sa.Column("outgoing", sa.String(length=200), nullable=False),
        sa.Column("incoming", sa.String(length=200), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("situation", sa.String(length=40), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handover"),
    )
    op.create_index("ix_handover_drafted_at", "handover", ["drafted_at"])
    op.create_index(
        "uq_handover_open", "handover", ["rota"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_table(
        "handover_act",
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handover.id"], name="fk_handover_act_handover_id_handover"
        ),
        sa.PrimaryKeyConstraint("handover_id", "number", name="pk_handover_act"),
    )


def downgrade():
    op.drop_table("handover_act")
    op.drop_table("handover")
    op.drop_table("log_entry")
