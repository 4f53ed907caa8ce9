"""Silences that recur in windows, and the end that was last announced."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_recurring_silences"
down_revision = "2026_11_23_incident_coding"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("silence") as table:
        table.add_column(sa.Column("windows", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("warned_until", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table("silence") as table:
        table.drop_column("warned_until")
        table.drop_column("windows")
