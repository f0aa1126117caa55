"""What became of attempts to send, written once, whatever the provider calls the message."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from core.model.outbox import OutboxState
from ticket_store.delivery_reports import apply_early, look_up
from ticket_store.schema import outbox
from ticket_store.standing import lock_rows, mark_refusals, refusal, settle, write_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.model.outbox import SendResult
    from ticket_store.delivery_reports import ProviderKey
    from ticket_store.standing import Standing

ID_TAKEN = "id_taken"
"""Our own code: the provider named an id that another message of ours already has."""

_OTHER = outbox.alias("other")
_SAME_TEXT = select(outbox.c.id).where(
    outbox.c.id == bindparam("one"),
    _OTHER.c.id == bindparam("two"),
    _OTHER.c.recipient == outbox.c.recipient,
    _OTHER.c.text == outbox.c.text,
)


async def record_results(connection: AsyncConnection, results: Sequence[SendResult]) -> None:
    """Writes what became of attempts; a repeat changes nothing.

    Reports that were waiting for the ids are applied. An id that another item has already never
    fails the group. Two processes that name one id at the same instant do: the later one raises
    (Conflict, once translated), its group stays claimed, and comes back doubtful when its lease
    runs out.
    """
    rows = await lock_rows(connection, {result.item_id for result in results})
    known = await look_up(connection, _ids_named(rows, results))
    refusals: dict[int, str] = {}
    for given in results:
        row = rows.get(given.item_id)
        if row is None:
            continue
        result = await _with_own_id(connection, row, given, known.held)
        if settle(row, result) and result.opted_out:
            refusals[row.address_id] = refusal(result.reason, result.code)
    await write_rows(connection, rows.values())
    await mark_refusals(connection, refusals)
    await apply_early(connection, known.early)


async def _with_own_id(
    connection: AsyncConnection,
    row: Standing,
    result: SendResult,
    held: dict[ProviderKey, int],
) -> SendResult:
    """The result without a provider id that belongs to another item.

    Two things can have happened. A look-up took the copy of another, equal text for this one:
    then nothing is proven, and the item goes back in doubt to be looked up anew, now that the id
    is known. Or the provider repeats its ids (a modem's counter after a reset): then it did take
    the message, which stays handed over without an id. Equal text to the same recipient tells the
    two apart; a copy already sent again is believed, so that nothing goes round for ever.
    """
    if result.provider_id is None:
        return result
    holder = held.setdefault((row.channel, result.provider_id), row.id)
    if holder == row.id:
        return result
    pair = {"one": row.id, "two": holder}
    equal = (await connection.execute(_SAME_TEXT, pair)).first() is not None
    if equal and not result.copied:
        again = replace(result, state=OutboxState.IN_DOUBT, next_try_at=result.at)
        return replace(again, provider_id=None, delivery=None, code=ID_TAKEN)
    return replace(result, provider_id=None, code=ID_TAKEN)


def _ids_named(rows: dict[int, Standing], results: Sequence[SendResult]) -> list[ProviderKey]:
    return [
        (rows[result.item_id].channel, result.provider_id)
        for result in results
        if result.provider_id and result.item_id in rows
    ]
