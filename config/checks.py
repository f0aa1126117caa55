"""What a single setting must look like. Each check returns the clean value or raises ValueError.

The message of the ValueError says what is expected, never what was given: the caller knows
whether the value is a secret.
"""

from __future__ import annotations

import re
from datetime import date
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr

LEAST_SECRET = 16
"""Characters of a secret that we sign with."""

STORE_SCHEMES = ("sqlite+aiosqlite", "postgresql+asyncpg", "postgresql")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?", re.IGNORECASE)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PREFIX = re.compile(r"[A-Z]{2,3}")
_SID = re.compile(r"(AC|MG)[0-9A-Za-z]{32}")
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_MAIL_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_MAIL_LOCAL = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")


_DAY_RULE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})=(true|false)")


def day_rules(lines: Sequence[str]) -> tuple[tuple[date, bool], ...]:
    """Days with what holds from each on, as settings write them: ``2027-01-01=false``.

    Returns:
        in their order.

    Raises:
        ValueError: a line that is none, or a day that is named twice.
    """
    expected = "expected days as 2027-01-01=false, each once"
    found = [_DAY_RULE.fullmatch(line) for line in lines]
    require(all(found), expected)
    rules = {date.fromisoformat(one[1]): one[2] == "true" for one in found if one}
    require(len(rules) == len(lines), expected)
    return tuple(sorted(rules.items()))


def day_rule_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The same lines, found good. Raises ValueError as :func:`day_rules`."""
    day_rules(lines)
    return lines


def require(holds: object, expected: str) -> None:
    """Raises ValueError, saying what is expected, unless it holds."""
    if not holds:
        raise ValueError(expected)


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address stays on this machine."""
    if host is None:
        return False
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def web_address(value: str) -> str:
    """An https address without trailing slash; plain http only on this machine."""
    example = "an address such as https://helpdesk.contoh.go.id"
    parts = _split(value, example)
    require(parts.hostname and parts.scheme in ("https", "http"), example)
    require(
        parts.scheme == "https" or is_loopback(parts.hostname),
        "an https:// address (http:// is for this machine only)",
    )
    require("@" not in parts.netloc, "an address without user name and password")
    require(not parts.query and not parts.fragment, "an address without ? and #")
    return value.rstrip("/")


def host_name(value: str) -> str:
    """A host, in lower case, with a port where it has one; nothing else of an address."""
    require(
        _HOST.fullmatch(value.strip()),
        "names of hosts such as oauth2.googleapis.com, without https:// and path",
    )
    return value.strip().lower()


def store_address(value: str) -> str:
    """The address of a store that keeps what it was given."""
    example = "sqlite+aiosqlite:///path/to/file.db or postgresql+asyncpg://user@host/name"
    parts = _split(value, example)
    require(parts.scheme in STORE_SCHEMES, example)
    in_memory = ":memory:" in value or "mode=memory" in value
    require(not in_memory, "a store on disk; one in memory forgets every ticket")
    require(parts.path not in ("", "/"), "an address that names the database after its last slash")
    return value


def zone_name(value: str) -> str:
    """A zone of the IANA database, such as Asia/Makassar."""
    require(
        _is_zone(value),
        "Asia/Jakarta (WIB), Asia/Makassar (WITA), Asia/Jayapura (WIT) or another zone name",
    )
    return value


def ticket_prefix(value: str) -> str:
    """The letters before a ticket number."""
    require(_PREFIX.fullmatch(value), "two or three capital letters, such as HD")
    return value


def account_sid(value: str) -> str:
    """Twilio's name of an account."""
    return _sid(value, "AC")


def service_sid(value: str) -> str:
    """Twilio's name of a messaging service."""
    return _sid(value, "MG")


def sender_number(value: str) -> str:
    """A number that texts are sent from: international form or a short code."""
    require(
        _E164.fullmatch(value) or _SHORT_CODE.fullmatch(value),
        "a number such as +6281234567890, or a short code of 3 to 8 digits",
    )
    return value


def not_blank(value: str) -> str:
    """Text with something in it; outer white space is dropped."""
    require(value.strip(), "something that is not blank")
    return value.strip()


def long_secret(value: SecretStr) -> SecretStr:
    """A secret that nobody can guess."""
    require(len(value.get_secret_value()) >= LEAST_SECRET, "a secret of 16 characters or more")
    return value


def mail_address(value: str) -> str:
    """An address of ours: plain ASCII without a plus, the whole in lower case."""
    local, _, domain = value.strip().rpartition("@")
    require(
        _MAIL_LOCAL.fullmatch(local) and _MAIL_DOMAIN.fullmatch(domain.lower()),
        "an address such as lapor@contoh.go.id, without + and without a name",
    )
    return f"{local}@{domain}".lower()


def mail_domain(value: str) -> str:
    """A domain of ours, in lower case."""
    domain = value.strip().lower().removeprefix("@")
    require(_MAIL_DOMAIN.fullmatch(domain), "a domain such as contoh.go.id")
    return domain


def network(value: str) -> str:
    """An address or network, as ``ipaddress`` writes networks."""
    try:
        return str(ip_network(value.strip(), strict=False))
    except ValueError as error:
        expected = "addresses or networks such as 127.0.0.1 or 10.0.0.0/8"
        raise ValueError(expected) from error


def _sid(value: str, first: str) -> str:
    require(
        value.startswith(first) and _SID.fullmatch(value),
        f"{first} and 32 letters or digits, as Twilio's console shows it",
    )
    return value


def _is_zone(value: str) -> bool:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _split(value: str, expected: str) -> SplitResult:
    """Raises ValueError where it cannot be read at all (a bad port, a broken IPv6 bracket)."""
    require(not re.search(r"[\s\x00-\x1f]", value), expected)
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise ValueError(expected) from error
    return parts
