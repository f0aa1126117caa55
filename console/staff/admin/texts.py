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
from console.staff.later import begins, take_back, waiting
from console.wording import moment
from core.errors import NotFound
from core.model.gsm7 import ONE_SMS, segments
from core.model.setting_versions import TEXT, text_place, text_subject
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
    from core.model.setting_versions import SettingVersion
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
        later = await waiting(visit, TEXT, lambda one: _later(visit, place, base, one))
        values: dict[str, Any] = {
            "base": base,
            "waiting": later,
            "title": visit.words(TITLES[base]),
            "place": place,
            "units": options([(OFFICE, visit.words(N_("Seluruh kantor")))])
            + options((one.id, one.name) for one in units),
            "tongues": [(one, visit.words(TONGUES[one])) for one in LANGUAGES],
            "wordings": [
                {
                    **_wording(visit, place, one, stored.get(one), typed.get(one)),
                    "version": stored[one].version if one in stored else _newest(later, one),
                    "begins": visit.form.get("valid_from", "") if one == key else "",
                }
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
        day = begins(visit)
        if isinstance(day, Refusal):
            return await self._text(visit, place, key, day)
        wanted = Wording(
            key,
            text.replace("\r\n", "\n")[:_LONGEST],
            version_of(visit),
            place.unit_id,
            place.language,
            day,
        )
        done = await word(visit.reception.store.desk, visit.staff, wanted, visit.now())
        if isinstance(done, Refusal):
            return await self._text(visit, place, key, done)
        visit.reception.committed()
        news = "tersimpan" if wanted.text.strip() or day else "kembali"
        return saved(visit, f"{PART}/{key.removesuffix(SMS)}?{place.query}", news)

    async def withdraw(self, visit: Visit) -> web.StreamResponse:
        """A wording that waits for its day is taken back."""
        key, place = _key(visit), _place(visit)
        why = await take_back(visit, text_subject(place.unit_id, place.language, key))
        if why is not None:
            return await self._text(visit, place, key, why)
        return saved(visit, f"{PART}/{key.removesuffix(SMS)}?{place.query}", "ditarik")


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


def _later(visit: Visit, place: Place, base: str, one: SettingVersion) -> dict[str, Any] | None:
    unit_id, language, key = text_place(one.subject)
    if (unit_id, language) != (place.unit_id, place.language) or key.removesuffix(SMS) != base:
        return None
    return {
        "key": key,
        "title": visit.words(_form_of(key)),
        "text": one.held["text"],
        "path": f"/console/admin/{PART}/{key}/tarik",
        "more": {"unit": unit_id, "bahasa": language},
    }


def _newest(later: list[dict[str, Any]], key: str) -> int:
    """What counts the changes of a text of which only wordings for later exist."""
    return max((one["version"] for one in later if one["key"] == key), default=0)


def _form_of(key: str) -> str:
    return N_("SMS") if key.endswith(SMS) else N_("Obrolan dan surel")


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
        "words": visit.words(_form_of(key)),
        "text": text,
        "draft": draft,
        "worded": stored is not None,
        "changed": moment(stored.changed_at, visit.reception.zone, visit.words) if stored else "",
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
        "faults": [visit.words(one.words) for one in faults],
        "shown": shown,
    }


def _read(visit: Visit, key: str, draft: str, form: TextForm) -> dict[str, Any]:
    signature = visit.reception.work.office.texts.signature
    text = render(TextSet.of({key: draft}, signature), key.removesuffix(SMS), form, SAMPLES)
    parts = segments(text).parts if form is TextForm.SMS else 0
    return {"words": visit.words(FORMS[form]), "text": text, "parts": parts}
