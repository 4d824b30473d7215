"""Making plans: the first from everything, the next from what changed.

Work is done in small slices, so that it can take turns with calls: `make` is a
generator that stops after each piece of work, and gives the plan at its end. What did
not change is taken over from the plan before: compiled documents as long as all they
looked at is the same, trees of templates but for the branches that grew, rows, keys.
"""

from collections import defaultdict
from collections.abc import Generator, Iterable
from dataclasses import replace

from bramka.domain.traffic.configuration import Configuration, Update
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import (
    Section,
)
from bramka.gateway.api_table import ApiTable
from bramka.gateway.backends import make_backends
from bramka.gateway.diagnosing import Diagnosis, diagnosis_of
from bramka.gateway.grants import make_grants
from bramka.gateway.handshake import handshake_of
from bramka.gateway.library import LOOKED_AT, Compiled, Library
from bramka.gateway.plan import ApiPlan, OperationPlan, Plan, Rows, only_scheme
from bramka.gateway.router import OperationTree
from bramka.gateway.touched import Touched, apis_in_need, touched_by
from bramka.gateway.workshop import Workshop

Slices = Generator[None, None, Plan]


class PlanMaker:
    """Makes plan after plan; keeps what the next can take over."""

    def __init__(self, workshop: Workshop, *, holds_schemes: bool = False) -> None:
        self._workshop = workshop
        self._holds_schemes = holds_schemes
        """Whether an API that is https only is not found over http."""
        self._before: Plan | None = None
        self._compiled: dict[str, Compiled] = {}
        self._operations: dict[str, dict[str, Operation]] = {}

    def make(
        self, configuration: Configuration, update: Update | None = None
    ) -> Slices:
        """The plan of `configuration`, which `update` led to from the one before.

        Without an update everything is looked at again. Raises Invalid when something
        cannot be made ready; the next plan is then made from everything.
        """
        before, self._before = self._before, None
        documents = Library(configuration, self._workshop, self._compiled)
        operations = self._operations
        if before is None or update is None or update.whole is not None:
            touched = Touched(whole=True, everything=True, table=True)
            operations = _operations_by_api(configuration.operations.values())
        else:
            touched = touched_by(update, before.configuration, configuration)
            if any(change.table in LOOKED_AT for change in update.changes):
                touched.everything |= documents.are_stale()
            operations = _changed_operations(operations, touched, configuration)
        plan = Plan(configuration)
        plan.table = before.table if before and not touched.table else _table(plan)
        plan.backends = make_backends(
            configuration.backends, configuration.certificates, self._workshop.state
        )
        plan.error_row = documents.join([""], Section.ON_ERROR)
        lost = diagnosis_of(configuration, self._workshop, "")
        if lost is not None:
            plan.error_row = lost.before_errors(plan.error_row)
        plan.unrouted = documents.join([""], Section.INBOUND).unrouted
        apis = {} if before is None else dict(before.apis)
        for name in apis.keys() - configuration.apis.keys():
            del apis[name]
        for name in apis_in_need(touched, configuration):
            yield
            old = apis.get(name)
            built = _Api(name, configuration, documents, operations.get(name, {}))
            built.diagnosis = diagnosis_of(configuration, self._workshop, name)
            made = apis[name] = yield from built.make(old, touched)
            if self._holds_schemes:
                made.only_scheme = only_scheme(made.api)
        plan.apis = apis
        plan.grants = yield from make_grants(configuration, before, touched)
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
    touched: Touched,
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
        documents: Library,
        operations: dict[str, Operation],
    ) -> None:
        self.api = configuration.apis[name]
        self.diagnosis: Diagnosis | None = None
        self.documents = documents
        self.operations = operations
        if self.api.type == "websocket":
            self.operations = handshake_of(self.api, operations)
        base = name.partition(";rev=")[0]
        self.products = [
            product
            for product in configuration.products.values()
            if base in product.apis
        ]
        scope = f"apis/{name}"
        self.scope = scope if scope in documents.texts else f"apis/{base}"

    def make(
        self, old: ApiPlan | None, touched: Touched
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
            if self.diagnosis is not None:
                errors = self.diagnosis.before_errors(errors)
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
        rows = self.documents.rows([*chain, ""])
        if self.diagnosis is not None:
            rows = self.diagnosis.around(rows)
        return replace(rows, direct=False) if self.api.type == "websocket" else rows

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
