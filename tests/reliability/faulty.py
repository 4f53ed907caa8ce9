"""Receivers on loopback that go wrong in one way each, by raw sockets and with certificates made here."""

import contextlib
import datetime as dt
import functools
import gzip
import ipaddress
import socket
import ssl
import struct
import threading
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# One request a connection; whoever is not told so sends the next one into a door that shuts.
OK = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok"
NAME = "receiver.example"


def status(code: int, *headers: str) -> bytes:
    """An answer without a body."""
    lines = [f"HTTP/1.1 {code} Status", *headers, "content-length: 0", "", ""]
    return "\r\n".join(lines).encode()


def large(size: int) -> bytes:
    """An answer of so many bytes."""
    return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size + b"x" * size


@functools.cache
def bomb() -> bytes:
    """An answer that unfolds to 200 MiB; made once, in a second."""
    body = gzip.compress(bytes(200 << 20), compresslevel=9, mtime=0)
    return b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(body) + body


class Receiver:
    """Takes each connection, reads a request (a rude one: some of it), and does what it is told."""

    def __init__(self, act, *, tls: ssl.SSLContext | None = None, is_rude: bool = False) -> None:
        self._act, self._tls, self._is_rude = act, tls, is_rude
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.arrivals: list[float] = []
        self.released = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.released.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            got = connection.recv(65_536)
            while not self._is_rude and (
                b"\r\n\r\n" not in got or len(got.split(b"\r\n\r\n", 1)[1]) < _length(got)
            ):
                got += connection.recv(65_536)
            self.arrivals.append(time.monotonic())
            self._act(connection, self.released)
        with contextlib.suppress(OSError):
            connection.close()


def answers(content: bytes):
    """Send these bytes."""
    return lambda connection, released: connection.sendall(content)


def resets(content: bytes):
    """Send these bytes, then break the connection off."""

    def act(connection, released):
        connection.sendall(content)
        time.sleep(0.1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return act


def bombs(connection, released) -> None:
    """Send what unfolds to much."""
    connection.sendall(bomb())


def hangs(connection, released) -> None:
    """Say nothing."""
    released.wait(60)


def drips(connection, released) -> None:
    """Answer a byte a second."""
    for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok":
        connection.sendall(bytes([byte]))
        if released.wait(1):
            return


class Authority:
    """Makes certificates, and the context of a client that trusts them."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self._certificate = self._signed(self._name, self._key.public_key(), days=(-1, 30), is_authority=True)

    def client(self) -> ssl.SSLContext:
        """Trust what it signed, and nothing else."""
        text = self._certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=text)

    def server(self, name: str, *, days: tuple[int, int]) -> ssl.SSLContext:
        """Speak for a name from so many days from now until so many."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._signed(subject, key.public_key(), days=days, names=(name,))
        file = self._folder / f"{name}-{days[1]}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _signed(self, subject, key, *, days, names=(), is_authority=False) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        alternatives = [x509.DNSName(name) for name in names] or [
            x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        ]
        identifier = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + dt.timedelta(days=days[0]))
            .not_valid_after(now + dt.timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
            )
        )
        if is_authority:
            builder = builder.add_extension(identifier, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _length(got: bytes) -> int:
    for line in got.split(b"\r\n\r\n", 1)[0].lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0
