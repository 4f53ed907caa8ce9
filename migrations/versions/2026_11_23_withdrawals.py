"""Withdrawals: which observations a person took back, and what holds in their place."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_withdrawals"
down_revision = "2026_11_23_episodes_by_start"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "withdrawal",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("by_seq", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_withdrawal"),
    )


def downgrade():
    op.drop_table("withdrawal")
