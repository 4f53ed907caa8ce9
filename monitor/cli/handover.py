"""`heatwatch handover`: draft the handover of a shift, show, list and export handovers."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.application import actor, opened, print_json
from monitor.cli.ceilings import ceiling_of, ceiling_options
from monitor.cli.moments import WRITTEN, start_of

if TYPE_CHECKING:
    from monitor.domain.shifts.content import Content
    from monitor.services.overview.handovers import HandoverView


@click.group()
def handover() -> None:
    """Hand over a shift: draft from the state of the desk; people write, accept and sign it on its page."""


@handover.command()
@click.option("--rota", help="The rota whose shift it is; not needed where there is one or none.")
@click.option("--outgoing", default="", help="Who hands over, by address; needed unless --dry-run.")
@click.option("--incoming", default="", help="Who takes over; else whoever is on duty next, or anyone.")
@click.option("--since", type=WRITTEN, help="Since when; else since the last handover or the shift's start.")
@click.option("--dry-run", is_flag=True, help="Print what it would say, and keep nothing.")
def draft(*, rota: str | None, outgoing: str, incoming: str, since: datetime | None, dry_run: bool) -> None:
    """Draft the handover of a shift from the state of the desk."""
    from monitor.services.draft_handover import chosen_rota, drafted, start_handover
    from monitor.services.shift_span import shift_span

    if not outgoing and not dry_run:
        raise click.UsageError("say who hands over: --outgoing ADDRESS")
    with opened() as application:
        if dry_run:
            with application.reading() as (session, now):
                slug = chosen_rota(session) if rota is None else rota
                span = shift_span(session, rota=slug, outgoing=outgoing, now=now)
                content = drafted(session, since_at=start_of(since) or span.since_at, now=now)
            click.echo("\n".join(_content_lines(content)))
            return
        with application.writing() as (session, now):
            found = start_handover(
                session, by=actor(), now=now, rota=rota, outgoing=outgoing, incoming=incoming,
                since_at=start_of(since),
            )  # fmt: skip
    click.echo("\n".join(_content_lines(found.content)))
    to = found.incoming or "whoever accepts it"
    click.echo(f"\nhandover {found.id} is drafted, {outgoing} to {to}; its page lets them write and sign it")


@handover.command()
@click.argument("number", type=int, required=False)
@click.option("--version", type=int, help="As it stood at this version.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(number: int | None, *, version: int | None, as_json: bool) -> None:
    """Show a handover, by its NUMBER or the last one; exit code 1 if it is not what was signed."""
    from monitor.services.handover_text import handover_data

    view = _view(number, version)
    if as_json:
        print_json(handover_data(view.handover, names=view.names, rota=view.rota, handling=view.handling))
    else:
        found = view.handover
        click.echo(f"handover {found.id}, {view.state}: {view.outgoing} to {view.incoming or 'anyone'}")
        click.echo("\n".join(_content_lines(found.content, accepted={each.key for each in found.accepted})))
        for act in view.acts:
            click.echo(f"{act.at:%Y-%m-%d %H:%M}  {act.version:>3}  {act.by} {act.words}")
    if not view.handover.is_sound:
        raise click.ClickException("this is not what was signed: somebody changed the database")


@handover.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_handovers(*, as_json: bool) -> None:
    """Show the latest handovers, the newest first."""
    from monitor.services.list_handovers import handover_lines

    with opened() as application, application.reading() as (session, _):
        lines = handover_lines(session)
    if as_json:
        print_json(lines)
        return
    for line in lines:
        click.echo(
            f"{line['id']:>4}  {line['as_of'][:16].replace('T', ' ')}  {line['state']:<10}"
            f"{line['outgoing']} to {line['incoming'] or 'anyone'}, "
            f"{line['accepted']} of {line['items']} accepted"
        )


@handover.command()
@click.argument("number", type=int)
@click.option(
    "--format", "kind", type=click.Choice(["markdown", "json"]), default="markdown", show_default=True
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; else standard output.")
@ceiling_options
def export(number: int, *, kind: str, out: Path | None, ceiling: str | None, closed: bool) -> None:
    """Write the handover of this NUMBER as a document; refused where its data is marked too strictly."""
    from monitor.services.handover_text import handover_data, handover_markdown

    with opened() as application:
        most = ceiling_of(application.settings, ceiling, closed=closed)
    view = _view(number, None)
    if refusal := most.refusal(view.handling):
        raise click.ClickException(f"handover {number} is not written: {refusal}")
    known: dict[str, Any] = {"names": view.names, "rota": view.rota, "handling": view.handling}
    if kind == "markdown":
        text = "\n".join(handover_markdown(view.handover, **known))
        click.echo(text) if out is None else out.write_text(text + "\n", encoding="utf-8")
    elif out is None:
        print_json(handover_data(view.handover, **known))
    else:
        import orjson

        out.write_bytes(orjson.dumps(handover_data(view.handover, **known), option=orjson.OPT_INDENT_2))


def _view(number: int | None, version: int | None) -> "HandoverView":
    from monitor.services.list_handovers import latest_handover
    from monitor.services.overview.handovers import handover_page

    with opened() as application, application.reading() as (session, now):
        asked = latest_handover(session) if number is None else number
        return handover_page(session, asked, now=now, version=version)


def _content_lines(content: "Content", *, accepted: set[str] | None = None) -> Iterator[str]:
    span = f"{content.since_at:%Y-%m-%d %H:%M} to {content.as_of:%Y-%m-%d %H:%M} UTC"
    yield f"{content.situation.value}, {span}"
    yield content.narrative
    for item in content.items:
        mark = "" if accepted is None else "[x] " if item.key in accepted else "[ ] "
        yield f"  {mark}{item.name}: {item.headline} {item.text}".rstrip()
        for label, words in (("idea", item.idea), ("next", item.next_step), ("owner", item.owner)):
            if words:
                yield f"      {label}: {words}"
    for due in content.agenda:
        yield f"  {due.at:%Y-%m-%d %H:%M}  {due.text}"
