"""Preview a silence: what it would mute now, and whether that looks like a mistake."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert
from monitor.domain.alerting.silence import Silence
from monitor.domain.scale import Concern
from monitor.storage import alerts

TOO_MUCH = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SilencePreview:
    """The open alerts that would be muted, worst first, of how many, and what to think twice about."""

    muted: tuple[Alert, ...]
    open_count: int
    warnings: tuple[str, ...]


def preview_silence(session: Session, silence: Silence) -> SilencePreview:
    """Return what a silence, stored or not, would mute if it were active now (edge case 23)."""
    found = alerts.find_open(session)
    episodes = alerts.episodes(session, {alert.episode_id for alert in found})
    muted = tuple(
        alert
        for alert in found
        if alert.episode_id in episodes and silence.matches(episodes[alert.episode_id].labels)
    )
    return SilencePreview(muted=muted, open_count=len(found), warnings=_warnings(muted, len(found)))


def _warnings(muted: tuple[Alert, ...], open_count: int) -> tuple[str, ...]:
    found = []
    if len(muted) > TOO_MUCH * open_count:
        found.append(f"it would mute {len(muted)} of {open_count} open alerts, more than half")
    critical = [alert.rule for alert in muted if alert.concern is Concern.CRITICAL]
    if critical:
        found.append(f"it would mute {len(critical)} critical: {', '.join(critical)}")
    return tuple(found)
