"""Read the columns that a model is scored from: stored series, and those derived from other data."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from monitor.domain.model import Model
from monitor.domain.series import Columns
from monitor.storage import series


def read_columns(session: Session, model: Model, *, max_seq: int | None = None) -> dict[str, Columns]:
    """Return the columns of every series the model reads, by key, from rows up to `max_seq`."""
    return read_columns_of_all(session, [model], max_seq=max_seq)[0]


def read_columns_of_all(
    session: Session, models: Sequence[Model], *, max_seq: int | None = None
) -> list[dict[str, Columns]]:
    """Return the columns of each model, reading what they share once."""
    keys = sorted({key for model in models for key in model.series})
    stored = series.columns(session, keys, max_seq)
    return [{key: stored[key] for key in model.series} for model in models]
