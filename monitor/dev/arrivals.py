"""Arrivals at the receiver, in a file to which lines are only ever added: the oracle of delivery tests."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

INDEX = "arrivals.jsonl"
BODIES = "bodies"
SECRETS = "secrets.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One message as it came in. `is_accepted` is False where the receiver was told to refuse it.

    `signature`: verified, wrong, too old, not signed, or no secret known. `absorbed` are the numbers of
    earlier events of the episode that the message says it stands for.
    """

    number: int
    kind: str
    arrival: str
    target: str
    message_id: str
    episode_id: str
    event_seq: int
    absorbed: tuple[int, ...]
    body_sha256: str
    size: int
    title: str
    type: str
    signature: str
    is_exercise: bool
    is_accepted: bool
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What a sink found in a message, before it has its number."""

    kind: str
    target: str
    body: bytes
    message_id: str = ""
    episode_id: str = ""
    event_seq: int = 0
    absorbed: tuple[int, ...] = ()
    title: str = ""
    type: str = ""
    signature: str = ""
    is_exercise: bool = False
    status: int = 200


class Arrivals:
    """The folder of a receiver; several threads may add."""

    def __init__(self, folder: Path) -> None:
        """Open or make the folder; what arrived before is shown again."""
        self.folder = folder
        (folder / BODIES).mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._arrivals = _read(folder / INDEX)

    def add(self, incoming: Incoming) -> Arrival:
        """Keep the body, then the line that names it."""
        digest = hashlib.sha256(incoming.body).hexdigest()
        with self._lock:
            arrival = Arrival(
                number=len(self._arrivals) + 1,
                kind=incoming.kind,
                arrival=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                target=incoming.target,
                message_id=incoming.message_id,
                episode_id=incoming.episode_id,
                event_seq=incoming.event_seq,
                absorbed=incoming.absorbed,
                body_sha256=digest,
                size=len(incoming.body),
                title=incoming.title,
                type=incoming.type,
                signature=incoming.signature,
                is_exercise=incoming.is_exercise,
                is_accepted=incoming.status in range(200, 300),
                status=incoming.status,
            )
            (self.folder / BODIES / digest).write_bytes(incoming.body)
            with (self.folder / INDEX).open("ab") as file:
                file.write(orjson.dumps(asdict(arrival)) + b"\n")
            self._arrivals.append(arrival)
        return arrival

    def all(self) -> Sequence[Arrival]:
        """Return everything, oldest first."""
        with self._lock:
            return tuple(self._arrivals)

    def body(self, arrival: Arrival) -> bytes:
        """Return the bytes as they came."""
        return (self.folder / BODIES / arrival.body_sha256).read_bytes()


def duplicates(arrivals: Sequence[Arrival]) -> frozenset[int]:
    """Return the numbers of accepted arrivals whose message had been accepted before at the same place."""
    seen: set[tuple[str, str]] = set()
    found = set()
    for each in arrivals:
        key = (each.target, each.message_id)
        if each.is_accepted and each.message_id:
            found |= {each.number} & ({each.number} if key in seen else set())
            seen.add(key)
    return frozenset(found)


def trust(folder: Path, secret: str) -> None:
    """Let the receiver of a folder check signatures made with a secret, from the next arrival on."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / SECRETS
    path.touch(mode=0o600)
    if secret not in trusted(folder):
        with path.open("a", encoding="ascii") as file:
            file.write(secret + "\n")


def trusted(folder: Path) -> Sequence[str]:
    """Return the secrets a receiver checks signatures with."""
    path = folder / SECRETS
    return path.read_text(encoding="ascii").split() if path.exists() else ()


def _read(path: Path) -> list[Arrival]:
    """Read the lines kept so far; a last one cut off by a kill is passed over."""
    if not path.exists():
        return []
    found = []
    for line in path.read_bytes().split(b"\n"):
        try:
            values = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        found.append(Arrival(**{**values, "absorbed": tuple(values["absorbed"])}))
    return found
