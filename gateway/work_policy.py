"""What acts of staff go by, from the settings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.model.scene import REJECT_REASONS, WorkPolicy

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.work import WorkSettings
    from core.model.calendar import Calendar
    from core.model.policy import IntakePolicy
    from core.services.reaching import StaffChannels


def work_policy(
    settings: WorkSettings,
    office: IntakePolicy,
    calendar_of: Callable[[str], Calendar] | None = None,
    staff_channels: StaffChannels = (),
) -> WorkPolicy:
    """The office's policy for acts.

    Args:
        settings: the section ``[work]``.
        office: texts, channels, promises.
        calendar_of: a unit's calendar by its name; None: all units keep the office's.
        staff_channels: the doors by which staff are told; empty: they see it on their pages.
    """
    return WorkPolicy(
        office,
        approval_before_work=settings.approval_before_work,
        approval_after_work=settings.approval_after_work,
        close_after=timedelta(days=settings.close_after_days),
        undo=timedelta(seconds=settings.undo_seconds),
        sms_rupiah=settings.sms_rupiah,
        stopping=frozenset(settings.stopping),
        reject_reasons=settings.reasons() or REJECT_REASONS,
        calendar_of=calendar_of,
        staff_channels=staff_channels,
    )
