"""Export a pack as it stands here, edits included, to a folder that reads and installs back unchanged."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from monitor.domain.derivations.derived import plan
from monitor.domain.derivations.member import SUBJECT
from monitor.domain.errors import Conflict, NotFound
from monitor.domain.marking import OPEN, Ceiling, Marking, handling_of
from monitor.domain.observation import Observation, Reading
from monitor.domain.pack import HistoryFile, IncidentFile, Pack
from monitor.domain.scale import RISK, STANDING
from monitor.domain.source import Source
from monitor.packs.write_pack import write_pack
from monitor.storage import definitions, incidents, observations, series
from monitor.storage.installed import installed

T = TypeVar("T")
_NO_CEILING = Ceiling(marking=Marking.RED, takes_closed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult:
    """What was written; `left_out` counts values no citation vouches for, which a pack may not hold.

    `withheld` are the sources whose values and incidents may not be in it: name, how many, why.
    """

    files: tuple[str, ...]
    definitions: int
    values: int
    incidents: int
    left_out: int
    withheld: tuple[tuple[str, int, str], ...] = ()


def export_pack(session: Session, slug: str, folder: Path, *, ceiling: Ceiling = _NO_CEILING) -> ExportResult:
    """Write the pack and all that was added to its subjects, without data above the ceiling.

    NotFound if it is not installed, Conflict if the folder is not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} is not an empty folder")
    export = _Export(session, slug, ceiling)
    pack, left_out = export.pack()
    files = write_pack(pack, folder)
    return ExportResult(
        files=tuple(files),
        definitions=sum(1 for _ in pack.definitions),
        values=sum(len(each.readings) for each in pack.history),
        incidents=sum(len(each.incidents) for each in pack.incidents),
        left_out=left_out,
        withheld=tuple((name, count, why) for (name, why), count in sorted(export.withheld.items())),
    )


class _Export:
    """Gathers what a pack brought, what hangs on its subjects, and what those refer to."""

    def __init__(self, session: Session, slug: str, ceiling: Ceiling) -> None:
        self.session = session
        self.slug = slug
        self.ceiling = ceiling
        self.withheld: dict[tuple[str, str], int] = {}
        here = installed(session)
        if ("pack_edition", slug) not in here:
            raise NotFound(f"no pack {slug} is installed")
        self.own = {key for key, each in here.items() if each.pack == slug and each.body is not None}
        self.all = definitions.load_all(session)
        self.handling = {slug: handling_of(source) for slug, source in self.all.sources.items()}

    def pack(self) -> tuple[Pack, int]:
        """Return the pack and how many values had to be left out."""
        here, own = self.all, self._own
        subjects = own("subject", here.subjects)
        names = {subject.slug for subject in subjects}
        placements = [each for each in here.placements.values() if each.subject in names]
        rules = [each for each in here.rules.values() if each.subject in names]
        events = [each for each in here.events.values() if set(each.subjects) <= names]
        statements = [each for each in here.statements.values() if each.subject in names]
        needed = self._indicators_of({each.series for each in placements})
        indicators = own("indicator", here.indicators, also=needed)
        history, left_out = self._history({each.slug for each in indicators})
        reports = self._incidents(own("source", here.sources))
        cited = {each.citation for each in events} | {each.citation for each in statements}
        cited |= {reading.citation for file in history for reading in file.readings}
        sourced = {each.source for each in indicators} | {each.source for each in history}
        sourced |= {each.source for each in reports}
        edition = here.pack_editions[self.slug]
        return Pack(
            slug=edition.slug, name=edition.name, version=edition.version, licence=edition.licence,
            description=edition.description, data_until=edition.data_until,
            citations=own("citation", here.citations, also=cited),
            sources=own("source", here.sources, also=sourced),
            scales=tuple(
                each
                for each in own("scale", here.scales, also={subject.scale for subject in subjects})
                if each not in (STANDING, RISK)
            ),
            indicators=indicators, subjects=subjects, placements=tuple(placements),
            weight_sets=tuple(each for each in here.weight_sets.values() if each.subject in names),
            rules=tuple(rules), routings=own("routing", here.routings),
            events=tuple(events), statements=tuple(statements),
            history=history, incidents=reports,
        ), left_out  # fmt: skip

    def _indicators_of(self, keys: Collection[str]) -> set[str]:
        """Return the indicators of some series and of all that those are reckoned from."""
        read = plan(keys, self.all.indicators)
        every = {*read.stored, *(each.key for each in read.derived)}
        return {key.partition(":")[0] for key in every} - {SUBJECT}

    def _own(self, kind: str, here: Mapping[str, T], *, also: Collection[str] = ()) -> tuple[T, ...]:
        return tuple(value for slug, value in here.items() if (kind, slug) in self.own or slug in also)

    def _history(self, indicators: Collection[str]) -> tuple[tuple[HistoryFile, ...], int]:
        by_source: dict[str, list[Reading]] = {}
        left_out = 0
        for key in series.find_all(self.session):
            if key.indicator not in indicators or "@" in key.unit:
                continue
            for each in _one_a_revision(observations.history(self.session, str(key))):
                if self._is_withheld(each.source, 1):
                    continue
                if self._is_vouched_for(each):
                    by_source.setdefault(each.source, []).append(each.reading)
                else:
                    left_out += 1
        files = (
            HistoryFile(file=f"history/{source}.csv", source=source, readings=tuple(readings))
            for source, readings in sorted(by_source.items())
        )
        return tuple(files), left_out

    def _is_withheld(self, slug: str, count: int) -> bool:
        """Whether data of a source may not be in the pack; note how much."""
        why = self.ceiling.refusal(self.handling.get(slug, OPEN))
        if why and count:
            name = self.all.sources[slug].name
            self.withheld[name, why] = self.withheld.get((name, why), 0) + count
        return bool(why)

    def _is_vouched_for(self, each: Observation) -> bool:
        reading = each.reading
        is_cited = reading.citation in self.all.citations and each.source in self.all.sources
        return is_cited and reading.known_at >= reading.period_start

    def _incidents(self, sources: Iterable[Source]) -> tuple[IncidentFile, ...]:
        found = ((source.slug, incidents.of_source(self.session, source.slug)) for source in sources)
        return tuple(
            IncidentFile(
                file=f"history/incidents-{source}.csv",
                source=source,
                incidents=tuple(items.values()),
                covered=tuple(incidents.coverage(self.session, source)),
            )
            for source, items in found
            if items and not self._is_withheld(source, len(items))
        )


def _one_a_revision(rows: Iterable[Observation]) -> list[Observation]:
    """Keep the last row of each period and revision, oldest period first: a file has one line for it."""
    last: dict[tuple[datetime, datetime, int], Observation] = {}
    for each in sorted(rows, key=lambda row: row.seq):
        reading = each.reading
        last[reading.period_start, reading.period_end, reading.source_revision] = each
    return [last[key] for key in sorted(last)]
