"""Looking for a part and taking it: on hardware damage the stock is checked first (BW-32)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.scene import change, digest, fact, first_of, invalid, not_allowed, wanting
from core.model.sentences import said
from core.model.stock import LONGEST_ITEM, MOST_USED, StockCheck, last_of
from core.model.ticket import Status
from core.model.work import Noted

if TYPE_CHECKING:
    from core.model.acts import CheckStock, UseStock
    from core.model.scene import Scene
    from core.model.work import Change, Refusal, WorkTicket

_WORKED = (Status.ASSIGNED, Status.IN_PROGRESS, Status.PENDING)


def _unworked(ticket: WorkTicket) -> tuple[bool, Refusal]:
    sentence = said("Stok diperiksa setelah tiket ditugaskan dan sebelum selesai.")
    return ticket.status not in _WORKED, not_allowed(sentence)


def check_stock(scene: Scene, act: CheckStock) -> Change | Refusal:
    """There or not, by whom and when; a later check of the same part counts instead."""
    ticket, item, note = scene.ticket, " ".join(act.item.split()), act.note.strip()
    too_long = said("Nama barang paling panjang {most} huruf.", most=LONGEST_ITEM)
    wrong = first_of(
        _unworked(ticket),
        (not item, wanting("item", said("Sebutkan barang yang diperiksa stoknya."))),
        (len(item) > LONGEST_ITEM, invalid("item", too_long)),
    )
    if wrong:
        return wrong
    check = StockCheck(0, item, act.in_stock, scene.now, scene.actor.mark)
    after = replace(ticket, stock=(*ticket.stock, check))
    told = fact(
        scene,
        "StockChecked",
        in_stock=act.in_stock,
        item_sha256=digest(item),
        note_sha256=digest(note) if note else None,
    )
    return change(after, told, laid=[check, *([Noted("note", note)] if note else [])])


def use_stock(scene: Scene, act: UseStock) -> Change | Refusal:
    """Taken for this ticket (BW-33); only what the last check found is there to be taken."""
    ticket = scene.ticket
    found = last_of(ticket.stock, act.item)
    wrong = first_of(
        _unworked(ticket),
        (found is None, not_allowed(said("Periksa stok barang ini dahulu."), "item")),
        (
            not 1 <= act.quantity <= MOST_USED,
            invalid("quantity", said("Isi 1 sampai {most}.", most=MOST_USED)),
        ),
    )
    if wrong or found is None:
        return wrong or not_allowed(said("Periksa stok barang ini dahulu."), "item")
    if not found.open:
        state = said("sudah dicatat terpakai") if found.used else said("tercatat tidak tersedia")
        return not_allowed(
            said("Barang ini {state}. Periksa stoknya lagi bila perlu.", state=state), "item"
        )
    used = replace(found, used=act.quantity, used_at=scene.now, used_by=scene.actor.mark)
    stock = tuple(used if one is found else one for one in ticket.stock)
    told = fact(scene, "StockUsed", quantity=act.quantity, item_sha256=digest(found.item))
    return change(replace(ticket, stock=stock), told, laid=[used])


def in_stock_after_all(scene: Scene, item: str) -> Refusal | None:
    """Against waiting for an order of what the last check found in stock (BW-33, BW-34).

    An order that names no part may be for any.
    """
    found = last_of(scene.ticket.stock, item) if item.strip() else None
    if found is None or not found.open:
        return None
    sentence = said("Barang ini tercatat tersedia. Pasang dari stok, atau periksa stoknya lagi.")
    return not_allowed(sentence, "reason")
