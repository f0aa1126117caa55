"""How the simulated Twilio calls our webhooks: signed forms, its rules of repeating.

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

from gateway.demo.wire import BUDGET, HookAnswer, Wire

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HookAnswer", "HookCaller", "RepeatRule", "sign"]

_RETRIES = 5


def sign(token: str, url: str, fields: Mapping[str, str]) -> str:
    """``X-Twilio-Signature``: base64 of HMAC-SHA1 over URL and fields sorted by name."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode("ascii")


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


class HookCaller(Wire):
    """Posts signed forms to the URLs entered at the provider.

    Args:
        token: the account's secret.
        reach: as for any wire.
    """

    def __init__(self, token: str, reach: str = "") -> None:
        super().__init__(reach)
        self._token = token

    async def call(self, url: str, fields: Mapping[str, str]) -> HookAnswer:
        """One event, with repeats as the URL asks. Never raises for what the gateway does."""
        rule = RepeatRule.of(url)
        marker = secrets.token_hex(16)
        answer = HookAnswer(None)
        try:
            async with asyncio.timeout(BUDGET):
                for attempt in range(1, rule.count + 2):
                    answer = replace(await self._once(url, fields, marker), attempts=attempt)
                    if not rule.again(answer):
                        break
                    await asyncio.sleep(0.05 * attempt)
        except TimeoutError:
            return answer
        return answer

    async def _once(self, url: str, fields: Mapping[str, str], marker: str) -> HookAnswer:
        bare = urlunsplit(urlsplit(url)._replace(fragment=""))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": sign(self._token, bare, fields),
            "I-Twilio-Idempotency-Token": marker,
        }
        return await self.post(bare, urlencode(fields).encode(), headers)
