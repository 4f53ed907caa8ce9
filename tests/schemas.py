"""The published JSON Schemas: what is sent is held against them, formats too."""

import json

import jsonschema
from referencing import Registry, Resource

from monitor.paths import schemas_folder


def names():
    return sorted(path.stem for path in schemas_folder().glob("*.json"))


def schema(name):
    return json.loads((schemas_folder() / f"{name}.json").read_text())


def check(name, body):
    """Fail with the first thing about a body that its schema does not allow; return the body as read."""
    found = json.loads(body) if isinstance(body, bytes | str) else body
    jsonschema.Draft202012Validator(
        schema(name), registry=_registry(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(found)
    return found


def _registry():
    found = map(schema, names())
    return Registry().with_resources((each["$id"], Resource.from_contents(each)) for each in found)
