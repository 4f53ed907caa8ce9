"""The settings of one process: read from the environment once, then frozen."""

import base64
import binascii
import os
import tempfile
from collections.abc import Mapping
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
)

from monitor.domain.errors import ConfigError

PREFIX = "HEATWATCH_"
SECRET_PREFIX = "HEATWATCH_SECRET_"  # noqa: S105 - the names of variables begin so
SECRETS = frozenset(
    {"database_url", "secret_key", "admin_password", "smtp_password", "egress_proxy", "ping_url"}
)

_SQLITE_FILE = "heatwatch.sqlite3"
_KEY_FILE = "secret.key"
_KEY_BYTES = 32


def _host_and_port(text: str) -> tuple[str, int]:
    """The two halves of `host:port`; an IPv6 host stands in brackets."""
    host, _, port = text.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _checked_bind(text: str) -> str:
    expected = "expected host:port, such as 127.0.0.1:8000 or [::1]:8000"
    try:
        host, port = _host_and_port(text)
    except ValueError:
        raise ValueError(expected) from None
    if not host or not 0 <= port <= 65535 or (":" in host and not text.startswith("[")):  # noqa: PLR2004
        raise ValueError(expected)
    return text


def _checked_database_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"sqlite", "postgresql", "postgresql+psycopg"}:
        raise ValueError("expected sqlite:///path/to/file or postgresql://user:password@host/name")
    if parts.scheme == "sqlite" and not text.removeprefix("sqlite://").lstrip("/"):
        raise ValueError(
            "expected a file, sqlite:///path/to/file: processes cannot share a database in memory"
        )
    return text


def _checked_web_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable:
        raise ValueError("expected an address beginning with http:// or https://")
    return text.rstrip("/")


def _checked_address(text: str) -> str:
    name, _, domain = parseaddr(text)[1].partition("@")
    if not name or not domain or any(sign in text for sign in "\r\n"):
        raise ValueError("expected an e-mail address, such as desk@example.org")
    return text


def _checked_key(text: str) -> str:
    for key in text.split(","):
        try:
            is_usable = len(base64.b64decode(key.strip(), altchars=b"-_", validate=True)) == _KEY_BYTES
        except binascii.Error:
            is_usable = False
        if not is_usable:
            raise ValueError(
                "expected 32 random bytes in URL-safe base64; several, newest first, with commas"
            )
    return text


def _checked_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError("expected a time zone's name, such as UTC or Africa/Bamako") from None
    return text


def _networks(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
    except ValueError:
        raise ValueError("expected networks with commas between, such as 10.1.0.0/16,fd00::/8") from None


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


Bind = Annotated[str, AfterValidator(_checked_bind)]
Address = Annotated[str, AfterValidator(_checked_address)]
WebUrl = Annotated[str, AfterValidator(_checked_web_url)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_networks)]


class Settings(BaseModel):
    """Everything an operator may set; each field is the variable HEATWATCH_<FIELD>."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)

    home: Path = Field(description="Folder for the database, keys and files of this desk")
    bind: Bind = Field("127.0.0.1:8000", description="Where the web process listens, host:port")
    base_url: WebUrl | None = Field(
        None, description="Address people reach the desk at, for links in messages"
    )
    database_url: Annotated[str, AfterValidator(_checked_database_url)] | None = Field(
        None, repr=False, description="Database; without it a SQLite file in the home folder"
    )
    secret_key: Annotated[str, AfterValidator(_checked_key)] | None = Field(
        None,
        repr=False,
        description="Key that encrypts stored secrets; without it made once in the home folder",
    )
    admin_email: Address = Field(
        "admin@localhost", description="Login of the first admin, made on first start"
    )
    admin_password: str | None = Field(
        None,
        min_length=12,
        max_length=256,
        repr=False,
        description="Password of the first admin; without it one is made and printed once",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=5,
        description="Reverse proxies in front of the web process whose X-Forwarded-For is believed",
    )
    threads: int = Field(
        32, ge=2, le=1024, description="Threads of the web process; each open stream holds one"
    )
    time_zone: Annotated[str, AfterValidator(_checked_zone)] = Field(
        "UTC", description="The desk's own time zone, shown beside UTC"
    )
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = Field(
        "console", description="How log lines look: console or json"
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = Field(
        "info", description="The least severe line that is logged: debug, info, warning or error"
    )
    export_ceiling: Literal["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"] = Field(
        "TLP:GREEN", description="The strictest marking that exports hold unless they say another"
    )
    smtp_host: str | None = Field(None, description="Mail server; without it no e-mail leaves")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server")
    smtp_user: str | None = Field(None, description="Login at the mail server")
    smtp_password: str | None = Field(None, repr=False, description="Password at the mail server")
    smtp_starttls: Annotated[Literal["none", "starttls", "tls"], BeforeValidator(_lower)] = Field(
        "starttls", description="How mail is encrypted: none, starttls or tls"
    )
    mail_from: Address = Field("Heatwatch <heatwatch@localhost>", description="Sender of e-mail")
    mail_domain: str | None = Field(
        None, description="Domain in message identifiers; without it the sender's"
    )
    egress_allow_cidrs: Networks = Field(
        (), description="Private networks that sources and channels may reach"
    )
    watch_dir: Path | None = Field(
        None, description="Folder below which sources may watch folders for files; without it none may"
    )
    egress_proxy: WebUrl | None = Field(None, repr=False, description="Proxy for everything that goes out")
    ping_url: WebUrl | None = Field(
        None,
        repr=False,
        description="Address of an outside monitor that is told each minute that all that was due is done",
    )
    contact: str | None = Field(
        None,
        pattern=r"^[!-'*-~][ -'*-~]*$",
        max_length=200,
        description="Whom the operators of sources may write to, sent with every request to them",
    )
    secrets_dir: Path | None = Field(
        None, description="Folder with one file for each secret that sources refer to"
    )
    raw_answer_days: int = Field(
        7, ge=0, le=365, description="For how many days answers of sources are kept as they came"
    )
    test_faults: str | None = Field(
        None,
        pattern=r"^[a-z_]+(:[1-9][0-9]{0,3})?$",
        description="For reliability runs alone: the point at which a worker kills itself",
    )
    receiver_bind: Bind = Field(
        "127.0.0.1:8025", description="Where the receiver shows what arrived, host:port"
    )
    receiver_smtp_bind: Bind = Field(
        "127.0.0.1:8026", description="Where the receiver takes e-mail, host:port"
    )

    # Secrets that sources refer to, by their names: no field, as their variables are named by operators.
    _source_secrets: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @property
    def host(self) -> str:
        """The host half of `bind`, without brackets."""
        return _host_and_port(self.bind)[0]

    @property
    def port(self) -> int:
        """The port half of `bind`."""
        return _host_and_port(self.bind)[1]

    @property
    def effective_database_url(self) -> str:
        """The database to open: the one set, else the SQLite file in the home folder."""
        return self.database_url or f"sqlite:///{self.home / _SQLITE_FILE}"

    @property
    def effective_mail_domain(self) -> str:
        """The domain for message identifiers: the one set, else the sender's."""
        return self.mail_domain or parseaddr(self.mail_from)[1].rpartition("@")[2]


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings an environment describes; ConfigError names every variable that is wrong."""
    environ = os.environ if environ is None else environ
    try:
        settings = Settings.model_validate({"home": _default_home(environ)} | _given_values(environ))
    except ValidationError as error:
        raise ConfigError("\n".join(_complaint(dict(item)) for item in error.errors())) from None
    settings._source_secrets = _given_secrets(environ)  # noqa: SLF001 - its own module
    return settings


def secret_variable(name: str) -> str:
    """The environment variable that gives a secret which sources refer to."""
    return SECRET_PREFIX + name.upper().replace("-", "_")


def given_secret(settings: Settings, name: str) -> tuple[str, str] | None:
    """A secret that the operator gives outside the database, and where: read anew each time it is asked for.

    None if there is none; ConfigError if its file cannot be read.
    """
    if (value := settings._source_secrets.get(secret_variable(name))) is not None:  # noqa: SLF001
        return value, secret_variable(name)
    if settings.secrets_dir is None or not (path := settings.secrets_dir / name).is_file():
        return None
    return _text_of(variable_name("secrets_dir"), path), str(path)


def variable_name(field: str) -> str:
    """The environment variable that sets a field of `Settings`."""
    return PREFIX + field.upper()


def secret_keys(settings: Settings) -> tuple[str, ...]:
    """The keys for stored secrets, newest first; on first use one is made and kept in the home folder."""
    text = settings.secret_key or _kept_key(settings.home / _KEY_FILE)
    return tuple(key.strip() for key in text.split(","))


def _default_home(environ: Mapping[str, str]) -> Path:
    data = environ.get("XDG_DATA_HOME") or Path(environ.get("HOME") or Path.home(), ".local", "share")
    return Path(data, "heatwatch")


def _given_values(environ: Mapping[str, str]) -> dict[str, object]:
    """The values set in the environment; a variable that is set and empty counts as not set."""
    values: dict[str, object] = {}
    for variable in sorted(
        name for name, text in environ.items() if name.startswith(PREFIX) and text.strip()
    ):
        if _is_source_secret(variable):
            continue
        field = variable.removeprefix(PREFIX).lower()
        text = environ[variable].strip()
        if field.endswith("_file") and field.removesuffix("_file") in SECRETS:
            field, text = field.removesuffix("_file"), _text_of(variable, Path(text))
        if field not in Settings.model_fields or variable != variable.upper():
            raise ConfigError(f"{variable}: no such setting; docs/settings.md lists those there are")
        if field in values:
            raise ConfigError(
                f"{variable_name(field)}: set either it or {variable_name(field)}_FILE, not both"
            )
        values[field] = Path(text).expanduser().absolute() if field == "home" else text
    return values


def _is_source_secret(variable: str) -> bool:
    own = {variable_name("secret_key"), f"{variable_name('secret_key')}_FILE"}
    return variable.startswith(SECRET_PREFIX) and variable == variable.upper() and variable not in own


def _given_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        variable: text.strip()
        for variable, text in environ.items()
        if _is_source_secret(variable) and text.strip()
    }


def _text_of(variable: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError(f"{variable}: cannot read the file {path}: {reason}") from None


def _complaint(item: Mapping[str, object]) -> str:
    """One line for a person: which variable, what is expected, what was found unless it is a secret."""
    location = item["loc"]
    field = str(location[0]) if isinstance(location, tuple) and location else "?"
    expected = str(item["msg"]).removeprefix("Value error, ")
    found = "" if field in SECRETS else f" (found {item.get('input')!r})"
    return f"{variable_name(field)}: {expected}{found}"


def _kept_key(path: Path) -> str:
    """The key in a file; made by whichever process comes first, never seen half written."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # mode 0600
        with os.fdopen(handle, "wb") as file:
            file.write(base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    try:
        return _checked_key(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: not a usable key: {error}") from None
