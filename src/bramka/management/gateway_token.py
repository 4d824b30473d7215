"""Tokens of gateways: signed with one of their keys, valid for 30 days at most."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from bramka.domain.errors import Unauthenticated
from bramka.domain.traffic.self_hosted import SelfHosted
from bramka.store.self_hosted import SELF_HOSTED
from bramka.store.transaction import Transaction

SCHEME = "gatewaykey"


def sign(gateway: SelfHosted, key: str, expiry: datetime) -> str:
    """`{id}&{yyyyMMddHHmm}&{signature}`."""
    until = expiry.astimezone(UTC).strftime("%Y%m%d%H%M")
    return f"{gateway.id}&{until}&{_signature(gateway.id, until, key)}"


def bearer_of(transaction: Transaction, token: str) -> SelfHosted:
    """Whose token this is; Unauthenticated if nobody's, or no longer."""
    refusal = Unauthenticated("The gateway's token is not valid; generate a new one.")
    name, _, rest = token.partition("&")
    until, _, signature = rest.partition("&")
    found = SELF_HOSTED.find(transaction, name)
    if found is None:
        raise refusal
    keys = (found.noun.primary_key, found.noun.secondary_key)
    wanted = [_signature(name, until, key) for key in keys]
    fits = [hmac.compare_digest(one.encode(), signature.encode()) for one in wanted]
    if not any(fits):
        raise refusal
    try:
        end = datetime.strptime(until, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        raise refusal from None
    if end.timestamp() <= transaction.now:
        raise refusal
    return found.noun


def _signature(name: str, until: str, key: str) -> str:
    text = f"{name}\n{until}".encode()
    return base64.b64encode(hmac.digest(key.encode(), text, hashlib.sha512)).decode()
