"""Write the shift log: add an entry, or correct one by another; nothing in it is ever changed."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.shifts.log_entry import LogEntry
from monitor.storage import alerts, log_entries, snapshot


def write_log(
    session: Session,
    text: str,
    *,
    by: str,
    now: datetime,
    at: datetime | None = None,
    subject: str = "",
    alert: str = "",
) -> LogEntry:
    """Store what happened, now or at a time; `alert` is a fingerprint or an episode's id.

    An entry on an alert is on its subject too, unless another is named. InvalidInput names the field.
    """
    episode_id, watched = _episode(session, alert) if alert else ("", "")
    subject = subject or watched
    if subject and subject not in snapshot.current(session).subjects:
        raise InvalidInput(phrase("there is no subject {subject}", subject=subject), field="subject")
    entry = LogEntry(
        at=at or now, stored_at=now, author=by, text=text.strip(), subject=subject, episode_id=episode_id
    )
    return log_entries.add(session, entry)


def correct_log(session: Session, number: int, text: str, *, by: str, now: datetime) -> LogEntry:
    """Correct an entry, or what corrected it, by another entry; NotFound, InvalidInput."""
    found = log_entries.get(session, number)
    first = found if found.corrects is None else log_entries.get(session, found.corrects)
    entry = LogEntry(
        at=first.at, stored_at=now, author=by, text=text.strip(), subject=first.subject,
        episode_id=first.episode_id, corrects=first.id,
    )  # fmt: skip
    return log_entries.add(session, entry)


def _episode(session: Session, key: str) -> tuple[str, str]:
    """Return the episode that a key names, and its subject."""
    found = alerts.find(session, key)
    episode_id = key if found is None else found.episode_id
    episode = alerts.episodes(session, [episode_id]).get(episode_id)
    if episode is None:
        raise InvalidInput(phrase("there is no alert {key}", key=key), field="alert")
    return episode.id, episode.subject
