"""The doors of published services: ids, keys and versions are checked here, once."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl

from bramka.domain.learning.endpoint import IDENTIFIER, Endpoint
from bramka.domain.traffic.subscription import key_digest
from bramka.scoring.deployment import Deployment
from bramka.scoring.refusal import Refusal, refuse
from bramka.scoring.registry import Registry
from bramka.scoring.router import Outcome, Route, Run, Values
from bramka.wire.message import Request

API_VERSION = "2.0"
SERVICE = "/workspaces/{workspace}/services/{endpoint}"


class Call(NamedTuple):
    """A request that may go on: its service is known, its key fits."""

    request: Request
    deployment: Deployment
    values: Values
    """`workspace`, `endpoint`, and what else the pattern names, such as `job`."""
    query: Mapping[str, str]
    """Names in lower case; the last of equal names counts."""


Serve = Callable[[Call], Outcome]


class Doors:
    """Opens the addresses of services to those who have the key."""

    def __init__(self, registry: Registry, pepper: bytes) -> None:
        self._registry = registry
        self._pepper = pepper

    def __repr__(self) -> str:
        return f"<Doors: {self._registry!r}>"

    def with_key(self, method: str, tail: str, serve: Serve) -> Route:
        """A route below a service, such as `/execute`; key and version are needed."""

        def run(request: Request, values: Values) -> Outcome:
            deployment = self.deployment(values, request.header(b"authorization"))
            query = query_of(request.query)
            check_version(query.get("api-version"))
            return serve(Call(request, deployment, values, query))

        return Route(method, SERVICE + tail, run)

    def without_key(self, method: str, tail: str, serve: Serve) -> Route:
        """A route below a service that everybody may read."""
        return Route(method, SERVICE + tail, self.open(serve))

    def open(self, serve: Serve) -> Run:
        """What serves everybody, for patterns naming a workspace and an endpoint."""

        def run(request: Request, values: Values) -> Outcome:
            deployment = self._find(values)
            if not isinstance(deployment, Deployment):
                raise _broken()
            query = query_of(request.query)
            return serve(Call(request, deployment, values, query))

        return run

    def deployment(self, values: Values, authorization: bytes | None) -> Deployment:
        """The service at an address, when the key fits; Refusal otherwise."""
        found = self._find(values)
        endpoint = found.endpoint if isinstance(found, Deployment) else found
        self._check_key(endpoint, authorization)
        if isinstance(found, Deployment):
            return found
        raise _broken()

    def _find(self, values: Values) -> Deployment | Endpoint:
        """The deployment, or the endpoint whose package did not load."""
        workspace, endpoint = values["workspace"], values["endpoint"]
        found = self._registry.deployments.get(endpoint)
        if found is not None and found.endpoint.workspace_id == workspace:
            return found
        workspace, endpoint = workspace.lower(), endpoint.lower()
        found = self._registry.deployments.get(endpoint)
        broken = self._registry.broken.get(endpoint)
        if found is not None and found.endpoint.workspace_id == workspace:
            return found
        if broken is not None and broken.workspace_id == workspace:
            return broken
        raise self._unknown(workspace, endpoint, elsewhere=bool(found or broken))

    def _unknown(self, workspace: str, endpoint: str, *, elsewhere: bool) -> Refusal:
        if not IDENTIFIER.fullmatch(endpoint):
            return refuse(
                "BadArgument",
                "WebServiceIdInvalid",
                "Invalid web service id provided. Web service id should be a valid "
                "guid.",
                endpoint[:80],
            )
        if workspace not in self._registry.workspaces:
            return refuse(
                "NotFound",
                "WorkspaceNotFound",
                "Workspace not found. Verify the workspace Id is correct and try "
                "again.",
                workspace[:80],
            )
        if elsewhere:
            return refuse(
                "NotFound",
                "WebServiceIdNotFoundInWorkspace",
                "Web service under this workspace not found. There is a mismatch "
                "between the webServiceId and the workspaceId. Verify the web service "
                "provided is part of the workspace and try again.",
                endpoint,
            )
        return refuse(
            "NotFound",
            "WebServiceNotFound",
            "Web service not found. Verify the web service Id is correct and try "
            "again.",
            endpoint,
        )

    def _check_key(self, endpoint: Endpoint, authorization: bytes | None) -> None:
        scheme, _, key = (authorization or b"").strip().partition(b" ")
        # Clients write the scheme in any case and put any number of blanks behind it.
        if scheme.lower() == b"bearer":
            digest = key_digest(key.strip(), self._pepper)
            if endpoint.digests.admit(digest):
                return
        raise refuse(
            "Unauthorized",
            "ScoreRequestUnauthorized",
            "Invalid credentials provided.",
            headers=[(b"WWW-Authenticate", b"Bearer")],
        )


def _broken() -> Refusal:
    return refuse(
        "ModelPackageFormatError",
        "ModelPackageInvalid",
        "The package of this service does not load. Publish the service again; the "
        "log of the services process says why.",
    )


@lru_cache(maxsize=256)
def query_of(query: str) -> Mapping[str, str]:
    """The query's fields; calls of one client all have the same few queries."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise refuse(
            "BadArgument",
            "InvalidQueryParameter",
            "Invalid query parameter ''. The query has more than 50 fields.",
        ) from None
    return {name.lower(): value for name, value in pairs}


def check_version(version: str | None) -> None:
    """Refuse every API version but the one there is."""
    if version == API_VERSION:
        return
    given = "none was given" if version is None else f"'{version[:40]}'"
    raise refuse(
        "BadArgument",
        "BadVersionCall",
        f"Invalid version parameter was passed during the API call: {given}. Check the "
        "API help page for passing the correct version and try again; it is "
        f"api-version={API_VERSION}.",
        "api-version",
    )
