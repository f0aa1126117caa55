"""Wordings of the office that wait for their day: laid down, begun, taken back (BW-14).

Texts, canned replies and services are changed by their own services; a change that names a day
leaves what holds alone until that day begins in the office. Whichever process looks first begins
it, with an event, as an ordinary change: whoever had a form open since before is told.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from core.model.canned import CannedReply
from core.model.catalogue import Service
from core.model.events import Fact
from core.model.sentences import said
from core.model.setting_versions import (
    CANNED,
    SERVICE,
    TEXT,
    SettingVersion,
    text_place,
)
from core.model.staff import Right
from core.model.text_library import StoredText
from core.model.work import Refusal, RefusalKind
from core.services.canned import words_for
from core.services.house import NOT_ALLOWED, actor, refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from core.model.events import Json
    from core.model.staff import Staff
    from core.ports import Desk, OpenDesk

NO_SUCH_VERSION: Final = Refusal(
    RefusalKind.INVALID, said("Versi ini tidak ada. Periksa daftarnya.")
)
NOT_WAITING: Final = Refusal(
    RefusalKind.ALREADY,
    said("Versi ini tidak lagi menunggu. Muat ulang untuk melihat yang berlaku."),
)

_Dated = TypeVar("_Dated", CannedReply, Service)

_NAMES: Final[Mapping[str, str]] = {TEXT: "Text", CANNED: "CannedReply", SERVICE: "Service"}
"""What events of each kind begin with."""

HISTORY: Final = "texts"
"""Subject of the events of all texts; replies and services have one each."""


# --- taking back ------------------------------------------------------------------------------


async def withdraw_version(
    open_desk: OpenDesk, by: Staff | None, which: tuple[str, int], now: datetime
) -> SettingVersion | Refusal:
    """A wording that waits is taken back: its day changes nothing.

    Args:
        open_desk: begins a unit of work.
        by: who does it; None is the command line.
        which: subject and version.
        now: aware UTC.

    Raises StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        found = await desk.settings.one(*which)
        if found is None:
            return NO_SUCH_VERSION
        if wrong := _may_not(by, found):
            return wrong
        if not found.waits:
            return NOT_WAITING
        back = replace(found, withdrawn_at=now)
        await desk.settings.save(back)
        await _note(desk, back, actor(by), ("Withdrawn", now))
        await desk.commit()
    return back


def _may_not(by: Staff | None, found: SettingVersion) -> Refusal | None:
    if found.kind == TEXT:
        return refused(by, Right.ADMIN_TEXTS)
    unit_id = found.held["unit_id"]
    return None if words_for(by, unit_id if isinstance(unit_id, int) else None) else NOT_ALLOWED


# --- beginning --------------------------------------------------------------------------------


async def begin_due(open_desk: OpenDesk, now: datetime) -> int:
    """Every wording whose day has come takes its place, each in a unit of work of its own.

    Two processes never begin the same one; what a killed one had not committed, the next begins.

    Args:
        open_desk: begins a unit of work.
        now: aware UTC.

    Returns:
        how many began here.

    Raises StoreUnavailable, Conflict: those begun before stay so.
    """
    begun = 0
    while True:
        async with open_desk() as desk:
            due = await desk.settings.due(now)
            if due is None:
                return begun
            await _PLACES[due.kind](desk, due, now)
            begins = replace(due, begun_at=now)
            await desk.settings.save(begins)
            await _note(desk, begins, "system", ("Begun", now))
            await desk.commit()
        begun += 1


async def _text_begins(desk: Desk, due: SettingVersion, now: datetime) -> None:
    place = text_place(due.subject)
    before = await desk.texts.text(*place)
    version = before.version if before else 0
    text = str(due.held["text"])
    await desk.texts.put(StoredText(*place, text, version + 1, now, due.changed_by))


async def _reply_begins(desk: Desk, due: SettingVersion, now: datetime) -> None:
    before = await desk.canned.reply(_number(due))
    if before is not None:
        await desk.canned.save(_made(before, due, now))


async def _service_begins(desk: Desk, due: SettingVersion, now: datetime) -> None:
    before = await desk.catalogue.service(_number(due))
    if before is not None:
        await desk.catalogue.save(_made(before, due, now))


def _made(before: _Dated, due: SettingVersion, now: datetime) -> _Dated:
    """As its content was written by canned_content or service_content."""
    held = dict(due.held)
    retired_at = now if held.pop("retired") else None
    return replace(before, version=before.version + 1, retired_at=retired_at, **held)  # type: ignore[arg-type]  # content knows its fields


def _number(one: SettingVersion) -> int:
    return int(one.subject.rpartition(":")[2])


_PLACES: Final[Mapping[str, Callable[[Desk, SettingVersion, datetime], Awaitable[None]]]] = {
    TEXT: _text_begins,
    CANNED: _reply_begins,
    SERVICE: _service_begins,
}


async def _note(desk: Desk, one: SettingVersion, by: str, what: tuple[str, datetime]) -> None:
    how, now = what
    digest = hashlib.sha256(one.content.encode("utf-8", "surrogatepass")).hexdigest()
    told: dict[str, Json] = {
        "version": one.version,
        "valid_from": one.valid_from.isoformat(),
        "content_sha256": digest,
    }
    subject = one.subject
    if one.kind == TEXT:
        unit_id, language, key = text_place(one.subject)
        subject = HISTORY
        told |= {"key": key, "unit": unit_id, "language": language}
    fact = Fact(f"{_NAMES[one.kind]}{how}", now, by, told)
    await desk.admin_history.append(subject, [fact])
