"""Who calls: the account's key, a signed address, or nobody."""

import hmac
from collections.abc import Mapping

from bramka.blobs.call import Call
from bramka.blobs.fault import Fault
from bramka.blobs.moment import parse_http_date
from bramka.blobs.sas import OWNER, Grant, check_sas
from bramka.blobs.shared_key import decode_key, signature, text_to_sign

SKEW_SECONDS = 15 * 60
"""How far a signed request's date may lie from our clock, as in Azure."""

Accounts = Mapping[str, bytes | str]
"""Account name → key, as bytes or base64 text."""


def authenticate(call: Call, accounts: Accounts, now: float) -> Grant:
    """What the caller may do; a Fault if the proof is missing or wrong."""
    key = accounts.get(call.place.account)
    if "authorization" in call.headers:
        if key is None:
            raise Fault("AuthenticationFailed", "The account is not known here.")
        _check_shared_key(call, decode_key(key), now)
        return OWNER
    if "sig" not in call.query:
        raise Fault("AuthorizationFailure")
    if key is None:
        raise Fault("AuthenticationFailed", "The account is not known here.")
    return check_sas(call, decode_key(key), now)


def _check_shared_key(call: Call, key: bytes, now: float) -> None:
    scheme, _, proof = call.headers["authorization"].partition(" ")
    account, _, given = proof.partition(":")
    if scheme != "SharedKey" or account != call.place.account:
        raise Fault(
            "AuthenticationFailed",
            "Authorization must be `SharedKey account:signature` for this account.",
        )
    text = text_to_sign(
        call.method,
        f"/{account}{call.raw_path}",
        call.query,
        call.headers,
        call.version,
    )
    if not hmac.compare_digest(signature(key, text).encode(), given.strip().encode()):
        # The text that was signed holds no secret and is what a client needs to see.
        raise Fault(
            "AuthenticationFailed",
            "The MAC signature found in the HTTP request is not the same as any "
            f"computed signature. Server used following string to sign: {text!r}.",
        )
    _check_date(call, now)


def _check_date(call: Call, now: float) -> None:
    text = call.headers.get("x-ms-date") or call.headers.get("date", "")
    moment = parse_http_date(text)
    if moment is None:
        raise Fault("AuthenticationFailed", f"The request has no valid date: {text!r}.")
    if abs(moment - now) > SKEW_SECONDS:
        raise Fault("AuthenticationFailed", f"Request date header too old: {text!r}.")
