"""Deliveries that are kept for their reader: quiet hours, digests."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_held_deliveries"
down_revision = "2026_11_23_comms_checks"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("delivery") as table:
        table.add_column(sa.Column("held_by", sa.Text(), server_default="", nullable=False))


def downgrade():
    with op.batch_alter_table("delivery") as table:
        table.drop_column("held_by")
