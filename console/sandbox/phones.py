"""The phones of the sandbox: how each kind is called, whom it knows, what it can carry."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.model.messages import Address, AddressKind
from core.model.phone import sms_sender

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from console.sandbox.phone import Provider, SandboxMail, SandboxPhone

_TYPED = re.compile(r"[A-Za-z0-9+(][A-Za-z0-9 ()./+-]{2,24}")
_ACCOUNT = re.compile(r"[1-9][0-9]{4,14}")
_MAILBOX = re.compile(r"([A-Za-z0-9._%+-]{1,64})@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+)")


def sender_of(typed: str) -> Address | None:
    """The sender of an SMS: a number in any usual spelling, or a label like ``INFO-BANK``.

    None when it is neither a phone number nor something a network would show as a sender.
    """
    typed = typed.strip()
    if not _TYPED.fullmatch(typed):
        return None
    return sms_sender(typed)


def whatsapp_sender(typed: str) -> Address | None:
    """A telephone number; WhatsApp knows no labels."""
    found = sender_of(typed)
    if found is None or found.kind is not AddressKind.PHONE:
        return None
    return Address(AddressKind.WHATSAPP, found.value)


def telegram_sender(typed: str) -> Address | None:
    """The number of an account; it has nothing to do with the telephone's."""
    typed = typed.strip()
    return Address(AddressKind.TELEGRAM, typed) if _ACCOUNT.fullmatch(typed) else None


def mail_sender(typed: str) -> Address | None:
    """An ordinary address, its domain in lower case."""
    found = _MAILBOX.fullmatch(typed.strip())
    return Address(AddressKind.EMAIL, f"{found[1]}@{found[2].lower()}") if found else None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of phone.

    Attributes:
        key: in addresses of pages, and the provider's name among ``Phones``.
        tab: on its tab.
        title: on the phone's bar.
        other: asks for a sender who is not among the people.
        unknown: says that a sender was not understood.
        most: characters of one message.
        reads: what a visitor typed → the sender, None when it is none.
        files: whether a picture or another file can go with a message.
        parts: whether replies are counted in parts, as SMS are.
        ticks: whether the phone shows that a message of its holder arrived.
    """

    key: str
    tab: str
    title: str
    other: str
    unknown: str
    most: int
    reads: Callable[[str], Address | None]
    files: bool = True
    parts: bool = False
    ticks: bool = True


_SMS = Kind(
    "sms",
    "SMS",
    "SMS ke Helpdesk",
    "Nomor ponsel atau nama pengirim, misalnya 0812 0000 2005 atau INFO-BANK",
    "Nomor pengirim belum dikenali. Tulislah seperti 0812 0000 2001 atau nama pengirim pendek.",
    1600,
    sender_of,
    files=False,
    parts=True,
    ticks=False,
)
_WHATSAPP = Kind(
    "whatsapp",
    "WhatsApp",
    "WhatsApp ke Helpdesk",
    "Nomor WhatsApp, misalnya 0812 0000 2005",
    "Nomor WhatsApp belum dikenali. Tulislah seperti 0812 0000 2001.",
    4096,
    whatsapp_sender,
)
_TELEGRAM = Kind(
    "telegram",
    "Telegram",
    "Telegram ke Helpdesk",
    "Nomor akun Telegram, misalnya 7002005",
    "Nomor akun Telegram belum dikenali. Tulislah angka saja, misalnya 7002005.",
    4096,
    telegram_sender,
)
_MAIL = Kind(
    "email",
    "Surel",
    "Surel ke Helpdesk",
    "Alamat surel, misalnya warga@example.org",
    "Alamat surel belum dikenali. Tulislah seperti warga@example.org.",
    100_000,
    mail_sender,
    ticks=False,
)
KINDS: Mapping[str, Kind] = {kind.key: kind for kind in (_SMS, _WHATSAPP, _TELEGRAM, _MAIL)}
"""In the order of the tabs."""

CHANNELS: Mapping[str, str] = {
    "sms": "SMS",
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
    "surel": "Surel",
    "lapor": "Formulir web",
}
"""The channels of the demonstration as a ticket shows them."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Who may log in at the console of the demonstration.

    Attributes:
        people: login and role.
    """

    password: str
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Phones:
    """What a visitor may hold.

    Attributes:
        chats: key of the kind → the provider.
        mail: the mail program; None: there is none.
        form: address of the public form, "" when there is none.
        crew: the staff; None: there is no console.
    """

    chats: Mapping[str, SandboxPhone]
    mail: SandboxMail | None = None
    form: str = ""
    crew: Crew | None = None
    kinds: tuple[Kind, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Fills in ``kinds``: those that are there, in the order of the tabs."""
        there = {*self.chats, *(["email"] if self.mail else [])}
        kinds = tuple(kind for key, kind in KINDS.items() if key in there)
        object.__setattr__(self, "kinds", kinds)

    def provider(self, key: str) -> Provider:
        """Raises KeyError."""
        if key == "email" and self.mail:
            return self.mail
        return self.chats[key]

    def kind(self, key: str) -> Kind:
        """The kind of that name, the first one for any other."""
        return next((kind for kind in self.kinds if kind.key == key), self.kinds[0])
