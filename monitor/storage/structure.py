"""Domain values as JSON and back: unions carry their `method`, concerns are words, nothing is left out."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, get_args

from cattrs.gen import make_dict_unstructure_fn
from cattrs.preconf.json import JsonConverter, make_converter

from monitor.domain.indicator import Normalisation
from monitor.domain.scale import Concern

T = TypeVar("T")


def to_json(value: object) -> Any:
    """Return a domain value as JSON; fields at their default are written too, since defaults may change."""
    return _as_read_back(_converter().unstructure(value))


def from_json(body: Any, kind: type[T]) -> T:
    """Return the domain value of a JSON body."""
    return _converter().structure(body, kind)


@cache
def _converter() -> JsonConverter:
    converter = make_converter(detailed_validation=False)
    converter.register_unstructure_hook(Concern, lambda concern: Concern(concern).word)
    converter.register_structure_hook(Concern, lambda word, _: Concern[str(word).upper()])
    kinds = {kind.method: kind for kind in get_args(Normalisation)}
    for kind in kinds.values():
        converter.register_unstructure_hook(kind, _tagged(kind, converter))

    def tagged(body: Any, _: Any) -> Any:
        return None if body is None else converter.structure(body, kinds[body["method"]])

    for union in (Normalisation, Normalisation | None):
        converter.register_structure_hook(union, tagged)
    return converter


def _tagged(kind: Any, converter: JsonConverter) -> Callable[[Any], dict[str, Any]]:
    plain = make_dict_unstructure_fn(kind, converter)
    return lambda value: {"method": kind.method, **plain(value)}


def _as_read_back(value: Any) -> Any:
    """Return JSON as it will come back: lists for tuples, text for keys. So bodies can be compared."""
    if isinstance(value, dict):
        return {str(key): _as_read_back(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_as_read_back(item) for item in value]
    return value
