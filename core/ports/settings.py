"""What versions of settings ask of the store (BW-14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.setting_versions import SettingVersion


class SettingShelf(Protocol):
    """Versions while one is laid down, begins or is taken back."""

    async def lay(self, version: SettingVersion) -> None:
        """A new one. Raises Conflict: somebody else has laid it down."""
        ...

    async def one(self, subject: str, version: int) -> SettingVersion | None:
        """Locked until the end; None: there is none."""
        ...

    async def waiting(self, subject: str) -> Sequence[SettingVersion]:
        """Those whose day is still to come, by their day."""
        ...

    async def due(self, now: datetime) -> SettingVersion | None:
        """The first of all that waits though its day has come, locked; None: there is none.

        By their day, then in the order in which they were laid down: what was laid down last
        for a day holds.
        """
        ...

    async def save(self, version: SettingVersion) -> None:
        """Its beginning, or that it was taken back."""
        ...


class SettingReads(Protocol):
    """The same outside any unit of work."""

    async def any_due(self, now: datetime) -> bool:
        """Whether any waits though its day has come. Cheap enough to ask every few seconds."""
        ...

    async def versions(self, subject: str) -> Sequence[SettingVersion]:
        """All of a setting, the newest first."""
        ...

    async def waiting(self, kind: str) -> Sequence[SettingVersion]:
        """Those of all settings of a kind that wait, by their day."""
        ...
