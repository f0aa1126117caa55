"""What the office's identity provider tells of itself: its discovery document and its keys.

Nothing is asked anywhere but at the provider's own hosts, by https unless it runs on this machine;
answers are limited in size and time, and no redirect is followed.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import aiohttp

from config.checks import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from config.sso import SsoSettings
    from core.ports import Clock

DISCOVERY: Final = "/.well-known/openid-configuration"
LARGEST: Final = 262_144
"""Bytes of an answer. Entra's keys and discovery document take 20 KB together."""

KEEP: Final = timedelta(hours=1)
"""How long document and keys are believed without asking again."""

KEYS_AT_LEAST: Final = timedelta(minutes=1)
"""Between two looks for a key that nobody knows: forged tokens must cost the provider little."""

REST: Final = timedelta(seconds=10)
"""After a failure nobody waits for the provider again, so that a queue of logins dissolves."""

_GOOD: Final = 200
_PLAIN: Final = re.compile(r"[!-~]{1,2000}")


class ProviderAway(Exception):  # noqa: N818 - nobody's error
    """It cannot be reached, or answers what cannot be used; the reason is for the log."""


@dataclass(frozen=True, slots=True)
class _Told:
    """An answer, and when it came."""

    answer: Mapping[str, Any]
    at: datetime


class ProviderDocument:
    """Discovery document and keys, kept for an hour; one per process.

    Args:
        settings: the section, with an issuer.
        clock: tells the time.
    """

    def __init__(self, settings: SsoSettings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._issuer = settings.issuer or ""
        self._told: dict[str, _Told] = {}
        self._resting_until: datetime | None = None
        self._lock = asyncio.Lock()

    async def endpoints(self) -> Mapping[str, Any]:
        """The discovery document. Raises ProviderAway."""
        place = self._issuer.rstrip("/") + DISCOVERY
        found = await self._kept(place, KEEP)
        if found.get("issuer") != self._issuer:
            sentence = "the discovery document names another issuer than sso.issuer"
            raise ProviderAway(sentence)
        return found

    async def endpoint(self, name: str) -> str:
        """An address of the provider's own hosts. Raises ProviderAway."""
        place = (await self.endpoints()).get(name)
        if not isinstance(place, str):
            sentence = f"the discovery document has no {name}"
            raise ProviderAway(sentence)
        self._own(place)
        return place

    async def keys(self, *, anew: bool = False) -> Sequence[Mapping[str, Any]]:
        """The public keys; ``anew`` where one is missing. Raises ProviderAway."""
        found = await self._kept(await self.endpoint("jwks_uri"), KEYS_AT_LEAST if anew else KEEP)
        listed = found.get("keys")
        if not isinstance(listed, list):
            sentence = "its list of keys is none"
            raise ProviderAway(sentence)
        return [one for one in listed if isinstance(one, dict)]

    async def post(
        self, place: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, Any]]:
        """Status and answer of what was sent. Raises ProviderAway."""
        status, body = await self._asked("POST", place, form, headers)
        return status, _object(body) if status == _GOOD else {}

    def _own(self, place: str) -> None:
        """Raises ProviderAway for an address that is not the provider's, or not safe."""
        if not _PLAIN.fullmatch(place):  # it becomes a header of ours
            sentence = "an endpoint with signs that no address has"
            raise ProviderAway(sentence)
        try:
            parts = urlsplit(place)
            local = is_loopback(parts.hostname) and is_loopback(urlsplit(self._issuer).hostname)
        except ValueError as error:
            sentence = "an endpoint that is no address"
            raise ProviderAway(sentence) from error
        if parts.netloc.lower() not in self._settings.known_hosts:
            sentence = f"{parts.netloc[:100]} is not among the provider's hosts (sso.hosts)"
            raise ProviderAway(sentence)
        if parts.scheme != "https" and not (local and parts.scheme == "http"):
            sentence = "an endpoint without https"
            raise ProviderAway(sentence)

    async def _kept(self, place: str, good: timedelta) -> Mapping[str, Any]:
        """An answer that is not older than this; many who ask at once wait for one."""
        async with self._lock:
            now = self._clock.now()
            told = self._told.get(place)
            if told is not None and now < told.at + good:
                return told.answer
            if self._resting_until is not None and now < self._resting_until:
                sentence = "it failed a moment ago"
                raise ProviderAway(sentence)
            try:
                answer = await self._got(place)
            except ProviderAway:
                self._resting_until = self._clock.now() + REST
                raise
            self._told[place] = _Told(answer, now)
            return answer

    async def _got(self, place: str) -> Mapping[str, Any]:
        status, body = await self._asked("GET", place)
        if status != _GOOD:
            sentence = f"HTTP {status}"
            raise ProviderAway(sentence)
        return _object(body)

    async def _asked(
        self,
        method: str,
        place: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        limit = aiohttp.ClientTimeout(total=self._settings.timeout_seconds)
        sent = {"Accept": "application/json", **(headers or {})}
        try:
            async with (
                aiohttp.ClientSession(timeout=limit, cookie_jar=aiohttp.DummyCookieJar()) as http,
                http.request(
                    method, place, data=form, headers=sent, allow_redirects=False
                ) as answer,
            ):
                return answer.status, await _limited(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ProviderAway(type(error).__name__) from error


async def _limited(answer: aiohttp.ClientResponse) -> bytes:
    """The body. Raises ProviderAway when it is too large."""
    body = b""
    async for part in answer.content.iter_chunked(LARGEST):
        body += part
        if len(body) > LARGEST:
            sentence = "its answer is too large"
            raise ProviderAway(sentence)
    return body


def _object(body: bytes) -> Mapping[str, Any]:
    """Raises ProviderAway for what is no JSON object."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        sentence = "its answer is no JSON"
        raise ProviderAway(sentence) from error
    if not isinstance(found, dict):
        sentence = "its answer is no JSON object"
        raise ProviderAway(sentence)
    return found
