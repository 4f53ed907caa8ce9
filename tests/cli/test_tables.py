"""Tables in a pipe are not cut to the width of a terminal that is not there."""

import pytest
from rich.table import Table

from monitor.cli.tables import print_table

LONG = " ".join(["a long name"] * 30)


@pytest.fixture
def table():
    found = Table("name", "value", box=None)
    found.add_row(LONG, "1")
    found.add_row("short", "2")
    return found


def test_a_pipe_gets_every_row_on_one_line_in_full(table, capsys):
    print_table(table)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines] == ["value", "1", "2"]
    assert LONG in lines[1]
    assert max(map(len, lines)) < len(LONG) + 20


def test_a_terminal_gets_its_own_width(table, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    print_table(table)
    said = capsys.readouterr().out
    assert LONG not in said
    assert len(said.splitlines()) > len(LONG) // 60
