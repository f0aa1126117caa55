from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from core.errors import MalformedMessage, RequestRejected
from core.ports import Closes, Converses, Examines, Fetches, Handshakes, Sends, Webhook
from tests.channels.whatsapp.doors import (
    HOOK,
    NUMBER_ID,
    SECRET,
    TOKEN,
    VERIFY,
    body,
    door,
    request,
    seal,
    settings,
    text,
    value,
)

PORTS = [Sends, Webhook, Handshakes, Converses, Fetches, Examines, Closes]
GOOD = json.dumps(body(value(messages=[text("lampu mati \u2713 \U0001f6a8")]))).encode()


@pytest.mark.parametrize("port", PORTS)
def test_the_door_keeps_its_contracts(port: Any) -> None:
    assert isinstance(door(), port)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"app_secrets": ()}, "app_secret"),
        ({"app_secrets": ("",)}, "blank"),
        ({"app_secrets": (SECRET, " ")}, "blank"),
        ({"verify_token": " "}, "blank"),
        ({"access_token": ""}, "blank"),
        ({"phone_number_id": ""}, "phone_number_id"),
        ({"phone_number_id": "../me"}, "phone_number_id"),
        ({"api_base_url": "graph.facebook.com"}, "URL"),
        ({"webhook_url": "/hooks/wa"}, "URL"),
        ({"timeout": 0.0}, "timeout"),
    ],
)
def test_a_door_that_could_not_work_does_not_open(changes: Any, what: Any) -> None:
    with pytest.raises(ValueError, match=what) as caught:
        settings(**changes)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("secret", [SECRET, VERIFY, TOKEN])
def test_nothing_shows_a_secret(secret: Any) -> None:
    assert secret not in repr(settings()) + repr(door())


def test_what_our_app_sealed_is_let_in() -> None:
    door().verify(request(GOOD))
    door(app_secrets=("another", SECRET)).verify(request(GOOD))
    # the same JSON with its letters written out is another body, and sealed as such
    written = json.dumps(json.loads(GOOD), ensure_ascii=False).encode()
    assert written != GOOD
    door().verify(request(written))


def flipped(mark: str) -> str:
    return mark[:-1] + ("0" if mark[-1] != "0" else "1")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-hub-signature-256": ""},
        {"x-hub-signature-256": "sha256=" + "4" * 64},
        {"x-hub-signature-256": seal(GOOD, "another secret")},
        {"x-hub-signature-256": seal(GOOD + b" ")},
        {"x-hub-signature-256": flipped(seal(GOOD))},
        {"x-hub-signature-256": seal(GOOD).upper()},
        {"x-hub-signature-256": seal(GOOD).removeprefix("sha256=")},
        {"x-hub-signature-256": " " + seal(GOOD)},
        {"x-hub-signature-256": seal(GOOD) + "\n"},
        {"x-hub-signature-256": f"{seal(GOOD)}, {seal(GOOD)}"},
        {"x-hub-signature-256": "sha256=" + "\u0664" * 64},
        {"x-hub-signature-256": "sha1=" + "4" * 40},
        {"x-hub-signature-256": "x" * 10_000},
        {"x-hub-signature": seal(GOOD)},
    ],
)
def test_forged_ones_are_rejected_without_telling_the_secret(headers: Any) -> None:
    with pytest.raises(RequestRejected) as caught:
        door().verify(request(GOOD, headers=headers))
    assert not caught.value.foreign
    assert seal(GOOD).removeprefix("sha256=") not in caught.value.reason


def test_a_changed_body_and_a_get_are_rejected() -> None:
    for moved in (GOOD.replace(b"mati", b"nyala"), GOOD + b"\n", b""):
        with pytest.raises(RequestRejected):
            door().verify(request(moved, headers={"x-hub-signature-256": seal(GOOD)}))
    with pytest.raises(RequestRejected):
        door().verify(request(b"", method="GET"))


def test_bad_json_with_a_bad_signature_is_rejected_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bytes] = []
    monkeypatch.setattr("channels.whatsapp.payload.read_json", asked.append)
    with pytest.raises(RequestRejected):
        door().verify(request(b"{broken", headers={"x-hub-signature-256": "sha256=0"}))
    assert asked == []


def test_bad_json_with_a_good_signature_passes_the_guard_and_is_malformed() -> None:
    raw = request(b"{broken")
    door().verify(raw)
    with pytest.raises(MalformedMessage):
        door().parse(raw)


@pytest.mark.parametrize(
    ("values", "foreign"),
    [
        ([value(messages=[text()], number="999999999")], True),
        ([value(statuses=[], number="1"), value(messages=[text()], number="2")], True),
        ([value(messages=[text()], number="1"), value(messages=[text()])], False),
        ([value(messages=[text()], number=int(NUMBER_ID))], False),
        ([{"event": "PARTNER_ADDED"}], False),
        ([], False),
    ],
)
def test_only_a_body_with_nothing_for_us_is_foreign(values: Any, foreign: Any) -> None:
    raw = request(body(*values))
    if not foreign:
        return door().verify(raw)
    with pytest.raises(RequestRejected) as caught:
        door().verify(raw)
    return None if caught.value.foreign else pytest.fail("not foreign")


# --- the check of the URL ---------------------------------------------------------------------

ASKED = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}


def asked(**changes: Any) -> Any:
    names = {"mode": "hub.mode", "token": "hub.verify_token", "challenge": "hub.challenge"}
    query = ASKED | {names[name]: given for name, given in changes.items()}
    kept = {name: given for name, given in query.items() if given is not None}
    return request(b"", headers={}, method="GET", url=f"{HOOK}?{urlencode(kept)}")


@pytest.mark.parametrize("challenge", ["1158201444", "CHALLENGE", "a" * 64])
def test_the_challenge_is_given_back(challenge: Any) -> None:
    raw = asked(challenge=challenge)
    assert door().is_handshake(raw)
    reply = door().handshake(raw)
    told = (reply.status, reply.body, reply.content_type)
    assert told == (200, challenge.encode(), "text/plain")


@pytest.mark.parametrize(
    "changes",
    [
        {"token": "salah"},
        {"token": ""},
        {"token": None},
        {"token": VERIFY.upper()},
        {"token": VERIFY + " "},
        {"token": "\udce9".encode("utf-8", "surrogateescape").decode("latin-1")},
        {"mode": "unsubscribe"},
        {"mode": ""},
        {"challenge": None},
        {"challenge": ""},
        {"challenge": "<script>alert(1)</script>"},
        {"challenge": "a" * 65},
        {"challenge": "satu dua"},
        {"challenge": "1\n2"},
        {"challenge": "\u0664\u0662"},
    ],
)
def test_no_challenge_for_strangers_and_none_that_is_no_plain_word(changes: Any) -> None:
    raw = asked(**changes)
    assert door().is_handshake(raw)
    with pytest.raises(RequestRejected) as caught:
        door().handshake(raw)
    assert VERIFY not in caught.value.reason


def test_two_modes_are_no_mode() -> None:
    raw = request(b"", headers={}, method="GET", url=asked().public_url + "&hub.mode=subscribe")
    with pytest.raises(RequestRejected):
        door().handshake(raw)


@pytest.mark.parametrize(
    ("method", "query"),
    [("POST", urlencode(ASKED)), ("GET", ""), ("GET", "a=1"), ("GET", "hub.mode=x&" * 30)],
)
def test_what_is_no_check_of_the_url_goes_the_usual_way(method: Any, query: Any) -> None:
    raw = request(b"", headers={}, method=method, url=f"{HOOK}?{query}")
    assert not door().is_handshake(raw)
    with pytest.raises(RequestRejected):
        door().verify(raw)
