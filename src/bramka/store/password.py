"""Passwords at rest: argon2id, 19 MiB, two passes, one lane."""

import argon2

_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked when there is no hash, so that an unknown user takes as long as a known one.
_NOBODY = _HASHER.hash("nobody has this password")


def digest(plain: str) -> str:
    """What is stored of a password: argon2's own text, which holds its salt."""
    return _HASHER.hash(plain)


def fits(stored: str | None, plain: str) -> bool:
    """Whether `plain` was digested to `stored`."""
    try:
        return _HASHER.verify(stored or _NOBODY, plain) and stored is not None
    except argon2.exceptions.VerificationError:
        return False
