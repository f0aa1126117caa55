"""The sample messages of requirements §4, as they would reach intake."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.model.messages import Address, AddressKind, Attachment, ChannelId
from core.model.phone import sms_sender

ROOT = Path(__file__).parent.parent
NAME = "messages.jsonl"
CONTENT_TYPES = {
    "image": "image/jpeg",
    "audio": "audio/ogg",
    "document": "application/pdf",
    "location": "application/geo+json",
}
PLACEHOLDER = re.compile(r"\{\{(MSGID:)?([TCOU])(?::(lower|nosep|o0))?\}\}")


@dataclass(frozen=True, slots=True)
class Sample:
    """One line; fields as described in requirements §4."""

    id: str
    channel: ChannelId
    sender: str
    subject: str | None
    text: str
    media: tuple[str, ...]
    headers: dict[str, str]
    requires: str
    expected: dict[str, Any]

    @property
    def kinds(self) -> set[str]:
        return {self.expected["kind"], *self.expected.get("accept", ())}

    @property
    def address(self) -> Address:
        return address(self.channel, self.sender)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        return tuple(
            Attachment(f"https://media.example/{self.id}/{place}", CONTENT_TYPES[kind])
            for place, kind in enumerate(self.media)
        )


def address(channel: str, value: str) -> Address:
    """As the doors normalise it."""
    match channel:
        case "sms":
            return sms_sender(value)
        case "whatsapp":
            return Address(AddressKind.WHATSAPP, value)
        case "telegram":
            return Address(AddressKind.TELEGRAM, value.removeprefix("tg:"))
        case _:
            return Address(AddressKind.EMAIL, value.lower())


def samples_file() -> Path | None:
    """HELPDESK_SAMPLES, else the folder beside the repository, else the copy among the tests."""
    folders = [ROOT.parent / "shared" / "samples", ROOT / "tests" / "data"]
    if chosen := os.environ.get("HELPDESK_SAMPLES"):
        folders = [Path(chosen)]
    return next((folder / NAME for folder in folders if (folder / NAME).is_file()), None)


def load_samples() -> list[Sample]:
    """All lines; none where there is no file."""
    path = samples_file()
    lines = path.read_text(encoding="utf-8").splitlines() if path else []
    return [_sample(json.loads(line)) for line in lines if line.strip()]


def _sample(line: dict[str, Any]) -> Sample:
    expected = line["expected"]
    return Sample(
        id=line["id"],
        channel=ChannelId(line["channel"]),
        sender=line["sender"],
        subject=line["subject"],
        text=line["text"],
        media=tuple(line.get("media", ())),
        headers={name.lower(): value for name, value in line.get("headers", {}).items()},
        requires=line.get("requires") or expected.get("requires", ""),
        expected=expected,
    )


def filled(text: str, numbers: dict[str, str], message_ids: dict[str, str]) -> str:
    """The text with its placeholders replaced. Raises KeyError for one that has no value."""

    def value(found: re.Match[str]) -> str:
        message_id, letter, form = found.groups()
        if message_id:
            return message_ids[letter]
        number = numbers[letter]
        match form:
            case "lower":
                return number.lower()
            case "nosep":
                return number.replace("-", "")
            case "o0":
                return number.replace("0", "O")
            case _:
                return number

    return PLACEHOLDER.sub(value, text)
