"""The routing table and the domain's Routing, each made from the other."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel

from monitor.domain.alerting.inhibition import Inhibition
from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.route import Route
from monitor.domain.alerting.routing import Routing
from monitor.packs.routing_shapes import InhibitionTable, RouteTable, RoutingTable


def routing_of(table: RoutingTable) -> Routing:
    """Return the routing a table describes; InvalidInput where the domain refuses it."""
    return Routing(
        slug=table.slug,
        route=_route(table.route),
        inhibitions=tuple(_inhibition(each) for each in table.inhibition),
    )


def table_of_routing(routing: Routing) -> dict[str, Any]:
    """Return the table that reads back to the routing, without what is at its default."""
    table: dict[str, Any] = {"slug": routing.slug, "route": _route_table(routing.route)}
    inhibitions = [_inhibition_table(each) for each in routing.inhibitions]
    return table | ({"inhibition": inhibitions} if inhibitions else {})


def _route(table: RouteTable) -> Route:
    plain = table.model_dump(exclude={"matchers", "routes", "channels", "group_by", "mute_windows"})
    return Route(
        **plain,
        channels=tuple(table.channels),
        matchers=_matchers(table.matchers),
        group_by=None if table.group_by is None else tuple(table.group_by),
        mute_windows=tuple(table.mute_windows),
        routes=tuple(_route(each) for each in table.routes),
    )


def _inhibition(table: InhibitionTable) -> Inhibition:
    return Inhibition(
        slug=table.slug,
        source_matchers=_matchers(table.source_matchers),
        target_matchers=_matchers(table.target_matchers),
        equal=tuple(table.equal),
    )


def _matchers(texts: Iterable[str]) -> tuple[Matcher, ...]:
    return tuple(Matcher.parse(text) for text in texts)


def _route_table(route: Route) -> dict[str, Any]:
    written = {
        "matchers": [str(matcher) for matcher in route.matchers],
        "routes": [_route_table(each) for each in route.routes],
    }
    flat = {name: getattr(route, name) for name in RouteTable.model_fields if name not in written}
    return _kept(flat | written, RouteTable)


def _inhibition_table(inhibition: Inhibition) -> dict[str, Any]:
    written = {
        name: [str(matcher) for matcher in getattr(inhibition, name)]
        for name in ("source_matchers", "target_matchers")
    }
    return _kept(asdict(inhibition) | written, InhibitionTable)


def _kept(values: Mapping[str, Any], shape: type[BaseModel]) -> dict[str, Any]:
    """Return the keys of a shape that are not at their default; lists go last, as TOML wants them."""
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    return {
        key: plain[key]
        for key, field in shape.model_fields.items()
        if plain.get(key) is not None and plain[key] != field.default
    }
