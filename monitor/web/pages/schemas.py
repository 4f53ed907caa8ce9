"""The JSON Schemas of what channels send, for whoever writes a receiver: without sign-in."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from monitor.domain.errors import NotFound
from monitor.paths import schemas_folder
from monitor.web.access import Access, open_to

page = Blueprint("schemas", __name__)


@page.get("/schemas/")
@open_to(Access.ANYONE)
def every() -> ResponseReturnValue:
    """Name them all."""
    return jsonify(sorted(f"/schemas/{path.name}" for path in schemas_folder().glob("*.json")))


@page.get("/schemas/<name>.json")
@open_to(Access.ANYONE)
def one(name: str) -> ResponseReturnValue:
    """Return one as it ships."""
    # Compared with the names there are, and never joined to a path as it came.
    found = {path.stem: path for path in schemas_folder().glob("*.json")}.get(name)
    if found is None:
        raise NotFound(f"there is no schema {name}")
    return Response(found.read_bytes(), mimetype="application/schema+json")
