"""Group view: what a mail says about several alerts at once, the worst first."""

from dataclasses import replace
from typing import Any

from monitor.domain.alerting.delivery import Message
from monitor.domain.marking import parse_marking
from monitor.domain.scale import Concern
from monitor.domain.spoken import listed
from monitor.domain.wording import say, say_many
from monitor.render.mail_view import INKS, ON_INKS
from monitor.render.notes import Note, notes

_MOST_NAMED = 3


def group_view(message: Message) -> dict[str, Any]:
    """Return the values of the group's templates."""
    # The title says once that it is an exercise.
    found = sorted(notes(replace(message, is_exercise=False)), key=lambda note: (note.is_over, -note.concern))
    worst = max((note.concern for note in found if not note.is_over), default=Concern.NORMAL)
    total = len(found) + message.truncated
    return {
        "title": _title(found, total),
        "concern": worst.said if worst else say("resolved"),
        "count": say_many("{n} alert", "{n} alerts", total),
        "band_ground": INKS[worst],
        "band_ink": ON_INKS[worst],
        "alerts": [{"headline": note.headline, "summary": note.summary, "link": note.link} for note in found],
        "more": _more(message.truncated),
        "link": f"{message.base_url}/alerts",
        "marking": max(parse_marking(str(note.data["marking"])) for note in found).word,
        "is_exercise": message.is_exercise,
        "footer": say(
            "Sent by Heatwatch to {recipient}, all that one route had to tell at once.",
            recipient=message.recipient,
        ),
    }


def _title(found: list[Note], total: int) -> str:
    """12 alerts: Assimi Goïta, Mali and 10 more."""
    names = list(dict.fromkeys(note.name for note in found))[:_MOST_NAMED]
    left = total - len(names)
    more = [say_many("{n} more", "{n} more", left)] if left > 0 else []
    return say_many("{n} alert: {names}", "{n} alerts: {names}", total, names=listed([*names, *more]))


def _more(truncated: int) -> str:
    if not truncated:
        return ""
    return say_many("And {n} more event: see the desk.", "And {n} more events: see the desk.", truncated)
