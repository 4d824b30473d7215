"""Proof keys for code exchange (RFC 7636)."""

import base64
import hashlib

METHOD = "S256"


def challenge_of(verifier: str) -> str:
    """What is shown of a verifier beforehand; whoever sees it cannot tell that one."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
