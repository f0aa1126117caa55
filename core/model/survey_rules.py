"""What a citizen's message does to the survey about a ticket (requirements §4 NILAI, LEWATI; §6).

By SMS and mail the five digits come at once; in a chat the questions are asked one by one. Either
way digits count only while a survey is open, and a survey that was left lies open where it was.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.case import Case, Decision, Reply, command
from core.model.intent import IntentKind
from core.model.messages import Outcome
from core.model.survey import SHORT, SHORT_FIRST, Score
from core.model.texts import TextForm

if TYPE_CHECKING:
    from core.model.ticket import KnownTicket

DIGITS = len(SHORT)
"""Of a whole short form."""

_WORD_OR_TWO = 20  # characters
_FIGURES = re.compile(r"[0-9](?:[\s,;./\-]{0,3}[0-9]){0,7}[\s,;.!]{0,3}")


def rate(case: Case) -> Decision:
    """NILAI: with the digits at once, or the question first; never a second time for a ticket."""
    ticket = _meant(case)
    if ticket is None:
        return _too_early(case)
    survey = ticket.work.survey
    begun = survey.items if survey else frozenset()
    question = _first_open(begun)
    if question is None or (survey and survey.over):
        return command(None, (Reply("survey_done", ticket),))
    if len(case.intent.scores) == DIGITS:
        return _answered(case, ticket)
    if not _one_by_one(case):
        return _asked(ticket, 0, "SurveyOpened", "survey")
    return _asked(ticket, question, "SurveyOpened", "survey_next" if begun else "survey")


def _too_early(case: Case) -> Decision:
    """Nothing is solved yet: how far it is, where it is clear what is meant."""
    running = [ticket for ticket in case.named or case.running if ticket.mine]
    if len(running) != 1:
        return command(None, (Reply("help"),))
    return command(running[0], (Reply("status", running[0]),), "SurveyNotTaken")


def _meant(case: Case) -> KnownTicket | None:
    """The named ticket, the one whose survey is open, or the newest that is not rated yet."""
    if case.intent.numbers:
        return next(iter(case.rateable), None) if case.named else None
    unrated = (ticket for ticket in case.rateable if not _rated(ticket))
    return _surveyed(case) or next(unrated, next(iter(case.rateable), None))


def _rated(ticket: KnownTicket) -> bool:
    return ticket.work.survey is not None and ticket.work.survey.over


def _surveyed(case: Case) -> KnownTicket | None:
    """The ticket whose survey is open, while it is in sight."""
    survey = case.sender.survey
    return next((ticket for ticket in case.sender.tickets if ticket.id == survey), None)


def _one_by_one(case: Case) -> bool:
    traits = case.policy.channels.get(case.message.channel)
    return traits is not None and traits.form is TextForm.CHAT


def _first_open(answered: frozenset[int]) -> int | None:
    """The place of the first question without an answer, from 1."""
    return next((item - SHORT_FIRST + 1 for item in SHORT if item not in answered), None)


def _asked(ticket: KnownTicket, question: int, fact: str, purpose: str) -> Decision:
    """The survey is open on this ticket, at this question."""
    decision = command(ticket, (Reply(purpose, ticket, question=question),), fact)
    return replace(decision, survey=True, question=question)


# --- digits -----------------------------------------------------------------------------------


def digits(case: Case) -> Decision | None:
    """Digits while a survey is open: five at once, or one for the question asked last."""
    ticket = _surveyed(case)
    scores, question = case.intent.scores, case.sender.question
    if ticket is None or not (scores or _tried(case)):
        return None
    if len(scores) == DIGITS:
        return _answered(case, ticket)
    if not question or not scores:
        told = Reply("survey_invalid", ticket, question=question)
        return command(ticket, (told,), "SurveyAnswerRefused")
    score = Score(SHORT_FIRST + question - 1, scores[0])
    return replace(_next(case, ticket, "SurveyItemAnswered"), scores=(score,))


def _tried(case: Case) -> bool:
    """Figures that are no scores, or a word or two in place of the digit that was asked for.

    Neither may reopen the ticket; while another one runs, words belong to that.
    """
    if case.intent.kind is not IntentKind.TEXT or case.intent.numbers or case.running:
        return False
    content = case.intent.content.strip()
    short = len(content) <= _WORD_OR_TWO and not case.message.attachments
    return short and bool(case.sender.question or _FIGURES.fullmatch(content))


def _answered(case: Case, ticket: KnownTicket) -> Decision:
    scores = tuple(Score(*pair) for pair in zip(SHORT, case.intent.scores, strict=True))
    decision = command(ticket, (Reply("survey_thanks", ticket),), "SurveyAnswered")
    told = " ".join(str(one.score) for one in scores)
    return replace(decision, survey_done=True, scores=scores, data=(("scores", told),))


def _next(case: Case, ticket: KnownTicket, fact: str) -> Decision:
    """The next question, or the end: with thanks where anything was answered."""
    question = case.sender.question
    if question < DIGITS:
        decision = _asked(ticket, question + 1, fact, "survey_next")
        return replace(decision, data=(("question", str(question)),))
    answered = fact == "SurveyItemAnswered" or (ticket.work.survey and ticket.work.survey.items)
    if answered:
        thanks = command(ticket, (Reply("survey_thanks", ticket),), "SurveyAnswered")
        return replace(thanks, survey_done=True)
    return _skipped(ticket)


def skip(case: Case) -> Decision:
    """LEWATI: this question in a chat, the whole survey elsewhere."""
    ticket = _surveyed(case)
    if ticket is None:
        return command(None, (Reply("help"),))
    if case.sender.question:
        return _next(case, ticket, "SurveyItemSkipped")
    return _skipped(ticket)


def _skipped(ticket: KnownTicket) -> Decision:
    silence = "survei dilewati atas permintaan"
    return replace(command(ticket, (), "SurveySkipped"), survey_done=True, silence=silence)


# --- words after the digits -------------------------------------------------------------------


def remark(case: Case) -> Decision | None:
    """What is written next after a survey is the citizen's remark on it (DK-08).

    Not where it names a ticket or answers to another one, nor while another ticket runs: then it
    belongs there. The reply says how to reopen, for who meant that.
    """
    ticket = next((t for t in case.sender.tickets if t.id == case.sender.feedback), None)
    if ticket is None or case.intent.kind is not IntentKind.TEXT or not case.reopenable(ticket):
        return None
    elsewhere = case.running and case.threaded != ticket.number
    if case.automatic or case.unanswerable or case.message.edits or elsewhere:
        return None
    if (
        case.intent.scores
        or case.foreign
        or case.named
        or case.threaded not in (None, ticket.number)
    ):
        return None
    return Decision(
        Outcome.JOINED,
        "follow_up",
        ticket,
        (Reply("feedback_thanks", ticket),),
        fact="FeedbackGiven",
        comment=True,
    )
