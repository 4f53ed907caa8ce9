"""Incidents: an index for each way along which the newest are looked at.

Takes some seconds for a million incidents.
"""

from alembic import op

revision = "2026_11_23_incident_paths"
down_revision = "2026_11_23_readers"
branch_labels = None
depends_on = None

_BEFORE = {
    "ix_incident_coded_country_happened_on": ["coded_country", "happened_on"],
    "ix_incident_happened_on": ["happened_on"],
}
_AFTER = {
    "ix_incident_happened_on_seq": ["happened_on", "seq"],
    "ix_incident_coded_country_happened_on_seq": ["coded_country", "happened_on", "seq"],
    "ix_incident_source_happened_on_seq": ["source", "happened_on", "seq"],
    "ix_incident_kind_happened_on_seq": ["kind", "happened_on", "seq"],
}


def upgrade():
    _replace(_BEFORE, _AFTER)


def downgrade():
    _replace(_AFTER, _BEFORE)


def _replace(before, after):
    for name in before:
        op.drop_index(name, "incident")
    for name, columns in after.items():
        op.create_index(name, "incident", columns)
