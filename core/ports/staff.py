"""What the house asks of the store, and of two safes, for the sake of those who work here.

Small Protocols like those of :mod:`core.ports`, which names them on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from core.model.admin_events import AdminEvent
    from core.model.credentials import Account, ApiToken, Failures, Session
    from core.model.events import Fact
    from core.model.restricted import RestrictedField, RestrictedValue, Sealed
    from core.model.rights import Scope
    from core.model.staff import Staff, TicketFacts


class StaffShelf(Protocol):
    """Who works here."""

    async def add(self, staff: Staff, at: datetime) -> Staff:
        """Lays down somebody new; returns them with their id. Raises Conflict: the login is taken.

        The unit must exist (:meth:`places`).
        """
        ...

    async def account(self, who: int | str) -> Account | None:
        """By id or login, locked until the end. Their ``units`` and ``areas`` are filled."""
        ...

    async def save(self, account: Account) -> None:
        """Writes everything of it but id and login, with ``version`` as given."""
        ...

    async def invite(self, staff_id: int, token_hash: str | None, until: datetime | None) -> None:
        """Replaces the open invitation; None: there is none any more."""
        ...

    async def invited(self, token_hash: str, now: datetime) -> Account | None:
        """Whose invitation it is, locked, as long as it is good."""
        ...

    async def sealed_otherwise(self, mark: bytes, after: int, limit: int) -> Sequence[Account]:
        """Those whose second factor does not begin with this mark, locked, by id after one."""
        ...

    async def admins(self) -> int:
        """How many administrators are not disabled, their rows locked until the end."""
        ...

    async def places(
        self, unit_id: int | None, regions: Collection[int]
    ) -> tuple[bool, frozenset[int]]:
        """Whether there is such a unit in use, and which of these regions exist."""
        ...


class EntryShelf(Protocol):
    """Sessions, tokens, and failures to come in."""

    async def failures(self, login_hash: str, at: datetime) -> Failures:
        """Those of this login, made with none if there are none, locked until the end."""
        ...

    async def failed(self, failures: Failures) -> None:
        """Writes them."""
        ...

    async def forgive(self, login_hashes: Collection[str]) -> None:
        """Drops them: somebody came in."""
        ...

    async def open_session(self, session: Session) -> None:
        """Lays it down."""
        ...

    async def session(self, token_hash: str) -> Session | None:
        """Locked until the end."""
        ...

    async def sessions(self, staff_id: int) -> Sequence[Session]:
        """A person's, the one used last first."""
        ...

    async def seen(self, token_hash: str, at: datetime) -> None:
        """Notes the use of a session."""
        ...

    async def end_sessions(self, staff_id: int, token_hash: str | None = None) -> int:
        """Ends one of a person's sessions, or all; returns how many."""
        ...

    async def add_token(self, token: ApiToken) -> ApiToken:
        """Lays it down; returns it with its id."""
        ...

    async def tokens(self, staff_id: int | None = None) -> Sequence[ApiToken]:
        """A person's, or everybody's, revoked ones too, oldest first."""
        ...

    async def token_used(self, token_id: int, at: datetime) -> None:
        """Notes the use of a token."""
        ...

    async def revoke_token(self, token_id: int, at: datetime) -> bool:
        """False when there is none, or it was revoked before."""
        ...

    async def purge_entries(self, now: datetime) -> int:
        """Drops sessions that ended and failures long past; returns how many."""
        ...


class AdminHistoryShelf(Protocol):
    """The chains of the house itself."""

    async def append(self, subject: str, facts: Sequence[Fact]) -> Sequence[AdminEvent]:
        """Chains them to what there is. Raises Conflict when another writer was faster."""
        ...

    async def last(self, subject: str) -> AdminEvent | None:
        """The last event of a subject; None: there is none."""
        ...

    async def history(self, subject: str) -> Sequence[AdminEvent]:
        """In order."""
        ...

    async def recent(
        self, before: tuple[datetime, str, int] | None, limit: int
    ) -> Sequence[AdminEvent]:
        """Of all subjects, the newest first.

        Args:
            before: time, subject and seq of the last one seen; None: from the newest on.
            limit: how many.
        """
        ...


class RestrictedShelf(Protocol):
    """Sealed values and the ticket they belong to."""

    async def put(self, value: RestrictedValue) -> None:
        """Replaces what is there under this owner and field."""
        ...

    async def of(self, owner: str) -> Sequence[RestrictedValue]:
        """All of one owner."""
        ...

    async def drop(self, owner: str, field: RestrictedField | None = None) -> int:
        """Drops one field of an owner, or all; returns how many."""
        ...

    async def sealed_otherwise(
        self, key_id: str, after: tuple[str, str], limit: int
    ) -> Sequence[RestrictedValue]:
        """At most so many that another key sealed, locked, in the order of owner and field.

        Args:
            key_id: the key that is right.
            after: owner and field to go on from; two empty texts at first.
            limit: how many.
        """
        ...

    async def owners(self, ticket_id: int) -> frozenset[str]:
        """Whose values belong to this ticket: its own, and its reporter's."""
        ...

    async def facts(self, ticket_id: int) -> TicketFacts | None:
        """What rights look at in this ticket, the ticket locked; None: there is no such."""
        ...

    async def record(self, ticket_id: int, fact: Fact, reason: str = "") -> None:
        """Chains one fact to a ticket's history and raises its version. Raises NotFound.

        A reason goes to the ticket's notes, which never leave the house.
        """
        ...


class StaffReads(Protocol):
    """What is read at every request and by lists, outside any unit of work."""

    async def by_session(self, token_hash: str) -> tuple[Session, Account] | None:
        """A session and whose it is, alive or not."""
        ...

    async def by_token(self, token_hash: str) -> tuple[ApiToken, Account] | None:
        """A token and whose it is, alive or not."""
        ...

    async def delegated(self) -> bool:
        """Whether leadership's watch is delegated to customer care."""
        ...

    async def staff(self, *, disabled: bool = False) -> Sequence[Staff]:
        """By name; disabled ones only if asked for."""
        ...

    async def one(self, staff_id: int) -> Staff:
        """Raises NotFound."""
        ...

    async def visible(self, number: str, scope: Scope) -> TicketFacts:
        """What rights look at in a ticket within this scope.

        Raises NotFound, in the same words for no such ticket and for one out of scope.
        """
        ...

    async def with_value(
        self, field: RestrictedField, digests: Sequence[str], scope: Scope
    ) -> Sequence[str]:
        """Numbers of tickets within the scope whose own or reporter's field has such a digest."""
        ...


class Passwords(Protocol):
    """Hashes passwords, slowly and away from the loop."""

    async def hash(self, password: str) -> str:
        """Raises Busy when too many wait already."""
        ...

    async def fits(self, hashed: str, password: str) -> bool:
        """Takes the same time for "" (nobody, no password), which nothing fits. Raises Busy."""
        ...


class Vault(Protocol):
    """Seals and opens what is restricted, with the keys of the configuration."""

    @property
    def key_id(self) -> str:
        """The newest key, which seals."""
        ...

    def seal(self, plain: bytes, about: str) -> Sealed:
        """Sealed with the newest key, bound to ``about``."""
        ...

    def open(self, sealed: Sealed, about: str) -> bytes:
        """Raises NotFound: no key of ours, or it was sealed about something else."""
        ...

    def digest(self, text: str, about: str) -> str:
        """Keyed hash by the newest key, hex."""
        ...

    def digests(self, text: str, about: str) -> Sequence[str]:
        """Keyed hashes by every key, newest first: what may be stored."""
        ...
