"""A listener that counts who came, and small servers that answer badly on purpose."""

import contextlib
import socket
import threading

import pytest


class Listener:
    """Accepts on loopback, counts connections and answers each with the bytes given."""

    def __init__(self, host, answer):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, 0), family=family)
        self._answer = answer
        self.port = self._socket.getsockname()[1]
        self.connections = 0
        self.requests = []
        self.released = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection):
        with connection, contextlib.suppress(OSError):
            self.requests.append(connection.recv(65_536))
            for part in self._answer(self) if callable(self._answer) else [self._answer]:
                connection.sendall(part)

    def close(self):
        self.released.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def listen():
    """Return a function that starts a listener; all are closed at the end."""
    started = []

    def start(answer=b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", host="127.0.0.1"):
        started.append(Listener(host, answer))
        return started[-1]

    yield start
    for listener in started:
        listener.close()
