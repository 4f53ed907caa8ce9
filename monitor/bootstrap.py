"""Build the application object from settings; the one place that knows the concrete sources and channels."""

import hashlib
import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from monitor.channels.registry import channel_kinds
from monitor.config import Settings, given_secret, secret_keys, secret_variable
from monitor.domain.errors import ConfigError, SourceError
from monitor.domain.ports import ChannelKinds, Outside, SourceKinds
from monitor.egress.fetcher import PoliteFetchers
from monitor.egress.guard import EgressPolicy
from monitor.egress.ping import Ping
from monitor.sources.registry import source_kinds
from monitor.storage import source_secrets
from monitor.storage.engine import Database, open_database
from monitor.storage.schema import current_revision, head_revision, is_known
from monitor.storage.schema import migrate as migrate_database
from monitor.storage.secrets import SecretBox

# What an entry point hands to a service: a session, and the time it was opened at by the database's clock.
SessionAt = tuple[Session, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Everything a process needs, opened once.

    `ping` tells an outside monitor that this desk works, and returns what kept it from that.
    """

    settings: Settings
    database: Database
    outside: Outside
    channel_kinds: ChannelKinds
    secrets: SecretBox
    web_key: str
    worker_name: str
    ping: Callable[[], str] | None = None
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def source_kinds(self) -> SourceKinds:
        """The kinds of source there are that are fetched."""
        return self.outside.kinds

    @property
    def base_url(self) -> str:
        """Where links in messages lead: the address set, else where the web process listens."""
        return self.settings.base_url or f"http://{self.settings.bind}"

    def should_stop(self) -> bool:
        """Whether the process was asked to stop: finish what is under way, claim nothing new."""
        return self.stopping.is_set()

    @contextmanager
    def reading(self) -> Iterator[SessionAt]:
        """Open a session that refuses writes; yield it with the database's time."""
        with self.database.read() as session:
            yield session, self.database.now(session)

    @contextmanager
    def writing(self) -> Iterator[SessionAt]:
        """Open a session that is committed at the end; yield it with the database's time."""
        with self.database.write() as session:
            yield session, self.database.now(session)

    def require_schema(self) -> None:
        """Refuse a database that is empty or of another version, saying what to do."""
        if problem := schema_state(self.settings).problem:
            raise ConfigError(problem)

    def close(self) -> None:
        """Close the database."""
        self.database.dispose()


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaState:
    """Which revision the tables are at, and which one this program needs."""

    found: str | None
    wanted: str
    is_newer: bool = False

    @property
    def problem(self) -> str:
        """What keeps this program from the database, and what to do; empty if nothing does."""
        if self.found == self.wanted:
            return ""
        if self.found is None:
            return "the database has no tables yet; run `heatwatch up` or `heatwatch migrate` first"
        if self.is_newer:
            return (
                f"the database is at revision {self.found}, made by a newer Heatwatch than this one "
                f"(which knows up to {self.wanted}); run the newer program, or restore a backup from before"
            )
        return (
            f"the database is at revision {self.found}, this program needs {self.wanted}; "
            "back it up, then run `heatwatch migrate`"
        )


def schema_state(settings: Settings) -> SchemaState:
    """Compare the database's tables with what this program needs; DatabaseUnavailable if it is away."""
    found = current_revision(settings.effective_database_url)
    is_newer = found is not None and not is_known(found)
    return SchemaState(found=found, wanted=head_revision(), is_newer=is_newer)


def migrate(settings: Settings) -> SchemaState:
    """Bring the tables to the revision this program needs; return how they were before."""
    prepare_home(settings)
    before = schema_state(settings)
    if before.is_newer:
        raise ConfigError(before.problem)
    migrate_database(settings.effective_database_url)
    return before


def prepare_home(settings: Settings) -> None:
    """Make the home folder and see that files can be made in it; ConfigError says why not."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.home):
            pass
    except OSError as error:
        raise ConfigError(
            f"HEATWATCH_HOME={settings.home} cannot be written to: {error.strerror}. Give the folder to the "
            "user that runs Heatwatch, or set HEATWATCH_HOME to another one."
        ) from None


def build(settings: Settings) -> Application:
    """Open the database and fill the registries; no network, no thread."""
    prepare_home(settings)
    keys = secret_keys(settings)
    policy = EgressPolicy(allowed_networks=settings.egress_allow_cidrs, proxy=settings.egress_proxy)
    database, box = open_database(settings.effective_database_url), SecretBox(keys)
    return Application(
        settings=settings,
        database=database,
        outside=Outside(
            kinds=source_kinds(settings.watch_dir, policy),
            fetchers=PoliteFetchers(
                policy, contact=settings.contact or "", keeps=settings.raw_answer_days > 0
            ),
            secret=partial(_secret, settings, database, box),
            keeps_answers=settings.raw_answer_days > 0,
        ),
        channel_kinds=channel_kinds(settings, policy),
        secrets=box,
        web_key=hashlib.sha256(b"web forms " + keys[0].encode()).hexdigest(),
        worker_name=f"{socket.gethostname()}:{os.getpid()}",
        ping=Ping(policy, settings.ping_url) if settings.ping_url else None,
    )


def known_source_kinds(settings: Settings) -> SourceKinds:
    """Return the kinds there are, for looking at settings of sources where no database is open."""
    return source_kinds(settings.watch_dir)


def _secret(settings: Settings, database: Database, box: SecretBox, name: str) -> str:
    """Look a secret up where operators put one, each time anew; SourceError says all the places."""
    if (given := given_secret(settings, name)) is not None and given[0]:
        return given[0]
    with database.read() as session:
        value = source_secrets.value(session, name, box=box)
    if value is not None:
        return value
    folder = settings.secrets_dir or "the folder that HEATWATCH_SECRETS_DIR names"
    message = (
        f"there is no secret {name!r}: set {secret_variable(name)}, or lay a file {name} in {folder}, "
        f"or run `heatwatch secret set {name}`"
    )
    raise SourceError(message, permanent=True)
