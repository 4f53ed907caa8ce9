"""The migrations give the tables that the rows describe, and take them away again."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import DateTime, inspect, select

from monitor.storage.engine import migration_engine
from monitor.storage.rows.base import UtcDateTime
from monitor.storage.rows.definitions import CounterRow
from monitor.storage.rows.tables import metadata
from monitor.storage.schema import current_revision, head_revision, migrate


def is_same_type(_context, _column, _metadata_column, found, wanted):
    return not isinstance(found, DateTime) if isinstance(wanted, UtcDateTime) else None


def differences(url):
    engine = migration_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": is_same_type})
        found = compare_metadata(context, metadata)
    engine.dispose()
    return found


def tables(url):
    engine = migration_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_an_empty_database_has_no_revision(empty_database_url):
    assert current_revision(empty_database_url) is None


def test_migrating_an_empty_database_gives_what_the_rows_describe(empty_database_url):
    migrate(empty_database_url)
    assert current_revision(empty_database_url) == head_revision()
    assert differences(empty_database_url) == []


def test_migrating_back_leaves_nothing(empty_database_url):
    migrate(empty_database_url)
    migrate(empty_database_url, to="base")
    assert tables(empty_database_url) == {"alembic_version"}
    migrate(empty_database_url)
    assert differences(empty_database_url) == []


def test_migrating_twice_changes_nothing(empty_database_url):
    migrate(empty_database_url)
    engine = migration_engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(CounterRow.__table__.update().values(value=5))
    migrate(empty_database_url)
    with engine.connect() as connection:
        assert connection.execute(select(CounterRow.value)).scalar_one() == 5
    engine.dispose()


def test_a_file_that_is_not_there_has_no_revision_and_is_not_made(tmp_path):
    assert current_revision(f"sqlite:///{tmp_path}/desk.sqlite3") is None
    assert list(tmp_path.iterdir()) == []


def test_big_sqlite_tables_have_no_row_ids(sqlite_url):
    engine = migration_engine(sqlite_url)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        assert {name for name, sql in rows if "WITHOUT ROWID" in sql} == {"observation", "heat_point"}
    engine.dispose()
