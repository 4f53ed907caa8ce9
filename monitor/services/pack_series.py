"""Pack series: keep the columns of long series ready to be read, so that no one waits for their rows."""

from sqlalchemy.orm import Session

from monitor.storage import packed_series, series

COMPARED = 10


def is_packing_due(session: Session) -> bool:
    """Whether any series has enough new rows."""
    return packed_series.is_due(session)


def pack_series(session: Session) -> int:
    """Pack some series that have enough new rows, in one short transaction; return how many."""
    return packed_series.pack_due(session)


def repack_all(session: Session) -> None:
    """Drop every packed series: they are read from their rows until the worker has packed them again."""
    packed_series.forget(session)


def find_wrong_packed(session: Session) -> list[str]:
    """Compare a few packed series with their rows; return the keys of those that differ."""
    return series.keys_of(session, packed_series.find_wrong(session, most=COMPARED))
