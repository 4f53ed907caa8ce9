"""Alerts: when one came back from calm, and whether it flaps."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_flapping"
down_revision = "2026_11_23_arrangements"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("alert", sa.Column("returns", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("alert", sa.Column("rested_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("alert", sa.Column("flapping_until", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    for name in ("flapping_until", "rested_at", "returns"):
        op.drop_column("alert", name)
