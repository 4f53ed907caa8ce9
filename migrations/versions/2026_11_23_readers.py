"""People: the language their messages are written in, and the time zone their times are given in."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_readers"
down_revision = "2026_11_23_looks"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("language", sa.String(length=40), server_default="en", nullable=False))
        table.add_column(sa.Column("zone", sa.String(length=200), server_default="UTC", nullable=False))


def downgrade():
    with op.batch_alter_table("person") as table:
        table.drop_column("zone")
        table.drop_column("language")
