"""How a request is kept that could not be read, and how it comes back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.messages import ChannelId, RawRequest
from core.model.quarantine import Parked, frame_of, request_of

AT = datetime(2026, 11, 22, 3, 30, 15, 123456, tzinfo=UTC)
PARKED = Parked(7, ChannelId("sms"), AT, "Rusak.", 3)
REQUEST = RawRequest(
    method="POST",
    public_url="https://a.test/hooks/sms?item=5",
    headers={
        "content-type": "application/json",
        "x-twilio-signature": "rahasia",
        "authorization": "Basic rahasia",
        "x-telegram-bot-api-secret-token": "rahasia",
        "cookie": "rahasia",
    },
    body=b"{}",
    remote="203.0.113.9",
    received_at=AT,
    purpose="status",
)


def test_a_request_comes_back_without_its_secrets() -> None:
    frame = frame_of(REQUEST)
    assert "rahasia" not in frame
    assert request_of(frame, b"{}", PARKED) == replace(
        REQUEST, headers={"content-type": "application/json"}, remote=""
    )


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("secret=rahasia&id=1&message=halo", "secret=&id=1&message=halo"),
        ("id=1&access_token=rahasia", "id=1&access_token="),
        ("PASSWORD=rahasia", "PASSWORD="),
        ("id=1&hub.verify_token=rahasia&x=2", "id=1&hub.verify_token=&x=2"),
        ("bodySHA256=ab&message=secret", "bodySHA256=ab&message=secret"),
        ("", ""),
    ],
)
def test_secrets_of_a_query_are_not_kept(query: str, kept: str) -> None:
    url = f"https://a.test/hooks/k?{query}" if query else "https://a.test/hooks/k"
    frame = frame_of(replace(REQUEST, public_url=url))
    assert json.loads(frame)["url"] == url.replace(query, kept) if query else url


def test_a_get_has_no_body() -> None:
    asked = replace(REQUEST, method="GET", body=b"", public_url="https://a.test/k?message=halo")
    found = request_of(frame_of(asked), b"https://a.test/k?message=halo", PARKED)
    assert (found.method, found.body, found.public_url) == ("GET", b"", asked.public_url)


@pytest.mark.parametrize(
    "frame", ["", "{", "[]", "null", '"x"', "{}", '{"headers": 5}', '{"received_at": "now"}']
)
def test_an_unreadable_frame_leaves_the_bytes(frame: str) -> None:
    found = request_of(frame, b"abc", PARKED, "https://a.test/hooks/sms")
    assert found == RawRequest("POST", "https://a.test/hooks/sms", {}, b"abc", "", AT, "message")


@given(
    st.text(max_size=50),
    st.dictionaries(st.text(max_size=20), st.text(max_size=30), max_size=4),
    st.text(st.characters(codec="ascii"), max_size=30),
)
def test_any_request_can_be_kept(method: str, headers: dict[str, str], query: str) -> None:
    url = f"https://a.test/x?{query.replace('#', '')}"
    request = RawRequest(method, url, headers, b"x", "", AT)
    found = request_of(frame_of(request), b"x", PARKED)
    assert found.body == b"x" or method == "GET"
    assert found.received_at == AT
