"""After a silence, or whatever else held messages back: what the one says that stands for them."""

from collections.abc import Mapping
from typing import Any

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.alert_body import MOST_SUMMARY
from monitor.domain.alerting.suppression import SuppressionKind, kind_named
from monitor.domain.spoken import clipped

SILENCE_ENDED = "silence_ended"
_ENDED = {
    SuppressionKind.INHIBITED_BY: "the alert that explained it is over",
    SuppressionKind.MUTE_WINDOW: "mute window over",
    SuppressionKind.FLAPPING: "no longer flapping",
    SuppressionKind.QUIET_HOURS: "quiet hours over",
    SuppressionKind.AWAITING_APPROVAL: "approved",
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
    tail = f" Still firing, {_ENDED.get(by, 'silence ended')}."
    summary = clipped(str(data.get("summary") or ""), MOST_SUMMARY - len(tail)) + tail
    told = {"reason": f"{by.value}_ended", "firingUndelivered": False, "summary": summary.strip()}
    kind = EventType.FIRING.value if is_opening else EventType.REPEATED.value
    return {**native, "type": kind, "data": data | told}
