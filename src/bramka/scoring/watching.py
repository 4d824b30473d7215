"""What is told of each endpoint's calls: as Prometheus reads it, and as JSON."""

import logging
from collections.abc import Awaitable, Iterable, Sequence

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from bramka.domain.clock import Clock
from bramka.domain.learning.counted import Counted, summed
from bramka.scoring.deployment import Deployment
from bramka.scoring.doors import Call, Doors
from bramka.scoring.history import MINUTE, WINDOWS, Window, moment, told
from bramka.scoring.ledger import Ledger
from bramka.scoring.refusal import JSON_TYPE, refuse
from bramka.scoring.registry import Registry
from bramka.scoring.router import Outcome, Route, Values
from bramka.scoring.tally import calls_of, rows_of, seconds_of
from bramka.wire.message import Answer, Request
from bramka.wire.watching import TYPE, may_read

log = logging.getLogger(__name__)

Buckets = Sequence[tuple[float, int]]


def watching_routes(
    doors: Doors, registry: Registry, ledger: Ledger, clock: Clock, token: str
) -> list[Route]:
    """`GET /metrics` for who holds the token, or is near if there is none; and
    `GET …/metrics?window=hour` below a service for who has its key."""

    def exposed(request: Request, _values: Values) -> Outcome:
        # What comes through somebody's proxy is not near.
        forwarded = request.header(b"x-forwarded-for") is not None
        if (forwarded and not token) or not may_read(request, token):
            raise refuse(
                "Unauthorized",
                "MetricsUnauthorized",
                "Metrics of all services are for holders of the token only.",
            )
        text = "\n".join(_lines(registry.deployments.values())) + "\n"
        return Answer(200, text.encode(), [(b"Content-Type", TYPE)])

    def shown(call: Call) -> Awaitable[Answer]:
        return _shown(call.deployment, _window(call.query.get("window", "hour")))

    async def _shown(deployment: Deployment, window: Window) -> Answer:
        try:
            kept = await ledger.read(deployment.endpoint.id)
        except SQLAlchemyError as error:
            log.warning("counts of calls cannot be read: %s", type(error).__name__)
            raise refuse(
                "ServiceUnavailable",
                "NoMoreResources",
                "The database of counts is away; calls are served and counted on. Try "
                "again when it is back.",
            ) from None
        now = clock.now()
        since = kept[0][0] * MINUTE if kept else now
        found = {
            "Since": moment(since),
            **_told(deployment, summed(counted for _, counted in kept)),
            "Window": told(kept, window, now),
        }
        return Answer(200, msgspec.json.encode(found), list(JSON_TYPE))

    return [
        Route("GET", "/metrics", exposed),
        doors.with_key("GET", "/metrics", shown),
    ]


def _told(deployment: Deployment, counted: Counted) -> dict[str, object]:
    return {
        "Calls": counted.calls,
        "Errors": counted.errors,
        "Throttled": counted.throttled,
        "InFlight": deployment.gauge.in_flight,
        "MaxConcurrentCalls": deployment.endpoint.max_concurrent_calls,
        "Rows": counted.rows,
        "Seconds": counted.seconds,
        "CallsBySeconds": _json(seconds_of(counted)),
        "ScoringsByRows": _json(rows_of(counted)),
        "BatchesByCalls": _json(calls_of(counted)),
        "Batching": {
            "Mode": deployment.endpoint.batching,
            "Active": deployment.batches.active,
            "Reason": deployment.batches.reason,
            "Why": deployment.batches.why,
            "MaxRows": deployment.endpoint.max_batch_rows,
            "MaxWaitMilliseconds": deployment.endpoint.max_batch_wait,
        },
    }


def _window(name: str) -> Window:
    found = WINDOWS.get(name.lower())
    if found is None:
        raise refuse(
            "BadArgument",
            "InvalidQueryParameter",
            f"Invalid query parameter 'window'. It may be {' or '.join(WINDOWS)}, not "
            f"'{name[:40]}'.",
            "window",
        )
    return found


def _json(buckets: Buckets) -> list[dict[str, object]]:
    return [{"UpTo": _bound(bound), "Count": count} for bound, count in buckets]


def _bound(bound: float) -> str:
    return "+Inf" if bound == float("inf") else f"{bound:g}"


def _lines(deployments: Iterable[Deployment]) -> Iterable[str]:
    known = [(_labels(each), each.gauge.tally.counted()) for each in deployments]
    yield "# TYPE bramka_service_calls_total counter"
    for labels, counted in known:
        yield f"bramka_service_calls_total{{{labels}}} {counted.calls}"
    yield "# TYPE bramka_service_errors_total counter"
    for labels, counted in known:
        for code, count in counted.errors.items():
            yield f'bramka_service_errors_total{{{labels},code="{code}"}} {count}'
    yield "# TYPE bramka_service_throttled_total counter"
    for labels, counted in known:
        yield f"bramka_service_throttled_total{{{labels}}} {counted.throttled}"
    yield "# TYPE bramka_service_call_seconds histogram"
    for labels, counted in known:
        yield from _histogram(
            "call_seconds", labels, seconds_of(counted), counted.seconds
        )
    yield "# TYPE bramka_service_scored_rows histogram"
    for labels, counted in known:
        yield from _histogram("scored_rows", labels, rows_of(counted), counted.rows)
    yield "# TYPE bramka_service_batched_calls histogram"
    for labels, counted in known:
        yield from _histogram(
            "batched_calls", labels, calls_of(counted), counted.batched
        )


def _histogram(name: str, labels: str, buckets: Buckets, total: float) -> Iterable[str]:
    name = f"bramka_service_{name}"
    for bound, count in buckets:
        yield f'{name}_bucket{{{labels},le="{_bound(bound)}"}} {count}'
    yield f"{name}_sum{{{labels}}} {total!r}"
    yield f"{name}_count{{{labels}}} {buckets[-1][1]}"


def _labels(deployment: Deployment) -> str:
    endpoint = deployment.endpoint
    named = (
        ("workspace", endpoint.workspace_id),
        ("service", endpoint.service_name),
        ("endpoint", endpoint.name),
        ("endpoint_id", endpoint.id),
    )
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in named)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
