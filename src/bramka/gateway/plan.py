"""The Plan: a Configuration made ready to run, immutable, swapped by one assignment.

Everything that can be decided before a call comes is decided here: documents are
parsed, `<base/>` is filled in, expressions are compiled, URLs become lookups, keys
become digests. A call only looks things up and runs rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bramka.domain.traffic.api import Api
from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.exchange import Request
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.step import Row
from bramka.domain.traffic.subscription import key_digest
from bramka.gateway.access import Grant
from bramka.gateway.api_table import ApiTable
from bramka.gateway.backends import Choice
from bramka.gateway.router import OperationTree
from bramka.gateway.target import Target
from bramka.gateway.template import path_segments
from bramka.wire.fields import Fields


@dataclass(frozen=True, slots=True)
class Rows:
    """The four sections of one operation in one product context."""

    inbound: Row
    backend: Row
    outbound: Row
    on_error: Row
    direct: bool = False
    """Inbound and backend run without the body, and without waiting, nearly always."""
    reads_request_body: bool = False
    behind_store: Row | None = None
    """What of outbound runs for an answer out of the cache."""

    @staticmethod
    def of(inbound: Row, backend: Row, outbound: Row, on_error: Row) -> "Rows":
        """The rows, knowing whether calls can take the direct way."""
        every = (inbound, backend, outbound, on_error)
        reads = any(row.reads_request_body for row in every)
        direct = not (
            (inbound.waits and not inbound.seldom)
            or reads
            or backend.forwarding is None
            or backend.forwarding.buffer_request_body
            or backend.forwarding.follow_redirects
        )
        behind = outbound.behind("cache-store")
        return Rows(*every, direct, reads, behind)


class OperationPlan:
    """One operation, ready to run."""

    __slots__ = ("operation", "rows", "usage")

    def __init__(
        self, operation: Operation, rows: Mapping[str | None, Rows] | None
    ) -> None:
        self.operation = operation
        self.usage = (operation.api_id, operation.id)
        """What the journal notes of it."""
        self.rows = rows
        """Its own rows by product; None when it runs those of its API."""


class ApiPlan:
    """One API, ready to run."""

    def __init__(
        self,
        api: Api,
        open_product: Product | None,
        rows: Mapping[str | None, Rows],
        error_rows: Row,
    ) -> None:
        names = api.subscription_key_parameter_names
        self.api = api
        self.id = api.id.partition(";rev=")[0]
        self.open_product = open_product
        self.key_header = names.header.lower().encode("latin-1")
        self.key_query = names.query
        self.strips_key = not api.forward_subscription_key
        self.target = Target.of(api.service_url) if api.service_url else None
        self.realm = (api.path.strip("/"), names.header)
        self.rows = rows
        """Product id, or None outside of any product → what its operations run."""
        self.error_rows = error_rows
        """On-error of the API's scope, for calls that match no operation."""
        self.is_websocket = api.type == "websocket"
        self.only_scheme: str | None = None
        """The scheme calls must come by; None when either will do."""
        self.operations: Mapping[str, OperationPlan] = {}
        self.tree: OperationTree[str] = OperationTree(())

    def challenge(self, host: str) -> bytes:
        """The WWW-Authenticate value of a 401."""
        path, header = self.realm
        return (
            f'AzureApiManagementKey realm="https://{host}/{path}",'
            f'name="{header}",type="header"'
        ).encode("latin-1", "replace")


def only_scheme(api: Api) -> str | None:
    """The one scheme an API is offered by, if it is one."""
    schemes = {
        "https" if name in ("https", "wss") else "http" for name in api.protocols
    }
    return schemes.pop() if len(schemes) == 1 else None


Found = tuple[ApiPlan, OperationPlan | None, dict[str, str], str]
"""What a URL leads to: the API; the operation, None when only the API was found; the
template's parameters; the path behind the API's own, with a slash in front."""


class Plan:
    """One configuration, ready to run."""

    def __init__(self, configuration: Configuration) -> None:
        self.version = configuration.version
        self.configuration = configuration
        self.table = ApiTable()
        self.apis: Mapping[str, ApiPlan] = {}
        self.grants: Mapping[bytes, Grant] = {}
        """Digest of a key → what it opens."""
        self.backends: Mapping[str, Choice] = {}
        """Backend id → where it is."""
        self.error_row = Row()
        """On-error of the global scope, for calls that match no API."""
        self.unrouted = Row().unrouted
        """What policies of the global scope answer to those calls."""
        self._pepper = configuration.instance.pepper

    def find(
        self,
        request: Request,
        fields: Fields,
    ) -> Found | None:
        """The API and operation that serve a URL; None when no API does."""
        path, query = request.path, request.query
        if "%" in path or "." in path or "\\" in path:
            segments = path_segments(path)
            if segments is None:
                return None
        else:
            segments = path[1:].split("/")
        matched = self.table.match(segments, query, fields)
        if matched is None:
            return None
        name, depth = matched
        api = self.apis[name]
        rest = segments[depth:]
        if api.only_scheme is not None and api.only_scheme != request.scheme:
            return api, None, {}, ""
        found = api.tree.match(request.method, [] if rest == [""] else rest, query)
        behind = "/" + "/".join(rest)
        if found is None:
            return api, None, {}, behind
        return api, api.operations[found[0]], found[1], behind

    def grant(self, key: bytes) -> Grant | None:
        """What a subscription key opens."""
        return self.grants.get(key_digest(key, self._pepper))

    def __repr__(self) -> str:
        tables = self.configuration
        return (
            f"<Plan {self.version}: {len(tables.apis)} APIs, "
            f"{len(tables.operations)} operations, "
            f"{len(tables.subscriptions)} subscriptions>"
        )
