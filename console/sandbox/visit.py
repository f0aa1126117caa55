"""What a visitor of the sandbox looks at, read from a link or a form."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from console.sandbox.phone import Upload
from console.typed import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.sandbox.phones import Kind, Phones
    from core.model.messages import Address

LARGEST_FILE = 5 * 2**20
"""Bytes; what WhatsApp takes as a picture."""

_ROOM = 2**20  # for the words of a form and the borders between its parts
_LONGEST_NAME = 120
_ANY = "application/octet-stream"
_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Visit:
    """What the visitor looks at.

    Attributes:
        kind: which phone is held.
        sender: whose it is, None when that was not understood.
        ticket: the chosen ticket, "" for the newest.
        typed: the sender as typed, to show it again.
        notice: a sentence about what went wrong, "" when nothing did.
        draft: a text that was not taken, given back.
        subject: the same of a mail.
        mail: the mail that is open.
        answers: whether it is being answered.
    """

    kind: Kind
    sender: Address | None
    ticket: str = ""
    typed: str = ""
    notice: str = ""
    draft: str = ""
    subject: str = ""
    mail: int | None = None
    answers: bool = False

    @property
    def holder(self) -> str:
        """Whose phone it is, as its provider knows them; "" when that was not understood."""
        return self.sender.value if self.sender else ""

    def link(self, **more: object) -> str:
        """The address of this page again, with something else chosen; None leaves a part out."""
        wanted: dict[str, object] = {"phone": self.kind.key, "from": self.holder or self.typed}
        wanted |= {"ticket": self.ticket or None} | more
        return f"/sandbox?{urlencode({key: one for key, one in wanted.items() if one})}"

    def query(self) -> str:
        """Phone and holder, for the live parts."""
        return urlencode({"phone": self.kind.key, "from": self.holder})


def visit_of(phones: Phones, asked: Mapping[str, str]) -> Visit:
    """What a link or a form asks for; the first person's phone where it names nobody."""
    kind = phones.kind(asked.get("phone", ""))
    typed, people = asked.get("from", ""), phones.provider(kind.key).people
    if not typed and people:
        typed = people[0].number
    sender = kind.reads(typed)
    return Visit(
        kind,
        sender,
        asked.get("ticket", ""),
        typed,
        "" if sender else kind.unknown,
        mail=whole(asked.get("mail")),
        answers=bool(asked.get("reply")),
    )


async def form_of(request: web.Request) -> tuple[dict[str, str], Upload | None]:
    """The words and the file of a form. Raises HTTPRequestEntityTooLarge, HTTPBadRequest."""
    whole = request.clone(client_max_size=LARGEST_FILE + _ROOM)
    try:
        fields = await whole.post()
    except (LookupError, ValueError) as error:  # a charset that does not exist or does not fit
        raise web.HTTPBadRequest(text="Formulir ini tidak terbaca.") from error
    words, file = {}, None
    for name, given in fields.items():
        if isinstance(given, str):
            words[name] = given
        elif isinstance(given, web.FileField):
            file = _upload(given) or file
    return words, file


def _upload(given: web.FileField) -> Upload | None:
    """None where no file was chosen. Raises HTTPRequestEntityTooLarge."""
    with given.file as opened:
        data = opened.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise web.HTTPRequestEntityTooLarge(LARGEST_FILE, len(data))
    if not given.filename:
        return None
    kind = given.content_type if _TYPE.fullmatch(given.content_type) else _ANY
    return Upload(_plain(given.filename), kind, data)


def _plain(name: str) -> str:
    """A file's name without a path and without what does not show."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:_LONGEST_NAME] or "berkas"


def refused(visit: Visit, notice: str, words: Mapping[str, str]) -> Visit:
    """The same visit with what was not taken, given back with the reason."""
    return replace(
        visit, notice=notice, draft=words.get("body", ""), subject=words.get("subject", "")
    )
