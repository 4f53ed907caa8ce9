"""PostgreSQL databases that are emptied and lent again: a new one costs a second on a busy machine."""

from dataclasses import dataclass, field
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.postgres import Cluster

# What a test may have altered: columns, indexes, constraints, triggers, functions, settings, the version.
_SHAPE = """
SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
  SELECT format('%s %s %s %s', relname, relkind, attname, atttypid) AS line
    FROM pg_class LEFT JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
    WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT setconfig::text FROM pg_db_role_setting AS s
    JOIN pg_database AS d ON d.oid = s.setdatabase WHERE d.datname = current_database()
  UNION ALL SELECT version_num::text FROM alembic_version
) AS lines
"""
_OTHERS_LEAVE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(kw_only=True)
class Databases:
    """Databases with the schema of `template`, and with the rows it has."""

    cluster: Cluster
    template: str
    free: list[str] = field(default_factory=list)
    shape: str = ""
    filled: sql.Composed | None = None
    rows: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with psycopg.connect(self.cluster.url(self.template)) as connection:
            self.shape = _one(connection, _SHAPE)
            self.filled = _which_are_filled(connection)
            for table in self._filled(connection):
                self.rows[table] = _one(connection, _named("SELECT json_agg(t)::text FROM {} AS t", table))

    def lend(self) -> str:
        """Return the name of a database that nobody else has."""
        if self.free:
            return self.free.pop()
        name = f"test_{uuid4().hex}"
        self.cluster.create_database(name, template=self.template)
        return name

    def take_back(self, name: str) -> None:
        """Empty it for the next; one whose schema was altered is thrown away."""
        with psycopg.connect(self.cluster.url(name), autocommit=True) as connection:
            connection.execute(_OTHERS_LEAVE)
            is_as_it_was = _one(connection, _SHAPE) == self.shape
            if is_as_it_was:
                self._empty(connection)
        if is_as_it_was:
            self.free.append(name)
        else:
            self.cluster.drop_database(name)

    def _empty(self, connection) -> None:
        if tables := self._filled(connection):
            names = sql.SQL(", ").join(map(sql.Identifier, tables))
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))
        # An insert that was rolled back leaves a sequence moved and its table empty.
        connection.execute(
            "SELECT setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences"
            " WHERE last_value IS NOT NULL"
        )
        for table, rows in self.rows.items():
            insert = "INSERT INTO {0} SELECT * FROM json_populate_recordset(NULL::{0}, %s::json)"
            connection.execute(_named(insert, table), [rows])

    def _filled(self, connection) -> list[str]:
        return [name for (name,) in connection.execute(self.filled)]


def _which_are_filled(connection) -> sql.Composed:
    """Return one statement that names every table with a row in it."""
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    )
    each = sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})")
    return sql.SQL(" UNION ALL ").join(
        each.format(sql.Literal(name), sql.Identifier(name)) for (name,) in tables
    )


def _named(statement: str, table: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(table))


def _one(connection, statement):
    return connection.execute(statement).fetchone()[0]
