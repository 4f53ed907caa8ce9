"""Attention: whether a person wants a sound, and a notification beside the page."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_attention"
down_revision = "2026_11_23_walls"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("hears", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("is_notified", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    with op.batch_alter_table("person") as batch:
        batch.drop_column("is_notified")
        batch.drop_column("hears")
