"""A real identity provider for tests: oauth2-mock-server, which a test tells what to answer."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.peers import ROOT, free_port, need, wait_for_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLIENT, SECRET = "helpdesk-uji", "rahasia:klien&uji"  # the secret needs encoding (RFC 6749)
PACKAGE = ROOT / ".run/peers/node_modules/oauth2-mock-server/dist/index.mjs"


@dataclass(frozen=True)
class IdentityProvider:
    """A running provider.

    Attributes:
        issuer: its address.
    """

    issuer: str

    def settings(self, **changes: Any) -> dict[str, Any]:
        """The section ``[sso]`` for it."""
        return {
            "issuer": self.issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "label": "Akun Uji",
        } | changes

    async def wish(self, **wishes: Any) -> dict[str, Any]:
        """What it answers from now on; returns its keys, and what it was sent since the last time.

        ``claims`` and ``without`` change tokens, ``id_token`` replaces one, ``redirect`` adds to
        the way back, ``body`` and ``status`` change the exchange, ``discovery`` its
        document; ``rotate`` adds a key of that algorithm, which signs ID tokens from then on.
        """
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{self.issuer}/steer", json=wishes) as answer,
        ):
            found: dict[str, Any] = await answer.json()
            return found

    async def visited(self, address: str) -> str:
        """A browser that is sent there and lets itself be sent back; path and query of that."""
        async with (
            aiohttp.ClientSession() as http,
            http.get(address, allow_redirects=False) as answer,
        ):
            assert answer.status == 302, await answer.text()
            back = urlsplit(answer.headers["Location"])
            return f"{back.path}?{back.query}"


def asked(address: str) -> dict[str, str]:
    """What an address asks the provider for."""
    return {name: held[0] for name, held in parse_qs(urlsplit(address).query).items()}


@contextmanager
def identity_provider(log: Path) -> Iterator[IdentityProvider]:
    """Runs one on a free port of loopback."""
    node = need("node", "install npm")
    package = need(PACKAGE, "copy peers/ to .run/peers and run npm ci there")
    port = free_port()
    script = ROOT / "tests" / "identity_provider.mjs"
    command = [str(node), str(script), package.as_uri(), str(port)]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=output) as server,
    ):
        try:
            wait_for_port(port, server, log)
            yield IdentityProvider(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
