"""Arrangements: rotas, mute windows, escalations and subscriptions, each one document."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_arrangements"
down_revision = "2026_11_23_routes"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "arrangement",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("kind", "slug", name="pk_arrangement"),
    )


def downgrade():
    op.drop_table("arrangement")
