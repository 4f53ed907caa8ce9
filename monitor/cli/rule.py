"""`heatwatch rule`: what a rule would have told, on history as it was known then."""

from datetime import datetime, timedelta
from pathlib import Path

import click

from monitor.cli.ago import AGO
from monitor.cli.application import opened, print_json
from monitor.cli.moments import WRITTEN, end_of


@click.group()
def rule() -> None:
    """Test rules on history: when they would have fired, how often, how long before what happened."""


@rule.command()
@click.argument("slug", required=False)
@click.option(
    "--draft",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of [[rule]] tables, new or changed, beside those in force.",
)
@click.option("--since", type=AGO, help="A day, or how long before the end: 90d, 12w, 10y; default one year.")
@click.option("--until", type=WRITTEN, help="A UTC moment; a day is its end; default the subject's now.")
@click.option("--json", "as_json", is_flag=True, help="For programs; the format is in docs/time-machine.md.")
def test(
    slug: str | None,
    draft: Path | None,
    since: datetime | timedelta | None,
    until: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Run the rule SLUG, or the rules of a draft, over history as it was known at each moment."""
    from monitor.cli.definition_draft import show_preview, values_of
    from monitor.cli.preview_text import print_subject
    from monitor.services.preview_data import subject_data
    from monitor.services.time_machine import preview, try_rule

    if (slug is None) is (draft is None):
        raise click.UsageError("give the slug of a rule in force, or --draft with a file")
    with opened() as application, application.reading() as (session, now):
        end = end_of(until, now)
        if draft is not None:
            values = values_of((session, now), draft, kinds=("rule",))
            show_preview(preview(session, values, since=since, until=end, now=now), as_json=as_json)
            return
        found = try_rule(session, str(slug), since=since, until=end, now=now)
    if as_json:
        print_json(subject_data(found))
    else:
        print_subject(found, is_test=True)
