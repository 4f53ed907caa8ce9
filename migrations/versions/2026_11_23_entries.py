"""Entries: incidents told by people, drafts, and links and files that belong to what was entered."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_entries"
down_revision = "2026_11_23_attention"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "entered_incident",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("citation", sa.Text(), server_default="", nullable=False),
        sa.Column("day_is", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "external_id", name="pk_entered_incident"),
    )
    op.create_table(
        "entry_draft",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_entry_draft_person_id_person"),
        sa.PrimaryKeyConstraint("person_id", "kind", name="pk_entry_draft"),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=420), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    op.create_index("ix_attachment_target", "attachment", ["target"])


def downgrade():
    op.drop_table("attachment")
    op.drop_table("entry_draft")
    op.drop_table("entered_incident")
