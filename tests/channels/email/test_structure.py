from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.structure import Entity, tree_of
from tests.channels.email.mails import multi, part, whole


def shape(entity: Entity) -> object:
    """Leaves as their bodies, multiparts as lists."""
    if entity.children:
        return [shape(child) for child in entity.children]
    return entity.body().decode()


MIXED = "Content-Type: multipart/mixed; boundary=b\n\n"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("\nhalo", "halo"),
        (MIXED + "--b\n\nsatu\n--b\n\ndua\n--b--\n", ["satu", "dua"]),
        (MIXED.replace("\n", "\r\n") + "--b\r\n\r\nsatu\r\n--b--\r\n", ["satu"]),
        (MIXED + "awal\n--b\n\nsatu\n--b--\nakhir\n", ["satu"]),
        (MIXED + "--b  \n\nsatu\n--b--  \n", ["satu"]),
        (MIXED + "--b\n\nsatu --b dua\n --b\n--bc\n--b--\n", ["satu --b dua\n --b\n--bc"]),
        (MIXED + "--b\n\nsatu", ["satu"]),  # no end
        (MIXED + "--b\n\n--b\n\n--b--", ["", ""]),
        (MIXED + "--b\n--b--", [""]),
        (MIXED + "--b\n\nsatu\n--b--\n\n--b\n\ndua\n--b--\n", ["satu", "dua"]),  # goes on
        (MIXED + "tanpa batas", "tanpa batas"),
        (MIXED + "--c\nContent-Type: text/plain\n\nsatu\n--c--\n", ["satu"]),  # guessed
        ("Content-Type: multipart/mixed\n\n--c\nContent-Type: text/plain\n\nsatu\n", ["satu\n"]),
        ('Content-Type: multipart/mixed; boundary=""\n\nhalo', "halo"),
        ('Content-Type: multipart/mixed; boundary="b\n\n--b\n\nsatu\n--b--', ["satu"]),
        ("Content-Type: multipart/mixed\n\tboundary=b\n\n--b\n\nsatu\n--b--", ["satu"]),
        ("Content-Type: text/html, text/plain\n\nhalo", "halo"),
        # two types: the one that divides the body, if it does
        ("Content-Type: text/plain\n" + MIXED + "--b\n\nsatu\n--b--\n", ["satu"]),
        ("Content-Type: text/plain\n" + MIXED.replace("=b", "=q") + "halo", "halo"),
    ],
)
def test_parts(raw: str, found: object) -> None:
    assert shape(tree_of(raw.encode())[0]) == found


def test_multiparts_within_multiparts() -> None:
    inner = multi("alternative", part("", "a"), part("", "b"), boundary="dalam")
    tree, defects = tree_of(whole("mixed", inner.encode(), part("", "c")))
    assert (shape(tree), defects) == ([["a", "b"], "c"], [])


def test_an_inner_multipart_without_end_stops_at_the_outer_boundary() -> None:
    inner = b"Content-Type: multipart/mixed; boundary=dalam\n\n--dalam\n\na\n"
    tree, defects = tree_of(whole("mixed", inner, part("", "c")))
    assert (shape(tree), defects) == ([["a\n"], "c"], ["end of multipart missing"])


def test_one_boundary_inside_the_other() -> None:
    inner = multi("mixed", part("", "a"), boundary="batas-dalam")
    tree, _ = tree_of(whole("mixed", inner.encode(), part("", "c")))
    assert shape(tree) == [["a"], "c"]


def test_nesting_and_counting_end_somewhere() -> None:
    nest = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1000)
    )
    tree, defects = tree_of(nest.encode() + b"\n\nhalo")
    assert "nested too deep" in defects
    assert len(list(tree.leaves())) == 1
    many, defects = tree_of(MIXED.encode() + b"--b\n\nx\n" * 50_000)
    assert (len(many.children), defects) == (1000, ["too many parts"])


def test_a_digest_holds_mails() -> None:
    tree, _ = tree_of(whole("digest", part("", "Subject: a\n\nb"), part("Content-Type: a/b", "c")))
    assert [child.type.kind for child in tree.children] == ["message/rfc822", "a/b"]


@given(st.text(alphabet="-b\n :a", max_size=200), st.sampled_from([MIXED, "", MIXED + MIXED]))
def test_every_leaf_is_a_slice_of_the_mail_and_in_order(body: str, head: str) -> None:
    raw = (head + body).encode()
    tree, _ = tree_of(raw)
    end = 0
    for leaf in tree.leaves():
        assert end <= leaf.start <= leaf.end <= len(raw)
        end = leaf.end


@given(st.binary(max_size=300))
def test_nothing_raises(raw: bytes) -> None:
    tree_of(raw)
    tree_of(MIXED.encode() + raw)


@pytest.mark.parametrize(
    "bomb",
    [
        MIXED + "--b\n" * 100_000,
        MIXED + "--bb\n" * 100_000,
        (MIXED + "--b\n") * 5_000,
        "X: y\n" + " z\n" * 60_000,
        "X: y\n" + "junk\n" * 60_000,
        "--" * 100_000,
    ],
)
def test_no_bomb(bomb: str) -> None:
    began = time.thread_time()
    tree_of(bomb.encode())
    assert time.thread_time() - began < 1
