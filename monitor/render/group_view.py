"""Group view: what a mail says about several alerts at once, the worst first."""

from typing import Any

from monitor.domain.alerting.delivery import Message
from monitor.domain.marking import parse_marking
from monitor.domain.scale import Concern
from monitor.domain.spoken import count, listed
from monitor.render.mail_view import INKS, ON_INKS
from monitor.render.notes import EXERCISE, Note, notes

_MOST_NAMED = 3


def group_view(message: Message) -> dict[str, Any]:
    """Return the values of the group's templates."""
    found = sorted(notes(message), key=lambda note: (note.is_over, -note.concern))
    worst = max((note.concern for note in found if not note.is_over), default=Concern.NORMAL)
    total = len(found) + message.truncated
    return {
        "title": _title(found, total),
        "concern": worst.word if worst else "resolved",
        "count": count(total, "alert"),
        "band_ground": INKS[worst],
        "band_ink": ON_INKS[worst],
        "alerts": [
            {"headline": note.headline.removeprefix(EXERCISE), "summary": note.summary, "link": note.link}
            for note in found
        ],
        "more": f"And {count(message.truncated, 'more event')}: see the desk." if message.truncated else "",
        "link": f"{message.base_url}/alerts",
        "marking": max(parse_marking(str(note.data["marking"])) for note in found).word,
        "is_exercise": message.is_exercise,
        "footer": f"Sent by Heatwatch to {message.recipient}, all that one route had to tell at once.",
    }


def _title(found: list[Note], total: int) -> str:
    """12 alerts: Assimi Goïta, Mali and 10 more."""
    names = list(dict.fromkeys(_name(note) for note in found))[:_MOST_NAMED]
    left = total - len(names)
    return f"{count(total, 'alert')}: {listed([*names, f'{left} more'] if left > 0 else names)}"


def _name(note: Note) -> str:
    return note.headline.removeprefix(EXERCISE).partition("] ")[2] or note.headline
