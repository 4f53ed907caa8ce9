"""Every arrow points down: who may import whom, and how long a file or function may grow."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "monitor"


class Layer(NamedTuple):
    """What one package (or top-level module) of monitor may import beside the standard library and itself."""

    ours: frozenset[str]
    others: frozenset[str]


def layer(ours: str = "", others: str = "") -> Layer:
    return Layer(frozenset(ours.split()), frozenset(others.split()) | {"structlog"})


FLASK = "flask werkzeug jinja2 markupsafe"

# A new third-party import needs a line here and a decision in docs/decisions/.
LAYERS = {
    "domain": Layer(frozenset(), frozenset({"numpy"})),
    "config": layer("domain", "pydantic"),
    "paths": layer(),
    "logs": layer("config"),
    "faults": layer(),
    "geo": layer("domain paths", "numpy shapely"),
    "packs": layer("domain", "numpy pydantic tomli_w charset_normalizer cronsim yaml"),
    "storage": layer(
        "domain paths geo", "sqlalchemy psycopg numpy orjson cattrs uuid_utils cryptography argon2 alembic"
    ),
    "egress": layer("domain", "httpx httpcore orjson"),
    "sources": layer(
        "domain egress",
        "httpx orjson charset_normalizer numpy pydantic python_calamine jsonpath defusedxml httpcore psycopg",
    ),
    "channels": layer("domain render egress", "httpx orjson standardwebhooks uuid_utils"),
    "services": layer(
        "domain storage packs geo faults",
        "sqlalchemy numpy orjson uuid_utils argon2 cryptography pyotp cronsim",
    ),
    "render": layer("domain paths geo", "jinja2 markupsafe orjson typst babel numpy"),
    "bootstrap": layer("config paths domain storage sources channels render egress", "sqlalchemy httpx"),
    "scheduling": layer("domain services bootstrap faults", "apscheduler numpy"),
    "api": layer("domain services bootstrap", f"{FLASK} flask_openapi3 pydantic orjson limits"),
    "web": layer(
        "domain services bootstrap api render paths config geo",
        f"{FLASK} wtforms flask_wtf flask_limiter limits flask_babel babel orjson granian",
    ),
    "cli": layer(
        "domain services packs config paths logs bootstrap scheduling web client dev faults",
        "click rich alembic granian orjson numpy",
    ),
    "wsgi": layer("bootstrap config logs web"),
    "client": layer("", "httpx pydantic"),
    "dev": layer("domain config client paths", f"{FLASK} aiosmtpd orjson"),
    "__main__": layer("cli"),
    "__init__": layer(),
}

# Code that keeps secrets is read with more care: one module of each of these layers may hold it.
SECURITY = frozenset({"cryptography", "argon2", "pyotp"})
# storage knows Alembic in the one module that brings a schema up to date.
ONE_MODULE = {("storage", SECURITY), ("services", SECURITY), ("storage", frozenset({"alembic"}))}

FILE_LINES, FUNCTION_LINES, TEST_FILE_LINES = 400, 60, 500
# Path, or path::function -> why it may be longer.
LONGER: dict[str, str] = {}

SOURCES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")}


def layer_of(path: str) -> str:
    """monitor/storage/series.py -> storage; monitor/config.py -> config."""
    return path.split("/")[1].removesuffix(".py")


def imports(path: str, tree: ast.AST) -> Iterator[str]:
    """Dotted names a file imports, `from monitor import x` as monitor.x and relative imports resolved."""
    package = path.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            if module == "monitor":
                yield from (f"monitor.{alias.name}" for alias in node.names)
            else:
                yield module


def forbidden(path: str, tree: ast.AST) -> Iterator[str]:
    """The imports of a file that its layer's line in the table does not list."""
    own = layer_of(path)
    for name in imports(path, tree):
        top, _, rest = name.partition(".")
        if top == "monitor":
            target = rest.partition(".")[0] or "__init__"
            is_allowed = target in {own, "__version__", *LAYERS[own].ours}
        else:
            is_allowed = top in sys.stdlib_module_names or top in LAYERS[own].others
        if not is_allowed:
            yield f"{path} imports {name}"


@pytest.mark.parametrize("path", sorted(SOURCES))
def test_a_file_belongs_to_a_known_layer_and_imports_only_what_that_may(path):
    assert layer_of(path) in LAYERS, f"{path}: give this layer a line in {Path(__file__).name}"
    assert list(forbidden(path, SOURCES[path])) == []


@pytest.mark.parametrize("own,names", sorted(ONE_MODULE, key=str))
def test_what_needs_special_care_lives_in_one_module(own, names):
    holders = [
        path
        for path, tree in SOURCES.items()
        if layer_of(path) == own and names & {name.partition(".")[0] for name in imports(path, tree)}
    ]
    assert len(holders) <= 1, holders


def test_the_table_has_no_cycle():
    done: set[str] = set()
    while ready := {name for name, line in LAYERS.items() if name not in done and line.ours <= done}:
        done |= ready
    assert set(LAYERS) - done == set()


@pytest.mark.parametrize(
    "path,code,found",
    [
        ("monitor/domain/a.py", "import sqlalchemy", ["sqlalchemy"]),
        ("monitor/domain/a.py", "from monitor import storage", ["monitor.storage"]),
        ("monitor/domain/a.py", "from ..storage import rows", ["monitor.storage"]),
        ("monitor/domain/a.py", "from .. import storage", ["monitor.storage"]),
        ("monitor/domain/a.py", "if TYPE_CHECKING:\n    from monitor.web.app import x", ["monitor.web.app"]),
        ("monitor/domain/a.py", "def f():\n    import monitor.storage.rows", ["monitor.storage.rows"]),
        ("monitor/domain/a.py", "import structlog", ["structlog"]),
        ("monitor/domain/a.py", "from monitor.domain.b import c\nfrom . import d\nimport numpy as np", []),
        ("monitor/web/pages/a.py", "from monitor import __version__, storage", ["monitor.storage"]),
        ("monitor/web/pages/a.py", "from monitor.services.board import board", []),
        ("monitor/config.py", "from .storage import rows", ["monitor.storage"]),
    ],
)  # fmt: skip
def test_the_check_itself_sees_every_form_of_import(path, code, found):
    assert list(forbidden(path, ast.parse(code))) == [f"{path} imports {name}" for name in found]


def test_only_the_settings_read_the_environment():
    readers = {
        path
        for path, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"environ", "getenv"}
        and ast.unparse(node.value) == "os"
    }
    assert readers <= {"monitor/config.py", "monitor/cli/up.py", "monitor/cli/demo.py"}, (
        "up.py hands its environment to its children, demo.py a changed one"
    )


def longer_than_allowed() -> Iterator[str]:
    tests = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "tests").rglob("*.py")}
    for name, path in {name: ROOT / name for name in SOURCES}.items() | tests.items():
        limit = TEST_FILE_LINES if name in tests else FILE_LINES
        lines = path.read_text().count("\n")
        if lines > limit and name not in LONGER:
            yield f"{name}: {lines} lines, {limit} allowed"
    for name, tree in SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES and f"{name}::{node.name}" not in LONGER:
                    yield f"{name}::{node.name}: {lines} lines, {FUNCTION_LINES} allowed"


def test_files_and_functions_stay_short():
    assert sorted(longer_than_allowed()) == []
