from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from channels.twilio.signature import require_signature
from core.errors import RequestRejected
from tests.channels.twilio.signing import HOOK, TOKEN, request, signature, signed, signed_bytes

KEY = (TOKEN.encode(),)
FIELDS = [("MessageSid", "SM1"), ("Body", "halo"), ("From", "+6281234567890")]


def accepts(raw: Any, addresses: Any = (HOOK,), tokens: Any = KEY) -> Any:
    with suppress(RequestRejected):
        require_signature(raw, tuple(addresses), tokens)
        return True
    return False


# From Twilio's documentation and the tests of its Python library; token 12345.
DOC_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
DOC_FIELDS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
DOC_TWICE = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234")]


@pytest.mark.parametrize(
    ("url", "fields", "signature"),
    [
        (DOC_URL, DOC_FIELDS, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (DOC_URL, DOC_TWICE, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
        (DOC_URL.replace(".com", ".com:1234"), DOC_FIELDS, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (
            DOC_URL.replace(".com", ".com:1234").replace("https", "http"),
            DOC_FIELDS,
            "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=",
        ),
        (DOC_URL, DOC_FIELDS, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (DOC_URL.replace("https", "http"), DOC_FIELDS, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    ],
)
def test_published_vectors(url: Any, fields: Any, signature: Any) -> None:
    raw = request(fields, url=url, headers={"x-twilio-signature": signature})
    assert accepts(raw, [url.partition("?")[0]], (b"12345",))
    assert not accepts(raw, [url.partition("?")[0]], (b"12346",))


SMS_URL = "http://twiliotests.heroku.com/validate/sms"
SMS_BODY = (
    b"ToState=CA&FromState=CA&AccountSid=ACba8bc05eacf94afdae398e642c9cc32d"
    b"&SmsMessageSid=SM2003cbd5e6a3701999aa3e5f20ff2787&Body=Orly&From=%2B14159354345"
    b"&FromCity=SAN+FRANCISCO&SmsStatus=received&FromZip=94107&FromCountry=US&To=%2B14158141819"
    b"&ToCity=SAN+FRANCISCO&ToZip=94105&ToCountry=US&ApiVersion=2010-04-01"
    b"&SmsSid=SM2003cbd5e6a3701999aa3e5f20ff2787"
)


def test_published_vector_of_a_text_message() -> None:
    head = {"x-twilio-signature": "mxeiv65lEe0b8L6LdVw2jgJi8yw="}
    key = (b"2bd9e9638872de601313dc77410d3b23",)
    assert accepts(request(url=SMS_URL, headers=head, body=SMS_BODY), [SMS_URL], key)
    assert not accepts(request(url=SMS_URL, headers=head, body=SMS_BODY + b"."), [SMS_URL], key)


def test_published_vector_of_a_json_body() -> None:
    body = b'{"property": "value", "boolean": true}'
    digest = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    head = {
        "x-twilio-signature": "a9nBmqA0ju/hNViExpshrM61xv4=",
        "content-type": "application/json",
    }
    raw = request(url=f"{DOC_URL}&bodySHA256={digest}", headers=head, body=body)
    address = [DOC_URL.partition("?")[0]]
    assert accepts(raw, address, (b"12345",))
    assert not accepts(replace(raw, body=body + b" "), address, (b"12345",))
    assert not accepts(replace(raw, public_url=DOC_URL), address, (b"12345",))


NAMES = st.text(min_size=1, max_size=12)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
PAIRS = st.lists(st.tuples(NAMES.filter(str.isprintable), VALUES), max_size=12)
ADDRESSES = st.sampled_from(
    [HOOK, "http://127.0.0.1:8080/hooks/sms", "https://contoh.go.id:443/a", "http://h:80/b/c"]
)


@settings(max_examples=300, deadline=None)
@given(
    PAIRS,
    ADDRESSES,
    st.sampled_from([None, "HMAC_SHA1", "HMAC_SHA256"]),
    st.sampled_from(["right", "wrong"]),
)
@example([("a", "1"), ("a", "1"), ("A", "2")], HOOK, None, "right")
@example([("Body", "  tepi  "), ("x", "a+b%20&=c")], HOOK, None, "wrong")
def test_agrees_with_the_library_on_every_form(
    pairs: Any, address: Any, how: Any, whole: Any
) -> None:
    url = f"{address}?item=7"
    good = signature(pairs, url, how=how)
    given = good if whole == "right" else good.swapcase()
    validator = RequestValidator(TOKEN)
    theirs = validator.validate(url, MultiDict(pairs), given, how)
    head = {"x-twilio-signature": given}
    if how:
        head["x-twilio-webhooks-signature-settings"] = f"key=webhooks_sharedkey_1,algorithm={how}"
    assert accepts(request(pairs, url=url, headers=head), [address]) is theirs
    assert theirs is (given == good)


@settings(max_examples=150, deadline=None)
@given(PAIRS.filter(bool), st.data())
def test_any_changed_field_is_refused(pairs: Any, data: Any) -> None:
    raw = signed(pairs)
    place = data.draw(st.integers(0, len(pairs) - 1))
    forged = list(pairs)
    forged[place] = (pairs[place][0], pairs[place][1] + "x")
    changed = request(forged, headers={"x-twilio-signature": raw.headers["x-twilio-signature"]})
    assert accepts(raw)
    # a repeated pair may become a field that is there already
    assert not accepts(changed) or set(forged) == set(pairs)


GOOD = signature(FIELDS)


@pytest.mark.parametrize(
    ("why", "headers"),
    [
        ("missing", {}),
        ("empty", {"x-twilio-signature": ""}),
        ("of a foreign token", {"x-twilio-signature": signature(FIELDS, token="0" * 32)}),
        ("of another URL", {"x-twilio-signature": signature(FIELDS, HOOK + "/status")}),
        ("lower case", {"x-twilio-signature": GOOD.lower()}),
        ("prefix", {"x-twilio-signature": GOOD[:-4]}),
        ("with newline", {"x-twilio-signature": GOOD + "\n"}),
        ("with space", {"x-twilio-signature": " " + GOOD}),
        ("10 kB", {"x-twilio-signature": GOOD * 360}),
        ("sent twice", {"x-twilio-signature": f"{GOOD}, {GOOD}"}),
        ("two, one right", {"x-twilio-signature": f"x, {GOOD}"}),
        ("no ASCII", {"x-twilio-signature": GOOD[:-1] + "\u2260"}),
        ("lone surrogate", {"x-twilio-signature": GOOD[:-1] + "\udc80"}),
        (
            "unknown algorithm",
            {
                "x-twilio-signature": GOOD,
                "x-twilio-webhooks-signature-settings": "key=k,algorithm=NONE",
            },
        ),
        (
            "other algorithm than signed",
            {
                "x-twilio-signature": GOOD,
                "x-twilio-webhooks-signature-settings": "key=k,algorithm=HMAC_SHA256",
            },
        ),
    ],
)
def test_forged_signatures_are_refused(why: Any, headers: Any) -> None:
    with pytest.raises(RequestRejected) as caught:
        require_signature(request(FIELDS, headers=headers), (HOOK,), KEY)
    assert not caught.value.foreign, why
    assert GOOD not in caught.value.reason
    assert TOKEN not in caught.value.reason


def test_forwarded_headers_change_nothing() -> None:
    forged = {"host": "evil.example", "x-forwarded-proto": "http", "x-forwarded-host": "evil"}
    good = signed(FIELDS)
    assert accepts(replace(good, headers={**good.headers, **forged}))
    for_evil = {"x-twilio-signature": signature(FIELDS, "http://evil.example/hooks/sms")}
    assert not accepts(request(FIELDS, headers={**for_evil, **forged}))


def test_the_address_comes_from_the_configuration_and_only_the_query_from_the_request() -> None:
    raw = signed(FIELDS, url=HOOK + "?item=5")
    assert accepts(replace(raw, public_url="http://inside:8080/hooks/sms?item=5"))
    assert not accepts(replace(raw, public_url=HOOK + "?item=6"))
    assert not accepts(replace(raw, public_url=HOOK))


def test_the_fragment_with_the_retry_rule_is_not_signed() -> None:
    assert accepts(signed(FIELDS), [HOOK + "#rc=5&rp=all"])


@pytest.mark.parametrize("token", [TOKEN, "a" * 32, "b" * 32])
def test_each_configured_token_is_accepted_during_a_rotation(token: Any) -> None:
    keys = (TOKEN.encode(), b"a" * 32, b"b" * 32)
    assert accepts(signed(FIELDS, token=token), tokens=keys)
    assert not accepts(signed(FIELDS, token="c" * 32), tokens=keys)


def test_the_fallback_is_signed_over_its_own_address() -> None:
    fallback = "https://cadangan.contoh.go.id/hooks/sms"
    assert accepts(signed(FIELDS, url=fallback), [HOOK, fallback])
    assert not accepts(signed(FIELDS, url=fallback))


@pytest.mark.parametrize("space", [b"+", b"%20"])
def test_a_form_is_decoded_once(space: Any) -> None:
    body = b"Body=satu" + space + b"dua%2B1%2520"
    head = {"x-twilio-signature": signature({"Body": "satu dua+1%20"})}
    assert accepts(request(headers=head, body=body))


@pytest.mark.parametrize(
    "tail", ["Bodyrusak \ufffd\ufffd".encode(), b"Bodyrusak \xff\xfe"], ids=["replaced", "bytes"]
)
def test_invalid_utf8_is_accepted_signed_either_way(tail: Any) -> None:
    assert accepts(signed_bytes(b"Body=rusak+%FF%FE", tail))
    assert accepts(signed_bytes(b"Body=rusak+\xff\xfe", tail))
    assert not accepts(signed_bytes(b"Body=rusak+%FF%FD", b"Bodyrusak \xff\xfe"))


def test_a_flood_of_fields_is_refused_unsigned_and_unread() -> None:
    raw = request(body=b"a=&" * 300_000, headers={"x-twilio-signature": GOOD})
    with pytest.raises(RequestRejected, match="1000 fields"):
        require_signature(raw, (HOOK,), KEY)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_query_of_a_get_is_signed_whole(method: Any) -> None:
    url = HOOK + "?MessageSid=SM1&Body=a+b"
    raw = request(
        method=method, url=url, body=b"", headers={"x-twilio-signature": signature((), url)}
    )
    assert accepts(raw)
    assert not accepts(replace(raw, public_url=url + "&x=1"))
