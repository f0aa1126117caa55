"""A private PostgreSQL cluster for the tests: own folder, own port, ended by its own pid.

It runs with ``fsync=on``, for our own start check refuses anything else; ``synchronous_commit``
is on as well.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

PLACES = "/usr/lib/postgresql/*/bin"


def binaries() -> Path | None:
    """The newest installed PostgreSQL's programs: Debian's folders first, then the PATH."""
    found = sorted(Path("/").glob(f"{PLACES[1:]}/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def missing(what: str) -> None:
    """Skips with the reason; where CI is set a missing peer is a failure, never a skip."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}, and CI is set")
    pytest.skip(what)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _as_server(*command: str) -> list[str]:
    """initdb and postgres refuse root: run them as the user that Debian's package made."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]


@dataclass(slots=True)
class Cluster:
    """A running server. Urls are in the form that ``open_store`` takes."""

    root: Path
    programs: Path
    port: int

    @classmethod
    def make(cls) -> Cluster:
        """Makes and starts one. Skips when it cannot be had."""
        programs = binaries()
        if programs is None:
            missing("PostgreSQL's programs are not installed: run scripts/bootstrap as root")
            raise AssertionError
        root = Path(tempfile.mkdtemp(prefix="helpdesk-pg-"))
        root.chmod(0o755)
        cluster = cls(root, programs, free_port())
        cluster.data.mkdir()
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(cluster.data, owner.pw_uid, owner.pw_gid)
        cluster.program(
            "initdb",
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        cluster.start()
        return cluster

    @property
    def data(self) -> Path:
        return self.root / "data"

    def program(self, name: str, *arguments: str) -> None:
        command = _as_server(str(self.programs / name), "-D", str(self.data), *arguments)
        subprocess.run(
            command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60
        )

    def start(self, *settings: str) -> None:
        """Starts the server; settings as in ``fsync=off``."""
        options = [f"-p {self.port} -k {self.data} -c listen_addresses=127.0.0.1"]
        options += [f"-c {setting}" for setting in ("max_connections=60", *settings)]
        log = str(self.data / "server.log")
        self.program("pg_ctl", "-w", "-l", log, "-o", " ".join(options), "start")

    def stop(self, mode: str = "fast") -> None:
        """``immediate`` is a crash."""
        self.program("pg_ctl", "-w", "-m", mode, "stop")

    def remove(self) -> None:
        self.stop("immediate")
        shutil.rmtree(self.root)

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str, database: str = "postgres", timeout: float = 30) -> str:
        """One statement through psql, outside of any loop; its rows, unaligned."""
        address = f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"
        psql = str(self.programs / "psql")
        done = subprocess.run(
            [psql, "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", statement],
            check=True,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        return done.stdout.strip()
