"""Words that screens show and that stand outside of templates: those of core/, and of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.wording import DELIVERY, EVENTS, LABELS, OUTCOMES, TARGETS
from core.model.canned import PLACES
from core.model.catalogue import PARTS
from core.model.clock import PauseReason
from core.model.dates import DAYS, MONTHS
from core.model.servqual_items import STATEMENTS
from core.model.servqual_scale import EXPECTATION_SCALE, PERCEPTION_SCALE
from core.model.staff import Role
from core.model.text_defaults import SURVEY_QUESTIONS
from core.model.ticket import Priority, Status
from core.services.joining import ENDED, FOREIGN, SORTED
from core.services.saved_filters import NAMELESS, TOO_MANY
from core.services.sign_on import REFUSALS

if TYPE_CHECKING:
    from collections.abc import Iterator


def shared_words() -> Iterator[str]:
    """Each of them, for the catalogues of other languages (console/language.py)."""
    for status in Status:
        yield status.word
    for priority in Priority:
        yield priority.word
    for role in Role:
        yield role.word
    yield from (*DAYS, *MONTHS, "pukul")
    for reason in PauseReason:
        yield reason.word
    yield from (*SURVEY_QUESTIONS, *STATEMENTS)
    yield from (grade.words for grade in (*PERCEPTION_SCALE, *EXPECTATION_SCALE))
    yield from PARTS.values()
    yield from (NAMELESS, TOO_MANY, SORTED, FOREIGN, ENDED)
    yield from (refusal.sentence for refusal in REFUSALS)
    for table in (DELIVERY, EVENTS, LABELS, OUTCOMES, PLACES, TARGETS):
        yield from table.values()
