"""What runs say of when each source last brought something new; without it all would owe their releases."""

from alembic import op

revision = "2026_11_23_last_new_of_runs"
down_revision = "2026_11_23_last_new"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        "UPDATE source_state SET last_new_at ="
        " (SELECT max(run.ended_at) FROM run WHERE run.source = source_state.source AND run.new > 0)"
    )


def downgrade():
    op.execute("UPDATE source_state SET last_new_at = NULL")
