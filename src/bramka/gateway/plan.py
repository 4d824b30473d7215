"""The Plan: a Configuration made ready to run, immutable, swapped by one assignment.

Everything that can be decided before a call comes is decided here: documents are
parsed, `<base/>` is filled in, expressions are compiled, URLs become lookups, keys
become digests. A call only looks things up and runs rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bramka.domain.errors import Invalid
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.backend import Backend
from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.dialling import Dialling
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import (
    GLOBAL_DEFAULT,
    INHERIT,
    PolicyDocument,
    Section,
)
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.step import Row, Step
from bramka.domain.traffic.subscription import Subscription, key_digest
from bramka.gateway.access import Grant
from bramka.gateway.documents import (
    BASE,
    Nouns,
    Sections,
    Workshop,
    compile_document,
)
from bramka.gateway.router import ApiTable, OperationTree, path_segments
from bramka.wire.fields import Fields


@dataclass(slots=True, eq=False)
class Target:
    """A backend's address taken apart."""

    scheme: str
    host: str
    port: int
    path: str
    """Without a slash at the end."""
    authority: bytes
    """What goes into the Host header."""
    pool_key: str
    """Targets with the same key share their connections."""
    dialling: Dialling | None = None
    """How to reach it, when it is not the usual way."""

    @staticmethod
    def of(url: str, dialling: Dialling | None = None) -> "Target":
        """The target of an http or https URL; Invalid when it is another."""
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = -1
        if parts.scheme not in ("http", "https", "ws", "wss") or not parts.hostname:
            raise Invalid(f"'{url}' is not an http or https address", target="url")
        if port == -1:
            raise Invalid(f"'{url}' has no valid port", target="url")
        scheme = "https" if parts.scheme in ("https", "wss") else "http"
        port = port or (443 if scheme == "https" else 80)
        return Target(
            scheme=scheme,
            host=parts.hostname,
            port=port,
            path=parts.path.rstrip("/"),
            authority=parts.netloc.rpartition("@")[2].encode("idna"),
            pool_key=f"{scheme}://{parts.hostname}:{port}",
        ).dialled(dialling)

    def dialled(self, dialling: Dialling | None) -> "Target":
        """The same address, reached in this way."""
        if dialling is None:
            return self
        place = self.pool_key.partition(" ")[0]
        path, key = self.path, f"{place} {dialling.key}"
        if dialling.proxy is not None and self.scheme == "http":
            # To a proxy the first line of a request names the whole URL.
            path = f"http://{self.authority.decode('latin-1')}{path}"
        return replace(self, path=path, dialling=dialling, pool_key=key)


@dataclass(frozen=True, slots=True)
class Rows:
    """The four sections of one operation in one product context."""

    inbound: Row
    backend: Row
    outbound: Row
    on_error: Row

    @property
    def direct(self) -> bool:
        """Inbound and backend run without waiting and without the body."""
        return not (
            self.inbound.waits
            or self.inbound.reads_request_body
            or self.backend.forwarding is None
            or self.backend.forwarding.buffer_request_body
            or self.backend.forwarding.follow_redirects
        )


class OperationPlan:
    """One operation, ready to run."""

    __slots__ = ("direct", "operation", "rows", "usage")

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.usage = (operation.api_id, operation.id)
        """What the journal notes of it."""
        self.rows: dict[str | None, Rows] = {}
        """Product id, or None outside of any product → its rows."""
        self.direct: dict[str | None, bool] = {}


class ApiPlan:
    """One API, ready to run."""

    __slots__ = (
        "api",
        "error_rows",
        "id",
        "key_header",
        "key_query",
        "open_product",
        "realm",
        "strips_key",
        "target",
        "tree",
    )

    def __init__(self, api: Api, open_product: Product | None) -> None:
        names = api.subscription_key_parameter_names
        self.api = api
        self.id = api.id.partition(";rev=")[0]
        self.open_product = open_product
        self.key_header = names.header.lower().encode("latin-1")
        self.key_query = names.query
        self.strips_key = not api.forward_subscription_key
        self.target = Target.of(api.service_url) if api.service_url else None
        self.realm = (api.path.strip("/"), names.header)
        self.tree: OperationTree[OperationPlan] = OperationTree(())
        self.error_rows = Row()
        """On-error of the API's scope, for calls that match no operation."""

    def challenge(self, host: str) -> bytes:
        """The WWW-Authenticate value of a 401."""
        path, header = self.realm
        return (
            f'AzureApiManagementKey realm="https://{host}/{path}",'
            f'name="{header}",type="header"'
        ).encode("latin-1", "replace")


Found = tuple[ApiPlan, OperationPlan | None, dict[str, str], str]
"""What a URL leads to: the API; the operation, None when only the API was found; the
template's parameters; the path behind the API's own, with a slash in front."""


class Plan:
    """One configuration, ready to run."""

    def __init__(self, configuration: Configuration) -> None:
        self.version = configuration.version
        self.configuration = configuration
        self.apis: ApiTable[ApiPlan] = ApiTable()
        self.grants: dict[bytes, Grant] = {}
        self.backends: dict[str, Target] = {}
        """Backend id → where it is."""
        self.error_row = Row()
        self._pepper = configuration.instance.pepper

    def find(
        self,
        method: str,
        path: str,
        query: str,
        fields: Fields,
    ) -> Found | None:
        """The API and operation that serve a URL; None when no API does."""
        if "%" in path or "." in path or "\\" in path:
            segments = path_segments(path)
            if segments is None:
                return None
        else:
            segments = path[1:].split("/")
        matched = self.apis.match(segments, query, fields)
        if matched is None:
            return None
        api, depth = matched
        rest = segments[depth:]
        found = api.tree.match(method, [] if rest == [""] else rest, query)
        behind = "/" + "/".join(rest)
        if found is None:
            return api, None, {}, behind
        return api, found[0], found[1], behind

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


def make_plan(configuration: Configuration, workshop: Workshop) -> Plan:
    """Make `configuration` ready; Invalid names what cannot be, and where."""
    plan = Plan(configuration)
    documents = _Documents(configuration, workshop)
    operations: dict[str, list[Operation]] = defaultdict(list)
    for operation in configuration.operations.values():
        operations[operation.api_id].append(operation)
    products = _products_by_api(configuration.products.values())
    for backend in configuration.backends.values():
        if backend.url:
            plan.backends[backend.id] = Target.of(backend.url, _dialling(backend))
    plan.error_row = documents.join([""], Section.ON_ERROR)
    for api in configuration.apis.values():
        own = products.get(api.id.partition(";rev=")[0], [])
        built = _api_plan(api, operations[api.id], own, documents)
        _place_api(plan, built, configuration)
    for subscription in configuration.subscriptions.values():
        grant = _grant(subscription, configuration)
        for digest in (subscription.primary_digest, subscription.secondary_digest):
            if digest:
                plan.grants[digest] = grant
    return plan


def _dialling(backend: Backend) -> Dialling | None:
    tls = backend.tls
    if tls is None or (
        tls.validate_certificate_chain and tls.validate_certificate_name
    ):
        return None
    return Dialling(
        verify_chain=tls.validate_certificate_chain,
        verify_name=tls.validate_certificate_name,
    )


def _products_by_api(products: Iterable[Product]) -> dict[str, list[Product]]:
    found: dict[str, list[Product]] = defaultdict(list)
    for product in products:
        for api in product.apis:
            found[api].append(product)
    return found


def _api_plan(
    api: Api,
    operations: list[Operation],
    products: list[Product],
    documents: "_Documents",
) -> ApiPlan:
    open_product = next(
        (product for product in products if not product.subscription_required), None
    )
    built = ApiPlan(api, open_product)
    base = api.id.partition(";rev=")[0]
    of_api = f"apis/{api.id if f'apis/{api.id}' in documents.texts else base}"
    built.error_rows = documents.join([of_api, ""], Section.ON_ERROR)
    contexts: list[str | None] = [None, *(product.id for product in products)]
    shared: dict[str | None, Rows] = {}
    plans: list[tuple[Operation, OperationPlan]] = []
    for operation in operations:
        plan = OperationPlan(operation)
        own = f"apis/{api.id}/operations/{operation.id}"
        for context in contexts:
            chain = [of_api, *([f"products/{context}"] if context else []), ""]
            if own in documents.texts:
                plan.rows[context] = documents.rows([own, *chain])
            else:
                # Operations without a policy of their own share their rows.
                if context not in shared:
                    shared[context] = documents.rows(chain)
                plan.rows[context] = shared[context]
            plan.direct[context] = plan.rows[context].direct
        plans.append((operation, plan))
    built.tree = OperationTree(plans)
    return built


def _place_api(plan: Plan, built: ApiPlan, configuration: Configuration) -> None:
    api = built.api
    versions = plan.apis.at(api.path)
    version_set = configuration.version_sets.get(api.api_version_set_id or "")
    if not api.is_current:
        current = configuration.apis.get(api.id.partition(";rev=")[0])
        if current is not None:
            versions.revisions[current.id, api.api_revision] = built
        return
    version = (api.api_version or "").lower()
    versions.simple = versions.simple and (version_set is None or not version)
    if version_set is None or not version:
        versions.original = built
    elif version_set.versioning_scheme == "Segment":
        versions.by_segment[version] = built
    elif version_set.versioning_scheme == "Query":
        name = (version_set.version_query_name or "api-version").lower()
        versions.by_query.setdefault(name, {})[version] = built
    else:
        header = (version_set.version_header_name or "api-version").lower()
        versions.by_header.setdefault(header.encode("latin-1"), {})[version] = built
    versions.revisions[api.id, api.api_revision] = built


def _grant(subscription: Subscription, configuration: Configuration) -> Grant:
    product = configuration.products.get(subscription.product_id or "")
    apis: frozenset[str] = frozenset()
    if product is not None:
        apis = frozenset(product.apis)
    elif subscription.api_id is not None:
        apis = frozenset({subscription.api_id})
    user = configuration.users.get(subscription.owner_id or "")
    return Grant(subscription, product, user, apis)


class _Documents:
    """The documents of one configuration, each compiled at most once."""

    def __init__(self, configuration: Configuration, workshop: Workshop) -> None:
        self.texts: Mapping[str, PolicyDocument] = configuration.policies
        self._workshop = workshop
        self._nouns = Nouns(
            {
                "backends": configuration.backends,
                "certificates": configuration.certificates,
                "schemas": configuration.schemas,
                "fragments": configuration.fragments,
                "groups": configuration.groups,
                "products": configuration.products,
            }
        )
        self._values = {
            value.display_name: value.value
            for value in configuration.named_values.values()
        }
        self._compiled: dict[str, Sections] = {}

    def rows(self, chain: list[str]) -> Rows:
        """The rows of a chain of scopes, narrowest first."""
        return Rows(*(self.join(chain, section) for section in Section))

    def join(self, chain: list[str], section: Section) -> Row:
        """One section of a chain of scopes, with every `<base/>` filled in."""
        return Row.of(self._steps(chain, section))

    def _steps(self, chain: list[str], section: Section) -> Iterable[Step]:
        if not chain:
            return
        for step in self._sections(chain[0])[section]:
            if step == BASE:
                yield from self._steps(chain[1:], section)
            else:
                assert isinstance(step, Step)
                yield step

    def _sections(self, scope: str) -> Sections:
        if scope not in self._compiled:
            document = self.texts.get(scope)
            if document is None:
                text = INHERIT if scope else GLOBAL_DEFAULT
                document = PolicyDocument(scope=scope, text=text)
            self._compiled[scope] = compile_document(
                document, self._workshop, self._nouns, self._values
            )
        return self._compiled[scope]
