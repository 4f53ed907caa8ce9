"""Imputed: pressures of values that were filled in, not observed."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_imputed"
down_revision = "2026_11_23_suggestions"
branch_labels = None
depends_on = None


def upgrade():
    imputed = sa.Column("is_imputed", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("pressure", imputed)


def downgrade():
    op.drop_column("pressure", "is_imputed")
