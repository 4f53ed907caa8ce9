"""Import a file of values: what it says, what is wrong with it, and what of it was stored."""

from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.citation import Citation
from monitor.domain.errors import NotFound
from monitor.domain.gates import Quarantined
from monitor.domain.indicator import Indicator
from monitor.domain.reading_columns import ReadingColumns
from monitor.domain.source import Source
from monitor.packs.import_line import ImportContext
from monitor.packs.read_import import ImportOptions, ImportRead, read_import
from monitor.services.doubt_import import doubt_import
from monitor.storage import audit, definitions, observations


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What the file said (`read`) and what became of it; nothing is stored where `refused` says why.

    `doubtful` are the lines that do not pass the quality gates of their series.
    """

    read: ImportRead
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    refused: str = ""
    subjects: tuple[str, ...] = ()
    doubtful: tuple[tuple[int, Quarantined], ...] = ()

    @property
    def stored(self) -> int:
        """How many rows were written."""
        return self.new + self.revised + self.withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFile:
    """A file (its bytes, or where it lies), and what the person said about it."""

    name: str
    data: bytes | Path
    options: ImportOptions
    source: str = ""


def import_observations(
    session: Session, file: ImportFile, *, author: str, now: datetime, keep_good: bool = False,
    is_dry_run: bool = False, is_forced: bool = False,
) -> ImportResult:  # fmt: skip
    """Store a file's values, all or, with `keep_good`, the good lines. NotFound for an unknown source.

    A dry run reads and checks only; nothing unclear is ever guessed (`read.questions`). What does not pass
    its quality gates is stored only where that is forced.
    """
    indicators = {each.slug: each for each in definitions.find_all(session, Indicator)}
    read = read_import(file.data, _context(session, file, indicators, now=now), file.options)
    doubtful = _doubtful(session, read, now=now)
    left_out = () if is_forced else doubtful
    refused = _refusal(read, left_out, keep_good=keep_good)
    if refused or is_dry_run or not len(read.lines):
        return ImportResult(read=read, refused=refused, doubtful=doubtful)
    note = f"import {file.name}"
    added = [
        observations.add_columns(session, [columns], source=source, author=author, note=note, now=now)
        for source, columns in _by_source(read, file, indicators, left_out)
    ]
    result = ImportResult(
        read=read,
        new=sum(each.new for each in added),
        revised=sum(each.revised for each in added),
        unchanged=sum(each.unchanged for each in added),
        withdrawn=sum(each.withdrawn for each in added),
        subjects=tuple(sorted({slug for each in added for slug in each.subjects})),
        doubtful=doubtful,
    )
    if result.stored:
        after = {"stored": result.stored, "unchanged": result.unchanged, "faults": read.wrong}
        if doubtful:
            after |= {"doubtful": len(doubtful), "forced": int(is_forced)}
        audit.record(
            session, actor=author, action="observation.import", target=file.name, reason="",
            before=None, after=after, now=now,
        )  # fmt: skip
    return result


def _context(
    session: Session, file: ImportFile, indicators: Mapping[str, Indicator], *, now: datetime
) -> ImportContext:
    sources = {each.slug: each for each in definitions.find_all(session, Source)}
    if file.source and file.source not in sources:
        raise NotFound(f"there is no source {file.source}")
    used = {slug: sources.get(file.source or each.source) for slug, each in indicators.items()}
    return ImportContext(
        file=file.name,
        now=now,
        indicators=indicators,
        citations=frozenset(each.slug for each in definitions.find_all(session, Citation)),
        lags_days={slug: source.publication_lag_days for slug, source in used.items() if source},
    )


def _doubtful(session: Session, read: ImportRead, *, now: datetime) -> tuple[tuple[int, Quarantined], ...]:
    found = doubt_import(session, read.columns, now=now)
    return tuple(sorted(((int(read.lines[at]), each) for at, each in found), key=itemgetter(0)))


def _refusal(read: ImportRead, doubtful: Sized, *, keep_good: bool) -> str:
    if read.questions:
        return "the file cannot be read without an answer"
    if read.wrong and not keep_good:
        return "some lines are wrong; nothing is stored unless the good ones are asked for"
    if doubtful and not keep_good:
        return "some values do not pass their quality gates; they are stored only where that is forced"
    return ""


def _by_source(
    read: ImportRead,
    file: ImportFile,
    indicators: Mapping[str, Indicator],
    left_out: Iterable[tuple[int, Quarantined]],
) -> Iterator[tuple[str, ReadingColumns]]:
    """Part the readings by the source named, else by the one their indicator is read from."""
    columns = read.columns.rows(~np.isin(read.lines, [line for line, _ in left_out]))
    used = set(columns.series_index.tolist()) if len(columns) < len(read.lines) or read.wrong else None
    sources = [
        file.source or (indicators[key.partition(":")[0]].source if used is None or at in used else "")
        for at, key in enumerate(columns.series)
    ]
    names = sorted({name for name in sources if name})
    numbers = np.array([names.index(name) if name else -1 for name in sources])[columns.series_index]
    for number, name in enumerate(names):
        part = columns.rows(numbers == number)
        if len(part):
            yield name, part
