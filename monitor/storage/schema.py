"""The version of the tables: what it is, what it should be, and how to get there."""

import re
from pathlib import Path

from sqlalchemy import MetaData, Table, inspect, select
from sqlalchemy.engine import Engine

from monitor.paths import migrations_folder
from monitor.storage.engine import migration_engine
from monitor.storage.trouble import in_our_words

_ASSIGNMENT = re.compile(r"^(revision|down_revision)\b[^=]*= (?:\"([^\"]+)\"|None)", re.MULTILINE)


def migrate(url: str, *, to: str = "head") -> None:
    """Bring the tables to the newest revision (or another); at once, or not at all."""
    if to == "head" and current_revision(url) == head_revision():
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    # Not through an option: the address may hold a password, and options end up in messages.
    config.attributes["url"] = url
    if to == "head":
        command.upgrade(config, to)
    else:
        command.downgrade(config, to)


def current_revision(url: str) -> str | None:
    """Return the revision the database is at; None for one without tables, or not yet there."""
    engine = migration_engine(url)
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists():
        return None
    try:
        with in_our_words(engine.url):
            return _read_revision(engine)
    finally:
        engine.dispose()


def is_known(revision: str) -> bool:
    """Whether this program has the files of a revision; if not, a newer program made the tables."""
    return revision in _revisions()[0]


def head_revision() -> str:
    """Return the revision this program needs, read from the files without loading Alembic."""
    revisions, parents = _revisions()
    (head,) = revisions - parents
    return head


def _revisions() -> tuple[set[str], set[str]]:
    """Return all revisions, and those that another one follows."""
    revisions: set[str] = set()
    parents: set[str] = set()
    for path in (migrations_folder() / "versions").glob("*.py"):
        found = dict(_ASSIGNMENT.findall(path.read_text(encoding="utf-8")))
        revisions.add(found["revision"])
        parents.add(found.get("down_revision", ""))
    return revisions, parents


def _read_revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        table = Table("alembic_version", MetaData(), autoload_with=connection)
        return connection.execute(select(table.c.version_num)).scalar_one_or_none()
