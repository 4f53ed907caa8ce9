"""Releases: when each source last brought something that was not there."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_last_new"
down_revision = "2026_11_23_provenance"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("source_state") as table:
        table.add_column(sa.Column("last_new_at", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table("source_state") as table:
        table.drop_column("last_new_at")
