"""Channel ceiling: the strictest marking that a channel is told; empty: whatever there is."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_channel_ceiling"
down_revision = "2026_11_23_source_of_stored"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("channel", sa.Column("ceiling", sa.String(length=40), server_default="", nullable=False))


def downgrade():
    op.drop_column("channel", "ceiling")
