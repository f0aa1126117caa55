"""Laying down a wording of the office, for now or for a day to come (BW-14)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.setting_versions import SettingVersion

if TYPE_CHECKING:
    from datetime import datetime

    from core.ports import Desk


async def lay_down(
    desk: Desk, what: tuple[str, int, str], change: tuple[datetime | None, datetime, str]
) -> None:
    """Keeps one version; another that waits for the same instant is taken back by it.

    Args:
        desk: the unit of work, which also changes what holds.
        what: subject, version, content.
        change: when it begins (None: now), when it is laid down, and by whom.

    Raises Conflict: somebody else was faster.
    """
    begins, now, by = change
    begun_at = None if begins else now
    made = SettingVersion(*what, begins or now, now, by, begun_at)
    for one in await desk.settings.waiting(made.subject):
        if one.valid_from == made.valid_from:
            await desk.settings.save(replace(one, withdrawn_at=now))
    await desk.settings.lay(made)


async def take_back_all(desk: Desk, subject: str, now: datetime) -> None:
    """Whatever waits of a setting that is retired: it would come back by itself."""
    for one in await desk.settings.waiting(subject):
        await desk.settings.save(replace(one, withdrawn_at=now))
