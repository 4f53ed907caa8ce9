"""Preview a silence: what it would mute now, and whether that looks like a mistake."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert
from monitor.domain.alerting.silence import Silence
from monitor.domain.scale import Concern
from monitor.domain.wording import say
from monitor.storage import alerts

TOO_MUCH = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SilencePreview:
    """The open alerts that would be muted, worst first, of how many, and what to think twice about."""

    muted: tuple[Alert, ...]
    open_count: int
    warnings: tuple[str, ...]


def preview_silence(session: Session, silence: Silence, *, is_stored: bool = False) -> SilencePreview:
    """Return what a silence, stored or not, would mute if it were active now (edge case 23)."""
    found = alerts.find_open(session)
    episodes = alerts.episodes(session, {alert.episode_id for alert in found})
    muted = tuple(
        alert
        for alert in found
        if alert.episode_id in episodes and silence.matches(episodes[alert.episode_id].labels)
    )
    return SilencePreview(
        muted=muted, open_count=len(found), warnings=_warnings(muted, len(found), is_stored=is_stored)
    )


def _warnings(muted: tuple[Alert, ...], open_count: int, *, is_stored: bool) -> tuple[str, ...]:
    found = []
    if len(muted) > TOO_MUCH * open_count:
        found.append(_too_much(len(muted), open_count, is_stored=is_stored))
    critical = [alert.rule for alert in muted if alert.concern is Concern.CRITICAL]
    if critical:
        found.append(_too_bad(critical, is_stored=is_stored))
    return tuple(found)


def _too_much(number: int, open_count: int, *, is_stored: bool) -> str:
    if is_stored:
        return say("it mutes {number} of {all} open alerts, more than half", number=number, all=open_count)
    return say("it would mute {number} of {all} open alerts, more than half", number=number, all=open_count)


def _too_bad(rules: list[str], *, is_stored: bool) -> str:
    names = ", ".join(rules)
    if is_stored:
        return say("it mutes {number} critical: {names}", number=len(rules), names=names)
    return say("it would mute {number} critical: {names}", number=len(rules), names=names)
