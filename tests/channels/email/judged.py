"""A house that judges mails, and mails to be judged in few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.email.judging import House, Verdict, judge
from channels.email.reading import read_mail
from channels.email.tokens import Seal

if TYPE_CHECKING:
    from channels.email.dsn import Bounce

SEAL = Seal(("rahasia-yang-cukup-panjang",), "HD")
NUMBER = "HD26-004217-4"
HOUSE = House(
    lambda address: address.lower().replace("+x", "") == "surel@dinas.example",
    SEAL,
    frozenset({"mx.dinas.example"}),
)
PERSON = "Rina <rina@warga.example>"


def verdict(
    text: str = "HELPDESK internet mati",
    envelope: str | None = "rina@warga.example",
    **headers: str,
) -> Verdict:
    head = {"From": PERSON, "To": "surel@dinas.example", "Subject": "internet"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in (head | named).items() if value)
    raw = f"{lines}\r\n{text}".encode()
    return judge(read_mail(raw), envelope, HOUSE, raw)


def bounced(text: str, **headers: str) -> Bounce | None:
    return verdict(text, "x@y.example", **headers).bounce


def report(blocks: str, returned: str = "", kind: str = "delivery-status") -> bytes:
    part = "delivery-status" if kind == "delivery-status" else kind
    return (
        "From: Mail System <mailer-daemon@mx.example>\r\nTo: surel@dinas.example\r\n"
        f"Subject: x\r\nContent-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n"
        f"--b\r\n\r\nteks\r\n--b\r\nContent-Type: message/{part}\r\n\r\n{blocks}\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\n{returned}\r\n--b--\r\n"
    ).encode()
