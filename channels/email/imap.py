"""One connection to a mailbox: blocking calls on a thread of its own (providers.md §11).

IMAPClient is synchronous and a connection belongs to one thread. Everything it can raise becomes
``LineLost`` (connect again), ``LoginRefused`` (slowly) or ``FolderMissing``.
"""

from __future__ import annotations

import imaplib
import logging
import socket
import ssl
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError

from channels.email.tls import client_tls, read_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from config.doors.email import ImapSettings

# at DEBUG they write whole mails
logging.getLogger("imapclient").setLevel(logging.WARNING)

WINDOW = 20_000
"""UIDs asked for in one search: a line above 1 MB fails in imaplib."""

SLICE = 55.0
"""Seconds of one look at an idle connection."""

BEGINNING = 1_048_576
"""Bytes fetched of a mail that is too large to be fetched whole."""

# every imaplib and IMAPClient error is one of these; ValueError and IndexError come from the
# parsers when a response is cut in two
_LINE_FAULTS = (imaplib.IMAP4.error, OSError, ValueError, IndexError, KeyError, AssertionError)


class LineLost(Exception):  # noqa: N818 - an event, handled in mailbox.py
    """The connection is of no use any more; ``code`` names the kind of fault."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LoginRefused(LineLost):
    """The server does not let us in."""


class FolderMissing(LineLost):
    """The folder to read does not exist, or is not for us."""


@dataclass(frozen=True, slots=True)
class Folder:
    """What the server says about the folder.

    Attributes:
        validity: UIDVALIDITY; UIDs mean nothing under another one.
        next_uid: every mail now there has a lower one; None when the server does not say.
    """

    validity: int
    next_uid: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail in the folder, before it is fetched.

    Attributes:
        size: bytes, None when the server does not say.
        arrived_at: by the server's clock, aware, None when it does not say.
    """

    uid: int
    size: int | None
    arrived_at: datetime | None


class ImapLine:
    """A connection, logged in, with the folder open. Every call blocks."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._client: Any = None
        self.can_idle = False
        self._can_move = False
        self._can_expunge_one = False

    # --- there and back ---

    def open(self) -> Folder:
        """Connects, logs in, opens the folder."""
        settings = self._settings
        with _faults():
            tls = client_tls(settings.ca_file) if settings.security != "plain" else None
            self._client = IMAPClient(
                settings.host,
                settings.port,
                ssl=settings.security == "tls",
                ssl_context=tls,
                timeout=SocketTimeout(settings.connect_seconds, settings.read_seconds),
            )
            self._client.normalise_times = False  # else local times without a zone
            _keep_alive(self._client.socket())
            if settings.security == "starttls":
                self._client.starttls(tls)
        self._log_in()
        with _faults():
            able = self._client.capabilities()
            self.can_idle = b"IDLE" in able
            self._can_move = b"MOVE" in able
            self._can_expunge_one = b"UIDPLUS" in able
        return self._select()

    def _log_in(self) -> None:
        settings = self._settings
        try:
            with _faults():
                if settings.oauth_token_file is not None:
                    token = read_token(settings.oauth_token_file)
                    self._client.oauth2_login(settings.user, token)
                else:
                    secret = settings.password
                    self._client.login(settings.user, secret.get_secret_value() if secret else "")
        except LineLost as lost:
            if not isinstance(lost.__cause__, LoginError) or _passing(lost.__cause__):
                raise
            code = "login"
            raise LoginRefused(code) from lost

    def _select(self) -> Folder:
        readonly = self._settings.after == "keep"
        try:
            with _faults():
                told = self._client.select_folder(self._settings.folder, readonly=readonly)
                uid = told.get(b"UIDNEXT")
                return Folder(int(told[b"UIDVALIDITY"]), int(uid) if uid else None)
        except LineLost as lost:
            if isinstance(lost.__cause__, imaplib.IMAP4.abort):
                raise
            code = "folder"
            raise FolderMissing(code) from lost

    def cut(self) -> None:
        """Ends whatever the thread waits for. From any thread."""
        client = self._client
        if client is None:
            return
        with suppress(Exception):  # whatever state it is in, nothing is to be saved
            # past SSLSocket, whose own shutdown is not for two threads
            socket.socket.shutdown(client.socket(), socket.SHUT_RDWR)

    def leave(self) -> None:
        """Logs out, or hangs up where that fails."""
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(*_LINE_FAULTS):
            client.logout()
        with suppress(*_LINE_FAULTS):
            client.shutdown()

    # --- reading ---

    def uids(self, after: int, before: int | None) -> list[int]:
        """UIDs above ``after`` and below ``before``, ascending; None: all there are."""
        last = "*" if before is None else str(before - 1)
        with _faults():
            self._news()  # what is told from here on, the search may have missed
            found = self._client.search(["UID", f"{after + 1}:{last}"])
        # "n:*" always holds the last mail, even when its UID is below n
        return sorted(uid for uid in found if uid > after and (before is None or uid < before))

    def entries(self, uids: Sequence[int]) -> list[Entry]:
        """Size and time of each that is still there."""
        with _faults():
            found = self._client.fetch(uids, [b"RFC822.SIZE", b"INTERNALDATE"])
        return [
            Entry(uid, told.get(b"RFC822.SIZE"), told.get(b"INTERNALDATE"))
            for uid, told in sorted(found.items())
            if uid in uids
        ]

    def content(self, uid: int) -> bytes | None:
        """The whole mail, not marked as read; None when it is gone."""
        return self._fetch(uid, b"BODY.PEEK[]", b"BODY[]")

    def beginning(self, uid: int) -> bytes | None:
        """The first ``BEGINNING`` bytes of a mail that is too large."""
        return self._fetch(uid, b"BODY.PEEK[]<0.%d>" % BEGINNING, b"BODY[]<0>")

    def _fetch(self, uid: int, item: bytes, key: bytes) -> bytes | None:
        with _faults():
            found: bytes | None = self._client.fetch([uid], [item]).get(uid, {}).get(key)
        return found

    # --- waiting ---

    def wait(self, seconds: float) -> bool:
        """IDLE for a slice of this time; True when the server said something."""
        slice_ = min(seconds, SLICE)
        with _faults():
            if self._news():
                return True
            self._client.idle()
            began = time.monotonic()
            heard = [] if self._unread() else self._client.idle_check(timeout=slice_)
            if not heard and not self._unread() and time.monotonic() - began < slice_ * 0.9:
                # at the end of the line it returns nothing at once, and would for ever
                code = "dead"
                raise LineLost(code)
            if any(line[0] == b"BYE" for line in heard):
                code = "bye"
                raise LineLost(code)
            _, late = self._client.idle_done()
        return bool(heard or late)

    def _news(self) -> bool:
        """Whether new mail was told in the answer to some command; IDLE will not tell it again."""
        # imaplib keeps it for its select() and shows it nowhere else
        return bool(self._client._imap.untagged_responses.pop("EXISTS", None))  # noqa: SLF001 - imaplib shows it nowhere else

    def _unread(self) -> bool:
        """Whether a line came together with the one before: no poll of the socket sees it."""
        line = self._client.socket()
        line.settimeout(0)
        try:
            return bool(self._client._imap.file.peek(1))  # noqa: SLF001 - nobody else has it
        except OSError:  # nothing in the TLS layer either
            return False
        finally:
            line.settimeout(self._settings.read_seconds)

    def ask(self) -> None:
        """Asks whether the line is alive; the server tells what is new on the way."""
        with _faults():
            self._client.noop()

    # --- after commit ---

    def mark_seen(self, uid: int) -> bool:
        """Sets the flag that mail programs show as read; False when the server does not."""
        return self._tried(lambda: self._client.add_flags([uid], [b"\\Seen"], silent=True))

    def move(self, uid: int, folder: str) -> bool:
        """Moves it, by one command or by three; False when the server does neither."""
        if self._can_move and self._tried(lambda: self._client.move([uid], folder)):
            return True
        return self._tried(lambda: self._copy_and_delete(uid, folder))

    def _copy_and_delete(self, uid: int, folder: str) -> None:
        self._client.copy([uid], folder)
        self._client.add_flags([uid], [b"\\Deleted"], silent=True)
        if self._can_expunge_one:  # without it the deleted mail of others would go, too
            self._client.uid_expunge([uid])

    def _tried(self, function: Callable[[], object]) -> bool:
        """False for a refusal; a lost line is raised."""
        try:
            with _faults():
                function()
        except LineLost as lost:
            if isinstance(lost.__cause__, OSError | imaplib.IMAP4.abort):
                raise
            return False
        return True


@contextmanager
def _faults() -> Iterator[None]:
    """What the libraries raise, as ``LineLost``; no text of theirs, it may quote a mail."""
    try:
        yield
    except LineLost:
        raise
    except CapabilityError as error:
        code = "capability"
        raise LineLost(code) from error
    except _LINE_FAULTS as error:
        raise LineLost(code_of(error)) from error


def _passing(refusal: LoginError) -> bool:
    """Whether a log-in failed for a reason that passes (RFC 5530), or the line broke in it."""
    if isinstance(refusal.__context__, imaplib.IMAP4.abort):
        return True
    return any(word in str(refusal).upper() for word in ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]"))


def code_of(error: BaseException) -> str:
    """A short word for the kind of fault, for log and symptom."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, socket.gaierror):
        return "name"
    return type(error).__name__


def _keep_alive(line: socket.socket) -> None:
    """A dead line is noticed within two minutes also when nothing is written."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
        option = getattr(socket, name, None)  # not on every system
        if option is not None:
            line.setsockopt(socket.IPPROTO_TCP, option, value)
