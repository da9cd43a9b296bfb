"""A sealed value opens in its own place and nowhere else."""

import pickle
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from guiju.vault.sealing import Dek, Tampered, new_dek, open_, pack, seal, unpack, unpack_one
from guiju.vault.tests.cast import ANA, LI_NA

KEY = bytes(range(32))
FIELDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
VERSIONS = st.integers(0, 2**32 - 1)


def test_the_layout_of_a_ciphertext_is_the_documented_one() -> None:
    nonce = bytes(12)
    place = bytes.fromhex("11") + LI_NA.bytes + (7).to_bytes(8, "big") + b"phone"
    made_by_hand = b"\x11" + nonce + AESGCM(KEY).encrypt(nonce, b"+8613800138000", place)

    opened = open_(Dek(KEY), customer=LI_NA, field="phone", version=7, ciphertext=made_by_hand)
    assert opened == b"+8613800138000"


def test_a_ciphertext_of_an_earlier_release_still_opens() -> None:
    kept = bytes.fromhex("11000102030405060708090a0ba19f58fe6d79251143d0455f97189a2cad97028562a7")
    assert open_(Dek(KEY), customer=LI_NA, field="name", version=1, ciphertext=kept) == "李娜".encode()


@given(plaintext=st.binary(max_size=300), field=FIELDS, version=VERSIONS, customer=st.uuids())
def test_every_value_comes_back(plaintext: bytes, field: str, version: int, customer: UUID) -> None:
    dek = new_dek()
    sealed = seal(dek, customer=customer, field=field, version=version, plaintext=plaintext)
    assert open_(dek, customer=customer, field=field, version=version, ciphertext=sealed) == plaintext


@given(plaintext=st.binary(max_size=60), data=st.data())
def test_every_flipped_bit_is_noticed(plaintext: bytes, data: st.DataObject) -> None:
    dek = Dek(KEY)
    sealed = bytearray(seal(dek, customer=LI_NA, field="name", version=1, plaintext=plaintext))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Tampered):
        open_(dek, customer=LI_NA, field="name", version=1, ciphertext=bytes(sealed))


@pytest.mark.parametrize(
    ("customer", "field", "version"), [(ANA, "name", 1), (LI_NA, "phone", 1), (LI_NA, "name", 2), (LI_NA, "nam", 1)]
)
def test_a_ciphertext_moved_to_another_place_is_refused(customer: UUID, field: str, version: int) -> None:
    sealed = seal(Dek(KEY), customer=LI_NA, field="name", version=1, plaintext=b"Li Na")
    with pytest.raises(Tampered):
        open_(Dek(KEY), customer=customer, field=field, version=version, ciphertext=sealed)


@pytest.mark.parametrize("cut", [0, 1, 12, 28, 30])
def test_a_ciphertext_cut_short_is_refused(cut: int) -> None:
    sealed = seal(Dek(KEY), customer=LI_NA, field="name", version=1, plaintext=b"Li Na")
    with pytest.raises(Tampered):
        open_(Dek(KEY), customer=LI_NA, field="name", version=1, ciphertext=sealed[:cut])


def test_another_customers_key_opens_nothing() -> None:
    sealed = seal(new_dek(), customer=LI_NA, field="name", version=1, plaintext=b"Li Na")
    with pytest.raises(Tampered):
        open_(new_dek(), customer=LI_NA, field="name", version=1, ciphertext=sealed)


def test_the_same_value_never_gives_the_same_ciphertext() -> None:
    dek = new_dek()
    made = {seal(dek, customer=LI_NA, field="name", version=1, plaintext=b"Li Na") for _ in range(100)}
    assert len(made) == 100


def test_a_key_in_clear_neither_prints_nor_travels() -> None:
    assert repr(Dek(KEY)) == "<Dek>"
    with pytest.raises(TypeError, match="stays in its process"):
        pickle.dumps(Dek(KEY))


PARTS = st.dictionaries(FIELDS, st.tuples(VERSIONS, st.binary(max_size=80)), max_size=8)


@given(parts=PARTS)
def test_packed_values_come_back_together_and_one_by_one(parts: dict[str, tuple[int, bytes]]) -> None:
    packed = pack(parts)
    assert unpack(packed) == parts
    assert {field: unpack_one(packed, field) for field in parts} == parts
    assert unpack_one(packed, "another-field" * 5) is None


@given(parts=PARTS)
def test_the_order_of_the_fields_does_not_change_the_pack(parts: dict[str, tuple[int, bytes]]) -> None:
    assert pack(dict(reversed(parts.items()))) == pack(parts)


@given(parts=PARTS.filter(bool), data=st.data())
def test_a_pack_cut_anywhere_is_refused_or_shorter_by_whole_fields(
    parts: dict[str, tuple[int, bytes]], data: st.DataObject
) -> None:
    packed = pack(parts)
    cut = packed[: data.draw(st.integers(0, len(packed) - 1))]
    try:
        left = unpack(cut)
    except Tampered:
        return
    assert pack(left) == cut
    assert left.items() < parts.items()


@given(junk=st.binary(max_size=60))
def test_what_the_parser_accepts_is_exactly_what_pack_makes(junk: bytes) -> None:
    for candidate in (junk, b"\x01" + junk):
        try:
            parts = unpack(candidate)
        except Tampered:
            continue
        assert pack(parts) == candidate


def test_a_pack_with_a_field_twice_is_refused() -> None:
    once = pack({"name": (1, b"x")})
    with pytest.raises(Tampered):
        unpack(once + once[1:])


def test_a_field_key_that_is_no_text_is_refused() -> None:
    with pytest.raises(Tampered):
        unpack(b"\x01\x01" + bytes(8) + b"\xff")


@pytest.mark.parametrize("field", ["", "x" * 256])
def test_a_field_key_has_1_to_255_bytes(field: str) -> None:
    with pytest.raises(ValueError, match="255"):
        pack({field: (1, b"")})
