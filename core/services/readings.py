"""What a batch is made of before anything is decided: messages read, and numbers in reserve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.model.automatic import Automatic
    from core.model.intent import Intent
    from core.model.messages import InboundMessage
    from core.ports import MessageKey


@value
class Reading:
    """A message and everything its words alone tell."""

    message: InboundMessage
    intent: Intent
    automatic: Automatic | None
    unanswerable: str

    @property
    def key(self) -> MessageKey:
        """Channel and provider id."""
        return (self.message.channel, self.message.external_id)

    @property
    def points_to(self) -> tuple[MessageKey, ...]:
        """Earlier messages that it edits or answers, nearest first."""
        message = self.message
        if not message.references and message.edits is None:
            return ()
        ids = (message.edits, *message.references) if message.edits else message.references
        return tuple((message.channel, one) for one in ids)


@value
class Supplies:
    """Numbers reserved for a batch before its transaction: message ids, sequences by year."""

    messages: Iterator[int]
    sequences: Mapping[int, Iterator[int]]
