"""Import a file of incidents: stored by external id, all or only the good lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.source import Source
from monitor.packs.read_incidents import IncidentFile
from monitor.storage import audit, definitions, incidents


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentResult:
    """What a file of incidents said (`file`) and what became of it; nothing is stored where `refused`."""

    file: IncidentFile
    stored: int = 0
    unchanged: int = 0
    refused: str = ""


def import_incidents(
    session: Session, file: IncidentFile, *, source: str, author: str, now: datetime, keep_good: bool = False,
    is_dry_run: bool = False,
) -> IncidentResult:  # fmt: skip
    """Store a file's incidents under a source. NotFound for an unknown source.

    New ones count as known the source's publication lag after they happened, revised ones now. A file that
    is not whole leaves nothing behind unless `keep_good`; incidents that are not in it stay as they are.
    """
    found = {each.slug: each for each in definitions.find_all(session, Source)}.get(source)
    if found is None:
        raise NotFound(f"there is no source {source}")
    if is_dry_run:
        for _ in file.rows():
            pass
        return IncidentResult(file=file, refused=_refusal(file, keep_good=keep_good))
    savepoint = session.begin_nested()
    kept = incidents.keep_rows(
        session, source, _until_wrong(file, keep_good=keep_good), now=now,
        lag_days=found.publication_lag_days,
    )  # fmt: skip
    refused = _refusal(file, keep_good=keep_good)
    if refused:
        savepoint.rollback()
        return IncidentResult(file=file, refused=refused)
    savepoint.commit()
    if kept.changed:
        after = {"stored": kept.changed, "unchanged": kept.unchanged, "faults": file.wrong}
        audit.record(
            session, actor=author, action="incident.import", target=file.name, reason="", before=None,
            after=after, now=now,
        )  # fmt: skip
    return IncidentResult(file=file, stored=kept.changed, unchanged=kept.unchanged)


def _until_wrong(file: IncidentFile, *, keep_good: bool) -> Iterator[tuple[Any, ...]]:
    """Yield rows; after the first fault the rest is read for its faults alone, unless good lines are kept."""
    for part in file.rows():
        if keep_good or not file.wrong:
            yield from part


def _refusal(file: IncidentFile, *, keep_good: bool) -> str:
    if file.question:
        return file.question
    if file.wrong and not keep_good:
        return "some lines are wrong; nothing is stored unless the good ones are asked for"
    return ""
