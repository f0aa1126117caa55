"""What must be true after all kills, seen from outside: the provider's texts against the tables.

The rules are written anew here from the promise (design.md §1), not taken from the code that
keeps it: hashes, check digits and states are computed again.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from stdnum import damm

from tests.journeys.kill_side import RANKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from tests.journeys.kill_side import Side, Text
    from tests.postgres import Cluster

Row = dict[str, Any]


NUMBER = re.compile(r"\bHD(\d\d)-(\d{6,})-(\d)\b")
PENDING = (
    "SELECT count(*) AS pending FROM outbox WHERE state IN ('waiting', 'claimed', 'in_doubt')"
)
TAKEN = "SELECT count(*) AS taken FROM messages"
TABLES = {
    "messages": "SELECT m.id, m.external_id, m.outcome, m.ticket_id, a.value AS sender"
    " FROM messages m JOIN addresses a ON a.id = m.address_id",
    "tickets": "SELECT t.id, t.number, t.event_seq, t.event_head, a.value AS sender"
    " FROM tickets t JOIN addresses a ON a.id = t.address_id",
    "events": "SELECT * FROM events ORDER BY ticket_id, seq",
    "outbox": "SELECT * FROM outbox ORDER BY id",
    "clocks": "SELECT ticket_id, target FROM sla_clocks",
    "quarantine": "SELECT id, sentence FROM quarantine",
}


def from_sqlite(path: Path) -> Callable[[str], list[Row]]:
    """Asks the file itself, read-only, beside whoever has it open."""

    def ask(statement: str) -> list[Row]:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(statement)]
        finally:
            connection.close()

    return ask


def from_postgresql(cluster: Cluster, database: str) -> Callable[[str], list[Row]]:
    """Asks through psql, with no driver of ours between."""

    def ask(statement: str) -> list[Row]:
        wrapped = "SELECT coalesce(json_agg(x), '[]') FROM (" + statement + ") x"  # noqa: S608 - constants of this file
        rows: list[Row] = json.loads(cluster.sql(wrapped, database))
        return rows

    return ask


@dataclass(slots=True)
class Books:
    """All that the store says."""

    messages: list[Row]
    tickets: list[Row]
    events: list[Row]
    outbox: list[Row]
    clocks: list[Row]
    quarantine: list[Row]

    @classmethod
    def read(cls, ask: Callable[[str], list[Row]]) -> Books:
        return cls(**{name: ask(statement) for name, statement in TABLES.items()})


@dataclass(slots=True)
class Ledger:
    """The verdict. Each entry is a sentence; empty lists are the promise kept."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    copies: int = 0

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.phantom or self.faults)


def audit(
    books: Books, written: Mapping[str, str], side: Side, kills: Sequence[float] = ()
) -> Ledger:
    """Compares the store and the provider with what citizens wrote.

    Args:
        books: the tables.
        written: name of each message that the gateway took → its sender, all different.
        side: what the provider took to send, and whether it could be asked.
        kills: when, on the clock of the texts.
    """
    ledger = Ledger()
    _messages(ledger, books, written, side)
    _tickets(ledger, books, written)
    _texts(ledger, books, side, kills)
    _outbox(ledger, books, side.texts)
    _history(ledger, books)
    ledger.faults += [f"quarantined: {row}" for row in books.quarantine]
    return ledger


def _messages(ledger: Ledger, books: Books, written: Mapping[str, str], side: Side) -> None:
    rows = Counter(side.name_of(row) for row in books.messages)
    ledger.lost += [f"message {name} has no row" for name in written if not rows[name]]
    ledger.doubled += [f"message {name} has {n} rows" for name, n in rows.items() if n > 1]
    ledger.phantom += [f"message {one} was never written" for one in rows if one not in written]
    for row in books.messages:
        if row["sender"] != written.get(side.name_of(row), row["sender"]):
            ledger.faults.append(f"message of another sender: {row}")
        if row["outcome"] != "opened":
            ledger.faults.append(f"outcome {row['outcome']}: {row}")


def _tickets(ledger: Ledger, books: Books, written: Mapping[str, str]) -> None:
    of_sender = Counter(row["sender"] for row in books.tickets)
    for sender in written.values():
        if of_sender[sender] != 1:
            kind = ledger.doubled if of_sender[sender] else ledger.lost
            kind.append(f"{of_sender[sender]} tickets of {sender}")
    told = {(row["ticket_id"], row["sender"]) for row in books.messages}
    for row in books.tickets:
        if (row["id"], row["sender"]) not in told:
            ledger.phantom.append(f"ticket without message: {row}")
        found = NUMBER.fullmatch(row["number"])
        if not found or not damm.is_valid("".join(found.groups())):
            ledger.faults.append(f"not a ticket number: {row}")
    numbers = Counter(row["number"] for row in books.tickets)
    ledger.doubled += [f"number given again: {one}" for one, n in numbers.items() if n > 1]
    _promises(ledger, books)


def _promises(ledger: Ledger, books: Books) -> None:
    targets: defaultdict[int, list[str]] = defaultdict(list)
    for clock in books.clocks:
        targets[clock["ticket_id"]].append(clock["target"])
    for row in books.tickets:
        if sorted(targets[row["id"]]) != ["first_answer", "solution"]:
            ledger.faults.append(f"promises of {row['number']}: {targets[row['id']]}")


def _texts(ledger: Ledger, books: Books, side: Side, kills: Sequence[float]) -> None:
    """Exactly one text per ticket, to its sender, naming its number and no other.

    Where the provider has no list, one more may follow each text that the gateway could not know
    to be taken; then the mark stands in the outbox.
    """
    number_of = {row["sender"]: row["number"] for row in books.tickets}
    sent: defaultdict[str, list[Text]] = defaultdict(list)
    for text in side.texts:
        sent[text.to].append(text)
        named = {found[0] for found in NUMBER.finditer(text.body)}
        if named != {number_of.get(text.to)}:
            ledger.phantom.append(f"text to {text.to} names {named}: {text.body}")
    marked = {row["recipient"] for row in books.outbox if row["copied"]}
    for sender, number in number_of.items():
        count, is_marked = len(sent[sender]), sender in marked
        if not count:
            ledger.lost.append(f"{number}: no acknowledgement was taken by the provider")
        elif count > 1:
            ledger.copies += is_marked * (count - 1)
            if fault := _not_allowed(sent[sender], side, kills, marked=is_marked):
                ledger.doubled.append(f"{number}: {count} acknowledgements, {fault}")


def _not_allowed(
    texts: Sequence[Text], side: Side, kills: Sequence[float], *, marked: bool
) -> str:
    """What is wrong with several texts to one citizen; "": nothing could be known."""
    if not marked:
        return "unmarked"
    if side.looks_up:
        return "marked"
    excused = all(text.excuses(later, kills) for text, later in pairwise(texts))
    return "" if excused else "marked without a reason"


def _outbox(ledger: Ledger, books: Books, accepted: Sequence[Text]) -> None:
    of_ticket = Counter(row["ticket_id"] for row in books.outbox)
    for ticket in books.tickets:
        if of_ticket[ticket["id"]] != 1:
            ledger.faults.append(f"{of_ticket[ticket['id']]} promises for {ticket['number']}")
    by_sid = {text.sid: text for text in accepted}
    for row in books.outbox:
        ledger.faults += [f"{fault}: {row}" for fault in _wrong(row, by_sid)]


def _wrong(row: Row, by_sid: Mapping[str, Text]) -> Iterable[str]:
    if row["state"] != "handed_over" or not row["handed_over_at"]:
        yield f"state {row['state']}"
    if not row["key"].startswith("ack:"):
        yield "not an acknowledgement"
    text = by_sid.get(row["provider_id"])
    if text is None or text.to != row["recipient"] or text.body != row["text"]:
        yield "the provider's id belongs to another text"
    else:
        known = RANKS.index(row["delivery"]) if row["delivery"] in RANKS else -1
        if known < max((RANKS.index(state) for state in text.acknowledged), default=-1):
            yield f"a report we confirmed is not written ({text.acknowledged})"


def _history(ledger: Ledger, books: Books) -> None:
    """Each ticket's chain, hashed anew over previous, ticket, seq, kind, at, actor, data."""
    chains: defaultdict[int, list[Row]] = defaultdict(list)
    for event in books.events:
        chains[event["ticket_id"]].append(event)
    for ticket in books.tickets:
        head, events = "", chains.pop(ticket["id"], [])
        for place, event in enumerate(events, 1):
            if (event["seq"], event["previous"], event["hash"]) != (place, head, chained(event)):
                ledger.faults.append(f"broken chain: {event}")
            head = event["hash"]
        if not events or (len(events), head) != (ticket["event_seq"], ticket["event_head"]):
            ledger.faults.append(f"the chain does not end where {ticket['number']} says")
    ledger.phantom += [f"events without ticket: {ticket_id}" for ticket_id in chains]


def chained(event: Row) -> str:
    """The hash that an event must have."""
    at = datetime.fromisoformat(event["at"])
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    fields = (
        event["previous"], event["ticket_id"], event["seq"], event["kind"],
        at.isoformat(timespec="microseconds"), event["actor"], event["data"],
    )  # fmt: skip
    return hashlib.sha256("\n".join(map(str, fields)).encode()).hexdigest()
