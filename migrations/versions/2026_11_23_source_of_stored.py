"""Which sources gave the values that are stored already."""

from alembic import op

revision = "2026_11_23_source_of_stored"
down_revision = "2026_11_23_series_source"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        "INSERT INTO series_source (series_id, source)"
        " SELECT DISTINCT o.series_id, b.source FROM observation AS o"
        " JOIN provenance AS p ON p.first_seq ="
        " (SELECT max(first_seq) FROM provenance WHERE first_seq <= o.seq)"
        " JOIN batch AS b ON b.id = p.batch_id"
    )


def downgrade():
    op.execute("DELETE FROM series_source")
