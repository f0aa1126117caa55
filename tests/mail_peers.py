"""Mail servers of others for tests: Dovecot and Postfix, each with its own folder and ports.

Both change user, so they need root; Debian's default instances are never touched.
"""

from __future__ import annotations

import os
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from imapclient import IMAPClient

from tests.patience import PATIENCE
from tests.peers import free_port, need

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DOVECOT = """
base_dir={root}/base
log_path={root}/log
protocols=imap lmtp
listen=127.0.0.1
disable_plaintext_auth=no
first_valid_uid=1
mail_location=maildir:{root}/mail/%u
default_process_limit=50
auth_failure_delay=0
service anvil {{
unix_listener anvil-auth-penalty {{
mode=0
}}
}}
{tls}
passdb {{
driver=static
args=password=kunci
}}
userdb {{
driver=static
args=uid=mail gid=mail home={root}/mail/%u
}}
service imap-login {{
inet_listener imap {{
port={imap}
}}
inet_listener imaps {{
port={imaps}
}}
}}
service lmtp {{
inet_listener lmtp {{
port={lmtp}
}}
}}
"""

POSTFIX = """
compatibility_level=3.6
queue_directory={root}/queue
data_directory={root}/data
mail_owner=postfix
setgid_group=postdrop
command_directory={commands}
daemon_directory={daemons}
inet_interfaces=127.0.0.1
inet_protocols=ipv4
mynetworks=127.0.0.0/8
disable_dns_lookups=yes
smtputf8_enable=yes
myhostname=mx.example.test
mydestination=
alias_maps=
alias_database=
maillog_file={root}/log
maillog_file_prefixes={root}
queue_run_delay=2s
minimal_backoff_time=2s
transport_maps={transports}
relay_domains={relay_domains}
virtual_mailbox_domains={mailbox_domains}
virtual_transport={mailbox_transport}
default_transport=error:no outside mail
relay_transport=error:no outside mail
"""


def need_root(what: str) -> None:
    if os.getuid() == 0:
        return
    sentence = f"{what} needs root: it changes user"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def wait_for_port(port: int, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"nobody opened port {port}")


@dataclass
class Dovecot:
    """A running server; every user exists, the password is ``kunci``."""

    root: Path
    imap: int
    imaps: int
    lmtp: int
    ca_file: Path

    def put(self, user: str, *mails: bytes) -> None:
        """Into the user's inbox, as a mail server would."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as line:
            for mail in mails:
                line.sendmail("warga@example.org", [user], mail)

    @contextmanager
    def look(self, user: str, folder: str = "INBOX") -> Iterator[IMAPClient]:
        """As somebody who reads the mailbox, too."""
        with IMAPClient("127.0.0.1", self.imap, ssl=False) as client:
            client.login(user, "kunci")
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.select_folder(folder)
            yield client

    def mails(self, user: str, folder: str = "INBOX") -> list[bytes]:
        with self.look(user, folder) as client:
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
        return [told[b"BODY[]"] for _, told in sorted(found.items())]

    def await_mails(self, user: str, count: int, seconds: float = PATIENCE) -> list[bytes]:
        end = time.monotonic() + seconds
        while len(found := self.mails(user)) < count and time.monotonic() < end:
            time.sleep(0.03)
        return found

    def renumber(self, user: str) -> None:
        """As after a restored backup: a new UIDVALIDITY, the same mails."""
        for path in (self.root / "mail" / user).glob("dovecot*"):
            if path.is_file():
                path.unlink()
        stamp = int(time.time()) + 1000
        (self.root / "mail" / user / "dovecot-uidlist").write_text(f"3 V{stamp} N1\n")
        shutil.chown(self.root / "mail" / user / "dovecot-uidlist", "mail", "mail")


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    """One that other users may enter; pytest's own are closed again by each run beside ours."""
    with tempfile.TemporaryDirectory(
        prefix=f"helpdesk-{name}-", ignore_cleanup_errors=True
    ) as path:
        Path(path).chmod(0o755)
        yield Path(path)


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """As :func:`_dovecot` in a folder of its own."""
    program = need("dovecot", "install dovecot-imapd and dovecot-lmtpd")
    need_root("Dovecot")
    with _folder("dovecot") as root, _dovecot(program, root) as running:
        yield running


@contextmanager
def _dovecot(program: Path, root: Path) -> Iterator[Dovecot]:
    """Serves IMAP, with TLS on its own port, and LMTP."""
    (root / "mail").mkdir()
    shutil.chown(root / "mail", "mail", "mail")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(root / "ca.pem")
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(
        root / "tls.pem"
    )
    tls = f"ssl=yes\nssl_cert=<{root}/tls.pem\nssl_key=<{root}/tls.pem"
    ports = {name: free_port() for name in ("imap", "imaps", "lmtp")}
    text = DOVECOT.format(root=root, tls=tls, **ports)
    (root / "dovecot.conf").write_text(text)
    subprocess.run([program, "-c", root / "dovecot.conf"], check=True)
    server = Dovecot(root, ports["imap"], ports["imaps"], ports["lmtp"], root / "ca.pem")
    try:
        wait_for_port(server.lmtp)
        yield server
    finally:
        _end(root / "base" / "master.pid")


def _master(pattern: str, port: int) -> str:
    """Debian's services with SMTP on our port, and none of them in a chroot."""
    rows = []
    for row in pattern.splitlines():
        fields = row.split()
        if row[:1] in ("", " ", "#") or len(fields) < 8:
            rows.append(row)
            continue
        if fields[:2] == ["smtp", "inet"]:
            fields[0] = f"127.0.0.1:{port}"
        fields[4] = "n" if fields[4] == "y" else fields[4]
        rows.append(" ".join(fields))
    return "\n".join(rows) + "\n"


@dataclass
class Postfix:
    root: Path
    smtp: int

    @property
    def log(self) -> str:
        return (self.root / "log").read_text(errors="replace")


@contextmanager
def postfix(
    *, mailboxes: tuple[str, int] | None = None, passes: Sequence[tuple[str, int]] = ()
) -> Iterator[Postfix]:
    """A mail server.

    Args:
        mailboxes: a domain whose mail goes to an LMTP port.
        passes: domains whose mail goes on to an SMTP port.
    """
    program = need("postfix", "install postfix")
    need_root("Postfix")
    with _folder("postfix") as root:
        port = free_port()
        _configure(root, port, mailboxes or ("", 0), passes)
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = [program, "-c", root / "conf"]
        subprocess.run([*command, "start"], check=True, **quiet)
        try:
            wait_for_port(port)
            yield Postfix(root, port)
        finally:
            subprocess.run([*command, "stop"], check=False, **quiet)


def _configure(
    root: Path, port: int, mailboxes: tuple[str, int], passes: Sequence[tuple[str, int]]
) -> None:
    for name in ("conf", "queue", "data"):
        (root / name).mkdir()
    shutil.chown(root / "data", "postfix")
    pattern = subprocess.check_output(["dpkg", "-L", "postfix"], text=True).splitlines()
    master = next(line for line in pattern if line.endswith("master.cf.dist"))
    (root / "conf" / "master.cf").write_text(_master(Path(master).read_text(), port))
    default = {
        name: subprocess.check_output(["postconf", "-d", "-h", name], text=True).strip()
        for name in ("command_directory", "daemon_directory")
    }
    domain, lmtp = mailboxes
    routes = ", ".join(f"{{ {name} = smtp:[127.0.0.1]:{to} }}" for name, to in passes)
    (root / "conf" / "main.cf").write_text(
        POSTFIX.format(
            root=root,
            commands=default["command_directory"],
            daemons=default["daemon_directory"],
            transports=f"inline:{{ {routes} }}" if routes else "",
            relay_domains=" ".join(name for name, _ in passes),
            mailbox_domains=domain,
            mailbox_transport=f"lmtp:inet:127.0.0.1:{lmtp}",
        )
    )


def swaks(port: int, *arguments: str) -> str:
    """One mail by the command-line client of others; its talk with the server."""
    program = need("swaks", "install swaks")
    command = [str(program), "--server", f"127.0.0.1:{port}", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=20).stdout


def trusting(ca_file: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca_file))


def _end(pid_file: Path, seconds: float = PATIENCE) -> None:
    with suppress(FileNotFoundError, ProcessLookupError):
        pid = int(pid_file.read_text())
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + seconds
        while pid_file.exists() and time.monotonic() < end:
            time.sleep(0.02)
