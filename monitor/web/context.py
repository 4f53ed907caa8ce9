"""What a view may ask for: the application, a session, who is asking and what time it is."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import cast

from flask import g

from monitor.api.context import application
from monitor.bootstrap import SessionAt
from monitor.domain.person import Person
from monitor.domain.wording import ENGLISH, speaking


def reading() -> AbstractContextManager[SessionAt]:
    """Open a read session; it comes with the database's time."""
    return application().reading()


@contextmanager
def writing() -> Iterator[SessionAt]:
    """Open a write session, committed at the end; it comes with the database's time.

    What is stored has several readers: meanwhile all is said in English, and a phrase is told again later.
    """
    with speaking(ENGLISH), application().writing() as opened:
        yield opened


def visitor() -> Person | None:
    """Return who is signed in."""
    return cast("Person | None", g.get("person"))


def signed_in() -> Person:
    """Return who is signed in, on a route that admits nobody else."""
    person = visitor()
    if person is None:
        raise LookupError("this route lets anonymous visitors in")
    return person
