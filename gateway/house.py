"""The ports of the services about staff, put together from the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.services.house import House
from gateway.keys import open_vault
from gateway.passwords import Argon2Passwords

if TYPE_CHECKING:
    from config.settings import Settings
    from core.ports import Clock, Store


def open_house(settings: Settings, store: Store, clock: Clock) -> House:
    """One for the whole process: its passwords wait for each other. Raises OSError (keys)."""
    return House(
        open_desk=store.desk,
        reads=store.staff,
        passwords=Argon2Passwords(),
        vault=open_vault(settings),
        clock=clock,
        grants=settings.staff.given(),
        passwords_for=settings.sso.passwords_for,
    )
