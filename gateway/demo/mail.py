"""A simulated mail program with its server on loopback: the counterpart of our mail door.

What a person sends goes by SMTP to our own server; our answers come to the relay (relay.py), which
lays them in the person's mailbox.
"""

from __future__ import annotations

import asyncio
import smtplib
from collections import defaultdict
from typing import TYPE_CHECKING

from console.sandbox.phone import Letter, Person, SentText, Switch
from gateway.demo.letters import dated, read, written
from gateway.demo.relay import Relay
from gateway.demo.switches import MAIL, sending, turned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from console.sandbox.phone import Draft
    from core.ports import Clock
    from gateway.demo.faults import Faults

_SECONDS = 15.0
_NO_MAILBOX = 550


class SimulatedMail:
    """Mailboxes of everybody. ``start`` before anything else, ``stop`` at the end.

    Attributes:
        people: whose mail program can be picked on the sandbox page.
        smtp_port: where the gateway's own SMTP server listens; asked at each mail.
    """

    def __init__(
        self,
        desk: str,
        clock: Clock,
        smtp_port: Callable[[], int],
        people: tuple[Person, ...] = (),
    ) -> None:
        self.people, self.smtp_port = people, smtp_port
        self._desk, self._clock = desk, clock
        self._boxes: dict[str, list[Letter]] = defaultdict(list)
        self._count = 0
        self._relay = Relay(self._came)

    @property
    def number(self) -> str:
        """The desk's address."""
        return self._desk

    @property
    def faults(self) -> Faults:
        """How the relay answers; all well at first."""
        return self._relay.faults

    async def start(self) -> int:
        """Begins to take mail as a relay; returns its port."""
        return await self._relay.start()

    async def stop(self) -> None:
        """Idempotent."""
        await self._relay.stop()

    # --- mail -------------------------------------------------------------------------------

    async def send(self, draft: Draft) -> SentText:
        """Delivers a mail by SMTP. Raises KeyError when it answers an unknown mail."""
        answered = None if draft.answers is None else self.letter(draft.writer, draft.answers)
        person = next(
            (one for one in self.people if one.number == draft.writer), Person("", draft.writer)
        )
        mail = written(draft, person, self._desk, answered)
        raw = dated(mail, self._clock.now())
        status = await asyncio.to_thread(self._hand_over, raw, person.number, str(mail["To"]))
        accepted = status == 250  # noqa: PLR2004 - SMTP's own
        if accepted:
            self._keep(raw, person.number, mine=True)
        return SentText(str(mail["Message-ID"]), accepted, status)

    def _hand_over(self, raw: bytes, sender: str, recipient: str) -> int | None:
        """The gateway's SMTP code, None when it does not answer. Blocks."""
        try:
            with smtplib.SMTP("127.0.0.1", self.smtp_port(), "mail.invalid", _SECONDS) as server:
                server.ehlo()
                for code, _ in (server.mail(sender), server.rcpt(recipient)):
                    if code != 250:  # noqa: PLR2004 - SMTP's own
                        return code
                return server.data(raw)[0]
        except smtplib.SMTPResponseException as refused:
            return refused.smtp_code
        except (smtplib.SMTPException, OSError):
            return None

    def _came(self, raw: bytes, recipient: str) -> None:
        self._keep(raw, recipient, mine=False)

    def _keep(self, raw: bytes, holder: str, *, mine: bool) -> None:
        self._count += 1
        letter = read(raw, self._count, self._clock.now(), mine=mine)
        self._boxes[holder.lower()].append(letter)

    def letters(self, holder: str) -> Sequence[Letter]:
        """What this person received and sent, newest first."""
        return self._boxes.get(holder.lower(), [])[::-1]

    def letter(self, holder: str, letter_id: int) -> Letter:
        """Raises KeyError, also for a mail of somebody else."""
        for letter in self._boxes.get(holder.lower(), []):
            if letter.id == letter_id:
                return letter
        raise KeyError(letter_id)

    # --- switches ---------------------------------------------------------------------------

    def switches(self, holder: str) -> Sequence[Switch]:
        """What can go wrong, as it stands; a mailbox that is gone is one person's."""
        gone = Switch("gone", "Kotak surat ini tidak ada (550)", holder in self.faults.refused)
        return [*sending(self.faults, MAIL), gone]

    async def turn(self, key: str, holder: str) -> None:
        """Turns a switch over. Raises KeyError for an unknown one."""
        if key != "gone":
            turned(self.faults, MAIL, key)
        elif self.faults.refused.pop(holder, None) is None:
            self.faults.refused[holder] = _NO_MAILBOX

    async def reset(self) -> None:
        """All switches off."""
        self.faults.clear()
