"""sql: one query that can only read; its rows become readings as those of a table do."""

import socket
import sqlite3
import threading
import time
from datetime import UTC, datetime
from ipaddress import ip_network

import psycopg
import pytest

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Ask
from monitor.egress.guard import EgressPolicy
from monitor.sources.sql.kind import SqlSource
from tests.factories import a_source
from tests.sources.relay import relay

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOOPBACK = EgressPolicy(allowed_networks=(ip_network("127.0.0.0/8"), ip_network("::1/128")))
STOCK = {"series": "fuel-stock:bamako", "value": "litres", "where": {"depot": "Bamako"}}
QUERY = "SELECT day, depot, litres FROM stock ORDER BY day"
TABLE = """
CREATE TABLE stock (day {day}, depot text, litres {number}, seen timestamp);
INSERT INTO stock VALUES ('2026-11-20', 'Bamako', 1200.5, '2026-11-20 06:00:00'),
 ('2026-11-21', 'Bamako', 0, null),
 ('2026-11-22', 'Bamako', null, null), ('2026-11-22', 'Gao', 77, null);
"""


@pytest.fixture
def folder(tmp_path):
    """A folder the operator opened, with one file."""
    made = tmp_path / "open"
    made.mkdir()
    with sqlite3.connect(made / "stock.sqlite3") as connection:
        connection.executescript(TABLE.format(day="text", number="real"))
    connection.close()
    return made


@pytest.fixture
def address(postgres_url):
    """A PostgreSQL with the same rows."""
    with psycopg.connect(postgres_url.replace("postgresql+psycopg:", "postgresql:")) as connection:
        connection.execute(TABLE.format(day="date", number="numeric(9, 1)"))
        told = connection.info
        path = f"{told.host}/.s.PGSQL.{told.port}"
        user, name = told.user, told.dbname
    with relay(path) as port:
        yield f"postgresql://{user}:hush@127.0.0.1:{port}/{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def fetch(request, folder):
    """Ask either database: `fetch("SELECT …")`."""
    if request.param == "sqlite":
        return lambda query=QUERY, **given: of_file(folder, query=query, **given)
    where = request.getfixturevalue("address")
    return lambda query=QUERY, **given: of_url(where, query=query, **given)


def of_file(folder, file="stock.sqlite3", **given):
    source = a_source(
        kind="sql", settings={"date": "day", "series": [STOCK], "file": file, "query": QUERY, **given}
    )
    return SqlSource(EgressPolicy(), folder).fetch(source, Ask(now=NOW, secret=str), None)


def of_url(address, policy=LOOPBACK, **given):
    settings = {"date": "day", "series": [STOCK], "url": {"secret": "db"}, "query": QUERY, **given}
    ask = Ask(now=NOW, secret={"url": address}.__getitem__)
    return SqlSource(policy).fetch(a_source(kind="sql", settings=settings), ask, None)


def told(act, *arguments, **given):
    with pytest.raises(SourceError) as caught:
        act(*arguments, **given)
    return str(caught.value)


def test_rows_become_readings_and_no_value_is_not_0(fetch):
    found = fetch().readings
    assert [(each.period_start.day, each.value) for each in found] == [(20, 1200.5), (21, 0.0)]
    assert found[0].period_start == datetime(2026, 11, 20, tzinfo=UTC)


def test_a_query_may_reckon_and_end_with_a_semicolon(fetch):
    series = [{"series": "fuel-stock:all", "value": "total"}]
    found = fetch(
        "WITH s AS (SELECT * FROM stock) SELECT day, sum(litres) AS total FROM s GROUP BY day ;",
        series=series,
    )
    assert {each.period_start.day: each.value for each in found.readings} == {20: 1200.5, 21: 0.0, 22: 77.0}


def test_signs_that_drivers_give_a_meaning_are_left_alone(fetch):
    found = fetch(
        "SELECT day, depot, litres FROM stock WHERE depot LIKE 'Ba%' AND depot <> ':x' AND depot <> '%s'"
    )
    assert len(found.readings) == 2


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM stock",
        "UPDATE stock SET litres = 1",
        "INSERT INTO stock (depot) VALUES ('x')",
        "DROP TABLE stock",
        "CREATE TABLE t (a text)",
        "SELECT 1 AS day; DELETE FROM stock",
        "SELECT 1 AS day; COMMIT; DELETE FROM stock",
        "WITH d AS (DELETE FROM stock RETURNING *) SELECT * FROM d",
        "PRAGMA query_only = OFF",
        "SET default_transaction_read_only = off",
        "ATTACH 'x.db' AS x",
        "VACUUM",
        "COMMIT",
    ],
)
def test_nothing_but_reading_is_possible(fetch, query):
    words = told(fetch, query)
    assert words.startswith(("the query may only read", "the database says"))
    assert len(fetch().readings) == 2


def test_a_query_that_takes_too_long_is_ended(fetch):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS day FROM n"
    begun = time.monotonic()
    assert "took longer than 0.3 s" in told(fetch, endless, timeout_seconds=0.3)
    assert time.monotonic() - begun < 5


def test_more_rows_than_are_allowed_are_an_error(fetch):
    assert "more than 3 rows" in told(fetch, max_rows=3)


def test_two_columns_of_one_name_are_an_error(fetch):
    assert "two columns of the query are called day" in told(fetch, "SELECT day, day FROM stock")


def test_a_column_that_is_not_there_is_said_by_its_name(fetch):
    assert "no column litres" in told(fetch, "SELECT day, depot FROM stock")


def test_a_wrong_query_is_said_in_the_databases_words(fetch):
    words = told(fetch, "SELECT nothing FROM stock")
    assert "nothing" in words
    assert words.startswith("the database says")


def test_no_row_is_no_value(fetch):
    assert fetch("SELECT day, depot, litres FROM stock WHERE depot = 'Kidal'").readings == ()


def test_a_cell_without_bound_is_refused(folder):
    assert "too big" in told(of_file, folder, query="SELECT hex(zeroblob(20000000)) AS day")


def test_bytes_are_no_figure_and_the_row_is_named(folder):
    query = "SELECT day, depot, CASE day WHEN '2026-11-20' THEN x'ff' ELSE litres END AS litres FROM stock"
    found = of_file(folder, query=query)
    assert [each.where for each in found.rejected] == ["row 1"]


@pytest.mark.parametrize("file", ["../outside.sqlite3", "link.sqlite3", "/etc/passwd"])
def test_a_file_outside_of_the_open_folder_is_refused(folder, file):
    (folder.parent / "outside.sqlite3").write_bytes((folder / "stock.sqlite3").read_bytes())
    (folder / "link.sqlite3").symlink_to(folder.parent / "outside.sqlite3")
    assert "does not lie below" in told(of_file, folder, file)


def test_a_file_that_is_not_there_is_not_made(folder):
    assert "there is no file none.sqlite3" in told(of_file, folder, "none.sqlite3")
    assert not (folder / "none.sqlite3").exists()


def test_without_an_open_folder_no_file_is_read():
    assert "HEATWATCH_WATCH_DIR" in told(of_file, None)


def test_a_file_that_is_no_database_is_said(folder):
    (folder / "page.sqlite3").write_text("<html>" * 1000)
    assert "not a database" in told(of_file, folder, "page.sqlite3")


@pytest.mark.parametrize(
    "address,words",
    [
        ("nonsense", "no address of PostgreSQL"),
        ("sqlite:////etc/passwd", "no address of PostgreSQL"),
        ("mysql://u:hush@db.example/x", "no address of PostgreSQL"),
        ("postgresql:///x", "one host"),
        ("postgresql://u:hush@a.example,b.example/x", "one host"),
        ("postgresql://u:hush@%2Ftmp/x", "one host"),
        ("postgresql://u:hush@db.example/x?host=10.0.0.1", "not host"),
        ("postgresql://u:hush@db.example/x?hostaddr=10.0.0.1", "not hostaddr"),
        ("postgresql://u:hush@db.example/x?options=-csearch_path%3Dx", "not options"),
        ("postgresql://u:hush@127.0.0.1/x", "not a public address"),
        ("postgresql://u:hush@169.254.169.254/x", "not a public address"),
        ("postgresql://u:hush@8.8.8.8:22/x", "port 22 is not open"),
    ],
)
def test_an_address_that_may_not_be_dialled_is_refused_before_it_is(address, words):
    found = told(of_url, address, policy=EgressPolicy())
    assert words in found
    assert "hush" not in found


def test_postgresql_does_not_go_round_the_operators_proxy():
    policy = EgressPolicy(proxy="http://proxy.example:3128")
    assert "goes through a proxy" in told(of_url, "postgresql://u:hush@8.8.8.8/x", policy=policy)


def test_a_server_that_never_answers_is_left():
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = []
        thread = threading.Thread(target=lambda: taken.append(server.accept()), daemon=True)
        thread.start()
        begun = time.monotonic()
        port = server.getsockname()[1]
        words = told(of_url, f"postgresql://u:hush@127.0.0.1:{port}/x", timeout_seconds=1.0)
        assert time.monotonic() - begun < 15
        assert "hush" not in words
        thread.join()
        taken[0][0].close()


def test_a_password_is_not_in_the_words_of_a_refusal(address):
    words = told(of_url, f"{address.rpartition('/')[0]}/no_such_database")
    assert "no_such_database" in words
    assert "hush" not in words


@pytest.mark.parametrize(
    "settings,words",
    [
        ({}, "either url or file"),
        ({"url": {"secret": "a"}, "file": "b"}, "either url or file"),
        ({"url": "postgresql://u:hush@h/x"}, "never the secret itself"),
        ({"file": "b", "max_rows": 0}, "max_rows"),
    ],
)
def test_settings_that_are_wrong_are_named(settings, words):
    given = {"date": "day", "series": [STOCK], "query": QUERY, **settings}
    found = " ".join(SqlSource().problems(a_source(kind="sql", settings=given)))
    assert words in found
    assert "hush" not in found
