"""Who may call: workspace tokens, tokens of the management REST, signed-in people."""

from collections.abc import Mapping

from starlette.requests import Request

from bramka.domain.errors import Forbidden, Missing, Unauthenticated
from bramka.domain.traffic.subscription import key_digest
from bramka.store import access_token
from bramka.store.member import MemberRole, role_of
from bramka.store.service import endpoint_by_name, list_services
from bramka.store.transaction import Transaction
from bramka.store.workspace import workspace_by_id
from bramka.studio_rest.call import Person, Role, Signed, Site

TOKEN_HEADER = "x-ms-metaanalytics-authorizationtoken"  # noqa: S105 - a name
READS = ("GET", "HEAD")
RANKS: tuple[Role, ...] = ("viewer", "editor", "owner")
MEMBER_ROLES: Mapping[MemberRole, Role] = {"Owner": "owner", "User": "editor"}
"""What members may do in their workspace."""


def token_of(request: Request) -> str:
    """The token of a call, from either header; empty when there is none."""
    own = request.headers.get(TOKEN_HEADER, "").strip()
    scheme, _, given = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return own or given.strip()
    return own


def caller(
    site: Site, request: Request, transaction: Transaction, workspace: str
) -> Signed:
    """Who asks; Unauthenticated when it cannot be told."""
    token = token_of(request)
    if not token:
        person = site.sign_in(transaction, request)
        if person is None:
            raise Unauthenticated(
                "The call carries no token; send the workspace's authorization token "
                f"as `{TOKEN_HEADER}` or as `Authorization: Bearer TOKEN`."
            )
        return _signed(transaction, person, workspace)
    role = _role(transaction, token, workspace)
    if role is None:
        raise Unauthenticated("The token does not open this workspace.")
    return role


def admit(role: Role, method: str) -> None:
    """Forbidden when somebody who only reads wants to change something."""
    if role == "viewer" and method not in READS:
        raise Forbidden("A viewer only reads; ask an owner for another role.")


def holds_endpoint_key(
    transaction: Transaction, token: str, workspace: str, service: str, name: str
) -> bool:
    """Whether the token is a key of this endpoint."""
    digest = key_digest(token.encode(), transaction.vault.pepper)
    mine = {each.id for each in list_services(transaction, workspace)}
    if service not in mine:
        return False
    try:
        endpoint = endpoint_by_name(transaction, service, name)
    except Missing:
        return False
    return endpoint.digests.admit(digest)


def _signed(transaction: Transaction, person: Person, workspace: str) -> Signed:
    """The more of what somebody may do everywhere and as a member of the workspace."""
    if not workspace:
        # The list of workspaces is all that is asked for without naming one.
        return Signed(person.role or "viewer", person.email, person.role is not None)
    _must_exist(transaction, workspace)
    member = role_of(transaction, workspace, person.email)
    found: list[Role] = [MEMBER_ROLES[member]] if member else []
    found += [person.role] if person.role else []
    if not found:
        raise Forbidden("You are not in this workspace; ask its owner to invite you.")
    return Signed(max(found, key=RANKS.index), person.email, person.role is not None)


def _role(transaction: Transaction, token: str, workspace: str) -> Signed | None:
    known = access_token.find(transaction, token)
    if known is not None:
        _must_exist(transaction, workspace)
        return Signed(known.role, known.name)
    try:
        tokens = workspace_by_id(transaction, workspace).tokens
    except Missing:
        return None
    digest = key_digest(token.encode(), transaction.vault.pepper)
    return Signed("owner", "workspace token") if tokens.admit(digest) else None


def _must_exist(transaction: Transaction, workspace: str) -> None:
    # People of the console may ask for the list of workspaces without naming one.
    if workspace:
        workspace_by_id(transaction, workspace)
