"""How the database itself is: its version, its size, and whether its pages are whole."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session


def is_sqlite(session: Session) -> bool:
    """Whether this is a SQLite file."""
    return session.get_bind().dialect.name == "sqlite"


def server_version(session: Session) -> str:
    """Return the version of the engine, such as `16.4` or `3.46.1`."""
    statement = "SELECT sqlite_version()" if is_sqlite(session) else "SHOW server_version"
    return str(session.execute(text(statement)).scalar_one()).split()[0]


def damage(session: Session) -> list[str]:
    """Return what SQLite finds broken in its file; PostgreSQL has tools of its own for that."""
    if not is_sqlite(session):
        return []
    found = session.execute(text("PRAGMA quick_check(5)")).scalars()
    return [line for line in found if line != "ok"]


def size_bytes(session: Session) -> int:
    """Return how much room the database takes."""
    if not is_sqlite(session):
        return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    files = {name: file for _, name, file in session.execute(text("PRAGMA database_list"))}
    file = files["main"]
    return sum(path.stat().st_size for path in (Path(file), Path(f"{file}-wal")) if path.exists())
