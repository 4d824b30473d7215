"""What is told of each endpoint's calls: as Prometheus reads it, and as JSON."""

from collections.abc import Iterable, Sequence

import msgspec

from bramka.domain.clock import Clock
from bramka.gateway.metrics import TYPE, may_read
from bramka.scoring.deployment import Deployment
from bramka.scoring.doors import Call, Doors
from bramka.scoring.history import WINDOWS, Window, moment, told
from bramka.scoring.refusal import JSON_TYPE, refuse
from bramka.scoring.registry import Registry
from bramka.scoring.router import Outcome, Route, Values
from bramka.wire.message import Answer, Request

Buckets = Sequence[tuple[float, int]]


def watching_routes(
    doors: Doors, registry: Registry, clock: Clock, token: str
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

    def shown(call: Call) -> Outcome:
        registry.turn()
        window = _window(call.query.get("window", "hour"))
        found = _told(call.deployment)
        found["Window"] = told(call.deployment.gauge.history, window, clock.now())
        return Answer(200, msgspec.json.encode(found), list(JSON_TYPE))

    return [
        Route("GET", "/metrics", exposed),
        doors.with_key("GET", "/metrics", shown),
    ]


def _told(deployment: Deployment) -> dict[str, object]:
    gauge, tally = deployment.gauge, deployment.gauge.tally
    return {
        "Since": moment(gauge.history.since),
        "Calls": tally.calls,
        "Errors": tally.errors,
        "Throttled": tally.throttled,
        "InFlight": gauge.in_flight,
        "MaxConcurrentCalls": deployment.endpoint.max_concurrent_calls,
        "Rows": tally.rows,
        "Seconds": tally.seconds,
        "CallsBySeconds": _json(tally.by_seconds),
        "ScoringsByRows": _json(tally.by_rows),
        "BatchesByCalls": _json(tally.by_calls),
        "Batching": {
            "Mode": deployment.endpoint.batching,
            "Active": deployment.batches.active,
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
    known = [(_labels(each), each.gauge.tally) for each in deployments]
    yield "# TYPE bramka_service_calls_total counter"
    for labels, tally in known:
        yield f"bramka_service_calls_total{{{labels}}} {tally.calls}"
    yield "# TYPE bramka_service_errors_total counter"
    for labels, tally in known:
        for code, count in tally.errors.items():
            yield f'bramka_service_errors_total{{{labels},code="{code}"}} {count}'
    yield "# TYPE bramka_service_throttled_total counter"
    for labels, tally in known:
        yield f"bramka_service_throttled_total{{{labels}}} {tally.throttled}"
    yield "# TYPE bramka_service_call_seconds histogram"
    for labels, tally in known:
        yield from _histogram("call_seconds", labels, tally.by_seconds, tally.seconds)
    yield "# TYPE bramka_service_scored_rows histogram"
    for labels, tally in known:
        yield from _histogram("scored_rows", labels, tally.by_rows, tally.rows)
    yield "# TYPE bramka_service_batched_calls histogram"
    for labels, tally in known:
        yield from _histogram("batched_calls", labels, tally.by_calls, tally.batched)


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
