"""What the pages of administration share: their parts, how forms are read and refusals told.

Every form carries the version that its page showed. Whoever was overtaken sees what was typed,
what stands there now, and who changed it; sending again then writes over it knowingly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from aiohttp import web

from console.language import N_
from console.staff.admin.faults import sentence_of
from console.staff.admin.words import admin_words
from console.staff.ticket import STATUS_OF
from console.typed import whole
from console.wording import moment
from core.errors import NotFound
from core.model.calendar_documents import LONGEST_DOCUMENT
from core.model.staff import Right
from core.model.units import Region, Unit
from core.model.value import value
from core.model.work import RefusalKind
from core.services.house import NO_SUCH_PERSON
from core.services.units import NO_SUCH_REGION, NO_SUCH_UNIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from console.staff.visit import Visit
    from core.model.work import Refusal

Place = TypeVar("Place", Unit, Region)

HOME: Final = "/console/admin"
HISTORY: Final = 30
"""Events of a subject that its page shows."""

_NONE_SUCH: Final = (NO_SUCH_PERSON, NO_SUCH_UNIT, NO_SUCH_REGION)


@value
class Part:
    """One entry of the menu.

    Attributes:
        key: in the address below ``/console/admin``.
        words: its name on screens.
        right: who sees it.
    """

    key: str
    words: str
    right: Right


PARTS: Final = (
    Part("petugas", N_("Petugas"), Right.ADMIN_STAFF),
    Part("peran", N_("Peran dan wewenang"), Right.ADMIN_STAFF),
    Part("token", N_("Token program"), Right.ADMIN_STAFF),
    Part("unit", N_("Unit dan mitra"), Right.ADMIN_UNITS),
    Part("wilayah", N_("Wilayah"), Right.ADMIN_UNITS),
    Part("kalender", N_("Kalender"), Right.ADMIN_CALENDARS),
    Part("janji", N_("Janji layanan"), Right.ADMIN_POLICIES),
    Part("survei", N_("Pernyataan survei"), Right.ADMIN_POLICIES),
    Part("teks", N_("Teks"), Right.ADMIN_TEXTS),
    Part("pelapor", N_("Pelapor"), Right.ADMIN_PEOPLE),
    Part("hapus-data", N_("Hapus data pribadi"), Right.ADMIN_PERSONS),
    Part("kanal", N_("Kanal"), Right.ADMIN_CHANNELS),
    Part("karantina", N_("Karantina"), Right.ADMIN_CHANNELS),
    Part("tidak-terkirim", N_("Tidak terkirim"), Right.ADMIN_CHANNELS),
    Part("audit", N_("Audit"), Right.AUDIT),
)
"""In the order of the menu."""

NEWS: Final[Mapping[str, str]] = {
    "tersimpan": N_("Tersimpan."),
    "ditambahkan": N_("Ditambahkan."),
    "nonaktif": N_("Dinonaktifkan. Yang bersangkutan tidak dapat masuk lagi."),
    "aktif": N_("Diaktifkan kembali. Kirim undangan agar dapat membuat kata sandi baru."),
    "kode-diatur": N_("Kode verifikasi dihapus. Pemasangan baru diminta saat masuk berikutnya."),
    "sesi-diakhiri": N_("Semua sesi diakhiri."),
    "tautan-dilepas": N_("Tautan akun dilepas dan semua sesinya diakhiri."),
    "dicabut": N_("Token dicabut."),
    "dihentikan": N_("Unit dihentikan. Tiket baru tidak dikirim ke sana lagi."),
    "libur-ditambah": N_("Hari libur ditambahkan."),
    "libur-dihapus": N_("Hari libur dihapus."),
    "jam-ditambah": N_("Jam khusus ditambahkan."),
    "jam-dihapus": N_("Jam khusus dihapus."),
    "kembali": N_("Kembali ke teks asal."),
    "ditarik": N_("Ditarik kembali. Yang berlaku sekarang tetap berlaku."),
    "dikirim": N_("Pesan uji dijanjikan. Lihat di bawah apakah sudah diserahkan."),
    "dicoba": N_("Pengiriman dicoba lagi sekarang."),
    "diulang": N_("Pesan dijadwalkan lagi untuk dikirim."),
    "dihapus": N_("Dihapus."),
    "tidak-ditanyakan": N_("Tidak ditanyakan lagi. Jawaban yang sudah ada tetap dihitung."),
    "diperiksa": N_("Pemeriksaan dimulai."),
}
"""What a page says after it came back from a form, by the key in its address."""


def sheet(
    visit: Visit, part: str, template: str, values: Mapping[str, Any], status: int = 200
) -> web.Response:
    """A page of administration with its menu."""
    shown = [
        {"key": one.key, "words": visit.words(one.words)} for one in PARTS if visit.may(one.right)
    ]
    news = NEWS.get(visit.request.query.get("kabar", ""), "") if status < 400 else ""  # noqa: PLR2004 - a failure brings no good news
    given = {"parts": shown, "part": part, "news": visit.words(news) if news else ""}
    return visit.page(f"admin/{template}", {**given, "failed": None, **values}, status)


def saved(visit: Visit, path: str, news: str = "tersimpan") -> web.Response:
    """On to a page that says what was done."""
    return visit.go(f"{HOME}/{path}{'&' if '?' in path else '?'}kabar={news}")


async def given_document(visit: Visit) -> str:
    """The file that was sent, or else what was typed or pasted; cut a little above any limit."""
    posted = (await visit.request.post()).get("file")
    if isinstance(posted, web.FileField) and posted.filename:
        raw = posted.file.read(4 * LONGEST_DOCUMENT)
        text = raw.decode("utf-8-sig", "replace")
    else:
        text = visit.form.get("document", "")
    return text.replace("\r\n", "\n")[: LONGEST_DOCUMENT + 1]


def as_file(text: str, name: str) -> web.Response:
    """A TOML document to keep elsewhere."""
    return web.Response(
        text=text,
        content_type="application/toml",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def number_of(written: str) -> int | None:
    """A choice of a form: None for no choice, 0 for what is no number and so fits nothing."""
    return (whole(written) or 0) if written else None


def version_of(visit: Visit) -> int:
    """What the form's page showed; 0 where it says nothing, which fits nothing that exists."""
    return whole(visit.form.get("version")) or 0


def chosen(form: Mapping[str, str], name: str) -> list[str]:
    """The ticked boxes of a group: ``roles-operator`` is ``operator``."""
    mark = f"{name}-"
    return [key.removeprefix(mark) for key, held in form.items() if key.startswith(mark) and held]


def listed(written: str) -> frozenset[str]:
    """What stands between commas."""
    return frozenset(one.strip() for one in written.split(",") if one.strip())


def there(found: Refusal) -> Refusal:
    """A refusal to be shown at its form. Raises NotFound where there is nothing to show."""
    if found in _NONE_SUCH:
        raise NotFound(found.sentence)
    return found


async def failed_of(visit: Visit, form: str, why: Refusal) -> dict[str, Any]:
    """What a template needs to show a form again with its refusal.

    Args:
        visit: holds what was typed.
        form: which of the page's forms it was.
        why: the refusal.
    """
    stale = why.kind is RefusalKind.STALE
    names = await names_of(visit) if why.changes else {}
    return {
        "form": form,
        "sentence": sentence_of(why, visit.words),
        "field": why.field,
        "typed": dict(visit.form),
        "stale": stale,
        "version": why.version,
        "changes": [
            {
                "what": admin_words(visit, one.kind),
                "who": names.get(one.actor, one.actor),
                "when": moment(one.at, visit.reception.zone, visit.words),
            }
            for one in why.changes
        ],
    }


def status_of(why: Refusal) -> int:
    """The status of the page that shows it."""
    return STATUS_OF[why.kind]


async def names_of(visit: Visit) -> dict[str, str]:
    """Who acts, as people call them, by the mark in events."""
    people = await visit.reception.store.staff.staff(disabled=True)
    return {"system": visit.words(N_("Sistem"))} | {one.mark: one.name for one in people}


def options(pairs: Iterable[tuple[object, str]]) -> list[tuple[str, str]]:
    """What a select offers, keys as text."""
    return [(str(key), words) for key, words in pairs]


def tree(places: Sequence[Place]) -> Iterator[tuple[Place, int]]:
    """Each unit or region with how deep it stands, what is around before what is within."""
    known = {one.id for one in places}
    within: dict[int | None, list[Place]] = {}
    for one in places:
        within.setdefault(one.parent_id if one.parent_id in known else None, []).append(one)

    def walk(parent: int | None, depth: int) -> Iterator[tuple[Place, int]]:
        for one in within.get(parent, ()):
            yield one, depth
            yield from walk(one.id, depth + 1)

    return walk(None, 0)


async def history_of(visit: Visit, subject: str) -> list[dict[str, str]]:
    """What happened to one subject of the house, the newest first."""
    names, zone = await names_of(visit), visit.reception.zone
    async with visit.reception.store.desk() as desk:
        events = await desk.admin_history.history(subject)
    return [
        {
            "what": admin_words(visit, one.kind),
            "who": names.get(one.actor, one.actor),
            "when": moment(one.at, zone, visit.words),
        }
        for one in reversed(events[-HISTORY:])
    ]
