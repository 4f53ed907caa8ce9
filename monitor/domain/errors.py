"""The one tree of errors: what can go wrong, in words a person can act on."""

from monitor.domain.phrases import Phrase


class MonitorError(Exception):
    """Anything Heatwatch raises on purpose; its text is fit for a person."""

    def __str__(self) -> str:
        """Return its text; a phrase in the language that is spoken where it is read."""
        text = self.args[0] if self.args else ""
        return text.said() if isinstance(text, Phrase) else super().__str__()


class NotFound(MonitorError):
    """A named thing does not exist."""


class Conflict(MonitorError):
    """The thing changed since it was read, or the act does not fit its state; `changes` says what differs."""

    def __init__(self, message: str, *, changes: tuple[str, ...] = ()) -> None:
        """Keep what differs now, a line each."""
        super().__init__(message)
        self.changes = changes


class InvalidInput(MonitorError):
    """A value a person or program gave cannot be used; `field` names which."""

    def __init__(self, message: str, *, field: str = "") -> None:
        """Keep the field beside the message."""
        super().__init__(message)
        self.field = field


class SourceError(MonitorError):
    """A source could not be read; `permanent` means trying again will not help.

    `retry_after_seconds` is how long the other side asked us to wait, where it did.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, retry_after_seconds: float | None = None
    ) -> None:
        """Keep whether a retry makes sense, and when."""
        super().__init__(message)
        self.permanent = permanent
        self.retry_after_seconds = retry_after_seconds


class Postponed(SourceError):
    """A source was not asked: its host is asked often enough already. Not a failure, only a later turn."""


class DeliveryError(MonitorError):
    """A message could not be sent; `permanent` means trying again will not help."""

    def __init__(  # noqa: PLR0913 - one word for each row of the retry table
        self,
        message: str,
        *,
        permanent: bool = False,
        status_code: int | None = None,
        retry_after_seconds: float | None = None,
        is_timeout: bool = False,
        is_gone: bool = False,
        trouble: str = "",
        remote_address: str = "",
        snippet: str = "",
    ) -> None:
        """Keep what the retry table decides on (alerting.md 3.2); `trouble` is what admins are told."""
        super().__init__(message)
        self.permanent = permanent
        self.status_code = status_code
        self.retry_after_seconds = retry_after_seconds
        self.is_timeout = is_timeout
        self.is_gone = is_gone
        self.trouble = trouble
        self.remote_address = remote_address
        self.snippet = snippet


class ConfigError(MonitorError):
    """A setting is missing or wrong; the text names it and what is expected."""


class DatabaseUnavailable(MonitorError):
    """The database does not answer, is locked or full, or is none; nothing was stored."""
