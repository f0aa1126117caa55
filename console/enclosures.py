"""Files that staff choose for what they write: received, looked through, given up again.

The process fills this in (gateway/enclosures.py); pages and API use it alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.citizen.upload import Upload
    from core.model.drafts import DraftFile, DraftKind
    from core.model.work import Actor, Refusal, WorkTicket
    from core.services.enclosing import Room


class Enclosures(Protocol):
    """One for the whole process."""

    @property
    def room(self) -> Room:
        """How much one answer or note may bring."""
        ...

    def begin(self, *, files: bool = True) -> Upload:
        """A form on its way in; ``files`` False: its fields alone, the rest is not read."""
        ...

    async def lay_down(
        self, actor: Actor, ticket: WorkTicket, kind: DraftKind, upload: Upload
    ) -> Sequence[DraftFile] | Refusal:
        """Looks through what was chosen and lays it beside the actor's draft, all or none.

        What is refused is taken away; what is laid down the upload no longer holds.
        Raises StoreUnavailable: nothing was kept.
        """
        ...

    async def take_away(self, actor: Actor, ticket: WorkTicket, file_id: int) -> None:
        """Ends a file's wait, with its bytes unless something else names them.

        Raises NotFound, StoreUnavailable.
        """
        ...
