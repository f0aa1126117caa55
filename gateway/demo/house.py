"""A whole office on this machine: a gateway with all doors, and a simulated provider behind each.

Every door is the real one with settings that are checked like any others; only the far end of the
line is simulated (design.md §8).
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from channels.email.channel import Email
from config.load import read
from console.sandbox.pages import sandbox_routes
from console.sandbox.phones import Crew, Phones
from gateway.demo.mail import SimulatedMail
from gateway.demo.meta import App, SimulatedMeta
from gateway.demo.provider import Account, SimulatedTwilio
from gateway.demo.staff import PASSWORD, ROSTER
from gateway.demo.story import people
from gateway.demo.telegram import BotAccount, SimulatedTelegram
from gateway.pages import prepare_pages
from gateway.server import Gateway
from gateway.wiring import make_plan

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from config.settings import Settings
    from core.ports import Clock, Store

SMS_NUMBER = "+628110003636"
WHATSAPP_NUMBER = "+628110003737"
BOT_NAME = "@helpdesk_contoh_bot"
DESK = "helpdesk@contoh.go.id"
LONGEST_PAUSE = 8.0
"""Seconds between two attempts at most: nobody who plays waits for a quarter of an hour."""

DOUBT = 10.0
"""Seconds to wait for WhatsApp's report on a text in doubt, for the same reason."""


class House:
    """The simulated providers, and the gateway that is configured for them.

    Every secret is drawn anew at each start; nothing of it leaves this machine.

    Attributes:
        dispatch: how sending is tried again, as in the configuration.
        doubt: seconds for which a text to WhatsApp may be in doubt.
    """

    def __init__(self, port: int, folder: Path, clock: Clock) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._port, self._folder, self._clock = port, folder, clock
        self.dispatch: dict[str, float] = {"backoff_max_seconds": LONGEST_PAUSE}
        self.doubt = DOUBT
        self._gateway: Gateway | None = None
        hooks = f"http://127.0.0.1:{port}/hooks"
        self.sms = SimulatedTwilio(
            Account(
                sid=f"AC{secrets.token_hex(16)}",
                token=secrets.token_hex(16),
                number=SMS_NUMBER,
                webhook_url=f"{hooks}/sms",
            ),
            clock,
            people("sms"),
        )
        self.whatsapp = SimulatedMeta(
            App(
                number=WHATSAPP_NUMBER,
                number_id=_digits(),
                account_id=_digits(),
                secret=secrets.token_hex(16),
                verify_token=secrets.token_hex(8),
                token=secrets.token_urlsafe(32),
                webhook_url=f"{hooks}/whatsapp",
            ),
            clock,
            people("whatsapp"),
        )
        # a new bot each time: messages of an earlier one would have the same names
        bot = BotAccount(BOT_NAME, f"{_digits()[:10]}:{secrets.token_urlsafe(26)}")
        self.telegram = SimulatedTelegram(bot, clock, people("telegram"))
        self.mail = SimulatedMail(DESK, clock, self._smtp_port, people("email"))

    async def open(self) -> Settings:
        """Starts the providers; returns the whole configuration, checked like any other."""
        address = f"http://127.0.0.1:{self._port}"
        return read(
            {
                # The sandbox's phones belong to nobody: there are no data to ask for.
                "office": {
                    "name": "RSIA Contoh Bunda",
                    "calendar": "rs24",
                    "registration": "off",
                },
                "http": {"port": self._port, "public_url": address},
                "store": {
                    "url": f"sqlite+aiosqlite:///{quote(str(self._folder / 'helpdesk.db'))}",
                    "data_dir": str(self._folder / "data"),
                },
                "dispatch": self.dispatch,
                "channels": {
                    "sms": self._sms(await self.sms.start()),
                    "whatsapp": self._whatsapp(await self.whatsapp.start()),
                    "telegram": self._telegram(await self.telegram.start()),
                    "surel": self._surel(await self.mail.start()),
                    "lapor": {
                        "kind": "web_form",
                        "secret": secrets.token_hex(16),
                        "confirm_by": "surel",
                    },
                    "loket": {
                        "kind": "desk",
                        "tokens": [f"loket:{secrets.token_hex(24)}"],
                        "reply_via": "sms",
                    },
                },
            }
        )

    async def close(self) -> None:
        """Idempotent."""
        for provider in (self.sms, self.whatsapp, self.telegram, self.mail):
            await provider.stop()

    def gateway(self, settings: Settings, store: Store) -> Gateway:
        """The gateway with the sandbox among its pages, not started yet."""
        plan = make_plan(settings, store, self._clock)
        citizens = plan.mount

        def mount(app: web.Application, gateway: Gateway) -> None:
            self._mount(app, gateway)
            if citizens:
                citizens(app, gateway)

        self._gateway = Gateway(replace(plan, mount=mount))
        return self._gateway

    def _mount(self, app: web.Application, gateway: Gateway) -> None:
        plan = gateway.plan
        phones = Phones(
            {"sms": self.sms, "whatsapp": self.whatsapp, "telegram": self.telegram},
            self.mail,
            form="/lapor",
            crew=Crew(PASSWORD, tuple((login, role.word) for login, _, role, _ in ROSTER)),
        )
        prepare_pages(app)
        app.router.add_routes([web.get("/", _home)])
        app.router.add_routes(
            sandbox_routes(plan.store.reads, plan.policy.zone, phones, gateway.changes)
        )

    def _smtp_port(self) -> int:
        """Of the mail door, 0 until it listens."""
        if self._gateway is None:
            return 0
        doors = [mounted.door for mounted in self._gateway.plan.doors]
        ports = [door.smtp_port for door in doors if isinstance(door, Email)]
        return next(filter(None, ports), 0)

    def _sms(self, base_url: str) -> dict[str, Any]:
        return {
            "kind": "twilio_sms",
            "account_sid": self.sms.account.sid,
            "auth_token": self.sms.account.token,
            "from_number": SMS_NUMBER,
            "api_base_url": base_url,
        }

    def _whatsapp(self, base_url: str) -> dict[str, Any]:
        app = self.whatsapp.app
        return {
            "kind": "whatsapp_cloud",
            "phone_number_id": app.number_id,
            "business_account_id": app.account_id,
            "own_number": app.number,
            "app_secret": app.secret,
            "verify_token": app.verify_token,
            "access_token": app.token,
            "api_base_url": base_url,
            "doubt_seconds": self.doubt,
        }

    def _telegram(self, base_url: str) -> dict[str, Any]:
        return {
            "kind": "telegram",
            "bot_token": self.telegram.bot.token,
            "webhook_secret": secrets.token_hex(16),
            "api_base_url": base_url,
        }

    def _surel(self, relay_port: int) -> dict[str, Any]:
        return {
            "kind": "email",
            "address": DESK,
            "token_secret": secrets.token_hex(16),
            "smtp_in": {"port": 0},
            "smtp_out": {"host": "127.0.0.1", "port": relay_port, "security": "plain"},
        }


async def _home(_request: web.Request) -> web.Response:
    sandbox = "/sandbox"
    raise web.HTTPFound(sandbox)


def _digits() -> str:
    """Fifteen digits, as Meta's ids and Telegram's numbers are made of."""
    return str(secrets.randbelow(9 * 10**14) + 10**14)
