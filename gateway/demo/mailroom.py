"""What the simulated provider keeps: its messages and their list (providers.md §3)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from gateway.demo.texts import segments

if TYPE_CHECKING:
    from collections.abc import Mapping

API = "2010-04-01"
_DAY = 10  # characters of YYYY-MM-DD
_MAX_PAGE = 1000


@dataclass(slots=True)
class Text:
    """One message in the provider's books, either way; ``status`` moves.

    Attributes:
        sid: SM and 32 hex digits.
        direction: ``inbound`` or ``outbound-api``.
        callback: where its states are reported, "" when nowhere.
        sent_at: None until it left; the list's date filter passes over such a message.
    """

    sid: str
    sender: str
    recipient: str
    body: str
    direction: str
    status: str
    created_at: datetime
    callback: str = ""
    sent_at: datetime | None = None
    error_code: int | None = None

    def as_json(self, account: str) -> dict[str, object]:
        """As the API writes a message."""
        uri = f"/{API}/Accounts/{account}/Messages/{self.sid}"
        return {
            "account_sid": account,
            "api_version": API,
            "body": self.body,
            "date_created": format_datetime(self.created_at),
            "date_sent": format_datetime(self.sent_at) if self.sent_at else None,
            "date_updated": format_datetime(self.sent_at or self.created_at),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": str(segments(self.body)),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.recipient,
            "uri": f"{uri}.json",
        }


def new_sid() -> str:
    """SM and 32 hex digits."""
    return f"SM{secrets.token_hex(16)}"


class Mailroom:
    """All texts of one account, in the order they were taken."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.texts: list[Text] = []

    def find(self, sid: str) -> Text:
        """The text of that sid. Raises KeyError."""
        for text in self.texts:
            if text.sid == sid:
                return text
        raise KeyError(sid)

    def page(self, query: Mapping[str, str], seen_before: datetime) -> dict[str, object]:
        """One page of the list, newest first.

        Args:
            query: To, From, DateSent with ``>`` or ``<``, PageSize, PageToken.
            seen_before: later texts are not in the list yet.
        """
        size = min(max(int(query.get("PageSize", "50")), 1), _MAX_PAGE)
        found = [text for text in reversed(self.texts) if text.created_at <= seen_before]
        found = [text for text in found if _wanted(text, query)]
        start = _place_after(found, query.get("PageToken", ""))
        page = found[start : start + size]
        more = start + size < len(found)
        number = int(query.get("Page", "0"))
        path = f"/{API}/Accounts/{self.account}/Messages.json"
        following = {**query, "PageSize": str(size), "Page": str(number + 1)}
        return {
            "end": start + len(page) - 1,
            "first_page_uri": f"{path}?{urlencode({**query, 'Page': '0'})}",
            "messages": [text.as_json(self.account) for text in page],
            "next_page_uri": f"{path}?{urlencode({**following, 'PageToken': f'PA{page[-1].sid}'})}"
            if more
            else None,
            "page": number,
            "page_size": size,
            "previous_page_uri": None,
            "start": start,
            "uri": f"{path}?{urlencode(query)}",
        }


def _place_after(found: list[Text], token: str) -> int:
    """Tokens name the last text of the page before: new texts on top do not shift the pages."""
    sids = [text.sid for text in found]
    return sids.index(token.removeprefix("PA")) + 1 if token else 0


def _wanted(text: Text, query: Mapping[str, str]) -> bool:
    if query.get("To", text.recipient) != text.recipient:
        return False
    if query.get("From", text.sender) != text.sender:
        return False
    limits = {
        sign: query[f"DateSent{sign}"] for sign in ("", ">", "<") if f"DateSent{sign}" in query
    }
    if not limits:
        return True
    return text.sent_at is not None and all(
        _on_side(text.sent_at.date(), sign, day) for sign, day in limits.items()
    )


def _on_side(day: date, sign: str, limit: str) -> bool:
    """Whole GMT days; both signs include the day itself."""
    bound = date.fromisoformat(limit[:_DAY])
    if sign == ">":
        return day >= bound
    return day <= bound if sign == "<" else day == bound


def lagging(now: datetime, seconds: float) -> datetime:
    """Texts after this are not in the list yet."""
    return now - timedelta(seconds=seconds)
