"""What an export may hold: its ceiling by option or setting, and what may not be passed on."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from monitor.config import Settings
from monitor.domain.marking import WORDS, Ceiling, parse_marking

Command = TypeVar("Command", bound=Callable[..., Any])


def ceiling_options(command: Command) -> Command:
    """Give a command the options `--ceiling` and `--closed`."""
    ceiling = click.option(
        "--ceiling",
        metavar="MARKING",
        callback=_checked,
        help=f"The strictest marking it may hold: {', '.join(WORDS)}; else HEATWATCH_EXPORT_CEILING.",
    )
    closed = click.option(
        "--closed", is_flag=True, help="It may hold what may not be passed on: it stays in the house."
    )
    return ceiling(closed(command))


def ceiling_of(settings: Settings, word: str | None, *, closed: bool) -> Ceiling:
    """Return the ceiling asked for, else the one that is set."""
    return Ceiling(marking=parse_marking(word or settings.export_ceiling), takes_closed=closed)


def _checked(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    try:
        return None if value is None else parse_marking(value).word
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
