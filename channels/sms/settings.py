"""What the door for text messages must be told: nothing more than any door through Twilio."""

from __future__ import annotations

from channels.twilio.settings import TwilioSettings as TwilioSmsSettings

__all__ = ["TwilioSmsSettings"]
