"""The database: nothing is lost between writers, readers write nothing, waiting ends at a commit."""

import os
import threading
from datetime import UTC

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from monitor.domain.errors import ConfigError
from monitor.storage.engine import open_database
from monitor.storage.rows.definitions import CounterRow


def value_of(session, name="seq"):
    return session.execute(select(CounterRow.value).where(CounterRow.name == name)).scalar_one()


def in_threads(work, *, count):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_no_update_is_lost_between_threads_that_read_then_write(database):
    def work():
        for _ in range(50):
            with database.write() as session:
                row = select(CounterRow.value).where(CounterRow.name == "seq").with_for_update()
                value = session.execute(row).scalar_one()
                session.execute(update(CounterRow).where(CounterRow.name == "seq").values(value=value + 1))

    in_threads(work, count=6)
    with database.read() as session:
        assert value_of(session) == 300


def test_a_failed_write_leaves_nothing(database):
    def fail():
        with database.write() as session:
            session.execute(update(CounterRow).values(value=7))
            session.execute(insert(CounterRow).values(name="other", value=1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as session:
        assert value_of(session) == 0
        assert session.execute(select(CounterRow.name)).scalars().all() == ["seq"]


def test_a_write_is_kept(database):
    with database.write() as session:
        session.execute(update(CounterRow).values(value=7))
    with database.read() as session:
        assert value_of(session) == 7


def test_a_reader_refuses_writes(database):
    with database.read() as session, pytest.raises(DBAPIError):
        session.execute(update(CounterRow).values(value=7))
    with database.read() as session:
        assert value_of(session) == 0


def test_a_reader_sees_one_moment_while_others_write(database):
    with database.read() as reader:
        assert value_of(reader) == 0
        with database.write() as writer:
            writer.execute(update(CounterRow).values(value=7))
        assert value_of(reader) == 0


def test_a_reader_does_not_wait_for_a_writer(database):
    with database.write() as writer:
        writer.execute(update(CounterRow).values(value=7))
        with database.read() as reader:
            assert value_of(reader) == 0


def test_the_clock_is_aware_and_utc(database):
    with database.read() as session:
        assert database.now(session).tzinfo is UTC


def test_waiting_ends_when_another_connection_commits(database):
    with database.watch() as wake_up:
        assert not wake_up.wait(0.0)
        with database.write() as session:
            session.execute(update(CounterRow).values(value=7))
        assert wake_up.wait(5.0)
        assert not wake_up.wait(0.0)


def test_a_commit_before_waiting_is_not_missed(database):
    with database.watch() as wake_up:
        heard = []
        waiter = threading.Thread(target=lambda: heard.append(wake_up.wait(5.0)))
        with database.write() as session:
            session.execute(update(CounterRow).values(value=7))
        waiter.start()
        waiter.join()
        assert heard == [True]


def test_a_write_session_that_changes_nothing_wakes_nobody(database):
    with database.watch() as wake_up:
        with database.write() as session:
            session.execute(update(CounterRow).where(CounterRow.name == "none").values(value=7))
        assert not wake_up.wait(0.1)


def test_waiting_goes_on_after_the_server_has_dropped_the_connection(postgres_url):
    database = open_database(postgres_url)
    with database.watch() as wake_up:
        with database.write() as session:
            session.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
            )
        assert not wake_up.wait(0.01)
        assert wake_up.wait(0.01), "what came meanwhile may have been missed, so look"
        with database.write() as session:
            session.execute(update(CounterRow).values(value=7))
        assert wake_up.wait(5.0)
    database.dispose()


def test_sqlite_is_set_up_to_lose_nothing(sqlite_url):
    database = open_database(sqlite_url)
    wanted = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000, "foreign_keys": 1}
    for open_session in (database.read, database.write):
        with open_session() as session:
            found = {name: session.execute(text(f"PRAGMA {name}")).scalar_one() for name in wanted}
            assert found == wanted
    database.dispose()


def test_the_password_is_not_in_the_words_for_a_database():
    database = open_database("postgresql://desk:hunter2@localhost/desk")
    assert "hunter2" not in repr(database)
    assert database.url == "postgresql+psycopg://desk:hunter2@localhost/desk"


@pytest.mark.parametrize(
    "url,complaint",
    [
        ("nonsense", "sqlite:///file or postgresql"),
        ("mysql://localhost/desk", "mysql"),
        ("sqlite://", "file"),
        ("sqlite:///:memory:", "file"),
    ],
)
def test_an_address_that_cannot_work_is_refused(url, complaint):
    with pytest.raises(ConfigError, match=complaint):
        open_database(url)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot make the folder"):
        open_database(f"sqlite:///{tmp_path}/file/desk.sqlite3")


def test_a_folder_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(ConfigError, match="cannot write to"):
        open_database(f"sqlite:///{tmp_path}/desk.sqlite3")


def test_a_process_stopped_amid_a_write_holds_others_up_for_a_minute_at_most(postgres_url):
    database = open_database(postgres_url)
    shown = text("show idle_in_transaction_session_timeout")
    with database.write() as session:
        assert session.execute(shown).scalar_one() == "1min"
    with database.read() as session:
        assert session.execute(shown).scalar_one() == "0"
    database.dispose()
