"""Routes: by which an alert event is told and in which group; what an open episode's routes have due."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_routes"
down_revision = "2026_11_23_channel_state"
branch_labels = None
depends_on = None

_CARRIED = sa.text("carried_by IS NOT NULL")


def upgrade():
    op.add_column("notification", sa.Column("route", sa.Text(), server_default="", nullable=False))
    op.add_column("notification", sa.Column("group_key", sa.Text(), server_default="", nullable=False))
    op.add_column("delivery", sa.Column("carried_by", sa.String(length=40), nullable=True))
    op.add_column("delivery", sa.Column("carries", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_delivery_carried", "delivery", ["carried_by"],
        sqlite_where=_CARRIED, postgresql_where=_CARRIED,
    )  # fmt: skip
    op.create_table(
        "message_group",
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("group_key", sa.String(length=400), nullable=False),
        sa.Column("formed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "group_key", name="pk_message_group"),
    )
    op.create_table(
        "episode_route",
        sa.Column("episode_id", sa.String(length=200), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("routing_version", sa.Integer(), nullable=False),
        sa.Column("repeat_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("step_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("loops", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("episode_id", "route", name="pk_episode_route"),
    )
    op.create_index("ix_episode_route_repeat_due_at", "episode_route", ["repeat_due_at"])
    op.create_index("ix_episode_route_step_due_at", "episode_route", ["step_due_at"])


def downgrade():
    op.drop_table("episode_route")
    op.drop_table("message_group")
    op.drop_index("ix_delivery_carried", table_name="delivery")
    op.drop_column("delivery", "carries")
    op.drop_column("delivery", "carried_by")
    op.drop_column("notification", "group_key")
    op.drop_column("notification", "route")
