"""Texts to citizens: worded by the office or a unit, measured and read while they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from console.language import N_
from console.staff.admin.sheet import (
    failed_of,
    number_of,
    options,
    saved,
    sheet,
    status_of,
    version_of,
)
from console.staff.admin.text_samples import GROUPS, SAMPLES, TITLES
from console.wording import moment
from core.errors import NotFound
from core.model.gsm7 import ONE_SMS, segments
from core.model.text_library import HOME, LANGUAGES, OFFICE
from core.model.text_template import (
    PLACEHOLDERS,
    SMS,
    longest_septets,
    wording_faults,
)
from core.model.texts import TextForm, TextSet, render
from core.model.value import value
from core.model.work import Refusal
from core.services.texts import Wording, word

if TYPE_CHECKING:
    from aiohttp import web

    from console.staff.visit import Visit
    from core.model.text_library import StoredText

PART: Final = "teks"
TONGUES: Final = {"id": N_("Bahasa Indonesia"), "en": N_("Bahasa Inggris")}
FORMS: Final = {
    TextForm.SMS: N_("SMS"),
    TextForm.CHAT: N_("WhatsApp, Telegram"),
    TextForm.EMAIL: N_("Surel"),
}
_LONGEST: Final = 4_000


@value
class Place:
    """Whose wording: of a unit or the whole office, in a language."""

    unit_id: int
    language: str

    @property
    def query(self) -> str:
        """As addresses carry it."""
        return f"unit={self.unit_id}&bahasa={self.language}"


class TextPages:
    """All texts, one of them, and how a draft would read."""

    # --- looking -------------------------------------------------------------------------------

    async def texts(self, visit: Visit) -> web.StreamResponse:
        """By what they are for, with who words them differently."""
        stored = await visit.reception.store.texts.all()
        worded: dict[str, set[int]] = {}
        for one in stored:
            worded.setdefault(one.key.removesuffix(SMS), set()).add(one.unit_id)
        groups = [
            {
                "words": visit.words(group),
                "texts": [
                    {
                        "key": key,
                        "words": visit.words(words),
                        "office": OFFICE in worded.get(key, ()),
                        "units": len(worded.get(key, set()) - {OFFICE}),
                        "reads": _effective(visit, Place(OFFICE, HOME), key + SMS),
                    }
                    for key, words in part.items()
                ],
            }
            for group, part in GROUPS
        ]
        return sheet(visit, PART, "texts.html", {"groups": groups})

    async def text(self, visit: Visit) -> web.StreamResponse:
        """One of them: as SMS, and as everything longer."""
        return await self._text(visit, _place(visit))

    async def _text(
        self, visit: Visit, place: Place, key: str = "", why: Refusal | None = None
    ) -> web.StreamResponse:
        base = _base(visit)
        stored = {
            one.key: one
            for one in await visit.reception.store.texts.all()
            if (one.unit_id, one.language) == (place.unit_id, place.language)
        }
        typed = {key: visit.form.get("text", "")} if key else {}
        units = await visit.reception.store.units.units()
        values: dict[str, Any] = {
            "base": base,
            "title": visit.words(TITLES[base]),
            "place": place,
            "units": options([(OFFICE, visit.words(N_("Seluruh kantor")))])
            + options((one.id, one.name) for one in units),
            "tongues": [(one, visit.words(TONGUES[one])) for one in LANGUAGES],
            "wordings": [
                _wording(visit, place, one, stored.get(one), typed.get(one))
                for one in (base + SMS, base)
            ],
        }
        if why is not None:
            values["failed"] = await failed_of(visit, key, why)
        return sheet(visit, PART, "text.html", values, status_of(why) if why else 200)

    async def measure(self, visit: Visit) -> web.StreamResponse:
        """How long a draft is, what is wrong with it, how it reads; while one types."""
        key = _key(visit)
        draft = visit.form.get("text", "")[:_LONGEST]
        return visit.page("admin/_measured.html", {"one": _measured(visit, key, draft)})

    # --- doing ---------------------------------------------------------------------------------

    async def word(self, visit: Visit) -> web.StreamResponse:
        """Keeps a wording; empty goes back to the one above."""
        key, place = _key(visit), _place(visit)
        if visit.form.get("check"):
            return await self._text(visit, place, key)
        text = "" if visit.form.get("back") else visit.form.get("text", "")
        wanted = Wording(
            key,
            text.replace("\r\n", "\n")[:_LONGEST],
            version_of(visit),
            place.unit_id,
            place.language,
        )
        done = await word(visit.reception.store.desk, visit.staff, wanted, visit.now())
        if isinstance(done, Refusal):
            return await self._text(visit, place, key, done)
        visit.reception.committed()
        news = "tersimpan" if done.version else "kembali"
        return saved(visit, f"{PART}/{key.removesuffix(SMS)}?{place.query}", news)


def _base(visit: Visit) -> str:
    """Raises NotFound for a text that there is not."""
    base = visit.request.match_info["kunci"].removesuffix(SMS)
    if base not in TITLES:
        raise NotFound(base)
    return base


def _key(visit: Visit) -> str:
    """The whole key in the path. Raises NotFound."""
    key = visit.request.match_info["kunci"]
    if key not in PLACEHOLDERS:
        raise NotFound(key)
    return key


def _place(visit: Visit) -> Place:
    held = visit.form or visit.request.query
    language = held.get("bahasa", HOME)
    unit_id = number_of(held.get("unit", "")) or OFFICE
    return Place(unit_id, language if language in LANGUAGES else HOME)


def _effective(visit: Visit, place: Place, key: str) -> str:
    """What is sent now where this place has no wording of its own."""
    office = visit.reception.work.office
    known = office.texts_for(place.unit_id or None, place.language)
    side = known.short if key.endswith(SMS) else known.long
    return side[key.removesuffix(SMS)].text


def _wording(
    visit: Visit, place: Place, key: str, stored: StoredText | None, typed: str | None
) -> dict[str, Any]:
    above = _effective(visit, place, key)
    text = stored.text if stored else above
    draft = typed if typed is not None else text
    return {
        "key": key,
        "words": visit.words(N_("SMS") if key.endswith(SMS) else N_("Obrolan dan surel")),
        "text": text,
        "draft": draft,
        "version": stored.version if stored else 0,
        "changed": moment(stored.changed_at, visit.reception.zone) if stored else "",
        "names": sorted(PLACEHOLDERS[key]),
        "measured": _measured(visit, key, draft),
    }


def _measured(visit: Visit, key: str, draft: str) -> dict[str, Any]:
    """Length, mistakes, and the draft as each channel would carry it."""
    sms = key.endswith(SMS)
    faults = wording_faults(key, draft) if draft.strip() else []
    forms = (TextForm.SMS,) if sms else (TextForm.CHAT, TextForm.EMAIL)
    shown = [] if faults or not draft.strip() else [_read(visit, key, draft, one) for one in forms]
    return {
        "key": key,
        "letters": len(draft),
        "septets": longest_septets(draft) if sms else 0,
        "most": ONE_SMS,
        "faults": [one.words for one in faults],
        "shown": shown,
    }


def _read(visit: Visit, key: str, draft: str, form: TextForm) -> dict[str, Any]:
    signature = visit.reception.work.office.texts.signature
    text = render(TextSet.of({key: draft}, signature), key.removesuffix(SMS), form, SAMPLES)
    parts = segments(text).parts if form is TextForm.SMS else 0
    return {"words": visit.words(FORMS[form]), "text": text, "parts": parts}
