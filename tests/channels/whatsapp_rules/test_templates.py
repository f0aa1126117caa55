from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.whatsapp_rules.templates import (
    LONGEST_PLACE,
    Places,
    Template,
    WindowRule,
    one_line,
    places,
)
from core.errors import Scope, SendError, SendFailure
from core.model.messages import (
    Address,
    AddressKind,
    ChannelId,
    Conversation,
    OutboundFile,
    OutboundMessage,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ACK, ANY = Template("kabar_tiket"), Template("kabar_umum")
RULE = WindowRule({"ack": ACK, "*": ANY})
OPEN = Conversation(heard_at=NOW)
SHUT = Conversation(number="HD26-004217-4", heard_at=NOW - timedelta(hours=24))
FILE = OutboundFile("/x/surat.pdf", "application/pdf", "surat.pdf", 3)


def message(conversation: Any, text: str = "Laporan diterima.", purpose: str = "ack") -> Any:
    person = Address(AddressKind.WHATSAPP, "+6281234567890")
    return OutboundMessage(
        1, ChannelId("wa"), person, text, purpose=purpose, conversation=conversation
    )


@pytest.mark.parametrize(
    ("conversation", "purpose", "chosen"),
    [
        (OPEN, "ack", None),
        (None, "ack", None),
        (SHUT, "ack", ACK),
        (SHUT, "status", ANY),
        (SHUT, "", ANY),
        (Conversation(), "ack", ACK),
        (Conversation(heard_at=NOW, files=(FILE,)), "ack", None),
    ],
)
def test_a_template_is_taken_only_outside_the_window(
    conversation: Any, purpose: Any, chosen: Any
) -> None:
    assert RULE.template_for(message(conversation, purpose=purpose), NOW) == chosen


@pytest.mark.parametrize(
    ("rule", "conversation", "text", "word"),
    [
        (WindowRule({}), SHUT, "x", "templat untuk pesan ini"),
        (WindowRule({"status": ACK}), SHUT, "x", "templat untuk pesan ini"),
        (RULE, Conversation(files=(FILE,)), "x", "berkas"),
        (RULE, SHUT, "x" * (LONGEST_PLACE + 1), "1.024"),
    ],
)
def test_what_fits_no_template_is_held_with_the_reason(
    rule: Any, conversation: Any, text: Any, word: Any
) -> None:
    with pytest.raises(SendError) as caught:
        rule.template_for(message(conversation, text), NOW)
    problem = caught.value.problem
    assert (problem.failure, problem.scope) == (SendFailure.HELD, Scope.RECIPIENT)
    assert problem.reason.startswith("Jendela 24 jam WhatsApp sudah tertutup")
    assert word in problem.reason
    assert not caught.value.retryable


def test_the_margin_is_the_offices() -> None:
    late = Conversation(heard_at=NOW - timedelta(hours=23))
    assert WindowRule({"*": ANY}, timedelta(hours=2)).template_for(message(late), NOW) == ANY
    assert WindowRule({"*": ANY}, timedelta()).template_for(message(late), NOW) is None


def test_the_places_hold_number_and_text() -> None:
    assert places(message(SHUT, "a\n\nb")) == Places("HD26-004217-4", "a b")
    assert places(message(Conversation(), "a")) == Places("-", "a")
    assert places(message(None, "a")) == Places("-", "a")


def test_a_text_of_just_the_most_fits() -> None:
    text = "x" * (LONGEST_PLACE - 2) + "\n\n\n\ny"
    assert RULE.template_for(message(SHUT, text), NOW) == ACK


@given(st.text())
def test_one_line_has_nothing_that_a_template_refuses(text: str) -> None:
    line = one_line(text)
    assert not set(line) & set("\r\n\t\v\f\u2028\u2029\x85")
    assert "  " not in line
    assert line.split() == text.split()
