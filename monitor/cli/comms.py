"""`heatwatch comms`: messages that people answer, to know that a channel reaches them."""

from dataclasses import asdict

import click

from monitor.cli.application import actor, opened, print_json
from monitor.domain.alerting.comms_check import CheckState

UNANSWERED = {CheckState.OVERDUE, CheckState.FAILED}


@click.group()
def comms() -> None:
    """Check that channels reach people: plan checks, send one, show what was answered."""


@comms.command()
@click.argument("slug")
@click.option("--every", type=click.IntRange(0, 366), required=True, help="Days; 0: no longer.")
@click.option("--reason", default="", help="Kept in the audit log.")
def plan(slug: str, every: int, reason: str) -> None:
    """Check the channel SLUG every so many days, the first time at once."""
    from monitor.services.plan_comms import plan_comms

    with opened() as application, application.writing() as (session, now):
        plan_comms(session, slug, every_days=every, actor=actor(), reason=reason, now=now)
    click.echo(f"{slug} is checked every {every} days" if every else f"{slug} is checked no longer")


@comms.command()
@click.argument("slug")
def check(slug: str) -> None:
    """Send a comms check through the channel SLUG now; exit code 1 if it is not taken."""
    from monitor.services.check_comms import check_now

    with opened() as application:
        with application.reading() as (_, now):
            pass
        checks = check_now(
            application.database, application.channel_kinds, slug,
            secrets=application.secrets, now=now, base_url=application.base_url,
        )  # fmt: skip
    for each in checks:
        taken = f"accepted; to be answered by {each.answer_by:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{each.recipient}: {each.error or taken}")
    if any(each.error for each in checks):
        raise SystemExit(1)


@comms.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_checks(*, as_json: bool) -> None:
    """Show what is checked how often, and the latest checks; exit code 1 if one is unanswered."""
    from monitor.services.plan_comms import comms_lines, comms_plans

    with opened() as application, application.reading() as (session, now):
        plans, lines = comms_plans(session), comms_lines(session, now=now)
    if as_json:
        checks = [{"state": line.state.value, **asdict(line.check)} for line in lines]
        print_json({"plans": [asdict(each) for each in plans.values()], "checks": checks})
    else:
        for each in plans.values():
            click.echo(f"{each.channel}: every {each.every_days} days, next {each.due_at:%Y-%m-%d %H:%M} UTC")
        for line in lines:
            done = line.check.confirmed_by or line.check.error
            click.echo(
                f"{line.check.sent_at:%Y-%m-%d %H:%M}  {line.check.channel:<20} {line.check.recipient:<32} "
                f"{line.state.value}{f' ({done})' if done else ''}"
            )
    if any(line.state in UNANSWERED for line in lines):
        raise SystemExit(1)
