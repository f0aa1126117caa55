"""Odd bodies of Meta (threats.md §5, lines 40 to 59) through the real webhook, to the store.

Each arrives beside a good text of a neighbour, and a good message by the same door follows it.
"""

from __future__ import annotations

import json
import time
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.channels.whatsapp.doors import (
    NUMBER_ID,
    SECRET,
    VERIFY,
    body,
    seal,
    status,
    text,
    value,
)
from tests.channels.whatsapp.meta import meta
from tests.channels.whatsapp.test_wiring import table
from tests.gateway.gateway_kit import Office, Options, Reply, office, until
from tests.journeys.catalogue import Found, beside_a_neighbour, found, since

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HOOK = "/hooks/wa"
IDS = count(1)
KEPT = "SELECT text, outcome FROM messages WHERE external_id = ?"


@asynccontextmanager
async def meta_office(folder: Path) -> AsyncIterator[Office]:
    options = {"channel": {"rate_per_second": 1000}}
    async with meta() as provider:
        provider.usual = True
        doors = {"wa": table(api_base_url=provider.base, doubt_seconds=0.1, rate_per_second=1000)}
        async with office(folder, Options(doors=doors, sections=options)) as made:
            yield made


@pytest.fixture(scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One office for the whole catalogue: what one row spoils, the next would feel."""
    async with meta_office(tmp_path_factory.mktemp("catalogue")) as made:
        yield made
        await made.quiet()


def bring(hall: Office, content: Any) -> Any:
    """As Meta brings it: bytes are what they are, sealed."""
    sent = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = {"X-Hub-Signature-256": seal(sent), "Content-Type": "application/json"}
    return hall.call(sent, HOOK, headers)


def wrote(**changes: Any) -> dict[str, Any]:
    """A message of now, with an id and a sender of its own; None removes a field."""
    number = next(IDS)
    own = {"id": f"wamid.BAD{number}", "from": f"62813{number:08d}"}
    return text("HELPDESK air mati", timestamp=str(int(time.time()))) | own | changes


def sent(*messages: Any, **more: Any) -> dict[str, Any]:
    return body(value(messages=list(messages), **more))


def kind(name: str, content: Any, **more: Any) -> dict[str, Any]:
    """One message of another type than text."""
    made = wrote(type=name, **{name: content}, **more)
    del made["text"]
    return sent(made)


class Row(NamedTuple):
    """What is brought, and how many messages and quarantined pieces it makes."""

    content: Any
    messages: int = 0
    parked: int = 0
    status: int = 200


NESTED: dict[str, Any] = {}
for _ in range(100):
    NESTED = {"a": NESTED}

WHOLE = json.dumps(sent(wrote()))
DOUBLED = json.dumps(sent(wrote())).replace(
    '"body": "HELPDESK', '"body": "salah", "body": "HELPDESK'
)
TWO = [wrote(), wrote()]
NAMES = [{"wa_id": one["from"], "profile": {"name": f"Nama {one['from']}"}} for one in TWO]
CARD = {"name": {"formatted_name": "Sari"}, "phones": [{"phone": "+62811"}]}
SPOT = {"latitude": -6.2, "longitude": 106.8}
FILE = {"id": "99", "mime_type": "application/pdf", "filename": "../../etc/passwd\x00.pdf"}

ROWS: dict[str, Row] = {
    "40 no JSON": Row(b"bukan json", parked=1),
    "40 nothing": Row(b"", parked=1),
    "40 cut": Row(WHOLE[:-20].encode(), parked=1),
    "40 another coding": Row(WHOLE.encode("utf-16"), messages=1),
    "41 array": Row([], parked=1),
    "41 null": Row(None, parked=1),
    "41 text": Row("x", parked=1),
    "41 number": Row(17, parked=1),
    "42 a hundred levels": Row(sent(wrote(context=NESTED)), messages=1),
    "42 a hundred levels for an entry": Row({"entry": [NESTED]}, parked=1),
    "42 a hundred thousand": Row(b'{"entry":' + b"[" * 100_000, parked=1),
    "43 duplicate keys": Row(DOUBLED.encode(), messages=1),
    "44 infinity": Row(sent(wrote(timestamp=float("inf"))), messages=1),
    "44 no number": Row(sent(wrote(timestamp=float("nan"))), messages=1),
    "44 as a text": Row(sent(wrote(timestamp="1e999")), messages=1),
    "45 entry an object": Row({"entry": {}}, parked=1),
    "45 no entry": Row({}, parked=1),
    "45 entry empty": Row({"entry": []}),
    "46 nothing in it": Row(body(value())),
    "46 only statuses": Row(body(value(statuses=[status(id="wamid.X")]))),
    "46 both": Row(sent(wrote(), statuses=[status(id="wamid.Y")]), messages=1),
    "46 no list": Row(body(value(messages={"0": wrote()})), parked=1),
    "47 unknown type": Row(kind("hologram", {"x": 1}), messages=1),
    "47 unknown field": Row(body(value(), field="smb_app_state_sync")),
    "48 contacts in another order": Row(sent(*TWO, contacts=NAMES[::-1]), messages=2),
    "48 contacts of others": Row(sent(wrote(), contacts=[{"wa_id": "1"}, 5]), messages=1),
    "49 in the future": Row(sent(wrote(timestamp="4102444800")), messages=1),
    "49 zero": Row(sent(wrote(timestamp="0")), messages=1),
    "49 milliseconds": Row(sent(wrote(timestamp=str(int(time.time() * 1000)))), messages=1),
    "49 negative": Row(sent(wrote(timestamp="-5")), messages=1),
    "49 none": Row(sent(wrote(timestamp=None)), messages=1),
    "50 reaction to nothing known": Row(
        kind("reaction", {"message_id": "wamid.ENTAH", "emoji": "\U0001f44d"}), messages=1
    ),
    "51 edited, unknown": Row(
        kind(
            "edit",
            {"original_message_id": "wamid.ENTAH", "message": wrote(id=None, timestamp=None)},
        ),
        messages=1,
    ),
    "51 deleted, unknown": Row(kind("revoke", {"original_message_id": "wamid.E"}), messages=1),
    "51 edited without the original": Row(kind("edit", {"message": wrote()}), parked=1),
    "52 number changed": Row(
        kind("system", {"type": "user_changed_number", "new_wa_id": "62811", "body": "x"})
    ),
    "53 location without name": Row(kind("location", SPOT), messages=1),
    "53 location without place": Row(kind("location", {}), messages=1),
    "53 location that is none": Row(kind("location", "sini"), parked=1),
    "54 five hundred cards": Row(kind("contacts", [CARD] * 500), messages=1),
    "54 cards that are none": Row(kind("contacts", [5, None, {}]), messages=1),
    "55 a path for a name": Row(kind("document", FILE), messages=1),
    "57 an id of 300": Row(sent(wrote(id="wamid." + "x" * 294)), messages=1),
    "57 an id of 301": Row(sent(wrote(id="wamid." + "x" * 295)), parked=1),
    "57 an id with NUL": Row(sent(wrote(id="wamid.\x00")), parked=1),
    "57 no id": Row(sent(wrote(id=None)), parked=1),
    "58 another's number": Row(body(value(messages=[wrote()], number="999")), status=403),
    "58 ours and another's": Row(
        body(value(messages=[wrote()], number="999"), value(messages=[wrote()])),
        messages=1,
        parked=1,
    ),
    "lone surrogates": Row(sent(wrote(text={"body": "HELPDESK \ud800 x"})), messages=1),
    "text that is none": Row(sent(wrote(text={"body": 5})), parked=1),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
async def test_meta_json(hall: Office, row: Row) -> None:
    before = await found(hall)
    reply = await beside_a_neighbour(hall, bring(hall, row.content))
    assert (reply.status, reply.body) == (row.status, "" if row.status == 200 else "forbidden\n")
    neighbour = 1
    assert await since(hall, before) == Found(row.messages + neighbour, row.parked)
    again = await bring(hall, row.content)
    assert again.status == row.status
    assert (await since(hall, before)).messages == row.messages + neighbour
    await the_next_good_one_is_a_ticket(hall)


async def the_next_good_one_is_a_ticket(hall: Office) -> None:
    good = wrote()
    assert (await bring(hall, sent(good))).status == 200
    [(words, outcome)] = await hall.rows(KEPT, good["id"])
    assert (words, outcome) == ("HELPDESK air mati", "opened")


async def test_a_reaction_and_a_deletion_are_not_answered(hall: Office) -> None:
    """50, 51: kept where staff see them; no text goes out about them."""
    await hall.quiet()
    before = await hall.rows("SELECT count(*) FROM outbox")
    for content in (
        kind("reaction", {"message_id": "wamid.LAIN", "emoji": "\U0001f44d"}),
        kind("revoke", {"original_message_id": "wamid.LAIN"}),
    ):
        assert (await bring(hall, content)).status == 200
    assert await hall.rows("SELECT count(*) FROM outbox") == before


async def test_a_file_whose_id_is_of_yesterday_costs_no_ticket(tmp_path: Path) -> None:
    """56: Meta has nothing under the id any more; the message is a ticket all the same."""
    async with meta_office(tmp_path) as hall:
        gone = kind(
            "image", {"id": "KEDALUWARSA", "mime_type": "image/jpeg", "caption": "HELPDESK x"}
        )
        assert (await bring(hall, gone)).status == 200
        assert len(await hall.tickets()) == 1
        state = "SELECT state FROM attachments"

        async def given_up() -> bool:
            return [row[0] for row in await hall.rows(state)] == ["unavailable"]

        await until(given_up)


SHAKES = {
    "59 as it should be": (f"&hub.challenge=1158201444&hub.verify_token={VERIFY}", 200),
    "59 wrong token": ("&hub.challenge=1&hub.verify_token=salah", 403),
    "59 no token": ("&hub.challenge=1", 403),
    "59 no challenge": (f"&hub.verify_token={VERIFY}", 403),
    "59 HTML": (f"&hub.challenge=%3Cscript%3E&hub.verify_token={VERIFY}", 403),
    "59 a long one": (f"&hub.challenge={'1' * 5000}&hub.verify_token={VERIFY}", 403),
    "59 token twice": (f"&hub.challenge=1&hub.verify_token=x&hub.verify_token={VERIFY}", 403),
}


@pytest.mark.parametrize(("query", "status"), SHAKES.values(), ids=list(SHAKES))
async def test_the_check_of_the_address(hall: Office, query: str, status: int) -> None:
    before = await found(hall)
    reply: Reply = await hall.call(b"", f"{HOOK}?hub.mode=subscribe{query}", method="GET")
    assert reply.status == status
    assert "<script>" not in reply.body
    assert await since(hall, before) == Found(0, 0)


BATCH = 1_000


async def test_a_batch_of_a_thousand_with_three_bad_ones(tmp_path: Path) -> None:
    """F32: 997 tickets, 3 in quarantine, 200; the same batch again has no effect."""
    messages = [wrote() for _ in range(BATCH)]
    for place in (0, 500, BATCH - 1):
        messages[place] = wrote(text={"body": place})
    async with meta_office(tmp_path) as hall:
        for _ in range(2):
            assert (await bring(hall, sent(*messages))).status == 200
            assert await hall.rows("SELECT count(*) FROM tickets") == [(BATCH - 3,)]
            assert (await found(hall)).messages == BATCH - 3
        kept = await hall.rows("SELECT count(DISTINCT raw) FROM quarantine")
        assert kept == [(3,)]
        assert NUMBER_ID not in hall.log.getvalue()
        assert SECRET not in hall.log.getvalue()
