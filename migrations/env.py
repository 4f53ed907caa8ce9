"""Runs migrations: one transaction for all of them, under a lock, on SQLite and PostgreSQL alike."""

from alembic import context
from sqlalchemy import DateTime, text

from monitor.config import load_settings
from monitor.storage.engine import migration_engine
from monitor.storage.rows.base import UtcDateTime
from monitor.storage.rows.tables import metadata

# Any number will do, as long as it is always the same: two processes that start together take turns.
_LOCK = 4_846_115


def render_item(kind, item, autogen_context):
    """Write our times as plain ones, so that a revision does not depend on code that may move."""
    del autogen_context
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def compare_type(_context, _inspected, _metadata_column, inspected_type, metadata_type):
    """Our times are the plain ones to the database."""
    if isinstance(metadata_type, UtcDateTime):
        return not isinstance(inspected_type, DateTime)
    return None


def run() -> None:
    """Connect, wait for whoever else is migrating, migrate."""
    url = context.config.attributes.get("url") or load_settings().effective_database_url
    engine = migration_engine(url)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            context.configure(
                connection=connection,
                target_metadata=metadata,
                render_as_batch=True,
                render_item=render_item,
                compare_type=compare_type,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        engine.dispose()


if context.is_offline_mode():
    message = "migrations need a database; there is no offline mode"
    raise SystemExit(message)
run()
