"""The nets under the tests hold: no way out, and a database for each test."""

import os
import socket

import pytest

from tests.conftest import LeftTheMachine


def test_a_connection_to_another_machine_is_refused():
    with socket.socket() as plug, pytest.raises(LeftTheMachine, match=r"192\.0\.2\.1"):
        plug.connect(("192.0.2.1", 80))


def test_a_datagram_to_another_machine_is_refused():
    with socket.socket(type=socket.SOCK_DGRAM) as plug, pytest.raises(LeftTheMachine):
        plug.sendto(b"x", ("192.0.2.1", 53))


def test_a_look_up_of_a_name_is_refused():
    with pytest.raises(LeftTheMachine, match=r"example\.org"):
        socket.getaddrinfo("example.org", 443)


def test_this_machine_may_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()


def test_settings_of_the_surroundings_do_not_reach_a_test():
    assert [name for name in os.environ if name.startswith("HEATWATCH_")] == []


def test_a_private_postgresql_answers(empty_postgres_url):
    import psycopg

    with psycopg.connect(empty_postgres_url) as connection:
        (version,) = connection.execute("show server_version_num").fetchone()
    assert int(version) >= 150000


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_its_database_without_rows(database_url, turn):
    from sqlalchemy import create_engine, inspect, text

    engine = create_engine(database_url)
    with engine.begin() as connection:
        assert "alembic_version" in inspect(connection).get_table_names()
        connection.execute(text("CREATE TABLE left_behind (id integer)"))
    engine.dispose()


@pytest.mark.parametrize("turn", [1, 2])
def test_a_database_that_is_lent_again_is_as_new(postgres_url, turn):
    import psycopg

    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*), max(id) FROM person").fetchone() == (0, None)
        assert connection.execute("SELECT nextval('person_id_seq')").fetchone() == (1,)
        assert connection.execute("SELECT name, value FROM counter").fetchall() == [("seq", 0)]
        connection.execute("UPDATE counter SET value = value + 7")
