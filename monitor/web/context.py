"""What a view may ask for: the application, a session, who is asking and what time it is."""

from contextlib import AbstractContextManager
from typing import cast

from flask import g

from monitor.api.context import application
from monitor.bootstrap import SessionAt
from monitor.domain.person import Person


def reading() -> AbstractContextManager[SessionAt]:
    """Open a read session; it comes with the database's time."""
    return application().reading()


def writing() -> AbstractContextManager[SessionAt]:
    """Open a write session, committed at the end; it comes with the database's time."""
    return application().writing()


def visitor() -> Person | None:
    """Return who is signed in."""
    return cast("Person | None", g.get("person"))


def signed_in() -> Person:
    """Return who is signed in, on a route that admits nobody else."""
    person = visitor()
    if person is None:
        raise LookupError("this route lets anonymous visitors in")
    return person
