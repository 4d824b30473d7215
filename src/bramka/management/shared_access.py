"""Shared access signatures: tokens of users and of the instance's own keys.

`{identifier}&{yyyyMMddHHmm}&{signature}`; the identifier is `integration`, or the id of
a user. They open the management REST while `tenant/access` is enabled.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from bramka.domain.errors import Unauthenticated, Unsupported
from bramka.management.call import Call
from bramka.management.resource import Ids
from bramka.management.shape import read_date, wrong
from bramka.store.access_token import AccessToken
from bramka.store.tenant import TENANT_ACCESS
from bramka.store.transaction import Transaction
from bramka.store.user import USERS

SCHEME = "sharedaccesssignature"
INTEGRATION = "integration"
LONGEST_LIFE = 30 * 86400


def user_token(call: Call, ids: Ids) -> object:
    """`token`: lets a user act for themselves, for 30 days at most."""
    given = call.json()
    inner = given.get("properties")
    given = inner if isinstance(inner, dict) else given
    until = read_date("expiry", given.get("expiry"))
    if not call.transaction.now < until <= call.transaction.now + LONGEST_LIFE:
        raise wrong("expiry", "lies in the past or more than 30 days ahead")
    kind = given.get("keyType", "primary")
    if kind not in ("primary", "secondary"):
        raise wrong("keyType", f"'{kind}' is not primary or secondary")
    access = TENANT_ACCESS.find(call.transaction, "access")
    if access is None or not access.noun.enabled:
        raise Unsupported(
            "Tokens of users are signed with the keys of tenant/access, which is not "
            "enabled; enable it first.",
            target="access",
        )
    noun = access.noun
    key = noun.primary_key if kind == "primary" else noun.secondary_key
    return {"value": sign(ids[-1], datetime.fromtimestamp(until, UTC), key)}


def sign(identifier: str, expiry: datetime, key: str) -> str:
    """A token of `identifier` until `expiry`."""
    until = expiry.astimezone(UTC).strftime("%Y%m%d%H%M")
    return f"{identifier}&{until}&{_signature(identifier, until, key)}"


def read(transaction: Transaction, token: str) -> AccessToken:
    """Who holds the token; Unauthenticated when it is not valid, or no longer."""
    refusal = Unauthenticated("The shared access signature is not valid here.")
    access = TENANT_ACCESS.find(transaction, "access")
    if access is None or not access.noun.enabled:
        raise refusal
    identifier, _, rest = token.partition("&")
    until, _, signature = rest.partition("&")
    keys = (access.noun.primary_key, access.noun.secondary_key)
    wanted = [_signature(identifier, until, key) for key in keys]
    fits = [hmac.compare_digest(one.encode(), signature.encode()) for one in wanted]
    if not any(fits):
        raise refusal
    try:
        end = datetime.strptime(until, "%Y%m%d%H%M").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise refusal from None
    if end <= transaction.now or not _may_enter(transaction, identifier):
        raise refusal
    return AccessToken(
        id=identifier, role="editor", name=identifier, created=0.0, expires=end
    )


def _may_enter(transaction: Transaction, identifier: str) -> bool:
    """The instance's keys, and administrators: others have no business here."""
    if identifier == INTEGRATION:
        return True
    found = USERS.find(transaction, identifier)
    return (
        found is not None
        and found.noun.may_call
        and "administrators" in found.noun.groups
    )


def _signature(identifier: str, until: str, key: str) -> str:
    text = f"{identifier}\n{_moment(until)}".encode()
    digest = hmac.digest(key.encode(), text, hashlib.sha512)
    return base64.b64encode(digest).decode()


def _moment(until: str) -> str:
    """The end as it is signed: ISO 8601 with seven decimals, as old tools do."""
    return (
        f"{until[:4]}-{until[4:6]}-{until[6:8]}T{until[8:10]}:{until[10:12]}"
        ":00.0000000Z"
    )
