"""Calls that reach no operation, but that a policy may answer all the same.

A browser asks with OPTIONS, and without a key, whether it may call an operation. The
policies of the operation it names answer, if there is no OPTIONS operation.
"""

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.step import Outcome, Run
from bramka.gateway.plan import Plan
from bramka.wire.fields import Fields


def answer_unrouted(plan: Plan, exchange: Exchange, fields: Fields) -> Outcome:
    """What a policy answers; None when none does."""
    runs = plan.unrouted
    if exchange.request.method == "OPTIONS":
        runs = _asked_about(plan, exchange, fields) or runs
    for run in runs:
        outcome = run(exchange)
        if outcome is not None:
            return outcome
    return None


def _asked_about(plan: Plan, exchange: Exchange, fields: Fields) -> tuple[Run, ...]:
    """What the operation that a preflight asks about has to answer."""
    request = exchange.request
    wanted = next(
        (one.value for one in fields if one.lower == b"access-control-request-method"),
        b"",
    )
    request.method = wanted.decode("latin-1")
    found = plan.find(request, fields)
    request.method = "OPTIONS"
    if found is None:
        return ()
    api, operation, request.matched_parameters, request.rest = found
    if operation is None:
        return ()
    exchange.api, exchange.operation = api.api, operation.operation
    request.base = api.target
    product = None if api.open_product is None else api.open_product.id
    known = operation.rows or api.rows
    return (known.get(product) or known[None]).inbound.unrouted
