"""Structured log lines on stderr, for people or as JSON."""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor

from monitor.config import Settings


def set_up_logs(settings: Settings, *, quiet: bool = False) -> None:
    """Send all logging through structlog; `quiet` keeps only warnings (for commands)."""
    level = logging.WARNING if quiet else getattr(logging, settings.log_level.upper())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if settings.log_format == "json" else _unchanged,
    ]
    is_json = settings.log_format == "json"
    # A plain traceback: the default one shows local variables, and some of those are secrets.
    console = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    renderer = structlog.processors.JSONRenderer() if is_json else console
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
    # A tick that is skipped because the last one still drains is no news: what is due lies in the database.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _unchanged(_logger: object, _name: str, event: EventDict) -> EventDict:
    return event
