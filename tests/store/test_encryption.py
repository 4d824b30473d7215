"""Secrets at rest."""

import pytest

from bramka.domain.errors import Unavailable
from bramka.store.encryption import Cipher

OLD, NEW = b"o" * 32, b"n" * 32


def test_what_was_encrypted_comes_back() -> None:
    cipher = Cipher(OLD)
    assert cipher.decrypt(cipher.encrypt(b"key", "a/1"), "a/1") == b"key"


def test_two_records_of_one_secret_differ() -> None:
    cipher = Cipher(OLD)
    assert cipher.encrypt(b"key", "a/1") != cipher.encrypt(b"key", "a/1")


def test_a_record_moved_to_another_place_is_refused() -> None:
    record = Cipher(OLD).encrypt(b"key", "a/1")
    with pytest.raises(Unavailable, match="a/2 is damaged or was moved"):
        Cipher(OLD).decrypt(record, "a/2")


@pytest.mark.parametrize("index", range(0, 36, 3))
def test_a_changed_byte_is_noticed(index: int) -> None:
    record = bytearray(Cipher(OLD).encrypt(b"key", "a/1"))
    record[index] ^= 1
    with pytest.raises(Unavailable):
        Cipher(OLD).decrypt(bytes(record), "a/1")


@pytest.mark.parametrize("size", [0, 1, 5, 16, 20])
def test_a_cut_record_is_refused(size: int) -> None:
    record = Cipher(OLD).encrypt(b"key", "a/1")[:size]
    with pytest.raises(Unavailable):
        Cipher(OLD).decrypt(record, "a/1")


def test_a_new_key_reads_old_records_while_the_old_one_is_given() -> None:
    record = Cipher(OLD).encrypt(b"key", "a/1")
    both = Cipher(NEW, older=(OLD,))
    assert both.decrypt(record, "a/1") == b"key"
    assert both.needs_rotation(record)
    assert not both.needs_rotation(both.encrypt(b"key", "a/1"))


def test_a_missing_key_is_named_as_the_reason() -> None:
    record = Cipher(OLD).encrypt(b"key", "a/1")
    with pytest.raises(Unavailable, match="under a key that is not configured"):
        Cipher(NEW).decrypt(record, "a/1")


def test_a_key_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="has 32 bytes, not 16"):
        Cipher(b"k" * 16)
