"""The tree of routes as the text people edit: the routing table of a pack file, nothing else."""

import re
import tomllib

import tomli_w

from monitor.domain.alerting.routing import Routing
from monitor.domain.errors import InvalidInput
from monitor.domain.problem import Problem
from monitor.packs.check_shape import check_shape
from monitor.packs.routing_shapes import RoutingTable
from monitor.packs.routing_tables import routing_of, table_of_routing
from monitor.packs.toml_files import RawTable

FILE = "routes"
_LIST = re.compile(r"\[\n((?: {4}\"[^\n]*\",\n)+)\]")


def routing_text(routing: Routing) -> str:
    """Return the text that reads back to the routing."""
    return _LIST.sub(_on_one_line, tomli_w.dumps({"routing": [table_of_routing(routing)]}))


def _on_one_line(found: re.Match[str]) -> str:
    """Lists of slugs and matchers are short: one line each reads better."""
    return "[" + ", ".join(line.strip().removesuffix(",") for line in found[1].splitlines()) + "]"


def read_routing(text: str, *, file: str = FILE) -> tuple[Routing | None, list[Problem]]:
    """Return the routing a text describes, or every fault in it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [Problem(file=file, message=f"this is not TOML: {error}")]
    tables = document.get("routing")
    if set(document) != {"routing"} or not isinstance(tables, list) or len(tables) != 1:
        return None, [Problem(file=file, message="expected one [[routing]] table and nothing else")]
    if not isinstance(tables[0], dict):
        return None, [Problem(file=file, message="must be written [[routing]]")]
    raw = RawTable(kind="routing", file=file, line=None, values=tables[0])
    table, faults = check_shape(raw, RoutingTable)
    if table is None:
        return None, faults
    try:
        return routing_of(table), []
    except InvalidInput as error:
        return None, [raw.problem(str(error), key=error.field)]
