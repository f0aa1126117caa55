"""What both ways to WhatsApp share: the window for answers, and the templates outside of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from channels.whatsapp_rules.templates import Template, WindowRule
from core.model.policy import ChannelTraits
from core.model.texts import TextForm

if TYPE_CHECKING:
    from config.doors.twilio import TwilioWhatsAppSettings
    from config.doors.whatsapp import WhatsAppCloudSettings
    from core.model.enclosing import Carriage
    from core.model.messages import ChannelId

    WhatsApp = TwilioWhatsAppSettings | WhatsAppCloudSettings


def window_rule(settings: WhatsApp) -> WindowRule:
    """What may be said when, as the door keeps to it."""
    return WindowRule(
        {purpose: Template(*approved) for purpose, approved in settings.approved.items()},
        timedelta(seconds=settings.window_margin_seconds),
    )


def windowed(channel: ChannelId, settings: WhatsApp, carries: Carriage) -> ChannelTraits:
    """The same as core goes by."""
    return ChannelTraits(
        channel,
        TextForm.CHAT,
        settings.acks_per_day,
        windowed=True,
        templates=frozenset(settings.approved),
        window_margin=timedelta(seconds=settings.window_margin_seconds),
        carries=carries,
    )
