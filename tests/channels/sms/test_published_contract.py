"""Our calls against Twilio's own published description of its API, served by Prism."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from channels.twilio.account import Account
from core.errors import SendError, SendFailure
from core.model.messages import DeliveryState, InboundMessage
from tests.channels.sms.doors import ACCOUNT, NUMBER, SERVICE, door, outbound
from tests.channels.twilio.signing import NOW, TOKEN
from tests.peers import prism

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def twilio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log: Path = tmp_path_factory.mktemp("prism") / "prism.log"
    with prism("twilio_api_v2010.json", log) as base:
        yield base


@pytest.mark.parametrize("service", [None, SERVICE])
async def test_a_send_is_taken(twilio: str, service: str | None) -> None:
    opened = door(api_base_url=twilio, messaging_service_sid=service, validity=3600)
    receipt = await opened.send(outbound())
    await opened.close()
    assert receipt.provider_id.startswith("SM")
    assert receipt.state is DeliveryState.QUEUED


async def test_a_send_without_recipient_is_refused_for_good(twilio: str) -> None:
    account = Account(ACCOUNT, TOKEN, base_url=twilio)
    with pytest.raises(SendError) as caught:
        await account.post("Messages.json", {"From": NUMBER, "Body": "halo"})
    await account.close()
    assert caught.value.problem.failure is SendFailure.PERMANENT


async def test_another_account_form_is_refused(twilio: str) -> None:
    opened = door(api_base_url=twilio, account_sid="AC1")
    with pytest.raises(SendError) as caught:
        await opened.send(outbound())
    await opened.close()
    assert caught.value.problem.failure is not SendFailure.DOUBT


async def test_the_published_list_is_read_for_copies(twilio: str) -> None:
    opened = door(api_base_url=twilio)
    long_ago = NOW.replace(year=2019, month=1)
    found = await opened.copies_of(outbound(text="testing"), long_ago)
    none = await opened.copies_of(outbound(), long_ago)
    await opened.close()
    assert found
    assert {copy.state for copy in found} == {DeliveryState.SENT}
    assert all(copy.created_at is not None and copy.created_at.year == 2019 for copy in found)
    assert none == []


async def test_the_published_list_and_media_are_read_for_missed_messages(twilio: str) -> None:
    # the number to which the published example was sent
    opened = door(api_base_url=twilio, from_number="+18182008801")
    listed = [message async for message in opened.missed_since(NOW.replace(year=2019))]
    await opened.close()
    found = [message for message in listed if isinstance(message, InboundMessage)]
    assert {message.text for message in found} == {"look mom I have media!"}
    assert all(message.late for message in found)
    (file,) = found[0].attachments
    assert file.content_type == "image/jpeg"
    assert file.reference.startswith(twilio)
    assert "/Media/ME" in file.reference
