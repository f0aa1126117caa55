"""Big and suspicious mail is read in a process of its own, so that nobody else waits for it.

The process has a memory limit, and each mail a time limit; past either it is killed, the next mail
gets a new one, and this mail is read roughly. Replies are plain values (``marshal``), so that not
even a subverted reader can make this process do anything.
"""

from __future__ import annotations

import asyncio
import marshal
import resource
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from channels.email.limits import is_light
from channels.email.mail import FromFault, Mail, MailAddress, Part, Report
from channels.email.parts import part_content
from channels.email.reading import read_mail, read_roughly

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

SECONDS = 2.0
"""How long one mail may take (providers.md §13.9)."""

START_SECONDS = 30.0
"""How long a new process may take to start; it imports the readers."""

MEMORY = 2**30
"""Bytes of address space of the process: a mail of 36 MiB is held some ten times over."""

_VALUES = {kind.__name__: kind for kind in (Mail, MailAddress, Part, Report)}


class Readers:
    """Reads mail at any size without holding up the event loop; one process, made when needed."""

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mail-reader")
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._closed = False

    async def read_apart(self, raw: bytes) -> Mail:
        """As ``read_mail``: on the spot where that is quick, else in the process."""
        if is_light(raw):
            return read_mail(raw)
        reply = await self._ask(("mail", 0, raw))
        if reply is None:
            return read_roughly(raw, "took too long to read")
        mail: Mail = _unpacked(reply)
        return mail

    async def part_apart(self, raw: bytes, index: int) -> bytes:
        """As ``parts.part_content``; raises IndexError, also when it took too long."""
        if is_light(raw):
            return part_content(raw, index)
        reply = await self._ask(("part", index, raw))
        if not isinstance(reply, bytes):
            raise IndexError(index)
        return reply

    async def close(self) -> None:
        """Ends the process; idempotent. What is being read is read roughly."""
        self._closed = True
        self._kill()
        await asyncio.to_thread(self._thread.shutdown)
        self._kill()  # it may just have been starting

    async def _ask(self, question: tuple[str, int, bytes]) -> Any:  # noqa: ANN401 - as packed
        if self._closed:
            return None
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._exchange, question)

    def _exchange(self, question: tuple[str, int, bytes]) -> Any:  # noqa: ANN401 - as packed
        """One question to the process; None when it died or was too slow. Blocks."""
        try:
            pipe = self._ready()
            if pipe is not None:
                pipe.send_bytes(marshal.dumps(question))
                if pipe.poll(self._seconds):
                    return marshal.loads(pipe.recv_bytes())  # noqa: S302 - plain values only
        except (OSError, EOFError, ValueError):
            pass  # it was killed by its memory limit, or by close()
        self._kill()
        return None

    def _ready(self) -> Connection | None:
        """The pipe to a process that has said that it is there."""
        if self._closed:
            return None
        if self._process is None or not self._process.is_alive() or self._pipe is None:
            self._kill()
            context = get_context("spawn")  # fork would copy a running event loop
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(
                target=_serve, args=(theirs, self._memory), daemon=True, name="mail-reader"
            )
            self._process.start()
            theirs.close()
            if not self._pipe.poll(START_SECONDS):
                return None
            self._pipe.recv_bytes()
        return self._pipe

    def _kill(self) -> None:
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        if process is not None:
            process.kill()
            process.join()
            process.close()
        if pipe is not None:
            pipe.close()


def _serve(pipe: Connection, memory: int) -> None:
    """The process: one question, one reply, until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    pipe.send_bytes(b"ready")
    while True:
        try:
            kind, index, raw = marshal.loads(pipe.recv_bytes())  # noqa: S302 - from our own side
        except EOFError:
            return
        pipe.send_bytes(marshal.dumps(_answer(kind, index, raw)))


def _answer(kind: str, index: int, raw: bytes) -> Any:  # noqa: ANN401 - as packed
    if kind == "mail":
        return _packed(read_mail(raw))
    try:
        return part_content(raw, index)
    except IndexError:
        return None


def _packed(value: Any) -> Any:  # noqa: ANN401 - any value of mail.py
    """As plain values: what ``marshal`` knows, dataclasses as their name and fields."""
    if is_dataclass(value):
        name = type(value).__name__
        return ("value", name, {f.name: _packed(getattr(value, f.name)) for f in fields(value)})
    if isinstance(value, datetime):
        return ("date", value.timestamp())
    if isinstance(value, MappingProxyType):
        return ("map", dict(value))
    if isinstance(value, tuple):
        return ("tuple", [_packed(one) for one in value])
    return str(value) if isinstance(value, FromFault) else value


def _unpacked(packed: Any) -> Any:  # noqa: ANN401 - any value of mail.py
    if not isinstance(packed, tuple):
        return packed
    kind, *rest = packed
    if kind == "value":
        found = {name: _unpacked(one) for name, one in rest[1].items()}
        if rest[0] == "Mail":
            found["from_fault"] = FromFault(found["from_fault"])
        return _VALUES[rest[0]](**found)
    if kind == "date":
        return datetime.fromtimestamp(rest[0], UTC)
    if kind == "map":
        return MappingProxyType(rest[0])
    return tuple(_unpacked(one) for one in rest[0])
