"""The staff of the demonstration: one of each role, in the four units of the story (MB-16, MB-21).

They come in by the real services: added, invited, the password set by the invitation. It is the
same for all and shown on the sandbox, because nothing here is anybody's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.model.staff import Role
from core.model.units import UnitDraft
from core.model.work import Refusal
from core.services.canned import CannedDraft, add_reply
from core.services.passwords import accept_invitation, invite
from core.services.staff import StaffDraft, add_staff
from core.services.units import add_unit
from gateway.clock import SystemClock
from gateway.house import open_house
from gateway.unit_loading import unit_registry

if TYPE_CHECKING:
    from config.settings import Settings
    from core.ports import Store

PASSWORD: Final = "ruang coba bersama"  # noqa: S105 - of the demonstration, shown on its page

UNITS: Final = (
    ("medik", "Pelayanan Medik"),
    ("perawat", "Keperawatan"),
    ("keuangan", "Keuangan"),
    ("logistik", "Logistik"),
)
ROSTER: Final = (
    ("dewi", "Dewi Lestari", Role.OPERATOR, ""),
    ("bagus", "Bagus Santoso", Role.CUSTOMER_CARE, ""),
    ("joko", "Joko Prasetyo", Role.TECHNICIAN, "logistik"),
    ("wayan", "Wayan Sudarma", Role.TECHNICIAN, "medik"),
    ("lina", "Lina Marlina", Role.OFFICER, "keuangan"),
    ("ratna", "Ratna Sari", Role.UNIT_SUPERVISOR, "logistik"),
    ("hasan", "dr. Hasan Basri", Role.LEADERSHIP, ""),
    ("admin", "Administrator", Role.ADMIN, ""),
)
"""Login, name, role and unit."""

REPLIES: Final = {
    "Diteruskan ke unit": "Terima kasih, {tiket} sudah kami teruskan kepada {unit}. Kabar "
    "berikutnya paling lambat {jawab}.",
    "Mohon lokasi": "Supaya teknisi langsung ke tempatnya, mohon sebutkan gedung, lantai, dan "
    "nama ruangannya. Balas pesan ini saja.",
    "Kunjungan": "Petugas kami, {petugas}, datang paling lambat {selesai}. Mohon ada yang dapat "
    "membukakan pintu.",
    "Sudah selesai": "Laporan {tiket} sudah selesai ditangani. Terima kasih sudah melapor. {saya}",
}
"""Canned replies: title and text."""


async def hire(settings: Settings, store: Store) -> None:
    """Adds units and people to an empty store; does nothing where somebody works already."""
    if await store.staff.staff(disabled=True):
        return
    clock = SystemClock()
    registry = unit_registry(settings, store, clock)
    units = {}
    for code, name in UNITS:
        unit = await add_unit(registry, None, code, UnitDraft(name))
        if not isinstance(unit, Refusal):
            units[code] = unit.id
    house = open_house(settings, store, clock)
    for login, name, role, unit_code in ROSTER:
        draft = StaffDraft(name, frozenset({role}), units.get(unit_code))
        person = await add_staff(house, None, login, draft)
        if isinstance(person, Refusal):
            continue
        invitation = await invite(house, None, person.id)
        if not isinstance(invitation, Refusal):
            await accept_invitation(house, invitation.token, PASSWORD)
    for title, text in REPLIES.items():
        await add_reply(store.desk, None, CannedDraft(title, text), clock.now())
