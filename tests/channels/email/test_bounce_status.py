"""What servers' words mean: each row is a sentence as one kind of server writes it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.bounce_status import status_in, status_of


@pytest.mark.parametrize(
    ("text", "status"),
    [
        # said outright: that counts, whatever the words
        ("550 5.1.1 <rina@warga.example> mailbox full", "5.1.1"),
        ("(#5.2.2)", "5.2.2"),
        # not a status: addresses, versions, dates, sizes
        ("Postfix 5.1.1.2 on 10.5.1.1", ""),
        ("mx 192.5.1.1 at 14.5.2026", ""),
        # unknown people
        ("550 unknown user <rina@warga.example>", "5.1.1"),
        ("Remote host said: 550 unknown user rina", "5.1.1"),
        ("There is no such user here.", "5.1.1"),
        ("550 Requested action not taken: mailbox unavailable", "5.1.1"),
        ("User rina (rina@warga.example) not listed in Directory", "5.1.1"),
        ("This user doesn't have a warga.example account", "5.1.1"),
        ("That's not a valid user here.", "5.1.1"),
        ("Sorry, no mailbox here by that name.", "5.1.1"),
        ("Alamat tidak ditemukan", "5.1.1"),
        # places
        ("550 Host unknown (Authoritative answer from name server)", "5.1.2"),
        ("Domain warga.example does not exist", "5.1.2"),
        ("Unrouteable mail domain", "5.1.2"),
        # full, closed, too big
        ("The mailbox is full", "5.2.2"),
        ("552 Quota violation for rina@warga.example", "5.2.2"),
        ("As their mailbox is full.", "5.2.2"),
        ("User's Disk Quota Exceeded", "5.2.2"),
        ("mail box space not enough", "5.2.2"),
        ("This account has been disabled or discontinued", "5.2.1"),
        ("550 Mailbox currently suspended", "5.2.1"),
        ("This message exceeds the maximum message size allowed", "5.3.4"),
        ("message too large", "5.3.4"),
        # the way there
        ("554 Relaying denied", "5.7.1"),
        ("554 Service unavailable; client blocked by list", "5.7.1"),
        ("554 Too many hops", "5.4.6"),
        ("the destination computer was not reachable", "5.4.7"),
        # only a code
        ("Remote host said: 554 sorry", "5.0.0"),
        ("[450] come back", "4.0.0"),
        ("450 bytes were sent", ""),
        ("550 KB of 600", ""),
        ("It did not work out.", ""),
        ("", ""),
    ],
)
def test_what_a_failure_means(text: str, status: str) -> None:
    assert status_of(text, "failed") == status


@pytest.mark.parametrize(
    ("text", "action", "status"),
    [
        ("Mailbox is full, we will try again", "delayed", "4.2.2"),
        ("550 user unknown", "delayed", "4.1.1"),
        ("no answer from host", "delayed", "4.4.7"),
        ("550 user unknown", "delivered", ""),
        ("relayed, 2.0.0", "relayed", "2.0.0"),
    ],
)
def test_the_action_gives_the_class(text: str, action: str, status: str) -> None:
    assert status_of(text, action) == status


def test_a_status_stands_alone() -> None:
    assert status_in("X 4.4.1, 5.1.1") == "4.4.1"
    assert status_in("nothing") == ""


@given(st.text(max_size=300), st.sampled_from(["failed", "delayed", "delivered"]))
def test_any_text_is_read(text: str, action: str) -> None:
    assert status_of(text, action) == "" or status_of(text, action)[1] == "."


@pytest.mark.parametrize("text", ["mailbox " * 800, "exceed a b c " * 500, "user" * 1500])
def test_no_text_makes_it_slow(text: str) -> None:
    began = time.process_time()
    status_of(text[:6000], "failed")
    assert time.process_time() - began < 1
