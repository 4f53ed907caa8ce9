"""After a silence, or whatever else held messages back: what the one says that stands for them."""

from collections.abc import Mapping
from typing import Any

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.alert_body import MOST_SUMMARY
from monitor.domain.alerting.suppression import SuppressionKind, kind_named
from monitor.domain.phrases import joined, later, phrase
from monitor.domain.spoken import clipped
from monitor.domain.wording import msgid

SILENCE_ENDED = "silence_ended"
_STILL = {
    SuppressionKind.SILENCE: msgid("Still firing, silence ended."),
    SuppressionKind.INHIBITED_BY: msgid("Still firing, the alert that explained it is over."),
    SuppressionKind.MUTE_WINDOW: msgid("Still firing, mute window over."),
    SuppressionKind.FLAPPING: msgid("Still firing, no longer flapping."),
    SuppressionKind.QUIET_HOURS: msgid("Still firing, quiet hours over."),
    SuppressionKind.AWAITING_APPROVAL: msgid("Still firing, approved."),
}


def after_silence(native: Mapping[str, Any], *, held: str) -> dict[str, Any]:
    """Return a native event as it is sent once what `held` it (`silence:7`) lets it pass.

    A resolved stays what it is. Anything else tells that the alert still fires: as the firing to a channel
    that missed that, as a repeat to others.
    """
    data = {**native["data"], "suppressedWhile": [held]}
    if native["type"] == EventType.RESOLVED:
        return {**native, "data": data}
    is_opening = data["firingUndelivered"] or native["type"] == EventType.FIRING
    by = kind_named(held) or SuppressionKind.SILENCE
    tail = phrase(_STILL[by])
    head = later(clipped, data.get("summary") or "", MOST_SUMMARY - len(tail) - 1)
    summary = later(joined, " ", [head, tail]) if head else tail
    told = {"reason": f"{by.value}_ended", "firingUndelivered": False, "summary": summary}
    kind = EventType.FIRING.value if is_opening else EventType.REPEATED.value
    return {**native, "type": kind, "data": data | told}
