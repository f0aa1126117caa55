"""How the simulated provider calls our webhooks: signed forms, Twilio's rules of repeating.

The signature is computed here from the published rule (providers.md §3), without the provider's
library, so that our door is tested against the rule and not against itself.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Mapping

_RETRIES = 5
_BUDGET = 15.0  # seconds for all attempts together


def sign(token: str, url: str, fields: Mapping[str, str]) -> str:
    """``X-Twilio-Signature``: base64 of HMAC-SHA1 over URL and fields sorted by name."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode("ascii")


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What our gateway answered.

    Attributes:
        status: of the last attempt; None when there was no answer at all.
        body: of the last attempt.
        attempts: 1 unless the URL asked for repeats.
    """

    status: int | None
    body: str = ""
    attempts: int = 1

    @property
    def taken(self) -> bool:
        """Whether the gateway said that it has the message."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - 2xx


@dataclass(frozen=True, slots=True)
class RepeatRule:
    """``#rc=5&rp=all`` behind a webhook URL: how often, and after which failures."""

    count: int = 1
    after: frozenset[str] = frozenset({"ct"})

    @classmethod
    def of(cls, url: str) -> RepeatRule:
        """Read from the fragment; without one, one repeat after a failed connection."""
        asked = dict(parse_qsl(urlsplit(url).fragment))
        count = min(max(int(asked.get("rc", "1")), 0), _RETRIES)
        return cls(count, frozenset(asked.get("rp", "ct").split(",")))

    def again(self, answer: HookAnswer) -> bool:
        """Whether this answer is one that the rule repeats after."""
        if answer.taken:
            return False
        kind = "ct" if answer.status is None else f"{answer.status // 100}xx"
        return kind in self.after or "all" in self.after


class HookCaller:
    """Posts signed forms to the URLs entered at the provider.

    Args:
        token: the account's secret.
        reach: scheme and host where the gateway really listens, when the URL entered at the
            provider names a public host that does not exist on this machine; "" otherwise.
    """

    def __init__(self, token: str, reach: str = "") -> None:
        self.reach = reach
        self._token = token
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Must run inside the loop that will call."""
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=_BUDGET, sock_connect=5),
            connector=aiohttp.TCPConnector(limit=64),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Idempotent."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, url: str, fields: Mapping[str, str]) -> HookAnswer:
        """One event, with repeats as the URL asks. Never raises for what the gateway does."""
        rule = RepeatRule.of(url)
        marker = secrets.token_hex(16)
        answer = HookAnswer(None)
        try:
            async with asyncio.timeout(_BUDGET):
                for attempt in range(1, rule.count + 2):
                    answer = replace(await self._once(url, fields, marker), attempts=attempt)
                    if not rule.again(answer):
                        break
                    await asyncio.sleep(0.05 * attempt)
        except TimeoutError:
            return answer
        return answer

    async def _once(self, url: str, fields: Mapping[str, str], marker: str) -> HookAnswer:
        if self._session is None:
            message = "the simulated provider is not started"
            raise RuntimeError(message)
        bare = urlunsplit(urlsplit(url)._replace(fragment=""))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": sign(self._token, bare, fields),
            "I-Twilio-Idempotency-Token": marker,
        }
        try:
            async with self._session.post(
                self._reached(bare), data=urlencode(fields).encode(), headers=headers
            ) as answer:
                return HookAnswer(answer.status, await answer.text(errors="replace"))
        except (aiohttp.ClientError, ConnectionError):
            return HookAnswer(None)

    def _reached(self, url: str) -> str:
        if not self.reach:
            return url
        real = urlsplit(self.reach)
        return urlunsplit(urlsplit(url)._replace(scheme=real.scheme, netloc=real.netloc))
