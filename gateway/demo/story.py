"""The story of the demonstration: the hospital simulation of the guidelines (MB-19).

Four staff members of a mother-and-child hospital file two complaints each, for the units medik,
perawat, keuangan and logistik. The texts walk in through the real webhook, sent by the simulated
provider; nothing is written into the store from the side. All persons and numbers are invented.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from console.sandbox.phone import Person

if TYPE_CHECKING:
    from gateway.demo.hooks import HookAnswer


class Tells(Protocol):
    """Somebody who delivers a text to the webhook: the simulated provider."""

    async def inbound(self, from_: str, body: str) -> HookAnswer:
        """One text from a phone."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One complaint: whose phone, for which unit, which words."""

    person: Person
    unit: str
    text: str


SARI = Person("dr. Sari", "+6281200002001", "medik")
AYU = Person("Ns. Ayu", "+6281200002002", "perawat")
RINA = Person("Bu Rina", "+6281200002003", "keuangan")
AGUS = Person("Pak Agus", "+6281200002004", "logistik")

VISITOR = Person("Anda", "+6281200002005", "pelapor")

REPORTERS = (SARI, AYU, RINA, AGUS)
PEOPLE = (VISITOR, *REPORTERS)
"""The visitor first: the others have used up their acknowledgements for the next minutes."""

_MAILBOXES = {
    VISITOR: "anda@example.org",
    SARI: "sari@example.org",
    AYU: "ayu@example.org",
    RINA: "rina@example.org",
    AGUS: "agus@example.org",
}


def people(kind: str) -> tuple[Person, ...]:
    """The same persons as one kind of provider knows them.

    Args:
        kind: ``sms``, ``whatsapp``, ``telegram`` or ``email``.
    """
    if kind == "telegram":
        # an account's id is a number that has nothing to do with the telephone's
        return tuple(replace(one, number=f"700{one.number[-4:]}") for one in PEOPLE)
    if kind == "email":
        return tuple(replace(one, number=_MAILBOXES[one]) for one in PEOPLE)
    return PEOPLE


STORY = (
    Line(
        SARI,
        "medik",
        "HELPDESK rekam medis elektronik poli kandungan tidak bisa dibuka sejak jam 7 pagi, "
        "23 pasien sudah menunggu. Mohon segera dibantu.",
    ),
    Line(
        AYU,
        "perawat",
        "HELPDESK bel panggil perawat di kamar 12 dan 14 lantai 2 tidak berbunyi dari tadi "
        "malam, keluarga pasien harus jalan ke pos.",
    ),
    Line(
        RINA,
        "keuangan",
        "Selamat pagi. HELPDESK printer kuitansi di kasir rawat jalan macet terus, antrean "
        "pembayaran sampai ke pintu masuk.",
    ),
    Line(
        AGUS,
        "logistik",
        "HELPDESK: AC gudang obat mati, suhu sudah 29 derajat. Vaksin sementara kami "
        "pindahkan ke kulkas farmasi.",
    ),
    Line(
        SARI,
        "medik",
        "helpdesk mohon akun dr. Dewi (dokter anak baru) dibuatkan di aplikasi resep, mulai "
        "praktik hari Senin.",
    ),
    Line(
        AYU,
        "perawat",
        "HELPDESK kursi roda di IGD tinggal 1 yang bisa dipakai, 3 lainnya rodanya lepas.",
    ),
    Line(
        RINA,
        "keuangan",
        "HELPDESK klaim BPJS bulan lalu gagal terkirim, muncul tulisan koneksi ditolak. "
        "Batas kirimnya lusa.",
    ),
    Line(
        AGUS,
        "logistik",
        "HELPDES lampu lorong menuju kamar bersalin padam, kalau malam gelap sekali dan "
        "licin habis hujan",
    ),
)
"""Two complaints of each of four people; the second round comes after the first."""


async def tell(phone: Tells, pause: float = 0.0) -> list[HookAnswer]:
    """Sends the story's texts one after the other and returns the gateway's answers.

    Args:
        phone: the simulated provider, started.
        pause: seconds between two texts, so that a spectator sees them appear.
    """
    answers = []
    for line in STORY:
        answers.append(await phone.inbound(line.person.number, line.text))
        await asyncio.sleep(pause)
    return answers
