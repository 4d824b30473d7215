"""What pages are told of the session: who is signed in, and what the site offers."""

from typing import Any

from msgspec import Struct
from sqlalchemy import select

from bramka.domain.traffic.account import Role
from bramka.portals.cookie import groups_of
from bramka.portals.openid import offered
from bramka.portals.theme import theme_of
from bramka.portals.visit import Visit
from bramka.store import instance, portal_rules, session
from bramka.store.session import Visitor
from bramka.store.transaction import Transaction
from bramka.store.workspace import WORKSPACE


class ShownUser(Struct, frozen=True, rename="camel", kw_only=True):
    """Somebody as they see themselves."""

    id: str
    email: str
    first_name: str
    last_name: str
    state: str
    role: Role | None
    groups: tuple[str, ...]
    language: str


def show_user(visitor: Visitor) -> ShownUser:
    user = visitor.user
    return ShownUser(
        id=user.id,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        state=user.state,
        role=visitor.role,
        groups=groups_of(user),
        language=visitor.account.language,
    )


def session_told(
    transaction: Transaction, visit: Visit, visitor: Visitor | None, token: str
) -> dict[str, Any]:
    """The answer to GET /session, for a session with this token."""
    told: dict[str, Any] = {
        "user": None if visitor is None else show_user(visitor),
        "csrf": "" if visitor is None else session.csrf_token(transaction, token),
        "language": visit.language if visitor is None else visitor.account.language,
        "site": _site(transaction, visit),
    }
    if visitor is not None and visitor.role is not None:
        own = instance.get(transaction).noun
        told["managementBase"] = (
            f"/subscriptions/{own.subscription_id}/resourceGroups/{own.resource_group}"
            f"/providers/Microsoft.ApiManagement/service/{own.name}"
        )
        told["workspace"] = _workspace(transaction)
    return told


def _site(transaction: Transaction, visit: Visit) -> dict[str, Any]:
    rules = portal_rules.read(transaction)
    addresses = visit.site.addresses
    theme = theme_of(transaction)
    terms, delegation = rules.terms, rules.delegation
    return {
        "name": theme.name,
        "logo": theme.logo,
        "accent": theme.accent,
        "basic": rules.basic,
        "signInRequired": rules.sign_in_required,
        "signUp": {
            "enabled": rules.sign_up and rules.basic and not delegation.sign_in,
            "terms": {
                "enabled": terms.enabled,
                "text": terms.text or "",
                "consentRequired": terms.consent_required,
            },
        },
        "providers": [
            {"name": one.id, "title": title} for one, title, _ in offered(transaction)
        ],
        "delegation": {
            "signIn": delegation.sign_in,
            "subscriptions": delegation.subscriptions,
            "url": delegation.url,
        },
        "gatewayUrl": addresses.gateway,
        "servicesUrl": addresses.services,
        "blobsUrl": addresses.blobs,
    }


def _workspace(transaction: Transaction) -> str | None:
    """The oldest workspace: where the studio opens."""
    query = select(WORKSPACE.c.id).order_by(WORKSPACE.c.created, WORKSPACE.c.id)
    return transaction.connection.scalar(query.limit(1))
