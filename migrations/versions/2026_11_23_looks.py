"""Looks: when a person looked at a subject the time before."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_looks"
down_revision = "2026_11_23_shifts"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("visit") as batch:
        batch.add_column(sa.Column("before_at", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table("visit") as batch:
        batch.drop_column("before_at")
