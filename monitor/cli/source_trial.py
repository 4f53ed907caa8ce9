"""`heatwatch source test`: what a source, or a draft of one, says now; nothing is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.application import opened, print_json
from monitor.domain.source import Source

if TYPE_CHECKING:
    from monitor.bootstrap import Application
    from monitor.services.try_source import Tried

_SHOWN = 20


@click.command()
@click.argument("slug", required=False)
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file with the source's table; SLUG says which, where it has several.",
)
@click.option("--all", "show_all", is_flag=True, help=f"Every reading and incident, not the first {_SHOWN}.")
@click.option("--json", "as_json", is_flag=True, help="All of it, for programs.")
def test(slug: str | None, *, file: Path | None, show_all: bool, as_json: bool) -> None:
    """Ask the source SLUG now and show what its answer holds; nothing is stored.

    Exit code 1 if it gave nothing because something is wrong.
    """
    from monitor.services.try_source import try_source

    with opened() as application:
        source = _source(application, slug, file)
        tried = try_source(application.database, application.outside, source)
    if as_json:
        print_json(_data(tried))
    else:
        for line in _lines(tried, most=None if show_all else _SHOWN):
            click.echo(line)
    if tried.error:
        raise SystemExit(1)


def _source(application: "Application", slug: str | None, file: Path | None) -> Source:
    if file is None:
        if slug is None:
            raise click.UsageError("name a source, or a file with --file")
        from monitor.services.one_source import source_of

        with application.reading() as (session, _):
            return source_of(session, slug)
    from monitor.packs.read_sources import read_sources

    found = read_sources(file)
    if found.problems:
        raise click.ClickException("\n".join(map(str, found.problems)))
    meant = [each for each in found.sources if slug in {None, each.slug}]
    if len(meant) != 1:
        names = ", ".join(each.slug for each in found.sources)
        raise click.UsageError(f"{file} defines {names}: name one of them")
    return meant[0]


def _lines(tried: "Tried", *, most: int | None) -> Iterator[str]:
    for answer in tried.answers:
        yield f"{answer.method} {answer.url}: {answer.status}, {answer.size:,} bytes"
    if tried.error:
        yield f"error: {tried.error}"
        return
    harvest = tried.harvest
    yield (
        f"{len(tried.readings)} readings would be stored, {len(tried.quarantined)} would wait in quarantine, "
        f"{len(harvest.incidents)} incidents, {len(harvest.withdrawn)} withdrawn, "
        f"{len(harvest.rejected)} rejected, in {tried.seconds:.1f} s"
    )
    if harvest.note:
        yield f"note: {harvest.note}"
    if harvest.is_late:
        yield "late: what it should have by now is not there"
    yield from _some("readings", [_reading(each) for each in tried.readings], most)
    waiting = [f"{_reading(each.reading)}  {each.reason}" for each in tried.quarantined]
    yield from _some("would wait", waiting, most)
    yield from _some("incidents", [_incident(each) for each in harvest.incidents], most)
    rejected = [f"{each.where}: {each.reason} ({each.text})" for each in harvest.rejected]
    yield from _some("rejected", rejected, most)


def _some(heading: str, lines: Sequence[str], most: int | None) -> Iterator[str]:
    if not lines:
        return
    yield f"\n{heading}:"
    shown = lines if most is None else lines[:most]
    yield from (f"  {line}" for line in shown)
    if len(shown) < len(lines):
        yield f"  and {len(lines) - len(shown)} more; --all shows them"


def _reading(each: Any) -> str:
    value = "withdrawn" if each.value is None else f"{each.value:g}"
    bounds = "" if each.low is None and each.high is None else f" ({each.low} to {each.high})"
    period = f"{each.period_start:%Y-%m-%d} to {each.period_end:%Y-%m-%d}"
    return f"{each.series:<40} {period}  {value}{bounds}  known {each.known_at:%Y-%m-%d %H:%M}"


def _incident(each: Any) -> str:
    place = "/".join(filter(None, [each.country, each.admin1]))
    return f"{each.external_id:<20} {each.happened_on:%Y-%m-%d}  {place}  {each.kind}  {each.actor}".rstrip()


def _data(tried: "Tried") -> dict[str, Any]:
    harvest = tried.harvest
    return {
        "source": tried.source,
        "error": tried.error,
        "seconds": round(tried.seconds, 3),
        "requests": [
            {"method": each.method, "url": each.url, "status": each.status, "bytes": each.size}
            for each in tried.answers
        ],
        "readings": [asdict(each) for each in tried.readings],
        "quarantined": [
            {"gate": each.gate.value, "reason": each.reason, "reading": asdict(each.reading)}
            for each in tried.quarantined
        ],
        "incidents": [asdict(each) for each in harvest.incidents],
        "withdrawn": list(harvest.withdrawn),
        "covered": [asdict(each) for each in harvest.covered],
        "rejected": [asdict(each) for each in harvest.rejected],
        "is_late": harvest.is_late,
        "note": harvest.note,
    }
