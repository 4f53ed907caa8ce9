"""An Alertmanager configuration as routes, inhibitions, mute windows and channels, with a report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.inhibition import Inhibition
from monitor.domain.alerting.route import NOBODY, SEVERITY, Route
from monitor.domain.alerting.routing import Routing
from monitor.domain.alerting.window import MuteWindow
from monitor.domain.errors import InvalidInput
from monitor.domain.scale import Concern
from monitor.packs.alertmanager_parts import matchers_of, seconds_of, window_of
from monitor.packs.alertmanager_receivers import Line, Receiver, receiver_of, slug_of

LONGEST = 1_000_000
_TOP = ("global", "route", "receivers", "inhibit_rules", "mute_time_intervals", "time_intervals", "templates")
_ROUTE_KEYS = frozenset(
    {
        "receiver", "routes", "matchers", "match", "match_re", "continue", "group_by", "group_wait",
        "group_interval", "repeat_interval", "mute_time_intervals",
    }
)  # fmt: skip
_CONDITIONS = ("matchers", "match", "match_re")
_INHIBIT_KEYS = frozenset({
    "name", "equal", *(f"{side}_{key}" for side in ("source", "target") for key in _CONDITIONS),
})  # fmt: skip
_SPANS = {
    "group_wait": "group_wait_seconds",
    "group_interval": "group_interval_seconds",
    "repeat_interval": "repeat_seconds",
}
_CONCERNS = frozenset(each.word for each in Concern)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertmanagerRead:
    """What a configuration comes to here, and the report line by line."""

    routing: Routing
    channels: tuple[Channel, ...] = ()
    windows: tuple[MuteWindow, ...] = ()
    lines: tuple[Line, ...] = ()


def read_alertmanager(text: str) -> AlertmanagerRead:
    """Read a configuration; InvalidInput where it is none, or has no route. Nothing is left out silently."""
    document = _document(text)
    shared = _table(document.get("global"))
    lines = [*_of_global(shared), *_unknown(document)]
    receivers = {
        found.name: found
        for each in document.get("receivers") or ()
        if (found := receiver_of(_table(each), shared))
    }
    for receiver in receivers.values():
        lines += receiver.lines
    windows = dict(_windows(document, lines))
    reader = _Reader(receivers=_distinct(receivers), windows=windows, lines=lines)
    if not isinstance(document.get("route"), Mapping):
        raise InvalidInput("the configuration has no route", field="file")
    root = reader.route(document["route"], at="route", is_root=True)
    if root is None:
        raise InvalidInput("; ".join(line.words for line in lines if line.at == "route"), field="file")
    inhibitions = tuple(reader.inhibitions(document.get("inhibit_rules") or ()))
    return AlertmanagerRead(
        routing=Routing(route=root, inhibitions=inhibitions),
        channels=tuple(channel for each in reader.receivers.values() for channel in each),
        windows=tuple(windows[slug] for slug in sorted(windows) if slug in reader.used),
        lines=tuple(lines),
    )


def _document(text: str) -> Mapping[str, Any]:
    if len(text) > LONGEST:
        raise InvalidInput("the configuration is longer than a megabyte", field="file")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise InvalidInput("aliases (*name) are not read: write it out", field="file")
        _refuse_twice(yaml.compose(text, Loader=yaml.SafeLoader))
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidInput(f"this is not YAML: {' '.join(str(error).split())}", field="file") from None
    if not isinstance(found, Mapping):
        raise InvalidInput("this is no Alertmanager configuration", field="file")
    return found


def _refuse_twice(node: Any) -> None:
    """Refuse a key that is there twice: YAML keeps the last and says nothing."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise InvalidInput(f"line {line}: {key.value} is there twice", field="file")
            seen.add(str(key.value))
            _refuse_twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            _refuse_twice(each)


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Reads the tree; slugs are each used once, and what cannot be taken leaves a line."""

    receivers: Mapping[str, tuple[Channel, ...]]
    windows: Mapping[str, MuteWindow]
    lines: list[Line]
    used: set[str] = field(default_factory=set)
    _slugs: set[str] = field(default_factory=set)

    def route(self, given: Mapping[str, Any], *, at: str, is_root: bool = False) -> Route | None:
        """Return a route with those below it; None where its conditions cannot be had, as a line says."""
        try:
            matchers = matchers_of(given)
            times = {ours: _seconds(given.get(key)) for key, ours in _SPANS.items()}
        except InvalidInput as error:
            self._leave(at, f"left out with all below it: {error}")
            return None
        if is_root and matchers:
            self._leave(f"{at}.matchers", "the first route takes every alert: left out")
            matchers = ()
        channels = self._channels(given, at)
        slug = self._slug("default" if is_root else _named(given, matchers))
        self.lines.append(Line(at=at, words=f"route {slug}"))
        self._warn(given, matchers, at)
        group_by = given.get("group_by")
        return Route(
            slug=slug,
            channels=channels,
            matchers=matchers,
            continues=bool(given.get("continue")) and not is_root,
            group_by=tuple(map(str, group_by)) if group_by else (() if is_root else None),
            mute_windows=tuple(self._windows(given, at)),
            routes=tuple(
                found
                for number, each in enumerate(given.get("routes") or (), start=1)
                if (found := self.route(_table(each), at=f"{at}.routes.{number}")) is not None
            ),
            group_wait_seconds=times["group_wait_seconds"],
            group_interval_seconds=times["group_interval_seconds"],
            repeat_seconds=times["repeat_seconds"],
        )

    def inhibitions(self, given: Sequence[Any]) -> Iterator[Inhibition]:
        """Yield the inhibitions; one whose conditions cannot be had is left out, as a line says."""
        slugs: set[str] = set()
        for number, each in enumerate(given, start=1):
            at, table = f"inhibit_rules.{number}", _table(each)
            slug = _once(slug_of(str(table.get("name") or f"inhibition-{number}")), slugs)
            for key in sorted(set(table) - _INHIBIT_KEYS):
                self._leave(f"{at}.{key}", "not taken over")
            try:
                yield Inhibition(
                    slug=slug,
                    source_matchers=matchers_of(table, side="source_"),
                    target_matchers=matchers_of(table, side="target_"),
                    equal=tuple(map(str, table.get("equal") or ())),
                )
            except InvalidInput as error:
                self._leave(at, str(error))
                continue
            self.lines.append(Line(at=at, words=f"inhibition {slug}"))

    def _channels(self, given: Mapping[str, Any], at: str) -> tuple[str, ...]:
        name = given.get("receiver")
        if not name:
            return ()
        if str(name) not in self.receivers:
            self._leave(f"{at}.receiver", f"there is no receiver {name}: the route tells nobody")
            return (NOBODY,)
        return tuple(channel.slug for channel in self.receivers[str(name)]) or (NOBODY,)

    def _windows(self, given: Mapping[str, Any], at: str) -> Iterator[str]:
        for name in given.get("mute_time_intervals") or ():
            slug = slug_of(str(name))
            if slug in self.windows:
                self.used.add(slug)
                yield slug
            else:
                why = f"{name} could not be had: the route is never muted by it"
                self._leave(f"{at}.mute_time_intervals", why)

    def _warn(self, given: Mapping[str, Any], matchers: Sequence[Any], at: str) -> None:
        for key in sorted(set(given) - _ROUTE_KEYS):
            why = "sends outside these intervals too" if key == "active_time_intervals" else "not taken over"
            self._leave(f"{at}.{key}", why)
        for each in matchers:
            if each.name == SEVERITY and each.is_exact and each.value not in _CONCERNS:
                self._leave(
                    f"{at}.matchers",
                    f"{each} meets only rules that have this label: of itself severity is "
                    "watch, elevated, high or critical",
                )

    def _slug(self, wanted: str) -> str:
        return _once(wanted, self._slugs)

    def _leave(self, at: str, words: str) -> None:
        self.lines.append(Line(at=at, words=words, is_taken=False))


def _named(given: Mapping[str, Any], matchers: Sequence[Any]) -> str:
    """Call a route by its receiver, or by what it matches."""
    written = str(given.get("receiver") or "-".join(each.value for each in matchers) or "route")
    return slug_of(written)


def _once(wanted: str, taken: set[str]) -> str:
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    taken.add(slug)
    return slug


def _distinct(receivers: Mapping[str, Receiver]) -> dict[str, tuple[Channel, ...]]:
    """Return the channels by receiver, no slug twice."""
    taken = {NOBODY}
    return {
        name: tuple(replace(each, slug=_once(each.slug, taken)) for each in receiver.channels)
        for name, receiver in receivers.items()
    }


def _windows(document: Mapping[str, Any], lines: list[Line]) -> Iterator[tuple[str, MuteWindow]]:
    for key in ("time_intervals", "mute_time_intervals"):
        for each in document.get(key) or ():
            table = _table(each)
            slug = slug_of(str(table.get("name") or ""))
            at = f"{key}.{table.get('name')}"
            try:
                windows = tuple(window_of(_table(one)) for one in table.get("time_intervals") or ())
            except InvalidInput as error:
                lines.append(Line(at=at, words=str(error), is_taken=False))
                continue
            lines.append(Line(at=at, words=f"mute window {slug}, if a route is muted by it"))
            yield slug, MuteWindow(slug=slug, windows=windows)


def _of_global(shared: Mapping[str, Any]) -> Iterator[Line]:
    for key in shared:
        if key in {"slack_api_url", "pagerduty_url"}:
            continue
        why = "not taken over"
        if str(key).startswith("smtp_"):
            why = "the mail server is a setting: HEATWATCH_SMTP_HOST and those beside it"
        elif key == "resolve_timeout":
            why = "not needed: an alert here ends when it has recovered, never for lack of data"
        yield Line(at=f"global.{key}", words=why, is_taken=False)


def _unknown(document: Mapping[str, Any]) -> Iterator[Line]:
    if document.get("templates"):
        yield Line(at="templates", words="messages here have their own form", is_taken=False)
    for key in document:
        if key not in _TOP:
            yield Line(at=str(key), words="not taken over", is_taken=False)


def _seconds(given: object) -> float | None:
    return None if given is None else seconds_of(given)


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
