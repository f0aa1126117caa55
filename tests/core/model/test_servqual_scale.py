"""The words and labels of the two scales, as requirements §6 has them."""

from __future__ import annotations

from core.model.servqual import HIGHEST
from core.model.servqual_scale import EXPECTATION_SCALE, PERCEPTION_SCALE, Grade


def told(scale: tuple[Grade, ...]) -> list[tuple[int, str, str]]:
    return [(one.score, one.label, one.words) for one in scale]


def test_ll_31_what_is_expected_from_stt_to_st() -> None:
    assert told(EXPECTATION_SCALE) == [
        (1, "STT", "Sangat tidak tepat"),
        (2, "TT", "Tidak tepat"),
        (3, "CT", "Cukup tepat"),
        (4, "T", "Tepat"),
        (5, "ST", "Sangat tepat"),
    ]


def test_ll_30_what_was_perceived_from_stb_to_sb() -> None:
    assert told(PERCEPTION_SCALE) == [
        (1, "STB", "Sangat tidak baik"),
        (2, "TB", "Tidak baik"),
        (3, "CB", "Cukup baik"),
        (4, "B", "Baik"),
        (5, "SB", "Sangat baik"),
    ]


def test_ll_31_no_label_stands_for_two_things() -> None:
    """The publication printed STB for both; every step has its own."""
    both = (*PERCEPTION_SCALE, *EXPECTATION_SCALE)
    assert len({one.label for one in both}) == len(both) == 2 * HIGHEST
