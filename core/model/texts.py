"""Texts to citizens: the office's wording, filled with values (requirements §5).

A template is cut at its placeholders once, when the office's texts are read; filling joins the
pieces. Values are data: a brace, a line break or a direction mark in one never acts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from core.model.gsm7 import ONE_SMS, septets, shorten, to_gsm7
from core.model.text_defaults import DEFAULTS
from core.model.text_template import (
    BEFORE_LAST,
    PLACEHOLDERS,
    SMS,
    UNSEEN,
    UNSEEN_BUT_LINES,
    Template,
    check_text,
    cut,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "PLACEHOLDERS", "TextForm", "TextSet", "check_text", "email_subject", "render", "with_untold",
]  # fmt: skip

MAX_SUBJECT: Final = 200
"""Characters of an email subject that we write."""

_SIGNATURE: Final = "\n\n-- \n"
_MAX_SIGNATURE: Final = 500
_MAX_UNTOLD: Final = 50
_MAX_LINE: Final = 300
_FLOOR: Final = 16  # free values in an SMS are never cut shorter: a ticket number still fits

# Words of people, which may be shortened in an SMS; numbers, times and zones never are.
_FREE: Final = frozenset(
    {"status", "alasan", "aturan", "barang", "petugas", "unit", "jabatan", "solusi", "masukan"}
    | {"sapaan", "ringkasan", "langkah", "jawaban_terakhir", "temuan", "saran", "soal", "untuk"}
    | {"jam_hari_ini"}
)
# Words of staff, which may run over several lines in chat and email.
_MANY_LINES: Final = frozenset(
    {"alasan", "solusi", "langkah", "jawaban_terakhir", "temuan", "saran", "soal", "jam_layanan"}
)
_OPTIONAL: Final = frozenset({"sebab_libur"})  # empty, or one space and the cause
_NUMBER = re.compile(r"[A-Z]{2,3}[0-9]{2}-[0-9]{6,}-[0-9]")


class TextForm(StrEnum):
    """What a channel can carry."""

    SMS = "sms"  # one segment of GSM-7
    CHAT = "chat"
    EMAIL = "email"  # as chat, and the unit's signature


@dataclass(frozen=True, slots=True)
class TextSet:
    """The office's texts over the defaults, ready to be filled.

    Attributes:
        short: key without ``_sms`` to the SMS text.
        long: the same keys to the chat and email text, which is the SMS wording where there is
            no longer one.
        signature: ends an email; may be empty.
    """

    short: Mapping[str, Template]
    long: Mapping[str, Template]
    signature: str = ""

    @classmethod
    def of(cls, overrides: Mapping[str, str], signature: str = "") -> TextSet:
        """The texts with these overrides, by their full key (``ack``, ``ack_sms`` …).

        Raises ValueError with all problems at once, one per line, each naming its key.
        """
        problems = [
            f"{k}: {fault}" for k, text in overrides.items() for fault in check_text(k, text)
        ]
        if len(signature) > _MAX_SIGNATURE or UNSEEN_BUT_LINES.search(signature):
            problems.append(
                f"signature: expected at most {_MAX_SIGNATURE} characters, none of them invisible"
            )
        if problems:
            raise ValueError("\n".join(problems))
        texts = {**DEFAULTS, **overrides}
        keys = [key.removesuffix(SMS) for key in texts if key.endswith(SMS)]
        short = {key: cut(texts[key + SMS]) for key in keys}
        long = {key: cut(texts.get(key, texts[key + SMS])) for key in keys}
        return cls(MappingProxyType(short), MappingProxyType(long), signature.strip())


def render(text_set: TextSet, key: str, form: TextForm, values: Mapping[str, str]) -> str:
    """The text of this key with these values, in the form of the channel.

    An SMS is all GSM-7 and at most 160 septets: free values are shortened, then the last sentence
    is left out. Numbers, times and zones are not shortened.

    Args:
        text_set: the office's texts.
        key: without ``_sms``.
        form: an SMS uses ``<key>_sms``; others ``<key>``, or the SMS wording if there is none.
        values: by placeholder; more than needed is fine.

    Raises:
        ValueError: unknown key, or a placeholder without a value; both are programming errors.
    """
    template = (text_set.short if form is TextForm.SMS else text_set.long).get(key)
    if template is None:
        msg = f"no text {key!r}"
        raise ValueError(msg)
    if form is TextForm.SMS:
        return _one_sms(template, _told(template, values, _plain))
    text = template.fill(_told(template, values, _tidy))
    if form is TextForm.EMAIL and text_set.signature:
        return f"{text}{_SIGNATURE}{text_set.signature}"
    return text


def _told(
    template: Template, values: Mapping[str, str], clean: Callable[[str, str], str]
) -> dict[str, str]:
    told = {}
    for name in template.names:
        value = values.get(name)
        if value is None:
            if name not in _OPTIONAL:
                msg = f"no value for {{{name}}}"
                raise ValueError(msg)
            value = ""
        told[name] = clean(name, value)
    return told


def _plain(name: str, value: str) -> str:
    # Cut before spelling, so that a value of a megabyte costs no more than a long line.
    line = " ".join(to_gsm7(value[:_MAX_LINE]).split())
    return f" {line}" if line and name in _OPTIONAL else line


def _tidy(name: str, value: str) -> str:
    if name in _MANY_LINES:
        if UNSEEN_BUT_LINES.search(value) is None:
            return value
        return UNSEEN_BUT_LINES.sub("", value.replace("\r\n", "\n").replace("\t", " "))
    if len(value) <= _MAX_LINE and name not in _OPTIONAL and UNSEEN.search(value) is None:
        return value
    line = " ".join(UNSEEN.sub(" ", value[: 2 * _MAX_LINE]).split())
    if len(line) > _MAX_LINE:
        line = line[: _MAX_LINE - 3] + "..."
    return f" {line}" if line and name in _OPTIONAL else line


def _one_sms(template: Template, told: Mapping[str, str]) -> str:
    text = template.fill(told)
    if septets(text) <= ONE_SMS:
        return text
    shortened = template.fill(told)
    tried: Template | None = template
    while tried is not None:
        shortened = _within(tried, told, _FLOOR)
        if septets(shortened) <= ONE_SMS:
            return _widest(tried, told)
        tried = tried.shorter
    return shorten(shortened, ONE_SMS)


def _within(template: Template, told: Mapping[str, str], cap: int) -> str:
    return template.fill(
        {
            name: shorten(told[name], cap) if name in _FREE else told[name]
            for name in template.names
        }
    )


def _widest(template: Template, told: Mapping[str, str]) -> str:
    """With free values as long as one SMS allows; the floor is known to fit."""
    caps = range(_FLOOR, ONE_SMS + 1)
    fitting = bisect_right(caps, ONE_SMS, key=lambda cap: septets(_within(template, told, cap)))
    return _within(template, told, caps[fitting - 1])


def with_untold(rendered: str, numbers: Sequence[str], form: TextForm) -> tuple[str, int]:
    """The text with numbers whose acknowledgement was withheld, and how many of them it tells.

    Chat and email get a line more, before the signature. In an SMS the last sentence makes room
    for as many as fit; the text's own number is never given up for them.
    """
    if not numbers:
        return rendered, 0
    if form is TextForm.SMS:
        return _untold_in_sms(rendered, numbers)
    told = numbers[:_MAX_UNTOLD]
    line = f"\n\nTiket Anda lainnya: {', '.join(told)}."
    body, mark, signature = rendered.rpartition(_SIGNATURE)
    if form is TextForm.EMAIL and mark:
        return f"{body}{line}{mark}{signature}", len(told)
    return rendered + line, len(told)


def _untold_in_sms(rendered: str, numbers: Sequence[str]) -> tuple[str, int]:
    found = BEFORE_LAST.match(rendered)
    if found and (_NUMBER.search(found[1]) or not _NUMBER.search(rendered)):
        head = found[1]
    else:
        head = rendered if rendered.endswith((".", "!", "?")) else f"{rendered}."
    for count in range(min(len(numbers), ONE_SMS // 14), 0, -1):
        text = f"{head} Tiket lain: {', '.join(numbers[:count])}."
        if septets(text) <= ONE_SMS:
            return text, count
    return rendered, 0


def email_subject(number: str, subject: str) -> str:
    """``[HD26-004217-4] …``: one line without control characters, at most 200 characters."""
    mark = f"[{number}]"
    line = " ".join(UNSEEN.sub(" ", subject[: 4 * MAX_SUBJECT]).replace(mark, " ").split())
    whole = f"{mark} {line}".rstrip()
    if len(whole) <= MAX_SUBJECT:
        return whole
    return whole[: MAX_SUBJECT - 3].rstrip() + "..."
