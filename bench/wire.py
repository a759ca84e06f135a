"""What a program really says to PostgreSQL: a door in front of it that passes everything on and writes it down.

A round trip is a message after which the program waits: ``Sync`` (extended protocol) or ``Query`` (simple protocol).
"""

from __future__ import annotations

import asyncio
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import conninfo
from psycopg.adapt import Transformer
from psycopg.pq import Format


@dataclass(frozen=True)
class Told:
    """One round trip: on which connection, the statement, and its parameters as Python values."""

    connection: int
    program: str
    sql: str
    params: tuple[Any, ...] = ()


@dataclass
class Wire:
    """All round trips in their order."""

    told: list[Told] = field(default_factory=list)
    connections: int = 0


@contextmanager
def recorded(database_url: str) -> Iterator[tuple[str, Wire]]:
    """An address that leads to ``database_url`` by the recording door, and what passed it."""
    wire, loop, started = Wire(), asyncio.new_event_loop(), threading.Event()
    ports: list[int] = []

    async def serve() -> None:
        server = await asyncio.start_server(lambda r, w: _pass(wire, database_url, r, w), "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        started.set()

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(serve(), loop)
    started.wait()
    parts: dict[str, Any] = conninfo.conninfo_to_dict(database_url)
    user, name = parts.get("user", "postgres"), parts["dbname"]
    password = f":{parts['password']}" if "password" in parts else ""
    try:
        yield f"postgresql://{user}{password}@127.0.0.1:{ports[0]}/{name}?sslmode=disable&gssencmode=disable", wire
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _pass(wire: Wire, url: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    parts: dict[str, Any] = conninfo.conninfo_to_dict(url)
    host, port = str(parts.get("host", "127.0.0.1")), int(parts.get("port", 5432))
    if host.startswith("/"):
        server, to_server = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
    else:
        server, to_server = await asyncio.open_connection(host, port)
    wire.connections += 1
    back = asyncio.create_task(_copy(server, writer))
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        await _Listener(wire, wire.connections).listen(reader, to_server)
    to_server.close()
    await back


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()


@dataclass
class _Listener:
    """What is known of one connection: its prepared statements, and what was bound since the last ``Sync``."""

    wire: Wire
    number: int
    program: str = ""
    statements: dict[str, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    bound: tuple[str, tuple[Any, ...]] = ("", ())

    async def listen(self, reader: asyncio.StreamReader, onward: asyncio.StreamWriter) -> None:
        """Pass the start message on, then every other, noting what it says."""
        head = await reader.readexactly(4)
        body = await reader.readexactly(struct.unpack("!I", head)[0] - 4)
        words = body[4:].split(b"\0")
        said = dict(zip(words[::2], words[1::2], strict=False))
        options = said.get(b"options", b"").decode()
        self.program = options.rpartition("application_name=")[2].split(" ")[0]
        onward.write(head + body)
        while True:
            head = await reader.readexactly(5)
            body = await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)
            self._note(head[:1], body)
            onward.write(head + body)
            await onward.drain()

    def _note(self, kind: bytes, body: bytes) -> None:
        if kind == b"P":
            name, sql, rest = body.split(b"\0", 2)
            count = struct.unpack_from("!H", rest)[0]
            self.statements[name.decode()] = (sql.decode(), struct.unpack_from(f"!{count}I", rest, 2))
            self.bound = (sql.decode(), ())
        elif kind == b"B":
            self.bound = self._bind(body)
        elif kind == b"Q":
            self.wire.told.append(Told(self.number, self.program, body[:-1].decode()))
        elif kind == b"S":
            self.wire.told.append(Told(self.number, self.program, *self.bound))

    def _bind(self, body: bytes) -> tuple[str, tuple[Any, ...]]:
        _, name, rest = body.split(b"\0", 2)
        sql, types = self.statements[name.decode()]
        count = struct.unpack_from("!H", rest)[0]
        formats = struct.unpack_from(f"!{count}H", rest, 2)
        at = 2 + 2 * count + 2
        values = []
        for number in range(struct.unpack_from("!H", rest, at - 2)[0]):
            size = struct.unpack_from("!i", rest, at)[0]
            at += 4
            data = rest[at : at + size] if size >= 0 else None
            at += max(size, 0)
            shape = formats[number] if len(formats) > 1 else formats[0] if formats else 0
            values.append(_value(data, types[number] if number < len(types) else 0, shape))
        return sql, tuple(values)


def _value(data: bytes | None, oid: int, shape: int) -> Any:
    if data is None:
        return None
    if not oid and not shape:
        return data.decode()
    return Transformer().get_loader(oid, Format(shape)).load(data)


def connect(url: str) -> psycopg.Connection[Any]:
    """A connection that writes each statement at once."""
    return psycopg.connect(url, autocommit=True)
