"""Alerts: until when a rule tells of nothing but a worse concern."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_lockout"
down_revision = "2026_11_23_flapping"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("alert", sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("alert", sa.Column("locked_concern", sa.Integer(), server_default="0", nullable=False))


def downgrade():
    op.drop_column("alert", "locked_concern")
    op.drop_column("alert", "locked_until")
