"""WhatsApp's customer service window: how long after a person's last words we may write freely.

24 hours from the person's last message by its own time stamp; each message renews it. Outside,
only approved templates go (https://developers.facebook.com/docs/whatsapp/pricing, code 131047).
"""

from __future__ import annotations

from datetime import datetime, timedelta

WINDOW = timedelta(hours=24)

MARGIN = timedelta(minutes=5)
"""A text on its way when the window closes would be refused; so we take it for closed before."""


def window_ends(heard_at: datetime) -> datetime:
    """When the window closes that the person's last message opened, aware UTC."""
    return heard_at + WINDOW


def is_open(heard_at: datetime | None, now: datetime, margin: timedelta = MARGIN) -> bool:
    """Whether free text may be sent now.

    Args:
        heard_at: when the person last wrote; None: never.
        now: aware UTC.
        margin: how long before its end the window counts as closed.
    """
    return heard_at is not None and now < window_ends(heard_at) - margin
