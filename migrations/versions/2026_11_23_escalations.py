"""Escalations: since when an episode waits for its next step."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_escalations"
down_revision = "2026_11_23_lockout"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("episode_route") as table:
        table.add_column(sa.Column("step_began_at", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table("episode_route") as table:
        table.drop_column("step_began_at")
