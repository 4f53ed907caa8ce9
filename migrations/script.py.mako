"""${message}.

Rules for a revision (delete this paragraph when done):
- One purpose. A change of tables and a move of data are two revisions.
- Once released it is never edited: what is wrong is put right by the next one.
- `downgrade` brings back the tables, not the data, and is tested.
- Change existing tables with `op.batch_alter_table`, or SQLite cannot follow. A table without row
  ids says `sqlite_with_rowid=False` in its `create_table`, and `table_kwargs` in its batch.
- Kinds and states are strings, never database enums; times are `sa.DateTime(timezone=True)`, or
  epoch seconds in `sa.BigInteger` where there are many rows.
- Name every constraint as the convention in monitor/storage/rows/base.py does.
- A new column of a filled table is nullable or has a `server_default`.
- Import nothing from `monitor`: a revision must mean the same in ten years.
- Move data in SQL, in sets; say in this docstring how long it takes on a large database.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision).replace("'", '"')}
down_revision = ${repr(down_revision).replace("'", '"')}
branch_labels = None
depends_on = None


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
