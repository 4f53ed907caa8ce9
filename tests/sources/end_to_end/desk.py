"""A desk whose sources ask the stand-ins: the rehearsal's fragments as a pack, run as the worker does."""

import time
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network

import tomli_w

from monitor.bootstrap import build
from monitor.cli.rehearsal import rehearsal_texts
from monitor.config import load_settings
from monitor.dev.sources.fragments import render
from monitor.dev.sources.registry import STAND_INS
from monitor.domain.errors import SourceError
from monitor.domain.source import Source
from monitor.egress.attempts import Way
from monitor.egress.fetcher import PoliteFetchers
from monitor.egress.guard import EgressPolicy
from monitor.egress.politeness import Hosts
from monitor.packs.read_pack import read_pack
from monitor.services.install_pack import install_pack
from monitor.services.observe import observe
from monitor.storage import definitions, incidents, runs
from monitor.storage import series as series_storage
from monitor.storage.engine import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECRETS = {name: value for stand_in in STAND_INS for name, value in stand_in.secrets.items()}
HEAD = {"slug": "rehearsal", "name": "Rehearsal", "licence": "as each source says"}


def secret(name):
    """The secrets that the stand-ins accept; others are not there."""
    if name not in SECRETS:
        raise SourceError(f"there is no secret {name}", permanent=True)
    return SECRETS[name]


class Desk:
    """Application, server and clock of one test; nothing sleeps, loopback alone is open."""

    def __init__(self, folder, database_url, server):
        self.folder, self.server, self.now = folder, server, NOW
        self.edition, self.slugs = 0, []
        self.application = build(
            load_settings({"HEATWATCH_HOME": str(folder / "home"), "HEATWATCH_DATABASE_URL": database_url})
        )
        policy = EgressPolicy(allowed_networks=(ip_network("127.0.0.0/8"),))
        quick = _NoWaiting()
        hosts = Hosts(clock=quick.clock, sleep=quick.sleep)
        way = Way(
            agent="heatwatch/test (desk@example.org)", hosts=hosts, clock=quick.clock, sleep=quick.sleep
        )
        self.application = replace(
            self.application,
            outside=replace(
                self.application.outside, fetchers=PoliteFetchers(policy, way=way), secret=secret
            ),
        )
        self.database = self.application.database

    def install(self, *fragments, settings=None, **values):
        """Install fragments as one pack; `settings` and `values` change the first source's tables."""
        self.edition += 1
        tables = {"pack": {**HEAD, "version": str(self.edition)}}
        texts = rehearsal_texts()
        for name in fragments or texts:
            for kind, rows in tomllib.loads(render(texts[name], self.server.base)).items():
                tables.setdefault(kind, []).extend(rows)
        for each in tables["source"]:
            each["settings"]["pause_seconds"] = 0
        first = tables["source"][0]
        first.update(values)
        first["settings"].update(settings or {})
        folder = self.folder / "rehearsal"
        folder.mkdir(exist_ok=True)
        (folder / "pack.toml").write_text(tomli_w.dumps(tables))
        read = read_pack(folder)
        assert read.problems == (), read.problems
        with self.database.write() as session:
            install_pack(session, read.pack, author="test", now=self.now)
        self.slugs = [source["slug"] for source in tables["source"]]
        return self.slugs

    def observe(self, slug):
        """Ask one source now, as the worker does; return how it went."""
        return observe(self.database, self.application.outside, slug)

    def source(self, slug):
        """Return a source's definition."""
        with self.database.read() as session:
            return definitions.get(session, Source, slug)

    def values(self, series):
        """Return the values in force of a series by the start of their period; nan is withdrawn."""
        with self.database.read() as session:
            rows = series_storage.columns(session, [series])[series]
        starts = [datetime.fromtimestamp(start, UTC) for start in rows.period_start.tolist()]
        return dict(zip(starts, rows.value.tolist(), strict=True))

    def incidents(self, slug):
        """Return a source's incidents in force by external id."""
        with self.database.read() as session:
            return incidents.of_source(session, slug)

    def stored(self):
        """Return all values in force and all incidents, by series and by source."""
        with self.database.read() as session:
            keys = [str(key) for key in series_storage.find_all(session)]
            found = {slug: incidents.of_source(session, slug) for slug in self.slugs}
        return {**{key: self.values(key) for key in keys}, **found}

    def last_run(self, slug):
        """Return the newest run of a source."""
        with self.database.read() as session:
            return runs.last(session, [slug]).get(slug)

    def has_ended(self, slug):
        """Whether a source was asked and its run came to an end."""
        run = self.last_run(slug)
        return run is not None and run.ended_at is not None

    def close(self):
        """Close the database."""
        self.application.close()


def stand_still(monkeypatch, desk):
    """Let the database's clock be the desk's."""
    monkeypatch.setattr(Database, "now", lambda _database, _session: desk.now)


class _NoWaiting:
    """A clock that sleeping moves on: pauses are kept, and nobody waits for them."""

    def __init__(self):
        self._slept = 0.0

    def clock(self):
        return time.monotonic() + self._slept

    def sleep(self, seconds):
        self._slept += seconds
