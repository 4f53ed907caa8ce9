"""Kinds of subjects in words: those that are documented are translated, others shown as they were given."""

from monitor.domain.wording import SOURCE_LANGUAGE, say_many, tongue


def kind_said(kind: str, number: int = 1) -> str:
    """leader, leaders; in the language that is spoken."""
    match kind:
        case "leader":
            return say_many("leader", "leaders", number)
        case "government":
            return say_many("government", "governments", number)
        case "country":
            return say_many("country", "countries", number)
        case "region":
            return say_many("region", "regions", number)
        case "route":
            return say_many("route", "routes", number)
    return _plural(kind, number)


def _plural(kind: str, number: int) -> str:
    """Return a name that a pack gave; its plural is made as English makes it."""
    if number == 1 or tongue().code != SOURCE_LANGUAGE:
        return kind
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
