"""Versions of what the office words, each with the instant from which it holds (BW-14).

Texts to citizens, canned replies and entries of the service catalogue. What holds stands in its
own table; here is every wording there was, and those that wait for their day. Pure.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from core.model.act_rules import FARTHEST
from core.model.calendar import FIRST_YEAR, LAST_YEAR
from core.model.sentences import said
from core.model.value import value
from core.model.work import Refusal, RefusalKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from core.model.canned import CannedReply
    from core.model.catalogue import Service
    from core.model.events import Json

TEXT, CANNED, SERVICE = "text", "canned", "service"
"""Kinds of settings; a subject begins with one: ``text:0:id:ack_sms``, ``canned:3``."""

NOT_THEN: Final = said(
    "Tanggal mulai sudah lewat atau lebih dari dua tahun lagi. Pilih tanggal lain, atau kosongkan "
    "agar berlaku sekarang."
)


@value
class SettingVersion:
    """One wording of one setting.

    Attributes:
        subject: kind and key of the setting.
        version: the number of the change that laid it down; grows within a subject, with gaps.
        content: JSON: ``{"text": …}`` of a text, where "" goes back to the wording above; the
            fields of the others, and whether they are ``retired``.
        valid_from: aware UTC; from then on it holds, if nothing withdrew it.
        changed_by: mark of who laid it down, at ``laid_at``.
        begun_at: when it took its place; None: it waits.
        withdrawn_at: when it was taken back before its day; None: it was not.
    """

    subject: str
    version: int
    content: str
    valid_from: datetime
    laid_at: datetime
    changed_by: str
    begun_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def kind(self) -> str:
        """What it is a version of."""
        return self.subject.partition(":")[0]

    @property
    def waits(self) -> bool:
        """Whether its day is still to come."""
        return self.begun_at is None and self.withdrawn_at is None

    @property
    def held(self) -> Mapping[str, Json]:
        """What it says."""
        return MappingProxyType(json.loads(self.content))


def text_subject(unit_id: int, language: str, key: str) -> str:
    """The subject of a text: ``text:0:id:ack_sms``."""
    return f"{TEXT}:{unit_id}:{language}:{key}"


def text_place(subject: str) -> tuple[int, str, str]:
    """Unit, language and key of the subject of a text."""
    _, unit_id, language, key = subject.split(":", 3)
    return int(unit_id), language, key


def text_content(text: str) -> str:
    """As it is kept."""
    return _json({"text": text})


def canned_content(reply: CannedReply) -> str:
    """As it is kept."""
    return _json(
        {
            "unit_id": reply.unit_id,
            "title": reply.title,
            "text": reply.text,
            "retired": reply.retired_at is not None,
        }
    )


def service_content(service: Service) -> str:
    """As it is kept."""
    return _json(
        {
            "unit_id": service.unit_id,
            "name": service.name,
            "parts": dict(service.parts),
            "retired": service.retired_at is not None,
        }
    )


def _json(held: Mapping[str, Json]) -> str:
    return json.dumps(held, ensure_ascii=False, sort_keys=True)


# --- days -------------------------------------------------------------------------------------


def first_instant(day: date | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When a local day begins, aware UTC; None, that is at once, for none and for today.

    A day that no clock can tell is taken for one that is over.
    """
    if day is None or day == now.astimezone(zone).date():
        return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return now
    return datetime.combine(day, time(), zone).astimezone(UTC)


def wrong_day(begins: datetime | None, now: datetime) -> Refusal | None:
    """The refusal of a beginning that is over, or too far ahead."""
    if begins is None or now < begins <= now + FARTHEST:
        return None
    return Refusal(RefusalKind.INVALID, NOT_THEN, "valid_from")
