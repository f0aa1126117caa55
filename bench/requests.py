"""Signed webhook requests as a provider would send them, made before the clock starts."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import urlencode

ACCOUNT = "AC" + "b" * 32
TOKEN = "bench-token-0123456789abcdef01234567"
SERVICE_NUMBER = "+628110003636"
PUBLIC_URL = "http://127.0.0.1:1"

COMPLAINTS = (
    "HELPDESK internet kantor kecamatan mati sejak jam 8 pagi, mohon segera ditangani",
    "Helpdesk printer di loket 2 kelurahan macet kertas terus",
    "HELPDESK aplikasi keuangan error saat simpan data, muncul connection timeout",
    "assalamualaikum, HELPDESK wifi puskesmas lemot bgt dr kmrn, pasien bpjs ga bs daftar",
)


@dataclass(frozen=True, slots=True)
class Wire:
    """One request as bytes on the wire, with the sender it comes from."""

    sender: str
    data: bytes


def message(index: int, path: str = "/hooks/sms") -> Wire:
    """The index-th message; every sender writes once, every id is new."""
    sender = f"+62812{index:08d}"
    fields = {
        "MessageSid": f"SM{index:032x}",
        "AccountSid": ACCOUNT,
        "From": sender,
        "To": SERVICE_NUMBER,
        "Body": COMPLAINTS[index % len(COMPLAINTS)],
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        "FromCountry": "ID",
    }
    return Wire(sender, _post(path, fields))


def _post(path: str, fields: dict[str, str]) -> bytes:
    signed = PUBLIC_URL + path + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: TwilioProxy/1.1\r\n"
        f"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
        f"X-Twilio-Signature: {base64.b64encode(digest).decode()}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
