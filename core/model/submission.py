"""What citizens send by a page: a complaint, or words on a ticket; already checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.messages import Address, Attachment
    from core.model.ticket import Promise

LONGEST_TEXT = 10_000
"""Characters of a complaint in a form; two pages and more."""

LONGEST_LINE = 200
"""Characters of a name, a unit or a place."""


@value
class Submission:
    """What was sent.

    Attributes:
        id: of form and content: posting the same twice is the same complaint, while a word that
            was changed in between is not lost.
        form: 128 random bits that the page drew when it was shown; whoever posts it is one
            sender, and nobody else can.
        category: a key of the category list, "" when none was chosen.
        unit: where it happened or whom it concerns, in the citizen's words.
        phone, email: typed, so claims; None when left empty.
        files: lying in the folder of attachments already.
        received_at: aware UTC.
    """

    id: str
    form: str
    text: str
    received_at: datetime
    category: str = ""
    unit: str = ""
    place: str = ""
    name: str = ""
    phone: Address | None = None
    email: Address | None = None
    files: tuple[Attachment, ...] = ()


@value
class Said:
    """What the reporter wrote, or pressed, on the page of a ticket; who may is checked already.

    Attributes:
        id: of page and content: sending the same twice is the same message.
        number: of the ticket.
        sender: the address that the ticket came from.
        text: as typed; with ``command`` what goes with it, "" for nothing.
        command: the word that does the same in a chat (``BUKA`` …), "" for plain words.
        files: lying in the folder of attachments already.
        received_at: aware UTC.
    """

    id: str
    number: str
    sender: Address
    text: str
    received_at: datetime
    command: str = ""
    files: tuple[Attachment, ...] = ()


@value
class Accepted:
    """What the citizen is told once the complaint is on disk.

    Attributes:
        code: opens the ticket's page.
        promises: by when it is answered and solved.
        repeated: it had been taken before; nothing new was made.
        mailed_to: a typed address that can be confirmed by mail, masked; "" when none.
    """

    number: str
    code: str
    promises: tuple[Promise, ...]
    repeated: bool = False
    mailed_to: str = ""
