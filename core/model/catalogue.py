"""The service catalogue: what each service is, as the law on public services lists it (LL-41).

UU 25/2009 Pasal 21 names fourteen parts of a service standard. All are optional; what citizens ask
first, how long and how much, comes first wherever an entry is shown.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from core.model.sentences import said
from core.model.text_template import UNSEEN_BUT_LINES, guesses_in
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "time_limit": said("Jangka waktu penyelesaian"),
        "fee": said("Biaya atau tarif"),
        "requirements": said("Persyaratan"),
        "procedure": said("Sistem, mekanisme, dan prosedur"),
        "product": said("Produk pelayanan"),
        "complaints": said("Penanganan pengaduan, saran, dan masukan"),
        "legal_basis": said("Dasar hukum"),
        "facilities": said("Sarana, prasarana, dan fasilitas"),
        "competence": said("Kompetensi pelaksana"),
        "internal_supervision": said("Pengawasan internal"),
        "staff_count": said("Jumlah pelaksana"),
        "service_guarantee": said("Jaminan pelayanan"),
        "security_guarantee": said("Jaminan keamanan dan keselamatan pelayanan"),
        "evaluation": said("Evaluasi kinerja pelaksana"),
    }
)
"""The fourteen parts by their key, in the order in which they are shown."""

LONGEST_NAME: Final = 120
LONGEST_PART: Final = 3_000
LONGEST_ANSWER: Final = 2_800
"""Characters of an entry as an answer: what a chat carries, with room for a greeting."""

QUOTED: Final = ("time_limit", "fee", "requirements", "procedure", "product")
"""What an answer holds; the rest is on the public page."""


@value
class Service:
    """One entry.

    Attributes:
        id: 0 for one that is not in the store yet.
        unit_id: whose service it is; None: the whole office's.
        parts: by the key of :data:`PARTS`; empty ones are left out.
        version: grows with every change.
        retired_at: shown no more since then, aware UTC.
    """

    id: int
    unit_id: int | None
    name: str
    parts: Mapping[str, str]
    version: int = 1
    retired_at: datetime | None = None

    @property
    def mark(self) -> str:
        """The subject of its events: ``service:3``."""
        return f"service:{self.id}"

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Heading and text of each part that is filled in, time limit and fee first."""
        return [(words, self.parts[key]) for key, words in PARTS.items() if self.parts.get(key)]


@value
class ServiceDraft:
    """An entry as somebody writes it.

    Attributes:
        begins: when it begins to hold, the midnight of a day to come; None: at once.
    """

    name: str
    parts: Mapping[str, str]
    unit_id: int | None = None
    begins: datetime | None = None


def tidy_service(draft: ServiceDraft) -> ServiceDraft:
    """As it is kept: empty parts left out, line ends as everywhere."""
    parts = {
        key: text.replace("\r\n", "\n").strip()
        for key, text in draft.parts.items()
        if key in PARTS and text.strip()
    }
    return replace(draft, name=" ".join(draft.name.split()), parts=parts)


def service_fault(draft: ServiceDraft) -> tuple[str, str]:
    """Field and Indonesian sentence of what is wrong; two empty texts if nothing is.

    The catalogue holds facts: words that guess are refused, as in all texts of the office (KM-19).
    """
    if not draft.name.strip() or len(draft.name) > LONGEST_NAME or not draft.name.isprintable():
        return "name", said("Isi nama layanan, paling panjang {most} huruf.", most=LONGEST_NAME)
    faults = ((key, _part_fault(key, text)) for key, text in draft.parts.items())
    return next(((key, sentence) for key, sentence in faults if sentence), ("", ""))


def _part_fault(key: str, text: str) -> str:
    if key not in PARTS:
        return said("Bagian ini tidak dikenal.")
    if len(text) > LONGEST_PART:
        return said("Paling panjang {most} huruf.", most=LONGEST_PART)
    if UNSEEN_BUT_LINES.search(text.replace("\r\n", "\n")):
        return said("Teks memuat tanda yang tidak terlihat. Tulis ulang.")
    found = guesses_in(text)
    return said("Tulis kepastian, bukan dugaan: {found}.", found=", ".join(found)) if found else ""


def as_answer(service: Service, page: str = "") -> str:
    """The entry as an answer to a citizen, time limit and fee first.

    Args:
        service: as it is kept.
        page: address of the public catalogue; "" where there is none.
    """
    told = dict(service.lines)
    lines = [f"{PARTS[key]}: {told[PARTS[key]]}" for key in QUOTED if PARTS[key] in told]
    more = f"\nSelengkapnya: {page}#layanan-{service.id}" if page else ""
    text = f"Standar layanan {service.name}\n" + "\n".join(lines)
    room = LONGEST_ANSWER - len(more)
    short = text if len(text) <= room else f"{text[: room - 3].rstrip()}..."
    return short.rstrip() + more


def by_unit(
    services: Iterable[Service], units: Mapping[int, str], office: str
) -> list[tuple[str, list[Service]]]:
    """The entries below the name of whose they are, the office's own first."""
    groups: dict[str, list[Service]] = {}
    for one in sorted(services, key=lambda each: (each.unit_id is not None, each.name.lower())):
        name = units.get(one.unit_id, office) if one.unit_id is not None else office
        groups.setdefault(name, []).append(one)
    return list(groups.items())
