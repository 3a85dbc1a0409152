"""What is encrypted tells nothing without its key, comes back whole with it, and stays readable when the key is changed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.store import encryption
from gateway.store.encryption import HEAD_BYTES, NONCE_BYTES

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
PLAIN = b'{"wearer":"W-017","value":131}'


@pytest.fixture(autouse=True)
def one_key() -> Iterator[None]:
    encryption.use([KEY])
    yield
    encryption.use([])


@given(st.binary())
def test_what_was_encrypted_comes_back_and_is_not_to_be_seen(plain: bytes) -> None:
    stored = encryption.encrypt(plain)

    assert encryption.decrypt(stored) == plain
    assert encryption.is_encrypted(stored)
    assert len(plain) < 4 or plain not in stored


def test_the_same_is_never_encrypted_alike() -> None:
    assert len({encryption.encrypt(PLAIN) for _ in range(1000)}) == 1000


def test_a_name_is_encrypted_alike_each_time_so_that_rows_are_found_by_it() -> None:
    stored = encryption.encrypt_name("W-017")

    assert stored == encryption.encrypt_name("W-017") != encryption.encrypt_name("W-018")
    assert encryption.decrypt_name(stored) == "W-017"
    assert "W-017" not in stored
    assert encryption.encrypt_name("") == encryption.decrypt_name("") == ""


def test_without_a_key_everything_stays_as_it_is() -> None:
    encryption.use([])

    assert encryption.encrypt(PLAIN) == PLAIN == encryption.decrypt(PLAIN)
    assert encryption.encrypt_name("W-017") == "W-017" == encryption.decrypt_name("W-017")


@pytest.mark.parametrize("stored", [PLAIN, zlib.compress(PLAIN, 1)], ids=["JSON", "zlib"])
def test_what_was_stored_before_there_was_a_key_is_still_read(stored: bytes) -> None:
    assert encryption.decrypt(stored) == stored
    assert not encryption.is_locked(stored)


def test_a_new_key_before_the_old_one_encrypts_and_the_old_one_still_decrypts() -> None:
    old, old_name = encryption.encrypt(PLAIN), encryption.encrypt_name("W-017")

    encryption.use([OTHER, KEY])
    new = encryption.encrypt(PLAIN)

    assert encryption.decrypt(old) == encryption.decrypt(new) == PLAIN
    assert old[:HEAD_BYTES] != new[:HEAD_BYTES]
    assert encryption.decrypt_name(old_name) == "W-017"


@pytest.mark.parametrize("keys", [[], [OTHER]], ids=["no key", "another"])
def test_without_its_key_it_is_locked(keys: list[bytes]) -> None:
    stored, name = encryption.encrypt(PLAIN), encryption.encrypt_name("W-017")

    encryption.use(keys)

    assert encryption.is_locked(stored)
    assert encryption.decrypt(stored) == b""
    assert encryption.decrypt_name(name) == ""


def test_no_flipped_bit_goes_unnoticed() -> None:
    stored = encryption.encrypt(PLAIN)
    for at in range(HEAD_BYTES * 8, len(stored) * 8):
        flipped = bytearray(stored)
        flipped[at // 8] ^= 1 << at % 8

        assert encryption.decrypt(bytes(flipped)) == b""


@given(st.binary(max_size=HEAD_BYTES + NONCE_BYTES + 20), st.text(max_size=40))
def test_whatever_is_there_nothing_is_raised(rest: bytes, name: str) -> None:
    encryption.decrypt(encryption.MARK + rest)
    encryption.decrypt_name(encryption.NAME_MARK + name)
