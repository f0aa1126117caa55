"""``/daftar/<token>``: the owner of an address says who they are (LL-08, LL-09, LL-10).

Every field says why it is asked. What is wrong blocks the registration, never the ticket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from console.citizen import notices
from console.citizen.frame import elsewhere, posted, shown, tail
from console.citizen.limits import TEN_MINUTES, Window
from console.language import N_
from core.errors import NotFound, StoreUnavailable
from core.model.cleaning import without_nul
from core.model.masking import mask_address
from core.model.registration import NikRule, Person, PersonDraft
from core.model.value import value
from core.services.registering import Unfit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.citizen.limits import Visitors
    from console.citizen.notices import Notice
    from console.citizen.people_counter import PeopleCounter

LONGEST = 500
"""Characters of a field that are looked at."""


@value
class Field:
    """One question: what it is called, why it is asked, how browsers fill it in."""

    name: str
    label: str
    why: str
    kind: str = "text"
    complete: str = "off"
    needed: bool = False


NAME = Field(
    "name",
    N_("Nama lengkap"),
    N_("Agar petugas tahu siapa yang dilayani dan menyapa Anda dengan benar."),
    complete="name",
    needed=True,
)
NIK = Field(
    "nik",
    N_("NIK"),
    N_(
        "Agar satu orang tercatat satu kali. Disimpan tersandi; daftar hanya menampilkan empat "
        "angka terakhir."
    ),
)
FIELDS = (
    NAME,
    NIK,
    Field(
        "phone",
        N_("Nomor ponsel"),
        N_("Agar petugas dapat menelepon bila laporan perlu diperjelas."),
        "tel",
        "tel",
    ),
    Field(
        "email",
        N_("Alamat surel"),
        N_("Agar jawaban yang panjang dan berkas dapat dikirim."),
        "email",
        "email",
    ),
    Field(
        "area",
        N_("Alamat"),
        N_("Agar laporan sampai ke petugas wilayah Anda. Cukup desa atau kelurahan, kecamatan."),
        complete="address-level3",
    ),
)
"""All of them, in the order of the page."""

DONE = notices.Notice(
    N_("Terima kasih, data diri Anda sudah tersimpan. Tiket Anda kami teruskan."),
    200,
    tone="good",
)
ALREADY = notices.Notice(
    N_("Kontak ini sudah terdaftar. Untuk melihat atau mengubah data, masuk ke akun Anda."),
    200,
    tone="calm",
)
UNKNOWN = notices.Notice(
    N_("Alamat pendaftaran ini tidak kami kenal. Periksa apakah tersalin sampai akhir."), 404
)


def fields_for(rule: NikRule) -> tuple[Field, ...]:
    """The questions of this office."""
    if rule is NikRule.OFF:
        return tuple(one for one in FIELDS if one is not NIK)
    if rule is NikRule.OPTIONAL:
        return FIELDS
    needed = Field(NIK.name, NIK.label, NIK.why, needed=True)
    return tuple(needed if one is NIK else one for one in FIELDS)


def read_draft(form: Mapping[str, str]) -> PersonDraft:
    """The fields as typed."""
    return PersonDraft(
        **{one.name: without_nul(form.get(one.name, ""))[:LONGEST] for one in FIELDS}
    )


class RegisterPages:
    """The handlers of ``/daftar``."""

    def __init__(self, counter: PeopleCounter, visitors: Visitors, often: int) -> None:
        self._counter, self._visitors = counter, visitors
        self._often = Window(often, TEN_MINUTES)

    async def show(self, request: web.Request) -> web.Response:
        """The form, or that it was filled in before."""
        done = DONE if "tersimpan" in request.query else None
        return await self._form(request, PersonDraft(), {}, done)

    async def send(self, request: web.Request) -> web.Response:
        """Takes the data, or shows the form once more with what was typed."""
        token, draft = request.match_info["token"], read_draft(await posted(request))
        if not self._often.take(self._visitors.key(request), self._counter.now()):
            return await self._form(request, draft, {}, notices.CROWDED)
        try:
            made = await self._counter.register(token, draft)
        except NotFound:
            return self._unknown(request)
        except StoreUnavailable:
            return await self._form(request, draft, {}, notices.AWAY)
        if isinstance(made, Person):
            more = "&" if tail(request) else "?"
            return elsewhere(f"/daftar/{token}{tail(request)}{more}tersimpan=1")
        faults = made.faults if isinstance(made, Unfit) else {}
        return await self._form(request, draft, faults, None if faults else ALREADY)

    async def _form(
        self,
        request: web.Request,
        draft: PersonDraft,
        faults: Mapping[str, str],
        notice: Notice | None = None,
    ) -> web.Response:
        token = request.match_info["token"]
        known, whose = False, ""
        try:
            at = await self._counter.invited(token)
            known, whose = at.contact_id is not None, mask_address(at.address)
        except NotFound:
            return self._unknown(request)
        except StoreUnavailable:
            notice = notices.AWAY if draft != PersonDraft() else notices.PAUSE
        if known and notice is None:
            notice = ALREADY
        return shown(
            request,
            self._counter.office,
            "register",
            notice,
            fields=fields_for(self._counter.rule),
            typed=draft,
            faults=faults,
            known=known,
            whose=whose,
            here=f"/daftar/{token}",
            status=422 if faults else 200,
        )

    def _unknown(self, request: web.Request) -> web.Response:
        return shown(request, self._counter.office, "nowhere", UNKNOWN, here="/t")


def register_routes(counter: PeopleCounter, visitors: Visitors, often: int) -> list[web.RouteDef]:
    """The routes of ``/daftar``; the application is prepared as for the other pages.

    Args:
        counter: the hallway.
        visitors: who asks.
        often: forms of one visitor within ten minutes, so that nobody tries a list of numbers.
    """
    pages = RegisterPages(counter, visitors, often)
    return [web.get("/daftar/{token}", pages.show), web.post("/daftar/{token}", pages.send)]
