"""Pack series: keep the columns of long series ready to be read, so that no one waits for their rows."""

from sqlalchemy.orm import Session

from monitor.storage import packed_series


def is_packing_due(session: Session) -> bool:
    """Whether any series has enough new rows."""
    return packed_series.is_due(session)


def pack_series(session: Session) -> int:
    """Pack some series that have enough new rows, in one short transaction; return how many."""
    return packed_series.pack_due(session)
