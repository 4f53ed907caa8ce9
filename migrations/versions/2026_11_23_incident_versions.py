"""Incident versions: what a feed said of each incident over time, and which days it lists completely."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_incident_versions"
down_revision = "2026_11_23_packed_series"
branch_labels = None
depends_on = None

# What is there already counts as known on the day after it happened: when it came was not kept.
_DAY_AFTER = {
    "sqlite": "CAST(strftime('%s', happened_on) AS INTEGER) + 86400",
    "postgresql": "CAST(EXTRACT(EPOCH FROM CAST(happened_on AS timestamp)) AS bigint) + 86400",
}
_COPIED = (
    "source, external_id, happened_on, country, kind, admin1, latitude, longitude, actor, killed, injured,"
    " kidnapped"
)


def upgrade():
    op.create_table(
        "incident_version",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("country", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("admin1", sa.Text(), server_default="", nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("killed", sa.Integer(), nullable=False),
        sa.Column("injured", sa.Integer(), nullable=False),
        sa.Column("kidnapped", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "external_id", "seq", name="pk_incident_version"),
    )
    op.create_table(
        "incident_cover",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("country", sa.String(length=40), nullable=False),
        sa.Column("covers_from", sa.Date(), nullable=False),
        sa.Column("covers_until", sa.Date(), nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("lag_seconds", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("source", "seq", name="pk_incident_cover"),
    )
    known_at = _DAY_AFTER[op.get_bind().dialect.name]
    op.execute(
        f"INSERT INTO incident_version ({_COPIED}, seq, known_at, is_withdrawn)"  # noqa: S608 - no input
        f" SELECT {_COPIED}, 0, {known_at}, {sa.false().compile(dialect=op.get_bind().dialect)} FROM incident"
    )


def downgrade():
    op.drop_table("incident_cover")
    op.drop_table("incident_version")
