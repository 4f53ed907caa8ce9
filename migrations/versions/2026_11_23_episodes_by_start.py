"""Episodes by when they began: the newest are listed and searched however many there are."""

from alembic import op

revision = "2026_11_23_episodes_by_start"
down_revision = "2026_11_23_incident_paths"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_episode_started_at", "episode", ["started_at"])


def downgrade():
    op.drop_index("ix_episode_started_at", "episode")
