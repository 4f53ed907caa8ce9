"""States of messages, written out in statements: what is unfinished has an index of its own.

SQLite uses such an index only where a statement says the very words that the index was made with: neither a
parameter nor one of the two states alone will do. It prefers any index on a column that is compared or
sorted by, however much of history lies there: `bare` and `ranked` hide a column from it.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, literal
from sqlalchemy.orm import InstrumentedAttribute

from monitor.domain.alerting.delivery import DeliveryStatus, NotificationState
from monitor.storage.rows.deliveries import DeliveryRow, NotificationRow


def _word(state: str) -> ColumnElement[str]:
    return literal(state, literal_execute=True)


_WAITING, _HELD = _word(NotificationState.WAITING.value), _word(NotificationState.HELD.value)
_FORMED, _LEASED = _word(DeliveryStatus.FORMED.value), _word(DeliveryStatus.LEASED.value)


def is_open(row: type[NotificationRow] = NotificationRow) -> ColumnElement[bool]:
    """Return whether a notification waits or is held."""
    return row.state.in_([_WAITING, _HELD])


def is_unfinished(row: type[DeliveryRow] = DeliveryRow) -> ColumnElement[bool]:
    """Return whether a delivery is formed or leased."""
    return row.status.in_([_FORMED, _LEASED])


def is_formed(row: type[DeliveryRow] = DeliveryRow) -> ColumnElement[bool]:
    """Return whether a delivery is formed."""
    return and_(is_unfinished(row), row.status == _FORMED)


def is_leased(row: type[DeliveryRow] = DeliveryRow) -> ColumnElement[bool]:
    """Return whether a delivery is leased."""
    return and_(is_unfinished(row), row.status == _LEASED)


def bare(column: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return words as they are, past any index on them."""
    return column.concat("")


def ranked(column: InstrumentedAttribute[int]) -> ColumnElement[Any]:
    """Return a number to sort by, past any index on it."""
    return column + 0
