"""How a run went: one word, counts, and a sentence for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.services.ask_source import Asked
from monitor.services.store_harvest import Stored

COUNTS = ("seen", "new", "revised", "withdrawn", "quarantined", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run went: ok, unchanged, empty, late, error, cut or postponed, with counts and samples."""

    source: str
    outcome: str
    seen: int = 0
    new: int = 0
    revised: int = 0
    withdrawn: int = 0
    quarantined: int = 0
    rejected: int = 0
    message: str = ""
    samples: tuple[Mapping[str, str], ...] = ()
    run_id: int | None = None

    @property
    def is_error(self) -> bool:
        """Whether the source gave nothing because something is wrong."""
        return self.outcome == "error"

    @property
    def counts(self) -> dict[str, int]:
        """How many readings and incidents of each sort."""
        return {name: getattr(self, name) for name in COUNTS}

    @property
    def sentence(self) -> str:
        """The run in one line for a person."""
        if self.outcome in {"error", "cut", "postponed"}:
            return f"{self.source}: {self.message}"
        told = [f"{count} {name}" for name, count in self.counts.items() if count or name in COUNTS[:4]]
        tail = f": {self.message}" if self.message else ""
        return f"{self.source}: {self.outcome}, {', '.join(told)}{tail}"


def outcome_of(source: str, run_id: int, asked: Asked, stored: Stored, *, late: str = "") -> Outcome:
    """Return how a run went that was stored; `late` is the sentence of what should be there by now."""
    word = "ok" if stored.has_changed else "unchanged" if stored.counts["seen"] else "empty"
    message = stored.note
    if asked.is_unchanged:
        word, message = "unchanged", "the source says that nothing changed"
    if late or asked.harvest.is_late:
        word, message = "late", late or message
    if stored.counts["rejected"]:
        reason = f"for instance {stored.samples[0]['where']}: {stored.samples[0]['reason']}"
        message = "; ".join(filter(None, [message, reason]))
    if stored.is_useless:
        word = "error"
        message = f"none of the {stored.counts['rejected']} rows could be used; {message}"
    return Outcome(
        source=source, outcome=word, message=message, samples=stored.samples, run_id=run_id, **stored.counts
    )
