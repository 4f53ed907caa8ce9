"""The shape of the routing table: a tree of routes, and what inhibits what."""

from monitor.packs.shape import From0, Shape, Slug, SlugOrNone, Text, key


class RouteTable(Shape):
    """One branch of the tree of routes; what it leaves out is its parent's."""

    slug: Slug = key("Name of the route, once in the tree", "sahel")
    channels: list[Slug] = key("Slugs of the channels it leads to", ["desk-mail"], [])
    matchers: list[Text] = key("Conditions on labels, all of which an alert meets", ["team=sahel"], [])
    continues: bool = key("Whether the routes after it are tried too", True, False)
    group_by: list[Text] | None = key(
        "Labels that make one group; none: all of the route in one; `...`: each alert by itself",
        ["subject"], None,
    )  # fmt: skip
    group_wait_seconds: From0 | None = key("How long the first of a group waits for others", 60, None)
    group_interval_seconds: From0 | None = key("How long until a group's next message", 600, None)
    repeat_seconds: From0 | None = key("When what still fires is told again; 0: never", 7200, None)
    mute_windows: list[Slug] = key("Recurring windows in which it sends nothing", ["nights"], [])
    needs_approval: bool | None = key("Whether a person approves each message before it is sent", True, None)
    escalation: SlugOrNone = key("Slug of the steps taken while nobody acknowledges", "duty", "")
    routes: "list[RouteTable]" = key(
        "Routes below it, tried in order, one `[[routing.route.routes]]` each", "[[routing.route.routes]]", []
    )


class InhibitionTable(Shape):
    """While one alert fires, others that it explains are not sent."""

    slug: Slug = key("Name of the rule", "national-over-regional")
    source_matchers: list[Text] = key("Which firing alerts mute others", ["concern=critical"])
    target_matchers: list[Text] = key("Which alerts they mute", ["concern=~watch|elevated"])
    equal: list[Text] = key("Labels that must have the same value in both", ["subject"], [])


class RoutingTable(Shape):
    """Who is told of what; once in all."""

    slug: Slug = key("Always `default`", "default", "default")
    route: RouteTable = key("The first route, which takes every alert", "[routing.route]")
    inhibition: list[InhibitionTable] = key(
        "What mutes what, one `[[routing.inhibition]]` each", "[[routing.inhibition]]", []
    )
