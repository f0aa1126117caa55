"""Single sign-on: who a provider says somebody is, and whom that opens the door for.

OpenID Connect Core 1.0 with PKCE (RFC 7636). A person is known by issuer and subject, which a
provider never gives to another; a mail address is shown and never compared (threats.md row 51).
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.model.value import value

if TYPE_CHECKING:
    from core.model.credentials import Account

FLOW_LIFE: Final = timedelta(minutes=10)
"""From leaving for the provider to coming back; time enough to look for a telephone."""

LONGEST_SUBJECT: Final = 255
"""Signs of a subject (OpenID Connect Core 1.0, section 2)."""

LONGEST_SHOWN: Final = 120


class Purpose(StrEnum):
    """What somebody went to the provider for."""

    ENTER = "enter"
    LINK = "link"  # by the person who is in
    INVITED = "invited"  # by the link that an administrator gave


class SignOnFault(StrEnum):
    """Why a provider's answer opens nothing."""

    AWAY = "away"  # it cannot be reached, or answers nonsense
    DECLINED = "declined"  # the person broke off, or the provider does not let them
    UNPROVEN = "unproven"  # the answer is not for us, not from it, or not of now


@value
class Flow:
    """One way to the provider and back; lives sealed in the browser that began it.

    Attributes:
        state, nonce, verifier: drawn by lot; they tie the answer, the token and the code to it.
        onward: the page to go to afterwards; of ours.
        holder: hash of the session that links, or of the invitation; "" for coming in.
    """

    purpose: Purpose
    state: str
    nonce: str
    verifier: str
    began_at: datetime
    onward: str = ""
    holder: str = ""

    def alive(self, now: datetime) -> bool:
        """Whether it may still come back."""
        return self.began_at <= now < self.began_at + FLOW_LIFE

    @property
    def until(self) -> datetime:
        """When it ends, aware UTC."""
        return self.began_at + FLOW_LIFE


@value
class ProvenIdentity:
    """Who somebody is, as a provider has signed it.

    Attributes:
        shown: name or mail address there, for people to recognise; never compared.
        second_factor: it was asked for there, in a way that the office accepts.
        ticket: what the provider wants to see again when the person leaves (``id_token_hint``).
    """

    issuer: str
    subject: str
    shown: str = ""
    second_factor: bool = False
    ticket: str = ""


@value
class SignOnLink:
    """An account at a provider that opens the door for one person.

    Attributes:
        linked_by: as events name who did it. used_at: last time somebody came in by it.
    """

    issuer: str
    subject: str
    staff_id: int
    shown: str
    linked_at: datetime
    linked_by: str
    used_at: datetime | None = None


@value
class LinkHolder:
    """Whose door an account opens; the person locked until the end."""

    link: SignOnLink
    account: Account


def challenge(verifier: str) -> str:
    """What of the verifier is told beforehand: S256 (RFC 7636, section 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
