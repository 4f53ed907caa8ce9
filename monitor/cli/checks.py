"""What `heatwatch doctor` looks at on this machine: folders, files, the mail server, the address."""

import shutil
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

from monitor.bootstrap import prepare_home, schema_state
from monitor.config import Settings, secret_keys
from monitor.domain.check import Check, ok, warning, wrong
from monitor.domain.errors import ConfigError, DatabaseUnavailable
from monitor.packs.read_pack import read_pack
from monitor.paths import packs_folder, static_folder

MIB = 1 << 20
LOW_DISK_BYTES, LITTLE_DISK_BYTES = 200 * MIB, 1024 * MIB
MAIL_SECONDS = 10
ASSETS = ("app.js", "app.css")


def check_home(settings: Settings) -> Check:
    """Whether files can be made in the home folder, and the key there can be read."""
    try:
        prepare_home(settings)
        secret_keys(settings)
    except ConfigError as error:
        return wrong("home", str(error), "Mend the folder or the key file, or set HEATWATCH_HOME.")
    return ok("home", f"{settings.home} can be written to")


def check_disk(settings: Settings) -> Check:
    """Whether the home folder has room left."""
    folder = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    message = f"{free // MIB:,} MiB free where {settings.home} lies".replace(",", " ")
    if free < LOW_DISK_BYTES:
        return wrong("disk", message, "Make room: when the disk is full nothing can be stored.")
    if free < LITTLE_DISK_BYTES:
        return warning("disk", message, "Make room soon.")
    return ok("disk", message)


def check_schema(settings: Settings) -> Check:
    """Whether the database answers, and its tables are those this program needs."""
    try:
        state = schema_state(settings)
    except (ConfigError, DatabaseUnavailable) as error:
        return wrong("database", str(error), "See HEATWATCH_DATABASE_URL, and whether the server runs.")
    if state.problem:
        return wrong("database", state.problem, "Then run `heatwatch doctor` again.")
    return ok("database", f"answers, tables at revision {state.found}")


def check_assets() -> Check:
    """Whether the browser's files are built."""
    missing = missing_assets()
    if missing:
        return wrong("assets", f"not built: {', '.join(missing)}", "Run `make assets` in the checkout.")
    return ok("assets", "the browser's files are built")


def missing_assets() -> list[str]:
    """Return the built files that are not there."""
    return [name for name in ASSETS if not (static_folder() / name).is_file()]


def check_packs() -> Check:
    """Whether every pack that ships with the program can be read."""
    folders = sorted(path.parent for path in packs_folder().glob("*/pack.toml"))
    if not folders:
        return wrong("packs", f"no pack in {packs_folder()}", "Install Heatwatch again: files are missing.")
    for folder in folders:
        problems = read_pack(folder).problems
        if problems:
            message = f"{folder.name}: {len(problems)} problems, first {problems[0]}"
            return wrong("packs", message, f"Run `heatwatch pack check {folder}`.")
    return ok("packs", f"readable: {', '.join(folder.name for folder in folders)}")


def check_mail(settings: Settings) -> Check:
    """Whether the mail server takes our login; nothing is sent."""
    if settings.smtp_host is None:
        return ok("mail", "HEATWATCH_SMTP_HOST is not set: no e-mail leaves")
    place = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with _mail_server(settings) as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password or "")
    except (OSError, smtplib.SMTPException) as error:
        return wrong("mail", f"{place}: {error}", "See the HEATWATCH_SMTP_* settings and the mail server.")
    return ok("mail", f"{place} answers" + (" and takes the login" if settings.smtp_user else ""))


def check_address(settings: Settings) -> Check:
    """Whether links in messages lead here, and nobody's password travels in the clear."""
    address = settings.base_url
    if address is None and _is_loopback(settings.host):
        return ok("address", f"http://{settings.bind}, for this machine only")
    if address is None:
        advice = "Set HEATWATCH_BASE_URL to the address people use, such as https://desk.example.org."
        return warning("address", "HEATWATCH_BASE_URL is not set: links in messages lead nowhere", advice)
    if address.startswith("http://") and not _is_loopback(settings.host):
        advice = "Put a TLS proxy in front and set HEATWATCH_BASE_URL to its https:// address."
        return warning("address", f"{address} is not encrypted: passwords can be read on the way", advice)
    return ok("address", address)


@contextmanager
def _mail_server(settings: Settings) -> Iterator[smtplib.SMTP]:
    host, port = settings.smtp_host or "", settings.smtp_port
    context = ssl.create_default_context()
    if settings.smtp_starttls == "tls":
        with smtplib.SMTP_SSL(host, port, timeout=MAIL_SECONDS, context=context) as server:
            yield server
        return
    with smtplib.SMTP(host, port, timeout=MAIL_SECONDS) as server:
        if settings.smtp_starttls == "starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        yield server


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
