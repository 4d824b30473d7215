"""Who may use a connection: what its access policies are held against."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct

from bramka.domain.traffic.credential import AccessPolicy
from bramka.domain.traffic.instance import ServiceInstance


class Asker(Struct, frozen=True, kw_only=True):
    """Somebody who wants a token."""

    object_id: str
    tenant_id: str = ""
    groups: frozenset[str] = frozenset()
    app_id: str = ""
    until: float | None = None
    """When what they prove themselves with ends."""


def principal(instance: ServiceInstance) -> Asker:
    """The instance itself: what a managed identity is in a cloud.

    Its ids are made of its own name, so that they outlive a move to another machine.
    """
    tenant = f"urn:bramka:{instance.subscription_id}"
    whole = f"{tenant}:{instance.resource_group}:{instance.name}".lower()
    return Asker(
        object_id=str(uuid5(NAMESPACE_URL, whole)),
        tenant_id=str(uuid5(NAMESPACE_URL, tenant.lower())),
    )


def by_token(claims: dict[str, Any]) -> Asker:
    """Whom a token speaks of, in the words of Entra ID or the usual ones."""
    groups, end = claims.get("groups"), claims.get("exp")
    return Asker(
        object_id=str(claims.get("oid") or claims.get("sub") or ""),
        tenant_id=str(claims.get("tid") or ""),
        groups=frozenset(map(str, groups)) if isinstance(groups, list) else frozenset(),
        app_id=str(claims.get("azp") or claims.get("appid") or ""),
        until=float(end) if isinstance(end, int | float) else None,
    )


def lets_in(policy: AccessPolicy, asker: Asker) -> bool:
    """Whether the policy is for them; ids are compared without regard to case."""
    wanted = (policy.object_id or "").lower()
    known = {one.lower() for one in (asker.object_id, *asker.groups) if one}
    if wanted not in known:
        return False
    if policy.tenant_id and policy.tenant_id.lower() != asker.tenant_id.lower():
        return False
    apps = {one.lower() for one in policy.app_ids}
    return not apps or asker.app_id.lower() in apps
