"""Making plans: the first from everything, the next from what changed.

Work is done in small slices, so that it can take turns with calls: `make` is a
generator that stops after each piece of work, and gives the plan at its end. What did
not change is taken over from the plan before: compiled documents as long as all they
looked at is the same, trees of templates but for the branches that grew, rows, keys.
"""

from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bramka.domain.traffic import named_value
from bramka.domain.traffic.backend import Backend
from bramka.domain.traffic.configuration import Configuration, Update
from bramka.domain.traffic.dialling import Dialling
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import (
    GLOBAL_DEFAULT,
    INHERIT,
    PolicyDocument,
    Section,
)
from bramka.domain.traffic.step import Row, Step
from bramka.domain.traffic.subscription import Subscription
from bramka.gateway.access import Grant
from bramka.gateway.documents import (
    BASE,
    Nouns,
    Sections,
    Workshop,
    compile_document,
)
from bramka.gateway.limits import merged
from bramka.gateway.plan import (
    ApiPlan,
    OperationPlan,
    Plan,
    Rows,
    Target,
    only_scheme,
)
from bramka.gateway.router import ApiTable, OperationTree

Slices = Generator[None, None, Plan]

NOUN_TABLES = (
    "backends",
    "certificates",
    "fragments",
    "groups",
    "loggers",
    "products",
    "schemas",
)
"""Tables that policies look into while they are compiled."""
_LOOKED_AT = frozenset((*NOUN_TABLES, "namedValues"))


@dataclass
class _Touched:
    """What a change makes stale."""

    whole: bool = False
    """There is nothing to take over."""
    everything: bool = False
    """All rows must be joined again."""
    table: bool = False
    """Paths or versions of APIs."""
    apis: set[str] = field(default_factory=set)
    """Ids of APIs whose rows must be joined again."""
    operations: dict[str, set[str]] = field(default_factory=dict)
    """API → operations that changed, with their policies."""
    subscriptions: set[str] = field(default_factory=set)


class PlanMaker:
    """Makes plan after plan; keeps what the next can take over."""

    def __init__(self, workshop: Workshop, *, holds_schemes: bool = False) -> None:
        self._workshop = workshop
        self._holds_schemes = holds_schemes
        """Whether an API that is https only is not found over http."""
        self._before: Plan | None = None
        self._compiled: dict[str, _Compiled] = {}
        self._operations: dict[str, dict[str, Operation]] = {}

    def make(
        self, configuration: Configuration, update: Update | None = None
    ) -> Slices:
        """The plan of `configuration`, which `update` led to from the one before.

        Without an update everything is looked at again. Raises Invalid when something
        cannot be made ready; the next plan is then made from everything.
        """
        before, self._before = self._before, None
        documents = _Documents(configuration, self._workshop, self._compiled)
        operations = self._operations
        if before is None or update is None or update.whole is not None:
            touched = _Touched(whole=True, everything=True, table=True)
            operations = _operations_by_api(configuration.operations.values())
        else:
            touched = _touched_by(update, before.configuration, configuration)
            if any(change.table in _LOOKED_AT for change in update.changes):
                touched.everything |= documents.are_stale()
            operations = _changed_operations(operations, touched, configuration)
        plan = Plan(configuration)
        plan.table = before.table if before and not touched.table else _table(plan)
        plan.backends = _targets(configuration.backends.values())
        plan.error_row = documents.join([""], Section.ON_ERROR)
        apis = {} if before is None else dict(before.apis)
        for name in apis.keys() - configuration.apis.keys():
            del apis[name]
        for name in _in_need(touched, configuration):
            yield
            old = apis.get(name)
            built = _Api(name, configuration, documents, operations.get(name, {}))
            made = apis[name] = yield from built.make(old, touched)
            if self._holds_schemes:
                made.only_scheme = only_scheme(made.api)
        plan.apis = apis
        plan.grants = yield from _grants(configuration, before, touched)
        self._operations, self._before = operations, plan
        return plan


def finish(slices: Slices) -> Plan:
    """Do all the work at once."""
    while True:
        try:
            next(slices)
        except StopIteration as end:
            plan: Plan = end.value
            return plan


# --- what changed -----------------------------------------------------------------


def _touched_by(update: Update, old: Configuration, new: Configuration) -> _Touched:
    touched = _Touched()
    for change in update.changes:
        if change.table in ("apis", "versionSets"):
            touched.table = True
            touched.apis.add(change.key)
        elif change.table == "operations":
            api, _, operation = change.key.partition("/")
            touched.operations.setdefault(api, set()).add(operation)
        elif change.table == "policies":
            _touch_scope(touched, change.key, new)
        elif change.table == "products":
            for products in (old.products, new.products):
                if change.key in products:
                    touched.apis.update(products[change.key].apis)
            scope = f"/products/{change.key}"
            _touch_subscriptions(touched, new, "scope", scope)
        elif change.table == "subscriptions":
            touched.subscriptions.add(change.key)
        elif change.table == "users":
            _touch_subscriptions(touched, new, "owner_id", change.key)
    return touched


def _touch_scope(touched: _Touched, scope: str, new: Configuration) -> None:
    kind, _, rest = scope.partition("/")
    if not scope:
        touched.everything = True
    elif kind == "products":
        product = new.products.get(rest)
        touched.apis.update(() if product is None else product.apis)
    else:
        api, _, operation = rest.partition("/operations/")
        if operation:
            touched.operations.setdefault(api, set()).add(operation)
        else:
            touched.apis.add(api)


def _touch_subscriptions(
    touched: _Touched, new: Configuration, attribute: str, value: str
) -> None:
    touched.subscriptions.update(
        name
        for name, subscription in new.subscriptions.items()
        if getattr(subscription, attribute) == value
    )


def _in_need(touched: _Touched, configuration: Configuration) -> list[str]:
    """Ids of the APIs to be made again."""
    if touched.everything:
        return list(configuration.apis)
    wanted = touched.apis | touched.operations.keys()
    if not wanted:
        return []
    # A revision without a policy of its own runs that of its API.
    return [
        name
        for name in configuration.apis
        if name in wanted or name.partition(";rev=")[0] in wanted
    ]


# --- operations -------------------------------------------------------------------


def _operations_by_api(
    operations: Iterable[Operation],
) -> dict[str, dict[str, Operation]]:
    found: dict[str, dict[str, Operation]] = defaultdict(dict)
    for operation in operations:
        found[operation.api_id][operation.id] = operation
    return dict(found)


def _changed_operations(
    before: dict[str, dict[str, Operation]],
    touched: _Touched,
    configuration: Configuration,
) -> dict[str, dict[str, Operation]]:
    after = dict(before)
    for api, names in touched.operations.items():
        own = after[api] = dict(after.get(api, {}))
        for name in names:
            operation = configuration.operations.get(f"{api}/{name}")
            if operation is None:
                own.pop(name, None)
            else:
                own[name] = operation
    return after


# --- APIs -------------------------------------------------------------------------


class _Api:
    """One API in the making."""

    def __init__(
        self,
        name: str,
        configuration: Configuration,
        documents: "_Documents",
        operations: dict[str, Operation],
    ) -> None:
        self.api = configuration.apis[name]
        self.documents = documents
        self.operations = operations
        base = name.partition(";rev=")[0]
        self.products = [
            product
            for product in configuration.products.values()
            if base in product.apis
        ]
        scope = f"apis/{name}"
        self.scope = scope if scope in documents.texts else f"apis/{base}"

    def make(
        self, old: ApiPlan | None, touched: _Touched
    ) -> Generator[None, None, ApiPlan]:
        name = self.api.id
        rejoin = (
            touched.everything
            or old is None
            or name in touched.apis
            or old.id in touched.apis
        )
        if old is None or rejoin:
            open_products = (
                one for one in self.products if not one.subscription_required
            )
            rows = {context: self.rows(context) for context in self.contexts()}
            errors = self.documents.join([self.scope, ""], Section.ON_ERROR)
            plan = ApiPlan(self.api, next(open_products, None), rows, errors)
        else:
            plan = ApiPlan(self.api, old.open_product, old.rows, old.error_rows)
        changed = touched.operations.get(name, set())
        plan.operations = yield from self._operations(old, changed, rejoin=rejoin)
        plan.tree = self._tree(old, changed, whole=touched.whole)
        return plan

    def contexts(self) -> list[str | None]:
        return [None, *(product.id for product in self.products)]

    def rows(self, context: str | None, operation: str = "") -> Rows:
        """The rows of the API, or of one operation, in one product context."""
        chain = [operation] if operation else []
        chain.append(self.scope)
        if context is not None:
            chain.append(f"products/{context}")
        return self.documents.rows([*chain, ""])

    def _operations(
        self, old: ApiPlan | None, changed: set[str], *, rejoin: bool
    ) -> Generator[None, None, dict[str, OperationPlan]]:
        plans: dict[str, OperationPlan] = {} if old is None else dict(old.operations)
        names: Iterable[str] = changed
        if rejoin:
            for name in plans.keys() - self.operations.keys():
                del plans[name]
            names = self.operations
        for name in names:
            operation = self.operations.get(name)
            if operation is None:
                plans.pop(name, None)
                continue
            scope = f"apis/{self.api.id}/operations/{name}"
            before = plans.get(name)
            if scope in self.documents.texts:
                yield
                own = {one: self.rows(one, scope) for one in self.contexts()}
                plans[name] = OperationPlan(operation, own)
            elif before is None or before.rows or before.operation is not operation:
                plans[name] = OperationPlan(operation, None)
        return plans

    def _tree(
        self, old: ApiPlan | None, changed: set[str], *, whole: bool
    ) -> OperationTree[str]:
        if old is None or whole:
            return OperationTree(
                (operation, name) for name, operation in self.operations.items()
            )
        tree = old.tree
        for name in changed:
            gone = old.operations.get(name)
            come = self.operations.get(name)
            was = None if gone is None else gone.operation
            if _shape(was) != _shape(come):
                tree = tree.changed(was, come, name)
        return tree


def _shape(operation: Operation | None) -> tuple[str, str] | None:
    return None if operation is None else (operation.method, operation.url_template)


def _table(plan: Plan) -> ApiTable:
    configuration = plan.configuration
    return ApiTable(configuration.apis.values(), configuration.version_sets)


def _targets(backends: Iterable[Backend]) -> dict[str, Target]:
    return {
        backend.id: Target.of(backend.url, _dialling(backend))
        for backend in backends
        if backend.url
    }


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


# --- keys -------------------------------------------------------------------------


def _grants(
    configuration: Configuration, before: Plan | None, touched: _Touched
) -> Generator[None, None, Mapping[bytes, Grant]]:
    names: Iterable[str] = touched.subscriptions
    grants: dict[bytes, Grant] = {}
    if before is None or (touched.table and touched.everything):
        names = configuration.subscriptions
    else:
        if not touched.subscriptions:
            return before.grants
        grants = dict(before.grants)
        for name in touched.subscriptions:
            old = before.configuration.subscriptions.get(name)
            for digest in () if old is None else _digests(old):
                grants.pop(digest, None)
    for number, name in enumerate(names):
        if number % 256 == 255:
            yield
        subscription = configuration.subscriptions.get(name)
        if subscription is not None:
            grant = _grant(subscription, configuration)
            grants.update(dict.fromkeys(_digests(subscription), grant))
    return grants


def _digests(subscription: Subscription) -> list[bytes]:
    both = (subscription.primary_digest, subscription.secondary_digest)
    return [digest for digest in both if digest]


def _grant(subscription: Subscription, configuration: Configuration) -> Grant:
    product = configuration.products.get(subscription.product_id or "")
    apis: frozenset[str] = frozenset()
    if product is not None:
        apis = frozenset(product.apis)
    elif subscription.api_id is not None:
        apis = frozenset({subscription.api_id})
    user = configuration.users.get(subscription.owner_id or "")
    return Grant(subscription, product, user, apis)


# --- documents --------------------------------------------------------------------


@dataclass(frozen=True)
class _Compiled:
    """A compiled document, and all it looked at: the same again gives the same."""

    document: PolicyDocument
    values: dict[str, str | None]
    nouns: "_Seen"
    sections: Sections


class _Watched(Nouns):
    """Lookups that are remembered."""

    def __init__(
        self,
        tables: Mapping[str, Mapping[str, Any]],
        values: Mapping[str, str],
        seen: "_Seen",
    ) -> None:
        super().__init__(tables, values)
        self._seen = seen

    def holding(self, values: Mapping[str, str]) -> "_Watched":
        return _Watched(self._tables, values, self._seen)

    def knows(self, table: str, key: str) -> bool:
        return self.lookup(table, key) is not None

    def lookup(self, table: str, key: str) -> Any:
        found = self._seen[table, key] = super().lookup(table, key)
        return found

    def table(self, table: str) -> Mapping[str, Any]:
        found = self._seen[table, None] = super().table(table)
        return found


_Seen = dict[tuple[str, str | None], Any]
"""Table and key, or None for the table itself → what was there."""


class _Documents:
    """The documents of one configuration, each compiled at most once."""

    def __init__(
        self,
        configuration: Configuration,
        workshop: Workshop,
        compiled: dict[str, _Compiled],
    ) -> None:
        self.texts: Mapping[str, PolicyDocument] = configuration.policies
        self._workshop = workshop
        self._tables: dict[str, Mapping[str, Any]] = {
            name: getattr(configuration, name, {}) for name in NOUN_TABLES
        }
        self._values = {
            value.display_name: value.value
            for value in configuration.named_values.values()
        }
        self._compiled = compiled
        self._checked: set[str] = set()

    def are_stale(self) -> bool:
        """Whether a document looked at something, other than text, that changed."""
        return any(
            compiled.document is self.texts.get(scope)
            and not self._still_holds(compiled)
            for scope, compiled in self._compiled.items()
        )

    def rows(self, chain: list[str]) -> Rows:
        """The rows of a chain of scopes, narrowest first."""
        return Rows.of(*(self.join(chain, section) for section in Section))

    def join(self, chain: list[str], section: Section) -> Row:
        """One section of a chain of scopes, with every `<base/>` filled in."""
        return Row.of(merged(self._steps(chain, section), self._workshop.store))

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
        document = self.texts.get(scope)
        if document is None:
            document = _INHERIT if scope else _GLOBAL
        compiled = self._compiled.get(scope)
        if (
            compiled is None
            or compiled.document is not document
            or (scope not in self._checked and not self._still_holds(compiled))
        ):
            compiled = self._compile(scope, document)
        self._checked.add(scope)
        return compiled.sections

    def _compile(self, scope: str, document: PolicyDocument) -> _Compiled:
        seen: _Seen = {}
        nouns = _Watched(self._tables, self._values, seen)
        sections = compile_document(document, self._workshop, nouns, self._values)
        texts = [document.text, *_fragment_texts(seen)]
        names = {name for text in texts for name in named_value.references(text)}
        values = {name: self._values.get(name) for name in names}
        compiled = _Compiled(document, values, seen, sections)
        self._compiled[scope] = compiled
        return compiled

    def _still_holds(self, compiled: _Compiled) -> bool:
        return all(
            self._values.get(name) == value for name, value in compiled.values.items()
        ) and all(
            self._look(table, key) is noun
            for (table, key), noun in compiled.nouns.items()
        )

    def _look(self, table: str, key: str | None) -> Any:
        found = self._tables.get(table, {})
        return found if key is None else found.get(key)


def _fragment_texts(seen: "_Seen") -> list[str]:
    return [
        noun.text
        for (table, _), noun in seen.items()
        if table == "fragments" and noun is not None
    ]


_INHERIT = PolicyDocument(scope="-", text=INHERIT)
_GLOBAL = PolicyDocument(scope="", text=GLOBAL_DEFAULT)
