"""The settings of acts, and the policy that is made of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from config.work import WorkSettings
from core.model.scene import REJECT_REASONS, STOPPING, RejectReason, WorkPolicy
from gateway.work_policy import work_policy
from tests.core.fakes import office

OWN = "spam: bukan pengaduan; tata tertib layanan"


def test_the_defaults_are_those_of_the_requirements() -> None:
    policy = work_policy(WorkSettings(), office())
    assert policy == WorkPolicy(office())
    assert policy.close_after == timedelta(days=7)
    assert not policy.approval_before_work
    assert policy.stopping == STOPPING
    assert policy.reject_reasons is REJECT_REASONS


def test_everything_set_arrives() -> None:
    settings = WorkSettings(
        approval_before_work=True,
        approval_after_work=True,
        close_after_days=14,
        stopping=("unit_holiday",),
        reject_reasons=(OWN,),
    )
    policy = work_policy(settings, office(), lambda _: office().calendar)
    assert policy.approval_before_work
    assert policy.approval_after_work
    assert policy.close_after == timedelta(days=14)
    assert policy.stopping == {"unit_holiday"}
    assert policy.reject_reasons == {
        "spam": RejectReason("bukan pengaduan", "tata tertib layanan")
    }
    assert policy.calendar("") is policy.calendar("apotek")


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"close_after_days": 0}, "close_after_days"),
        ({"close_after_days": 366}, "close_after_days"),
        ({"stopping": ("lunch",)}, "stopping"),
        ({"reject_reasons": ("spam",)}, "reject_reasons"),
        ({"reject_reasons": ("Spam: bukan pengaduan; aturan",)}, "reject_reasons"),
        ({"reject_reasons": ("spam: a; b",)}, "reject_reasons"),
        ({"reject_reasons": ("spam: satu\ndua; aturan",)}, "reject_reasons"),
        ({"reject_reasons": (OWN, OWN)}, "reject_reasons"),
        ({"approve": True}, "approve"),
    ],
)
def test_what_cannot_be_is_refused_by_its_key(given: dict[str, Any], key: str) -> None:
    with pytest.raises(ValidationError, match=key):
        WorkSettings(**given)
