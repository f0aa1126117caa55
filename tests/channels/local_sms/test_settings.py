"""What the three gateways' settings accept, told as the configuration tells it."""

from __future__ import annotations

from typing import Any

import pytest

from config.doors.local_sms import bits
from config.load import read
from config.problems import ConfigurationError
from core.model.messages import Address, AddressKind, ChannelId
from core.ports import Listens, Webhook
from gateway.clock import SystemClock
from gateway.doors.made import Place
from gateway.wiring import make_door
from tests.channels.local_sms.asking import OLD_SECRET, SECRET, asked

KANNEL = {
    "kind": "kannel",
    "secret": SECRET,
    "username": "helpdesk",
    "password": "sandi-sendsms",
    "from_number": "3636",
}
JASMIN = {"kind": "jasmin", "secret": SECRET, "username": "helpdesk", "password": "sandi-jasmin"}
GAMMU = {"kind": "gammu", "database": "sqlite:////var/lib/gammu/smsd.db"}


def settings(channel: dict[str, Any]) -> Any:
    return read(
        {
            "office": {"name": "Dinas Contoh"},
            "http": {"public_url": "https://helpdesk.contoh.go.id"},
            "channels": {"modem": channel},
        }
    )


def made(channel: dict[str, Any]) -> Any:
    return make_door(Place(ChannelId("modem"), settings(channel), SystemClock()))


@pytest.mark.parametrize("channel", [KANNEL, JASMIN])
def test_a_webhook_of_two_routes_that_knows_both_secrets(channel: dict[str, Any]) -> None:
    found = made(channel | {"secret_previous": OLD_SECRET, "own_numbers": ["+6281100003636"]})
    door = found.mounted.door
    assert isinstance(door, Webhook)
    assert [route.path for route in found.mounted.routes] == [
        "/hooks/modem",
        "/hooks/modem/status",
    ]
    door.verify(asked("id=1", secret=OLD_SECRET))
    door.verify(asked("id=1"))
    assert Address(AddressKind.PHONE, "+6281100003636") in found.own


def test_gammu_listens_and_has_no_webhook() -> None:
    found = made(GAMMU | {"own_numbers": ["+6281100003636"]})
    assert isinstance(found.mounted.door, Listens)
    assert found.mounted.routes == ()
    assert found.own == {Address(AddressKind.PHONE, "+6281100003636")}


@pytest.mark.parametrize(
    ("base", "changes", "key"),
    [
        *((base, {"secret": weak}, "secret") for base in (KANNEL, JASMIN) for weak in (
            "", " ", "pendek", "0123456789abcdef", "a" * 64, "1" * 64, "ab" * 32,
            "0123456789" * 3, "f00dfeed" * 3, "kata sandi yang panjang sekali dan mudah",
            "abcdefghijklmnopqrstuv", "0123456789abcdef0123456789ABCDEFGHI&",
        )),
        (KANNEL, {"secret_previous": "pendek"}, "secret_previous"),
        (KANNEL, {"password": " "}, "password"),
        (KANNEL, {"username": ""}, "username"),
        (KANNEL, {"from_number": "HELPDESK"}, "from_number"),
        (KANNEL, {"allow_from": ["kannel.local"]}, "allow_from"),
        (KANNEL, {"allow_from": ["192.168.1.5/24"]}, "allow_from"),
        (KANNEL, {"sendsms_url": "http://192.168.1.5:13013/cgi-bin/sendsms"}, "sendsms_url"),
        (KANNEL, {"sendsms_url": "http://127.0.0.1/sendsms?password=x"}, "sendsms_url"),
        (KANNEL, {"callback_url": "http://10.0.0.1:8080"}, "callback_url"),
        (KANNEL, {"number_form": "lokal"}, "number_form"),
        (KANNEL, {"max_parts": 0}, "max_parts"),
        (JASMIN, {"default_alphabet": "utf8"}, "default_alphabet"),
        (JASMIN, {"send_url": "127.0.0.1:1401"}, "send_url"),
        (GAMMU, {"database": "mysql://smsd@127.0.0.1/smsd"}, "database"),
        (GAMMU, {"database": "sqlite:///"}, "database"),
        (GAMMU, {"database": "sqlite://var/lib/smsd.db"}, "database"),
        (GAMMU, {"database": "postgresql://x:rahasia@127.0.0.1/smsd"}, "database"),
        (GAMMU, {"database": "postgresql://[::1/smsd"}, "database"),
        (GAMMU, {"password": ""}, "password"),
    ],
)  # fmt: skip
def test_what_could_only_fail_later_is_refused_at_the_start(
    base: dict[str, Any], changes: dict[str, Any], key: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings(base | changes)
    told = str(caught.value)
    assert f"channels.modem.{key}" in told
    given = next(iter(changes.values()))
    if key in ("secret", "secret_previous", "password", "database") and len(given) > 10:
        assert given not in told


@pytest.mark.parametrize("base", [KANNEL, JASMIN])
def test_a_channel_without_its_secret_does_not_start(base: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="secret"):
        settings({key: value for key, value in base.items() if key != "secret"})


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        ("0123456789abcdef" * 2, True),
        ("0123456789ABCDEF" * 2, True),
        ("0123456789abcdef" * 2 + "g", True),
        ("0123456789abcdef0123456789abcde", False),
        ("0123456789" * 4, True),
        ("kata-sandi_Acak.123456", True),
        ("kata-sandi_Acak.12345", False),
        ("aaab" * 20, False),
    ],
)
def test_how_much_a_secret_can_hold(text: str, enough: bool) -> None:
    assert (bits(text) >= 128) is enough


def test_what_the_pages_print_is_accepted() -> None:
    accepted: list[dict[str, Any]] = [
        KANNEL | {"allow_from": ["127.0.0.1"], "callback_url": "http://127.0.0.1:8080"},
        KANNEL | {"sendsms_url": "https://kannel.contoh.go.id/cgi-bin/sendsms"},
        JASMIN | {"from_number": "3636", "allow_from": ["127.0.0.1", "fd00::/8"]},
        GAMMU | {"own_numbers": ["+6281100003636"]},
        GAMMU | {"database": "postgresql://helpdesk_sms@127.0.0.1/smsd", "password": "sandi"},
    ]
    assert all(settings(channel).channels["modem"] for channel in accepted)
