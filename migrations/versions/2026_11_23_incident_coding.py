"""Incidents: country and region by code, as they are read, beside what the source told."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_incident_coding"
down_revision = "2026_11_23_incident_pairs"
branch_labels = None
depends_on = None

_TABLES = ("incident", "incident_version")
_COLUMNS = ("coded_country", "coded_admin1", "coded_by")


def upgrade():
    for table in _TABLES:
        for name in _COLUMNS:
            op.add_column(table, sa.Column(name, sa.String(12), server_default="", nullable=False))
        # The region is coded by `heatwatch incident code`, which says since when it is known.
        op.execute(f"UPDATE {table} SET coded_country = country WHERE length(country) = 3")  # noqa: S608
    op.drop_index("ix_incident_country_happened_on", "incident")
    op.create_index("ix_incident_coded_country_happened_on", "incident", ["coded_country", "happened_on"])
    op.create_index("ix_incident_happened_on", "incident", ["happened_on"])


def downgrade():
    op.drop_index("ix_incident_happened_on", "incident")
    op.drop_index("ix_incident_coded_country_happened_on", "incident")
    op.create_index("ix_incident_country_happened_on", "incident", ["country", "happened_on"])
    for table in _TABLES:
        for name in reversed(_COLUMNS):
            op.drop_column(table, name)
