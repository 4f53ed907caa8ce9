"""Receivers of an Alertmanager configuration as channels of this desk, one for each of their configs."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import getaddresses
from typing import Any

from monitor.domain.alerting.channel import Channel
from monitor.domain.errors import InvalidInput

_KIND = re.compile(r"(.+)_configs")
_OTHER = re.compile(r"[^a-z0-9]+")
# These have a preset of the template channel, to be added by hand.
_PRESETS = {"telegram": "telegram", "webex": "webex", "pushover": "pushover", "rocketchat": "rocketchat"}
_TAKEN = {
    "webhook": {"url", "http_config", "send_resolved"},
    "email": {"to", "send_resolved"},
    "slack": {"api_url", "send_resolved"},
    "pagerduty": {"routing_key", "url", "send_resolved"},
    "msteamsv2": {"webhook_url", "send_resolved"},
    "discord": {"webhook_url", "send_resolved"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the report: where in the configuration, and what became of it."""

    at: str
    words: str
    is_taken: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A receiver by its name: the channels that stand for it, and what is to be said of them."""

    name: str
    channels: tuple[Channel, ...]
    lines: tuple[Line, ...]


def receiver_of(table: Mapping[str, Any], shared: Mapping[str, Any]) -> Receiver:
    """Return a receiver's channels; `shared` is the global part, which some addresses stand in."""
    name = str(table.get("name") or "")
    made: list[Channel] = []
    lines: list[Line] = []
    for place, kind, config in _configs(table):
        at = f"receivers.{name}.{kind}_configs.{place + 1}"
        try:
            made.append(_channel(kind, config, shared, name=name, number=len(made) + 1))
        except InvalidInput as error:
            lines.append(Line(at=at, words=str(error), is_taken=False))
            continue
        lines.append(Line(at=at, words=f"channel {made[-1].slug} of kind {made[-1].kind}"))
        lines += _left_out(at, kind, config)
    if not made and not lines:
        lines.append(Line(at=f"receivers.{name}", words="tells nobody, and so do the routes that name it"))
    lines += [
        Line(at=f"receivers.{name}.{key}", words="there is no such receiver here", is_taken=False)
        for key in table
        if key != "name" and _KIND.fullmatch(str(key)) is None
    ]
    return Receiver(name=name, channels=tuple(made), lines=tuple(lines))


def slug_of(name: str) -> str:
    """Return a name as small letters, digits and hyphens."""
    return _OTHER.sub("-", name.lower()).strip("-")[:70] or "receiver"


def _configs(table: Mapping[str, Any]) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    for key, configs in table.items():
        found = _KIND.fullmatch(str(key))
        if found is None:
            continue
        for place, config in enumerate(configs or ()):
            yield place, found[1], config if isinstance(config, Mapping) else {}


def _channel(
    kind: str, config: Mapping[str, Any], shared: Mapping[str, Any], *, name: str, number: int
) -> Channel:
    make = _MAKERS.get(kind)
    if make is None:
        preset = _PRESETS.get(kind)
        hint = f"; add one by hand with the preset {preset} of kind template" if preset else ""
        raise InvalidInput(f"{kind} is not taken over{hint}")
    ours, settings, secrets = make(config, shared)
    slug = slug_of(name) if number == 1 else f"{slug_of(name)}-{number}"
    return Channel(slug=slug, name=name, kind=ours, settings=settings, secrets=secrets)


_Made = tuple[str, dict[str, Any], dict[str, str]]


def _webhook(config: Mapping[str, Any], _: Mapping[str, Any]) -> _Made:
    url = _needed(config, "url", "url_file")
    authorization = (config.get("http_config") or {}).get("authorization") or {}
    token = str(authorization.get("credentials") or "")
    return "alertmanager", _posted(url), {"token": token} if token else {}


def _email(config: Mapping[str, Any], _: Mapping[str, Any]) -> _Made:
    addresses = [address for _, address in getaddresses([_needed(config, "to")]) if address]
    return "email", {"recipients": addresses}, {}


def _slack(config: Mapping[str, Any], shared: Mapping[str, Any]) -> _Made:
    given = {"api_url": config.get("api_url") or shared.get("slack_api_url")}
    url = _needed({**config, **given}, "api_url", "api_url_file")
    return "slack", _allowed(url), {"url": url}


def _pagerduty(config: Mapping[str, Any], shared: Mapping[str, Any]) -> _Made:
    key = _needed(config, "routing_key", "routing_key_file", "service_key")
    url = str(config.get("url") or shared.get("pagerduty_url") or "")
    return "pagerduty", _posted(url) if url else {}, {"routing_key": key}


def _teams(config: Mapping[str, Any], _: Mapping[str, Any]) -> _Made:
    url = _needed(config, "webhook_url", "webhook_url_file")
    return "teams", _allowed(url), {"url": url}


def _discord(config: Mapping[str, Any], _: Mapping[str, Any]) -> _Made:
    url = _needed(config, "webhook_url", "webhook_url_file")
    return "template", {"preset": "discord", **_allowed(url)}, {"url": url}


_MAKERS: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], _Made]] = {
    "webhook": _webhook,
    "email": _email,
    "slack": _slack,
    "pagerduty": _pagerduty,
    "msteamsv2": _teams,
    "discord": _discord,
}


def _needed(config: Mapping[str, Any], name: str, *instead: str) -> str:
    """Return what a config needs; a secret that lies in a file there must be given here by hand."""
    if value := config.get(name):
        return str(value)
    found = next((each for each in instead if config.get(each)), "")
    why = f"it gives {found} in place of {name}" if found else f"it has no {name}"
    raise InvalidInput(f"{why}; add the channel by hand, then name it in the route")


def _posted(url: str) -> dict[str, Any]:
    return {"url": url, **_allowed(url)}


def _allowed(url: str) -> dict[str, Any]:
    return {"allow_http": True} if url.startswith("http://") else {}


def _left_out(at: str, kind: str, config: Mapping[str, Any]) -> Iterator[Line]:
    if config.get("send_resolved") is False:
        words = "an end is always told to whom the beginning was told"
        yield Line(at=f"{at}.send_resolved", words=words, is_taken=False)
    for key in config:
        if key not in _TAKEN[kind]:
            yield Line(at=f"{at}.{key}", words="messages here have their own form", is_taken=False)
    http = config.get("http_config") or {}
    for key in http:
        if key != "authorization":
            yield Line(at=f"{at}.http_config.{key}", words="not taken over", is_taken=False)
