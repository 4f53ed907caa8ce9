"""A mail server on loopback that goes wrong in one way, for one recipient or for all."""

import contextlib
import hashlib
import re
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class MailFault:
    """What it answers instead: to the greeting, to commands by their first word, to recipients.

    `drops` are the recipients whose mail it takes without saying so: it hangs up after the last line.
    """

    greeting: bytes = b"220 hello"
    answers: Mapping[str, bytes] = field(default_factory=dict)
    recipients: Mapping[str, bytes] = field(default_factory=dict)
    drops: frozenset[str] = frozenset()


class MailServer:
    """Keeps (recipient, Message-ID, hash) of each mail that it read to its end."""

    def __init__(self) -> None:
        self.fault = MailFault()
        self.read: list[tuple[str, str, str]] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection: socket.socket) -> None:
        fault, recipient = self.fault, ""
        with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError):
            connection.sendall(fault.greeting + b"\r\n")
            for line in lines:
                word = line.split()[0].decode().upper() if line.split() else ""
                if word == "RCPT":
                    recipient = re.search(rb"<(.*)>", line)[1].decode()
                answer = fault.answers.get(word) or self._answer(word, recipient, fault)
                connection.sendall(answer + b"\r\n")
                if word == "QUIT":
                    return
                if answer.startswith(b"354"):
                    self._keep(lines, recipient)
                    if recipient in fault.drops:
                        return
                    connection.sendall(b"250 kept\r\n")

    def _answer(self, word: str, recipient: str, fault: MailFault) -> bytes:
        if word == "EHLO":
            return b"250-desk\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN"
        if word == "RCPT":
            return fault.recipients.get(recipient, b"250 ok")
        return {"DATA": b"354 go on", "QUIT": b"221 bye", "AUTH": b"235 welcome"}.get(word, b"250 ok")

    def _keep(self, lines, recipient: str) -> None:
        content = b"".join(iter(lines.readline, b".\r\n"))
        name = re.search(rb"(?im)^message-id:\s*(\S+)", content)[1].decode()
        self.read.append((recipient, name, hashlib.sha256(content).hexdigest()))
