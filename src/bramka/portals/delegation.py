"""Delegation: people who sign in or subscribe at another site, which we send them to.

What we send is signed with the key that both know, so that nobody else can make that
site act for a user. Back here they come with a one-time link of `generateSsoUrl`.
"""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

from starlette.responses import Response

from bramka.domain.errors import Invalid, Missing, Unauthenticated
from bramka.domain.traffic.account import local_path
from bramka.portals.cookie import keep_session
from bramka.portals.door import go_to
from bramka.portals.session import began
from bramka.portals.visit import Visit
from bramka.store import account_link, portal_rules
from bramka.store.portal_rules import Delegation
from bramka.store.product import PRODUCTS
from bramka.store.session import Visitor
from bramka.store.subscription import SUBSCRIPTIONS
from bramka.store.transaction import Transaction
from bramka.store.user import USERS

SALT_BYTES = 16
SSO = "SSO"
GUEST_OPERATIONS = {"signin": "SignIn", "signup": "SignUp"}
USER_OPERATIONS = {
    "changepassword": "ChangePassword",
    "changeprofile": "ChangeProfile",
    "closeaccount": "CloseAccount",
    "signout": "SignOut",
}
SUBSCRIPTION_OPERATIONS = {"unsubscribe": "Unsubscribe", "renew": "Renew"}


def send(visit: Visit) -> Response:
    """To the other site, with what it needs to know and our signature."""
    wanted = visit.ids["operation"].lower()
    visitor = visit.visitor()
    with visit.site.store.reading() as transaction:
        delegation = portal_rules.read(transaction).delegation
        if wanted in GUEST_OPERATIONS | USER_OPERATIONS:
            _refuse_off(on=delegation.sign_in)
            told, signed = _registration(visit, visitor, wanted)
        else:
            _refuse_off(on=delegation.subscriptions)
            told, signed = _subscription(transaction, visit, visitor, wanted)
    salt = base64.b64encode(bytes.fromhex(visit.site.chance.hex(SALT_BYTES))).decode()
    signature = sign(delegation.key, (salt, *signed))
    return go_to(_address(delegation, {**told, "salt": salt, "sig": signature}))


def sign(key: bytes, parts: tuple[str, ...]) -> str:
    """What proves that we sent these parts, to who knows the key."""
    digest = hmac.digest(key, "\n".join(parts).encode(), hashlib.sha512)
    return base64.b64encode(digest).decode()


def enter(visit: Visit) -> Response:
    """`/signin-sso`: a one-time link signs somebody in."""
    then = local_path(visit.query.get("returnUrl", "/"))
    try:
        session_token = _entered(visit)
    except (Invalid, Unauthenticated) as error:
        # It is a person who followed the link: our page tells them what is wrong.
        return go_to(f"/signin?error={error.code}")
    response = go_to(then)
    keep_session(response, session_token, secure=visit.secure)
    return response


def _entered(visit: Visit) -> str:
    with visit.site.store.writing() as transaction:
        token = visit.query.get("token", "")
        opened = account_link.open_link(transaction, "enter", token)
        noun = USERS.get(transaction, opened.user_id).noun
        return began(transaction, visit, noun, SSO)[0]


def _registration(
    visit: Visit, visitor: Visitor | None, wanted: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    if wanted in GUEST_OPERATIONS:
        back = local_path(visit.query.get("return", "/"))
        told = {"operation": GUEST_OPERATIONS[wanted], "returnUrl": back}
        return told, (back,)
    user_id = _own_id(visitor)
    return {"operation": USER_OPERATIONS[wanted], "userId": user_id}, (user_id,)


def _subscription(
    transaction: Transaction, visit: Visit, visitor: Visitor | None, wanted: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    user_id = _own_id(visitor)
    if wanted == "subscribe":
        product_id = visit.query.get("productId", "")
        PRODUCTS.get(transaction, product_id)
        told = {"operation": "Subscribe", "productId": product_id, "userId": user_id}
        return told, (product_id, user_id)
    if wanted not in SUBSCRIPTION_OPERATIONS:
        raise Missing(f"Nobody takes over '{wanted[:40]}'.", target="operation")
    subscription_id = visit.query.get("subscriptionId", "")
    held = SUBSCRIPTIONS.find(transaction, subscription_id)
    if held is None or held.noun.owner_id != user_id:
        raise Missing("You have no such subscription.", target="subscriptionId")
    told = {
        "operation": SUBSCRIPTION_OPERATIONS[wanted],
        "subscriptionId": subscription_id,
    }
    return told, (subscription_id,)


def _own_id(visitor: Visitor | None) -> str:
    if visitor is None:
        raise Unauthenticated("Sign in first; this is for users.")
    return visitor.user.id


def _refuse_off(*, on: bool) -> None:
    if not on:
        raise Invalid("This site does it itself; nothing is delegated.")


def _address(delegation: Delegation, told: dict[str, str]) -> str:
    mark = "&" if "?" in delegation.url else "?"
    return f"{delegation.url}{mark}{urlencode(told)}"
