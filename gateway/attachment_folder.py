"""The folder of attachments: files come in under a temporary name and are kept under a random one.

Only what is whole and on disk gets its name (write, fsync, rename, fsync of the folder), so that a
row never speaks of half a file. Names are 128 bits of chance in 256 folders: nobody guesses one,
and nothing that a sender wrote ever becomes a path (threats.md rows 36 and 37).
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import TooLarge
from core.model.file_types import Examiner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.model.attachments import Finding

FOLDER = "attachments"
"""Below ``data_dir``."""

DIRECTORY_MODE, FILE_MODE = 0o750, 0o640

_INCOMING = ".incoming"
_PIECE = 262_144
_NAME = re.compile(r"(?:[0-9a-f]{2}/)?[0-9a-f]{32}")
_SWEPT_WITHIN = 3  # days
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Examined:
    """A whole file as it lies on disk."""

    finding: Finding
    size: int
    sha256: str


class Incoming:
    """One file on its way in: a sink for doors, with a limit. Raises OSError as the disk does.

    Attributes:
        failed: the disk refused: an error that leaves the door is ours, not the provider's.
    """

    def __init__(self, path: Path, most: int) -> None:
        self.path = path
        self.size = 0
        self.failed = False
        self._most = most
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        self._handle = os.open(path, flags, FILE_MODE)

    def write(self, data: bytes) -> None:
        """Raises TooLarge beyond the limit, OSError when the disk is full."""
        self.size += len(data)
        if self.size > self._most:
            raise TooLarge
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._handle, left) :]
        except OSError:
            self.failed = True
            raise

    def sync(self) -> None:
        """To the disk; blocks. Idempotent after :meth:`close`."""
        os.fsync(self._handle)

    def close(self) -> None:
        """Idempotent."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def drop(self) -> None:
        """Closes and takes it away; nothing happens where it has been kept."""
        self.close()
        self.path.unlink(missing_ok=True)


class AttachmentFolder:
    """The folder itself. Everything here blocks and belongs into a thread, but for short calls.

    Args:
        path: made with the first file.
        most: bytes of the largest file.
        keep_free: bytes of the disk that files leave to the store.
    """

    def __init__(self, path: Path, most: int, keep_free: int) -> None:
        self.path, self._most, self._keep_free = path, most, keep_free

    def has_room(self) -> bool:
        """Whether the disk has more to spare than the store may need. Raises OSError."""
        there = self.path if self.path.exists() else self.path.parent
        disk = os.statvfs(there)
        return disk.f_bavail * disk.f_frsize > self._keep_free

    def begin(self) -> Incoming:
        """A place for a file that comes. Raises OSError."""
        incoming = self.path / _INCOMING
        incoming.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
        return Incoming(incoming / secrets.token_hex(16), self._most)

    def keep(self, incoming: Incoming) -> str:
        """Gives a whole file its name; returns it, relative to the folder. Raises OSError."""
        name = secrets.token_hex(16)
        target = self.path / name[:2] / name
        target.parent.mkdir(mode=DIRECTORY_MODE, exist_ok=True)
        incoming.path.rename(target)
        for changed in (target.parent, self.path):
            _sync_folder(changed)
        return f"{name[:2]}/{name}"

    def path_of(self, stored_as: str) -> Path | None:
        """Where a file lies; None for a name that is none of ours, or a file that is gone."""
        if not _NAME.fullmatch(stored_as):
            return None
        path = self.path / stored_as
        return path if path.is_file() and not path.is_symlink() else None

    def remove(self, stored_as: str) -> None:
        """Takes a file away that no row speaks of."""
        if path := self.path_of(stored_as):
            path.unlink(missing_ok=True)

    def lately(self, now: float, *ends: float) -> Iterator[str]:
        """Names of files that are one to four days old: what a killed process may have left.

        Args:
            now: seconds since 1970.
            ends: ages in days at which files lose the rows that speak of them; those that came to
                one within three days are named as well.
        """
        for path in [*self.path.glob("[0-9a-f]*"), *self.path.glob("[0-9a-f][0-9a-f]/*")]:
            name = path.relative_to(self.path).as_posix()
            days = _age(path, now) / _DAY
            if _NAME.fullmatch(name) and any(
                0 <= days - end < _SWEPT_WITHIN for end in (1, *ends)
            ):
                yield name

    def sweep_incoming(self, now: float) -> int:
        """Takes away what came in half, more than a day ago; returns how many."""
        count = 0
        for path in (self.path / _INCOMING).glob("*"):
            if _age(path, now) > _DAY:
                path.unlink(missing_ok=True)
                count += 1
        return count


def examine(path: Path, filename: str) -> Examined:
    """Reads a whole file once: what it is, its size, its SHA-256. Raises OSError."""
    digest, examiner, size = hashlib.sha256(), Examiner(), 0
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            size += len(piece)
            digest.update(piece)
            examiner.feed(piece)
    return Examined(examiner.finish(filename), size, digest.hexdigest())


def _age(path: Path, now: float) -> float:
    with suppress(OSError):
        return now - path.stat().st_mtime
    return 0.0


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
