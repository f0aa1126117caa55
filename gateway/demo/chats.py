"""What phones hold at the simulated WhatsApp and Telegram: messages both ways, and files."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from console.sandbox.phone import SentFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from console.sandbox.phone import Upload


@dataclass(slots=True)
class Said:
    """One message on a phone; ``states`` grows.

    Attributes:
        id: the provider's.
        holder: whose phone it is on.
        mine: written by the holder.
        file_id: of the file that came with it, "" for none.
        states: what the provider reported of it, in order.
    """

    id: str
    holder: str
    mine: bool
    text: str
    at: datetime
    file_id: str = ""
    states: list[str] = field(default_factory=list)


class Chats:
    """All messages of one provider, oldest first, and the files that lie there."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self._files: dict[str, Upload] = {}

    def lay(self, file: Upload) -> str:
        """Keeps a file and returns its id: digits, as Meta's are."""
        file_id = str(secrets.randbelow(10**15) + 10**15)
        self._files[file_id] = file
        return file_id

    def file(self, file_id: str) -> Upload:
        """Raises KeyError."""
        return self._files[file_id]

    def files_of(self, holder: str) -> Sequence[SentFile]:
        """Files that the holder of a phone sent, oldest first."""
        found = []
        for said in self.said:
            if said.mine and said.holder == holder and said.file_id:
                file = self._files[said.file_id]
                found.append(SentFile(said.file_id, said.text, file.name, file.is_photo))
        return found

    def files_to(self, holder: str, *, caption_first: bool) -> Sequence[SentFile]:
        """Files that came from the office, oldest first, with the words of their answer.

        Args:
            holder: of the phone.
            caption_first: of several files the first bears the words (an album of Telegram's);
                else the words come after all of them, as a message of their own (WhatsApp).
        """
        found: list[SentFile] = []
        loose: list[SentFile] = []
        words = ""
        for said in self.to(holder):
            words = said.text or (words if caption_first else "")
            if said.file_id:
                file = self._files[said.file_id]
                loose.append(SentFile(said.file_id, "", file.name, file.is_photo))
            if words:
                found += [replace(one, text=words) for one in loose]
                loose.clear()
        return found

    def to(self, holder: str) -> list[Said]:
        """What a phone got from the office, oldest first."""
        return [said for said in self.said if not said.mine and said.holder == holder]
