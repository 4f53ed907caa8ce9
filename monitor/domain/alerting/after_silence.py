"""After a silence: what a message says that stands for those it held back."""

from collections.abc import Mapping
from typing import Any

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.alert_body import MOST_SUMMARY
from monitor.domain.spoken import clipped

REPEATED = "alert.repeated"
SILENCE_ENDED = "silence_ended"
_TAIL = " Still firing, silence ended."


def after_silence(native: Mapping[str, Any], *, silence: str) -> dict[str, Any]:
    """Return a native event as it is sent once `silence` (`silence:7`) lets it pass.

    A resolved stays what it is. Anything else tells that the alert still fires: as the firing to a channel
    that missed that, as a repeat to others.
    """
    data = {**native["data"], "suppressedWhile": [silence]}
    if native["type"] == EventType.RESOLVED:
        return {**native, "data": data}
    is_opening = data["firingUndelivered"] or native["type"] == EventType.FIRING
    summary = clipped(str(data.get("summary") or ""), MOST_SUMMARY - len(_TAIL)) + _TAIL
    told = {"reason": SILENCE_ENDED, "firingUndelivered": False, "summary": summary.strip()}
    kind = EventType.FIRING.value if is_opening else REPEATED
    return {**native, "type": kind, "data": data | told}
