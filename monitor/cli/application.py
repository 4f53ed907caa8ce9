"""The application object for a command, and printing for people and programs."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import orjson

from monitor.bootstrap import Application, build
from monitor.config import load_settings
from monitor.logs import set_up_logs


def actor() -> str:
    """Return who the audit log names for a command: the console, and the user of this machine."""
    try:
        return f"console:{getpass.getuser()}"
    except (KeyError, OSError):  # a container's user may have no name
        return "console"


@contextmanager
def opened(*, quiet: bool = True) -> Iterator[Application]:
    """Open the application for one command and close it afterwards; a missing schema is said plainly."""
    settings = load_settings()
    set_up_logs(settings, quiet=quiet)
    application = build(settings)
    try:
        application.require_schema()
        yield application
    finally:
        application.close()


def print_json(value: Any) -> None:
    """Print a value as indented JSON."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
    click.echo(orjson.dumps(value, option=options).decode())
