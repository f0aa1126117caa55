"""What the living room asks of the other rooms: small Protocols, no base class (design.md §5)."""

from core.ports.doors import (
    Bookmarks,
    Clock,
    Closes,
    Converses,
    Deliver,
    Door,
    Examines,
    Fetches,
    FindsCopies,
    Handshakes,
    Listens,
    Recovers,
    Sends,
    Sink,
    Webhook,
)
from core.ports.intake import IntakeShelf, MessageKey, OutboxShelf
from core.ports.shelves import BookmarkShelf, ClaimShelf, QuarantineShelf
from core.ports.store import Blocks, Desk, OpenDesk, Proofs, Reads, Store

__all__ = [
    "Blocks",
    "BookmarkShelf",
    "Bookmarks",
    "ClaimShelf",
    "Clock",
    "Closes",
    "Converses",
    "Deliver",
    "Desk",
    "Door",
    "Examines",
    "Fetches",
    "FindsCopies",
    "Handshakes",
    "IntakeShelf",
    "Listens",
    "MessageKey",
    "OpenDesk",
    "OutboxShelf",
    "Proofs",
    "QuarantineShelf",
    "Reads",
    "Recovers",
    "Sends",
    "Sink",
    "Store",
    "Webhook",
]
