"""Takes files of erased persons out of the folder of attachments."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.attachment_folder import AttachmentFolder


class FolderShredder:
    """``core.ports.erasing.Shredder`` over the folder."""

    def __init__(self, folder: AttachmentFolder) -> None:
        self._folder = folder

    async def shred(self, names: Sequence[str]) -> None:
        """In a thread. Raises OSError."""
        if names:
            await asyncio.to_thread(self._all, names)

    def _all(self, names: Sequence[str]) -> None:
        for name in names:
            self._folder.remove(name)
