"""What the API and the pages of staff stand on together: one of each in a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.citizen.limits import TEN_MINUTES, Visitors, Window
from core.model.value import value

if TYPE_CHECKING:
    from config.api import ApiSettings
    from core.model.scene import WorkPolicy
    from core.services.house import House
    from gateway.calendars import Calendars


@value
class Attempts:
    """Attempts to come in, by address and wherever they knock: guessing at one door counts at all.

    Attributes:
        visitors: who asks, behind proxies of ours.
        logins: how many attempts they made.
    """

    visitors: Visitors
    logins: Window


@value
class StaffParts:
    """One for the whole process.

    Attributes:
        house: ports of the services about staff.
        work: what acts go by.
        calendars: the process's.
    """

    house: House
    work: WorkPolicy
    calendars: Calendars
    attempts: Attempts


def attempts_of(settings: ApiSettings) -> Attempts:
    """None made yet."""
    return Attempts(Visitors(settings.proxies), Window(settings.logins_per_address, TEN_MINUTES))
