"""Gammu's tables, and the real daemon with its dummy modem on them.

The schema is the daemon's own, from its package: what we rely on is what it ships.
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.peers import need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgres import Cluster

SCHEMAS = Path("/usr/share/doc/gammu-smsd/examples")
_WHY = "run scripts/bootstrap as root (package gammu-smsd)"
STAMP = "2026-11-20 10:00:00"


class Base:
    """The tables as a test sees them, past our own code."""

    url: str
    smsdrc: str

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        raise NotImplementedError

    def run(self, statement: str) -> None:
        raise NotImplementedError

    def receive(self, text: str, sender: str = "+6281234567890", **columns: str) -> None:
        """A row as the daemon writes it for one part."""
        values = {
            "ReceivingDateTime": STAMP,
            "Text": text.encode("utf-16-be", "surrogatepass").hex().upper(),
            "SenderNumber": sender,
            "Coding": "Unicode_No_Compression",
            "UDH": "",
            "TextDecoded": text.encode("utf-8", "replace").decode(),
            "RecipientID": "modem",
        } | columns
        names = ", ".join(f'"{name}"' for name in values)
        said = ", ".join("'" + value.replace("'", "''") + "'" for value in values.values())
        self.run(f"INSERT INTO inbox ({names}) VALUES ({said})")  # noqa: S608 - a test's own words

    def sent(self, creator: str, status: str = "SendingOK", **columns: Any) -> None:
        """A row as the daemon writes it for one part that it dealt with."""
        values = {
            "ID": 1,
            "SequencePosition": 1,
            "Status": status,
            "Text": "0041",
            "UDH": "",
            "SenderID": "modem",
            "CreatorID": creator,
            "StatusError": -1,
        } | columns
        names = ", ".join(f'"{name}"' for name in values)
        said = ", ".join(f"'{value}'" for value in values.values())
        self.run(f"INSERT INTO sentitems ({names}) VALUES ({said})")  # noqa: S608 - as above


class SqliteBase(Base):
    def __init__(self, folder: Path) -> None:
        self.path = folder / "smsd.db"
        schema = need(SCHEMAS / "sqlite.sql", _WHY)
        with sqlite3.connect(self.path) as connection:
            connection.executescript(schema.read_text())
        connection.close()
        self.url = f"sqlite:///{self.path}"
        self.smsdrc = f"Driver = sqlite3\nDBDir = {folder}\nDatabase = smsd.db\n"

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def run(self, statement: str) -> None:
        self.rows(statement)


class PostgresqlBase(Base):
    """In a database of its own, used by a role with no more rights than our page grants."""

    def __init__(self, cluster: Cluster, grants: str) -> None:
        self.cluster, self.name = cluster, f"smsd_{uuid4().hex[:12]}"
        schema = need(SCHEMAS / "pgsql.sql", _WHY).read_text()
        cluster.sql(f"CREATE DATABASE {self.name}")
        # part of every server since version 9
        self.run(schema.replace("CREATE LANGUAGE plpgsql;", ""))
        role = f"helpdesk_{self.name}"
        self.run(grants.replace("helpdesk_sms", role))
        address = f"127.0.0.1:{cluster.port}/{self.name}"
        self.url = f"postgresql://{role}@{address}"
        self.smsdrc = (
            f"Driver = native_pgsql\nHost = 127.0.0.1:{cluster.port}\n"
            f"Database = {self.name}\nUser = postgres\n"
        )

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        told = self.cluster.sql(statement, self.name)
        return [tuple(line.split("|")) for line in told.splitlines()]

    def run(self, statement: str) -> None:
        self.cluster.sql(statement, self.name)


@dataclass
class Daemon:
    """A running gammu-smsd; texts put into its phone arrive."""

    folder: Path
    process: subprocess.Popen[bytes]
    count: int = 0

    def arrive(self, text: str, sender: str = "+6281234567890", udh: str = "") -> None:
        """A received SMS on the modem's card. The text may be half of an emoji."""
        self.count += 1
        coded = text.encode("utf-16-be", "surrogatepass").hex().upper()
        lines = [
            "[SMSBackup000]",
            "PDU = Deliver",
            f'SMSC = "+62811000000"\nDateTime = 20261120T1000{self.count:02d}',
            f'State = UnRead\nNumber = "{sender}"\nName = ""',
            *(
                f"Text{number:02d} = {coded[at : at + 200]}"
                for number, at in enumerate(range(0, len(coded), 200))
            ),
            f"Coding = Unicode\nFolder = 1\nLength = {len(coded) // 4}\nClass = -1",
            "ReplySMSC = False\nRejectDuplicates = False\nReplaceMessage = 0",
            f"MessageReference = 0\n{f'UDH = {udh}' if udh else ''}",
        ]
        place = self.folder / "phone" / "sms" / "1"
        written = self.folder / "new"
        written.write_text("\n".join(lines) + "\n")
        written.rename(place / str(self.count))

    def log(self) -> str:
        return (self.folder / "smsd.log").read_text(errors="replace")


@contextmanager
def daemon(folder: Path, base: Base) -> Iterator[Daemon]:
    """The daemon on these tables, ended after."""
    program = need("gammu-smsd", _WHY)
    place = folder / "daemon"
    (place / "phone").mkdir(parents=True)
    configuration = place / "smsdrc"
    configuration.write_text(
        f"[gammu]\nmodel = dummy\nconnection = none\nport = {place}/phone\n"
        "gammuloc = /dev/null\n\n"
        f"[smsd]\nService = sql\n{base.smsdrc}LogFile = {place}/smsd.log\nDebugLevel = 1\n"
        "PhoneID = modem\nCommTimeout = 1\nReceiveFrequency = 1\nStatusFrequency = 1\n"
        "DeliveryReport = log\nMultipartTimeout = 2\n"
    )
    with (place / "out").open("wb") as output:
        process = subprocess.Popen(
            [program, "-c", configuration], stdout=output, stderr=output, stdin=subprocess.DEVNULL
        )
    try:
        end = time.monotonic() + 20
        while not (place / "phone" / "sms" / "1").exists() or not base.rows(
            "SELECT 1 FROM phones"
        ):
            assert process.poll() is None, (place / "out").read_text()
            assert time.monotonic() < end, (place / "smsd.log").read_text()
            time.sleep(0.1)
        yield Daemon(place, process)
    finally:
        process.terminate()
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def grants() -> str:
    """The role as our page makes it, without its password."""
    page = Path(__file__).resolve().parents[3] / "docs" / "channels" / "sms-gammu.md"
    found = re.search(r"^```sql\n(CREATE ROLE.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
    assert found
    return found[1].replace(" PASSWORD 'SANDI'", "")
