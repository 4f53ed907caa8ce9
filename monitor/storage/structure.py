"""Domain values as JSON and back: unions carry their `method`, concerns are words, nothing is left out."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, get_args

from cattrs.gen import make_dict_unstructure_fn
from cattrs.preconf.json import JsonConverter, make_converter

from monitor.domain.indicator import Derivation, Normalisation
from monitor.domain.scale import Concern

T = TypeVar("T")


def to_json(value: object) -> Any:
    """Return a domain value as JSON; fields at their default are written too, since defaults may change."""
    return _as_read_back(_converter().unstructure(value))


def from_json(body: Any, kind: type[T]) -> T:
    """Return the domain value of a JSON body."""
    return _converter().structure(body, kind)


def as_today(body: Any, kind: type[Any]) -> Any:
    """Return a stored body as it would be written now, so that keys added since are no difference."""
    return None if body is None else to_json(from_json(body, kind))


@cache
def _converter() -> JsonConverter:
    converter = make_converter(detailed_validation=False)
    converter.register_unstructure_hook(Concern, lambda concern: Concern(concern).word)
    converter.register_structure_hook(Concern, lambda word, _: Concern[str(word).upper()])
    _add_union(converter, Normalisation, tag="method")
    _add_union(converter, Derivation, tag="kind")
    return converter


def _add_union(converter: JsonConverter, union: Any, *, tag: str) -> None:
    """Write which member of a union a value is under `tag`, and read it back by that; None stays None."""
    kinds = {getattr(kind, tag): kind for kind in get_args(union)}
    for kind in kinds.values():
        converter.register_unstructure_hook(kind, _tagged(kind, converter, tag=tag))

    def tagged(body: Any, _: Any) -> Any:
        return None if body is None else converter.structure(body, kinds[body[tag]])

    for each in (union, union | None):
        converter.register_structure_hook(each, tagged)


def _tagged(kind: Any, converter: JsonConverter, *, tag: str) -> Callable[[Any], dict[str, Any]]:
    plain = make_dict_unstructure_fn(kind, converter)
    return lambda value: {tag: getattr(kind, tag), **plain(value)}


def _as_read_back(value: Any) -> Any:
    """Return JSON as it will come back: lists for tuples, text for keys. So bodies can be compared."""
    if isinstance(value, dict):
        return {str(key): _as_read_back(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_as_read_back(item) for item in value]
    return value
