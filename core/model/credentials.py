"""How staff prove who they are: passwords, second factors, sessions, tokens, invitations.

Nothing secret is kept as it is: of a password its argon2id hash, of a token its SHA-256 (a token
has 256 bits, so nobody finds it from the hash), of a second factor the sealed secret. The values
here never leave the house, and no view of staff is made from them.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import unicodedata
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from core.model.sentences import said
from core.model.value import value

if TYPE_CHECKING:
    from core.model.staff import Right, Staff

TOKEN_BYTES: Final = 32
"""256 bits of a session, an API token, an invitation."""

TOKEN_MARK: Final = "hdt_"  # noqa: S105 - a prefix, not a secret
"""Before an API token, so that a leaked one is recognised for what it is."""

IDLE: Final = timedelta(hours=2)
"""A session that nobody uses ends after this; a working day has pauses."""

ABSOLUTE: Final = timedelta(hours=12)
"""A session ends after this, whatever happens: one long shift."""

INVITE_LIFE: Final = timedelta(minutes=30)
"""How long an invitation or a reset may be used, once (threats.md row 52)."""

FREE_FAILURES: Final = 5
"""Wrong passwords for one login before strangers must wait with it."""

FIRST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(minutes=15)
"""The wait doubles from the one to the other."""

FORGET_FAILURES: Final = timedelta(days=1)
"""After so long without a further one failures are forgotten."""

DEVICE_LIFE: Final = timedelta(days=90)
"""How long a browser that its owner logged in from is known: strangers' guesses do not hold it
up (OWASP, "device cookies")."""

SEEN_EVERY: Final = timedelta(minutes=1)
"""How often the use of a session or token is written."""

LONGEST_LOGIN: Final = 64
SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 256

TOTP_SECONDS: Final = 30
TOTP_DIGITS: Final = 6
TOTP_DRIFT: Final = 1
"""Steps before and after that still count: clocks of telephones are off by seconds."""


def token_hash(token: str) -> str:
    """What is kept of a token: SHA-256, hex. Blank and overlong ones get a hash nobody has."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@value
class Account:
    """What only the login looks at.

    Attributes:
        password_hash: argon2id; "" while the person has none yet, which matches nothing.
        totp_secret: sealed; None: none.
        totp_used: the last step whose code was used; None: the second factor is not confirmed.
    """

    staff: Staff
    password_hash: str = ""
    password_at: datetime | None = None
    totp_secret: bytes | None = None
    totp_used: int | None = None

    @property
    def enrolled(self) -> bool:
        """Whether a code is asked for."""
        return self.totp_secret is not None and self.totp_used is not None


@value
class Failures:
    """Wrong passwords for one login, known or not.

    Attributes:
        login_hash: keyed hash of what was typed.
    """

    login_hash: str
    count: int
    failed_at: datetime

    def waiting(self, now: datetime) -> bool:
        """Whether strangers must wait."""
        return now < self.failed_at + wait_after(self.count)


@value
class Session:
    """A browser that is logged in.

    Attributes:
        token_hash: of what the cookie holds.
        seen_at: last use, written once a minute at most.
        expires_at: the absolute end.
        second_factor: a code was given as well.
        browser: as it calls itself, cut short; address: where it came from; both for its owner.
    """

    token_hash: str
    staff_id: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    second_factor: bool = False
    browser: str = ""
    address: str = ""

    @property
    def mark(self) -> str:
        """How lists name it; nothing can be opened with it."""
        return token_hash(self.token_hash)[:12]

    def alive(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return now < self.expires_at and now < self.seen_at + IDLE


@value
class ApiToken:
    """A token for programs: a name, an owner, rights that are fewer than the owner's or all.

    Attributes:
        rights: empty: all that the owner has.
        expires_at: None: never. used_at: last use, written once a minute at most.
    """

    id: int
    token_hash: str
    name: str
    staff_id: int
    rights: frozenset[Right]
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def alive(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


# --- second factor: RFC 6238 -------------------------------------------------------------------


def totp(secret: bytes, step: int) -> str:
    """The six digits of one step of 30 seconds (RFC 6238 with SHA-1, as every app reads it)."""
    digest = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    at = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**TOTP_DIGITS:0{TOTP_DIGITS}d}"


def step_at(now: datetime) -> int:
    """The number of the step that this instant lies in."""
    return int(now.timestamp()) // TOTP_SECONDS


def step_of(secret: bytes, typed: str, now: datetime, used: int | None) -> int | None:
    """The step whose code was typed; None when it fits none that is still good.

    A step at or before ``used`` is never good again: a code works once (threats.md row 54).
    Spaces in what was typed do not matter. Every step near is compared, in constant time.
    """
    digits = "".join(typed.split())
    found = None
    for step in range(step_at(now) - TOTP_DRIFT, step_at(now) + TOTP_DRIFT + 1):
        same = hmac.compare_digest(totp(secret, step).encode(), digits.encode("utf-8", "replace"))
        if same and (used is None or step > used):
            found = step
    return found


# --- waiting after failures ----------------------------------------------------------------------


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many wrong passwords: none at first, then doubling."""
    over = failures - FREE_FAILURES
    if over < 0:
        return timedelta(0)
    return min(FIRST_WAIT * (1 << min(over, 20)), LONGEST_WAIT)


def password_fault(password: str, login: str = "") -> str:
    """What is wrong with a new password, in one Indonesian sentence; "" when it will do.

    Length is what counts; no kinds of signs are asked for, as NIST SP 800-63B advises.
    """
    if len(password) < SHORTEST_PASSWORD:
        return said(
            "Kata sandi paling sedikit {least} karakter.",
            least=SHORTEST_PASSWORD,
        )
    if len(password) > LONGEST_PASSWORD:
        return said("Kata sandi paling banyak {most} karakter.", most=LONGEST_PASSWORD)
    plain = password.casefold()
    if len(set(plain)) < SHORTEST_PASSWORD // 3 or (login and plain.strip() == login):
        return said(
            "Kata sandi ini terlalu mudah ditebak. Gunakan beberapa kata yang tidak berkaitan."
        )
    if any(word in plain for word in _COMMON):
        return said("Kata sandi ini terlalu umum. Gunakan beberapa kata yang tidak berkaitan.")
    return ""


_COMMON: Final = (
    "password",
    "katasandi",
    "kata sandi",
    "rahasia123",
    "12345678",
    "qwertyui",
    "helpdesk",
    "indonesia",
    "merdeka",
    "bismillah",
)


def login_of(typed: str) -> str:
    """A login as it is kept: casefolded, without spaces around it, storable whatever was typed."""
    plain = unicodedata.normalize("NFKC", _storable(typed)).strip().casefold()
    return plain[: LONGEST_LOGIN + 1]


def password_of(typed: str) -> str:
    """A password as it is hashed: keyboards write one letter in several ways (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", _storable(typed))


def _storable(typed: str) -> str:
    return typed.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
