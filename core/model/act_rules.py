"""Every act with its rule and the right that it needs, in one table."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from core.model import (
    acts,
    acts_about,
    acts_approval,
    acts_course,
    acts_end,
    acts_hands,
    acts_stock,
    acts_visits,
    acts_words,
)
from core.model.rights import may
from core.model.scene import invalid
from core.model.sentences import said
from core.model.staff import Right
from core.model.value import value
from core.model.work import Change, Refusal, RefusalKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.model.acts import Act
    from core.model.scene import Scene
    from core.model.work import Actor, WorkTicket


@value
class Rule:
    """How an act is decided, and by whom it may be done.

    Attributes:
        decide: pure; takes the scene and the act.
        right: asked of the actor over the ticket (core/model/rights.py).
    """

    decide: Callable[[Scene, Any], Change | Refusal]
    right: Right


FARTHEST: Final = timedelta(days=731)
"""No visit, deadline or pause is planned farther ahead."""

_ODD: Final = re.compile("[\x00\ud800-\udfff]")  # NUL and halves of signs

RULES: Final[Mapping[type[Act], Rule]] = MappingProxyType(
    {
        acts.Review: Rule(acts_hands.review, Right.CLASSIFY),
        acts.Dispose: Rule(acts_hands.dispose, Right.ASSIGN),
        acts.Assign: Rule(acts_hands.assign, Right.ASSIGN),
        acts.TakeBack: Rule(acts_hands.take_back, Right.ASSIGN),
        acts.Approve: Rule(acts_approval.approve, Right.APPROVE),
        acts.RefuseApproval: Rule(acts_approval.refuse_approval, Right.APPROVE),
        acts.Start: Rule(acts_course.start, Right.WORK),
        acts.PlanVisit: Rule(acts_visits.plan_visit, Right.WORK),
        acts.EnRoute: Rule(acts_visits.en_route, Right.WORK),
        acts.Arrive: Rule(acts_visits.arrive, Right.WORK),
        acts.NoteFinding: Rule(acts_visits.note_finding, Right.WORK),
        acts.Depart: Rule(acts_visits.depart, Right.WORK),
        acts.SetProgress: Rule(acts_course.set_progress, Right.WORK),
        acts.CheckStock: Rule(acts_stock.check_stock, Right.WORK),
        acts.UseStock: Rule(acts_stock.use_stock, Right.WORK),
        acts.Pend: Rule(acts_course.pend, Right.WORK),
        acts.Resume: Rule(acts_course.resume, Right.WORK),
        acts.Resolve: Rule(acts_course.resolve, Right.WORK),
        acts.Close: Rule(acts_end.close, Right.CLOSE),
        acts.Reopen: Rule(acts_end.reopen, Right.REOPEN),
        acts.Reject: Rule(acts_end.reject, Right.REJECT),
        acts.DecideObjection: Rule(acts_end.decide_objection, Right.DECIDE_OBJECTION),
        acts.Cancel: Rule(acts_end.cancel, Right.CANCEL),
        acts.Merge: Rule(acts_end.merge, Right.MERGE),
        acts.SetPriority: Rule(acts_about.set_priority, Right.CLASSIFY),
        acts.Classify: Rule(acts_about.classify, Right.CLASSIFY),
        acts.Mark: Rule(acts_about.mark, Right.CLASSIFY),
        acts.SetMeasure: Rule(acts_about.set_measure, Right.MEASURE),
        acts.Answer: Rule(acts_words.answer, Right.REPLY),
        acts.Note: Rule(acts_words.note, Right.NOTE),
        acts.AskSupervisor: Rule(acts_words.ask_supervisor, Right.NOTE),
        acts.Instruct: Rule(acts_words.instruct, Right.INSTRUCT),
        acts.Escalate: Rule(acts_words.escalate, Right.ESCALATE),
    }
)
"""All but splitting, which opens a ticket (core/services/splitting.py)."""

NAMES: Final[Mapping[str, type[Act]]] = MappingProxyType(
    {
        "".join(f"-{c.lower()}" if c.isupper() else c for c in kind.__name__).lstrip("-"): kind
        for kind in RULES
    }
)
"""Acts by their names in paths: ``take-back``, ``set-priority`` …"""


def sees(actor: Actor, ticket: WorkTicket) -> bool:
    """Whether the ticket exists for this actor at all."""
    return actor.staff is None or may(actor.staff, Right.VIEW, ticket.facts)


def entitled(actor: Actor, right: Right, ticket: WorkTicket) -> bool:
    """Whether this actor may do this with this ticket; the system always may."""
    return actor.staff is None or may(actor.staff, right, ticket.facts)


UNENTITLED = Refusal(
    RefusalKind.UNENTITLED, said("Peran Anda tidak berwenang untuk tindakan ini.")
)
"""To somebody who sees the ticket but has not the right."""


def decide(scene: Scene, act: Act) -> Change | Refusal:
    """What the act makes of the ticket; the actor sees the ticket."""
    rule = RULES[type(act)]
    if not entitled(scene.actor, rule.right, scene.ticket):
        return UNENTITLED
    return unkeepable(scene, act) or rule.decide(scene, act)


def unkeepable(scene: Scene, act: Act) -> Refusal | None:
    """What no rule and no database can do anything with: odd signs, times out of all bounds."""
    for one in fields(act):
        held = getattr(act, one.name)
        if isinstance(held, str) and _ODD.search(held):
            return invalid(one.name, said("Teks memuat karakter yang tidak dapat disimpan."))
        if isinstance(held, datetime) and (held.tzinfo is None or held > scene.now + FARTHEST):
            return invalid(one.name, said("Waktu harus lengkap dan paling jauh dua tahun lagi."))
    return None
