"""Walls: screens that show the desk by a token of their own."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_walls"
down_revision = "2026_11_23_saved_views"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "wall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("turn_seconds", sa.Integer(), nullable=False),
        sa.Column("look", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_wall"),
        sa.UniqueConstraint("token_hash", name="uq_wall_token_hash"),
    )


def downgrade():
    op.drop_table("wall")
