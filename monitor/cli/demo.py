"""`heatwatch demo`: the desk, a receiver and a replay of history together, in a data folder of its own."""

from collections.abc import Mapping
from datetime import UTC, datetime

import click

from monitor.bootstrap import Application, build
from monitor.cli.first_start import prepare
from monitor.cli.start import require_assets, require_free_address
from monitor.cli.up import PATIENCE_SECONDS, Supervisor
from monitor.config import load_settings

PARTS = ("receiver", "worker", "web")
DAYS_A_SECOND = 2.0
DAY_SECONDS = 86_400


@click.command()
@click.option("--subject", default="assimi-goita", show_default=True, help="Whose history is played.")
@click.option(
    "--from", "runs_from", type=click.DateTime(["%Y-%m-%d"]), default="2025-06-01", show_default=True
)
@click.option(
    "--to", "runs_until", type=click.DateTime(["%Y-%m-%d"]), default="2025-11-30", show_default=True
)
@click.option("--days-a-second", default=DAYS_A_SECOND, show_default=True, type=click.FloatRange(min=0.01))
def demo(subject: str, runs_from: datetime, runs_until: datetime, days_a_second: float) -> None:
    """Play history as an exercise and watch the alerts arrive in a local mailbox and webhook.

    The data lies in HEATWATCH_HOME/demo, apart from the desk's own. Every message is marked Exercise.

    To see a desk go blind, begin earlier (--from 2025-03-01) and cut all sources of the exercise off in the
    first minute: values age for four months before less than the least coverage is left, and heat Unknown.
    docs/operators.md has the commands.
    """
    import os

    environ = demo_environ(os.environ)
    os.environ.update(environ)
    settings = load_settings()
    require_assets()
    require_free_address("HEATWATCH_BIND", settings.bind, patience_seconds=PATIENCE_SECONDS)
    require_free_address("HEATWATCH_RECEIVER_BIND", settings.receiver_bind, patience_seconds=PATIENCE_SECONDS)
    prepare(settings)
    application = build(settings)
    try:
        add_receiver_channels(application)
        slug = _start(application, subject, runs_from, runs_until, days_a_second)
    finally:
        application.close()
    click.echo(
        f"Exercise   http://{settings.bind}/subjects/{slug}\nReceiver   http://{settings.receiver_bind}/"
    )
    Supervisor(settings, parts=PARTS).run()


def demo_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of a demo: its own folder, mail to the local receiver, loopback allowed."""
    settings = load_settings(environ)
    mail_host, _, mail_port = settings.receiver_smtp_bind.rpartition(":")
    return {
        "HEATWATCH_HOME": str(settings.home / "demo"),
        "HEATWATCH_SMTP_HOST": mail_host,
        "HEATWATCH_SMTP_PORT": mail_port,
        "HEATWATCH_SMTP_STARTTLS": "none",
        "HEATWATCH_EGRESS_ALLOW_CIDRS": "127.0.0.0/8,::1/128",
    }


def add_receiver_channels(application: Application) -> None:
    """Make a webhook and a mail channel to the local receiver, once; both take exercises."""
    from monitor.dev.arrivals import trust
    from monitor.domain.alerting.channel import Channel
    from monitor.services.add_channel import add_channel, channel_slugs

    settings = application.settings
    channels = (
        Channel(
            slug="receiver-webhook",
            name="Receiver, webhook",
            kind="webhook",
            settings={"url": f"http://{settings.receiver_bind}/hook/demo", "allow_http": True},
            takes_exercises=True,
        ),
        Channel(
            slug="receiver-mail",
            name="Receiver, mail",
            kind="email",
            settings={"recipients": ["desk@example.org"]},
            takes_exercises=True,
        ),
    )
    with application.writing() as (session, now):
        there = channel_slugs(session)
        for channel in channels:
            if channel.slug not in there:
                added = add_channel(
                    session, channel, secrets=application.secrets, actor="demo", now=now,
                    channel_kinds=application.channel_kinds,
                )  # fmt: skip
                if added.signing_secret:
                    trust(settings.home / "receiver", added.signing_secret)


def _start(
    application: Application, subject: str, runs_from: datetime, runs_until: datetime, days_a_second: float
) -> str:
    from monitor.services.exercise import start_exercise

    with application.database.write() as session:
        return start_exercise(
            session,
            subject,
            runs_from=runs_from.replace(tzinfo=UTC),
            runs_until=runs_until.replace(tzinfo=UTC, hour=23, minute=59, second=59),
            speed=days_a_second * DAY_SECONDS,
            now=application.database.now(session),
        )
