"""The sources that a TOML file of pack tables defines, for trying one out before it is installed."""

from dataclasses import dataclass
from pathlib import Path

from monitor.domain.problem import Problem
from monitor.domain.source import Source
from monitor.packs import shapes
from monitor.packs.build import Builder
from monitor.packs.check_shape import check_shape
from monitor.packs.toml_files import read_file


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesRead:
    """The sources of a file, and what is wrong with their tables; other tables are passed over."""

    sources: tuple[Source, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_sources(path: Path) -> SourcesRead:
    """Read the sources of a file; every fault is a problem naming line, table and key."""
    raws, problems = read_file(path)
    found: list[Source] = []
    for raw in raws:
        if raw.kind != "source":
            continue
        table, faults = check_shape(raw, shapes.SourceTable)
        problems += faults
        if table is not None:
            builder = Builder(raw=raw)
            found += [each for each in builder.definitions(table) if isinstance(each, Source)]
            problems += builder.problems
    if not found and not problems:
        problems.append(Problem(file=path.name, message="has no source", expected="a table [[source]]"))
    return SourcesRead(sources=tuple(found), problems=tuple(problems))
