"""Sentences that pages can say in another language, and that are plain text everywhere else."""

from __future__ import annotations

import copy
import json

import pytest

from core.model.sentences import Sentence, listed, lowered, said, term

ENGLISH = {
    "Tiket {number} sudah {status}.": "Ticket {number} is {status}.",
    "Pilihan: {words}.": "Choose from: {words}.",
    "Ditutup": "Closed",
    "Ditolak": "Rejected",
}


def english(words: str) -> str:
    return ENGLISH.get(words, words)


def closed() -> str:
    return said("Tiket {number} sudah {status}.", number="HD26-1", status=lowered("Ditutup"))


def told(sentence: str) -> str:
    assert isinstance(sentence, Sentence)
    return sentence.told(english)


def test_a_sentence_without_values_is_the_text_itself() -> None:
    assert type(said("Isi alasannya.")) is str
    assert said("Isi 100% {lengkap}.") == "Isi 100% {lengkap}."


def test_a_sentence_is_a_text_wherever_texts_go() -> None:
    assert closed() == "Tiket HD26-1 sudah ditutup."
    assert json.dumps({"detail": closed()}) == '{"detail": "Tiket HD26-1 sudah ditutup."}'
    assert type(str(closed())) is str
    assert len({closed(), "Tiket HD26-1 sudah ditutup."}) == 1


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy])
def test_a_copy_can_still_be_told(again: object) -> None:
    assert callable(again)
    assert told(again(closed())) == "Ticket HD26-1 is closed."


def test_words_of_ours_are_translated_and_names_are_not() -> None:
    by_name = said("Tiket {number} sudah {status}.", number="Ditutup", status=term("Ditolak"))
    assert told(by_name) == "Ticket Ditutup is Rejected."


def test_a_list_translates_each_of_its_words() -> None:
    words = listed([term("Ditutup"), term("Ditolak"), "Bidang {Aneh}"])
    assert words == "Ditutup, Ditolak, Bidang {Aneh}"
    told_now = told(said("Pilihan: {words}.", words=words))
    assert told_now == "Choose from: Closed, Rejected, Bidang {Aneh}."
    assert not listed([])


def test_braces_and_percents_of_a_value_stay_as_they_are() -> None:
    typed = "{status} %s %(x)s {0}"
    sentence = said("Tiket {number} sudah {status}.", number=typed, status=term("Ditutup"))
    assert told(sentence) == f"Ticket {typed} is Closed."
