"""Saved views: filters of a page under a name, and the one a person begins with."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_saved_views"
down_revision = "2026_11_23_withdrawals"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("query", sa.Text(), server_default="", nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_saved_view_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.UniqueConstraint("person_id", "page", "name", name="uq_saved_view_person_id_page_name"),
    )
    op.create_index("ix_saved_view_page", "saved_view", ["page"])
    op.create_table(
        "start_view",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_start_view_person_id_person"),
        sa.ForeignKeyConstraint(["view_id"], ["saved_view.id"], name="fk_start_view_view_id_saved_view"),
        sa.PrimaryKeyConstraint("person_id", name="pk_start_view"),
    )
    op.create_index("ix_start_view_view_id", "start_view", ["view_id"])


def downgrade():
    op.drop_index("ix_start_view_view_id", "start_view")
    op.drop_table("start_view")
    op.drop_index("ix_saved_view_page", "saved_view")
    op.drop_table("saved_view")
