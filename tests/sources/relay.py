"""A port on loopback that leads to a Unix socket: the PostgreSQL of the tests listens on no port."""

import socket
import threading
from contextlib import contextmanager, suppress


@contextmanager
def relay(path: str):
    """Give the number of a port; what is said there goes to the socket, and back."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_accept, args=(server, path), daemon=True).start()
        yield server.getsockname()[1]


def _accept(server: socket.socket, path: str) -> None:
    with suppress(OSError):
        while True:
            here, _ = server.accept()
            there = socket.socket(socket.AF_UNIX)
            there.connect(path)
            for pair in ((here, there), (there, here)):
                threading.Thread(target=_pass_on, args=pair, daemon=True).start()


def _pass_on(giver: socket.socket, taker: socket.socket) -> None:
    with suppress(OSError):
        while part := giver.recv(65_536):
            taker.sendall(part)
    with suppress(OSError):
        taker.shutdown(socket.SHUT_RDWR)
    giver.close()
