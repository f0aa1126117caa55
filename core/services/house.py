"""What the services about staff are handed: the store, two safes, a clock, the office's grants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.model.rights import may
from core.model.sentences import said
from core.model.work import EventBrief, Refusal, RefusalKind

if TYPE_CHECKING:
    from core.model.events import Fact
    from core.model.staff import Grant, Right, Role, Staff
    from core.ports import Clock, Desk, OpenDesk
    from core.ports.staff import Passwords, StaffReads, Vault


@dataclass(frozen=True, slots=True)
class House:
    """The ports that these services share.

    Attributes:
        grants: rights that the office gives besides the table (``[staff] grants``).
        passwords_for: roles that may come in by password; None: everybody.
    """

    open_desk: OpenDesk
    reads: StaffReads
    passwords: Passwords
    vault: Vault
    clock: Clock
    grants: tuple[Grant, ...] = ()
    passwords_for: frozenset[Role] | None = None

    def takes_password(self, person: Staff) -> bool:
        """Whether a password lets this person in."""
        return self.passwords_for is None or bool(person.roles & self.passwords_for)


NOT_ALLOWED: Final = Refusal(
    RefusalKind.NOT_ALLOWED, said("Anda tidak berwenang melakukan ini. Hubungi administrator.")
)
NO_SUCH_PERSON: Final = Refusal(
    RefusalKind.INVALID, said("Petugas ini tidak ada. Periksa daftar petugas."), "staff_id"
)


def refused(by: Staff | None, right: Right) -> Refusal | None:
    """A refusal for somebody without this right; nobody (None) is the command line, who may."""
    return None if by is None or may(by, right) else NOT_ALLOWED


def actor(by: Staff | None) -> str:
    """As events name who acts: ``staff:7``, or ``system`` for the command line."""
    return "system" if by is None else by.mark


async def overtaken(desk: Desk, subject: str, sentence: str, held: int, seen: int) -> Refusal:
    """For whoever changes what somebody else has changed since: what that was, and by whom.

    Args:
        desk: the unit of work.
        subject: of the events, such as ``staff:7``.
        sentence: of the refusal.
        held: the version that is stored.
        seen: the version that the writer had before them.
    """
    events = (await desk.admin_history.history(subject))[-max(1, held - seen) :]
    return Refusal(
        RefusalKind.STALE,
        sentence,
        version=held,
        expected=seen,
        changes=tuple(EventBrief(one.seq, one.kind, one.at, one.actor) for one in events),
    )


async def note(desk: Desk, person: Staff, fact: Fact) -> None:
    """Chains one event to a person's history."""
    await desk.admin_history.append(person.mark, [fact])
