"""Routes that take a file: larger than a form may be, and read only once it is known who sends it."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, abort, current_app, request

View = TypeVar("View", bound=Callable[..., object])

_MARK = "_heatwatch_most_bytes"
_FIELDS_BYTES = 64 * 1024


def takes_file(most_bytes: int) -> Callable[[View], View]:
    """Mark a view that takes a file of at most so many bytes; stands directly above the function."""

    def mark(view: View) -> View:
        setattr(view, _MARK, most_bytes + _FIELDS_BYTES)
        return view

    return mark


def most_bytes() -> int | None:
    """Return how many bytes the view that is asked for takes; None if it takes no file."""
    view = current_app.view_functions.get(request.endpoint or "")
    found: int | None = getattr(view, _MARK, None)
    return found


def install(app: Flask) -> None:
    """Let such a view's form be read; stands after the visitor is known."""
    app.before_request(_raise_limit)


def _raise_limit() -> None:
    most = most_bytes()
    if most is None:
        return
    request.max_content_length = most
    if any("\0" in text for _, text in request.values.items(multi=True)):
        abort(400)
