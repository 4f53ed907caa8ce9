"""The `heatwatch` command: finds the command asked for and turns our errors into one clear line."""

import importlib
import sys

import click

from monitor import __version__
from monitor.domain.errors import MonitorError

# name -> (module, attribute): a command is imported only when it is asked for, since importing all of them
# takes over a second.
COMMANDS = {
    "up": ("monitor.cli.up", "up"),
    "web": ("monitor.cli.web", "web"),
    "worker": ("monitor.cli.worker", "worker"),
    "receiver": ("monitor.cli.receiver", "receiver"),
    "dev-sources": ("monitor.cli.dev_sources", "dev_sources"),
    "demo": ("monitor.cli.demo", "demo"),
    "replay": ("monitor.cli.replay", "replay"),
    "exercise": ("monitor.cli.exercise", "exercise"),
    "status": ("monitor.cli.status", "status"),
    "search": ("monitor.cli.search", "search"),
    "brief": ("monitor.cli.brief", "brief"),
    "explain": ("monitor.cli.explain", "explain"),
    "heat": ("monitor.cli.heat", "heat"),
    "ledger": ("monitor.cli.ledger", "ledger"),
    "flip": ("monitor.cli.flip", "flip"),
    "audit": ("monitor.cli.audit", "audit"),
    "suggest": ("monitor.cli.suggest", "suggest"),
    "forecast": ("monitor.cli.forecast", "forecast"),
    "subject": ("monitor.cli.subject", "subject"),
    "source": ("monitor.cli.source", "source"),
    "secret": ("monitor.cli.secret", "secret"),
    "quarantine": ("monitor.cli.quarantine", "quarantine"),
    "assess": ("monitor.cli.stages", "assess"),
    "deliver": ("monitor.cli.stages", "deliver"),
    "confirm": ("monitor.cli.confirm", "confirm"),
    "revisions": ("monitor.cli.revisions", "revisions"),
    "observe": ("monitor.cli.observe", "observe"),
    "withdraw": ("monitor.cli.withdraw", "withdraw"),
    "incident": ("monitor.cli.incident", "incident"),
    "import": ("monitor.cli.import_file", "import_file"),
    "pack": ("monitor.cli.pack", "pack"),
    "index": ("monitor.cli.index", "index"),
    "definition": ("monitor.cli.definition", "definition"),
    "rule": ("monitor.cli.rule", "rule"),
    "comms": ("monitor.cli.comms", "comms"),
    "channel": ("monitor.cli.channel", "channel"),
    "delivery": ("monitor.cli.delivery", "delivery"),
    "route": ("monitor.cli.route", "route"),
    "alert": ("monitor.cli.alert", "alert"),
    "silence": ("monitor.cli.silence", "silence"),
    "mute-window": ("monitor.cli.mute_window", "mute_window"),
    "escalation": ("monitor.cli.escalation", "escalation"),
    "subscription": ("monitor.cli.subscription", "subscription"),
    "approval": ("monitor.cli.approval", "approval"),
    "handover": ("monitor.cli.handover", "handover"),
    "log": ("monitor.cli.log", "log"),
    "oncall": ("monitor.cli.oncall", "oncall"),
    "user": ("monitor.cli.user", "user"),
    "doctor": ("monitor.cli.doctor", "doctor"),
    "verify": ("monitor.cli.verify", "verify"),
    "migrate": ("monitor.cli.migrate", "migrate"),
    "repack": ("monitor.cli.repack", "repack"),
}


class Commands(click.Group):
    """A group whose commands are looked up in `COMMANDS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(cmd_name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="heatwatch")
@click.option("--supervised", is_flag=True, hidden=True, help="Stop once standard input is closed.")
def heatwatch(*, supervised: bool) -> None:
    """Watch risk indicators: heat levels with reasons, and alerts that arrive.

    Settings are environment variables with the prefix HEATWATCH_; docs/settings.md lists them.
    """
    if supervised:
        from monitor.cli.supervised import stop_with_supervisor

        stop_with_supervisor()


def main() -> None:
    """Run the command; an expected error is one line on stderr and exit code 1."""
    try:
        heatwatch(prog_name="heatwatch")
    except MonitorError as error:
        click.echo(f"heatwatch: {error}", err=True)
        sys.exit(1)
