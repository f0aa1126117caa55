"""One process per SQLite file: an exclusive lock beside the database, bound to the process.

The kernel drops the lock with the process, so the file of a dead one is no obstacle.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from ticket_store.failures import StoreRefused

if TYPE_CHECKING:
    from pathlib import Path

READABLE_BY_GROUP = 0o640
"""What umask 027 leaves: nothing for others."""


class LockFile:
    """Held from construction to :meth:`release`."""

    def __init__(self, database: Path) -> None:
        """Raises StoreRefused when another process (or store) holds it."""
        self.path = database.with_name(f"{database.name}.lock")
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, READABLE_BY_GROUP)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self._descriptor, 20).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            sentence = (
                f"{database} is in use by process {holder or '?'}: one process per SQLite file, "
                "use PostgreSQL for several"
            )
            raise StoreRefused(sentence) from error
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, f"{os.getpid()}\n".encode("ascii"))

    def release(self) -> None:
        """Idempotent. The file stays: removing it would let two processes lock two files."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
