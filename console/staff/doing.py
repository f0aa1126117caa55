"""Acts from pages beside the ticket's own: read from a form, carried out once.

Each form bears a mark (``tanda``) that its page chose. However often a bad line or a hasty finger
sends the form, its effect is there once, and whoever sends it again hears that it is done.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING, Any, Final

from console.staff.act_forms import read_act
from console.typed import whole
from console.wording import event_words
from core.model.work import Actor, Refusal
from core.services.once import FormMark, Repeated, act_once
from core.services.work import Done, Order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.staff.visit import Visit
    from core.model.acts import Act

MARK_FIELD: Final = "tanda"
SEEN_FIELD: Final = "dilihat"
_MARK: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_NOT_ASKED: Final = frozenset({"csrf", MARK_FIELD, SEEN_FIELD, "version", "ditekan", "kotak"})
"""Fields that are about the sending, not about what is asked for."""


def fresh_mark() -> str:
    """For one form of one page."""
    return secrets.token_urlsafe(16)


async def carry_out(
    visit: Visit, name: str, *, besides: tuple[Act, ...] = ()
) -> Done | Repeated | Refusal:
    """Does what the visit's form asks for with the ticket of the address.

    The form may hold ``version`` (nothing at all may have happened since) or ``dilihat`` (nobody
    else may have said or done anything since).

    Args:
        visit: whose form it is.
        name: of the act, as in addresses.
        besides: laid down with it.

    Raises:
        NotFound: no such ticket, or none within reach.
        Conflict, StoreUnavailable: nothing was kept.
    """
    number = visit.ticket_number()
    asked = read_act(name, visit.form, visit.reception.zone)
    if isinstance(asked, Refusal):
        return asked
    version, seen = whole(visit.form.get("version")), whole(visit.form.get(SEEN_FIELD))
    order = Order(Actor(visit.staff), number, asked, visit.now(), version=version)
    mark = FormMark(_key(visit), _digest(visit), seen, besides)
    made = await act_once(visit.reception.store.desk, visit.reception.work, order, mark)
    if isinstance(made, Done):
        visit.reception.committed()
    return made


def failure_of(visit: Visit, name: str, number: str, why: Refusal) -> dict[str, Any]:
    """A refusal as templates show it beside the form, with what was typed."""
    say = visit.words
    return {
        "name": name,
        "number": number,
        "sentence": say(why.sentence),
        "field": why.field,
        "typed": dict(visit.form),
        "changes": [say(one) for one in changes_of(why)],
    }


def heard(visit: Visit, sentences: Mapping[str, str]) -> str:
    """What was done just now, from the address (``kabar``, ``nomor``); "" for what never was.

    Args:
        visit: asks for the page after a form.
        sentences: by the name in the address, with ``%(number)s`` where they name a ticket.
    """
    query = visit.request.query
    words, number = sentences.get(query.get("kabar", "")), query.get("nomor", "")
    kept = visit.reception.number(number)
    if words is None or ("%(number)s" in words and kept is None):
        return ""
    return visit.words(words) % {"number": kept}


def changes_of(why: Refusal) -> list[str]:
    """What happened meanwhile, in words, each once."""
    return list(dict.fromkeys(event_words(one.kind) for one in why.changes))


def _key(visit: Visit) -> str:
    """The form's mark; one that is none makes the form unlike any other."""
    given = visit.form.get(MARK_FIELD, "")
    return f"form:{given if _MARK.fullmatch(given) else fresh_mark()}"


def _digest(visit: Visit) -> str:
    asked = sorted(pair for pair in visit.form.items() if pair[0] not in _NOT_ASKED)
    told = "\n".join([visit.request.path, *(f"{name}={held}" for name, held in asked)])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
