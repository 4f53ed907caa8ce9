"""Where the folders are that ship beside the code, in a checkout and in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_bundled"


def templates_folder() -> Path:
    """The folder of page, e-mail and brief templates."""
    return _beside_code("templates")


def packs_folder() -> Path:
    """The folder that holds one folder per bundled pack."""
    return _beside_code("indicators")


def migrations_folder() -> Path:
    """The folder Alembic calls its script location."""
    return _beside_code("migrations")


def static_folder() -> Path:
    """The folder of built browser files; empty until `make assets` has run."""
    return _PACKAGE / "web" / "static"


def presets_folder() -> Path:
    """The folder of templates of sources."""
    return _PACKAGE / "sources" / "presets"


def schemas_folder() -> Path:
    """The folder of the JSON Schemas of what channels send."""
    return _PACKAGE / "schemas"


def catalogue_file(language: str) -> Path:
    """The file of a language's sentences, as its translators write it."""
    return _PACKAGE / "locale" / language / "LC_MESSAGES" / "messages.po"


def _beside_code(name: str) -> Path:
    """A wheel carries the folder inside the package; a checkout has it next to the package."""
    return (_BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent) / name
