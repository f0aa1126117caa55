"""A form on its way in: fields into memory, files straight to disk, all within limits.

Every file is on disk before its message is, under a name that follows from form, place and
content: a form that is sent twice writes the same files again, so nothing is kept twice and
nothing that an earlier sending needs is taken away (threats.md F13: no disk, no loss).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import BodyPartReader, ClientError, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from console.citizen.form import Fault
from console.language import N_
from core.model.enclosing import size_words
from core.model.file_names import clean_name
from core.model.messages import Attachment

if TYPE_CHECKING:
    from io import FileIO
    from pathlib import Path

FILES_MANY = N_("Paling banyak %(count)s berkas.")
FILE_LARGE = N_("Satu berkas paling besar %(size)s: %(name)s")
FILE_EMPTY = N_("Berkas ini kosong: %(name)s")
FILES_LARGE = N_("Semua lampiran bersama paling besar %(size)s.")
FILES_UNKEPT = N_("Lampiran tidak dapat disimpan saat ini. Coba lagi, atau kirim tanpa lampiran.")
FILES_AGAIN = N_("Lampiran perlu dipilih sekali lagi.")

FIELD_BYTES = 400_000
"""Bytes of one field that are read; a text of 10,000 characters has 40,000 at most."""

MOST_PARTS = 100
_CHUNK = 65_536
_INCOMING = "incoming-"
_OLD = 3_600.0  # seconds


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What one form may bring.

    Attributes:
        files, file_bytes, all_bytes: of its files.
        seconds: from first to last byte.
    """

    files: int
    file_bytes: int
    all_bytes: int
    seconds: float


_NO_FORM = (
    *(ValueError, LookupError, RuntimeError, TimeoutError, AssertionError),
    *(ClientError, HttpProcessingError, web.HTTPException),
)
"""aiohttp has no one error for a body that is no form, or that breaks off."""


class Unread(Exception):  # noqa: N818 - an outcome, caught where the form is shown again
    """The form could not be read to its end; what came before is in the upload."""


@dataclass(slots=True)
class _File:
    path: Path
    digest: str
    size: int
    name: str
    content_type: str


@dataclass(slots=True)
class Upload:
    """What has come in so far.

    Attributes:
        pairs: fields with their text, in order.
        fault: what is wrong with the files, if anything.
        chosen: whether there was any file.
    """

    folder: Path
    limits: UploadLimits
    pairs: list[tuple[str, str]] = field(default_factory=list)
    fault: Fault | None = None
    chosen: bool = False
    _files: list[_File] = field(default_factory=list)
    _bytes: int = 0
    _made: list[Path] = field(default_factory=list)

    async def read(self, request: web.Request) -> None:
        """Reads the form. Raises Unread."""
        try:
            async with asyncio.timeout(self.limits.seconds):
                if request.content_type == "multipart/form-data":
                    await self._read_parts(await request.multipart())
                else:
                    form = await request.post()
                    self.pairs += [(name, str(text)) for name, text in form.items()]
        except _NO_FORM as error:
            raise Unread from error
        except OSError:
            self.fault = Fault(FILES_UNKEPT)
            await self.drop()

    async def _read_parts(self, reader: MultipartReader) -> None:
        count = 0
        async for part in reader:
            count += 1
            if not isinstance(part, BodyPartReader) or count > MOST_PARTS:
                raise Unread
            if part.filename is None:
                await self._read_field(part)
            elif part.name == "files":
                await self._read_file(part)

    async def _read_field(self, part: BodyPartReader) -> None:
        body = bytearray()
        while chunk := await part.read_chunk(_CHUNK):
            body += chunk
            if len(body) > FIELD_BYTES:
                raise Unread
        self.pairs.append((part.name or "", body.decode("utf-8", "replace")))

    async def _read_file(self, part: BodyPartReader) -> None:
        chunk = await part.read_chunk(_CHUNK)
        name = clean_name(part.filename)
        if not chunk and not part.filename:
            return  # a browser's way to say that no file was chosen
        self.chosen = True
        if not chunk:
            self._blame(FILE_EMPTY, name=name)
        elif len(self._files) >= self.limits.files:
            self._blame(FILES_MANY, count=self.limits.files)
        path = self.folder / f"{_INCOMING}{secrets.token_hex(16)}"
        kept = await asyncio.to_thread(_opened, path)
        self._made.append(path)
        digest, size = hashlib.sha256(), 0
        with kept:
            while chunk:
                size += len(chunk)
                self._count(len(chunk), size, name)
                if self.fault is None:
                    digest.update(chunk)
                    await asyncio.to_thread(kept.write, chunk)
                chunk = await part.read_chunk(_CHUNK)
            await asyncio.to_thread(os.fsync, kept.fileno())
        kind = part.headers.get("Content-Type", "application/octet-stream")[:200]
        self._files.append(_File(path, digest.hexdigest(), size, name, kind))

    def _count(self, more: int, size: int, name: str) -> None:
        """Raises Unread where reading on would only cost time."""
        self._bytes += more
        if size > self.limits.file_bytes:
            self._blame(FILE_LARGE, size=size_words(self.limits.file_bytes), name=name)
        if self._bytes > self.limits.all_bytes:
            self._blame(FILES_LARGE, size=size_words(self.limits.all_bytes))
        if self._bytes > 2 * self.limits.all_bytes:
            raise Unread

    def _blame(self, words: str, **values: object) -> None:
        """The first fault is told; the bytes of all files after it go nowhere."""
        self.fault = self.fault or Fault(words, values)

    @property
    def digests(self) -> list[str]:
        """Of the files' contents, in order."""
        return [one.digest for one in self._files]

    async def keep(self, id_: str) -> tuple[Attachment, ...]:
        """Gives the files the names under which the message names them. Raises OSError."""
        return await asyncio.to_thread(self._keep, id_)

    def _keep(self, id_: str) -> tuple[Attachment, ...]:
        found = []
        self._made.clear()
        for place, one in enumerate(self._files):
            seed = f"{id_} {place} {one.digest}".encode()
            target = self.folder / hashlib.sha256(seed).hexdigest()[:32]
            if not target.exists():
                self._made.append(target)
            one.path.rename(target)
            found.append(
                Attachment(f"file:{target.name}", one.content_type, one.name or None, one.size)
            )
        if found:
            _sync_folder(self.folder)
        return tuple(found)

    def settle(self) -> None:
        """What came in belongs to somebody now: :meth:`drop` takes nothing of it away."""
        self._made.clear()
        self._files.clear()

    async def drop(self) -> None:
        """Takes away what this form alone has laid down: it was not taken, or taken before."""
        await asyncio.to_thread(self._drop)

    def _drop(self) -> None:
        for path in [*self._made, *(one.path for one in self._files)]:
            path.unlink(missing_ok=True)
        self._made.clear()
        self._files.clear()


def _opened(path: Path) -> FileIO:
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    return path.open("xb", buffering=0)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path, now: float) -> int:
    """Takes away what a killed process had half received; returns how many.

    Args:
        folder: of attachments.
        now: seconds since 1970.
    """
    count = 0
    for path in folder.glob(f"{_INCOMING}*"):
        with suppress(OSError):
            if path.stat().st_mtime < now - _OLD:
                path.unlink()
                count += 1
    return count
