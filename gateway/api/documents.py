"""Calendars, lists of holidays and the wording of texts, as the office changes them at work."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import StringConstraints

from core.model.calendar_documents import LONGEST_DOCUMENT
from core.model.staff import Right
from core.model.text_library import HOME
from core.services.calendars import Almanac, put_calendar
from core.services.texts import Wording, word
from gateway.api.people import done
from gateway.api.setting_versions import FirstDay, begins
from gateway.api.table import Answer, Asked, Call, Endpoint, Entry, Shown
from gateway.api.ticket_models import Id  # noqa: TC001 - pydantic reads it
from gateway.calendars import check_document

if TYPE_CHECKING:
    from core.model.calendar_documents import CalendarDocument
    from core.model.text_library import StoredText

Toml = Annotated[str, StringConstraints(max_length=LONGEST_DOCUMENT)]
Words = Annotated[str, StringConstraints(max_length=4_000)]


# --- calendars -----------------------------------------------------------------------------------


class DocumentShown(Shown):
    """A calendar or a list of holidays as TOML."""

    name: str
    document: str
    version: int
    changed_at: datetime
    changed_by: str


def _document(found: CalendarDocument) -> DocumentShown:
    return DocumentShown(**{name: getattr(found, name) for name in DocumentShown.model_fields})


class Documents(Shown):
    """Those that the office keeps; presets stand at ``/calendars``."""

    items: list[DocumentShown]


class DocumentAsked(Asked):
    """The whole document; what is wrong with it is told with its line."""

    document: Toml


async def documents(call: Call) -> Answer:
    """Calendars and lists of holidays that the office keeps."""
    found = await call.parts.store.calendars.documents()
    return Answer(Documents(items=[_document(one) for one in found]))


async def put(call: Call) -> Answer:
    """A new version; due times of running tickets follow, never earlier than promised."""
    name = call.path["name"][:80]
    version = call.version
    if version is None:
        async with call.parts.store.desk() as desk:
            held = await desk.calendars.document(name)
        version = held.version if held else 0
    almanac = Almanac(call.open_desk, call.parts.house.clock, check_document)
    made = done(await put_calendar(almanac, call.staff, name, version, call.body.document))
    return Answer(_document(made), made.version)


# --- texts -----------------------------------------------------------------------------------


class TextShown(Shown):
    """A text as it holds; ``unit_id`` 0: the whole office. ``version`` counts every change."""

    unit_id: int
    language: str
    key: str
    text: str
    version: int
    changed_at: datetime
    changed_by: str


def _text(found: StoredText) -> TextShown:
    return TextShown(**{name: getattr(found, name) for name in TextShown.model_fields})


class Texts(Shown):
    """Only those that are worded differently from the settings and the defaults."""

    items: list[TextShown]


class TextAsked(Asked):
    """The wording; "" goes back to the one above. ``version`` as it was read, 0: none.

    With ``valid_from`` it waits for that day of the office, and what holds is answered.
    """

    text: Words
    valid_from: FirstDay = None
    version: Id = 0
    unit_id: Id = 0
    language: Literal["id", "en"] = HOME


async def texts(call: Call) -> Answer:
    """What staff have worded."""
    return Answer(Texts(items=[_text(one) for one in await call.parts.store.texts.all()]))


async def set_text(call: Call) -> Answer:
    """Words a text; checked for placeholders and length before it is kept."""
    asked: TextAsked = call.body
    key = call.path["key"]
    begin = begins(call, asked.valid_from)
    wanted = Wording(key[:80], asked.text, asked.version, asked.unit_id, asked.language, begin)
    return Answer(_text(done(await word(call.open_desk, call.staff, wanted, call.now))))


ROUTES: Final = (
    Endpoint(
        "GET",
        "/calendar-documents",
        Entry.STAFF,
        documents,
        "Calendars and lists of holidays of the office",
        Documents,
    ),
    Endpoint(
        "PUT",
        "/calendar-documents/{name}",
        Right.ADMIN_CALENDARS,
        put,
        "A new version of a calendar or of a list of holidays",
        DocumentShown,
        asks=DocumentAsked,
        versioned=True,
    ),
    Endpoint("GET", "/texts", Right.ADMIN_TEXTS, texts, "Texts that staff have worded", Texts),
    Endpoint(
        "PUT",
        "/texts/{key}",
        Right.ADMIN_TEXTS,
        set_text,
        "Word a text",
        TextShown,
        asks=TextAsked,
    ),
)
