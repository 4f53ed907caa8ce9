"""Filters of an address that cannot be used fall back to none, with a note; a page is still a page."""

from collections.abc import Callable
from typing import TypeVar

from flask import flash

from monitor.domain.errors import InvalidInput
from monitor.domain.spoken import capital

View = TypeVar("View")


def forgiving(ask: Callable[..., View], **filters: str) -> View:
    """Ask for a view under the filters of an address, named as their errors name them; leave out bad ones."""
    try:
        return ask(**filters)
    except InvalidInput as error:
        if error.field not in filters:
            raise
        flash(f"{capital(str(error))}. “{filters.pop(error.field)}” in the address was left out.")
        return forgiving(ask, **filters)
