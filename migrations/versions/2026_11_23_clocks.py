"""Clocks: values that a person confirmed, and all that a published heat was computed from."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_clocks"
down_revision = "2026_11_23_silences"
branch_labels = None
depends_on = None


def upgrade():
    for table in ("observation", "latest"):
        confirmed = sa.Column("is_confirmed", sa.Boolean(), server_default=sa.false(), nullable=False)
        op.add_column(table, confirmed)
    op.add_column("heat_point", sa.Column("known_at", sa.BigInteger(), nullable=True))
    op.add_column("heat_point", sa.Column("state_before", sa.JSON(none_as_null=True), nullable=True))


def downgrade():
    for name in ("state_before", "known_at"):
        op.drop_column("heat_point", name)
    for table in ("latest", "observation"):
        op.drop_column(table, "is_confirmed")
