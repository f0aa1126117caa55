"""One entry of an officer: JSON in, a message out, or one sentence that names the field."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

from core.errors import MalformedMessage
from core.model.cleaning import fold, without_nul
from core.model.contact import typed_email, typed_phone
from core.model.hint_words import CATEGORY_NAMES
from core.model.hints import CATEGORIES
from core.model.messages import Address, AddressKind, InboundMessage
from core.model.ticket import Priority

if TYPE_CHECKING:
    from core.model.messages import ChannelId

FORMS = ("phone", "walk_in", "letter", "paper_box", "other")
"""How it reached the office (requirements MB-13, MB-14); ``other`` is named in words (DK-37)."""

LONGEST_LABEL = 40

LONGEST_TEXT = 100_000
"""Characters; a letter of many pages."""

LONGEST_LINE = 300
_FIELDS = frozenset(
    {"form", "label", "text", "subject", "category", "unit", "place", "priority", "reporter"}
    | {"occurred_at", "reference"}
)
_OF_REPORTER = frozenset({"name", "phone", "email"})
_SKEW = timedelta(minutes=5)
"""The officer's clock may be ahead of ours by so much."""

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """What all entries of one request share.

    Attributes:
        officer: who entered it, by the token.
        staff_id: the same as somebody who works here; None: a program of the office.
        key: of the request, from its ``Idempotency-Key``; "" without one.
        received_at: aware UTC.
    """

    channel: ChannelId
    officer: str
    key: str
    received_at: datetime
    staff_id: int | None = None


def read_entry(item: object, frame: Frame, place: str, fallback: str) -> InboundMessage:
    """The message that an entry is.

    Args:
        item: as JSON gives it.
        frame: of the request.
        place: how the entry is named in sentences: ``""`` alone, ``items[3].`` in a list.
        fallback: its reference when it has none of its own; "" when there is none.

    Raises:
        MalformedMessage: names the first field that is wrong.
    """
    entry = _Reader(_object(item, place.removesuffix(".") or "the body", _FIELDS), place)
    reporter = _Reader(
        _object(entry.get("reporter") or {}, f"{place}reporter", _OF_REPORTER),
        f"{place}reporter.",
    )
    reference = entry.line("reference") or fallback
    if not reference:
        entry.refuse("reference", "needed, so that a repeat is known: your own number for it")
    # Two officers may number their notes alike.
    external_id = f"{frame.officer}:{reference}"
    phone = reporter.parsed("phone", typed_phone, "a phone number such as 0812 3456 7890")
    email = reporter.parsed("email", typed_email, "a mail address such as nama@contoh.id")
    asked = {
        "form": entry.one_of("form", FORMS),
        "label": entry.label(),
        "category": entry.category(),
        "unit": entry.line("unit"),
        "place": entry.line("place"),
        "priority": entry.one_of("priority", [one.value for one in Priority], needed=False),
        "email": email.value if email else "",
    }
    return InboundMessage(
        channel=frame.channel,
        external_id=external_id,
        sender=phone or email or Address(AddressKind.CLAIM, external_id),
        text=entry.text(),
        received_at=frame.received_at,
        subject=entry.line("subject") or None,
        sender_name=reporter.line("name") or None,
        raw=json.dumps(item, ensure_ascii=False).encode("utf-8", "replace"),
        occurred_at=entry.instant("occurred_at", frame.received_at),
        entered_by=frame.officer,
        staff_id=frame.staff_id,
        fields=MappingProxyType({name: text for name, text in asked.items() if text}),
    )


def _object(found: Any, place: str, known: frozenset[str]) -> Object:  # noqa: ANN401 - JSON
    if not isinstance(found, Mapping):
        _refuse(place, "expected an object")
    unknown = sorted(str(name)[:40] for name in found if name not in known)
    if unknown:
        names = ", ".join(unknown[:5])
        _refuse(place, f"unknown: {names}; expected only {', '.join(sorted(known))}")
    return found


def _refuse(where: str, why: str) -> NoReturn:
    sentence = f"{where}: {why}."
    raise MalformedMessage(sentence)


class _Reader:
    """Reads the fields of one object; every refusal names the field."""

    def __init__(self, found: Object, place: str) -> None:
        self._found, self._place = found, place

    def get(self, name: str) -> object:
        return self._found.get(name)

    def refuse(self, name: str, why: str) -> NoReturn:
        _refuse(f"{self._place}{name}", why)

    def string(self, name: str, most: int) -> str:
        found = self._found.get(name)
        if found is None:
            return ""
        if not isinstance(found, str):
            self.refuse(name, "expected text")
        if len(found) > most:
            self.refuse(name, f"at most {most} characters")
        return without_nul(found).strip()

    def line(self, name: str) -> str:
        return " ".join(self.string(name, LONGEST_LINE).split())

    def text(self) -> str:
        found = self.string("text", LONGEST_TEXT)
        # Invisible signs alone are no text.
        return found if fold(found).strip() else self.refuse("text", "needed")

    def one_of(self, name: str, known: Sequence[str], *, needed: bool = True) -> str:
        found = self.line(name)
        if found not in known and (found or needed):
            self.refuse(name, f"expected one of {', '.join(known)}")
        return found

    def label(self) -> str:
        """What the form is called; one that is none of the list needs a name."""
        found = self.line("label")
        if len(found) > LONGEST_LABEL:
            self.refuse("label", f"at most {LONGEST_LABEL} characters")
        if not found and self.get("form") == "other":
            self.refuse("label", "needed with the form other, such as Faks")
        return found

    def category(self) -> str:
        """A key of the list, or a name of it in Indonesian."""
        found = self.line("category")
        key = found if found in CATEGORIES else CATEGORY_NAMES.get(fold(found).strip(), "")
        if found and not key:
            self.refuse("category", f"expected one of {', '.join(sorted(CATEGORIES))}")
        return key

    def parsed(
        self, name: str, parse: Callable[[str], Address | None], expected: str
    ) -> Address | None:
        found = self.string(name, LONGEST_LINE)
        address = parse(found) if found else None
        if found and address is None:
            self.refuse(name, f"expected {expected}")
        return address

    def instant(self, name: str, now: datetime) -> datetime | None:
        found = self.string(name, LONGEST_LINE)
        if not found:
            return None
        try:
            at = datetime.fromisoformat(found)
            if at.tzinfo is None:
                self.refuse(name, "a time without zone; add one, such as +07:00")
            at = at.astimezone(UTC)
        except (ValueError, OverflowError):
            self.refuse(name, "expected a time such as 2026-07-14T10:30:00+07:00")
        return at if at <= now + _SKEW else self.refuse(name, "lies in the future")
