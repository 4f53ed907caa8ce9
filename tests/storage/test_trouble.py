"""A database in trouble is said in our words; a fault of ours keeps its own."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from monitor.domain.errors import DatabaseUnavailable
from monitor.storage.engine import open_database
from monitor.storage.schema import current_revision

AWAY = "postgresql://desk:hunter2@127.0.0.1:1/desk"


def ask(url: str, *, statement: str = "SELECT 1") -> None:
    database = open_database(url)
    try:
        with database.read() as session:
            session.execute(text(statement))
    finally:
        database.dispose()


def test_a_server_that_is_away_is_named_without_its_password():
    with pytest.raises(DatabaseUnavailable, match=r"127\.0\.0\.1:1/desk.*refused") as caught:
        ask(AWAY)
    assert "hunter2" not in str(caught.value)


def test_asking_for_the_revision_says_the_same():
    with pytest.raises(DatabaseUnavailable, match="cannot be used"):
        current_revision(AWAY)


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "notes.sqlite3"
    path.write_text("these are notes, and long enough to be taken for the header of a database " * 4)
    with pytest.raises(DatabaseUnavailable, match=r"notes\.sqlite3.*not a database"):
        ask(f"sqlite:///{path}")


def test_a_missing_table_is_a_fault_of_ours(database_url):
    with pytest.raises(DBAPIError, match="nowhere"):
        ask(database_url, statement="SELECT 1 FROM nowhere")


def test_a_write_in_a_read_session_is_a_fault_of_ours(database_url):
    with pytest.raises(DBAPIError, match=r"read-?only"):
        ask(database_url, statement="DELETE FROM person")
