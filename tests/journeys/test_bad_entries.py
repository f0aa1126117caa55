"""Odd forms and entries (threats.md §5, lines 87, 88 and 93) on a whole gateway.

Lines 86 and 89 to 92 have tests of their own beside the form (tests/gateway/test_web_form*.py).
"""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from tests.gateway.citizen_kit import Hall, hall

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

RAW = "SELECT raw FROM messages ORDER BY id DESC LIMIT 1"
E164 = "+6281234567890"


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    """One office for the whole catalogue: what one row spoils, the next would feel."""
    many = {"forms_per_address": 10**6, "forms_per_minute": 10**6}
    async with hall(tmp_path_factory.mktemp("entries"), many) as found:
        yield found


PHONES: dict[str, tuple[str, str | None]] = {
    "87 national": ("081234567890", E164),
    "87 without plus": ("6281234567890", E164),
    "87 with plus and marks": ("+62 812-3456-7890", E164),
    "87 full-width digits": ("\uff10\uff18\uff11\uff12" + "34567890", E164),
    "87 thirty digits": ("0812345678901234567890123456789", None),
    "87 a number that costs": ("+19005550100", "+19005550100"),
    "87 letters": ("0812-TOLONG", None),
    "87 a line end": ("081234567890\r\nBcc: x", None),
    "87 half": ("0812", None),
    "87 SQL": ("0812' OR 1=1--", None),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "kept"), PHONES.values(), ids=list(PHONES))
async def test_phone(office: Hall, typed: str, kept: str | None) -> None:
    sent = len(office.texts())
    page = await office.someone.send("Lampu padam di gang", phone=typed)
    if kept is None:
        assert (page.status, page.faults()) == (422, {"phone"})
        page = await office.someone.send("Lampu padam di gang", token=page.token)
    assert page.number
    [(raw,)] = await office.rows(RAW)
    assert json.loads(raw).get("phone", "") == (kept or "")
    await office.quiet()
    assert len(office.texts()) == sent, "nothing ever leaves for a typed phone"


NIKS = {
    "88 a real one": "3510012345670001",
    "88 fifteen digits": "351001234567000",
    "88 seventeen": "35100123456700012",
    "88 letters": "35100123456700OI",
    "88 a woman's day": "3510016345670001",
    "88 no such date": "3510013113990001",
    "88 spaced": "3510 0123 4567 0001",
}


@pytest.mark.parametrize("nik", NIKS.values(), ids=list(NIKS))
async def test_a_nik_is_kept_for_staff_and_reaches_no_log(office: Hall, nik: str) -> None:
    text = f"KTP saya {nik} belum jadi"
    page = await office.someone.send(text, name=f"Sari {nik}")
    assert page.number
    assert text in await office.stored_texts()
    assert nik not in office.log.getvalue()
    assert nik not in page.html


def colliding(count: int) -> bytes:
    """Keys of one length, in JSON as it is written by nobody."""
    pairs = ",".join(f'"{"A" * (n % 7)}{n:x}":{n}' for n in range(count))
    return f'{{"form":"walk_in","text":"x","reference":"k",{pairs}}}'.encode()


BODIES: dict[str, tuple[bytes, int]] = {
    "93 a million keys": (colliding(1_000_000), 413),
    "93 as many as fit": (colliding(60_000), 400),
    "93 one key a million times": (b'{"text":"' + b"x" * 500_000 + b'"}', 400),
    "93 one key over and over": (b"{" + b'"text":"a",' * 50_000 + b'"form":"walk_in"}', 400),
    "93 deep": (b'{"reporter":' * 50_000, 400),
    "93 infinity": (b'{"form":"walk_in","text":"x","reference":"i","unit":1e999}', 400),
    "93 an integer of a thousand digits": (b'{"form":' + b"9" * 5_000 + b"}", 400),
}


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=list(BODIES))
async def test_json_of_an_officer(office: Hall, body: bytes, status: int) -> None:
    said, told = await office.desk(BytesIO(body))
    assert said == status
    assert "Traceback" not in str(told)
    good = {"form": "walk_in", "text": "Loket tutup", "reference": f"baik-{len(body)}"}
    said, told = await office.desk(good)
    assert (said, told["outcome"]) == (200, "opened")
