"""`heatwatch source token`: which programs may push to a source."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from monitor.cli.application import actor, opened, print_json

if TYPE_CHECKING:
    from monitor.domain.source_token import SourceToken

_ALL = "all"


@click.command()
@click.argument("slug")
@click.option(
    "--list", "as_list", is_flag=True, help="Show the tokens there were, and when each was last used."
)
@click.option(
    "--revoke", is_flag=False, flag_value=_ALL, default="", help="End the token of this number, or all."
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def token(*, slug: str, as_list: bool, revoke: str, as_json: bool) -> None:
    """Make a token that may push to the source SLUG, and print it once. Older ones stay valid."""
    if revoke:
        _revoke(slug, revoke)
    elif as_list:
        _list(slug, as_json=as_json)
    else:
        _issue(slug, as_json=as_json)


def _issue(slug: str, *, as_json: bool) -> None:
    from monitor.services.source_tokens import issue_token

    with opened() as application, application.writing() as (session, now):
        made = issue_token(session, slug, actor=actor(), now=now)
    if as_json:
        print_json({"source": slug, "token": made})
        return
    click.echo(f"token of source {slug}, shown once: {made}")
    click.echo(f"send it as `Authorization: Bearer {made[:8]}…` to /api/v1/sources/{slug}/…")


def _list(slug: str, *, as_json: bool) -> None:
    from monitor.services.source_tokens import list_tokens

    with opened() as application, application.reading() as (session, _):
        found = list_tokens(session, slug)
    if as_json:
        print_json([asdict(each) for each in found])
        return
    for each in found:
        click.echo(_line(each))


def _line(found: "SourceToken") -> str:
    used = (
        "never used" if found.last_used_at is None else f"last used {found.last_used_at:%Y-%m-%d %H:%M} UTC"
    )
    state = "" if found.revoked_at is None else f", revoked {found.revoked_at:%Y-%m-%d %H:%M} UTC"
    return f"{found.id:<6} made {found.created_at:%Y-%m-%d %H:%M} UTC by {found.created_by}, {used}{state}"


def _revoke(slug: str, which: str) -> None:
    from monitor.services.source_tokens import revoke_tokens

    if which != _ALL and not which.isdecimal():
        raise click.BadParameter(f"{which} is no number of a token; --list shows them", param_hint="--revoke")
    number = None if which == _ALL else int(which)
    with opened() as application, application.writing() as (session, now):
        count = revoke_tokens(session, slug, token_id=number, actor=actor(), now=now)
    click.echo(f"{count} token{'s' if count > 1 else ''} of source {slug} revoked")
