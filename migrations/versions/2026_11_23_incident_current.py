"""Incidents: the row of an incident says since when it holds; only what held before is a version."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_incident_current"
down_revision = "2026_11_23_channel_ceiling"
branch_labels = None
depends_on = None

_LAST = (
    "v.seq = (SELECT max(w.seq) FROM incident_version AS w"
    " WHERE w.source = v.source AND w.external_id = v.external_id)"
)
_SHARED = (
    "source, external_id, seq, known_at, is_withdrawn, happened_on, country, kind, admin1, latitude,"
    " longitude, actor, killed, injured, kidnapped"
)


def upgrade():
    op.add_column("incident", sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("incident", sa.Column("known_at", sa.BigInteger(), server_default="0", nullable=False))
    gone = sa.Column("is_withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("incident", gone)
    for name in ("precision", "description"):
        op.add_column("incident_version", sa.Column(name, sa.Text(), server_default="", nullable=False))
    for name in ("seq", "known_at"):
        op.execute(
            f"UPDATE incident SET {name} = COALESCE((SELECT v.{name} FROM incident_version AS v"  # noqa: S608
            f" WHERE v.source = incident.source AND v.external_id = incident.external_id AND {_LAST}), 0)"
        )
    op.execute(
        f"INSERT INTO incident ({_SHARED}) SELECT {_SHARED} FROM incident_version AS v"  # noqa: S608
        f" WHERE v.is_withdrawn AND {_LAST}"
    )
    op.execute(
        "DELETE FROM incident_version WHERE EXISTS (SELECT 1 FROM incident AS i"
        " WHERE i.source = incident_version.source AND i.external_id = incident_version.external_id"
        " AND i.seq = incident_version.seq)"
    )


def downgrade():
    op.execute(
        f"INSERT INTO incident_version ({_SHARED}) SELECT {_SHARED} FROM incident"  # noqa: S608
    )
    op.execute("DELETE FROM incident WHERE is_withdrawn")
    for name in ("description", "precision"):
        op.drop_column("incident_version", name)
    for name in ("is_withdrawn", "known_at", "seq"):
        op.drop_column("incident", name)
