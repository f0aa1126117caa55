"""What an answer leaves unsaid, told to its writer before it is sent (KM-10, KM-19)."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import StringConstraints

from core.model.rights import may, scope
from core.model.staff import Right
from core.model.writing import Lack, asked_for_state, remarks_on
from gateway.api.act_models import LONGEST_TEXT
from gateway.api.problems import FORBIDDEN, NotDone
from gateway.api.table import Answer, Asked, Call, Endpoint, Keyed, Shown


class CheckAsked(Asked):
    """An answer as written so far."""

    text: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]


class CheckShown(Shown):
    """Warnings; none of them forbids sending.

    ``asked_for_state``: the reporter wants to know how far it is, so that state, reason, next
    step and next time belong into the answer. ``lacks``: what is missing of them. ``guesses``:
    words that tell an opinion in place of a fact.
    """

    asked_for_state: bool
    lacks: list[Lack]
    guesses: list[str]


async def check(call: Call) -> Answer:
    """Nothing is written."""
    number, reach = call.parts.number(call.path["number"]), scope(call.staff)
    ticket = await call.parts.store.lists.one(reach, number)
    if not may(call.staff, Right.REPLY, ticket.facts):
        raise NotDone(FORBIDDEN)
    asked = asked_for_state(await call.parts.store.lists.thread(reach, number))
    remarks = remarks_on(call.body.text, asked=asked)
    shown = CheckShown(
        asked_for_state=asked, lacks=list(remarks.lacks), guesses=list(remarks.guesses)
    )
    return Answer(shown)


ROUTES: Final = (
    Endpoint(
        "POST",
        "/tickets/{number}/acts/answer/check",
        Right.REPLY,
        check,
        "What an answer leaves unsaid",
        CheckShown,
        asks=CheckAsked,
        keyed=Keyed.NO,
    ),
)
"""Beside the act itself."""
