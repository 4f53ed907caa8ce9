"""Who may use a route: every view says so, and one that does not is refused."""

from collections.abc import Callable
from enum import IntEnum
from typing import TypeVar

View = TypeVar("View", bound=Callable[..., object])

_MARK = "_heatwatch_access"


class Access(IntEnum):
    """What a visitor must be, from nobody in particular to admin."""

    ANYONE = 0
    READER = 1
    DESK = 2
    ADMIN = 3


def open_to(access: Access) -> Callable[[View], View]:
    """Mark a view with who may use it; stands directly above the function, below `@page.get(...)`."""

    def mark(view: View) -> View:
        setattr(view, _MARK, access)
        return view

    return mark


def access_of(view: Callable[..., object]) -> Access | None:
    """Return who may use a view; None if it never said."""
    return getattr(view, _MARK, None)
